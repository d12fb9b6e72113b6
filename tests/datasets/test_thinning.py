"""Thinned data: rows of the original, as many per bin as the density says."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats

from skdir.datasets import make_imbalance


@pytest.fixture
def balanced():
    """Return 4,000 rows with uniform targets, whose only feature is the row number."""
    y = np.random.RandomState(0).uniform(0, 10, size=4000)
    return np.arange(4000.0).reshape(-1, 1), y


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    data=st.data(),
    seed=st.integers(0, 3),
)
def test_bins_keep_their_share_of_as_many_rows_as_possible(counts, data, seed):
    n_bins = len(counts)
    wanted = data.draw(st.lists(st.integers(0, 20), min_size=n_bins, max_size=n_bins).filter(any))
    y = np.repeat(np.arange(n_bins), counts)
    edges = np.arange(n_bins + 1) - 0.5
    X = np.arange(len(y)).reshape(-1, 1)
    if max(c / w for c, w in zip(counts, wanted) if w) * sum(wanted) < 1:
        return
    X_thin, y_thin = make_imbalance(X, y, density=wanted, bins=edges, random_state=seed)
    kept = np.bincount(y_thin, minlength=n_bins)
    share = np.array(wanted) / sum(wanted)
    total = len(y_thin)
    assert total == int(min(c / s for c, s in zip(counts, share) if s) + 1e-9)
    assert (np.abs(kept - share * total) < 1 + 1e-9).all()
    assert (kept <= counts).all()
    # rows of the original, each once, in their order
    assert (np.diff(X_thin.ravel()) > 0).all()
    assert_array_equal(y[X_thin.ravel()], y_thin)


def test_n_samples_is_kept_exactly(balanced):
    X, y = balanced
    for n_samples in (1, 17, 400):
        assert len(make_imbalance(X, y, density=np.arange(10), n_samples=n_samples)[1]) == n_samples
    with pytest.raises(ValueError, match="'n_samples' .* at most .* Got 3999 instead"):
        make_imbalance(X, y, density=np.arange(10), n_samples=3999)


def test_callable_density(balanced):
    X, y = balanced
    target = stats.expon(scale=2)
    thin = make_imbalance(X, y, density=target.pdf, bins=40, n_samples=600, random_state=0)[1]
    cut = stats.truncexpon(5, scale=2)
    assert stats.kstest(thin, cut.cdf).pvalue > 0.01
    same = make_imbalance(
        X, y, density=lambda v: 7 * target.pdf(v), bins=40, n_samples=600, random_state=0
    )[1]
    assert_array_equal(thin, same)


def test_a_uniform_density_balances():
    y = np.repeat([0, 1, 2], [50, 20, 90])
    thin = make_imbalance(y[:, None], y, density=[1, 1, 1], bins="integer", random_state=0)[1]
    assert_array_equal(np.bincount(thin), [20, 20, 20])


def test_every_row_of_a_bin_is_as_likely():
    y = np.repeat([0, 1], 20)
    X = np.arange(40).reshape(-1, 1)
    kept = np.zeros(40)
    for seed in range(400):
        kept[make_imbalance(X, y, density=[2, 1], bins=2, random_state=seed)[0].ravel()] += 1
    assert_array_equal(kept[:20], 400)
    assert_allclose(kept[20:], 200, atol=50)


def test_containers_are_kept(balanced):
    X, y = balanced
    frame = pd.DataFrame({"row": X.ravel(), "text": "a"}, index=np.arange(4000) + 5)
    series = pd.Series(y, index=frame.index, name="target")
    made = {"density": np.arange(10) + 1, "random_state": 0}
    X_thin, y_thin = make_imbalance(X, y, **made)
    X_frame, y_series = make_imbalance(frame, series, **made)
    assert isinstance(X_frame, pd.DataFrame) and y_series.name == "target"
    assert_array_equal(X_frame.index, y_series.index)
    assert_array_equal(X_frame["row"], X_thin.ravel())
    X_sparse, _ = make_imbalance(sparse.csr_array(X), y, **made)
    assert sparse.issparse(X_sparse)
    assert_array_equal(X_sparse.toarray(), X_thin)
    X_list, y_list = make_imbalance(X.tolist(), y.tolist(), **made)
    assert isinstance(X_list, list) and isinstance(y_list, list)
    assert_array_equal(y_list, y_thin)
    X_polars, _ = make_imbalance(pl.DataFrame({"row": X.ravel()}), y, **made)
    assert isinstance(X_polars, pl.DataFrame)
    assert_array_equal(X_polars["row"].to_numpy(), X_thin.ravel())


def test_random_state_and_inputs(balanced):
    X, y = balanced
    before = X.copy(), y.copy()
    first = make_imbalance(X, y, density=np.arange(10) + 1, random_state=0)
    again = make_imbalance(X, y, density=np.arange(10) + 1, random_state=0)
    other = make_imbalance(X, y, density=np.arange(10) + 1, random_state=1)
    assert_array_equal(first[0], again[0])
    assert (first[0] != other[0]).any()
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("density", "message"),
    [
        ([1, 2], r"of shape \(3,\), one value per bin. Got 2 values"),
        ([1, -1, 1], "non-negative, and positive somewhere. Got -1 at the least"),
        ([0, 0, 0], "Got only zeros"),
        ([1, np.nan, 1], "finite"),
        ([1, 1, 1], "zero where y has no rows. Got 0.333 of all in the bin from 1 to 2"),
        (lambda y: 1.0, r"a function of targets of shape \(48,\)"),
        (lambda y: y - 1, "Got -0.9"),
    ],
)  # fmt: skip
def test_bad_densities_are_refused(density, message):
    y = [0.5, 0.6, 2.5]
    with pytest.raises(ValueError, match=f"The 'density' parameter of make_imbalance .*{message}"):
        make_imbalance([[1], [2], [3]], y, density=density, bins=[0, 1, 2, 3])


def test_lengths_and_bins_are_checked():
    with pytest.raises(ValueError, match="must be an array of [0-9]+ rows, as y"):
        make_imbalance([[1], [2]], [1, 2, 3], density=[1], bins=1)
    with pytest.raises(ValueError, match="'bins' .* cover all targets"):
        make_imbalance([[1], [2], [3]], [1, 2, 3], density=[1], bins=[0, 2])
