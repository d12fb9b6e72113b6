"""BlendRegressor: the dial against a loop, the cap, weights, bad input."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from skdir.density import TargetDensity
from skdir.ensemble import BlendRegressor
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter, WeightedRegressor

ERRORS = {"absolute_error": np.abs, "squared_error": np.square}


@pytest.fixture(scope="module")
def data():
    """Return a skewed target of which a line sees too little, so that weights are worth it."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 3))
    y = np.exp(0.8 * X[:, 0] + 0.3 * X[:, 1] + 0.1 * rng.normal(size=240))
    return X, y


def power_weight(y, exponent, own=None):
    """Return powers of the inverse effective density, with weighted mean 1."""
    density = TargetDensity().fit(y, sample_weight=own).density(y)
    weight = density**-exponent
    return weight / np.average(weight, weights=own)


def naive_rarity(density, train, weight, values):
    """Return the share of the training targets at which the density is at least that of values."""
    at_rows = density.density(train)
    shares = [weight[at_rows >= level].sum() for level in density.density(values)]
    return np.array(shares) / weight.sum()


def parts_of_fold(X, y, own, train, test, exponent, rare_fraction):
    """Return the two predictions of the test rows, the rarity of the second, and who is rare."""
    plain = Ridge().fit(X[train], y[train], own[train]).predict(X[test])
    heavy = own[train] * power_weight(y[train], exponent, own[train])
    other = Ridge().fit(X[train], y[train], heavy).predict(X[test])
    density = TargetDensity().fit(y[train], sample_weight=own[train])
    at_train = np.repeat(density.density(y[train]), own[train].astype(int))
    level = np.sort(at_train)[int(np.ceil(rare_fraction * len(at_train))) - 1]
    rarity = naive_rarity(density, y[train], own[train], other)
    return plain, other, rarity, density.density(y[test]) <= level


def loop(X, y, own, folds, grid, metric, rare_fraction):
    """Return (exponent, locality, share, rare error, overall error) of all candidates, by loops."""
    parts = {
        (exponent, k): parts_of_fold(X, y, own, *fold, exponent, rare_fraction)
        for exponent in {exponent for exponent, _, _ in grid}
        for k, fold in enumerate(folds)
    }
    rows = []
    for exponent, locality, share in grid:
        error, rare, weight = [], [], []
        for k, (_, test) in enumerate(folds):
            for row, *values in zip(test, *parts[exponent, k]):
                plain, other, rarity, is_rare = values
                local = share * rarity**locality
                error.append(ERRORS[metric]((1 - local) * plain + local * other - y[row]))
                rare.append(is_rare)
                weight.append(own[row])
        error, rare, weight = map(np.array, (error, rare, weight))
        rare_error = np.average(error[rare], weights=weight[rare])
        row = (exponent, locality, share, rare_error, np.average(error, weights=weight))
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("metric", ["absolute_error", "squared_error"])
@pytest.mark.parametrize("weighted", [False, True])
def test_candidates_and_choice_equal_a_loop(metric, weighted, data):
    X, y = data
    own = np.random.default_rng(1).integers(1, 4, len(y)).astype(float) if weighted else None
    folds = list(KFold(3).split(X))
    model = BlendRegressor(
        Ridge(), exponent=[0.25, 1.0], locality=[0, 2], cv=KFold(3), metric=metric,
        max_overall_cost=0.01, rare_fraction=0.2, n_standard_errors=0,
    ).fit(X, y, sample_weight=own)  # fmt: skip
    grid = [(a, b, s) for a in (0.25, 1.0) for b in (0, 2) for s in np.linspace(0, 1, 21)]
    weight = np.ones(len(y)) if own is None else own
    expected = loop(X, y, weight, folds, grid, metric, 0.2)
    results = model.cv_results_
    names = ["exponent", "locality", "share", "rare_error", "overall_error"]
    for column, name in enumerate(names):
        np.testing.assert_allclose(results[name], expected[:, column], rtol=1e-10)
    cost = expected[:, 4] / expected[0, 4] - 1
    np.testing.assert_allclose(results["overall_cost"], cost, atol=1e-12)
    allowed = expected[cost <= 0.01]
    best = allowed[np.argmin(allowed[:, 3])]
    np.testing.assert_allclose((model.exponent_, model.locality_, model.share_), best[:3])
    assert model.share_ > 0


