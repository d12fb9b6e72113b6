"""RelevanceFunction: properties, weights, scikit-learn's conventions, bumps.

The common checks (tests/test_common.py) test the rest.
"""

import re
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from skdir.relevance import Bump, RelevanceFunction

RNG = np.random.default_rng(0)
SKEWED = np.concatenate([RNG.lognormal(size=300), -RNG.lognormal(size=40)])
POINTS = [[-2, 1], [0, 0], [3, 0.4], [8, 1]]
RELEVANCES = {
    "tukey": RelevanceFunction(),
    "tukey high": RelevanceFunction(extremes="high"),
    "tukey low": RelevanceFunction(extremes="low", coef=0.5),
    "adjusted": RelevanceFunction(boxplot="adjusted"),
    "adjusted low": RelevanceFunction(boxplot="adjusted", extremes="low", coef=1),
    "quantile": RelevanceFunction(method="quantile"),
    "quantile high": RelevanceFunction(method="quantile", extremes="high", quantiles=(0.2, 0.95)),
    "density": RelevanceFunction(method="density"),
    "density low": RelevanceFunction(method="density", extremes="low", bandwidth=0.4),
    "control points": RelevanceFunction(method="control_points", control_points=POINTS),
}
each = pytest.mark.parametrize("relevance", RELEVANCES.values(), ids=RELEVANCES)
each_fitted_by_y = pytest.mark.parametrize(
    "relevance", list(RELEVANCES.values())[:-1], ids=list(RELEVANCES)[:-1]
)


# ---------------------------------------------------------------------------- properties

targets = st.lists(st.integers(-20, 20), min_size=2, max_size=40).filter(lambda y: len(set(y)) > 1)
settings_of = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["extremes", "quantile"]),
        "extremes": st.sampled_from(["both", "high", "low"]),
        "boxplot": st.sampled_from(["tukey", "adjusted"]),
        "coef": st.sampled_from([0.25, 1, 1.5]),
    }
)


def fit_or_none(params, y, sample_weight=None):
    """The fitted function, None for a target without relevant values."""
    try:
        relevance = RelevanceFunction(**{"degenerate": "raise", **params})
        return relevance.fit(np.array(y, dtype=float), sample_weight)
    except ValueError as error:
        if "must be a target with relevant values" in str(error):
            return None
        raise


@given(params=settings_of, y=targets, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=150)
def test_relevance_is_in_the_unit_interval_permutation_invariant_and_equivariant(params, y, seed):
    y = np.array(y, dtype=float)
    relevance = fit_or_none(params, y)
    for other, transformed in (
        (np.random.default_rng(seed).permutation(y), lambda values: values),
        (4 * y - 24, lambda values: 4 * values - 24),
        (y / 1024, lambda values: values / 1024),
        (y * 2.0**900, lambda values: values * 2.0**900),
    ):
        same = fit_or_none(params, other)
        assert (same is None) == (relevance is None)
        if same is not None:
            np.testing.assert_allclose(same(transformed(y)), relevance(y), atol=1e-9)
    if relevance is not None:
        grid = np.linspace(-30, 30, 121)
        phi = relevance(grid)
        assert ((phi >= 0) & (phi <= 1)).all()
        median = np.median(y)
        assert (np.diff(phi[grid <= median]) <= 1e-12).all()
        assert (np.diff(phi[grid >= median]) >= -1e-12).all()
        assert relevance([median]) == 0


@given(params=settings_of, y=targets)
@settings(deadline=None, max_examples=100)
def test_degenerate_quantile_works_for_every_target_with_both_sides(params, y):
    params = {**params, "extremes": "both", "degenerate": "quantile"}
    relevance = RelevanceFunction(**params).fit(y)
    assert np.isfinite(relevance.control_points_).all()
    assert relevance.control_points_[:, 1].max() == 1


@given(params=settings_of, y=targets, data=st.data())
@settings(deadline=None, max_examples=100)
def test_weight_2_equals_the_row_twice_and_weight_0_no_row(params, y, data):
    weight = data.draw(st.lists(st.integers(0, 3), min_size=len(y), max_size=len(y)))
    repeated = np.repeat(y, weight)
    if len(set(repeated)) < 2:
        return
    weighted, expected = fit_or_none(params, y, weight), fit_or_none(params, repeated)
    assert (weighted is None) == (expected is None)
    if expected is not None:
        np.testing.assert_allclose(
            weighted.control_points_, expected.control_points_, rtol=1e-12, atol=1e-12
        )


