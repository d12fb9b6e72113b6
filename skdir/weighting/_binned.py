"""Raw weights by inverse frequency: powers of it, and those of bins."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skdir.utils._estimators.frozen import OwnArrays
from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._targets.bins import TargetBins

REWEIGHT_CONSTRAINT = [
    StrOptions({"inverse", "sqrt_inverse"}),
    Interval(Real, 0, 1, closed="both"),
]


def reweight_exponent(reweight):
    """Return the power of the inverse density that `reweight` names."""
    return {"inverse": 1.0, "sqrt_inverse": 0.5}.get(reweight, reweight)


def inverse_power(density, exponent):
    """Replace densities by their inverse power, in place; zero becomes infinite."""
    with np.errstate(divide="ignore", over="ignore"):
        if exponent == 0.5:
            np.sqrt(density, out=density)
            np.reciprocal(density, out=density)
        elif exponent == 1.0:
            np.reciprocal(density, out=density)
        else:
            np.power(density, -exponent, out=density)
    return density


@dataclass(frozen=True, eq=False)
class BinWeights(OwnArrays):
    """Raw weights of bins: those of their targets.

    Parameters
    ----------
    bins : TargetBins
        The bins.

    values : ndarray of shape (n_bins,)
        Raw weight of each bin.
    """

    bins: TargetBins
    values: np.ndarray

    def __call__(self, y):
        """Return the raw weights of targets, infinite outside of the bins."""
        index = self.bins.index(y)
        return np.where(index < 0, np.inf, np.take(self.values, index, mode="clip"))
