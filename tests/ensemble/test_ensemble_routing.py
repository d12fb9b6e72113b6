"""Keywords of fit and predict, weights and names on their way through the ensembles."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.datasets import make_regression
from sklearn.ensemble import BaggingRegressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.resampling import RandomOverSampler


@pytest.fixture(scope="module")
def data():
    X, y = make_regression(n_samples=150, n_features=4, noise=10.0, random_state=0)
    return X, np.exp(y / 100)


class TakesOptions(Ridge):
    """A regressor with further keywords in fit and in predict."""

    def fit(self, X, y, sample_weight=None, note=None, row=None):
        self.note_, self.row_ = note, row
        if row is not None:
            assert len(row) == X.shape[0]
            np.testing.assert_array_equal(X[:, 0], row)
        return super().fit(X, y, sample_weight)

    def predict(self, X, shift=0.0):
        return super().predict(X) + shift


def ensembles(regressor):
    sampler = RandomOverSampler(bins=[0, 2, 40])
    return [
        BlendRegressor(regressor, cv=3, random_state=0),
        ResampledBaggingRegressor(regressor, sampler=sampler, n_estimators=3, random_state=0),
    ]


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("position", [0, 1])
def test_further_keywords_reach_the_regressor_and_rows_follow(position, routing, data):
    X, y = data
    with config_context(enable_metadata_routing=routing):
        inner = TakesOptions()
        if routing:
            inner.set_fit_request(note=True, row=True).set_predict_request(shift=True)
        model = ensembles(inner)[position].fit(X, y, note="hello", row=X[:, 0])
        first = model.plain_ if position == 0 else model.estimators_[0]
        assert first.note_ == "hello" and first.row_ is not None
        # a shift of both models leaves the shares alone only where these do not depend on it
        if position == 1:
            np.testing.assert_allclose(model.predict(X, shift=2.0), model.predict(X) + 2.0)
        else:
            model.locality_ = 0.0
            np.testing.assert_allclose(model.predict(X, shift=2.0), model.predict(X) + 2.0)


@pytest.mark.parametrize("position", [0, 1])
def test_cross_validate_with_routing_hands_over_own_weights(position, data):
    X, y = data
    own = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    cv = KFold(3)
    with config_context(enable_metadata_routing=True):
        model = ensembles(Ridge())[position].set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        scores = cross_validate(
            model, X, y, cv=cv, params={"sample_weight": own}, return_estimator=True
        )
        with pytest.raises(UnsetMetadataPassedError):
            cross_validate(
                ensembles(Ridge())[position],
                X,
                y,
                params={"sample_weight": own},
                error_score="raise",
            )
        for fitted, (train, test) in zip(scores["estimator"], cv.split(X), strict=True):
            expected = ensembles(Ridge())[position].fit(X[train], y[train], own[train])
            np.testing.assert_allclose(fitted.predict(X[test]), expected.predict(X[test]))


@pytest.mark.parametrize("routing", [False, True])
def test_weights_reach_the_last_step_of_a_pipeline(routing, data):
    X, y = data
    own = np.random.default_rng(0).uniform(0.5, 2, len(y))
    with config_context(enable_metadata_routing=routing):
        inner = make_pipeline(StandardScaler(), Ridge())
        model = BlendRegressor(inner, share=0.5, locality=0).fit(X, y, own)
    scaled = StandardScaler().fit_transform(X)
    plain = Ridge().fit(scaled, y, own)
    heavy = Ridge().fit(scaled, y, model.mitigated_.sample_weight_)
    expected = (plain.predict(scaled) + heavy.predict(scaled)) / 2
    np.testing.assert_allclose(model.predict(X), expected)


def test_blend_of_bagged_regressors(data):
    X, y = data
    bagged = BaggingRegressor(Ridge(), n_estimators=3, random_state=0)
    model = BlendRegressor(bagged, cv=3, random_state=0).fit(X, y)
    assert len(model.plain_.estimators_) == 3
    assert np.isfinite(model.predict(X)).all()


def test_names_of_features(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcd"))
    for model in ensembles(Ridge()):
        model.fit(frame, pd.Series(y))
        assert model.feature_names_in_.tolist() == list("abcd")
        assert not hasattr(model.fit(X, y), "feature_names_in_")


def test_inputs_and_parameters_are_not_modified(data):
    X, y = data
    before = X.copy(), y.copy()
    ridge = Ridge()
    for model in ensembles(ridge):
        model.fit(X, y, np.ones(len(y)))
        assert model.regressor is ridge
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert not hasattr(ridge, "coef_")


@pytest.mark.parametrize("position", [0, 1])
def test_bad_input(position, data):
    X, y = data
    model = ensembles(Ridge())[position]
    name = type(model).__name__
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        model.fit(X, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[:-1])
    with pytest.raises(ValueError, match=f"'sample_weight' parameter of {name} must"):
        model.fit(X, y, -np.ones(len(y)))
    with pytest.raises(ValueError, match=rf"'y' parameter of {name} .* NaN"):
        model.fit(X, np.where(y > 2, np.nan, y))
    assert not hasattr(model, "n_features_in_")
