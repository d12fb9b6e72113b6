"""The metrics that a shot report knows by name, and how it calls any metric."""

import numbers

import numpy as np

from skdir.metrics._regression import absolute_errors, geometric_mean, mean_error, squared_errors
from skdir.utils._targets.correlation import weighted_pearson, weighted_spearman
from skdir.utils._validation import parameter_error

# Columns of the report itself.
_RESERVED = ("n", "share")


def _mae(y_true, y_pred, sample_weight=None):
    """Return the mean absolute error."""
    return mean_error(absolute_errors(y_true, y_pred), sample_weight)


def _mse(y_true, y_pred, sample_weight=None):
    """Return the mean squared error."""
    return mean_error(squared_errors(y_true, y_pred), sample_weight)


def _rmse(y_true, y_pred, sample_weight=None):
    """Return the root mean squared error."""
    return np.sqrt(_mse(y_true, y_pred, sample_weight))


def _gm(y_true, y_pred, sample_weight=None):
    """Return the geometric mean absolute error."""
    return geometric_mean(absolute_errors(y_true, y_pred), sample_weight)


METRICS = {
    "gm": _gm,
    "mae": _mae,
    "mse": _mse,
    "pearson": weighted_pearson,
    "rmse": _rmse,
    "spearman": weighted_spearman,
}


def resolve_metrics(metrics, *, caller):
    """Return a dict of metric functions from names or a dict."""
    accepted = f"a sequence of different names among {', '.join(sorted(METRICS))}, or a dict of "
    accepted += "names (other than 'n' and 'share') and functions"
    if isinstance(metrics, dict):
        for name, metric in metrics.items():
            if not isinstance(name, str) or name in _RESERVED:
                raise parameter_error("metrics", caller, accepted, f"the name {name!r}")
            if not callable(metric):
                raise parameter_error("metrics", caller, accepted, f"{metric!r} for {name!r}")
        chosen = dict(metrics)
    else:
        if isinstance(metrics, str) or not isinstance(metrics, (list, tuple)):
            raise parameter_error("metrics", caller, accepted, repr(metrics))
        names = list(metrics)
        for name in names:
            if not isinstance(name, str) or name not in METRICS:
                raise parameter_error("metrics", caller, accepted, repr(name))
        if len(set(names)) < len(names):
            raise parameter_error("metrics", caller, accepted, f"repeated names in {names}")
        chosen = {name: METRICS[name] for name in names}
    if not chosen:
        raise parameter_error("metrics", caller, accepted, repr(metrics))
    return chosen


def evaluate_metrics(metrics, y_true, y_pred, sample_weight, *, caller):
    """Return the value of each metric on some rows; NaN where there are none."""
    if len(y_true) == 0:
        return dict.fromkeys(metrics, np.nan)
    # Plain functions of two arrays are welcome as long as there are no weights to hand over.
    options = {} if sample_weight is None else {"sample_weight": sample_weight}
    values = {}
    for name, metric in metrics.items():
        value = metric(y_true, y_pred, **options)
        if np.ndim(value) != 0 or not isinstance(np.asarray(value).item(), numbers.Real):
            raise parameter_error(
                "metrics", caller, "functions that return one number", f"{value!r} from {name!r}"
            )
        values[name] = float(value)
    return values
