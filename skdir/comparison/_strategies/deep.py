"""Strategies that change a deep regressor itself: its features, its loss, its stages."""

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skdir.comparison._strategies.strategy import Requirement, Strategy
from skdir.utils._estimators.tags import strategy_tags
from skdir.weighting import LDSWeighter


def deep_prefix(regressor):
    """Return the prefix of the deep regressor's parameters, None if there is none.

    It is the regressor itself or the last step of a pipeline, and says of itself in its tags that
    it is deep, so that nothing here imports torch.
    """
    if isinstance(regressor, Pipeline):
        name, last = regressor.steps[-1]
        inner = deep_prefix(last)
        return None if inner is None else f"{name}__{inner}"
    return "" if strategy_tags(regressor).deep else None


DEEP_REGRESSOR = Requirement(
    "a DeepImbalancedRegressor, or a pipeline that ends in one",
    lambda regressor: deep_prefix(regressor) is not None,
)


def _deep(name, description, make_params):
    """Return a strategy that sets parameters of the deep regressor; others stay as they are."""

    def build(regressor):
        prefix = deep_prefix(regressor)
        params = {f"{prefix}{key}": value for key, value in make_params().items()}
        return clone(regressor).set_params(**params)

    return Strategy(name, "model", description, build, requires=DEEP_REGRESSOR)


def _fds():
    from skdir.neural_network import FDS  # whoever has a deep regressor has torch

    return FDS()


DEEP = (
    _deep(
        "FDS",
        "Feature distribution smoothing of the deep regressor.",
        lambda: {"fds": _fds()},
    ),
    _deep(
        "LDS+FDS",
        "LDS weights and feature distribution smoothing together.",
        lambda: {"fds": _fds(), "weighter": LDSWeighter()},
    ),
    _deep(
        "FOCAL-R",
        "Focal-R: the squared error of easy rows counts less.",
        lambda: {"loss": "focal_mse"},
    ),
    _deep(
        "RRT",
        "Regressor re-training: a plain training, then a new head with LDS weights.",
        lambda: {"retrain_head": True, "weighter": LDSWeighter()},
    ),
    _deep(
        "BALANCED-MSE",
        "Balanced MSE: a loss for test targets that are spread evenly.",
        lambda: {"loss": "balanced_mse"},
    ),
)
