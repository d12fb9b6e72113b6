"""Validation of targets, their weights and their bins, with one form of message."""

import numbers
from decimal import Decimal

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
    raw = plain_array(y, caller=caller, name=name, accepted="a 1-d array of numbers")
    if raw.ndim != 1:
        raise parameter_error(name, caller, "a 1-d array of numbers", _shape_of(y, raw, name))
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


def check_unmasked(array, *, caller="skdir", name="X"):
    """Refuse an array with masked values, since the numbers under the mask would be used.

    Parameters
    ----------
    array : object
        Anything; only masked arrays of numpy with a masked value are refused.

    caller, name : str
        For the message.

    Raises
    ------
    ValueError
        If a value is masked.
    """
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        raise parameter_error(
            name,
            caller,
            "an array without masked values (drop their rows, or fill them)",
            f"{np.ma.count_masked(array)} masked values",
        )


def plain_array(values, *, caller, name, accepted):
    """Return values as an ndarray of any shape and dtype, without a copy where it is one."""
    if sparse.issparse(values):
        raise parameter_error(name, caller, f"{accepted}, dense", "a sparse container")
    check_unmasked(values, caller=caller, name=name)
    try:
        return np.asarray(values)
    except ValueError:
        got = "a ragged sequence"
    except (TypeError, RuntimeError) as error:  # such as tensors on a GPU or with gradients
        got = f"a {type(values).__name__} that numpy does not read ({error})"
    raise parameter_error(name, caller, accepted, got) from None


def _shape_of(y, raw, name):
    """Describe what is not 1-d, with the remedy where it is one column."""
    if raw.ndim == 0 and raw.dtype.kind == "O":
        return f"a {type(y).__name__}"
    got = f"an array of shape {raw.shape}"
    if raw.ndim != 2 or raw.shape[1] != 1:
        return got
    columns = getattr(y, "columns", None)
    if columns is not None and hasattr(y, "__getitem__"):
        return f"{got}; pass its column, {name}[{_plain(getattr(y, 'column_names', columns)[0])!r}]"
    return f"{got}; pass {name}.ravel()" if hasattr(y, "ravel") else f"{got}; pass np.ravel({name})"


def _as_float(raw, name, caller):
    """Convert a 1-d array to float64; text and dates are not numbers."""
    if raw.dtype.kind in "biu":
        return raw.astype(np.float64, copy=False)
    if raw.dtype.kind == "O":  # pandas' missing value does not convert to a float, None does
        raw = np.where([type(value).__name__ == "NAType" for value in raw], None, raw)
    objects = raw.dtype.kind == "O" and all(_is_number(value) or value is None for value in raw)
    if raw.dtype.kind == "f" or objects:
        try:
            with np.errstate(over="ignore"):  # a longdouble beyond float64 becomes infinite
                return raw.astype(np.float64, copy=False)
        except (OverflowError, ValueError):  # such as 10**400, or a signaling decimal NaN
            raise parameter_error(
                name, caller, "finite (drop or rescale them first)", "a number beyond float64"
            ) from None
    got = f"dtype {raw.dtype}"
    if raw.dtype.kind in "OUS":
        odd = next((value for value in raw if not _is_number(value)), "nothing")
        got += f" with values such as {_plain(odd)!r}"
    raise parameter_error(name, caller, "an array of real numbers", got)


def _is_number(value):
    """Tell whether an object is a real number, missing as NaN at most."""
    return isinstance(value, (numbers.Real, np.bool_, Decimal)) and not isinstance(
        value, np.timedelta64
    )


def _plain(value):
    """Return a scalar of numpy as Python's: 'a', not np.str_('a')."""
    return value.item() if isinstance(value, np.generic) else value


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
        sample_weight = np.full(n_samples, sample_weight)  # object where float64 is too small
    weight = check_target(sample_weight, caller=caller, name=name, min_samples=0)
    if len(weight) != n_samples:
        raise parameter_error(
            name, caller, f"of shape ({n_samples},), as y", f"shape {weight.shape}"
        )
    if n_samples == 0:
        return weight
    if weight.min() < 0:
        raise parameter_error(name, caller, "non-negative", f"{weight.min():g}")
    if weight.max() == 0:
        raise parameter_error(name, caller, "positive for some rows", "only zeros")
    return weight


def check_lengths(arrays, n_samples, *, caller):
    """Refuse arrays that have not one row per target.

    Parameters
    ----------
    arrays : dict of str to object
        Arrays, sparse matrices, frames or lists by the name of their parameter; None is none.

    n_samples : int
        How many rows each must have, as `y` has.

    caller : str
        For the message.

    Raises
    ------
    ValueError
        If one has another number of rows, or none at all.
    """
    # imported here, so that this file is read fast, and where scikit-learn cannot be
    from skdir.utils._sklearn_compat import _num_samples

    for name, array in arrays.items():
        try:
            n_rows = n_samples if array is None else _num_samples(array)
        except TypeError:
            got = f"a {type(array).__name__}"
            raise parameter_error(name, caller, f"an array of {n_samples} rows", got) from None
        if n_rows != n_samples:
            accepted = f"an array of {n_samples} rows, as y"
            raise parameter_error(name, caller, accepted, f"{n_rows} rows")


def drop_unweighted(sample_weight, *arrays):
    """Return the weights and arrays without the rows of zero weight, which change nothing."""
    if sample_weight is None or sample_weight.all():
        return sample_weight, *arrays
    kept = sample_weight > 0
    return sample_weight[kept], *(array[kept] for array in arrays)


def real_array(values):
    """Return a parameter as an array of float64, None if it is not made of real numbers alone."""
    if np.ma.is_masked(values):
        return None
    try:
        array = np.asarray(values)
        return array.astype(np.float64) if array.dtype.kind in "biuf" else None
    except (TypeError, ValueError):
        return None


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
    if isinstance(bins, numbers.Integral) and not isinstance(bins, (bool, np.timedelta64)):
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
