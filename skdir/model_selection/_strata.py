"""Strata of the target, and how rows are drawn from all of them alike.

Rows are put in the order of their bins, and within a bin in a random or in the given order. Taking
every k-th row of such a sequence takes its share of every run of neighbouring bins, up to one row:
bins that are rarer than that are served together with their neighbours along the target.
"""

from numbers import Integral

import numpy as np

from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._targets.bins import TargetBins
from skdir.utils._text.warnings import warn_user

BINS = [
    StrOptions({"auto", "integer", "quantile"}),
    Interval(Integral, 1, None, closed="left"),
    "array-like",
]

_NAMED = 3


def target_labels(bins, y, size, *, caller):
    """Return the bin of each target as 0, 1, ... in the order of the target.

    A bin of `bins="quantile"` has `size` rows, the last one up to twice as many.
    """
    if isinstance(bins, str) and bins == "quantile":
        rank = np.empty(len(y), dtype=np.intp)
        rank[np.argsort(y, kind="stable")] = np.arange(len(y))
        return np.minimum(rank // size, max(len(y) // size, 1) - 1)
    return TargetBins.of(bins, y, caller=caller).index(y)


def merge_sparse(counts, needed):
    """Return the stratum of each bin: neighbouring bins that are all short form one.

    Empty bins between them belong to it.
    """
    short = counts < needed
    return np.cumsum(np.append(True, ~(short[1:] & short[:-1]))) - 1


def stand_apart(counts, stratum):
    """Return for each stratum whether empty bins, or none, lie on both of its sides."""
    first = np.flatnonzero(np.diff(stratum, prepend=-1))
    last = np.append(first[1:], len(counts)) - 1
    filled = np.concatenate([[False], counts > 0, [False]])  # bin b is at b + 1
    return ~((filled[first] & filled[first + 1]) | (filled[last + 1] & filled[last + 2]))


def find_strata(labels, needed, bins, group=None):
    """Return the stratum of each row, and for each stratum whether its lack is worth a warning.

    A bin is short if it has fewer rows, or rows of fewer groups, than needed. All strata are worth
    a warning, but of bins that skdir chose ("auto") only those that stand apart: the others are
    parts of a continuous range of targets that nobody asked for.
    """
    counts = members = np.bincount(labels)
    if group is not None:
        pairs = np.unique(labels.astype(np.int64) * (group.max() + 1) + group)
        members = np.bincount(pairs // (group.max() + 1))
    stratum = merge_sparse(members, needed)
    if isinstance(bins, str) and bins == "auto":
        named = stand_apart(counts, stratum)
    else:
        named = np.ones(stratum[-1] + 1, dtype=bool)
    return stratum[labels], named


def describe_targets(y, labels, chosen):
    """Return words for the rows with some labels: how many, and which targets they have."""
    names = []
    for label in chosen[:_NAMED]:
        target = y[labels == label]
        low, high = target.min(), target.max()
        where = f"target {low:g}" if low == high else f"targets from {low:g} to {high:g}"
        names.append(f"{'1 row' if len(target) == 1 else f'{len(target)} rows'} with {where}")
    if len(chosen) > _NAMED:
        names.append(f"and {len(chosen) - _NAMED} more")
    return "; ".join(names)


def warn_missing(y, strata, missing, parts):
    """Warn of the strata, a mask, that not every part has a row of."""
    missing = np.flatnonzero(missing)
    if len(missing):
        warn_user(
            f"Too few rows to be in {parts}: {describe_targets(y, strata, missing)}. Errors on "
            "such targets rest on some of the splits only. Use fewer splits or wider bins."
        )


def short_strata(strata, needed):
    """Return for each stratum whether it has rows, but fewer than needed."""
    counts = np.bincount(strata)
    return (counts > 0) & (counts < needed)


def order_by_bin(labels, rng=None):
    """Return the rows in the order of their bins, within a bin as they came or at random."""
    if rng is None:
        return np.argsort(labels, kind="stable")
    return np.lexsort((rng.permutation(len(labels)), labels))


def deal(labels, n_folds, rng=None):
    """Return the fold of each row: rows are dealt one by one in the order of their bins.

    Without `rng`, the rows of a bin that go to one fold are neighbours in the bin.
    """
    order = order_by_bin(labels, rng)
    fold = np.arange(len(labels)) % n_folds
    if rng is None:
        fold = fold[np.lexsort((fold, labels[order]))]
    dealt = np.empty(len(labels), dtype=np.intp)
    dealt[order] = fold
    return dealt


def draw_evenly(n, n_drawn, rng):
    """Return which of n places are drawn, at equal distances with a random start.

    Of any m neighbouring places the share ``m * n_drawn / n`` is drawn, rounded up or down, and
    each place is drawn with the same probability.
    """
    steps = np.arange(n + 1, dtype=np.int64) * n_drawn + rng.randint(n)
    return np.diff(steps // n) > 0
