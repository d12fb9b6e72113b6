"""The network of a file: made only if the shapes in the file are those that its parameters make."""

import math
from collections.abc import Mapping
from functools import partial

import torch
from torch import nn

from skdir.neural_network._saving.file import DamagedError
from skdir.neural_network._training.net import EncoderWithHead
from skdir.neural_network._training.seeds import Seeded, Undrawn
from skdir.neural_network.encoders._registry import FACTORIES, count_features, make_encoder
from skdir.neural_network.fds import FDS
from skdir.utils._validation import parameter_error

# Numbers in a row, at most: 1 GB.
_LARGEST_ROW = 2**28
# Parameters of encoders that say how often something with tensors is repeated.
_REPEATS = ("hidden_layer_sizes", "widths", "blocks", "n_layers")


def tensors_of(module, *, caller):
    """Return the state of a network as tensors on the CPU that share no memory."""
    state = {}
    for name, value in module.state_dict().items():
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            accepted = "a module whose state is of dense tensors, for a file without pickle"
            raise parameter_error("encoder", caller, accepted, f"a {type(value).__name__} {name!r}")
        # a copy: parameters may be tied, and a view is no tensor of its own
        state[name] = value.detach().to("cpu", copy=True).contiguous()
    return state


def make_network(settings, facts, state, *, caller):
    """Make the network of a file, and give it its state.

    Nothing is allocated by what a file says: the network is made without memory first, and its
    shapes are compared with the tensors that are there.

    Parameters
    ----------
    settings : Settings
        Parameters of the regressor.

    facts : Facts
        What was fitted beside the network.

    state : dict of str to Tensor
        State of the network.

    caller : str
        For messages.

    Returns
    -------
    module : EncoderWithHead
        The network, on the CPU.

    Raises
    ------
    DamagedError
        If shapes do not fit, or a tensor has NaN.

    ValueError
        If the state is not one of the encoder that the user gave.
    """
    head = state.get("head.weight")
    if head is None or head.ndim != 2 or len(head) != facts.n_outputs:
        raise DamagedError("it has no tensors of a network, or of one with other outputs")
    for name, value in state.items():
        if value.is_floating_point() and bool(value.isnan().any()):
            raise DamagedError(f"NaN in the tensor {name!r}")
    _check_plan(settings, facts, state, caller)
    ours = _is_ours(settings.encoder)
    with Undrawn() if ours else Seeded(0, "cpu"):
        encoder = _make_encoder(settings, facts, caller)
        if not ours:  # some make their parameters when they see a row
            count_features(encoder, _example(facts.input_shape), caller=caller)
        layer = _make_layer(settings, facts, head)
        module = EncoderWithHead(encoder, head.shape[1], len(head), layer).float()
    if (difference := _difference(module.state_dict(), state)) is not None:
        raise parameter_error("encoder", caller, "the one that was saved", f"one with {difference}")
    try:
        module.load_state_dict(state)
    except Exception as error:  # what a layer refuses of its extra state
        raise DamagedError(f"a state that is none of this network: {error}") from error
    if facts.frozen:
        module.freeze_encoder()
    return module.train()


def _check_plan(settings, facts, state, caller):
    """Compare the tensors with those that the parameters make, of what a file can name."""
    head = state["head.weight"]
    try:
        _check_repeats(settings, len(state))
        with torch.device("meta"):
            parts = {"head": nn.Linear(head.shape[1], len(head))}
            if _is_ours(settings.encoder):
                parts["encoder"] = _make_encoder(settings, facts, caller)
            if settings.fds is None or type(settings.fds) is FDS:
                parts["fds"] = _make_layer(settings, facts, head) or nn.Identity()
            planned = nn.ModuleDict(parts).float().state_dict()
    except Exception as error:  # whatever a value of the file's leads to
        raise DamagedError(f"no network has these parameters: {error}") from error
    users = {"encoder", "fds"} - parts.keys()
    known = {name: value for name, value in state.items() if name.partition(".")[0] not in users}
    if (difference := _difference(planned, known)) is not None:
        raise DamagedError(difference)


def _make_encoder(settings, facts, caller):
    shape = facts.input_shape
    return make_encoder(
        settings.encoder,
        dict(shape) if isinstance(shape, Mapping) else tuple(shape),
        hidden_layer_sizes=settings.hidden_layer_sizes,
        dropout=settings.dropout,
        caller=caller,
    )


def _make_layer(settings, facts, head):
    if settings.fds is None:
        return None
    return settings.fds.make_layer(head.shape[1], facts.edges)


def _example(shape):
    """Return a row of zeros."""
    shapes = shape if isinstance(shape, Mapping) else {"": shape}
    if sum(math.prod(part) for part in shapes.values()) > _LARGEST_ROW:
        raise DamagedError(f"rows of more than {_LARGEST_ROW} numbers")
    rows = {name: torch.zeros(1, *part) for name, part in shapes.items()}
    return rows if isinstance(shape, Mapping) else rows[""]


def _is_ours(encoder):
    """Tell whether an encoder is one that a file can name."""
    kind = encoder.func if isinstance(encoder, partial) else encoder
    return isinstance(kind, str) or kind in FACTORIES.values()


def _check_repeats(settings, n_tensors):
    """Refuse networks of more layers than there are tensors, before they are made one by one."""
    encoder = settings.encoder
    params = {"hidden_layer_sizes": settings.hidden_layer_sizes}
    params |= encoder.keywords if isinstance(encoder, partial) else {}
    for name in _REPEATS:
        value = params.get(name, 0)
        if (len(value) if hasattr(value, "__len__") else value) > n_tensors:
            raise DamagedError(f"more layers in {name!r} than tensors")


def _difference(planned, state):
    """Return how two states differ in names, shapes and types of tensors, or None."""
    if lacking := sorted(planned.keys() - state.keys()):
        return f"no tensor {lacking[0]!r}"
    if unknown := sorted(state.keys() - planned.keys()):
        return f"a tensor {unknown[0]!r} too many"
    for name, value in state.items():
        expected = planned[name]
        if expected.shape != value.shape or expected.dtype != value.dtype:
            return (
                f"the tensor {name!r} of {value.dtype} and shape {tuple(value.shape)}, where its "
                f"parameters make {expected.dtype} and {tuple(expected.shape)}"
            )
    return None
