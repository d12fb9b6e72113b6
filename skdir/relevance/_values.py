"""Relevances as other objects take them: values of a function, an estimator or an array."""

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skdir.utils._estimators.relevance import is_relevance_estimator
from skdir.utils._validation import check_target, parameter_error

# Rounding may leave [0, 1] by this much.
_TOLERANCE = 1e-9


def relevance_values(relevance, y, *, caller="skdir", name="relevance"):
    """Compute the relevance of targets, by a relevance that is fitted already.

    For metrics and whatever else may see test targets: nothing is ever fitted here. Use
    :func:`check_relevance` for training targets.

    Parameters
    ----------
    relevance : fitted RelevanceFunction, callable or array-like of shape (n_samples,)
        A fitted estimator with `fit` and `transform`, a function of the target, or the relevance
        of each target.

    y : array-like of shape (n_samples,)
        Targets; there may be none.

    caller : str, default="skdir"
        Name of the class or function for the message.

    name : str, default="relevance"
        Name of the parameter for the message.

    Returns
    -------
    values : ndarray of shape (n_samples,)
        Relevance in [0, 1], a copy.

    Raises
    ------
    TypeError
        If the relevance is nothing of the above.

    ValueError
        If `y` is not a 1-d array of finite numbers, or the values are not in [0, 1] and one for
        each target.

    NotFittedError
        If the relevance is an estimator that is not fitted.

    See Also
    --------
    check_relevance : Fit a relevance to training targets.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.relevance import RelevanceFunction, relevance_values
    >>> relevance = RelevanceFunction().fit([2, 3, 3, 4, 4, 4, 5, 5, 6, 30])
    >>> relevance_values(relevance, [4, 5, 6], caller="my_metric")
    array([0. , 0.5, 1. ])
    >>> relevance_values(lambda y: np.clip(y / 10, 0, 1), [4, 5, 6], caller="my_metric")
    array([0.4, 0.5, 0.6])
    """
    y = check_target(y, caller=caller, min_samples=0)
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
    return check_values(values, len(y), caller=caller, name=name)


def check_values(values, n_samples, *, caller, name):
    """Validate relevances given one by one; return a copy, clipped to [0, 1]."""
    # float32 values, too, as a copy: they are the caller's
    values = np.array(check_target(values, caller=caller, name=name, min_samples=0))
    if len(values) != n_samples:
        raise parameter_error(
            name, caller, f"of shape ({n_samples},), one value for each target", f"{values.shape}"
        )
    if len(values) and not (values.min() >= -_TOLERANCE and values.max() <= 1 + _TOLERANCE):
        raise parameter_error(
            name, caller, "in [0, 1]", f"values from {values.min():g} to {values.max():g}"
        )
    return np.clip(values, 0, 1, out=values)
