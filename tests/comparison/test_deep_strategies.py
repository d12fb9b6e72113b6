"""Strategies that a deep regressor has in addition."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import available_strategies, compare_strategies
from skdir.comparison._strategies.groups import strategy_groups
from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.utils._text.source import to_source
from skdir.weighting import LDSWeighter

DEEP = {
    "FDS": {"fds": FDS()},
    "LDS+FDS": {"fds": FDS(), "weighter": LDSWeighter()},
    "FOCAL-R": {"loss": "focal_mse"},
    "RRT": {"retrain_head": True, "weighter": LDSWeighter()},
    "BALANCED-MSE": {"loss": "balanced_mse"},
}


def small(**params):
    defaults = {"hidden_layer_sizes": (8,), "max_epochs": 3, "device": "cpu", "random_state": 0}
    return DeepImbalancedRegressor(**{**defaults, **params})


def test_they_are_there_for_deep_regressors_alone():
    plain = list(available_strategies())
    assert not set(DEEP) & set(plain)
    assert list(available_strategies(Ridge())) == plain
    for regressor in (small(), make_pipeline(StandardScaler(), small())):
        names = list(available_strategies(regressor))
        assert names == [*plain[:2], *DEEP, *plain[2:]]


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("in_pipeline", [False, True])
def test_each_is_the_regressor_with_these_parameters(data, name, in_pipeline):
    X, y = data
    fold = [(np.arange(160), np.arange(160, 240))]
    regressor = make_pipeline(StandardScaler(), small()) if in_pipeline else small()
    comparison = compare_strategies(regressor, X, y, strategies=[name], cv=fold)
    expected = small(**DEEP[name])
    expected = make_pipeline(StandardScaler(), expected) if in_pipeline else expected
    expected = expected.fit(X[:160], y[:160]).predict(X[160:])
    np.testing.assert_allclose(comparison.predictions_[name][0][1], expected, rtol=1e-6)


def test_all_run_by_default_and_have_headings(data):
    comparison = compare_strategies(small(), *data, cv=2, random_state=0)
    assert comparison.complete_ == list(available_strategies(small()))
    groups = strategy_groups(comparison.outcome_.kinds)
    assert list(groups) == ["model", "weights", "resampling", "mean"]
    assert groups["model"] == ["VANILLA", "LOG", *DEEP]


def test_source_makes_them_again(data):
    comparison = compare_strategies(small(), *data, strategies=["LDS+FDS"], cv=2)
    imports = set()
    source = to_source(comparison.estimators_["LDS+FDS"], imports)
    scope = {}
    exec("\n".join([*sorted(imports), f"made = {source}"]), scope)
    assert repr(scope["made"]) == repr(comparison.estimators_["LDS+FDS"])
    assert "DeepImbalancedRegressor" in comparison.to_html()


def test_another_regressor_is_told_why_not(data):
    with pytest.raises(ValueError, match="without 'FDS' where the regressor is not a Deep.* Ridge"):
        compare_strategies(Ridge(), *data, strategies=["FDS"])


class Disguised(Ridge):
    """Has the parameters of a deep regressor, and is none."""

    def __init__(self, encoder=None, fds=None, loss=None, retrain_head=False, weighter=None):
        super().__init__()
        self.encoder, self.fds, self.loss = encoder, fds, loss
        self.retrain_head, self.weighter = retrain_head, weighter


class Derived(DeepImbalancedRegressor):
    """A deep regressor of the user's own."""


def test_a_deep_regressor_says_so_itself():
    plain = list(available_strategies())
    assert list(available_strategies(Disguised())) == plain
    assert set(DEEP) < set(available_strategies(Derived()))
    outer = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), Derived()))
    assert set(DEEP) < set(available_strategies(outer))
    assert list(available_strategies(make_pipeline("passthrough"))) == plain
    assert list(available_strategies(object())) == plain


def test_comparison_does_not_load_torch():
    code = "import skdir.comparison, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
