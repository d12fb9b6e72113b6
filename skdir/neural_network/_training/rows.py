"""Training data as tensors or read from a dataset, and batches of them."""

from typing import NamedTuple

import numpy as np
import torch
from skorch.dataset import Dataset as SkorchDataset
from torch.utils.data import DataLoader, Dataset, default_collate

from skdir.neural_network._training.items import input_of
from skdir.utils._validation import parameter_error


def each(function, X):
    """Apply a function to a tensor, or to each of a dict of tensors."""
    if isinstance(X, dict):
        return {name: function(values) for name, values in X.items()}
    return function(X)


def count_rows(X):
    """Return the number of rows of inputs."""
    return len(next(iter(X.values())) if isinstance(X, dict) else X)


def take_rows(X, rows):
    """Return some rows of inputs.

    Parameters
    ----------
    X : Tensor, dict of str to Tensor, or LazyInputs
        Inputs.

    rows : ndarray of shape (n,)
        Numbers of the rows.

    Returns
    -------
    X : of the kind of X
        These rows.
    """
    if isinstance(X, LazyInputs):
        return X.take(rows)
    index = torch.as_tensor(rows)
    return each(lambda values: values[index.to(values.device)], X)


def first_rows(X):
    """Return the first two rows of inputs, or the only one, as a batch."""
    rows = range(min(count_rows(X), 2))
    if isinstance(X, LazyInputs):
        return default_collate([X[i] for i in rows])
    return each(lambda values: values[: len(rows)].clone(), X)


class LazyInputs(Dataset):
    """Inputs of a user's dataset, read when they are needed.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset or skorch.helper.SliceDataset
        Items are inputs, or pairs of an input and a target.

    caller : str
        For the message.

    rows : ndarray of shape (n,), default=None
        Rows of the dataset that belong to this part; None is all.
    """

    def __init__(self, dataset, caller, rows=None):
        self.dataset, self.caller = dataset, caller
        self.rows = np.arange(len(dataset)) if rows is None else rows
        self.shape = shape_of(input_of(dataset[int(self.rows[0])], caller))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        X = input_of(self.dataset[int(self.rows[i])], self.caller)
        if shape_of(X) != self.shape:
            raise parameter_error(
                "X",
                self.caller,
                f"a dataset whose items are all of shape {self.shape}, as the first",
                f"shape {shape_of(X)} of item {int(self.rows[i])}",
            )
        return X

    def take(self, rows):
        """Return some of the rows."""
        return LazyInputs(self.dataset, self.caller, self.rows[rows])


def shape_of(row):
    """Return the shape of a row, or those of its parts by name."""
    return each(lambda values: tuple(values.shape), row)


def shape_of_rows(X):
    """Return the shape of one row of inputs, or those of its parts by name."""
    if isinstance(X, LazyInputs):
        return X.shape
    return each(lambda values: tuple(values.shape[1:]), X)


def make_rows(X, y, weight, *, caller, name="y"):
    """Return rows of inputs with scaled targets and weights.

    Parameters
    ----------
    X : Tensor, dict of str to Tensor, or LazyInputs
        Inputs.

    y : ndarray of shape (n,) or (n, n_outputs)
        Scaled targets.

    weight : ndarray of shape (n,) or None
        Weights.

    caller, name : str
        For the message.

    Returns
    -------
    rows : TensorRows or LazyRows
        The rows.

    Raises
    ------
    ValueError
        If a target is beyond the range of float32.
    """
    with np.errstate(over="ignore"):
        target = torch.from_numpy(np.array(y, dtype=np.float32, order="C"))
    if not bool(target.isfinite().all()):
        raise parameter_error(
            name,
            caller,
            "within the range of float32 after scaling (see 'scale_target')",
            f"{np.abs(y).max():g}",
        )
    weight = np.ones(len(y)) if weight is None else weight
    weight = torch.from_numpy(np.array(weight, dtype=np.float32, order="C"))
    kind = LazyRows if isinstance(X, LazyInputs) else TensorRows
    return kind(X, target, weight)


class TensorRows:
    """Rows that are in memory: inputs, targets and weights as tensors.

    Parameters
    ----------
    X : Tensor of shape (n, *input_shape), or dict of str to Tensor
        Inputs.

    y : Tensor of shape (n,) or (n, n_outputs)
        Targets.

    weight : Tensor of shape (n,)
        Sample weights.
    """

    def __init__(self, X, y, weight):
        self.X, self.y, self.weight = X, y, weight

    def __len__(self):
        return len(self.y)

    def batches(self, batch_size, generator, device, **loader):
        """Return an iterable of batches, in a new order each time if there is a generator."""
        return _Slices(self, batch_size, generator)

    def to(self, device):
        """Return the same rows on a device."""
        return TensorRows(
            each(lambda values: values.to(device), self.X),
            self.y.to(device),
            self.weight.to(device),
        )


