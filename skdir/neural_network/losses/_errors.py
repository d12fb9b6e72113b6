"""Losses of the error alone: squared, absolute and Huber errors."""

from functools import partial

import torch

from skdir.neural_network.losses._base import (
    REDUCTIONS,
    WeightedLoss,
    check_batch,
    check_number,
    check_option,
    mean_of_outputs,
    reduce_losses,
)


def mse_loss(prediction, target, *, sample_weight=None, reduction="mean"):
    r"""Squared error with weights.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

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
        If shapes differ, something is not a tensor or the reduction is unknown.

    Notes
    -----
    The loss of a row is :math:`l = e^2` with the error :math:`e = \hat y - y`, its mean over the
    outputs where there are several, and with the weights w the reduced loss is
    :math:`\sum w l / \sum w`. Shapes are never broadcast.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import mse_loss
    >>> mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]))
    tensor(2.5000)
    """
    return _weighted(squared, prediction, target, sample_weight, reduction, caller="mse_loss")


def mae_loss(prediction, target, *, sample_weight=None, reduction="mean"):
    r"""Absolute error with weights.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    sample_weight : Tensor of shape (n_samples,), default=None
        Non-negative weights; a weight of 2 is the row twice.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    Returns
    -------
    loss : Tensor of shape () or, without reduction, (n_samples,)
        The loss in units of y.

    Raises
    ------
    ValueError
        If shapes differ, something is not a tensor or the reduction is unknown.

    Notes
    -----
    The loss of a row is :math:`l = |e|` with the error :math:`e = \hat y - y`, its mean over the
    outputs where there are several. Its slope at :math:`e = 0` is taken as 0.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import mae_loss
    >>> weight = torch.tensor([1.0, 3.0])
    >>> mae_loss(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]), sample_weight=weight)
    tensor(1.7500)
    """
    return _weighted(torch.abs, prediction, target, sample_weight, reduction, caller="mae_loss")


def huber_loss(prediction, target, *, delta=1.0, sample_weight=None, reduction="mean"):
    r"""Huber's loss with weights: squared for small errors, absolute for large ones.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    delta : float, default=1.0
        Error in units of y where the loss turns from squared to absolute.

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
        If shapes differ, something is not a tensor, `delta` is not positive or the reduction is
        unknown.

    Notes
    -----
    With the error :math:`e = \hat y - y` the loss of a row is :math:`e^2 / 2` where
    :math:`|e| \le \delta` and :math:`\delta (|e| - \delta / 2)` beyond, its mean over the outputs
    where there are several.

    References
    ----------
    P. J. Huber (1964). Robust Estimation of a Location Parameter. The Annals of Mathematical
    Statistics 35. :doi:`10.1214/aoms/1177703732`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import huber_loss
    >>> huber_loss(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    check_number(delta, name="delta", caller="huber_loss")
    return _weighted(
        partial(huber, delta=delta),
        prediction,
        target,
        sample_weight,
        reduction,
        caller="huber_loss",
    )


class MSELoss(WeightedLoss):
    """Squared error with weights, as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    See Also
    --------
    mse_loss : The same as a function, with the formula.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import MSELoss
    >>> MSELoss()(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]))
    tensor(2.5000)
    """

    def _losses(self, prediction, target, sample_weight):
        return mean_of_outputs(squared(prediction - target))


class MAELoss(WeightedLoss):
    """Absolute error with weights, as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    See Also
    --------
    mae_loss : The same as a function, with the formula.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import MAELoss
    >>> MAELoss()(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]))
    tensor(1.5000)
    """

    def _losses(self, prediction, target, sample_weight):
        return mean_of_outputs(torch.abs(prediction - target))


class HuberLoss(WeightedLoss):
    """Huber's loss with weights, as a module.

    Parameters
    ----------
    delta : float, default=1.0
        Error in units of y where the loss turns from squared to absolute.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    See Also
    --------
    huber_loss : The same as a function, with the formula.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import HuberLoss
    >>> HuberLoss(delta=2.0)(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0]))
    tensor(2.2500)
    """

    _shown = ("delta", "reduction")

    def __init__(self, *, delta=1.0, reduction="mean"):
        super().__init__(reduction=reduction)
        check_number(delta, name="delta", caller="HuberLoss")
        self.delta = delta

    def _losses(self, prediction, target, sample_weight):
        return mean_of_outputs(huber(prediction - target, self.delta))


def squared(error):
    """Return the squared errors."""
    return error * error


def huber(error, delta):
    """Return Huber's loss of errors; the squares of large errors are never taken."""
    small = error.clamp(-delta, delta)
    return small * (error - small / 2)


def _weighted(loss, prediction, target, sample_weight, reduction, *, caller):
    """Validate, compute a loss of the errors, weight and reduce it."""
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    prediction, target, weight = check_batch(prediction, target, sample_weight, caller=caller)
    return reduce_losses(mean_of_outputs(loss(prediction - target)), weight, reduction)
