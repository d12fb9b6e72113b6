"""Where a relevance is drawn, and where its bumps begin and end."""

import numpy as np

from skdir.utils._drawing.axes import middle_reach

# Points of the curve along each of the grids that it is drawn on.
_POINTS = 1000
# Halvings of the interval between two bumps: float64 has 52 bits.
_HALVINGS = 52


def bump_edges(bumps, evaluate, threshold):
    """Return where bumps begin and end: between them where relevance crosses the threshold."""
    low = np.array([bump.high for bump in bumps[:-1]])
    high = np.array([bump.low for bump in bumps[1:]])
    rare = np.array([bump.rare for bump in bumps[:-1]], dtype=bool)
    for _ in range(_HALVINGS if len(low) else 0):
        middle = low / 2 + high / 2
        as_before = (evaluate(middle) >= threshold) == rare
        low, high = np.where(as_before, middle, low), np.where(as_before, high, middle)
    return np.concatenate([[bumps[0].low], low / 2 + high / 2, [bumps[-1].high]])


def curve_grid(y, edges, control_points):
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
