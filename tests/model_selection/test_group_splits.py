"""Stratified splits of whole groups: balance, scikit-learn's as a peer, warnings, routing."""

import time
import warnings

import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedGroupKFold,
    cross_val_score,
)

from skdir.model_selection import (
    BinnedStratifiedGroupKFold,
    BinnedStratifiedGroupShuffleSplit,
    BinnedStratifiedKFold,
)
from skdir.model_selection._groups import fill_empty, place_groups, squared_shares

BOTH = [BinnedStratifiedGroupKFold, BinnedStratifiedGroupShuffleSplit]


def quiet(split, *args):
    """Return all splits; what is warned of is tested on its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return list(split(*args))


@pytest.fixture(scope="module")
def patients():
    """Targets with a heavy tail, alike within patients of 1 to 12 rows."""
    rng = np.random.default_rng(0)
    size = rng.integers(1, 13, size=150)
    groups = np.repeat(rng.permutation(150), size)
    level = np.repeat(rng.lognormal(sigma=1.0, size=150), size)
    y = level * rng.lognormal(sigma=0.1, size=len(level))
    shuffled = rng.permutation(len(y))
    return y[shuffled], groups[shuffled]


@st.composite
def grouped(draw):
    """Return targets and groups, at least five of them."""
    n = draw(st.integers(10, 60))
    y = draw(st.lists(st.integers(-20, 20), min_size=n, max_size=n))
    groups = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))
    groups[:5] = range(5)
    return np.array(y) / 2, np.array(groups)


@given(grouped(), st.sampled_from(["auto", "quantile", 3]), st.integers(2, 5), st.booleans())
def test_folds_keep_groups_together_and_test_each_row_once(data, bins, n_splits, shuffle):
    y, groups = data
    cv = BinnedStratifiedGroupKFold(
        n_splits, bins=bins, shuffle=shuffle, random_state=3 if shuffle else None
    )
    folds = quiet(cv.split, None, y, groups)
    assert len(folds) == n_splits
    assert_array_equal(np.sort(np.concatenate([t for _, t in folds])), np.arange(len(y)))
    for train, test in folds:
        assert len(test) > 0
        assert_array_equal(np.sort(np.append(train, test)), np.arange(len(y)))
        assert not set(groups[train]) & set(groups[test])


@given(
    grouped(), st.sampled_from(["auto", "quantile", 3]), st.floats(0.05, 0.75), st.integers(0, 9)
)
def test_random_splits_keep_groups_together(data, bins, test_size, seed):
    y, groups = data
    cv = BinnedStratifiedGroupShuffleSplit(
        3, bins=bins, test_size=test_size, train_size=(1 - test_size) / 2, random_state=seed
    )
    for train, test in quiet(cv.split, None, y, groups):
        assert len(train) > 0
        assert len(test) > 0
        assert len(np.unique(np.append(train, test))) == len(train) + len(test)
        assert not set(groups[train]) & set(groups[test])
        if len(np.unique(groups[train])) + len(np.unique(groups[test])) < len(np.unique(groups)):
            continue
        assert len(train) + len(test) == len(y)


def test_a_group_goes_where_the_sum_of_squared_shares_grows_least():
    rng = np.random.RandomState(0)
    for _ in range(30):
        shares = rng.randint(0, 4, size=(12, 3)) / 7
        shares[:, -1] += 0.1
        sizes = rng.dirichlet([1, 1, 1, 1])
        load = np.zeros((4, 3))

        def total(load, sizes=sizes):
            return ((load**2).sum(axis=1) / sizes).sum()

        order = rng.permutation(12)
        part = place_groups(sparse.csr_matrix(shares), order, sizes)
        for group in order:
            candidates = []
            for k in range(4):
                moved = load.copy()
                moved[k] += shares[group]
                candidates.append(total(moved))
            assert candidates[part[group]] <= min(candidates) * (1 + 1e-8)
            load[part[group]] += shares[group]


def test_a_large_share_of_one_stratum_matters_more_than_small_shares_of_many():
    shares = sparse.csr_matrix([[0.6, 0.0, 0.0], [0.3, 0.3, 0.3]])
    assert_allclose(squared_shares(shares), [0.36, 0.27])


def test_bins_of_too_few_groups_count_together():
    y = np.append(np.zeros(60), np.repeat([5.0, 9.0], 12))
    groups = np.append(np.arange(60), np.repeat([60, 61, 62, 63], 6))
    # each rare bin has 12 rows, but of two groups; together they have four
    for _, test in BinnedStratifiedGroupKFold(4, bins=[0, 4, 7, 10]).split(None, y, groups):
        assert (y[test] > 4).sum() == 6


@pytest.mark.parametrize("bins", ["auto", [0, 0.5, 1, 2, 4, 100]])
def test_strata_are_more_alike_than_in_folds_that_do_not_look(bins, patients):
    y, groups = patients
    edges = [0, 0.5, 1, 2, 4, 100]

    def spread(folds):
        """Mean over strata of the deviation of their shares in the folds."""
        counts = np.array([np.histogram(y[test], edges)[0] for _, test in folds])
        return (counts / counts.sum(axis=0)).std(axis=0).mean()

    ours = spread(BinnedStratifiedGroupKFold(5, bins=bins).split(None, y, groups))
    assert ours < 0.5 * spread(GroupKFold(5).split(y, y, groups))
    # the loss of whole groups against the exact balance of rows stays small
    assert ours < spread(BinnedStratifiedKFold(5, bins=bins).split(None, y)) + 0.03


def test_as_alike_as_folds_of_scikit_learn(patients):
    y, groups = patients
    edges = [0, 0.5, 1, 2, 4, 100]
    labels = np.searchsorted(edges, y)

    def spread(folds):
        counts = np.array([np.bincount(labels[test], minlength=6)[1:] for _, test in folds])
        return (counts / counts.sum(axis=0)).std(axis=0).mean()

    theirs = spread(StratifiedGroupKFold(5).split(labels, labels, groups))
    ours = spread(BinnedStratifiedGroupKFold(5, bins=edges).split(None, y, groups))
    assert ours <= 1.1 * theirs


def test_groups_of_one_row_are_about_as_balanced_as_rows():
    y = np.random.default_rng(0).lognormal(size=300)
    edges = [0, 0.5, 1, 2, 4, 100]
    cv = BinnedStratifiedGroupKFold(5, bins=edges)
    counts = [np.histogram(y[test], edges)[0] for _, test in cv.split(None, y, np.arange(300))]
    assert np.ptp(counts, axis=0).max() <= 1


def test_random_splits_have_about_the_sizes_and_strata_asked_for(patients):
    y, groups = patients
    cv = BinnedStratifiedGroupShuffleSplit(30, test_size=0.2, train_size=0.5, random_state=0)
    seen = set()
    for train, test in cv.split(None, y, groups):
        assert abs(len(test) / len(y) - 0.2) < 0.03
        assert abs(len(train) / len(y) - 0.5) < 0.03
        assert abs((y[test] > 2).mean() - (y > 2).mean()) < 0.08
        seen.add(tuple(sorted(set(groups[test].tolist()))))
    assert len(seen) == 30


def test_shuffle_changes_folds_and_seed_repeats_them(patients):
    y, groups = patients

    def folds(**kwargs):
        cv = BinnedStratifiedGroupKFold(5, **kwargs)
        return [test.tolist() for _, test in cv.split(None, y, groups)]

    # ties between groups are what the order decides
    y = np.round(y)
    groups = np.arange(len(y))
    assert folds(shuffle=True, random_state=1) == folds(shuffle=True, random_state=1)
    assert folds(shuffle=True, random_state=1) != folds(shuffle=True, random_state=2)
    assert folds() == folds()


def test_labels_of_groups_may_be_strings_and_their_order_of_rows_does_not_matter(patients):
    y, groups = patients
    cv = BinnedStratifiedGroupKFold(4, bins=[0, 1, 2, 100])
    names = np.array([f"patient {group:03}" for group in groups])
    mixed = np.random.default_rng(1).permutation(len(y))
    for (_, number), (_, name), (_, other) in zip(
        cv.split(None, y, groups),
        cv.split(None, y, names.tolist()),
        cv.split(None, y[mixed], groups[mixed]),
        strict=True,
    ):
        assert_array_equal(number, name)
        assert set(groups[number]) == set(groups[mixed][other])


def test_an_empty_part_gets_the_smallest_group_of_the_largest():
    parts = np.array([0, 0, 0, 2])
    fill_empty(parts, np.array([5, 2, 3, 4]))
    assert_array_equal(parts, [0, 1, 0, 2])
    parts = np.array([1, 2, 2])  # the test part cannot spare its only group
    fill_empty(parts, np.array([9, 2, 1]))
    assert_array_equal(parts, [1, 2, 0])
    # with two groups of which both would train
    y, groups = np.zeros(10), np.repeat([0, 1], [9, 1])
    cv = BinnedStratifiedGroupShuffleSplit(20, test_size=0.01, random_state=0)
    for train, test in cv.split(None, y, groups):
        assert (len(train), len(test)) == (9, 1)


def test_a_stratum_that_one_group_holds_is_warned_of():
    y = np.append(np.zeros(40), np.full(8, 90.0))
    groups = np.append(np.repeat(np.arange(10), 4), np.full(8, 10))
    with pytest.warns(UserWarning, match="test rows of each of 4 folds: 8 rows with target 90"):
        BinnedStratifiedGroupKFold(4, bins=[0, 50, 100]).split(None, y, groups)
    cv = BinnedStratifiedGroupShuffleSplit(1, bins=[0, 50, 100], random_state=0)
    with pytest.warns(UserWarning, match="both the training and the test rows: 8 rows") as caught:
        next(cv.split(None, y, groups))
    assert caught[0].filename == __file__
    groups[-8:] = np.repeat([10, 11, 12, 13], 2)  # warnings are errors here
    for _, test in BinnedStratifiedGroupKFold(4, bins=[0, 50, 100]).split(None, y, groups):
        assert (y[test] > 50).sum() == 2


@pytest.mark.parametrize("splitter", BOTH)
@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (None, "'groups' parameter of .* must be an array with the group of each row. Got None"),
        (np.zeros((6, 2)), r"'groups' .* 1-d .* Got shape \(6, 2\)"),
        ([0, 1, np.nan, 2, 3, 4], "'groups' .* without missing values. Got NaN"),
        ([0, 1, "a", None, 3, 4], "'groups' .* labels that can be sorted"),
        ([0, 1, 2], "must be an array of [0-9]+ rows, as y"),
    ],
)
def test_bad_groups(splitter, groups, message):
    groups = (
        np.array(groups, dtype=object) if isinstance(groups, list) and "a" in groups else groups
    )
    with pytest.raises(ValueError, match=message):
        splitter(2).split(None, np.arange(6.0), groups)


def test_too_few_groups():
    with pytest.raises(ValueError, match=r"'n_splits' .* at most the number of groups \(2\)"):
        BinnedStratifiedGroupKFold(3).split(None, np.arange(6.0), [0, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match="'groups' .* at least two groups. Got one group"):
        BinnedStratifiedGroupShuffleSplit(3).split(None, np.arange(6.0), [7] * 6)


@pytest.mark.parametrize("splitter", BOTH)
def test_groups_pass_through_scikit_learn_with_and_without_routing(splitter, patients):
    y, groups = patients
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    cv = splitter(3, bins=[0, 1, 100], **({} if splitter is BOTH[0] else {"random_state": 0}))
    by_hand = cross_val_score(Ridge(), X, y, cv=list(cv.split(X, y, groups)))
    assert_array_equal(cross_val_score(Ridge(), X, y, cv=cv, groups=groups), by_hand)
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=cv).fit(X, y, groups=groups)
    assert search.n_splits_ == 3
    with sklearn.config_context(enable_metadata_routing=True):
        assert cv.get_metadata_routing().split.requests == {"groups": True}
        routed = cross_val_score(Ridge(), X, y, cv=cv, params={"groups": groups})
        assert_array_equal(routed, by_hand)
        search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=cv).fit(X, y, groups=groups)
        assert search.n_splits_ == 3


@pytest.mark.parametrize("splitter", BOTH)
def test_a_hundred_thousand_rows_in_ten_thousand_groups(splitter):
    rng = np.random.default_rng(0)
    y, groups = rng.lognormal(size=100_000), rng.integers(0, 10_000, size=100_000)
    start = time.perf_counter()
    assert len(quiet(splitter(2).split, None, y, groups)) == 2
    assert time.perf_counter() - start < 6.0  # about 0.5 s