class LazyRows(Dataset):
    """Rows of a user's dataset, read when they are needed, with our targets and weights.

    Parameters
    ----------
    X : LazyInputs
        Inputs.

    y, weight : Tensor
        Targets and weights by row.
    """

    def __init__(self, X, y, weight):
        self.X, self.y, self.weight = X, y, weight

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i], self.weight[i]

    def batches(self, batch_size, generator, device, **loader):
        """Return an iterable of batches, in a new order each time if there is a generator."""
        # Seeds its workers; without one, DataLoader takes torch's global generator and changes it.
        own = torch.Generator().manual_seed(0 if generator is None else generator.initial_seed())
        loader = {"pin_memory": torch.device(device).type == "cuda", **loader}
        chunks = _Chunks(len(self), batch_size, generator)
        try:
            return _Loaded(DataLoader(self, batch_sampler=chunks, generator=own, **loader))
        except (TypeError, ValueError) as error:
            accepted = "with parameters that a loader takes"
            raise parameter_error(
                "net_params", self.X.caller, accepted, f"{loader} ({error})"
            ) from error

    def to(self, device):
        """Return itself: rows move when they are read."""
        return self


class Part(SkorchDataset):
    """A part of the data: rows for the network, and what callbacks see of them, in units of y.

    Parameters
    ----------
    rows : TensorRows or LazyRows
        Inputs, scaled targets and weights.

    y : ndarray of shape (n,) or (n, n_outputs)
        Targets in units of y.

    sample_weight : ndarray of shape (n,) or None
        The user's weights.

    order : torch.Generator, default=None
        Draws a new order of the rows for each epoch; None keeps theirs.
    """

    def __init__(self, rows, y, sample_weight, order=None):
        super().__init__(rows.X, y, length=len(rows))
        self.rows, self.sample_weight, self.order = rows, sample_weight, order

    def shuffled(self, seed):
        """Return this part with a new order of the rows for each epoch."""
        return Part(self.rows, self.y, self.sample_weight, torch.Generator().manual_seed(seed))

    def to(self, device):
        """Return this part with its rows on a device."""
        return Part(self.rows.to(device), self.y, self.sample_weight, self.order)


class Parts(NamedTuple):
    """What a network is trained on, and what it is validated on after each epoch."""

    train: Part
    valid: Part | None


class _Slices:
    """Batches cut from tensors by index, which is many times faster than collating rows."""

    def __init__(self, rows, batch_size, generator):
        self.rows = rows
        self.chunks = _Chunks(len(rows), batch_size, generator)

    def __len__(self):
        return len(self.chunks)

    def __iter__(self):
        return map(self._cut, self.chunks.tensors())

    def _cut(self, index):
        """Return a batch of some rows."""
        rows = self.rows
        if isinstance(index, slice):
            # copies, since a layer that works in place would write into the user's array
            X = each(lambda values: values[index].clone(), rows.X)
            y, weight = rows.y[index].clone(), rows.weight[index]
        else:
            index = index.to(rows.y.device)
            X = each(lambda values: values.index_select(0, index), rows.X)
            y, weight = (t.index_select(0, index) for t in (rows.y, rows.weight))
        return {"X": X, "y": y}, (y, weight)


class _Loaded:
    """Batches of a DataLoader in our form."""

    def __init__(self, loader):
        self.loader = loader

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        for X, y, weight in self.loader:
            yield {"X": X, "y": y}, (y, weight)


class _Chunks:
    """Numbers of rows by batch; a last batch of one row joins the one before.

    Batch normalization has no variance over one row.
    """

    def __init__(self, n, batch_size, generator):
        self.n, self.batch_size, self.generator = n, batch_size, generator

    def __len__(self):
        return len(self._ends())

    def __iter__(self):
        for index in self.tensors():
            yield range(self.n)[index] if isinstance(index, slice) else index.tolist()

    def tensors(self):
        """Yield slices in order, or tensors of indices of a new permutation."""
        order = None
        if self.generator is not None:
            order = torch.randperm(self.n, generator=self.generator)
        start = 0
        for end in self._ends():
            yield slice(start, end) if order is None else order[start:end]
            start = end

    def _ends(self):
        ends = [*range(self.batch_size, self.n, self.batch_size), self.n]
        if len(ends) > 1 and ends[-1] - ends[-2] == 1:
            del ends[-2]
        return ends
