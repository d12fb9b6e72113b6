"""Which targets are rare: those at which the effective density is lowest."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skdir.density._estimate_density import estimate_density
from skdir.density._target_density import TargetDensity
from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._sklearn_compat import Interval
from skdir.utils._targets.order_statistics import weighted_quantile
from skdir.utils._validation import check_sample_weight, check_target, drop_unweighted

# Densities this near are equal: as a share of themselves, and of the highest.
_TIED, _NOISE = 1e-9, 1e-13


class RareTargets(TargetEstimator):
    r"""Rare targets: those of the lowest effective density, up to a share of the rows.

    It tells rare from frequent wherever skdir does so by a fraction of the rows: in comparisons,
    in the search for a bandwidth, in a blend and in reports.

    Parameters
    ----------
    rare_fraction : float, default=0.2
        Share of the training rows that are rare. It is reached but for rows of equal density: they
        are rare together, and together they are frequent if they alone are a larger share, or the
        densest of all.

    Attributes
    ----------
    density_ : TargetDensity
        The fitted density, with its defaults.

    level_ : float
        The highest density at a rare training target, per unit of y; NaN if none is rare.

    share_ : float
        Share of the training rows, by their weights, that are rare. It is below `rare_fraction`
        if very many rows have the same target, and 0 if no other rows are as rare as they are.

    See Also
    --------
    TargetDensity : The density that it looks at.
    skdir.relevance.RelevanceFunction : How much targets matter, from 0 to 1, by other rules.
    skdir.comparison.compare_strategies : Errors on rare and on frequent targets.

    Notes
    -----
    With the `rare_fraction` quantile q of the density over the training rows, a target is rare if
    its density is at most q. Where more than that share of the rows has the density q itself, as
    with the zeros of rain, claims or counts, or no density is higher, it is rare if its density is
    below q: such a pile of equal targets is not rare, and what is left beside it may be fewer rows.

    Densities that differ by rounding alone count as equal. Rows of weight zero are not there, and
    a row of weight 2 is two rows. The cost is O(n log n).

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.density import RareTargets
    >>> rain = np.concatenate([np.zeros(90), np.linspace(1, 40, 10)])
    >>> rare = RareTargets(rare_fraction=0.2).fit(rain)
    >>> rare.share_
    0.1
    >>> rare.is_rare([0.0, 12.0])
    array([False,  True])
    >>> rare.rarity([0.0, 12.0, 99.0]).round(2)
    array([0.9 , 0.96, 1.  ])
    """

    _parameter_constraints: dict = {"rare_fraction": [Interval(Real, 0, 1, closed="neither")]}

    def __init__(self, *, rare_fraction=0.2):
        self.rare_fraction = rare_fraction

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, y, sample_weight=None):
        """Estimate the density of training targets, and below which they are rare.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        Returns
        -------
        self : RareTargets
            Fitted estimator.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers, or a weight is not valid.
        """
        y = check_target(y, caller="RareTargets.fit")
        weight = check_sample_weight(sample_weight, len(y), caller="RareTargets.fit")
        weight, y = drop_unweighted(weight, y)
        estimate = estimate_density(y, weight, caller="RareTargets")
        density = estimate.at(y)
        mass = np.ones(len(y)) if weight is None else weight
        level = weighted_quantile(density, [self.rare_fraction], weight)[0]
        near = _TIED * level + _NOISE * density.max()
        tied = np.abs(density - level) <= near
        alone = mass[tied].sum() / mass.sum()
        densest = tied[density.argmax()]  # were these rare, no row would be frequent
        is_pile = bool(densest or alone > self.rare_fraction * (1 + _TIED))
        bound = _Bound(level - near if is_pile else level + near, included=not is_pile)
        rare = bound.covers(density)
        order = np.argsort(density, kind="stable")
        self.density_ = TargetDensity.from_estimate(estimate)
        self.share_ = float(mass[rare].sum() / mass.sum())
        self.level_ = float(density[rare].max()) if rare.any() else np.nan
        self._bound = bound
        self._levels = density[order]
        self._mass_below = np.concatenate([[0.0], np.cumsum(mass[order])])
        return self

    def is_rare(self, y):
        """Tell which targets are rare.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        rare : ndarray of shape (n_samples,)
            True where the target is rare.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller="RareTargets.is_rare", min_samples=0)
        return self._bound.covers(self.density_.density(y))

    def rarity(self, y):
        """Return how rare targets are, from 0 to 1.

        It is the share of the training rows, by their weights, at which the density is at least
        that at the target: 1 where training targets are rarest and where targets are rarer still.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        rarity : ndarray of shape (n_samples,)
            Rarity of each target.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller="RareTargets.rarity", min_samples=0)
        below = np.searchsorted(self._levels, self.density_.density(y), side="left")
        return 1.0 - self._mass_below[below] / self._mass_below[-1]

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_bound")


@dataclass(frozen=True)
class _Bound:
    """The density of the last rare rows, or of the first that are not."""

    density: float
    included: bool

    def covers(self, density):
        """Tell at which densities targets are rare."""
        return density <= self.density if self.included else density < self.density
