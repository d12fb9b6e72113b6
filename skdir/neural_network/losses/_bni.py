"""Balanced MSE by numerical integration over bins of the target (BNI)."""

import numpy as np
import torch
from sklearn.base import clone

from skdir.density import TargetDensity
from skdir.neural_network.losses._base import (
    REDUCTIONS,
    check_batch,
    check_option,
    reduce_losses,
)
from skdir.neural_network.losses._mixture import (
    MixtureLoss,
    check_mixture,
    check_targets,
    finite_array,
    mixture_losses,
)
from skdir.neural_network.losses._noise import check_noise
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import check_sample_weight, parameter_error
from skdir.weighting import LDSWeighter


def bni_loss(
    prediction,
    target,
    *,
    centers,
    weights,
    widths=None,
    noise_sigma=1.0,
    sample_weight=None,
    reduction="mean",
):
    r"""Balanced MSE by numerical integration over bins of the target (BNI).

    The squared error of a regressor that shall predict well where the target is rare: what the
    training distribution of the target, here the masses of bins, adds to each prediction is taken
    off again.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, 1)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    centers : array-like of shape (n_bins,)
        Centers of the bins in units of y.

    weights : array-like of shape (n_bins,)
        Masses of the bins; their sum is taken as 1.

    widths : array-like of shape (n_bins,), default=None
        Widths of the bins in units of y: a bin then has the variance of a uniform law, a twelfth of
        its squared width. None is points at the centers, as published.

    noise_sigma : float or Tensor of one element, default=1.0
        Standard deviation of the targets around their predictions, in units of y.

    sample_weight : Tensor of shape (n_samples,), default=None
        Non-negative weights; a weight of 2 is the row twice.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    Returns
    -------
    loss : Tensor of shape () or, without reduction, (n_samples,)
        The loss in squared units of y.

    Raises
    ------
    ValueError
        If shapes differ, something is not a tensor, the noise is not positive or the reduction is
        unknown.

    See Also
    --------
    gai_loss : The same with a Gaussian mixture in place of the bins.
    BNILoss : The same as a module, with bins made from training targets.

    Notes
    -----
    With the noise s and bins b of centers :math:`c_b`, widths :math:`h_b` and masses :math:`w_b`,
    the loss of a row is

    .. math:: l = 2 s^2 \Big(-\log N(y; \hat y, s^2) +
        \log \sum_b w_b N(\hat y; c_b, s^2 + h_b^2 / 12)\Big).

    The factor :math:`2 s^2` gives it the scale of the squared error and is a constant for the
    derivatives. Published is the case without widths: points leave gaps where the noise is smaller
    than the distance between them, and a noise that is learned falls into these gaps, to 0. The
    cost is O(n_samples n_bins).

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import bni_loss
    >>> prediction, target = torch.tensor([0.0, 0.5, 3.0]), torch.tensor([0.0, 1.0, 5.0])
    >>> bni_loss(prediction, target, centers=[0.0, 1.0, 2.0, 3.0], weights=[8, 4, 2, 1])
    tensor(-0.1066)
    """
    caller = "bni_loss"
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    check_noise(noise_sigma, caller=caller)
    parts = _mixture_of_bins(centers, weights, widths, caller=caller)
    prediction, target, sample_weight = check_batch(
        prediction, target, sample_weight, caller=caller
    )
    mixture = (torch.as_tensor(part) for part in parts[:3])
    losses = mixture_losses(prediction, target, noise_sigma, *mixture, None, caller=caller)
    return reduce_losses(losses, sample_weight, reduction)


