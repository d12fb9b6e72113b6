"""What all losses share: checks of tensors, weights and the reduction."""

import reprlib
import sys
from numbers import Real

import numpy as np
import torch
from torch import nn

from skdir.utils._validation import parameter_error

REDUCTIONS = ("mean", "sum", "none")


def check_option(value, options, *, name, caller):
    """Refuse a word that is not among the options."""
    if not (isinstance(value, str) and value in options):
        accepted = "one of " + ", ".join(repr(option) for option in options)
        raise parameter_error(name, caller, accepted, repr(value))


def check_number(value, *, name, caller, zero=False):
    """Refuse what is not a finite number, positive or, with `zero`, non-negative."""
    accepted = "a non-negative number" if zero else "a positive number"
    number = isinstance(value, Real) and not isinstance(value, bool)
    if isinstance(value, np.floating):
        value = float(value)  # float32 cannot be compared with the largest float64
    if not (number and 0 <= value <= sys.float_info.max) or (value == 0 and not zero):
        raise parameter_error(name, caller, accepted, reprlib.repr(value))


def check_batch(prediction, target, sample_weight, *, caller):
    """Return valid tensors of one floating dtype, halves as singles; copies nothing else."""
    floating = isinstance(prediction, torch.Tensor) and prediction.is_floating_point()
    if not floating or prediction.ndim == 0 or len(prediction) == 0:
        accepted = "a floating tensor of shape (n_samples, ...) with n_samples >= 1"
        raise parameter_error("prediction", caller, accepted, _describe(prediction))
    if not _is_real(target) or target.shape != prediction.shape:
        accepted = f"a real tensor of the prediction's shape {tuple(prediction.shape)}"
        raise parameter_error("target", caller, accepted, _describe(target))
    dtype = torch.promote_types(prediction.dtype, torch.float32)
    if sample_weight is not None:
        if not _is_real(sample_weight) or sample_weight.shape != prediction.shape[:1]:
            accepted = f"None or a real tensor of shape ({len(prediction)},), one weight per row"
            raise parameter_error("sample_weight", caller, accepted, _describe(sample_weight))
        sample_weight = sample_weight.to(prediction.device, dtype)
    return prediction.to(dtype), target.to(prediction.device, dtype), sample_weight


def _is_real(value):
    """Tell whether a value is a tensor of real numbers."""
    return isinstance(value, torch.Tensor) and not value.is_complex()


def _describe(value):
    """Describe a tensor by its dtype and shape, and anything else by its type."""
    if isinstance(value, torch.Tensor):
        return f"{value.dtype} of shape {tuple(value.shape)}"
    return f"a {type(value).__name__}"


def mean_of_outputs(losses):
    """Return one loss per row: the mean over all other dimensions."""
    return losses.flatten(1).mean(dim=1) if losses.ndim > 1 else losses


def reduce_losses(losses, sample_weight, reduction):
    """Weight losses of shape (n_samples,) and reduce them; no weight at all gives 0."""
    if sample_weight is not None:
        losses = sample_weight * losses
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if sample_weight is None:
        return losses.mean()
    total = sample_weight.sum()
    return losses.sum() / torch.where(total > 0, total, 1.0)


class WeightedLoss(nn.Module):
    """Base of the losses: a subclass computes one loss per row in `_losses`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
        How the losses become one number.
    """

    _shown = ("reduction",)

    def __init__(self, *, reduction="mean"):
        super().__init__()
        check_option(reduction, REDUCTIONS, name="reduction", caller=type(self).__name__)
        self.reduction = reduction

    def forward(self, prediction, target, sample_weight=None):
        """Return the loss of a batch.

        Parameters
        ----------
        prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
            Predictions in units of y.

        target : Tensor of the same shape
            Observed targets.

        sample_weight : Tensor of shape (n_samples,), default=None
            Non-negative weights; a weight of 2 is the row twice.

        Returns
        -------
        loss : Tensor of shape () or, without reduction, (n_samples,)
            The loss.

        Raises
        ------
        ValueError
            If shapes differ or something is not a tensor.
        """
        caller = type(self).__name__
        prediction, target, weight = check_batch(prediction, target, sample_weight, caller=caller)
        losses = self._losses(prediction, target, weight)
        return reduce_losses(losses, weight, self.reduction)

    def _losses(self, prediction, target, sample_weight):
        """Return one loss per row of valid tensors, not yet weighted."""
        raise NotImplementedError

    def extra_repr(self):
        """Return the parameters for the representation."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
