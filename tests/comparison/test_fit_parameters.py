"""Parameters of fit and predict, and weights, on their way through the regressors of this package.

What arrives is compared with a fit by hand; the same with metadata routing, where it is requested.
"""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skdir.compose import LogTargetRegressor
from skdir.model_selection import BandwidthSearchRegressor
from skdir.weighting import WeightedRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(90, 3))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=90))
WEIGHT = rng.integers(0, 3, 90).astype(float)


class TakesOptions(Ridge):
    """A regressor with further parameters of fit and of predict."""

    def fit(self, X, y, sample_weight=None, note=None, row=None):
        if row is not None:
            np.testing.assert_array_equal(X[:, 0], row)
        self.note_, self.row_, self.weight_ = note, row, sample_weight
        return super().fit(X, y, sample_weight)

    def predict(self, X, shift=0.0):
        return super().predict(X) + shift


class ReturnsTwo(Ridge):
    """A regressor whose predict returns more than one array."""

    def predict(self, X, return_std=False):
        y_pred = super().predict(X)
        return (y_pred, np.ones(len(y_pred))) if return_std else y_pred


AROUND = {
    "LogTargetRegressor": LogTargetRegressor,
    "BandwidthSearchRegressor": lambda regressor: BandwidthSearchRegressor(
        WeightedRegressor(regressor), random_state=0
    ),
}
every_regressor = pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)


def innermost(model):
    while hasattr(model, "regressor_"):
        model = model.regressor_
    return model


@every_regressor
@pytest.mark.parametrize("routing", [False, True])
def test_parameters_of_fit_and_predict_reach_the_regressor(around, routing):
    with config_context(enable_metadata_routing=routing):
        inner = TakesOptions()
        if routing:
            inner.set_fit_request(note=True, row=True).set_predict_request(shift=True)
        model = around(inner).fit(X, Y, note="hello", row=X[:, 0])
        found = innermost(model)
        assert found.note_ == "hello" and len(found.row_) == 90
        shifted = model.predict(X, shift=0.5)
        plain = around(TakesOptions()).fit(X, Y).predict(X)
    expected = plain * np.exp(0.5) if isinstance(model, LogTargetRegressor) else plain + 0.5
    np.testing.assert_allclose(shifted, expected, rtol=1e-12)


@every_regressor
def test_an_unknown_parameter_is_not_dropped(around):
    with pytest.raises(TypeError, match="nope"):
        around(Ridge()).fit(X, Y, nope=1)
    with pytest.raises(TypeError, match="nope"):
        around(Ridge()).fit(X, Y).predict(X, nope=1)
    with config_context(enable_metadata_routing=True):
        with pytest.raises(TypeError, match="nope"):
            around(Ridge()).fit(X, Y, nope=1)
        with pytest.raises(UnsetMetadataPassedError, match="note"):
            around(TakesOptions()).fit(X, Y, note="hello")


@every_regressor
def test_weights_with_routing_are_those_without(around):
    pipeline = make_pipeline(StandardScaler(), Ridge())
    expected = around(pipeline).fit(X, Y, sample_weight=WEIGHT).predict(X)
    with config_context(enable_metadata_routing=True):
        routed = around(pipeline).fit(X, Y, sample_weight=WEIGHT).predict(X)
        np.testing.assert_array_equal(routed, expected)
        model = around(pipeline).set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        cv, params = KFold(3), {"sample_weight": WEIGHT}
        result = cross_validate(model, X, Y, cv=cv, params=params, return_estimator=True)
    for fitted, (train, _) in zip(result["estimator"], cv.split(X)):
        by_hand = around(pipeline).fit(X[train], Y[train], sample_weight=WEIGHT[train])
        np.testing.assert_array_equal(fitted.predict(X), by_hand.predict(X))


@every_regressor
@pytest.mark.parametrize("routing", [False, True])
def test_groups_reach_an_inner_search(around, routing):
    groups = np.arange(90) % 6
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 10.0]}, cv=GroupKFold(3))
    with config_context(enable_metadata_routing=routing):
        fitted = innermost(around(search).fit(X, Y, groups=groups))
    assert fitted.n_splits_ == 3  # it raises without groups
    if around is LogTargetRegressor:
        by_hand = search.fit(X, np.log(Y), groups=groups).cv_results_["mean_test_score"]
        np.testing.assert_array_equal(fitted.cv_results_["mean_test_score"], by_hand)


def test_log_target_equals_scikit_learns_transformed_target():
    by_hand = TransformedTargetRegressor(TakesOptions(), func=np.log, inverse_func=np.exp)
    by_hand.fit(X, Y, sample_weight=WEIGHT, row=X[:, 0])
    model = LogTargetRegressor(TakesOptions()).fit(X, Y, sample_weight=WEIGHT, row=X[:, 0])
    np.testing.assert_allclose(model.predict(X), by_hand.predict(X), rtol=1e-12)


def test_parameters_of_a_step():
    pipeline = make_pipeline(FunctionTransformer(), TakesOptions())
    for around in AROUND.values():
        model = around(pipeline).fit(X, Y, takesoptions__note="hello", takesoptions__row=X[:, 0])
        assert innermost(model)[-1].note_ == "hello"


def test_a_weight_given_twice_is_refused():
    for model in (
        LogTargetRegressor(make_pipeline(Ridge())),
        WeightedRegressor(make_pipeline(Ridge())),
    ):
        name = type(model).__name__
        with pytest.raises(ValueError, match=f"'ridge__sample_weight' parameter of {name}.fit"):
            model.fit(X, Y, sample_weight=WEIGHT, ridge__sample_weight=WEIGHT)


def test_several_arrays_from_predict_are_refused():
    model = LogTargetRegressor(ReturnsTwo()).fit(X, Y)
    with pytest.raises(ValueError, match="LogTargetRegressor.predict.*return_std"):
        model.predict(X, return_std=True)