class BNILoss(MixtureLoss):
    r"""Balanced MSE by numerical integration over bins (BNI), as a module that learns its noise.

    Parameters
    ----------
    centers : array-like of shape (n_bins,)
        Centers of the bins in units of y.

    weights : array-like of shape (n_bins,)
        Masses of the bins; their sum is taken as 1.

    widths : array-like of shape (n_bins,), default=None
        Widths of the bins in units of y: a bin then has the variance of a uniform law, a twelfth of
        its squared width. None is points at the centers, as published.

    noise_sigma : float, default=1.0
        Standard deviation of the targets around their predictions, in units of y; where learning
        starts.

    learnable : bool, default=True
        Whether the noise is a parameter of the module. Hand the module's parameters to the
        optimizer along with the network's.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    dtype : torch.dtype, default=None
        Type of the noise and of the bins; None is torch's default.

    Attributes
    ----------
    noise_sigma : Tensor of shape ()
        The noise as it is now; softplus of a parameter, so that it stays positive.

    See Also
    --------
    bni_loss : The same as a function, with the formula.
    GAILoss : The same with a Gaussian mixture in place of the bins, for several outputs too.

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from skdir.neural_network import BNILoss
    >>> y = np.random.default_rng(0).exponential(size=1000)
    >>> loss = BNILoss.from_targets(y, bins=50)
    >>> loss(torch.tensor([0.5, 2.0]), torch.tensor([0.5, 3.0])) < 0
    tensor(True)
    """

    def __init__(
        self,
        centers,
        weights,
        *,
        widths=None,
        noise_sigma=1.0,
        learnable=True,
        reduction="mean",
        dtype=None,
    ):
        super().__init__(
            noise_sigma=noise_sigma, learnable=learnable, reduction=reduction, dtype=dtype
        )
        self._keep(*_mixture_of_bins(centers, weights, widths, caller="BNILoss"))

    @classmethod
    def from_targets(cls, y, *, bins=100, density=None, sample_weight=None, **params):
        """Return the loss with bins weighted by the density of training targets, with widths.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or (n_samples, 1)
            Training targets.

        bins : int, "integer" or array-like of shape (n_bins + 1,), default=100
            Number of bins of equal width over the range of y, one bin per integer, or edges.

        density : TargetDensity or LDSWeighter, default=None
            What estimates the density; a copy of it is fitted to `y`. None is
            ``TargetDensity()``, the effective density; ``TargetDensity(bins=edges, kernel=None)``
            with the same edges counts.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        **params : dict
            Other parameters of the class.

        Returns
        -------
        loss : BNILoss
            The loss.

        Raises
        ------
        ValueError
            If targets are not finite numbers in one dimension, or a parameter does not fit.
        """
        caller = f"{cls.__name__}.from_targets"
        y = check_targets(y, caller=caller)
        if y.shape[1] != 1:
            raise parameter_error("y", caller, "an array of one output", f"{y.shape[1]} outputs")
        y = y[:, 0]
        if not (density is None or isinstance(density, (TargetDensity, LDSWeighter))):
            accepted = "None, a TargetDensity or an LDSWeighter"
            raise parameter_error("density", caller, accepted, repr(density))
        sample_weight = check_sample_weight(sample_weight, len(y), caller=caller)
        seen = y if sample_weight is None else y[sample_weight > 0]
        target_bins = TargetBins.of(bins, seen, caller=caller, cover=False)
        fitted = clone(TargetDensity() if density is None else density).fit(y, sample_weight)
        fitted = getattr(fitted, "density_", fitted)
        centers, widths = target_bins.centers, np.diff(target_bins.edges)
        return cls(centers, fitted.density(centers) * widths, widths=widths, **params)


def _mixture_of_bins(centers, weights, widths, *, caller):
    """Return the mixture of a Gaussian for each bin, with the variance of the bin."""
    variances = None
    if widths is not None:
        widths = finite_array(widths, name="widths", caller=caller, ndims=(1,))
        if len(widths) != np.size(weights) or widths.min() < 0:
            accepted = f"None or {np.size(weights)} non-negative widths, as the weights"
            raise parameter_error("widths", caller, accepted, repr(widths))
        variances = widths**2 / 12
    return check_mixture(weights, centers, variances, caller=caller, name="centers")
