"""Targets that training rows lack: errors between seen ones (interpolation) and beyond them.

    python -m benchmarks.zero_shot            # five seeds, writes benchmarks/results/zero_shot.md
    python -m benchmarks.zero_shot --quick    # one seed, a table, few rows, no file

As in Table 6 of Yang et al. (2021) the training rows have targets in two ranges only, and test
rows have them everywhere. Then, as in its supplement, training targets with one to four peaks.
Needs the data sets of `../shared` (or `$SKDIR_SHARED`). Runs are remembered in a file of the folder
for temporary files, so that an interrupted table goes on where it stopped.
"""

import os
from dataclasses import dataclass
from functools import lru_cache

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.stats import gmean
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._shared import turned_digits as digits
from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.runs import Runs, one_thread, parse_options
from benchmarks._shared.sentence_pairs import PairFeatures, boosting
from benchmarks._shared.tables import read
from benchmarks._shared.timing import machine
from benchmarks.zero_shot.page import AREAS, page
from skdir.datasets import fetch_sts_b_dir
from skdir.density import reference_window
from skdir.model_selection import BinnedStratifiedShuffleSplit, TargetGapSplit
from skdir.neural_network import FDS
from skdir.utils._text.writing import write_text
from skdir.weighting import InverseFrequencyWeighter, LDSWeighter, WeightedRegressor

PAGE = RESULTS / "zero_shot.md"
# Shares of the range that are left out: ages 0 to 15, 45 to 60 and above 85 of a hundred.
SHARES = ((0.0, 0.15), (0.45, 0.6), (0.85, 1.0))
# The same of the rows of a table, whose targets are too skewed for shares of their range.
QUANTILES = ((0.0, 0.1), (0.45, 0.6), (0.9, 1.0))
PEAKS = (1, 2, 3, 4)
EPOCHS = 12
ALL_ROWS = "VANILLA, nothing left out"


@dataclass
class Curated:
    """Training rows, which of them are outside of the gaps, test rows, and the area of each."""

    train: tuple
    seen: np.ndarray
    test: tuple
    area: np.ndarray
    edges: np.ndarray

    def training_rows(self, strategy):
        """Return features and targets that a strategy learns from."""
        rows = slice(None) if strategy == ALL_ROWS else self.seen
        return self.train[0][rows], self.train[1][rows]


def curate(train, test, gaps, edges):
    """Leave the rows in gaps out, and name the area of each test target."""
    y, y_test = train[1], test[1]
    seen, _ = next(TargetGapSplit(gaps, together=True).split(train[0], y))
    area = np.full(len(y_test), "with data", dtype=object)
    for low, high in gaps:
        inside = (y_test >= low) & (y_test <= high)
        between = y[seen].min() < low and high < y[seen].max()
        area[inside] = "interpolation" if between else "extrapolation"
    return Curated(train, seen, test, area, edges)


@lru_cache(maxsize=1)
def sts_b(seed, quick):
    """Return pairs of sentences; features are fitted on the pairs outside of the gaps."""
    data = fetch_sts_b_dir(SHARED / "data" / "sts_b_dir", download_if_missing=False)
    rows = slice(None, None, 5 if quick else 1)
    y, y_test = data.train.target[rows], data.test.target
    # inside of the grid of scores, so that rounding decides nothing
    gaps = [(5 * low + 0.01, 5 * high - 0.01) for low, high in SHARES]
    gaps[0], gaps[-1] = (-np.inf, gaps[0][1]), (gaps[-1][0], np.inf)
    pairs, pairs_test = data.train.data[rows], data.test.data
    result = curate((pairs, y), (pairs_test, y_test), gaps, data.bins)
    features = PairFeatures(random_state=seed).fit(pairs[result.seen])
    result.train = features.transform(pairs), y
    result.test = features.transform(pairs_test), y_test
    return result


