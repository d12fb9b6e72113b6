"""Scorers: values, and what they take from training targets."""

import math

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from numpy.testing import assert_allclose
from scorer_cases import EDGES, FITTED, SCORERS, WEIGHT, X_TEST, Y_TEST, Constant, X, Y
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.metrics import (
    ShotReport,
    balanced_mean_absolute_error,
    balanced_mean_squared_error,
    make_balanced_scorer,
    make_relevance_scorer,
    make_shot_scorer,
    neg_balanced_mean_absolute_error,
    neg_balanced_mean_squared_error,
    relevance_precision_recall_fscore,
    relevance_weighted_r2_score,
    shot_labels,
    squared_error_relevance_area,
)
from skdir.model_selection import FoldAwareRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomOverSampler
from skdir.weighting import WeightedRegressor


@pytest.fixture(scope="module")
def model():
    return LinearRegression().fit(X, Y)


@pytest.fixture(scope="module")
def aware():
    return FoldAwareRegressor(LinearRegression(), RelevanceFunction(method="quantile")).fit(X, Y)


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_relevance_scorers_are_the_metrics_with_their_sign(model, weight):
    pair = Y_TEST, model.predict(X_TEST)
    options = {"relevance": FITTED, "sample_weight": weight}
    scores = relevance_precision_recall_fscore(*pair, **options, threshold=0.5, beta=2.0)
    normalized = squared_error_relevance_area(*pair, **options, normalize=True)
    for metric, params, want in [
        ("sera", {}, -squared_error_relevance_area(*pair, **options)),
        ("sera", {"normalize": True}, -normalized),
        ("r2", {}, relevance_weighted_r2_score(*pair, **options)),
        ("precision", {"threshold": 0.5}, scores[0]),
        ("recall", {"threshold": 0.5}, scores[1]),
        ("fscore", {"threshold": 0.5, "beta": 2.0}, scores[2]),
    ]:  # fmt: skip
        scorer = make_relevance_scorer(FITTED, metric=metric, **params)
        got = scorer(model, X_TEST, Y_TEST, sample_weight=weight)
        assert type(got) is float
        assert_allclose(got, want)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("metric", ["mae", "mse", "rmse", "gm", "pearson", "spearman"])
def test_shot_scorers_are_the_lines_of_the_report(model, metric, weight):
    report = ShotReport(
        Y_TEST,
        model.predict(X_TEST),
        y_train=Y,
        bins=EDGES,
        metrics=[metric],
        sample_weight=weight,
        many=80,
        few=60,
    )
    sign = 1 if metric in ("pearson", "spearman") else -1
    n_compared = 0
    for shot, row in report.by_shot.items():
        scorer = make_shot_scorer(shot, bins=EDGES, metric=metric, y_train=Y, many=80, few=60)
        got = scorer(model, X_TEST, Y_TEST, sample_weight=weight)
        assert_allclose(got, sign * row[metric])
        n_compared += not math.isnan(got)
    assert n_compared >= 2


def test_several_shots_are_one_group_of_rows(model):
    labels = shot_labels(Y, Y_TEST, bins=10)
    rows = (labels == "few") | (labels == "medium")
    want = -mean_absolute_error(Y_TEST[rows], model.predict(X_TEST[rows]))
    for shots in (("few", "medium"), ["medium", "few"]):
        scorer = make_shot_scorer(shots, bins=10, y_train=Y)
        assert_allclose(scorer(model, X_TEST, Y_TEST), want)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_balanced_scorers_are_the_errors_with_their_sign(model, weight):
    pair = Y_TEST, model.predict(X_TEST)
    mae = balanced_mean_absolute_error(*pair, bins=EDGES, sample_weight=weight)
    mse = balanced_mean_squared_error(*pair, bins=EDGES, sample_weight=weight)
    for metric, want in (("mae", -mae), ("mse", -mse)):
        scorer = make_balanced_scorer(EDGES, metric=metric)
        assert_allclose(scorer(model, X_TEST, Y_TEST, sample_weight=weight), want)
    # ready-made: ten bins over the range of these targets, for an estimator that knows no others
    ready = neg_balanced_mean_absolute_error, neg_balanced_mean_squared_error
    for scorer, metric in zip(ready, (balanced_mean_absolute_error, balanced_mean_squared_error)):
        assert_allclose(scorer(model, X_TEST, Y_TEST), -metric(*pair, bins=10))


