"""Values of columns as numbers and as levels, and new numbers in the types of old ones."""

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

import numpy as np

from skdir.utils._validation import parameter_error

_INT64 = np.iinfo(np.int64)
# The ticks of dates in 64 bits; the least number stands for a missing one.
DATE_LIMITS = int(_INT64.min) + 1, int(_INT64.max)
_REAL = (Real, np.bool_, Decimal)
# Kinds of objects that are whole numbers, and those that come back as what they are.
WHOLE = (int, bool)
_KEPT = {bool, Decimal, Fraction}


def fit_dtype(values, dtype):
    """Convert new numbers to the type of the old ones; whole types round and stay in range."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.rint(values)
        # the largest integer of a type may be no float
        inside = np.clip(values, float(limits.min), np.nextafter(float(limits.max), 0))
        return np.where(values >= limits.max, limits.max, inside.astype(dtype)).astype(dtype)
    if dtype.kind == "b":
        return values >= 0.5
    with np.errstate(over="ignore"):  # what is too large for it is asked for by others
        return values.astype(dtype, copy=False)


def fit_decimal(values, precision, scale):
    """Keep new numbers in the range of a decimal type."""
    limit = np.nextafter(float(10**precision - 1) / 10**scale, 0)
    return np.clip(values, -limit, limit)


def largest_of(dtype):
    """Return the largest number of a float type, and that of float64 for all others."""
    is_float = isinstance(dtype, np.dtype) and dtype.kind == "f"
    return min(np.finfo(dtype if is_float else np.float64).max, np.finfo(np.float64).max)


def kind_of(values):
    """Return of what kind new numbers among objects are to be: bool, int, float, or a decimal."""
    kinds = {type(value) for value in values if not is_missing(value)}
    if len(kinds) == 1 and kinds <= _KEPT:
        return kinds.pop()
    return int if all(issubclass(kind, Integral) for kind in kinds) else float


def fit_objects(values, kind):
    """Convert new numbers to objects of a kind."""
    if kind is bool:
        new = (values >= 0.5).tolist()
    elif kind is int:
        new = [int(value) for value in np.rint(values)]
    elif kind is float:
        new = values.tolist()
    else:  # by its digits: a Decimal of 0.1 itself has 55 of them
        new = [kind(str(value)) for value in values.tolist()]
    return np.array(new, dtype=object)


def refuse_column(column, got, caller, error=ValueError):
    """Return the error for a column that is neither numbers nor levels."""
    return parameter_error(
        "X",
        caller,
        "made of numbers and dates, or of levels (name such columns in 'categorical_features')",
        f"{got} in column {column!r}",
        error=error,
    )


def object_numbers(values, column, caller):
    """Return a list of objects as float64, NaN where missing."""
    if not all(issubclass(kind, (*_REAL, type(None))) for kind in set(map(type, values))):
        values = [None if is_missing(v) else _check_real(v, column, caller) for v in values]
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:
        raise refuse_column(column, "an integer beyond float64", caller) from None


def _check_real(value, column, caller):
    """Return a value if it is a real number."""
    if isinstance(value, (str, bytes)):
        raise refuse_column(column, f"the text {value!r}", caller)
    if not isinstance(value, _REAL):
        got = f"{value!r} (float() argument must be a string or a real number)"
        raise refuse_column(column, got, caller, TypeError)
    return value


def object_levels(values, column, caller):
    """Return a code of the level of each object; all that is missing is one level."""
    try:
        known = dict.fromkeys(values)
    except TypeError as error:
        raise refuse_column(column, f"a value without hash ({error})", caller) from None
    for code, value in enumerate(known):
        known[value] = -1 if is_missing(value) else code
    return np.fromiter(map(known.__getitem__, values), dtype=np.intp, count=len(values))


def is_missing(value):
    """Return whether an object is None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA is neither true nor false
        return True
    except ValueError:  # an array
        return False


def first_seen(codes):
    """Return codes that count levels as they appear, and the first row of each level.

    So the result does not depend on how a container orders its levels.
    """
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[inverse], first[order]


def dates_to_numbers(ticks, missing):
    """Return dates, whole numbers of some unit, as float64 from the middle of their range on.

    From there no difference overflows. NaN where they are missing. Also return this middle.
    """
    given = ticks[~missing]
    middle = int(given.min()) // 2 + int(given.max()) // 2 if len(given) else 0
    return np.where(missing, np.nan, np.where(missing, middle, ticks) - middle), middle


def numbers_to_dates(numbers, middle, low, high):
    """Return numbers as ticks again, within the limits of the type."""
    offset = fit_dtype(numbers, np.dtype(np.int64))
    least, most = max(low - middle, _INT64.min), min(high - middle, _INT64.max)
    return np.clip(offset, least, most) + middle
