"""Training data as tensors, and batches as slices of them."""

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class TensorRows:
    """Rows that are in memory: inputs, targets and weights as tensors.

    Parameters
    ----------
    X : Tensor of shape (n, *input_shape)
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

    def batches(self, batch_size, generator, device):
        """Return an iterable of batches, in a new order each time if there is a generator."""
        return _Slices(self, batch_size, generator)

    def to(self, device):
        """Return the same rows on a device."""
        return TensorRows(*(t.to(device) for t in (self.X, self.y, self.weight)))


class LazyRows(Dataset):
    """Rows of a user's dataset, read when they are needed, with our targets and weights.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset
        Items are inputs, or tuples that begin with one.

    y, weight : Tensor
        Targets and weights by row.

    rows : ndarray of shape (n,)
        Rows of the dataset that belong to this part.
    """

    def __init__(self, dataset, y, weight, rows):
        self.dataset, self.y, self.weight, self.rows = dataset, y, weight, rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return first_of(self.dataset[int(self.rows[i])]), self.y[i], self.weight[i]

    def batches(self, batch_size, generator, device):
        """Return an iterable of batches, in a new order each time if there is a generator."""
        loader = DataLoader(
            self,
            batch_sampler=_Chunks(len(self), batch_size, generator),
            pin_memory=torch.device(device).type == "cuda",
        )
        return _Loaded(loader)

    def to(self, device):
        """Return itself: rows move when they are read."""
        return self


class _Slices:
    """Batches cut from tensors by index, which is many times faster than collating rows."""

    def __init__(self, rows, batch_size, generator):
        self.rows = rows
        self.chunks = _Chunks(len(rows), batch_size, generator)

    def __iter__(self):
        rows = self.rows
        for index in self.chunks.tensors():
            if isinstance(index, slice):
                X, y, weight = rows.X[index], rows.y[index], rows.weight[index]
            else:
                index = index.to(rows.X.device)
                X, y, weight = (t.index_select(0, index) for t in (rows.X, rows.y, rows.weight))
            yield {"X": X, "y": y}, (y, weight)


class _Loaded:
    """Batches of a DataLoader in our form."""

    def __init__(self, loader):
        self.loader = loader

    def __iter__(self):
        for X, y, weight in self.loader:
            yield {"X": X, "y": y}, (y, weight)


class _Chunks:
    """Numbers of rows by batch; a last batch of one row joins the one before.

    Batch normalisation has no variance over one row.
    """

    def __init__(self, n, batch_size, generator):
        self.n, self.batch_size, self.generator = n, batch_size, generator

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


def first_of(item):
    """Return the input of a dataset's item."""
    return torch.as_tensor(item[0] if isinstance(item, (tuple, list)) else item)


def dataset_targets(dataset):
    """Return the targets of a dataset: its `targets` or `y`, or read from its items."""
    for name in ("targets", "y"):
        if getattr(dataset, name, None) is not None:
            return np.asarray(getattr(dataset, name))
    items = (dataset[i] for i in range(len(dataset)))
    return np.array([np.asarray(item[1]) for item in items])
