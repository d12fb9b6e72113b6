"""Powers of the weights of any weighter: how hard the mitigated model of a blend tries."""

import numpy as np
from sklearn.base import BaseEstimator, clone

from skdir.utils._targets.weights import weights_of


class PowerWeighter(BaseEstimator):
    """Raise the weights of a weighter to a power and scale them to (weighted) mean 1.

    Parameters
    ----------
    weighter : estimator
        Weighter with ``fit_transform(y, sample_weight)``, cloned before it is fitted.

    exponent : float
        Power: 0 is no weights, 1 the weighter's own.
    """

    def __init__(self, weighter, exponent):
        self.weighter = weighter
        self.exponent = exponent

    def fit_transform(self, y, sample_weight=None):
        """Fit the weighter to targets and return the powers of their weights."""
        self.weighter_ = clone(self.weighter)
        weight = weights_of(self.weighter_, y, sample_weight)
        # by the largest first, so that no power leaves the range of floats
        weight = (weight / weight.max()) ** self.exponent
        if sample_weight is not None:  # their sum may be more than float64 holds
            sample_weight = sample_weight / sample_weight.max()
        return weight / np.average(weight, weights=sample_weight)
