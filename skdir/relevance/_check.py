"""Relevances as other objects take them: fitted to their training targets."""

from sklearn.base import clone

from skdir.relevance._checked_targets import check_weighted_target
from skdir.relevance._function import RelevanceFunction
from skdir.relevance._values import relevance_values
from skdir.utils._estimators.relevance import is_relevance_estimator, is_relevance_function


def check_relevance(relevance, y, sample_weight=None, *, caller="skdir", name="relevance"):
    """Fit a relevance to training targets.

    For samplers, weighters and whatever else has a parameter `relevance` and sees training
    targets. Use :func:`relevance_values` for test targets.

    Parameters
    ----------
    relevance : RelevanceFunction, callable, array-like of shape (n_samples,) or None
        An estimator with `fit` and `transform` is cloned and fitted, so it makes no difference
        whether it was fitted before (to keep a fitted one as it is, pass its method `transform`);
        None is ``RelevanceFunction()``, with warnings and errors of the caller. A function maps
        targets to relevances in [0, 1]. An array holds the relevance of each target.

    y : array-like of shape (n_samples,)
        Training targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the targets, for an estimator.

    caller : str, default="skdir"
        Name of the class or function for the message.

    name : str, default="relevance"
        Name of the parameter for the message.

    Returns
    -------
    fitted : RelevanceFunction, callable or ndarray of shape (n_samples,)
        The fitted clone, the function itself, or the checked values of an array.

    values : ndarray of shape (n_samples,)
        Relevance of the training targets.

    Raises
    ------
    TypeError
        If the relevance is nothing of the above.

    ValueError
        If targets or weights are invalid, the relevance cannot be fitted, or its values are not
        in [0, 1] and one for each target.

    See Also
    --------
    relevance_values : Compute the relevance of targets, by a relevance that is fitted already.
    find_bumps : Split targets into rare and normal ones by their relevance.

    Examples
    --------
    >>> from skdir.relevance import RelevanceFunction, check_relevance
    >>> y = [2, 3, 3, 4, 4, 4, 5, 5, 6, 30]
    >>> fitted, values = check_relevance(None, y, caller="MySampler")
    >>> fitted
    RelevanceFunction()
    >>> values.round(2).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    """
    targets = check_weighted_target(y, sample_weight, caller=caller)
    y, sample_weight = targets.y, targets.sample_weight
    if relevance is None:
        relevance = RelevanceFunction().fit(targets)
    elif is_relevance_estimator(relevance):
        relevance = clone(relevance)
        relevance.fit(y) if sample_weight is None else relevance.fit(y, sample_weight)
    values = relevance_values(relevance, y, caller=caller, name=name)
    return (relevance if is_relevance_function(relevance) else values), values