def test_prediction_equals_a_loop(data):
    X, y = data
    own = np.random.default_rng(1).uniform(0.5, 2, len(y))
    model = BlendRegressor(Ridge(), share=0.6, locality=3).fit(X[:200], y[:200], own[:200])
    plain = Ridge().fit(X[:200], y[:200], own[:200]).predict(X)
    heavy = own[:200] * power_weight(y[:200], 1.0, own[:200])
    other = Ridge().fit(X[:200], y[:200], heavy).predict(X)
    density = TargetDensity().fit(y[:200], sample_weight=own[:200])
    share = 0.6 * naive_rarity(density, y[:200], own[:200], other) ** 3
    np.testing.assert_allclose(model.predict(X), (1 - share) * plain + share * other)
    far = model.mitigated_.predict(1e3 * X) > y.max()  # nothing is as rare: the whole share
    expected = 0.4 * model.plain_.predict(1e3 * X) + 0.6 * model.mitigated_.predict(1e3 * X)
    np.testing.assert_allclose(model.predict(1e3 * X)[far], expected[far])


def test_locality_leaves_frequent_predictions_alone(data):
    X, y = data
    changes = []
    for locality in (0, 1, 4, 16):
        model = BlendRegressor(Ridge(), share=1.0, locality=locality).fit(X, y)
        changes.append(np.abs(model.predict(X) - model.plain_.predict(X)))
    assert (np.diff(changes, axis=0) <= 1e-12).all()
    assert (changes[3] < 0.5 * changes[0]).mean() > 0.5


def test_the_cap_is_the_dial(data):
    X, y = data
    caps = (0.0, 0.01, 0.05, 0.2, np.inf)
    rare = []
    for cap in caps:
        model = BlendRegressor(
            Ridge(), exponent="auto", max_overall_cost=cap, n_standard_errors=0, random_state=0
        ).fit(X, y)
        results = model.cv_results_
        dial = {"share": model.share_, "exponent": model.exponent_, "locality": model.locality_}
        chosen = np.all([results[name] == value for name, value in dial.items()], axis=0)
        assert results["overall_cost"][chosen] <= cap
        assert results["within_cap"].sum() == (results["overall_cost"] <= cap).sum()
        rare.append(results["rare_error"][chosen].item())
    assert (np.diff(rare) <= 0).all() and rare[-1] < rare[0]
    assert rare[-1] == results["rare_error"].min()


def test_without_a_candidate_under_the_cap_it_is_the_plain_model(data):
    X, y = data
    tree = DecisionTreeRegressor(max_depth=2, random_state=0)
    model = BlendRegressor(tree, exponent=5.0, locality=0, max_overall_cost=0, random_state=0).fit(
        X, y
    )
    assert (model.cv_results_["overall_cost"][1:] > 0).all()
    assert model.share_ == 0
    np.testing.assert_array_equal(model.predict(X), clone(tree).fit(X, y).predict(X))


def test_fixed_dial_is_the_mean_of_two_models_without_cross_validation(data):
    X, y = data
    model = BlendRegressor(Ridge(), share=0.3, locality=0, cv=[]).fit(X, y)
    plain = Ridge().fit(X, y)
    heavy = WeightedRegressor(Ridge(), LDSWeighter(reweight="inverse")).fit(X, y)
    np.testing.assert_allclose(model.predict(X), 0.7 * plain.predict(X) + 0.3 * heavy.predict(X))
    np.testing.assert_allclose(model.mitigated_.sample_weight_, heavy.sample_weight_)
    assert model.cv_results_ is None
    assert (model.share_, model.locality_, model.exponent_) == (0.3, 0.0, 1.0)
    assert isinstance(model.plain_, Ridge)


@pytest.mark.parametrize("share", [0, 1])
def test_ends_of_the_dial(share, data):
    X, y = data
    model = BlendRegressor(share=share, locality=0, exponent=0.5).fit(X, y)
    assert isinstance(model.plain_, LinearRegression)
    end = WeightedRegressor().fit(X, y) if share else LinearRegression().fit(X, y)
    np.testing.assert_allclose(model.predict(X), end.predict(X), rtol=1e-12)


@pytest.mark.parametrize(
    "weighter", [LDSWeighter(), DenseWeighter(alpha=0.5), InverseFrequencyWeighter(clip=(0.1, 5))]
)
@pytest.mark.parametrize("exponent", [0, 0.5, 1, 2.5])
def test_exponent_is_a_power_of_the_weights_of_any_weighter(weighter, exponent, data):
    X, y = data
    own = np.random.default_rng(1).uniform(0, 2, len(y))
    model = BlendRegressor(Ridge(), weighter=weighter, share=1.0, locality=1, exponent=exponent)
    weight = model.fit(X, y, own).mitigated_.sample_weight_
    expected = clone(weighter).fit_transform(y, own) ** exponent
    np.testing.assert_allclose(weight, own * expected / np.average(expected, weights=own))


