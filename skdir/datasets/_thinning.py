"""Rows of given data, drawn so that their target has a wanted density."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state, indexable

from skdir.utils._sklearn_compat import Interval, StrOptions, _safe_indexing, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import check_lengths, check_target, parameter_error

_CALLER = "make_imbalance"
# Points per bin at which a density is evaluated.
_POINTS = 16


@validate_params(
    {
        "X": ["array-like", "sparse matrix"],
        "y": ["array-like"],
        "density": ["array-like", callable],
        "n_samples": [Interval(Integral, 1, None, closed="left"), None],
        "bins": [
            StrOptions({"auto", "integer"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
        ],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_imbalance(X, y, *, density, n_samples=None, bins=10, random_state=None):
    """Thin data until its target has a given density.

    Rows are only left out, never repeated nor changed, so what a method gains on the thinned rows
    can be compared with what all rows would have given.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Features, or anything else that can be indexed by rows.

    y : array-like of shape (n_samples,)
        Targets, best with many rows in every bin.

    density : array-like of shape (n_bins,) or callable
        The wanted density up to a factor: the share of each bin; or a function that takes targets
        of shape (n,) and returns densities of shape (n,), such as the ``pdf`` of a distribution
        of scipy. 0 leaves a bin empty.

    n_samples : int, default=None
        Number of rows to keep; None is as many as there are for this density.

    bins : 'auto', 'integer', int or array-like of shape (n_bins + 1,), default=10
        Bins of the target: a number of equal width over the range of `y`; one bin
        [k - 0.5, k + 0.5) per whole number ("integer"); the finer of Sturges' and Freedman and
        Diaconis' rules ("auto"); or edges in units of y, which must cover `y`.

    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Returns
    -------
    X : {ndarray, sparse matrix, dataframe} of shape (n_kept, n_features)
        Features of the kept rows, in their order, in the container they came in.

    y : {ndarray, list, series} of shape (n_kept,)
        Their targets.

    Raises
    ------
    ValueError
        If a parameter is not valid, if lengths differ, if a bin without rows should have some, or
        if there are too few rows for `n_samples`.

    See Also
    --------
    make_imbalanced_regression : Data made with an imbalanced target.
    skdir.model_selection.balanced_train_test_split : The opposite: uniform test rows.

    Notes
    -----
    A bin's number of rows is its share of the density (of a function, the mean over 16 points
    times the width) times the number of rows, rounded so that the sum is kept; within a bin, all
    rows are as likely to stay. The cost is O(n log n).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from skdir.datasets import make_imbalance
    >>> y = np.linspace(0, 4, 4000)
    >>> X = y.reshape(-1, 1)
    >>> X_thin, y_thin = make_imbalance(X, y, density=stats.expon().pdf, bins=4, random_state=0)
    >>> np.histogram(y_thin, bins=4, range=(0, 4))[0].tolist()
    [1000, 368, 135, 50]
    """
    target = check_target(y, caller=_CALLER)
    check_lengths({"X": X}, len(target), caller=_CALLER)
    X, y = indexable(X, y)
    target_bins = TargetBins.of(bins, target, caller=_CALLER)
    labels = target_bins.index(target)
    counts = target_bins.sums(labels)
    share = _shares(density, target_bins.edges)
    _check_supply(share, counts, target_bins.edges)
    quota = _quotas(share, counts, n_samples)

    rng = check_random_state(random_state)
    order = np.lexsort((rng.permutation(len(labels)), labels))
    place = np.arange(len(order)) - (np.cumsum(counts) - counts)[labels[order]]
    kept = np.sort(order[place < quota[labels[order]]])
    return _safe_indexing(X, kept), _safe_indexing(y, kept)


def _shares(density, edges):
    """Return the wanted share of each bin."""
    n_bins = len(edges) - 1
    if callable(density):
        inner = (np.arange(_POINTS) + 0.5) / _POINTS
        points = edges[:-1, None] + np.diff(edges)[:, None] * inner
        values = np.asarray(density(points.ravel()))
        if values.shape != (points.size,):
            raise parameter_error(
                "density",
                _CALLER,
                f"a function of targets of shape ({points.size},) that returns that shape",
                f"shape {values.shape}",
            )
        values = check_target(values, caller=_CALLER, name="density")
        mass = values.reshape(points.shape).mean(axis=1) * np.diff(edges)
        lowest = values.min()
    else:
        mass = check_target(density, caller=_CALLER, name="density")
        if len(mass) != n_bins:
            raise parameter_error(
                "density",
                _CALLER,
                f"of shape ({n_bins},), one value per bin",
                f"{len(mass)} values",
            )
        lowest = mass.min()
    if lowest < 0 or not mass.any():
        got = f"{lowest:g} at the least" if lowest < 0 else "only zeros"
        raise parameter_error("density", _CALLER, "non-negative, and positive somewhere", got)
    return mass / mass.max() / (mass / mass.max()).sum()


def _check_supply(share, counts, edges):
    """Refuse a density that wants rows of a bin which has none."""
    wanting = np.flatnonzero((share > 0) & (counts == 0))
    if len(wanting):
        first = wanting[0]
        raise parameter_error(
            "density",
            _CALLER,
            "zero where y has no rows",
            f"{share[first]:.3g} of all in the bin from {edges[first]:g} to {edges[first + 1]:g}, "
            "which is empty",
        )


def _quotas(share, counts, n_samples):
    """Return how many rows each bin keeps."""
    used = share > 0
    most = int(np.floor((counts[used] / share[used]).min() * (1 + 1e-12)))
    total = most if n_samples is None else int(n_samples)
    if total > most:
        raise parameter_error(
            "n_samples", _CALLER, f"at most {most}, which this density leaves of y", n_samples
        )
    exact = share * total
    quota = np.floor(exact + 1e-9).astype(np.intp)
    # the largest fractions are rounded up, among bins that have one row more
    rest = total - quota.sum()
    order = np.argsort(-(exact - quota) + 2.0 * (quota >= counts), kind="stable")
    quota[order[:rest]] += 1
    return quota
