"""The bandwidth that an inner cross-validation chooses."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.density import RareTargets, TargetDensity, select_bandwidth
from skdir.model_selection import BandwidthSearchRegressor
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter, WeightedRegressor

WEIGHTED = WeightedRegressor(Ridge(), LDSWeighter(reweight="inverse"))
MULTIPLES = (0.25, 0.5, 1.0, 2.0, 4.0)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 3))
    return X, np.exp(0.8 * X[:, 0] + 0.4 * rng.normal(size=240))


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
    assert BandwidthSearchRegressor(estimator).bandwidth_rules() == expected


def test_the_default_regressor_has_a_bandwidth_and_rules_need_no_fit():
    search = BandwidthSearchRegressor()
    assert search.bandwidth_rules() == {"weighter__bandwidth": "silverman"}
    assert vars(search) == search.get_params(deep=False)


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
