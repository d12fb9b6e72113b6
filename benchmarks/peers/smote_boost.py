"""Is SMOTE in each stage of boosting worth an estimator of its own? Three sets, several seeds.

AdaBoost.R2 fits each stage to rows drawn by their weights, so SMOTEBoost for regression is AdaBoost
of a pipeline of SmoteR and a tree. It is compared with AdaBoost, with SmoteR before AdaBoost, with
bagging of resampled rows and with a blend.

`python -m benchmarks.peers.smote_boost` needs the data sets of `../shared` (or `$SKDIR_SHARED`).
"""

import argparse
import os
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import AdaBoostRegressor
from sklearn.model_selection import ShuffleSplit
from sklearn.tree import DecisionTreeRegressor

from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.rare_sets import MAX_ROWS, load, rare_rows
from benchmarks._shared.timing import machine
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.metrics import squared_error_relevance_area
from skdir.relevance import RelevanceFunction
from skdir.resampling import SmoteR
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "smote_boost.md"
SETS = ("bank8FM", "Accel", "boston")
STAGES = 30
NOTES = f"""
- Trees of depth 6, {STAGES} stages or bags. SmoteR makes rare and normal rows equally many, rare
  being those of relevance 0.8 and more by the box plot (tails where it finds none).
- Per seed 70 % of the rows are for training, the others for testing. Rare are the test rows at
  which the effective density of the training targets is at most its 10 % quantile over them. SERA
  has the relevance of the training targets.
- Each figure is the mean over seeds of the ratio to AdaBoost on the same split, with its standard
  error. BLEND is BlendRegressor (cv=3) of AdaBoost.
"""


def strategies(seed):
    """Return the estimators by name."""

    def tree():
        return DecisionTreeRegressor(max_depth=6)

    def smoter():
        return SmoteR(random_state=seed)

    def boosted(estimator):
        return AdaBoostRegressor(estimator, n_estimators=STAGES, random_state=seed)

    return {
        "AdaBoost": boosted(tree()),
        "SmoteR, then AdaBoost": make_pipeline(smoter(), boosted(tree())),
        "SMOTEBoost": boosted(make_pipeline(smoter(), tree())),
        "REBAGG": ResampledBaggingRegressor(tree(), n_estimators=STAGES, random_state=seed),
        "BLEND": BlendRegressor(boosted(tree()), cv=3, random_state=seed),
    }


def errors(X, y, seed):
    """Return (rare MAE, overall MAE, SERA) by strategy, and the seconds each took."""
    train, test = next(ShuffleSplit(1, test_size=0.3, random_state=seed).split(X))
    rare = rare_rows(y[train], y[test])
    relevance = RelevanceFunction().fit(y[train])
    scores, times = {}, {}
    for name, estimator in strategies(seed).items():
        start = perf_counter()
        prediction = estimator.fit(X[train], y[train]).predict(X[test])
        times[name] = perf_counter() - start
        error = np.abs(prediction - y[test])
        sera = squared_error_relevance_area(y[test], prediction, relevance=relevance)
        scores[name] = np.array([error[rare].mean(), error.mean(), sera])
    return scores, times


def report(results):
    """Return the table: a line for each set and strategy."""
    lines = [
        "| set | strategy | rare MAE | overall MAE | SERA | time |",
        "|---|---|---|---|---|---|",
    ]
    for name, runs in results.items():
        for strategy in runs[0][0]:
            ratios = np.array([scores[strategy] / scores["AdaBoost"] for scores, _ in runs])
            spread = ratios.std(axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else [0] * 3
            cells = [f"{mean:.3f} ± {se:.3f}" for mean, se in zip(ratios.mean(axis=0), spread)]
            seconds = np.mean([times[strategy] for _, times in runs])
            lines.append(f"| {name} | {strategy} | {' | '.join(cells)} | {seconds:.2g} s |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one set, two seeds, no file")
    parser.add_argument("--seeds", type=int, default=20, help="number of seeds")
    parser.add_argument("--output", type=Path, default=PAGE, help="file for the results")
    options = parser.parse_args()
    folder = SHARED / "data" / "branco15"
    if not folder.is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to their folder")
    about, start, results = machine(), perf_counter(), {}
    for name in SETS[-1:] if options.quick else SETS:
        X, y = load(folder / f"{name}.csv.gz")
        rows = np.random.default_rng(0).permutation(len(y))[:MAX_ROWS]
        seeds = range(2 if options.quick else options.seeds)
        results[name] = [errors(X[rows], y[rows], seed) for seed in seeds]
        print(f"{name}: {perf_counter() - start:.0f} s", flush=True)
    text = report(results)
    print(text)
    if not options.quick:
        write_text(
            options.output,
            f"# SMOTE in each stage of boosting\n\n`python -m benchmarks.peers.smote_boost --seeds "
            f"{options.seeds}`, {perf_counter() - start:.0f} s.\n\n{about}\n\n"
            f"{text}\n{NOTES}",
        )


if __name__ == "__main__":
    main()
