"""Made data: its distribution is the promised one, and chunks are the whole."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.linear_model import LinearRegression

from skdir.datasets import _generators as generators
from skdir.datasets import make_imbalanced_regression
from skdir.datasets._target_shape import TargetShape


def mixture_share(y, modes):
    """Return the share below y of a standardised mixture, with scipy's distributions."""
    weight = 0.5 ** np.arange(modes)
    weight /= weight.sum()
    location = 4.0 * np.arange(modes)
    mean = np.sum(weight * location)
    deviation = np.sqrt(np.sum(weight * (1 + location**2)) - mean**2)
    return sum(w * stats.norm(loc, 1).cdf(y * deviation + mean) for w, loc in zip(weight, location))


@pytest.mark.parametrize("noise", [0.0, 0.5, 10.0])
@pytest.mark.parametrize("heteroscedastic", [0.0, 1.5])
def test_default_is_a_log_normal_whatever_the_noise(noise, heteroscedastic):
    y = make_imbalanced_regression(
        20_000, n_features=4, noise=noise, heteroscedastic=heteroscedastic, random_state=0
    )[1]
    assert stats.kstest(y + 1, stats.lognorm(1).cdf).pvalue > 0.01


def test_no_skew_is_normal_and_negative_skew_mirrors():
    symmetric = make_imbalanced_regression(20_000, skew=0, random_state=1)[1]
    assert stats.kstest(symmetric, "norm").pvalue > 0.01
    left = make_imbalanced_regression(20_000, skew=-1, random_state=1)[1]
    assert stats.kstest(1 - left, stats.lognorm(1).cdf).pvalue > 0.01


@pytest.mark.parametrize("modes", [2, 3, 7])
def test_modes_are_a_mixture_of_normals(modes):
    y = make_imbalanced_regression(20_000, skew=0, modes=modes, random_state=2)[1]
    assert stats.kstest(y, lambda value: mixture_share(value, modes)).pvalue > 0.01
    score = np.linspace(-6, 6, 1001)  # no noise of sampling: the quantiles themselves
    quantile = TargetShape(0.0, modes, None).targets(score)
    lower = score <= 0
    assert_allclose(mixture_share(quantile[lower], modes), stats.norm.cdf(score[lower]), rtol=1e-4)
    assert (np.diff(quantile) > 0).all()


@pytest.mark.parametrize("skew", [-1.0, 0.0, 0.7])
@pytest.mark.parametrize("modes", [1, 3])
def test_gaps_are_empty_and_the_rest_keeps_its_shape(skew, modes):
    gaps = [(0.4, 0.9), (-0.6, -0.2)]
    made = {"skew": skew, "modes": modes, "noise": 0.4, "random_state": 3}
    y = make_imbalanced_regression(40_000, gaps=gaps, **made)[1]
    plain = make_imbalanced_regression(40_000, **made)[1]
    for low, high in gaps:
        assert not ((y > low) & (y < high)).any()
        plain = plain[(plain <= low) | (plain >= high)]
    assert stats.ks_2samp(y, plain).pvalue > 0.01


def test_rounding_never_puts_a_target_into_a_gap():
    shape = TargetShape(1.0, 1, np.array([[0.1, 0.7]]))
    share = shape._kept[1]
    border = stats.norm.ppf(share[0] / share.sum())
    scores = border + np.arange(-2000, 2000) * np.spacing(abs(border))
    y = shape.targets(scores)
    assert not ((y > 0.1) & (y < 0.7)).any()
    assert (y <= 0.1).any() and (y >= 0.7).any()


def test_features_are_standard_normal_and_carry_the_signal():
    X, y = make_imbalanced_regression(20_000, n_features=3, skew=0, noise=0.5, random_state=4)
    assert_allclose(X.mean(axis=0), 0, atol=0.03)
    assert_allclose(X.std(axis=0), 1, atol=0.03)
    # signal variance 1, noise variance 0.25
    assert_allclose(LinearRegression().fit(X, y).score(X, y), 1 / 1.25, atol=0.01)
    X, y = make_imbalanced_regression(500, skew=0, noise=0, random_state=4)
    assert_allclose(LinearRegression().fit(X, y).score(X, y), 1)


