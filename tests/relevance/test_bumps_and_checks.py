"""Bumps of any relevance, and the forms in which other objects take a relevance."""

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from skdir.relevance import (
    Bump,
    RelevanceFunction,
    check_relevance,
    find_bumps,
    relevance_values,
)
from skdir.relevance._checked_targets import CheckedTargets, check_weighted_target

Y = np.concatenate([np.random.default_rng(0).lognormal(size=200), [0.0, 40.0]])


def smooth(y):
    """A relevance that a user might write."""
    return np.clip(y / 10, 0, 1)


@given(
    y=st.lists(st.integers(-20, 20), min_size=1, max_size=50),
    threshold=st.sampled_from([0.25, 0.5, 0.8, 1]),
)
@settings(deadline=None)
def test_bumps_equal_a_walk_over_the_sorted_targets(y, threshold):
    y = np.array(y, dtype=float)
    relevance = np.abs(np.sin(y))
    relevance[y == 3] = 1
    bumps, index = find_bumps(y, relevance, threshold, caller="test")
    expected = []
    for target, rare in sorted(zip(y, relevance >= threshold)):
        if not expected or expected[-1][1] != rare:
            expected.append(([], rare))
        expected[-1][0].append(target)
    assert bumps == [Bump(min(rows), max(rows), bool(rare), len(rows)) for rows, rare in expected]
    for k, bump in enumerate(bumps):
        rows = y[index == k]
        assert (rows.min(), rows.max(), len(rows)) == (bump.low, bump.high, bump.n_samples)


def test_equal_targets_cannot_be_rare_and_normal():
    with pytest.raises(
        ValueError, match=r"'relevance' parameter of SMOGN .* equal targets.* for 2"
    ):
        find_bumps(np.array([1.0, 2, 2]), np.array([0, 0.1, 0.9]), 0.5, caller="SMOGN")


def test_bump_is_immutable_and_hashable():
    bump = Bump(0.0, 1.0, True, 3)
    with pytest.raises(FrozenInstanceError):
        bump.low = 5.0
    assert {bump: 1}[Bump(0.0, 1.0, True, 3)] == 1


def test_no_relevance_is_the_default_function():
    fitted, values = check_relevance(None, Y, caller="SMOGN")
    assert isinstance(fitted, RelevanceFunction)
    np.testing.assert_array_equal(values, RelevanceFunction().fit_transform(Y))


def test_an_estimator_is_cloned_and_fitted_again():
    relevance = RelevanceFunction(coef=1.0).fit(100 * Y)
    before = relevance.control_points_
    fitted, values = check_relevance(relevance, Y, caller="SMOGN")
    assert fitted is not relevance
    assert relevance.control_points_ is before
    np.testing.assert_array_equal(values, RelevanceFunction(coef=1.0).fit_transform(Y))
    np.testing.assert_array_equal(fitted(Y), values)


def test_an_estimator_is_fitted_with_the_weights():
    weight = np.random.default_rng(1).integers(0, 3, size=len(Y)).astype(float)
    fitted, _ = check_relevance(RelevanceFunction(), Y, weight, caller="SMOGN")
    expected = RelevanceFunction().fit(Y, weight)
    np.testing.assert_array_equal(fitted.control_points_, expected.control_points_)


def test_the_method_of_a_fitted_function_stays_as_it_is():
    relevance = RelevanceFunction().fit(Y)
    fitted, values = check_relevance(relevance.transform, 3 * Y, caller="SMOGN")
    assert fitted == relevance.transform
    np.testing.assert_array_equal(values, relevance(3 * Y))


def test_a_function_is_called():
    fitted, values = check_relevance(smooth, Y, caller="SMOGN")
    assert fitted is smooth
    np.testing.assert_array_equal(values, smooth(Y))


@pytest.mark.parametrize("convert", [np.asarray, list, pd.Series, lambda v: v.astype(np.float32)])
def test_an_array_is_taken_as_it_is_and_copied(convert):
    given_values = convert(np.round(smooth(Y) * 4) / 4)
    fitted, values = check_relevance(given_values, Y, caller="SMOGN")
    np.testing.assert_array_equal(values, np.asarray(given_values))
    assert fitted is values
    assert values.dtype == np.float64
    assert not np.shares_memory(values, np.asarray(given_values))


def test_rounding_beyond_the_unit_interval_is_clipped():
    values = relevance_values([-1e-12, 1 + 1e-12], np.array([1.0, 2]), caller="SMOGN")
    assert values.tolist() == [0, 1]


def test_a_fitted_function_is_not_fitted_to_test_targets():
    relevance = RelevanceFunction().fit(Y)
    np.testing.assert_array_equal(
        relevance_values(relevance, 3 * Y, caller="sera"), relevance(3 * Y)
    )


