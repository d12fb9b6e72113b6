"""Smoothing of statistics over bins, and the affine map of each bin that they make."""

import torch
from torch.nn import functional

# Directions whose variance is less than this share of the largest have none, numerically.
_RANK = 1e-10


def smooth_bins(values, seen, window):
    """Smooth statistics over bins with a window that is normalized over the bins seen.

    Parameters
    ----------
    values : Tensor of shape (n_bins, ...)
        Statistics in float64.

    seen : Tensor of shape (n_bins,)
        Whether the statistics of a bin are known.

    window : Tensor of odd length
        Weights by distance in bins.

    Returns
    -------
    smoothed : Tensor of shape (n_bins, ...)
        Zero where the window reaches no bin that was seen.
    """
    weight = seen.to(values.dtype)
    columns = torch.cat([weight[:, None], values.flatten(1) * weight[:, None]], dim=1)
    total = functional.conv1d(
        columns.T[:, None, :], window.flip(0)[None, None, :], padding=len(window) // 2
    )[:, 0, :].T
    mass, total = total[:, :1], total[:, 1:]
    return torch.where(mass > 0, total / mass, 0.0).reshape(values.shape)


def diagonal_maps(seen, means, variances, smoothed_means, smoothed_variances, clip):
    """Return scales and offsets by bin: z times the scale plus the offset is z calibrated.

    A feature without variance is only shifted; a bin that was not seen changes nothing. One more
    row, for no bin, changes nothing either.
    """
    ratio = smoothed_variances / torch.where(variances > 0, variances, 1.0)
    if clip is not None:
        ratio = ratio.clamp(*clip)
    scale = torch.where((variances > 0) & seen[:, None], ratio.sqrt(), 1.0)
    offset = torch.where(seen[:, None], smoothed_means - means * scale, 0.0)
    return functional.pad(scale, (0, 0, 0, 1), value=1.0), functional.pad(offset, (0, 0, 0, 1))


def full_maps(seen, means, covariances, smoothed_means, smoothed_covariances, clip):
    """Return matrices and offsets by bin: the matrix times z plus the offset is z calibrated.

    The matrix is the root of the smoothed covariance times the pseudo-inverse root of the
    covariance. Its singular values are clipped; in directions without variance it is the identity.
    """
    d = means.shape[1]
    identity = torch.eye(d, dtype=means.dtype, device=means.device)
    values, vectors = torch.linalg.eigh(covariances)
    inside = (values > _RANK * values[:, -1:].clamp(min=0)) & (values > 0)
    inverse = torch.where(inside, values, 1.0).rsqrt() * inside
    white = vectors * inverse[:, None, :]  # whitens, to the coordinates of the eigenvectors
    # Variances after smoothing of what is white before: the squares of the singular values. In
    # directions without variance they are one, so that the eigenvectors do not mix the two.
    ratios = white.mT @ smoothed_covariances @ white + torch.diag_embed((~inside).to(values.dtype))
    ratios, turned = torch.linalg.eigh(ratios)
    clipped = ratios if clip is None else ratios.clamp(*clip)
    # a direction that smoothing has emptied, as a window without a center can, stays empty
    change = torch.where(ratios > _RANK, clipped / ratios, 1.0).sqrt()
    correction = (turned * change[:, None, :]) @ turned.mT
    matrix = _root(smoothed_covariances) @ white @ correction @ vectors.mT
    outside = vectors * (~inside)[:, None, :].to(values.dtype)
    matrix = torch.where(seen[:, None, None], matrix + outside @ outside.mT, identity)
    offset = smoothed_means - (matrix @ means[:, :, None])[:, :, 0]
    offset = torch.where(seen[:, None], offset, 0.0)
    return torch.cat([matrix, identity[None]]), functional.pad(offset, (0, 0, 0, 1))


def _root(matrices):
    """Return the symmetric roots of positive semi-definite matrices."""
    values, vectors = torch.linalg.eigh(matrices)
    return (vectors * values.clamp(min=0).sqrt()[:, None, :]) @ vectors.mT
