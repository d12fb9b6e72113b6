"""One call of each display, for the tests of what all of them share."""

from types import SimpleNamespace

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

from skdir.inspection import (
    BandwidthCurveDisplay,
    FeatureStatisticsDisplay,
    RelevanceDisplay,
    ResamplingDisplay,
    SERCurveDisplay,
    ShotErrorDisplay,
    TargetDistributionDisplay,
)
from skdir.relevance import RelevanceFunction
from skdir.resampling import SmoteR
from skdir.weighting import LDSWeighter, WeightedRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))
Y = np.exp(X.sum(axis=1) / 2 + RNG.normal(size=200) / 4)
PREDICTED = {"plain": Y * 0.9, "other": Y + 1.0}
RELEVANCE = RelevanceFunction().fit(Y)
SEARCH = GridSearchCV(
    WeightedRegressor(Ridge(), LDSWeighter()),
    {"weighter__bandwidth": [0.1, 1.0, 10.0]},
    scoring=["neg_mean_absolute_error", "neg_root_mean_squared_error"],
    refit=False,
    cv=3,
).fit(X, Y)


def statistics(n_bins=6, anchor=1, rise=1.0):
    """Return an object like FeatureStatistics; the inspection of it needs no torch."""
    return SimpleNamespace(
        bin_edges=np.arange(n_bins + 1.0),
        counts=np.arange(n_bins, 0, -1),
        mean_similarity=1 - rise * np.abs(np.arange(n_bins) - anchor) / 10,
        variance_similarity=1 - rise * np.abs(np.arange(n_bins) - anchor) / 20,
        anchor=anchor,
    )


# The display, how many axes it draws on, and a call that makes it on given axes.
CASES = {
    "relevance": (RelevanceDisplay, 1, lambda ax: RelevanceDisplay.from_target(Y, ax=ax)),
    "distribution": (
        TargetDistributionDisplay,
        1,
        lambda ax: TargetDistributionDisplay.from_target(Y, ax=ax),
    ),
    "distributions": (
        TargetDistributionDisplay,
        2,
        lambda ax: TargetDistributionDisplay.from_target(
            Y, weighter=LDSWeighter(), bandwidths=[0.1, 1.0], ax=ax
        ),
    ),
    "shot error": (
        ShotErrorDisplay,
        1,
        lambda ax: ShotErrorDisplay.from_predictions(Y, PREDICTED, y_train=Y, ax=ax),
    ),
    "resampling": (
        ResamplingDisplay,
        3,
        lambda ax: ResamplingDisplay.from_sampler(SmoteR(random_state=0), X, Y, ax=ax),
    ),
    "SER": (
        SERCurveDisplay,
        1,
        lambda ax: SERCurveDisplay.from_predictions(Y, PREDICTED, relevance=RELEVANCE, ax=ax),
    ),
    "statistics": (
        FeatureStatisticsDisplay,
        2,
        lambda ax: FeatureStatisticsDisplay.from_statistics(
            {"plain": statistics(), "FDS": statistics(rise=0.5)}, ax=ax
        ),
    ),
    "bandwidth": (
        BandwidthCurveDisplay,
        1,
        lambda ax: BandwidthCurveDisplay.from_search(SEARCH, ax=ax),
    ),
}
# Displays of several lines, in which each line must look different.
LINES = {
    "shot error": lambda display: display.lines_,
    "SER": lambda display: display.lines_,
    "statistics": lambda display: display.mean_lines_,
    "bandwidth": lambda display: display.lines_,
}
