"""Weights by label distribution smoothing (LDS)."""

from dataclasses import dataclass

import numpy as np

from skdir.density import DensityEstimate, TargetDensity, estimate_density
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._targets.bins import TargetBins
from skdir.utils._targets.kernels import DENSITY_CONSTRAINTS
from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import drop_unweighted, parameter_error, real_array
from skdir.weighting._base import BaseWeighter
from skdir.weighting._binned import (
    REWEIGHT_CONSTRAINT,
    BinWeights,
    inverse_power,
    reweight_exponent,
)
from skdir.weighting._scale import RawWeights


class LDSWeighter(BaseWeighter):
    r"""Sample weights by label distribution smoothing.

    A row's weight is the inverse (or a power of it) of the *effective* density at its target: the
    density of the training targets smoothed with a symmetric kernel. Rows whose targets are rare,
    and rare around, weigh more.

    Parameters
    ----------
    bandwidth : float or {"silverman", "scott", "isj"}, default="silverman"
        Bandwidth of the kernel in units of y, or a rule.

    kernel : {"gaussian", "laplacian", "triangular"}, None or array-like, default="gaussian"
        Kernel; None does not smooth and an array of odd length is an explicit window over bins,
        both with `bins` only.

    bins : int, "integer", array-like of shape (n_bins + 1,) or None, default=None
        None smooths the targets themselves; else targets are counted in bins first: a number of
        bins of equal width, one bin per integer, or the edges.

    kernel_size : int, default=None
        Odd number of bins to which the kernel is cut; needs `bins`.

    reweight : {"inverse", "sqrt_inverse"} or float, default="sqrt_inverse"
        Power of the inverse effective density: 1, 0.5 or any number from 0 (no weights) to 1.

    boundary : {"reflect", "renormalize", "zero"}, default="reflect"
        How the density is corrected at the ends of the range, see
        :class:`~skdir.density.TargetDensity`.

    clip : tuple of (float, float), default=None
        Bounds of the weights. The weights between them are scaled so that the mean stays 1.

    clip_counts : tuple of (float, float), default=None
        Bounds of the counts before smoothing; needs `bins`.

    root_first : bool, default=False
        Take the power of the counts before smoothing, as the published implementation does,
        instead of the power of the smoothed density, as the paper says; needs `bins`.

    Attributes
    ----------
    density_ : TargetDensity
        The density of the training targets.

    bandwidth_ : float
        The bandwidth in units of y.

    effective_sample_size_ : float
        :math:`(\sum w)^2 / \sum w^2`: the number of rows of equal weight that carry as much
        information. The smaller, the noisier the weighted fit.

    See Also
    --------
    WeightedRegressor : Fit any regressor with these weights, inside each fold.
    InverseFrequencyWeighter : The same without smoothing.
    DenseWeighter : Weights that fall linearly with the density.

    Notes
    -----
    With the effective density :math:`\tilde p` and the exponent a,
    :math:`w(y) \propto \tilde p(y)^{-a}`, scaled to mean 1 over the training rows. The cost is
    O(n).

    Three defaults differ from the published implementation: the kernel is a true Gaussian (theirs
    is nearly a box, see :func:`~skdir.density.reference_window`), the root is taken after
    smoothing, and the density is corrected at the ends of the range. Parameters bring theirs back:
    ``LDSWeighter(kernel=reference_window("gaussian", 5, 2), bins=..., boundary="zero",
    root_first=True)``.

    An unseen target weighs at most as much as the rarest training row. Where the densities of the
    training targets differ by no more than they are accurate to (``density_.accuracy_``), all
    weights are 1.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.weighting import LDSWeighter
    >>> y = np.random.default_rng(0).exponential(size=1000)
    >>> weighter = LDSWeighter(reweight="inverse").fit(y)
    >>> weighter.transform([0.1, 1.0, 5.0]).round(2)
    array([ 0.19,  0.38, 29.83])
    """

    _parameter_constraints: dict = {
        **DENSITY_CONSTRAINTS,
        "reweight": REWEIGHT_CONSTRAINT,
        "clip": ["array-like", None],
        "clip_counts": ["array-like", None],
        "root_first": ["boolean"],
    }

    def __init__(
        self,
        *,
        bandwidth="silverman",
        kernel="gaussian",
        bins=None,
        kernel_size=None,
        reweight="sqrt_inverse",
        boundary="reflect",
        clip=None,
        clip_counts=None,
        root_first=False,
    ):
        self.bandwidth = bandwidth
        self.kernel = kernel
        self.bins = bins
        self.kernel_size = kernel_size
        self.reweight = reweight
        self.boundary = boundary
        self.clip = clip
        self.clip_counts = clip_counts
        self.root_first = root_first

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, y, sample_weight=None):
        """Add a batch of training targets.

        Equal to one `fit` on all batches as :meth:`TargetDensity.partial_fit
        <skdir.density.TargetDensity.partial_fit>` is.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        Returns
        -------
        self : LDSWeighter
            Fitted weighter.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers or a parameter does not fit.
        """
        y, sample_weight = self._check(y, sample_weight, "partial_fit")
        bounds, params = self._bounds(), self._density_params()
        if hasattr(self, "density_"):
            estimate = self.density_.estimate_.add(y, sample_weight, **params)
        else:
            estimate = estimate_density(y, sample_weight, **params, in_batches=True)
        self._set_estimate(estimate)
        targets, masses = estimate.points()
        raw = RawWeights(self._raw(targets), masses, accuracy=self._accuracy(estimate))
        self._set_scale(raw, bounds)
        return self

    def _density_params(self):
        """Return the parameters of the density; refuse what means nothing without bins."""
        caller = type(self).__name__
        for name, given in (
            ("clip_counts", self.clip_counts is not None),
            ("root_first", self.root_first),
        ):
            if given and self.bins is None:
                accepted = f"given (a number, 'integer' or edges) with {name!r}"
                raise parameter_error("bins", caller, accepted, "None")
        if self.clip_counts is not None:
            self._check_clip_counts()
        names = ("kernel", "bandwidth", "bins", "kernel_size", "boundary")
        return {name: getattr(self, name) for name in names} | {"caller": caller}

    def _check_clip_counts(self):
        """Refuse bounds that are not an increasing pair."""
        bounds = real_array(self.clip_counts)
        valid = bounds is not None and bounds.shape == (2,)
        if not (valid and 0 <= bounds[0] <= bounds[1] and bounds[1] > 0 and bounds[0] < np.inf):
            raise parameter_error(
                "clip_counts",
                type(self).__name__,
                "a pair (low, high) with 0 <= low <= high, low finite and high > 0",
                repr(self.clip_counts),
            )

    def _raw_weights(self, y, sample_weight):
        sample_weight, y = drop_unweighted(sample_weight, y)
        params = self._density_params()
        estimate, index = estimate_density(y, sample_weight, **params, return_index=True)
        self._set_estimate(estimate)
        accuracy = self._accuracy(estimate)
        if index is None:
            return RawWeights(self._raw(y), counting_weights(sample_weight), accuracy=accuracy)
        return RawWeights(self._rule.values, estimate.counts, index, accuracy)

    def _raw(self, y):
        return self._rule(y)

    def _accuracy(self, estimate):
        """Return the accuracy of raw weights."""
        return reweight_exponent(self.reweight) * estimate.accuracy

    def _set_estimate(self, estimate):
        """Set what is learned: the density, and how weights come from it."""
        exponent = reweight_exponent(self.reweight)
        if self.bins is None:
            rule = _PowerRule(estimate, exponent)
        else:
            rule = BinWeights(TargetBins(estimate.edges), self._weigh_bins(estimate, exponent))
        self.density_ = TargetDensity.from_estimate(estimate)
        self.bandwidth_ = estimate.bandwidth
        self._rule = rule

    def _weigh_bins(self, estimate, exponent):
        """Return the raw weight of each bin."""
        if self.clip_counts is None and not self.root_first:
            return inverse_power(estimate.per_width(estimate.effective_counts), exponent)
        counts = estimate.counts
        if self.clip_counts is not None:
            counts = np.clip(counts, *self.clip_counts)
            counts = counts / counts.max()  # the bounds may be any, and weights are relative
        if self.root_first:
            power = estimate.smooth(estimate.per_width(counts) ** exponent)
            return inverse_power(power, 1.0)
        return inverse_power(estimate.per_width(estimate.smooth(counts)), exponent)


@dataclass(frozen=True, eq=False)
class _PowerRule:
    """Raw weights by a power of the inverse density."""

    estimate: DensityEstimate
    exponent: float

    def __call__(self, y):
        """Return the raw weights of targets."""
        return inverse_power(self.estimate.relative(y), self.exponent)
