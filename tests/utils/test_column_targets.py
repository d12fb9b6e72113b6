"""A target of shape (n_samples, 1) reaches the regressor as it is; weighters get it flat.

Nets of other libraries need a column: with a flat target their loss is broadcast to n x n pairs,
and they learn the mean.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.weighting import WeightedRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 3))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=120))
WEIGHT = rng.integers(1, 4, 120)


class NeedsColumn(RegressorMixin, BaseEstimator):
    """Least squares for one column of targets, and for nothing else."""

    def fit(self, X, y, sample_weight=None):
        if y.shape != (len(X), 1):
            raise TypeError(f"y has the shape {y.shape}")
        self.dtype_ = y.dtype
        self.model_ = LinearRegression().fit(X, y, sample_weight=sample_weight)
        return self

    def predict(self, X):
        return self.model_.predict(X)


class NeedsColumnWithoutWeights(NeedsColumn):
    """The same without `sample_weight`."""

    def fit(self, X, y):
        return super().fit(X, y)


def search(regressor):
    return BandwidthSearchRegressor(WeightedRegressor(regressor), random_state=0)


def resample(regressor):
    return WeightedRegressor(regressor, unsupported="resample", random_state=0)


def resample_blend(regressor):
    return BlendRegressor(regressor, unsupported="resample", random_state=0)


AROUND = {
    "WeightedRegressor": WeightedRegressor,
    "FoldAwareRegressor": FoldAwareRegressor,
    "LogTargetRegressor": LogTargetRegressor,
    "BandwidthSearchRegressor": search,
    "BlendRegressor": lambda regressor: BlendRegressor(regressor, random_state=0),
    "ResampledBaggingRegressor": lambda r: ResampledBaggingRegressor(r, random_state=0),
    "nested": lambda r: FoldAwareRegressor(LogTargetRegressor(make_pipeline(StandardScaler(), r))),
}


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_the_regressor_gets_the_column(around, weight):
    flat = around(LinearRegression()).fit(X, Y, sample_weight=weight).predict(X)
    y_pred = around(NeedsColumn()).fit(X, Y[:, np.newaxis], sample_weight=weight).predict(X)
    assert y_pred.shape == (120, 1)
    np.testing.assert_allclose(y_pred.ravel(), flat, rtol=1e-9)


class WithoutWeights(LinearRegression):
    """Least squares of any targets without `sample_weight`."""

    def fit(self, X, y):
        return super().fit(X, y)


@pytest.mark.parametrize("around", [resample, resample_blend])
def test_rows_that_are_drawn_keep_the_column(around):
    flat = around(WithoutWeights()).fit(X, Y).predict(X)
    y_pred = around(NeedsColumnWithoutWeights()).fit(X, Y[:, np.newaxis]).predict(X)
    assert y_pred.shape == (120, 1)
    np.testing.assert_allclose(y_pred.ravel(), flat, rtol=1e-9)


def test_the_column_keeps_its_dtype():
    y = Y[:, np.newaxis].astype(np.float32)
    for around in (WeightedRegressor, FoldAwareRegressor, resample):
        assert around(NeedsColumn()).fit(X, y).regressor_.dtype_ == np.float32


def test_one_column_of_a_table_is_a_column():
    frame = pd.DataFrame({"price": Y})
    model = WeightedRegressor(NeedsColumn()).fit(X, frame)
    np.testing.assert_array_equal(
        model.predict(X), WeightedRegressor(NeedsColumn()).fit(X, Y[:, np.newaxis]).predict(X)
    )


def test_a_regressor_of_several_targets_takes_it_with_a_warning():
    # it would silently return columns, so the one outside says what scikit-learn says elsewhere
    with pytest.warns(DataConversionWarning, match="column-vector"):
        WeightedRegressor(LinearRegression()).fit(X, Y[:, np.newaxis])


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_two_columns_are_refused(around):
    with pytest.raises(ValueError, match=r"\(120, 2\)"):
        around(NeedsColumn()).fit(X, np.c_[Y, Y])


NAMES = ["VANILLA", "LOG", "LDS", "SMOTER", "ROS", "REBAGG", "BLEND", "BLEND-AUTO"]


def test_a_comparison_hands_the_column_on():
    flat = compare_strategies(LinearRegression(), X, Y, strategies=NAMES, cv=3, random_state=0)
    column = compare_strategies(
        NeedsColumn(), X, Y[:, np.newaxis], strategies=NAMES, cv=3, random_state=0
    )
    assert column.complete_ == NAMES
    np.testing.assert_allclose(column.table()["MAE"], flat.table()["MAE"], rtol=1e-9)
    np.testing.assert_array_equal(column.y_, Y)
    assert column.recommend().predict(X).shape == (120, 1)


def test_a_comparison_names_the_target_by_its_column():
    frame = pd.DataFrame({"price": Y})
    result = compare_strategies(NeedsColumn(), X, frame, strategies=["VANILLA"], cv=2)
    assert result.target_name == "price"
    assert result.complete_ == ["VANILLA"]
