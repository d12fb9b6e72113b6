"""What is accepted as a relevance: an estimator, a function of the target, or an array."""

from skdir.utils._sklearn_compat import HasMethods

_ESTIMATOR = HasMethods(["fit", "transform"])
# What is a function of any target, and what gives the values of some targets as well.
RELEVANCE_FUNCTION = [_ESTIMATOR, callable]
RELEVANCE = [*RELEVANCE_FUNCTION, "array-like"]


def is_relevance_estimator(relevance):
    """Return whether a relevance is an estimator, fitted or not (a class is not)."""
    return _ESTIMATOR.is_satisfied_by(relevance)


def is_relevance_function(relevance):
    """Return whether a relevance is evaluated at targets, which an array of values is not."""
    return callable(relevance) or is_relevance_estimator(relevance)
