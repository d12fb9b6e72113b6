"""Validation that the metrics share: pairs of targets and predictions, and their weights."""

import numpy as np

from skdir.relevance import relevance_values
from skdir.utils import check_sample_weight, check_target
from skdir.utils._estimators.relevance import is_relevance_function
from skdir.utils._validation import parameter_error, plain_array


def check_pair(y_true, y_pred, sample_weight, *, caller):
    """Validate 1-d targets, predictions and weights; rows of zero weight stay."""
    y_true = check_target(y_true, caller=caller, name="y_true")
    y_pred = check_target(y_pred, caller=caller, name="y_pred")
    if y_pred.shape != y_true.shape:
        raise parameter_error(
            "y_pred", caller, f"of shape {y_true.shape}, as y_true", f"shape {y_pred.shape}"
        )
    return y_true, y_pred, check_sample_weight(sample_weight, len(y_true), caller=caller)


def check_columns(y_true, y_pred, sample_weight, *, caller):
    """Validate targets and predictions of one or more outputs; they come back 2-d."""
    y_true = _as_columns(y_true, "y_true", caller)
    y_pred = _as_columns(y_pred, "y_pred", caller)
    if y_pred.shape != y_true.shape:
        raise parameter_error(
            "y_pred",
            caller,
            f"an array of {len(y_true)} rows and {y_true.shape[1]} outputs, as y_true",
            f"{len(y_pred)} rows and {y_pred.shape[1]} outputs",
        )
    return y_true, y_pred, check_sample_weight(sample_weight, len(y_true), caller=caller)


def _as_columns(y, name, caller):
    """Return y as a finite float64 array of shape (n_samples, n_outputs)."""
    raw = plain_array(y, caller=caller, name=name, accepted="a 1-d or 2-d array of numbers")
    if raw.ndim == 2 and raw.shape[1] > 0:
        return check_target(raw.ravel(), caller=caller, name=name).reshape(raw.shape)
    return check_target(raw, caller=caller, name=name).reshape(-1, 1)


def relevance_columns(relevance, y_true, *, caller):
    """Return the relevance of valid targets of shape (n_samples, n_outputs), in that shape.

    A function serves all outputs; a list may hold one relevance for each; an array has the shape
    of the targets.
    """
    n_outputs = y_true.shape[1]
    if isinstance(relevance, (list, tuple)) and _is_one_for_each(relevance, y_true):
        if len(relevance) != n_outputs:
            raise parameter_error(
                "relevance", caller, f"one for each of {n_outputs} outputs", f"{len(relevance)}"
            )
        columns = list(relevance)
    elif is_relevance_function(relevance) or n_outputs == 1:
        flat = not is_relevance_function(relevance) and np.shape(relevance) == y_true.shape
        columns = [np.ravel(relevance) if flat else relevance] * n_outputs
    else:
        if np.shape(relevance) != y_true.shape:
            raise parameter_error(
                "relevance",
                caller,
                f"of shape {y_true.shape}, as y_true, or a function",
                f"shape {np.shape(relevance)}",
            )
        columns = np.asarray(relevance).T
    return np.column_stack(
        [relevance_values(part, y, caller=caller) for part, y in zip(columns, y_true.T)]
    )


def _is_one_for_each(relevances, y_true):
    """Return whether a list holds relevances, not the values of an array of rows."""
    if any(map(is_relevance_function, relevances)):
        return True
    return np.shape(relevances) == y_true.shape[::-1] != y_true.shape


def average_outputs(errors, multioutput, *, caller):
    """Turn the errors per output into what `multioutput` asks for."""
    if isinstance(multioutput, str):
        return errors if multioutput == "raw_values" else float(np.mean(errors))
    weights = check_target(multioutput, caller=caller, name="multioutput")
    if len(weights) != len(errors) or weights.min() < 0 or weights.max() == 0:
        raise parameter_error(
            "multioutput",
            caller,
            f"'raw_values', 'uniform_average' or {len(errors)} non-negative weights, one per "
            "output, not all zero",
            repr(multioutput),
        )
    return float(np.average(errors, weights=weights))
