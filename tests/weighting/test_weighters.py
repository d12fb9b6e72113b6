"""Weights against the published implementations, and each parameter's meaning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from skdir.density import TargetDensity, reference_window
from skdir.weighting import BaseWeighter, DenseWeighter, InverseFrequencyWeighter, LDSWeighter

KERNEL_NAMES = {"gaussian": "gaussian", "triang": "triangular", "laplace": "laplacian"}


def gamma(n=500, seed=0):
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=n)


def published_weights(ages, edges, reweight, kernel):
    """Weights in the published order: root (or clipped counts), then smoothing, then inverse."""
    options = {"kernel": kernel, "bins": edges, "boundary": "zero", "root_first": True}
    if reweight == "inverse":
        options |= {"reweight": "inverse", "clip_counts": (5, 1000)}
    return LDSWeighter(**options).fit_transform(ages)


def test_published_age_weights(dir_reference):
    counts = np.array(dir_reference["agedb"]["train_counts_per_age"])
    ages = np.repeat(np.arange(121), counts)
    edges = np.arange(122) - 0.5
    for key, expected in dir_reference["agedb"]["weights"].items():
        reweight, kernel, *window = key.split(",")
        if kernel != "none":
            kernel = reference_window(KERNEL_NAMES[kernel], int(window[0]), float(window[1]))
        else:
            kernel = None
        got = dict(zip(ages, published_weights(ages, edges, reweight, kernel), strict=True))
        assert len(expected) == len(got) == 100
        for age, weight in expected.items():
            assert got[int(age)] == pytest.approx(weight, rel=1e-5), key


def test_root_first_by_a_loop():
    y = np.repeat(np.arange(8.0), [4, 9, 0, 1, 25, 16, 1, 4])
    counts = np.bincount(y.astype(int), minlength=8)
    smoothed = [
        sum(
            w * np.sqrt(counts[i + k])
            for k, w in zip((-1, 0, 1), (1, 2, 1), strict=True)
            if 0 <= i + k < 8
        )
        for i in range(8)
    ]
    expected = np.array([1 / smoothed[int(v)] for v in y])
    expected /= expected.mean()
    got = LDSWeighter(kernel=[1, 2, 1], bins="integer", boundary="zero", root_first=True)
    np.testing.assert_allclose(got.fit_transform(y), expected, rtol=1e-12)


def test_root_is_taken_of_the_smoothed_density_by_default():
    """Deviation: the paper's text, not the published order."""
    y = gamma()
    density = TargetDensity(bins=30, bandwidth=1.0).fit(y).density(y)
    expected = density**-0.5 / np.mean(density**-0.5)
    weighter = LDSWeighter(bins=30, bandwidth=1.0)
    np.testing.assert_allclose(weighter.fit_transform(y), expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("reweight", "exponent"), [("inverse", 1), ("sqrt_inverse", 0.5), (0.3, 0.3), (0, 0), (1, 1)]
)
@pytest.mark.parametrize("bins", [None, 12])
def test_weights_are_a_power_of_the_inverse_density(reweight, exponent, bins):
    y = gamma()
    weighter = LDSWeighter(reweight=reweight, bins=bins).fit(y)
    raw = weighter.density_.density(y) ** -float(exponent)
    np.testing.assert_allclose(weighter.transform(y), raw / raw.mean(), rtol=1e-9)


@pytest.mark.parametrize(
    "params",
    [
        {"kernel": "laplacian"},
        {"kernel": "triangular"},
        {"bandwidth": 0.5},
        {"bandwidth": "isj"},
        {"boundary": "zero"},
        {"boundary": "renormalize"},
        {"bins": 9},
        {"bins": "integer"},
        {"bins": [0, 1, 2, 5, 10, 50], "kernel": None},
        {"bins": 30, "kernel_size": 3},
    ],
)
def test_parameters_reach_the_density(params):
    y = gamma()
    weighter = LDSWeighter(**params).fit(y)
    density = TargetDensity(**params).fit(y)
    assert weighter.bandwidth_ == density.bandwidth_
    raw = density.density(y) ** -0.5
    np.testing.assert_allclose(weighter.transform(y), raw / raw.mean(), rtol=1e-9)
    default = LDSWeighter().fit_transform(y)
    assert not np.allclose(weighter.transform(y), default, rtol=1e-3)


