"""Errors where they matter: by target region, by shot, by relevance and against the density."""

from skdir.metrics._density import density_error_correlation
from skdir.metrics._groups import metrics_by_group
from skdir.metrics._regression import (
    balanced_mean_absolute_error,
    balanced_mean_squared_error,
    geometric_mean_absolute_error,
)
from skdir.metrics._relevance import (
    relevance_weighted_r2_score,
    squared_error_relevance_area,
    squared_error_relevance_curve,
)
from skdir.metrics._scorers.balanced import (
    make_balanced_scorer,
    neg_balanced_mean_absolute_error,
    neg_balanced_mean_squared_error,
)
from skdir.metrics._scorers.relevance import make_relevance_scorer
from skdir.metrics._scorers.shot import make_shot_scorer
from skdir.metrics._shots.labels import shot_labels, shot_thresholds
from skdir.metrics._shots.report import ShotReport
from skdir.metrics._utility import relevance_precision_recall_fscore

__all__ = [
    "ShotReport",
    "balanced_mean_absolute_error",
    "balanced_mean_squared_error",
    "density_error_correlation",
    "geometric_mean_absolute_error",
    "make_balanced_scorer",
    "make_relevance_scorer",
    "make_shot_scorer",
    "metrics_by_group",
    "neg_balanced_mean_absolute_error",
    "neg_balanced_mean_squared_error",
    "relevance_precision_recall_fscore",
    "relevance_weighted_r2_score",
    "shot_labels",
    "shot_thresholds",
    "squared_error_relevance_area",
    "squared_error_relevance_curve",
]
