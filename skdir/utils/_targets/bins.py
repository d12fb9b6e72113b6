"""Bins of a target: where their edges are, and which bin a target is in.

Where a parameter `bins` may be "auto", that is the rule of `auto_edges`. How many bins it makes at
most depends on what they are for: `MOST_BINS` where rows are weighted, sampled, split or drawn by
them; between `LEAST_IN_TABLE` and `MOST_IN_TABLE` (`table_edges`) where they are read one by one;
`MOST_WITH_ERRORS` where each needs enough test rows for an error.
"""

from dataclasses import dataclass

import numpy as np

from skdir.utils._targets.blocks import BLOCK
from skdir.utils._targets.order_statistics import weighted_quantile
from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import MAX_BINS, check_bins, parameter_error

# Automatic bins: no more in general, no fewer and no more in a table, no more with test errors.
MOST_BINS = 1000
LEAST_IN_TABLE, MOST_IN_TABLE = 10, 50
MOST_WITH_ERRORS = 25

# Shots: a target is in a bin of many, of some, of few or of no training rows.
SHOTS = ("many", "medium", "few", "zero")

# Edges that are equally spaced to the first part of a bin are less than the second, of a bin too,
# from where arithmetic has them.
_EQUAL, _NEAR_EDGE = 1e-6, 1e-5

# Half of a range beyond which a difference, or twice it, may leave float64.
_WIDEST = 2.0**1021
# From here on float64 has no halves, so that bins around integers have no edges.
_NO_HALVES = 2.0**52


@dataclass(frozen=True, eq=False)
class TargetBins:
    """Bins of a target, half-open to the right, the last one closed as in `numpy.histogram`.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Finite, strictly increasing edges.

    closed_last : bool, default=True
        Whether the last edge belongs to the last bin.
    """

    edges: np.ndarray
    closed_last: bool = True

    @classmethod
    def of(cls, bins, y, sample_weight=None, *, caller, cover=True):
        """Resolve a parameter `bins` over valid targets.

        Parameters
        ----------
        bins : int, "auto", "integer" or array-like of shape (n_bins + 1,)
            Number of bins of equal width over the range of `y`; "auto" for those of `auto_edges`;
            "integer" for one bin [k - 0.5, k + 0.5) per whole number k; or edges.

        y : ndarray of shape (n_samples,)
            Valid targets. Rows of zero weight must have been left out, since they must not move
            an edge.

        sample_weight : ndarray of shape (n_samples,) or None, default=None
            Valid weights.

        caller : str
            For the message.

        cover : bool, default=True
            Whether edges that leave out targets are an error.

        Returns
        -------
        target_bins : TargetBins
            Bins with edges of their own, which do not follow a user's array.

        Raises
        ------
        ValueError
            If `bins` is none of the above, or has edges that leave out targets.
        """
        if isinstance(bins, str) and bins == "auto":
            return cls(auto_edges(y, sample_weight))
        if isinstance(bins, str) and bins == "integer":
            return cls(integer_edges(y, caller))
        bins = check_bins(bins, caller=caller)
        if not isinstance(bins, np.ndarray):
            return cls(equal_edges(bins, y, caller=caller))
        target_bins = cls(bins.copy())
        if cover:
            target_bins.check_cover(y, caller=caller)
        return target_bins

    @property
    def n_bins(self):
        """Number of bins."""
        return len(self.edges) - 1

    @property
    def centers(self):
        """Middle of each bin; halves are added so that huge edges do not overflow."""
        return self.edges[:-1] / 2 + self.edges[1:] / 2

    @property
    def widths(self):
        """Width of each bin, all the same where they differ by the rounding of edges alone."""
        with np.errstate(over="ignore", invalid="ignore"):
            widths = np.diff(self.edges)
            equal = np.ptp(widths) <= 4 * np.spacing(np.abs(self.edges[[0, -1]]).max())
        if equal:
            widths[:] = 4 * np.mean(widths / 4)  # their sum may be more than float64 holds
        return widths

    def covers(self, y):
        """Return whether all targets, at least one, lie between the first and the last edge."""
        return self.edges[0] <= y.min() and y.max() <= self.edges[-1]

    def check_cover(self, y, *, caller):
        """Refuse bins that leave out targets."""
        if self.covers(y):
            return
        outside = self._outside(y)
        raise parameter_error(
            "bins",
            caller,
            f"edges that cover all targets of y ({y.min():g} to {y.max():g})",
            f"edges from {self.edges[0]:g} to {self.edges[-1]:g}, which leave out "
            f"{np.count_nonzero(outside)} targets such as {y[outside][0]:g}",
        )

    def index(self, y):
        """Return the bin of each valid target, -1 outside of the bins.

        Bins of equal width cost O(n), others O(n log n_bins).
        """
        edges, covers = self.edges, len(y) == 0 or self.covers(y)
        with np.errstate(over="ignore", divide="ignore"):
            width = (edges[-1] - edges[0]) / self.n_bins
            equal = np.isfinite(width) and np.isfinite(1 / width)
        if equal and _deviation(edges) < _EQUAL * width:
            index = _equal_width_index(y, edges, width, covers)
        else:
            index = np.searchsorted(edges, y, side="right") - 1
            index[y == edges[-1]] = self.n_bins - 1
        if not covers:
            index[self._outside(y)] = -1
        if not self.closed_last:
            index[y == edges[-1]] = -1
        return index

    def sums(self, index, weight=None):
        """Return the sum of weights (the number of rows if None) in each bin."""
        return np.bincount(index, weights=weight, minlength=self.n_bins)

    def _outside(self, y):
        """Return which targets lie outside of the edges."""
        return (y < self.edges[0]) | (y > self.edges[-1])


