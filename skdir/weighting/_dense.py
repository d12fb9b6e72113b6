"""Weights that fall linearly with the density (DenseWeight)."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skdir.density import DensityEstimate, TargetDensity, estimate_density
from skdir.utils._sklearn_compat import Interval
from skdir.utils._targets.kernels import DENSITY_CONSTRAINTS
from skdir.utils._validation import parameter_error, real_array
from skdir.weighting._base import BaseWeighter


class DenseWeighter(BaseWeighter):
    r"""Sample weights that fall linearly with the density of the target.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength: 0 weighs all rows alike, 1 gives the densest targets next to nothing, more than 1
        the denser ones too.

    eps : float, default=1e-6
        The least weight before scaling to mean 1.

    bandwidth : float or {"silverman", "scott", "isj"}, default="silverman"
        Bandwidth of the Gaussian kernel in units of y, or a rule.

    boundary : {"reflect", "renormalize", "zero"}, default="reflect"
        How the density is corrected at the ends of the range, see
        :class:`~skdir.density.TargetDensity`. The paper's plain estimate is "zero".

    Attributes
    ----------
    density_ : TargetDensity
        The density of the training targets.

    bandwidth_ : float
        The bandwidth in units of y.

    effective_sample_size_ : float
        :math:`(\sum w)^2 / \sum w^2`.

    See Also
    --------
    LDSWeighter : Weights by a power of the inverse density.

    Notes
    -----
    :math:`w \propto \max(1 - \alpha p', \epsilon)`, where p' is the density scaled to [0, 1] over
    the training rows; scaled to mean 1. Where densities differ by no more than they are accurate
    to (``density_.accuracy_``), all weights are 1. The cost is O(n). An unseen target weighs at
    most as much as the rarest training row.

    References
    ----------
    Steininger, M., Kobs, K., Davidson, P., Krause, A. and Hotho, A. (2021). Density-based weighting
    for imbalanced regression. Machine Learning 110. :doi:`10.1007/s10994-021-06023-5`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.weighting import DenseWeighter
    >>> y = np.random.default_rng(0).normal(size=1000)
    >>> DenseWeighter(alpha=0.5).fit(y).transform([0.0, 3.0]).round(2)
    array([0.8 , 1.54])
    """

    _parameter_constraints: dict = {
        "alpha": [Interval(Real, 0, None, closed="left")],
        "eps": [Interval(Real, 0, 1, closed="neither")],
        "bandwidth": DENSITY_CONSTRAINTS["bandwidth"],
        "boundary": DENSITY_CONSTRAINTS["boundary"],
    }

    def __init__(self, *, alpha=1.0, eps=1e-6, bandwidth="silverman", boundary="reflect"):
        self.alpha = alpha
        self.eps = eps
        self.bandwidth = bandwidth
        self.boundary = boundary

    def _fit_values(self, y, sample_weight):
        caller = type(self).__name__
        if real_array([self.alpha]) is None:
            raise parameter_error("alpha", caller, "in float64", "a larger number")
        estimate = estimate_density(
            y, sample_weight, bandwidth=self.bandwidth, boundary=self.boundary, caller=caller
        )
        density = estimate.relative(y)
        lowest, highest = density.min(), density.max()
        # what is left between equal densities is rounding, which would be scaled up to weights
        flat = highest - lowest <= estimate.accuracy * highest
        alpha = 0.0 if flat else self.alpha
        self.density_ = TargetDensity.from_estimate(estimate)
        self.bandwidth_ = estimate.bandwidth
        self._rule = _LinearRule(estimate, lowest, highest, alpha, self.eps)
        return self._rule.weigh(density)

    def _raw(self, y):
        return self._rule(y)


@dataclass(frozen=True, eq=False)
class _LinearRule:
    """Raw weights that fall linearly between the lowest and the highest density, and beyond."""

    estimate: DensityEstimate
    lowest: float
    highest: float
    alpha: float
    eps: float

    def __call__(self, y):
        """Return the raw weights of targets."""
        return self.weigh(self.estimate.relative(y))

    def weigh(self, density):
        """Turn densities into raw weights, in place."""
        if self.alpha == 0:
            return np.ones(len(density))
        density -= self.lowest
        density /= self.highest - self.lowest
        with np.errstate(over="ignore"):  # of unseen targets denser than any
            density *= -self.alpha
        density += 1.0
        return np.maximum(density, self.eps, out=density)
