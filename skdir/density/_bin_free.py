"""The density of targets without bins: a kernel density estimate on a fine grid."""

from dataclasses import dataclass

import numpy as np

from skdir.density._bandwidth import FIRST_LEVEL, RULE_LEVEL, bandwidth_of_histogram
from skdir.density._curves import (
    CELLS_PER_BANDWIDTH,
    GridCurve,
    KnotCurve,
    density_curve,
    grid_level,
)
from skdir.density._estimate import DensityEstimate
from skdir.density._histogram import RESOLUTION, FineHistogram, check_range
from skdir.density._line import ShortenedLine
from skdir.utils._targets.blocks import BLOCK
from skdir.utils._targets.kernels import REACH
from skdir.utils._targets.order_statistics import weighted_quantile
from skdir.utils._targets.weights import Tally
from skdir.utils._validation import parameter_error

# The finest histogram over the whole range, 1,048,576 cells; beyond it, empty stretches are
# shortened. Targets in batches are counted this finely, since their bandwidth comes later.
_MAX_LEVEL = RULE_LEVEL
# The finest with empty stretches shortened.
_LAST_LEVEL = 24
# Rules that read quartiles, and take the standard deviation where those are equal.
_BY_QUARTILES = ("silverman", "scott")
# A bandwidth that is less of the range is not much wider than the distance of two floats.
_NARROWEST = 2.0**-46


@dataclass(frozen=True, eq=False)
class BinFreeDensity(DensityEstimate):
    """A fine histogram of targets and the density curve through it.

    Its edges and counts sum up the histogram in cells of half to one bandwidth.

    Parameters
    ----------
    histogram : FineHistogram
        Counts of rows, on the line where empty stretches are shortened.

    seen : tuple of (float, float)
        The lowest and the highest target.

    line : ShortenedLine or None
        The line where empty stretches are shortened.

    curve : GridCurve or KnotCurve
        The density in units of the histogram's range.

    ends : tuple of (float, float)
        The targets between which the density is not zero by definition.

    cell : float
        Width of the widest cells in which targets were ever counted, 0 where each had its own.
    """

    histogram: FineHistogram
    seen: tuple
    line: ShortenedLine | None
    curve: GridCurve | KnotCurve
    ends: tuple
    cell: float

    # Of a curve at its top, see CELLS_PER_BANDWIDTH.
    accuracy = 1e-4

    @property
    def width(self):
        """Width of the range that densities are relative to."""
        return self.histogram.high - self.histogram.low

    def _relative(self, y):
        out = np.empty(len(y))
        low, high = self.ends
        any_outside = len(y) > 0 and (y.min() < low or y.max() > high)
        for start in range(0, len(y), BLOCK):
            target, part = y[start : start + BLOCK], out[start : start + BLOCK]
            with np.errstate(over="ignore"):  # of targets far outside
                position = target - self.histogram.low if self.line is None else self.line(target)
                position *= 1.0 / self.width
                self.curve(position, part)
            if any_outside:
                part[(target < low) | (target > high)] = 0.0
        return out

    def points(self):
        """Return a target for each cell that holds any, and their masses."""
        centroid, mass = self.histogram.points()
        position = self.histogram.low + centroid * self.width
        targets = position if self.line is None else self.line.targets(position)
        return np.clip(targets, *self.seen), mass

    def _with_rows(self, y, sample_weight, settings, caller):
        return estimate_batch(self, settings, y, sample_weight, caller)

    def _merged(self, other, caller):
        return merge_estimates(self, other, caller)


def estimate_at_once(settings, y, sample_weight, caller):
    """Estimate the density of all targets at once, as finely as the bandwidth asks."""
    tally = Tally.of(sample_weight, len(y))
    rows = tally.in_rows(sample_weight)
    seen, line = (y.min(), y.max()), None
    low, high = _support(settings, *seen, caller)
    level = FIRST_LEVEL
    while True:
        histogram = FineHistogram.from_targets(y, rows, level, low, high)
        bandwidth = _choose_bandwidth(settings, histogram, caller, y, rows)
        needed = RULE_LEVEL
        if bandwidth is not None:
            needed = grid_level(settings.kernel, _ratio(bandwidth, high - low))
        if needed <= level:
            break
        if needed > _MAX_LEVEL:
            line = ShortenedLine.through(y, REACH[settings.kernel] * bandwidth)
            histogram = _without_gaps(settings, y, rows, line, bandwidth, caller)
            break
        level = needed
    return _draw(settings, histogram, tally, seen, line, bandwidth, _cell(histogram, tally, seen))


