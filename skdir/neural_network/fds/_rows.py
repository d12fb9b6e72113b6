"""Rows of features and the bins of their targets, flat or dense, without a look at any value."""

import torch

from skdir.utils._validation import parameter_error

# A bijection of 32 bits; products with this factor stay below 2^63.
_FACTOR, _MASK = 0x45D9F3B, 0xFFFFFFFF


def check_features(z, n_features, *, caller):
    """Refuse what is not a batch of features of the width of the layer."""
    accepted = f"a floating tensor of shape (n, {n_features}) or (n, {n_features}, ...)"
    if not isinstance(z, torch.Tensor) or not z.is_floating_point():
        got = f"a tensor of {z.dtype}" if isinstance(z, torch.Tensor) else f"a {type(z).__name__}"
        raise parameter_error("z", caller, accepted, got)
    if z.ndim < 2 or z.shape[1] != n_features:
        raise parameter_error("z", caller, accepted, f"shape {tuple(z.shape)}")


def check_targets(y, z, *, caller):
    """Refuse what does not hold one target for each row (or pixel) of z."""
    rows = (z.shape[0], *z.shape[2:])
    accepted = f"a tensor of shape {rows}, one target per row of z"
    if not isinstance(y, torch.Tensor) or y.is_complex():
        what = "None" if y is None else f"a {type(y).__name__}"
        what = f"a tensor of {y.dtype}" if isinstance(y, torch.Tensor) else what
        raise parameter_error("y", caller, accepted, what)
    if tuple(y.shape) not in (rows, (rows[0], 1, *rows[1:])):
        raise parameter_error("y", caller, accepted, f"shape {tuple(y.shape)}")


def as_rows(z):
    """Return features (n, d, ...) as rows (m, d); a view where they are rows already."""
    return z if z.ndim == 2 else z.movedim(1, -1).reshape(-1, z.shape[1])


def as_features(rows, shape):
    """Return rows in the shape (n, d, ...) that they came in."""
    if len(shape) == 2:
        return rows
    return rows.reshape(shape[0], *shape[2:], shape[1]).movedim(-1, 1)


def bin_of_targets(y, upper_edges):
    """Return the bin of each target; n_bins, one too many, for a target that is NaN.

    The upper edge of the last bin is infinity. Bins are half-open to the right; targets outside
    fall into the first and the last bin, and NaN is beyond all of them. Edges are rounded to the
    precision of y, so that a target on an edge stays on it.
    """
    y = y.detach().reshape(-1)
    if not y.is_floating_point():
        y = y.to(torch.float64)
    elif y.dtype not in (torch.float32, torch.float64):
        y = y.to(torch.float32)
    return torch.bucketize(y, upper_edges.to(y.dtype), right=True)


def draw_rows(n, size, seed, draw):
    """Draw one row at random from each of `size` stretches of n rows of equal length.

    A function of `seed` and the tensor `draw` alone: no generator is touched, whose state would
    have to be saved and to be read on the host.
    """
    i = torch.arange(size + 1, device=draw.device)
    start = i * n // size
    noise = _scramble(i[:-1] + _scramble(draw + _scramble(seed)))
    return start[:-1] + noise % (start[1:] - start[:-1])


def _scramble(x):
    """Map integers, in a tensor or not, to pseudo-random ones of 32 bits."""
    x = x & _MASK
    for _ in range(2):
        x = ((x >> 16) ^ x) * _FACTOR & _MASK
    return (x >> 16) ^ x
