"""The medcouple, with and without weights, against plain definitions."""

import time
from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from statsmodels.stats.stattools import medcouple as statsmodels_medcouple

from skdir.relevance import RelevanceFunction
from skdir.relevance._medcouple import medcouple, medcouple_middles
from skdir.utils._targets.order_statistics import SortedTargets

SAMPLES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "lognormal": lambda rng, n: rng.lognormal(size=n),
    "left skew": lambda rng, n: -rng.exponential(size=n),
    "heavy tails": lambda rng, n: rng.standard_cauchy(size=n),
    "ties": lambda rng, n: rng.integers(0, 6, size=n).astype(float),
    "zero-inflated": lambda rng, n: np.maximum(rng.normal(size=n), 0),
    "rounded": lambda rng, n: np.round(rng.exponential(size=n), 1),
}


def naive_middles(y):
    """The two middle kernel values from the whole kernel matrix."""
    y = np.sort(y)
    median = np.median(y)
    above, below = y[y >= median][::-1], y[y <= median][::-1]
    n_equal = (y == median).sum()
    values = []
    for i, high in enumerate(above):
        for j, low in enumerate(below):
            if high == low:
                position = i - (len(above) - n_equal)
                values.append(np.sign(n_equal - 1 - position - j))
            else:
                values.append(((high - median) - (median - low)) / (high - low))
    values = np.sort(values)
    return values[(len(values) - 1) // 2], values[len(values) // 2]


@pytest.mark.parametrize("n", [2, 3, 4, 7, 30, 61, 150])
@pytest.mark.parametrize("kind", SAMPLES)
def test_medcouple_equals_its_definition(kind, n):
    y = SAMPLES[kind](np.random.default_rng(n), n)
    if np.ptp(y) == 0:
        y[0] += 1
    middles = medcouple_middles(SortedTargets(y))
    np.testing.assert_allclose(middles, naive_middles(y), atol=1e-13)
    assert medcouple(SortedTargets(y)) == np.mean(middles)


@pytest.mark.parametrize("kind", SAMPLES)
def test_medcouple_equals_statsmodels(kind):
    y = SAMPLES[kind](np.random.default_rng(0), 3001)
    expected = float(statsmodels_medcouple(y))
    np.testing.assert_allclose(medcouple(SortedTargets(y)), expected, atol=1e-12)


@pytest.mark.parametrize("kind", SAMPLES)
def test_medcouple_with_weights_equals_repeated_rows(kind):
    rng = np.random.default_rng(1)
    y, weight = SAMPLES[kind](rng, 400), rng.integers(0, 4, size=400).astype(float)
    repeated = SortedTargets(np.repeat(y, weight.astype(int)))
    expected = medcouple_middles(repeated)
    np.testing.assert_allclose(medcouple_middles(SortedTargets(y, weight)), expected, atol=1e-13)


@pytest.mark.parametrize("kind", SAMPLES)
def test_medcouple_changes_sign_with_the_target(kind):
    y = SAMPLES[kind](np.random.default_rng(2), 5000)
    weight = np.random.default_rng(3).uniform(size=5000)
    for weights in (None, weight):
        plus, minus = (medcouple(SortedTargets(s * y, weights)) for s in (1, -1))
        np.testing.assert_allclose(plus, -minus, atol=1e-3 if weights is not None else 1e-13)


@pytest.mark.parametrize(
    "y",
    [
        np.random.default_rng(0).lognormal(size=20_000),
        np.concatenate([np.zeros(5000), np.arange(4000.0)]),
        1.001 ** np.arange(4000),  # the same ratios over and over, but for rounding
        np.concatenate([-(2.0 ** np.arange(500)), [0], 2.0 ** np.arange(500)]),
    ],
    ids=["lognormal", "zeros", "geometric", "powers of two"],
)
def test_medcouple_does_not_depend_on_the_pairs_drawn(y):
    found = [medcouple_middles(SortedTargets(y), seed=seed) for seed in range(5)]
    np.testing.assert_allclose(found, np.tile(found[0], (5, 1)), atol=1e-13)


def test_medcouple_of_powers_of_two_is_exactly_0():
    powers = 2.0 ** np.arange(500)
    assert medcouple(SortedTargets(np.concatenate([-powers, [0], powers]))) == 0


def test_medcouple_of_a_wide_range():
    y = np.array([0, 1e-300, 2e-300, 1e300, 1.7e308])
    np.testing.assert_allclose(medcouple_middles(SortedTargets(y)), naive_middles(y), atol=1e-13)


def test_medcouple_of_a_million_targets_takes_seconds_and_few_copies():
    targets = SortedTargets(np.random.default_rng(0).lognormal(size=1_000_000))
    start = time.perf_counter()
    result = medcouple(targets)
    assert time.perf_counter() - start < 10  # 0.4 s alone on one core
    # the population's, from the quantile function of the log-normal, is near 0.4
    assert 0.39 < result < 0.41


def test_other_weights_do_not_depend_on_their_scale():
    rng = np.random.default_rng(0)
    y, weight = rng.normal(size=101), rng.uniform(0.5, 2, size=101)
    first, second = SortedTargets(y, weight), SortedTargets(y, weight / weight.sum())
    assert first.hinges() == second.hinges()
    assert first.median() == second.median()
    np.testing.assert_allclose(medcouple(first), medcouple(second), atol=1e-12)
    # half of the mass is on either side of the median, a quarter beyond each hinge
    order = np.argsort(y)
    for value, share in zip((first.hinges()[0], first.median(), first.hinges()[1]), (1, 2, 3)):
        below = weight[order][y[order] < value].sum() / weight.sum()
        assert abs(below - share / 4) < 0.03


def exact_medcouple(y):
    """By the definition, in fractions, with the median rounded as float64 rounds it."""
    middle = Fraction(float(SortedTargets(y).median()))
    y = [Fraction(float(value)) for value in y]
    n = y.count(middle)
    values = [1] * (n * (n - 1) // 2) + [0] * n + [-1] * (n * (n - 1) // 2)
    for a in (value for value in y if value >= middle):
        values += [(a + b - 2 * middle) / (a - b) for b in y if b <= middle and b < a]
    return float(median(values))


_RNG = np.random.default_rng(0)
TINY = 5e-324  # the smallest number of float64
EXTREME = {
    "subnormal": TINY * np.arange(20),
    "subnormal, ties": TINY * _RNG.integers(0, 50, 101),
    "below normal": 1e-310 * _RNG.normal(size=71),
    "subnormal and huge": np.r_[TINY * np.arange(1, 30), 1e300 * _RNG.random(30)],
    "ratios beyond float64": np.r_[-1e300 * _RNG.random(40), 0, TINY * np.arange(1, 40)],
    "ratios below float64": np.r_[-TINY * np.arange(1, 40), 0, 1e308 * _RNG.random(40)],
    "all magnitudes": _RNG.choice([-1, 1], 101) * 10.0 ** _RNG.uniform(-320, 300, 101),
    "two neighbours": np.repeat([0, TINY], [10, 11]),
}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", EXTREME)
def test_medcouple_of_the_smallest_and_largest_numbers(name, sign):
    y = sign * EXTREME[name]
    assert medcouple(SortedTargets(y)) == pytest.approx(exact_medcouple(y), abs=1e-12)


@pytest.mark.parametrize("boxplot", ["tukey", "adjusted"])
@pytest.mark.parametrize("method", ["extremes", "quantile"])
@pytest.mark.parametrize("name", EXTREME)
def test_relevance_of_the_smallest_and_largest_numbers(name, method, boxplot):
    y = EXTREME[name]
    relevance = RelevanceFunction(method=method, boxplot=boxplot, degenerate="quantile").fit(y)
    values = relevance.transform(y)
    assert ((values >= 0) & (values <= 1)).all()
    assert np.ptp(values) > 0.1
