"""What the three forms of Balanced MSE share: the noise and a stable sum of exponentials."""

import math
from numbers import Real

import torch
from torch import nn
from torch.nn.functional import softplus

from skdir.neural_network.losses._base import WeightedLoss, check_number
from skdir.utils._validation import parameter_error


def check_noise(noise_sigma, *, caller):
    """Refuse a noise that is neither a positive number nor a tensor of one element."""
    if isinstance(noise_sigma, torch.Tensor):
        if noise_sigma.numel() != 1:
            got = f"a tensor of shape {tuple(noise_sigma.shape)}"
            raise parameter_error("noise_sigma", caller, "a positive number", got)
        # one on a GPU is not waited for, nor a graph broken
        if torch.compiler.is_compiling() or not noise_sigma.is_cpu:
            return
        if not 0 < noise_sigma.detach().item() < math.inf:
            got = f"{noise_sigma.detach().item():g}"
            raise parameter_error("noise_sigma", caller, "a positive number", got)
        return
    check_number(noise_sigma, name="noise_sigma", caller=caller)


def noise_like(noise_sigma, prediction):
    """Return the noise as a tensor of no dimensions, of the prediction's device and dtype."""
    if isinstance(noise_sigma, Real):
        return torch.as_tensor(noise_sigma, dtype=prediction.dtype, device=prediction.device)
    return noise_sigma.to(prediction.device, prediction.dtype).reshape(())


def as_rows(tensor):
    """Return a tensor as (n_samples, n_outputs)."""
    return tensor.reshape(len(tensor), -1)


def scaled_logsumexp(terms, log_weights, scale):
    """Return scale * log sum_j exp(log_weights_j + terms_j / scale) along the last dimension.

    Without logarithms the weights are 1. The largest term that has a weight is taken out before
    the division: neither large terms nor a small scale overflow. It cancels in the derivatives, so
    it is a constant there.
    """
    seen = terms.detach()
    if log_weights is not None:
        seen = torch.where(log_weights == -math.inf, -math.inf, seen)
    largest = seen.amax(dim=-1, keepdim=True)
    scaled = (terms - largest) / scale
    if log_weights is not None:
        scaled = scaled + log_weights
    return largest.squeeze(-1) + scale * torch.logsumexp(scaled, dim=-1)


class NoisyLoss(WeightedLoss):
    """Base of the losses with a noise scale, which may be learned.

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

    _shown = ("learnable", "reduction")

    def __init__(self, *, noise_sigma=1.0, learnable=True, reduction="mean", dtype=None):
        super().__init__(reduction=reduction)
        caller = type(self).__name__
        check_number(noise_sigma, name="noise_sigma", caller=caller)
        if not isinstance(learnable, bool):
            raise parameter_error("learnable", caller, "a bool", repr(learnable))
        dtype = torch.empty(0).dtype if dtype is None else dtype  # the default, but within a fit
        if not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
            raise parameter_error("dtype", caller, "None or a floating torch.dtype", repr(dtype))
        self.learnable = learnable
        if learnable:
            # The inverse of softplus, written so that it overflows for no number.
            raw = noise_sigma + math.log(-math.expm1(-noise_sigma))
            self.raw_noise = nn.Parameter(torch.tensor(raw, dtype=dtype))
        else:
            self.register_buffer("fixed_noise", torch.tensor(noise_sigma, dtype=dtype))

    @property
    def noise_sigma(self):
        """The standard deviation of the noise in units of y, as a positive tensor."""
        if not self.learnable:
            return self.fixed_noise
        raw = self.raw_noise.to(torch.promote_types(self.raw_noise.dtype, torch.float32))
        # Far below this the square, by which errors are divided, would be 0.
        return softplus(raw).clamp(min=_least(raw.dtype))

    def extra_repr(self):
        """Return the noise as it is now and the other parameters for the representation."""
        return f"noise_sigma={self.noise_sigma.item():g}, {super().extra_repr()}"


def _least(dtype):
    """Return the least noise that is told apart from 0."""
    return torch.finfo(dtype).tiny ** (1 / 3)
