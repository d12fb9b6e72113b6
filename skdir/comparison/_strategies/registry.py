"""Strategies: named ways to treat the imbalance, each built around the user's regressor."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from imblearn.pipeline import Pipeline
from sklearn.base import clone

from skdir.comparison._strategies.deep import DEEP, build_deep, deep_prefix
from skdir.compose._log_target import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection._bandwidth_search import BandwidthSearchRegressor, bandwidth_parameters
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.utils._fitting.fit import looks_like_regressor
from skdir.utils._validation import parameter_error
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)


@dataclass(frozen=True)
class Strategy:
    """A built-in strategy: one sentence for people, and what makes the estimator."""

    description: str
    build: callable
    prefix: str = ""  # before the names of the regressor's parameters in `fit`


def _weighted(make_weighter):
    """Return a builder that re-weights the regressor with a fresh weighter."""
    return lambda regressor: WeightedRegressor(clone(regressor), weighter=make_weighter())


# The regressor's step in a pipeline behind a sampler.
_STEP = "regressor"
_BEHIND_SAMPLER = f"{_STEP}__"


def _resample_first(sampler, regressor):
    """Return a pipeline that samples the training rows before the whole regressor."""
    steps = sampler.steps if isinstance(sampler, Pipeline) else [("sampler", sampler)]
    return Pipeline([*steps, (_STEP, clone(regressor))])


def _resampled(description, make_sampler):
    """Return a strategy that resamples."""
    return Strategy(
        description,
        lambda regressor: _resample_first(make_sampler(), regressor),
        _BEHIND_SAMPLER,
    )


def _blend(regressor):
    """Average the plain model and the one with LDS weights."""
    return BlendRegressor(clone(regressor), weighter=LDSWeighter(), share=0.5, locality=0.0)


def _relevance_weighter():
    """Weigh by relevance; the floor keeps rows in the middle from having no say at all."""
    return RelevanceWeighter(floor=0.1)


# The order is that of the table. A new strategy is one more entry.
BUILT_IN = {
    "VANILLA": Strategy("The regressor as it is, without any treatment of the imbalance.", clone),
    "LOG": Strategy(
        "The regressor fitted to log(y), or to asinh(y / c) where targets are not all positive.",
        lambda regressor: LogTargetRegressor(clone(regressor)),
    ),
    "INV": Strategy(
        "Rows weighted by the inverse of the number of training targets in their bin.",
        _weighted(lambda: InverseFrequencyWeighter(reweight="inverse")),
    ),
    "SQINV": Strategy(
        "Rows weighted by the inverse square root of the number of training targets in their bin.",
        _weighted(lambda: InverseFrequencyWeighter(reweight="sqrt_inverse")),
    ),
    "LDS": Strategy(
        "Label distribution smoothing: rows weighted by the inverse square root of the effective "
        "(smoothed) density of the target.",
        _weighted(LDSWeighter),
    ),
    "INV+LDS": Strategy(
        "Label distribution smoothing at full strength: rows weighted by the inverse of the "
        "effective density of the target.",
        _weighted(lambda: LDSWeighter(reweight="inverse")),
    ),
    "DENSE": Strategy(
        "DenseWeight: weights that fall linearly with the density of the target.",
        _weighted(DenseWeighter),
    ),
    "SERA": Strategy(
        "The squared error-relevance area as loss: rows weighted by the relevance of their target "
        "(by box plot, or quantiles where it finds nothing), 0.1 at the least.",
        _weighted(_relevance_weighter),
    ),
    "RUS": _resampled(
        "Random under-sampling: normal rows are removed at random until they are as many as the "
        "rare ones.",
        RandomUnderSampler,
    ),
    "ROS": _resampled(
        "Random over-sampling: rare rows are repeated until they are as many as the normal ones.",
        RandomOverSampler,
    ),
    "GN": _resampled(
        "Gaussian noise: normal rows are thinned at random, rare ones repeated with a little noise "
        "in features and target.",
        GaussianNoise,
    ),
    "SMOTER": _resampled(
        "SMOTE for regression: normal rows are thinned at random, new rare ones interpolated "
        "between a rare row and one of its rare neighbours.",
        SmoteR,
    ),
    "SMOGN": _resampled(
        "SMOTER where the neighbour of a rare row is near, Gaussian noise where it is far.",
        SMOGN,
    ),
    "WERCS": _resampled(
        "Half as many rows again are drawn by their relevance and repeated, and half of the rows "
        "are removed by their lack of it.",
        WERCS,
    ),
    "BLEND": Strategy(
        "The mean of two models, the plain one (VANILLA) and the one with LDS weights.", _blend
    ),
}


# Strategies of many fits, each behind the one whose kind it is of: only by name.
COSTLY = {
    "WERCS": {
        "REBAGG": Strategy(
            "Resampled bagging: the mean of ten models, each fitted to a bootstrap sample that "
            "SMOTER brings to as many rare as normal rows.",
            lambda regressor: ResampledBaggingRegressor(clone(regressor), sampler=SmoteR()),
        ),
    },
    "BLEND": {
        "BLEND-AUTO": Strategy(
            "A mean of the plain model and one with weights that has more of a share where it "
            "predicts rare targets; how much, an inner cross-validation chooses, for the least "
            "error on the rarest tenth of the targets at an overall error at most 3 % higher.",
            lambda regressor: BlendRegressor(clone(regressor)),
        ),
    },
}


def available_strategies(regressor=None, *, costly=False):
    """Describe the built-in strategies.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor to be compared. With a
        :class:`~skdir.neural_network.DeepImbalancedRegressor`, or a pipeline that ends in one,
        there are more strategies, which change its features, its loss or its stages.

    costly : bool, default=False
        Whether to add those that fit the regressor many times, and are therefore compared only
        where `strategies` names them.

    Returns
    -------
    descriptions : dict of str to str
        One sentence for each name that :func:`compare_strategies` knows, in the order of the
        default table.

    Raises
    ------
    ValueError
        If `costly` is not a bool.

    See Also
    --------
    compare_strategies : Runs them over the same folds.

    Examples
    --------
    >>> from skdir.comparison import available_strategies
    >>> print(available_strategies()["BLEND"])
    The mean of two models, the plain one (VANILLA) and the one with LDS weights.
    """
    if not isinstance(costly, (bool, np.bool_)):
        raise parameter_error("costly", "available_strategies", "True or False", repr(costly))
    descriptions = {}
    for name, strategy in BUILT_IN.items():
        descriptions[name] = strategy.description
        if costly and name in COSTLY:
            descriptions |= {n: more.description for n, more in COSTLY[name].items()}
    if regressor is None or deep_prefix(regressor) is None:
        return descriptions
    # behind the two that change the model or its target
    first = {name: descriptions.pop(name) for name in ("VANILLA", "LOG")}
    return {**first, **{name: text for name, (text, _) in DEEP.items()}, **descriptions}


def resolve_strategies(strategies, regressor, *, search, caller):
    """Return unfitted estimators, descriptions and prefixes, all by name and in the given order.

    `search` is None, or the share of rare rows for inner cross-validations that choose bandwidths
    of weights, except in VANILLA, which stays as it is. A prefix is what goes before the names of
    the regressor's parameters in `fit`.
    """
    if isinstance(strategies, str):
        if strategies != "default":
            raise parameter_error(
                "strategies",
                caller,
                "'default', a list of names or a dict of name to strategy",
                f"{strategies!r}{_did_you_mean(strategies, alone=True)}",
            )
        strategies = list(available_strategies(regressor))
    if not isinstance(strategies, Mapping):
        try:
            names = list(strategies)
        except TypeError:
            names = [strategies]
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise parameter_error(
                "strategies",
                caller,
                "'default', a list of different names or a dict of name to strategy",
                repr(strategies),
            )
        strategies = {name: name for name in names}
    if not strategies:
        raise parameter_error("strategies", caller, "at least one strategy", "none")
    estimators, descriptions, prefixes = {}, {}, {}
    for name, value in strategies.items():
        if not isinstance(name, str) or not name:
            raise parameter_error("strategies", caller, "keyed by non-empty names", repr(name))
        resolved = _resolve(name, value, regressor, caller)
        estimators[name], descriptions[name], prefixes[name] = resolved
        if search is not None and value != "VANILLA" and bandwidth_parameters(estimators[name]):
            estimators[name] = BandwidthSearchRegressor(estimators[name], rare_fraction=search)
            descriptions[name] += " The bandwidth is chosen by an inner cross-validation."
    return estimators, descriptions, prefixes


def _resolve(name, value, regressor, caller):
    """Return the estimator of one strategy, a sentence about it, and its prefix."""
    if isinstance(value, str):
        if value in DEEP:
            return build_deep(value, regressor, caller=caller), DEEP[value][0], ""
        known = _known()
        if value not in known:
            raise parameter_error(
                "strategies",
                caller,
                f"made of {', '.join(known)}",
                f"{value!r}{_did_you_mean(value)}",
            )
        strategy = known[value]
        return strategy.build(regressor), strategy.description, strategy.prefix
    kind = type(value).__name__
    if not isinstance(value, type):
        if looks_like_regressor(value):
            return clone(value), f"An estimator of its own: {kind}.", ""
        if hasattr(value, "fit_resample"):
            estimator = _resample_first(clone(value), regressor)
            description = f"Rows resampled by {' '.join(repr(value).split())}."
            return estimator, description, _BEHIND_SAMPLER
        if hasattr(value, "fit") and hasattr(value, "transform"):
            estimator = WeightedRegressor(clone(regressor), weighter=clone(value))
            return estimator, f"Rows weighted by {' '.join(repr(value).split())}.", ""
        if callable(value):
            built = value(clone(regressor))
            if looks_like_regressor(built):
                what = getattr(value, "__name__", kind)
                return clone(built), f"What the function {what} makes of the regressor.", ""
            value, kind = built, f"a callable that returned {type(built).__name__}"
    raise parameter_error(
        "strategies",
        caller,
        "made of built-in names, weighter, sampler or regressor instances, or callables that take "
        "a regressor and return one",
        f"{kind if not isinstance(value, type) else f'the class {value.__name__}'} for {name!r}",
    )


def _known():
    """Return all strategies that are not of deep regressors alone."""
    known = dict(BUILT_IN)
    for strategies in COSTLY.values():
        known |= strategies
    return known


def _did_you_mean(name, *, alone=False):
    """Return a hint with the nearest built-in name, or nothing."""
    names = [*_known(), *DEEP]
    near = get_close_matches(name.upper(), names, n=1, cutoff=0.5)
    hints = [f"did you mean {near[0]!r}?"] if near and name not in names else []
    if near and alone:
        hints.append(f"one name is a list, too: {near}")
    return f" ({' '.join(hints)})" if hints else ""