@each
def test_weights_of_one_change_nothing(relevance):
    weighted = clone(relevance).fit(SKEWED, np.full(len(SKEWED), 1.0))(SKEWED)
    np.testing.assert_allclose(weighted, clone(relevance).fit_transform(SKEWED), atol=1e-9)


def test_rows_of_weight_0_move_no_control_point():
    y, weight = np.append(SKEWED, [1e6, -1e6]), np.append(np.ones(len(SKEWED)), [0, 0])
    for relevance in RELEVANCES.values():
        with_rows = clone(relevance).fit(y, weight)(SKEWED)
        np.testing.assert_allclose(with_rows, clone(relevance).fit_transform(SKEWED), atol=1e-9)


def test_all_weight_on_one_value_is_a_constant_target():
    with pytest.raises(ValueError, match="Got the constant 2 instead"):
        RelevanceFunction().fit([1, 2, 2, 9], [0, 1, 0.5, 0])


@each_fitted_by_y
def test_shift_and_scale_change_nothing(relevance):
    if relevance.bandwidth == 0.4:  # in units of y
        scaled = clone(relevance).set_params(bandwidth=400)
    else:
        scaled = clone(relevance)
    expected = clone(relevance).fit_transform(SKEWED)
    np.testing.assert_allclose(scaled.fit_transform(1000 * SKEWED + 5e4), expected, atol=1e-6)


@pytest.mark.parametrize(
    "convert",
    [
        list,
        tuple,
        pd.Series,
        lambda y: y.astype(np.int64),
        lambda y: y.astype(np.int8),
        lambda y: y.astype(np.float32),
        lambda y: y.astype(object),
        lambda y: pd.Series(y, index=y[::-1], dtype="Int64"),
        lambda y: np.repeat(y, 2)[::2],
    ],
    ids=["list", "tuple", "Series", "int", "int8", "float32", "object", "Int64", "strided"],
)
@each
def test_containers_and_dtypes(relevance, convert):
    y = np.round(SKEWED * 3).clip(-100, 100)
    expected = clone(relevance).fit_transform(y)
    np.testing.assert_array_equal(clone(relevance).fit_transform(convert(y)), expected)


def test_boolean_target():
    y = np.array([False] * 90 + [True] * 10)
    phi = RelevanceFunction(degenerate="quantile").fit_transform(y)
    np.testing.assert_array_equal(phi, y.astype(float))


@each
def test_input_is_not_modified_and_not_kept(relevance):
    y, weight = SKEWED.copy(), np.random.default_rng(0).uniform(size=len(SKEWED))
    copies = y.copy(), weight.copy()
    y.flags.writeable = weight.flags.writeable = False
    fitted = clone(relevance).fit(y, weight)
    fitted.transform(y)
    fitted.bumps(y)
    np.testing.assert_array_equal(y, copies[0])
    np.testing.assert_array_equal(weight, copies[1])


def test_control_points_given_are_not_modified():
    points = np.array([[3.0, 1, -5], [0, 0, 9], [5, 0, 0]])
    before = points.copy()
    RelevanceFunction(method="control_points", control_points=points).fit([1])
    np.testing.assert_array_equal(points, before)


# ---------------------------------------------------------------------------- conventions


def test_parameters_through_an_outer_estimator():
    class Outer(BaseEstimator):
        def __init__(self, relevance=None):
            self.relevance = relevance

    outer = Outer(RelevanceFunction()).set_params(relevance__coef=3, relevance__extremes="high")
    assert clone(outer).get_params()["relevance__coef"] == 3
    assert outer.relevance.fit(SKEWED).control_points_[0].tolist() == [SKEWED.min(), 0, 0]


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_set_params,
    ],
    ids=lambda check: check.__name__,
)
def test_scikit_learn_checks_that_need_no_features(check):
    check("RelevanceFunction", RelevanceFunction())


def test_repr_names_only_what_was_changed():
    assert repr(RelevanceFunction(coef=2.0)) == "RelevanceFunction(coef=2.0)"