def estimate_batch(before, settings, y, sample_weight, caller):
    """Estimate the density of a batch and of all before, on cells fine enough for most bandwidths.

    `before` may be None, for the first batch.
    """
    tally = Tally.of(sample_weight, len(y))
    before = [] if before is None else [before]
    all_rows = before[0].tally + tally if before else tally
    # the batch's own number of rows, in the weights of all
    rows = Tally(tally.n_rows, all_rows.unit, all_rows.whole).in_rows(sample_weight)
    remedy = "that come in batches (use 'fit', or give 'bins')"
    return _of_parts(settings, before, [(y, rows)], all_rows, remedy, caller)


def merge_estimates(first, second, caller):
    """Return the estimate of the rows of two estimates, which must be fine enough for it."""
    kernel, all_rows = first.settings.kernel, first.tally + second.tally
    remedy = "in estimates that are merged (estimate all at once, or give 'bins')"
    merged = _of_parts(first.settings, [first, second], [], all_rows, remedy, caller, "other")
    # cells twice as wide as those of a grid lose, at most, what binning to the grid itself does
    least = 0.5 * merged.cell * CELLS_PER_BANDWIDTH[kernel]
    if merged.bandwidth < least:
        raise parameter_error(
            "bandwidth",
            caller,
            f"at least {least:g} for targets in cells as wide as {merged.cell:g} (estimate both "
            "with in_batches=True)",
            f"{merged.bandwidth:g}",
        )
    return merged


def _of_parts(settings, estimates, batches, all_rows, remedy, caller, name="y"):
    """Return the estimate of the rows of estimates and of batches: targets and numbers of rows.

    A bandwidth that is too narrow is refused with a remedy, and a range beyond float64 in the name
    of the parameter that widens it.
    """
    seen = [estimate.seen for estimate in estimates] + [(y.min(), y.max()) for y, _ in batches]
    seen = (min(low for low, _ in seen), max(high for _, high in seen))
    low, high = _support(settings, *seen, caller, name)
    histograms = [FineHistogram.from_targets(*batch, _MAX_LEVEL, low, high) for batch in batches]
    histograms += [_recounted(estimate, low, high, all_rows) for estimate in estimates]
    histogram = sum(histograms[1:], start=histograms[0])
    bandwidth, got = _choose_bandwidth(settings, histogram, caller), None
    if grid_level(settings.kernel, _ratio(bandwidth, high - low)) > _MAX_LEVEL:
        got = f"{bandwidth:g}"
    elif settings.bandwidth in _BY_QUARTILES:
        parts = batches + [estimate.points() for estimate in estimates]
        if any(_quartiles_in_one_cell(*part, histogram) for part in parts):
            got = f"{settings.bandwidth!r}, which is less"
    if got is not None:
        # of the range, a little more, so that the number of six digits suffices, too
        least = 1.001 * CELLS_PER_BANDWIDTH[settings.kernel] / 2**_MAX_LEVEL
        raise parameter_error(
            "bandwidth",
            caller,
            f"at least {(high - low) * least:g} for targets from {seen[0]:g} to {seen[1]:g} "
            f"{remedy}",
            got,
        )
    cell = max([_cell(histogram, all_rows, seen)] + [estimate.cell for estimate in estimates])
    return _draw(settings, histogram, all_rows, seen, None, bandwidth, cell)


def _recounted(estimate, low, high, all_rows):
    """Return the histogram of an estimate on the finest cells of a range, in rows of a tally."""
    histogram = estimate.histogram
    cells = (histogram.low, histogram.high, histogram.level)
    if cells != (low, high, _MAX_LEVEL) or estimate.line is not None:
        histogram = FineHistogram.from_targets(*estimate.points(), _MAX_LEVEL, low, high)
    return histogram.times(estimate.tally.unit / all_rows.unit)


def _cell(histogram, tally, seen):
    """Return the width of a histogram's cells, 0 if all targets in a cell are the same."""
    if seen[0] == seen[1] or np.count_nonzero(histogram.mass) == tally.n_rows:
        return 0.0
    return (histogram.high - histogram.low) / len(histogram.mass)


