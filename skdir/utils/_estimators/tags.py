"""Tags of scikit-learn, and beside them what an estimator is among strategies for imbalance."""

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
class StrategyAwareTags(Tags):
    """Tags of scikit-learn with those among strategies."""

    strategy_tags: StrategyTags = field(default_factory=StrategyTags)


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
    tags : StrategyAwareTags
        All of them.
    """
    given = {item.name: getattr(tags, item.name) for item in fields(Tags)}
    return StrategyAwareTags(**given, strategy_tags=StrategyTags(**values))


def strategy_tags(estimator):
    """Return the tags of any estimator among strategies; what has none has the defaults."""
    try:
        tags = None if isinstance(estimator, type) else estimator.__sklearn_tags__()
    except AttributeError:  # not derived from BaseEstimator, or from mixins alone
        tags = None
    return getattr(tags, "strategy_tags", StrategyTags())
