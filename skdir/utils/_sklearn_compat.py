"""The one place where private scikit-learn names are imported.

Everything else in skdir imports public scikit-learn names or from here, so that a change in a
scikit-learn release is mended in one file.
"""

from sklearn.base import _fit_context
from sklearn.metrics._scorer import _BaseScorer
from sklearn.model_selection._split import GroupsConsumerMixin, _validate_shuffle_split
from sklearn.utils import _safe_indexing
from sklearn.utils._metadata_requests import _routing_enabled
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)

try:  # scikit-learn >= 1.7 shows meta-estimators from this module
    from sklearn.utils._repr_html.estimator import _VisualBlock
except ImportError:
    from sklearn.utils._estimator_html_repr import _VisualBlock

__all__ = [
    "GroupsConsumerMixin",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "Options",
    "StrOptions",
    "_BaseScorer",
    "_VisualBlock",
    "_fit_context",
    "_routing_enabled",
    "_safe_indexing",
    "_validate_shuffle_split",
    "validate_parameter_constraints",
    "validate_params",
]
