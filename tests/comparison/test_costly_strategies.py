"""Strategies of many fits, which have to be asked for by name."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import available_strategies, compare_strategies
from skdir.comparison._report.repeat_code import repeat_code
from skdir.comparison._strategies.groups import strategy_groups
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.neural_network import DeepImbalancedRegressor
from skdir.utils._text.source import to_source

COSTLY = {"REBAGG": ResampledBaggingRegressor, "BLEND-AUTO": BlendRegressor}


@pytest.fixture(scope="module")
def result(data):
    names = ["VANILLA", *COSTLY]
    regressor = make_pipeline(StandardScaler(), Ridge())
    return compare_strategies(regressor, *data, strategies=names, cv=2, random_state=0)


def test_they_are_listed_only_when_asked_for():
    plain, every = available_strategies(), available_strategies(costly=True)
    assert set(every) - set(plain) == set(COSTLY)
    assert [name for name in every if name in plain] == list(plain)
    names = list(every)
    assert names[names.index("REBAGG") - 1] == "WERCS"  # so that kinds stay together
    assert names[-2:] == ["BLEND", "BLEND-AUTO"]
    deep = available_strategies(DeepImbalancedRegressor(), costly=True)
    assert set(COSTLY) < set(deep)
    for name in COSTLY:
        assert every[name].endswith(".")
    with pytest.raises(ValueError, match="'costly' parameter of available_strategies must be True"):
        available_strategies(costly="yes")


def test_the_default_leaves_them_out(comparison):
    assert not set(COSTLY) & set(comparison.estimators_)


@pytest.mark.parametrize("name", COSTLY)
def test_each_is_the_ensemble_of_the_regressor(result, data, name):
    X, y = data
    seed = result.estimators_[name].random_state
    assert isinstance(seed, int)
    for (train, test), (_, y_pred) in zip(result.folds_, result.predictions_[name]):
        regressor = make_pipeline(StandardScaler(), Ridge(random_state=seed))
        own = COSTLY[name](regressor, random_state=seed).fit(X[train], y[train])
        np.testing.assert_allclose(y_pred, own.predict(X[test]), rtol=1e-9)


def test_weights_of_rows_go_with_them(data):
    X, y = data
    result = compare_strategies(
        Ridge(), X, y, strategies=list(COSTLY), cv=2, random_state=0,
        sample_weight=np.linspace(0.1, 2, 240),
    )  # fmt: skip
    assert result.complete_ == list(COSTLY)


def test_kinds_and_headings(data):
    names = [n for n in available_strategies(costly=True) if n not in ("GN", "SMOGN", "DENSE")]
    groups = strategy_groups(
        compare_strategies(Ridge(), *data, strategies=names, cv=2).outcome_.kinds
    )
    assert groups["resampling"][-1] == "REBAGG"
    assert groups["mean"] == ["BLEND", "BLEND-AUTO"]


def test_source_makes_them_again(result):
    for name in COSTLY:
        imports = set()
        source = to_source(result.estimators_[name], imports)
        scope = {}
        exec("\n".join([*sorted(imports), f"made = {source}"]), scope)
        assert repr(scope["made"]) == repr(result.estimators_[name])
    assert "strategies=['VANILLA', 'REBAGG', 'BLEND-AUTO']" in repeat_code(result.outcome_)


def test_a_name_that_is_nearly_right_has_a_hint(data):
    with pytest.raises(ValueError, match="did you mean 'BLEND-AUTO'"):
        compare_strategies(Ridge(), *data, strategies=["BLEND-AUT"])
