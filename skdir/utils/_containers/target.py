"""y in its container, and how targets come back."""

import numpy as np
from scipy import sparse

from skdir.utils._containers.columns import WHOLE, fit_dtype, fit_objects, kind_of
from skdir.utils._containers.frames import frame_columns, is_frame, is_series, series_column
from skdir.utils._targets.bounds import natural_bounds
from skdir.utils._validation import check_target, parameter_error


class TargetColumn:
    """A continuous target and the container it came in.

    Parameters
    ----------
    y : list, ndarray of shape (n_samples,) or (n_samples, 1), Series, or frame of one column
        Targets.

    caller : str
        For the message.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        Targets as float64.

    Raises
    ------
    ValueError
        If y is None, not one column of finite numbers, or shorter than two.
    """

    def __init__(self, y, caller):
        if y is None:
            raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
        self.original = y
        self.make_frame = self.column = self.array = None
        if is_frame(y):
            self.make_frame, columns = frame_columns(y)
            if len(columns) != 1:
                raise parameter_error("y", caller, "one column", f"{len(columns)} columns")
            self.column = columns[0]
        elif is_series(y):
            self.column = series_column(y)
        raw = self._open_array(y) if self.column is None else self.column.series
        self.values = check_target(raw, caller=caller, min_samples=2)
        low, high = self.values.min(), self.values.max()
        if high / 2 - low / 2 > np.finfo(np.float64).max / 2:
            got = f"targets from {low:g} to {high:g}"
            raise parameter_error("y", caller, "of a range that float64 can hold", got)
        if self.column is not None:
            if not self.column.is_number:
                got = f"type {self.column.series.dtype}"
                raise parameter_error("y", caller, "an array of real numbers", got)
            self.column.numbers(caller)  # of objects it learns whether they are whole

    def _open_array(self, y):
        """Return a 1-d array where y is one column; anything else for check_target to refuse."""
        if sparse.issparse(y):
            return y
        try:
            self.array = np.asarray(y)
        except ValueError:
            return y
        if self.array.ndim == 0:
            return y
        one_column = self.array.ndim == 2 and self.array.shape[1] == 1
        return self.array[:, 0] if one_column else self.array

    def build(self, kept, seeds, new_values, index_like, keeps_index):
        """Return kept and new targets in the container, and in the type, of y.

        Parameters
        ----------
        kept, seeds : ndarray
            Rows that stay; rows whose copies are added where `new_values` is None.

        new_values : ndarray of shape (n_new,) or None
            Targets of the new rows.

        index_like : object
            The resampled X, whose index a Series takes over.

        keeps_index : bool
            Whether a Series keeps the labels of its rows if X has none.

        Returns
        -------
        y : object
            Targets; whole numbers stay whole, by rounding. New ones stay within the bounds of the
            old ones, as of one sign.
        """
        rows = np.concatenate([kept, seeds])
        if new_values is not None:
            new_values = self._within_bounds(new_values, seeds)
        if self.column is None:
            out = self.array[rows]
            if new_values is not None:
                out[len(kept) :] = self._typed(new_values).reshape(-1, *out.shape[1:])
            return out.tolist() if isinstance(self.original, (list, tuple)) else out
        column = self.column
        out = column.take(rows) if new_values is None else column.extend(kept, seeds, new_values)
        if hasattr(out, "index"):
            if is_frame(index_like) and hasattr(index_like, "index"):
                out.index = index_like.index
            elif keeps_index:
                out.index = self.original.index.take(rows)
        return out if self.make_frame is None else self.make_frame([out])

    def _within_bounds(self, values, seeds):
        """Return new targets within the bounds of the old ones, also after rounding to their type.

        The type may hold no number that near to a bound, or that large: the seed's target is taken.
        """
        bounds = natural_bounds(self.values, self._is_whole)
        values = bounds.reflect(values)
        if self.column is None:
            rounded = self._typed(values).astype(np.float64)
        else:
            rounded = self.column.rounded(values)
        return np.where(bounds.contains(rounded), values, self.values[seeds])

    @property
    def _is_whole(self):
        """Whether all targets are whole numbers by their type."""
        if self.column is not None:
            return self.column.is_whole
        if self.array.dtype == object:
            return kind_of(self.array.ravel().tolist()) in WHOLE
        return self.array.dtype.kind in "iu"

    def _typed(self, values):
        """Return new targets in the type of an array."""
        if self.array.dtype == object:
            return fit_objects(values, kind_of(self.array.ravel().tolist()))
        return fit_dtype(values, self.array.dtype)


def deviation(y):
    """Return the standard deviation (n - 1) of targets, exactly 0 if they are equal."""
    low, width = y.min(), np.ptp(y)
    # in units of the range, so that no square overflows
    return np.std((y - low) / width, ddof=1) * width if width > 0 else 0.0
