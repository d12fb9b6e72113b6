"""Fits around a regressor, and comparisons."""

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_validate

from skdir.comparison import compare_strategies
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.metrics import balanced_mean_absolute_error
from skdir.weighting import LDSWeighter, WeightedRegressor

from .data import made, ratio

# Few bins: with weights scikit-learn 1.9 sorts each feature once for each bin.
PLAIN = HistGradientBoostingRegressor(max_iter=50, max_bins=31, random_state=0)


class Models:
    """Fits of 4,000 x 10 around gradient boosting: time, memory, and what they do to the error."""

    params = ["weighted", "blend", "bagging of resampled rows"]
    param_names = ("model",)
    models = {
        "weighted": WeightedRegressor(PLAIN, LDSWeighter(reweight="inverse")),
        "blend": BlendRegressor(PLAIN, random_state=0),
        "bagging of resampled rows": ResampledBaggingRegressor(
            PLAIN, n_estimators=3, random_state=0
        ),
    }

    def setup(self, model):
        self.X, self.y = made(4_000, 10)
        self.model = self.models[model]

    def time_fit(self, model):
        self.model.fit(self.X, self.y)

    def peakmem_fit(self, model):
        self.model.fit(self.X, self.y)

    def track_ratio_to_plain_fit(self, model):
        return ratio(
            lambda: self.model.fit(self.X, self.y), lambda: PLAIN.fit(self.X, self.y), repeats=2
        )

    def track_ratio_of_balanced_error(self, model):
        """The balanced error on other rows, beside that of the plain regressor."""
        train, test = next(KFold(2, shuffle=True, random_state=0).split(self.X))
        errors = [
            balanced_mean_absolute_error(
                self.y[test],
                regressor.fit(self.X[train], self.y[train]).predict(self.X[test]),
                bins=20,
            )
            for regressor in (self.model, PLAIN)
        ]
        return errors[0] / errors[1]


class Comparison:
    """All strategies around ridge regression, 2,000 x 10 in 3 folds."""

    timeout = 120

    def setup(self):
        self.X, self.y = made(2_000, 10)
        self.cv = KFold(3, shuffle=True, random_state=0)

    def _compare(self):
        return compare_strategies(Ridge(), self.X, self.y, cv=self.cv, random_state=0)

    def time_compare_strategies(self):
        self._compare()

    def peakmem_compare_strategies(self):
        self._compare()

    def track_ratio_to_cross_validate(self):
        """A comparison beside one cross-validation of the plain regressor."""
        scoring = ["neg_mean_absolute_error", "neg_root_mean_squared_error"]
        return ratio(
            self._compare,
            lambda: cross_validate(Ridge(), self.X, self.y, cv=self.cv, scoring=scoring),
            repeats=2,
        )
