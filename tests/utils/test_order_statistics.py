"""Order statistics of weighted targets against numpy's, over rows that are repeated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skdir.utils._targets.order_statistics import (
    SortedTargets,
    quantile_index,
    weighted_quantile,
)

weighted_targets = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(0, 4)), min_size=1, max_size=25
).filter(lambda rows: any(weight for _, weight in rows))


def naive_hinges(y):
    """Medians of the lower and the upper half, the middle row in both."""
    y, half = np.sort(y), (len(y) + 1) // 2
    return np.median(y[:half]), np.median(y[-half:])


@given(rows=weighted_targets)
@settings(deadline=None, max_examples=200)
def test_weights_equal_repeated_rows(rows):
    y, weight = np.array(rows, dtype=float).T
    weighted, repeated = SortedTargets(y, weight), SortedTargets(np.repeat(y, weight.astype(int)))
    assert weighted.median() == repeated.median() == np.median(repeated.y)
    assert weighted.hinges() == repeated.hinges() == naive_hinges(repeated.y)
    assert (weighted.low, weighted.high) == (repeated.low, repeated.high)
    for share in (0, 0.05, 0.1, 0.25, 0.5):
        assert weighted.quantile_from_below(share) == repeated.quantile_from_below(share)
        assert weighted.quantile_from_above(share) == repeated.quantile_from_above(share)
    for value in (-9, -1, 0, 0.5, 9):
        assert weighted.share_below(value) == pytest.approx((repeated.y < value).mean())
        assert weighted.share_equal(value) == pytest.approx((repeated.y == value).mean())
        assert weighted.next_below(value) == repeated.next_below(value)
        assert weighted.next_above(value) == repeated.next_above(value)


@given(
    y=st.lists(st.integers(-5, 5), min_size=1, max_size=25),
    share=st.sampled_from([0, 0.1, 0.3, 0.5]),
)
@settings(deadline=None)
def test_quantiles_hold_at_least_their_share(y, share):
    targets = SortedTargets(np.array(y, dtype=float))
    low, high = targets.quantile_from_below(share), targets.quantile_from_above(share)
    assert np.mean(np.array(y) <= low) >= share
    assert np.mean(np.array(y) < low) <= share
    assert np.mean(np.array(y) >= high) >= share
    mirrored = SortedTargets(-np.array(y, dtype=float))
    assert mirrored.quantile_from_below(share) == -high


@pytest.mark.parametrize("weight", [0.1, 1 / 3, 2.5])
def test_equal_weights_that_are_not_whole_change_nothing(weight):
    y = np.random.default_rng(0).normal(size=57)
    targets = SortedTargets(y, np.full(57, weight))
    assert targets.weight is None
    assert targets.hinges() == naive_hinges(y)


def test_the_largest_numbers_do_not_overflow():
    targets = SortedTargets(np.array([1.5e308, 1.6e308, 1.7e308, 1.7e308]))
    assert targets.median() == pytest.approx(1.65e308)


@given(rows=weighted_targets, share=st.floats(0, 1))
@settings(deadline=None, max_examples=300)
def test_weighted_quantiles_are_numpys_over_repeated_rows(rows, share):
    y, weight = np.array(rows, dtype=float).T
    repeated = np.repeat(y, weight.astype(int))
    # shares are taken a hair smaller, so that those at a step stay below it
    share = round(share, 6)
    want = np.quantile(repeated, share * (1 - 1e-12), method="inverted_cdf")
    assert weighted_quantile(y, share, weight) == weighted_quantile(repeated, share) == want
    assert weighted_quantile(y, [share, 0.5], weight)[0] == want


def test_weighted_quantile_counts_weights_as_rows():
    y, weight = np.array([3.0, 1, 2, 9]), np.array([1, 2, 0.0, 5])
    for p in (0.0, 0.2, 0.25, 0.3, 0.375, 0.5, 1.0):
        expected = np.quantile(np.repeat(y, weight.astype(int)), p, method="inverted_cdf")
        assert weighted_quantile(y, p, weight) == expected


@given(rows=weighted_targets, share=st.sampled_from([0, 0.1, 0.25, 1 / 3, 0.5, 0.9]))
@settings(deadline=None)
def test_quantiles_do_not_depend_on_the_order_in_which_weights_are_summed(rows, share):
    y, weight = np.array(rows, dtype=float).T
    weight *= 0.1  # whose sums differ in their last digits
    there = weight > 0
    y, weight = y[there], weight[there]
    forward = weighted_quantile(y, share, weight)
    assert forward == weighted_quantile(y[::-1], share, weight[::-1])
    assert forward == -SortedTargets(-y, weight).quantile_from_above(share)


def test_a_share_that_rounding_has_raised_finds_the_row_before_it():
    mass = np.cumsum(np.full(10, 0.1))
    assert mass[2] > 0.3 * mass[-1]  # 0.30000000000000004
    assert quantile_index(mass, [0.3, 0.7, 1.0]).tolist() == [2, 6, 9]
    assert quantile_index(np.cumsum([3, 4, 3]), [0, 0.3, 0.7, 0.71]).tolist() == [0, 0, 1, 2]


def test_quantiles_of_weights_whose_sum_overflows():
    y = np.arange(10.0)
    for weight in (np.full(10, 1.7e308), np.full(10, 5e-324), None):
        np.testing.assert_array_equal(weighted_quantile(y, [0, 0.25, 0.5, 1], weight), [0, 2, 4, 9])
    heavy = np.append(np.full(9, 1e300), 1.7e308)
    assert weighted_quantile(y, [0.5], heavy)[0] == 9


def test_rounding_of_cumulative_masses_moves_no_row():
    """Up to row k of n equal ones there is the share k / n, whatever the last digits of sums."""
    for n in range(2, 200):
        share = np.arange(1, n) / n
        for mass in (np.cumsum(np.full(n, 0.1)), np.cumsum(np.full(n, 1 / 3))):
            np.testing.assert_array_equal(quantile_index(mass, share), np.arange(n - 1))
