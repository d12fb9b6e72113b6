"""Stratified folds and splits: scikit-learn's on classes, naive loops, properties, warnings."""

import time
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import stats
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold

from skdir.model_selection import BinnedStratifiedKFold, BinnedStratifiedShuffleSplit
from skdir.model_selection._strata import draw_evenly, merge_sparse, stand_apart
from skdir.model_selection._stratified import rows_needed

quarters = st.lists(st.integers(-40, 40).map(lambda k: k / 4), min_size=8, max_size=80)
any_bins = st.sampled_from(
    ["auto", "integer", "quantile", 1, 4, 10, np.array([-10.0, -2.5, 0.0, 1.25, 10.0])]
)


def quiet(split, *args):
    """Return all splits; what is warned of is tested on its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return list(split(*args))


def edges_of(bins, y):
    """Bin edges by numpy, for those kinds of bins that it has."""
    if isinstance(bins, str):
        assert bins == "integer"
        return np.arange(np.floor(y.min() + 0.5), np.floor(y.max() + 0.5) + 2) - 0.5
    return np.histogram_bin_edges(y, bins)


def heavy_tail(n, seed=0):
    return np.random.default_rng(seed).lognormal(sigma=1.5, size=n)


# --- folds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_splits", [2, 3, 7])
def test_folds_of_sorted_classes_are_those_of_scikit_learn(n_splits):
    # sorted, since scikit-learn deals class by class in the order of their first rows
    y = np.repeat([0, 1, 2, 3, 4], [20, 9, 31, 7, 12])
    ours = BinnedStratifiedKFold(n_splits, bins="integer").split(None, y)
    theirs = StratifiedKFold(n_splits).split(y, y)
    for (train, test), (train_known, test_known) in zip(ours, theirs, strict=True):
        assert_array_equal(train, train_known)
        assert_array_equal(test, test_known)


@given(quarters, any_bins, st.integers(2, 8), st.booleans())
def test_counts_of_any_run_of_bins_differ_by_at_most_one(targets, bins, n_splits, shuffle):
    y = np.array(targets)
    cv = BinnedStratifiedKFold(
        n_splits, bins=bins, shuffle=shuffle, random_state=1 if shuffle else None
    )
    tests = [test for _, test in quiet(cv.split, None, y)]
    assert_array_equal(np.sort(np.concatenate(tests)), np.arange(len(y)))
    if isinstance(bins, str) and bins in ("quantile", "auto"):
        # only over all rows: these bins are the splitter's own
        counts = np.array([[len(test)] for test in tests])
    else:
        counts = np.array([np.histogram(y[test], edges_of(bins, y))[0] for test in tests])
    for first in range(counts.shape[1]):
        runs = counts[:, first:].cumsum(axis=1)
        assert (runs.max(axis=0) - runs.min(axis=0) <= 1).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=60, unique=True), st.integers(2, 8))
def test_quantile_bins_give_each_fold_one_row_of_each(targets, n_splits):
    y = np.array(targets)
    tests = [test for _, test in BinnedStratifiedKFold(n_splits, bins="quantile").split(None, y)]
    in_order = np.sort(y)
    for start in range(0, len(y) - 2 * n_splits + 1, n_splits):
        values = in_order[start : start + n_splits]
        assert all(np.isin(y[test], values).sum() == 1 for test in tests)


def test_rows_of_a_bin_stay_neighbours_without_shuffle():
    y = np.tile([0.0, 1.0], 12)
    for _, test in BinnedStratifiedKFold(3, bins=2).split(None, y):
        assert_array_equal(test, np.arange(test[0], test[0] + 8))


def test_shuffle_gives_each_pair_of_rows_the_same_chance():
    y = np.zeros(6)
    together = np.zeros((6, 6))
    rng = np.random.RandomState(0)
    for _ in range(2000):
        for _, test in BinnedStratifiedKFold(2, bins=1, shuffle=True, random_state=rng).split(
            None, y
        ):
            together[np.ix_(test, test)] += 1
    share = together[~np.eye(6, dtype=bool)] / 2000
    # of 5 others 2 are in the same fold; 5 standard deviations
    assert np.abs(share - 0.4).max() < 5 * np.sqrt(0.24 / 2000)


@pytest.mark.parametrize("bins", ["auto", "quantile"])
@pytest.mark.parametrize("seed", range(5))
def test_folds_of_a_heavy_tail_are_more_alike_than_those_of_kfold(bins, seed):
    y = heavy_tail(500, seed)

    def distance(cv):
        """Mean distance between the distribution in a fold and in all (Kolmogorov)."""
        grid = np.sort(y)
        whole = np.arange(1, len(y) + 1) / len(y)
        return np.mean(
            [
                np.abs(np.searchsorted(np.sort(y[test]), grid, side="right") / len(test) - whole)
                for _, test in quiet(cv.split, y, y)
            ]
        )

    def tail_spread(cv):
        """Difference of the numbers of rows of the highest tenth between folds."""
        tail = y >= np.quantile(y, 0.9)
        counts = [tail[test].sum() for _, test in quiet(cv.split, y, y)]
        return max(counts) - min(counts)

    plain = KFold(5, shuffle=True, random_state=seed)
    ours = BinnedStratifiedKFold(5, bins=bins, shuffle=True, random_state=seed)
    assert distance(ours) < 0.6 * distance(plain)
    assert tail_spread(ours) <= 2
    assert tail_spread(ours) < tail_spread(plain)


# --- what is warned of --------------------------------------------------------------------------


def naive_strata(counts, needed):
    """Walk over the bins; return the bins of each stratum."""
    strata, k = [], 0
    while k < len(counts):
        run = [k]
        if counts[k] < needed:
            while k + 1 < len(counts) and counts[k + 1] < needed:
                k += 1
                run.append(k)
        strata.append(run)
        k += 1
    return strata


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(1, 6))
def test_rare_bins_merge_as_in_a_naive_walk(counts, needed):
    runs = naive_strata(counts, needed)
    got = merge_sparse(np.array(counts), needed)
    assert_array_equal(got, [i for i, run in enumerate(runs) for _ in run])
    padded = [0, *counts, 0]

    def touches(inner, outer):
        return padded[inner + 1] > 0 and padded[outer + 1] > 0

    apart = [not (touches(r[0], r[0] - 1) or touches(r[-1], r[-1] + 1)) for r in runs]
    assert_array_equal(stand_apart(np.array(counts), got), apart)


@given(quarters, any_bins, st.integers(2, 8))
def test_a_warning_means_a_stratum_misses_in_a_fold_and_none_that_all_are_there(
    targets, bins, n_splits
):
    y = np.array(targets)
    cv = BinnedStratifiedKFold(n_splits, bins=bins)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tests = [test for _, test in cv.split(None, y)]
    if isinstance(bins, str) and bins != "integer":
        assert bins == "auto" or not caught
        return
    edges = edges_of(bins, y)
    counts = np.histogram(y, edges)[0]
    strata = np.repeat(
        *np.array([(i, len(r)) for i, r in enumerate(naive_strata(counts, n_splits))]).T
    )
    missing = False
    for test in tests:
        present = np.bincount(
            strata, weights=np.histogram(y[test], edges)[0], minlength=strata.max() + 1
        )
        missing |= ((present == 0) & (np.bincount(strata, weights=counts) > 0)).any()
    assert bool(caught) == missing


def test_rare_targets_that_are_fewer_than_folds_are_named():
    y = np.append(np.linspace(0, 1, 50), [97.0, 99.0, 100.0])
    message = (
        "Too few rows to be in the test rows of each of 5 folds: 3 rows with targets from 97 to 100"
    )
    for bins in ("auto", 10, [0, 50, 100]):
        with pytest.warns(UserWarning, match=message) as caught:
            folds = list(BinnedStratifiedKFold(5, bins=bins).split(None, y))
        assert caught[0].filename == __file__
        # each is in a fold of its own
        assert sorted((y[test] > 50).sum() for _, test in folds) == [0, 0, 1, 1, 1]


def test_many_rare_strata_are_not_all_named():
    y = np.append(np.zeros(50), np.repeat([1.0, 3.0, 5.0, 7.0, 9.0], [1, 10, 2, 10, 1]))
    y = np.append(y, np.repeat([11.0, 13.0, 15.0, 17.0], [10, 1, 10, 1]))
    with pytest.warns(UserWarning, match="1 row with target 1; 2 rows with target 5; 1 row"):
        list(BinnedStratifiedKFold(5, bins="integer").split(None, y))
    with pytest.warns(UserWarning, match="and 2 more[.]"):
        list(BinnedStratifiedKFold(5, bins="integer").split(None, y))


@pytest.mark.parametrize("quantile", [stats.norm.ppf, stats.expon.ppf, stats.lognorm(1).ppf])
@pytest.mark.parametrize("n", [200, 1000])
def test_no_warning_for_a_tail_that_thins_out(quantile, n):
    y = quantile((np.arange(n) + 0.5) / n)
    highest = y >= np.sort(y)[-15]
    for _, test in BinnedStratifiedKFold(5).split(None, y):  # warnings are errors here
        assert highest[test].any()


def test_as_many_rare_rows_as_folds_are_in_every_fold():
    y = np.append(np.zeros(95), [90, 93, 95, 97, 100.0])
    for bins in ("auto", "quantile", 10, "integer"):
        folds = list(BinnedStratifiedKFold(5, bins=bins).split(None, y))
        assert [(y[test] > 50).sum() for _, test in folds] == [1] * 5


# --- random splits ------------------------------------------------------------------------------


@given(st.integers(1, 60), st.data())
def test_an_even_draw_takes_its_share_of_any_interval(n, data):
    n_drawn = data.draw(st.integers(0, n))
    drawn = draw_evenly(n, n_drawn, np.random.RandomState(data.draw(st.integers(0, 99))))
    assert drawn.sum() == n_drawn
    for start in range(n):
        for stop in range(start + 1, n + 1):
            share = (stop - start) * n_drawn / n
            assert np.floor(share) <= drawn[start:stop].sum() <= np.ceil(share)


@given(quarters, any_bins, st.integers(0, 99), st.floats(0.1, 0.6))
def test_each_bin_gives_its_share(targets, bins, seed, test_size):
    y = np.array(targets)
    cv = BinnedStratifiedShuffleSplit(3, bins=bins, test_size=test_size, random_state=seed)
    n_test = int(np.ceil(test_size * len(y)))
    for train, test in quiet(cv.split, None, y):
        assert len(test) == n_test
        assert_array_equal(np.sort(np.append(train, test)), np.arange(len(y)))
        if isinstance(bins, str) and bins != "integer":
            continue
        share = np.histogram(y, edges_of(bins, y))[0] * n_test / len(y)
        drawn = np.histogram(y[test], edges_of(bins, y))[0]
        assert (np.floor(share) <= drawn).all()
        assert (drawn <= np.ceil(share)).all()


@given(st.integers(2, 60), st.data())
def test_rows_needed_for_both_parts_is_the_least_number(n, data):
    n_test = data.draw(st.integers(1, n - 1))
    n_train = data.draw(st.integers(1, n - n_test))
    needed = rows_needed(n, n_train, n_test)

    def sure(m):
        """Return whether m rows are enough at every start of both draws."""
        rest = n - n_test
        return m * n_test // n > 0 and (m - -(-m * n_test // n)) * n_train // rest > 0

    assert sure(needed)
    assert not any(sure(m) for m in range(1, needed))


def test_rare_targets_are_in_both_parts_of_each_split():
    y = np.append(np.linspace(0, 1, 90), np.linspace(90, 100, 10))
    cv = BinnedStratifiedShuffleSplit(
        50, bins=[0, 50, 100], test_size=0.1, train_size=0.3, random_state=0
    )
    for train, test in cv.split(None, y):
        assert (len(train), len(test)) == (30, 10)
        assert (y[test] > 50).sum() == 1
        assert (y[train] > 50).sum() == 3
    with pytest.warns(UserWarning, match="Too few rows to be in both the 63 training and the 7"):
        next(BinnedStratifiedShuffleSplit(bins=[0, 50, 100], test_size=7, train_size=63).split(
            None, y
        ))  # fmt: skip


def test_every_row_is_tested_equally_often():
    y = heavy_tail(40)
    cv = BinnedStratifiedShuffleSplit(4000, bins=5, test_size=0.25, random_state=0)
    times = np.bincount(np.concatenate([test for _, test in quiet(cv.split, None, y)]))
    assert np.abs(times / 4000 - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 4000)


def test_rows_of_random_splits_come_in_random_order():
    y = np.arange(100.0)
    train, test = next(BinnedStratifiedShuffleSplit(bins=10, test_size=0.5, random_state=0).split(
        None, y
    ))  # fmt: skip
    for part in (train, test):
        assert abs(np.corrcoef(y[part], np.arange(50))[0, 1]) < 0.5


@pytest.mark.parametrize(
    ("test_size", "train_size"), [(None, None), (None, 0.3), (0.3, None), (7, 11), (0.2, 5)]
)
def test_sizes_are_those_of_scikit_learn(test_size, train_size):
    y = np.linspace(0, 1, 57)
    sizes = {"test_size": test_size, "train_size": train_size}
    ours = next(BinnedStratifiedShuffleSplit(bins=1, **sizes).split(None, y))
    theirs = next(ShuffleSplit(**sizes).split(y))
    assert [len(part) for part in ours] == [len(part) for part in theirs]


def test_quantile_bins_of_random_splits_have_a_test_row_each():
    y = heavy_tail(100)
    cv = BinnedStratifiedShuffleSplit(20, bins="quantile", test_size=0.2, random_state=0)
    for _, test in cv.split(None, y):
        rank = np.searchsorted(np.sort(y), np.sort(y[test]))
        assert_array_equal(rank // 5, np.arange(20))


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", ["auto", "quantile", 50])
@pytest.mark.parametrize("splitter", [BinnedStratifiedKFold, BinnedStratifiedShuffleSplit])
def test_two_rows_and_a_hundred_thousand(splitter, bins):
    kwargs = {} if splitter is BinnedStratifiedKFold else {"test_size": 0.5}
    small = quiet(splitter(2, bins=bins, **kwargs).split, None, [1.0, 3.0])
    assert [(len(train), len(test)) for train, test in small] == [(1, 1), (1, 1)]
    constant = list(splitter(2, bins=bins, **kwargs).split(None, np.full(10, 2.5)))
    assert [len(test) for _, test in constant] == [5, 5]
    y = heavy_tail(100_000)
    start = time.perf_counter()
    folds = quiet(splitter(5, bins=bins, **kwargs).split, None, y)
    assert time.perf_counter() - start < 2.0  # about 0.1 s
    assert len(folds) == 5


# --- real data ----------------------------------------------------------------------------------

TABLES = [
    "Abalone", "Accel", "a1", "a2", "a3", "availPwr", "bank8FM", "boston", "cpuSm", "fuelCons",
    "heat", "maxTorque",
]  # fmt: skip


@pytest.mark.parametrize("bins", ["auto", "quantile"])
def test_folds_of_real_targets_share_the_highest_targets(bins, shared):
    plain, ours = [], []
    for name in TABLES:
        table = pd.read_csv(shared / "data" / "branco15" / f"{name}.csv.gz")
        y = table.iloc[:, 0].to_numpy(dtype=float)
        highest = y >= np.quantile(y, 0.95)
        for cv, spreads in [
            (KFold(5, shuffle=True, random_state=0), plain),
            (BinnedStratifiedKFold(5, bins=bins, shuffle=True, random_state=0), ours),
        ]:
            counts = [highest[test].sum() for _, test in quiet(cv.split, y, y)]
            spreads.append(max(counts) - min(counts))
    assert max(ours) <= 5
    assert sum(ours) < sum(plain) / 4
