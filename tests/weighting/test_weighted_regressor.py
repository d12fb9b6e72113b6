"""WeightedRegressor with the regressors and tools that people use."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline as SamplerPipeline
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_regression
from sklearn.ensemble import (
    BaggingRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    cross_val_predict,
    cross_validate,
)
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    WeightedRegressor,
)


@pytest.fixture(scope="module")
def data():
    X, y = make_regression(n_samples=200, n_features=5, noise=10.0, random_state=0)
    return X, np.exp(y / 100)


def lightgbm():
    from lightgbm import LGBMRegressor

    return LGBMRegressor(n_estimators=10, min_child_samples=5, verbose=-1, n_jobs=1)


def xgboost():
    from xgboost import XGBRegressor

    return XGBRegressor(n_estimators=10, n_jobs=1)


def catboost():
    from catboost import CatBoostRegressor

    return CatBoostRegressor(iterations=10, verbose=0, thread_count=1, allow_writing_files=False)


REGRESSORS = {
    "ridge": Ridge,
    "hist gradient boosting": lambda: HistGradientBoostingRegressor(max_iter=10),
    "gradient boosting": lambda: GradientBoostingRegressor(n_estimators=10, random_state=0),
    "forest": lambda: RandomForestRegressor(n_estimators=5, random_state=0),
    "lightgbm": lightgbm,
    "xgboost": xgboost,
    "catboost": catboost,
}


@pytest.mark.parametrize("name", REGRESSORS)
@pytest.mark.parametrize("weighter", [LDSWeighter(), InverseFrequencyWeighter(), DenseWeighter()])
def test_equals_the_regressor_fitted_with_the_weights(name, weighter, data):
    X, y = data
    weight = clone(weighter).fit_transform(y)
    expected = REGRESSORS[name]().fit(X, y, sample_weight=weight).predict(X)
    model = WeightedRegressor(REGRESSORS[name](), weighter).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), expected)
    np.testing.assert_array_equal(model.sample_weight_, weight)
    assert model.n_features_in_ == 5


def test_defaults_are_linear_regression_and_lds(data):
    X, y = data
    model = WeightedRegressor().fit(X, y)
    assert isinstance(model.regressor_, LinearRegression)
    assert isinstance(model.weighter_, LDSWeighter)
    assert model.regressor is None and model.weighter is None


def test_own_sample_weight_is_seen_and_multiplied(data):
    X, y = data
    own = np.random.default_rng(0).uniform(0.5, 2, len(y))
    weight = LDSWeighter().fit_transform(y, own) * own
    expected = Ridge().fit(X, y, weight)
    model = WeightedRegressor(Ridge()).fit(X, y, sample_weight=own)
    np.testing.assert_allclose(model.sample_weight_, weight)
    np.testing.assert_allclose(model.predict(X), expected.predict(X))


def inner_pipeline():
    return make_pipeline(StandardScaler(), Ridge())


INNER = {
    "pipeline": inner_pipeline,
    "pipeline in a pipeline": lambda: make_pipeline(inner_pipeline()),
    "transformed target": lambda: TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
    "search": lambda: GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=3),
    "search over a pipeline": lambda: GridSearchCV(inner_pipeline(), {"ridge__alpha": [1.0]}, cv=3),
    "bagging": lambda: BaggingRegressor(Ridge(), n_estimators=2, random_state=0),
    "voting": lambda: VotingRegressor([("a", Ridge()), ("b", Ridge(alpha=10))]),
}


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("inner", INNER)
def test_weight_reaches_inner_estimators(inner, routing, data):
    X, y = data
    with config_context(enable_metadata_routing=routing):
        weighted = WeightedRegressor(INNER[inner](), LDSWeighter(reweight="inverse")).fit(X, y)
        plain = INNER[inner]().fit(X, y)
    assert not np.allclose(weighted.predict(X), plain.predict(X), rtol=1e-3)


@pytest.mark.parametrize("routing", [False, True])
def test_weight_of_a_pipeline_reaches_its_last_step_only(routing, data):
    X, y = data
    weight = LDSWeighter().fit_transform(y)
    scaled = StandardScaler().fit_transform(X)
    expected = Ridge().fit(scaled, y, weight).predict(scaled)
    with config_context(enable_metadata_routing=routing):
        model = WeightedRegressor(inner_pipeline()).fit(X, y)
    np.testing.assert_allclose(model.predict(X), expected)


def test_requests_of_inner_steps_are_honoured(data):
    X, y = data
    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=True),
            Ridge().set_fit_request(sample_weight=True),
        )
        model = WeightedRegressor(pipeline).fit(X, y)
    scaler = StandardScaler().fit(X, sample_weight=LDSWeighter().fit_transform(y))
    np.testing.assert_allclose(model.regressor_[0].mean_, scaler.mean_)


def test_cross_validate_with_routing_hands_over_own_weights(data):
    X, y = data
    own = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    cv = KFold(4)
    with config_context(enable_metadata_routing=True):
        model = WeightedRegressor(Ridge()).set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        scores = cross_validate(
            model, X, y, cv=cv, params={"sample_weight": own}, return_estimator=True
        )
        with pytest.raises(UnsetMetadataPassedError):
            cross_validate(
                WeightedRegressor(Ridge()), X, y, params={"sample_weight": own}, error_score="raise"
            )
    for fitted, (train, _) in zip(scores["estimator"], cv.split(X), strict=True):
        expected = WeightedRegressor(Ridge()).fit(X[train], y[train], own[train])
        np.testing.assert_allclose(fitted.sample_weight_, expected.sample_weight_)


def test_weights_come_from_the_training_fold_alone(data):
    X, y = data
    cv = KFold(5)
    result = cross_validate(WeightedRegressor(Ridge()), X, y, cv=cv, return_estimator=True)
    for fitted, (train, _) in zip(result["estimator"], cv.split(X), strict=True):
        expected = LDSWeighter().fit_transform(y[train])
        np.testing.assert_array_equal(fitted.sample_weight_, expected)


def test_grid_search_over_the_weighter(data):
    X, y = data
    grid = {"weighter__bandwidth": [0.1, 5.0], "weighter__reweight": ["inverse", 0.0]}
    search = GridSearchCV(WeightedRegressor(Ridge(), LDSWeighter()), grid, cv=3).fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    assert len(set(np.round(scores, 12))) == 3  # without weights the bandwidth does not matter
    assert search.best_estimator_.weighter_.bandwidth == search.best_params_["weighter__bandwidth"]
    assert search.best_params_["weighter__reweight"] == 0.0  # plain error is best unweighted


def test_processes_give_the_same_scores(data):
    X, y = data
    search = RandomizedSearchCV(
        WeightedRegressor(Ridge(), LDSWeighter()),
        {"weighter__bandwidth": [0.1, 0.5, 1.0, 2.0]},
        n_iter=3,
        random_state=0,
        cv=3,
    )
    alone = clone(search).fit(X, y).cv_results_["mean_test_score"]
    both = clone(search).set_params(n_jobs=2).fit(X, y).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(alone, both)


def test_inside_other_meta_estimators(data):
    X, y = data
    stack = StackingRegressor([("lds", WeightedRegressor(Ridge())), ("plain", Ridge())]).fit(X, y)
    logged = TransformedTargetRegressor(
        WeightedRegressor(Ridge()), func=np.log, inverse_func=np.exp
    )
    assert np.isfinite(stack.predict(X)).all()
    assert cross_val_predict(logged, X, y).min() > 0


def test_behind_a_sampler_in_a_pipeline(data):
    X, y = data
    labels = (y > 1).astype(int)
    pipeline = SamplerPipeline(
        [("sample", RandomOverSampler(random_state=0)), ("model", WeightedRegressor(Ridge()))]
    ).fit(X, labels)
    assert len(pipeline[-1].sample_weight_) > len(y)


class TakesNoWeight(RegressorMixin, BaseEstimator):
    """A regressor with keyword arguments, but none of them a weight."""

    def fit(self, X, y, **options):
        self.options_ = options
        self.rows_ = np.asarray(X)
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


@pytest.mark.parametrize(
    "regressor",
    [KNeighborsRegressor(), make_pipeline(StandardScaler(), KNeighborsRegressor())],
)
def test_unsupported_regressor_gets_an_error_with_both_ways_out(regressor, data):
    with pytest.raises(
        ValueError,
        match="takes sample_weight. Got KNeighborsRegressor instead, .*unsupported='resample'.* or",
    ):
        WeightedRegressor(regressor).fit(*data)


def test_unsupported_regressor_with_keywords_is_not_handed_a_weight(data):
    with pytest.raises(ValueError, match="Got TakesNoWeight instead"):
        WeightedRegressor(TakesNoWeight()).fit(*data)
    vote = VotingRegressor([("a", Ridge()), ("b", KNeighborsRegressor())])
    with pytest.raises(ValueError, match="Got KNeighborsRegressor instead"):
        WeightedRegressor(vote).fit(*data)
    search = GridSearchCV(KNeighborsRegressor(), {"n_neighbors": [3]})
    with pytest.raises(ValueError, match="Got KNeighborsRegressor instead"):
        WeightedRegressor(search).fit(*data)


def test_unsupported_resample_draws_rows_by_weight(data):
    X, y = data
    drawn = []
    for seed in range(40):
        model = WeightedRegressor(
            TakesNoWeight(),
            LDSWeighter(reweight="inverse"),
            unsupported="resample",
            random_state=seed,
        ).fit(X, y)
        drawn.append(model.regressor_.mean_)
        assert model.regressor_.rows_.shape == X.shape
    expected = np.average(y, weights=model.sample_weight_)
    assert abs(np.mean(drawn) - expected) < 3 * np.std(drawn) / np.sqrt(40) + 1e-12
    assert abs(np.mean(drawn) - y.mean()) > 3 * np.std(drawn) / np.sqrt(40)
    again = clone(model).fit(X, y)
    assert again.regressor_.mean_ == model.regressor_.mean_


def test_resample_keeps_containers_and_leaves_supporting_regressors_alone(data):
    import pandas as pd

    X, y = data
    frame = pd.DataFrame(X, columns=list("abcde"))
    model = WeightedRegressor(KNeighborsRegressor(), unsupported="resample", random_state=0)
    model.fit(frame, pd.Series(y))
    assert model.feature_names_in_.tolist() == list("abcde")
    supported = WeightedRegressor(Ridge(), unsupported="resample").fit(X, y)
    np.testing.assert_allclose(
        supported.predict(X), WeightedRegressor(Ridge()).fit(X, y).predict(X)
    )


def test_inner_sampler_is_refused(data):
    pipeline = SamplerPipeline([("sample", RandomOverSampler()), ("ridge", Ridge())])
    with pytest.raises(ValueError, match="pipeline without samplers. Got the sampler RandomOver"):
        WeightedRegressor(pipeline).fit(*data)


class TakesOptions(Ridge):
    """A regressor with a further keyword in fit and in predict."""

    def fit(self, X, y, sample_weight=None, note=None):
        self.note_ = note
        return super().fit(X, y, sample_weight)

    def predict(self, X, shift=0.0):
        return super().predict(X) + shift


@pytest.mark.parametrize("routing", [False, True])
def test_further_keywords_reach_the_regressor(routing, data):
    X, y = data
    with config_context(enable_metadata_routing=routing):
        inner = TakesOptions()
        if routing:
            inner.set_fit_request(note=True).set_predict_request(shift=True)
        model = WeightedRegressor(inner).fit(X, y, note="hello")
        assert model.regressor_.note_ == "hello"
        np.testing.assert_allclose(model.predict(X, shift=2.0), model.predict(X) + 2.0)


def test_staged_predict_where_the_regressor_has_it(data):
    X, y = data
    model = WeightedRegressor(GradientBoostingRegressor(n_estimators=4)).fit(X, y)
    stages = list(model.staged_predict(X))
    assert len(stages) == 4
    np.testing.assert_array_equal(stages[-1], model.predict(X))
    assert not hasattr(WeightedRegressor(Ridge()), "staged_predict")


def test_inputs_and_parameters_are_not_modified(data):
    X, y = data
    before = X.copy(), y.copy()
    ridge, weighter = Ridge(), LDSWeighter()
    WeightedRegressor(ridge, weighter).fit(X, y, np.ones(len(y)))
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert not hasattr(ridge, "coef_") and not hasattr(weighter, "density_")


def test_bad_input(data):
    X, y = data
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        WeightedRegressor().fit(X, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        WeightedRegressor().fit(X, y[:-1])
    with pytest.raises(ValueError, match="'sample_weight' parameter of WeightedRegressor must"):
        WeightedRegressor().fit(X, y, -np.ones(len(y)))
    with pytest.raises(ValueError, match="'unsupported' parameter of WeightedRegressor must"):
        WeightedRegressor(unsupported="ignore").fit(X, y)
    with pytest.raises(ValueError, match="'regressor' parameter of WeightedRegressor must"):
        WeightedRegressor("ridge").fit(X, y)
    with pytest.raises(ValueError, match="'weighter' parameter of WeightedRegressor must"):
        WeightedRegressor(weighter="lds").fit(X, y)
    with pytest.raises(NotFittedError):
        WeightedRegressor().predict(X)
    assert not hasattr(WeightedRegressor(), "n_features_in_")


def test_html_representation_shows_both_parts(data):
    for model in (WeightedRegressor(Ridge()), WeightedRegressor(Ridge()).fit(*data)):
        html = model._repr_html_()
        assert "LDSWeighter" in html and "Ridge" in html
