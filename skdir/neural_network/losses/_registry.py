"""Losses for imbalanced regression, weighted row by row, and how to find them by name."""

from copy import deepcopy
from functools import partial
from inspect import isclass, signature
from types import MappingProxyType

import torch
from sklearn.utils import check_random_state
from torch import nn

from skdir.neural_network.losses._base import (
    REDUCTIONS,
    WeightedLoss,
    check_option,
    mean_of_outputs,
)
from skdir.neural_network.losses._bmc import BMCLoss
from skdir.neural_network.losses._bni import BNILoss
from skdir.neural_network.losses._errors import (
    HuberLoss,
    MAELoss,
    MSELoss,
)
from skdir.neural_network.losses._focal import FocalLoss
from skdir.neural_network.losses._gai import GAILoss
from skdir.neural_network.losses._mixture import check_targets
from skdir.utils._text.names import closest
from skdir.utils._validation import parameter_error

LOSSES = MappingProxyType(
    {
        "mse": (MSELoss, {}),
        "mae": (MAELoss, {}),
        "huber": (HuberLoss, {}),
        "focal_mse": (FocalLoss, {"base": "mse"}),
        "focal_mae": (FocalLoss, {"base": "mae"}),
        "balanced_mse": (BMCLoss, {}),
        "balanced_mse_gai": (GAILoss, {}),
        "balanced_mse_bni": (BNILoss, {}),
    }
)


def make_loss(loss="mse", *, y_train=None, random_state=None, reduction="mean", **params):
    """Make a loss from its name, a class, a module or a function.

    Parameters
    ----------
    loss : str, nn.Module, class of nn.Module or callable, default="mse"
        - A name: "mse", "mae", "huber", "focal_mse", "focal_mae", "balanced_mse" (BMC),
          "balanced_mse_gai" or "balanced_mse_bni".
        - A class, or a `functools.partial` of one: it is called with the parameters; if it has a
          method ``from_targets``, that one, with the training targets first.
        - A module whose ``forward`` takes ``sample_weight``: a copy of it.
        - Another module, or a function of (prediction, target), that returns one loss per row or
          per element: it is copied, and weighted and reduced here.

    y_train : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        Training targets, for the losses that are made from them.

    random_state : int, RandomState instance or None, default=None
        For the losses whose ``from_targets`` takes it.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight. Not
        used for a module that takes ``sample_weight``, which has its own.

    **params : dict
        Parameters of the named loss, the class or the function.

    Returns
    -------
    loss : nn.Module
        A module to be called as ``loss(prediction, target, sample_weight=None)``. If it has
        parameters of its own, such as a noise, hand them to the optimizer too.

    Raises
    ------
    ValueError
        If the name is unknown, if parameters come with a module, which has its own, if a module
        reduces by itself, or if training targets are needed and missing.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import make_loss
    >>> prediction, target = torch.tensor([1.0, 2.0]), torch.zeros(2)
    >>> make_loss("huber", delta=1.5)(prediction, target)
    tensor(1.1875)
    >>> make_loss(torch.nn.L1Loss(reduction="none"))(prediction, target, torch.tensor([3.0, 1.0]))
    tensor(1.2500)
    """
    return make_loss_of(
        "make_loss",
        loss,
        y_train=y_train,
        random_state=random_state,
        reduction=reduction,
        params=params,
    )


