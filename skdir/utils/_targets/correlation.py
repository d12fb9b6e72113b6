"""Correlations for weighted rows in which a weight of 2 is the row twice."""

import numpy as np


def weighted_pearson(x, y, sample_weight=None):
    """Return the Pearson correlation; NaN for fewer than 2 rows, a constant or an overflow."""
    x, y = _deviations(x, sample_weight), _deviations(y, sample_weight)
    if x is None or y is None:
        return np.nan
    weight = np.ones(len(x)) if sample_weight is None else sample_weight
    covariance = np.sum(weight * x * y)
    spread = np.sqrt(np.sum(weight * x * x)) * np.sqrt(np.sum(weight * y * y))
    return float(np.clip(covariance / spread, -1.0, 1.0))


def weighted_spearman(x, y, sample_weight=None):
    """Return the Pearson correlation of the average ranks of the repeated rows."""
    ranks = (_average_ranks(values, sample_weight) for values in (x, y))
    return weighted_pearson(*ranks, sample_weight)


def _deviations(values, sample_weight):
    """Return deviations from the weighted mean, at most 1; None where there is no correlation."""
    if len(values) == 0 or values.min() == values.max() or not np.isfinite(values.max()):
        return None
    # Powers of two change no digit, and keep squares of huge or tiny targets representable.
    values = np.ldexp(values, -np.frexp(np.abs(values).max())[1])
    values = values - np.average(values, weights=sample_weight)
    return values / np.abs(values).max()


def _average_ranks(values, sample_weight):
    """Return the average rank of each value among the rows repeated by their weight.

    Values whose copies take the ranks c + 1 .. c + m have the average rank c + (m + 1) / 2.
    """
    _, group = np.unique(values, return_inverse=True)
    copies = np.bincount(group, weights=sample_weight)
    return (np.cumsum(copies) - copies / 2 + 0.5)[group]
