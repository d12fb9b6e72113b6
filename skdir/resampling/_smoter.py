"""Interpolation between rare rows (SmoteR)."""

from numbers import Integral

import numpy as np

from skdir.resampling._base import CATEGORICAL_CONSTRAINT, BaseResampler, spread_seeds
from skdir.resampling._docs import complete_docs
from skdir.resampling._neighbors.space import FeatureSpace
from skdir.utils._sklearn_compat import N_JOBS, HasMethods, Interval, StrOptions


@complete_docs
class SmoteR(BaseResampler):
    r"""Interpolate between rare rows and their neighbours, and thin the normal bumps.

    Parameters
    ----------
    {k_neighbors}

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
    SMOGN : Noise in the place of interpolation where neighbours are far.
    imblearn.over_sampling.SMOTE : The same for classes.

    Notes
    -----
    For a seed i and one of its neighbours j in the same bump, a new row is
    :math:`x_i + u (x_j - x_i)` with u uniform in [0, 1]. A categorical value is the seed's or the
    neighbour's with equal chances; features and targets of whole numbers are rounded; where a
    parent's value is missing, the seed's is taken. The target is
    :math:`(d_j y_i + d_i y_j) / (d_i + d_j)` with the distances of the new row to its parents,
    which is :math:`y_i + u (y_j - y_i)` where all features are numeric and none is missing (also
    where whole numbers are rounded); the mean of both where the parents' features are equal.

    Distances are HEOM: numeric features divided by their range in the bump, 1 for different levels
    and 1 for a missing number. The target is not part of them. With numeric features alone and no
    missing values this is a Euclidean search by scikit-learn, and so it is with levels, in one-hot
    columns. A sparse X must be numeric and without missing values.

    Every row of a bump is a seed equally often, but for a random part of them once more. In a bump
    of k rows or fewer all others are neighbours; in a bump of one row the new rows are, with a
    warning, that row with noise of 0.02 of the deviation over all rows.

    The cost is that of the search for neighbours of the seeds within each bump of :math:`n_b` rows,
    at worst :math:`O(n_b^2)`, in blocks.

    Differences from the implementation in the R package UBL: a small normal bump is not enlarged
    and a large rare one not thinned by named strategies; numbers of rows are exact; all features
    count in the weights of the target (there only the last numeric one).

    References
    ----------
    {torgo_2013}

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import SmoteR
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> sampler = SmoteR(random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> [bump.n_samples for bump in sampler.bumps_], sampler.sampling_strategy_
    ([907, 93], {0: 500, 1: 500})

    In a pipeline it resamples the training rows alone:

    >>> from imblearn.pipeline import make_pipeline
    >>> from sklearn.linear_model import Ridge
    >>> make_pipeline(SmoteR(random_state=0), Ridge()).fit(X, y).predict(X).shape
    (1000,)
    """

    _parameter_constraints: dict = {
        **BaseResampler._parameter_constraints,
        "k_neighbors": [Interval(Integral, 1, None, closed="left"), HasMethods(["kneighbors"])],
        "interpolation": [StrOptions({"row", "attribute"})],
        "categorical_features": CATEGORICAL_CONSTRAINT,
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        *,
        k_neighbors=5,
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
            sampling_strategy=sampling_strategy,
            relevance=relevance,
            threshold=threshold,
            bins=bins,
            random_state=random_state,
        )
        self.k_neighbors = k_neighbors
        self.interpolation = interpolation
        self.categorical_features = categorical_features
        self.n_jobs = n_jobs

    def _generate(self, X, y, n_new, rng):
        space = FeatureSpace(X)
        seeds = spread_seeds(len(y), n_new, rng)
        neighbors, *_ = self._draw_neighbors(space, seeds, rng)
        return (*self._interpolate(space, y, seeds, neighbors, rng), seeds)

    def _draw_neighbors(self, space, seeds, rng):
        """Return one of the nearest rows of each seed, all equally likely, and where from.

        That is the distinct seeds, the nearest rows of each, and the place of each seed among them.
        """
        distinct, index = np.unique(seeds, return_inverse=True)
        nearest = space.nearest(distinct, self.k_neighbors, self.n_jobs, self._caller)
        neighbors = nearest[index, rng.randint(nearest.shape[1], size=len(seeds))]
        return neighbors, distinct, nearest, index

    def _interpolate(self, space, y, seeds, neighbors, rng):
        """Return rows between seeds and neighbours, and their targets."""
        X = space.rows
        by_row = self.interpolation == "row"
        share = rng.random_sample((len(seeds), 1 if by_row else X.numeric.shape[1]))
        from_neighbor = rng.randint(2, size=(len(seeds), X.codes.shape[1])).astype(bool)
        new = X.interpolate(seeds, neighbors, share, from_neighbor)
        first, second = y[seeds], y[neighbors]
        apart = space.between(X.take(seeds), neighbors)
        if by_row and not X.codes.shape[1] and not space.missing:
            weight = share[:, 0]
        else:
            to_seed, to_neighbor = space.between(new, seeds), space.between(new, neighbors)
            total = to_seed + to_neighbor
            weight = np.divide(to_seed, total, out=np.full(len(seeds), 0.5), where=total > 0)
        weight = np.where(apart > 0, weight, 0.5)
        target = first * (1 - weight) + second * weight
        return new, np.clip(target, np.minimum(first, second), np.maximum(first, second))