def test_bins_of_balanced_scorers_come_from_training_targets_where_they_are_known(model, aware):
    pair = Y_TEST, model.predict(X_TEST)
    edges = np.linspace(Y.min(), Y.max(), 11)
    edges[0], edges[-1] = min(edges[0], Y_TEST.min()), max(edges[-1], Y_TEST.max())
    want = -balanced_mean_absolute_error(*pair, bins=edges)
    assert want != pytest.approx(neg_balanced_mean_absolute_error(model, X_TEST, Y_TEST))
    assert_allclose(neg_balanced_mean_absolute_error(aware, X_TEST, Y_TEST), want)
    given = make_balanced_scorer(10, y_train=Y)
    assert_allclose(given(model, X_TEST, Y_TEST), want)
    # rows of zero weight move no edge
    weight = np.where((Y.min() < Y) & (Y.max() > Y), 1.0, 0.0)
    weighted = clone(aware).fit(X, Y, sample_weight=weight)
    kept = weight > 0
    without = clone(aware).fit(X[kept], Y[kept])
    assert_allclose(
        neg_balanced_mean_absolute_error(weighted, X_TEST, Y_TEST),
        neg_balanced_mean_absolute_error(without, X_TEST, Y_TEST),
    )


def test_targets_beyond_the_edges_count_at_the_ends(model):
    scorer = make_balanced_scorer([100, 150, 200])
    want = make_balanced_scorer([0, 150, 400])(model, X_TEST, Y_TEST)
    assert_allclose(scorer(model, X_TEST, Y_TEST), want)


def test_own_functions(model):
    pred = model.predict(X_TEST)

    def bias(y_true, y_pred, *, relevance, power=1.0):
        return np.average(y_pred - y_true, weights=relevance(y_true) ** power)

    want = np.average(pred - Y_TEST, weights=FITTED(Y_TEST) ** 2)
    for greater, sign in ((None, 1), (True, 1), (False, -1)):
        scorer = make_relevance_scorer(FITTED, metric=bias, greater_is_better=greater, power=2.0)
        assert_allclose(scorer(model, X_TEST, Y_TEST), sign * want)
    rows = shot_labels(Y, Y_TEST, bins=10) == "few"
    worst = make_shot_scorer(
        bins=10, y_train=Y, metric=lambda y, p: np.abs(y - p).max(), greater_is_better=False
    )
    assert_allclose(worst(model, X_TEST, Y_TEST), -np.abs(Y_TEST - pred)[rows].max())


def test_a_better_model_has_a_better_score():
    good, bad = LinearRegression().fit(X, Y), Constant(400.0).fit(X, Y)
    for name, scorer in SCORERS.items():
        assert scorer(good, X_TEST, Y_TEST) > scorer(bad, X_TEST, Y_TEST), name


# --- where relevance and shots come from --------------------------------------------------------


def test_estimators_that_remember_give_relevance_and_shots(aware):
    wanted = {"sera": SCORERS["sera"], "few": SCORERS["few"]}
    reading = {"sera": make_relevance_scorer(), "few": make_shot_scorer(("few", "zero"), bins=10)}
    pipeline = make_pipeline(StandardScaler(), aware).fit(X, Y)
    search = GridSearchCV(aware, {"regressor__fit_intercept": [True]}, scoring=reading["sera"])
    search.fit(X, Y)
    nested = make_pipeline(StandardScaler(), search).fit(X, Y)
    for name, scorer in reading.items():
        for estimator in (aware, pipeline, search, nested):
            want = wanted[name](estimator, X_TEST, Y_TEST)
            assert_allclose(scorer(estimator, X_TEST, Y_TEST), want)


def test_weights_of_the_training_rows_count_in_relevance_and_shots():
    weight = np.where(Y > 150, 3, 1)
    aware = FoldAwareRegressor(relevance=RelevanceFunction(method="quantile"))
    aware.fit(X, Y, sample_weight=weight)
    repeated = np.repeat(Y, weight)
    relevance = RelevanceFunction(method="quantile").fit(repeated)
    for reading, known in [
        (make_relevance_scorer(), make_relevance_scorer(relevance)),
        (make_shot_scorer(bins=10), make_shot_scorer(bins=10, y_train=repeated)),
    ]:
        assert_allclose(reading(aware, X_TEST, Y_TEST), known(aware, X_TEST, Y_TEST))


