"""How rare a value of the target is among training targets, from 0 to 1."""

import numpy as np

from skdir.density import TargetDensity
from skdir.utils._validation import drop_unweighted


class Rarity:
    """The share of training targets at which the effective density is at least that at a value.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Valid training targets.

    sample_weight : ndarray of shape (n_samples,) or None
        Valid weights.
    """

    def __init__(self, y, sample_weight=None):
        sample_weight, y = drop_unweighted(sample_weight, y)
        self._density = TargetDensity().fit(y, sample_weight=sample_weight)
        at_rows = self._density.density(y)
        order = np.argsort(at_rows, kind="stable")
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        self._levels = at_rows[order]
        self._mass_below = np.concatenate([[0.0], np.cumsum(weight[order])])

    def __call__(self, y):
        """Return the rarity of values: 1 where training targets are rarest, or rarer still."""
        below = np.searchsorted(self._levels, self._density.density(y), side="left")
        return 1.0 - self._mass_below[below] / self._mass_below[-1]
