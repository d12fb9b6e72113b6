"""What a weighter has learned is a value: set once all has succeeded, and held by nobody else."""

import gc
import weakref

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags

from skdir.density import RareTargets, TargetDensity
from skdir.utils.estimator_checks import check_weighter
from skdir.weighting import (
    BaseWeighter,
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
)

Y = np.random.default_rng(0).gamma(2.0, 3.0, size=300)


class DistanceWeighter(BaseWeighter):
    """Weights that grow with the distance of the target from its mean."""

    _parameter_constraints: dict = {}

    def __init__(self, *, strength=1.0, clip=None):
        self.strength = strength
        self.clip = clip

    def _fit_values(self, y, sample_weight):
        self.center_ = np.average(y, weights=sample_weight)
        self.range_ = np.ptp(y) or 1.0
        self.strength_ = self._number()
        return self._raw(y)

    def _number(self):
        if not np.isscalar(self.strength):
            raise ValueError(f"The 'strength' parameter of DistanceWeighter is {self.strength}.")
        return self.strength

    def _raw(self, y):
        return 1.0 + self.strength_ * np.abs(y - self.center_) / self.range_


class Linear(BaseWeighter):
    """The smallest weighter: it learns nothing."""

    _parameter_constraints: dict = {}

    def _raw(self, y):
        return np.abs(y)


def test_a_weighter_that_learns_nothing_is_one_method():
    np.testing.assert_allclose(Linear().fit_transform([1.0, 2.0, 3.0]), [0.5, 1.0, 1.5])
    np.testing.assert_allclose(Linear().fit([1.0, 3.0]).transform([2.0, 9.0]), [1.0, 1.5])


def test_raw_weights_are_one_array():
    class Old(DistanceWeighter):
        def _fit_values(self, y, sample_weight):
            return super()._fit_values(y, sample_weight), sample_weight, None

    with pytest.raises(ValueError, match="weights of Old must be a 1-d array of 300 finite"):
        Old().fit(Y)


def test_a_weighter_of_the_documented_kind_passes_the_checks():
    check_weighter(DistanceWeighter())
    check_weighter(DistanceWeighter(strength=2.0, clip=(0.5, 2.0)))


@pytest.mark.parametrize("clip", [None, (0.9, 1.1), [0.5, 2.0]])
def test_a_parameter_clip_bounds_the_weights(clip):
    weight = DistanceWeighter(strength=9.0, clip=clip).fit_transform(Y)
    low, high = (0, np.inf) if clip is None else clip
    assert low <= weight.min() < weight.max() <= high
    assert weight.mean() == pytest.approx(1)
    assert (clip is None) or (weight.min() == low and weight.max() == high)


def test_tags():
    assert get_tags(DistanceWeighter()).weighter_tags.allows_zero is False
    assert get_tags(LDSWeighter()).weighter_tags.refuses_degenerate is False
    assert get_tags(RelevanceWeighter()).weighter_tags.allows_zero is True
    assert get_tags(RelevanceWeighter(floor=0.1)).weighter_tags.allows_zero is False
    assert get_tags(RelevanceWeighter()).weighter_tags.refuses_degenerate is True
    # those of scikit-learn are still there
    assert get_tags(LDSWeighter()).target_tags.required is True
    assert get_tags(LDSWeighter()).input_tags.two_d_array is False


class Refusing(LDSWeighter):
    """A weighter that raises when the density is known already."""

    def _raw(self, y):
        if self.reweight == 0.25:
            raise ValueError("The 'reweight' parameter of Refusing must not be 0.25.")
        return super()._raw(y)


# What is fitted, and what is changed before a second fit to 10 * Y, which raises.
REFITS = [
    (LDSWeighter(bins=20), {"clip": (0.9, 1.1), "bins": None, "root_first": True}),
    (LDSWeighter(bins=20), {"kernel_size": 4}),
    (LDSWeighter(), {"clip": (0.5, 2), "kernel": None}),
    (LDSWeighter(), {"clip": (0.9, 0.95)}),
    (LDSWeighter(), {"reweight": "inverse", "bins": [0, 1]}),
    (Refusing(), {"reweight": 0.25}),
    (InverseFrequencyWeighter(), {"bins": [0, 1], "clip": (0.5, 2)}),
    (DenseWeighter(), {"alpha": 10**400}),
    (DenseWeighter(), {"bandwidth": 1e-300}),
    (RelevanceWeighter(floor=0.1), {"relevance": np.zeros(300), "floor": 0.0}),
    (RelevanceWeighter(floor=0.1), {"relevance": lambda y: np.ones(3)}),
    (DistanceWeighter(), {"clip": (2, 3)}),
    (DistanceWeighter(), {"strength": [1.0]}),
    (DistanceWeighter(), {"strength": np.nan}),
    (TargetDensity(), {"kernel": None}),
    (TargetDensity(bins=20), {"bins": [0, 1]}),
    (RareTargets(), {"rare_fraction": np.inf}),
]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(
    ("estimator", "changed", "method"),
    [
        pytest.param(
            estimator,
            changed,
            method,
            id=f"{type(estimator).__name__}-{'-'.join(changed)}-{method}",
        )
        for estimator, changed in REFITS
        for method in ("fit", "fit_transform", "partial_fit")
        if hasattr(estimator, method)
    ],
)
def test_what_raises_sets_nothing(estimator, changed, method):
    fitted = clone(estimator).fit(Y).set_params(**changed)
    before = dict(vars(fitted))
    with pytest.raises((ValueError, OverflowError, IndexError)):
        getattr(fitted, method)(10 * Y)
    assert vars(fitted).keys() == before.keys()
    assert all(vars(fitted)[name] is before[name] for name in before)


WEIGHTERS = [
    LDSWeighter(),
    LDSWeighter(kernel="laplacian", clip=(0.5, 2)),
    LDSWeighter(bins=10),
    InverseFrequencyWeighter(),
    DenseWeighter(),
    RelevanceWeighter(),
    RareTargets(),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("estimator", WEIGHTERS, ids=repr)
def test_a_fitted_object_is_no_cycle(estimator):
    fitted = clone(estimator).fit(Y)
    held = [getattr(fitted, name) for name in ("density_", "relevance_") if hasattr(fitted, name)]
    gone = [weakref.ref(one) for one in (fitted, *held)]
    gc.disable()
    try:
        del fitted, held
        assert [reference() for reference in gone] == [None] * len(gone)
    finally:
        gc.enable()


@pytest.mark.parametrize("params", [{}, {"bins": 10}, {"kernel": "triangular"}])
def test_a_batch_added_to_the_density_does_not_change_the_weighter(params):
    weighter = LDSWeighter(**params).fit(Y)
    expected = weighter.transform(Y)
    weighter.density_.partial_fit(Y[np.median(Y) < Y])
    np.testing.assert_array_equal(weighter.transform(Y), expected)


@pytest.mark.parametrize("weighter", WEIGHTERS[:4], ids=repr)
def test_weights_that_were_returned_are_not_written_to(weighter):
    weighter = clone(weighter)
    weights = weighter.fit_transform(Y)
    copies = weights.copy(), weighter.transform(Y[:9])
    part = weighter.transform(Y[:9])
    weighter.fit_transform(10 * Y)
    weights_again = clone(weighter).fit(Y).transform(Y[:9])
    np.testing.assert_array_equal(weights, copies[0])
    np.testing.assert_array_equal(part, copies[1])
    part *= 0  # the caller's own
    np.testing.assert_array_equal(clone(weighter).fit(Y).transform(Y[:9]), weights_again)
