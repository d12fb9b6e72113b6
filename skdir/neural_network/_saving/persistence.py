"""Save and load a fitted network without pickle: tensors by safetensors, the rest as JSON."""

import inspect
import math
import warnings
from typing import NamedTuple

import numpy as np
import torch

from skdir.neural_network._saving.file import DamagedError, damaged, read_file, write_file
from skdir.neural_network._saving.network import make_network, tensors_of
from skdir.neural_network._saving.values import decode, encode
from skdir.neural_network._training.fitted_network import FittedNetwork
from skdir.neural_network._training.inputs import count_features_in
from skdir.neural_network._training.net import PRECISIONS, EncoderWithHead, Net
from skdir.neural_network._training.net_params import resolve_device
from skdir.neural_network._training.scaling import Scaling
from skdir.neural_network._training.settings import CALLER, NotInFile, Settings
from skdir.utils._sklearn_compat import validate_params_of
from skdir.utils._validation import parameter_error

# Parameters that make the network, and those without which nothing can be predicted.
_OF_NETWORK = ("encoder", "hidden_layer_sizes", "dropout", "fds")
_NEEDED = (*_OF_NETWORK, "batch_size")

# That of the machine where it is loaded.
_NOT_SAVED = {"device"}


class Facts(NamedTuple):
    """What a file says of a fitted network beside its tensors and the regressor's parameters."""

    input_shape: tuple | dict
    feature_names: np.ndarray | None
    scaling: Scaling
    n_outputs: int
    edges: np.ndarray | None
    precision: str
    frozen: bool
    history: tuple


def save(fitted, params, path, *, caller):
    """Write a fitted network.

    Parameters
    ----------
    fitted : FittedNetwork
        The network.

    params : dict of str to object
        Parameters of the regressor.

    path : str or path-like
        Name of the file.

    caller : str
        For messages.
    """
    state = tensors_of(fitted.net.module_, caller=caller)
    params = {k: encode(value) for k, value in params.items() if k not in _NOT_SAVED}
    description = {"params": params, "fitted": _describe(fitted)}
    write_file(path, description, state, caller=caller)


def load(path, cls, given, *, caller):
    """Read what :func:`save` wrote.

    Parameters
    ----------
    path : str or path-like
        Name of the file.

    cls : class
        That of the regressor, which says what its parameters are.

    given : dict of str to object
        Parameters in the place of those in the file.

    caller : str
        For messages.

    Returns
    -------
    params : dict of str to object
        Parameters of the regressor.

    fitted : FittedNetwork
        The network.
    """
    description, state = read_file(path, caller=caller)
    if description["format"] == 1:
        warnings.warn(
            f"The file given to {caller} is of the format of a development version, which had "
            "no digest: damage to it cannot be seen. Save the regressor again.",
            UserWarning,
            stacklevel=3,
        )
    try:
        params = _read_params(cls, description.get("params"), given)
        facts = _read_facts(description.get("fitted"))
    except DamagedError as error:
        raise damaged(path, error, caller=caller) from error
    params = _complete(params, given, caller)
    settings = Settings.of(cls(**params))
    try:
        module = make_network(settings, facts, state, caller=caller)
    except DamagedError as error:
        for name in _OF_NETWORK:
            if name in given:
                accepted = "such that it makes the network that was saved"
                raise parameter_error(name, caller, accepted, f"one with {error}") from error
        raise damaged(path, error, caller=caller) from error
    return params, _restore(settings, facts, module)


def _restore(settings, facts, module):
    """Return a network that can predict, and that going on makes an optimizer for."""
    net = Net(
        module=module, criterion=torch.nn.MSELoss, optimizer=torch.optim.SGD, callbacks=None,
        device=resolve_device(settings.device, caller=CALLER),
        precision=facts.precision, scaling=facts.scaling, input_shape=facts.input_shape,
    ).initialize()  # fmt: skip
    net.module = EncoderWithHead
    return FittedNetwork(
        net=net,
        edges=facts.edges,
        weighter=None,
        feature_names=facts.feature_names,
        history=facts.history,
        snapshot=settings.snapshot(),
        rng=None,
    )


