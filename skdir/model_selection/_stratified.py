"""Splits whose test rows have the distribution of the target."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skdir.model_selection._base import N_FOLDS, N_SPLITS, FoldSplitter, TargetSplitter
from skdir.model_selection._strata import (
    BINS,
    deal,
    draw_evenly,
    find_strata,
    order_by_bin,
    short_strata,
    target_labels,
    warn_missing,
)
from skdir.utils._sklearn_compat import Interval, _validate_shuffle_split
from skdir.utils._validation import parameter_error

# A number of rows or a share: scikit-learn's function checks it against the number of rows.
SIZE = [Interval(Real, 0, None, closed="neither"), None]


class BinnedStratifiedKFold(FoldSplitter):
    """K folds with the same distribution of a continuous target.

    The rows of each bin of the target are dealt to the folds in turn, so that rare targets are in
    the test rows of every fold where there are enough of them.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.

    bins : 'auto', 'integer', 'quantile', int or array-like of shape (n_bins + 1,), default='auto'
        Bins of the target: the finer of Sturges' and Freedman and Diaconis' rules ("auto"); one
        bin [k - 0.5, k + 0.5) per whole number; bins of `n_splits` rows each, the finest there
        are ("quantile"); a number of equal width over the range of `y`; or edges in units of y,
        which must cover `y`. Bins are half-open; the last is closed.

    shuffle : bool, default=False
        Whether the rows of a bin are dealt in random order. Otherwise rows of a bin that are in
        one fold are neighbours.

    random_state : int, RandomState instance or None, default=None
        Seed of the random order; only with `shuffle`.

    See Also
    --------
    BinnedStratifiedGroupKFold : Keeps groups of rows together.
    BinnedStratifiedShuffleSplit : Random splits with test rows of any number.
    sklearn.model_selection.StratifiedKFold : The same for classes.

    Notes
    -----
    Rows are dealt one after the other, bin by bin along the target. So the numbers of rows of any
    two folds differ by at most one in each bin, in each run of neighbouring bins, and over all
    rows. Bins with fewer rows than folds need not be merged: a run of them that has as many rows
    as there are folds is in every fold.

    There is a warning where that fails: if neighbouring bins with fewer rows than folds have fewer
    even together. With "auto", whose bins are not the user's, only if these targets also stand
    apart, with an empty bin between them and the rest.

    Unlike :class:`~sklearn.model_selection.StratifiedKFold`, which deals class by class in the
    order of their first rows, the folds depend on the order of the rows only within bins.
    The cost is O(n log n).

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.model_selection import BinnedStratifiedKFold
    >>> y = np.array([1, 1, 1, 2, 2, 1, 1, 1, 60, 90])
    >>> cv = BinnedStratifiedKFold(n_splits=2, bins=[0, 50, 100])
    >>> for train, test in cv.split(None, y):
    ...     print(y[test])
    [ 1  1  1  2 60]
    [ 2  1  1  1 90]
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
        self._check_number(len(y), "rows")
        labels = target_labels(self.bins, y, self.n_splits, caller=type(self).__name__)
        strata, named = find_strata(labels, self.n_splits, self.bins)
        warn_missing(
            y,
            strata,
            named & short_strata(strata, self.n_splits),
            f"the test rows of each of {self.n_splits} folds",
        )
        rng = check_random_state(self.random_state) if self.shuffle else None
        fold = deal(labels, self.n_splits, rng)
        return (
            (np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(self.n_splits)
        )


class BinnedStratifiedShuffleSplit(TargetSplitter):
    """Random splits that keep the distribution of a continuous target.

    Each split draws its test rows anew, from every bin of the target its share.

    Parameters
    ----------
    n_splits : int, default=10
        Number of splits.

    bins : 'auto', 'integer', 'quantile', int or array-like of shape (n_bins + 1,), default='auto'
        Bins of the target: the finer of Sturges' and Freedman and Diaconis' rules ("auto"); one
        bin [k - 0.5, k + 0.5) per whole number; bins of equally many rows, as small as can be
        with a test and a training row in each ("quantile"); a number of equal width over the range
        of `y`; or edges in units of y, which must cover `y`. Bins are half-open; the last is
        closed.

    test_size : float or int, default=None
        Share or number of the test rows. If None, the rest of `train_size`, or 0.1.

    train_size : float or int, default=None
        Share or number of the training rows. If None, all that are not test rows.

    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    See Also
    --------
    BinnedStratifiedKFold : Every row is tested once.
    balanced_train_test_split : Test targets that are uniform instead.

    Notes
    -----
    Rows are put in the order of their bins, at random within bins, and drawn at equal distances
    with a random start. So each row has the same chance, and each bin and each run of neighbouring
    bins gives the test rows its share, rounded up or down. There is a warning where that may be
    none, as described for :class:`BinnedStratifiedKFold`. The cost is O(n log n) per split.

    Examples
    --------
    One stratified split into training and test rows:

    >>> import numpy as np
    >>> from skdir.model_selection import BinnedStratifiedShuffleSplit
    >>> y = np.array([1, 1, 1, 2, 2, 1, 1, 1, 60, 90])
    >>> cv = BinnedStratifiedShuffleSplit(1, bins=[0, 50, 100], test_size=0.5, random_state=0)
    >>> train, test = next(cv.split(None, y))
    >>> sorted(y[test].tolist())
    [1, 1, 1, 2, 90]
    """

    _parameter_constraints: dict = {
        "n_splits": N_SPLITS,
        "bins": BINS,
        "test_size": SIZE,
        "train_size": SIZE,
        "random_state": ["random_state"],
    }

    def __init__(
        self, n_splits=10, *, bins="auto", test_size=None, train_size=None, random_state=None
    ):
        self.n_splits = n_splits
        self.bins = bins
        self.test_size = test_size
        self.train_size = train_size
        self.random_state = random_state

    def _splits(self, y, groups):
        n = len(y)
        n_train, n_test = split_sizes(
            n, self.test_size, self.train_size, default=0.1, caller=type(self).__name__
        )
        needed = rows_needed(n, n_train, n_test)
        labels = target_labels(self.bins, y, needed, caller=type(self).__name__)
        strata, named = find_strata(labels, needed, self.bins)
        warn_missing(
            y,
            strata,
            named & short_strata(strata, needed),
            f"both the {n_train} training and the {n_test} test rows of every split",
        )
        return self._draw(labels, n_train, n_test)

    def _draw(self, labels, n_train, n_test):
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            order = order_by_bin(labels, rng)
            tested = draw_evenly(len(order), n_test, rng)
            test, rest = order[tested], order[~tested]
            train = rest[draw_evenly(len(rest), n_train, rng)]
            yield rng.permutation(train), rng.permutation(test)


def split_sizes(n, test_size, train_size, *, default, caller):
    """Return how many rows are for training and for test."""
    for name, size in (("test_size", test_size), ("train_size", train_size)):
        whole = isinstance(size, Integral)
        if size is not None and not (1 <= size < n if whole else 0 < size < 1):
            accepted = f"a share between 0 and 1, or a number of rows below {n}"
            raise parameter_error(name, caller, accepted, repr(size))
    try:
        return _validate_shuffle_split(n, test_size, train_size, default_test_size=default)
    except ValueError:  # together they are too much, or one leaves nothing
        name, size = ("test_size", test_size) if train_size is None else ("train_size", train_size)
        got = f"{size!r}" + (f" with test_size={test_size!r}" if name == "train_size" else "")
        accepted = f"a size that leaves some of {n} rows for training and some for test"
        raise parameter_error(name, caller, accepted, got) from None


def rows_needed(n, n_train, n_test):
    """Return the number of rows at which a stratum is in the training and the test rows for sure.

    Of m rows at least floor(m n_test / n) are test rows; of the r >= m - ceil(m n_test / n) others
    at least floor(r n_train / (n - n_test)) are training rows.
    """
    m = np.arange(1, n + 1, dtype=np.int64)
    tested = m * n_test // n
    rest = m + (-m * n_test // n)
    return int(m[(tested > 0) & (rest * n_train // (n - n_test) > 0)][0])
