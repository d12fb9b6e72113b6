"""What several displays take: targets with a name, predictions of one model or of several."""

import numpy as np

from skdir.utils._targets.ranges import check_size
from skdir.utils._validation import check_sample_weight, check_target, parameter_error


def check_name(target_name, y, *, caller):
    """Return the given name of the target, or else that of a Series, or else "target"."""
    if target_name is None:
        name = getattr(y, "name", None)
        return "target" if name is None or callable(name) else str(name)
    if not isinstance(target_name, str):
        raise parameter_error("target_name", caller, "None or a string", repr(target_name))
    return target_name


def check_targets(y, sample_weight, *, caller, name="y", weight_name="sample_weight"):
    """Validate targets and their weights, as copies that a display may keep."""
    y = np.array(check_target(y, caller=caller, name=name))
    check_size(y, caller=caller, name=name)
    weight = check_sample_weight(sample_weight, len(y), caller=caller, name=weight_name)
    return y, None if weight is None else weight.copy()


def check_predictions(y_pred, y_true, *, caller, default="model"):
    """Validate predictions of one model or of several by name; return them by name."""
    named = y_pred if isinstance(y_pred, dict) else {default: y_pred}
    if not named:
        raise parameter_error("y_pred", caller, "an array, or a dict of one or more", "{}")
    result = {}
    for key, values in named.items():
        if not isinstance(key, str):
            raise parameter_error("y_pred", caller, "an array, or a dict by name", f"{key!r} in it")
        name = f"y_pred[{key!r}]" if named is y_pred else "y_pred"
        values = np.array(check_target(values, caller=caller, name=name))
        if len(values) != len(y_true):
            raise parameter_error(
                name, caller, f"of shape ({len(y_true)},), as y_true", f"shape {values.shape}"
            )
        result[key] = values
    return result


def predictions_of(estimator, X, *, caller):
    """Return the predictions of a fitted regressor, or of several in a dict, by name."""
    if not isinstance(estimator, dict):
        estimator = {type(estimator).__name__: estimator}
    accepted = "a fitted regressor, or a dict of names and fitted regressors"
    if not estimator:
        raise parameter_error("estimator", caller, accepted, "{}")
    for name, model in estimator.items():
        if isinstance(model, type) or not hasattr(model, "predict"):
            raise parameter_error(
                "estimator",
                caller,
                accepted,
                repr(model) if len(estimator) == 1 else f"{model!r} for {name!r}",
                error=TypeError,
            )
    return {name: model.predict(X) for name, model in estimator.items()}


def check_axes(ax, n, *, caller):
    """Return n given axes as a list."""
    axes = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(axes) != n or not all(hasattr(one, "get_xlim") for one in axes):
        what = f"{len(axes)} of them" if len(axes) != n else f"{type(axes[0]).__name__} objects"
        raise parameter_error("ax", caller, f"None or {n} matplotlib Axes", what)
    return axes
