"""Order statistics of weighted targets, where a row of weight 2 counts as two rows."""

import numpy as np

from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import drop_unweighted

# Sums of the same weights in another order differ in their last digits. Shares are taken a hair
# smaller, so that they find the same row all the same.
_HAIR = 1 - 1e-12


def quantile_index(mass, share):
    """Return the first position at which cumulative masses reach a share, or shares, of the whole.

    That is what `numpy.quantile` with ``method="inverted_cdf"`` takes: an order statistic, no mean
    of two, so that a row of weight 2 counts as two rows.
    """
    return np.searchsorted(mass, np.asarray(share) * _HAIR * mass[-1])


def weighted_quantile(y, share, sample_weight=None):
    """Return the smallest of valid targets with at least a share, or shares, of the rows up to it.

    As `numpy.quantile` with ``method="inverted_cdf"`` over the rows, each as often as it weighs.
    """
    return SortedTargets(y, sample_weight).quantile_from_below(share)


class SortedTargets:
    """Sorted targets that look up order statistics, hinges and quantiles.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Valid targets.

    sample_weight : ndarray of shape (n_samples,) or None
        Valid weights.

    Notes
    -----
    Median and hinges depend on the number of rows, not only on shares of them (the lower half of
    seven rows holds the middle one). So whole weights count rows, and other weights are scaled to
    mean 1 over the rows of positive weight; equal ones then change nothing.
    """

    def __init__(self, y, sample_weight=None):
        sample_weight, y = drop_unweighted(sample_weight, y)
        sample_weight = counting_weights(sample_weight)
        if sample_weight is None:
            self.y, self.weight, self.mass = np.sort(y), None, None
            self.size = float(len(y))
        else:
            order = np.argsort(y, kind="stable")
            self.y, self.weight = y[order], sample_weight[order]
            self.mass = np.cumsum(self.weight)
            self.size = self.mass[-1]

    @property
    def low(self):
        """Smallest target."""
        return self.y[0]

    @property
    def high(self):
        """Largest target."""
        return self.y[-1]

    def at(self, position):
        """Return the target at a 1-based position; at a half one the mean of two."""
        below, above = np.floor(position), np.ceil(position)
        if self.mass is None:
            return _midpoint(self.y[int(below) - 1], self.y[int(above) - 1])
        # Row p covers the mass from p - 1 to p: its middle is the same from either end.
        found = np.searchsorted(self.mass, np.array([below, above]) - 0.5)
        return _midpoint(*self.y[np.minimum(found, len(self.y) - 1)])

    def median(self):
        """Return the middle target, or the mean of the two in the middle."""
        return self.at((np.round(self.size) + 1) / 2)

    def hinges(self):
        """Return Tukey's hinges: the medians of the lower and upper half, with the middle row."""
        size = np.round(self.size)
        depth = np.floor((size + 3) / 2) / 2
        return self.at(depth), self.at(size + 1 - depth)

    def share_below(self, value):
        """Return the share of the rows below a value."""
        index = np.searchsorted(self.y, value)
        below = index if self.mass is None else self.mass[index - 1] if index else 0.0
        return below / self.size

    def share_equal(self, value):
        """Return the share of the rows equal to a value."""
        return self.share_below(np.nextafter(value, np.inf)) - self.share_below(value)

    def at_least(self, value):
        """Return the smallest target from a value on, which is at most the largest target."""
        return self.y[np.searchsorted(self.y, value)]

    def at_most(self, value):
        """Return the largest target up to a value, which is at least the smallest target."""
        return self.y[np.searchsorted(self.y, value, side="right") - 1]

    def next_below(self, value):
        """Return the largest target below a value, None if there is none."""
        index = np.searchsorted(self.y, value)
        return self.y[index - 1] if index else None

    def next_above(self, value):
        """Return the smallest target above a value, None if there is none."""
        index = np.searchsorted(self.y, value, side="right")
        return self.y[index] if index < len(self.y) else None

    def quantile_from_below(self, share):
        """Return the smallest target with at least a share of the rows up to it."""
        mass = np.arange(1, len(self.y) + 1) if self.mass is None else self.mass
        return self.y[quantile_index(mass, share)]

    def quantile_from_above(self, share):
        """Return the largest target with at least a share of the rows from it on."""
        ones = np.ones(len(self.y)) if self.weight is None else self.weight
        return self.y[::-1][quantile_index(np.cumsum(ones[::-1]), share)]

    def distinct(self):
        """Return the distinct targets, ascending, and how many rows each stands for."""
        first = np.flatnonzero(np.concatenate([[True], self.y[1:] != self.y[:-1]]))
        if self.mass is None:
            return self.y[first], np.diff(first, append=len(self.y)).astype(np.float64)
        return self.y[first], np.add.reduceat(self.weight, first)


def _midpoint(first, second):
    """Return the mean of two numbers, which cannot overflow."""
    return first if first == second else first / 2 + second / 2
