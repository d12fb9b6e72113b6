"""Bumps of any relevance, and the forms in which other objects take a relevance."""

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from skdir.relevance import Bump, RelevanceFunction
from skdir.relevance._bumps import check_two_bumps, find_bumps
from skdir.relevance._values import check_relevance, relevance_values

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


@pytest.mark.parametrize(("value", "what"), [(0.9, "rare"), (0.1, "normal")])
def test_one_bump_is_an_error_that_says_what_all_targets_are(value, what):
    y, relevance = np.array([1.0, 2, 3]), np.array([value, value, value])
    bumps, _ = find_bumps(y, relevance, 0.5, caller="SMOGN")
    with pytest.raises(
        ValueError,
        match=f"'threshold' parameter of SMOGN .* Got 0.5, where all 3 .* are {what} .*{value}",
    ):
        check_two_bumps(bumps, relevance, 0.5, learned=False, caller="SMOGN")
    with pytest.warns(
        UserWarning,
        match=f"^SMOGN finds nothing to balance: all 3 targets are {what} .*{value}.* 0.5",
    ):
        check_two_bumps(bumps, relevance, 0.5, learned=True, caller="SMOGN")


def test_two_bumps_are_no_error():
    bumps, _ = find_bumps(np.array([1.0, 2]), np.array([0.0, 1]), 0.5, caller="SMOGN")
    for learned in (True, False):
        check_two_bumps(bumps, np.array([0.0, 1]), 0.5, learned=learned, caller="SMOGN")


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
