"""The public density estimator of a target."""

from sklearn.utils.validation import check_is_fitted

from skdir.density._estimate import valid_rows
from skdir.density._estimate_density import estimate_density
from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._targets.kernels import DENSITY_CONSTRAINTS
from skdir.utils._validation import check_target


class TargetDensity(TargetEstimator):
    r"""Empirical and effective density of a continuous target.

    The effective density is the empirical one smoothed with a symmetric kernel: near a target
    there is information from its neighbours, so this density, not the empirical one, tells where
    a regressor has seen enough.

    Parameters
    ----------
    kernel : {"gaussian", "laplacian", "triangular"}, None or array-like, default="gaussian"
        With the distance d and the bandwidth h: :math:`e^{-d^2/2h^2}`, :math:`e^{-|d|/h}` or
        :math:`\max(0, 1 - |d|/h)`, scaled to unit integral. None does not smooth and an array of
        odd length is an explicit window over bins; both need `bins`.

    bandwidth : float or {"silverman", "scott", "isj"}, default="silverman"
        Bandwidth in units of y, or a rule, see :func:`select_bandwidth`. Not used with an explicit
        window or None as the kernel. With `bins`, the rules read the counts and "isj" is refused.

    bins : int, "integer", array-like of shape (n_bins + 1,) or None, default=None
        None smooths the targets themselves. A number is bins of equal width over the range of y,
        "integer" one bin for each integer k, [k - 0.5, k + 0.5), an array the edges.

    kernel_size : int, default=None
        Odd number of bins to which the kernel is cut; needs `bins`.

    boundary : {"reflect", "renormalize", "zero"}, default="reflect"
        What happens to the part of a kernel that lies outside of the range of y (or of the bins).
        "reflect" folds it back, "renormalize" divides by the share inside, both to unit integral
        over the range; "zero" leaves it outside, so that the density is too low near both ends.

    Attributes
    ----------
    estimate_ : DensityEstimate
        The estimate, from which all other attributes are read. It never changes: a refit or a
        batch puts another one in its place.

    bandwidth_ : float
        The bandwidth in units of y. With an explicit window its standard deviation, with None 0.

    bin_edges_ : ndarray of shape (n_bins + 1,)
        Edges of the bins. Without `bins`, cells of between half of and one bandwidth.

    counts_ : ndarray of shape (n_bins,)
        Number of targets in each bin, as the sample weights count them (see Notes).

    effective_counts_ : ndarray of shape (n_bins,)
        The counts after smoothing.

    n_samples_seen_ : float
        Number of targets, as the sample weights count them.

    accuracy_ : float
        Relative accuracy of the density near its highest values. Targets whose densities differ
        by a smaller share are equally dense.

    See Also
    --------
    estimate_density : The same as a function.
    select_bandwidth : The bandwidth rules.
    reference_window : Windows of the published implementation.
    skdir.weighting.LDSWeighter : Sample weights from this density.

    Notes
    -----
    The density at y is :math:`\tilde p(y) = \int k(y, y')\,p(y')\,dy'`. Without bins it agrees
    with the sum over all targets to 1e-3 wherever it exceeds 1e-4 of its maximum. With the
    Gaussian kernel the cost is O(n) for `fit` and for `density`: the targets are counted on a fine
    grid (linear binning) and smoothed by a cosine transform. The other kernels have corners, which
    are kept exactly; their `density` costs O(n log n).

    Sample weights that are whole numbers count targets: a weight of 2 is the target twice, 0 is no
    target. Other weights only say how much a target counts beside the others. They are scaled to
    mean 1 over the targets of positive weight, so that weights that sum to 1 do not stand for a
    single target, of which the rules would make a wide bandwidth.

    A constant target has no spread to choose a bandwidth by: its density is then flat over an
    interval of width 1 around it.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.density import TargetDensity
    >>> y = np.random.default_rng(0).exponential(size=10_000)
    >>> density = TargetDensity().fit(y)
    >>> density.density([0.5, 4.0]).round(3)
    array([0.615, 0.018])
    """

    _parameter_constraints: dict = DENSITY_CONSTRAINTS

    def __init__(
        self,
        *,
        kernel="gaussian",
        bandwidth="silverman",
        bins=None,
        kernel_size=None,
        boundary="reflect",
    ):
        self.kernel = kernel
        self.bandwidth = bandwidth
        self.bins = bins
        self.kernel_size = kernel_size
        self.boundary = boundary

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, y, sample_weight=None):
        """Estimate the density of targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets, see Notes.

        Returns
        -------
        self : TargetDensity
            Fitted estimator.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers, bins do not cover it, or a parameter needs
            another one.
        """
        y, sample_weight = valid_rows(y, sample_weight, "TargetDensity.fit")
        params = self.get_params(deep=False)
        self.estimate_ = estimate_density(y, sample_weight, **params, caller="TargetDensity")
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, y, sample_weight=None):
        """Add a batch of targets.

        The result equals one `fit` on all batches: exactly for `bins` given as edges or
        "integer"; to 1e-6 without bins if the first batch spans the range of y, and nearly so
        otherwise, also where the first batch came by `fit`. A number of bins is laid over the
        first batch's range and refuses targets outside of it. Other parameters than `bins` may
        change between batches.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets, see Notes.

        Returns
        -------
        self : TargetDensity
            Fitted estimator.

        Raises
        ------
        ValueError
            As `fit`, and if a bandwidth is too small for the range of y (below 1/13,000 of it).
        """
        y, sample_weight = valid_rows(y, sample_weight, "TargetDensity.fit")
        params = self.get_params(deep=False) | {"caller": "TargetDensity"}
        if hasattr(self, "estimate_"):
            self.estimate_ = self.estimate_.add(y, sample_weight, **params)
        else:
            self.estimate_ = estimate_density(y, sample_weight, **params, in_batches=True)
        return self

    @classmethod
    def from_estimate(cls, estimate):
        """Return the fitted estimator that holds an estimate, with its parameters.

        Parameters
        ----------
        estimate : DensityEstimate
            The estimate.

        Returns
        -------
        density : TargetDensity
            Fitted estimator.

        Examples
        --------
        >>> from skdir.density import TargetDensity, estimate_density
        >>> estimate = estimate_density([1.0, 2.0, 2.0, 3.0], bandwidth=0.5)
        >>> TargetDensity.from_estimate(estimate)
        TargetDensity(bandwidth=0.5)
        """
        density = cls(**estimate.params)
        density.estimate_ = estimate
        return density

    @property
    def bandwidth_(self):
        """The bandwidth in units of y."""
        return self.estimate_.bandwidth

    @property
    def bin_edges_(self):
        """Edges of the bins."""
        return self.estimate_.edges

    @property
    def counts_(self):
        """Number of targets in each bin."""
        return self.estimate_.counts

    @property
    def effective_counts_(self):
        """The counts after smoothing."""
        return self.estimate_.effective_counts

    @property
    def n_samples_seen_(self):
        """Number of targets."""
        return self.estimate_.n_samples

    @property
    def accuracy_(self):
        """Relative accuracy of the density near its highest values."""
        return self.estimate_.accuracy

    def density(self, y):
        """Return the effective density at targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        density : ndarray of shape (n_samples,)
            Density per unit of y.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller="TargetDensity.density", min_samples=0)
        return self.estimate_.at(y)

    def empirical_density(self, y):
        """Return the density before smoothing at targets: that of the histogram `counts_`.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        density : ndarray of shape (n_samples,)
            Density per unit of y.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller="TargetDensity.empirical_density", min_samples=0)
        return self.estimate_.empirical(y)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimate_")
