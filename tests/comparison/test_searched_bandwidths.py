"""Comparisons whose strategies choose their bandwidth by an inner cross-validation."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge

from skdir.comparison import available_strategies, compare_strategies
from skdir.comparison._report.repeat_code import repeat_code
from skdir.comparison._strategies.groups import strategy_kind
from skdir.model_selection import BandwidthSearchRegressor
from skdir.resampling import RandomOverSampler
from skdir.weighting import LDSWeighter, WeightedRegressor

WEIGHTED = WeightedRegressor(Ridge(), LDSWeighter(reweight="inverse"))
MULTIPLES = (0.25, 0.5, 1.0, 2.0, 4.0)


@pytest.fixture(scope="module")
def searched(data):
    return compare_strategies(
        Ridge(), *data, bandwidth="search", cv=3, random_state=0,
        strategies=["VANILLA", "INV", "LDS", "INV+LDS", "DENSE", "SERA", "ROS", "BLEND"],
    )  # fmt: skip


def test_strategies_with_a_bandwidth_are_searched_the_others_not(searched):
    kinds = {name: type(e).__name__ for name, e in searched.estimators_.items()}
    names = [name for name, kind in kinds.items() if kind == "BandwidthSearchRegressor"]
    assert names == ["LDS", "INV+LDS", "DENSE", "BLEND"]
    for name, text in searched.descriptions_.items():
        plain = available_strategies()[name]
        assert text.startswith(plain)
        assert text.endswith("chosen by an inner cross-validation.") == (name in names)
    for kinds in (
        searched.outcome_.kinds,
        {n: strategy_kind(e) for n, e in searched.estimators_.items()},
    ):
        assert (kinds["LDS"], kinds["BLEND"]) == ("weights", "mean")


def test_each_fold_searches_on_its_own_rows(searched, data):
    X, y = data
    for name in ("LDS", "BLEND"):
        for (train, test), (_, y_pred) in zip(searched.folds_, searched.predictions_[name]):
            own = clone(searched.estimators_[name]).fit(X[train], y[train])
            np.testing.assert_allclose(y_pred, own.predict(X[test]), rtol=1e-9)


def test_nothing_of_the_test_fold_enters_the_search(searched, data):
    """Other features and targets in the test rows change none of the predictions of the fold."""
    X, y = data
    train, test = searched.folds_[0]
    other_y, other_X = y.copy(), X.copy()
    other_y[test] = 1000.0 * np.random.default_rng(1).uniform(size=len(test))
    names = ["LDS", "DENSE"]
    result = compare_strategies(
        Ridge(), other_X, other_y, bandwidth="search", cv=[(train, test)], random_state=0,
        strategies=names,
    )  # fmt: skip
    for name in names:
        np.testing.assert_allclose(
            result.predictions_[name][0][1], searched.predictions_[name][0][1], rtol=1e-12
        )


def test_rare_means_the_same_inside_and_outside(data):
    arguments = {"strategies": ["LDS"], "bandwidth": "search", "cv": 2}
    result = compare_strategies(Ridge(), *data, rare_fraction=0.3, **arguments)
    assert result.estimators_["LDS"].rare_fraction == 0.3


def test_without_the_search_nothing_is_wrapped(comparison):
    kinds = {type(e).__name__ for e in comparison.estimators_.values()}
    assert "BandwidthSearchRegressor" not in kinds


def test_a_plain_regressor_with_weights_stays_plain(data):
    result = compare_strategies(
        WEIGHTED,
        *data,
        bandwidth="search",
        cv=2,
        strategies={"plain": "VANILLA", "again": WEIGHTED},
    )
    assert isinstance(result.estimators_["plain"], WeightedRegressor)
    assert isinstance(result.estimators_["again"], BandwidthSearchRegressor)


def test_it_goes_with_samplers_and_weights(data):
    strategies = {"both": make_sampled()}
    result = compare_strategies(
        LinearRegression(), *data, strategies=strategies, bandwidth="search", cv=2,
        random_state=0, sample_weight=np.ones(240),
    )  # fmt: skip
    assert result.complete_ == ["both"]
    assert result.recommend().multiple_ in MULTIPLES


def make_sampled():
    from imblearn.pipeline import make_pipeline

    return make_pipeline(RandomOverSampler(bins=5), WEIGHTED)


def test_the_code_that_repeats_it_says_so(searched):
    assert "    bandwidth='search',\n" in repeat_code(searched.outcome_)


@pytest.mark.parametrize("bandwidth", ["silverman", 3.0, True])
def test_bad_bandwidths_are_named(data, bandwidth):
    with pytest.raises(ValueError, match="'bandwidth' parameter of .* must be 'search' or None"):
        compare_strategies(Ridge(), *data, bandwidth=bandwidth)
