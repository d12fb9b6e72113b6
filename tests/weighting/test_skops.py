"""Fitted weighters and densities go through skops, which stores no code and no cycles."""

import numpy as np
import pytest
import skops.io

from skdir.density import RareTargets, TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.exp(X[:, 0])


def through_skops(estimator):
    """Return what is read from the stored estimator; nothing but classes of skdir is asked for."""
    data = skops.io.dumps(estimator)
    kinds = skops.io.get_untrusted_types(data=data)
    assert all(kind.startswith("skdir.") for kind in kinds)
    return skops.io.loads(data, trusted=kinds)


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize(
    "weighter",
    [
        LDSWeighter(),
        DenseWeighter(),
        InverseFrequencyWeighter(),
        RelevanceWeighter(),
        LDSWeighter(kernel="laplacian", boundary="zero"),
        LDSWeighter(kernel="triangular", bandwidth="isj", clip=(0.5, 2)),
        LDSWeighter(bandwidth=1e-9),
        LDSWeighter(bins=10),
        LDSWeighter(bins=[0, 1, 2, 3, 99], kernel=np.array([1, 2, 1]), root_first=True),
        LDSWeighter(bins="integer", kernel=None, clip_counts=(2, 9)),
        InverseFrequencyWeighter(bins=np.array([0.0, 1.0, 99.0])),
        RelevanceWeighter(relevance=RelevanceFunction(method="density")),
        RelevanceWeighter(relevance=np.linspace(0, 1, 60)),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_weighters(weighter, fitted):
    if not fitted:
        again = through_skops(weighter).fit(Y)
        np.testing.assert_array_equal(again.transform(Y), weighter.fit(Y).transform(Y))
        return
    weighter.fit(Y)
    again = through_skops(weighter)
    np.testing.assert_array_equal(again.transform(Y), weighter.transform(Y))
    assert repr(again.get_params()) == repr(weighter.get_params())


@pytest.mark.parametrize("params", [{}, {"bins": 10}])
def test_batches_go_on_after_skops(params):
    first = np.append(Y[:20], [Y.min(), Y.max()])
    for kind, answer in ((TargetDensity, "density"), (LDSWeighter, "transform")):
        here = kind(**params).partial_fit(first)
        there = through_skops(here).partial_fit(Y[20:])
        np.testing.assert_array_equal(
            getattr(there, answer)(Y), getattr(here.partial_fit(Y[20:]), answer)(Y)
        )


def test_densities():
    for density in (TargetDensity(), TargetDensity(bins=10)):
        density.fit(Y)
        np.testing.assert_array_equal(through_skops(density).density(Y), density.density(Y))
    rare = RareTargets().fit(Y)
    np.testing.assert_array_equal(through_skops(rare).is_rare(Y), rare.is_rare(Y))


@pytest.mark.parametrize("weighter", [None, LDSWeighter(bins=10), DenseWeighter()])
def test_weighted_regressor(weighter):
    model = WeightedRegressor() if weighter is None else WeightedRegressor(weighter=weighter)
    model.fit(X, Y)
    again = through_skops(model)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(again.weighter_.transform(Y), model.weighter_.transform(Y))
