"""y in its container: the targets that implement `protocols.Target`."""

import numpy as np
from scipy import sparse

from skdir.utils._containers.bounds import natural_bounds
from skdir.utils._containers.columns import WHOLE, fit_dtype, fit_objects, kind_of
from skdir.utils._containers.frames import Frame, NumericColumn, is_column, rounded
from skdir.utils._targets.ranges import is_finite_range
from skdir.utils._validation import check_target, parameter_error


def open_target(y, caller):
    """Open a continuous target.

    Parameters
    ----------
    y : list, ndarray of shape (n_samples,) or (n_samples, 1), Column, or Frame of one column
        Targets.

    caller : str
        For the message.

    Returns
    -------
    target : Target
        Targets as numbers, and targets of the kind of y back.

    Raises
    ------
    ValueError
        If y is None, not one column of finite numbers, or shorter than two.
    """
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if isinstance(y, Frame):
        columns = y.columns()
        if len(columns) != 1:
            raise parameter_error("y", caller, "one column", f"{len(columns)} columns")
        return _ColumnTarget(columns[0], caller, y.like)
    if is_column(y):
        return _ColumnTarget(y, caller)
    return _ArrayTarget(y, caller)


class _ArrayTarget:
    """Targets of an array or a list."""

    def __init__(self, y, caller):
        self.array, self.as_list = _as_array(y), isinstance(y, (list, tuple))
        self.values = _check_values(_one_column(y, self.array), caller)
        # of objects, the kind that new ones are to be
        is_object = self.array.dtype == object
        self.kind = kind_of(self.array.ravel().tolist()) if is_object else None
        self.is_whole = self.kind in WHOLE if is_object else self.array.dtype.kind in "iu"

    def build(self, kept, seeds, new_values, *, index, keeps_index):
        """Return kept and new targets as an array or a list."""
        out = self.array[np.concatenate([kept, seeds])]
        if new_values is not None:
            new_values = _within_bounds(self, new_values, seeds)
            out[len(kept) :] = self._typed(new_values).reshape(-1, *out.shape[1:])
        return out.tolist() if self.as_list else out

    def rounded(self, values):
        """Return new targets as the array holds them, as float64."""
        return self._typed(values).astype(np.float64)

    def _typed(self, values):
        """Return new targets in the type of the array."""
        if self.kind is not None:
            return fit_objects(values, self.kind)
        return fit_dtype(values, self.array.dtype)


class _ColumnTarget:
    """Targets of a Series, or of a frame of one column."""

    def __init__(self, column, caller, make_frame=None):
        self.column, self.make_frame = column, make_frame
        self.values = _check_values(column.series, caller)
        if not column.is_number:
            got = f"type {column.series.dtype}"
            raise parameter_error("y", caller, "an array of real numbers", got)
        column.to_numbers(caller)  # which refuses objects that are no numbers
        self.is_whole = column.is_whole

    def build(self, kept, seeds, new_values, *, index, keeps_index):
        """Return kept and new targets as a Series or frame, with the index of X if it has one."""
        rows = np.concatenate([kept, seeds])
        if new_values is None:
            out = self.column.take(rows)
        else:
            new_values = _within_bounds(self, new_values, seeds)
            out = NumericColumn(self.column).extend(kept, seeds, new_values)
        if hasattr(out, "index"):
            if index is not None:
                out.index = index
            elif keeps_index:
                out.index = self.column.series.index.take(rows)
        return out if self.make_frame is None else self.make_frame([out])

    def rounded(self, values):
        """Return new targets as the column's type holds them, as float64."""
        return rounded(self.column, values)


def _as_array(y):
    """Return y as an array, None if it is none."""
    if sparse.issparse(y):
        return None
    try:
        return np.asarray(y)
    except ValueError:
        return None


def _one_column(y, array):
    """Return a 1-d array where y is one column; anything else for check_target to refuse."""
    if array is None or array.ndim == 0:
        return y
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _check_values(raw, caller):
    """Return targets as float64, whose differences must not overflow."""
    values = check_target(raw, caller=caller, min_samples=2)
    low, high = values.min(), values.max()
    if not is_finite_range(low, high):
        got = f"targets from {low:g} to {high:g}"
        raise parameter_error("y", caller, "of a range that float64 can hold", got)
    return values


def _within_bounds(target, new_values, seeds):
    """Return new targets within the bounds of the old ones, also after rounding to their type.

    The type may hold no number that near to a bound, or that large: the seed's target is taken.
    """
    bounds = natural_bounds(target.values, target.is_whole)
    new_values = bounds.reflect(new_values)
    inside = bounds.contains(target.rounded(new_values))
    return np.where(inside, new_values, target.values[seeds])


def deviation(y):
    """Return the standard deviation (n - 1) of targets, exactly 0 if they are equal."""
    low, width = y.min(), np.ptp(y)
    # in units of the range, so that no square overflows
    return np.std((y - low) / width, ddof=1) * width if width > 0 else 0.0
