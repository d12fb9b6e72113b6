"""Intervals of metrics by drawing rows with replacement."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skdir.metrics._shots.metrics import evaluate_metrics
from skdir.utils._sklearn_compat import Interval
from skdir.utils._validation import parameter_error

# More draws than this are a mistake.
_MOST_DRAWS = 10**6
_DRAWS = Interval(Integral, 0, _MOST_DRAWS, closed="both")
_LEVEL = Interval(Real, 0, 1, closed="neither")


def check_bootstrap(bootstrap, confidence_level, random_state, *, caller):
    """Return the number of draws, the level and one source of random numbers."""
    if not _DRAWS.is_satisfied_by(bootstrap):
        accepted = f"an integer from 0 to {_MOST_DRAWS}"
        raise parameter_error("bootstrap", caller, accepted, repr(bootstrap))
    if not _LEVEL.is_satisfied_by(confidence_level):
        raise parameter_error(
            "confidence_level", caller, "a number between 0 and 1", repr(confidence_level)
        )
    try:
        rng = check_random_state(random_state)
    except ValueError:
        raise parameter_error(
            "random_state", caller, "None, an integer or a RandomState", repr(random_state)
        ) from None
    return int(bootstrap), float(confidence_level), rng


def bootstrap_intervals(
    metrics, y_true, y_pred, sample_weight, *, n_draws, confidence_level, rng, caller
):
    """Return the percentile interval of each metric.

    Parameters
    ----------
    metrics : dict of str to callable
        As `resolve_metrics` returns them.

    y_true, y_pred : ndarray of shape (n_samples,)
        Valid targets and predictions, without rows of zero weight.

    sample_weight : ndarray of shape (n_samples,) or None
        Valid weights. All rows are drawn with the same probability and keep their weight.

    n_draws : int
        How many times n_samples rows are drawn.

    confidence_level : float
        Share of the values that the interval holds.

    rng : RandomState
        Source of random numbers.

    caller : str
        For messages.

    Returns
    -------
    intervals : dict of str to tuple of two floats
        Lower and upper end; NaN for fewer than 2 rows, or if a draw has no value.
    """
    n = len(y_true)
    if n < 2:
        return dict.fromkeys(metrics, (np.nan, np.nan))
    values = np.empty((n_draws, len(metrics)))
    for draw in values:
        rows = rng.randint(n, size=n)
        weight = None if sample_weight is None else sample_weight[rows]
        drawn = evaluate_metrics(metrics, y_true[rows], y_pred[rows], weight, caller=caller)
        draw[:] = list(drawn.values())
    return {name: _interval(column, confidence_level) for name, column in zip(metrics, values.T)}


def _interval(values, confidence_level):
    """Return the quantiles that leave out the same share at both ends."""
    if np.isnan(values).any():
        return (np.nan, np.nan)
    # order statistics, since between infinite values nothing can be interpolated
    probabilities = [(1 - confidence_level) / 2, (1 + confidence_level) / 2]
    low, high = np.quantile(values, probabilities, method="closest_observation")
    return (float(low), float(high))