def _describe(fitted):
    """Return what JSON holds of a fitted network."""
    shape, names, scaling = fitted.input_shape, fitted.feature_names, fitted.scaling
    named = isinstance(shape, dict)
    return {
        "input_shape": {k: list(v) for k, v in shape.items()} if named else list(shape),
        "n_features_in": count_features_in(shape),
        "feature_names_in": None if names is None else names.tolist(),
        "n_outputs": fitted.n_outputs,
        "column": scaling.column,
        "mean": np.asarray(scaling.mean).tolist(),
        "scale": np.asarray(scaling.scale).tolist(),
        "edges": None if fitted.edges is None else fitted.edges.tolist(),
        "precision": fitted.net.precision,
        "frozen": fitted.net.module_.frozen,
        "history": [
            {name: encode(value) for name, value in record.items()} for record in fitted.history
        ],
    }


def _read_params(cls, saved, given):
    """Return the parameters of a description but those given, which the class must accept."""
    known = inspect.signature(cls).parameters.keys() - _NOT_SAVED
    if not isinstance(saved, dict):
        raise DamagedError("it has no parameters")
    if unknown := sorted(saved.keys() - known):
        raise DamagedError(f"the parameter {unknown[0]!r}, which {cls.__name__} does not read")
    try:
        saved = {name: decode(value) for name, value in saved.items() if name not in given}
        there = {k: v for k, v in saved.items() if not isinstance(v, NotInFile)}
        validate_params_of(cls(**there))
    except Exception as error:  # whatever a value of the file's leads to
        raise DamagedError(str(error)) from error
    return saved


def _complete(saved, given, caller):
    """Return the parameters of the file and those given in their place."""
    params = {**saved, **given}
    for name, value in params.items():
        if isinstance(value, NotInFile) and name in _NEEDED:
            raise parameter_error(name, caller, f"given again (it was {value.text})", "nothing")
    return params  # others that are missing are of use to `fit` alone, which refuses them


def _read_facts(fitted):
    """Return what was fitted, all of which is checked."""
    try:
        return _checked(fitted)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise DamagedError(f"what was fitted is not there, or of another kind: {error}") from error


def _checked(fitted):
    shape = fitted["input_shape"]
    named = isinstance(shape, dict)
    shape = {k: _shape(v) for k, v in shape.items()} if named else _shape(shape)
    n_features = count_features_in(shape)
    names, n_outputs, column = (fitted[k] for k in ("feature_names_in", "n_outputs", "column"))
    if fitted["n_features_in"] != n_features or type(fitted["n_features_in"]) is not int:
        raise ValueError("another number of features than that of the shape of a row")
    if names is not None and not (
        isinstance(names, list)
        and len(names) == n_features
        and all(isinstance(name, str) for name in names)
    ):
        raise ValueError("names that are none of the features")
    if type(n_outputs) is not int or n_outputs < 1:
        raise ValueError("no number of outputs")
    if type(column) is not bool or (column and n_outputs > 1):
        raise ValueError("a column of several outputs, or of no known number")
    mean, scale = (_numbers(fitted[name], name, n_outputs) for name in ("mean", "scale"))
    if not np.all(np.asarray(scale) > 0):
        raise ValueError(f"the scale {scale}, where numbers above 0 are meant")
    edges = fitted["edges"]
    if edges is not None:
        edges = np.array([_number(edge, "edges") for edge in edges])
        if len(edges) < 2 or not np.all(np.diff(edges) > 0):
            raise ValueError("edges of bins that do not increase")
    precision = fitted.get("precision", PRECISIONS[0])
    if precision not in PRECISIONS:
        raise ValueError(f"the precision {precision!r}")
    frozen = fitted.get("frozen", False)
    if type(frozen) is not bool:
        raise ValueError("no word on whether the encoder is frozen")
    history = tuple({name: decode(value) for name, value in r.items()} for r in fitted["history"])
    return Facts(
        input_shape=shape,
        feature_names=None if names is None else np.array(names, dtype=object),
        scaling=Scaling(mean, scale, column),
        n_outputs=n_outputs,
        edges=edges,
        precision=precision,
        frozen=frozen,
        history=history,
    )


def _shape(values):
    """Return the shape of a row."""
    if not isinstance(values, list) or not all(type(n) is int and 0 <= n < 2**63 for n in values):
        raise ValueError("no shape of a row")
    return tuple(values)


def _numbers(values, name, n_outputs):
    """Return one finite number, or one for each output."""
    if not isinstance(values, list):
        return _number(values, name)
    if len(values) != n_outputs:
        raise ValueError(f"{name!r} has {len(values)} numbers for {n_outputs} outputs")
    return np.array([_number(value, name) for value in values])


def _number(value, name):
    """Return a finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r} in {name!r}, where finite numbers are meant")
    return float(value)
