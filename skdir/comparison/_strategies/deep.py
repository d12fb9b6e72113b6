"""Strategies that change a deep regressor itself: its features, its loss, its stages."""

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skdir.utils._validation import parameter_error
from skdir.weighting import LDSWeighter


def _fds():
    from skdir.neural_network import FDS  # whoever has a deep regressor has torch

    return FDS()


# Sentences for people, and what makes the parameters.
DEEP = {
    "FDS": (
        "Feature distribution smoothing of the deep regressor.",
        lambda: {"fds": _fds()},
    ),
    "LDS+FDS": (
        "LDS weights and feature distribution smoothing together.",
        lambda: {"fds": _fds(), "weighter": LDSWeighter()},
    ),
    "FOCAL-R": (
        "Focal-R: the squared error of easy rows counts less.",
        lambda: {"loss": "focal_mse"},
    ),
    "RRT": (
        "Regressor re-training: a plain training, then a new head with LDS weights.",
        lambda: {"retrain_head": True, "weighter": LDSWeighter()},
    ),
    "BALANCED-MSE": (
        "Balanced MSE: a loss for test targets that are spread evenly.",
        lambda: {"loss": "balanced_mse"},
    ),
}


def deep_prefix(regressor):
    """Return the prefix of the deep regressor's parameters, None if there is none.

    It is the regressor itself or the last step of a pipeline. It is known by its parameters, so
    that nothing here imports torch.
    """
    if isinstance(regressor, Pipeline):
        name, last = regressor.steps[-1]
        inner = deep_prefix(last)
        return None if inner is None else f"{name}__{inner}"
    names = getattr(regressor, "get_params", dict)()
    return "" if {"encoder", "fds", "retrain_head", "loss", "weighter"} <= names.keys() else None


def build_deep(name, regressor, *, caller):
    """Return the regressor with the parameters of a strategy.

    Parameters
    ----------
    name : str
        A key of `DEEP`.

    regressor : estimator
        The user's.

    caller : str
        For the message.

    Returns
    -------
    estimator : estimator
        A clone with the parameters set; others stay, such as an encoder.

    Raises
    ------
    ValueError
        If the regressor is no deep one.
    """
    prefix = deep_prefix(regressor)
    if prefix is None:
        raise parameter_error(
            "strategies",
            caller,
            f"without {name!r} where the regressor is not a DeepImbalancedRegressor, or a pipeline "
            "that ends in one",
            f"{name!r} and {type(regressor).__name__}",
        )
    params = {f"{prefix}{key}": value for key, value in DEEP[name][1]().items()}
    return clone(regressor).set_params(**params)
