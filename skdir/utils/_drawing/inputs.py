"""What several displays take: targets with a name, predictions of one model or of several."""

from contextlib import contextmanager

import numpy as np

from skdir.utils._targets.ranges import is_resolved_range
from skdir.utils._validation import check_sample_weight, check_target, parameter_error

_LARGEST = 1e305


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


@contextmanager
def bins_of(y, *, caller, name="y"):
    """Name the targets where automatic bins or densities find them too near, or too far apart.

    They would name themselves, which the user has not called.
    """
    try:
        with np.errstate(all="ignore"):
            yield
    except ValueError:
        raise _range_error(y.min(), y.max(), caller, name) from None


def _range_error(low, high, caller, name):
    accepted = "in a range that float64 can hold and tell apart (rescale or shift them)"
    return parameter_error(name, caller, accepted, f"targets from {low:.17g} to {high:.17g}")


def check_size(y, *, caller, name="y"):
    """Refuse targets near the largest float: there is no room for the ends of an axis."""
    largest = np.abs(y).max()
    if largest > _LARGEST:
        raise parameter_error(
            name,
            caller,
            f"in a range that float64 can hold, {_LARGEST:g} at the most (rescale them)",
            f"{largest:g}",
        )


def check_range(y, *, caller, name="y"):
    """Refuse targets whose density is beyond float64: they are hardly, or far too, different."""
    check_size(y, caller=caller, name=name)
    low, high = y.min(), y.max()
    if low < high and not is_resolved_range(low, high):
        raise _range_error(low, high, caller, name)


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
