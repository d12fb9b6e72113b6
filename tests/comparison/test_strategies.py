"""What each strategy is, and what `strategies` accepts."""

import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import available_strategies, compare_strategies
from skdir.comparison._strategies.registry import STRATEGIES, resolve_strategies
from skdir.compose import LogTargetRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomOverSampler
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)

BY_HAND = {
    "VANILLA": lambda r: r,
    "LOG": LogTargetRegressor,
    "INV": lambda r: WeightedRegressor(r, InverseFrequencyWeighter(reweight="inverse")),
    "SQINV": lambda r: WeightedRegressor(r, InverseFrequencyWeighter(reweight="sqrt_inverse")),
    "LDS": lambda r: WeightedRegressor(r, LDSWeighter(reweight="sqrt_inverse")),
    "INV+LDS": lambda r: WeightedRegressor(r, LDSWeighter(reweight="inverse")),
    "DENSE": lambda r: WeightedRegressor(r, DenseWeighter(alpha=1.0)),
    "SERA": lambda r: WeightedRegressor(
        r, RelevanceWeighter(relevance=RelevanceFunction(degenerate="quantile"), floor=0.1)
    ),
}


def test_the_default_is_all_built_in_strategies_in_order(comparison):
    assert list(comparison.estimators_) == list(available_strategies())
    samplers = ["RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS"]  # in test_samplers.py
    assert list(comparison.table().index) == [*BY_HAND, *samplers, "BLEND"]
    assert comparison.descriptions_ == available_strategies()


def test_descriptions_are_sentences():
    for text in available_strategies().values():
        assert text.endswith(".")
        assert len(text) > 30


@pytest.mark.parametrize("name", BY_HAND)
def test_strategy_equals_the_estimator_by_hand(name, comparison, data):
    X, y = data
    for (train, test), (_, y_pred) in zip(comparison.folds_, comparison.predictions_[name]):
        model = BY_HAND[name](Ridge()).fit(X[train], y[train])
        np.testing.assert_allclose(y_pred, model.predict(X[test]), rtol=1e-9)


def test_blend_is_the_mean_of_the_plain_and_the_weighted_model(comparison):
    parts = (comparison.predictions_[name] for name in ("VANILLA", "LDS", "BLEND"))
    for (_, plain), (_, lds), (_, blend) in zip(*parts):
        np.testing.assert_allclose(blend, (plain + lds) / 2, rtol=1e-9)


def test_blend_of_a_pipeline_takes_weights_and_does_not_change_without(data):
    X, y = data
    pipe = make_pipeline(StandardScaler(), Ridge())
    run = {
        weight is None: compare_strategies(
            pipe, X, y, strategies=["VANILLA", "LDS", "BLEND"], cv=3, random_state=0,
            sample_weight=weight,
        )
        for weight in (None, np.linspace(0.1, 2, 240))
    }  # fmt: skip
    for result in run.values():
        parts = (result.predictions_[name] for name in ("VANILLA", "LDS", "BLEND"))
        for (_, plain), (_, lds), (_, blend) in zip(*parts):
            np.testing.assert_allclose(blend, (plain + lds) / 2, rtol=1e-9)
    assert run[True].results_[0]["MAE"] != run[False].results_[0]["MAE"]
    fitted = clone(run[True].estimators_["BLEND"]).fit(X, y)
    assert fitted.n_features_in_ == 3


def test_sera_lowers_the_error_area_of_the_training_rows(data):
    X, y = data
    result = compare_strategies(
        LinearRegression(), X, y, strategies=["VANILLA", "SERA"], cv=[(np.arange(240),) * 2]
    )
    relevance = np.maximum(RelevanceFunction().fit_transform(y), 0.1)
    area = {
        name: np.sum(relevance * (y - predictions[0][1]) ** 2)
        for name, predictions in result.predictions_.items()
    }
    assert area["SERA"] < area["VANILLA"]


def test_sera_of_a_target_without_outliers_takes_quantiles(data):
    X, _ = data
    y = np.linspace(0, 1, 240)
    model = compare_strategies(Ridge(), X, y, strategies=["SERA"], cv=2).estimators_["SERA"]
    assert clone(model).fit(X, y).weighter_.relevance_.method_ == "quantile"


