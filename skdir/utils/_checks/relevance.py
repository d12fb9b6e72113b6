"""Common checks of relevances alone."""

from itertools import pairwise

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skdir.utils._checks.target import CHECKS as TARGET_CHECKS
from skdir.utils._checks.target import (
    check_shift_and_scale,
    expect,
    fit_transform_silently,
    has_units,
    odd_targets,
    skewed_targets,
    unseen_targets,
)

_THRESHOLDS = (0.2, 0.5, 0.8, 1.0)


def _assert_relevance(got, what=None):
    """Require relevances: numbers from 0 to 1."""
    assert ((got >= 0) & (got <= 1)).all(), what


def check_values(relevance):
    """The relevance of training targets is in [0, 1], and not the same for all."""
    y, weight = skewed_targets(), np.random.default_rng(1).uniform(0, 2, 300)
    for sample_weight in (None, weight):
        got = clone(relevance).fit_transform(y, sample_weight)
        _assert_relevance(got)
        assert got.min() < got.max(), "the targets must not all be equally relevant"


def check_unseen_targets(relevance):
    """Unseen targets have a relevance in [0, 1], too."""
    y = skewed_targets()
    _assert_relevance(clone(relevance).fit(y).transform(unseen_targets(y)))


def check_odd_targets(relevance):
    """Unusual but valid targets have relevances, or there is a ValueError that names y."""
    for what, y in odd_targets().items():
        try:
            got = fit_transform_silently(relevance, y)
        except ValueError as error:
            assert "'y' parameter of" in str(error), what
        else:
            _assert_relevance(got, what)


def check_call(relevance):
    """A fitted relevance is a function of the target, the same as `transform`."""
    y = skewed_targets()
    fitted = clone(relevance).fit(y)
    unseen = unseen_targets(y)
    np.testing.assert_array_equal(fitted(unseen), fitted.transform(unseen))
    expect(NotFittedError, clone(relevance), y, message="A call before fit")


def check_equal_targets(relevance):
    """The relevance of a target does not depend on the others that are asked for."""
    y = skewed_targets()
    fitted = clone(relevance).fit(y)
    together = fitted.transform(np.repeat(y, 2))
    np.testing.assert_array_equal(together[::2], together[1::2])
    np.testing.assert_allclose(together[::2], [fitted.transform([value])[0] for value in y])


def check_bumps(relevance):
    """Bumps are the runs of targets on one side of the threshold, in ascending order."""
    y = skewed_targets()
    fitted = clone(relevance).fit(y)
    values = fitted.transform(y)
    for threshold in _THRESHOLDS:
        bumps = fitted.bumps(y, threshold=threshold)
        assert (bumps[0].low, bumps[-1].high) == (y.min(), y.max()), "bumps must cover all targets"
        assert sum(bump.n_samples for bump in bumps) == len(y)
        for left, right in pairwise(bumps):
            assert left.rare != right.rare, "rare and normal bumps must alternate"
            assert left.high < right.low, "bumps must ascend and not overlap"
        for bump in bumps:
            inside = (y >= bump.low) & (y <= bump.high)
            assert inside.sum() == bump.n_samples
            assert ((values[inside] >= threshold) == bump.rare).all()


def check_bumps_unfitted(relevance):
    """Bumps before fit are refused."""
    expect(NotFittedError, clone(relevance).bumps, skewed_targets(), message="bumps before fit")


def check_bad_thresholds(relevance):
    """Thresholds outside of (0, 1] are refused."""
    y = skewed_targets()
    fitted = clone(relevance).fit(y)
    for threshold in (0, -0.5, 1.5, np.nan, "half", None):
        error = expect(
            ValueError, fitted.bumps, y, threshold=threshold, message=f"threshold={threshold!r}"
        )
        assert "threshold" in str(error), "the error must name 'threshold'"


CHECKS = (*TARGET_CHECKS, check_values, check_unseen_targets, check_call, check_equal_targets)
_BUMP_CHECKS = (check_bumps, check_bumps_unfitted, check_bad_thresholds)
# These hold where no parameter is in units of y.
_UNIT_FREE_CHECKS = (check_shift_and_scale, check_odd_targets)


def applicable_checks(relevance):
    """Yield the checks that apply to a relevance."""
    yield from CHECKS
    if hasattr(relevance, "bumps"):
        yield from _BUMP_CHECKS
    if not has_units(relevance):
        yield from _UNIT_FREE_CHECKS
