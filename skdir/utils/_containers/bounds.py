"""Bounds that the values of a target have by nature: its sign, and the unit interval."""

from typing import NamedTuple

import numpy as np


class Bounds(NamedTuple):
    """An interval in which all targets are; an end at which no target is does not belong to it."""

    low: float
    high: float
    has_low: bool
    has_high: bool

    def contains(self, values):
        """Return which values are in the interval."""
        above = values >= self.low if self.has_low else values > self.low
        below = values <= self.high if self.has_high else values < self.high
        return above & below

    def reflect(self, values):
        """Return values with those beyond an end mirrored at it, back and forth between two.

        Clipping would make a pile of targets at the end, in which no two rows differ.
        """
        beyond = ~self.contains(values)
        if not beyond.any():
            return values
        inside = values.copy()
        moved = inside[beyond]
        with np.errstate(invalid="ignore"):  # an infinite value has no mirror image
            inside[beyond] = self._mirrored(moved)
        return inside

    def _mirrored(self, moved):
        if np.isinf(self.high):
            moved = self.low + np.abs(moved - self.low)
        elif np.isinf(self.low):
            moved = self.high - np.abs(moved - self.high)
        else:
            width = self.high - self.low
            moved = (moved - self.low) % (2 * width)
            moved = self.low + np.minimum(moved, 2 * width - moved)
        return moved


def natural_bounds(y, whole):
    """Return the bounds of valid targets: zero for one sign, and one where all are in [0, 1].

    Whole numbers above zero begin at 1, since what is between would be rounded to zero.
    """
    low, high = y.min(), y.max()
    bounds = Bounds(-np.inf, np.inf, False, False)
    if low >= 0:
        bounds = bounds._replace(low=0.0, has_low=bool(low == 0))
        if high <= 1:
            bounds = bounds._replace(high=1.0, has_high=bool(high == 1))
        if whole and low > 0:
            bounds = Bounds(1.0, np.inf, True, False)
    elif high <= 0:
        bounds = bounds._replace(high=0.0, has_high=bool(high == 0))
        if whole and high < 0:
            bounds = Bounds(-np.inf, -1.0, False, True)
    return bounds
