"""The scale of the targets and of the weights, whatever their size."""

from dataclasses import dataclass

import numpy as np
import torch

from skdir.utils._fitting.sample_weight import multiply_weights


@dataclass(frozen=True, eq=False)
class Scaling:
    """What targets are scaled by: in networks they have mean 0 and standard deviation 1.

    Parameters
    ----------
    mean, scale : float or ndarray of shape (n_outputs,)
        What is subtracted, and what divides the rest.

    column : bool, default=False
        Whether targets are one column, and not a vector.
    """

    mean: float | np.ndarray
    scale: float | np.ndarray
    column: bool = False

    @classmethod
    def from_targets(cls, y, sample_weight, scale_target):
        """Return the scaling of training targets, or one that changes nothing.

        Parameters
        ----------
        y : ndarray of shape (n,) or (n, n_outputs)
            Targets.

        sample_weight : ndarray of shape (n,) or None
            Weights, of about 1.

        scale_target : bool
            Whether to scale.

        Returns
        -------
        scaling : Scaling
            The scaling.
        """
        column = y.ndim == 2 and y.shape[1] == 1
        if not scale_target:
            return cls(0.0, 1.0, column)
        # a power of two is exact, and no square overflows or vanishes
        _, exponent = np.frexp(np.abs(y).max(axis=0))
        y = np.ldexp(y, -exponent)
        mean = np.average(y, axis=0, weights=sample_weight)
        deviation = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=sample_weight))
        # constant but for rounding
        flat = deviation <= 1e-12 * np.abs(mean)
        mean, deviation = np.ldexp(mean, exponent), np.ldexp(deviation, exponent)
        deviation = np.where(flat | (deviation == 0), 1.0, deviation)
        if mean.ndim == 0 or mean.size == 1:
            return cls(float(np.ravel(mean)[0]), float(np.ravel(deviation)[0]), column)
        return cls(mean, deviation, column)

    def scaled(self, y):
        """Return targets in standard deviations, one column as a vector."""
        largest = np.maximum(np.abs(y).max(axis=0, initial=0.0), np.abs(self.mean))
        _, exponent = np.frexp(np.maximum(largest, self.scale))
        y, mean, scale = (np.ldexp(part, -exponent) for part in (y, self.mean, self.scale))
        with np.errstate(divide="ignore", over="ignore"):
            scaled = (y - mean) / scale
        return scaled.ravel() if scaled.ndim == 2 and scaled.shape[1] == 1 else scaled

    def unscaled(self, values):
        """Return scaled values in units of y, in double precision where the device has it."""
        dtype = torch.float32 if values.device.type == "mps" else torch.float64
        mean, scale = (
            torch.as_tensor(part, dtype=dtype, device=values.device)
            for part in (self.mean, self.scale)
        )
        values = values.detach().to(dtype) * scale + mean
        return values[:, None] if self.column else values


def relative_weights(weight):
    """Return weights times a power of two, of a mean of about 1.

    Only their ratios count. Those of float32, which the network takes, end at 1e38 and at 1e-45.
    """
    if weight is None:
        return None
    largest = weight.max()
    exponent = np.log2(largest) + np.log2(np.mean(weight / largest))
    return np.ldexp(weight, -int(np.round(exponent)))


def combine_weights(rarity, sample_weight):
    """Return the weights of the rows: those of the weighter times the user's."""
    return relative_weights(multiply_weights(rarity, sample_weight))
