"""The bandwidth that an inner cross-validation chooses."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.comparison import available_strategies, compare_strategies
from skdir.comparison._report.repeat_code import repeat_code
from skdir.comparison._strategies.groups import strategy_kind
from skdir.density import RareTargets, TargetDensity, select_bandwidth
from skdir.model_selection import BandwidthSearchRegressor
from skdir.model_selection._bandwidth_search import bandwidth_parameters
from skdir.resampling import RandomOverSampler
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter, WeightedRegressor

WEIGHTED = WeightedRegressor(Ridge(), LDSWeighter(reweight="inverse"))
MULTIPLES = (0.25, 0.5, 1.0, 2.0, 4.0)


@parametrize_with_checks([BandwidthSearchRegressor(random_state=0, multiples=(0.5, 1.0))])
def test_scikit_learn(estimator, check):
    check(estimator)


def balanced(y, predicted, rare, weight):
    error = np.abs(y - predicted)
    return np.mean([np.average(error[g], weights=weight[g]) for g in (rare, ~rare) if g.any()])


def rare_rows(y, fraction=0.2, weight=None):
    """Return the rows of the lowest density that hold this share of the weight."""
    weight = np.ones(len(y)) if weight is None else weight
    density = TargetDensity().fit(y, weight).density(y)
    order = np.argsort(density, kind="stable")
    held = np.cumsum(weight[order]) / weight.sum()
    return density <= density[order][np.searchsorted(held, fraction - 1e-12)]


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("fraction", [0.2, 0.4])
def test_the_search_is_a_loop_over_candidates_and_inner_folds(data, weights, fraction):
    X, y = data
    weight = np.random.default_rng(0).uniform(0.2, 2, 240) if weights else None
    search = BandwidthSearchRegressor(WEIGHTED, cv=4, rare_fraction=fraction, random_state=5)
    search.fit(X, y, sample_weight=weight)
    rule = select_bandwidth(y, "silverman", sample_weight=weight)
    scores = []
    for multiple in MULTIPLES:
        predicted = np.empty(240)
        for train, test in KFold(4, shuffle=True, random_state=5).split(X):
            part = None if weight is None else weight[train]
            weighter = LDSWeighter(reweight="inverse", bandwidth=multiple * rule)
            model = WeightedRegressor(Ridge(), weighter).fit(X[train], y[train], part)
            predicted[test] = model.predict(X[test])
        own = np.ones(240) if weight is None else weight
        scores.append(balanced(y, predicted, rare_rows(y, fraction, weight), own))
    np.testing.assert_allclose(search.scores_, scores, rtol=1e-9)
    best = int(np.argmin(scores))
    assert search.multiple_ == MULTIPLES[best]
    assert search.bandwidths_ == {"weighter__bandwidth": pytest.approx(MULTIPLES[best] * rule)}
    weighter = LDSWeighter(reweight="inverse", bandwidth=MULTIPLES[best] * rule)
    own = WeightedRegressor(Ridge(), weighter).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(search.predict(X), own.predict(X), rtol=1e-9)
    assert search.n_features_in_ == 3


def test_it_agrees_with_grid_search(data):
    """The mean absolute error is the balanced one where no row is rare."""
    X, y = data
    rule = select_bandwidth(y)
    grid = {"weighter__bandwidth": [m * rule for m in MULTIPLES]}
    folds = list(KFold(4, shuffle=True, random_state=0).split(X))
    reference = GridSearchCV(WEIGHTED, grid, cv=folds, scoring="neg_mean_absolute_error")
    reference.fit(X, y)
    share = 1e-4  # less than the rarest row alone
    assert not RareTargets(rare_fraction=share).fit(y).is_rare(y).any()
    search = BandwidthSearchRegressor(WEIGHTED, cv=folds, rare_fraction=share).fit(X, y)
    np.testing.assert_allclose(search.scores_, -reference.cv_results_["mean_test_score"], rtol=1e-9)
    np.testing.assert_allclose(search.predict(X), reference.predict(X), rtol=1e-9)


def test_parameters_choose(data):
    X, y = data
    one = BandwidthSearchRegressor(WEIGHTED, multiples=[3.0], cv=2).fit(X, y)
    assert one.multiple_ == 3.0
    assert one.scores_.shape == (1,)
    runs = [
        BandwidthSearchRegressor(WEIGHTED, random_state=seed).fit(X, y).scores_
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_features_of_names(data):
    X, y = data
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    search = BandwidthSearchRegressor(WEIGHTED, random_state=0)
    assert not hasattr(search, "n_features_in_")
    assert list(search.fit(frame, y).feature_names_in_) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("estimator", "prefix", "rule"),
    [
        (WEIGHTED, "", "silverman"),
        (WeightedRegressor(Ridge(), DenseWeighter(bandwidth="isj")), "", "isj"),
        (make_pipeline(StandardScaler(), WEIGHTED), "weightedregressor__", "silverman"),
        (VotingRegressor([("a", Ridge()), ("b", WEIGHTED)]), "b__", "silverman"),
        (WeightedRegressor(Ridge(), LDSWeighter(bandwidth=3.0)), "", None),
        (WeightedRegressor(Ridge(), LDSWeighter(bins=9, kernel=None)), "", None),
        (WeightedRegressor(Ridge(), LDSWeighter(bins=9, kernel=[1, 2, 1])), "", None),
        (WeightedRegressor(Ridge(), InverseFrequencyWeighter()), "", None),
        (Ridge(), "", None),
    ],
    ids=["LDS", "DENSE", "pipeline", "voting", "number", "no kernel", "window", "INV", "plain"],
)
def test_what_is_searched(estimator, prefix, rule):
    expected = {} if rule is None else {f"{prefix}weighter__bandwidth": rule}
    assert bandwidth_parameters(estimator) == expected


def test_each_bandwidth_has_its_own_rule(data):
    X, y = data
    both = VotingRegressor([
        ("a", WeightedRegressor(Ridge(), LDSWeighter(bandwidth="scott"))),
        ("b", WeightedRegressor(Ridge(), DenseWeighter())),
    ])  # fmt: skip
    search = BandwidthSearchRegressor(both, multiples=[2.0]).fit(X, y)
    assert search.bandwidths_ == {
        "a__weighter__bandwidth": pytest.approx(2 * select_bandwidth(y, "scott")),
        "b__weighter__bandwidth": pytest.approx(2 * select_bandwidth(y, "silverman")),
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"regressor": Ridge()}, "'regressor' parameter.*whose bandwidth is a rule. Got Ridge"),
        ({"multiples": []}, "'multiples' parameter.*positive numbers"),
        ({"multiples": [1.0, -1.0]}, "'multiples' parameter.*positive numbers"),
        ({"multiples": ["a"]}, "'multiples' parameter.*positive numbers"),
        ({"multiples": [[1.0]]}, "'multiples' parameter.*positive numbers"),
        ({"cv": 1}, "'cv' parameter of BandwidthSearchRegressor.*from 2"),
        ({"cv": 241}, "'cv' parameter.*number of rows"),
        ({"rare_fraction": 1.5}, "'rare_fraction' parameter"),
    ],
    ids=["regressor", "empty", "negative", "text", "2-d", "one fold", "many folds", "fraction"],
)
def test_bad_parameters_are_named(data, params, message):
    with pytest.raises(ValueError, match=message):
        BandwidthSearchRegressor(**{"regressor": WEIGHTED, **params}).fit(*data)


def test_metadata_routing(data):
    X, y = data
    weight = np.linspace(0.1, 2, 240)
    expected = BandwidthSearchRegressor(WEIGHTED, random_state=0).fit(X, y, weight)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = BandwidthSearchRegressor(WEIGHTED, random_state=0).fit(X, y, weight)
    np.testing.assert_array_equal(routed.scores_, expected.scores_)


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
    assert strategy_kind(searched.estimators_["LDS"]) == "weights"
    assert strategy_kind(searched.estimators_["BLEND"]) == "mean"


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