def test_heteroscedastic_noise_follows_another_direction():
    X, y = make_imbalanced_regression(
        50_000, n_features=2, skew=0, noise=0.5, heteroscedastic=1.0, random_state=5
    )
    blocks = generators._Blocks(
        np.random.RandomState(5).randint(0, 2**32, size=4, dtype=np.uint32), 50_000, 2, None, 0, 0
    )
    scale = 0.5 * np.exp(X @ blocks.spread)
    assert_allclose(blocks.spread @ blocks.signal, 0, atol=1e-12)
    residual = (y * np.hypot(1, scale) - X @ blocks.signal) / scale
    assert stats.kstest(residual, "norm").pvalue > 0.01
    calm, loud = X @ blocks.spread < -1, X @ blocks.spread > 1
    error = y - X @ blocks.signal / np.hypot(1, scale)
    assert error[loud].std() > 3 * error[calm].std()


@settings(max_examples=40)
@given(
    n_samples=st.integers(1, 70),
    chunk_size=st.integers(1, 80),
    block=st.integers(1, 30),
    modes=st.sampled_from([1, 2]),
    seed=st.integers(0, 5),
)
def test_chunks_are_the_whole_bit_for_bit(n_samples, chunk_size, block, modes, seed):
    made = {
        "n_features": 3, "modes": modes, "gaps": [(0, 0.5)], "heteroscedastic": 0.5,
        "random_state": seed,
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generators, "_BLOCK", block)
        X, y = make_imbalanced_regression(n_samples, **made)
        chunks = list(make_imbalanced_regression(n_samples, chunk_size=chunk_size, **made))
    assert [len(c[1]) for c in chunks[:-1]] == [chunk_size] * (len(chunks) - 1)
    assert_array_equal(np.concatenate([c[0] for c in chunks]), X)
    assert_array_equal(np.concatenate([c[1] for c in chunks]), y)


def test_chunks_of_true_block_size():
    made = {"n_features": 2, "random_state": 0}
    X, y = make_imbalanced_regression(150_000, **made)
    chunks = list(make_imbalanced_regression(150_000, chunk_size=40_001, **made))
    assert_array_equal(np.concatenate([c[0] for c in chunks]), X)
    assert_array_equal(np.concatenate([c[1] for c in chunks]), y)


def test_a_hundred_million_rows_begin_at_once_and_need_the_memory_of_a_chunk():
    tracemalloc.start()
    chunks = make_imbalanced_regression(10**8, n_features=3, chunk_size=100_000, random_state=0)
    first = [y for _, y in itertools.islice(chunks, 4)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [len(y) for y in first] == [100_000] * 4
    assert len(np.unique(np.concatenate(first))) == 400_000
    assert peak < 40e6


def test_random_state():
    first, second = (make_imbalanced_regression(50, random_state=0) for _ in range(2))
    assert_array_equal(first[0], second[0])
    assert_array_equal(first[1], second[1])
    assert (make_imbalanced_regression(50, random_state=1)[1] != first[1]).all()
    rng = np.random.RandomState(0)
    assert_array_equal(make_imbalanced_regression(50, random_state=rng)[1], first[1])
    assert (make_imbalanced_regression(50, random_state=rng)[1] != first[1]).all()
    chunk = next(make_imbalanced_regression(50, chunk_size=50, random_state=0))
    assert_array_equal(chunk[1], first[1])


def test_extreme_noise_stays_finite():
    for noise in (1e200, 1e-200):
        X, y = make_imbalanced_regression(
            100, noise=noise, heteroscedastic=500.0, gaps=[(-0.1, 0.1)], random_state=0
        )
        assert np.isfinite(X).all() and np.isfinite(y).all()


@pytest.mark.parametrize(
    "gaps",
    [
        [(2, 1)], [(1, 1)], [(0, 2), (1, 3)], [(1, 2, 3)], [1, 2], [], [("a", "b")],
        [(0, np.nan)], [(-100, 100)], [(0, 1), (1, 2)],
    ],
)  # fmt: skip
def test_bad_gaps_are_refused(gaps):
    with pytest.raises(ValueError, match="The 'gaps' parameter of make_imbalanced_regression"):
        make_imbalanced_regression(10, gaps=gaps)


def test_one_feature_cannot_be_heteroscedastic():
    with pytest.raises(ValueError, match="'heteroscedastic' parameter .* 0 for one feature"):
        make_imbalanced_regression(10, n_features=1, heteroscedastic=1)
    assert make_imbalanced_regression(10, n_features=1, random_state=0)[0].shape == (10, 1)
