"""The one decorator of every public `fit`: valid parameters, and all or nothing."""

import functools

from skdir.utils._sklearn_compat import _fit_context, validate_params_of


def fit_context(*, prefer_skip_nested_validation):
    """Validate the parameters before a method that fits, and undo what it set if it raises.

    An estimator that was fitted before stays as it was: the same attributes with the same values.
    What an attribute refers to is not copied, so a method that fits makes new objects and does not
    write into those of an earlier fit.

    Parameters
    ----------
    prefer_skip_nested_validation : bool
        As in scikit-learn: whether estimators fitted inside skip the validation of parameters.

    Returns
    -------
    decorator : callable
        Decorator of the method.
    """

    def decorator(method):
        validated = _fit_context(prefer_skip_nested_validation=prefer_skip_nested_validation)(
            method
        )

        @functools.wraps(method)
        def all_or_nothing(estimator, *args, **kwargs):
            before = dict(vars(estimator))
            try:
                # scikit-learn trusts the parameters of a fitted estimator, though they may change
                if method.__name__ == "partial_fit":
                    validate_params_of(estimator)
                return validated(estimator, *args, **kwargs)
            except BaseException:
                vars(estimator).clear()
                vars(estimator).update(before)
                raise

        return all_or_nothing

    return decorator
