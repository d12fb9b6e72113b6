"""What is computed from targets alone: densities, weights, relevances, metrics."""

import numpy as np

from skdir.density import TargetDensity
from skdir.metrics import (
    ShotReport,
    balanced_mean_absolute_error,
    relevance_precision_recall_fscore,
    squared_error_relevance_area,
)
from skdir.relevance import RelevanceFunction
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter, RelevanceWeighter

from .data import made


class Density:
    """Densities of n targets, bin-free and in b bins."""

    params = ([10_000, 1_000_000], [None, 100, 10_000])
    param_names = ("n", "bins")

    def setup(self, n, bins):
        self.y = made(n, 1)[1]
        self.fitted = TargetDensity(bins=bins).fit(self.y)

    def time_fit(self, n, bins):
        TargetDensity(bins=bins).fit(self.y)

    def time_density(self, n, bins):
        self.fitted.density(self.y)

    def peakmem_fit(self, n, bins):
        TargetDensity(bins=bins).fit(self.y)


class Weights:
    """Weights of a million targets."""

    params = ["lds", "lds in bins", "inverse", "dense", "relevance"]
    param_names = ("weighter",)
    makers = {
        "lds": LDSWeighter,
        "lds in bins": lambda: LDSWeighter(bins=100),
        "inverse": lambda: InverseFrequencyWeighter(bins=100),
        "dense": DenseWeighter,
        "relevance": RelevanceWeighter,
    }

    def setup(self, weighter):
        self.y = made(1_000_000, 1)[1]

    def time_fit_transform(self, weighter):
        self.makers[weighter]().fit_transform(self.y)

    def peakmem_fit_transform(self, weighter):
        self.makers[weighter]().fit_transform(self.y)


class Relevance:
    """Relevance of a million targets."""

    params = ["extremes", "quantile", "density"]
    param_names = ("method",)

    def setup(self, method):
        self.y = made(1_000_000, 1)[1]

    def time_fit_transform(self, method):
        RelevanceFunction(method=method).fit(self.y).transform(self.y)


class Metrics:
    """Metrics of a million predictions."""

    def setup(self):
        X, self.y = made(1_000_000, 1)
        self.predicted = np.exp(0.8 * X[:, 0])
        self.relevance = RelevanceFunction().fit(self.y)

    def time_sera(self):
        squared_error_relevance_area(self.y, self.predicted, relevance=self.relevance)

    def time_precision_recall_fscore(self):
        relevance_precision_recall_fscore(self.y, self.predicted, relevance=self.relevance)

    def time_balanced_mean_absolute_error(self):
        balanced_mean_absolute_error(self.y, self.predicted, bins=100)

    def time_shot_report(self):
        ShotReport(self.y, self.predicted, y_train=self.y, bins=100)