@pytest.mark.parametrize("method", ["transform", "bumps", "__call__"])
def test_unfitted_function_says_so(method):
    with pytest.raises(NotFittedError, match="RelevanceFunction instance is not fitted yet"):
        getattr(RelevanceFunction(), method)([1.0, 2.0])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"method": "tails"}, "The 'method' parameter of RelevanceFunction must be a str among"),
        ({"method": None}, "The 'method' parameter"),
        ({"extremes": "upper"}, "The 'extremes' parameter of RelevanceFunction must be a str"),
        ({"coef": 0}, r"The 'coef' parameter of RelevanceFunction must be .* Got 0 instead"),
        ({"coef": -1.5}, "The 'coef' parameter"),
        ({"coef": np.nan}, "The 'coef' parameter"),
        ({"coef": "1.5"}, "The 'coef' parameter"),
        ({"boxplot": "medcouple"}, "The 'boxplot' parameter"),
        ({"degenerate": "ignore"}, "The 'degenerate' parameter"),
        ({"bandwidth": 0}, "The 'bandwidth' parameter"),
        ({"bandwidth": "silver"}, "The 'bandwidth' parameter"),
        ({"quantiles": 0.1}, "The 'quantiles' parameter"),
        ({"quantiles": (0.1,)}, r"The 'quantiles' parameter .* Got \(0.1,\) instead"),
        ({"quantiles": (0.1, 0.5, 0.9)}, "The 'quantiles' parameter"),
        ({"quantiles": (0.9, 0.1)}, r"first in \[0, 0.5\) and the second in \(0.5, 1\]"),
        ({"quantiles": (0.1, 1.1)}, "The 'quantiles' parameter"),
        ({"quantiles": (0.1, np.nan)}, "The 'quantiles' parameter"),
        ({"quantiles": ("a", "b")}, "The 'quantiles' parameter"),
        ({"control_points": 3, "method": "control_points"}, "The 'control_points' parameter"),
        ({"control_points": POINTS}, "'control_points' with control points given. Got 'extremes'"),
        ({"method": "control_points"}, "given with method='control_points'. Got None"),
        (
            {"method": "control_points", "control_points": [[1, 2], [3, 4]]},
            "The 'control_points' parameter of RelevanceFunction must be points with a relevance",
        ),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        RelevanceFunction(**params).fit(SKEWED)


@pytest.mark.parametrize(
    "y",
    [[], [[1.0], [2.0]], ["a", "b"], [1, np.nan, 2], [1, np.inf], 3.0, None, [1, None]],
    ids=str,
)
@pytest.mark.parametrize("method", ["fit", "transform", "bumps"])
def test_bad_targets(method, y):
    if method == "transform" and y == []:
        return  # no targets have no relevance
    relevance = RelevanceFunction().fit(SKEWED)
    message = re.escape(f"The 'y' parameter of RelevanceFunction.{method} must be")
    with pytest.raises(ValueError, match=message):
        getattr(relevance, method)(y)


@pytest.mark.parametrize("weight", [[1, -1, 1], [0, 0, 0], [1, np.nan, 1], [1, 1], ["a"] * 3])
def test_bad_weights(weight):
    with pytest.raises(ValueError, match=r"The 'sample_weight' parameter of RelevanceFunction.fit"):
        RelevanceFunction().fit([1, 2, 3], weight)


# ---------------------------------------------------------------------------- bumps


def test_bumps_alternate_and_hold_all_targets():
    y = [-41, -40, *range(1, 22), 60, 61]
    bumps = RelevanceFunction().fit(y).bumps(y, threshold=0.5)
    assert bumps == [
        Bump(low=-41.0, high=6.0, rare=True, n_samples=8),
        Bump(low=7.0, high=15.0, rare=False, n_samples=9),
        Bump(low=16.0, high=61.0, rare=True, n_samples=8),
    ]


def test_bumps_of_other_targets_than_those_fitted_to():
    relevance = RelevanceFunction().fit([-41, -40, *range(1, 22), 60, 61])
    assert relevance.bumps([10, 11]) == [Bump(10.0, 11.0, False, 2)]
    assert relevance.bumps([99]) == [Bump(99.0, 99.0, True, 1)]


@pytest.mark.parametrize("threshold", [0, -0.1, 1.01, np.nan, "0.5", None, True])
def test_bad_thresholds(threshold):
    with pytest.raises(ValueError, match=r"The 'threshold' parameter of RelevanceFunction.bumps"):
        RelevanceFunction().fit(SKEWED).bumps(SKEWED, threshold=threshold)


# ---------------------------------------------------------------------------- speed


def test_a_million_targets_take_less_than_a_second():
    y = np.random.default_rng(0).lognormal(size=1_000_000)
    start = time.perf_counter()
    RelevanceFunction().fit_transform(y)
    assert time.perf_counter() - start < 3  # 0.05 s alone on one core
