"""The density against exact sums, and its properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde
from sklearn.exceptions import NotFittedError

from skdir.density import TargetDensity, select_bandwidth
from skdir.utils._targets.kernels import kernel_cdf

KERNELS = ("gaussian", "laplacian", "triangular")
BOUNDARIES = ("reflect", "renormalize", "zero")


def kernel(name, distance):
    """The kernels as the documentation writes them, scaled to unit integral."""
    d = np.abs(distance)
    return {
        "gaussian": lambda: np.exp(-(d**2) / 2) / np.sqrt(2 * np.pi),
        "laplacian": lambda: np.exp(-d) / 2,
        "triangular": lambda: np.where(d < 1, 1 - d, 0),
    }[name]()


def direct_sum(y, at, name, h, *, reflect=False):
    """The density by its definition: a sum over all targets, and over their mirror images."""
    low, high = y.min(), y.max()
    sources = [y]
    if reflect:
        period = 2 * (high - low)
        sources = [y + k * period for k in range(-3, 4)]
        sources += [2 * low - y + k * period for k in range(-3, 4)]
    return sum(kernel(name, (at[:, None] - s) / h).sum(axis=1) for s in sources) / len(y) / h


def samples():
    rng = np.random.default_rng(0)
    return {
        "normal": rng.normal(size=700),
        "log-normal": np.exp(1.5 * rng.normal(size=700)),
        "two modes": np.append(rng.normal(size=300), rng.normal(30, 0.5, 200)),
        "five": rng.normal(size=5),
        "ties": rng.poisson(3, 400).astype(float),
        "cauchy": rng.standard_cauchy(2000),
    }


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("boundary", ["reflect", "zero"])
@pytest.mark.parametrize("sample", samples())
def test_equals_the_exact_sum(name, boundary, sample):
    y = samples()[sample]
    density = TargetDensity(kernel=name, boundary=boundary).fit(y)
    at = np.sort(np.append(y, np.linspace(y.min(), y.max(), 1500)))
    exact = direct_sum(y, at, name, density.bandwidth_, reflect=boundary == "reflect")
    seen = exact > 1e-4 * exact.max()
    np.testing.assert_allclose(density.density(at)[seen], exact[seen], rtol=1e-3)


@pytest.mark.parametrize("name", KERNELS)
def test_renormalize_divides_by_the_mass_inside(name):
    y = np.random.default_rng(0).exponential(size=500)
    density = TargetDensity(kernel=name, boundary="renormalize").fit(y)
    h = density.bandwidth_
    at = np.linspace(y.min(), y.max(), 800)
    inside = kernel_cdf(name, (y.max() - at) / h) - kernel_cdf(name, (y.min() - at) / h)
    exact = direct_sum(y, at, name, h) / inside
    exact /= np.trapezoid(exact, at)
    seen = exact > 1e-3 * exact.max()
    np.testing.assert_allclose(density.density(at)[seen], exact[seen], rtol=2e-3)


def test_zero_boundary_is_scipys_kde_also_outside_of_the_range():
    y = np.random.default_rng(0).normal(size=2000)
    density = TargetDensity(bandwidth=0.3, boundary="zero").fit(y)
    at = np.linspace(y.min() - 2, y.max() + 2, 777)
    expected = gaussian_kde(y, bw_method=0.3 / y.std(ddof=1))(at)
    seen = expected > 1e-4 * expected.max()
    np.testing.assert_allclose(density.density(at)[seen], expected[seen], rtol=1e-3)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("boundary", ["reflect", "renormalize"])
@pytest.mark.parametrize("bandwidth", ["silverman", 0.05, 3.0, 1000.0])
def test_integrates_to_one_with_boundary_correction(name, boundary, bandwidth):
    y = np.random.default_rng(0).gamma(2, size=400)
    density = TargetDensity(kernel=name, boundary=boundary, bandwidth=bandwidth).fit(y)
    at = np.linspace(y.min(), y.max(), 1_000_001)
    assert abs(np.trapezoid(density.density(at), at) - 1) < 1e-6
    assert abs(density.effective_counts_.sum() - 400) < 1e-6
    assert density.density([y.min() - 1, y.max() + 1]).tolist() == [0, 0]


def test_boundary_correction_finds_a_uniform_density_at_its_ends():
    y = np.linspace(0, 1, 5001)
    ends = [0.0, 1.0]
    reflected = TargetDensity(bandwidth=0.05).fit(y).density(ends)
    np.testing.assert_allclose(reflected, 1, rtol=0.01)
    renormalized = TargetDensity(bandwidth=0.05, boundary="renormalize").fit(y).density(ends)
    np.testing.assert_allclose(renormalized, 1, rtol=0.03)
    np.testing.assert_allclose(
        TargetDensity(bandwidth=0.05, boundary="zero").fit(y).density(ends), 0.5, rtol=0.01
    )


def test_one_target_far_away_leaves_the_others_as_they_were():
    y = np.random.default_rng(0).lognormal(10, 0.5, 2000)
    far = TargetDensity(bandwidth=1500.0).fit(np.append(y, 1e11))
    near = TargetDensity(bandwidth=1500.0, boundary="zero").fit(y)
    at = np.linspace(y.min() + 8000, y.max(), 500)
    np.testing.assert_allclose(far.density(at), near.density(at) * 2000 / 2001, rtol=1e-3)
    assert far.density([1e6, 1e10]).tolist() == [0, 0]
    # the last target is on the edge of the range, where its kernel is folded back
    alone = 2 * kernel("gaussian", 0.0) / 1500 / 2001
    assert far.density([1e11])[0] == pytest.approx(alone, rel=1e-3)


def test_bandwidth_of_a_range_that_dwarfs_the_quartiles_is_that_of_the_quartiles():
    y = np.random.default_rng(0).lognormal(10, 0.5, 2001)
    quartiles = np.quantile(y, [0.25, 0.75], method="inverted_cdf")
    y[np.argmax(y)] = 1e11
    expected = 0.9 * np.ptp(quartiles) / 1.349 * 2001**-0.2
    assert TargetDensity().fit(y).bandwidth_ == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_batches_equal_one_fit_over_the_same_range(boundary):
    y = np.random.default_rng(0).gamma(2, size=3000)
    first = np.append(y[:1000], [y.min(), y.max()])
    batches = TargetDensity(boundary=boundary).partial_fit(first)
    batches.partial_fit(y[1000:2000]).partial_fit(y[2000:])
    once = TargetDensity(boundary=boundary).fit(np.concatenate([first, y[1000:]]))
    assert batches.bandwidth_ == pytest.approx(once.bandwidth_, rel=1e-9)
    assert batches.n_samples_seen_ == once.n_samples_seen_ == 3002
    np.testing.assert_allclose(batches.density(y), once.density(y), rtol=1e-6)


def test_batches_of_growing_range_are_close_to_one_fit():
    y = np.sort(np.random.default_rng(0).normal(size=2000))
    batches = TargetDensity()
    for part in np.array_split(y, 10):
        batches.partial_fit(part)
    np.testing.assert_allclose(batches.density(y), TargetDensity().fit(y).density(y), rtol=1e-3)


def test_batches_may_start_with_a_constant():
    batches = TargetDensity().partial_fit([2.0, 2.0]).partial_fit([1.0, 5.0])
    once = TargetDensity().fit([2.0, 2.0, 1.0, 5.0])
    np.testing.assert_allclose(batches.density([1.5, 4]), once.density([1.5, 4]), rtol=1e-4)


@pytest.mark.parametrize("bins", ["integer", np.linspace(-20, 40, 31), np.r_[-20, 0, 3, 9, 40]])
def test_batches_equal_one_fit_exactly_with_given_bins(bins):
    y = np.random.default_rng(0).normal(5, 6, size=900).clip(-19, 39)
    weight = np.random.default_rng(1).integers(0, 3, 900)
    batches = TargetDensity(bins=bins)
    for part in np.array_split(np.arange(900), 4):
        batches.partial_fit(y[part], weight[part])
    once = TargetDensity(bins=bins).fit(y, weight)
    np.testing.assert_array_equal(batches.bin_edges_, once.bin_edges_)
    np.testing.assert_array_equal(batches.counts_, once.counts_)
    np.testing.assert_array_equal(batches.density(y), once.density(y))


@pytest.mark.parametrize("name", KERNELS)
def test_a_batch_may_follow_a_fit(name):
    y = np.random.default_rng(0).gamma(2, size=3000)
    for first in (np.append(y[:1000], [y.min(), y.max()]), y[:1000]):
        after = TargetDensity(kernel=name).fit(first).partial_fit(y[1000:])
        once = TargetDensity(kernel=name).fit(np.append(first, y[1000:]))
        assert after.n_samples_seen_ == once.n_samples_seen_
        at = np.linspace(y.min(), np.quantile(y, 0.99), 99)
        np.testing.assert_allclose(after.density(at), once.density(at), rtol=2e-3)


def test_a_batch_may_follow_a_fit_with_shortened_gaps():
    y = np.random.default_rng(0).normal(size=500)
    far = np.append(y, 1e3)
    after = TargetDensity(bandwidth=0.3).fit(1000 * far).set_params(bandwidth=300.0)
    after.partial_fit(1000 * y)
    once = TargetDensity(bandwidth=300.0).fit(np.append(1000 * far, 1000 * y))
    at = 1000 * np.linspace(-2, 2, 50)
    np.testing.assert_allclose(after.density(at), once.density(at), rtol=2e-3)


def test_bins_cannot_come_or_go_between_batches():
    for first, then in ((None, 5), (5, None)):
        density = TargetDensity(bins=first).partial_fit([0.0, 1.0]).set_params(bins=then)
        with pytest.raises(ValueError, match="'bins' parameter of TargetDensity must be .*batches"):
            density.partial_fit([0.5])


def test_batches_outside_of_a_number_of_bins_are_refused():
    density = TargetDensity(bins=5).partial_fit([0.0, 1.0])
    with pytest.raises(ValueError, match="'bins' parameter of TargetDensity must be edges that"):
        density.partial_fit([2.0])


def test_batches_with_a_bandwidth_too_small_for_the_range_are_refused():
    with pytest.raises(ValueError, match="'bandwidth' parameter .* come in batches"):
        TargetDensity(bandwidth=1e-6).partial_fit([0.0, 1.0])


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("name", KERNELS)
def test_fine_bins_agree_with_no_bins(name, boundary):
    y = np.random.default_rng(0).normal(size=3000)
    options = {"kernel": name, "boundary": boundary, "bandwidth": 0.4}
    binned = TargetDensity(bins=2000, **options).fit(y)
    free = TargetDensity(**options).fit(y)
    at = np.linspace(-2, 2, 99)
    np.testing.assert_allclose(binned.density(at), free.density(at), rtol=0.02)
    assert binned.bandwidth_ == 0.4


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_unequal_bins_agree_with_equal_ones(boundary):
    y = np.random.default_rng(0).normal(size=3000).clip(-4, 4)
    equal = np.linspace(-4, 4, 801)
    unequal = np.delete(equal, np.arange(1, 100, 2))
    options = {"bandwidth": 0.5, "boundary": boundary}
    at = np.linspace(-1.5, 1.5, 50)
    np.testing.assert_allclose(
        TargetDensity(bins=unequal, **options).fit(y).density(at),
        TargetDensity(bins=equal, **options).fit(y).density(at),
        rtol=0.01,
    )


def test_kernel_size_cuts_the_window():
    y = np.repeat(np.arange(21.0), 1)
    y = np.append(y, np.full(1000, 10.0))
    cut = TargetDensity(bins="integer", bandwidth=3.0, kernel_size=3, boundary="zero").fit(y)
    whole = TargetDensity(bins="integer", bandwidth=3.0, boundary="zero").fit(y)
    assert cut.effective_counts_[13] < 2 < whole.effective_counts_[13]
    unequal = np.r_[np.arange(-0.5, 20), 22.0]
    cut = TargetDensity(bins=unequal, bandwidth=3.0, kernel_size=3).fit(y)
    assert (
        cut.effective_counts_[13]
        < 3
        < TargetDensity(bins=unequal, bandwidth=3.0).fit(y).effective_counts_[13]
    )


def test_no_kernel_is_the_histogram():
    y = np.random.default_rng(0).normal(size=500)
    density = TargetDensity(kernel=None, bins=12).fit(y)
    heights, edges = np.histogram(y, bins=12, density=True)
    np.testing.assert_allclose(density.bin_edges_, edges, rtol=1e-12)
    inside = edges[:-1] + 0.3 * np.diff(edges)
    np.testing.assert_allclose(density.density(inside), heights, rtol=1e-12)
    np.testing.assert_allclose(density.empirical_density(inside), heights, rtol=1e-12)
    assert density.bandwidth_ == 0


def test_explicit_window_is_a_convolution():
    y = np.repeat(np.arange(6.0), [4, 0, 2, 1, 0, 3])
    density = TargetDensity(kernel=[1, 2, 1], bins="integer", boundary="zero").fit(y)
    np.testing.assert_allclose(density.effective_counts_, [2, 1.5, 1.25, 1, 1, 1.5])
    assert density.bandwidth_ == pytest.approx(np.sqrt(0.5))


def test_empirical_density_without_bins_is_a_histogram_of_about_a_bandwidth():
    y = np.random.default_rng(0).normal(size=5000)
    density = TargetDensity().fit(y)
    width = np.diff(density.bin_edges_)
    assert (width > 0.49 * density.bandwidth_).all()
    assert (width < 1.01 * density.bandwidth_).all()
    counts = np.histogram(y, density.bin_edges_)[0]
    assert np.abs(counts - density.counts_).sum() <= 2
    assert density.empirical_density(y) @ np.ones(5000) > 0
    assert density.empirical_density([99.0])[0] == 0


@settings(max_examples=40, deadline=None)
@given(
    y=st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=40),
    power=st.integers(-20, 20),
    shift=st.integers(-1000, 1000),
)
def test_scale_equivariant(y, power, shift):
    y = np.array(y)
    scale = 2.0**power
    here = TargetDensity().fit(y)
    if np.ptp(y) <= 1e-3 * np.abs(y).max():  # shifting would round targets together
        return
    shift *= np.ptp(y) if here.bandwidth_ > 1e-9 * np.ptp(y) else 0
    there = TargetDensity().fit(scale * y + scale * shift)
    np.testing.assert_allclose(there.bandwidth_, scale * here.bandwidth_, rtol=1e-5)
    np.testing.assert_allclose(
        there.density(scale * y + scale * shift) * scale, here.density(y), rtol=1e-3
    )


@pytest.mark.parametrize("y", [[3.0], [3.0, 3.0, 3.0], [1e200] * 4])
def test_constant_target_is_flat_around_its_value(y):
    density = TargetDensity().fit(y)
    assert np.isfinite(density.density(y)).all()
    assert (density.density(y) > 0).all()
    if y[0] == 3:
        np.testing.assert_allclose(density.density([2.6, 3.0, 3.4]), 1, rtol=1e-6)
    assert density.bandwidth_ > 0
    assert TargetDensity(bins=4).fit(y).counts_.sum() == len(y)


def test_zero_weight_rows_do_not_move_an_edge():
    y, weight = np.array([0.0, 1, 2, 3, 100]), [1, 1, 1, 1, 0]
    for bins in (None, 3, "integer"):
        density = TargetDensity(bins=bins).fit(y, weight)
        assert density.bin_edges_[-1] < 4
        assert density.n_samples_seen_ == 4


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"kernel": None}, "'bins' parameter of TargetDensity must be given"),
        ({"kernel": [1, 2, 1]}, "'bins' parameter of TargetDensity must be given"),
        ({"kernel_size": 3}, "'bins' parameter of TargetDensity must be given"),
        ({"kernel_size": 4, "bins": 5}, "'kernel_size' parameter .* positive odd"),
        ({"kernel": [1, 2], "bins": 5}, r"'kernel' parameter .* shape \(2,\)"),
        ({"kernel": [0, 0, 0], "bins": 5}, "'kernel' parameter .* non-negative"),
        ({"kernel": ["a"], "bins": 5}, "'kernel' parameter .* window of odd length"),
        ({"kernel": "box"}, "'kernel' parameter of TargetDensity must be"),
        ({"bandwidth": 0}, "'bandwidth' parameter of TargetDensity must be"),
        ({"bandwidth": -1.0}, "'bandwidth' parameter of TargetDensity must be"),
        ({"bandwidth": "rule"}, "'bandwidth' parameter of TargetDensity must be"),
        ({"bandwidth": "isj", "bins": 5}, "'bandwidth' parameter .* where 'bins' is given"),
        ({"bandwidth": 1e7, "boundary": "zero"}, "'bandwidth' parameter .* at most 10,000 times"),
        ({"bins": 0}, "'bins' parameter of TargetDensity must be"),
        ({"bins": [0, 0.5]}, "'bins' parameter .* leave out"),
        ({"bins": [0, 2, 1]}, "'bins' parameter .* unsorted edges"),
        ({"bins": [0, 1, 1, 2]}, "'bins' parameter .* repeated edges"),
        ({"bins": [1.0]}, "'bins' parameter .* 1 edges"),
        ({"bins": [[0, 1]]}, "'bins' parameter"),
        ({"bins": 2**30}, "'bins' parameter .* integer from 1 to"),
        ({"boundary": "wrap"}, "'boundary' parameter of TargetDensity must be"),
        ({"bins": np.r_[-1, np.sort(np.random.default_rng(0).random(6000)), 2]}, "at most 5000"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        TargetDensity(**params).fit(np.linspace(0, 1, 50))


def test_bandwidth_too_small_for_so_many_targets():
    with pytest.raises(ValueError, match="'bandwidth' parameter of TargetDensity must be wider"):
        TargetDensity(bandwidth=1e-9).fit(np.linspace(0, 1, 20_000))
    with pytest.raises(ValueError, match="'bandwidth' parameter of TargetDensity must be wider"):
        TargetDensity(bandwidth=1e-14).fit([0.0, 0.5, 1.0])


def test_quartiles_that_differ_by_rounding_only_are_tied():
    y = [0.0, 0.0, 513.0, 7e-15]
    assert TargetDensity().fit(y).bandwidth_ == pytest.approx(0.9 * np.std(y) * 4**-0.2)


def test_targets_that_bins_cannot_hold():
    with pytest.raises(ValueError, match="something else than 'integer'"):
        TargetDensity(bins="integer").fit([0.0, 1e18])
    with pytest.raises(ValueError, match="few enough to tell apart"):
        TargetDensity(bins=1000).fit([1e16, 1e16 + 4])
    with pytest.raises(ValueError, match="of a range that float64 holds"):
        TargetDensity().fit([-1.7e308, 1.7e308])


def test_unfitted():
    with pytest.raises(NotFittedError):
        TargetDensity().density([1.0])
    with pytest.raises(NotFittedError):
        TargetDensity().empirical_density([1.0])


def test_bandwidth_attribute_is_that_of_the_rule():
    y = np.random.default_rng(0).normal(size=1000)
    for rule in ("silverman", "scott", "isj"):
        assert TargetDensity(bandwidth=rule).fit(y).bandwidth_ == pytest.approx(
            select_bandwidth(y, rule), rel=1e-9
        )


def test_rules_on_bins_are_close_to_those_on_targets():
    y = np.random.default_rng(0).normal(size=5000)
    for rule in ("silverman", "scott"):
        binned = TargetDensity(bandwidth=rule, bins=200).fit(y).bandwidth_
        assert binned == pytest.approx(select_bandwidth(y, rule), rel=0.01)
    assert TargetDensity(bins=[0, 1, 2]).fit([0.5, 0.5]).bandwidth_ == 1


@pytest.mark.parametrize("y", [[1e300] * 3, [2**53, 2**53 + 2], [-(2.0**52), 1 - 2.0**52]])
def test_integers_without_halves_around_them_are_refused(y):
    with pytest.raises(ValueError, match=r"'bins' parameter of TargetDensity must .*2\*\*52"):
        TargetDensity(bins="integer").fit(y)


def test_the_largest_integers_that_have_halves_around_them():
    y = 2.0**52 - np.array([1, 3, 3])
    density = TargetDensity(bins="integer", kernel=None).fit(y)
    np.testing.assert_array_equal(density.counts_, [2, 0, 1])
    np.testing.assert_allclose(density.density(y), [1 / 3, 2 / 3, 2 / 3])


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize(("value", "bandwidth"), [(3.0, 1e-6), (0.0, 1e-200), (1e9, 1e-2)])
def test_one_value_and_a_narrow_kernel(name, boundary, value, bandwidth):
    options = {"kernel": name, "boundary": boundary, "bandwidth": bandwidth}
    peak = kernel(name, 0.0) / bandwidth
    for density in (
        TargetDensity(**options).fit([value] * 3),
        TargetDensity(**options).set_params(bandwidth=0.3).partial_fit([value]),
    ):
        density.set_params(bandwidth=bandwidth)
        if density.bandwidth_ != bandwidth:
            density.partial_fit([value] * 2)
        assert density.n_samples_seen_ == 3
        np.testing.assert_allclose(density.density([value]), peak, rtol=1e-3)


def test_one_value_and_a_kernel_that_float64_cannot_place_there():
    with pytest.raises(ValueError, match="'bandwidth' parameter of TargetDensity must be wider"):
        TargetDensity(bandwidth=1e-9).fit([1e9])


@pytest.mark.parametrize("rule", ["silverman", "scott"])
@pytest.mark.parametrize("far", [1e7, 1e9, -1e12])
@pytest.mark.parametrize("first", [True, False])
def test_batches_with_a_far_target_have_the_bandwidth_of_fit_or_are_refused(rule, far, first):
    y = np.random.default_rng(0).normal(20, 5, 300)
    batches = [np.append(y[:150], far), y[150:]]
    first, second = batches if first else batches[::-1]
    density = TargetDensity(bandwidth=rule)
    with pytest.raises(ValueError, match=r"'bandwidth' parameter of TargetDensity .* in batches"):
        density.partial_fit(first).partial_fit(second)


def test_batches_of_a_pile_beside_far_targets_have_the_bandwidth_of_fit():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.append(np.zeros(800), rng.lognormal(5, 2, 200)))
    y[500] = 1e7
    density = TargetDensity()
    for batch in np.array_split(y, 3):
        density.partial_fit(batch)
    assert density.bandwidth_ == pytest.approx(TargetDensity().fit(y).bandwidth_, rel=1e-6)
