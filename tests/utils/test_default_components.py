"""A component left at None has the parameters of the default that None stands for."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import (
    GradientBoostingRegressor,
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skdir.comparison import compare_strategies
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.weighting import LDSWeighter, WeightedRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 3))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=120))

# an estimator with a default, a parameter of the default, a value, and the same written out
CASES = {
    "weighter": (
        WeightedRegressor(Ridge()),
        {"weighter__bandwidth": 1.0},
        WeightedRegressor(Ridge(), LDSWeighter(bandwidth=1.0)),
    ),
    "regressor": (
        WeightedRegressor(),
        {"regressor__fit_intercept": False},
        WeightedRegressor(LinearRegression(fit_intercept=False)),
    ),
    "both": (
        WeightedRegressor(),
        {"regressor__fit_intercept": False, "weighter__reweight": 0.3},
        WeightedRegressor(LinearRegression(fit_intercept=False), LDSWeighter(reweight=0.3)),
    ),
    "weighter of a blend": (
        BlendRegressor(Ridge(), random_state=0),
        {"weighter__bandwidth": 1.0},
        BlendRegressor(
            Ridge(), weighter=LDSWeighter(reweight="inverse", bandwidth=1.0), random_state=0
        ),
    ),
    "regressor of bags": (
        ResampledBaggingRegressor(random_state=0),
        {"regressor__max_depth": 2},
        ResampledBaggingRegressor(DecisionTreeRegressor(max_depth=2), random_state=0),
    ),
    "fold aware": (
        FoldAwareRegressor(),
        {"regressor__fit_intercept": False},
        FoldAwareRegressor(LinearRegression(fit_intercept=False)),
    ),
    "log": (
        LogTargetRegressor(),
        {"regressor__fit_intercept": False},
        LogTargetRegressor(LinearRegression(fit_intercept=False)),
    ),
    "default of a default": (
        BandwidthSearchRegressor(random_state=0),
        {"regressor__weighter__reweight": 0.3, "regressor__regressor__fit_intercept": False},
        BandwidthSearchRegressor(
            WeightedRegressor(LinearRegression(fit_intercept=False), LDSWeighter(reweight=0.3)),
            random_state=0,
        ),
    ),
    "inside others": (
        make_pipeline(StandardScaler(), VotingRegressor([("a", WeightedRegressor())])),
        {"votingregressor__a__weighter__bandwidth": 1.0},
        make_pipeline(
            StandardScaler(),
            VotingRegressor([("a", WeightedRegressor(weighter=LDSWeighter(bandwidth=1.0)))]),
        ),
    ),
}
every_case = pytest.mark.parametrize(("estimator", "params", "written"), CASES.values(), ids=CASES)


@every_case
def test_parameters_of_defaults_are_set_as_if_written_out(estimator, params, written):
    assert params.keys() <= estimator.get_params().keys()
    copy = clone(estimator).set_params(**params)
    assert {name: copy.get_params()[name] for name in params} == params
    np.testing.assert_array_equal(
        copy.fit(X, Y).predict(X), clone(written).fit(X, Y).predict(X), strict=True
    )


@every_case
def test_grids_reach_defaults(estimator, params, written):
    grid = {name: [value] for name, value in params.items()}
    found = GridSearchCV(estimator, grid, cv=2).fit(X, Y)
    np.testing.assert_array_equal(found.predict(X), clone(written).fit(X, Y).predict(X))


@every_case
def test_a_clone_and_what_is_shown_keep_the_none(estimator, params, written):
    shallow = estimator.get_params(deep=False)
    assert repr(clone(estimator).get_params(deep=False)) == repr(shallow)
    assert "LDSWeighter" not in repr(estimator)
    deep = estimator.get_params()
    np.testing.assert_array_equal(
        clone(estimator).set_params(**clone(estimator).get_params()).fit(X, Y).predict(X),
        clone(estimator).fit(X, Y).predict(X),
    )
    assert estimator.get_params().keys() == deep.keys()


def test_a_component_and_its_parameters_in_one_call():
    model = WeightedRegressor().set_params(weighter=None, weighter__bandwidth=2.0)
    assert model.weighter.bandwidth == 2.0
    given = LDSWeighter()
    model.set_params(weighter=given, weighter__bandwidth=3.0)
    assert model.weighter is given and given.bandwidth == 3.0
    model.set_params(weighter=None)
    assert model.weighter is None


def test_an_unknown_parameter_of_a_default_is_refused_and_changes_nothing():
    model = WeightedRegressor(Ridge())
    with pytest.raises(ValueError, match="'width'.*LDSWeighter"):
        model.set_params(weighter__width=1.0, unsupported="resample")
    assert model.weighter is None and model.unsupported == "raise"
    with pytest.raises(ValueError, match="'nope'.*FoldAwareRegressor"):
        FoldAwareRegressor().set_params(nope=1)


SEARCHED = {
    "weighted": (WeightedRegressor(Ridge()), WeightedRegressor(Ridge(), LDSWeighter())),
    "blend": (
        BlendRegressor(Ridge(), random_state=0),
        BlendRegressor(Ridge(), weighter=LDSWeighter(reweight="inverse"), random_state=0),
    ),
    "inside": (
        make_pipeline(StandardScaler(), WeightedRegressor(Ridge())),
        make_pipeline(StandardScaler(), WeightedRegressor(Ridge(), LDSWeighter())),
    ),
    "vote": (
        VotingRegressor([("a", WeightedRegressor()), ("b", "drop")]),
        VotingRegressor(
            [("a", WeightedRegressor(LinearRegression(), LDSWeighter())), ("b", "drop")]
        ),
    ),
}


@pytest.mark.parametrize(("default", "written"), SEARCHED.values(), ids=SEARCHED)
def test_a_search_for_the_bandwidth_finds_default_weighters(default, written):
    found = BandwidthSearchRegressor(default, random_state=0).fit(X, Y)
    expected = BandwidthSearchRegressor(written, random_state=0).fit(X, Y)
    assert found.bandwidths_ and found.bandwidths_ == expected.bandwidths_
    np.testing.assert_array_equal(found.scores_, expected.scores_)
    np.testing.assert_array_equal(found.predict(X), expected.predict(X))


def test_a_comparison_searches_default_weighters():
    strategies = {
        "given": WeightedRegressor(Ridge(), LDSWeighter()),
        "default": WeightedRegressor(Ridge()),
        "LDS": "LDS",
    }
    result = compare_strategies(
        Ridge(), X, Y, strategies=strategies, bandwidth="search", cv=2, random_state=0
    )
    kinds = {type(estimator).__name__ for estimator in result.estimators_.values()}
    assert kinds == {"BandwidthSearchRegressor"}
    assert result.table()["MAE"].nunique() == 1


def test_a_seed_of_a_comparison_leaves_defaults_unset():
    model = ResampledBaggingRegressor(n_estimators=2)
    result = compare_strategies(Ridge(), X, Y, strategies={"bags": model}, cv=2, random_state=0)
    assert result.estimators_["bags"].random_state is not None
    assert result.estimators_["bags"].regressor is result.estimators_["bags"].sampler is None


def stack(**params):
    return StackingRegressor(
        [
            ("ridge", Ridge()),
            ("trees", GradientBoostingRegressor(n_estimators=5, random_state=0)),
            ("gone", "drop"),
        ],
        **params,
    )


STACKS = {
    "weighted": lambda regressor: WeightedRegressor(regressor),
    "blend": lambda regressor: BlendRegressor(regressor, random_state=0),
    "bags": lambda regressor: ResampledBaggingRegressor(regressor, n_estimators=2, random_state=0),
    "fold aware": FoldAwareRegressor,
    "log": LogTargetRegressor,
    "search": lambda regressor: BandwidthSearchRegressor(
        WeightedRegressor(regressor), random_state=0
    ),
    "pipeline": lambda regressor: WeightedRegressor(make_pipeline(StandardScaler(), regressor)),
    "in one another": lambda regressor: FoldAwareRegressor(WeightedRegressor(regressor)),
    "search inside": lambda regressor: WeightedRegressor(GridSearchCV(regressor, {}, cv=2)),
}


@pytest.mark.parametrize("around", STACKS.values(), ids=STACKS)
def test_a_stack_with_its_default_final_estimator_is_a_regressor(around):
    written = around(stack(final_estimator=RidgeCV())).fit(X, Y)
    np.testing.assert_array_equal(around(stack()).fit(X, Y).predict(X), written.predict(X))


@pytest.mark.parametrize("around", STACKS.values(), ids=STACKS)
def test_it_is_one_for_a_comparison(around):
    result = compare_strategies(
        stack(), X, Y, strategies={"VANILLA": "VANILLA", "own": around(stack())}, cv=2
    )
    assert result.complete_ == ["VANILLA", "own"]


def test_a_stack_by_hand():
    weight = LDSWeighter().fit_transform(Y)
    by_hand = stack().fit(X, Y, sample_weight=weight).predict(X)
    np.testing.assert_array_equal(WeightedRegressor(stack()).fit(X, Y).predict(X), by_hand)


@pytest.mark.parametrize("other", [RandomForestRegressor, StandardScaler(), "drop", LDSWeighter()])
def test_what_is_no_regressor_is_refused(other):
    for around in (WeightedRegressor, BlendRegressor, FoldAwareRegressor, LogTargetRegressor):
        with pytest.raises(ValueError, match=f"'regressor' parameter of {around.__name__}"):
            around(other).fit(X, Y)
