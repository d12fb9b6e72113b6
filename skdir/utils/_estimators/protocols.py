"""What an object is by its methods: a regressor, a sampler or a weighter; constraints of such."""

from sklearn.base import is_regressor

from skdir.utils._sklearn_compat import HasMethods


def looks_like_regressor(estimator):
    """Tell whether an object is an instance of a regressor, fitted or not.

    A stack with its default final estimator, and what is around it, has no `predict` before `fit`.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        return False
    if hasattr(estimator, "predict"):
        return True
    return hasattr(estimator, "__sklearn_tags__") and is_regressor(estimator)


def looks_like_sampler(value):
    """Tell whether an object is an instance of a sampler."""
    return _SAMPLER.is_satisfied_by(value)


def looks_like_weighter(value):
    """Tell whether an object is an instance of a weighter."""
    return _WEIGHTER.is_satisfied_by(value)


class _IsRegressor(HasMethods):
    """The constraint of a parameter that is a regressor."""

    def __init__(self):
        super().__init__(["fit", "predict"])

    def is_satisfied_by(self, val):
        """Tell whether a value is a regressor."""
        return looks_like_regressor(val)


_SAMPLER = HasMethods(["fit_resample"])
_WEIGHTER = HasMethods(["fit_transform", "get_params"])
# Constraints of the parameters `regressor`, `sampler` and `weighter`, of which None is a default.
REGRESSOR = [_IsRegressor(), None]
SAMPLER = [_SAMPLER, None]
WEIGHTER = [_WEIGHTER, None]
