"""X in its container: the tables that implement `protocols.Table`."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from skdir.utils._containers.categorical import categorical_mask
from skdir.utils._containers.columns import (
    WHOLE,
    first_seen,
    fit_dtype,
    fit_objects,
    kind_of,
    largest_of,
    object_levels,
    object_numbers,
)
from skdir.utils._containers.frames import Frame, read_numeric
from skdir.utils._containers.rows import Rows, SparseRows
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._validation import parameter_error


def as_container(X, caller):
    """Return X as it is, or as a list of rows if it is an iterable of them; refuse the rest.

    Parameters
    ----------
    X : object
        What the caller gave.

    caller : str
        For the message.

    Returns
    -------
    X : list, tuple, ndarray, Frame, sparse or other container with a shape
        Features.

    Raises
    ------
    TypeError, ValueError
        If X is no table of rows.
    """
    accepted = "an array, a sparse container, a list of rows or a DataFrame"
    if isinstance(X, (list, tuple)) or hasattr(X, "shape"):
        return X
    if isinstance(X, (str, bytes, Mapping)) or not np.iterable(X):
        raise parameter_error("X", caller, accepted, f"a {type(X).__name__}", TypeError)
    return list(X)


def open_table(X, categorical_features, *, reads_features, caller):
    """Open X as a table of its kind.

    Parameters
    ----------
    X : list, ndarray, Frame, or sparse container
        Features.

    categorical_features : "auto" or array-like
        Which of them are categorical, see :class:`SmoteR`.

    reads_features : bool
        Whether the values are looked at, and not only copied.

    caller : str
        For the message.

    Returns
    -------
    table : Table
        Features as numbers, and rows of the kind of X back.

    Raises
    ------
    ValueError, TypeError
        If X is not 2-d, empty, complex, infinite or has text where numbers are needed.
    """
    if isinstance(X, Frame):
        _check_shape(X.shape, caller)
        if not reads_features:
            return _Copies(X, caller)
        return _FrameTable(X, categorical_features, caller)
    as_list = isinstance(X, (list, tuple))
    if as_list:
        X = _list_to_array(X, caller)
    if not reads_features:
        X = check_array(X, dtype=None, ensure_all_finite=False, accept_sparse=["csr", "csc"])
        return _Copies(X, caller, as_list)
    if sparse.issparse(X):
        return _SparseTable(X, categorical_features, caller)
    return _ArrayTable(X, categorical_features, caller, as_list)


class _Copies:
    """A table whose rows are copied and never looked at."""

    keeps_index = True

    def __init__(self, X, caller, as_list=False):
        self.caller, self.as_list = caller, as_list
        self.n_rows, self.n_features = X.shape
        is_frame = isinstance(X, Frame)
        self.names = X.names if is_frame else []
        self._take = X.take if is_frame else partial(_safe_indexing, X)

    def rows(self):
        """Return rows that carry nothing."""
        none = np.empty((self.n_rows, 0))
        return Rows(none, none.astype(np.intp), np.empty(0, bool), caller=self.caller)

    def build(self, kept, seeds, new_rows):
        """Return the kept rows, then copies of the seeds."""
        out = self._take(np.concatenate([kept, seeds]))
        return out.tolist() if self.as_list else out


class _ArrayTable:
    """A 2-d array, of numbers or of objects."""

    keeps_index = False

    def __init__(self, X, categorical_features, caller, as_list):
        X = check_array(X, dtype=None, ensure_all_finite=False)
        if X.dtype.kind not in "fiubOUS":
            accepted = "an array of numbers or levels (a DataFrame may hold dates)"
            raise parameter_error("X", caller, accepted, f"type {X.dtype}")
        self.X, self.as_list, self.names = X, as_list, []
        n_rows, self.n_features = X.shape
        is_level = np.full(self.n_features, X.dtype.kind == "b")
        mask = categorical_mask(categorical_features, is_level, None, caller)
        self.numeric, self.categorical = np.flatnonzero(~mask), np.flatnonzero(mask)
        self.whole, self.kinds = np.full(len(self.numeric), X.dtype.kind in "iu"), []
        if X.dtype.kind in "OUS":
            numbers = np.empty((n_rows, len(self.numeric)))
            for j, column in enumerate(self.numeric):
                values = X[:, column].tolist()
                numbers[:, j] = object_numbers(values, int(column), caller)
                self.kinds.append(kind_of(values))
            self.whole = np.array([kind in WHOLE for kind in self.kinds], dtype=bool)
        else:
            numbers = X if not mask.any() else X[:, self.numeric]
            if numbers.dtype not in (np.float32, np.float64):
                numbers = numbers.astype(np.float64)
        _check_finite(numbers, caller, self.numeric.tolist())
        codes, self.representative = _encode(
            [self._levels(column, caller) for column in self.categorical], n_rows
        )
        self._rows = Rows(numbers, codes, self.whole, largest_of(X.dtype), caller)

    def _levels(self, column, caller):
        """Return codes of the levels of a column."""
        values = self.X[:, column]
        if values.dtype == object:
            return object_levels(values.tolist(), int(column), caller)
        return np.unique(values, return_inverse=True)[1]

    def rows(self):
        """Return the features as numbers."""
        return self._rows

    def build(self, kept, seeds, new_rows):
        """Return the kept rows, then the new ones."""
        out = np.empty((len(kept) + len(seeds), self.n_features), dtype=self.X.dtype)
        np.take(self.X, kept, axis=0, out=out[: len(kept)], mode="clip")
        if new_rows is not None:
            new = out[len(kept) :]
            if self.X.dtype == object:
                for j, column in enumerate(self.numeric):
                    new[:, column] = self._objects(j, column, seeds, new_rows.numeric[:, j])
            else:
                new[:, self.numeric] = fit_dtype(new_rows.numeric, self.X.dtype)
            for j, column in enumerate(self.categorical):
                new[:, column] = self.X[self.representative[j][new_rows.codes[:, j]], column]
        return out.tolist() if self.as_list else out

    def _objects(self, j, column, seeds, values):
        """Return new values of a numeric column of objects; the seed's where missing."""
        missing = np.isnan(values)
        out = fit_objects(np.where(missing, 0, values), self.kinds[j])
        out[missing] = self.X[seeds[missing], column]
        return out


