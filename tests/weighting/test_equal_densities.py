"""Targets that are equally dense weigh the same: their densities differ by rounding alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter

SKEWED = np.random.default_rng(0).gamma(2, size=50)
# Each has the same density at all its targets, by symmetry or because no kernel meets another.
EQUALLY_DENSE = {
    "two values": ([1.0, 1.0, 1.0, 4.7, 4.7, 4.7], "silverman"),
    "two values far from zero": ([1e9, 1e9, 1e9 + 3.3, 1e9 + 3.3], "silverman"),
    # the inner ones twice, since the kernel of an outer one is folded back
    "far apart": (np.repeat([0.0, 1.234, 2.1, 7.77, 9.1], [1, 2, 2, 2, 1]), 0.01),
    "very far apart": (np.repeat([0.0, 1.234e4, 2e7, 7.77e7, 9e7], [1, 2, 2, 2, 1]), 0.01),
    "a kernel as wide as twice the range": (SKEWED, 2 * np.ptp(SKEWED)),
    "a kernel far wider than the range": (SKEWED, 1e4),
    "constant": ([5.0, 5.0], "silverman"),
}


def assert_all_one(weighter, y):
    np.testing.assert_array_equal(weighter.fit_transform(y), np.ones(len(y)))
    unseen = np.linspace(np.min(y) - 1, np.max(y) + 1, 9)
    np.testing.assert_array_equal(weighter.transform(unseen), np.ones(9))
    assert weighter.effective_sample_size_ == len(y)


@pytest.mark.parametrize("case", EQUALLY_DENSE)
def test_equally_dense_targets_weigh_one(case):
    y, bandwidth = EQUALLY_DENSE[case]
    assert_all_one(DenseWeighter(bandwidth=bandwidth), y)
    assert_all_one(DenseWeighter(bandwidth=bandwidth, alpha=3.0, eps=0.5), y)
    assert_all_one(LDSWeighter(bandwidth=bandwidth, reweight="inverse"), y)
    assert_all_one(LDSWeighter(bandwidth=bandwidth, clip=(0.5, 2)), y)
    relevance = RelevanceFunction(method="density", bandwidth=bandwidth, degenerate="raise")
    if case != "constant":
        with pytest.raises(ValueError, match="density is the same everywhere"):
            relevance.fit(y)


@settings(max_examples=60, deadline=None)
@given(
    y=st.lists(st.integers(0, 10_000), min_size=1, max_size=20, unique=True),
    scale=st.floats(1e-3, 1e3),
    offset=st.sampled_from([0.0, 1.0, -1e4]),
    times=st.integers(1, 4),
)
@pytest.mark.parametrize("kernel", ["gaussian", "laplacian", "triangular"])
def test_targets_that_no_other_kernel_reaches_weigh_one(kernel, y, scale, offset, times):
    """Exact: each density is that of its own kernel, at any place on the grid."""
    y = np.repeat(scale * (np.array(y) + offset), times)
    bandwidth = scale / 25
    weighter = LDSWeighter(kernel=kernel, bandwidth=bandwidth, boundary="zero", reweight="inverse")
    assert_all_one(weighter, y)
    if kernel == "gaussian":
        assert_all_one(DenseWeighter(bandwidth=bandwidth, boundary="zero"), y)


@settings(max_examples=60, deadline=None)
@given(
    half=st.lists(st.integers(0, 50), min_size=1, max_size=8),
    scale=st.floats(1e-3, 1e3),
    alpha=st.sampled_from([0.5, 1.0, 2.0]),
)
def test_mirror_images_weigh_the_same(half, scale, alpha):
    half = scale * np.array([0, *half])
    y = np.append(half, scale * 100 - half)
    weighters = (DenseWeighter(alpha=alpha), LDSWeighter(reweight="inverse"))
    for weighter, close in zip(weighters, ({"atol": 2e-3}, {"rtol": 1e-3}), strict=True):
        weight = weighter.fit_transform(y)
        np.testing.assert_allclose(weight[: len(half)], weight[len(half) :], **close)


@pytest.mark.parametrize("offset", [0.0, 3.0, 1e9, -1e12])
@pytest.mark.parametrize("bins", [5, "edges", "auto", "integer"])
def test_bins_of_equal_counts_weigh_one(offset, bins):
    """Edges far from zero are rounded; that is no difference of the bins' widths."""
    y = np.repeat(offset + np.arange(10.0), 3)
    name = bins
    if name == "edges":
        bins = np.linspace(y.min() - 0.5, y.max() + 0.5, 11)
    assert_all_one(InverseFrequencyWeighter(bins=bins, reweight="inverse"), y)
    if name != "auto":
        assert_all_one(LDSWeighter(bins=bins, kernel=[1, 2, 1], reweight="inverse"), y)


def test_small_differences_that_are_none_of_rounding_count():
    """With a kernel of half the range, the density of two piles is known in closed form."""
    y = np.repeat([0.0, 1.0], [60, 40])
    h = 0.5
    k = np.arange(-20, 21)
    at_itself = np.exp(-((2 * k) ** 2) / (2 * h**2)).sum()
    at_other = np.exp(-((2 * k + 1) ** 2) / (2 * h**2)).sum()
    density = np.array([0.6 * at_itself + 0.4 * at_other, 0.4 * at_itself + 0.6 * at_other])
    assert TargetDensity(bandwidth=h).fit(y).accuracy_ < 1 - density[1] / density[0]
    dense = DenseWeighter(bandwidth=h).fit_transform(y)
    assert dense[0] / dense[-1] == pytest.approx(1e-6, rel=1e-6)
    lds = LDSWeighter(bandwidth=h, reweight="inverse").fit_transform(y)
    assert lds[-1] / lds[0] == pytest.approx(density[0] / density[1], rel=1e-4)