def test_standard_error_of_the_cost_is_that_of_the_bootstrap(data):
    X, y = data
    model = BlendRegressor(Ridge(), locality=0, cv=KFold(3)).fit(X, y)
    plain, other = np.empty(len(y)), np.empty(len(y))
    for train, test in KFold(3).split(X):
        plain[test] = Ridge().fit(X[train], y[train]).predict(X[test])
        weight = power_weight(y[train], 1.0)
        other[test] = Ridge().fit(X[train], y[train], weight).predict(X[test])
    base, half = np.abs(plain - y), np.abs((plain + other) / 2 - y)
    rows = np.random.default_rng(0).integers(len(y), size=(2000, len(y)))
    spread = (half[rows].sum(axis=1) / base[rows].sum(axis=1)).std()
    assert model.cv_results_["overall_cost_se"][10] == pytest.approx(spread, rel=0.15)


def test_standard_errors_make_it_timid(data):
    X, y = data
    model = BlendRegressor(Ridge(), exponent=0.5, locality=0, max_overall_cost=0.1, random_state=0)
    shares = []
    for number in (0.0, 1.0, 3.0, 1e6):
        results = model.set_params(n_standard_errors=number).fit(X, y).cv_results_
        upper = results["overall_cost"] + number * results["overall_cost_se"]
        np.testing.assert_array_equal(results["within_cap"], upper <= 0.1)
        shares.append(model.share_)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[2] and shares[-1] == 0


def test_rows_of_weight_zero_are_not_there(data):
    X, y = data
    own = np.random.default_rng(1).uniform(0.5, 2, len(y))
    own[::5] = 0
    used = own > 0
    model = BlendRegressor(Ridge(), max_overall_cost=0.2, n_standard_errors=1.0, random_state=0)
    fitted = clone(model).fit(X, y, own)
    other = clone(model).fit(X[used], y[used], own[used])
    for name, column in fitted.cv_results_.items():
        np.testing.assert_allclose(other.cv_results_[name], column, atol=1e-12, err_msg=name)
    assert other.share_ == fitted.share_ > 0
    np.testing.assert_allclose(other.predict(X), fitted.predict(X))


def test_whole_weights_count_rows_in_the_standard_error(data):
    X, y = data
    own = np.random.default_rng(1).integers(1, 4, len(y))
    train = np.arange(120)
    model = BlendRegressor(Ridge(), cv=[(train, np.arange(120, 240))]).fit(X, y, own)
    rows = np.repeat(np.arange(240), own)
    folds = [(np.flatnonzero(rows < 120), np.flatnonzero(rows >= 120))]
    again = BlendRegressor(Ridge(), cv=folds).fit(X[rows], y[rows])
    for name, column in model.cv_results_.items():
        np.testing.assert_allclose(again.cv_results_[name], column, atol=1e-9, err_msg=name)


def test_no_rare_rows_to_choose_by_leave_the_plain_model(data):
    X, y = data
    middle = np.flatnonzero(np.abs(y - np.median(y)) < 0.2)
    cv = [(np.setdiff1d(np.arange(len(y)), middle), middle)]
    model = BlendRegressor(Ridge(), cv=cv).fit(X, y)
    assert np.isnan(model.cv_results_["rare_error"]).all()
    assert model.share_ == 0


def test_fixed_share_takes_the_cheapest_exponent_and_says_so(data):
    X, y = data
    model = BlendRegressor(Ridge(), share=1.0, locality=0, exponent=[1.0, 0.5], max_overall_cost=0)
    with pytest.warns(UserWarning, match="Nothing keeps to max_overall_cost=0 with share=1"):
        model.fit(X, y)
    assert (model.exponent_, model.share_) == (0.5, 1.0)


def test_perfect_models_cost_nothing():
    X = np.arange(40.0)[:, None]
    model = BlendRegressor(DecisionTreeRegressor(), cv=[(np.arange(40), np.arange(40))])
    model.fit(X, np.exp(X[:, 0] / 9))
    costs = model.cv_results_["overall_cost"]
    assert costs[0] == 0 and not np.isnan(costs).any()
    assert model.share_ == 0
    bad = BlendRegressor(exponent=1.0, cv=[(np.arange(40), [0, 39])])
    bad.fit(X, np.r_[np.zeros(39), 0])
    assert bad.share_ == 0


