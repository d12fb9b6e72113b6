"""Samplers."""

import numpy as np
from imblearn.over_sampling import SMOTE

from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

from .data import made, ratio

SAMPLERS = {
    cls.__name__: cls
    for cls in (RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN, WERCS)
}


class Samplers:
    """Resampling of n rows with p features."""

    params = (list(SAMPLERS), [(5_000, 10), (50_000, 10), (5_000, 100)])
    param_names = ("sampler", "rows and features")

    def setup(self, sampler, shape):
        self.X, self.y = made(*shape)
        self.cls = SAMPLERS[sampler]

    def _resample(self):
        return self.cls(random_state=0).fit_resample(self.X, self.y)

    def time_fit_resample(self, sampler, shape):
        self._resample()

    def peakmem_fit_resample(self, sampler, shape):
        self._resample()

    def track_ratio_to_smote(self, sampler, shape):
        """Resampling beside SMOTE of imbalanced-learn that adds as many rows to the rare ones."""
        rare = self.y > np.quantile(self.y, 0.9)
        wanted = {False: int((~rare).sum()), True: len(rare) // 2}
        smote = SMOTE(sampling_strategy=wanted, random_state=0)
        return ratio(self._resample, lambda: smote.fit_resample(self.X, rare), repeats=3)
