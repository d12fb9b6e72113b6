"""What is computed from targets alone: densities, weights, relevances."""

import numpy as np

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter, RelevanceWeighter

from .data import made, ratio

N = 1_000_000


class Density:
    """Densities of n targets, bin-free and in b bins."""

    params = ([10_000, N], [None, 100, 10_000])
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

    def track_ratio_to_sort(self, n, bins):
        """Fit and density beside one sort of the targets."""
        return ratio(
            lambda: TargetDensity(bins=bins).fit(self.y).density(self.y), lambda: np.sort(self.y)
        )


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
        self.y = made(N, 1)[1]

    def time_fit_transform(self, weighter):
        self.makers[weighter]().fit_transform(self.y)

    def peakmem_fit_transform(self, weighter):
        self.makers[weighter]().fit_transform(self.y)

    def track_ratio_to_sort(self, weighter):
        """Weights beside one sort of the targets."""
        return ratio(lambda: self.makers[weighter]().fit_transform(self.y), lambda: np.sort(self.y))


class Relevance:
    """Relevance of a million targets."""

    params = ["extremes", "quantile", "density"]
    param_names = ("method",)

    def setup(self, method):
        self.y = made(N, 1)[1]

    def _transform(self, method):
        return RelevanceFunction(method=method).fit(self.y).transform(self.y)

    def time_fit_transform(self, method):
        self._transform(method)

    def peakmem_fit_transform(self, method):
        self._transform(method)

    def track_ratio_to_sort(self, method):
        """Relevances beside one sort of the targets."""
        return ratio(lambda: self._transform(method), lambda: np.sort(self.y))
