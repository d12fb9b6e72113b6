"""Merged estimates of parts: the estimate of all rows, in any order, and no part changes."""

import pickle
from dataclasses import fields, is_dataclass
from functools import reduce

import numpy as np
import pytest

from skdir.density import BinnedDensity, TargetDensity, estimate_density

BINS = {
    "equal": {"bins": np.arange(0.0, 101.0, 2.0)},
    "unequal": {"bins": [0.0, 1.0, 5.0, 20.0, 99.0], "kernel": "triangular"},
    "number": {"bins": 10, "bandwidth": "scott"},  # each part has both ends of the range
    "integer": {"bins": "integer", "kernel": [1.0, 2.0, 1.0], "boundary": "zero"},
    "cut": {"bins": "integer", "kernel_size": 5, "boundary": "renormalize"},
}
BIN_FREE = {
    "gaussian": {},
    "scott": {"bandwidth": "scott", "boundary": "renormalize"},
    "isj": {"bandwidth": "isj"},
    "laplacian": {"kernel": "laplacian", "boundary": "zero"},
    "triangular": {"kernel": "triangular", "bandwidth": 1.5},
}
ALL = BINS | BIN_FREE


def gamma(n=600, seed=0):
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=n).clip(0.1, 90.0)


def spread(n=600):
    """Return three parts of targets, each of which has both ends of the range."""
    y = gamma(n)
    ends = [y.min(), y.max()]
    return [np.append(part, ends) for part in np.split(y, 3)]


def whole_weights(parts):
    rng = np.random.default_rng(1)
    weights = [rng.integers(0, 4, len(part)) for part in parts]
    for weight in weights:
        weight[-2:] = [1, 3]  # a row of zero weight is no end of the range
    return weights


def fractions(parts):
    rng = np.random.default_rng(2)
    return [scale * rng.uniform(0.1, 2.0, len(part)) for part, scale in zip(parts, (1, 7, 0.01))]


WEIGHTS = {"none": lambda parts: [None] * 3, "whole": whole_weights, "fractions": fractions}


def estimates_of(parts, weights=None, **params):
    weights = [None] * len(parts) if weights is None else weights
    return [estimate_density(*pair, **params) for pair in zip(parts, weights)]


def merge(estimates):
    return reduce(lambda first, second: first.merge(second), estimates)


def all_of(parts, weights=None, **params):
    if weights is not None and weights[0] is not None:
        return estimate_density(np.concatenate(parts), np.concatenate(weights), **params)
    return estimate_density(np.concatenate(parts), **params)


def assert_same(first, second, y, rtol=0.0):
    """Assert that two estimates are the same, bit for bit with no tolerance."""
    assert first.n_samples == pytest.approx(second.n_samples, rel=1e-12)
    assert first.bandwidth == pytest.approx(second.bandwidth, rel=rtol, abs=0.0)
    for name in ("edges", "counts", "effective_counts"):
        expected = getattr(second, name)
        np.testing.assert_allclose(
            getattr(first, name), expected, rtol=rtol, atol=rtol * np.abs(expected).max()
        )
    np.testing.assert_allclose(first.at(y), second.at(y), rtol=rtol)


def assert_close(merged, whole, y, rtol):
    """Assert that densities agree wherever they are above 1e-4 of the highest."""
    points = np.concatenate([y, np.linspace(y.min(), y.max(), 500)])
    expected = whole.at(points)
    dense = expected > 1e-4 * expected.max()
    np.testing.assert_allclose(merged.at(points)[dense], expected[dense], rtol=rtol)
    assert merged.n_samples == pytest.approx(whole.n_samples)


@pytest.mark.parametrize("weighted", ["none", "whole"])
@pytest.mark.parametrize("form", BINS)
def test_merged_bins_are_exactly_the_whole(form, weighted):
    parts = spread()
    weights = WEIGHTS[weighted](parts)
    merged = merge(estimates_of(parts, weights, **BINS[form]))
    y = np.concatenate(parts)
    assert isinstance(merged, BinnedDensity)
    assert_same(merged, all_of(parts, weights, **BINS[form]), y)
    rows = None if weighted == "none" else np.concatenate(weights)
    np.testing.assert_array_equal(merged.counts, np.histogram(y, merged.edges, weights=rows)[0])


@pytest.mark.parametrize("form", BINS)
def test_merged_bins_of_fractional_weights_are_the_whole_to_rounding(form):
    parts = spread()
    weights = fractions(parts)  # of unlike scales: they are relative to the mean over all rows
    merged = merge(estimates_of(parts, weights, **BINS[form]))
    assert_same(merged, all_of(parts, weights, **BINS[form]), np.concatenate(parts), 1e-11)
    assert merged.n_samples == pytest.approx(606)


