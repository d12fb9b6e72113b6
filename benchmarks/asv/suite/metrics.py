"""Metrics of a million predictions."""

import numpy as np
from sklearn.metrics import mean_absolute_error

from skdir.density import TargetDensity
from skdir.metrics import (
    ShotReport,
    balanced_mean_absolute_error,
    density_error_correlation,
    geometric_mean_absolute_error,
    relevance_precision_recall_fscore,
    shot_labels,
    squared_error_relevance_area,
)
from skdir.relevance import RelevanceFunction

from .data import made, ratio


class Metrics:
    """Metrics of a million predictions, beside scikit-learn's mean absolute error."""

    params = [
        "balanced MAE",
        "density-error correlation",
        "geometric mean",
        "precision, recall and F",
        "SERA",
        "shot labels",
        "shot report",
    ]
    param_names = ("metric",)

    def setup(self, metric):
        X, y = made(1_000_000, 1)
        predicted = np.exp(0.8 * X[:, 0])
        relevance, density = RelevanceFunction().fit(y), TargetDensity(bins=100).fit(y)
        self.plain = lambda: mean_absolute_error(y, predicted)
        self.call = {
            "balanced MAE": lambda: balanced_mean_absolute_error(y, predicted, bins=100),
            "density-error correlation": lambda: density_error_correlation(
                density, y, predicted, bins=100
            ),
            "geometric mean": lambda: geometric_mean_absolute_error(y, predicted),
            "precision, recall and F": lambda: relevance_precision_recall_fscore(
                y, predicted, relevance=relevance
            ),
            "SERA": lambda: squared_error_relevance_area(y, predicted, relevance=relevance),
            "shot labels": lambda: shot_labels(y, y, bins=100),
            "shot report": lambda: ShotReport(y, predicted, y_train=y, bins=100),
        }[metric]

    def time_metric(self, metric):
        self.call()

    def peakmem_metric(self, metric):
        self.call()

    def track_ratio_to_mean_absolute_error(self, metric):
        return ratio(self.call, self.plain, repeats=3)
