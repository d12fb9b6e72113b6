"""Strategies for any regressor, in the order of the table; a new one is one more entry."""

from functools import partial

from imblearn.pipeline import Pipeline
from sklearn.base import clone

from skdir.comparison._strategies.strategy import Strategy
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)

# The regressor's step in a pipeline behind a sampler.
_STEP = "regressor"
BEHIND_SAMPLER = f"{_STEP}__"


def weight(regressor, weighter):
    """Return the regressor with the weights of a weighter."""
    return WeightedRegressor(clone(regressor), weighter=weighter)


def resample_first(regressor, sampler):
    """Return a pipeline that samples the training rows before the whole regressor."""
    steps = sampler.steps if isinstance(sampler, Pipeline) else [("sampler", sampler)]
    return Pipeline([*steps, (_STEP, clone(regressor))])


def _weights(name, description, make_weighter):
    """Return a strategy that weights the rows, by a new weighter for each regressor."""
    return Strategy(
        name, "weights", description, lambda regressor: weight(regressor, make_weighter())
    )


def _resampling(name, description, make_sampler):
    """Return a strategy that resamples the rows, by a new sampler for each regressor."""
    return Strategy(
        name,
        "resampling",
        description,
        lambda regressor: resample_first(regressor, make_sampler()),
        prefix=BEHIND_SAMPLER,
    )


BUILT_IN = (
    Strategy(
        "VANILLA",
        "model",
        "The regressor as it is, without any treatment of the imbalance.",
        clone,
    ),
    Strategy(
        "LOG",
        "model",
        "The regressor fitted to log(y), or to asinh(y / c) where targets are not all positive.",
        lambda regressor: LogTargetRegressor(clone(regressor)),
    ),
    _weights(
        "INV",
        "Rows weighted by the inverse of the number of training targets in their bin.",
        partial(InverseFrequencyWeighter, reweight="inverse"),
    ),
    _weights(
        "SQINV",
        "Rows weighted by the inverse square root of the number of training targets in their bin.",
        partial(InverseFrequencyWeighter, reweight="sqrt_inverse"),
    ),
    _weights(
        "LDS",
        "Label distribution smoothing: rows weighted by the inverse square root of the effective "
        "(smoothed) density of the target.",
        LDSWeighter,
    ),
    _weights(
        "INV+LDS",
        "Label distribution smoothing at full strength: rows weighted by the inverse of the "
        "effective density of the target.",
        partial(LDSWeighter, reweight="inverse"),
    ),
    _weights(
        "DENSE",
        "DenseWeight: weights that fall linearly with the density of the target.",
        DenseWeighter,
    ),
    # The floor keeps rows in the middle of the target in the fit.
    _weights(
        "SERA",
        "The squared error-relevance area as loss: rows weighted by the relevance of their target "
        "(by box plot, or quantiles where it finds nothing), 0.1 at the least.",
        partial(RelevanceWeighter, floor=0.1),
    ),
    _resampling(
        "RUS",
        "Random under-sampling: normal rows are removed at random until they are as many as the "
        "rare ones.",
        RandomUnderSampler,
    ),
    _resampling(
        "ROS",
        "Random over-sampling: rare rows are repeated until they are as many as the normal ones.",
        RandomOverSampler,
    ),
    _resampling(
        "GN",
        "Gaussian noise: normal rows are thinned at random, rare ones repeated with a little noise "
        "in features and target.",
        GaussianNoise,
    ),
    _resampling(
        "SMOTER",
        "SMOTE for regression: normal rows are thinned at random, new rare ones interpolated "
        "between a rare row and one of its rare neighbours.",
        SmoteR,
    ),
    _resampling(
        "SMOGN",
        "SMOTER where the neighbour of a rare row is near, Gaussian noise where it is far.",
        SMOGN,
    ),
    _resampling(
        "WERCS",
        "Half as many rows again are drawn by their relevance and repeated, and half of the rows "
        "are removed by their lack of it.",
        WERCS,
    ),
    Strategy(
        "REBAGG",
        "resampling",
        "Resampled bagging: the mean of ten models, each fitted to a bootstrap sample that "
        "SMOTER brings to as many rare as normal rows.",
        lambda regressor: ResampledBaggingRegressor(clone(regressor), sampler=SmoteR()),
        costly=True,
    ),
    Strategy(
        "BLEND",
        "mean",
        "The mean of two models, the plain one (VANILLA) and the one with LDS weights.",
        lambda regressor: BlendRegressor(
            clone(regressor), weighter=LDSWeighter(), share=0.5, locality=0.0
        ),
    ),
    Strategy(
        "BLEND-AUTO",
        "mean",
        "A mean of the plain model and one with weights that has more of a share where it "
        "predicts rare targets; how much, an inner cross-validation chooses, for the least "
        "error on the rarest tenth of the targets at an overall error at most 3 % higher.",
        lambda regressor: BlendRegressor(clone(regressor)),
        costly=True,
    ),
)