def test_seeds_and_processes(data):
    X, y = data
    first, again, other = (
        BlendRegressor(Ridge(), random_state=seed, n_jobs=jobs).fit(X, y).cv_results_
        for seed, jobs in ((0, None), (0, 2), (1, None))
    )
    np.testing.assert_array_equal(first["rare_error"], again["rare_error"])
    assert not np.allclose(first["rare_error"], other["rare_error"])


def test_masks_as_folds_pickle_and_search(data):
    X, y = data
    first = np.arange(len(y)) < 120
    by_mask = BlendRegressor(Ridge(), cv=[(first, ~first)]).fit(X, y)
    by_rows = BlendRegressor(Ridge(), cv=[(np.flatnonzero(first), np.flatnonzero(~first))])
    by_rows.fit(X, y)
    np.testing.assert_array_equal(by_mask.cv_results_["share"], by_rows.cv_results_["share"])
    copy = pickle.loads(pickle.dumps(by_mask))
    np.testing.assert_array_equal(copy.predict(X), by_mask.predict(X))
    grid = {"share": [0.0, 1.0], "regressor__alpha": [1.0, 10.0]}
    search = GridSearchCV(BlendRegressor(Ridge(), locality=0), grid, cv=3).fit(X, y)
    assert search.best_params_["share"] == 0  # plain error is best unweighted


def test_regressor_without_weights(data):
    X, y = data
    with pytest.raises(ValueError, match="takes sample_weight. Got KNeighborsRegressor instead"):
        BlendRegressor(KNeighborsRegressor()).fit(X, y)
    model = BlendRegressor(
        KNeighborsRegressor(), share=0.5, locality=1, unsupported="resample", random_state=0
    )
    plain = KNeighborsRegressor().fit(X, y).predict(X)
    np.testing.assert_array_equal(model.fit(X, y).plain_.predict(X), plain)
    assert not np.array_equal(model.mitigated_.predict(X), plain)
    again = clone(model).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), again.predict(X))


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"regressor": "ridge"}, "'regressor' parameter of BlendRegressor"),
        ({"weighter": "lds"}, "'weighter' parameter of BlendRegressor"),
        ({"share": 1.1}, "'share' parameter of BlendRegressor"),
        ({"locality": -1.0}, "'locality' parameter of BlendRegressor"),
        ({"locality": [0.5, -1.0]}, "'locality' parameter of BlendRegressor .* at least 0"),
        ({"locality": []}, "'locality' parameter of BlendRegressor .* at least 1"),
        ({"exponent": -1.0}, "'exponent' parameter of BlendRegressor"),
        ({"exponent": [0.5, -1.0]}, "'exponent' parameter of BlendRegressor .* at least 0"),
        ({"exponent": []}, "'exponent' parameter of BlendRegressor .* at least 1"),
        ({"cv": 1}, "'cv' parameter of BlendRegressor"),
        ({"cv": 241}, "'cv' parameter of BlendRegressor .* at most the number of rows"),
        ({"cv": []}, "'cv' parameter of BlendRegressor .* at least one"),
        ({"cv": [([0, 1], [])]}, "'cv' parameter of BlendRegressor .* non-empty"),
        ({"max_overall_cost": -0.1}, "'max_overall_cost' parameter of BlendRegressor"),
        ({"rare_fraction": 1.0}, "'rare_fraction' parameter of BlendRegressor"),
        ({"metric": "r2"}, "'metric' parameter of BlendRegressor"),
        ({"n_standard_errors": -1}, "'n_standard_errors' parameter of BlendRegressor"),
        ({"unsupported": "ignore"}, "'unsupported' parameter of BlendRegressor"),
        ({"n_jobs": 0.5}, "'n_jobs' parameter of BlendRegressor"),
        ({"n_jobs": 0}, "'n_jobs' parameter of BlendRegressor"),
        ({"random_state": "x"}, "'random_state' parameter of BlendRegressor"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_parameters(params, match, data):
    with pytest.raises(ValueError, match=match):
        BlendRegressor(**params).fit(*data)


def test_html_representation_shows_both_parts():
    html = BlendRegressor(Ridge(), weighter=DenseWeighter())._repr_html_()
    assert "DenseWeighter" in html and "Ridge" in html
    assert "LDSWeighter" in BlendRegressor()._repr_html_()
    assert not hasattr(BlendRegressor(), "n_features_in_")
