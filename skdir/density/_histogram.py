"""A mergeable fine histogram that keeps the centroid of each cell."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._estimators.frozen import OwnArrays
from skdir.utils._targets.blocks import BLOCK
from skdir.utils._targets.order_statistics import quantile_index, weighted_quantile
from skdir.utils._targets.ranges import is_resolved_range
from skdir.utils._validation import parameter_error

# Quartiles are read at the first of these levels at which their distance is at least so much of
# the range, whatever the histogram's own level, so that targets at once and in batches give the
# same bandwidth.
QUANTILE_LEVELS = ((15, 2.0**-7), (20, 2.0**-12))

# Targets closer than this part of the range are tied: float64 cannot place them much better.
RESOLUTION = 2.0**-40


def check_range(low, high, *, caller, name="y"):
    """Refuse a range so wide, or so narrow, that its cells and their densities overflow."""
    if not is_resolved_range(low, high):
        raise parameter_error(
            name, caller, "of a range that float64 holds (rescale y)", f"{low} .. {high}"
        )


@dataclass(frozen=True, eq=False)
class FineHistogram(OwnArrays):
    """Mass and first moment of targets in ``2**level`` equal cells over their range.

    Positions are in units of the range, from 0 at `low` to 1 at `high`. A cell that holds one
    distinct target is exact, since its centroid is that target; in a fuller cell the error is of
    second order in its width. Histograms of one range add up and coarsen without any loss.
    """

    low: float
    high: float
    level: int
    mass: np.ndarray
    moment: np.ndarray

    @classmethod
    def from_targets(cls, y, sample_weight, level, low, high):
        """Count targets between `low` and `high`, in chunks that stay in the cache."""
        n_cells = 1 << level
        scale = n_cells / (high - low)
        mass = np.zeros(n_cells + 1)
        moment = np.zeros(n_cells + 1)
        size = min(len(y), BLOCK)
        buffer, cells = np.empty(size), np.empty(size, dtype=np.intp)
        ones = np.ones(size)
        for start in range(0, len(y), size):
            chunk = slice(start, start + size)
            position = np.subtract(y[chunk], low, out=buffer[: len(y) - start])
            position *= scale
            cell = cells[: len(position)]
            np.copyto(cell, position, casting="unsafe")
            weight = ones[: len(cell)]
            if sample_weight is not None:
                weight = sample_weight[chunk]
                position *= weight
            np.add.at(mass, cell, weight)
            np.add.at(moment, cell, position)
        # within each cell, once for all its targets instead of once for each
        moment -= mass * np.arange(n_cells + 1)
        # the highest target lies at the far end of the last cell, not in a cell of its own
        mass[-2] += mass[-1]
        moment[-2] += mass[-1] + moment[-1]
        return cls(low, high, level, mass[:-1], moment[:-1])

    @property
    def total(self):
        """Mass of all targets."""
        return self.mass.sum()

    def points(self):
        """Return the occupied cells as weighted points: centroids (0 to 1) and masses."""
        occupied = np.flatnonzero(self.mass)
        mass = self.mass[occupied]
        centroid = (occupied + self.moment[occupied] / mass) / len(self.mass)
        return centroid, mass

    def nodes(self):
        """Return the mass at the ``2**level + 1`` cell ends: linear binning."""
        masses = np.zeros(len(self.mass) + 1)
        masses[:-1] = self.mass
        masses[:-1] -= self.moment
        masses[1:] += self.moment
        return masses

    def coarsen(self, level):
        """Return the same targets in fewer cells (`level` at most this one's)."""
        mass, moment = self.mass, self.moment
        for _ in range(self.level - level):
            moment = 0.5 * (moment[0::2] + moment[1::2] + mass[1::2])
            mass = mass[0::2] + mass[1::2]
        return FineHistogram(self.low, self.high, level, mass, moment)

    def times(self, factor):
        """Return the histogram with all masses multiplied."""
        if factor == 1:
            return self
        return FineHistogram(
            self.low, self.high, self.level, self.mass * factor, self.moment * factor
        )

    def __add__(self, other):
        """Merge two histograms of the same cells."""
        return FineHistogram(
            self.low, self.high, self.level, self.mass + other.mass, self.moment + other.moment
        )

    def quantiles(self, probabilities, level):
        """Return order statistics, read as the centroids of their cells at a level."""
        coarse = self.coarsen(level)
        cell = quantile_index(np.cumsum(coarse.mass), probabilities)
        return (cell + coarse.moment[cell] / coarse.mass[cell]) / len(coarse.mass)


def iqr_and_sd(histogram, y=None, sample_weight=None):
    """Return interquartile range and standard deviation, in units of the range.

    Quartiles are order statistics (no interpolation), so that a row of weight 2 counts as two,
    read to ``2**-15`` of the range; where that is coarse for them, to ``2**-20``; where that is
    coarse too, exactly from the targets, if those are given. None where they are not fine enough.
    """
    centroid, mass = histogram.points()
    mean = np.average(centroid, weights=mass)
    sd = np.sqrt(np.average((centroid - mean) ** 2, weights=mass))
    for level, enough in QUANTILE_LEVELS:
        if histogram.level < level:
            return None, sd
        iqr = np.ptp(histogram.quantiles([0.25, 0.75], level))
        if iqr >= enough:
            return iqr, sd
    if y is not None:
        quartiles = weighted_quantile(y, [0.25, 0.75], sample_weight)
        iqr = (quartiles[1] - quartiles[0]) / (histogram.high - histogram.low)
        if iqr < RESOLUTION:
            iqr = 0.0
    return iqr, sd