def test_estimators_that_remember_nothing_or_the_wrong_targets_are_refused(model, aware):
    relevance, shots = make_relevance_scorer(), make_shot_scorer(bins=5)
    for scorer, remedy in ((relevance, "give a fitted relevance"), (shots, "give y_train")):
        with pytest.raises(ValueError, match=f"Got LinearRegression, which.*Fold.*or {remedy}"):
            scorer(model, X_TEST, Y_TEST)
        with pytest.raises(ValueError, match="Got Pipeline"):
            scorer(make_pipeline(StandardScaler(), Ridge()).fit(X, Y), X_TEST, Y_TEST)
    with pytest.raises(ValueError, match="FoldAwareRegressor without one: set its parameter"):
        relevance(FoldAwareRegressor().fit(X, Y), X_TEST, Y_TEST)
    inside = [
        TransformedTargetRegressor(aware, func=np.log, inverse_func=np.exp),
        WeightedRegressor(aware),
        make_sampler_pipeline(
            RandomOverSampler(relevance=RelevanceFunction(method="quantile"), random_state=0), aware
        ),
    ]
    for estimator in inside:
        with pytest.raises(ValueError, match=f"inside of {type(estimator).__name__}, which chan"):
            shots(clone(estimator).fit(X, Y), X_TEST, Y_TEST)
        outside = FoldAwareRegressor(
            clone(estimator).set_params(**{name: LinearRegression() for name in _slots(estimator)})
        )
        assert shots(outside.fit(X, Y), X_TEST, Y_TEST) < 0


def _slots(estimator):
    return ["regressor"] if hasattr(estimator, "regressor") else [estimator.steps[-1][0]]


def test_folds_are_scored_by_their_own_training_targets():
    folds = KFold(4, shuffle=True, random_state=0)
    aware = FoldAwareRegressor(Ridge(), RelevanceFunction(method="quantile"))
    scoring = {
        "sera": make_relevance_scorer(normalize=True),
        "few": make_shot_scorer(bins=5),
        "balanced": neg_balanced_mean_absolute_error,
    }
    got = cross_validate(aware, X, Y, cv=folds, scoring=scoring)
    for i, (train, test) in enumerate(folds.split(X)):
        y_pred = Ridge().fit(X[train], Y[train]).predict(X[test])
        phi = RelevanceFunction(method="quantile").fit(Y[train])
        want = -squared_error_relevance_area(Y[test], y_pred, relevance=phi, normalize=True)
        assert_allclose(got["test_sera"][i], want)
        rows = shot_labels(Y[train], Y[test], bins=5) == "few"
        assert_allclose(got["test_few"][i], -np.abs(Y[test] - y_pred)[rows].mean())
        edges = np.linspace(Y[train].min(), Y[train].max(), 11)
        edges[0], edges[-1] = min(edges[0], Y[test].min()), max(edges[-1], Y[test].max())
        assert_allclose(
            got["test_balanced"][i], -balanced_mean_absolute_error(Y[test], y_pred, bins=edges)
        )


def test_nothing_of_the_test_fold_leaks_into_relevance_shots_and_bins():
    """However wild the targets of the test fold, those of one row are scored all the same."""
    folds = [(np.arange(100), np.arange(100, 120))]
    aware = FoldAwareRegressor(Ridge(), RelevanceFunction(method="quantile"))

    def seen(y):
        """Score by functions that report what they are told about the first test row."""
        told = {}

        def relevant(y_true, y_pred, *, relevance):
            told["phi"] = float(relevance(y_true[:1])[0])
            return 0.0

        scoring = {
            "phi": make_relevance_scorer(metric=relevant),
            **{
                shot: make_shot_scorer(shot, bins=10, metric=lambda a, b: float(a[0]))
                for shot in ("many", "medium", "few")
            },
        }
        scores = cross_validate(aware, X[:120], y, cv=folds, scoring=scoring, return_estimator=True)
        shots = {s: scores[f"test_{s}"][0] == y[100] for s in ("many", "medium", "few")}
        fitted = scores["estimator"][0]
        return told, shots, fitted.relevance_.control_points_.tolist(), fitted.y_train_.tolist()

    y = Y[:120].copy()
    want = seen(y)
    assert sum(want[1].values()) == 1
    for wild in (-1e6, 0.0, 1e6):
        changed = y.copy()
        changed[101:] = wild
        assert seen(changed) == want
    # while a training target does matter
    changed = y.copy()
    changed[:50] = 1e4
    assert seen(changed) != want
