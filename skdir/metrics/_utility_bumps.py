"""Bumps of a relevance between its minima, and within which error a prediction is useful."""

from typing import NamedTuple

import numpy as np

from skdir.relevance import relevance_values

_N_POINTS = 10_001  # of the grid on which a function is searched for its extremes
_DIGITS = 9  # relevances that differ by less are on one level: rounding must not make bumps


class UtilityBumps(NamedTuple):
    """Bumps of a relevance, in ascending order of the target; arrays of shape (n_bumps,)."""

    left: np.ndarray  # the minimum at which a bump begins, -inf for the first
    peak: np.ndarray  # its maximum, infinite for a flat bump at an end, NaN if there is but one
    scale: np.ndarray  # the error from which on a prediction is useless, in units of y

    @property
    def right(self):
        """The minimum at which a bump ends, inf for the last."""
        return np.append(self.left[1:], np.inf)


def find_utility_bumps(relevance, y, sample_weight=None, *, symmetric=False, caller):
    """Return the bumps of a relevance.

    Parameters
    ----------
    relevance : fitted RelevanceFunction or callable
        Its control points tell where the extremes are. Of another function they are those on a
        grid of 10001 points over the range of `y`.

    y : ndarray of shape (n_samples,)
        Valid observed targets, without rows of zero weight.

    sample_weight : ndarray of shape (n_samples,) or None, default=None
        Valid weights of the targets.

    symmetric : bool, default=False
        Whether control points that end in a flat stretch at a minimum begin a bump there, as those
        that start in one do.

    caller : str
        For the message if the relevance is no relevance on the grid.

    Returns
    -------
    bumps : UtilityBumps
        At least one bump.
    """
    points = getattr(getattr(relevance, "__self__", relevance), "control_points_", None)
    if points is None:
        first, last, level = _runs_of_grid(relevance, y, caller)
    else:
        first, last, level = _runs_of_points(points)
    rising = np.diff(level) > 0
    if len(rising) > 0:
        # runs that lie above, or below, both neighbors; the ends always do, or do not
        after, before = np.append(rising, not rising[-1]), np.append(not rising[0], rising)
        extreme, is_peak = before != after, before
        center, is_peak = (first / 2 + last / 2)[extreme], is_peak[extreme]
        # Published: control points that end in a flat stretch at a minimum begin no bump there.
        ends_flat = points is not None and not is_peak[-1] and last[-1] > first[-1]
        if ends_flat and not symmetric:
            center, is_peak = center[:-1], is_peak[:-1]
    if len(rising) == 0 or is_peak.all():
        return UtilityBumps(np.array([-np.inf]), np.array([np.nan]), _spread(y, sample_weight))
    left, peak = np.append(-np.inf, center[~is_peak]), center[is_peak]
    if not is_peak[0]:
        peak = np.append(-np.inf, peak)
    if not is_peak[-1]:
        peak = np.append(peak, np.inf)
    return UtilityBumps(left, peak, _scales(left, peak))


def _scales(left, peak):
    """Return twice the distance from each maximum to its nearer minimum."""
    with np.errstate(invalid="ignore"):
        scale = 2 * np.fmin(np.abs(peak - left), np.abs(peak - np.append(left[1:], np.inf)))
    for end, inner in ((0, 1), (-1, -2)):
        if np.isinf(peak[end]):
            scale[end] = scale[inner]
    return scale


def _runs_of_points(points):
    """Return where each run of equal critical points begins and ends, and its relevance."""
    flat = points[:, 2] == 0
    flat[[0, -1]] = True  # the relevance is constant outside of its points
    return _runs(*points[flat, :2].T)


def _runs_of_grid(relevance, y, caller):
    """Return the runs of equal relevance on a grid, a plateau at an end only by its inner edge."""
    grid = np.linspace(y.min(), y.max(), _N_POINTS) if y.min() < y.max() else y[:1]
    values = relevance_values(relevance, grid, caller=caller)
    first, last, level = _runs(grid, np.round(values, _DIGITS))
    if len(level) > 1 and level[0] > level[1]:
        first[0] = last[0]
    if len(level) > 1 and level[-1] > level[-2]:
        last[-1] = first[-1]
    return first, last, level


def _runs(target, level):
    """Return the first and last target and the level of each run of equal levels."""
    change = np.flatnonzero(np.diff(level)) + 1
    first, last = np.append(0, change), np.append(change - 1, len(level) - 1)
    return target[first], target[last], level[first]


def _spread(y, sample_weight):
    """Return the scale of a relevance with one bump, 0 for targets that have no spread."""
    n = len(y) if sample_weight is None else sample_weight.sum()
    largest = np.abs(y).max()
    if n <= 1 or largest == 0:
        return np.zeros(1)
    y = y / largest  # so that squares do not overflow
    distance = np.abs(y - np.average(y, weights=sample_weight))
    squares = (distance - np.average(distance, weights=sample_weight)) ** 2
    variance = np.average(squares, weights=sample_weight) * n / (n - 1)
    return np.array([largest * 3 * np.sqrt(variance * np.log(n) / n)])
