"""The estimate of a density: right against naive sums, mergeable, and never changed."""

import gc
import pickle
import weakref
from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from skdir.density import BinnedDensity, DensityEstimate, TargetDensity, estimate_density

# Each form that an estimate has inside: a grid, knots, shortened gaps, bins equal and not.
FORMS = {
    "grid": {},
    "knots": {"kernel": "laplacian"},
    "gaps": {"bandwidth": 1e-9},
    "bins": {"bins": 10},
    "edges": {"bins": np.array([0.0, 1.0, 5.0, 99.0])},
    "window": {"bins": "integer", "kernel": np.array([1.0, 2.0, 1.0])},
}


def gamma(n=400, seed=0):
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=n).clip(0.1, 90.0)


KERNELS = {
    "gaussian": lambda d: np.exp(-0.5 * d**2) / np.sqrt(2 * np.pi),
    "laplacian": lambda d: np.exp(-np.abs(d)) / 2,
    "triangular": lambda d: np.maximum(0, 1 - np.abs(d)),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
def test_at_is_the_naive_kernel_sum(kernel, weighted):
    y, h = gamma(), 0.7
    weight = np.random.default_rng(1).integers(0, 4, len(y)) if weighted else None
    grid = np.linspace(y.min() - 3, y.max() + 3, 300)
    values = KERNELS[kernel]((grid[:, None] - y) / h) / h
    expected = np.average(values, axis=1, weights=weight)
    estimate = estimate_density(y, weight, kernel=kernel, bandwidth=h, boundary="zero")
    dense = expected > 1e-4 * expected.max()
    np.testing.assert_allclose(estimate.at(grid)[dense], expected[dense], rtol=1e-3)


def test_at_is_the_naive_sum_over_bins():
    y, edges, window = gamma(), np.arange(0.0, 92.0, 2.0), np.array([1.0, 3.0, 1.0])
    counts = np.histogram(y, edges)[0]
    smoothed = [
        sum(counts[i + k] * window[1 + k] / 5 for k in (-1, 0, 1) if 0 <= i + k < len(counts))
        for i in range(len(counts))
    ]
    estimate = estimate_density(y, bins=edges, kernel=window, boundary="zero")
    assert isinstance(estimate, BinnedDensity)
    np.testing.assert_allclose(estimate.effective_counts, smoothed, atol=1e-12)
    bins = np.searchsorted(edges, y, side="right") - 1
    np.testing.assert_allclose(estimate.at(y), np.array(smoothed)[bins] / (2.0 * len(y)))
    np.testing.assert_allclose(estimate.smooth([1.0, *np.zeros(44)])[:3], [0.6, 0.2, 0])
    np.testing.assert_allclose(
        estimate.per_width(estimate.effective_counts)[bins], estimate.relative(y)
    )


@pytest.mark.parametrize("form", FORMS)
def test_forms_agree_with_their_own_parts(form):
    y = gamma()
    weight = np.random.default_rng(1).integers(1, 4, len(y)).astype(float)
    estimate, index = estimate_density(y, weight, **FORMS[form], return_index=True)
    np.testing.assert_allclose(estimate.relative(y), estimate.at(y) * estimate.width)
    histogram = estimate.counts / np.diff(estimate.edges) / weight.sum()
    cell = np.clip(np.searchsorted(estimate.edges, y, side="right") - 1, 0, len(histogram) - 1)
    np.testing.assert_allclose(estimate.empirical(y), histogram[cell], rtol=1e-9)
    targets, mass = estimate.points()
    assert estimate.n_samples == pytest.approx(weight.sum()) == mass.sum()
    assert (index is None) == (FORMS[form].get("bins") is None)
    if index is None:
        assert np.average(targets, weights=mass) == pytest.approx(np.average(y, weights=weight))
    else:
        np.testing.assert_array_equal(np.bincount(index, weight, len(mass)), mass)
        np.testing.assert_array_equal(estimate.relative(targets[index]), estimate.relative(y))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("form", ["edges", "window"])
def test_parts_are_exactly_the_whole(form, weighted):
    y = gamma()
    weight = np.random.default_rng(1).integers(0, 4, len(y)) if weighted else np.ones(len(y))
    whole = estimate_density(y, weight, **FORMS[form])
    parts = estimate_density(y[:100], weight[:100], **FORMS[form])
    for start in (100, 200, 300):
        parts = parts.add(y[start : start + 100], weight[start : start + 100])
    np.testing.assert_array_equal(parts.counts, whole.counts)
    np.testing.assert_array_equal(parts.effective_counts, whole.effective_counts)
    np.testing.assert_array_equal(parts.at(y), whole.at(y))
    assert (parts.bandwidth, parts.n_samples) == (whole.bandwidth, whole.n_samples)


@pytest.mark.parametrize("form", ["grid", "knots"])
def test_batches_without_bins_are_nearly_the_whole(form):
    y = np.sort(gamma())
    first = np.append(y[::2], y[-1])  # spans the range
    whole = estimate_density(np.append(first, y[1:-1:2]), **FORMS[form], in_batches=True)
    parts = estimate_density(first, **FORMS[form], in_batches=True).add(y[1:-1:2])
    np.testing.assert_allclose(parts.at(y), whole.at(y), rtol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_adding_leaves_the_estimate_as_it_is(form):
    y = gamma()
    params = FORMS[form] | ({} if form != "gaps" else {"bandwidth": 0.1})
    estimate = estimate_density(y, **params)
    before, counts = estimate.at(y), estimate.counts.copy()
    more = estimate.add(gamma(seed=1).clip(y.min(), y.max()))
    assert type(more) is type(estimate) and more.n_samples == 2 * estimate.n_samples
    np.testing.assert_array_equal(estimate.counts, counts)
    np.testing.assert_array_equal(estimate.at(y), before)


def test_bins_may_not_change_between_batches():
    estimate = estimate_density([1.0, 2.0], bins=[0, 1, 3])
    with pytest.raises(ValueError, match=r"'bins' parameter of DensityEstimate.add must be the sa"):
        estimate.add([1.0], bins=[0, 2, 3])
    assert estimate.add([1.0], kernel=None).bandwidth == 0


def parts_of(value):
    """Yield an estimate and all values it is made of."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from parts_of(getattr(value, field.name))


@pytest.mark.parametrize("how", ["made", "pickled"])
@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_an_estimate_can_be_set(form, how):
    estimate = estimate_density(gamma(), **FORMS[form])
    if how == "pickled":
        estimate = pickle.loads(pickle.dumps(estimate))
    parts = list(parts_of(estimate))
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    assert isinstance(estimate, DensityEstimate) and len(arrays) > 3
    assert not any(array.flags.writeable for array in arrays)
    for part in filter(is_dataclass, parts):
        with pytest.raises(FrozenInstanceError):
            setattr(part, fields(part)[0].name, None)
    with pytest.raises(ValueError, match="read-only"):
        estimate.counts[0] = 1
    assert copy(estimate) is deepcopy(estimate) is estimate


@pytest.mark.parametrize("form", ["edges", "window"])
def test_an_estimate_does_not_follow_the_arrays_it_was_made_from(form):
    y, params = gamma(), {k: copy(v) for k, v in FORMS[form].items()}
    estimate = estimate_density(y, **params)
    expected = estimate.at(y)
    for value in params.values():
        if isinstance(value, np.ndarray):
            value += 1000  # still writeable, and the user's own
    np.testing.assert_array_equal(estimate.at(y), expected)
    twice = estimate_density(np.append(y, y), **FORMS[form])
    np.testing.assert_array_equal(estimate.add(y).at(y), twice.at(y))


def test_lists_among_the_parameters_are_copies():
    estimate = estimate_density([1.0, 2.0], bins=[0, 1, 3], kernel=[1.0, 2.0, 1.0])
    density = TargetDensity.from_estimate(estimate)
    for params in (estimate.params, density.get_params()):
        params["bins"].append(9)
        params["kernel"][0] = 5.0
    assert (estimate.params["bins"], estimate.params["kernel"]) == ([0, 1, 3], [1.0, 2.0, 1.0])
    with pytest.raises(ValueError, match="'bins' parameter of TargetDensity must be the same"):
        density.partial_fit([1.0])


def test_messages_name_the_caller():
    for params, name in (({"kernel": None}, "bins"), ({"bins": [5, 6]}, "bins"), ({}, "y")):
        with pytest.raises(ValueError, match=f"'{name}' parameter of MyWeighter must be"):
            estimate_density([1.0, 2.0] if params else [np.nan], **params, caller="MyWeighter")
    with pytest.raises(ValueError, match="'boundary' parameter of estimate_density must be"):
        estimate_density([1.0, 2.0], boundary="none")


def test_an_estimator_from_an_estimate():
    y = gamma()
    estimate = estimate_density(y, bins=[0, 5, 99], kernel=None)
    density = TargetDensity.from_estimate(estimate)
    fitted = TargetDensity(bins=[0, 5, 99], kernel=None).fit(y)
    assert repr(density) == repr(fitted) and density.estimate_ is estimate
    np.testing.assert_array_equal(density.density(y), fitted.density(y))
    for name in ("bandwidth_", "bin_edges_", "counts_", "effective_counts_", "n_samples_seen_"):
        np.testing.assert_array_equal(getattr(density, name), getattr(fitted, name))
    density.partial_fit(y)
    assert (density.n_samples_seen_, estimate.n_samples) == (800, 400)


def test_an_unfitted_density_has_no_fitted_attributes():
    for name in ("bandwidth_", "bin_edges_", "counts_", "effective_counts_", "accuracy_"):
        assert not hasattr(TargetDensity(), name)


@pytest.mark.parametrize("form", FORMS)
def test_a_fitted_density_is_no_cycle(form):
    density = TargetDensity(**FORMS[form]).fit(gamma())
    gone = [weakref.ref(density), weakref.ref(density.estimate_)]
    gc.disable()
    try:
        del density
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()
