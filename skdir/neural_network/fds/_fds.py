"""Feature distribution smoothing (FDS)."""

from numbers import Integral, Real

from sklearn.base import BaseEstimator

from skdir.neural_network._training.items import on_host
from skdir.neural_network.fds._layer import FDSLayer
from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._sklearn_compat import Interval, StrOptions, validate_params_of
from skdir.utils._targets.bins import TargetBins
from skdir.utils._targets.kernels import KERNELS
from skdir.utils._validation import check_target, plain_array


class FDS(VersionedPickle, BaseEstimator):
    r"""Specification of feature distribution smoothing.

    Rows whose targets are close should have features that are distributed alike. Where few rows
    were seen, they are not; so the mean and the variance of the features in each bin of the target
    are smoothed over neighboring bins, and the features of a row are moved from the statistics of
    its bin to the smoothed ones. This is done in training only, before the last layer.

    This object holds parameters. :meth:`make_layer` makes the layer, which holds what is learned.

    Parameters
    ----------
    bins : int, "integer" or array-like of shape (n_bins + 1,), default=100
        Bins of the target: a number of bins of equal width over the range of the training targets,
        one bin per integer, or the edges.

    kernel : {"gaussian", "laplacian", "triangular"}, None or array-like, default="gaussian"
        Kernel that smooths over bins. None does not smooth; an array of odd length is an explicit
        window.

    bandwidth_bins : float, default=2.0
        Bandwidth of the kernel in bins. Not used with an explicit window or None as the kernel.

    kernel_size : int or None, default=5
        Odd number of bins to which the kernel is cut; None cuts nothing.

    momentum : float, default=0.9
        Share of the moving average that stays when the statistics of an epoch enter it.

    start_update : int, default=0
        First epoch whose features enter the statistics.

    start_smooth : int, default=1
        First epoch in which features are calibrated.

    clip : tuple of (float, float) or None, default=(0.1, 10.0)
        Bounds, around 1, of the variance after calibration relative to the one before.

    statistics : {"running", "epoch"}, default="running"
        "running" takes the features as they pass by in training. "epoch" takes those that the
        caller hands to :meth:`FDSLayer.collect` in a pass of its own after each epoch, with one
        state of the network for all rows, at the cost of that pass.

    covariance : {"diagonal", "full"}, default="diagonal"
        Calibrate each feature by its variance, or all of them together by their covariance.

    shrinkage : float, default=0.0
        In how many rows the statistics of all bins count in each bin: a bin of n rows keeps the
        share n / (n + shrinkage) of its own mean and variance. The rest is the mean of all rows
        and the variance within bins, pooled over them.

    max_pixels : int or None, default=4096
        With dense targets, how many pixels of a batch enter the statistics, drawn at random; None
        takes all. Not used with one target per row.

    random_state : int, RandomState instance or None, default=0
        Seed of the pixels that are drawn.

    See Also
    --------
    FDSLayer : The layer, and how it goes into a training loop.
    feature_statistics : Look at what is smoothed, with or without FDS.

    Notes
    -----
    With the mean :math:`\mu_b` and the variance :math:`\sigma_b^2` of bin b over the rows of an
    epoch (divided by n - 1), in a moving average over epochs, and the window k,

    .. math:: \tilde\mu_b = \frac{\sum_{b'} k(b, b') \mu_{b'}}{\sum_{b'} k(b, b')},

    with sums over the bins that were seen, and :math:`\tilde\sigma_b^2` likewise. The features z of
    a row in bin b become

    .. math:: \tilde z = (z - \mu_b) \sqrt{\mathrm{clip}(\tilde\sigma_b^2 / \sigma_b^2)}
        + \tilde\mu_b

    or, with the full covariance, :math:`\tilde\Sigma_b^{1/2} \Sigma_b^{-1/2} (z - \mu_b) +
    \tilde\mu_b`, where the squares of the singular values of the matrix are clipped. The inverse is
    the pseudo-inverse: directions with less than 1e-10 of the largest variance have none.

    Where a bin has no variance, as with one row, features are shifted and not scaled. A row in a
    bin that was not seen stays as it is: its bin has the smoothed statistics of its neighbors
    before calibration and after. Targets outside of the bins belong to the first or the last one.

    In training the shift of a bin tells the head about the target. Where the kernel covers much of
    the range of y it tells too much, and predictions, which come without it, get worse: narrow
    bins and a small `bandwidth_bins` are safe, see the :doc:`user guide </user_guide/fds>`.

    A batch of n rows costs O(n n_features), with the full covariance O(n n_features^2) in time and
    memory.

    The published implementation differs. There the average that is smoothed holds means that are an
    epoch newer than the variances; features are changed in place, so that statistics come from
    features that are smoothed already; bins without rows count as mean 0 and variance 1 in their
    neighbors, and the ends are reflected; and the statistics take a second pass with the network
    in training mode. Where all bins near a bin were seen and ``kernel=reference_window("gaussian",
    5, 2, normalize="sum")``, the smoothed statistics are the published ones.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skdir.neural_network import FDS
    >>> _ = torch.manual_seed(0)
    >>> X = torch.randn(512, 4)
    >>> y = X[:, 0].exp()
    >>> encoder, head = nn.Sequential(nn.Linear(4, 16), nn.ReLU()), nn.Linear(16, 1)
    >>> optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()])
    >>> fds = FDS(bins=20)
    >>> layer = fds.make_layer(n_features=16, bin_edges=fds.make_edges(y))
    >>> for epoch in range(3):
    ...     for rows in torch.randperm(512).split(64):
    ...         prediction = head(layer(encoder(X[rows]), y[rows]))[:, 0]
    ...         optimizer.zero_grad()
    ...         nn.functional.mse_loss(prediction, y[rows]).backward()
    ...         optimizer.step()
    ...     layer.step_epoch()
    >>> layer
    FDSLayer(n_features=16, n_bins=20, statistics='running', covariance='diagonal', epoch=3)
    """

    _parameter_constraints: dict = {
        "bins": [Interval(Integral, 1, None, closed="left"), StrOptions({"integer"}), "array-like"],
        "kernel": [StrOptions(set(KERNELS)), "array-like", None],
        "bandwidth_bins": [Interval(Real, 0, None, closed="neither")],
        "kernel_size": [Interval(Integral, 1, None, closed="left"), None],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "start_update": [Interval(Integral, 0, None, closed="left")],
        "start_smooth": [Interval(Integral, 0, None, closed="left")],
        "clip": ["array-like", None],
        "statistics": [StrOptions({"running", "epoch"})],
        "covariance": [StrOptions({"diagonal", "full"})],
        "shrinkage": [Interval(Real, 0, None, closed="left")],
        "max_pixels": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        bins=100,
        kernel="gaussian",
        bandwidth_bins=2.0,
        kernel_size=5,
        momentum=0.9,
        start_update=0,
        start_smooth=1,
        clip=(0.1, 10.0),
        statistics="running",
        covariance="diagonal",
        shrinkage=0.0,
        max_pixels=4096,
        random_state=0,
    ):
        self.bins = bins
        self.kernel = kernel
        self.bandwidth_bins = bandwidth_bins
        self.kernel_size = kernel_size
        self.momentum = momentum
        self.start_update = start_update
        self.start_smooth = start_smooth
        self.clip = clip
        self.statistics = statistics
        self.covariance = covariance
        self.shrinkage = shrinkage
        self.max_pixels = max_pixels
        self.random_state = random_state

    def make_edges(self, y):
        """Place the bins on training targets.

        Parameters
        ----------
        y : array-like or Tensor
            Training targets in any shape, such as (n_samples,) or (n_samples, height, width).

        Returns
        -------
        bin_edges : ndarray of shape (n_bins + 1,)
            Edges of the bins, in units of y.

        Raises
        ------
        ValueError
            If `y` is empty or has values that are no finite numbers, or a parameter does not fit.
        """
        validate_params_of(self)
        caller = "FDS.make_edges"
        accepted = "an array or tensor of real numbers"
        y = plain_array(on_host(y, caller, "y"), caller=caller, name="y", accepted=accepted)
        y = check_target(y.ravel(), caller=caller)
        return TargetBins.of(self.bins, y, caller="FDS", cover=False).edges

    def make_layer(self, n_features, bin_edges):
        """Make the layer, without statistics yet.

        Parameters
        ----------
        n_features : int
            Number of features of a row.

        bin_edges : array-like of shape (n_bins + 1,)
            Edges of the target bins, such as those of :meth:`make_edges`, in the units of the
            targets that the layer will see.

        Returns
        -------
        layer : FDSLayer
            On the CPU; move it with the network. It does not follow parameters of this object that
            are set afterwards.

        Raises
        ------
        ValueError
            If a parameter does not fit.
        """
        return FDSLayer(n_features, bin_edges, self)
