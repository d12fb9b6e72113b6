"""Control points from the box plot of a target and from its quantiles."""

import numpy as np

from skdir.relevance._medcouple import medcouple


class DegenerateTargetError(Exception):
    """A rule finds no relevant extremes; says why, and what may help."""

    def __init__(self, cause, *remedies):
        super().__init__(cause)
        self.cause = cause
        self.remedies = remedies


def boxplot_points(targets, *, extremes, coef, boxplot):
    """Return control points (y, relevance, slope) from the box plot.

    Relevance is 1 at the most extreme targets within the fences (Tukey) or at the fences
    (adjusted), and 0 at the median.

    Parameters
    ----------
    targets : SortedTargets
        Training targets, not all equal.

    extremes : {"both", "high", "low"}
        The sides that matter.

    coef : float
        Distance of the fences from the hinges, in interquartile ranges.

    boxplot : {"tukey", "adjusted"}
        Tukey's, or adjusted to skewness by the medcouple.

    Returns
    -------
    points : ndarray of shape (n_points, 3)
        Control points in ascending order.

    Raises
    ------
    DegenerateTargetError
        If no target would be relevant.
    """
    lower, upper = targets.hinges()
    median = targets.median()
    iqr = upper - lower
    if iqr == 0:
        raise DegenerateTargetError(
            "targets with an interquartile range of 0" + _ties(targets, median)
        )
    with np.errstate(over="ignore"):
        below, above = _fence_distances(targets, coef, boxplot)
        fences = {"low": lower - below * iqr, "high": upper + above * iqr}
    if not np.isfinite([*fences.values()]).all():
        raise DegenerateTargetError("targets without finite fences", "a smaller coef")
    if boxplot == "tukey":
        peaks = {
            "low": targets.at_least(fences["low"]) if targets.low < fences["low"] else None,
            "high": targets.at_most(fences["high"]) if targets.high > fences["high"] else None,
        }
    else:
        peaks = fences
    wanted = _wanted(extremes)
    peaks = {side: peaks[side] if side in wanted else None for side in fences}
    for side, peak in peaks.items():
        if peak is not None and not (peak < median if side == "low" else peak > median):
            other = "high" if side == "low" else "low"
            remedies = [f"extremes={other!r}"] if extremes == "both" else []
            raise DegenerateTargetError(
                f"targets whose {side} whisker is the median" + _ties(targets, median), *remedies
            )
    if all(peak is None for peak in peaks.values()):
        sides = {"both": "either side", "low": "the low side", "high": "the high side"}[extremes]
        raise DegenerateTargetError(
            f"targets from {targets.low:g} to {targets.high:g} with no outliers by the box plot on "
            f"{sides} (fences {fences['low']:.6g} and {fences['high']:.6g})"
            + _ties(targets, median),
            "a smaller coef",
        )
    return _points(targets, median, peaks["low"], peaks["high"])


def quantile_points(targets, *, extremes, quantiles):
    """Return control points with relevance 1 at two quantiles and 0 at the median.

    Where ties make a quantile equal to the median, or beyond, the next target on its side takes
    its place. The parameters are those of `boxplot_points`, with two quantiles.
    """
    median = targets.median()
    low = high = None
    if extremes != "high":
        low = targets.quantile_from_below(quantiles[0])
        low = low if low < median else targets.next_below(median)
    if extremes != "low":
        high = targets.quantile_from_above(1 - quantiles[1])
        high = high if high > median else targets.next_above(median)
    if low is None and high is None:
        raise DegenerateTargetError(
            f"no targets {'above' if extremes == 'high' else 'below'} the median"
            + _ties(targets, median),
            "extremes='both'",
        )
    return _points(targets, median, low, high)


def _wanted(extremes):
    """Return the sides that matter."""
    return ("low", "high") if extremes == "both" else (extremes,)


def _fence_distances(targets, coef, boxplot):
    """Return the distances of the fences from the hinges, in interquartile ranges."""
    if boxplot == "tukey":
        return coef, coef
    skewness = medcouple(targets)
    near, far = (-4, 3) if skewness >= 0 else (-3, 4)
    return coef * np.exp(near * skewness), coef * np.exp(far * skewness)


def _points(targets, median, low, high):
    """Return control points with relevance 1 at the peaks, 0 at the median and missing peaks."""
    points = [(median, 0.0, 0.0)]
    if low is not None:
        points.insert(0, (low, 1.0, 0.0))
    elif targets.low < median:
        points.insert(0, (targets.low, 0.0, 0.0))
    if high is not None:
        points.append((high, 1.0, 0.0))
    elif targets.high > median:
        points.append((targets.high, 0.0, 0.0))
    return np.array(points)


def _ties(targets, value):
    """Describe how many targets equal a value, if at least half do."""
    share = targets.share_equal(value)
    return f", {share:.1%} of them {value:g}" if share >= 0.5 else ""
