"""Items of a user's dataset: what of them is the input, and what the target."""

import warnings
from collections.abc import Mapping

import numpy as np
import torch
from skorch.dataset import Dataset as SkorchDataset
from skorch.helper import SliceDataset
from torch.utils.data import ConcatDataset, Dataset, IterableDataset, Subset

from skdir.utils._validation import parameter_error


def is_dataset(X):
    """Tell whether X is read row by row."""
    return isinstance(X, (Dataset, SliceDataset)) or _is_list_of_items(X)


def _is_list_of_items(X):
    """Tell whether X is a list of a dataset's pairs, as which scikit-learn cuts one into folds."""
    if not (isinstance(X, list) and X and isinstance(X[0], tuple) and len(X[0]) in (1, 2)):
        return False
    return isinstance(X[0][0], Mapping) or getattr(X[0][0], "ndim", 0) > 0


def check_dataset(dataset, caller):
    """Refuse a dataset without rows, or whose rows cannot be read by their number."""
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__len__"):
        accepted = "a dataset whose items are read by their number (with __getitem__ and __len__)"
        raise parameter_error("X", caller, accepted, f"a {type(dataset).__name__}")
    if len(dataset) == 0:
        raise parameter_error("X", caller, "a dataset with items", "none")


def as_float32(values):
    """Return a tensor in float32, without its history."""
    return values.detach().to(torch.float32)


def as_named(values):
    """Return a tensor of an input with a name: whole numbers, such as tokens, stay so."""
    return as_float32(values) if values.is_floating_point() else values.detach()


def input_of(item, caller):
    """Return the input of a dataset's item: the item itself, or the first of a pair.

    Parameters
    ----------
    item : array-like, Tensor, dict of them, or pair
        The item.

    caller : str
        For the message.

    Returns
    -------
    input : Tensor, or dict of str to Tensor
        One row of X.
    """
    accepted = "a dataset whose items are inputs or pairs of an input and a target"
    if isinstance(item, (tuple, list)):
        if len(item) not in (1, 2):
            got = f"items of {len(item)} parts (inputs of several parts go into a dict)"
            raise parameter_error("X", caller, accepted, got)
        item = item[0]
    if isinstance(item, Mapping):
        return {name: as_named(_tensor(values, accepted, caller)) for name, values in item.items()}
    row = as_float32(_tensor(item, accepted, caller))
    if row.ndim == 0 or row.numel() == 0:
        got = "a number" if row.ndim == 0 else f"an item of shape {tuple(row.shape)}"
        raise parameter_error("X", caller, f"{accepted}, of one dimension or more", got)
    return row


def _tensor(values, accepted, caller):
    """Return numbers as a tensor."""
    if isinstance(values, torch.Tensor):
        return values
    try:
        # a copy, since torch takes neither negative strides nor, without a warning, read-only ones
        return torch.from_numpy(np.array(values))
    except (TypeError, ValueError):
        got = f"an item of type {type(values).__name__}"
        raise parameter_error("X", caller, f"{accepted}, as numbers", got) from None


def dataset_targets(dataset, caller):
    """Return the targets of a dataset: its `targets` or `y`, or read from its items.

    Its attribute counts where the items agree with it: some datasets change a target as they give
    it out.
    """
    if _has_no_targets(dataset):
        accepted = "given, since the dataset X was made without one"
        raise parameter_error("y", caller, accepted, "None")
    for name in ("targets", "y"):
        targets = getattr(dataset, name, None)
        if targets is not None and _are_those_of_items(targets, dataset):
            return targets
    targets = []
    for i in range(len(dataset)):
        item = dataset[i]
        if not (isinstance(item, (tuple, list)) and len(item) == 2):
            accepted = "given, or the second part of each item of X"
            raise parameter_error("y", caller, accepted, f"an item of type {type(item).__name__}")
        targets.append(np.asarray(_plain(item[1])))
    return np.array(targets)


def _has_no_targets(dataset):
    """Tell whether a dataset of skorch's was made without y, so that it gives out a zero for it."""
    while isinstance(dataset, Subset):
        dataset = dataset.dataset
    if isinstance(dataset, ConcatDataset):
        return any(_has_no_targets(part) for part in dataset.datasets)
    made = isinstance(dataset, SkorchDataset) and dataset.y is None
    return made and type(dataset).transform is SkorchDataset.transform


def _are_those_of_items(targets, dataset):
    """Tell whether the first, a middle and the last item have these targets, or none."""
    n = len(dataset)
    if np.ndim(_plain(targets)) == 0 or len(targets) != n:
        return False
    values = np.asarray(_plain(targets))
    for i in sorted({0, n // 2, n - 1}):
        item = dataset[i]
        if isinstance(item, (tuple, list)) and len(item) == 2:
            second = np.asarray(_plain(item[1]))
            if second.dtype.kind not in "biuf" or values.dtype.kind not in "biuf":
                return False
            if second.shape != values[i].shape or not _is_close(second, values[i]):
                return False
    return True


def _is_close(a, b):
    """Tell whether targets are the same but for their precision."""
    return np.allclose(np.asarray(a, np.float64), np.asarray(b, np.float64), rtol=1e-3)


def check_second_parts(dataset, y, caller):
    """Refuse a second part of items that cannot be the target, and warn if it is another.

    Parameters
    ----------
    dataset : Dataset
        Where items are pairs, their second part is not used, since y is given.

    y : ndarray of shape (n,) or (n, n_outputs)
        The targets.

    caller : str
        For the message.
    """
    if _has_no_targets(dataset):
        return
    for i in sorted({0, len(dataset) - 1}):
        item = dataset[i]
        if not (isinstance(item, (tuple, list)) and len(item) == 2):
            continue
        second = np.asarray(_plain(item[1]))
        if second.dtype.kind not in "biuf" or second.size != y[i].size:
            raise parameter_error(
                "X",
                caller,
                "a dataset whose items are inputs or pairs of an input and a target (an input of "
                "two parts goes into a dict)",
                f"pairs whose second part is no target but of shape {second.shape} and dtype "
                f"{second.dtype}",
            )
        if not _is_close(second.ravel(), y[i].ravel()):
            warnings.warn(
                f"The items of X are pairs whose second part differs from y. {caller} takes the "
                "targets from y and does not use the second part.",
                UserWarning,
                stacklevel=4,
            )
            return


def _plain(value):
    """Return a tensor as an array, and anything else as it is."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.double() if value.is_floating_point() else value).numpy()
    return value


def on_host(values, caller, name):
    """Return a tensor as an array that numpy knows, and anything else as it is."""
    if not isinstance(values, torch.Tensor):
        return values
    if values.layout != torch.strided or values.is_nested or values.is_meta:
        raise parameter_error(name, caller, "dense", f"a tensor with layout {values.layout}")
    if values.is_floating_point():  # numpy has no bfloat16
        values = values.to(torch.float64)
    return values.detach().cpu().resolve_conj().resolve_neg().numpy()