def make_loss_of(caller, loss, *, y_train, random_state, reduction="mean", params=None):
    """Make a loss as :func:`make_loss` does, for whoever the user called."""
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    try:
        check_random_state(random_state)
    except ValueError:
        accepted = "None, an integer or a RandomState"
        raise parameter_error("random_state", caller, accepted, repr(random_state)) from None
    params = params or {}
    if isinstance(loss, str):
        loss, defaults = LOSSES[_known(loss, caller)]
        params = {**defaults, **params}
    if isinstance(loss, partial) and not loss.args and isclass(loss.func):
        loss, params = loss.func, {**loss.keywords, **params}
    if isclass(loss) and issubclass(loss, nn.Module):
        return _from_class(loss, y_train, random_state, reduction, params, caller)
    if isinstance(loss, nn.Module):
        if params:
            got = f"{', '.join(map(repr, params))} and a {type(loss).__name__}"
            raise parameter_error("params", caller, "left out with a module", got)
        loss = deepcopy(loss)
        return loss if _takes(loss.forward, "sample_weight") else _RowLoss(loss, reduction, caller)
    if not callable(loss) or isclass(loss):
        accepted = "a name, a module, a class of modules or a function"
        raise parameter_error("loss", caller, accepted, repr(loss))
    return _RowLoss(partial(loss, **params) if params else loss, reduction, caller)


def _known(name, caller):
    """Return a known name, or say which one was perhaps meant."""
    if name in LOSSES:
        return name
    near = closest(name, LOSSES)
    hint = f" Did you mean {near!r}?" if near else ""
    raise ValueError(
        f"The 'loss' parameter of {caller} must be one of "
        f"{', '.join(map(repr, LOSSES))}, a module or a function. Got {name!r} instead.{hint}"
    )


def _from_class(loss, y_train, random_state, reduction, params, caller):
    """Call a class, with the training targets where it is made from them."""
    if not _takes(loss.forward, "sample_weight"):
        own = {"reduction": "none"} if _takes(loss, "reduction") else {}
        return _RowLoss(_made(loss, {**own, **params}, caller), reduction, caller)
    params = {"reduction": reduction, **params}
    if not hasattr(loss, "from_targets"):
        return _made(loss, params, caller)
    if y_train is None:
        accepted = f"given with {loss.__name__}, which is made from training targets"
        raise parameter_error("y_train", caller, accepted, "None")
    n_outputs = check_targets(y_train, caller=caller, name="y_train").shape[1]
    if issubclass(loss, BNILoss) and n_outputs > 1:
        accepted = "one for several targets per row, such as 'balanced_mse_gai'"
        raise parameter_error("loss", caller, accepted, loss.__name__)
    if _takes(loss.from_targets, "random_state"):
        params = {"random_state": random_state, **params}
    return _made(partial(loss.from_targets, y_train), params, caller, loss.__name__)


def _made(make, params, caller, name=None):
    """Call a class of losses; parameters that it lacks are the user's."""
    name = name or make.__name__
    try:
        return make(**params)
    except TypeError as error:
        accepted = f"one with the parameters {params}"
        raise parameter_error("loss", caller, accepted, f"{name} ({error})") from error


def _takes(function, name):
    """Tell whether a function has a parameter of the name."""
    return name in signature(function).parameters


class _RowLoss(WeightedLoss):
    """Any function of (prediction, target) that returns one loss per row, weighted and reduced."""

    def __init__(self, function, reduction, caller):
        super().__init__(reduction=reduction)
        self.function, self.caller = function, caller
        if isinstance(function, nn.Module) and getattr(function, "reduction", "none") != "none":
            got = f"{type(function).__name__} with reduction={function.reduction!r}"
            raise parameter_error("loss", caller, _PER_ROW, got)

    def _losses(self, prediction, target, sample_weight):
        try:
            losses = self.function(prediction, target)
        except (TypeError, ValueError) as error:
            name = getattr(self.function, "__name__", type(self.function).__name__)
            accepted = "a function of predictions and targets"
            raise parameter_error("loss", self.caller, accepted, f"{name} ({error})") from error
        if not isinstance(losses, torch.Tensor) or losses.shape[:1] != prediction.shape[:1]:
            what = f"shape {tuple(losses.shape)}" if isinstance(losses, torch.Tensor) else losses
            raise parameter_error("loss", self.caller, _PER_ROW, what)
        return mean_of_outputs(losses)


_PER_ROW = "something that returns one loss per row or element (reduction='none')"
