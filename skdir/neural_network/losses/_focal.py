"""Focal-R: a loss of the error times a factor that is small where the error is small."""

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
from skdir.neural_network.losses._errors import huber, squared

# Below this, tanh(x) / x comes from its series, which is then exact to the last bit.
_SMALL = 0.02
_SERIES = (1.0, -1 / 3, 2 / 15, -17 / 315, 62 / 2835)


def focal_loss(
    prediction,
    target,
    *,
    beta=0.2,
    gamma=1.0,
    activation="sigmoid",
    base="mse",
    delta=1.0,
    sample_weight=None,
    reduction="mean",
):
    r"""Focal-R: a loss times a factor that is small where the error is small.

    Easy rows count less, so that the hard ones, often those with rare targets, count more.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    beta : float, default=0.2
        Scale of the errors in inverse units of y: errors well above 1 / beta count fully. 0.2
        suits ages in years, 20 targets between 0 and 1.

    gamma : float, default=1.0
        Exponent of the factor; 0 is the base loss.

    activation : {"sigmoid", "tanh"}, default="sigmoid"
        Shape of the factor.

    base : {"mse", "mae", "huber"}, default="mse"
        The loss that is multiplied.

    delta : float, default=1.0
        Of the base loss "huber": the error in units of y where it turns from squared to absolute.

    sample_weight : Tensor of shape (n_samples,), default=None
        Non-negative weights; a weight of 2 is the row twice.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    Returns
    -------
    loss : Tensor of shape () or, without reduction, (n_samples,)
        The loss in the units of the base loss.

    Raises
    ------
    ValueError
        If shapes differ, something is not a tensor or a parameter is out of its range.

    Notes
    -----
    With the error e and the base loss l the loss is, per output,

    .. math:: l(e)\,\big(2\sigma(\beta |e|) - 1\big)^\gamma
        \quad\text{or}\quad l(e)\,\tanh(\beta |e|)^\gamma,

    where :math:`\sigma` is the sigmoid. As :math:`2\sigma(x) - 1 = \tanh(x / 2)`, the first is the
    second with half of beta. Gradients are finite everywhere, at :math:`e = 0` and for
    :math:`\gamma < 1` too: there :math:`\tanh(x) / x` is a power series.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import focal_loss
    >>> prediction, target = torch.tensor([0.0, 1.0, 10.0]), torch.zeros(3)
    >>> focal_loss(prediction, target, reduction="none")
    tensor([ 0.0000,  0.0997, 76.1594])
    """
    caller = "focal_loss"
    _check_parameters(beta, gamma, activation, base, delta, caller=caller)
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    prediction, target, weight = check_batch(prediction, target, sample_weight, caller=caller)
    rate = _rate(beta, activation)
    losses = mean_of_outputs(_focal(prediction - target, rate, gamma, base, delta))
    return reduce_losses(losses, weight, reduction)


class FocalLoss(WeightedLoss):
    """Focal-R as a module: a loss times a factor that is small where the error is small.

    Parameters
    ----------
    beta : float, default=0.2
        Scale of the errors in inverse units of y: errors well above 1 / beta count fully. 0.2
        suits ages in years, 20 targets between 0 and 1.

    gamma : float, default=1.0
        Exponent of the factor; 0 is the base loss.

    activation : {"sigmoid", "tanh"}, default="sigmoid"
        Shape of the factor.

    base : {"mse", "mae", "huber"}, default="mse"
        The loss that is multiplied.

    delta : float, default=1.0
        Of the base loss "huber": the error in units of y where it turns from squared to absolute.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    See Also
    --------
    focal_loss : The same as a function, with the formula.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import FocalLoss
    >>> FocalLoss(base="mae")(torch.tensor([1.0, 10.0]), torch.zeros(2))
    tensor(3.8578)
    """

    _shown = ("beta", "gamma", "activation", "base", "delta", "reduction")

    def __init__(
        self,
        *,
        beta=0.2,
        gamma=1.0,
        activation="sigmoid",
        base="mse",
        delta=1.0,
        reduction="mean",
    ):
        super().__init__(reduction=reduction)
        _check_parameters(beta, gamma, activation, base, delta, caller="FocalLoss")
        self.beta = beta
        self.gamma = gamma
        self.activation = activation
        self.base = base
        self.delta = delta

    def _losses(self, prediction, target, sample_weight):
        rate = _rate(self.beta, self.activation)
        return mean_of_outputs(_focal(prediction - target, rate, self.gamma, self.base, self.delta))


def _check_parameters(beta, gamma, activation, base, delta, *, caller):
    """Refuse parameters out of their ranges."""
    check_number(beta, name="beta", caller=caller)
    check_number(gamma, name="gamma", caller=caller, zero=True)
    check_option(activation, ("sigmoid", "tanh"), name="activation", caller=caller)
    check_option(base, ("mse", "mae", "huber"), name="base", caller=caller)
    check_number(delta, name="delta", caller=caller)


def _rate(beta, activation):
    """Return b, where the factor is tanh(b |e|) to the power gamma."""
    return beta / 2 if activation == "sigmoid" else beta


def _focal(error, rate, gamma, base, delta):
    """Return the base loss times tanh(rate |error|)^gamma, element by element.

    Each branch sees a harmless constant in place of the elements of the other one: what is not
    chosen must have finite derivatives too.
    """
    if gamma == 0:
        return _base(error, base, delta)
    small = rate * error.abs() < _SMALL
    large_error = torch.where(small, 1.0, error)
    large_loss = _base(large_error, base, delta) * torch.tanh(rate * large_error.abs()) ** gamma
    small_error = torch.where(small, error, min(1.0, _SMALL / (2 * rate)))
    return torch.where(small, _focal_of_small(small_error, rate, gamma, base, delta), large_loss)


def _focal_of_small(error, rate, gamma, base, delta):
    """Return the loss as one power of the error, with an exponent above 1, and smooth factors.

    The power is that of rate * error, so that neither the error's nor the rate's overflows.
    """
    scaled = rate * error
    square = scaled * scaled
    series = torch.zeros_like(error)
    for coefficient in reversed(_SERIES):
        series = series * square + coefficient
    degree = 1 if base == "mae" else 2
    power = gamma + degree
    # An exponent of 2 without the absolute value: its second derivative at 0 is 2, not 0.
    loss = (square if power == 2 else scaled.abs() ** power) * series**gamma / rate**degree
    if base != "huber":
        return loss
    beyond = error.abs() > delta
    outside = torch.where(beyond, error, delta)
    return loss * torch.where(beyond, huber(outside, delta) / squared(outside), 0.5)


def _base(error, base, delta):
    """Return the base loss of errors."""
    if base == "huber":
        return huber(error, delta)
    return squared(error) if base == "mse" else error.abs()
