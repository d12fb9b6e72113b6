"""Encoders by name or as given: how they are made, and what they make of a row."""

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from skdir.neural_network.encoders._checks import check_widths
from skdir.neural_network.encoders._mlp import MLPEncoder
from skdir.neural_network.encoders._pair_text import PairTextEncoder
from skdir.neural_network.encoders._resnet import DEPTHS, ResNetEncoder
from skdir.neural_network.encoders._small_resnet import SmallResNetEncoder
from skdir.utils._validation import parameter_error

_NAMED = MappingProxyType(
    {
        "resnet": SmallResNetEncoder,
        **{name: partial(ResNetEncoder, depth=depth) for name, depth in DEPTHS.items()},
        "pair_text": PairTextEncoder,
    }
)
# Encoders that a saved file may name.
FACTORIES = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (MLPEncoder, PairTextEncoder, ResNetEncoder, SmallResNetEncoder)
    }
)


def make_encoder(encoder, input_shape, *, hidden_layer_sizes, dropout, caller):
    """Return a fresh encoder for inputs of a shape, never the user's own object.

    Parameters
    ----------
    encoder : str, Module, class or callable
        A name, a module to copy, or something that makes one of the input shape.

    input_shape : tuple of int, or dict of str to tuple of int
        Shape of one row of X, or of its parts by name.

    hidden_layer_sizes, dropout : sequence of int, float
        For the multilayer perceptron.

    caller : str
        For the message.

    Returns
    -------
    encoder : Module
        The encoder.

    Raises
    ------
    ValueError
        If it is nothing of the above or makes no module.
    """
    accepted = (
        f"'mlp', 'resnet', {', '.join(map(repr, DEPTHS))}, 'pair_text', a torch module, or a "
        "function of the input shape that makes one"
    )
    hidden_layer_sizes = check_widths(hidden_layer_sizes, name="hidden_layer_sizes", caller=caller)
    if isinstance(encoder, nn.Module):
        return deepcopy(encoder)
    if isinstance(encoder, str) and isinstance(input_shape, Mapping):
        by_name = f"a module whose forward takes {', '.join(input_shape)} (X is a dict)"
        raise parameter_error("encoder", caller, by_name, repr(encoder))
    shape = dict(input_shape) if isinstance(input_shape, Mapping) else tuple(input_shape)
    make = encoder
    if encoder == "mlp":
        make = partial(MLPEncoder, hidden_layer_sizes=hidden_layer_sizes, dropout=dropout)
    elif isinstance(encoder, str):
        if encoder not in _NAMED:
            raise parameter_error("encoder", caller, accepted, repr(encoder))
        make = _NAMED[encoder]
    try:
        made = make(shape)
    except TypeError as error:
        got = f"{getattr(encoder, '__name__', repr(encoder))} ({error})"
        raise parameter_error("encoder", caller, accepted, got) from error
    except ValueError as error:
        if "'input_shape' parameter of" not in str(error):
            raise
        takes = f"of rows that the encoder {_name_of(encoder)} takes ({error})"
        raise parameter_error("X", caller, takes, f"rows of shape {shape}") from error
    if not isinstance(made, nn.Module):
        raise parameter_error("encoder", caller, accepted, f"a callable that made {made!r}")
    return made


def _name_of(encoder):
    """Return the name of an encoder for messages."""
    if isinstance(encoder, partial):
        encoder = encoder.func
    return repr(encoder) if isinstance(encoder, str) else getattr(encoder, "__name__", "given")


def count_features(encoder, example, *, caller):
    """Return the number of features that an encoder makes of a few rows.

    Parameters
    ----------
    encoder : Module
        The encoder; its mode is restored.

    example : Tensor of shape (n, *input_shape), or dict of str to Tensor
        A few rows of X.

    caller : str
        For the message.

    Returns
    -------
    n_features : int
        Width of the features.

    Raises
    ------
    ValueError
        If the features are not of shape (n, h), or the encoder fails.
    """
    mode = encoder.training
    encoder.eval()
    try:
        with torch.no_grad():
            features = encode(encoder, example)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        accepted = f"able to take inputs of shape {_shape_text(example)}"
        raise parameter_error("encoder", caller, accepted, f"the error: {error}") from error
    finally:
        encoder.train(mode)
    n = len(next(iter(example.values())) if isinstance(example, dict) else example)
    if not isinstance(features, torch.Tensor) or features.ndim != 2 or len(features) != n:
        shape = tuple(features.shape) if isinstance(features, torch.Tensor) else type(features)
        accepted = f"a module that returns features of shape ({n}, h)"
        raise parameter_error("encoder", caller, accepted, shape)
    return features.shape[1]


def encode(encoder, X):
    """Return features of a batch, the parts of a dict being arguments by name."""
    return encoder(**X) if isinstance(X, dict) else encoder(X)


def _shape_text(example):
    """Return the shape of a batch, or those of its parts by name."""
    if isinstance(example, dict):
        return {name: tuple(part.shape) for name, part in example.items()}
    return tuple(example.shape)
