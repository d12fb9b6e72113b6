"""Weighted correlations against scipy on repeated rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from skdir.utils._targets.correlation import weighted_pearson, weighted_spearman

PAIRS = [(weighted_pearson, stats.pearsonr), (weighted_spearman, stats.spearmanr)]

rows = st.lists(
    st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 3)), min_size=1, max_size=30
)


def columns(drawn):
    return (np.array(column, dtype=float) for column in zip(*drawn))


@pytest.mark.parametrize(("ours", "scipys"), PAIRS)
@given(drawn=rows)
def test_weighted_correlation_is_that_of_the_repeated_rows(ours, scipys, drawn):
    x, y, weight = columns([row for row in drawn if row[2]] or [(0, 0, 1)])
    repeated = [np.repeat(v, weight.astype(int)) for v in (x, y)]
    got = ours(x, y, weight)
    assert_allclose(got, ours(*repeated), atol=1e-12)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert np.isnan(got)
    else:
        assert_allclose(got, scipys(*repeated).statistic, atol=1e-12)


@pytest.mark.parametrize("ours", [weighted_pearson, weighted_spearman])
def test_perfect_correlation_is_one_on_any_scale(ours):
    x = np.random.default_rng(0).normal(size=1000)
    for scale in (1e-200, 1.0, 1e300):
        for sign in (1, -1):
            assert_allclose(ours(x, sign * scale * x), sign, rtol=1e-12)
            assert abs(ours(x, sign * scale * x)) <= 1


@pytest.mark.parametrize("ours", [weighted_pearson, weighted_spearman])
@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_rows_or_a_constant_have_no_correlation(ours, n):
    assert np.isnan(ours(np.full(n, 0.1), np.arange(n) / 3))
    assert np.isnan(ours(np.arange(n) / 3, np.full(n, 0.1)))


def test_infinite_values_have_no_pearson_correlation():
    assert np.isnan(weighted_pearson(np.array([1.0, np.inf]), np.array([1.0, 2.0])))
