"""Smoothing over bins whose widths differ."""

import tracemalloc

import numpy as np
import pytest
from scipy.stats import norm

from skdir.density import TargetDensity

H = 0.3


def uneven(n_bins):
    """Edges from 0 to 1, the bins at the left narrower than those at the right."""
    return np.linspace(0, 1, n_bins + 1) ** 2


@pytest.mark.parametrize("boundary", ["reflect", "renormalize", "zero"])
@pytest.mark.parametrize("n_bins", [7, 400])  # one block of bins, several blocks
def test_counts_are_shared_out_by_distance_and_width(n_bins, boundary):
    y = np.random.default_rng(0).beta(2, 3, size=2000)
    edges = uneven(n_bins)
    density = TargetDensity(bins=edges, bandwidth=H, boundary=boundary).fit(y)

    counts = np.histogram(y, edges)[0]
    widths, centers = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    expected = np.zeros(n_bins)
    for count, center in zip(counts, centers):
        sources = [center, -center, 2 - center] if boundary == "reflect" else [center]
        for source in sources:
            expected += count * widths * norm.pdf(centers, source, H)
    if boundary == "renormalize":
        expected /= norm.cdf(1, centers, H) - norm.cdf(0, centers, H)
    if boundary != "zero":
        expected *= counts.sum() / expected.sum()
    np.testing.assert_allclose(density.effective_counts_, expected, rtol=1e-10)


@pytest.mark.parametrize("n_bins", [7, 400])
def test_a_window_ends_after_its_bins(n_bins):
    y = np.random.default_rng(0).beta(2, 3, size=2000)
    edges = uneven(n_bins)
    density = TargetDensity(bins=edges, bandwidth=H, kernel_size=5, boundary="zero").fit(y)

    counts = np.histogram(y, edges)[0]
    widths, centers = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    expected = np.zeros(n_bins)
    for i in range(n_bins):
        for j in range(max(i - 2, 0), min(i + 3, n_bins)):
            expected[i] += counts[j] * widths[i] * norm.pdf(centers[i], centers[j], H)
    np.testing.assert_allclose(density.effective_counts_, expected, rtol=1e-10)


def test_no_matrix_of_all_pairs_of_bins_is_kept():
    edges = uneven(2000)  # all pairs: 32 MB
    y = np.random.default_rng(0).random(1000)
    tracemalloc.start()
    TargetDensity(bins=edges).fit(y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8e6
