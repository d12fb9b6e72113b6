"""What `recommend` is worth on rows that it has not seen: 20 tabular sets, nested folds.

`python -m benchmarks.tables.recommendation [--quick]` needs the data sets of `../shared` (or
`$SKDIR_SHARED`). In each outer fold the strategies are compared by inner folds of the training rows
alone, the recommended one is fitted to them, and its errors on the test rows are set against those
of the plain regressor.
"""

import argparse
import os
import warnings
from collections import Counter
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import KFold

from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.rare_sets import GOAL, RARE, REGRESSORS, find_sets, rare_rows
from benchmarks._shared.timing import machine
from skdir.comparison import compare_strategies
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "recommendation.md"
STRATEGIES = (
    "VANILLA", "LOG", "SQINV", "LDS", "INV+LDS", "DENSE", "SERA", "SMOTER", "WERCS", "BLEND",
    "BLEND-AUTO",
)  # fmt: skip


def evaluate(X, y, regressor):
    """Return the (rare, overall) ratios to the plain regressor, and what was recommended."""
    sums, names = np.zeros((2, 2)), Counter()
    for train, test in KFold(5, shuffle=True, random_state=0).split(X):
        comparison = compare_strategies(
            regressor, X[train], y[train], strategies=STRATEGIES, cv=5, rare_fraction=RARE,
            random_state=0,
        )  # fmt: skip
        model = comparison.recommend(prefer="rare", max_overall_cost=0.03)
        names[comparison.recommendation_.name] += 1
        rare = rare_rows(y[train], y[test])
        plain = clone(regressor).fit(X[train], y[train])
        for row, fitted in enumerate((model, plain)):
            error = np.abs(fitted.predict(X[test]) - y[test])
            sums[row] += error[rare].sum(), error.sum()
    return sums[0] / sums[1], names


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two sets, no file")
    parser.add_argument("--output", type=Path, default=PAGE, help="file for the results")
    options = parser.parse_args()
    folder = SHARED
    if not (folder / "data").is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to their folder")
    warnings.simplefilter("ignore")  # strategies that fail in a fold are not chosen
    regressor, start, about = REGRESSORS["hist"], perf_counter(), machine()
    sets = find_sets(folder)
    lines = ["| set | rarest tenth | all targets | recommended |", "|---|---|---|---|"]
    ratios, total = [], Counter()
    for name in list(sets)[:2] if options.quick else sets:
        ratio, names = evaluate(*sets[name], regressor)
        ratios.append(ratio)
        total += names
        chosen = ", ".join(f"{n} {count}" for n, count in names.most_common())
        lines.append(f"| {name} | {ratio[0]:.2f} | {ratio[1]:.2f} | {chosen} |")
        print(f"{lines[-1]} {perf_counter() - start:.0f} s", flush=True)
    rare, overall = np.array(ratios).T
    chosen = ", ".join(f"{n} {count}" for n, count in total.most_common())
    text = "\n".join(
        [
            f"# `recommend` on rows that it has not seen, {len(ratios)} sets",
            "",
            f"`python -m benchmarks.tables.recommendation`, {(perf_counter() - start) / 60:.0f} "
            f"minutes. Regressor: `{regressor!r}`.",
            f"Goal: {GOAL}.",
            "",
            about,
            "",
            'Sum of absolute errors of `recommend(prefer="rare", max_overall_cost=0.03)`, as a '
            "ratio to the plain regressor's on the same test rows. Five outer folds; in each, five "
            f"inner folds of its training rows compare {', '.join(STRATEGIES)}. Sets and rare rows "
            "are those of `rare_error.md`.",
            "",
            *lines,
            "",
            f"- Rarest tenth: median {np.median(rare):.3f}, mean {rare.mean():.3f}, lower on "
            f"{(rare < 1).sum()} of {len(rare)} sets.",
            f"- All targets: median {np.median(overall):.3f}, most {overall.max():.3f}, at most "
            f"3 % higher on {(overall <= 1.03).sum()} of {len(rare)} sets.",
            f"- Recommended in {sum(total.values())} outer folds: {chosen}.",
            "",
        ]
    )
    print(text)
    if not options.quick:
        write_text(options.output, text)


if __name__ == "__main__":
    main()
