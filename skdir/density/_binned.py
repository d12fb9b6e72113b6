"""The density of targets counted in bins."""

import numpy as np
from scipy import signal
from sklearn.utils import gen_batches

from skdir.density._bandwidth import normal_reference
from skdir.density._kernels import (
    bin_window,
    check_window,
    kernel_cdf,
    kernel_values,
)
from skdir.utils._binning import bin_edges, bin_index, check_covered, integer_edges
from skdir.utils._validation import parameter_error

# Smoothing over bins of unequal width needs the distances of all pairs.
_MAX_UNEQUAL_BINS = 5000
# Pairs of bins at a time: 0.5 MB in float64, so that they stay in a cache.
_BLOCK = 1 << 16


class BinnedDensity:
    """Counts per bin and their smoothing. `settings` is the public density object."""

    def __init__(self, settings, edges, caller):
        self.settings = settings
        self.edges = edges
        self.caller = caller
        self.counts = np.zeros(len(edges) - 1)
        self._seen = False

    @classmethod
    def start(cls, settings, y, sample_weight, caller):
        """Place the bins on the first targets."""
        return cls(settings, bin_edges(settings.bins, y, sample_weight, caller=caller), caller)

    def add(self, y, sample_weight):
        """Count targets; return the bin of each."""
        if isinstance(self.settings.bins, str):
            self._extend(integer_edges(y, self.caller))
        if self._seen or not isinstance(self.settings.bins, int):  # else laid over these targets
            check_covered(y, self.edges, caller=self.caller)
        self._seen = True
        index = bin_index(y, self.edges, inside=True)
        self.counts += np.bincount(index, weights=sample_weight, minlength=len(self.counts))
        return index

    def _extend(self, edges):
        """Widen bins of one integer each to further integers."""
        low, high = min(self.edges[0], edges[0]), max(self.edges[-1], edges[-1])
        before, after = int(self.edges[0] - low), int(high - self.edges[-1])
        self.counts = np.pad(self.counts, (before, after))
        self.edges = integer_edges(np.array([low + 0.5, high - 0.5]), self.caller)

    def update(self):
        """Choose the bandwidth and smooth the counts."""
        self.centers = 0.5 * (self.edges[:-1] + self.edges[1:])
        self.widths = np.diff(self.edges)
        width = self.widths.mean()
        self._equal = np.abs(self.widths - width).max() < 1e-6 * width
        kernel = self.settings.kernel
        if kernel is None:
            self._window, self.bandwidth = np.ones(1), 0.0
        elif isinstance(kernel, str):
            rule = self.settings.bandwidth
            self.bandwidth = self._rule(rule) if isinstance(rule, str) else float(rule)
            self._window = None
            if self._equal:
                self._window = bin_window(
                    kernel, self.bandwidth / width, self.settings.kernel_size, len(self.counts)
                )
        else:
            window = check_window(kernel, caller=self.caller)
            self._window = window / window.sum()
            offsets = np.arange(len(window)) - len(window) // 2
            self.bandwidth = float(width * np.sqrt((self._window * offsets**2).sum()))
        self.effective_counts = self.smooth(self.counts)

    def _rule(self, rule):
        """Apply a bandwidth rule to the counts."""
        n = self.counts.sum()
        if rule == "isj":
            raise parameter_error(
                "bandwidth",
                self.caller,
                "'silverman', 'scott' or a number where 'bins' is given",
                "'isj', which needs more than counts",
            )
        share = self.counts / n
        # in units of the range, so that squares do not overflow
        center = (self.centers - self.edges[0]) / self.width
        sd = np.sqrt((share * (center - (share * center).sum()) ** 2).sum())
        if sd == 0:  # all in one bin: nothing to smooth with, and nothing to choose it by
            return float(self.widths.mean())
        cumulative = np.append(0.0, np.cumsum(share))
        low, high = np.interp([0.25, 0.75], cumulative, (self.edges - self.edges[0]) / self.width)
        return float(normal_reference(rule, high - low, sd, n) * self.width)

    def smooth(self, counts):
        """Smooth any values per bin as the counts are smoothed."""
        boundary = self.settings.boundary
        if self._window is None:
            return self._smooth_unequal(counts)
        half = len(self._window) // 2
        mode = {"mode": "symmetric"} if boundary == "reflect" else {"mode": "constant"}
        smoothed = _convolve(np.pad(counts, half, **mode), self._window)
        if boundary == "renormalize":
            inside = _convolve(np.pad(np.ones(len(counts)), half), self._window)
            smoothed = _rescale(
                np.divide(smoothed, inside, out=np.zeros_like(smoothed), where=inside > 0), counts
            )
        return smoothed

    def _smooth_unequal(self, counts):
        """Smooth by the distances between the centres of unequal bins."""
        if len(counts) > _MAX_UNEQUAL_BINS:
            raise parameter_error(
                "bins",
                self.caller,
                f"at most {_MAX_UNEQUAL_BINS} bins where their widths differ",
                f"{len(counts)} bins",
            )
        size = max(1, _BLOCK // len(counts))
        blocks = gen_batches(len(counts), size)
        smoothed = np.concatenate([self._unequal_weights(rows) @ counts for rows in blocks])
        return smoothed if self.settings.boundary == "zero" else _rescale(smoothed, counts)

    def _unequal_weights(self, rows):
        """Return what some bins get of each bin; rows of the matrix that smooths."""
        kernel, h, boundary = self.settings.kernel, self.bandwidth, self.settings.boundary
        low, high = self.edges[0], self.edges[-1]
        here = self.centers[rows, None]
        weights = kernel_values(kernel, (here - self.centers) / h)
        if boundary == "reflect":
            total = here + self.centers
            weights += kernel_values(kernel, (total - 2 * low) / h)
            weights += kernel_values(kernel, (total - 2 * high) / h)
        size = self.settings.kernel_size
        if size is not None:
            place = np.arange(len(self.centers))
            weights[np.abs(place[rows, None] - place) > size // 2] = 0.0
        weights *= self.widths[rows, None]
        if boundary == "zero":
            weights /= h
        elif boundary == "renormalize":
            mass = kernel_cdf(kernel, (high - here) / h) - kernel_cdf(kernel, (low - here) / h)
            weights /= mass
        return weights

    def per_bin(self, counts=None):
        """Return the density times the width of all bins, per bin."""
        counts = self.effective_counts if counts is None else counts
        return counts / self.widths * ((self.edges[-1] - self.edges[0]) / self.counts.sum())

    def density(self, y):
        """Return the density times the width of all bins; zero outside of the bins."""
        index = bin_index(y, self.edges)
        return np.where(index < 0, 0.0, np.take(self.per_bin(), index, mode="clip"))

    @property
    def width(self):
        """Width of the range that densities are relative to."""
        return self.edges[-1] - self.edges[0]


def _convolve(padded, window):
    """Convolve directly or by a transform, whichever is faster; no rounding noise below zero."""
    smoothed = signal.convolve(padded, window, mode="valid", method="auto")
    smoothed[smoothed < 1e-13 * smoothed.max()] = 0.0
    return smoothed


def _rescale(smoothed, counts):
    """Scale smoothed counts to the sum of the counts."""
    total = smoothed.sum()  # zero if a window without a centre finds no neighbours
    return smoothed * (counts.sum() / total) if total > 0 else smoothed