@pytest.mark.parametrize("clip", [(0.5, 2.0), (0.0, 1.5), (0.9, np.inf), [1, 3], (0, 1)])
@pytest.mark.parametrize("weighted", [False, True])
def test_clip_bounds_the_weights_and_keeps_the_mean(clip, weighted):
    y = gamma()
    own = np.random.default_rng(1).uniform(0.1, 3, 500) if weighted else None
    weighter = LDSWeighter(reweight="inverse", clip=clip)
    weight = weighter.fit_transform(y, own)
    assert weight.min() >= clip[0] and weight.max() <= clip[1]
    assert np.average(weight, weights=own) == pytest.approx(1, abs=1e-9)
    assert weighter.transform([1e6])[0] <= clip[1]
    free = LDSWeighter(reweight="inverse").fit_transform(y, own)
    order = np.argsort(free)
    assert (np.diff(weight[order]) >= -1e-9).all()


def test_clip_counts_bounds_the_counts():
    y = np.repeat([0.0, 1.0, 2.0, 3.0], [1, 10, 100, 0])
    weighter = LDSWeighter(
        bins=[-0.5, 0.5, 1.5, 2.5, 3.5], kernel=None, reweight="inverse", clip_counts=(5, 50)
    ).fit(y)
    got = weighter.transform([0.0, 1.0, 2.0])
    np.testing.assert_allclose(got / got[2], [10, 5, 1])


def test_unseen_targets_weigh_at_most_as_the_rarest_row():
    """An empty stretch would have an enormous inverse density."""
    y = np.append(gamma(), 500.0)
    weighter = LDSWeighter(reweight="inverse").fit(y)
    rarest = weighter.transform(y).max()
    np.testing.assert_allclose(weighter.transform([250.0, -3.0, 1e9]), rarest)
    binned = LDSWeighter(bins=10, kernel=None, reweight="inverse").fit([0.0, 0.1, 0.2, 10.0])
    np.testing.assert_allclose(binned.transform([5.0, 99.0]), binned.transform([10.0])[0])


def test_a_window_without_centre_gives_no_infinite_weight():
    y = np.repeat([0.0, 5.0, 6.0], [3, 4, 5])
    weight = LDSWeighter(kernel=[1, 0, 1], bins="integer", boundary="zero").fit_transform(y)
    assert np.isfinite(weight).all()
    assert weight[0] == weight.max()
    alone = LDSWeighter(kernel=[1, 0, 1], bins=[0, 1], boundary="renormalize")
    np.testing.assert_array_equal(alone.fit_transform([0.5, 0.5]), [1, 1])


@pytest.mark.parametrize("params", [{}, {"reweight": "inverse", "clip": (0.1, 3)}])
def test_batches_equal_one_fit_without_bins(params):
    y = gamma(3000)
    first = np.append(y[:500], [y.min(), y.max()])
    batches = LDSWeighter(**params).partial_fit(first).partial_fit(y[500:])
    once = LDSWeighter(**params).fit(np.append(first, y[500:]))
    np.testing.assert_allclose(batches.transform(y), once.transform(y), rtol=1e-6)
    assert batches.effective_sample_size_ == pytest.approx(once.effective_sample_size_, rel=1e-6)


@pytest.mark.parametrize("bins", [None, 10])
def test_a_batch_may_follow_a_fit(bins):
    y = gamma(3000)
    first = np.append(y[:500], [y.min(), y.max()])
    after = LDSWeighter(bins=bins).fit(first).partial_fit(y[500:])
    once = LDSWeighter(bins=bins).fit(np.append(first, y[500:]))
    np.testing.assert_allclose(after.transform(y), once.transform(y), rtol=5e-3)


