"""Parameters of the skorch net: which are passed on, which are refused, and what to set instead."""

import inspect
import math
import warnings
from functools import partial

import torch
from skorch.callbacks import Callback, InputShapeSetter

from skdir.neural_network._training.net import PRECISIONS
from skdir.utils._text.names import did_you_mean
from skdir.utils._validation import parameter_error

_NAME = "net_params"
OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}

# Set by the regressor, and what to use for it.
_OWNED = {
    "module": "'encoder'",
    "criterion": "'loss'",
    "optimizer": "'optimizer'",
    "optimizer__lr": "'lr'",
    "optimizer__weight_decay": "'weight_decay'",
    "lr": "'lr'",
    "max_epochs": "'max_epochs'",
    "batch_size": "'batch_size'",
    "callbacks": "'callbacks'",
    "device": "'device'",
    "verbose": "'verbose'",
    "train_split": "'early_stopping' and 'validation_fraction', or X_val and y_val of fit",
    "warm_start": "partial_fit",
    "dataset": "a torch dataset as X",
    "iterator_train": "a torch dataset as X",
    "iterator_valid": "a torch dataset as X",
    "predict_nonlinearity": "sklearn.compose.TransformedTargetRegressor",
}
_OWNED_PREFIXES = {
    "module__": "'encoder', which may be a functools.partial",
    "criterion__": "'loss', which may be a module from make_loss",
    "dataset__": "a torch dataset as X",
}
_PASSED = ("precision", "compile", "use_caching", "torch_load_kwargs")
_PASSED_PREFIXES = ("compile__", "optimizer__", "callbacks__")

# Names of callbacks that the training itself needs, and of those of skorch.
OURS = ("last_good", "fds", "best", "patience", "progress")
_OF_SKORCH = ("epoch_timer", "print_log")

# What a loader of a dataset takes without an effect on which rows a batch has.
_LOADER = (
    "num_workers",
    "pin_memory",
    "timeout",
    "worker_init_fn",
    "multiprocessing_context",
    "prefetch_factor",
    "persistent_workers",
    "pin_memory_device",
)
_LOADERS = {"iterator_train__": "train", "iterator_valid__": "valid"}


def split_net_params(net_params, *, in_memory, caller):
    """Return the parameters for the net and those for the loaders of datasets.

    Parameters
    ----------
    net_params : dict or None
        As given to the regressor.

    in_memory : bool
        Whether X is in memory, so that nothing is loaded.

    caller : str
        For the message.

    Returns
    -------
    params : dict
        What the net gets.

    loader : dict of str to dict
        For "train" and "valid" what the loader of a dataset gets.

    Raises
    ------
    ValueError
        If a parameter is unknown, or one that the regressor sets.

    Warns
    -----
    UserWarning
        If a parameter of a loader has no effect, since X is in memory.
    """
    params, loader, idle = {}, {"train": {}, "valid": {}}, []
    for name, value in (net_params or {}).items():
        prefix, _, option = str(name).partition("__")
        prefix += "__"
        if prefix in _LOADERS and option:
            if option not in _LOADER:
                _refuse(name, f"one of {', '.join(map(repr, _LOADER))} after {prefix!r}", caller)
            loader[_LOADERS[prefix]][option] = value
            idle += [name] if in_memory else []
        elif name in _OWNED:
            _refuse(name, f"left to the regressor: use {_OWNED[name]}", caller)
        elif prefix in _OWNED_PREFIXES and option:
            _refuse(name, f"left to the regressor: use {_OWNED_PREFIXES[prefix]}", caller)
        elif name in _PASSED or (prefix in _PASSED_PREFIXES and option):
            params[name] = value
        else:
            _refuse_unknown(name, caller)
    _check_values(params, caller)
    if idle:
        warnings.warn(
            f"{', '.join(map(repr, idle))} of 'net_params' of {caller} have no effect on X in "
            "memory, of which batches are cut without a loader. They are for torch datasets.",
            UserWarning,
            stacklevel=2,
        )
    return params, loader


def check_callback_names(params, names, *, caller):
    """Refuse parameters of callbacks that are not there, and to switch ours off.

    Parameters
    ----------
    params : dict
        What the net gets.

    names : list of str
        Names of the callbacks, without skorch's own.

    caller : str
        For the message.
    """
    names = (*_OF_SKORCH, *names)
    for name in params:
        prefix, _, rest = name.partition("__")
        if prefix != "callbacks":
            continue
        if rest in OURS:
            _refuse(name, "left to the regressor, which needs it", caller)
        if rest.partition("__")[0] not in names:
            among = ", ".join(repr(f"callbacks__{known}") for known in names)
            raise parameter_error(_NAME, caller, f"with callbacks among {among}", repr(name))