@lru_cache(maxsize=1)
def rotated_digits(seed, quick):
    """Return digits with two peaks of angles and few others, which are then left out."""
    span = digits.HIGH - digits.LOW
    gaps = [(digits.LOW + span * low, digits.LOW + span * high) for low, high in SHARES]
    seen = [(gaps[0][1], gaps[1][0]), (gaps[1][1], gaps[2][0])]
    centres = [(low + high) / 2 for low, high in seen]
    deviations = [(high - low) / 4 for low, high in seen]
    train, test = digits.load(
        seed,
        density=digits.peaks(centres, deviations, floor=0.15),
        n_samples=500 if quick else 3000,
    )
    return curate(train, test, gaps, digits.EDGES)


def table(name):
    """Return a function that splits a table at random, a third for the test."""

    @lru_cache(maxsize=1)
    def load(seed, quick):
        X, y = read(name, every=5 if quick else 1)
        cv = BinnedStratifiedShuffleSplit(1, test_size=1 / 3, bins="quantile", random_state=seed)
        train, test = next(cv.split(X, y))
        ends = np.quantile(y[train], QUANTILES)
        ends[0, 0], ends[-1, 1] = -np.inf, np.inf
        edges = np.linspace(y.min(), y.max(), 101)
        return curate((X[train], y[train]), (X[test], y[test]), ends, edges)

    return load


DATA = {
    "sts-b": sts_b,
    "rotated-digits": rotated_digits,
    **{name: table(name) for name in ("california-housing", "bank8FM", "bike-hour")},
}


class Codes(TransformerMixin, BaseEstimator):
    """Numbers of 63 bins of each feature, the same with and without weights.

    Trees find their own bins, but scikit-learn 1.9 takes seconds for it where rows have weights.
    """

    def fit(self, X, y=None):
        """Find the edges."""
        shares = np.linspace(0, 1, 64)[1:-1]
        self.edges_ = [np.unique(edges) for edges in np.quantile(X, shares, axis=0).T]
        return self

    def transform(self, X):
        """Return the numbers."""
        columns = zip(self.edges_, np.asarray(X).T, strict=True)
        return np.column_stack([np.searchsorted(edges, column) for edges, column in columns])


def weighters(edges):
    """Return weighters by name, LDS with the published window."""
    smooth = {"kernel": reference_window("gaussian", 5, 2), "bins": edges}
    return {
        "SQINV": InverseFrequencyWeighter(bins=edges),
        "INV": InverseFrequencyWeighter(bins=edges, reweight="inverse"),
        "SQINV + LDS": LDSWeighter(**smooth),
        "INV + LDS": LDSWeighter(**smooth, reweight="inverse"),
        "INV + LDS, Silverman's bandwidth": LDSWeighter(reweight="inverse"),
    }


def networks(edges, seed, epochs):
    """Return the strategies of a network by name."""
    fds = FDS(bins=edges, kernel=reference_window("gaussian", 5, 2, normalize="sum"))
    by_name = weighters(edges)
    settings = {
        "VANILLA": {},
        "SQINV": {"weighter": by_name["SQINV"]},
        "SQINV + LDS": {"weighter": by_name["SQINV + LDS"]},
        "FDS": {"fds": fds},
        "SQINV + LDS + FDS": {"weighter": by_name["SQINV + LDS"], "fds": fds},
        ALL_ROWS: {},
    }
    return {
        name: digits.network(seed, epochs=epochs, **params) for name, params in settings.items()
    }


def strategies(name, edges, seed, quick):
    """Return estimators by name."""
    if name == "rotated-digits":
        return networks(edges, seed, 1 if quick else EPOCHS)
    plain = make_pipeline(Codes(), boosting(seed, quick))
    ridge = make_pipeline(StandardScaler(), Ridge(10))
    return {
        "VANILLA": plain,
        **{n: WeightedRegressor(plain, weighter) for n, weighter in weighters(edges).items()},
        ALL_ROWS: plain,
        "ridge, VANILLA": ridge,
        "ridge, INV + LDS": WeightedRegressor(ridge, weighters(edges)["INV + LDS"]),
    }


