"""A test set whose targets are uniform, whatever the distribution of the training targets."""

from itertools import chain
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state, indexable

from skdir.model_selection._strata import describe_targets, order_by_bin
from skdir.utils._sklearn_compat import Interval, StrOptions, _safe_indexing, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import check_lengths, check_target, parameter_error

_CALLER = "balanced_train_test_split"


@validate_params(
    {
        "X": ["array-like", "sparse matrix"],
        "y": ["array-like"],
        "bins": [
            StrOptions({"auto", "integer"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
        ],
        "test_size": [Interval(Real, 0, None, closed="neither"), None],
        "n_per_bin": [Interval(Integral, 1, None, closed="left"), None],
        "max_share": [Interval(Real, 0, 1, closed="neither")],
        "validation": ["boolean"],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def balanced_train_test_split(
    X,
    y,
    *arrays,
    bins=10,
    test_size=None,
    n_per_bin=None,
    max_share=1 / 3,
    validation=False,
    random_state=None,
):
    """Split arrays into training rows and test rows with uniform targets.

    Every bin of the target gives the same number of test rows, as far as it has them; the rest are
    training rows, as imbalanced as before. Errors over such test rows count all regions of the
    target alike, as in the benchmarks of deep imbalanced regression.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Features, or anything else that can be indexed by rows.

    y : array-like of shape (n_samples,)
        Targets.

    *arrays : sequence of array-like of shape (n_samples, ...)
        Further arrays to split in the same way, such as sample weights.

    bins : 'auto', 'integer', int or array-like of shape (n_bins + 1,), default=10
        Bins of the target: a number of equal width over the range of `y`; one bin
        [k - 0.5, k + 0.5) per whole number ("integer"); the finer of Sturges' and Freedman and
        Diaconis' rules ("auto"); or edges in units of y, which must cover `y`. Bins are half-open;
        the last is closed.

    test_size : float or int, default=None
        Share or number of the test rows over all bins; 0.1 if `n_per_bin` is None, too.

    n_per_bin : int, default=None
        Number of test rows from each bin, instead of `test_size`.

    max_share : float, default=1/3
        The largest share of the rows of a bin, below 1, that become test rows. With `validation`,
        that much again may become validation rows, so that it must be below 1/2.

    validation : bool, default=False
        Whether to set apart validation rows too, as many from each bin as test rows.

    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Returns
    -------
    splitting : list of length 2 * (2 + len(arrays)), or 3 * (2 + len(arrays))
        Training and test part of each array, in the order of the arguments; with `validation`
        training, validation and test part. Containers are as in
        :func:`sklearn.model_selection.train_test_split`.

    Raises
    ------
    ValueError
        If a parameter is not valid, lengths differ, or the bins have too few rows for `test_size`.

    Warns
    -----
    UserWarning
        If a bin with rows gives no test row.

    See Also
    --------
    BinnedStratifiedShuffleSplit : Test rows that are distributed as all rows.
    skdir.metrics.balanced_mean_absolute_error : The same view of given test rows.

    Notes
    -----
    A bin with n rows gives at most ``floor(n * max_share)`` test rows. For `test_size`, the number
    per bin is the same for all bins that have as many, up to one row, and as large as it takes.
    So the larger the test set, the less uniform it is: look at the rarest bins.

    With ``bins="integer", n_per_bin=30, validation=True`` this is the protocol of AgeDB-DIR
    (150 for IMDB-WIKI-DIR): validation and test rows of each age are a third of its rows, and 30
    at the most. The cost is O(n log n).

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.model_selection import balanced_train_test_split
    >>> y = np.repeat([20, 30, 40, 50], [500, 300, 60, 15])
    >>> X = np.arange(len(y)).reshape(-1, 1)
    >>> X_train, X_test, y_train, y_test = balanced_train_test_split(
    ...     X, y, bins=4, n_per_bin=5, random_state=0
    ... )
    >>> [np.sum(y_test == age).item() for age in (20, 30, 40, 50)]
    [5, 5, 5, 5]
    >>> [np.sum(y_train == age).item() for age in (20, 30, 40, 50)]
    [495, 295, 55, 10]
    """
    if test_size is not None and n_per_bin is not None:
        raise parameter_error("test_size", _CALLER, "None where n_per_bin is given", test_size)
    if validation and max_share >= 0.5:
        raise parameter_error("max_share", _CALLER, "below 0.5 with validation rows", max_share)
    target = check_target(y, caller=_CALLER)
    names = {f"arrays[{i}]": array for i, array in enumerate(arrays)}
    check_lengths({"X": X, **names}, len(target), caller=_CALLER)
    containers = indexable(X, y, *arrays)
    labels = TargetBins.of(bins, target, caller=_CALLER).index(target)

    rng = check_random_state(random_state)
    counts = np.bincount(labels)
    # a third of 3 rows is 1 row, whatever the rounding of 1/3
    capacity = np.floor(counts * max_share + 1e-9).astype(np.intp)
    if n_per_bin is None:
        quota = fill_evenly(capacity, _n_test(test_size, len(target), capacity.sum()), rng)
    else:
        quota = np.minimum(capacity, n_per_bin)
    if not quota.any():
        raise parameter_error(
            "max_share",
            _CALLER,
            f"enough for a test row: the fullest bin has {counts.max()} rows",
            f"{max_share:g}",
        )
    untested = np.flatnonzero((counts > 0) & (quota == 0))
    if len(untested):
        warn_user(
            f"Bins without a test row: {describe_targets(target, labels, untested)}. Use wider "
            "bins or a larger 'max_share' or 'test_size'."
        )

    order = order_by_bin(labels, rng)
    bin_ = labels[order]
    place = np.arange(len(order)) - (np.cumsum(counts) - counts)[bin_]
    part = (place >= quota[bin_]).astype(np.intp)
    if validation:
        part += place >= 2 * quota[bin_]
    parts = [rng.permutation(order[part == k]) for k in reversed(range(part.max() + 1))]
    return list(chain.from_iterable([_safe_indexing(a, p) for p in parts] for a in containers))


def _n_test(test_size, n, available):
    """Return the number of test rows that `test_size` stands for."""
    size = 0.1 if test_size is None else test_size
    if isinstance(size, Integral):
        n_test = int(size)
    elif size < 1:
        n_test = int(np.ceil(size * n))
    else:
        raise parameter_error("test_size", _CALLER, "a share below 1 or a number of rows", size)
    if n_test > available:
        raise parameter_error(
            "test_size",
            _CALLER,
            f"at most the {available} rows that 'max_share' and the bins allow",
            f"{test_size} ({n_test} rows)",
        )
    return n_test


def fill_evenly(capacity, total, rng):
    """Return how many rows each bin gives: as equal as their capacities allow, `total` together."""
    low, high = 0, int(capacity.max())
    while low < high:
        middle = (low + high + 1) // 2
        if np.minimum(capacity, middle).sum() <= total:
            low = middle
        else:
            high = middle - 1
    quota = np.minimum(capacity, low)
    more = np.flatnonzero(capacity > low)
    quota[rng.choice(more, total - quota.sum(), replace=False)] += 1
    return quota