def _check_values(params, caller):
    """Refuse values that would fail late, or mean something else."""
    accepted = {
        "precision": PRECISIONS,
        "compile": (False, True),
        "use_caching": ("auto", False, True),
    }
    for name, values in accepted.items():
        value = params.get(name, values[0])
        if not any(value is v or (isinstance(value, str) and value == v) for v in values):
            among = ", ".join(map(repr, values))
            raise parameter_error(_NAME, caller, f"with a {name!r} among {among}", repr(value))


def _refuse(name, accepted, caller):
    raise parameter_error(f"{_NAME}[{name!r}]", caller, accepted, f"{name!r}")


def _refuse_unknown(name, caller):
    """Refuse an unknown name, and say which one was perhaps meant."""
    known = [*_PASSED, *_OWNED, *(f"{p}{option}" for p in _LOADERS for option in _LOADER)]
    near = did_you_mean(str(name), known)
    hint = f" ({near})" if near else ""
    names = ", ".join(map(repr, (*_PASSED, *(f"{p}..." for p in (*_PASSED_PREFIXES, *_LOADERS)))))
    raise parameter_error(_NAME, caller, f"a dict with names among {names}", f"{name!r}{hint}")


def resolve_optimizer(optimizer, weight_decay, *, caller):
    """Return the class of an optimizer, and its weight decay as parameters of the net.

    Parameters
    ----------
    optimizer : str or callable
        As given to the regressor.

    weight_decay : float
        As given to the regressor.

    caller : str
        For the message.

    Returns
    -------
    optimizer : callable
        What makes the optimizer.

    params : dict
        Empty for one without weight decay.
    """
    if not math.isfinite(weight_decay):
        raise parameter_error("weight_decay", caller, "a number that float64 holds", "a larger one")
    if isinstance(optimizer, str):
        optimizer = OPTIMIZERS[optimizer]
    preset = optimizer.keywords if isinstance(optimizer, partial) else {}
    for name in ("lr", "weight_decay"):
        if name in preset:
            accepted = f"without {name!r}, which is the parameter {name!r} of {caller}"
            raise parameter_error("optimizer", caller, accepted, repr(optimizer))
    if _takes(optimizer, "weight_decay"):
        return optimizer, {"optimizer__weight_decay": float(weight_decay)}
    if weight_decay:
        name = getattr(optimizer, "__name__", repr(optimizer))
        accepted = f"0 with the optimizer {name}, which has none"
        raise parameter_error("weight_decay", caller, accepted, repr(weight_decay))
    return optimizer, {}


def named_callbacks(callbacks, *, caller):
    """Return callbacks as pairs of name and callback.

    Parameters
    ----------
    callbacks : list
        As given to the regressor.

    caller : str
        For the message.

    Returns
    -------
    pairs : list of (str, Callback)
        Names are those given, or numbered.
    """
    pairs = []
    for i, item in enumerate(callbacks):
        name, callback = item if _is_pair(item) else (f"callback{i}", item)
        kind = callback if isinstance(callback, type) else type(callback)
        if not issubclass(kind, Callback):
            accepted = "a list of skorch callbacks, or of pairs of a name and a callback"
            raise parameter_error("callbacks", caller, accepted, f"{item!r} in it")
        if issubclass(kind, InputShapeSetter):
            accepted = "without InputShapeSetter ('encoder' may be a function of the input shape)"
            raise parameter_error("callbacks", caller, accepted, repr(item))
        if name in OURS or name in _OF_SKORCH or name in [known for known, _ in pairs]:
            accepted = "a list in which each name is there once and is none of our own"
            raise parameter_error("callbacks", caller, accepted, f"the name {name!r}")
        pairs.append((name, callback))
    return pairs


def _is_pair(item):
    """Tell whether something is a pair of a name and something else."""
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)


def resolve_device(device, *, caller):
    """Return a device that is there, "auto" being a GPU if there is one."""
    accepted = "'auto', 'cpu', or a device of torch that is there"
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        if torch.device(device).type == "meta":  # has no numbers
            raise RuntimeError("a device without memory")
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).splitlines()[0]
        raise parameter_error("device", caller, accepted, f"{device!r} ({first})") from None
    return str(device)


def _takes(function, name):
    """Tell whether a function has a parameter of the name, or takes any."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # made outside of Python
        return True
    kinds = {parameter.kind for parameter in parameters.values()}
    return name in parameters or inspect.Parameter.VAR_KEYWORD in kinds
