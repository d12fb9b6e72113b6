"""What all weighters share: validation, normalisation, targets never seen before."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._targets.bins import bin_index
from skdir.utils._targets.weights import check_weights, counting_weights
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    drop_unweighted,
    parameter_error,
    real_array,
)

# A weight above 0 is at least such a share of the highest where bounds lift it: a factor that lifts
# one that is less may be more than float64 holds.
_LEAST = 1e-290


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
    # Raw weights that differ by no more than this share differ by rounding alone.
    _accuracy = 1e-12
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
        relative, index = self._fit(y, weight)
        if weight is not None and not weight.all():  # there may be no values for some rows
            relative, index = self._relative(self._raw_of(y)), None
        weights = self._scaled(relative)
        return weights if index is None else np.take(weights, index)

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
        return self._scaled(self._relative(self._raw_of(y)))

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_scale")

    def _check(self, y, sample_weight, method):
        """Validate targets, weights and bounds."""
        caller = f"{type(self).__name__}.{method}"
        y = check_target(y, caller=caller)
        weight = check_sample_weight(sample_weight, len(y), caller=caller)
        self._clip = None if self.clip is None else self._check_clip()
        return y, weight

    def _check_clip(self):
        """Return the bounds; refuse those between which a mean of one cannot lie."""
        bounds = real_array(self.clip)
        valid = bounds is not None and bounds.shape == (2,)
        if not (valid and 0 <= bounds[0] <= 1 <= bounds[1]):
            raise parameter_error(
                "clip",
                type(self).__name__,
                "a pair (low, high) with 0 <= low <= 1 <= high, since weights have mean 1",
                repr(self.clip),
            )
        low, high = bounds.tolist()
        # Weights of mean 1 of which none is above 1, or none below, are all 1.
        return (1.0, 1.0) if 1.0 in (low, high) else (low, high)

    def _fit(self, y, sample_weight):
        """Learn from valid targets, without those of zero weight, and normalise.

        Returns (relative, index): raw weights in units of the rarest row's, and the rows' ones.
        """
        sample_weight, y = drop_unweighted(sample_weight, y)
        values, masses, index = self._fit_values(y, sample_weight)
        if index is None:
            values = check_weights(values, len(y), source=type(self).__name__, raw=True)
            if not values.any():
                check_weights(values, len(y), source=type(self).__name__)
            masses = counting_weights(masses)
        return self._normalize(values, masses), index

    def _raw_of(self, y):
        """Return the raw weights of valid targets, validated."""
        return check_weights(self._raw(y), len(y), source=type(self).__name__, raw=True)

    def _normalize(self, values, masses):
        """Set the scale at which the weights of the training rows have mean one.

        `masses` are numbers of rows, None for one each. Returns the raw weights in units of the
        rarest row's, so that no sum leaves the range of float64.
        """
        held = slice(None)
        if masses is not None and not masses.all():  # bins without targets
            held = masses > 0
            masses = masses[held]
        self._rarest = values[held].max()
        if not np.isfinite(self._rarest):  # rows that their own kernel does not reach
            finite = np.isfinite(values[held])
            self._rarest = values[held].max(where=finite, initial=0.0) or 1.0
        if self._rarest == 0:  # rows that weigh something are next to nothing beside others
            raise self._unequal_weights(masses)
        relative = self._relative(values)
        values = relative[held]
        if values.min() >= 1 - self._accuracy:
            self._clip = (1.0, 1.0)
        if self._clip is None:
            with np.errstate(over="ignore"):
                n_rows = len(values) if masses is None else masses.sum()
                self._scale = n_rows / _total(values, masses)
        else:
            self._scale = _clipped_scale(values, masses, self._clip, type(self).__name__)
        if not np.isfinite(self._scale):
            raise self._unequal_weights(masses)
        if self._clip is not None:
            values = np.clip(values * self._scale, *self._clip)
            values /= values.max()
        squares = values @ values if masses is None else (values * values) @ masses
        self.effective_sample_size_ = float(_total(values, masses) ** 2 / squares)
        return relative

    def _unequal_weights(self, masses):
        """Build the error for rows that count next to nothing beside others."""
        return parameter_error(
            "sample_weight",
            type(self).__name__,
            "of sizes whose ratios float64 holds",
            f"numbers of rows from {masses.min():g} to {masses.max():g}",
        )

    def _relative(self, raw):
        """Return raw weights in units of the rarest row's; bounds must be able to lift them."""
        weight = np.minimum(raw, self._rarest)
        weight /= self._rarest
        if self._clip is not None:
            np.maximum(weight, _LEAST, out=weight, where=raw > 0)
        return weight

    def _scaled(self, relative):
        """Scale raw weights in units of the rarest row's, in place."""
        relative *= self._scale
        return relative if self._clip is None else np.clip(relative, *self._clip, out=relative)


def _total(values, masses):
    """Return the sum over rows."""
    return values.sum() if masses is None else values @ masses


def raw_of_bins(y, edges, values):
    """Return the raw weight of each target's bin, infinite outside of the bins."""
    index = bin_index(y, edges)
    return np.where(index < 0, np.inf, np.take(values, index, mode="clip"))


def _clipped_scale(values, masses, clip, caller):
    """Return the factor at which values, bounded by `clip`, have weighted mean one.

    The mean grows with the factor, linearly between the factors at which a value meets a bound:
    the stretch that holds the solution is searched by halves, and on it one division solves.
    """
    low, high = clip
    if low == high:
        return 1.0
    masses = np.full(len(values), 1 / len(values)) if masses is None else masses / masses.sum()
    starts, ends = np.full((2, len(values)), np.inf)  # zeros never leave the lower bound
    with np.errstate(over="ignore"):
        np.divide(low, values, out=starts, where=values > 0)
        np.divide(high, values, out=ends, where=values > 0)
    if high < np.inf:
        most = masses @ np.where(values > 0, high, low)
        if most < 1 - 1e-12:
            raise parameter_error(
                "clip",
                caller,
                "bounds between which the weights can have mean 1 (some raw weights are 0)",
                f"{clip}, which leaves a mean of {most:g} at the most",
            )
    corners = np.unique(np.concatenate([starts, ends]))
    corners = corners[np.isfinite(corners)]
    first, last = 0, len(corners)  # the mean is at most 1 at the first, above 1 at the last
    while last - first > 1:
        middle = (first + last) // 2
        mean_is_low = masses @ np.clip(values * corners[middle], low, high) <= 1
        first, last = (middle, last) if mean_is_low else (first, middle)
    begin, end = corners[first], corners[last] if last < len(corners) else np.inf
    below, above = starts >= end, ends <= begin
    inner = ~(below | above)
    if not inner.any():  # the mean is one on the whole stretch
        return float(begin)
    rest = 1 - (low * masses[below].sum() + (high * masses[above].sum() if above.any() else 0))
    highest = values[inner].max()  # divided by it, so that no product falls to 0
    slope = masses[inner] @ (values[inner] / highest)
    with np.errstate(over="ignore"):
        scale = rest / slope / highest if slope > 0 else begin
    return float(np.clip(scale, begin, end))