def errors(curated, predicted):
    """Return MAE and GM by area, those over all first."""
    y, result = curated.test[1], {"mae": [], "gm": []}
    for area in AREAS:
        rows = slice(None) if area == "all" else curated.area == area
        error = np.abs(predicted[rows] - y[rows])
        result["mae"].append(float(error.mean()))
        result["gm"].append(float(gmean(np.maximum(error, 1e-10))))
    return result


def run(name, strategy, seed, quick):
    """Fit one strategy; return its errors, and what it weighs rows near a gap with."""
    curated = DATA[name](seed, quick)
    model = strategies(name, curated.edges, seed, quick)[strategy]
    X, y = curated.training_rows(strategy)
    model.fit(X, y)
    result = errors(curated, model.predict(curated.test[0]))
    weighter = getattr(model, "weighter_", None) or getattr(model, "weighter", None)
    if weighter is not None:
        weight = weighter.fit(y).transform(y)
        result["weight near a gap"] = float(weight[near_a_gap(curated, y)].mean())
    return result


def near_a_gap(curated, y):
    """Tell which training targets are among the tenth that is nearest to a gap inside."""
    unseen = curated.test[1][curated.area == "interpolation"]
    distance = np.maximum(unseen.min() - y, y - unseen.max())
    return distance <= np.quantile(distance, 0.1)


def nearest_seen(name, seed, quick):
    """Return the errors of the best prediction that stays within the range of each seen part."""
    curated = DATA[name](seed, quick)
    seen, y = np.sort(curated.train[1][curated.seen]), curated.test[1]
    place = np.clip(np.searchsorted(seen, y), 1, len(seen) - 1)
    left, right = seen[place - 1], seen[place]
    nearest = np.where(y - left <= right - y, left, right)
    counts = [len(y), *(int((curated.area == area).sum()) for area in AREAS[1:])]
    return {"nearest": errors(curated, nearest)["mae"], "test": counts, "train": len(seen)}


def run_peaks(n_peaks, strategy, seed, quick):
    """Return the errors of one strategy on training angles with some peaks, and none between."""
    width = (digits.HIGH - digits.LOW) / n_peaks
    centres = digits.LOW + width * (np.arange(n_peaks) + 0.5)
    # peaks cover three fifths of the range, whatever their number
    density = digits.peaks(centres, np.full(n_peaks, 0.15 * width))
    (X, y), (X_test, y_test) = digits.load(seed, density=density, n_samples=300 if quick else 2400)
    model = networks(digits.EDGES, seed, 1 if quick else EPOCHS)[strategy]
    return float(np.mean(np.abs(model.fit(X, y).predict(X_test) - y_test)))


def main():
    options = parse_options(__doc__, PAGE, SHARED)
    one_thread()
    about, quick = machine(), options.quick
    runs = Runs("zero-shot", options.memory)
    seeds = range(1 if quick else options.seeds)
    tables, parts, peaks = {}, {}, {}
    for name in list(DATA)[:3] if quick else DATA:
        tables[name], parts[name] = {}, []
        for seed in seeds:
            parts[name].append(runs.get(nearest_seen, name, seed, quick))
            for strategy in strategies(name, digits.EDGES, seed, quick):
                result = runs.get(run, name, strategy, seed, quick)
                tables[name].setdefault(strategy, []).append(result)
    for n_peaks in PEAKS:
        peaks[n_peaks] = {
            strategy: [runs.get(run_peaks, n_peaks, strategy, seed, quick) for seed in seeds]
            for strategy in ("VANILLA", "SQINV + LDS + FDS")
        }
    text = page(tables, parts, peaks, about=about, seeds=len(seeds), minutes=runs.minutes())
    if quick:
        print(text)
    else:
        write_text(options.output, text)


if __name__ == "__main__":
    main()
