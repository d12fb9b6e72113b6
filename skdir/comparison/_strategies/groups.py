"""Kinds of strategies, and how each strategy looks in pictures."""

from itertools import groupby

from sklearn.ensemble import StackingRegressor, VotingRegressor

from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection._bandwidth_search import BandwidthSearchRegressor
from skdir.utils._drawing.style import COLOURS, FEW, INK, MARKERS, STYLES
from skdir.utils._fitting.fit import has_sampler
from skdir.weighting import WeightedRegressor

HEADINGS = {
    "model": "Model or target",
    "weights": "Weights",
    "resampling": "Resampling",
    "mean": "Mean of models",
}

# Many strategies: weights are cold, resampling is warm, and each kind has one shape.
KIND_COLOURS = {
    "model": ("#7B5E3B", "#8A8F98", "#B08D57", "#4B5563"),
    "weights": ("#0072B2", "#56B4E9", "#00406B", "#009E73", "#5BB5A2", "#3F6FD1", "#00695C"),
    "resampling": ("#D55E00", "#E69F00", "#8C2D04", "#CC79A7", "#C62828", "#B8860B", "#F09A7A"),
    "mean": ("#7E57C2", "#4A148C", "#B39DDB"),
}
KIND_MARKERS = {"model": "o", "weights": "s", "resampling": "^", "mean": "D"}


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


def looks(estimators):
    """Return the colour, line style and marker of each strategy; the plain one is black."""
    groups = strategy_groups(estimators)
    result = {"VANILLA": {"color": INK, "linestyle": "-", "marker": "o"}}
    if groups is None:
        for k, name in enumerate(name for name in estimators if name != "VANILLA"):
            result[name] = {
                "color": COLOURS[k % len(COLOURS)],
                "linestyle": STYLES[(k // len(COLOURS) + k) % 4],
                "marker": MARKERS[(k + 1) % len(MARKERS)],
            }
        return {name: result[name] for name in estimators}
    for kind, names in groups.items():
        colours, first = KIND_COLOURS[kind], 1 if kind == "model" else 0  # solid is VANILLA
        for k, name in enumerate(name for name in names if name != "VANILLA"):
            result[name] = {
                "color": colours[k % len(colours)],
                "linestyle": STYLES[(k + first) % len(STYLES)],
                "marker": KIND_MARKERS[kind],
            }
    return {name: result[name] for name in estimators}
