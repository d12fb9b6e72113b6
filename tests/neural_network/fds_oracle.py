"""Feature distribution smoothing as its formulas read: loops over bins and rows, NumPy only."""

import numpy as np
import torch

from skdir.neural_network import FDS

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


class NaiveFDS:
    """The moving averages, the smoothing and the calibration, one bin at a time."""

    def __init__(self, n_features, edges, *, window=(1.0,), momentum=0.9, clip=(0.1, 10.0),
                 full=False, shrinkage=0.0):  # fmt: skip
        self.edges, self.window, self.momentum = np.asarray(edges), np.asarray(window), momentum
        self.clip, self.full, self.shrinkage = clip, full, shrinkage
        self.d, self.n_bins = n_features, len(edges) - 1
        self.mean, self.spread = {}, {}

    def bin_of(self, target):
        for b in range(self.n_bins - 1):
            if target < self.edges[b + 1]:
                return b
        return self.n_bins - 1

    def epoch(self, z, y):
        """Let the rows of an epoch enter the averages."""
        z, bins = np.asarray(z, dtype=np.float64), np.array([self.bin_of(t) for t in y])
        overall, pooled, freedom = z.mean(axis=0), 0.0, 0
        moments = {}
        for b in set(bins.tolist()):
            rows = z[bins == b]
            away = rows - rows.mean(axis=0)
            squares = away.T @ away if self.full else (away**2).sum(axis=0)
            moments[b] = len(rows), rows.mean(axis=0), squares
            pooled, freedom = pooled + squares, freedom + len(rows) - 1
        for b, (n, mean, squares) in moments.items():
            spread = squares / max(n - 1, 1)
            if self.shrinkage:
                share = n / (n + self.shrinkage)
                mean = share * mean + (1 - share) * overall
                spread = share * spread + (1 - share) * pooled / max(freedom, 1)
            if b in self.mean:
                mean = self.momentum * self.mean[b] + (1 - self.momentum) * mean
                spread = self.momentum * self.spread[b] + (1 - self.momentum) * spread
            self.mean[b], self.spread[b] = mean, spread

    def smoothed(self, b):
        """Return the smoothed mean and variance (covariance) of a bin, None if nothing is near."""
        half, mass, mean, spread = len(self.window) // 2, 0.0, 0.0, 0.0
        for other in self.mean:
            if abs(other - b) <= half:
                weight = self.window[b - other + half]
                mass += weight
                mean = mean + weight * self.mean[other]
                spread = spread + weight * self.spread[other]
        return (mean / mass, spread / mass) if mass else (None, None)

    def calibrate(self, z, y):
        out = np.array(z, dtype=np.float64)
        for i, target in enumerate(y):
            b = self.bin_of(target)
            if b not in self.mean:
                continue
            mean, spread = self.smoothed(b)
            away = out[i] - self.mean[b]
            if self.full:
                out[i] = self._map(self.spread[b], spread) @ away + mean
                continue
            for j in range(self.d):
                scale = 1.0
                if self.spread[b][j] > 0:
                    ratio = spread[j] / self.spread[b][j]
                    if self.clip is not None:
                        ratio = min(max(ratio, self.clip[0]), self.clip[1])
                    scale = np.sqrt(ratio)
                out[i, j] = away[j] * scale + mean[j]
        return out

    def _map(self, before, after):
        """Return the matrix by singular values: clipped where before has variance, else one."""
        values, vectors = np.linalg.eigh(before)
        inside = values > 1e-10 * max(values.max(), 0)
        base = vectors[:, inside]
        values_after, vectors_after = np.linalg.eigh(after)
        root = vectors_after @ np.diag(np.sqrt(values_after.clip(0))) @ vectors_after.T
        matrix = root @ base @ np.diag(values[inside] ** -0.5)  # from the range of `before`
        left, singular, right = np.linalg.svd(matrix, full_matrices=False)
        if self.clip is not None:
            singular = singular.clip(np.sqrt(self.clip[0]), np.sqrt(self.clip[1]))
        outside = vectors[:, ~inside]
        return left @ np.diag(singular) @ right @ base.T + outside @ outside.T


def features_and_targets(seed=0, n=400, d=5):
    """Return features that depend on skewed targets, and the targets; some bins stay empty."""
    rng = np.random.default_rng(seed)
    y = rng.gamma(1.5, 2.0, size=n).round(2)
    z = np.sin(y[:, None] + np.arange(d)) + (0.2 + 0.1 * y[:, None]) * rng.normal(size=(n, d))
    return z, y


def with_statistics(layer, mean, var):
    """Give a layer moving averages, and start smoothing."""
    layer.running_mean.copy_(torch.as_tensor(mean))
    layer.running_var.copy_(torch.as_tensor(var))
    layer.rows_seen.fill_(10)
    layer._set_epoch(max(layer.start_smooth, 1))
    layer._smooth()
    return layer.train()


def train_epoch(layer, z, y, batch_size=64, *, step=True):
    """Pass rows through a layer in batches; return what comes out."""
    dtype = z.dtype if isinstance(z, torch.Tensor) else torch.float64
    device = layer.bin_edges.device
    z, y = torch.as_tensor(z, dtype=dtype, device=device), torch.as_tensor(y, device=device)
    layer.train()
    out = [layer(*part) for part in zip(z.split(batch_size), y.split(batch_size))]
    if step:
        layer.step_epoch()
    return torch.cat(out)


def trained(device="cpu", epochs=1, **params):
    """Return a layer with statistics, and features and targets that it has not seen."""
    z, y = features_and_targets()
    fds = FDS(**({"bins": 12} | params))
    layer = fds.make_layer(5, fds.make_edges(y)).to(device)
    for _ in range(epochs):
        train_epoch(layer, z, y)
    z, y = features_and_targets(7, n=50)
    return layer, torch.as_tensor(z, device=device), torch.as_tensor(y, device=device)


def maps(seed=0, channels=5, device="cpu"):
    """Return dense features and targets."""
    rng = np.random.default_rng(seed)
    y = rng.gamma(2.0, size=(4, 6, 7))
    z = rng.normal(size=(4, channels, 6, 7)) * (1 + y[:, None])
    return torch.as_tensor(z, device=device), torch.as_tensor(y, device=device)


def arrays(layer):
    """Return all that a layer holds, as arrays by name."""
    state = dict(layer.named_buffers()) | {"extra": layer.get_extra_state()}
    return {name: value.detach().cpu().numpy() for name, value in state.items()}


def assert_same(one, other, **close):
    one, other = arrays(one), arrays(other)
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_allclose(other[name], values, err_msg=name, **({"rtol": 0} | close))
