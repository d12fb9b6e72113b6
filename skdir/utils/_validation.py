"""Validation of targets, their weights and their bins, with one form of message."""

import numbers

import numpy as np
from scipy import sparse

# More bins than this are a mistake (a bandwidth or a unit gone wrong), not a request.
MAX_BINS = 2**22


def parameter_error(parameter, caller, accepted, got, error=ValueError):
    """Build the error for a bad parameter: its name, what is accepted, what came."""
    return error(f"The {parameter!r} parameter of {caller} must be {accepted}. Got {got} instead.")


def check_target(y, *, caller="skdir", name="y", min_samples=1):
    """Validate a continuous target.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets: a list, ndarray, Series or anything that converts to a 1-d array of real
        numbers. Booleans count as 0 and 1.

    caller : str, default="skdir"
        Name of the class or function for the message.

    name : str, default="y"
        Name of the parameter for the message.

    min_samples : int, default=1
        The least number of targets.

    Returns
    -------
    y : ndarray of shape (n_samples,)
        Targets as float64. The input itself where it is one already; it is never written to.

    Raises
    ------
    ValueError
        If `y` is empty, not 1-d, not numeric, or has missing or infinite values.

    Examples
    --------
    >>> from skdir.utils import check_target
    >>> check_target([1, 2, 3])
    array([1., 2., 3.])
    """
    if sparse.issparse(y):
        raise parameter_error(name, caller, "a dense 1-d array of numbers", "a sparse container")
    try:
        raw = np.asarray(y)
    except ValueError:
        raise parameter_error(name, caller, "a 1-d array of numbers", "a ragged sequence") from None
    if raw.ndim != 1:
        hint = "; pass y.ravel()" if raw.ndim == 2 and raw.shape[1] == 1 else ""
        raise parameter_error(
            name,
            caller,
            "a 1-d array of numbers",
            f"an array of shape {raw.shape}{hint}",
        )
    values = _as_float(raw, name, caller)
    if len(values) < min_samples:
        raise parameter_error(
            name, caller, f"an array of at least {min_samples} targets", f"{len(values)} samples"
        )
    # The sum is finite almost always, and one pass; the exact count only where it is not.
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(values.sum()) or np.isfinite(values).all()
    if not finite:
        n_nan, n_inf = int(np.isnan(values).sum()), int(np.isinf(values).sum())
        raise parameter_error(
            name, caller, "finite (drop or impute them first)", f"{n_nan} NaN and {n_inf} infinity"
        )
    return values


def _as_float(raw, name, caller):
    """Convert a 1-d array to float64; text and dates are not numbers."""
    if raw.dtype.kind in "biuf":
        return raw.astype(np.float64, copy=False)
    if raw.dtype.kind == "O" and all(
        isinstance(value, (numbers.Real, np.bool_)) or value is None for value in raw
    ):
        return raw.astype(np.float64)
    got = f"dtype {raw.dtype}"
    if raw.dtype.kind in "OUS":
        odd = next((v for v in raw if not isinstance(v, (numbers.Real, np.bool_))), "nothing")
        odd = odd.item() if isinstance(odd, np.generic) else odd  # 'a', not np.str_('a')
        got += f" with values such as {odd!r}"
    raise parameter_error(name, caller, "an array of real numbers", got)


def check_sample_weight(sample_weight, n_samples, *, caller="skdir", name="sample_weight"):
    """Validate the weights of samples.

    Parameters
    ----------
    sample_weight : array-like of shape (n_samples,), number or None
        Non-negative weights; None is no weights; a number is the same weight for each row.

    n_samples : int
        How many there must be.

    caller : str, default="skdir"
        Name of the class or function for the message.

    name : str, default="sample_weight"
        Name of the parameter for the message.

    Returns
    -------
    sample_weight : ndarray of shape (n_samples,) or None
        Weights as float64.

    Raises
    ------
    ValueError
        If weights are negative, missing, infinite, all zero or too few or too many.

    Examples
    --------
    >>> from skdir.utils import check_sample_weight
    >>> check_sample_weight([1, 0, 2], 3)
    array([1., 0., 2.])
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, numbers.Real) and not isinstance(sample_weight, bool):
        sample_weight = np.full(n_samples, sample_weight, dtype=np.float64)
    weight = check_target(sample_weight, caller=caller, name=name, min_samples=0)
    if len(weight) != n_samples:
        raise parameter_error(
            name, caller, f"of shape ({n_samples},), as y", f"shape {weight.shape}"
        )
    if weight.min() < 0:
        raise parameter_error(name, caller, "non-negative", f"{weight.min():g} at the least")
    if weight.max() == 0:
        raise parameter_error(name, caller, "positive for some rows", "only zeros")
    return weight


def drop_unweighted(sample_weight, *arrays):
    """Return the weights and arrays without the rows of zero weight, which change nothing."""
    if sample_weight is None or sample_weight.all():
        return sample_weight, *arrays
    kept = sample_weight > 0
    return sample_weight[kept], *(array[kept] for array in arrays)


def check_bins(bins, *, caller="skdir", name="bins"):
    """Validate target bins given as a number or as edges.

    Parameters
    ----------
    bins : int or array-like of shape (n_bins + 1,)
        Number of bins of equal width, or their strictly increasing edges.

    caller, name : str
        For the message.

    Returns
    -------
    bins : int or ndarray of shape (n_bins + 1,)
        The number as an int, edges as float64.

    Raises
    ------
    ValueError
        If the number is not positive, or edges are unsorted, repeated, fewer than two or not
        finite.

    Examples
    --------
    >>> from skdir.utils import check_bins
    >>> check_bins([0, 1, 3])
    array([0., 1., 3.])
    """
    accepted = f"an integer from 1 to {MAX_BINS} or strictly increasing edges"
    if isinstance(bins, numbers.Integral) and not isinstance(bins, bool):
        if not 1 <= bins <= MAX_BINS:
            raise parameter_error(name, caller, accepted, bins)
        return int(bins)
    if bins is None or isinstance(bins, (str, bytes, bool, numbers.Number)):
        raise parameter_error(name, caller, accepted, repr(bins))
    edges = check_target(bins, caller=caller, name=name, min_samples=0)
    if not 2 <= len(edges) <= MAX_BINS + 1:
        raise parameter_error(name, caller, accepted, f"{len(edges)} edges")
    if not (np.diff(edges) > 0).all():
        first = int(np.argmax(np.diff(edges) <= 0))
        what = "repeated" if edges[first] == edges[first + 1] else "unsorted"
        raise parameter_error(
            name,
            caller,
            accepted,
            f"{what} edges ({edges[first]:g} followed by {edges[first + 1]:g})",
        )
    return edges
