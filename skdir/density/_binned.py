"""The density of targets counted in bins."""

from dataclasses import dataclass

import numpy as np
from scipy import signal
from sklearn.utils import gen_batches

from skdir.density._bandwidth import normal_reference
from skdir.density._estimate import DensityEstimate, Settings
from skdir.utils._estimators.frozen import OwnArrays
from skdir.utils._targets.bins import TargetBins, integer_edges
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
class BinnedDensity(DensityEstimate):
    """Density of targets that are counted in bins: a value that never changes.

    It is what :func:`estimate_density` returns with `bins`. Beside what every
    :class:`DensityEstimate` can do it smooths values of bins.

    Parameters
    ----------
    settings : object
        The parameters of the estimate, see `params`.

    tally : object
        How many rows there are, and what their weights mean.

    bandwidth : float
        The bandwidth in units of y. With an explicit window its standard deviation, with None 0.

    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins.

    counts : ndarray of shape (n_bins,)
        Number of targets in each bin, as the sample weights count them.

    effective_counts : ndarray of shape (n_bins,)
        The counts after smoothing.

    smoother : object
        What smooths values of bins.

    Attributes
    ----------
    n_samples : float
        Number of targets, as the sample weights count them.

    width : float
        Width of the range that `relative` refers to.

    accuracy : float
        Relative accuracy of the density near its highest values.

    params : dict
        The parameters of the estimate, by name.

    See Also
    --------
    DensityEstimate : The other methods.

    Examples
    --------
    >>> from skdir.density import estimate_density
    >>> estimate = estimate_density([0.5, 1.5, 1.5], bins=[0, 1, 2, 3], kernel=[1, 2, 1])
    >>> estimate.smooth([4.0, 0.0, 0.0])
    array([3., 1., 0.])
    """

    smoother: "Smoother"

    # Of a convolution by a transform.
    accuracy = 1e-12

    @property
    def width(self):
        """Width of the range that `relative` refers to: that of all bins."""
        return self.edges[-1] - self.edges[0]

    def smooth(self, values):
        """Smooth values of bins as the counts are smoothed.

        Parameters
        ----------
        values : array-like of shape (n_bins,)
            A number for each bin.

        Returns
        -------
        smoothed : ndarray of shape (n_bins,)
            A new array.
        """
        return self.smoother(np.asarray(values, dtype=np.float64))

    def per_width(self, counts):
        """Return the density of counts in bins times `width`, as `relative` returns it at targets.

        Parameters
        ----------
        counts : array-like of shape (n_bins,)
            Number of targets in each bin, before or after smoothing.

        Returns
        -------
        density : ndarray of shape (n_bins,)
            A new array.
        """
        return counts * (self.width / TargetBins(self.edges).widths) / self.counts.sum()

    def points(self):
        """Return the lower edge of each bin, and the number of targets in the bin.

        Returns
        -------
        y : ndarray of shape (n_bins,)
            Targets.

        mass : ndarray of shape (n_bins,)
            Number of targets in each bin, as the sample weights count them.
        """
        return self.edges[:-1], self.counts

    def _relative(self, y):
        index, density = TargetBins(self.edges).index(y), self.per_width(self.effective_counts)
        return np.where(index < 0, 0.0, np.take(density, index, mode="clip"))

    def _with_rows(self, y, sample_weight, settings, caller):
        return count_in_bins(settings, y, sample_weight, caller, self)[0]

    def _merged(self, other, caller):
        return merge_counts(self, other, caller)


