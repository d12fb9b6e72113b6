"""What a picture of a relevance shows: its values along a grid, and where its bumps begin."""

import numpy as np

from skdir.relevance import check_relevance, find_bumps, relevance_values
from skdir.utils._drawing.axes import middle_reach
from skdir.utils._drawing.inputs import check_name, check_targets
from skdir.utils._estimators.relevance import check_threshold, is_rare, is_relevance_function
from skdir.utils._validation import parameter_error

# Points of the curve along each of the grids that it is drawn on.
_POINTS = 1000
# Halvings of the interval between two bumps: float64 has 52 bits.
_HALVINGS = 52


def curve_values(relevance, y, sample_weight, *, threshold, caller, fit=False):
    """Return the parameters of a RelevanceDisplay; a relevance is fitted on demand."""
    name = check_name(None, y, caller=caller)
    y, sample_weight = check_targets(y, sample_weight, caller=caller)
    if relevance is not None and not is_relevance_function(relevance):
        # what has values at the targets alone has no curve between them
        accepted, got = "a RelevanceFunction or a function of the target", type(relevance).__name__
        raise parameter_error("relevance", caller, accepted, got, error=TypeError)
    if fit:
        relevance, _ = check_relevance(relevance, y, sample_weight, caller=caller)
    threshold = check_threshold(threshold, caller=caller)

    def evaluate(targets):
        return relevance_values(relevance, targets, caller=caller)

    bumps, _ = find_bumps(y, evaluate(y), threshold, caller=caller)
    edges = _bump_edges(bumps, evaluate, threshold)
    points = getattr(relevance, "control_points_", None)
    grid = _curve_grid(y, edges, points)
    return {
        "y": y,
        "grid": grid,
        "relevance": evaluate(grid),
        "bumps": bumps,
        "bump_edges": edges,
        "threshold": threshold,
        "control_points": points,
        "sample_weight": sample_weight,
        "target_name": name,
    }


def _bump_edges(bumps, evaluate, threshold):
    """Return where bumps begin and end: between them where relevance crosses the threshold."""
    low = np.array([bump.high for bump in bumps[:-1]])
    high = np.array([bump.low for bump in bumps[1:]])
    rare = np.array([bump.rare for bump in bumps[:-1]], dtype=bool)
    for _ in range(_HALVINGS if len(low) else 0):
        middle = low / 2 + high / 2
        as_before = is_rare(evaluate(middle), threshold) == rare
        low, high = np.where(as_before, middle, low), np.where(as_before, high, middle)
    return np.concatenate([[bumps[0].low], low / 2 + high / 2, [bumps[-1].high]])


def _curve_grid(y, edges, control_points):
    """Return where the curve is evaluated: fine on an axis of any scale.

    It leaves the range of the targets only for control points, by a quarter of it at the most: a
    function may not be defined elsewhere.
    """
    low, high = y.min(), y.max()
    parts = [edges, np.quantile(y, np.linspace(0, 1, _POINTS))]
    if control_points is not None:
        at, room = control_points[:, 0], high / 4 - low / 4
        parts.append(at[(at >= low - room) & (at <= high + room)])
        low, high = min(low, *parts[-1], low), max(high, *parts[-1], high)
    parts.append(2 * np.linspace(low / 2, high / 2, _POINTS))
    if low > 0:
        parts.append(np.geomspace(low, high, _POINTS))
    elif (reach := middle_reach(y)) > 0:
        ends = np.arcsinh(np.array([low, high]) / reach)
        parts.append(reach * np.sinh(np.linspace(*ends, _POINTS)))
    # rounding may leave the range by an ulp
    return np.unique(np.clip(np.concatenate(parts), low, high))
