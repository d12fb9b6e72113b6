"""Resamplers where they are used: pipelines, cross-validation, searches."""

import numpy as np
import pytest
from imblearn.pipeline import Pipeline, make_pipeline
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    cross_val_predict,
    cross_validate,
)
from sklearn.preprocessing import StandardScaler

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, GaussianNoise, RandomUnderSampler, SmoteR
from skdir.weighting import LDSWeighter, WeightedRegressor


@pytest.fixture(scope="module")
def data():
    return load_diabetes(return_X_y=True)


def quantiles():
    return RelevanceFunction(degenerate="quantile")


@pytest.mark.parametrize(
    "sampler", [RandomUnderSampler, GaussianNoise, SmoteR, SMOGN, WERCS], ids=lambda s: s.__name__
)
def test_cross_validation_resamples_training_rows_alone(sampler, data):
    X, y = data
    model = make_pipeline(StandardScaler(), sampler(relevance=quantiles(), random_state=0), Ridge())
    folds = list(KFold(3).split(X))
    scores = cross_validate(model, X, y, cv=folds, scoring="neg_mean_absolute_error")
    for (train, test), score in zip(folds, scores["test_score"]):
        scaler = StandardScaler().fit(X[train])
        rows = sampler(relevance=quantiles(), random_state=0).fit_resample(
            scaler.transform(X[train]), y[train]
        )
        error = np.abs(Ridge().fit(*rows).predict(scaler.transform(X[test])) - y[test])
        assert score == pytest.approx(-error.mean(), rel=1e-12)
    assert cross_val_predict(model, X, y, cv=3).shape == y.shape


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_grid_search_over_neighbors_and_relevance(data, n_jobs):
    X, y = data
    model = Pipeline(
        [
            ("scale", StandardScaler()),
            ("smogn", SMOGN(relevance=RelevanceFunction(coef=0.5), random_state=0)),
            ("ridge", Ridge()),
        ]
    )
    grid = {"smogn__k_neighbors": [2, 5], "smogn__relevance__coef": [0.3, 0.6]}
    search = GridSearchCV(model, grid, cv=3, n_jobs=n_jobs).fit(X, y)
    results = search.cv_results_["mean_test_score"]
    assert len(np.unique(results)) == 4
    assert search.best_estimator_["smogn"].relevance_.coef in (0.3, 0.6)
    if n_jobs:
        alone = GridSearchCV(model, grid, cv=3).fit(X, y)
        np.testing.assert_array_equal(results, alone.cv_results_["mean_test_score"])


def test_randomized_search_with_processes(data):
    X, y = data
    model = Pipeline([("smoter", SmoteR(relevance=quantiles(), threshold=0.8)), ("ridge", Ridge())])
    choices = {
        "smoter__sampling_strategy": ["balance", "extreme", 3.0, "over"],
        "smoter__random_state": [0],
        "smoter__relevance__quantiles": [(0.1, 0.9), (0.2, 0.8)],
    }
    search = RandomizedSearchCV(model, choices, n_iter=4, cv=3, n_jobs=2, random_state=0).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_never_applied_at_predict(data):
    X, y = data

    class Counting(SMOGN):
        calls = 0

        def fit_resample(self, X, y):
            type(self).calls += 1
            return super().fit_resample(X, y)

    model = make_pipeline(Counting(relevance=quantiles(), random_state=0), LinearRegression())
    model.fit(X, y)
    assert Counting.calls == 1
    assert model.predict(X).shape == y.shape
    model.score(X, y)
    assert Counting.calls == 1


def test_weights_are_computed_from_the_resampled_rows(data):
    X, y = data
    sampler = SmoteR(relevance=quantiles(), random_state=0)
    model = make_pipeline(sampler, WeightedRegressor(Ridge(), LDSWeighter())).fit(X, y)
    X_new, y_new = sampler.fit_resample(X, y)
    weight = model[-1].sample_weight_
    np.testing.assert_array_equal(weight, LDSWeighter().fit_transform(y_new))
    expected = Ridge().fit(X_new, y_new, sample_weight=weight).predict(X)
    np.testing.assert_allclose(model.predict(X), expected)


def test_frames_go_through(data):
    pd = pytest.importorskip("pandas")
    frame, y = load_diabetes(return_X_y=True, as_frame=True)
    frame["sex"] = pd.Categorical(np.where(frame["sex"] > 0, "m", "f"))
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder

    encode = make_column_transformer((OneHotEncoder(), ["sex"]), remainder=StandardScaler())
    model = make_pipeline(SMOGN(relevance=quantiles(), random_state=0), encode, Ridge())
    scores = cross_validate(model, frame, y, cv=3, error_score="raise")["test_score"]
    assert (scores > 0.2).all()


def test_metadata_routing(data):
    from sklearn import config_context

    X, y = data
    with config_context(enable_metadata_routing=True):
        model = make_pipeline(SmoteR(relevance=quantiles(), random_state=0), Ridge())
        assert cross_validate(model, X, y, cv=3)["test_score"].shape == (3,)
