"""The recommendation: the choice, its limit, its words, and the fitted model."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hand_made import results_of
from scipy import sparse
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import StrategyComparison, compare_strategies
from skdir.weighting import LDSWeighter, WeightedRegressor

NOISE = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
ERRORS = {  # rare, frequent, all
    "VANILLA": (60, 40, 44),
    "LDS": (54, 41, 44.5),
    "INV": (45, 44, 45),
    "DENSE": (40, 48, 47),
    "LOG": (66, 38, 43.5),
}


def made(values, n_folds=5, changed=()):
    """Build a comparison from mean errors; folds differ by shared noise and a little of each."""
    folds = np.arange(n_folds)
    rare, frequent, every = np.transpose(list(values.values()))[:, :, np.newaxis]
    own = [0.1 * NOISE[(folds + i) % 5] for i in range(len(values))]
    errors = {
        "rare MAE": rare + 5 * NOISE[folds] + own,
        "frequent MAE": frequent + NOISE[folds],
        "MAE": every + NOISE[folds],
    }
    return StrategyComparison(results_of(list(values), errors | dict(changed)))


@pytest.mark.parametrize(
    ("prefer", "limit", "name"),
    [
        ("rare", 0.0, "VANILLA"),
        ("rare", 0.012, "LDS"),
        ("rare", 0.03, "INV"),
        ("rare", 0.1, "DENSE"),
        ("rare", np.inf, "DENSE"),
        ("frequent", 0.03, "LOG"),
        ("balanced", 0.03, "INV"),
        ("balanced", 0.012, "LDS"),
        ("balanced", np.inf, "DENSE"),
    ],
)
def test_the_least_error_under_the_limit(prefer, limit, name):
    chosen = made(ERRORS).recommendation(prefer=prefer, max_overall_cost=limit)
    assert chosen.name == name
    costly = [n for n, (_, _, mae) in ERRORS.items() if mae > 44 * (1 + limit) and n != "VANILLA"]
    assert chosen.too_costly == tuple(costly)
    assert (chosen.prefer, chosen.max_overall_cost, chosen.baseline) == (prefer, limit, "VANILLA")


def test_a_cheap_strategy_with_a_larger_rare_error_does_not_win():
    values = {"VANILLA": (60, 40, 44), "LOG": (66, 38, 43.5)}
    chosen = made(values).recommendation()
    assert chosen.sentence == (
        "Keep VANILLA: the other strategy whose overall error is at most 3 % higher does not lower "
        "the error on the rarest fifth of the targets."
    )
    assert (chosen.rare.difference, chosen.overall.difference) == (0.0, 0.0)


def test_it_says_why_with_numbers():
    chosen = made(ERRORS).recommendation()
    assert str(chosen) == chosen.sentence
    assert chosen.sentence == (
        "Take INV: of the 4 strategies whose overall error is at most 3 % higher than that of "
        "VANILLA, it has the lowest error on the rarest fifth of the targets. Against VANILLA the "
        "mean absolute error goes from 60.0 to 45.0 (−25 %) on rare targets, 40.0 to 44.0 (+10 %) "
        "on frequent ones, 44.0 to 45.0 (+2.3 %) on all rows. The gain on rare targets is more "
        "than chance (p < 0.001 over 5 folds, corrected for the number of strategies)."
    )
    assert chosen.rare.before == pytest.approx(60)
    assert chosen.rare.after == pytest.approx(45)
    assert chosen.frequent.relative == pytest.approx(0.1)
    assert chosen.overall.difference == pytest.approx(1)


def test_other_goals_and_doubts_have_their_words():
    text = made(ERRORS).recommendation(prefer="frequent", max_overall_cost=np.inf).sentence
    assert text.startswith(
        "Take LOG: of the 5 strategies it has the lowest error on the frequent targets. Against"
    )
    assert "The gain on frequent targets is more than chance" in text
    text = made(ERRORS).recommendation(prefer="balanced").sentence
    assert "the lowest mean of the errors on the rarest fifth of the targets and on the" in text
    close = made({"VANILLA": (60, 40, 44), "LDS": (59.99, 40, 44)}).recommendation()
    assert close.name == "LDS"
    assert "The gain on rare targets may be chance (p = 0." in close.sentence
    single = made({"VANILLA": (60, 40, 44), "LDS": (50, 40, 44)}, n_folds=1).recommendation()
    assert single.sentence.endswith("One fold cannot tell whether this is chance.")
    loss = made({"VANILLA": (60, 40, 44), "LDS": (61, 38, 44)}).recommendation(prefer="balanced")
    assert "The loss on rare targets is more than chance" in loss.sentence
    costly = made({"VANILLA": (60, 40, 44), "INV": (40, 60, 60)}).recommendation()
    assert costly.sentence == (
        "Keep VANILLA: there is no other strategy whose overall error is at most 3 % higher."
    )
    alone = made({"A": (60, 40, 44)}).recommendation(max_overall_cost=np.inf)
    assert alone.sentence == "Keep A: there is no other strategy."
    worse = {"VANILLA": (60, 40, 44), "A": (61, 40, 44), "B": (62, 40, 44)}
    text = made(worse).recommendation().sentence
    assert text.startswith("Keep VANILLA: none of the 2 other strategies whose overall error is at")


def test_parts_without_rows():
    comparison = made(ERRORS, changed={"frequent MAE": np.full((len(ERRORS), 5), np.nan)})
    assert "on frequent ones" not in comparison.recommendation().sentence
    with pytest.raises(ValueError, match="nothing to choose from.*prefer='balanced'"):
        comparison.recommendation(prefer="balanced")


def test_equal_strategies_leave_the_plain_one():
    values = {"A": (60, 40, 44), "VANILLA": (60, 40, 44)}
    comparison = made(values, changed={"rare MAE": np.full((2, 5), 60.0)})
    assert comparison.recommendation().name == "VANILLA"


def test_failures_are_not_recommended(failing):
    chosen = failing.recommendation(max_overall_cost=np.inf)
    assert chosen.name in ("VANILLA", "never")


def test_nothing_was_measured(data):
    result = compare_strategies(Ridge(), *data, strategies={"broken": Ridge(alpha=-1.0)}, cv=2)
    with pytest.raises(ValueError, match="nothing to choose from: no strategy has an error"):
        result.recommend()


@pytest.mark.parametrize("weights", [False, True])
def test_the_model_is_a_clone_fitted_to_all_rows_with_their_weights(weights):
    X, y = load_diabetes(return_X_y=True)
    weight = np.linspace(0.1, 2, len(y)) if weights else None
    regressor = make_pipeline(StandardScaler(), Ridge())
    result = compare_strategies(
        regressor, X, y, strategies=["VANILLA", "LDS"], random_state=0, sample_weight=weight
    )
    model = result.recommend(max_overall_cost=np.inf)
    assert result.recommendation_.name == "LDS"
    assert result.recommendation_ == result.recommendation(max_overall_cost=np.inf)
    own = WeightedRegressor(regressor, LDSWeighter()).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(model.predict(X), own.predict(X), rtol=1e-9)
    assert not hasattr(result.estimators_["LDS"], "regressor_")
    assert result.recommend(max_overall_cost=np.inf) is not model


def test_any_container_of_features_will_do(data):
    X, y = data
    expected = compare_strategies(LinearRegression(), X, y, strategies=["LDS"], cv=2)
    expected = expected.recommend().predict(X)
    for kind in (pd.DataFrame, sparse.csr_array, np.ndarray.tolist):
        result = compare_strategies(LinearRegression(), kind(X), y, strategies=["LDS"], cv=2)
        model = result.recommend()
        np.testing.assert_allclose(model.predict(kind(X)), expected, rtol=1e-6)


def test_after_a_pickle_the_features_have_to_be_given(data):
    X, y = data
    result = compare_strategies(Ridge(), X, y, strategies=["LDS"], cv=2)
    again = pickle.loads(pickle.dumps(result))
    with pytest.raises(ValueError, match="'X' parameter.*pickled, with its 240 rows. Got None"):
        again.recommend()
    with pytest.raises(ValueError, match="'X' parameter.*Got 9 rows"):
        again.recommend(X=X[:9])
    expected = result.recommend().predict(X)
    np.testing.assert_array_equal(again.recommend(X=X).predict(X), expected)
    np.testing.assert_array_equal(result.recommend().predict(X), expected)  # this one has them


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prefer": "few"}, "'prefer' parameter of .*recommend must be one of rare.*Got 'few'"),
        ({"prefer": 1}, "'prefer' parameter.*Got 1"),
        ({"max_overall_cost": -0.1}, "'max_overall_cost' parameter.*at least 0. Got -0.1"),
        ({"max_overall_cost": "3 %"}, "'max_overall_cost' parameter.*Got '3 %'"),
        ({"max_overall_cost": np.nan}, "'max_overall_cost' parameter.*Got nan"),
    ],
    ids=["few", "1", "negative", "text", "nan"],
)
def test_bad_parameters_are_named(comparison, arguments, message):
    with pytest.raises(ValueError, match=message):
        comparison.recommend(**arguments)
