"""Two numeric features out of a table of any kind."""

from numbers import Integral

import numpy as np
from scipy import sparse

from skdir.utils._containers.frames import find_frame
from skdir.utils._validation import parameter_error

_ACCEPTED = "two numeric features, by name or position"


def feature_positions(X, features, *, caller):
    """Return the positions and names of two features; by default the first that are numeric."""
    frame = find_frame(X)
    names = None if frame is None else frame.names
    n = len(names) if names is not None else _as_array(X).shape[1]
    if features is None:
        positions = []
        for position in range(n):
            if _column(X, position, caller) is not None:
                positions.append(position)
            if len(positions) == 2:
                break
        else:
            found = f"X with {len(positions)} numeric of {n} features"
            raise parameter_error("features", caller, "given or X have two numeric ones", found)
    else:
        if isinstance(features, (str, bytes)) or not np.iterable(features):
            raise parameter_error("features", caller, _ACCEPTED, repr(features))
        features = list(features)
        if len(features) != 2:
            raise parameter_error("features", caller, _ACCEPTED, f"{len(features)} of them")
        positions = [_position(feature, names, n, caller) for feature in features]
    labels = [f"feature {j}" if names is None else str(names[j]) for j in positions]
    return positions, tuple(labels)


def feature_values(X, positions, *, caller):
    """Return two features as an array, NaN where missing."""
    columns = [_column(X, position, caller) for position in positions]
    for position, column in zip(positions, columns):
        if column is None:
            got = f"feature {position}, which is not numeric"
            raise parameter_error("features", caller, _ACCEPTED, got)
    return np.column_stack(columns)


def _position(feature, names, n, caller):
    """Return the position of a feature."""
    if names is not None and feature in names:
        return names.index(feature)
    if isinstance(feature, Integral) and not isinstance(feature, bool) and -n <= feature < n:
        return int(feature) % n
    known = f"from 0 to {n - 1}" if names is None else f"of {', '.join(map(str, names[:9]))}"
    raise parameter_error("features", caller, f"{_ACCEPTED} {known}", repr(feature))


def _column(X, position, caller):
    """Return a feature as float64 with NaN where missing, None if it is not numeric."""
    frame = find_frame(X)
    if frame is not None:
        column = frame.columns()[position]
        if column.is_level or not column.is_number:
            return None
        return column.to_numbers(caller)
    values = _as_array(X)[:, [position]]
    values = values.toarray() if sparse.issparse(values) else values
    try:
        return values[:, 0].astype(np.float64)
    except (TypeError, ValueError):
        return None


def _as_array(X):
    """Return a container that takes a position as its column."""
    if sparse.issparse(X):
        return X.tocsc()
    return np.asarray(X, dtype=None if hasattr(X, "dtype") else object)