def _quartiles_in_one_cell(y, mass, histogram):
    """Tell whether quartiles that differ look like those of equal targets in a histogram.

    The rules would then take the standard deviation instead, far wider beside a far target.
    """
    low, high = weighted_quantile(y, [0.25, 0.75], mass)
    width = histogram.high - histogram.low
    if not RESOLUTION * width < high - low < width / len(histogram.mass):
        return False
    return np.ptp(histogram.quantiles([0.25, 0.75], histogram.level)) == 0


def _support(settings, low, high, caller, name="y"):
    """Return the range of the histogram: that of the targets, or around the only one."""
    if low == high:  # as numpy.histogram does, but for a kernel that is much narrower
        half = max(0.5, abs(low) * 2.0**-20)
        if not isinstance(settings.bandwidth, str):
            half = max(min(half, 1000.0 * settings.bandwidth), abs(low) * 2.0**-40)
        low, high = low - half, high + half
    check_range(low, high, caller=caller, name=name)
    return low, high


def _choose_bandwidth(settings, histogram, caller, y=None, rows=None):
    """Return the bandwidth in units of y, None if the rule needs a finer histogram."""
    rule, width = settings.bandwidth, histogram.high - histogram.low
    if isinstance(rule, str) and np.count_nonzero(histogram.mass) > 1:
        relative = bandwidth_of_histogram(rule, histogram, caller=caller, y=y, sample_weight=rows)
        return None if relative is None else float(relative * width)
    # a constant has no spread to go by
    bandwidth = float(width if isinstance(rule, str) else rule)
    if settings.boundary != "reflect" and bandwidth / 1e4 > width:
        raise parameter_error(
            "bandwidth",
            caller,
            f"at most 10,000 times the range of y ({width:g}) with boundary={settings.boundary!r}",
            f"{bandwidth:g}",
        )
    return bandwidth


def _without_gaps(settings, y, rows, line, bandwidth, caller):
    """Count targets of a range that dwarfs the bandwidth (one income of a billion).

    Stretches without targets that are wider than the kernel reaches from both ends carry no
    density: the grid lies on what is left.
    """
    low, high, width = line.first[0], line.last[-1], line.length
    hopeless = bandwidth < _NARROWEST * (high - low) or len(line.first) == 1
    if hopeless or (level := grid_level(settings.kernel, bandwidth / width)) > _LAST_LEVEL:
        raise parameter_error(
            "bandwidth",
            caller,
            f"wider for {len(y)} targets from {low:g} to {high:g}",
            f"{bandwidth:g}",
        )
    position = np.clip(line(y), 0.0, width)
    return FineHistogram.from_targets(position, rows, level, 0.0, width)


def _draw(settings, histogram, tally, seen, line, bandwidth, cell):
    """Draw the curve, and sum it up in cells of half to one bandwidth."""
    low, width = histogram.low, histogram.high - histogram.low
    relative = _ratio(bandwidth, width)
    curve = density_curve(histogram, settings.kernel, relative, settings.boundary)
    level = min(histogram.level, max(0, int(np.ceil(-np.log2(relative)))))
    cells = np.linspace(0.0, 1.0, 2**level + 1)
    counts = histogram.coarsen(level).mass
    edges = low + width * cells if line is None else line.targets(width * cells)
    first, last = (low, histogram.high) if line is None else seen
    edges[0], edges[-1] = first, last
    with np.errstate(over="ignore"):
        beyond = [abs(end) * width for end in curve.beyond()]
        ends = (first - beyond[0], last + beyond[1])
    return BinFreeDensity(
        settings=settings,
        tally=tally,
        bandwidth=bandwidth,
        edges=edges,
        counts=counts,
        effective_counts=_integrate(curve, cells) * counts.sum(),
        histogram=histogram,
        seen=seen,
        line=line,
        curve=curve,
        ends=ends,
        cell=cell,
    )


def _ratio(bandwidth, width):
    """Return the bandwidth in units of the range, at most what float64 holds."""
    with np.errstate(over="ignore"):
        return min(bandwidth / width, np.finfo(np.float64).max)


def _integrate(curve, ends):
    """Integrate a piecewise linear curve between ends."""
    position, values = curve.knots()
    if not isinstance(curve, GridCurve):  # a grid of powers of two has all ends among its nodes
        position = np.concatenate([position, ends])
        order = np.argsort(position, kind="stable")
        values = np.concatenate([values, np.interp(ends, *curve.knots())])[order]
        position = position[order]
    area = np.append(0.0, np.cumsum(0.5 * (values[1:] + values[:-1]) * np.diff(position)))
    return np.diff(np.interp(ends, position, area))
