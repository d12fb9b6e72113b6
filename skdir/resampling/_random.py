"""Random under- and over-sampling."""

from skdir.resampling._base import BaseResampler, spread_seeds
from skdir.resampling._docs import complete_docs


@complete_docs
class RandomUnderSampler(BaseResampler):
    """Thin the normal bumps at random; all rare rows stay.

    Parameters
    ----------
    {sampling_strategy_removing}

    {relevance}

    {threshold}

    {bins}

    {random_state}

    Attributes
    ----------
    {plan_attributes}

    {row_attributes}

    See Also
    --------
    RandomOverSampler : Repeat rare rows instead.
    SmoteR : Thin normal bumps and interpolate in rare ones.

    Notes
    -----
    Rows are drawn without replacement. X may hold anything: it is never looked at. A Series or
    DataFrame keeps the labels of its index. The cost is O(n log n).

    References
    ----------
    {torgo_2013}

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import RandomUnderSampler
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> sampler = RandomUnderSampler(random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> [bump.n_samples for bump in sampler.bumps_], sampler.sampling_strategy_
    ([907, 93], {0: 93, 1: 93})
    """

    _adds = False
    _reads_features = False


@complete_docs
class RandomOverSampler(BaseResampler):
    """Repeat rows of the rare bumps at random; all rows stay.

    Parameters
    ----------
    {sampling_strategy_adding}

    {relevance}

    {threshold}

    {bins}

    {random_state}

    Attributes
    ----------
    {plan_attributes}

    {row_attributes}

    See Also
    --------
    RandomUnderSampler : Thin normal bumps instead.
    GaussianNoise : Repeat rare rows with noise.

    Notes
    -----
    Each row of a bump is repeated equally often, but for a random part of them that is repeated
    once more. X may hold anything: it is never looked at. A Series or DataFrame keeps the labels of
    its index, repeated. The cost is O(n log n).

    References
    ----------
    {branco_2019}

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import RandomOverSampler
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> sampler = RandomOverSampler(random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> [bump.n_samples for bump in sampler.bumps_], sampler.sampling_strategy_
    ([907, 93], {0: 907, 1: 907})
    """

    _removes = False
    _reads_features = False
    _needs_spread = False

    def _generate(self, X, y, n_new, rng):
        seeds = spread_seeds(len(y), n_new, rng)
        return X.take(seeds), y[seeds], seeds
