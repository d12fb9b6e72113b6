"""Kinds of strategies: as the table says them, and as an estimator of the user's is told."""

import imblearn.pipeline
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor, StackingRegressor, VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison._strategies.groups import headings, strategy_groups, strategy_kind
from skdir.comparison._strategies.registry import STRATEGIES, resolve_strategies
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.neural_network import DeepImbalancedRegressor
from skdir.resampling import SmoteR
from skdir.utils._drawing.style import FEW
from skdir.weighting import LDSWeighter, WeightedRegressor

SAMPLING = imblearn.pipeline.make_pipeline(StandardScaler(), SmoteR(), Ridge())
KINDS = {
    "VANILLA": "model",
    "LOG": "model",
    "FDS": "model",
    "LDS+FDS": "model",
    "FOCAL-R": "model",
    "RRT": "model",
    "BALANCED-MSE": "model",
    "INV": "weights",
    "SQINV": "weights",
    "LDS": "weights",
    "INV+LDS": "weights",
    "DENSE": "weights",
    "SERA": "weights",
    "RUS": "resampling",
    "ROS": "resampling",
    "GN": "resampling",
    "SMOTER": "resampling",
    "SMOGN": "resampling",
    "WERCS": "resampling",
    "REBAGG": "resampling",
    "BLEND": "mean",
    "BLEND-AUTO": "mean",
}
DEEP = ("FDS", "LDS+FDS", "FOCAL-R", "RRT", "BALANCED-MSE")
COSTLY = ("REBAGG", "BLEND-AUTO")
DEFAULT = {name: kind for name, kind in KINDS.items() if name not in (*DEEP, *COSTLY)}


def kinds_of(strategies, regressor, search=None):
    resolved = resolve_strategies(strategies, regressor, search=search, caller="test")
    return {name: one.kind for name, one in resolved.items()}


def test_kinds_of_the_table_in_its_order():
    assert list(STRATEGIES.items()) == [(name, STRATEGIES[name]) for name in KINDS]
    assert {name: strategy.kind for name, strategy in STRATEGIES.items()} == KINDS


@pytest.mark.parametrize("search", [None, 0.2])
@pytest.mark.parametrize(
    "regressor", [Ridge(), SAMPLING, WeightedRegressor(Ridge()), make_pipeline(Ridge())]
)
def test_the_kind_of_a_name_does_not_depend_on_the_regressor(regressor, search):
    names = [name for name in KINDS if name not in DEEP]
    assert kinds_of(names, regressor, search) == {name: KINDS[name] for name in names}
    assert kinds_of(DEEP, DeepImbalancedRegressor(), search) == dict.fromkeys(DEEP, "model")


def test_what_the_table_makes_of_a_plain_regressor_is_told_to_be_of_the_same_kind():
    for name, strategy in STRATEGIES.items():
        regressor = DeepImbalancedRegressor() if name in DEEP else Ridge()
        assert strategy_kind(strategy.build(regressor)) == strategy.kind, name


class OwnRegressor(Ridge):
    """Says nothing of itself."""


class Untagged:
    """Fits and predicts, and knows nothing of tags."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, 0]


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (Ridge(), "model"),
        (OwnRegressor(), "model"),
        (Untagged(), "model"),
        (LogTargetRegressor(SAMPLING), "model"),
        (DeepImbalancedRegressor(weighter=LDSWeighter()), "model"),
        (make_pipeline(StandardScaler(), Ridge()), "model"),
        (imblearn.pipeline.make_pipeline(StandardScaler(), Ridge()), "model"),
        (make_pipeline("passthrough"), "model"),
        (WeightedRegressor(Ridge()), "weights"),
        (WeightedRegressor(SAMPLING), "weights"),
        (make_pipeline(StandardScaler(), WeightedRegressor(Ridge())), "weights"),
        (GridSearchCV(WeightedRegressor(Ridge()), {}), "weights"),
        (BaggingRegressor(WeightedRegressor(Ridge())), "weights"),
        (TransformedTargetRegressor(WeightedRegressor(Ridge())), "weights"),
        (BandwidthSearchRegressor(), "weights"),
        (BandwidthSearchRegressor(WeightedRegressor(Ridge())), "weights"),
        (FoldAwareRegressor(WeightedRegressor(Ridge())), "weights"),
        (FoldAwareRegressor(), "model"),
        (FoldAwareRegressor(SAMPLING), "resampling"),
        (SAMPLING, "resampling"),
        (GridSearchCV(SAMPLING, {}), "resampling"),
        (ResampledBaggingRegressor(), "resampling"),
        (VotingRegressor([("a", Ridge()), ("b", WeightedRegressor())]), "mean"),
        (StackingRegressor([("a", Ridge())]), "mean"),
        (BlendRegressor(), "mean"),
        (BandwidthSearchRegressor(BlendRegressor()), "mean"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_an_estimator_does_about_the_imbalance(estimator, kind):
    assert strategy_kind(estimator) == kind


def test_kinds_of_own_strategies():
    own = {
        "by name": "SMOTER",
        "weighter": LDSWeighter(),
        "sampler": SmoteR(),
        "samplers": SAMPLING[:-1],
        "regressor": WeightedRegressor(Ridge()),
        "callable": lambda regressor: BlendRegressor(regressor),
        "VANILLA": SAMPLING,
    }
    expected = ["resampling", "weights", "resampling", "resampling", "weights", "mean", "model"]
    assert kinds_of(own, SAMPLING) == dict(zip(own, expected))


def test_built_in_strategies_come_kind_by_kind():
    groups = strategy_groups(DEFAULT)
    assert [name for names in groups.values() for name in names] == list(DEFAULT)
    assert groups["model"] == ["VANILLA", "LOG"]
    assert groups["weights"][0] == "INV"
    assert groups["resampling"] == ["RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS"]
    assert headings(DEFAULT) == {
        "VANILLA": "Model or target",
        "INV": "Weights",
        "RUS": "Resampling",
        "BLEND": "Mean of models",
    }


def test_few_strategies_and_alternating_or_single_kinds_have_no_groups():
    assert headings(dict(list(DEFAULT.items())[:FEW])) == {}
    assert headings(dict(list(DEFAULT.items())[: FEW + 1])) != {}
    mixed = {name: DEFAULT[name] for name in sorted(DEFAULT)}
    assert strategy_groups(mixed) is None
    assert strategy_groups({str(k): "model" for k in range(20)}) is None
