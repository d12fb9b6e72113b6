"""Targets, weights and parameters at the ends of float64: right weights, or an error of ours."""

import numpy as np
import pytest
from sklearn.base import clone

from skdir.density import TargetDensity
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
)

G = np.random.default_rng(0).gamma(2, 3, 40)
TARGETS = {
    "ordinary": G,
    "huge": 1e300 * G,
    "tiny": 1e-300 * G,
    "subnormal": 1e-310 * G,
    "smallest": np.array([0, 5e-324, 1e-323, 5e-324]),
    "widest": np.array([-1.7e308, 0, 1.7e308]),
    "half as wide": np.array([-8e307, 0, 8e307]),
    "highest": np.full(3, 1.7e308),
    "whole, beyond 2**53": 2.0**53 + np.array([0, 2, 4, 4]),
    "unsigned": np.array([2**64 - 1, 1, 5], dtype=np.uint64),
    "objects": np.array([2**70, 3, 5], dtype=object),
    "neighbours": np.append(np.ones(50), 1 + 2.0**-52),
    "far and near": np.array([0, 1e-8, 1e300]),
    "zeros of both signs": np.array([-0.0, 0.0]),
}
ROWS = {
    "none": None,
    "huge": [1e308, 1.7e308],
    "smallest": [5e-324, 1e-323],
    "of all sizes": [5e-324, 1e308],
    "subnormal beside 1": [1e-320, 1.0],
    "beyond counting": [2.0**60, 3.0],
    "a zero": [0.0, 1.0],
}
WEIGHTERS = (
    LDSWeighter(),
    LDSWeighter(kernel="laplacian", boundary="zero", reweight="inverse"),
    LDSWeighter(kernel="triangular", boundary="renormalize", bandwidth="scott"),
    LDSWeighter(bandwidth=5e-324),
    LDSWeighter(bandwidth=1e308),
    LDSWeighter(bandwidth=1e308, boundary="zero"),
    LDSWeighter(reweight=5e-324, clip=(5e-324, 1e308)),
    LDSWeighter(reweight="inverse", clip=(0, np.inf)),
    LDSWeighter(reweight="inverse", clip=(1 - 2**-53, 1 + 2**-52)),
    LDSWeighter(bins=5, bandwidth=1e308),
    LDSWeighter(bins=5, bandwidth=5e-324, boundary="zero"),
    LDSWeighter(bins=5, clip_counts=(1e308, np.inf)),
    LDSWeighter(bins=5, clip_counts=(0, 5e-324), reweight="inverse"),
    LDSWeighter(bins=5, kernel=[1e308] * 3, root_first=True),
    LDSWeighter(bins=5, kernel=[0, 0, 5e-324]),
    LDSWeighter(bins=5, kernel_size=10**9 + 1),
    LDSWeighter(bins="integer"),
    LDSWeighter(bins=[-1.79e308, 0, 5e-324, 1, 1.79e308]),
    DenseWeighter(),
    DenseWeighter(alpha=1e308, eps=5e-324),
    DenseWeighter(bandwidth=1e308, boundary="zero"),
    InverseFrequencyWeighter(),
    InverseFrequencyWeighter(bins="integer", reweight="inverse"),
    InverseFrequencyWeighter(bins=1),
    InverseFrequencyWeighter(bins=100_000, clip=(0, 1 + 1e-9)),
    InverseFrequencyWeighter(bins=[-1.79e308, 0, 5e-324, 1.79e308]),
    RelevanceWeighter(),
    RelevanceWeighter(floor=5e-324),
)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("weighter", WEIGHTERS, ids=repr)
def test_weights_are_finite_with_mean_one_or_refused(weighter, rows):
    for name, y in TARGETS.items():
        own = None if ROWS[rows] is None else np.resize(ROWS[rows], len(y))
        try:
            weight = clone(weighter).fit_transform(y, own)
            model = clone(weighter).fit(y, own)
        except ValueError as error:
            if f"parameter of {type(weighter).__name__}" not in str(error):
                raise
            continue
        assert np.isfinite(weight).all() and (weight >= 0).all(), name
        share = None if own is None else own / own.max()
        assert np.average(weight, weights=share) == pytest.approx(1, rel=1e-6), name
        np.testing.assert_array_equal(model.transform(y), weight)
        assert 0 < model.effective_sample_size_ < np.inf
        if not isinstance(weighter, RelevanceWeighter):
            unseen = model.transform([0.0, 1.0, -1.79e308, 1.79e308, 5e-324])
            assert np.isfinite(unseen).all() and (unseen <= weight.max() * (1 + 1e-9)).all()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("turn", "weighter"),
    list(enumerate(weighter for weighter in WEIGHTERS if hasattr(weighter, "partial_fit"))),
    ids=repr,
)
def test_batches_of_extremes(turn, weighter):
    # Three of the seven kinds of rows, in turn: each meets each target and each weighter.
    kinds = list(ROWS)
    for place, (name, y) in enumerate(TARGETS.items()):
        for kind in {kinds[(turn + 2 * place + step) % len(kinds)] for step in (0, 1, 3)}:
            rows = ROWS[kind]
            own = None if rows is None else np.resize(rows, len(y))
            try:
                model = clone(weighter).partial_fit(y, own).partial_fit(y).partial_fit(y, own)
            except ValueError as error:
                if "parameter of LDSWeighter" not in str(error):
                    raise
                continue
            weight = model.transform(y)
            assert np.isfinite(weight).all() and (weight > 0).all(), (name, kind)


@pytest.mark.parametrize(
    "weighter",
    [
        LDSWeighter(),
        LDSWeighter(kernel="laplacian", reweight="inverse"),
        LDSWeighter(bins=9),
        DenseWeighter(),
        InverseFrequencyWeighter(),
        InverseFrequencyWeighter(bins=9),
    ],
    ids=repr,
)
@pytest.mark.parametrize("power", [-900, 900, 1019])
def test_the_unit_of_the_targets_does_not_matter(weighter, power):
    """A power of two rounds nothing."""
    expected = weighter.fit_transform(G)
    np.testing.assert_allclose(weighter.fit_transform(np.ldexp(G, power)), expected, rtol=1e-9)


@pytest.mark.parametrize("bins", [None, 7, "integer"])
@pytest.mark.parametrize("kernel", ["gaussian", "triangular"])
def test_a_kernel_twice_as_wide_as_the_range_finds_a_flat_density(bins, kernel):
    """Folded back at the ends, it spreads all targets evenly."""
    edges = TargetDensity(bins=bins, bandwidth=1.0).fit(G).bin_edges_
    wide = 2 * np.ptp(edges)
    density = TargetDensity(bandwidth=wide, kernel=kernel, bins=bins).fit(G)
    np.testing.assert_allclose(density.density(G), 1 / np.ptp(edges), rtol=2e-3)


@pytest.mark.parametrize("kernel", ["gaussian", "laplacian", "triangular"])
def test_what_a_wide_kernel_leaves_outside_of_bins_is_not_there(kernel):
    options = {"bandwidth": 20.0, "kernel": kernel, "boundary": "zero"}
    edges = np.linspace(0, G.max(), 400)
    binned = TargetDensity(bins=edges, **options).fit(G)
    free = TargetDensity(**options).fit(G)
    np.testing.assert_allclose(binned.density(G), free.density(G), rtol=2e-3)
