"""X and y as the regressor takes them: tables, images, tensors, dicts of them, datasets."""

import re
from collections.abc import Mapping
from functools import partial

import numpy as np
import torch
from scipy.sparse import issparse
from sklearn.utils.validation import validate_data
from torch.utils.data import DataLoader

from skdir.neural_network._training.items import (
    as_float32,
    as_named,
    check_dataset,
    check_second_parts,
    dataset_targets,
    is_dataset,
    on_host,
)
from skdir.neural_network._training.rows import LazyInputs, count_rows, shape_of_rows
from skdir.utils._text.safe import printable
from skdir.utils._validation import check_target, check_unmasked, parameter_error, plain_array

_NUMBERS = "an array of real numbers"
# How types of columns begin that numpy makes numbers of.
_NO_NUMBERS = ("date", "time", "duration", "period", "interval", "complex")


def read_X(estimator, X, shape=None, *, name="X"):
    """Return valid inputs: float32 tensors, or those of a dataset.

    Parameters
    ----------
    estimator : estimator
        Has `n_features_in_` and `feature_names_in_`, which scikit-learn's `validate_data` sets from
        tables and compares with.

    X : array-like, DataFrame, Tensor, Dataset or dict of arrays
        Inputs.

    shape : tuple of int, or dict of str to tuple of int, default=None
        Shape of a row that was seen in `fit`; None is a fit.

    name : str, default="X"
        For the message.

    Returns
    -------
    X : Tensor of shape (n, *input_shape), dict of str to Tensor, or LazyInputs
        Inputs.

    Raises
    ------
    ValueError
        If X has missing or infinite values, or another shape than in `fit`.
    """
    caller, reset = type(estimator).__name__, shape is None
    nameless = is_dataset(X) or isinstance(X, torch.Tensor) or _is_named(X)
    read = as_inputs if nameless else partial(_read_table, estimator, reset)
    X = read(X, caller, name)
    if not reset:
        check_shape(shape_of_rows(X), shape, caller, name)
    return X


def count_features_in(shape):
    """Return scikit-learn's number of features: the first of a shape, or the number of parts."""
    if isinstance(shape, dict):
        return len(shape)
    return shape[0] if shape else 1


def as_inputs(X, caller, name="X"):
    """Return inputs without regard to names of features.

    Parameters
    ----------
    X : array-like, Tensor, Dataset or dict of arrays
        Inputs.

    caller, name : str
        For the message.

    Returns
    -------
    X : Tensor, dict of str to Tensor, or LazyInputs
        Inputs.
    """
    if is_dataset(X):
        check_dataset(X, caller)
        return LazyInputs(X, caller)
    if _is_named(X):
        return _read_dict(X, caller, name)
    X = _read_tensor(X, caller, name)
    if X.ndim < 2 or X.numel() == 0:
        raise parameter_error(name, caller, "of shape (n, ...)", f"shape {tuple(X.shape)}")
    return _check_finite(X, as_float32(X), caller, name)


def check_shape(shape, expected, caller, name="X"):
    """Refuse rows of another shape than in `fit`."""
    expected = expected if isinstance(expected, dict) else tuple(expected)
    if shape != expected:
        raise ValueError(
            f"{name} has rows of shape {shape}, but {caller} is expecting rows of shape "
            f"{expected} as input."
        )


def _read_table(estimator, reset, X, caller, name):
    """Return an array or a frame as a tensor."""
    check_unmasked(X, caller=caller, name=name)
    if isinstance(X, (list, tuple)) and any(isinstance(row, Mapping) for row in X):
        accepted = "a dict of arrays instead of a list of dicts"
        raise parameter_error(name, caller, accepted, "a list of dicts")
    if isinstance(X, (list, tuple)):  # of which rows may be unlike each other
        X = plain_array(X, caller=caller, name=name, accepted=_NUMBERS)
    elif not hasattr(X, "shape") and np.asarray(X).ndim == 0:
        accepted = "a table, images, a dict of arrays or a torch dataset"
        hint = ", whose dataset is one" if isinstance(X, DataLoader) else ""
        raise parameter_error(name, caller, accepted, f"a {type(X).__name__}{hint}")
    if isinstance(X, np.ndarray) and X.dtype.kind in "SUMm":
        _check_numbers(X, caller, name)
    _check_columns(X, caller, name)
    given = X
    try:
        X = validate_data(estimator, X, reset=reset, dtype="numeric", allow_nd=True, order="C")
        if X.dtype.kind == "O":  # what scikit-learn 1.6 makes of categories of numbers
            X = X.astype(np.float64)
        _check_numbers(X, caller, name)
    except (TypeError, ValueError) as error:
        _check_values_of_columns(given, caller, name)
        if name == "X":
            raise
        raise type(error)(re.sub(r"\bX\b", name, str(error))) from error
    _check_range(X, caller, name)
    X = X.astype(np.float32, copy=False)
    # a copy where the memory is not ours to write to, which torch warns of
    return torch.from_numpy(X if X.flags.writeable else X.copy())


def _columns(X):
    """Return names and types of the columns of a frame or an Arrow table, none of other things."""
    if hasattr(X, "columns") and hasattr(X, "dtypes"):
        return list(zip(X.columns, X.dtypes))
    schema = getattr(X, "schema", None)
    return list(zip(schema.names, schema.types)) if hasattr(schema, "types") else []


def _check_columns(X, caller, name):
    """Refuse columns that would become numbers, but not by the user's choice."""
    for column, dtype in _columns(X):
        if str(dtype).lower().startswith(_NO_NUMBERS):
            raise _refused_column(column, dtype, caller, name)