class _SparseTable:
    """A sparse X of numbers."""

    keeps_index = False

    def __init__(self, X, categorical_features, caller):
        X = check_array(X, dtype="numeric", accept_sparse=["csr", "csc"], ensure_all_finite=False)
        self.X, self.names = X, []
        n_rows, self.n_features = X.shape
        mask = categorical_mask(categorical_features, np.zeros(self.n_features, bool), None, caller)
        if mask.any():
            raise parameter_error(
                "categorical_features",
                caller,
                "'auto' or none with a sparse X (make it dense to have levels)",
                f"positions {np.flatnonzero(mask).tolist()}",
            )
        numbers = X.tocsr()
        if X.dtype not in (np.float32, np.float64):
            numbers = numbers.astype(np.float64)
        if not np.isfinite(numbers.data).all():
            raise parameter_error(
                "X",
                caller,
                "finite where it is sparse (only a dense X may have missing values)",
                "NaN or infinity among the stored values",
            )
        whole = np.full(self.n_features, X.dtype.kind in "iub")
        codes = np.empty((n_rows, 0), np.intp)
        self._rows = SparseRows(numbers, codes, whole, largest_of(X.dtype), caller)

    def rows(self):
        """Return the features as numbers."""
        return self._rows

    def build(self, kept, seeds, new_rows):
        """Return the kept rows, then the new ones, in the format of X."""
        out = self.X.tocsr()[kept]
        if new_rows is not None:
            new = new_rows.numeric.copy()
            new.data = fit_dtype(new.data, self.X.dtype)
            out = sparse.vstack([out, type(out)(new)], format="csr", dtype=self.X.dtype)
        return out.asformat(self.X.format)


class _FrameTable:
    """A DataFrame of a known library, column by column."""

    keeps_index = False

    def __init__(self, frame, categorical_features, caller):
        n_rows, self.n_features = frame.shape
        self.frame, self.columns, self.names = frame, frame.columns(), frame.names
        is_level = np.array([column.is_level for column in self.columns])
        mask = categorical_mask(categorical_features, is_level, self.names, caller)
        positions, self.categorical = np.flatnonzero(~mask).tolist(), np.flatnonzero(mask).tolist()
        columns = [self.columns[position] for position in positions]
        numbers, self.numeric = np.empty((n_rows, len(columns))), {}
        for j, (position, column) in enumerate(zip(positions, columns)):
            numbers[:, j], self.numeric[position] = read_numeric(column, caller)
        _check_finite(numbers, caller, [column.name for column in columns])
        whole = np.array([column.is_whole for column in columns], dtype=bool)
        codes, self.representative = _encode(
            [self.columns[position].to_levels(caller) for position in self.categorical], n_rows
        )
        largest = np.array([largest_of(column.plain) for column in columns])
        self._rows = Rows(numbers, codes, whole, largest, caller)

    def rows(self):
        """Return the features as numbers."""
        return self._rows

    def build(self, kept, seeds, new_rows):
        """Return the kept rows, then the new ones."""
        if new_rows is None:
            return self.frame.like([column.take(kept) for column in self.columns])
        out = {}
        for j, (position, column) in enumerate(self.numeric.items()):
            out[position] = column.extend(kept, seeds, new_rows.numeric[:, j])
        for j, position in enumerate(self.categorical):
            source = self.representative[j][new_rows.codes[:, j]]
            out[position] = self.columns[position].take(np.concatenate([kept, source]))
        return self.frame.like([out[position] for position in range(self.n_features)])


def _list_to_array(X, caller):
    """Return rows given as a list, as objects if there is text (numpy makes all of it text)."""
    try:
        array = np.asarray(X)
        return np.asarray(X, dtype=object) if array.dtype.kind in "US" else array
    except ValueError:
        raise parameter_error(
            "X", caller, "of rows of the same length", "rows of different lengths"
        ) from None


def _encode(columns, n_rows):
    """Return codes of levels, and for each column the first row that has each level."""
    codes = np.empty((n_rows, len(columns)), dtype=np.intp)
    representative = []
    for j, column in enumerate(columns):
        codes[:, j], first = first_seen(column)
        representative.append(first)
    return codes, representative


def _check_shape(shape, caller):
    """Refuse a frame without rows or columns, in scikit-learn's words."""
    for number, what in zip(shape, ("sample", "feature")):
        if number == 0:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={shape}) while a minimum of 1 is required "
                f"by {caller}."
            )


def _check_finite(numbers, caller, names):
    """Refuse infinite values; missing ones are allowed."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(numbers.sum()):
            return
    infinite = np.isinf(numbers).any(axis=0)
    if infinite.any():
        first = names[int(np.argmax(infinite))]
        raise parameter_error(
            "X",
            caller,
            "free of infinity (missing values are allowed)",
            f"infinity in column {first!r}",
        )
