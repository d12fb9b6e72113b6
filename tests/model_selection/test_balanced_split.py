"""Uniform test targets: the published protocol, a naive filling, containers, bad input."""

import csv
import gzip
import time
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse

from skdir.model_selection import balanced_train_test_split
from skdir.model_selection._balanced import fill_evenly


def split_rows(y, **kwargs):
    """Return the rows of each part."""
    rows = np.arange(len(y))
    return balanced_train_test_split(rows, y, **kwargs)[: 3 if kwargs.get("validation") else 2]


def heavy_tail(n):
    return np.random.default_rng(0).lognormal(size=n)


def test_counts_are_those_of_the_published_split(shared):
    with gzip.open(shared / "data" / "labels" / "agedb_labels.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    age = np.array([int(row["age"]) for row in rows])
    part = np.array([row["split"] for row in rows])
    with pytest.warns(UserWarning, match="Bins without a test row: 1 row with target 1; 2 rows"):
        train, val, test = split_rows(
            age, bins="integer", n_per_bin=30, validation=True, random_state=666
        )
    for ours, theirs in [(train, "train"), (val, "val"), (test, "test")]:
        assert_array_equal(
            np.bincount(age[ours], minlength=102), np.bincount(age[part == theirs], minlength=102)
        )


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=10).filter(any),
    st.integers(0, 9),
    st.data(),
)
def test_filling_is_as_even_as_capacities_allow(capacity, seed, data):
    capacity = np.array(capacity)
    total = data.draw(st.integers(1, int(capacity.sum())))
    quota = fill_evenly(capacity, total, np.random.RandomState(seed))
    # one row at a time to a bin with the fewest of those that can take one
    naive = np.zeros(len(capacity), dtype=int)
    for _ in range(total):
        free = np.flatnonzero(naive < capacity)
        naive[free[np.argmin(naive[free])]] += 1
    assert quota.sum() == total
    assert (quota <= capacity).all()
    assert_array_equal(np.sort(quota), np.sort(naive))
    unfilled = quota[quota < capacity]
    if len(unfilled):
        assert quota.max() - unfilled.min() <= 1


@pytest.mark.parametrize("validation", [False, True])
def test_histogram_of_the_test_targets_is_flat(validation):
    y = np.concatenate([np.linspace(k, k + 0.9, n) for k, n in enumerate([900, 400, 90, 30])])
    parts = split_rows(y, bins=4, test_size=40, validation=validation, random_state=0)
    assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(y)))
    for part in parts[1:]:
        assert_array_equal(np.histogram(y[part], 4, range=(0, 3.9))[0], [10, 10, 10, 10])
    # beyond what the rarest bin has, the others give more
    parts = split_rows(y, bins=4, test_size=100, validation=validation, random_state=0)
    assert_array_equal(np.histogram(y[parts[-1]], 4, range=(0, 3.9))[0], [30, 30, 30, 10])


def test_a_bin_gives_at_most_its_share():
    y = np.repeat([0, 1, 2, 3], [9, 6, 3, 300])
    _, test = split_rows(y, bins="integer", n_per_bin=50, random_state=0)
    assert_array_equal(np.bincount(y[test]), [3, 2, 1, 50])
    _, test = split_rows(y, bins="integer", n_per_bin=50, max_share=0.5, random_state=0)
    assert_array_equal(np.bincount(y[test]), [4, 3, 1, 50])
    train, test = split_rows(y, bins="integer", n_per_bin=999, max_share=0.999, random_state=0)
    assert_array_equal(np.bincount(y[train]), [1, 1, 1, 1])


def test_a_share_that_is_a_whole_number_of_rows_is_not_lost_to_rounding():
    assert 100 * 0.29 < 29
    _, test = split_rows(np.zeros(100), bins=1, n_per_bin=50, max_share=0.29)
    assert len(test) == 29


def test_rows_left_over_go_to_bins_at_random():
    capacity = np.full(4, 5)
    drawn = [fill_evenly(capacity, 9, np.random.RandomState(seed)) for seed in range(100)]
    assert (np.mean(drawn, axis=0) > 2.1).all()  # the leftover row goes to each bin at times


def test_sizes_are_shares_or_numbers():
    y = heavy_tail(1001)
    with pytest.warns(UserWarning, match="Bins without a test row"):
        assert len(split_rows(y)[1]) == 101
    edges = [0, 0.5, 1, 2, 100]
    assert len(split_rows(y, bins=edges, test_size=0.2)[1]) == 201
    assert len(split_rows(y, bins=edges, test_size=17)[1]) == 17
    assert len(split_rows(y, bins=edges, test_size=17.0 / 1001)[1]) == 17
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert len(split_rows(y, bins="auto", test_size=0.05)[1]) == 51


def test_bins_without_test_rows_are_named():
    y = np.repeat([0.0, 5.0, 9.0, 10.0], [30, 2, 1, 1])
    message = "Bins without a test row: 2 rows with target 5; 2 rows with targets from 9 to 10. Use"
    with pytest.warns(UserWarning, match=message) as caught:
        _, test = split_rows(y, bins=[0, 4, 6, 10], n_per_bin=4)
    assert caught[0].filename == __file__
    assert_array_equal(y[test], np.zeros(4))


