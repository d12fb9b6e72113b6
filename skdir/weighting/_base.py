"""What all weighters share: validation, normalization, targets never seen before."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.tags import with_weighter_tags
from skdir.utils._targets.weights import check_weights, counting_weights
from skdir.utils._validation import check_sample_weight, check_target, drop_unweighted
from skdir.weighting._scale import RawWeights, Scale, check_bounds


class BaseWeighter(TargetEstimator, metaclass=ABCMeta):
    """Base of the weighters: transformers of a target into sample weights.

    A new weighter is two methods: `_fit_values(y, sample_weight)` learns from valid targets and
    returns their raw weights, `_raw(y)` returns raw weights of any targets (infinite where nothing
    is known). This class validates, scales the weighted mean to one, bounds the weights by `clip`
    where the subclass has such a parameter, and limits unseen targets to the weight of the rarest
    training row. The tags `allows_zero` and `refuses_degenerate` of
    ``self.__sklearn_tags__().weighter_tags`` tell the common checks what else to accept.

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
    ...         return self._raw(y)
    ...
    ...     def _raw(self, y):
    ...         return 1.0 + np.abs(y - self.mean_) / self.sd_
    >>> DistanceWeighter().fit_transform([1.0, 1.0, 1.0, 5.0]).round(2)
    array([0.85, 0.85, 0.85, 1.46])
    """

    def _fit_values(self, y, sample_weight):
        """Learn from valid targets; return their raw weights.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Targets of positive weight.

        sample_weight : ndarray of shape (n_samples,) or None
            Their weights.

        Returns
        -------
        values : ndarray of shape (n_samples,)
            Raw weights, on any scale.
        """
        return self._raw(y)

    @abstractmethod
    def _raw(self, y):
        """Return the raw weights of valid targets in a new array, from what is fitted alone."""

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
        y, sample_weight = self._check(y, sample_weight, "fit")
        self._learn(y, sample_weight)
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
        y, sample_weight = self._check(y, sample_weight, "fit_transform")
        weights, index = self._learn(y, sample_weight)
        if sample_weight is not None and not sample_weight.all():  # nothing was learned of some
            return self._weigh(y)
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
        return self._weigh(y)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_scale")

    def __sklearn_tags__(self):
        return with_weighter_tags(super().__sklearn_tags__())

    def _check(self, y, sample_weight, method):
        """Validate targets and weights."""
        caller = f"{type(self).__name__}.{method}"
        y = check_target(y, caller=caller)
        return y, check_sample_weight(sample_weight, len(y), caller=caller)

    def _learn(self, y, sample_weight):
        """Learn from valid targets; return the weights of values, and the value of each row."""
        bounds = self._bounds()
        return self._set_scale(self._raw_weights(y, sample_weight), bounds)

    def _set_scale(self, raw, bounds):
        """Set the scale; return the weights of values, and the value of each row."""
        self._scale, weights = Scale.of(raw, bounds, type(self).__name__)
        self.effective_sample_size_ = self._scale.effective_sample_size
        return weights, raw.index

    def _bounds(self):
        """Return the bounds of the weights, None without."""
        return check_bounds(getattr(self, "clip", None), type(self).__name__)

    def _raw_weights(self, y, sample_weight):
        """Learn from valid targets, of which some may weigh nothing; return their RawWeights."""
        sample_weight, y = drop_unweighted(sample_weight, y)
        values, name = self._fit_values(y, sample_weight), type(self).__name__
        values = check_weights(values, len(y), source=name, raw=True)
        if not values.any():
            check_weights(values, len(y), source=name)
        return RawWeights(values, counting_weights(sample_weight))

    def _weigh(self, y):
        """Return the weights of valid targets."""
        raw = check_weights(self._raw(y), len(y), source=type(self).__name__, raw=True)
        return self._scale(raw)
