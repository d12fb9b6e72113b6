"""Which bin a target is in, and where the edges of the bins are."""

import numpy as np

from skdir.utils._validation import MAX_BINS, check_bins, parameter_error

_CHUNK = 1 << 16


def bin_index(y, edges):
    """Return the bin of each target, -1 outside of the edges.

    Bins are half-open to the right and the last one is closed, as in `numpy.histogram`. Bins of
    equal width cost O(n), others O(n log n_bins).
    """
    n_bins = len(edges) - 1
    width = (edges[-1] - edges[0]) / n_bins
    uniform = np.isfinite(width) and np.isfinite(1 / width)
    uniform = uniform and np.abs(np.diff(edges) - width).max() < 0.25 * width
    if uniform:
        index = _uniform_index(y, edges, 1 / width)
    else:
        index = np.searchsorted(edges, y, side="right") - 1
        index[y == edges[-1]] = n_bins - 1
    if len(y) and (y.min() < edges[0] or y.max() > edges[-1]):
        index[(y < edges[0]) | (y > edges[-1])] = -1
    return index


def _uniform_index(y, edges, per_width):
    """Guess the bin by arithmetic, then move by one where rounding put it off."""
    n_bins = len(edges) - 1
    index = np.empty(len(y), dtype=np.intp)
    left, right = edges[:-1], np.append(edges[1:-1], np.inf)
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, len(y), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            position = y[chunk] - edges[0]
            position *= per_width
            np.clip(position, 0, n_bins - 1, out=position)
            guess = position.astype(np.intp)
            guess -= y[chunk] < np.take(left, guess, out=position, mode="clip")
            np.maximum(guess, 0, out=guess)
            guess += y[chunk] >= np.take(right, guess, out=position, mode="clip")
            index[chunk] = guess
    return index


def bin_edges(bins, y, sample_weight=None, *, caller):
    """Return the edges of bins given as a number, "integer", "auto" or edges.

    Rows of zero weight must have been left out before.
    """
    if isinstance(bins, str) and bins in ("integer", "auto"):
        edges = integer_edges(y, caller) if bins == "integer" else auto_edges(y, sample_weight)
        return edges
    bins = check_bins(bins, caller=caller)
    if isinstance(bins, np.ndarray):
        return bins
    low, high = y.min(), y.max()
    if low == high:  # as numpy.histogram does
        half = max(0.5, abs(low) * 2.0**-20)
        low, high = low - half, high + half
    edges = np.linspace(low, high, bins + 1)
    if not (np.diff(edges) > 0).all():
        raise parameter_error(
            "bins", caller, "few enough to tell apart in float64", f"{bins} bins on {low} .. {high}"
        )
    return edges


def integer_edges(y, caller):
    """Return edges of one bin per integer, [k - 0.5, k + 0.5)."""
    low, high = np.floor(y.min() + 0.5), np.floor(y.max() + 0.5)
    if high - low >= MAX_BINS or high - low + 1 == high - low:
        raise parameter_error(
            "bins",
            caller,
            f"something else than 'integer' for targets that span over {MAX_BINS} integers",
            f"targets from {low:g} to {high:g}",
        )
    return np.arange(low, high + 2) - 0.5


def auto_edges(y, sample_weight=None, *, max_bins=1000):
    """Return edges by the finer of Sturges' and Freedman and Diaconis' rules.

    As `numpy.histogram_bin_edges(bins="auto")`, with weights that count as repeated rows, at most
    `max_bins` bins, and bins that hold whole numbers if all targets are whole.
    """
    low, high = y.min(), y.max()
    if low == high:
        return bin_edges(1, y, caller="auto_edges")
    n = len(y) if sample_weight is None else sample_weight.sum()
    quartile = weighted_quantile(y, [0.25, 0.75], sample_weight)
    width = (high - low) / (np.log2(max(n, 1.0)) + 1)
    narrow = 2 * (quartile[1] - quartile[0]) * max(n, 1.0) ** (-1 / 3)
    if narrow > 0:
        width = min(width, narrow)
    n_bins = int(min(max_bins, np.ceil((high - low) / width)))
    if high - low < MAX_BINS and (np.floor(y) == y).all():
        step = max(1.0, np.round((high - low + 1) / n_bins))
        count = int(np.ceil((high - low + 1) / step))
        return low - 0.5 + step * np.arange(count + 1)
    return bin_edges(n_bins, y, caller="auto_edges")


def weighted_quantile(y, probabilities, sample_weight=None):
    """Return order statistics (no interpolation): a row of weight 2 counts as two rows."""
    order = np.argsort(y, kind="stable")
    mass = np.arange(1, len(y) + 1) if sample_weight is None else np.cumsum(sample_weight[order])
    # a hair less, so that sums that differ in rounding find the same row
    wanted = np.asarray(probabilities) * mass[-1] * (1 - 1e-12)
    return y[order[np.minimum(np.searchsorted(mass, wanted), len(y) - 1)]]
