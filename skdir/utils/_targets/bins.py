"""Which bin a target is in, and where the edges of the bins are."""

import numpy as np

from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import MAX_BINS, check_bins, parameter_error

_CHUNK = 1 << 14
# Bins of a table or picture by a rule: no fewer, and no more.
_LEAST, _MOST = 10, 50

# Edges that are equally spaced to 1e-6 of a bin are less than this from where arithmetic has them.
_NEAR_EDGE = 1e-5

# Half of a range beyond which a difference, or twice it, may leave float64.
_WIDEST = 2.0**1021
# From here on float64 has no halves, so that bins around integers have no edges.
_NO_HALVES = 2.0**52


def check_covered(y, edges, *, caller):
    """Refuse bins that leave out targets (bins laid over these targets cannot)."""
    low, high = y.min(), y.max()
    if low < edges[0] or high > edges[-1]:
        outside = (y < edges[0]) | (y > edges[-1])
        raise parameter_error(
            "bins",
            caller,
            f"edges that cover all targets of y ({low:g} to {high:g})",
            f"edges from {edges[0]:g} to {edges[-1]:g}, which leave out "
            f"{np.count_nonzero(outside)} targets such as {y[outside][0]:g}",
        )


def bin_index(y, edges, *, inside=False):
    """Return the bin of each target, -1 outside of the edges (`inside`: none is).

    Bins are half-open to the right and the last one is closed, as in `numpy.histogram`. Bins of
    equal width cost O(n), others O(n log n_bins).
    """
    n_bins = len(edges) - 1
    outside = not inside and len(y) > 0 and (y.min() < edges[0] or y.max() > edges[-1])
    with np.errstate(over="ignore", divide="ignore"):
        width = (edges[-1] - edges[0]) / n_bins
        equal = np.isfinite(width) and np.isfinite(1 / width)
    if equal and np.abs(edges - np.linspace(edges[0], edges[-1], n_bins + 1)).max() < 1e-6 * width:
        index = _equal_width_index(y, edges, width, outside)
    else:
        index = np.searchsorted(edges, y, side="right") - 1
        index[y == edges[-1]] = n_bins - 1
    if outside:
        index[(y < edges[0]) | (y > edges[-1])] = -1
    return index


def _equal_width_index(y, edges, width, outside):
    """Find the bin by arithmetic; only near an edge ask the edge itself."""
    last = len(edges) - 2
    index = np.empty(len(y), dtype=np.intp)
    buffer = np.empty(min(len(y), _CHUNK))
    left, right = edges[:-1], np.append(edges[1:-1], np.inf)
    for start in range(0, len(y), _CHUNK):
        target = y[start : start + _CHUNK]
        bin_ = index[start : start + _CHUNK]
        with np.errstate(over="ignore"):  # of targets far outside
            position = np.subtract(target, edges[0], out=buffer[: len(target)])
            position *= 1 / width
        if outside:
            np.clip(position, 0, last, out=position)
        np.copyto(bin_, position, casting="unsafe")
        position -= bin_
        if position.min() < _NEAR_EDGE or position.max() > 1 - _NEAR_EDGE:
            np.minimum(bin_, last, out=bin_)
            bin_ -= target < left[bin_]
            np.maximum(bin_, 0, out=bin_)
            bin_ += target >= right[bin_]
    return index


def bin_widths(edges):
    """Return the widths of bins, all the same where they differ by the rounding of edges alone."""
    with np.errstate(over="ignore", invalid="ignore"):
        widths = np.diff(edges)
        equal = np.ptp(widths) <= 4 * np.spacing(np.abs(edges[[0, -1]]).max())
    if equal:
        widths[:] = 4 * np.mean(widths / 4)  # their sum may be more than float64 holds
    return widths


def bin_edges(bins, y, sample_weight=None, *, caller):
    """Return the edges of bins given as a number, "integer", "auto" or edges.

    Rows of zero weight must have been left out before.
    """
    if isinstance(bins, str) and bins in ("integer", "auto"):
        edges = integer_edges(y, caller) if bins == "integer" else auto_edges(y, sample_weight)
        return edges
    bins = check_bins(bins, caller=caller)
    if isinstance(bins, np.ndarray):
        return bins.copy()  # what is fitted does not follow the user's array
    low, high = y.min(), y.max()
    if low == high:  # as numpy.histogram does
        half = max(0.5, abs(low) * 2.0**-20)
        low, high = low - half, high + half
    # halves, since the range itself may be more than float64 holds
    edges = 2 * np.linspace(low / 2, high / 2, bins + 1)
    edges[[0, -1]] = low, high  # the half of a subnormal number is rounded
    if not (edges[1:] > edges[:-1]).all():
        raise parameter_error(
            "bins", caller, "few enough to tell apart in float64", f"{bins} bins on {low} .. {high}"
        )
    return edges


