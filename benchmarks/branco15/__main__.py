"""The fifteen tables of the resampling papers: F1 by relevance, SERA, RMSE and MAE by strategy.

    python -m benchmarks.branco15            # writes results/branco15.md and docs/images
    python -m benchmarks.branco15 --quick    # three tables, one repeat, no file

The protocol is that of SMOGN (Branco, Torgo and Ribeiro 2017): two repeats of ten stratified folds,
relevance by the box plot of the target, F1 with threshold 0.8, Wilcoxon's test over the twenty
folds. Predictions are remembered in a folder, so that a run that was interrupted goes on where it
stopped. Needs the tables of `../shared` (or `$SKDIR_SHARED`).
"""

import argparse
import os
import tempfile
import warnings
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from benchmarks._shared.critical_difference import save_diagram
from benchmarks._shared.places import RESULTS, ROOT, SHARED
from benchmarks._shared.timing import machine
from benchmarks.branco15.page import page
from benchmarks.branco15.scores import critical_difference, fold_scores, over_learners
from benchmarks.branco15.text import PROTOCOL, VERDICT
from skdir.cli import make_regressor
from skdir.comparison import compare_strategies
from skdir.model_selection import BinnedStratifiedKFold
from skdir.relevance import RelevanceFunction
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "branco15.md"
IMAGES = ROOT / "docs" / "images"
MEMORY = Path(tempfile.gettempdir()) / "skdir-branco15"
# The published number of rows of relevance 0.8 and more.
TABLES = {
    "a1": 28, "a2": 22, "a3": 32, "a4": 31, "a6": 33, "a7": 27, "boston": 65, "Accel": 89,
    "fuelCons": 164, "availPwr": 157, "maxTorque": 129, "Abalone": 679, "bank8FM": 288,
    "heat": 664, "cpuSm": 713,
}  # fmt: skip
STRATEGIES = (
    "VANILLA", "RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS", "LDS", "DENSE", "LOG", "BLEND",
)  # fmt: skip
MAX_ROWS, FOLDS, REPEATS = 2000, 10, 2


def scaled(regressor):
    """Standardise the target by the training rows of the fit, as e1071's svm does."""
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


LEARNERS = {
    "random forest": RandomForestRegressor(50, max_features=1 / 3, min_samples_split=6),
    "support vectors": scaled(SVR(C=10, gamma=0.01)),
    "neural network": scaled(
        MLPRegressor(
            hidden_layer_sizes=(5,), activation="logistic", solver="lbfgs", alpha=0.01, max_iter=100
        )
    ),
}


def load(name):
    """Return features and target of the rows that are used, and the target of all rows."""
    frame = pd.read_csv(SHARED / "data" / "branco15" / f"{name}.csv.gz")
    target = frame.columns[0]
    whole = frame[target].to_numpy(dtype=float)
    rows = np.random.default_rng(0).permutation(len(frame))[:MAX_ROWS]
    frame = frame.iloc[np.sort(rows)].reset_index(drop=True)
    return frame.drop(columns=target), frame[target].astype(float), whole


def make_folds(X, y, repeats):
    """Return the folds of all repeats; neighbours along the target go to different folds."""
    return [
        fold
        for seed in range(repeats)
        for fold in BinnedStratifiedKFold(
            FOLDS, bins="quantile", shuffle=True, random_state=seed
        ).split(X, y)
    ]


def run(table, learner, repeats, memory):
    """Return the comparison of all strategies, of which the predictions count."""
    X, y, _ = load(table)
    with warnings.catch_warnings():
        # the network stops after 100 iterations, as the published one does
        warnings.simplefilter("ignore", ConvergenceWarning)
        return compare_strategies(
            make_regressor("ridge").set_params(regressor=LEARNERS[learner]),
            X,
            y,
            strategies=STRATEGIES,
            cv=make_folds(X, y, repeats),
            memory=memory,
            progress=False,
            random_state=0,
        )


def describe(name, folds):
    """Return the line about a table: its rows, its rare rows, and those of the folds."""
    _, y, whole = load(name)
    relevance = RelevanceFunction().fit(whole)
    frame = pd.read_csv(SHARED / "data" / "branco15" / f"{name}.csv.gz")
    points = relevance.control_points_
    sides = [side for side, k in (("low", 0), ("high", -1)) if points[k, 1] == 1]
    rare = relevance(y.to_numpy()) >= 0.8
    return [
        name,
        f"{len(whole):,}",
        f"{frame.duplicated().sum():,}",
        str(int((relevance(whole) >= 0.8).sum())),
        str(TABLES[name]),
        " and ".join(sides),
        f"{len(y):,}",
        str(int(rare.sum())),
        str(min(int(rare[test].sum()) for _, test in folds)),
    ]


def save_pictures(scores):
    """Draw the critical-difference diagrams of F1 and SERA."""
    for metric, what in (("F1", "F1 of relevant targets"), ("SERA", "SERA")):
        table = over_learners([list(t.values()) for t in scores.values()], metric)
        save_diagram(
            IMAGES / f"critical_difference_{metric.lower()}.png",
            dict(zip(STRATEGIES, table.mean(axis=0))),
            critical_difference(len(STRATEGIES), len(table)),
            title=f"Mean rank by {what} (1 is best)",
            note=f"{len(table)} tables, {len(scores)} learners. A bar joins strategies that "
            "Nemenyi's test does not tell apart at 5 %.",
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three tables, one repeat, no file")
    parser.add_argument("--memory", type=Path, default=MEMORY, help="(default: %(default)s)")
    options = parser.parse_args()
    if not (SHARED / "data" / "branco15").is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to their folder")
    tables = list(TABLES)[:13:6] if options.quick else list(TABLES)
    about, start, seconds, failures = machine(), perf_counter(), 0.0, []
    scores, lines = {learner: {} for learner in LEARNERS}, []
    for table in tables:
        relevance = RelevanceFunction().fit(load(table)[2])
        for learner in LEARNERS:
            comparison = run(table, learner, 1 if options.quick else REPEATS, options.memory)
            scores[learner][table] = fold_scores(comparison, relevance)
            seconds += sum(np.nan_to_num(r["fit s"] + r["predict s"]) for r in comparison.results_)
            failures += [
                f"{table}, {learner}, {key[0]}, fold {key[1]}" for key in comparison.errors_
            ]
            print(f"{table}, {learner}: {perf_counter() - start:.0f} s", flush=True)
        lines.append(describe(table, comparison.folds_))
    failed = f"Failed (F1 0, ranked last): {'; '.join(failures)}." if failures else "No fit failed."
    text = page(
        scores,
        strategies=STRATEGIES,
        about=about,
        protocol=PROTOCOL.strip(),
        tables=lines,
        failures=failed,
        minutes=seconds / 60,
        verdict="" if options.quick else VERDICT.strip(),
    )
    if options.quick:
        print(text)
    else:
        write_text(PAGE, text)
        save_pictures(scores)


if __name__ == "__main__":
    main()
