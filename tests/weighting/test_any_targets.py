"""Weights of piles, sentinels, far outliers and rows of zero weight: the same by every way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)

KERNELS = ("gaussian", "laplacian", "triangular")
BOUNDARIES = ("reflect", "renormalize", "zero")
PEAK = {"gaussian": 1 / np.sqrt(2 * np.pi), "laplacian": 0.5, "triangular": 1.0}
WEIGHTERS = (
    *(LDSWeighter(kernel=kernel, boundary=end) for kernel in KERNELS for end in BOUNDARIES),
    LDSWeighter(reweight="inverse"),
    LDSWeighter(reweight="inverse", clip=(0.5, 3)),
    LDSWeighter(reweight=0.3, bandwidth=0.5),
    LDSWeighter(bandwidth="scott", bins=25),
    LDSWeighter(bins=25, kernel=None, reweight="inverse"),
    LDSWeighter(bins=25, kernel=[1, 2, 1]),
    LDSWeighter(bins=25, kernel=[1, 0, 1], boundary="zero"),
    LDSWeighter(bins=25, kernel="laplacian", boundary="renormalize", kernel_size=3),
    LDSWeighter(bins=25, root_first=True, clip_counts=(2, 100), boundary="zero"),
    LDSWeighter(bins="integer", bandwidth=2.0),
    LDSWeighter(bins=[-1e13, -1e3, 0, 1, 5, 1e3, 1e13]),
    DenseWeighter(),
    DenseWeighter(boundary="zero", alpha=2.0),
    InverseFrequencyWeighter(),
    InverseFrequencyWeighter(bins="integer", reweight="inverse"),
    InverseFrequencyWeighter(bins=7, clip=(0.1, 2)),
    RelevanceWeighter(floor=0.1),
    RelevanceWeighter(floor=0.1, relevance=RelevanceFunction(method="density")),
)


@st.composite
def targets(draw):
    """Draw targets with a pile, in units and at an offset of any size, and some far away."""
    n = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = draw(st.sampled_from([rng.gamma(2, size=n), rng.normal(size=n), rng.poisson(3, n)]))
    pile = draw(st.integers(0, 60))
    y = np.append(y.astype(float), np.full(pile, draw(st.sampled_from([y.max(), y.min(), y[0]]))))
    y = np.round(y, draw(st.integers(0, 6))) * 10.0 ** draw(st.integers(-3, 3))
    y += draw(st.sampled_from([0.0, 0.0, 1e3, -1e6]))
    far = st.sampled_from([-1.0, 1.0]).flatmap(
        lambda sign: st.floats(0, 12).map(lambda power: round(sign * 10**power, 3))
    )
    return rng.permutation(np.append(y, draw(st.lists(far, max_size=3))))


@st.composite
def weighted_targets(draw):
    """Draw targets, and weights of which some are zero."""
    y = draw(targets())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["whole", "some are zero", "tiny", "huge", "none is zero"]))
    weight = {
        "whole": lambda: rng.integers(0, 4, len(y)).astype(float),
        "some are zero": lambda: rng.gamma(1, size=len(y)) * (rng.random(len(y)) < 0.7),
        "tiny": lambda: 1e-300 * rng.random(len(y)),
        "huge": lambda: 1e308 * rng.random(len(y)),
        "none is zero": lambda: rng.uniform(0.1, 2, len(y)),
    }[kind]()
    weight[0] = max(weight[0], weight.max(), 1e-300)
    return y, weight


def fitted(weighter, y, weight=None):
    """Return a fitted weighter; None if it refuses these targets, in words of its own."""
    try:
        return clone(weighter).fit(y, weight)
    except ValueError as error:
        if "parameter of" not in str(error):
            raise
        return None


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("weighter", WEIGHTERS, ids=repr)
@settings(max_examples=10, deadline=None)
@given(given=weighted_targets())
def test_fit_transform_is_fit_then_transform_and_zero_weights_are_not_there(weighter, given):
    y, weight = given
    for rows in (None, weight):
        model = fitted(weighter, y, rows)
        if model is None:
            continue
        expected = model.transform(y)
        assert (expected > 0).all() and np.isfinite(expected).all()
        np.testing.assert_array_equal(clone(weighter).fit_transform(y, rows), expected)
        counted = np.ones(len(y)) if rows is None else rows / rows.max()
        assert np.average(expected, weights=counted) == pytest.approx(1, rel=1e-9)
        without = fitted(weighter, y[counted > 0], None if rows is None else rows[counted > 0])
        np.testing.assert_array_equal(without.transform(y), expected)


@settings(max_examples=30, deadline=None)
@given(y=targets(), seed=st.integers(0, 2**32 - 1))
def test_a_zero_weight_does_not_change_the_weights_of_a_regressor(y, seed):
    X = np.arange(2.0 * len(y)).reshape(-1, 2)
    weight = np.ones(len(y))
    try:
        expected = WeightedRegressor().fit(X, y, sample_weight=weight).sample_weight_
    except ValueError as error:
        if "parameter of" not in str(error):
            raise
        return
    more = np.random.default_rng(seed).choice(np.append(y, [y.min() - 1, y.max() + 1]), 3)
    model = WeightedRegressor().fit(
        np.append(X, np.zeros((3, 2)), axis=0),
        np.append(y, more),
        sample_weight=np.append(weight, np.zeros(3)),
    )
    np.testing.assert_array_equal(model.sample_weight_, np.append(expected, np.zeros(3)))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("boundary", BOUNDARIES)
@settings(max_examples=30, deadline=None)
@given(given=weighted_targets(), bandwidth=st.sampled_from(["silverman", 0.01, 1.0, 300.0]))
def test_a_target_has_at_least_the_density_of_its_own_kernel(kernel, boundary, given, bandwidth):
    y, weight = given
    density = TargetDensity(kernel=kernel, boundary=boundary, bandwidth=bandwidth)
    try:
        density.fit(y, weight)
    except ValueError as error:
        if "parameter of" not in str(error):
            raise
        return
    share = weight / weight.max()
    mass = np.array([share[y == target].sum() for target in y]) / share.sum()
    at_least = mass * PEAK[kernel] / density.bandwidth_
    got = density.density(y)
    assert np.isfinite(got).all()
    if np.ptp(y[weight > 0]) > 0:  # a constant is flat over an interval of width 1
        assert (got[weight > 0] >= 0.99 * at_least[weight > 0]).all()


@pytest.mark.parametrize("far", [-3e6, 1e7, -1e11])
def test_a_far_target_leaves_the_weights_of_the_others(far):
    """The densest target once had the density 0 beside a far one, and so the highest weight."""
    y = np.array([0.0, 0.1, 0.2, 0.3])
    near = TargetDensity(bandwidth=0.05, boundary="zero").fit(y)
    beside = TargetDensity(bandwidth=0.05, boundary="zero").fit(np.append(y, far))
    np.testing.assert_allclose(beside.density(y), 0.8 * near.density(y), rtol=1e-4)
    capped = np.minimum(np.random.default_rng(3).gamma(2, 30, 1000), 60.0)
    weight = LDSWeighter(reweight="inverse").fit_transform(np.append(capped, far))
    assert weight[:-1][capped == 60].max() < 1.01 * weight.min()
    relevance = RelevanceFunction(method="density").fit(np.append(capped, far))
    assert relevance.transform([60.0])[0] < 0.01


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "weighter",
    [weighter for weighter in WEIGHTERS if hasattr(weighter, "partial_fit")],
    ids=repr,
)
@settings(max_examples=8, deadline=None)
@given(given=weighted_targets())
def test_weights_after_batches_have_mean_one(weighter, given):
    y, weight = given
    half = len(y) // 2
    model = clone(weighter)
    try:
        model.partial_fit(y[: half + 1], weight[: half + 1])
        if weight[half + 1 :].any():
            model.partial_fit(y[half + 1 :], weight[half + 1 :])
    except ValueError as error:
        if "parameter of" not in str(error):
            raise
        return
    got = model.transform(y)
    assert (got > 0).all() and np.isfinite(got).all()
    mean = np.average(got, weights=weight / weight.max())
    assert mean == pytest.approx(1, rel=1e-2 if weighter.bins is None else 1e-9)
