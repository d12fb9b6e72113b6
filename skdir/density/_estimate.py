"""The estimate of a density: a value that is computed once and never changed."""

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass, fields

import numpy as np

from skdir.utils._estimators.frozen import OwnArrays
from skdir.utils._targets.bins import TargetBins
from skdir.utils._targets.kernels import check_kernel_size
from skdir.utils._targets.weights import Tally
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    drop_unweighted,
    parameter_error,
    real_array,
)


@dataclass(frozen=True, eq=False)
class Settings(OwnArrays):
    """The parameters of an estimate, as copies that do not follow the user's objects."""

    kernel: object
    bandwidth: object
    bins: object
    kernel_size: int | None
    boundary: str

    @classmethod
    def checked(cls, params, caller):
        """Validate parameters that are fine one by one, together; return their settings."""
        settings = cls(**{name: copy(value) for name, value in params.items()})
        settings._check_together(caller)
        return settings

    def _check_together(self, caller):
        """Refuse a bandwidth beyond float64, and parameters that mean nothing without bins."""
        if not isinstance(self.bandwidth, str) and real_array([self.bandwidth]) is None:
            raise parameter_error("bandwidth", caller, "a number in float64", "a larger one")
        if self.kernel_size is not None:
            check_kernel_size(self.kernel_size, caller=caller)
        if self.bins is not None:
            return
        needs = None
        if self.kernel is None or not isinstance(self.kernel, str):
            needs = f"kernel={'None' if self.kernel is None else 'a window over bins'}"
        elif self.kernel_size is not None:
            needs = "'kernel_size'"
        if needs is not None:
            accepted = f"given (a number, 'integer' or edges) with {needs}"
            raise parameter_error("bins", caller, accepted, "None")

    def as_dict(self):
        """Return the parameters by name, as copies: lists among them can be written to."""
        return {field.name: copy(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def _frozen(cls, value):
        return value if isinstance(value, list) else super()._frozen(value)  # as it was given


@dataclass(frozen=True, eq=False)
class DensityEstimate(OwnArrays, ABC):
    """Density of targets: a value that holds no targets and never changes.

    It is what :func:`estimate_density` returns and what a fitted :class:`TargetDensity` holds.
    Its arrays are read-only.

    Parameters
    ----------
    settings : object
        The parameters of the estimate, see `params`.

    tally : object
        How many rows there are, and what their weights mean.

    bandwidth : float
        The bandwidth in units of y. With an explicit window its standard deviation, with None 0.

    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins. Without `bins`, cells of between half of and one bandwidth.

    counts : ndarray of shape (n_bins,)
        Number of targets in each bin, as the sample weights count them.

    effective_counts : ndarray of shape (n_bins,)
        The counts after smoothing.

    Attributes
    ----------
    n_samples : float
        Number of targets, as the sample weights count them.

    width : float
        Width of the range that `relative` refers to.

    accuracy : float
        Relative accuracy of the density near its highest values.

    params : dict
        The parameters of the estimate, by name.

    See Also
    --------
    estimate_density : Make an estimate.
    BinnedDensity : What an estimate can do besides if targets are counted in bins.

    Examples
    --------
    >>> from skdir.density import estimate_density
    >>> estimate = estimate_density([1.0, 2.0, 2.0, 3.0], bins=[0.5, 1.5, 2.5, 3.5], kernel=None)
    >>> estimate.at([2.0, 3.0])
    array([0.5 , 0.25])
    >>> estimate.add([3.0, 3.0]).counts
    array([1., 2., 3.])
    """

    settings: Settings
    tally: Tally
    bandwidth: float
    edges: np.ndarray
    counts: np.ndarray
    effective_counts: np.ndarray

    @property
    def n_samples(self):
        """Number of targets, as the sample weights count them."""
        return float(self.counts.sum())

    @property
    def params(self):
        """The parameters of the estimate, by name."""
        return self.settings.as_dict()

    @property
    @abstractmethod
    def width(self):
        """Width of the range that `relative` refers to."""

    @abstractmethod
    def _relative(self, y):
        """Return the effective density at valid targets times `width`, in a new array."""

    @abstractmethod
    def points(self):
        """Return a few targets that stand for all.

        Returns
        -------
        y : ndarray of shape (n_points,)
            Targets.

        mass : ndarray of shape (n_points,)
            Number of targets that each stands for, as the sample weights count them.
        """

    @abstractmethod
    def _with_rows(self, y, sample_weight, settings, caller):
        """Return the estimate of all rows so far and of valid ones of positive weight."""

    @abstractmethod
    def _merged(self, other, caller):
        """Return the estimate of the rows of this one and of another of the same parameters."""

    def at(self, y):
        """Return the effective density at targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        density : ndarray of shape (n_samples,)
            Density per unit of y, in a new array.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        return self._relative(_check(y, "DensityEstimate.at")) / self.width

    def relative(self, y):
        """Return the effective density at targets times `width`: a number without a unit.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        density : ndarray of shape (n_samples,)
            1 where the density is that of a uniform distribution, in a new array.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        return self._relative(_check(y, "DensityEstimate.relative"))

    def empirical(self, y):
        """Return the density before smoothing at targets: that of the histogram `counts`.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        density : ndarray of shape (n_samples,)
            Density per unit of y, in a new array.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        y = _check(y, "DensityEstimate.empirical")
        bins = TargetBins(self.edges)
        index, heights = bins.index(y), self.counts / bins.widths / self.n_samples
        return np.where(index < 0, 0.0, np.take(heights, index, mode="clip"))

    def add(self, y, sample_weight=None, *, caller="DensityEstimate.add", **params):
        """Return the estimate of all targets so far and of more; this one stays as it is.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        caller : str, default="DensityEstimate.add"
            Name of the class or function for messages.

        **params : dict
            Other parameters than before; `bins` may not change.

        Returns
        -------
        estimate : DensityEstimate
            A new estimate.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers, `bins` differ or do not cover it, or a
            bandwidth is too small for the range of y.
        """
        y, sample_weight = valid_rows(y, sample_weight, caller)
        settings = Settings.checked(self.params | params, caller)
        before = self.settings.bins
        if not np.array_equal(before, settings.bins):
            accepted = f"the same in all batches ({before!r})"
            raise parameter_error("bins", caller, accepted, repr(settings.bins))
        return self._with_rows(y, sample_weight, settings, caller)

    def merge(self, other):
        """Return the estimate of the targets of this one and of another; both stay as they are.

        Parameters
        ----------
        other : DensityEstimate
            An estimate with the same parameters and, with `bins`, the same edges. Bins of one
            integer each may begin and end elsewhere.

        Returns
        -------
        estimate : DensityEstimate
            A new estimate. A bandwidth by a rule is that of the targets of both.

        Raises
        ------
        TypeError
            If `other` is not an estimate.

        ValueError
            If a parameter or the edges of `other` differ, or a bandwidth is too small for the range
            of y or for the cells in which its targets were counted.

        See Also
        --------
        add : Add targets.

        Notes
        -----
        With bins the estimate is exactly that of all targets at once, with fractional weights to
        rounding. Without bins all are counted in 1,048,576 cells over the range of both. For two
        estimates of the same range made with ``in_batches=True`` that is exact to 1e-6. Cells of
        others are counted as one target each, at its mean. The density then agreed with that of
        all targets at once to 1e-3 (estimates made at once: to 2e-3) wherever it exceeds 1e-4 of
        its maximum, in trials with the rules "silverman" and "scott". "isj" reads details, and
        can choose another bandwidth by them.

        What would be less exact is refused. A bandwidth must be at least 1/13,000 of the range of
        both (1/2,000 with the kernels that have corners), however exactly an estimate of its own
        shortens the empty stretch before a far target, and at least 39 cells (256) of an estimate
        made at once.

        Examples
        --------
        >>> from skdir.density import estimate_density
        >>> edges = [0, 1, 2, 3]
        >>> first = estimate_density([0.5, 1.5], bins=edges, kernel=None)
        >>> second = estimate_density([1.5, 2.5, 2.5], bins=edges, kernel=None)
        >>> first.merge(second).counts
        array([1., 2., 2.])
        """
        caller = "DensityEstimate.merge"
        if not isinstance(other, DensityEstimate):
            accepted = "a DensityEstimate (a fitted TargetDensity holds one in 'estimate_')"
            raise parameter_error("other", caller, accepted, type(other).__name__, TypeError)
        params = other.params
        for name, own in self.params.items():
            if not np.array_equal(own, params[name]):
                accepted = f"an estimate with the same {name!r} ({own!r})"
                raise parameter_error("other", caller, accepted, repr(params[name]))
        return self._merged(other, caller)


def _check(y, caller):
    """Validate targets at which the density is asked for; there may be none."""
    return check_target(y, caller=caller, min_samples=0)


def valid_rows(y, sample_weight, caller):
    """Validate targets and their weights; leave out rows of zero weight."""
    y = check_target(y, caller=caller)
    sample_weight = check_sample_weight(sample_weight, len(y), caller=caller)
    sample_weight, y = drop_unweighted(sample_weight, y)
    return y, sample_weight