def test_an_unfitted_function_is_an_error_where_targets_may_be_test_targets():
    with pytest.raises(
        NotFittedError, match=r"'relevance' parameter of sera must be fitted, on tr"
    ):
        relevance_values(RelevanceFunction(), Y, caller="sera")


def test_no_targets_have_no_values():
    assert relevance_values(smooth, np.array([]), caller="sera").shape == (0,)


@pytest.mark.parametrize("relevance", ["extremes", b"x", 0.5, RelevanceFunction, float, object()])
def test_what_is_no_relevance_at_all(relevance):
    with pytest.raises(
        TypeError, match="The 'phi' parameter of SMOGN must be a RelevanceFunction,"
    ):
        check_relevance(relevance, Y, caller="SMOGN", name="phi")


@pytest.mark.parametrize(
    ("relevance", "message"),
    [
        (lambda y: 2 * smooth(y), r"in \[0, 1\]. Got values from 0 to 2"),
        (lambda y: smooth(y) - 1, r"in \[0, 1\]. Got values from -1 to 0"),
        (lambda y: smooth(y)[1:], r"of shape \(202,\), one value for each target. Got \(201,\)"),
        (lambda y: 0.5, "must be a 1-d array of numbers"),
        (lambda y: np.full(len(y), np.nan), "must be finite"),
        (np.ones(5), r"of shape \(202,\)"),
        (np.ones((202, 1)), "must be a 1-d array"),
        (["a"] * 202, "must be an array of real numbers"),
    ],
)
def test_values_that_are_no_relevances(relevance, message):
    with pytest.raises(ValueError, match=message) as caught:
        check_relevance(relevance, Y, caller="SMOGN")
    assert str(caught.value).startswith("The 'relevance' parameter of SMOGN must be")


@pytest.mark.parametrize("convert", [list, tuple, np.float32, pd.Series])
def test_functions_for_third_parties_take_any_container(convert):
    y, weight = convert(Y), convert(np.arange(len(Y)))
    fitted, values = check_relevance(None, y, weight, caller="MySampler")
    y64 = np.asarray(y, dtype=np.float64)
    want = RelevanceFunction().fit(y64, np.arange(len(Y), dtype=float))
    np.testing.assert_array_equal(values, want(y64))
    np.testing.assert_array_equal(relevance_values(fitted, y), values)
    bumps, index = find_bumps(y, convert(values), 0.5)
    assert bumps == want.bumps(y64, 0.5)
    assert np.bincount(index).tolist() == [bump.n_samples for bump in bumps]


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: check_relevance(None, [np.nan, 1.0], caller="MySampler"), "y"),
        (lambda: check_relevance(None, Y, Y[1:], caller="MySampler"), "sample_weight"),
        (lambda: check_relevance(None, np.ones(5), caller="MySampler"), "y"),
        (lambda: relevance_values(smooth, [[1.0]], caller="MySampler"), "y"),
        (lambda: find_bumps([], [], caller="MySampler"), "y"),
        (lambda: find_bumps(Y, smooth, caller="MySampler"), "relevance"),
        (lambda: find_bumps(Y, smooth(Y)[1:], caller="MySampler"), "relevance"),
        (lambda: find_bumps(Y, Y, caller="MySampler"), "relevance"),
        (lambda: find_bumps(Y, smooth(Y), 0, caller="MySampler"), "threshold"),
    ],
)
def test_messages_are_in_the_name_of_the_caller(call, parameter):
    with pytest.raises(ValueError, match=f"^The '{parameter}' parameter of MySampler must be "):
        call()


def test_the_default_warns_in_the_name_of_the_caller():
    with pytest.warns(UserWarning, match="^MySampler got "):
        fitted, _ = check_relevance(None, np.arange(50.0), caller="MySampler")
    assert fitted.method_ == "quantile"


def test_a_copy_of_given_bumps_relevances_is_used():
    relevance = np.array([0.0, 1 + 1e-12])
    assert find_bumps([1, 2], relevance, 1)[0][1].rare
    assert relevance[1] > 1


def test_checked_targets_keep_the_name_of_the_first_caller():
    checked = check_weighted_target([1, 2], [0, 3], caller="first")
    assert check_weighted_target(checked, caller="second") is checked
    assert (checked.y.tolist(), checked.sample_weight.tolist()) == ([1.0, 2.0], [0.0, 3.0])
    with pytest.raises(ValueError, match="'y' parameter of first .* constant"):
        RelevanceFunction().fit(CheckedTargets(np.ones(4), None, "first"))