def count_in_bins(settings, y, sample_weight, caller, before=None):
    """Count targets, and those of `before`; return the density and the bin of each target."""
    tally = Tally.of(sample_weight, len(y))
    if before is None:
        bins, all_rows = TargetBins.of(settings.bins, y, sample_weight, caller=caller), tally
        counts = np.zeros(bins.n_bins)
    else:
        edges, all_rows = before.edges, before.tally + tally
        counts = before.counts * (before.tally.unit / all_rows.unit)
        if isinstance(settings.bins, str):
            edges, counts = _extended(edges, counts, integer_edges(y, caller), caller)
        bins = TargetBins(edges)
        bins.check_cover(y, caller=caller)
    edges = bins.edges
    with np.errstate(over="ignore"):
        width, narrowest = edges[-1] - edges[0], np.diff(edges).min()
        if not np.isfinite([width / narrowest, 1 / narrowest]).all():
            raise parameter_error(
                "bins",
                caller,
                "of a range that float64 holds (rescale y)",
                f"edges from {edges[0]:g} to {edges[-1]:g}",
            )
    index = bins.index(y)
    # the batch's own number of rows, in the weights of all
    rows = Tally(tally.n_rows, all_rows.unit, all_rows.whole).in_rows(sample_weight)
    counts = counts + bins.sums(index, rows)
    return _smoothed(settings, all_rows, edges, counts, caller), index


def merge_counts(first, second, caller):
    """Return the density of the rows of two, whose edges must be equal if not of integers."""
    edges, all_rows = first.edges, first.tally + second.tally
    own, others = (each.counts * (each.tally.unit / all_rows.unit) for each in (first, second))
    if isinstance(first.settings.bins, str):
        edges, own = _extended(first.edges, own, second.edges, caller)
        edges, others = _extended(second.edges, others, edges, caller)
    elif not np.array_equal(edges, second.edges):
        accepted = (
            f"an estimate with the same edges ({_listed(edges)}); a number of 'bins' is laid over "
            "the range of each, so give edges or 'integer'"
        )
        raise parameter_error("other", caller, accepted, _listed(second.edges))
    return _smoothed(first.settings, all_rows, edges, own + others, caller)


def _listed(edges):
    """Return edges as a text, without those in the middle if there are many."""
    options = {"threshold": 8, "edgeitems": 3, "floatmode": "unique", "max_line_width": np.inf}
    return np.array2string(edges, separator=", ", **options)


def _smoothed(settings, tally, edges, counts, caller):
    """Return the density of counts, smoothed by what fits them."""
    smoother = Smoother.chosen(settings, edges, counts, caller)
    return BinnedDensity(
        settings=settings,
        tally=tally,
        bandwidth=smoother.bandwidth,
        edges=edges,
        counts=counts,
        effective_counts=smoother(counts),
        smoother=smoother,
    )


def _extended(edges, counts, seen, caller):
    """Widen bins of one integer each to further integers."""
    low, high = min(edges[0], seen[0]), max(edges[-1], seen[-1])
    all_edges = integer_edges(np.array([low + 0.5, high - 0.5]), caller)
    before, after = int(edges[0] - low), int(high - edges[-1])
    return all_edges, np.pad(counts, (before, after))


