"""Balanced MSE by batch-based Monte Carlo (BMC): the batch stands for the training targets."""

import warnings

import torch

from skdir.neural_network.losses._base import (
    REDUCTIONS,
    check_batch,
    check_option,
    reduce_losses,
)
from skdir.neural_network.losses._noise import (
    NoisyLoss,
    as_rows,
    check_noise,
    noise_like,
    scaled_logsumexp,
)


def bmc_loss(prediction, target, *, noise_sigma=1.0, sample_weight=None, reduction="mean"):
    r"""Balanced MSE by batch-based Monte Carlo (BMC).

    The squared error of a regressor that shall predict well where the target is rare: what the
    training distribution of the target adds to each prediction is taken off again, and the batch
    itself stands for that distribution.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    noise_sigma : float or Tensor of one element, default=1.0
        Standard deviation of the targets around their predictions, in units of y.

    sample_weight : Tensor of shape (n_samples,), default=None
        Non-negative weights; a weight of 2 is the row twice, also among the batch's targets.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    Returns
    -------
    loss : Tensor of shape () or, without reduction, (n_samples,)
        The loss in squared units of y.

    Warns
    -----
    UserWarning
        If the batch has one row: its loss is constant and teaches nothing.

    Raises
    ------
    ValueError
        If shapes differ, something is not a tensor, the noise is not positive or the reduction is
        unknown.

    See Also
    --------
    gai_loss : The same with a Gaussian mixture in place of the batch.
    BMCLoss : The same as a module that learns its noise.

    Notes
    -----
    With the noise s and the weights w the loss of row i is a cross entropy over the batch,

    .. math:: l_i = -2 s^2 \log \frac{\exp(-\|\hat y_i - y_i\|^2 / 2 s^2)}
        {\sum_j w_j \exp(-\|\hat y_i - y_j\|^2 / 2 s^2)}.

    The factor :math:`2 s^2` gives it the scale of the squared error and is a constant for the
    derivatives. Differences of squares are factored before they are summed, so that large errors
    lose no digits. The cost is O(n_samples^2 n_outputs) in time and memory.

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import bmc_loss
    >>> bmc_loss(torch.tensor([0.0, 0.5, 3.0]), torch.tensor([0.0, 1.0, 5.0]))
    tensor(1.2671)
    """
    caller = "bmc_loss"
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    check_noise(noise_sigma, caller=caller)
    prediction, target, weight = check_batch(prediction, target, sample_weight, caller=caller)
    if len(prediction) == 1:
        _warn_of_single_row(caller, stacklevel=3)
    losses = _bmc(prediction, target, noise_sigma, weight)
    return reduce_losses(losses, weight, reduction)


class BMCLoss(NoisyLoss):
    r"""Balanced MSE by batch-based Monte Carlo (BMC), as a module that learns its noise.

    It needs no knowledge of the training targets, and takes several outputs.

    Parameters
    ----------
    noise_sigma : float, default=1.0
        Standard deviation of the targets around their predictions, in units of y; where learning
        starts.

    learnable : bool, default=True
        Whether the noise is a parameter of the module. Hand the module's parameters to the
        optimizer along with the network's.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    dtype : torch.dtype, default=None
        Type of the noise; None is torch's default.

    Attributes
    ----------
    noise_sigma : Tensor of shape ()
        The noise as it is now; softplus of a parameter, so that it stays positive.

    See Also
    --------
    bmc_loss : The same as a function, with the formula.
    GAILoss : The same with a Gaussian mixture fitted to all training targets.

    Notes
    -----
    The larger the batch, the better it stands for the training targets. A batch of one row has a
    loss of 0 and no gradient; the module warns of the first such batch.

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import BMCLoss
    >>> loss = BMCLoss(learnable=False)
    >>> loss(torch.tensor([0.0, 0.5, 3.0]), torch.tensor([0.0, 1.0, 5.0]))
    tensor(1.2671)
    """

    def __init__(self, *, noise_sigma=1.0, learnable=True, reduction="mean", dtype=None):
        super().__init__(
            noise_sigma=noise_sigma, learnable=learnable, reduction=reduction, dtype=dtype
        )
        self._warned = False

    def _losses(self, prediction, target, sample_weight):
        if len(prediction) == 1 and not self._warned:
            self._warned = True
            _warn_of_single_row("BMCLoss", stacklevel=6)
        return _bmc(prediction, target, self.noise_sigma, sample_weight)


def _bmc(prediction, target, noise_sigma, sample_weight):
    """Return the losses of the rows, relative to each row's own error."""
    prediction, target = as_rows(prediction), as_rows(target)
    sigma = noise_like(noise_sigma, prediction)
    variance = sigma * sigma
    scale = 2 * variance.detach()
    if sample_weight is None or len(prediction) == 1:
        log_weights = None
    else:
        # Where no row has a weight all losses are multiplied by zero, if only they are numbers.
        log_weights = torch.where(sample_weight.any(), sample_weight, 1.0).log()
    # |p - a|^2 - |p - b|^2 = (b - a) (2 p - a - b), with the row's own target as a.
    gap = target[None] - target[:, None]
    error = prediction - target
    nearer = gap * (2 * error[:, None] - gap)
    nearer = nearer.squeeze(-1) if nearer.shape[-1] == 1 else nearer.sum(dim=-1)
    return scaled_logsumexp(nearer * (variance.detach() / variance), log_weights, scale)


def _warn_of_single_row(caller, *, stacklevel):
    """Warn of a batch that cannot teach."""
    warnings.warn(
        f"{caller} got a batch of one row: the batch stands for the training targets, so the loss "
        "is 0 and has no gradient. Use larger batches, or drop the last one of an epoch.",
        UserWarning,
        stacklevel=stacklevel,
    )