def test_own_strategies(data):
    X, y = data

    def halved(regressor):
        return WeightedRegressor(regressor, LDSWeighter(reweight=0.5))

    result = compare_strategies(
        Ridge(),
        X,
        y,
        strategies={
            "plain": "VANILLA",
            "by name": "LDS",
            "weighter": LDSWeighter(),
            "regressor": LinearRegression(),
            "callable": halved,
            "estimator": WeightedRegressor(Ridge(), LDSWeighter()),
        },
        random_state=0,
    )
    assert list(result.estimators_) == list(result.descriptions_)
    mae = result.table()["MAE"]
    for name in ("weighter", "callable", "estimator"):
        assert mae[name] == pytest.approx(mae["by name"], rel=1e-9)
    assert mae["regressor"] != mae["plain"]
    assert isinstance(result.estimators_["regressor"], LinearRegression)
    assert "halved" in result.descriptions_["callable"]
    assert "LDSWeighter()" in result.descriptions_["weighter"]
    assert "WeightedRegressor" in result.descriptions_["estimator"]


def test_no_weights_in_fit_fails_in_the_row(data):
    result = compare_strategies(
        KNeighborsRegressor(), *data, strategies=["VANILLA", "LDS"], random_state=0
    )
    assert result.complete_ == ["VANILLA"]
    assert "KNeighborsRegressor" in result.table().loc["LDS", "error"]
    weighted = compare_strategies(
        KNeighborsRegressor(), *data, strategies=["VANILLA"], sample_weight=np.ones(240)
    )
    assert "KNeighborsRegressor takes no sample_weight" in weighted.table().loc["VANILLA", "error"]


@pytest.mark.parametrize(
    ("strategies", "message"),
    [
        ("all", "'default', a list"),
        ("lds", "did you mean 'LDS'"),
        (["VANILA"], "did you mean 'VANILLA'"),
        (["zzz"], "made of VANILLA, LOG.*Got 'zzz' instead"),
        ({"a": "Inv"}, "did you mean 'INV'"),
        ([], "at least one"),
        ({}, "at least one"),
        (["LDS", "LDS"], "different names"),
        ([LDSWeighter()], "different names"),
        (5, "different names"),
        ({1: "LDS"}, "keyed by non-empty names"),
        ({"": "LDS"}, "keyed by non-empty names"),
        ({"a": LDSWeighter}, "the class LDSWeighter for 'a'"),
        ({"a": 3}, "int for 'a'"),
        ({"a": lambda regressor: 3}, "callable that returned int for 'a'"),
    ],
)
def test_bad_strategies_are_refused(data, strategies, message):
    with pytest.raises(ValueError, match=f"'strategies' parameter.*{message}"):
        compare_strategies(Ridge(), *data, strategies=strategies)


def test_every_strategy_builds_for_a_plain_regressor_and_leaves_it_alone():
    regressor = Ridge(alpha=3.0)
    for name, strategy in STRATEGIES.items():
        if strategy.requires is not None:
            continue
        built = strategy.build(regressor)
        assert name == strategy.name
        assert is_regressor(built) and built is not regressor
        other = strategy.build(regressor)  # nothing is shared between what two calls make
        parts = [value for value in built.get_params().values() if hasattr(value, "get_params")]
        others = [value for value in other.get_params().values() if hasattr(value, "get_params")]
        assert repr(parts) == repr(others)
        assert not {*map(id, (built, *parts))} & {*map(id, (other, *others, regressor))}
        alphas = [v for k, v in built.get_params().items() if k.endswith("alpha") and v == 3.0]
        assert alphas, name
    assert repr(regressor) == "Ridge(alpha=3.0)"


@pytest.mark.parametrize("name", ["FDS", "LDS+FDS", "FOCAL-R", "RRT", "BALANCED-MSE"])
def test_a_requirement_that_is_not_met_names_the_strategy_and_the_regressor(name):
    message = (
        f"The 'strategies' parameter of here must be without '{name}' where the regressor is not a "
        f"DeepImbalancedRegressor, or a pipeline that ends in one. Got '{name}' and Ridge instead."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        resolve_strategies({"a": name}, Ridge(), search=None, caller="here")


def test_prefixes_are_those_of_parameters():
    resolved = resolve_strategies(
        {"a": "ROS", "b": "LDS", "c": RandomOverSampler(), "d": LDSWeighter(), "e": Ridge()},
        Ridge(),
        search=None,
        caller="here",
    )
    assert {name: one.prefix for name, one in resolved.items()} == {
        "a": "regressor__", "b": "", "c": "regressor__", "d": "", "e": "",
    }  # fmt: skip
    for one in resolved.values():
        assert f"{one.prefix}fit_intercept" in one.estimator.get_params() or not one.prefix


def test_what_is_made_of_the_users_estimators_alone():
    strategies = {"a": "VANILLA", "b": "LDS", "c": Ridge(), "d": LDSWeighter()}
    resolved = resolve_strategies(strategies, Ridge(), search=None, caller="here")
    assert [one.own for one in resolved.values()] == [True, False, True, True]


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        STRATEGIES["MINE"] = STRATEGIES["LDS"]
    with pytest.raises(FrozenInstanceError):
        STRATEGIES["LDS"].kind = "model"
