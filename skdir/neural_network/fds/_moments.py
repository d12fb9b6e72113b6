"""Counts, means and squares of rows by bin: added in batches, merged over processes."""

from functools import partial

import torch
from torch import distributed

# Products that are prepared at a time: 4 MB in float64, so that they stay in a cache.
_CHUNK = 1 << 19


class BinMoments:
    """Sums of rows and of their squares (or products) by bin, about a shift, in float64.

    The shift is the first row, so that the variance does not cancel where features are far from
    zero. Rows with a feature that is not finite, and rows without a bin, are left out.

    Parameters
    ----------
    n_bins : int
        Number of bins.

    n_features : int
        Number of features of a row.

    full : bool
        Sum the products of all pairs of features instead of their squares.
    """

    def __init__(self, n_bins, n_features, full):
        self.n_bins, self.n_features, self.full = n_bins, n_features, full
        self.fresh = True  # no row yet
        zeros = partial(torch.zeros, dtype=torch.float64)
        self.shift = zeros(n_features)
        # one bin more, for the rows that are left out
        self.counts = zeros(n_bins + 1)
        self.first = zeros(n_bins + 1, n_features)
        self.second = zeros(n_bins + 1, n_features**2 if full else n_features)

    def tensors(self):
        """Return the tensors by name, without what is left out, which may not be finite."""
        for sums in (self.counts, self.first, self.second):
            sums[-1].zero_()
        return {name: getattr(self, name) for name in ("shift", "counts", "first", "second")}

    def to(self, device):
        """Move to a device."""
        for name, tensor in self.tensors().items():
            setattr(self, name, tensor.to(device))

    def reset(self):
        """Forget all rows."""
        self.fresh = True
        for sums in (self.counts, self.first, self.second):
            sums.zero_()

    def add(self, rows, index):
        """Add rows of the bins `index`; n_bins is no bin."""
        rows = rows.detach()
        if self.fresh:
            self.shift.copy_(torch.nan_to_num(rows[0], nan=0.0, posinf=0.0, neginf=0.0))
            self.fresh = False
        rows = rows - self.shift  # in float64
        total = rows.sum(dim=1)
        index = index.masked_fill(total - total != 0, self.n_bins)  # NaN unless all are finite
        self.counts.index_add_(0, index, rows.new_ones(len(rows)))
        self.first.index_add_(0, index, rows)
        if self.full:
            chunk = max(1, _CHUNK // self.n_features**2)
            for part, bins in zip(rows.split(chunk), index.split(chunk)):
                self.second.index_add_(0, bins, _products(part, part, True).flatten(1))
        else:
            self.second.index_add_(0, index, rows.square_())

    def moments(self):
        """Return counts, means and centered squares by bin.

        Returns
        -------
        counts : Tensor of shape (n_bins,)
            Rows by bin.

        means : Tensor of shape (n_bins, n_features)
            Zero where there is no row.

        squares : Tensor of shape (n_bins, n_features) or (n_bins, n_features, n_features)
            Sums of squared deviations from the mean (of their products). Exactly zero where all
            rows are equal: what is less than the rounding of the sums is none.
        """
        d = self.n_features
        counts, first, second = self.counts[:-1], self.first[:-1], self.second[:-1]
        second = second.unflatten(1, (d, d)) if self.full else second
        means = first / counts.clamp(min=1)[:, None]
        squares = second - _products(first, means, self.full)
        rounding = 4 * torch.finfo(torch.float64).eps * counts[:, None]
        if self.full:
            diagonal = second.diagonal(dim1=1, dim2=2)
            real = squares.diagonal(dim1=1, dim2=2) > rounding * diagonal
            real = real[:, :, None] & real[:, None, :]
        else:
            real = squares > rounding * second
        squares = torch.where(real, squares, 0.0)
        means = torch.where(counts[:, None] > 0, means + self.shift, 0.0)
        return counts.clone(), means, squares


def merge_processes(counts, means, squares):
    """Merge moments with those of the other processes, if there are any.

    First the means, then the squares about them, so that nothing cancels.
    """
    if not is_distributed():
        return counts, means, squares
    full = squares.ndim == 3
    total, sums = counts.clone(), counts[:, None] * means
    distributed.all_reduce(total)
    distributed.all_reduce(sums)
    merged = sums / total.clamp(min=1)[:, None]
    away = means - merged
    weight = counts[:, None, None] if full else counts[:, None]
    squares = squares + weight * _products(away, away, full)
    distributed.all_reduce(squares)
    return total, merged, squares


def is_distributed():
    """Tell whether torch.distributed runs."""
    return distributed.is_available() and distributed.is_initialized()


def _products(a, b, full):
    """Return products by feature, or of all pairs of features."""
    return a[:, :, None] * b[:, None, :] if full else a * b


def shrink(counts, means, squares, shrinkage):
    """Return means and variances of bins, pulled toward those of all rows.

    A bin of n rows keeps the share n / (n + shrinkage) of its own mean and variance; the rest is
    the mean of all rows and the variance within bins, pooled over all of them.
    """
    shape = (-1,) + (1,) * (squares.ndim - 1)
    freedom = (counts - 1).clamp(min=0)
    variances = squares / freedom.clamp(min=1).reshape(shape)
    if shrinkage == 0:
        return means, variances
    own = counts / (counts + shrinkage)
    overall = (counts[:, None] * means).sum(dim=0) / counts.sum().clamp(min=1)
    pooled = squares.sum(dim=0) / freedom.sum().clamp(min=1)
    means = torch.lerp(overall.expand_as(means), means, own[:, None])
    variances = torch.lerp(pooled.expand_as(variances), variances, own.reshape(shape))
    return means, variances
