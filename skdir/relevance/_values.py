"""Relevances as other objects take them: a function, an estimator or an array."""

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skdir.relevance._function import RelevanceFunction
from skdir.utils._validation import check_target, parameter_error

# Rounding may leave [0, 1] by this much.
_TOLERANCE = 1e-9


def check_relevance(relevance, y, sample_weight=None, *, caller, name="relevance"):
    """Fit a relevance to training targets.

    Parameters
    ----------
    relevance : RelevanceFunction, callable, array-like of shape (n_samples,) or None
        An estimator with `fit` and `transform` is cloned and fitted, so it makes no difference
        whether it was fitted before (to keep a fitted one as it is, pass its method `transform`);
        None is ``RelevanceFunction()``, with warnings and errors of the caller. A function maps
        targets to relevances in [0, 1]. An array holds the relevance of each target.

    y : ndarray of shape (n_samples,)
        Valid training targets.

    sample_weight : ndarray of shape (n_samples,) or None, default=None
        Valid weights of the targets.

    caller, name : str
        For the message.

    Returns
    -------
    fitted : RelevanceFunction, callable or ndarray of shape (n_samples,)
        The fitted clone, or the function or the array itself.

    values : ndarray of shape (n_samples,)
        Relevance of the training targets.

    Raises
    ------
    TypeError
        If the relevance is nothing of the above.

    ValueError
        If it cannot be fitted, or its values are not in [0, 1] and one for each target.
    """
    if relevance is None:
        relevance = RelevanceFunction()._fit(y, sample_weight, caller=caller)
    elif is_relevance_estimator(relevance):
        relevance = clone(relevance)
        relevance.fit(y) if sample_weight is None else relevance.fit(y, sample_weight)
    values = relevance_values(relevance, y, caller=caller, name=name)
    is_known = callable(relevance) or is_relevance_estimator(relevance)
    return (relevance if is_known else values), values


def is_learned(relevance):
    """Return whether a relevance is learned from targets, as a fitted one's `transform` is.

    Control points are given, not learned.
    """
    owner = getattr(relevance, "__self__", relevance)
    is_given = getattr(owner, "method", None) == "control_points"
    return owner is None or (is_relevance_estimator(owner) and not is_given)


def relevance_values(relevance, y, *, caller, name="relevance"):
    """Return the relevance of targets by a relevance that knows its training targets already.

    Parameters
    ----------
    relevance : fitted RelevanceFunction, callable or array-like of shape (n_samples,)
        As in :func:`check_relevance`, but never fitted here: these may be test targets.

    y : ndarray of shape (n_samples,)
        Valid targets.

    caller, name : str
        For the message.

    Returns
    -------
    values : ndarray of shape (n_samples,)
        Relevance in [0, 1].

    Raises
    ------
    TypeError
        If the relevance is nothing of the above.

    ValueError
        If its values are not in [0, 1] and one for each target.

    NotFittedError
        If it is an estimator that is not fitted.
    """
    if is_relevance_estimator(relevance):
        try:
            check_is_fitted(relevance)
        except NotFittedError:
            raise NotFittedError(
                f"The {name!r} parameter of {caller} must be fitted, on training targets. "
                f"Got an unfitted {type(relevance).__name__} instead."
            ) from None
        values = relevance.transform(y)
    elif callable(relevance) and not isinstance(relevance, type):
        values = relevance(y)
    elif isinstance(relevance, (type, str, bytes)) or not np.iterable(relevance):
        raise parameter_error(
            name,
            caller,
            "a RelevanceFunction, a function of the target or an array",
            repr(relevance),
            error=TypeError,
        )
    else:
        values = relevance
    # float32 values, too, as a copy: they are the caller's
    values = np.array(check_target(values, caller=caller, name=name, min_samples=0))
    if len(values) != len(y):
        raise parameter_error(
            name, caller, f"of shape ({len(y)},), one value for each target", f"{values.shape}"
        )
    if len(values) and not (values.min() >= -_TOLERANCE and values.max() <= 1 + _TOLERANCE):
        raise parameter_error(
            name, caller, "in [0, 1]", f"values from {values.min():g} to {values.max():g}"
        )
    return np.clip(values, 0, 1, out=values)


def is_relevance_estimator(relevance):
    """Return whether a relevance is an estimator, fitted or not (a class is none)."""
    is_object = not isinstance(relevance, type)
    return is_object and hasattr(relevance, "fit") and hasattr(relevance, "transform")
