"""The logarithm of targets, or what takes its place where not all are positive."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._targets.order_statistics import SortedTargets

# From here on sinh and cosh are the same to the last digit, and soon above they overflow.
_FAR = 700.0


@dataclass(frozen=True)
class LogScale:
    """The logarithm of targets that are all positive, else the inverse hyperbolic sine.

    Parameters
    ----------
    transform : {"log", "asinh"}
        log(y), or asinh(y / c), which is nearly linear below c and logarithmic above.

    c : float, default=1.0
        In units of y.
    """

    transform: str
    c: float = 1.0

    @classmethod
    def of(cls, y, sample_weight=None):
        """Choose the scale of valid targets; c is the median size of those that are not 0.

        Rows of weight zero are not there, a row of weight 2 is two rows.
        """
        if sample_weight is not None:
            there = sample_weight > 0
            y, sample_weight = y[there], sample_weight[there]
        if (y > 0).all():
            return cls("log")
        there = y != 0
        if not there.any():
            return cls("asinh")
        weight = None if sample_weight is None else sample_weight[there]
        size = SortedTargets(np.abs(y[there]), weight)
        low, high = size.quantile_from_below(0.5), size.quantile_from_above(0.5)
        return cls("asinh", float(low + (high - low) / 2))  # neither overflows nor is 0

    def forward(self, y):
        """Return transformed targets, asinh(y / c) as log(2 |y| / c) where the ratio overflows."""
        if self.transform == "log":
            return np.log(y)
        with np.errstate(over="ignore"):
            z = np.arcsinh(y / self.c)
        far = np.isinf(z)
        z[far] = np.copysign(np.log(np.abs(y[far])) + self._offset, y[far])
        return z

    def inverse(self, z):
        """Return targets of transformed ones, infinite where they leave float64."""
        with np.errstate(over="ignore"):
            if self.transform == "log":
                return np.exp(z)
            far = np.abs(z) > _FAR
            exponential = np.exp(np.where(far, np.abs(z) - self._offset, 0.0))
            return np.where(far, np.copysign(exponential, z), self.c * np.sinh(z))

    @property
    def _offset(self):
        """The logarithm of 2 / c."""
        return np.log(2.0) - np.log(self.c)
