"""FoldAwareRegressor: scikit-learn's checks, delegation, what it remembers, bad input."""

import pickle

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import BayesianRidge, LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.metrics import make_shot_scorer
from skdir.model_selection import FoldAwareRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import SmoteR
from skdir.weighting import WeightedRegressor

X, Y = load_diabetes(return_X_y=True)
WEIGHT = np.random.default_rng(0).integers(1, 4, len(Y)).astype(float)
QUANTILE = RelevanceFunction(degenerate="quantile")
POINTS = RelevanceFunction(method="control_points", control_points=[[0, 0], [350, 1]])


def steep(y):
    """A relevance in units of y."""
    return np.clip(np.asarray(y) / 350, 0, 1)


@parametrize_with_checks(
    [
        FoldAwareRegressor(),
        FoldAwareRegressor(Ridge(), QUANTILE),
        FoldAwareRegressor(WeightedRegressor(Ridge()), POINTS),
        FoldAwareRegressor(make_pipeline(Ridge()), QUANTILE),
    ]
)
def test_scikit_learn(estimator, check):
    check(estimator)


# --- it is its regressor ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "regressor",
    [
        Ridge(),
        KNeighborsRegressor(),
        HistGradientBoostingRegressor(max_iter=5),
        make_pipeline(StandardScaler(), Ridge()),
        GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=2),
        WeightedRegressor(Ridge()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_predictions_are_those_of_the_regressor(regressor):
    alone = clone(regressor).fit(X, Y)
    aware = FoldAwareRegressor(regressor, QUANTILE).fit(X, Y)
    assert_array_equal(aware.predict(X), alone.predict(X))
    assert aware.score(X, Y) == alone.score(X, Y)
    assert aware.n_features_in_ == 10
    assert aware.regressor_ is not regressor
    assert_array_equal(cross_val_predict(aware, X, Y, cv=3), cross_val_predict(alone, X, Y, cv=3))


@pytest.mark.parametrize(
    "regressor",
    [Ridge(), make_pipeline(StandardScaler(), Ridge()), WeightedRegressor(Ridge())],
    ids=lambda estimator: type(estimator).__name__,
)
def test_weights_reach_the_regressor(regressor):
    aware = FoldAwareRegressor(regressor).fit(X, Y, sample_weight=WEIGHT)
    name = "ridge__sample_weight" if hasattr(regressor, "steps") else "sample_weight"
    alone = clone(regressor).fit(X, Y, **{name: WEIGHT})
    assert_array_equal(aware.predict(X), alone.predict(X))
    assert not np.allclose(aware.predict(X), clone(regressor).fit(X, Y).predict(X))


def test_methods_that_the_regressor_has_or_not():
    boosted = FoldAwareRegressor(GradientBoostingRegressor(n_estimators=3, random_state=0))
    assert hasattr(boosted, "staged_predict")
    *_, last = boosted.fit(X, Y).staged_predict(X)
    assert_array_equal(last, boosted.predict(X))
    assert not hasattr(FoldAwareRegressor(Ridge()), "staged_predict")
    mean, sd = FoldAwareRegressor(BayesianRidge()).fit(X, Y).predict(X, return_std=True)
    assert mean.shape == sd.shape == Y.shape


def test_tags_and_names_are_those_of_the_regressor():
    pandas = pytest.importorskip("pandas")
    aware = FoldAwareRegressor(HistGradientBoostingRegressor())
    assert get_tags(aware).input_tags.allow_nan
    assert not get_tags(FoldAwareRegressor()).input_tags.allow_nan
    names = [f"x{j}" for j in range(10)]
    fitted = FoldAwareRegressor(Ridge()).fit(pandas.DataFrame(X, columns=names), Y)
    assert fitted.feature_names_in_.tolist() == names
    with pytest.raises(AttributeError, match="n_features_in_"):
        _ = aware.n_features_in_


def test_metadata_is_routed():
    with config_context(enable_metadata_routing=True):
        aware = FoldAwareRegressor(BayesianRidge().set_predict_request(return_std=True))
        _, sd = aware.fit(X, Y).predict(X, return_std=True)
        assert sd.shape == Y.shape
        pipeline = FoldAwareRegressor(make_pipeline(StandardScaler(), Ridge()))
        got = pipeline.fit(X, Y, sample_weight=WEIGHT).predict(X)
        with pytest.raises(TypeError, match="unexpected"):
            FoldAwareRegressor().fit(X, Y, groups=WEIGHT)
        with pytest.raises(UnsetMetadataPassedError):
            cross_val_predict(FoldAwareRegressor(), X, Y, params={"sample_weight": WEIGHT})
        requested = FoldAwareRegressor().set_fit_request(sample_weight=True)
        cross_val_predict(requested, X, Y, params={"sample_weight": WEIGHT})
    want = make_pipeline(StandardScaler(), Ridge()).fit(X, Y, ridge__sample_weight=WEIGHT)
    assert_array_equal(got, want.predict(X))


def test_diagram_names_the_regressor():
    page = FoldAwareRegressor(Ridge(alpha=3.0))._repr_html_()
    assert "regressor: Ridge" in page and "alpha=3.0" in page
    assert "LinearRegression" in FoldAwareRegressor().fit(X, Y)._repr_html_()


# --- what it remembers --------------------------------------------------------------------------


def test_targets_weights_and_relevance_are_those_of_the_training_rows():
    relevance = RelevanceFunction(method="quantile")
    aware = FoldAwareRegressor(relevance=relevance).fit(X, Y.tolist())
    assert_array_equal(aware.y_train_, Y)
    assert aware.y_train_.dtype == np.float64
    assert aware.train_sample_weight_ is None
    points = RelevanceFunction(method="quantile").fit(Y).control_points_
    assert_array_equal(aware.relevance_.control_points_, points)
    assert not hasattr(relevance, "control_points_"), "the parameter is not fitted"
    aware.fit(X, Y, sample_weight=WEIGHT)
    weighted = RelevanceFunction(method="quantile").fit(Y, WEIGHT).control_points_
    assert_array_equal(aware.relevance_.control_points_, weighted)
    assert_array_equal(aware.train_sample_weight_, WEIGHT)
    assert aware.set_params(relevance=None).fit(X, Y).relevance_ is None
    assert aware.train_sample_weight_ is None
    assert aware.set_params(relevance=steep).fit(X, Y).relevance_ is steep


def test_a_fitted_relevance_is_fitted_again():
    elsewhere = RelevanceFunction(method="quantile").fit(10 * Y)
    aware = FoldAwareRegressor(relevance=elsewhere).fit(X, Y)
    assert aware.relevance_.control_points_.max() < elsewhere.control_points_.max()
    kept = FoldAwareRegressor(relevance=elsewhere.transform).fit(X, Y)
    assert_array_equal(kept.relevance_(Y), elsewhere.transform(Y))


def test_what_is_remembered_is_a_copy():
    y, weight = Y.copy(), WEIGHT.copy()
    aware = FoldAwareRegressor().fit(X, y, sample_weight=weight)
    y[:], weight[:] = 0, 9
    assert_array_equal(aware.y_train_, Y)
    assert_array_equal(aware.train_sample_weight_, WEIGHT)
    again = pickle.loads(pickle.dumps(aware))
    assert_array_equal(again.y_train_, Y)


def test_around_a_sampler_the_targets_are_the_original_ones():
    sampler = SmoteR(relevance=RelevanceFunction(method="quantile"), random_state=0)
    aware = FoldAwareRegressor(make_sampler_pipeline(sampler, Ridge())).fit(X, Y)
    assert_array_equal(aware.y_train_, Y)
    assert make_shot_scorer(bins=10)(aware, X, Y) < 0


# --- bad input ----------------------------------------------------------------------------------


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="'regressor' parameter"):
        FoldAwareRegressor("ridge").fit(X, Y)
    for bad in (np.ones(len(Y)), "extremes", 0.5):
        with pytest.raises(ValueError, match="'relevance' parameter"):
            FoldAwareRegressor(relevance=bad).fit(X, Y)
    with pytest.raises(ValueError, match=r"'relevance'.*in \[0, 1\]"):
        FoldAwareRegressor(relevance=lambda y: y).fit(X, Y)
    with pytest.raises(ValueError, match="constant"):
        FoldAwareRegressor(relevance=QUANTILE).fit(X, np.ones(len(Y)))
    with pytest.raises(ValueError, match="requires y to be passed"):
        FoldAwareRegressor().fit(X, None)
    with pytest.raises(ValueError, match="'sample_weight'.*non-negative"):
        FoldAwareRegressor().fit(X, Y, sample_weight=-WEIGHT)
    with pytest.raises(ValueError, match="'regressor'.*takes sample_weight.*KNeighborsRegressor"):
        FoldAwareRegressor(KNeighborsRegressor()).fit(X, Y, sample_weight=WEIGHT)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        FoldAwareRegressor().fit(X, Y[:5])
    with pytest.raises(ValueError, match="'y' parameter of FoldAwareRegressor must be a 1-d"):
        FoldAwareRegressor().fit(X, np.column_stack([Y, Y]))


def test_a_failed_fit_leaves_what_was_remembered():
    aware = FoldAwareRegressor(LinearRegression(), QUANTILE).fit(X, Y)
    with pytest.raises(ValueError, match="constant"):
        aware.fit(X, np.ones(len(Y)))
    assert_array_equal(aware.y_train_, Y)
    assert_array_equal(aware.predict(X), LinearRegression().fit(X, Y).predict(X))
