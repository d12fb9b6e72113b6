"""New targets keep the sign of the old ones, and stay in [0, 1] where all of those are in it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import halfnorm
from sklearn.linear_model import GammaRegressor

from skdir.ensemble import ResampledBaggingRegressor
from skdir.resampling import SMOGN, WERCS, BaseResampler, GaussianNoise, SmoteR
from skdir.utils._containers.bounds import natural_bounds

RNG = np.random.default_rng(0)
N = 300
X = RNG.normal(size=(N, 3))
ZEROS = np.where(RNG.random(N) < 0.6, 0.0, RNG.gamma(1.0, size=N))
TARGETS = {
    "positive": RNG.gamma(0.5, size=N),
    "none negative": ZEROS,
    "negative": -RNG.gamma(0.5, size=N),
    "none positive": -ZEROS,
    "inside [0, 1]": RNG.beta(0.3, 0.3, N),
    "shares with 0 and 1": np.clip(RNG.normal(0.5, 0.6, N), 0, 1),
    "shares with 0": np.clip(RNG.normal(0.1, 0.3, N), 0, 0.99),
    "shares with 1": np.clip(RNG.normal(0.9, 0.3, N), 0.01, 1),
}
NOISY = {
    "GaussianNoise": GaussianNoise(perturbation=2.0),
    "SMOGN": SMOGN(perturbation=2.0, safe_distance="neighbors", k_neighbors=50),
    "WERCS": WERCS(noise=True, perturbation=2.0, under=0.1),
}
noisy = pytest.mark.parametrize("name", NOISY)


def tails(y):
    """The lowest and the highest are rare, so that noise meets both ends."""
    return np.where((y <= np.quantile(y, 0.25)) | (y >= np.quantile(y, 0.75)), 1.0, 0.1)


def made(sampler, y, X=X):
    sampler = sampler.set_params(random_state=0)
    new = sampler.fit_resample(X, y)[1]
    return np.asarray(new, dtype=float)[sampler.synthetic_mask_]


def assert_possible(new, y):
    """Compare signs and ends one by one, as a reader of the rule would."""
    low, high = min(y), max(y)
    assert len(new) > 10
    for value in new:
        if low > 0:
            assert value > 0
        elif low == 0:
            assert value >= 0
        if high < 0:
            assert value < 0
        elif high == 0:
            assert value <= 0
        if low >= 0 and high < 1:
            assert value < 1
        elif low >= 0 and high == 1:
            assert value <= 1


@noisy
@pytest.mark.parametrize("kind", TARGETS)
def test_noise_makes_possible_targets(name, kind):
    y = TARGETS[kind]
    new = made(NOISY[name].set_params(relevance=tails(y)), y)
    assert_possible(new, y)
    assert not np.isin(new, y).all()  # there is noise


@noisy
def test_targets_of_both_signs_may_leave_them(name):
    y = X[:, 0] + 1.5
    new = made(NOISY[name].set_params(relevance=tails(y)), y)
    assert new.min() < y.min() or new.max() > y.max()


@pytest.mark.filterwarnings("ignore:.*got targets:UserWarning")
@pytest.mark.parametrize("sampler", [GaussianNoise, SMOGN, lambda: WERCS(noise=True)])
@pytest.mark.parametrize("kind", TARGETS)
def test_with_defaults(sampler, kind):
    y = TARGETS[kind]
    assert_possible(made(sampler(), y), y)


def test_a_lone_row_keeps_the_sign():
    y = np.r_[1e-9, RNG.uniform(5, 9, size=99)]
    with pytest.warns(UserWarning, match="one row only"):
        new = made(SmoteR(relevance=(y < 1).astype(float), sampling_strategy={0: 80}), y, X[:100])
    assert (new > 0).all() and len(set(new)) == 79


def test_reflection_makes_no_pile_and_keeps_the_law_of_distances():
    # seeds at 0 alone with noise of deviation s: mirrored at 0, |N(0, s^2)|
    y = np.r_[np.zeros(50), np.full(500, 3.0), np.full(5, 4.0)]
    rows = RNG.normal(size=(len(y), 2))
    sampler = WERCS(relevance=(y == 0).astype(float), over=20.0, under=0.0, noise=True)
    new = made(sampler, y, rows)
    assert len(np.unique(new)) == len(new)
    deviation = 0.1 * y.std(ddof=1)
    for share in (0.1, 0.5, 0.9):
        expected = halfnorm(scale=deviation).ppf(share)
        assert np.quantile(new, share) == pytest.approx(expected, rel=0.06)


def test_only_what_is_beyond_is_mirrored():
    y = TARGETS["positive"]
    sampler = WERCS(relevance=tails(y), over=3.0, under=0.0, noise=True, perturbation=0.5)
    new = made(sampler, y)
    shifted = made(sampler.set_params(relevance=tails(y)), y - y.min() - 1.0)  # of both signs
    before = shifted + y.min() + 1.0
    np.testing.assert_allclose(new, np.abs(before), atol=1e-12)
    assert (before < 0).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, object])
@pytest.mark.parametrize(("sign", "least"), [(1, 1), (1, 0), (-1, 1), (-1, 0)])
def test_whole_numbers_stay_whole_and_of_their_sign(dtype, sign, least):
    if dtype is np.uint8 and sign < 0:
        dtype = np.int8
    y = np.array([int(v) for v in sign * (RNG.poisson(2.0, N).clip(0, 9) + least)], dtype=dtype)
    sampler = WERCS(
        noise=True, perturbation=3.0, relevance=np.ones(N), over=2.0, under=0.0, random_state=0
    )
    _, y_new = sampler.fit_resample(X, y)
    new = y_new[sampler.synthetic_mask_]
    assert y_new.dtype == dtype and all(int(v) == v for v in new)
    assert min(sign * v for v in new) == least
    assert len(set(new) - set(y)) > 0


@pytest.mark.parametrize("whole", [[0, 1], [1, 2]])
def test_binary_integers_stay_binary(whole):
    y = np.repeat(whole, [250, 50])
    sampler = GaussianNoise(perturbation=3.0, relevance=(y == whole[1]).astype(float))
    new = made(sampler, y)
    assert set(new) <= ({0, 1} if whole == [0, 1] else set(range(1, 99)))


TINY = np.r_[RNG.uniform(1e-45, 3e-45, 50), RNG.uniform(0.5, 0.9, 250)]
TYPES = {
    "float32": lambda y: y.astype(np.float32),
    "float16": lambda y: np.maximum(y, 6e-8).astype(np.float16),
    "Series of float32": lambda y: pd.Series(y.astype(np.float32)),
    "polars Float32": lambda y: pl.Series(y.astype(np.float32)),
    "polars Decimal": lambda y: pl.Series(np.maximum(y, 0.01)).cast(pl.Decimal(10, 2)),
}


@pytest.mark.parametrize("kind", TYPES)
def test_rounding_to_the_type_of_y_reaches_no_open_end(kind):
    y = TYPES[kind](TINY)
    numbers = np.asarray(y, dtype=float)
    assert numbers.min() > 0
    relevance = (np.arange(N) < 50).astype(float)
    for perturbation in (1e-3, 0.5, 50.0):
        sampler = WERCS(noise=True, over=5.0, relevance=relevance, perturbation=perturbation)
        new = made(sampler, y)
        assert (new > 0).all() and (new < 1).all()


def test_targets_of_an_algorithm_of_ones_own_are_possible_too():
    class Down(BaseResampler):
        def _generate(self, X, y, n_new, rng):
            seeds = rng.randint(len(y), size=n_new)
            return X.take(seeds), y[seeds] - 100.0, seeds

    y = TARGETS["positive"]
    assert (made(Down(relevance=tails(y)), y) > 0).all()


def test_a_bag_of_resampled_regressors_fits_a_model_of_positive_targets():
    y = TARGETS["positive"] + 1e-6
    noise = GaussianNoise(perturbation=1.0, relevance=tails)
    bagging = ResampledBaggingRegressor(
        GammaRegressor(), sampler=noise, n_estimators=3, random_state=0
    )
    assert (bagging.fit(X, y).predict(X) > 0).all()


@given(
    y=st.lists(st.floats(-10, 10), min_size=1, max_size=5),
    values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20),
    whole=st.booleans(),
)
def test_reflected_values_are_inside_or_on_the_end_and_those_inside_stay(y, values, whole):
    y = np.rint(y) if whole else np.array(y)
    bounds = natural_bounds(y, whole)
    assert bounds.contains(y).all()
    values = np.array(values)
    got = bounds.reflect(values.copy())
    inside = bounds.contains(values)
    np.testing.assert_array_equal(got[inside], values[inside])
    assert ((got >= bounds.low) & (got <= bounds.high)).all()
    if np.isfinite(bounds.low) and np.isinf(bounds.high):
        np.testing.assert_allclose(np.abs(got - bounds.low), np.abs(values - bounds.low))
