"""Balanced MSE against a mixture of Gaussians, of which bins are the case without width."""

import numpy as np
import torch

from skdir.neural_network._training.items import on_host
from skdir.neural_network.losses._noise import NoisyLoss, as_rows, noise_like, scaled_logsumexp
from skdir.utils._validation import parameter_error, plain_array


def check_targets(y, *, caller, name="y"):
    """Return training targets as a float64 array of shape (n_samples, n_outputs)."""
    return finite_array(y, name=name, caller=caller, ndims=(1, 2)).reshape(len(y), -1)


def check_mixture(weights, means, covariances, *, caller, name="means"):
    """Validate a mixture; return what the loss needs of it.

    Parameters
    ----------
    weights : array-like of shape (n_components,)
        Non-negative weights.

    means : array-like of shape (n_components,) or (n_components, n_outputs)
        Means.

    covariances : array-like of 1 to 3 dimensions or None
        Variances (n_components,) or (n_components, n_outputs), or covariance matrices; None is 0.

    caller, name : str
        For the message: who asks, and how the means are called there.

    Returns
    -------
    log_weights : ndarray of shape (n_components,)
        Logarithms of the weights, which sum to 1; components of weight 0 are left out.

    means : ndarray of shape (n_components, n_outputs)
        Means.

    variances : ndarray of shape (n_components, n_outputs)
        Variances along the axes.

    axes : ndarray of shape (n_components, n_outputs, n_outputs) or None
        Unit vectors, as columns; None stands for those of the outputs.
    """
    weights = finite_array(weights, name="weights", caller=caller, ndims=(1,))
    if weights.min() < 0 or weights.sum() == 0:
        got = f"{weights.min():g} at the least" if weights.min() < 0 else "only zeros"
        raise parameter_error("weights", caller, "non-negative and positive for some", got)
    weights = weights / weights.max()  # their sum may be more than float64 holds
    means = finite_array(means, name=name, caller=caller, ndims=(1, 2) if name == "means" else (1,))
    if len(means) != len(weights):
        accepted = f"an array of {len(weights)} rows, as the weights"
        raise parameter_error(name, caller, accepted, f"shape {means.shape}")
    means = means.reshape(len(means), -1)
    variances, axes = np.zeros_like(means), None
    if covariances is not None:
        variances, axes = _principal_axes(covariances, means.shape, caller)
    kept = weights > 0
    log_weights = np.log(weights[kept]) - np.log(weights.sum())
    return log_weights, means[kept], variances[kept], axes if axes is None else axes[kept]


def _principal_axes(covariances, shape, caller):
    """Return the variances of each component along its axes, and the axes where they turn."""
    name = "covariances"
    covariances = finite_array(covariances, name=name, caller=caller, ndims=(1, 2, 3))
    whole = (*shape, shape[1])
    if covariances.shape != whole[: covariances.ndim]:
        accepted = f"of shape {whole[:1]}, {whole[:2]} or {whole}, as the means"
        raise parameter_error(name, caller, accepted, f"shape {covariances.shape}")
    axes = None
    if covariances.ndim == 3:
        if not np.allclose(covariances, covariances.swapaxes(1, 2)):
            raise parameter_error(name, caller, "symmetric", "matrices that are not")
        covariances, axes = np.linalg.eigh(covariances)
        # Rounding makes a variance of 0 slightly negative.
        floor = -1e-12 * np.abs(covariances).max(axis=1, keepdims=True)
        covariances = np.where((covariances < 0) & (covariances >= floor), 0.0, covariances)
    if covariances.min() < 0:
        got = f"a variance of {covariances.min():g}"
        raise parameter_error(name, caller, "variances that are not negative", got)
    if covariances.ndim == 1:
        covariances = np.repeat(covariances[:, None], shape[1], axis=1)
    return covariances, axes if shape[1] > 1 else None


def finite_array(values, *, name, caller, ndims):
    """Return numbers as a float64 array that is not empty, of one of the numbers of dimensions."""
    accepted = f"a {' or '.join(f'{n}-d' for n in ndims)} array of finite numbers"
    values = on_host(values, caller, name)
    values = plain_array(values, caller=caller, name=name, accepted=accepted)
    if values.dtype.kind not in "biuf":
        raise parameter_error(name, caller, accepted, f"dtype {values.dtype}")
    if values.ndim not in ndims or values.size == 0:
        raise parameter_error(name, caller, accepted, f"an array of shape {values.shape}")
    with np.errstate(over="ignore"):  # a longdouble beyond float64 becomes infinite
        values = values.astype(np.float64, copy=False)
    if not np.isfinite(values).all():
        raise parameter_error(name, caller, accepted, "NaN or infinity")
    return values


def mixture_losses(prediction, target, noise_sigma, log_weights, means, variances, axes, *, caller):
    """Return the losses of the rows: 2 s^2 (-log N(y; p, s^2) + log sum_k w_k N(p; k))."""
    prediction, target = as_rows(prediction), as_rows(target)
    if prediction.shape[1] != means.shape[1]:
        accepted = f"a tensor of {means.shape[1]} output(s), as the training targets"
        raise parameter_error("prediction", caller, accepted, f"{prediction.shape[1]}")
    log_weights, means, variances = (
        part.to(prediction.device, prediction.dtype) for part in (log_weights, means, variances)
    )
    sigma = noise_like(noise_sigma, prediction)
    noise = sigma * sigma
    scale = 2 * noise.detach()
    distance = prediction[:, None] - means
    if axes is not None:
        axes = axes.to(prediction.device, prediction.dtype)
        distance = torch.einsum("nkd,kde->nke", distance, axes)
    total = variances + noise
    # Exponents times the scale: shares of the squared distances, never more than they.
    terms = -(distance.square() * (noise.detach() / total)).sum(dim=-1)
    # Of the density's factors those in s of both Gaussians meet here; 2 pi cancels.
    log_weights = log_weights - 0.5 * (total.log() - 2 * sigma.log()).sum(dim=-1)
    own = (prediction - target).square().sum(dim=-1) * (noise.detach() / noise)
    return own + scaled_logsumexp(terms, log_weights, scale)


class MixtureLoss(NoisyLoss):
    """Base of the losses that keep a mixture, as buffers.

    Parameters
    ----------
    noise_sigma : float, default=1.0
        Standard deviation of the noise in units of y, where learning starts.

    learnable : bool, default=True
        Whether it is a parameter of the module.

    reduction : {"mean", "sum", "none"}, default="mean"
        How the losses become one number.

    dtype : torch.dtype, default=None
        Type of what the module keeps; None is torch's default.
    """

    def _keep(self, log_weights, means, variances, axes):
        """Keep the mixture in the type of the noise."""
        dtype = self.noise_sigma.dtype
        parts = {"log_weights": log_weights, "means": means, "variances": variances, "axes": axes}
        for name, part in parts.items():
            self.register_buffer(name, None if part is None else torch.tensor(part, dtype=dtype))

    def _losses(self, prediction, target, sample_weight):
        return mixture_losses(
            prediction,
            target,
            self.noise_sigma,
            self.log_weights,
            self.means,
            self.variances,
            self.axes,
            caller=type(self).__name__,
        )
