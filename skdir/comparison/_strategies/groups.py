"""Kinds of strategies, and the headings above them in tables and pictures."""

from itertools import groupby

from sklearn.ensemble import StackingRegressor, VotingRegressor

from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection._bandwidth_search import BandwidthSearchRegressor
from skdir.utils._drawing.style import FEW
from skdir.utils._fitting.fit import has_sampler
from skdir.weighting import WeightedRegressor

HEADINGS = {
    "model": "Model or target",
    "weights": "Weights",
    "resampling": "Resampling",
    "mean": "Mean of models",
}


def strategy_kind(estimator):
    """Return what an unfitted estimator does about the imbalance, a key of `HEADINGS`."""
    if isinstance(estimator, BandwidthSearchRegressor):
        return strategy_kind(estimator.regressor)
    if isinstance(estimator, WeightedRegressor):
        return "weights"
    if has_sampler(estimator) or isinstance(estimator, ResampledBaggingRegressor):
        return "resampling"
    means = (VotingRegressor, StackingRegressor, BlendRegressor)
    return "mean" if isinstance(estimator, means) else "model"


def strategy_groups(estimators):
    """Return the names of many strategies by kind, None if few or of kinds that alternate.

    The plain model is of kind "model" whatever it is made of.
    """
    kinds = {
        name: "model" if name == "VANILLA" else strategy_kind(estimator)
        for name, estimator in estimators.items()
    }
    groups = [(kind, list(names)) for kind, names in groupby(kinds, key=kinds.get)]
    if len(kinds) <= FEW or not 1 < len(groups) == len(dict(groups)):
        return None
    return dict(groups)


def headings(estimators):
    """Return the heading above the first strategy of each kind, nothing for few strategies."""
    groups = strategy_groups(estimators) or {}
    return {names[0]: HEADINGS[kind] for kind, names in groups.items()}
