"""What all weighters share: validation, normalisation, targets never seen before."""

from abc import ABCMeta, abstractmethod

import numpy as np
from scipy.optimize import brentq
from sklearn.utils.validation import check_is_fitted

from skdir.utils._base import TargetEstimator
from skdir.utils._binning import bin_index
from skdir.utils._fit_context import fit_context
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    drop_unweighted,
    parameter_error,
)


class BaseWeighter(TargetEstimator, metaclass=ABCMeta):
    """Base of the weighters: transformers of a target into sample weights.

    A new weighter is two methods: `_fit_values(y, sample_weight)` learns from valid targets and
    returns their raw weights, `_raw(y)` returns raw weights of any targets (infinite where nothing
    is known). This class validates, scales the weighted mean to one, bounds the weights by `clip`
    where the subclass has it, and limits unseen targets to the weight of the rarest training row.

    See Also
    --------
    skdir.utils.estimator_checks.check_weighter : Check a weighter of your own.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.weighting import BaseWeighter
    >>> class DistanceWeighter(BaseWeighter):
    ...     '''Weigh targets by their distance from the mean.'''
    ...
    ...     _parameter_constraints: dict = {}
    ...
    ...     def _fit_values(self, y, sample_weight):
    ...         self.mean_ = np.average(y, weights=sample_weight)
    ...         self.sd_ = np.sqrt(np.average((y - self.mean_) ** 2, weights=sample_weight))
    ...         return self._raw(y), sample_weight, None
    ...
    ...     def _raw(self, y):
    ...         return 1.0 + np.abs(y - self.mean_) / self.sd_
    >>> DistanceWeighter().fit_transform([1.0, 1.0, 1.0, 5.0]).round(2)
    array([0.85, 0.85, 0.85, 1.46])
    """

    clip = None
    # What the common checks expect: whether a weight may be 0, and whether targets in which there
    # is nothing to tell apart are an error instead of weights.
    _allows_zero = False
    _refuses_degenerate = False

    @abstractmethod
    def _fit_values(self, y, sample_weight):
        """Learn; return (values, masses, index): raw weights, their masses, the rows' values.

        `masses` is None for one each, `index` is None if the values are the rows' own.
        """

    @abstractmethod
    def _raw(self, y):
        """Return the raw weights of valid targets, from what is fitted alone."""

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, y, sample_weight=None):
        """Learn weights from training targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        Returns
        -------
        self : object
            Fitted weighter.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers or a parameter does not fit.
        """
        self._fit(*self._check(y, sample_weight, "fit"))
        return self

    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, y, sample_weight=None):
        """Learn weights from training targets and return them.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets. The result is not
            multiplied with it.

        Returns
        -------
        weight : ndarray of shape (n_samples,)
            Weights with (weighted) mean 1.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers or a parameter does not fit.
        """
        y, weight = self._check(y, sample_weight, "fit_transform")
        values, index = self._fit(y, weight)
        if weight is not None and not weight.all():  # there may be no values for some rows
            return self._scaled(self._raw(y))
        if index is None:
            return self._rescale(values)
        return np.take(self._scaled(values.copy()), index)

    def transform(self, y):
        """Return the weights of targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        weight : ndarray of shape (n_samples,)
            Weights on the scale of the training rows; at most that of the rarest training row.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller=f"{type(self).__name__}.transform", min_samples=0)
        return self._scaled(self._raw(y))

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_scale")

    def _check(self, y, sample_weight, method):
        """Validate targets, weights and bounds."""
        caller = f"{type(self).__name__}.{method}"
        y = check_target(y, caller=caller)
        weight = check_sample_weight(sample_weight, len(y), caller=caller)
        if self.clip is not None:
            self._check_clip()
        self._clip = self.clip
        return y, weight

    def _check_clip(self):
        """Refuse bounds between which a mean of one cannot lie."""
        try:
            low, high = (float(bound) for bound in self.clip)
            valid = 0 <= low <= 1 <= high
        except (TypeError, ValueError):
            valid = False
        if not valid:
            raise parameter_error(
                "clip",
                type(self).__name__,
                "a pair (low, high) with 0 <= low <= 1 <= high, since weights have mean 1",
                repr(self.clip),
            )

    def _fit(self, y, sample_weight):
        """Learn from valid targets, without those of zero weight, and normalise."""
        sample_weight, y = drop_unweighted(sample_weight, y)
        values, masses, index = self._fit_values(y, sample_weight)
        self._normalize(values, masses)
        return values, index

    def _normalize(self, values, masses):
        """Set the scale at which the weights of the training rows have mean one."""
        if masses is not None and not masses.all():  # bins without targets
            values, masses = values[masses > 0], masses[masses > 0]
        self._rarest = values.max()
        if not np.isfinite(self._rarest):  # rows that their own kernel does not reach
            finite = values[np.isfinite(values)]
            self._rarest = finite.max() if len(finite) else 1.0
            np.minimum(values, self._rarest, out=values)
        self._scale = 1.0
        if self._clip is not None:
            self._scale = _clipped_scale(values, masses, self._clip)
            values = np.clip(values * self._scale, *self._clip)
        if masses is None:
            count, total, squares = len(values), values.sum(), values @ values
        else:
            count, total, squares = masses.sum(), values @ masses, (values * values) @ masses
        if self._clip is None:
            self._scale = count / total
        self.effective_sample_size_ = float(total**2 / squares)

    def _scaled(self, raw):
        """Limit raw weights to the rarest training row's and scale them, in place."""
        return self._rescale(np.minimum(raw, self._rarest, out=raw))

    def _rescale(self, raw):
        """Scale raw weights that need no limit, in place."""
        raw *= self._scale
        return raw if self._clip is None else np.clip(raw, *self._clip, out=raw)


def raw_of_bins(y, edges, values):
    """Return the raw weight of each target's bin, infinite outside of the bins."""
    index = bin_index(y, edges)
    return np.where(index < 0, np.inf, np.take(values, index, mode="clip"))


def _clipped_scale(values, masses, clip):
    """Return the factor at which values, bounded by `clip`, have weighted mean one."""
    low, high = clip

    def excess(log_scale):
        """Return how far the mean is above one; it grows with the scale."""
        weight = np.clip(values * np.exp(log_scale), low, high)
        return np.average(weight, weights=masses) - 1.0

    # all weights at most one, and all at least one
    bracket = np.log(max(low, 0.5) / values.max()), np.log(min(high, 2.0) / values.min())
    return float(np.exp(brentq(excess, *bracket, xtol=1e-15, rtol=1e-14)))