@pytest.mark.parametrize("form", ["equal", "gaussian"])
def test_whole_weights_beside_fractional_ones_are_relative_to_the_mean_of_all(form):
    parts = spread()
    weights = [np.full(len(parts[0]), 3.0), fractions(parts)[1], np.ones(len(parts[2]))]
    merged = merge(estimates_of(parts, weights, **ALL[form]))
    whole = all_of(parts, weights, **ALL[form])
    rtol = 1e-11 if form == "equal" else 1e-3
    assert_close(merged, whole, np.concatenate(parts), rtol)
    assert whole.n_samples == pytest.approx(606)


@pytest.mark.parametrize("weighted", WEIGHTS)
@pytest.mark.parametrize("form", BIN_FREE)
def test_merged_histograms_of_one_range_are_the_whole(form, weighted):
    parts = spread()
    weights = WEIGHTS[weighted](parts)
    params = BIN_FREE[form] | {"in_batches": True}
    merged = merge(estimates_of(parts, weights, **params))
    assert_same(merged, all_of(parts, weights, **params), np.concatenate(parts), 1e-6)


@pytest.mark.parametrize("weighted", WEIGHTS)
@pytest.mark.parametrize("form", ALL)
def test_merging_an_estimate_is_adding_its_rows(form, weighted):
    parts = spread()
    weights = WEIGHTS[weighted](parts)
    params = ALL[form] | {"in_batches": True}
    first, second, _ = estimates_of(parts, weights, **params)
    added = first.add(parts[1], weights[1])
    # fractional weights are divided by the mean over all rows in one step or in two
    rtol = 1e-9 if weighted == "fractions" else 0.0
    assert_same(first.merge(second), added, np.concatenate(parts), rtol)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("in_batches", [False, True])
@pytest.mark.parametrize("form", BIN_FREE)
def test_merged_histograms_of_unlike_ranges_are_nearly_the_whole(form, in_batches, ordered):
    y = gamma(3000)
    parts = np.split(np.sort(y) if ordered else y, [50, 1000, 1800])
    params = BIN_FREE[form]
    if form == "isj" and ordered:
        params = {"bandwidth": "silverman"}  # the equation of a cut part has no root
    merged = merge(estimates_of(parts, **params, in_batches=in_batches))
    assert_close(merged, estimate_density(y, **params), y, 1e-4 if in_batches else 2e-3)


@pytest.mark.parametrize("in_batches", [False, True])
def test_merged_density_is_the_naive_kernel_sum(in_batches):
    y, h = gamma(), 0.7
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(y))
    params = {"bandwidth": h, "boundary": "zero", "in_batches": in_batches}
    merged = merge(estimates_of(np.split(y, 4), np.split(weight, 4), **params))
    grid = np.linspace(y.min() - 3, y.max() + 3, 300)
    kernel = np.exp(-0.5 * ((grid[:, None] - y) / h) ** 2) / (h * np.sqrt(2 * np.pi))
    expected = np.average(kernel, axis=1, weights=weight)
    dense = expected > 1e-4 * expected.max()
    np.testing.assert_allclose(merged.at(grid)[dense], expected[dense], rtol=1e-3)


@pytest.mark.parametrize("weighted", WEIGHTS)
@pytest.mark.parametrize("form", ALL)
def test_order_does_not_matter(form, weighted):
    parts = spread()
    # "isj" finds far narrower a bandwidth for some of the parts, which finer cells are needed for
    params = ALL[form] | {"in_batches": form == "isj"}
    a, b, c = estimates_of(parts, WEIGHTS[weighted](parts), **params)
    y = np.concatenate(parts)
    assert_same(a.merge(b), b.merge(a), y)
    exact = form in BINS and weighted != "fractions"
    assert_same(a.merge(b).merge(c), a.merge(b.merge(c)), y, 0.0 if exact else 1e-4)


def test_integers_begin_and_end_where_those_of_either_part_do():
    parts = [np.array([3, 4, 4]), np.array([-2, 0]), np.array([9])]
    merged = merge(estimates_of(parts, bins="integer", kernel=None))
    np.testing.assert_array_equal(merged.edges, np.arange(-2, 11) - 0.5)
    np.testing.assert_array_equal(merged.counts, [1, 0, 1, 0, 0, 1, 2, 0, 0, 0, 0, 1])


@pytest.mark.parametrize("in_batches", [False, True])
def test_constants_and_single_rows(in_batches):
    parts = [np.full(200, 2), np.array([7]), np.full(100, 3), np.array([2, 3, 5])]
    merged = merge(estimates_of(parts, in_batches=in_batches))
    y = np.concatenate(parts).astype(float)
    whole = estimate_density(y)
    assert_close(merged, whole, y, 1e-3)
    same = merge(estimates_of([np.full(5, 2.0), np.full(3, 2.0)], in_batches=in_batches))
    assert_same(same, estimate_density(np.full(8, 2.0), in_batches=in_batches), y)


