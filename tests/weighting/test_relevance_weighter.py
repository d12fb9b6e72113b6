"""Weights by relevance: a squared loss with them is SERA."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV

from skdir.relevance import RelevanceFunction
from skdir.weighting import RelevanceWeighter, WeightedRegressor


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    return X, np.exp(0.8 * X[:, 0] + 0.5 * X[:, 1] ** 2 + 0.3 * rng.normal(size=600))


def smooth(y):
    return 1 - np.exp(-((np.asarray(y) / 5.0) ** 2))


def sera_by_thresholds(relevance, error):
    """The area under the squared errors of the targets at least as relevant as t, step by step."""
    steps = np.unique(np.concatenate([[0.0], relevance]))
    return sum(
        (high - low) * sum(e**2 for phi, e in zip(relevance, error) if phi >= high)
        for low, high in pairwise(steps)
    )


# ---------------------------------------------------------------------------- the loss is SERA


def test_the_weighted_squared_loss_is_sera(data):
    y = data[1][:200]
    error = np.random.default_rng(1).normal(size=200)
    weighter = RelevanceWeighter().fit(y)
    phi = RelevanceFunction().fit_transform(y)
    loss = np.sum(weighter.transform(y) * error**2) * phi.mean()
    assert loss == pytest.approx(sera_by_thresholds(phi, error), rel=1e-9)


def test_linear_regression_is_where_the_gradient_of_sera_is_zero(data):
    X, y = data
    model = WeightedRegressor(LinearRegression(), RelevanceWeighter()).fit(X, y)
    phi = RelevanceFunction().fit_transform(y)
    gradient = np.column_stack([np.ones(len(X)), X]).T @ (phi * (model.predict(X) - y))
    np.testing.assert_allclose(gradient, 0, atol=1e-8 * np.sum(phi * np.abs(y)))


@pytest.mark.parametrize("relevance", [None, RelevanceFunction(method="density"), smooth])
def test_lightgbm_with_these_weights_is_lightgbm_with_the_objective_sera(data, relevance):
    from lightgbm import LGBMRegressor

    X, y = data
    weighter = RelevanceWeighter(relevance=relevance)
    weight = weighter.fit_transform(y)
    phi = weighter.relevance_(y)
    scale = 1 / phi.mean()  # what mean 1 makes of the regularisation, and of the least hessian

    def sera(y_true, y_pred):
        return scale * phi * (y_pred - y_true), scale * phi

    params = {
        "n_estimators": 30,
        "num_leaves": 8,
        "min_child_samples": 5,
        "min_child_weight": 1.0,
        "reg_lambda": 1.0,
        # LightGBM starts from the mean only with objectives of its own
        "boost_from_average": False,
        "deterministic": True,
        "n_jobs": 1,
        "verbose": -1,
    }
    weighted = LGBMRegressor(**params).fit(X, y, sample_weight=weight)
    custom = LGBMRegressor(**params, objective=sera).fit(X, y)
    np.testing.assert_allclose(weighted.predict(X), custom.predict(X), rtol=1e-6, atol=1e-6)
    ours, theirs = (m.booster_.trees_to_dataframe() for m in (weighted, custom))
    splits = ["tree_index", "node_index", "split_feature", "threshold", "count"]
    pd.testing.assert_frame_equal(ours[splits], theirs[splits])

    plain = LGBMRegressor(**params).fit(X, y)
    loss = [np.sum(phi * (m.predict(X) - y) ** 2) for m in (weighted, plain)]
    assert loss[0] < 0.95 * loss[1]


# ---------------------------------------------------------------------------- floor


@pytest.mark.parametrize("floor", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("relevance", [None, smooth, "array"])
def test_weights_by_their_formula(data, floor, relevance):
    y = data[1]
    phi = RelevanceFunction().fit_transform(y) if relevance is None else smooth(y)
    weighter = RelevanceWeighter(relevance=phi if relevance == "array" else relevance, floor=floor)
    raw = np.maximum(phi, floor)
    np.testing.assert_allclose(weighter.fit_transform(y), raw / raw.mean(), rtol=1e-12)
    np.testing.assert_allclose(weighter.transform(y), raw / raw.mean(), rtol=1e-12)
    own = np.random.default_rng(1).integers(0, 3, len(y))
    if relevance is None:
        raw = np.maximum(RelevanceFunction().fit(y, own).transform(y), floor)
    expected = raw / np.average(raw, weights=own)
    limit = expected[own > 0].max()  # a row without weight is as an unseen target
    np.testing.assert_allclose(weighter.fit_transform(y, own), np.minimum(expected, limit))


def test_without_a_floor_some_rows_count_for_nothing_and_with_one_all_count():
    y = np.concatenate([np.arange(100.0), [500.0]])
    weight = RelevanceWeighter().fit_transform(y)
    assert (weight[:51] == 0).all() and weight[-1] == weight.max()
    assert (RelevanceWeighter(floor=0.01).fit_transform(y) > 0).all()
    np.testing.assert_array_equal(RelevanceWeighter(floor=1).fit_transform(y), 1)


def test_floor_moves_weight_from_the_relevant_rows_to_the_others(data):
    y = data[1]
    sizes = [
        RelevanceWeighter(floor=floor).fit(y).effective_sample_size_ for floor in (0, 0.1, 0.5, 1)
    ]
    assert sizes == sorted(sizes)
    assert sizes[-1] == pytest.approx(len(y))


# ---------------------------------------------------------------------------- relevances


def test_a_relevance_estimator_is_cloned_and_fitted_with_the_weights(data):
    y = data[1]
    relevance = RelevanceFunction(coef=1.0).fit(100 * y)
    before = relevance.control_points_
    own = np.random.default_rng(1).integers(0, 3, len(y))
    weighter = RelevanceWeighter(relevance=relevance).fit(y, own)
    assert relevance.control_points_ is before
    expected = RelevanceFunction(coef=1.0).fit(y, own).control_points_
    np.testing.assert_array_equal(weighter.relevance_.control_points_, expected)


def test_the_method_of_a_fitted_relevance_stays_as_it_is(data):
    y = data[1]
    fitted = RelevanceFunction().fit(y)
    weighter = clone(RelevanceWeighter(relevance=fitted.transform)).fit(2 * y)
    phi = fitted(2 * y)
    np.testing.assert_allclose(weighter.transform(2 * y), phi / phi.mean(), rtol=1e-12)


def test_parameters_of_the_relevance_are_validated_too(data):
    with pytest.raises(ValueError, match="'coef' parameter of RelevanceFunction must be"):
        RelevanceWeighter(relevance=RelevanceFunction(coef=-1)).fit(data[1])
    with pytest.raises(ValueError, match="'coef' parameter of RelevanceFunction must be"):
        RelevanceWeighter(relevance=RelevanceFunction(coef=-1)).fit_transform(data[1])


def test_an_unseen_target_weighs_at_most_as_the_most_relevant_row(data):
    y = data[1]
    weighter = RelevanceWeighter(relevance=smooth).fit(y)
    unseen = np.array([0.0, 2.0, 1e3])
    limit = weighter.transform(y).max()
    expected = np.minimum(smooth(unseen) / smooth(y).mean(), limit)
    np.testing.assert_allclose(weighter.transform(unseen), expected, rtol=1e-12)
    assert expected[2] == pytest.approx(limit, rel=1e-12)


def test_an_array_knows_its_own_rows_alone(data):
    y = np.repeat(data[1][:50], 2)
    phi = np.random.default_rng(1).uniform(size=100)  # equal targets may differ in relevance
    weighter = RelevanceWeighter(relevance=phi.tolist()).fit(y)
    np.testing.assert_allclose(weighter.transform(y), phi / phi.mean(), rtol=1e-12)
    for other in (y[:50], y[::-1], y + 1, []):
        with pytest.raises(ValueError, match=r"'y' parameter of RelevanceWeighter.transform must "):
            weighter.transform(other)
    with pytest.raises(ValueError, match=r"of shape \(80,\), one value for each target"):
        RelevanceWeighter(relevance=phi).fit(y[:80])


def test_an_array_meets_rows_of_zero_weight(data):
    y, phi = data[1][:100], np.linspace(0, 1, 100)
    own = np.r_[np.ones(90), np.zeros(10)]
    weight = RelevanceWeighter(relevance=phi).fit_transform(y, own)
    np.testing.assert_allclose(weight[:90], phi[:90] / phi[:90].mean(), rtol=1e-12)
    np.testing.assert_allclose(weight[90:], weight[89])  # as the most relevant row that counts


def test_what_is_given_is_not_kept(data):
    y, phi = data[1].copy(), smooth(data[1])
    weighter = RelevanceWeighter(relevance=phi).fit(y)
    expected = weighter.transform(data[1])
    y += 1
    phi[:] = 0.5
    np.testing.assert_array_equal(weighter.transform(data[1]), expected)


# ---------------------------------------------------------------------------- nothing relevant


@pytest.mark.parametrize(
    "relevance",
    [np.zeros(10), lambda y: 0 * y, np.full(10, 1e-200)],
    ids=["array", "function", "next to nothing"],
)
def test_nothing_relevant_is_an_error_that_names_the_floor(relevance):
    y = np.arange(10.0)
    with pytest.raises(
        ValueError,
        match=r"'relevance' parameter of RelevanceWeighter must be above 0 .*the floor above 0",
    ):
        RelevanceWeighter(relevance=relevance).fit(y)
    weight = RelevanceWeighter(relevance=relevance, floor=0.1).fit_transform(y)
    np.testing.assert_allclose(weight, 1)


def test_nothing_relevant_among_the_rows_that_count_is_an_error_too():
    y, phi = np.arange(10.0), np.r_[np.zeros(9), 1]
    with pytest.raises(ValueError, match="Got 0 for all 9 targets"):
        RelevanceWeighter(relevance=phi).fit(y, phi == 0)


def test_degenerate_targets_are_the_error_of_the_relevance():
    y = np.arange(20.0)
    with pytest.raises(ValueError, match="RelevanceFunction.fit .*degenerate='quantile'"):
        RelevanceWeighter(relevance=RelevanceFunction(degenerate="raise"), floor=0.5).fit(y)
    with pytest.warns(UserWarning, match="^RelevanceWeighter got targets .* quantiles 0.1 and 0.9"):
        weight = RelevanceWeighter().fit_transform(y)
    assert weight.mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"floor": -0.1}, "'floor' parameter of RelevanceWeighter must be"),
        ({"floor": 1.1}, "'floor' parameter of RelevanceWeighter must be"),
        ({"floor": None}, "'floor' parameter of RelevanceWeighter must be"),
        ({"relevance": "extremes"}, "'relevance' parameter of RelevanceWeighter must be"),
        ({"relevance": 0.5}, "'relevance' parameter of RelevanceWeighter must be"),
        ({"relevance": lambda y: 2 * y}, r"'relevance' parameter of Rel.* must be in \[0, 1\]"),
    ],
)
def test_bad_parameters(data, params, message):
    with pytest.raises(ValueError, match=message):
        RelevanceWeighter(**params).fit(data[1])


def test_a_class_is_no_relevance(data):
    with pytest.raises(TypeError, match="'relevance' parameter of RelevanceWeighter must be"):
        RelevanceWeighter(relevance=RelevanceFunction).fit(data[1])


# ---------------------------------------------------------------------------- with others


def test_search_over_the_relevance(data):
    model = WeightedRegressor(LinearRegression(), RelevanceWeighter(relevance=RelevanceFunction()))
    grid = {"weighter__floor": [0, 0.2], "weighter__relevance__coef": [1.0, 1.5]}
    search = GridSearchCV(model, grid, cv=3).fit(*data)
    assert set(search.best_params_) == set(grid)


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 0.3, 1e12, 1e300, 5e307])
@pytest.mark.parametrize("method", ["extremes", "quantile", "density"])
def test_the_scale_of_sample_weights_changes_nothing(method, factor):
    rng = np.random.default_rng(0)
    y, weight = rng.gamma(2, 3, size=200), rng.uniform(0, 2, size=200)
    relevance = RelevanceFunction(method=method)
    want = relevance.fit_transform(y, weight)
    np.testing.assert_allclose(relevance.fit_transform(y, factor * weight), want, atol=1e-9)
    weighter = RelevanceWeighter(relevance=relevance, floor=0.1)
    want = weighter.fit_transform(y, weight)
    np.testing.assert_allclose(weighter.fit_transform(y, factor * weight), want, atol=1e-9)