def test_parameters_may_change_between_batches_as_far_as_the_counts_allow():
    y = gamma(900)
    batches = LDSWeighter(bins=[0, 5, 10, 60]).partial_fit(y[:300])
    batches.set_params(reweight="inverse", kernel=None).partial_fit(y[300:])
    once = LDSWeighter(bins=[0, 5, 10, 60], reweight="inverse", kernel=None).fit(y)
    np.testing.assert_allclose(batches.transform(y), once.transform(y), rtol=1e-12)
    with pytest.raises(ValueError, match="'bins' parameter of LDSWeighter must be .*batches"):
        batches.set_params(bins=None, kernel="gaussian").partial_fit(y)


@pytest.mark.parametrize("root_first", [False, True])
def test_batches_equal_one_fit_with_bins(root_first):
    y, own = gamma(900), np.random.default_rng(1).integers(0, 3, 900)
    params = {"bins": np.linspace(0, 60, 40), "root_first": root_first}
    batches = LDSWeighter(**params).partial_fit(y[:300], own[:300]).partial_fit(y[300:], own[300:])
    once = LDSWeighter(**params).fit(y, own)
    np.testing.assert_allclose(batches.transform(y), once.transform(y), rtol=1e-12)


def test_inverse_frequency_by_a_loop():
    y = np.array([0.0, 0.1, 0.2, 0.3, 1.1, 1.2, 2.9])
    edges = [0, 1, 2, 3]
    counts = [4, 2, 1]
    for reweight, exponent in (("inverse", 1), ("sqrt_inverse", 0.5), (0.2, 0.2)):
        raw = np.array([counts[int(v)] ** -exponent for v in y])
        got = InverseFrequencyWeighter(bins=edges, reweight=reweight).fit(y)
        np.testing.assert_allclose(got.transform(y), raw / raw.mean(), rtol=1e-12)
        np.testing.assert_array_equal(got.counts_, counts)


def test_automatic_bins_are_those_of_numpy():
    y = gamma(2000)
    got = InverseFrequencyWeighter().fit(y).bin_edges_
    assert abs(len(got) - len(np.histogram_bin_edges(y, "auto"))) <= 1
    whole = InverseFrequencyWeighter().fit(np.round(10 * y)).bin_edges_
    assert (np.diff(whole) == np.round(np.diff(whole))).all()
    assert (whole % 1 == 0.5).all()
    assert len(InverseFrequencyWeighter().fit([0, 1, 1e9] * 500 + [0.5]).bin_edges_) <= 1001


def test_inverse_frequency_refuses_bins_that_leave_out_targets():
    with pytest.raises(ValueError, match="'bins' parameter of InverseFrequencyWeighter must be"):
        InverseFrequencyWeighter(bins=[0, 1]).fit([0.5, 2.0])


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 2.0])
def test_dense_weight_by_its_formula(alpha):
    y = gamma()
    for boundary in ("reflect", "zero"):
        density = TargetDensity(boundary=boundary, bandwidth=1.0).fit(y).density(y)
        scaled = (density - density.min()) / np.ptp(density)
        raw = np.maximum(1 - alpha * scaled, 1e-3)
        got = DenseWeighter(alpha=alpha, eps=1e-3, bandwidth=1.0, boundary=boundary)
        np.testing.assert_allclose(got.fit_transform(y), raw / raw.mean(), rtol=1e-9)
        assert got.bandwidth_ == 1.0


def test_refit_is_not_stale():
    """Deviation: the published DenseWeight keeps the bandwidth and weights of its first fit."""
    weighter = DenseWeighter().fit(gamma())
    again = weighter.fit(100 * gamma(seed=1))
    fresh = DenseWeighter().fit(100 * gamma(seed=1))
    np.testing.assert_array_equal(again.transform([50.0]), fresh.transform([50.0]))


