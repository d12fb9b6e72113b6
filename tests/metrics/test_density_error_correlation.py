"""The correlation of density and error against a naive loop."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from sklearn.neighbors import KernelDensity

from skdir.metrics import density_error_correlation

EDGES = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0])


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    y_true = rng.uniform(0, 8, size=300)  # the last bin stays empty
    y_pred = y_true + rng.normal(size=300) * (1 + y_true)
    return y_true, y_pred, rng.integers(0, 3, size=300)


class Fitted:
    """Anything with a method of this name is a density."""

    def density(self, y):
        return np.exp(-y)


def naive(density, y_true, y_pred, weight, edges):
    """Loop over bins and rows."""
    densities, errors = [], []
    for b in range(len(edges) - 1):
        inside = [
            (w, abs(t - p))
            for t, p, w in zip(y_true, y_pred, weight)
            if w and edges[b] <= t < edges[b + 1]
        ]
        if inside:
            densities.append(density((edges[b] + edges[b + 1]) / 2))
            errors.append(sum(w * e for w, e in inside) / sum(w for w, _ in inside))
    return stats.pearsonr(densities, errors).statistic


def test_equals_naive_loop_for_each_kind_of_density(data):
    y_true, y_pred, weight = data
    want = naive(lambda y: np.exp(-y), y_true, y_pred, weight, EDGES)
    assert -1 < want < -0.5
    centres = (EDGES[:-1] + EDGES[1:]) / 2
    for density in (Fitted(), lambda y: np.exp(-y), np.exp(-centres), list(np.exp(-centres))):
        got = density_error_correlation(density, y_true, y_pred, bins=EDGES, sample_weight=weight)
        assert_allclose(got, want, rtol=1e-12)


def test_number_of_bins_is_equal_width_over_range_of_targets(data):
    y_true, y_pred, _ = data
    edges = np.linspace(y_true.min(), y_true.max(), 21)
    got = density_error_correlation(Fitted(), y_true, y_pred, bins=20)
    edges[-1] += 1e-9  # the naive loop has no closed last bin
    want = naive(lambda y: np.exp(-y), y_true, y_pred, np.ones(300), edges)
    assert_allclose(got, want, rtol=1e-6)


def test_weight_of_two_is_the_row_twice_and_zero_changes_nothing(data):
    y_true, y_pred, weight = data
    y_true, y_pred, weight = np.r_[y_true, 99], np.r_[y_pred, 0], np.r_[weight, 0]
    for bins in (EDGES, 12):
        got = density_error_correlation(Fitted(), y_true, y_pred, bins=bins, sample_weight=weight)
        repeated = np.repeat(y_true, weight), np.repeat(y_pred, weight)
        want = density_error_correlation(Fitted(), *repeated, bins=bins)
        assert_allclose(got, want, rtol=1e-12)


def test_error_that_falls_with_the_density_gives_minus_one(data):
    y_true = (EDGES[:-1] + EDGES[1:]) / 2
    y_pred = y_true + 5 - np.arange(5)
    assert_allclose(density_error_correlation(np.arange(5), y_true, y_pred, bins=EDGES), -1)


def test_a_library_density_in_a_lambda_works(data):
    y_true, y_pred, _ = data
    kde = KernelDensity(bandwidth=0.5).fit(np.random.default_rng(1).exponential(size=(200, 1)))
    r = density_error_correlation(
        lambda y: np.exp(kde.score_samples(y.reshape(-1, 1))), y_true, y_pred, bins=8
    )
    assert -1 <= r < 0


@pytest.mark.parametrize(
    ("density", "y_true", "y_pred"),
    [
        ([1, 2], [0.5, 0.6], [1, 2]),  # one bin
        ([1, 1], [0.5, 1.5], [1, 4]),  # constant density
        ([1, 2], [0.5, 1.5], [1, 2]),  # constant error
    ],
)
def test_without_two_different_bins_it_is_nan(density, y_true, y_pred):
    assert np.isnan(density_error_correlation(density, y_true, y_pred, bins=[0, 1, 2]))


FINE = {"density": [1, 2], "y_true": [0.5, 1.5], "y_pred": [1.0, 4.0], "bins": [0, 1, 2]}


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("density", None, "array-like"),
        ("density", [1, 2, 3], "one value for each of the 2 bins. Got 3 values"),
        ("density", [1, np.nan], "finite"),
        ("density", lambda y: y[:1], "one value for each"),
        ("density", lambda y: "rare", "1-d array of numbers"),
        ("y_true", [], "at least 1"),
        ("y_true", [[0.5], [1.5]], "1-d array"),
        ("y_true", [0.5, np.nan], "finite"),
        ("y_pred", [1.0], r"of shape \(2,\), as y_true"),
        ("y_pred", ["a", "b"], "real numbers"),
        ("bins", 0, r"\[1, inf\)"),
        ("bins", "integer", "array-like"),
        ("bins", [0, 1], "edges that cover all targets"),
        ("bins", [0, 2, 1], "strictly increasing edges"),
        ("sample_weight", [1, -1], "non-negative"),
        ("sample_weight", [1], r"of shape \(2,\)"),
    ],
)
def test_bad_parameters_are_named(name, value, match):
    message = f"The '{name}' parameter of density_error_correlation must be .*{match}"
    with pytest.raises(ValueError, match=message):
        density_error_correlation(**{**FINE, name: value})


def test_bins_are_required():
    with pytest.raises(TypeError, match="bins"):
        density_error_correlation([1], [1], [1])
