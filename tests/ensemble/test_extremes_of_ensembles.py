"""Targets and weights at the edges of what floats hold, few rows, and constant targets.

What can be right is right, whatever the scale; the rest is the usual error of the class called.
"""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.resampling import RandomOverSampler
from skdir.weighting import LDSWeighter, WeightedRegressor

N = 80
rng = np.random.default_rng(0)
X = rng.normal(size=(N, 2))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=N))


class Means(RegressorMixin, BaseEstimator):
    """Weighted means of targets in cells of the first feature, in any unit of both."""

    edges = (-1.0, -0.3, 0.3, 1.0)

    def fit(self, X, y, sample_weight=None):
        self.n_features_in_ = X.shape[1]
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        y, cell = np.asarray(y).ravel(), self._cell(X)
        self.means_ = np.full(len(self.edges) + 1, np.average(y, weights=weight / weight.max()))
        for k in np.unique(cell[weight > 0]):
            rows = cell == k
            share = weight[rows] / weight[rows].max()
            self.means_[k] = np.average(y[rows], weights=share)
        return self

    def predict(self, X):
        return self.means_[self._cell(X)]

    def _cell(self, X):
        return np.digitize(X[:, 0], self.edges)


MODELS = {
    "WeightedRegressor": lambda: WeightedRegressor(Means()),
    "resample": lambda: WeightedRegressor(Means(), unsupported="resample"),
    "FoldAwareRegressor": lambda: FoldAwareRegressor(Means()),
    "BlendRegressor": lambda: BlendRegressor(Means(), random_state=0),
    "ResampledBaggingRegressor": lambda: ResampledBaggingRegressor(
        Means(), sampler=RandomOverSampler(threshold=0.8), n_estimators=3, random_state=0
    ),
    "LogTargetRegressor": lambda: LogTargetRegressor(Means()),
    "BandwidthSearchRegressor": lambda: BandwidthSearchRegressor(
        WeightedRegressor(Means()), random_state=0
    ),
}
ignores_outliers = pytest.mark.filterwarnings("ignore:.*(outlier|nothing to balance)")


@ignores_outliers
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("exponent", [-200, -60, 60, 500])
def test_the_unit_of_the_target_is_only_a_unit(name, exponent):
    unit = 2.0**exponent  # exact, so that all rounding is alike
    plain = MODELS[name]().fit(X, Y).predict(X)
    scaled = MODELS[name]().fit(X, Y * unit).predict(X)
    np.testing.assert_allclose(scaled / unit, plain, rtol=1e-9)


@ignores_outliers
@pytest.mark.parametrize("metric", ["absolute_error", "squared_error"])
@pytest.mark.parametrize("exponent", [-700, -300, 300, 700])
def test_the_dial_of_a_blend_does_not_depend_on_the_unit(metric, exponent):
    # squares of errors left the range of floats: the standard error was infinite, so that no
    # share was within the cap, or 0
    plain = BlendRegressor(Means(), metric=metric, random_state=0).fit(X, Y)
    scaled = BlendRegressor(Means(), metric=metric, random_state=0).fit(X, Y * 2.0**exponent)
    assert plain.share_ > 0
    assert (scaled.share_, scaled.locality_) == (plain.share_, plain.locality_)
    for name in ("overall_cost", "overall_cost_se", "within_cap"):
        np.testing.assert_allclose(scaled.cv_results_[name], plain.cv_results_[name], rtol=1e-9)
    power = {"absolute_error": 1, "squared_error": 2}[metric]
    with np.errstate(over="ignore"):
        for name in ("rare_error", "overall_error"):
            expected = plain.cv_results_[name] * 2.0**exponent
            expected = expected * 2.0**exponent if power == 2 else expected
            np.testing.assert_allclose(scaled.cv_results_[name], expected, rtol=1e-9)


