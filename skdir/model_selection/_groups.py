"""Stratified splits that keep groups of rows together."""

import numpy as np
from scipy import sparse
from sklearn.utils import check_random_state

from skdir.model_selection._base import N_FOLDS, N_SPLITS, FoldSplitter, GroupSplitter
from skdir.model_selection._strata import BINS, find_strata, target_labels, warn_missing
from skdir.model_selection._stratified import SIZE, rows_needed, split_sizes
from skdir.utils._sklearn_compat import GroupsConsumerMixin
from skdir.utils._validation import parameter_error


class BinnedStratifiedGroupKFold(GroupsConsumerMixin, GroupSplitter, FoldSplitter):
    """K folds with whole groups and about the same distribution of a continuous target.

    Groups are for rows that belong together, such as those of one patient, or copies of one row,
    so that a model is never tested on what it was trained on.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2 and at most the number of groups.

    bins : 'auto', 'integer', 'quantile', int or array-like of shape (n_bins + 1,), default='auto'
        Bins of the target, as in :class:`BinnedStratifiedKFold`.

    shuffle : bool, default=False
        Whether groups that matter equally are taken in random order, not in the order of their
        labels.

    random_state : int, RandomState instance or None, default=None
        Seed of the random order; only with `shuffle`.

    See Also
    --------
    BinnedStratifiedGroupShuffleSplit : Random splits with whole groups.
    BinnedStratifiedKFold : Without groups, where the balance is exact.
    sklearn.model_selection.StratifiedGroupKFold : The same for classes.

    Notes
    -----
    Strata are bins, where runs of neighbouring bins with fewer groups than folds are merged. The
    sum over folds and strata of the squared share of the stratum's rows in the fold is kept small,
    with all rows as one more stratum, so that rare strata count as much as common ones. Groups are
    placed one by one, those with the largest squared shares first, each where the sum grows least.
    That is a heuristic: there is a warning with the strata that are not in every fold, with "auto"
    only those that stand apart.

    The cost is O(n log n), and O(n_splits) per group and stratum of its rows, in a loop over
    groups.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.model_selection import BinnedStratifiedGroupKFold
    >>> y = np.array([1, 2, 1, 2, 1, 2, 60, 90])
    >>> groups = ["a", "a", "b", "b", "c", "d", "c", "d"]
    >>> cv = BinnedStratifiedGroupKFold(n_splits=2, bins=[0, 50, 100])
    >>> for train, test in cv.split(None, y, groups):
    ...     print(y[test])
    [ 1  2  1 60]
    [ 1  2  2 90]
    """

    _parameter_constraints: dict = {
        "n_splits": N_FOLDS,
        "bins": BINS,
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(self, n_splits=5, *, bins="auto", shuffle=False, random_state=None):
        self.n_splits = n_splits
        self.bins = bins
        self.shuffle = shuffle
        self.random_state = random_state

    def _splits(self, y, groups):
        caller, k = type(self).__name__, self.n_splits
        self._check_number(len(y), "rows")
        group = group_numbers(groups, caller=caller)
        n_groups = group.max() + 1
        self._check_number(n_groups, "groups")
        labels = target_labels(self.bins, y, k, caller=caller)
        strata, named = find_strata(labels, k, self.bins, group)
        shares = stratum_shares(group, strata)
        order = np.arange(n_groups)
        if self.shuffle:
            order = check_random_state(self.random_state).permutation(n_groups)
        order = order[np.argsort(-squared_shares(shares)[order], kind="stable")]
        fold = place_groups(shares, order, np.full(k, 1 / k))[group]
        warn_missing(
            y,
            strata,
            named & missing_strata(strata, fold, k),
            f"the test rows of each of {k} folds",
        )
        return ((np.flatnonzero(fold != j), np.flatnonzero(fold == j)) for j in range(k))


class BinnedStratifiedGroupShuffleSplit(GroupsConsumerMixin, GroupSplitter):
    """Random splits with whole groups that about keep the distribution of a continuous target.

    Parameters
    ----------
    n_splits : int, default=5
        Number of splits.

    bins : 'auto', 'integer', 'quantile', int or array-like of shape (n_bins + 1,), default='auto'
        Bins of the target, as in :class:`BinnedStratifiedShuffleSplit`.

    test_size : float or int, default=None
        Share or number of the test rows, which groups meet only about. If None, the rest of
        `train_size`, or 0.2.

    train_size : float or int, default=None
        Share or number of the training rows, which groups meet only about. If None, all that are
        not test rows.

    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    See Also
    --------
    BinnedStratifiedGroupKFold : Every group is tested once.
    BinnedStratifiedShuffleSplit : Without groups.

    Notes
    -----
    Groups are taken in random order and placed as in :class:`BinnedStratifiedGroupKFold`, with
    parts of unequal size: the squared share of a part is divided by its size. A part that is left
    without groups gets the smallest one of the largest part. In contrast to
    :class:`~sklearn.model_selection.GroupShuffleSplit`, sizes are of rows, not of groups. There is
    a warning where the test or the training rows of a split have no row of a stratum. The cost per
    split is as there.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.model_selection import BinnedStratifiedGroupShuffleSplit
    >>> y = np.array([1, 2, 1, 2, 1, 2, 60, 90])
    >>> groups = np.array(["a", "a", "b", "b", "c", "d", "c", "d"])
    >>> cv = BinnedStratifiedGroupShuffleSplit(
    ...     1, bins=[0, 50, 100], test_size=0.5, random_state=0
    ... )
    >>> train, test = next(cv.split(None, y, groups))
    >>> set(groups[train]) & set(groups[test])
    set()
    """

    _parameter_constraints: dict = {
        "n_splits": N_SPLITS,
        "bins": BINS,
        "test_size": SIZE,
        "train_size": SIZE,
        "random_state": ["random_state"],
    }

    def __init__(
        self, n_splits=5, *, bins="auto", test_size=None, train_size=None, random_state=None
    ):
        self.n_splits = n_splits
        self.bins = bins
        self.test_size = test_size
        self.train_size = train_size
        self.random_state = random_state

    def _splits(self, y, groups):
        caller, n = type(self).__name__, len(y)
        n_train, n_test = split_sizes(
            n, self.test_size, self.train_size, default=0.2, caller=caller
        )
        group = group_numbers(groups, caller=caller)
        if group.max() == 0:
            raise parameter_error("groups", caller, "labels of at least two groups", "one group")
        needed = rows_needed(n, n_train, n_test)
        labels = target_labels(self.bins, y, needed, caller=caller)
        strata = find_strata(labels, needed, self.bins, group)
        sizes = np.array([n_train, n_test, n - n_train - n_test])
        return self._draw(y, group, *strata, sizes)

    def _draw(self, y, group, strata, named, sizes):
        shares = stratum_shares(group, strata)
        rows = np.bincount(group)
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            order = rng.permutation(len(rows))
            parts = place_groups(shares, order, sizes[sizes > 0] / len(y))
            fill_empty(parts, rows)
            part = parts[group]
            warn_missing(
                y,
                strata,
                named & missing_strata(strata, part, 2),
                "both the training and the test rows",
            )
            yield tuple(rng.permutation(np.flatnonzero(part == j)) for j in range(2))


def group_numbers(groups, *, caller):
    """Return the group of each row as 0, 1, ... in the order of the labels."""
    groups = np.asarray(groups)
    if groups.ndim != 1:
        raise parameter_error(
            "groups", caller, "a 1-d array with the group of each row", f"shape {groups.shape}"
        )
    if groups.dtype.kind == "f" and np.isnan(groups).any():
        raise parameter_error("groups", caller, "without missing values", "NaN")
    try:
        _, group = np.unique(groups, return_inverse=True)
    except TypeError:
        raise parameter_error(
            "groups", caller, "labels that can be sorted", "labels of different types"
        ) from None
    return group


def stratum_shares(group, strata):
    """Return the share of each stratum's rows in each group; the last stratum is all rows."""
    n, n_strata = len(group), strata.max() + 1
    counts = sparse.csr_matrix(
        (np.ones(2 * n), (np.tile(group, 2), np.append(strata, np.full(n, n_strata)))),
        shape=(group.max() + 1, n_strata + 1),
    )
    totals = np.append(np.bincount(strata), n)
    return sparse.csr_matrix(counts.multiply(1 / np.maximum(totals, 1)))


def squared_shares(shares):
    """Return how much each group matters: the sum of its squared shares."""
    return np.asarray(shares.multiply(shares).sum(axis=1)).ravel()


def place_groups(shares, order, sizes):
    """Return the part of each group, placed greedily in the given order.

    A group goes where the sum over strata and parts of (share)^2 / (size of the part) grows least.
    """
    load = np.zeros((len(sizes), shares.shape[1]))
    part = np.empty(len(order), dtype=np.intp)
    bounds, columns, values = shares.indptr, shares.indices, shares.data
    for group in order:
        start, stop = bounds[group], bounds[group + 1]
        column, share = columns[start:stop], values[start:stop]
        growth = ((2 * load[:, column] + share) @ share) / sizes
        # the first of the least, as far as floats can tell
        part[group] = best = np.argmax(growth <= growth.min() * (1 + 1e-9))
        load[best, column] += share
    return part


def fill_empty(parts, rows):
    """Give an empty training or test part the smallest group of another part, in place.

    That is the part with the most rows of those that can spare a group: the training and the test
    part need one of their own, a third part none.
    """
    for part in range(2):
        if not (parts == part).any():
            spare = np.bincount(parts, minlength=3) > [1, 1, 0]
            largest = np.argmax(np.bincount(parts, weights=rows, minlength=3) * spare)
            candidates = np.flatnonzero(parts == largest)
            parts[candidates[np.argmin(rows[candidates])]] = part


def missing_strata(strata, part, n_parts):
    """Return for each stratum whether it has rows, but none in one of the parts."""
    n_strata = strata.max() + 1
    used = part < n_parts
    table = np.bincount(part[used] * n_strata + strata[used], minlength=n_parts * n_strata)
    present = (table.reshape(n_parts, n_strata) > 0).all(axis=0)
    return ~present & (np.bincount(strata) > 0)
