"""The one place where private scikit-learn names are imported.

Everything else in skdir imports public scikit-learn names or from here, so that a change in a
scikit-learn release is mended in one file.
"""

from numbers import Integral

import numpy as np
from sklearn.base import _fit_context
from sklearn.metrics._scorer import _BaseScorer
from sklearn.model_selection._split import GroupsConsumerMixin, _validate_shuffle_split
from sklearn.utils import _param_validation, _safe_indexing
from sklearn.utils._metadata_requests import _routing_enabled
from sklearn.utils._param_validation import (
    InvalidParameterError,
    Options,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)
from sklearn.utils.validation import _num_samples

try:  # scikit-learn >= 1.7 shows meta-estimators from this module
    from sklearn.utils._repr_html.estimator import _VisualBlock
except ImportError:
    from sklearn.utils._estimator_html_repr import _VisualBlock

__all__ = [
    "N_JOBS",
    "GroupsConsumerMixin",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "Options",
    "StrOptions",
    "_BaseScorer",
    "_VisualBlock",
    "_fit_context",
    "_num_samples",
    "_routing_enabled",
    "_safe_indexing",
    "_validate_shuffle_split",
    "validate_parameter_constraints",
    "validate_params",
    "validate_params_of",
]


class HasMethods(_param_validation.HasMethods):
    """An object with some methods, which is no class.

    scikit-learn's own takes a class for an instance of it, and `clone` then refuses it namelessly.
    """

    def is_satisfied_by(self, val):
        """Tell whether a value has the methods and is no class."""
        return not isinstance(val, type) and super().is_satisfied_by(val)

    def __str__(self):
        return super().__str__().replace("an object", "an instance of a class", 1)


class Interval(_param_validation.Interval):
    """A range of numbers that arithmetic takes: no bools, no fractions, nothing beyond float64.

    scikit-learn's own takes True for 1, and 10**400 for a real number.
    """

    def is_satisfied_by(self, val):
        """Tell whether a value is a number in the range."""
        odd = isinstance(val, (bool, np.bool_, np.timedelta64))  # integers, all of them
        if odd or not isinstance(val, (Integral, float, np.floating)):
            return False
        if isinstance(val, Integral) and abs(int(val)) >= 2**63:
            return False
        return super().is_satisfied_by(val)


def validate_params_of(estimator):
    """Validate the parameters of an estimator against its constraints."""
    estimator._validate_params()


# joblib's own error for 0 does not name the parameter.
N_JOBS = [
    Interval(Integral, None, -1, closed="right"),
    Interval(Integral, 1, None, closed="left"),
    None,
]
