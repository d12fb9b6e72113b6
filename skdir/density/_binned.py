"""The density of targets counted in bins."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from scipy import signal
from sklearn.utils import gen_batches

from skdir.density._bandwidth import normal_reference
from skdir.utils._targets.bins import bin_edges, bin_index, bin_widths, check_covered, integer_edges
from skdir.utils._targets.kernels import (
    bin_window,
    check_window,
    kernel_cdf,
    kernel_values,
)
from skdir.utils._targets.weights import Tally
from skdir.utils._validation import parameter_error

# A window reaches over so many times all bins, unless there are many.
_IMAGES, _MANY_BINS = 20, 20_000
# Smoothing over bins of unequal width needs the distances of all pairs.
_MAX_UNEQUAL_BINS = 5000
# Pairs of bins at a time: 0.5 MB in float64, so that they stay in a cache.
_BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class BinnedDensity:
    """Counts of targets in bins, and the same after smoothing.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins.

    counts, effective_counts : ndarray of shape (n_bins,)
        Rows per bin, before and after smoothing.

    tally : Tally
        What the weights mean.

    smoother : Smoother
        What smooths counts.
    """

    edges: np.ndarray
    counts: np.ndarray
    effective_counts: np.ndarray
    tally: Tally
    smoother: "Smoother"

    # Of a convolution by a transform.
    accuracy = 1e-12

    @property
    def bandwidth(self):
        """Bandwidth in units of y."""
        return self.smoother.bandwidth

    @property
    def width(self):
        """Width of the range that densities are relative to."""
        return self.edges[-1] - self.edges[0]

    def per_bin(self, counts=None):
        """Return the density times the width of all bins, per bin."""
        counts = self.effective_counts if counts is None else counts
        return counts * (self.width / bin_widths(self.edges)) / self.counts.sum()

    def relative(self, y):
        """Return the density at targets times `width`; zero outside of the bins."""
        index = bin_index(y, self.edges)
        return np.where(index < 0, 0.0, np.take(self.per_bin(), index, mode="clip"))

    def smooth(self, counts):
        """Smooth any values per bin as the counts are smoothed."""
        return self.smoother(counts)


def fit_binned(settings, y, sample_weight, caller, before=None):
    """Count targets, and those of `before`; return the density and the bin of each target."""
    tally = Tally.of(sample_weight, len(y))
    if before is None:
        edges, all_rows = bin_edges(settings.bins, y, sample_weight, caller=caller), tally
        counts = np.zeros(len(edges) - 1)
    else:
        edges, all_rows = before.edges, before.tally + tally
        counts = before.counts * (before.tally.unit / all_rows.unit)
        if isinstance(settings.bins, str):
            edges, counts = _extended(edges, counts, integer_edges(y, caller), caller)
    if before is not None or not isinstance(settings.bins, Integral):  # else laid over the targets
        check_covered(y, edges, caller=caller)
    with np.errstate(over="ignore"):
        width, narrowest = edges[-1] - edges[0], np.diff(edges).min()
        if not np.isfinite([width / narrowest, 1 / narrowest]).all():
            raise parameter_error(
                "bins",
                caller,
                "of a range that float64 holds (rescale y)",
                f"edges from {edges[0]:g} to {edges[-1]:g}",
            )
    index = bin_index(y, edges, inside=True)
    # the batch's own number of rows, in the weights of all
    rows = Tally(tally.n_rows, all_rows.unit, all_rows.whole).in_rows(sample_weight)
    counts = counts + np.bincount(index, weights=rows, minlength=len(counts))
    smoother = Smoother(settings, edges, counts, caller)
    return BinnedDensity(edges, counts, smoother(counts), all_rows, smoother), index


def _extended(edges, counts, seen, caller):
    """Widen bins of one integer each to further integers."""
    low, high = min(edges[0], seen[0]), max(edges[-1], seen[-1])
    all_edges = integer_edges(np.array([low + 0.5, high - 0.5]), caller)
    before, after = int(edges[0] - low), int(high - edges[-1])
    return all_edges, np.pad(counts, (before, after))


class Smoother:
    """Smoothing of values per bin by a kernel or window, with the bandwidth chosen by counts."""

    def __init__(self, settings, edges, counts, caller):
        self._edges = edges
        self._centers = 0.5 * edges[:-1] + 0.5 * edges[1:]
        self._widths = bin_widths(edges)
        self._boundary, self._kernel = settings.boundary, settings.kernel
        self._kernel_size = settings.kernel_size
        self._window = None
        width = (edges[-1] - edges[0]) / len(counts)
        equal = np.abs(self._widths - width).max() < 1e-6 * width
        if self._kernel is None:
            self._window, self.bandwidth = np.ones(1), 0.0
        elif isinstance(self._kernel, str):
            rule = settings.bandwidth
            self.bandwidth = (
                self._rule(rule, counts, caller) if isinstance(rule, str) else float(rule)
            )
            if equal:
                with np.errstate(over="ignore"):
                    relative = self.bandwidth / width
                reach = len(counts) * (_IMAGES if len(counts) < _MANY_BINS else 1)
                self._window = bin_window(self._kernel, relative, self._kernel_size, reach)
            elif len(counts) > _MAX_UNEQUAL_BINS:
                raise parameter_error(
                    "bins",
                    caller,
                    f"at most {_MAX_UNEQUAL_BINS} bins where their widths differ",
                    f"{len(counts)} bins",
                )
        else:
            window = check_window(self._kernel, caller=caller)
            self._window, self._kernel = window / window.sum(), "window"
            offsets = np.arange(len(window)) - len(window) // 2
            self.bandwidth = float(width * np.sqrt((self._window * offsets**2).sum()))

    def _rule(self, rule, counts, caller):
        """Apply a bandwidth rule to the counts."""
        if rule == "isj":
            raise parameter_error(
                "bandwidth",
                caller,
                "'silverman', 'scott' or a number where 'bins' is given",
                "'isj', which needs more than counts",
            )
        low, width = self._edges[0], self._edges[-1] - self._edges[0]
        n = counts.sum()
        share = counts / n
        # in units of the range, so that squares do not overflow
        center = (self._centers - low) / width
        sd = np.sqrt((share * (center - (share * center).sum()) ** 2).sum())
        if sd == 0:  # all in one bin: nothing to smooth with, and nothing to choose it by
            return float(self._widths.mean())
        cumulative = np.append(0.0, np.cumsum(share))
        quartiles = np.interp([0.25, 0.75], cumulative, (self._edges - low) / width)
        return float(normal_reference(rule, np.ptp(quartiles), sd, n) * width)

    def __call__(self, counts):
        """Return smoothed values per bin."""
        if self._window is None:
            return self._smooth_unequal(counts)
        half = len(self._window) // 2
        mode = {"mode": "symmetric"} if self._boundary == "reflect" else {"mode": "constant"}
        smoothed = _convolve(np.pad(counts, half, **mode), self._window)
        if self._boundary == "renormalize":
            inside = _convolve(np.pad(np.ones(len(counts)), half), self._window)
            smoothed = _rescale(
                np.divide(smoothed, inside, out=np.zeros_like(smoothed), where=inside > 0), counts
            )
        return smoothed

    def _smooth_unequal(self, counts):
        """Smooth by the distances between the centres of unequal bins."""
        size = max(1, _BLOCK // len(counts))
        blocks = gen_batches(len(counts), size)
        smoothed = np.concatenate([self._unequal_weights(rows) @ counts for rows in blocks])
        return smoothed if self._boundary == "zero" else _rescale(smoothed, counts)

    def _unequal_weights(self, rows):
        """Return what some bins get of each bin; rows of the matrix that smooths."""
        kernel, h, boundary = self._kernel, self.bandwidth, self._boundary
        low, high = self._edges[0], self._edges[-1]
        here = self._centers[rows, None]
        weights = kernel_values(kernel, (here - self._centers) / h)
        if boundary == "reflect":
            weights += kernel_values(kernel, ((here - low) + (self._centers - low)) / h)
            weights += kernel_values(kernel, ((here - high) + (self._centers - high)) / h)
        size = self._kernel_size
        if size is not None:
            place = np.arange(len(self._centers))
            weights[np.abs(place[rows, None] - place) > size // 2] = 0.0
        weights *= self._widths[rows, None]
        if boundary == "zero":
            weights /= h
        elif boundary == "renormalize":
            mass = kernel_cdf(kernel, (high - here) / h) - kernel_cdf(kernel, (low - here) / h)
            weights /= mass
        return weights


def _convolve(padded, window):
    """Convolve directly or by a transform, whichever is faster; no rounding noise below zero."""
    smoothed = signal.convolve(padded, window, mode="valid", method="auto")
    smoothed[smoothed < 1e-13 * smoothed.max()] = 0.0
    return smoothed


def _rescale(smoothed, counts):
    """Scale smoothed counts to the sum of the counts."""
    total = smoothed.sum()  # zero if a window without a centre finds no neighbours
    return smoothed * (counts.sum() / total) if total > 0 else smoothed
