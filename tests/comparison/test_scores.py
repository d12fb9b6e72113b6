"""Bins, and metrics of a fold."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from skdir.comparison._run.scores import Regions, comparison_edges, find_regions, fold_metrics
from skdir.relevance import RelevanceFunction

RNG = np.random.default_rng(0)


def edges_of(y, weight=None, bins="auto"):
    return comparison_edges(bins, np.asarray(y, dtype=float), weight, caller="f")


@pytest.mark.parametrize(
    "y",
    [
        RNG.normal(size=20),
        RNG.normal(size=100_000),
        RNG.standard_cauchy(size=5000),
        RNG.normal(size=20) * 1e-9,
        RNG.integers(0, 1000, size=300),
        RNG.integers(0, 20, size=100_000),
        RNG.integers(-50, 51, size=10_000),
        np.r_[np.arange(20), 1_000_000],
    ],
)
def test_auto_is_10_to_50_bins_that_cover_the_targets(y):
    edges = edges_of(y)
    assert 10 <= len(edges) - 1 <= 50
    assert edges[0] <= y.min()
    assert edges[-1] >= y.max()
    np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0], rtol=1e-6)


@pytest.mark.parametrize("high", [3, 9, 10, 14, 60, 500, 12345])
def test_whole_targets_get_bins_of_whole_numbers(high):
    y = RNG.integers(0, high + 1, size=400)
    y[:2] = 0, high
    edges = edges_of(y)
    width = np.unique(np.diff(edges))
    assert width.tolist() == [np.round(width[0])]
    assert edges[0] == -0.5
    assert len(edges) - 1 <= 50
    # at least 10, or all values there are
    assert len(edges) - 1 >= min(10, high + 1)


def test_rows_of_weight_zero_do_not_move_edges():
    y = np.r_[RNG.normal(size=100), 1000.0]
    weight = np.r_[np.ones(100), 0.0]
    np.testing.assert_array_equal(edges_of(y, weight), edges_of(y[:100]))
    np.testing.assert_array_equal(edges_of(y, weight, bins=7), edges_of(y[:100], bins=7))


def test_number_and_edges():
    y = RNG.normal(size=50)
    np.testing.assert_allclose(edges_of(y, bins=4), np.histogram_bin_edges(y, 4))
    np.testing.assert_array_equal(edges_of(y, bins=[-9, 0, 9]), [-9, 0, 9])


def regions(rare, shots=None):
    return Regions(np.asarray(rare), np.full(len(rare), "many") if shots is None else shots)


def test_metrics_equal_scikit_learns():
    y, p = RNG.normal(size=(2, 40))
    w = RNG.uniform(size=40)
    rare = RNG.uniform(size=40) < 0.3
    scores = fold_metrics(y, p, regions(rare), w)
    assert scores["MAE"] == pytest.approx(mean_absolute_error(y, p, sample_weight=w))
    assert scores["RMSE"] == pytest.approx(root_mean_squared_error(y, p, sample_weight=w))
    assert scores["rare MAE"] == pytest.approx(
        mean_absolute_error(y[rare], p[rare], sample_weight=w[rare])
    )
    assert scores["many MAE"] == pytest.approx(scores["MAE"])
    assert np.isnan(scores["zero MAE"])


def test_perfect_predictions_and_huge_errors():
    y = np.array([1.0, 2.0, 4.0])
    rare = [True, False, False]
    perfect = fold_metrics(y, y, regions(rare))
    assert (perfect["MAE"], perfect["RMSE"]) == (0.0, 0.0)
    huge = fold_metrics(y * 1e300, np.zeros(3), regions(rare))
    assert huge["RMSE"] == pytest.approx(np.sqrt(7.0) * 1e300)


def test_all_rare_leaves_frequent_empty():
    scores = fold_metrics(np.arange(3.0), np.zeros(3), regions([True] * 3))
    assert np.isnan(scores["frequent MAE"])
    assert scores["rare MAE"] == 1.0


@pytest.mark.parametrize("weights", [False, True])
def test_sera_takes_the_relevance_from_the_training_targets(weights):
    y_train, y_test = np.exp(RNG.normal(size=80)), np.exp(RNG.normal(size=30))
    predicted = RNG.normal(size=30)
    w_train, w_test = (RNG.uniform(size=n) if weights else None for n in (80, 30))
    found = find_regions(y_train, y_test, np.linspace(0, 50, 11), 0.2, w_train)
    phi = RelevanceFunction().fit(y_train, w_train).transform(y_test)
    np.testing.assert_array_equal(found.relevance, phi)
    scores = fold_metrics(y_test, predicted, found, w_test)
    own = np.ones(30) if w_test is None else w_test
    assert scores["SERA"] == pytest.approx(np.sum(own * phi * (y_test - predicted) ** 2))


def test_sera_without_outliers_takes_quantiles_and_of_equal_targets_is_missing():
    y = np.linspace(0, 1, 50)
    found = find_regions(y, y, np.linspace(0, 1, 11), 0.2)
    assert found.relevance[[0, 25, -1]] == pytest.approx([1, 0, 1], abs=0.1)
    found = find_regions(np.zeros(50), y, np.linspace(0, 1, 11), 0.2)
    assert found.relevance is None
    assert np.isnan(fold_metrics(y, y + 1, found)["SERA"])


def test_sera_beyond_the_range_of_floats_is_missing():
    y = np.r_[np.linspace(0, 1, 49), 9.0] * 1e200
    found = find_regions(y, y, np.linspace(0, 1e201, 11), 0.2)
    scores = fold_metrics(y, np.zeros(50), found)
    assert np.isnan(scores["SERA"])
    assert np.isfinite(scores["RMSE"])


@pytest.mark.parametrize("weight_unit", [1.0, 1e300, 1.7e308, 1e-300, 5e-324])
@pytest.mark.parametrize("unit", [1.0, 1e300, 1e-280])
def test_units_of_targets_and_weights_do_not_matter(unit, weight_unit):
    y, y_pred = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.5, 2.5, 5.0, 4.0])
    rare = np.array([False, False, True, True])
    regions = Regions(rare=rare, shots=np.array(["many", "many", "few", "few"]))
    weight = np.array([1.0, 1.0, 1.0, 0.0])
    scores = fold_metrics(y * unit, y_pred * unit, regions, weight * weight_unit)
    expected = {"MAE": 2 / 3, "rare MAE": 1.0, "frequent MAE": 0.5, "RMSE": np.sqrt(0.5)}
    for name, value in expected.items():
        assert scores[name] / unit == pytest.approx(value), name
    if unit == 1.0:
        assert scores["GM"] == pytest.approx(0.25 ** (1 / 3))
