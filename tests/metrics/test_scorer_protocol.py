"""Scorers in searches, with weights, copied and printed; bad input."""

import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from relevance_cases import RELEVANCE, through
from scorer_cases import EDGES, SCORERS, WEIGHT, X_TEST, Y_TEST, Constant, X, Y
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import check_scoring, mean_absolute_error
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score

from skdir import metrics
from skdir.metrics import (
    make_balanced_scorer,
    make_relevance_scorer,
    make_shot_scorer,
    shot_labels,
    squared_error_relevance_area,
)
from skdir.model_selection import FoldAwareRegressor
from skdir.relevance import RelevanceFunction

each = pytest.mark.parametrize("name", list(SCORERS))


@pytest.fixture(scope="module")
def model():
    return LinearRegression().fit(X, Y)


@pytest.fixture(scope="module")
def aware():
    return FoldAwareRegressor(LinearRegression(), RelevanceFunction(method="quantile")).fit(X, Y)


# --- protocol -----------------------------------------------------------------------------------


@each
def test_searches_and_cross_validation_with_two_processes(name):
    aware = FoldAwareRegressor(Ridge(), RelevanceFunction(method="quantile"))
    options = {"scoring": SCORERS[name], "cv": 3}
    want = cross_val_score(aware, X, Y, **options)
    assert np.isfinite(want).all()
    assert_allclose(cross_val_score(aware, X, Y, **options, n_jobs=2), want)
    grid = {"regressor__alpha": [1e-3, 1e6]}
    search = GridSearchCV(aware, grid, **options).fit(X, Y)
    assert search.best_params_ == {"regressor__alpha": 1e-3}
    assert search.score(X_TEST, Y_TEST) == SCORERS[name](search, X_TEST, Y_TEST)


def test_several_metrics_at_once_predict_once(model):
    one = Constant().fit(X, Y)
    scorer = check_scoring(one, scoring=SCORERS)
    got = scorer(one, X_TEST, Y_TEST)
    assert one.calls_ == [len(Y_TEST)]
    assert got == {name: single(one, X_TEST, Y_TEST) for name, single in SCORERS.items()}
    weighted = scorer(one, X_TEST, Y_TEST, sample_weight=WEIGHT)
    for name, single in SCORERS.items():
        assert weighted[name] == single(one, X_TEST, Y_TEST, sample_weight=WEIGHT)
    search = GridSearchCV(Ridge(), {"alpha": [1e-3, 1e6]}, scoring=SCORERS, refit="f", cv=3)
    assert search.fit(X, Y).best_params_ == {"alpha": 1e-3}


@each
def test_weights_reach_scorers(name):
    weight = np.random.default_rng(1).integers(1, 4, len(Y))
    aware = FoldAwareRegressor(Ridge(), RelevanceFunction(method="quantile"))
    scorer = SCORERS[name]
    with config_context(enable_metadata_routing=True):
        routed = cross_val_score(
            clone(aware).set_fit_request(sample_weight=True),
            X,
            Y,
            scoring=clone(scorer).set_score_request(sample_weight=True),
            params={"sample_weight": weight},
            cv=3,
        )
        only_fit = cross_val_score(
            clone(aware).set_fit_request(sample_weight=True),
            X,
            Y,
            scoring=clone(scorer).set_score_request(sample_weight=False),
            params={"sample_weight": weight},
            cv=3,
        )
    for i, (train, test) in enumerate(KFold(3).split(X)):
        fitted = clone(aware).fit(X[train], Y[train], sample_weight=weight[train])
        assert_allclose(routed[i], scorer(fitted, X[test], Y[test], sample_weight=weight[test]))
        assert_allclose(only_fit[i], scorer(fitted, X[test], Y[test]))


@each
def test_copies_keep_what_is_fitted(model, name):
    scorer = SCORERS[name]
    want = scorer(model, X_TEST, Y_TEST)
    search = clone(GridSearchCV(Ridge(), {"alpha": [1.0]}, scoring=scorer))
    for copy in (clone(scorer), pickle.loads(pickle.dumps(scorer)), search.scoring):
        assert copy is not scorer
        assert copy(model, X_TEST, Y_TEST) == want
        assert repr(copy) == repr(scorer)


@pytest.mark.parametrize(
    "text",
    [
        "make_relevance_scorer(metric='sera')",
        "make_relevance_scorer(metric='sera', normalize=True)",
        "make_relevance_scorer(metric='fscore', threshold=0.5, beta=2.0)",
        "make_shot_scorer(shot='few', bins=10, metric='mae')",
        "make_shot_scorer(shot=('few', 'zero'), bins='integer', metric='gm', many=100, few=20)",
        "make_shot_scorer(shot='many', bins=[0.0, 1.0], metric='mse', y_train=[0.0, 1.0])",
        "make_balanced_scorer(bins=10, metric='mae')",
        "make_balanced_scorer(bins=[0.0, 1.0, 2.0], metric='mse')",
        "make_balanced_scorer(bins=5, metric='mae', y_train=[0.0, 1.0])",
    ],
)
def test_repr_is_the_call(text):
    assert repr(eval(text, {"__builtins__": {}}, vars(metrics))) == text


def test_repr_of_objects_is_short():
    scorer = make_relevance_scorer(
        abs, metric=squared_error_relevance_area, greater_is_better=False
    )
    assert repr(scorer) == (
        "make_relevance_scorer(relevance=abs, metric=squared_error_relevance_area, "
        "greater_is_better=False)"
    )
    assert "y_train=<array of 221 numbers>" in repr(make_shot_scorer(bins=2, y_train=Y))
    assert "RelevanceFunction(" in repr(SCORERS["sera"])


