"""The common checks themselves: they find faults, and each estimator gets those of its kind."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.utils.validation import check_is_fitted

from skdir.relevance import Bump, RelevanceFunction
from skdir.utils import check_sample_weight, check_target
from skdir.utils._checks.target import expect
from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._validation import drop_unweighted
from skdir.utils.estimator_checks import (
    check_relevance_function,
    check_weighter,
    parametrize_with_checks,
    relevance_checks,
    weighter_checks,
)
from skdir.weighting import BaseWeighter, LDSWeighter, RelevanceWeighter


class _Broken(BaseWeighter):
    """A weighter whose weights depend on the order of the rows."""

    _parameter_constraints: dict = {}

    def _fit_values(self, y, sample_weight):
        return self._raw(y)

    def _raw(self, y):
        return np.arange(1.0, len(y) + 1)


class _SilentZeros(RelevanceWeighter):
    """A weighter that gives weights of 0 without saying so."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.weighter_tags.allows_zero = False
        return tags


class _SilentErrors(RelevanceWeighter):
    """A weighter that refuses degenerate targets without saying so."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.weighter_tags.refuses_degenerate = False
        return tags


@pytest.mark.parametrize(
    ("weighter", "error", "message"),
    [
        (_Broken(), AssertionError, "Not equal to tolerance"),
        (_SilentZeros(relevance=RelevanceFunction(extremes="high")), AssertionError, None),
        (_SilentErrors(), ValueError, "'y' parameter of _SilentErrors"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_checks_of_weighters_can_fail(weighter, error, message):
    with pytest.raises(error, match=message):
        check_weighter(weighter)


class _Ranks(RelevanceFunction):
    """A relevance by the place among the targets that are asked for, not of those of fit."""

    def transform(self, y):
        return np.argsort(np.argsort(super().transform(y))) / max(1, len(y) - 1)


class _TooLarge(RelevanceFunction):
    """Relevances above 1."""

    def transform(self, y):
        return 1.1 * super().transform(y)


class _Unweighted(RelevanceFunction):
    """A relevance that ignores weights."""

    def fit(self, y, sample_weight=None):
        check_sample_weight(sample_weight, len(y))
        return super().fit(y)


class _OtherCall(RelevanceFunction):
    """A relevance that is another function when called."""

    def __call__(self, y):
        return 1.0 - self.transform(y)


class _LostRows(RelevanceFunction):
    """Bumps without the last target."""

    def bumps(self, y, threshold=0.5):
        return super().bumps(np.sort(y)[:-1], threshold)


class _OtherThreshold(RelevanceFunction):
    """Bumps that do not follow the threshold."""

    def bumps(self, y, threshold=0.5):
        return super().bumps(y, 0.9 * threshold)


class _SplitBumps(RelevanceFunction):
    """Bumps that are not maximal."""

    def bumps(self, y, threshold=0.5):
        found = super().bumps(y, threshold)
        y = np.sort(y[y <= found[0].high])
        half = len(y) // 2
        first = [Bump(part[0], part[-1], found[0].rare, len(part)) for part in (y[:half], y[half:])]
        return [*first, *found[1:]]


@pytest.mark.parametrize(
    ("relevance", "check"),
    [
        (_Ranks, "check_fit_then_transform"),
        (_TooLarge, "check_values"),
        (_TooLarge, "check_unseen_targets"),
        (_TooLarge, "check_odd_targets"),
        (_Unweighted, "check_weight_is_repetition"),
        (_OtherCall, "check_call"),
        (_Ranks, "check_equal_targets"),
        (_LostRows, "check_bumps"),
        (_OtherThreshold, "check_bumps"),
        (_SplitBumps, "check_bumps"),
    ],
)
def test_checks_of_relevances_can_fail(relevance, check):
    (found,) = (c for c in relevance_checks(relevance()) if c.__name__ == check)
    with pytest.raises(AssertionError):
        found(relevance())
    with pytest.raises(AssertionError):
        check_relevance_function(relevance())


def test_what_must_raise_is_checked():
    def silent(*args, **kwargs):
        return None

    with pytest.raises(AssertionError, match="y that is empty must raise ValueError"):
        expect(ValueError, silent, [], message="y that is empty")


class _WithoutBumps(TargetEstimator):
    """The least that is a relevance: a share of the range."""

    def fit(self, y, sample_weight=None):
        y = check_target(y)
        _, kept = drop_unweighted(check_sample_weight(sample_weight, len(y)), y)
        self.low_, self.high_ = kept.min(), kept.max()
        return self

    def transform(self, y):
        check_is_fitted(self)
        y = check_target(y, min_samples=0) - self.low_
        return np.clip(y / (self.high_ - self.low_ or 1.0), 0, 1)

    def fit_transform(self, y, sample_weight=None):
        return self.fit(y, sample_weight).transform(y)

    def __call__(self, y):
        return self.transform(y)


def test_a_relevance_of_others_needs_no_bumps():
    check_relevance_function(_WithoutBumps())


def distance(y):
    """A relevance in units of y."""
    return np.minimum(np.abs(y) / 20.0, 1.0)


def names_of(checks):
    return {check.__name__ for check in checks}


def test_checks_with_other_units_are_left_out_where_a_parameter_has_units():
    other_units = {"check_shift_and_scale", "check_odd_targets"}
    points = RelevanceFunction(method="control_points", control_points=[[0, 0], [1, 1]])
    for weighter, has_units in (
        (LDSWeighter(bandwidth=1.0), True),
        (LDSWeighter(bins=[0, 1]), True),
        (LDSWeighter(bins=5), False),
        (RelevanceWeighter(), False),
        (RelevanceWeighter(relevance=RelevanceFunction(method="quantile")), False),
        (RelevanceWeighter(relevance=points), True),
        (RelevanceWeighter(relevance=distance), True),
    ):
        assert (not other_units & names_of(weighter_checks(weighter))) == has_units
    assert not other_units & names_of(relevance_checks(points))


def test_every_estimator_gets_the_checks_of_its_kind():
    cases = parametrize_with_checks([LDSWeighter(), RelevanceFunction()]).args[1]
    found = {type(case.values[0]): set() for case in cases}
    for case in cases:
        found[type(case.values[0])].add(case.values[1].__name__)
    assert found[LDSWeighter] == names_of(weighter_checks(LDSWeighter()))
    assert found[RelevanceFunction] == names_of(relevance_checks(RelevanceFunction()))
    assert "check_mean_one" in found[LDSWeighter]
    assert "check_bumps" in found[RelevanceFunction]


@pytest.mark.parametrize("what", [LDSWeighter, Ridge(), "LDSWeighter", None])
def test_what_is_no_estimator_of_a_target_is_refused(what):
    with pytest.raises(TypeError, match="'estimators' parameter of parametrize_with_checks must"):
        parametrize_with_checks([what])


def test_names_of_cases_hold_no_address():
    cases = parametrize_with_checks([RelevanceWeighter(relevance=distance)]).args[1]
    assert cases[0].id.startswith("RelevanceWeighter(relevance=<functiondistance>)-check")
