"""Common checks of weighters alone."""

import numpy as np
from sklearn.base import clone

from skdir.utils._checks.target import CHECKS as TARGET_CHECKS
from skdir.utils._checks.target import (
    check_shift_and_scale,
    fit_transform_silently,
    has_units,
    odd_targets,
    skewed_targets,
    unseen_targets,
)
from skdir.utils._estimators.tags import weighter_tags


def _assert_weights(weighter, got, what=None):
    """Require finite weights; 0 is one only for a weighter that says so."""
    allowed = (got >= 0) if weighter_tags(weighter).allows_zero else (got > 0)
    assert allowed.all() and np.isfinite(got).all(), what


def check_mean_one(weighter):
    """The weighted mean over the training targets is one; all weights are positive."""
    y, weight = skewed_targets(), np.random.default_rng(1).uniform(0, 2, 300)
    got = clone(weighter).fit_transform(y)
    _assert_weights(weighter, got)
    assert abs(got.mean() - 1) < 1e-9
    got = clone(weighter).fit_transform(y, weight)
    assert abs(np.average(got, weights=weight) - 1) < 1e-9


def check_effective_sample_size(weighter):
    """The effective sample size is (sum w)^2 / sum w^2, where weights repeat rows."""
    y, count = skewed_targets(), np.random.default_rng(1).integers(0, 4, 300)
    for rows, sample_weight in ((y, None), (np.repeat(y, count), count)):
        fitted = clone(weighter).fit(y, sample_weight)
        weight = fitted.transform(rows)
        expected = weight.sum() ** 2 / (weight**2).sum()
        np.testing.assert_allclose(fitted.effective_sample_size_, expected, rtol=1e-7)


def check_unseen_targets(weighter):
    """Unseen targets weigh a finite amount, at most as much as the rarest training row."""
    y = skewed_targets()
    fitted = clone(weighter).fit(y)
    got = fitted.transform(unseen_targets(y))
    _assert_weights(weighter, got)
    assert got.max() <= fitted.transform(y).max() * (1 + 1e-9)


def check_odd_targets(weighter):
    """Unusual but valid targets give weights of mean one.

    A weighter that refuses degenerate targets may raise a ValueError that names the parameter.
    """
    for what, y in odd_targets().items():
        try:
            got = fit_transform_silently(weighter, y)
        except ValueError as error:
            if not weighter_tags(weighter).refuses_degenerate:
                raise
            assert "parameter of" in str(error), what
            continue
        _assert_weights(weighter, got, what)
        assert abs(got.mean() - 1) < 1e-9, what


CHECKS = (*TARGET_CHECKS, check_mean_one, check_effective_sample_size, check_unseen_targets)
# These hold where no parameter is in units of y.
_UNIT_FREE_CHECKS = (check_shift_and_scale, check_odd_targets)


def applicable_checks(weighter):
    """Yield the checks that apply to a weighter."""
    yield from CHECKS
    if not has_units(weighter):
        yield from _UNIT_FREE_CHECKS