def test_constants_far_apart_merge_exactly():
    # cells around a constant are wide, but all its targets are one
    parts = [np.full(50, 1000.0), 1000.0 + np.linspace(0.0, 1e-3, 30)]
    assert_close(merge(estimates_of(parts)), all_of(parts), np.concatenate(parts), 1e-3)


def test_a_far_target_of_one_part_merges_where_the_range_is_filled():
    rng = np.random.default_rng(0)
    far = np.append(rng.normal(size=500), 1e5)
    parts = [far, rng.uniform(-5.0, 1e5, size=3000)]
    first, second = estimates_of(parts)
    assert first.bandwidth < 1e-5 * 1e5  # its empty stretch is shortened
    y = np.concatenate(parts)
    assert_close(first.merge(second), estimate_density(y), y, 2e-3)
    assert_close(second.merge(first), estimate_density(y), y, 2e-3)


@pytest.mark.parametrize("params", [{}, {"kernel": "laplacian"}, {"bandwidth": 0.2}])
def test_a_far_target_in_an_empty_stretch_is_refused_with_a_remedy(params):
    rng = np.random.default_rng(0)
    parts = [np.append(rng.normal(size=500), 1e5), rng.normal(size=500)]
    first, second = estimates_of(parts, **params)
    message = (
        r"'bandwidth' parameter of DensityEstimate.merge must be at least .* estimates that are "
        r"merged \(estimate all at once, or give 'bins'\)"
    )
    for pair in ((first, second), (second, first)):
        with pytest.raises(ValueError, match=message) as error:
            merge(pair)
    least = float(str(error.value).split("at least ")[1].split()[0])
    wide = merge(estimates_of(parts, **params | {"bandwidth": least}))
    assert wide.bandwidth == least
    with pytest.raises(ValueError, match="'bandwidth' parameter of DensityEstimate.merge"):
        merge(estimates_of(parts, **params | {"bandwidth": 0.9 * least}))


@pytest.mark.parametrize("then", [[], [np.array([400.0, 600.0])]])
def test_cells_too_wide_for_the_bandwidth_of_all_are_refused(then):
    rng = np.random.default_rng(0)
    parts = [rng.uniform(0, 1000, size=2000), *then, rng.normal(500.0, 1.0, size=20_000)]
    with pytest.raises(ValueError, match=r"in cells as wide as 0\.03.*with in_batches=True") as e:
        merge(estimates_of(parts))
    assert "'bandwidth' parameter of DensityEstimate.merge must be at least 1.1" in str(e.value)
    fine = merge(estimates_of(parts, in_batches=True))
    y = np.concatenate(parts)
    assert_close(fine, estimate_density(y), y, 1e-3)


def arrays_of(value, path=""):
    """Return all arrays and numbers that an estimate is made of, copied, by where they are."""
    if isinstance(value, np.ndarray):
        return {path: value.copy()}
    if not is_dataclass(value):
        return {path: value}
    parts = [arrays_of(getattr(value, f.name), f"{path}.{f.name}") for f in fields(value)]
    return {place: found for part in parts for place, found in part.items()}


@pytest.mark.parametrize("weighted", WEIGHTS)
@pytest.mark.parametrize("form", ALL)
def test_operands_stay_as_they_are_and_share_nothing_that_can_be_written(form, weighted):
    parts = spread()
    estimates = estimates_of(parts, WEIGHTS[weighted](parts), **ALL[form])[:2]
    before = [arrays_of(estimate) for estimate in estimates]
    merged = merge(estimates)
    assert all(merged is not estimate for estimate in estimates)
    for estimate, was in zip(estimates, before):
        now = arrays_of(estimate)
        assert list(now) == list(was) and len(now) > 10
        for place, value in was.items():
            np.testing.assert_array_equal(now[place], value, err_msg=place)
    assert not merged.counts.flags.writeable
    assert not merged.edges.flags.writeable


@pytest.mark.parametrize("form", ALL)
def test_pickled_operands_merge_alike(form):
    parts = spread()
    estimates = estimates_of(parts, whole_weights(parts), **ALL[form])
    copies = pickle.loads(pickle.dumps(estimates))
    assert_same(merge(copies), merge(estimates), np.concatenate(parts))


@pytest.mark.parametrize("form", ALL)
def test_a_merged_estimate_takes_more_rows(form):
    parts = spread()
    first, second, third = estimates_of(parts, **ALL[form])
    merged = first.merge(second).add(parts[2])
    assert_close(merged, first.merge(second).merge(third), np.concatenate(parts), 2e-3)
    assert TargetDensity.from_estimate(merged).n_samples_seen_ == 606


