"""X and y as the regressor takes them: tables, images, tensors, datasets."""

import numpy as np
import torch
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import validate_data
from torch.utils.data import Dataset

from skdir.neural_network._batches import LazyRows, TensorRows, dataset_targets, first_of
from skdir.utils._validation import parameter_error


def read_X(estimator, X, *, reset):
    """Return valid inputs: a float32 tensor, or the dataset itself.

    Parameters
    ----------
    estimator : estimator
        Remembers the number of features and their names, or compares with them.

    X : array-like, DataFrame, Tensor or Dataset
        Inputs.

    reset : bool
        Whether this is a fit.

    Returns
    -------
    X : Tensor of shape (n, *input_shape) or Dataset
        Inputs.

    Raises
    ------
    ValueError
        If X has missing or infinite values, or another shape than in `fit`.
    """
    caller = type(estimator).__name__
    if reset and isinstance(X, (Dataset, torch.Tensor)):  # which have no names, as a frame before
        estimator.__dict__.pop("feature_names_in_", None)
    if isinstance(X, Dataset) and not isinstance(X, torch.Tensor):
        if len(X) == 0:
            raise parameter_error("X", caller, "a dataset with items", "none")
        shape = tuple(first_of(X[0]).shape)
    elif isinstance(X, torch.Tensor):
        X = _check_tensor(X, caller)
        shape = tuple(X.shape[1:])
    else:
        X = validate_data(
            estimator, X, reset=reset, dtype=[np.float32, np.float64], allow_nd=True, order="C"
        )
        shape = X.shape[1:]
        if X.dtype == np.float64:
            X = _to_float32(X, caller)
        # a copy where the memory is not ours to write to, which torch warns of
        X = torch.from_numpy(X if X.flags.writeable else X.copy())
    if reset:
        estimator.n_features_in_ = shape[0] if shape else 1
        estimator.input_shape_ = shape
    elif shape != tuple(estimator.input_shape_):
        raise ValueError(
            f"X has rows of shape {shape}, but {caller} is expecting rows of shape "
            f"{tuple(estimator.input_shape_)} as input."
        )
    return X


def _check_tensor(X, caller):
    """Return a tensor as float32 without a gradient."""
    if X.ndim < 2 or X.is_complex():
        raise parameter_error(
            "X", caller, "a tensor of real numbers, of shape (n, ...)", f"{X.dtype}, {X.shape}"
        )
    if not len(X):
        raise parameter_error("X", caller, "a tensor with rows", "0 rows")
    X = X.detach().to(torch.float32)
    if not bool(X.isfinite().all()):
        raise parameter_error("X", caller, "free of NaN and infinity", "a tensor with some")
    return X


def _to_float32(X, caller):
    """Convert numbers to float32, if they fit."""
    largest = max(-X.min(initial=0.0), X.max(initial=0.0))  # np.abs would copy X
    if largest > np.finfo(np.float32).max:
        raise parameter_error(
            "X", caller, "within the range of float32 (scale it first)", f"{largest:g}"
        )
    return X.astype(np.float32)


def read_y(X, y, caller):
    """Return valid targets as float64, and whether there are several per row.

    Parameters
    ----------
    X : Tensor or Dataset
        Valid inputs; a dataset may hold the targets.

    y : array-like of shape (n,) or (n, n_outputs), or None
        Targets.

    caller : str
        For the message.

    Returns
    -------
    y : ndarray of shape (n,) or (n, n_outputs)
        Targets.
    """
    if y is None and isinstance(X, Dataset):
        y = dataset_targets(X)
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if isinstance(y, torch.Tensor):
        y = y.detach().cpu().numpy()
    y = check_array(
        y, ensure_2d=False, dtype=np.float64, input_name="y", ensure_all_finite=True, copy=False
    )
    check_consistent_length(X, y)
    return y


def make_rows(X, y, weight, rows=None):
    """Return rows of inputs with scaled targets and weights.

    Parameters
    ----------
    X : Tensor or Dataset
        All inputs.

    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        Scaled targets of the rows.

    weight : ndarray of shape (n_rows,) or None
        Their weights.

    rows : ndarray of shape (n_rows,) or None
        Which of X; None is all.

    Returns
    -------
    rows : TensorRows or LazyRows
        The rows.
    """
    y = torch.as_tensor(np.ascontiguousarray(y), dtype=torch.float32)
    if weight is None:
        weight = torch.ones(len(y))
    weight = torch.as_tensor(weight, dtype=torch.float32)
    if isinstance(X, Dataset):
        return LazyRows(X, y, weight, np.arange(len(y)) if rows is None else rows)
    return TensorRows(X if rows is None else X[torch.as_tensor(rows)], y, weight)
