"""Rare rows with Gaussian noise."""

from numbers import Real

import numpy as np

from skdir.resampling._base import CATEGORICAL_CONSTRAINT, BaseResampler, spread_seeds
from skdir.resampling._docs import complete_docs
from skdir.utils._containers.target import deviation
from skdir.utils._sklearn_compat import Interval


@complete_docs
class GaussianNoise(BaseResampler):
    r"""Repeat rare rows with Gaussian noise and thin the normal bumps.

    Parameters
    ----------
    perturbation : float, default=0.1
        Standard deviation of the noise, as a share of that of each numeric feature, and of the
        target, in the bump.

    {sampling_strategy}

    {relevance}

    {threshold}

    {bins}

    {categorical_features}

    {random_state}

    Attributes
    ----------
    {plan_attributes}

    {row_attributes}

    See Also
    --------
    SMOGN : Noise only where neighbours are far.

    Notes
    -----
    A new row is a seed with :math:`N(0, (\delta s_j)^2)` added to feature j and, with the target's
    deviation, to the target; :math:`s_j` is the standard deviation (n - 1) in the bump. Constant
    features stay constant and missing values missing; features and targets of whole numbers are
    rounded and stay in the range of their type. Levels of categorical features are drawn by their
    frequency in the bump. In a sparse X only stored values get noise: a zero stays zero.

    Noise makes no impossible targets: new ones have the sign that all targets have, and are in
    [0, 1] where all are. What lies beyond such an end is mirrored at it. Features are not bounded
    so: transform one that must stay positive, such as by a logarithm, before the sampler.

    A bump of one row has no deviation; there, with a warning, the noise is 0.02 of the deviation
    over all rows. The cost is O(n log n + n_new n_features).

    References
    ----------
    {branco_2019}

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import GaussianNoise
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> sampler = GaussianNoise(perturbation=0.05, random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> sampler.sampling_strategy_, int(sampler.synthetic_mask_.sum())
    ({0: 500, 1: 500}, 407)
    """

    _parameter_constraints: dict = {
        **BaseResampler._parameter_constraints,
        "perturbation": [Interval(Real, 0, None, closed="left")],
        "categorical_features": CATEGORICAL_CONSTRAINT,
    }

    def __init__(
        self,
        *,
        perturbation=0.1,
        sampling_strategy="balance",
        relevance=None,
        threshold=0.8,
        bins=None,
        categorical_features="auto",
        random_state=None,
    ):
        super().__init__(
            sampling_strategy=sampling_strategy,
            relevance=relevance,
            threshold=threshold,
            bins=bins,
            random_state=random_state,
        )
        self.perturbation = perturbation
        self.categorical_features = categorical_features

    def _generate(self, X, y, n_new, rng):
        seeds = spread_seeds(len(y), n_new, rng)
        new = X.add_noise(seeds, self.perturbation, rng)
        return new, noisy_targets(y, seeds, self.perturbation, rng), seeds


def noisy_targets(y, seeds, factor, rng):
    """Return targets of seeds with noise of `factor` standard deviations of the bump."""
    with np.errstate(over="ignore"):  # what leaves float64 is the seed's target in the end
        return y[seeds] + rng.standard_normal(len(seeds)) * (factor * deviation(y))