OTHERS = [
    ("kernel", {"kernel": "laplacian"}, {}),
    ("kernel", {"kernel": None, "bins": [0, 9]}, {"bins": [0, 9]}),
    ("kernel", {"kernel": [1, 2, 1], "bins": [0, 9]}, {"kernel": [1, 3, 1], "bins": [0, 9]}),
    ("bandwidth", {"bandwidth": 0.5}, {}),
    ("bandwidth", {"bandwidth": 0.5}, {"bandwidth": 0.6}),
    ("bandwidth", {"bandwidth": "scott"}, {}),
    ("bins", {"bins": 5}, {}),
    ("bins", {"bins": "integer"}, {"bins": [0.5, 9.5]}),
    ("bins", {"bins": [0, 5, 9]}, {"bins": [0, 4, 9]}),
    ("bins", {"bins": [0, 5, 9]}, {"bins": [0, 9]}),
    ("kernel_size", {"bins": "integer", "kernel_size": 3}, {"bins": "integer"}),
    ("boundary", {"boundary": "zero"}, {}),
]


@pytest.mark.parametrize(("name", "first", "second"), OTHERS)
def test_other_parameters_are_refused(name, first, second):
    y = [1.0, 2.0, 4.0]
    one, two = estimate_density(y, **first), estimate_density(y, **second)
    for own, other in ((one, two), (two, one)):
        with pytest.raises(ValueError, match="'other' parameter of DensityEstimate.merge") as error:
            own.merge(other)
        had, came = own.params[name], other.params[name]
        assert f"must be an estimate with the same {name!r} ({had!r}). Got {came!r}" in str(
            error.value
        )


def test_equal_parameters_of_other_types_are_no_difference():
    y = [1.0, 2.0, 4.0]
    one = estimate_density(y, bins=[0, 5, 9], kernel=[1, 2, 1], bandwidth=np.float64(2))
    two = estimate_density(y, bins=np.array([0.0, 5.0, 9.0]), kernel=(1, 2, 1), bandwidth=2)
    np.testing.assert_array_equal(one.merge(two).counts, [6, 0])


def test_other_edges_of_a_number_of_bins_are_refused():
    one, two = estimate_density([0.0, 4.0], bins=2), estimate_density([0.0, 5.0], bins=2)
    with pytest.raises(ValueError, match="'other' parameter of DensityEstimate.merge") as error:
        one.merge(two)
    assert "the same edges ([0., 2., 4.]); a number of 'bins'" in str(error.value)
    assert "Got [0. , 2.5, 5. ] instead." in str(error.value)


@pytest.mark.parametrize(
    "other", [None, 3.0, [1.0, 2.0], np.array([1.0, 2.0]), TargetDensity().fit([1.0, 2.0, 3.0])]
)
@pytest.mark.parametrize("params", [{}, {"bins": [0, 9]}])
def test_what_is_no_estimate_is_refused(params, other):
    message = (
        "'other' parameter of DensityEstimate.merge must be a DensityEstimate .*'estimate_'.*"
        f"Got {type(other).__name__} instead"
    )
    with pytest.raises(TypeError, match=message):
        estimate_density([1.0, 2.0], **params).merge(other)


def test_ranges_beyond_float64_are_refused():
    low, high = estimates_of([np.array([-1e308, -1.1e308]), np.array([1e308, 1.1e308])])
    with pytest.raises(
        ValueError, match="'other' parameter of DensityEstimate.merge must be of a range"
    ):
        low.merge(high)


@pytest.mark.parametrize("kernel", ["gaussian", "laplacian", "triangular"])
def test_a_bandwidth_too_narrow_for_batches_is_refused_with_one_that_suffices(kernel):
    # the finest grid has 2**20 cells over the range: 25 pi a bandwidth, with corners 163 pi
    width, share = 2.0**20, {"gaussian": 25 * np.pi}.get(kernel, 163 * np.pi)
    first, more = np.array([0.0, 1.0, 2.0]), np.array([3.0, width])
    message = r"'bandwidth' parameter of DensityEstimate.add must be at least .* come in batches"
    narrow = estimate_density(first, kernel=kernel, bandwidth=0.99 * share, in_batches=True)
    with pytest.raises(ValueError, match=message) as error:
        narrow.add(more)
    least = float(str(error.value).split("at least ")[1].split()[0])
    assert share < least < 1.002 * share
    wide = estimate_density(first, kernel=kernel, bandwidth=least, in_batches=True).add(more)
    assert wide.bandwidth == least
