"""Interpolation where it is safe, noise where it is not (SMOGN)."""

from numbers import Real

import numpy as np

from skdir.resampling._base import spread_seeds
from skdir.resampling._docs import complete_docs
from skdir.resampling._gaussian_noise import noisy_targets
from skdir.resampling._neighbors.space import FeatureSpace
from skdir.resampling._smoter import SmoteR
from skdir.utils._sklearn_compat import Interval, StrOptions


@complete_docs
class SMOGN(SmoteR):
    r"""Interpolate between close rare rows, and add noise where neighbours are far.

    Parameters
    ----------
    {k_neighbors}

    perturbation : float, default=0.02
        Standard deviation of the noise, as a share of that of each numeric feature, and of the
        target, in the bump; less where the safe distance is less.

    safe_distance : {"median", "neighbors"}, default="median"
        Half of the median distance of the seed to all other rows of its bump, or to its nearest
        ones alone, which makes nearly all rows noise.

    {interpolation}

    {sampling_strategy}

    {relevance}

    {threshold}

    {bins}

    {categorical_features}

    {n_jobs}

    {random_state}

    Attributes
    ----------
    {plan_attributes}

    {row_attributes}

    See Also
    --------
    SmoteR : Interpolation alone; its Notes say how rows are interpolated and distances measured.
    GaussianNoise : Noise alone; its Notes say how.

    Notes
    -----
    For a seed i a neighbour j is drawn. If their distance is below the safe distance of i,
    :math:`m_i`, the new row is interpolated as by :class:`SmoteR`; else it is the seed with noise
    as by :class:`GaussianNoise`, of :math:`\min(\delta, m_i)` standard deviations, which makes no
    impossible target.

    Safe distances are exact in bumps of up to 5,000 rows. In larger ones the median is over a
    random sample of 2,000 rows, the same for all seeds; the matrix of all distances is never in
    memory. The cost is that of :class:`SmoteR` and :math:`O(n_b \min(n_b, 5000))`.

    Differences from the implementation in the R package UBL: the median leaves out the row's
    distance 0 to itself; `perturbation` is used (there 0.02 always).

    References
    ----------
    Branco, P., Torgo, L. and Ribeiro, R. P. (2017). SMOGN: a pre-processing approach for imbalanced
    regression. PMLR 74, 36-50. https://proceedings.mlr.press/v74/branco17a.html

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import SMOGN
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> sampler = SMOGN(sampling_strategy="over", random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> sampler.sampling_strategy_, int(sampler.synthetic_mask_.sum())
    ({0: 907, 1: 907}, 814)
    """

    _parameter_constraints: dict = {
        **SmoteR._parameter_constraints,
        "perturbation": [Interval(Real, 0, None, closed="left")],
        "safe_distance": [StrOptions({"median", "neighbors"})],
    }

    def __init__(
        self,
        *,
        k_neighbors=5,
        perturbation=0.02,
        safe_distance="median",
        interpolation="row",
        sampling_strategy="balance",
        relevance=None,
        threshold=0.8,
        bins=None,
        categorical_features="auto",
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(
            k_neighbors=k_neighbors,
            interpolation=interpolation,
            sampling_strategy=sampling_strategy,
            relevance=relevance,
            threshold=threshold,
            bins=bins,
            categorical_features=categorical_features,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        self.perturbation = perturbation
        self.safe_distance = safe_distance

    def _generate(self, X, y, n_new, rng):
        space = FeatureSpace(X)
        seeds = spread_seeds(len(y), n_new, rng)
        neighbors, distinct, nearest, index = self._draw_neighbors(space, seeds, rng)
        if self.safe_distance == "median":
            limit = space.safe_distances(distinct, rng, self.n_jobs)[index]
        else:
            limit = self._neighbor_limit(space, distinct, nearest)[index]
        safe = space.between(X.take(seeds), neighbors) < limit
        factor = np.minimum(self.perturbation, limit[~safe])
        new, target = self._interpolate(space, y, seeds[safe], neighbors[safe], rng)
        noisy = X.add_noise(seeds[~safe], factor, rng)
        noisy_target = noisy_targets(y, seeds[~safe], factor, rng)
        return (
            new.join(noisy),
            np.concatenate([target, noisy_target]),
            np.concatenate([seeds[safe], seeds[~safe]]),
        )

    @staticmethod
    def _neighbor_limit(space, distinct, nearest):
        """Return half of the median distance of each row to its nearest ones."""
        k = nearest.shape[1]
        distance = space.between(space.rows.take(np.repeat(distinct, k)), nearest.ravel())
        return np.median(distance.reshape(-1, k), axis=1) / 2