def integer_edges(y, caller):
    """Return edges of one bin per integer, [k - 0.5, k + 0.5)."""
    low, high = _nearest_integer(y.min()), _nearest_integer(y.max())
    if max(-low, high) >= _NO_HALVES:
        raise parameter_error(
            "bins",
            caller,
            "something else than 'integer' for targets from 2**52 on, between which there are no "
            "halves in float64",
            f"targets from {low:g} to {high:g}",
        )
    if high - low >= MAX_BINS:
        raise parameter_error(
            "bins",
            caller,
            f"something else than 'integer' for targets that span over {MAX_BINS} integers",
            f"targets from {low:g} to {high:g}",
        )
    return np.arange(low, high + 2) - 0.5


def _nearest_integer(value):
    """Round half up; adding 0.5 first would round the largest float below it up too."""
    return np.floor(value) + (value - np.floor(value) >= 0.5)


def auto_edges(y, sample_weight=None, *, max_bins=1000):
    """Return edges by the finer of Sturges' and Freedman and Diaconis' rules.

    As `numpy.histogram_bin_edges(bins="auto")`, with weights that count as repeated rows, at most
    `max_bins` bins, and bins that hold whole numbers if all targets are whole.
    """
    low, high = y.min(), y.max()
    if low == high:
        return bin_edges(1, y, caller="auto_edges")
    sample_weight = counting_weights(sample_weight)
    if high / 2 - low / 2 > _WIDEST:
        # a difference may be more than float64 holds, and bins that wide hold no whole numbers
        return 4 * auto_edges(y / 4, sample_weight, max_bins=max_bins)
    n = len(y) if sample_weight is None else sample_weight.sum()
    quartile = weighted_quantile(y, [0.25, 0.75], sample_weight)
    width = (high - low) / (np.log2(max(n, 1.0)) + 1)
    narrow = 2 * (quartile[1] - quartile[0]) * max(n, 1.0) ** (-1 / 3)
    if narrow > 0:
        width = min(width, narrow)
    width = max(width, np.finfo(np.float64).smallest_subnormal)
    n_bins = int(min(max_bins, np.ceil((high - low) / width)))
    if high - low < MAX_BINS and max(-low, high) < _NO_HALVES and (np.floor(y) == y).all():
        step = max(1.0, np.round((high - low + 1) / n_bins))
        count = int(np.ceil((high - low + 1) / step))
        return low - 0.5 + step * np.arange(count + 1)
    return bin_edges(min(n_bins, _most_bins(low, high)), y, caller="auto_edges")


def _most_bins(low, high):
    """Return how many bins of a range float64 can tell apart."""
    steps = (high / 2 - low / 2) / np.spacing(max(abs(low), abs(high)))
    return int(np.clip(steps, 1, MAX_BINS))


def table_edges(y, sample_weight=None):
    """Return the edges of `auto_edges`, but 10 to 50 bins, fewer only for few whole numbers."""
    edges = auto_edges(y, sample_weight, max_bins=_MOST)
    if _LEAST <= len(edges) - 1 <= _MOST:
        return edges
    with np.errstate(over="ignore"):
        step = edges[1] - edges[0]
    # auto_edges puts the edges of whole targets at halves, a whole number apart
    if step == np.floor(step) and edges[0] - np.floor(edges[0]) == 0.5:
        if len(edges) - 1 > _MOST:
            step = np.ceil((edges[-1] - edges[0]) / _MOST)
        else:
            step = max(1.0, np.floor((y.max() - y.min() + 1) / _LEAST))
        count = int(np.ceil((y.max() - y.min() + 1) / step))
        return edges[0] + step * np.arange(count + 1)
    return bin_edges(min(_LEAST, _most_bins(y.min(), y.max())), y, caller="table_edges")


def weighted_quantile(y, probabilities, sample_weight=None):
    """Return order statistics (no interpolation): a row of weight 2 counts as two rows."""
    # a hair less, so that sums that differ in rounding find the same row
    probabilities = np.asarray(probabilities) * (1 - 1e-12)
    sample_weight = counting_weights(sample_weight)  # their own sum may overflow
    if sample_weight is None:
        rank = np.ceil(probabilities * len(y)).astype(np.intp) - 1
        return np.sort(y)[np.maximum(rank, 0)]
    order = np.argsort(y, kind="stable")
    mass = np.cumsum(sample_weight[order])
    row = np.searchsorted(mass, probabilities * mass[-1])
    return y[order[np.minimum(row, len(y) - 1)]]
