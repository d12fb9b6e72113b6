"""All strategies on ten tables with three regressors: what they gain and what they cost.

    python -m benchmarks.tables.strategies            # writes results/strategies_table.md
    python -m benchmarks.tables.strategies --quick    # two tables, ridge regression, no file

Tables of the classic imbalanced-regression collections, without duplicated and empty rows, at most
1,500 rows of each, drawn at random. Predictions are remembered in a folder, so that a run that was
interrupted goes on where it stopped.
"""

import argparse
import os
import tempfile
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Ridge

from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.timing import machine
from skdir.cli import make_regressor
from skdir.comparison import available_strategies, compare_strategies
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "strategies_table.md"
MEMORY = Path(tempfile.gettempdir()) / "skdir-strategies-table"
TABLES = (
    "branco15/Abalone", "branco15/Accel", "branco15/bank8FM", "branco15/boston", "branco15/heat",
    "branco15/maxTorque", "pedropi/californiaHousing", "pedropi/concrete", "pedropi/ele-2",
    "pedropi/machineCPU",
)  # fmt: skip
REGRESSORS = {
    "ridge regression": ("ridge", Ridge()),
    "random forest": ("random-forest", RandomForestRegressor(20, min_samples_leaf=2)),
    "gradient boosting": ("hist-gradient-boosting", HistGradientBoostingRegressor(max_iter=60)),
}
MAX_ROWS, FOLDS = 1500, 5
SIDES = ("rare MAE", "frequent MAE", "MAE")


def load(name):
    """Return features and target of a table; rows that are there twice would be on both sides."""
    frame = pd.read_csv(SHARED / "data" / f"{name}.csv.gz").dropna(how="all").drop_duplicates()
    rows = np.random.default_rng(0).permutation(len(frame))[:MAX_ROWS]
    frame = frame.iloc[np.sort(rows)].reset_index(drop=True)
    target = frame.columns[0]
    return frame.drop(columns=target), frame[target].astype(float)


def run(table, regressor, memory):
    """Compare all strategies; return the mean errors by strategy, and the seconds of all fits."""
    X, y = load(table)
    base, last = REGRESSORS[regressor]
    comparison = compare_strategies(
        make_regressor(base).set_params(regressor=last),
        X,
        y,
        strategies=list(available_strategies(costly=True)),
        cv=FOLDS,
        memory=memory,
        progress=False,
        random_state=0,
    )
    errors = comparison.table(sd=False)
    failed = errors.index[errors["failed folds"] > 0]
    for name in failed:
        print(f"{table}, {regressor}, {name}: {errors.loc[name, 'error']}", flush=True)
    errors.loc[failed, list(SIDES)] = np.nan
    seconds = sum(np.nan_to_num(r["fit s"] + r["predict s"]) for r in comparison.results_)
    return errors[list(SIDES)], seconds


def ranks(errors):
    """Return the rank of each strategy, 1 the lowest error; a failure is the last."""
    values = errors.to_numpy(dtype=float)
    return rankdata(np.where(np.isnan(values), np.inf, values))


def summary(results):
    """Return the Markdown table of one regressor over all tables."""
    ratios = {
        side: pd.DataFrame({t: e[side] / e.loc["VANILLA", side] for t, e in results.items()})
        for side in SIDES
    }
    places = {
        side: np.mean([ranks(e[side]) for e in results.values()], axis=0) for side in SIDES[:2]
    }
    lines = [
        "| strategy | rare | frequent | all | rare error lower on | all at most 3 % higher on "
        "| mean rank, rare | mean rank, frequent |",
        "|---" * 8 + "|",
    ]
    for k, name in enumerate(ratios["MAE"].index):
        cells = [f"{ratios[side].loc[name].median():.2f}" for side in SIDES]
        cells += [
            f"{int((ratios['rare MAE'].loc[name] < 1).sum())} of {len(results)}",
            f"{int((ratios['MAE'].loc[name] <= 1.03).sum())} of {len(results)}",
        ]
        cells += [f"{places[side][k]:.1f}" for side in SIDES[:2]]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def details(results):
    """Return the Markdown table of rare / frequent ratios by strategy and data set."""
    names = [table.partition("/")[2] for table in results]
    lines = [f"| strategy | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for name in next(iter(results.values())).index:
        cells = [
            " / ".join(f"{e.loc[name, s] / e.loc['VANILLA', s]:.2f}" for s in SIDES[:2])
            for e in results.values()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def report(results, about, minutes):
    """Return the whole page."""
    parts = [
        "# Strategies on ten tables with three regressors",
        f"Made by `python -m benchmarks.tables.strategies`, {minutes:.0f} minutes of fits, on "
        "one core.",
        about,
        f"{FOLDS} folds of at most {MAX_ROWS:,} rows. Errors are mean absolute errors, given as "
        "ratios to VANILLA on the same folds: below 1 is better. Rare is the fifth of the targets "
        "with the lowest density, frequent the rest; the first tables have medians over the data "
        "sets, and mean ranks among the strategies (1 is best).",
    ]
    for regressor, by_table in results.items():
        parts += [f"## {regressor.capitalize()}", summary(by_table)]
    for regressor, by_table in results.items():
        parts += [f"## {regressor.capitalize()}: rare / frequent by data set", details(by_table)]
    return "\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two tables, one regressor, no file")
    parser.add_argument("--memory", type=Path, default=MEMORY, help="(default: %(default)s)")
    options = parser.parse_args()
    tables = TABLES[3::6] if options.quick else TABLES
    regressors = list(REGRESSORS)[:1] if options.quick else list(REGRESSORS)
    about, start, seconds, results = machine(), perf_counter(), 0.0, {}
    for regressor in regressors:
        results[regressor] = {}
        for table in tables:
            results[regressor][table], took = run(table, regressor, options.memory)
            seconds += took
            print(f"{regressor}, {table}: {perf_counter() - start:.0f} s", flush=True)
    text = report(results, about, seconds / 60)
    if options.quick:
        print(text)
    else:
        write_text(PAGE, text)


if __name__ == "__main__":
    main()
