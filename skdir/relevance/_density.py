"""Relevance from the density of a target."""

import numpy as np

from skdir.density import TargetDensity, estimate_density
from skdir.relevance._extremes import DegenerateTargetError
from skdir.utils._validation import drop_unweighted


class DensityRelevance:
    """One minus the density, scaled to [0, 1] over the training targets of the wanted side.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Valid training targets, not all equal.

    sample_weight : ndarray of shape (n_samples,) or None
        Valid weights.

    bandwidth : float or str
        Bandwidth of the density.

    extremes : {"both", "high", "low"}
        Which side of the densest training target matters.

    caller : str
        Name of the class or function that the user has called, for messages.

    Raises
    ------
    DegenerateTargetError
        If the density is the same for all targets of the wanted side.
    """

    def __init__(self, y, sample_weight, *, bandwidth, extremes, caller):
        sample_weight, y = drop_unweighted(sample_weight, y)
        estimate = estimate_density(y, sample_weight, bandwidth=bandwidth, caller=caller)
        density = estimate.at(y)
        self.density, self.extremes = TargetDensity.from_estimate(estimate), extremes
        self.highest = density.max()
        self.mode = y[density == self.highest].min()
        self.lowest = density[self._is_wanted(y)].min()
        if self.highest - self.lowest <= estimate.accuracy * self.highest:
            side = (
                "everywhere" if extremes == "both" else f"from its highest on the {extremes} side"
            )
            raise DegenerateTargetError(
                f"targets whose density is the same {side}", "a smaller bandwidth"
            )

    def evaluate(self, y):
        """Return the relevance of valid targets."""
        relevance = self.highest - self.density.density(y)
        relevance /= self.highest - self.lowest
        relevance[~self._is_wanted(y)] = 0
        return np.clip(relevance, 0, 1, out=relevance)

    def _is_wanted(self, y):
        """Return which targets are on the side that matters."""
        if self.extremes == "both":
            return np.ones(len(y), dtype=bool)
        return y >= self.mode if self.extremes == "high" else y <= self.mode