def test_each_row_of_a_bin_has_the_same_chance_and_order_is_random():
    y = np.repeat([0, 1], [6, 12])
    times = np.zeros(18)
    first = np.zeros(18)
    rng = np.random.RandomState(0)
    for _ in range(1000):
        train, test = split_rows(y, bins="integer", n_per_bin=2, random_state=rng)
        times[test] += 1
        first[train[0]] += 1
    share = np.repeat([2 / 6, 2 / 12], [6, 12])
    assert np.abs(times / 1000 - share).max() < 5 * np.sqrt(0.25 / 1000)
    assert (first > 0).all()


def test_seed_repeats_the_split_and_inputs_stay():
    y = heavy_tail(300)
    X = y.reshape(-1, 1).copy()
    y.setflags(write=False)
    X.setflags(write=False)
    kwargs = {"bins": [0, 1, 3, 50], "test_size": 0.1}
    one = balanced_train_test_split(X, y, random_state=3, **kwargs)
    two = balanced_train_test_split(X, y, random_state=3, **kwargs)
    other = balanced_train_test_split(X, y, random_state=4, **kwargs)
    for a, b in zip(one, two, strict=True):
        assert_array_equal(a, b)
    assert not np.array_equal(one[3], other[3])


def test_containers_stay_what_they_are():
    n = 60
    y = pd.Series(np.repeat([1.0, 2.0, 3.0], 20), name="price", index=np.arange(100, 160))
    arrays = [
        pd.DataFrame({"a": np.arange(n), "b": pd.Categorical(["u", "v"] * 30)}, index=y.index),
        y,
        pl.DataFrame({"c": np.arange(n)}),
        sparse.coo_matrix(np.arange(n).reshape(-1, 1)),
        [f"row {i}" for i in range(n)],
        np.arange(2 * n).reshape(n, 2),
    ]
    parts = balanced_train_test_split(*arrays, bins=3, test_size=6, random_state=0)
    assert len(parts) == 12
    for array, train, test in zip(arrays, parts[::2], parts[1::2], strict=True):
        if not sparse.issparse(array):
            assert type(train) is type(test) is type(array)
    frame, series, polar, csr, rows, dense = parts[1::2]
    assert frame["b"].dtype == "category"
    assert series.name == "price"
    assert_array_equal(series.index, frame.index)
    assert_array_equal(polar["c"].to_numpy(), frame["a"])
    assert csr.format == "csr"
    assert_array_equal(csr.toarray().ravel(), frame["a"])
    assert rows == [f"row {i}" for i in frame["a"]]
    assert_array_equal(dense[:, 0], 2 * frame["a"])
    three = balanced_train_test_split(*arrays[:2], bins=3, test_size=6, validation=True)
    assert [len(part) for part in three] == [48, 6, 6, 48, 6, 6]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bins": "quantile"}, "'bins' parameter"),
        ({"bins": 0}, "'bins' parameter"),
        ({"bins": [0, 3]}, "'bins' .* edges that cover all targets"),
        ({"test_size": 0}, "'test_size' parameter"),
        ({"test_size": -3}, "'test_size' parameter"),
        ({"test_size": 1.5}, "'test_size' .* a share below 1 or a number of rows. Got 1.5"),
        ({"test_size": 0.9}, r"'test_size' .* at most the 6 rows .* Got 0.9 \(18 rows\)"),
        ({"test_size": 2, "n_per_bin": 1}, "'test_size' .* None where n_per_bin is given. Got 2"),
        ({"n_per_bin": 0}, "'n_per_bin' parameter"),
        ({"max_share": 1.0}, "'max_share' parameter"),
        ({"max_share": 0.05, "n_per_bin": 1}, "'max_share' .* the fullest bin has 10 rows. Got"),
        ({"max_share": 0.5, "validation": True}, "'max_share' .* below 0.5 with validation rows"),
        ({"validation": "yes"}, "'validation' parameter"),
        ({"random_state": "x"}, "'random_state' parameter"),
    ],
)
def test_bad_parameters(params, message):
    y = np.repeat([1.0, 4.0], 10)
    with pytest.raises(ValueError, match=message):
        balanced_train_test_split(y, y, **{"bins": 2, **params})


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "'y' parameter .* at least 1 targets"),
        ([1.0, np.nan, 2.0], "'y' parameter .* must be finite"),
        ([1.0, 2.0], "must be an array of [0-9]+ rows, as y"),
        ([[1.0], [2.0], [3.0]], "'y' parameter .* 1-d"),
    ],
)
def test_bad_targets(y, message):
    with pytest.raises(ValueError, match=message):
        balanced_train_test_split(np.zeros((3, 1)), y)


def test_a_hundred_thousand_rows():
    y = heavy_tail(100_000)
    start = time.perf_counter()
    _, test = split_rows(y, bins=[0, 0.5, 1, 2, 4, 1000], test_size=0.1, random_state=0)
    assert time.perf_counter() - start < 1.0  # about 0.05 s
    assert np.ptp(np.histogram(y[test], [0, 0.5, 1, 2, 4, 1000])[0]) <= 1
