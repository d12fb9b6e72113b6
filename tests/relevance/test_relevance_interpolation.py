"""The monotone cubic through control points."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline

from skdir.relevance import interpolate_relevance
from skdir.relevance._interpolation import limit_slopes


def control_points(columns):
    """Sets of control points, about two thirds of them with slopes that need limiting."""
    gaps = st.lists(st.floats(0.01, 100), min_size=1, max_size=7)
    return gaps.flatmap(
        lambda gaps: st.tuples(
            st.just(np.cumsum([0.0, *gaps])),
            st.lists(st.sampled_from([0, 0.1, 0.3, 0.5, 0.9, 1]), min_size=8, max_size=8),
            st.lists(st.floats(-9, 9), min_size=8, max_size=8),
        )
    ).map(
        lambda parts: np.column_stack(
            [parts[0], *(np.array(part)[: len(parts[0])] for part in parts[1:])]
        )[:, :columns]
    )


def monotone_between(points, n=101):
    """Whether the curve never turns between two neighbours."""
    for left, right in pairwise(points):
        relevance = interpolate_relevance(np.linspace(left[0], right[0], n), points)
        if not (np.diff(relevance) * np.sign(right[1] - left[1]) >= -1e-12).all():
            return False
        if left[1] == right[1] and np.ptp(relevance) > 1e-12:
            return False
    return True


@given(points=control_points(3))
@settings(deadline=None, max_examples=150)
def test_curve_is_monotone_between_control_points(points):
    assert monotone_between(points)


@given(points=control_points(2))
@settings(deadline=None, max_examples=50)
def test_curve_with_estimated_slopes_is_monotone_and_passes_through_the_points(points):
    assert monotone_between(points)
    np.testing.assert_allclose(interpolate_relevance(points[:, 0], points), points[:, 1], atol=1e-9)


@given(points=control_points(3), y=st.lists(st.floats(-1e6, 1e6), max_size=30))
@settings(deadline=None, max_examples=50)
def test_relevance_is_in_the_unit_interval_and_constant_outside(points, y):
    relevance = interpolate_relevance(y, points)
    assert ((relevance >= 0) & (relevance <= 1)).all()
    ends = interpolate_relevance([-1e9, points[0, 0], points[-1, 0], 1e9], points)
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


def test_gentle_slopes_give_the_hermite_cubic():
    points = np.array([[0, 0, 0.1], [2, 0.5, 0.3], [3, 0.9, 0.05], [7, 1, 0.01]])
    y = np.linspace(0, 7, 1001)
    np.testing.assert_allclose(
        interpolate_relevance(y, points), CubicHermiteSpline(*points.T)(y), atol=1e-13
    )


def test_slopes_0_give_the_smoothstep():
    u = np.linspace(0, 1, 11)
    np.testing.assert_allclose(
        interpolate_relevance(10 + 4 * u, [[10, 0, 0], [14, 1, 0]]), 3 * u**2 - 2 * u**3
    )


def test_steep_slopes_are_scaled_to_three_secants():
    limited = limit_slopes(np.array([6.0, 8.0]), np.array([1.0]))
    np.testing.assert_allclose(limited, [1.8, 2.4])  # of length 3, in the same direction


def test_flat_interval_has_slopes_0():
    assert limit_slopes(np.array([2.0, 5.0, 1.0]), np.array([0.0, 1.0])).tolist() == [0, 0, 1]


def test_deviation_limited_until_all_intervals_are_monotone():
    """The flat interval sets a slope to 0, after which the one before turns: one pass is not
    enough."""
    points = np.array([[0, 0, 3.9], [1, 1, 1], [2, 1, 0]])
    one_pass = CubicHermiteSpline(points[:2, 0], points[:2, 1], [3.9, 0])
    assert one_pass(np.linspace(0, 1, 101)).max() > 1.01
    as_given = CubicHermiteSpline(points[:2, 0], points[:2, 1], [3.9, 1])
    assert (np.diff(as_given(np.linspace(0, 1, 101))) > 0).all()
    assert monotone_between(points)


def test_rows_may_come_in_any_order():
    points = np.array([[3, 1, 0], [1, 0, 0.2], [2, 0.5, 0.1]])
    y = np.linspace(0, 4, 50)
    expected = interpolate_relevance(y, points[[1, 2, 0]])
    np.testing.assert_array_equal(interpolate_relevance(y, points), expected)


def test_more_targets_than_a_block():
    y = np.linspace(-1, 11, 50_000)
    relevance = interpolate_relevance(y, [[0, 0], [4, 0.3], [10, 1]])
    parts = [interpolate_relevance(part, [[0, 0], [4, 0.3], [10, 1]]) for part in np.split(y, 10)]
    np.testing.assert_array_equal(relevance, np.concatenate(parts))


def test_no_targets_give_no_relevance():
    assert interpolate_relevance([], [[0, 0], [1, 1]]).shape == (0,)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 0]], "at least two points. Got an array of shape \\(1, 2\\)"),
        ([0, 1], "Got an array of shape \\(2,\\)"),
        ([[0, 0, 0, 0], [1, 1, 0, 0]], "Got an array of shape \\(2, 4\\)"),
        ([[0, 0], [1]], "Got a ragged sequence"),
        ([["a", 0], ["b", 1]], "an array of real numbers. Got dtype .* such as 'a'"),
        ([["0", "0"], ["1", "1"]], "an array of real numbers"),
        ([[0, 0], [10**400, 1]], "a number beyond float64"),
        (np.ma.array([[0.0, 0], [1, 1]], mask=[[0, 0], [1, 0]]), "without masked values"),
        (None, "Got an array of shape"),
        ([[0, 0], [np.nan, 1]], "finite .* Got 1 NaN and 0 infinity"),
        ([[0, 0], [1, 1.01]], r"relevance in \[0, 1\]. Got a relevance of 1.01"),
        ([[0, -0.5], [1, 1]], "Got a relevance of -0.5"),
        ([[3, 0], [1, 1], [3, 1]], "distinct targets. Got 3 twice"),
        ([[-1.7e308, 0], [1.7e308, 1]], "float64 can hold"),
        ([[0, 0], [1e-320, 1]], "float64 can hold"),
    ],
)
def test_bad_control_points(points, message):
    with pytest.raises(ValueError, match=message) as caught:
        interpolate_relevance([1.0], points)
    assert "The 'control_points' parameter of interpolate_relevance must be" in str(caught.value)


def test_bad_targets():
    with pytest.raises(ValueError, match="The 'y' parameter of interpolate_relevance"):
        interpolate_relevance([np.nan], [[0, 0], [1, 1]])
