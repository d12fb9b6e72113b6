"""Kinds of strategies, and the headings above them in tables and pictures."""

from itertools import groupby

from sklearn.pipeline import Pipeline

from skdir.utils._drawing.style import FEW
from skdir.utils._estimators.protocols import looks_like_regressor
from skdir.utils._estimators.tags import strategy_tags
from skdir.utils._fitting.pipelines import has_sampler
from skdir.utils._fitting.sample_weight import has_list

# What a strategy does about the imbalance, and the heading above those that do so.
HEADINGS = {
    "model": "Model or target",
    "weights": "Weights",
    "resampling": "Resampling",
    "mean": "Mean of models",
}


def strategy_kind(estimator):
    """Return what an unfitted estimator of the user's does about the imbalance.

    Strategies of the table say it themselves. Any other estimator is told by protocols, of which
    the first that it follows decides:

    - its tags say it, as those of skdir's meta-regressors do;
    - it is a pipeline: "resampling" if one of the steps is a sampler, else what its last step is;
    - it combines a list of regressors, as voting and stacking do: "mean";
    - it is around one regressor, the parameter `regressor` or `estimator`, as a search is: what
      that one is.

    What follows none of them is a "model".

    Parameters
    ----------
    estimator : estimator object
        Not fitted.

    Returns
    -------
    kind : {"model", "weights", "resampling", "mean"}
        A key of `HEADINGS`.
    """
    kind = strategy_tags(estimator).kind
    if kind is not None:
        return kind
    if isinstance(estimator, Pipeline):
        return "resampling" if has_sampler(estimator) else strategy_kind(estimator.steps[-1][1])
    if has_list(estimator):
        return "mean"
    around = (getattr(estimator, name, None) for name in ("regressor", "estimator"))
    inner = next(filter(looks_like_regressor, around), None)
    return "model" if inner is None else strategy_kind(inner)


def strategy_groups(kinds):
    """Return the names of many strategies by kind, None if few or of kinds that alternate.

    Parameters
    ----------
    kinds : dict of str to str
        The kind of each strategy by name, in the order of the table.

    Returns
    -------
    groups : dict of str to list of str, or None
        Names by kind.
    """
    groups = [(kind, list(names)) for kind, names in groupby(kinds, key=kinds.get)]
    if len(kinds) <= FEW or not 1 < len(groups) == len(dict(groups)):
        return None
    return dict(groups)


def headings(kinds):
    """Return the heading above the first strategy of each kind, nothing for few strategies."""
    groups = strategy_groups(kinds) or {}
    return {names[0]: HEADINGS[kind] for kind, names in groups.items()}
