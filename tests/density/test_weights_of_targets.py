"""What the weights of targets mean: whole ones are numbers of targets, others are shares."""

import numpy as np
import pytest

from skdir.density import TargetDensity, select_bandwidth
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter

N = 400
Y = np.random.default_rng(0).gamma(2, size=N)
SHARE = np.random.default_rng(1).uniform(0.1, 2, N)


@pytest.mark.parametrize("rule", ["silverman", "scott", "isj"])
def test_whole_weights_count_targets(rule):
    count = np.random.default_rng(1).integers(0, 4, N)
    expected = select_bandwidth(np.repeat(Y, count), rule)
    assert select_bandwidth(Y, rule, sample_weight=count) == pytest.approx(expected, rel=1e-9)
    density = TargetDensity(bandwidth=rule).fit(Y, 2 * np.ones(N))
    assert density.n_samples_seen_ == 2 * N
    twice = TargetDensity(bandwidth=rule).fit(np.tile(Y, 2))
    assert density.bandwidth_ == pytest.approx(twice.bandwidth_, rel=1e-9)


@pytest.mark.parametrize("rule", ["silverman", "scott", "isj"])
@pytest.mark.parametrize("total", [1.0, 7.5, 1e-300, 1e303])
def test_other_weights_are_shares_of_as_many_targets(rule, total):
    """Weights that sum to 1 once meant one target, and a bandwidth n^(1/5) times as wide."""
    weight = SHARE * (total / SHARE.sum())
    expected = select_bandwidth(Y, rule, sample_weight=SHARE)
    assert select_bandwidth(Y, rule, sample_weight=weight) == pytest.approx(expected, rel=1e-9)
    equal = np.full(N, 0.1 * total)
    assert select_bandwidth(Y, rule, sample_weight=equal) == select_bandwidth(Y, rule)
    for bins in (None, 20, "integer"):
        if bins is not None and rule == "isj":
            continue
        density = TargetDensity(bandwidth=rule, bins=bins).fit(Y, weight)
        assert density.n_samples_seen_ == pytest.approx(N, rel=1e-12)
        same = TargetDensity(bandwidth=rule, bins=bins).fit(Y, SHARE)
        np.testing.assert_allclose(density.density(Y), same.density(Y), rtol=1e-9)
        unweighted = TargetDensity(bandwidth=rule, bins=bins).fit(Y)
        np.testing.assert_array_equal(
            TargetDensity(bandwidth=rule, bins=bins).fit(Y, equal).density(Y),
            unweighted.density(Y),
        )


def test_the_rule_of_weighted_targets_by_its_formula():
    order = np.argsort(Y)
    share = np.cumsum(SHARE[order]) / SHARE.sum()
    quartiles = Y[order][np.searchsorted(share, [0.25, 0.75])]
    mean = np.average(Y, weights=SHARE)
    sd = np.sqrt(np.average((Y - mean) ** 2, weights=SHARE))
    expected = 0.9 * min(sd, np.ptp(quartiles) / 1.349) * N**-0.2
    got = select_bandwidth(Y, sample_weight=SHARE / SHARE.sum())
    assert got == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("bins", [None, [0, 1, 2, 4, 99]])
@pytest.mark.parametrize("unit", [0.01, 1.0, 3.7, 1e300])
def test_batches_of_weights_in_any_unit_are_one_fit(bins, unit):
    """Each batch has weights of its own kind: whole, then not, then whole and far larger."""
    ends = [Y.argmin(), Y.argmax()]
    parts = [np.append(ends, np.arange(100)), np.arange(100, 250), np.arange(250, N)]
    weight = np.concatenate([np.ones(102), SHARE[100:250], np.full(150, 5.0)])
    rows = np.concatenate(parts)
    batches, weighter = TargetDensity(bins=bins), LDSWeighter(bins=bins)
    for part, own in zip(parts, np.split(weight, [102, 252]), strict=True):
        batches.partial_fit(Y[part], unit * own)
        weighter.partial_fit(Y[part], unit * own)
    once = TargetDensity(bins=bins).fit(Y[rows], weight)
    assert batches.bandwidth_ == pytest.approx(once.bandwidth_, rel=1e-6)
    assert batches.n_samples_seen_ == pytest.approx(402, rel=1e-12)
    np.testing.assert_allclose(batches.density(Y), once.density(Y), rtol=1e-6)
    expected = LDSWeighter(bins=bins).fit(Y[rows], weight)
    np.testing.assert_allclose(weighter.transform(Y), expected.transform(Y), rtol=1e-6)
    assert weighter.effective_sample_size_ == pytest.approx(
        expected.effective_sample_size_, rel=1e-6
    )


def test_whole_weights_stay_numbers_of_targets_over_batches():
    count = np.random.default_rng(1).integers(1, 4, N)
    batches = TargetDensity().partial_fit(Y[:200], count[:200]).partial_fit(Y[200:], count[200:])
    assert batches.n_samples_seen_ == count.sum()


@pytest.mark.parametrize(
    "weighter", [LDSWeighter(), LDSWeighter(bins=20), InverseFrequencyWeighter(), DenseWeighter()]
)
@pytest.mark.parametrize("scale", [1e-320, 1e-12, 1 / SHARE.sum(), 1e308 / 2])
def test_the_unit_of_the_weights_does_not_matter(weighter, scale):
    weight = np.where(SHARE > 1, 2.5, 1.5)
    expected = weighter.fit_transform(Y, weight)
    got = weighter.fit_transform(Y, weight * scale)
    np.testing.assert_allclose(got, expected, rtol=1e-3 if scale < 1e-300 else 1e-9)
    assert np.average(got, weights=weight) == pytest.approx(1, rel=1e-3)