def test_given_training_targets_and_edges_are_copied(model):
    y_train, edges = Y.copy(), np.array(EDGES, dtype=float)
    shots = make_shot_scorer(bins=10, y_train=y_train)
    want = shots(model, X_TEST, Y_TEST)
    balanced = make_balanced_scorer(edges)
    also = balanced(model, X_TEST, Y_TEST)
    y_train[:], edges[1] = 0, 1
    assert shots(model, X_TEST, Y_TEST) == want
    assert balanced(model, X_TEST, Y_TEST) == also


# --- bad input ----------------------------------------------------------------------------------


def test_a_shot_without_rows_is_nan(model):
    scorer = make_shot_scorer("zero", bins=1, y_train=np.append(Y, [0, 1000]))
    assert math.isnan(scorer(model, X_TEST, Y_TEST))
    rows = shot_labels(Y, Y_TEST, bins=10) == "few"
    scorer = make_shot_scorer("few", bins=10, y_train=Y)
    assert math.isnan(scorer(model, X_TEST, Y_TEST, sample_weight=np.where(rows, 0, 1)))


def test_predictions_that_are_no_numbers_are_an_error():
    for scorer in SCORERS.values():
        with pytest.raises(ValueError, match="'y_pred'.*NaN"):
            scorer(Constant(math.nan).fit(X, Y), X_TEST, Y_TEST)


def test_constant_predictions_have_a_score_or_are_nan():
    constant = Constant().fit(X, Y)
    for name, scorer in SCORERS.items():
        assert math.isfinite(scorer(constant, X_TEST, Y_TEST)), name
    pearson = make_shot_scorer("many", bins=3, metric="pearson", y_train=Y)
    assert math.isnan(pearson(constant, X_TEST, Y_TEST))


def test_a_fold_without_relevant_targets(model):
    nothing = make_relevance_scorer(through([[0, 0], [1, 0]]), metric="r2")
    with pytest.raises(ValueError, match="'relevance'.*positive for some row"):
        nothing(model, X_TEST, Y_TEST)
    assert make_relevance_scorer(through([[0, 0], [1, 0]]))(model, X_TEST, Y_TEST) == 0


@pytest.mark.parametrize("metric", ["mape", 3, None, ("sera",)])
def test_unknown_metrics_are_refused(metric):
    for make in (
        make_relevance_scorer,
        make_balanced_scorer,
        lambda metric: make_shot_scorer(bins=3, metric=metric),
    ):
        with pytest.raises(ValueError, match="'metric'.*one of"):
            make(metric=metric)
    with pytest.raises(ValueError, match="'metric'.*must be one of 'mae', 'mse'"):
        make_balanced_scorer(metric=mean_absolute_error)


def test_bad_parameters_of_the_relevance_scorer():
    with pytest.raises(NotFittedError, match="'relevance'.*fitted.*FoldAwareRegressor"):
        make_relevance_scorer(RelevanceFunction())
    with pytest.raises(TypeError, match="'relevance'.*array, which cannot follow the rows"):
        make_relevance_scorer(RELEVANCE(Y))
    for bad in (RelevanceFunction, 0.5):
        with pytest.raises(TypeError, match="'relevance'"):
            make_relevance_scorer(bad)
    with pytest.raises(TypeError, match="unexpected parameter 'threshold'.*takes normalize"):
        make_relevance_scorer(RELEVANCE, threshold=0.5)
    for name in ("sample_weight", "multioutput"):
        with pytest.raises(TypeError, match=f"unexpected parameter '{name}'"):
            make_relevance_scorer(RELEVANCE, **{name: None})
    with pytest.raises(TypeError, match="unexpected parameter 'y_true'. The metric takes no such"):
        make_relevance_scorer(RELEVANCE, metric=lambda y_true, **rest: 0.0, y_true=Y)
    with pytest.raises(ValueError, match="'greater_is_better'.*None with metric='sera'"):
        make_relevance_scorer(RELEVANCE, greater_is_better=False)
    with pytest.raises(ValueError, match="'greater_is_better'.*Got 'yes'"):
        make_relevance_scorer(RELEVANCE, metric=max, greater_is_better="yes")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("shot", ("some", ("few", "few"), (), 3, ("few", 3), None)),
        ("bins", (0, "auto", [1], None, [2, 1])),
        ("many", (-1, "all", math.inf)),
        ("few", (-1, "all", math.nan)),
        ("y_train", ([], [math.nan], ["a"])),
    ],
)
def test_bad_parameters_of_the_shot_scorer(name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"'{name}' parameter of make_shot_scorer"):
            make_shot_scorer(**{"bins": 3, name: value})


def test_bad_parameters_of_the_balanced_scorer():
    for name, values in {"bins": (0, "integer", [1], None), "y_train": ([], [math.nan])}.items():
        for value in values:
            with pytest.raises(ValueError, match=f"'{name}' parameter of make_balanced_scorer"):
                make_balanced_scorer(**{name: value})


def test_thresholds_that_cross_are_told_when_scoring(model):
    scorer = make_shot_scorer(bins=3, many=1, few=2, y_train=Y)
    with pytest.raises(ValueError, match="'few'.*at most 1"):
        scorer(model, X_TEST, Y_TEST)
