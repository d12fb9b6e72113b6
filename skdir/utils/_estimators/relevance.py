"""What is accepted as a relevance and as its threshold, and what is rare by them."""

from numbers import Real

from skdir.utils._sklearn_compat import HasMethods, Interval
from skdir.utils._validation import parameter_error

_ESTIMATOR = HasMethods(["fit", "transform"])
# What is a function of any target, and what gives the values of some targets as well.
RELEVANCE_FUNCTION = [_ESTIMATOR, callable]
RELEVANCE = [*RELEVANCE_FUNCTION, "array-like"]
# The relevance from which on a target is rare.
THRESHOLD = [Interval(Real, 0, 1, closed="right")]


def is_relevance_estimator(relevance):
    """Return whether a relevance is an estimator, fitted or not (a class is not)."""
    return _ESTIMATOR.is_satisfied_by(relevance)


def is_relevance_function(relevance):
    """Return whether a relevance is evaluated at targets, which an array of values is not."""
    return callable(relevance) or is_relevance_estimator(relevance)


def check_threshold(threshold, *, caller):
    """Validate the relevance from which on a target is rare, a number in (0, 1]."""
    is_number = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if not is_number or not 0 < threshold <= 1:
        raise parameter_error("threshold", caller, "a number in (0, 1]", repr(threshold))
    return float(threshold)


def is_rare(relevance, threshold):
    """Return which of some relevances are those of rare targets: they reach the threshold."""
    return relevance >= threshold