@pytest.mark.parametrize(
    ("weighter", "message"),
    [
        (LDSWeighter(reweight=1.5), "'reweight' parameter of LDSWeighter must be"),
        (LDSWeighter(reweight="log"), "'reweight' parameter of LDSWeighter must be"),
        (LDSWeighter(bandwidth=0.0), "'bandwidth' parameter of LDSWeighter must be"),
        (LDSWeighter(clip=(2, 3)), "'clip' parameter of LDSWeighter must be a pair"),
        (LDSWeighter(clip=(0.5,)), "'clip' parameter of LDSWeighter must be a pair"),
        (LDSWeighter(clip=("a", "b")), "'clip' parameter of LDSWeighter must be a pair"),
        (LDSWeighter(clip_counts=(5, 1000)), "'bins' parameter of LDSWeighter must be given"),
        (LDSWeighter(root_first=True), "'bins' parameter of LDSWeighter must be given"),
        (LDSWeighter(bins=5, clip_counts=(5, 1)), "'clip_counts' parameter of LDSWeighter"),
        (LDSWeighter(bins=5, clip_counts=(1, 2, 3)), "'clip_counts' parameter of LDSWeighter"),
        (LDSWeighter(bins=[0, 1]), "'bins' parameter of LDSWeighter must be edges that cover"),
        (LDSWeighter(kernel=None), "'bins' parameter of LDSWeighter must be given"),
        (LDSWeighter(bins=5, kernel_size=2), "'kernel_size' parameter of LDSWeighter"),
        (InverseFrequencyWeighter(bins="sturges"), "'bins' parameter of InverseFrequencyWeighter"),
        (InverseFrequencyWeighter(reweight=-1), "'reweight' parameter of InverseFrequency"),
        (DenseWeighter(alpha=-1), "'alpha' parameter of DenseWeighter"),
        (DenseWeighter(eps=0.0), "'eps' parameter of DenseWeighter"),
    ],
)
def test_bad_parameters(weighter, message):
    with pytest.raises(ValueError, match=message):
        weighter.fit(gamma())


def test_messages_say_what_came():
    with pytest.raises(ValueError, match="Got 1 NaN and 0 infinity instead"):
        LDSWeighter().fit([1.0, np.nan])
    with pytest.raises(ValueError, match=r"Got an array of shape \(2, 1\); pass np.ravel"):
        LDSWeighter().fit([[1.0], [2.0]])
    with pytest.raises(ValueError, match="'sample_weight' parameter of LDSWeighter.fit"):
        LDSWeighter().fit([1.0, 2.0], [1.0])
    with pytest.raises(NotFittedError):
        LDSWeighter().transform([1.0])


@pytest.mark.parametrize("clip", [(0.5, 1), (1, 2), (1, 1), (0, 1.0), (1, np.inf)])
@pytest.mark.parametrize("bins", [None, 10])
def test_bounds_that_leave_no_room_make_all_weights_one(clip, bins):
    y = gamma()
    weighter = LDSWeighter(bins=bins, clip=clip)
    np.testing.assert_array_equal(weighter.fit_transform(y), np.ones(500))
    np.testing.assert_array_equal(weighter.transform([-1.0, 4.0, 1e9]), np.ones(3))
    assert weighter.effective_sample_size_ == 500


@settings(max_examples=200)
@given(
    raw=st.lists(
        st.floats(0, 1e300) | st.sampled_from([5e-324, 1e-300, 1.0, 2.0]), min_size=1, max_size=12
    ).filter(any),
    low=st.floats(0, 1) | st.sampled_from([1 - 2**-53, 1e-300]),
    high=st.floats(1, 1e300) | st.sampled_from([1 + 2**-52, np.inf]),
    rows=st.lists(st.integers(1, 5), min_size=12, max_size=12),
)
def test_bounded_weights_of_any_raw_weights(raw, low, high, rows):
    class Raw(BaseWeighter):
        clip = (low, high)
        _parameter_constraints: dict = {}

        def _fit_values(self, y, sample_weight):
            return self._raw(y)

        def _raw(self, y):
            return np.array(raw)[y.astype(int)]

    y, rows = np.arange(len(raw)), rows[: len(raw)]
    positive = np.array(raw) > 0
    most = np.average(np.where(positive, high, low), weights=rows) if high < np.inf else np.inf
    if most < 1 - 1e-9 and 1 not in (low, high):
        with pytest.raises(ValueError, match="'clip' parameter of Raw must be bounds between"):
            Raw().fit(y, rows)
    elif most > 1 + 1e-9 or 1 in (low, high):
        weight = Raw().fit_transform(y, rows)
        assert (weight >= low).all() and (weight <= high).all()
        assert np.average(weight, weights=rows) == pytest.approx(1, rel=1e-9)
        assert (np.diff(weight[np.argsort(raw)]) >= 0).all()