def _deviation(edges):
    """Return how far edges are from equally spaced ones."""
    return np.abs(edges - np.linspace(edges[0], edges[-1], len(edges))).max()


def _equal_width_index(y, edges, width, covers):
    """Find the bin by arithmetic; only near an edge ask the edge itself."""
    last = len(edges) - 2
    index = np.empty(len(y), dtype=np.intp)
    buffer = np.empty(min(len(y), BLOCK))
    left, right = edges[:-1], np.append(edges[1:-1], np.inf)
    for start in range(0, len(y), BLOCK):
        target = y[start : start + BLOCK]
        bin_ = index[start : start + BLOCK]
        with np.errstate(over="ignore"):  # of targets far outside
            position = np.subtract(target, edges[0], out=buffer[: len(target)])
            position *= 1 / width
        if not covers:
            np.clip(position, 0, last, out=position)
        np.copyto(bin_, position, casting="unsafe")
        position -= bin_
        if position.min() < _NEAR_EDGE or position.max() > 1 - _NEAR_EDGE:
            np.minimum(bin_, last, out=bin_)
            bin_ -= target < left[bin_]
            np.maximum(bin_, 0, out=bin_)
            bin_ += target >= right[bin_]
    return index


def equal_edges(n_bins, y, *, caller):
    """Return the edges of a number of bins of equal width over the range of targets."""
    low, high = y.min(), y.max()
    if low == high:  # as numpy.histogram does
        half = max(0.5, abs(low) * 2.0**-20)
        low, high = low - half, high + half
    # halves, since the range itself may be more than float64 holds
    edges = 2 * np.linspace(low / 2, high / 2, n_bins + 1)
    edges[[0, -1]] = low, high  # the half of a subnormal number is rounded
    if not (edges[1:] > edges[:-1]).all():
        raise parameter_error(
            "bins",
            caller,
            "few enough to tell apart in float64",
            f"{n_bins} bins on {low} .. {high}",
        )
    return edges


def integer_edges(y, caller):
    """Return edges of one bin per integer, [k - 0.5, k + 0.5)."""
    low, high = _nearest_integer(y.min()), _nearest_integer(y.max())
    if max(-low, high) >= _NO_HALVES:
        raise parameter_error(
            "bins",
            caller,
            "something else than 'integer' for targets from 2**52 on, between which there are no "
            "halves in float64",
            f"targets from {low:g} to {high:g}",
        )
    if high - low >= MAX_BINS:
        raise parameter_error(
            "bins",
            caller,
            f"something else than 'integer' for targets that span over {MAX_BINS} integers",
            f"targets from {low:g} to {high:g}",
        )
    return np.arange(low, high + 2) - 0.5


def _nearest_integer(value):
    """Round half up; adding 0.5 first would round the largest float below it up too."""
    return np.floor(value) + (value - np.floor(value) >= 0.5)


def auto_edges(y, sample_weight=None, *, max_bins=MOST_BINS):
    """Return the edges of automatic bins: what ``bins="auto"`` means.

    They are those of the finer of Sturges' and Freedman and Diaconis' rules, with weights that
    count as repeated rows and at most about `max_bins` bins, which hold equally many whole numbers
    each if all targets are whole.
    """
    low, high = y.min(), y.max()
    if low == high:
        return equal_edges(1, y, caller="auto_edges")
    sample_weight = counting_weights(sample_weight)
    if high / 2 - low / 2 > _WIDEST:
        # a difference may be more than float64 holds, and bins that wide hold no whole numbers
        return 4 * auto_edges(y / 4, sample_weight, max_bins=max_bins)
    n = len(y) if sample_weight is None else sample_weight.sum()
    quartile = weighted_quantile(y, [0.25, 0.75], sample_weight)
    width = (high - low) / (np.log2(max(n, 1.0)) + 1)
    narrow = 2 * (quartile[1] - quartile[0]) * max(n, 1.0) ** (-1 / 3)
    if narrow > 0:
        width = min(width, narrow)
    width = max(width, np.finfo(np.float64).smallest_subnormal)
    n_bins = int(min(max_bins, np.ceil((high - low) / width)))
    if high - low < MAX_BINS and max(-low, high) < _NO_HALVES and (np.floor(y) == y).all():
        step = max(1.0, np.round((high - low + 1) / n_bins))
        count = int(np.ceil((high - low + 1) / step))
        return low - 0.5 + step * np.arange(count + 1)
    return equal_edges(min(n_bins, _most_bins(low, high)), y, caller="auto_edges")


def _most_bins(low, high):
    """Return how many bins of a range float64 can tell apart."""
    steps = (high / 2 - low / 2) / np.spacing(max(abs(low), abs(high)))
    return int(np.clip(steps, 1, MAX_BINS))


def table_edges(y, sample_weight=None):
    """Return the edges of automatic bins for a table: 10 to 50, fewer only for whole numbers."""
    edges = auto_edges(y, sample_weight, max_bins=MOST_IN_TABLE)
    if LEAST_IN_TABLE <= len(edges) - 1 <= MOST_IN_TABLE:
        return edges
    with np.errstate(over="ignore"):
        step = edges[1] - edges[0]
    # auto_edges puts the edges of whole targets at halves, a whole number apart
    if step == np.floor(step) and edges[0] - np.floor(edges[0]) == 0.5:
        if len(edges) - 1 > MOST_IN_TABLE:
            step = np.ceil((edges[-1] - edges[0]) / MOST_IN_TABLE)
        else:
            step = max(1.0, np.floor((y.max() - y.min() + 1) / LEAST_IN_TABLE))
        count = int(np.ceil((y.max() - y.min() + 1) / step))
        return edges[0] + step * np.arange(count + 1)
    return equal_edges(min(LEAST_IN_TABLE, _most_bins(y.min(), y.max())), y, caller="table_edges")
