"""Tags of scikit-learn, and beside them those of strategies for imbalance and of weighters."""

from dataclasses import dataclass, field, fields

from sklearn.utils import Tags


@dataclass
class StrategyTags:
    """What an estimator is among strategies.

    Parameters
    ----------
    kind : {"model", "weights", "resampling", "mean"} or None, default=None
        What it does about the imbalance of the target; "model" is nothing, or something about the
        model or the target. None is what the regressor in it does.

    deep : bool, default=False
        Whether it has the parameters of a deep regressor, as `DeepImbalancedRegressor` does:
        `fds`, `loss`, `retrain_head` and `weighter`.
    """

    kind: str | None = None
    deep: bool = False


@dataclass
class WeighterTags:
    """Tags of a weighter, which the common checks read.

    Parameters
    ----------
    allows_zero : bool, default=False
        Whether a weight may be 0.

    refuses_degenerate : bool, default=False
        Whether targets in which there is nothing to tell apart, such as constant ones, may be a
        ValueError instead of weights.
    """

    allows_zero: bool = False
    refuses_degenerate: bool = False


@dataclass
class ExtendedTags(Tags):
    """Tags of scikit-learn with those among strategies, and of weighters with theirs."""

    strategy_tags: StrategyTags = field(default_factory=StrategyTags)
    weighter_tags: WeighterTags | None = None


def with_strategy_tags(tags, **values):
    """Return tags of scikit-learn with those of an estimator among strategies.

    Parameters
    ----------
    tags : Tags
        Tags of scikit-learn.

    **values : object
        Parameters of `StrategyTags`.

    Returns
    -------
    tags : ExtendedTags
        All of them.
    """
    return _extended(tags, strategy_tags=StrategyTags(**values))


def with_weighter_tags(tags):
    """Return tags of scikit-learn with those of a weighter.

    Parameters
    ----------
    tags : Tags
        Tags of scikit-learn.

    Returns
    -------
    tags : ExtendedTags
        All of them; those of weighters have their defaults.
    """
    return _extended(tags, weighter_tags=WeighterTags())


def strategy_tags(estimator):
    """Return the tags of any estimator among strategies; what has none has the defaults."""
    return getattr(_tags_of(estimator), "strategy_tags", StrategyTags())


def weighter_tags(estimator):
    """Return the tags of a weighter; what has none has the defaults."""
    return getattr(_tags_of(estimator), "weighter_tags", None) or WeighterTags()


def _tags_of(estimator):
    """Return all tags of an estimator, None of what has none."""
    try:
        return None if isinstance(estimator, type) else estimator.__sklearn_tags__()
    except AttributeError:  # not derived from BaseEstimator, or from mixins alone
        return None


def _extended(tags, **more):
    """Return tags with more of them."""
    given = {item.name: getattr(tags, item.name) for item in fields(tags)}
    return ExtendedTags(**(given | more))