def _check_values_of_columns(X, caller, name):
    """Refuse the first column whose values are no numbers; missing ones are for others."""
    for i, (column, dtype) in enumerate(_columns(X)):
        try:
            np.asarray(X.iloc[:, i] if hasattr(X, "iloc") else X[column], dtype=np.float64)
        except (TypeError, ValueError):
            if getattr(dtype, "kind", "O") not in "biuf":
                raise _refused_column(column, dtype, caller, name) from None


def _refused_column(column, dtype, caller, name):
    accepted = "a table of numbers (encode other columns first)"
    got = printable(f"the column {column!r} of the type {dtype}")
    return parameter_error(name, caller, accepted, got)


def _is_named(X):
    """Tell whether these are inputs by name; a sparse array of keys is a dict in old SciPy."""
    return isinstance(X, Mapping) and not issparse(X)


def _read_dict(X, caller, name):
    """Return a dict of arrays, one for each input of the encoder, as a dict of tensors."""
    odd = [key for key in X if not isinstance(key, str)]
    if odd or not len(X.keys()):
        accepted = "a dict of arrays by the names of the encoder's inputs"
        raise parameter_error(name, caller, accepted, repr(odd[0]) if odd else "an empty dict")
    parts = {}
    for key, values in X.items():
        part = f"{name}[{key!r}]"
        values = _read_tensor(values, caller, part)
        parts[key] = _check_finite(values, as_named(values), caller, part)
    lengths = {key: len(values) for key, values in parts.items()}
    if len(set(lengths.values())) > 1:
        raise parameter_error(name, caller, "a dict of arrays of equal length", lengths)
    return parts


def _read_tensor(values, caller, name):
    """Return an array or tensor as a tensor of real numbers, of one dimension or more."""
    if isinstance(values, torch.Tensor):
        plain = values.layout == torch.strided and not values.is_nested and not values.is_meta
        if not plain or values.is_complex() or values.is_quantized:
            accepted = "a dense tensor of real numbers, of shape (n, ...)"
            got = f"a tensor of {values.dtype} with layout {values.layout}"
            raise parameter_error(name, caller, accepted, got)
    else:
        _check_columns(values, caller, name)
        values = plain_array(values, caller=caller, name=name, accepted=_NUMBERS)
        if values.dtype.kind == "O":  # such as a frame of several types
            try:
                values = values.astype(np.float64)
            except (TypeError, ValueError):
                raise parameter_error(name, caller, _NUMBERS, "objects") from None
        _check_numbers(values, caller, name)
        values = torch.from_numpy(np.array(values, dtype=_known_to_torch(values.dtype), order="C"))
    if values.ndim == 0 or len(values) == 0:
        got = "a number" if values.ndim == 0 else "0 rows"
        raise parameter_error(name, caller, "of shape (n, ...) with n >= 1", got)
    return values


def _known_to_torch(dtype):
    """Return a type of numpy that torch has, too, in the byte order of the machine."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.float64
    return dtype.newbyteorder("=")


def _check_numbers(values, caller, name):
    """Refuse text, dates and complex numbers."""
    if values.dtype.kind not in "biuf":
        raise parameter_error(name, caller, _NUMBERS, f"dtype {values.dtype}")


def _check_finite(given, values, caller, name):
    """Return the converted values, if they are finite."""
    if not bool(values.isfinite().all()):
        if bool(given.isfinite().all()):
            raise _beyond_float32(name, caller, f"{given.abs().max():g}")
        raise parameter_error(name, caller, "free of NaN and infinity", "a tensor with some")
    return values


def _check_range(X, caller, name):
    """Refuse numbers that float32 does not hold."""
    if X.dtype.kind == "b":
        return
    largest = max(-float(X.min(initial=0)), float(X.max(initial=0)))  # np.abs would copy X
    if largest > float(np.finfo(np.float32).max):
        raise _beyond_float32(name, caller, f"{largest:g}")


def _beyond_float32(name, caller, got):
    return parameter_error(name, caller, "within the range of float32 (scale it first)", got)


def read_y(X, y, caller, *, name="y"):
    """Return valid targets as float64.

    Parameters
    ----------
    X : Tensor, dict of str to Tensor, or LazyInputs
        Valid inputs; a dataset may hold the targets.

    y : array-like of shape (n,) or (n, n_outputs), or None
        Targets.

    caller, name : str
        For the message.

    Returns
    -------
    y : ndarray of shape (n,) or (n, n_outputs)
        Targets.
    """
    given = y is not None
    if not given and isinstance(X, LazyInputs):
        y = dataset_targets(X.dataset, caller)
    if y is None:
        raise ValueError(f"{caller} requires {name} to be passed, but the target {name} is None.")
    accepted = f"{_NUMBERS} of shape (n,) or (n, n_outputs)"
    raw = plain_array(on_host(y, caller, name), caller=caller, name=name, accepted=accepted)
    if raw.ndim not in (1, 2) or (raw.ndim == 2 and raw.shape[1] == 0):
        raise parameter_error(name, caller, accepted, f"an array of shape {raw.shape}")
    # the shared check is one of 1-d arrays
    y = check_target(raw.ravel(), caller=caller, name=name).reshape(raw.shape)
    if len(y) != count_rows(X):
        inputs = {"y": "X", "y_val": "X_val"}[name]
        raise parameter_error(name, caller, f"of {count_rows(X)} rows, as {inputs}", len(y))
    if given and isinstance(X, LazyInputs):
        check_second_parts(X.dataset, y, caller)
    return y
