"""The density of targets without bins: a kernel density estimate on a fine grid."""

import numpy as np

from skdir.density._bandwidth import FIRST_LEVEL, RULE_LEVEL, bandwidth_of_histogram
from skdir.density._curves import GridCurve, density_curve, evaluate, grid_level
from skdir.density._histogram import RESOLUTION, FineHistogram
from skdir.density._kernels import REACH
from skdir.utils._validation import parameter_error

# The finest histogram over the whole range, 1,048,576 cells; beyond it, empty stretches are
# shortened. Targets in batches are counted this finely, since their bandwidth comes later.
_MAX_LEVEL = RULE_LEVEL
# The finest with empty stretches shortened.
_LAST_LEVEL = 24


class BinFreeDensity:
    """A fine histogram and the curve through it. `settings` is the public density object."""

    def __init__(self, settings, caller):
        self.settings = settings
        self.caller = caller
        self.histogram = None
        # (positions in y, positions on a line with shorter gaps) where gaps are shortened
        self.coordinate = None

    def fit(self, y, sample_weight):
        """Count all targets at once, as finely as the bandwidth asks."""
        self._seen = (y.min(), y.max())
        low, high = self._support(*self._seen)
        level = FIRST_LEVEL
        while True:
            self.histogram = FineHistogram.from_targets(y, sample_weight, level, low, high)
            self._choose_bandwidth(y, sample_weight)
            needed = RULE_LEVEL
            if self.bandwidth is not None:
                needed = grid_level(self.settings.kernel, self.bandwidth / (high - low))
            if needed <= level:
                break
            if needed > _MAX_LEVEL:
                self._fit_without_gaps(y, sample_weight)
                break
            level = needed
        self._draw()

    def add(self, y, sample_weight):
        """Count a batch of targets, on cells fine enough for most bandwidths."""
        seen = (y.min(), y.max())
        if self.histogram is not None:
            seen = (min(self._seen[0], seen[0]), max(self._seen[1], seen[1]))
        low, high = self._support(*seen)
        batch = FineHistogram.from_targets(y, sample_weight, _MAX_LEVEL, low, high)
        if self.histogram is not None:
            if seen != self._seen or self.histogram.level != _MAX_LEVEL or self.coordinate:
                targets, masses = self.points()
                targets = np.clip(targets, low, high)
                self.histogram = FineHistogram.from_targets(targets, masses, _MAX_LEVEL, low, high)
            batch += self.histogram
        self.histogram, self._seen, self.coordinate = batch, seen, None

    def update(self):
        """Choose the bandwidth and draw the curve after batches."""
        low, high = self._seen
        self._choose_bandwidth()
        width = self.histogram.high - self.histogram.low
        if grid_level(self.settings.kernel, self.bandwidth / width) > _MAX_LEVEL:
            raise parameter_error(
                "bandwidth",
                self.caller,
                f"at least {width * 8e-5:g} for targets from {low:g} to {high:g} that come in "
                "batches (use 'fit', or give 'bins')",
                f"{self.bandwidth:g}",
            )
        self._draw()

    def _support(self, low, high):
        """Return the range of the histogram: that of the targets, or around the only one."""
        if low == high:  # as numpy.histogram does
            half = max(0.5, abs(low) * 2.0**-20)
            low, high = low - half, high + half
        with np.errstate(over="ignore"):
            width = high - low
            resolved = np.isfinite(width) and np.isfinite(2.0**_LAST_LEVEL / width)
        if not resolved:
            raise parameter_error(
                "y", self.caller, "of a range that float64 holds (rescale y)", f"{low} .. {high}"
            )
        return low, high

    def _choose_bandwidth(self, y=None, sample_weight=None):
        """Set the bandwidth in units of y."""
        rule, histogram = self.settings.bandwidth, self.histogram
        width = histogram.high - histogram.low
        if not isinstance(rule, str):
            self.bandwidth = float(rule)
        elif np.count_nonzero(histogram.mass) == 1:
            # a constant has no spread to go by
            self.bandwidth = float(width)
        else:
            relative = bandwidth_of_histogram(
                rule, histogram, caller=self.caller, y=y, sample_weight=sample_weight
            )
            self.bandwidth = None if relative is None else float(relative * width)
            return
        if self.settings.boundary != "reflect" and self.bandwidth > 1e4 * width:
            raise parameter_error(
                "bandwidth",
                self.caller,
                f"at most 10,000 times the range of y ({width:g}) with boundary="
                f"{self.settings.boundary!r}",
                f"{self.bandwidth:g}",
            )

    def _fit_without_gaps(self, y, sample_weight):
        """Count targets of a range that dwarfs the bandwidth (one income of a billion).

        Stretches without targets that are wider than the kernel reaches from both ends carry no
        density: they are shortened to that reach, and the grid lies on what is left.
        """
        reach = REACH[self.settings.kernel] * self.bandwidth
        ordered = np.sort(y)
        gap = np.flatnonzero(np.diff(ordered) > 2 * reach)
        cut = np.stack([ordered[gap] + reach, ordered[gap + 1] - reach], axis=1)
        removed = np.cumsum(cut[:, 1] - cut[:, 0])
        shift = np.stack([np.append(0.0, removed[:-1]), removed], axis=1)
        low, high = ordered[0], ordered[-1] - removed[-1] if len(gap) else ordered[-1]
        width = high - low
        fine = self.bandwidth < RESOLUTION * (ordered[-1] - low) or not len(gap)
        if fine or grid_level(self.settings.kernel, self.bandwidth / width) > _LAST_LEVEL:
            raise parameter_error(
                "bandwidth",
                self.caller,
                f"wider for {len(y)} targets from {ordered[0]:g} to {ordered[-1]:g}",
                f"{self.bandwidth:g}",
            )
        self.coordinate = (
            np.concatenate([[low - width], cut.ravel(), [ordered[-1] + width]]),
            np.concatenate([[low - width], (cut - shift).ravel(), [high + width]]),
        )
        level = grid_level(self.settings.kernel, self.bandwidth / width)
        line = np.clip(np.interp(y, *self.coordinate), low, high)
        self.histogram = FineHistogram.from_targets(line, sample_weight, level, low, high)

    def _draw(self):
        """Draw the curve, and sum it up in bins of half to one bandwidth."""
        histogram = self.histogram
        low, self.width = histogram.low, histogram.high - histogram.low
        relative = self.bandwidth / self.width
        self.curve = density_curve(
            histogram, self.settings.kernel, relative, self.settings.boundary
        )
        level = min(histogram.level, max(0, int(np.ceil(-np.log2(relative)))))
        ends = np.linspace(0.0, 1.0, 2**level + 1)
        self.counts = histogram.coarsen(level).mass
        self.effective_counts = _integrate(self.curve, ends) * self.counts.sum()
        edges = low + self.width * ends
        self.edges = edges if self.coordinate is None else np.interp(edges, *self.coordinate[::-1])
        if self.coordinate is None:
            self.edges[-1] = histogram.high

    def points(self):
        """Return targets that stand for those in the same cell, and their masses."""
        centroid, mass = self.histogram.points()
        low, high = self.histogram.low, self.histogram.high
        targets = low + centroid * (high - low)
        if self.coordinate:
            targets = np.interp(targets, *self.coordinate[::-1])
        return targets, mass

    def density(self, y):
        """Return the density times `width`."""
        return self.transformed(y)

    def relative(self, y, then=None):
        """Return the density times `width` at the targets of the fit, transformed by `then`."""
        return self.transformed(y, then, inside=True)

    def transformed(self, y, then=None, *, inside=False):
        """Return the density times `width`, transformed by `then` while in the cache."""
        low = self.histogram.low
        return evaluate(self.curve, y, low, self.width, self.coordinate, then, inside)


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
