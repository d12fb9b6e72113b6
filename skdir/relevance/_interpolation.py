"""Control points of a relevance and the monotone cubic through them."""

import numpy as np

from skdir.utils._targets.blocks import BLOCK
from skdir.utils._validation import check_target, parameter_error, plain_array


def interpolate_relevance(y, control_points):
    r"""Evaluate the monotone piecewise cubic through control points.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets.

    control_points : array-like of shape (n_points, 2) or (n_points, 3)
        Rows (y, relevance) or (y, relevance, slope), in any order: distinct targets, relevances in
        [0, 1], slopes per unit of y. With two columns the slope is 0 at both ends and the mean of
        the neighboring secants between.

    Returns
    -------
    relevance : ndarray of shape (n_samples,)
        Relevance in [0, 1]; outside of the control points that of the nearest one.

    Raises
    ------
    ValueError
        If `y` is not a 1-d array of finite numbers, or the control points are not of this form.

    See Also
    --------
    RelevanceFunction : Control points from a box plot, and relevance in general.

    Notes
    -----
    Between neighbors :math:`(y_k, \varphi_k, m_k)` at distance h, with u the share of the
    distance, this is the cubic with these values and slopes,

    .. math::
        \varphi = \varphi_k + u m_k h + u^2 (3 \Delta - 2 m_k h - m_{k+1} h)
        + u^3 (m_k h + m_{k+1} h - 2 \Delta), \quad \Delta = \varphi_{k+1} - \varphi_k.

    Slopes that would make it turn between two control points are limited, as by Fritsch and
    Carlson: with :math:`\alpha = m_k h/\Delta` and :math:`\beta = m_{k+1} h/\Delta` outside of the
    region where the cubic is monotone, both are multiplied by
    :math:`3/\sqrt{\alpha^2 + \beta^2}`. With slopes 0 the cubic is :math:`3u^2 - 2u^3`.

    Three things differ from the implementation in the R package UBL, which leaves [0, 1]: a slope
    that points the wrong way is set to 0 (there its sign is flipped); limiting is repeated until
    all intervals are monotone (there one pass, after which a changed slope can spoil the interval
    before); and the relevance is constant outside of the control points (there it goes on as a
    straight line). The cost is O(n log n_points).

    References
    ----------
    Fritsch, F. N. and Carlson, R. E. (1980). Monotone piecewise cubic interpolation. SIAM Journal
    on Numerical Analysis 17(2), 238-246. :doi:`10.1137/0717021`

    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> from skdir.relevance import interpolate_relevance
    >>> interpolate_relevance([0, 5, 7.5, 10, 99], [[5, 0], [10, 1]])
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    y = check_target(y, caller="interpolate_relevance", min_samples=0)
    points = check_control_points(control_points, caller="interpolate_relevance")
    return evaluate_cubic(y, points)


def check_control_points(control_points, *, caller):
    """Return control points (y, relevance, slope), sorted, with slopes that keep phi monotone."""
    accepted = "an array of shape (n_points, 2) or (n_points, 3) with at least two points"

    def refuse(accepted, got):
        return parameter_error("control_points", caller, accepted, got)

    points = plain_array(control_points, caller=caller, name="control_points", accepted=accepted)
    if points.ndim != 2 or points.shape[0] < 2 or points.shape[1] not in (2, 3):
        raise refuse(accepted, f"an array of shape {points.shape}")
    numbers = check_target(points.ravel(), caller=caller, name="control_points")
    points = numbers.reshape(points.shape)
    points = points[np.argsort(points[:, 0], kind="stable")]
    if points[:, 1].min() < 0 or points[:, 1].max() > 1:
        outside = points[(points[:, 1] < 0) | (points[:, 1] > 1), 1]
        raise refuse("points with a relevance in [0, 1]", f"a relevance of {outside[0]:g}")
    repeated = np.flatnonzero(points[1:, 0] == points[:-1, 0])
    if len(repeated):
        raise refuse("points with distinct targets", f"{points[repeated[0], 0]:g} twice")
    with np.errstate(over="ignore"):
        distance = np.diff(points[:, 0])
        secant = np.diff(points[:, 1]) / distance
    if not (np.isfinite(distance).all() and np.isfinite(secant).all()):
        raise refuse(
            "points with distances and slopes that float64 can hold",
            f"targets from {points[0, 0]:g} to {points[-1, 0]:g}",
        )
    slope = points[:, 2].copy() if points.shape[1] == 3 else estimate_slopes(secant)
    return np.column_stack([points[:, :2], limit_slopes(slope, secant)])


def estimate_slopes(secant):
    """Return the slopes of control points given without: 0 at the ends, mean secants between."""
    slope = np.zeros(len(secant) + 1)
    slope[1:-1] = (secant[1:] + secant[:-1]) / 2
    return slope


def limit_slopes(slope, secant):
    """Limit slopes in place, from left to right, so that no interval turns; return them."""
    for k, rise in enumerate(secant):
        for end in (k, k + 1):
            if slope[end] * np.sign(rise) < 0:
                slope[end] = 0
    changed = True
    # An interval that was limited once has slopes of at most three secants, where every smaller
    # slope is monotone too: so there are at most as many passes as intervals, and one more.
    while changed:
        changed = False
        for k, rise in enumerate(secant):
            a, b = (slope[k : k + 2] / rise) if rise != 0 else (0.0, 0.0)
            first, second = 2 * a + b - 3, a + 2 * b - 3
            if rise == 0 and (slope[k] != 0 or slope[k + 1] != 0):
                slope[k : k + 2] = 0
                changed = True
            elif first > 0 and second > 0 and a * (first + second) < first**2:
                slope[k : k + 2] *= 3 / np.hypot(a, b)
                changed = True
    return slope


def evaluate_cubic(y, points):
    """Evaluate the cubic through checked control points, constant outside of them."""
    target, relevance, slope = points.T
    width, rise = np.diff(target), np.diff(relevance)
    left, right = slope[:-1] * width, slope[1:] * width
    # relevance + u * (left + u * (square + u * cube)), u in [0, 1] within the interval
    square, cube = 3 * rise - 2 * left - right, left + right - 2 * rise
    inner, lowest, highest = target[1:-1], relevance.min(), relevance.max()
    out = np.empty(len(y))
    for start in range(0, len(y), BLOCK):
        block = np.clip(y[start : start + BLOCK], target[0], target[-1])
        index = np.searchsorted(inner, block, side="right")
        block -= target[index]
        block /= width[index]
        value = cube[index] * block
        for coefficient in (square, left):
            value += coefficient[index]
            value *= block
        value += relevance[index]
        # rounding can leave the range of the control points by an ulp
        np.clip(value, lowest, highest, out=out[start : start + BLOCK])
    return out
