"""LogTargetRegressor: the rule, its inverse, weights, and scikit-learn's checks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.compose import LogTargetRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
POSITIVE = np.exp(X[:, 0] + 0.1 * RNG.normal(size=80))
MIXED = POSITIVE - 1.0


@parametrize_with_checks([LogTargetRegressor(), LogTargetRegressor(Ridge())])
def test_scikit_learn(estimator, check):
    check(estimator)


def test_positive_targets_get_the_logarithm():
    model = LogTargetRegressor(Ridge()).fit(X, POSITIVE)
    oracle = TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp)
    np.testing.assert_allclose(model.predict(X), oracle.fit(X, POSITIVE).predict(X))
    assert (model.transform_, model.scale_) == ("log", 1.0)


@pytest.mark.parametrize("y", [MIXED, np.r_[0.0, POSITIVE[1:]], -POSITIVE, np.zeros(80)])
def test_other_targets_get_asinh_scaled_by_the_median_of_the_non_zero(y):
    model = LogTargetRegressor().fit(X, y)
    c = np.median(np.abs(y[y != 0])) if y.any() else 1.0
    assert model.transform_ == "asinh"
    assert model.scale_ == pytest.approx(c, rel=1e-12)
    z = LinearRegression().fit(X, np.arcsinh(y / c)).predict(X)
    np.testing.assert_allclose(model.predict(X), c * np.sinh(z))


@pytest.mark.parametrize("y", [POSITIVE, MIXED])
def test_inverse_is_exact(y):
    model = LogTargetRegressor(DecisionTreeRegressor(random_state=0)).fit(X, y)
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-12)


@pytest.mark.parametrize("y", [POSITIVE, MIXED])
@pytest.mark.parametrize("factor", [1e-6, 1000.0])
def test_units_of_the_target_do_not_matter(y, factor):
    predicted = LogTargetRegressor().fit(X, y).predict(X)
    scaled = LogTargetRegressor().fit(X, y * factor).predict(X)
    np.testing.assert_allclose(scaled, factor * predicted, rtol=1e-7)


def test_rule_is_of_the_training_rows_that_weigh():
    y = POSITIVE.copy()
    y[0] = -5.0
    weight = np.ones(80)
    weight[0] = 0.0
    model = LogTargetRegressor().fit(X, y, sample_weight=weight)
    assert model.transform_ == "log"
    np.testing.assert_allclose(
        model.predict(X), LogTargetRegressor().fit(X[1:], y[1:]).predict(X), rtol=1e-9
    )


def test_weight_2_is_the_row_twice():
    weight = RNG.integers(0, 4, size=80)
    rows = np.repeat(np.arange(80), weight)
    weighted = LogTargetRegressor().fit(X, MIXED, sample_weight=weight)
    repeated = LogTargetRegressor().fit(X[rows], MIXED[rows])
    assert weighted.scale_ == pytest.approx(repeated.scale_, rel=1e-12)
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-9)


def test_weight_reaches_the_last_step_of_a_pipeline():
    weight = RNG.uniform(0.1, 5, size=80)
    pipe = LogTargetRegressor(make_pipeline(StandardScaler(), LinearRegression()))
    pipe.fit(X, MIXED, sample_weight=weight)
    plain = LogTargetRegressor(LinearRegression()).fit(X, MIXED, sample_weight=weight)
    np.testing.assert_allclose(pipe.predict(X), plain.predict(X), rtol=1e-9)


def test_names_of_features_and_early_access():
    frame = pd.DataFrame(X, columns=["a", "b"])
    model = LogTargetRegressor()
    with pytest.raises(AttributeError, match="before fit"):
        model.n_features_in_  # noqa: B018
    model.fit(frame, POSITIVE)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    assert clone(model).get_params(deep=False) == {"regressor": None}


def test_overflow_is_infinite_and_silent():
    model = LogTargetRegressor().fit(X, POSITIVE)
    assert np.isinf(model.predict(X[:1] + 1e6)).all()
    with pytest.raises(ValueError, match="'regressor' parameter"):
        LogTargetRegressor(3).fit(X, POSITIVE)
