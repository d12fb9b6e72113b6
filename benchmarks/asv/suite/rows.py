"""What works on rows: samplers, ensembles, comparisons."""

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from skdir.comparison import compare_strategies
from skdir.ensemble import BlendRegressor
from skdir.metrics import balanced_mean_absolute_error
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.weighting import LDSWeighter, WeightedRegressor

from .data import made

SAMPLERS = (RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN, WERCS)


class Samplers:
    """Resampling of n rows with p features."""

    params = ([cls.__name__ for cls in SAMPLERS], [(5_000, 10), (50_000, 10), (5_000, 100)])
    param_names = ("sampler", "rows and features")

    def setup(self, sampler, shape):
        self.X, self.y = made(*shape)
        self.cls = {cls.__name__: cls for cls in SAMPLERS}[sampler]

    def time_fit_resample(self, sampler, shape):
        self.cls(random_state=0).fit_resample(self.X, self.y)

    def peakmem_fit_resample(self, sampler, shape):
        self.cls(random_state=0).fit_resample(self.X, self.y)


class Models:
    """Fits around a regressor, and how much they lower the balanced error."""

    def setup(self):
        self.X, self.y = made(4_000, 10)
        self.train, self.test = next(KFold(2, shuffle=True, random_state=0).split(self.X))
        self.plain = HistGradientBoostingRegressor(max_iter=50, random_state=0)

    def _error(self, model):
        model.fit(self.X[self.train], self.y[self.train])
        y_pred = model.predict(self.X[self.test])
        return balanced_mean_absolute_error(self.y[self.test], y_pred, bins=20)

    def time_weighted(self):
        WeightedRegressor(self.plain, LDSWeighter()).fit(self.X, self.y)

    def time_blend(self):
        BlendRegressor(self.plain, random_state=0).fit(self.X, self.y)

    def track_ratio_of_balanced_error_weighted(self):
        weighted = WeightedRegressor(self.plain, LDSWeighter(reweight="inverse"))
        return self._error(weighted) / self._error(self.plain)

    def time_compare_strategies(self):
        compare_strategies(Ridge(), self.X, self.y, cv=3, random_state=0)


Models.time_compare_strategies.timeout = 120