@ignores_outliers
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1 / N, 1e30])
def test_the_scale_of_weights_does_not_matter(name, scale):
    weight = np.random.default_rng(1).uniform(0.5, 2, N)
    scale = 2.0 ** np.round(np.log2(scale))
    plain = MODELS[name]().fit(X, Y, sample_weight=weight).predict(X)
    scaled = MODELS[name]().fit(X, Y, sample_weight=weight * scale).predict(X)
    np.testing.assert_allclose(scaled, plain, rtol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_weights_whose_sum_overflows_are_refused(name):
    model = MODELS[name]()
    message = f"'sample_weight' parameter of {type(model).__name__} must be small"
    with pytest.raises(ValueError, match=message):
        model.fit(X, Y, sample_weight=np.full(N, 1e308))
    if name != "ResampledBaggingRegressor":
        assert not hasattr(model, "regressor_")


def test_a_product_of_weights_that_overflows_is_refused():
    class Large(LDSWeighter):
        def fit_transform(self, y, sample_weight=None):
            return np.full(len(y), 1e10)

    with pytest.raises(ValueError, match="'sample_weight' parameter of WeightedRegressor"):
        WeightedRegressor(Means(), Large()).fit(X, Y, sample_weight=np.full(N, 1e300))


@pytest.mark.parametrize("name", MODELS)
def test_rows_of_weight_zero_are_not_there(name):
    if name in ("resample", "ResampledBaggingRegressor"):
        pytest.skip("other rows are drawn")
    weight = (np.arange(N) % 3 > 0).astype(float)
    kept = weight > 0
    y = np.where(kept, Y, -1e6)
    with_zeros = MODELS[name]().fit(X, y, sample_weight=weight).predict(X)
    without = MODELS[name]().fit(X[kept], Y[kept], sample_weight=weight[kept]).predict(X)
    np.testing.assert_allclose(with_zeros, without, rtol=1e-9)


@ignores_outliers
@pytest.mark.parametrize("name", MODELS)
def test_a_constant_target(name):
    model, y = MODELS[name](), np.full(N, 3.0)
    if name in ("ResampledBaggingRegressor", "BandwidthSearchRegressor"):  # nothing to choose by
        with pytest.raises(ValueError, match=f"'y' parameter of {name} must be of more than one"):
            model.fit(X, y)
    else:
        np.testing.assert_allclose(model.fit(X, y).predict(X), 3.0)


@pytest.mark.parametrize("weight", [None, np.array([1.0, 0.0])])
@pytest.mark.parametrize("name", MODELS)
def test_one_row(name, weight):
    model = MODELS[name]()
    X_one, y = (X[:1], Y[:1]) if weight is None else (X[:2], Y[:2])
    if name in ("WeightedRegressor", "resample", "FoldAwareRegressor", "LogTargetRegressor"):
        y_pred = model.fit(X_one, y, sample_weight=weight).predict(X)
        np.testing.assert_allclose(y_pred, Y[0])
    else:
        with pytest.raises(ValueError, match=f"parameter of {name} must be"):
            model.fit(X_one, y, sample_weight=weight)


@pytest.mark.parametrize("exponent", [-1074, -1040, 1023])
def test_a_search_for_a_bandwidth_that_floats_do_not_hold_is_refused(exponent):
    y = np.where(np.arange(N) % 2, 1.0, -1.0) * 2.0**exponent + 0.0
    y[:3] = 0.0
    with pytest.raises(ValueError, match="'y' parameter of BandwidthSearchRegressor must be of a"):
        BandwidthSearchRegressor(random_state=0).fit(X, y)


class Infinite(LinearRegression):
    """Predicts infinity."""

    def predict(self, X):
        return super().predict(X) + np.inf


@pytest.mark.parametrize("around", [BlendRegressor, BandwidthSearchRegressor])
def test_predictions_that_are_not_finite_are_no_errors_to_choose_by(around):
    inner = Infinite() if around is BlendRegressor else WeightedRegressor(Infinite())
    with pytest.raises(ValueError, match=f"{around.__name__} must be a regressor with finite"):
        around(inner).fit(X, Y)


def test_huge_targets_of_both_signs_are_logged_without_a_warning():
    y = np.where(np.arange(N) % 2, 1.7e308, -1.7e308)
    y_pred = LogTargetRegressor(DecisionTreeRegressor()).fit(X, y).predict(X)
    np.testing.assert_allclose(y_pred, y, rtol=1e-9)


@pytest.mark.parametrize("exponent", [-700, -200, 200, 700, 1000])
def test_the_score_out_of_bag_does_not_depend_on_the_unit(exponent):
    def score(unit):
        sampler = RandomOverSampler(bins=4)
        model = ResampledBaggingRegressor(
            Means(), sampler=sampler, oob_score=True, n_estimators=30, random_state=0
        )
        return model.fit(X, Y * unit).oob_score_

    assert 0 < score(1.0) < 1
    np.testing.assert_allclose(score(2.0**exponent), score(1.0), rtol=1e-9)


@pytest.mark.parametrize("multiples", [(1.0, 5e-324), (1.0, 1.7e308)])
def test_multiples_that_leave_the_range_of_floats_are_refused(multiples):
    with pytest.raises(ValueError, match="'multiples' parameter of BandwidthSearchRegressor"):
        BandwidthSearchRegressor(multiples=multiples).fit(X, Y * (100 if multiples[1] > 1 else 0.1))


@pytest.mark.parametrize("least", [5e-324, 1e-300, 1e-10])
def test_ratios_of_targets_beyond_floats_are_logged(least):
    y = np.r_[np.full(N - 4, least), 1e300, -1e300, -1.0, 0.0]
    model = LogTargetRegressor(DecisionTreeRegressor()).fit(np.arange(N)[:, np.newaxis], y)
    assert model.transform_ == "asinh" and model.scale_ == least
    z = model.regressor_.predict(np.arange(N)[:, np.newaxis])
    np.testing.assert_allclose(z[-4], np.log(2) + np.log(1e300) - np.log(least), rtol=1e-12)
    assert z[-3] == -z[-4] and z[-1] == 0
    np.testing.assert_allclose(model.predict(np.arange(N)[:, np.newaxis]), y, rtol=1e-9)
