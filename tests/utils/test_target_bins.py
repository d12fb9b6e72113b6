"""Bins of a target against numpy's; automatic ones cover any targets, with increasing edges."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skdir.utils._targets.bins import (
    LEAST_IN_TABLE,
    MOST_BINS,
    MOST_IN_TABLE,
    MOST_WITH_ERRORS,
    TargetBins,
    auto_edges,
    table_edges,
)

NEXT = 2.0**-52
TARGETS = (
    [0.0, 5e-324],
    [0.0, 5e-324, 1e-323, 5e-324],
    [1.0, 1 + NEXT],
    [1.0, 1 + NEXT, 1 + 2 * NEXT],
    [1e300, 1e300 * (1 + NEXT)],
    [2.0**53, 2.0**53 + 2],
    [2.0**52, 2.0**52 + 1, 2.0**52 + 40],
    [-1.7e308, 1.7e308],
    [-1e308, 0.0, 1e308],
    [1.79e308, 1.79e308],
    [3.0, 3.0],
)


@pytest.mark.parametrize("rule", [auto_edges, table_edges])
@pytest.mark.parametrize("y", TARGETS, ids=repr)
@pytest.mark.parametrize("weights", [[1.0], [1e308, 1.7e308], [5e-324, 1e-323]])
def test_edges_of_any_targets(rule, y, weights):
    y = np.array(y)
    edges = rule(y, np.resize(weights, len(y)))
    assert np.isfinite(edges).all()
    assert (edges[1:] > edges[:-1]).all()
    assert edges[0] <= y.min() <= y.max() <= edges[-1]
    index = TargetBins(edges).index(y)
    assert (edges[index] <= y).all() and (y <= edges[index + 1]).all()


def bins_by_numpy(y, edges):
    """Return the bins of targets by `numpy.digitize`, the last one closed, -1 outside."""
    index = np.digitize(y, edges) - 1
    index[y == edges[-1]] = len(edges) - 2
    index[(y < edges[0]) | (y > edges[-1])] = -1
    return index


made_edges = st.one_of(
    st.builds(
        lambda low, width, n: np.linspace(low, low + width, n + 1),
        st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.integers(1, 40),
    ),
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=40, unique=True).map(
        lambda edges: np.sort(edges) / 8
    ),
    # nearly of equal width, on either side of where arithmetic is trusted
    st.builds(
        lambda n, k, shift: np.arange(n + 1.0) + shift * (np.arange(n + 1) == k % n),
        st.integers(2, 30), st.integers(0, 30), st.sampled_from([9e-7, -9e-7, 1.1e-6, 1e-3]),
    ),
)  # fmt: skip


@given(edges=made_edges, seed=st.integers(0, 9))
@settings(deadline=None, max_examples=200)
def test_index_is_that_of_digitize(edges, seed):
    rng = np.random.default_rng(seed)
    width = edges[-1] - edges[0]
    near = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)])
    y = np.concatenate([rng.uniform(edges[0] - width, edges[-1] + width, 200), near])
    target_bins = TargetBins(edges)
    index = target_bins.index(y)
    np.testing.assert_array_equal(index, bins_by_numpy(y, edges))
    inside = index >= 0
    assert target_bins.covers(y[inside])
    assert not target_bins.covers(y)
    np.testing.assert_array_equal(target_bins.index(y[inside]), index[inside])
    np.testing.assert_array_equal(
        target_bins.sums(index[inside]), np.histogram(y, edges)[0], strict=True
    )


def test_the_last_edge_belongs_to_the_last_bin_unless_it_is_open():
    edges, y = np.array([0.0, 1, 2, 4]), np.array([-1.0, 0, 1, 2, 4, 5])
    assert TargetBins(edges).index(y).tolist() == [-1, 0, 1, 2, 2, -1]
    assert TargetBins(edges, closed_last=False).index(y).tolist() == [-1, 0, 1, 2, -1, -1]


def test_bins_are_values():
    target_bins = TargetBins(np.array([0.0, 1.0]))
    with pytest.raises(FrozenInstanceError):
        target_bins.edges = np.array([0.0, 2.0])


def test_bins_do_not_follow_the_edges_that_were_given():
    edges = np.array([0.0, 1.0, 2.0])
    target_bins = TargetBins.of(edges, np.array([0.5]), caller="f")
    edges[0] = -5
    assert target_bins.edges[0] == 0


def test_centers_widths_and_sums():
    target_bins = TargetBins(np.array([0.0, 1, 4, 1.5e308]))
    np.testing.assert_array_equal(target_bins.centers[:2], [0.5, 2.5])
    assert np.isfinite(target_bins.centers).all()
    assert target_bins.n_bins == 3
    np.testing.assert_array_equal(target_bins.widths[:2], [1, 3])
    index = np.array([0, 0, 2])
    np.testing.assert_array_equal(target_bins.sums(index), [2, 0, 1])
    np.testing.assert_array_equal(target_bins.sums(index, np.array([1.5, 2, 4])), [3.5, 0, 4])
    # tenths differ by their rounding alone
    tenths = TargetBins(np.linspace(0, 1, 11))
    assert len(np.unique(np.diff(tenths.edges))) > 1
    np.testing.assert_array_equal(tenths.widths, np.full(10, 0.1))


def test_edges_that_leave_out_targets():
    y, edges = np.array([-3.0, 0.5, 1.5, 9.0]), [0, 1, 2]
    with pytest.raises(
        ValueError,
        match=r"'bins' parameter of f must be edges that cover all targets of y \(-3 to 9\). "
        r"Got edges from 0 to 2, which leave out 2 targets such as -3 instead",
    ):
        TargetBins.of(edges, y, caller="f")
    assert TargetBins.of(edges, y, caller="f", cover=False).index(y).tolist() == [-1, 0, 1, -1]


@pytest.mark.parametrize("bins", [0, -1, True, None, "many", "quantile", [1], [2, 1], [1, 1], 1.5])
def test_what_is_no_bins(bins):
    with pytest.raises(ValueError, match="'bins' parameter of f must be"):
        TargetBins.of(bins, np.arange(3.0), caller="f")


@given(y=st.lists(st.integers(-4000, 4000), min_size=1, max_size=50), bins=st.integers(1, 30))
@settings(deadline=None)
def test_bins_of_all_kinds_cover_their_targets(y, bins):
    y = np.array(y) / 2
    equal = TargetBins.of(bins, y, caller="f")
    np.testing.assert_allclose(equal.edges, np.histogram_bin_edges(y, bins), atol=1e-9)
    whole = TargetBins.of("integer", y, caller="f")
    # halves are rounded up
    np.testing.assert_array_equal(whole.index(y), np.floor(y + 0.5) - np.floor(y.min() + 0.5))
    np.testing.assert_array_equal(whole.widths, 1)
    for target_bins in (equal, whole, TargetBins.of("auto", y, caller="f")):
        assert target_bins.covers(y)
        assert target_bins.index(y).min() >= 0


@pytest.mark.parametrize("n", [20, 1000, 50_000])
@pytest.mark.parametrize("whole", [False, True])
def test_automatic_bins_are_as_many_as_they_are_for(n, whole):
    y = np.random.default_rng(0).standard_t(2, n) * 100
    y = np.round(y) if whole else y
    quartiles = np.quantile(y, [0.25, 0.75], method="inverted_cdf")
    sturges, freedman = np.ptp(y) / (np.log2(n) + 1), 2 * np.ptp(quartiles) / np.cbrt(n)
    wanted = min(MOST_BINS, np.ceil(np.ptp(y) / min(sturges, freedman)))
    every = TargetBins.of("auto", y, caller="f")
    np.testing.assert_array_equal(every.edges, auto_edges(y))
    if whole:
        step = every.edges[1] - every.edges[0]
        assert step == max(1, np.round((np.ptp(y) + 1) / wanted))
        np.testing.assert_array_equal(every.edges % 1, 0.5)
    else:
        assert every.n_bins == wanted
    assert LEAST_IN_TABLE <= len(table_edges(y)) - 1 <= MOST_IN_TABLE
    few = len(auto_edges(y, max_bins=MOST_WITH_ERRORS)) - 1
    assert few <= 1.5 * MOST_WITH_ERRORS


def test_weights_count_as_repeated_rows_where_bins_are_automatic():
    rng = np.random.default_rng(0)
    y, weight = rng.lognormal(size=500), rng.integers(1, 4, 500).astype(float)
    for rule in (auto_edges, table_edges):
        want = rule(np.repeat(y, weight.astype(int)))
        np.testing.assert_allclose(rule(y, weight), want, rtol=1e-12)


@pytest.mark.parametrize("edges", [np.linspace(-1, 3, 9), np.array([-1, 0, 0.1, 2, 3])])
def test_bin_index_is_that_of_numpy_histogram(edges):
    rng = np.random.default_rng(0)
    y = np.concatenate([rng.uniform(-1, 3, 40_000), edges, np.nextafter(edges[1:], -9)])
    target_bins = TargetBins(edges)
    index = target_bins.index(y)
    np.testing.assert_array_equal(np.bincount(index), np.histogram(y, edges)[0])
    for value, bin_ in zip(y[-40:], index[-40:], strict=True):
        assert edges[bin_] <= value <= edges[bin_ + 1]
    np.testing.assert_array_equal(target_bins.index(np.array([-9.0, 9.0, 3.0]))[:2], [-1, -1])
    assert target_bins.index(np.array([])).shape == (0,)


def test_whole_numbers_on_whole_edges_are_exact():
    edges = np.linspace(0, 30, 31)
    y = np.tile(np.arange(31.0), 3)
    np.testing.assert_array_equal(TargetBins(edges).index(y), np.minimum(y, 29))
    wide = 49.0 * np.arange(11)  # 49 * (1 / 49) is less than 1
    np.testing.assert_array_equal(TargetBins(wide).index(wide), np.minimum(np.arange(11), 9))
    tenths = np.linspace(0, 1, 11)
    np.testing.assert_array_equal(
        np.bincount(TargetBins(tenths).index(tenths)), np.histogram(tenths, tenths)[0]
    )


def test_constant_target_gets_bins_around_it():
    y = np.full(3, 5.0)
    np.testing.assert_allclose(TargetBins.of(2, y, caller="f").edges, [4.5, 5, 5.5])
    assert TargetBins.of("auto", y, caller="f").n_bins == 1