@dataclass(frozen=True, eq=False)
class Smoother(OwnArrays):
    """Smoothing of values per bin by a kernel or window.

    Parameters
    ----------
    settings : Settings
        The kernel, where it is cut, and what happens at the ends.

    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins.

    bandwidth : float
        In units of y.

    window : ndarray or None
        What values are convolved with; None where bins of unequal width ask for distances.
    """

    settings: Settings
    edges: np.ndarray
    bandwidth: float
    window: np.ndarray | None

    @classmethod
    def chosen(cls, settings, edges, counts, caller):
        """Make the smoother with the bandwidth and the window that fit the counts."""
        kernel, n_bins = settings.kernel, len(counts)
        width = (edges[-1] - edges[0]) / n_bins
        if kernel is None:
            return cls(settings, edges, 0.0, np.ones(1))
        if not isinstance(kernel, str):
            window = check_window(kernel, caller=caller)
            window = window / window.sum()
            offsets = np.arange(len(window)) - len(window) // 2
            sd = float(width * np.sqrt((window * offsets**2).sum()))
            return cls(settings, edges, sd, window)
        rule = settings.bandwidth
        by_rule = isinstance(rule, str)
        bandwidth = _by_rule(rule, edges, counts, caller) if by_rule else float(rule)
        window = None
        if np.abs(TargetBins(edges).widths - width).max() < 1e-6 * width:
            with np.errstate(over="ignore"):
                relative = bandwidth / width
            reach = n_bins * (_IMAGES if n_bins < _MANY_BINS else 1)
            window = bin_window(kernel, relative, settings.kernel_size, reach)
        elif n_bins > _MAX_UNEQUAL_BINS:
            accepted = f"at most {_MAX_UNEQUAL_BINS} bins where their widths differ"
            raise parameter_error("bins", caller, accepted, f"{n_bins} bins")
        return cls(settings, edges, bandwidth, window)

    def __call__(self, counts):
        """Return smoothed values per bin."""
        if self.window is None:
            return self._smooth_unequal(counts)
        half, boundary = len(self.window) // 2, self.settings.boundary
        mode = {"mode": "symmetric"} if boundary == "reflect" else {"mode": "constant"}
        smoothed = _convolve(np.pad(counts, half, **mode), self.window)
        if boundary == "renormalize":
            inside = _convolve(np.pad(np.ones(len(counts)), half), self.window)
            smoothed = _rescale(
                np.divide(smoothed, inside, out=np.zeros_like(smoothed), where=inside > 0), counts
            )
        return smoothed

    def _smooth_unequal(self, counts):
        """Smooth by the distances between the centers of unequal bins."""
        size = max(1, _BLOCK // len(counts))
        blocks = gen_batches(len(counts), size)
        smoothed = np.concatenate([self._unequal_weights(rows) @ counts for rows in blocks])
        return smoothed if self.settings.boundary == "zero" else _rescale(smoothed, counts)

    def _unequal_weights(self, rows):
        """Return what some bins get of each bin; rows of the matrix that smooths."""
        kernel, h, boundary = self.settings.kernel, self.bandwidth, self.settings.boundary
        low, high = self.edges[0], self.edges[-1]
        bins = TargetBins(self.edges)
        centers = bins.centers
        here = centers[rows, None]
        weights = kernel_values(kernel, (here - centers) / h)
        if boundary == "reflect":
            weights += kernel_values(kernel, ((here - low) + (centers - low)) / h)
            weights += kernel_values(kernel, ((here - high) + (centers - high)) / h)
        size = self.settings.kernel_size
        if size is not None:
            place = np.arange(len(centers))
            weights[np.abs(place[rows, None] - place) > size // 2] = 0.0
        weights *= bins.widths[rows, None]
        if boundary == "zero":
            weights /= h
        elif boundary == "renormalize":
            mass = kernel_cdf(kernel, (high - here) / h) - kernel_cdf(kernel, (low - here) / h)
            weights /= mass
        return weights


def _by_rule(rule, edges, counts, caller):
    """Apply a bandwidth rule to the counts."""
    if rule == "isj":
        raise parameter_error(
            "bandwidth",
            caller,
            "'silverman', 'scott' or a number where 'bins' is given",
            "'isj', which needs more than counts",
        )
    bins, low, width = TargetBins(edges), edges[0], edges[-1] - edges[0]
    n = counts.sum()
    share = counts / n
    # in units of the range, so that squares do not overflow
    center = (bins.centers - low) / width
    sd = np.sqrt((share * (center - (share * center).sum()) ** 2).sum())
    if sd == 0:  # all in one bin: nothing to smooth with, and nothing to choose it by
        return float(bins.widths.mean())
    cumulative = np.append(0.0, np.cumsum(share))
    quartiles = np.interp([0.25, 0.75], cumulative, (edges - low) / width)
    return float(normal_reference(rule, np.ptp(quartiles), sd, n) * width)


def _convolve(padded, window):
    """Convolve directly or by a transform, whichever is faster; no rounding noise below zero."""
    smoothed = signal.convolve(padded, window, mode="valid", method="auto")
    smoothed[smoothed < 1e-13 * smoothed.max()] = 0.0
    return smoothed


def _rescale(smoothed, counts):
    """Scale smoothed counts to the sum of the counts."""
    total = smoothed.sum()  # zero if a window without a centre finds no neighbours
    return smoothed * (counts.sum() / total) if total > 0 else smoothed
