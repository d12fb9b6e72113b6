"""A mergeable fine histogram that keeps the centroid of each cell."""

import numpy as np

from skdir.utils._binning import weighted_quantile

# Rows per pass: large enough that NumPy's overhead vanishes, small enough for the cache.
CHUNK = 1 << 16

# Bandwidth rules read order statistics to this many bits of the range, so that targets and a
# fine histogram of them give the same bandwidth.
QUANTILE_LEVEL = 20


class FineHistogram:
    """Mass and first moment of targets in ``2**level`` equal cells over their range.

    Positions are in units of the range, from 0 at `low` to 1 at `high`. A cell that holds one
    distinct target is exact, since its centroid is that target; in a fuller cell the error is of
    second order in its width. Histograms of one range add up and coarsen without any loss.
    """

    def __init__(self, low, high, level, mass, moment):
        self.low = low
        self.high = high
        self.level = level
        self.mass = mass
        self.moment = moment

    @classmethod
    def from_targets(cls, y, sample_weight, level, low, high):
        """Count targets between `low` and `high`, in chunks that stay in the cache."""
        n_cells = 1 << level
        scale = n_cells / (high - low)
        mass = np.zeros(n_cells + 1)
        moment = np.zeros(n_cells + 1)
        # bincount returns an array of all cells, so a chunk must not be much smaller than that
        size = max(CHUNK, 4 * n_cells)
        for start in range(0, len(y), size):
            chunk = slice(start, start + size)
            position = y[chunk] - low
            position *= scale
            cell = position.astype(np.intp)
            position -= cell
            if sample_weight is None:
                mass += np.bincount(cell, minlength=n_cells + 1)
            else:
                weight = sample_weight[chunk]
                mass += np.bincount(cell, weights=weight, minlength=n_cells + 1)
                position *= weight
            moment += np.bincount(cell, weights=position, minlength=n_cells + 1)
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

    def rebin(self, low, high, level):
        """Return the cells' centroids counted over another range."""
        centroid, mass = self.points()
        y = np.clip(self.low + centroid * (self.high - self.low), low, high)
        return FineHistogram.from_targets(y, mass, level, low, high)

    def __add__(self, other):
        """Merge two histograms of the same cells."""
        return FineHistogram(
            self.low, self.high, self.level, self.mass + other.mass, self.moment + other.moment
        )

    def quantile_cell(self, probability):
        """Return the cell of an order statistic and the mass below that cell."""
        cumulative = np.cumsum(self.mass)
        # a hair less, so that sums that differ in rounding find the same row
        cell = int(np.searchsorted(cumulative, probability * cumulative[-1] * (1 - 1e-12)))
        return cell, cumulative[cell] - self.mass[cell]


def iqr_and_sd(histogram, y=None, sample_weight=None):
    """Return interquartile range and standard deviation, in units of the range.

    Quartiles are order statistics (no interpolation), so that a row of weight 2 counts as two,
    read to ``2**-20`` of the range, and exactly where that would be coarse (a range that dwarfs
    the quartiles). The targets are needed where the histogram is coarser.
    """
    centroid, mass = histogram.points()
    mean = np.average(centroid, weights=mass)
    sd = np.sqrt(np.average((centroid - mean) ** 2, weights=mass))
    low, high = (
        _order_statistic(histogram, probability, y, sample_weight) for probability in (0.25, 0.75)
    )
    if y is not None and high - low < 2.0**-12:
        quartiles = weighted_quantile(y, [0.25, 0.75], sample_weight)
        return (quartiles[1] - quartiles[0]) / (histogram.high - histogram.low), sd
    return high - low, sd


def _order_statistic(histogram, probability, y, sample_weight):
    """Return the order statistic at a probability, rounded to `QUANTILE_LEVEL` bits."""
    cell, below = histogram.quantile_cell(probability)
    extra = QUANTILE_LEVEL - histogram.level
    if extra <= 0:
        return ((cell >> -extra) + 0.5) / (1 << QUANTILE_LEVEL)
    if y is None:
        raise ValueError("A histogram this coarse needs the targets themselves.")
    scale = len(histogram.mass) / (histogram.high - histogram.low)
    rows = _rows_of_cell(y, histogram.low, scale, cell, len(histogram.mass) - 1)
    inside = (y[rows] - histogram.low) * scale - cell
    wanted = probability * histogram.total * (1 - 1e-12) - below
    if sample_weight is None:
        rank = min(max(int(np.ceil(wanted)) - 1, 0), len(inside) - 1)
        value = np.partition(inside, rank)[rank]
    else:
        order = np.argsort(inside, kind="stable")
        cumulative = np.cumsum(sample_weight[rows][order])
        value = inside[order][min(np.searchsorted(cumulative, wanted), len(inside) - 1)]
    fine = min(int(value * (1 << extra)), (1 << extra) - 1)
    return ((cell << extra) + fine + 0.5) / (1 << QUANTILE_LEVEL)


def _rows_of_cell(y, low, scale, cell, last):
    """Find the rows of one cell, with the arithmetic that counted them."""
    found = []
    for start in range(0, len(y), CHUNK):
        position = y[start : start + CHUNK] - low
        position *= scale
        inside = position >= cell
        if cell < last:
            inside &= position < cell + 1
        found.append(np.flatnonzero(inside) + start)
    return np.concatenate(found)
