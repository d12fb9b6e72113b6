"""y in its container, and how targets come back."""

import numpy as np

from skdir.resampling._frames import frame_columns, is_frame, is_series, series_column
from skdir.resampling._tables import fit_dtype
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
        self.make_frame = None
        if is_frame(y):
            self.make_frame, columns = frame_columns(y)
            if len(columns) != 1:
                raise parameter_error("y", caller, "one column", f"{len(columns)} columns")
            self.column = columns[0]
        elif is_series(y):
            self.column = series_column(y)
        else:
            self.column = None
            self.array = np.asarray(y)
        raw = self.array if self.column is None else self.column.series
        if self.column is None and raw.ndim == 2 and raw.shape[1] == 1:
            raw = raw[:, 0]
        self.values = check_target(raw, caller=caller, min_samples=2)

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
            Targets; whole numbers stay whole, by rounding.
        """
        rows = np.concatenate([kept, seeds])
        if self.column is None:
            out = self.array[rows]
            if new_values is not None and len(seeds):
                new = fit_dtype(new_values, out.dtype)
                out[len(kept) :] = new.reshape(-1, *out.shape[1:])
            return out.tolist() if isinstance(self.original, (list, tuple)) else out
        column = self.column
        out = column.take(rows) if new_values is None else column.extend(kept, new_values)
        if hasattr(out, "index"):
            if is_frame(index_like) and hasattr(index_like, "index"):
                out.index = index_like.index
            elif keeps_index:
                out.index = self.original.index.take(rows)
        return out if self.make_frame is None else self.make_frame([out])
