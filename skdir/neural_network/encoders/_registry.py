"""Encoders: networks that turn inputs into features (batch, h)."""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from skdir.neural_network.encoders._checks import (
    MOST_LAYERS,
    check_flag,
    check_rows,
    check_share,
    check_whole,
    check_widths,
    image_channels,
)
from skdir.neural_network.encoders._pair_text import PairTextEncoder
from skdir.neural_network.encoders._resnet import ResNetEncoder
from skdir.utils._validation import parameter_error

_RESNETS = {f"resnet{depth}": depth for depth in (18, 34, 50)}


class MLPEncoder(nn.Module):
    """Fully connected layers for tables; inputs of more dimensions are flattened.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one row of X, such as ``(32,)``.

    hidden_layer_sizes : sequence of int, default=(256, 128)
        Width of each layer; the last is the number of features.

    dropout : float, default=0.0
        Share of activations dropped after each layer in training.

    batch_norm : bool, default=False
        Whether each layer normalises its outputs over the batch before the ReLU.

    See Also
    --------
    SmallResNetEncoder : Convolutions for images.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import MLPEncoder
    >>> MLPEncoder((32,), hidden_layer_sizes=(64, 16))(torch.zeros(5, 32)).shape
    torch.Size([5, 16])
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        hidden_layer_sizes: Sequence[int] = (256, 128),
        dropout: float = 0.0,
        batch_norm: bool = False,
    ):
        super().__init__()
        caller = type(self).__name__
        self.input_shape = check_widths(input_shape, name="input_shape", caller=caller, least=1)
        sizes = check_widths(hidden_layer_sizes, name="hidden_layer_sizes", caller=caller)
        dropout = check_share(dropout, name="dropout", caller=caller)
        check_flag(batch_norm, name="batch_norm", caller=caller)
        layers: list[nn.Module] = [nn.Flatten()] if len(self.input_shape) > 1 else []
        width = math.prod(self.input_shape)
        for size in sizes:
            layers.append(nn.Linear(width, size))
            if batch_norm:
                layers.append(nn.BatchNorm1d(size))
            layers.append(nn.ReLU())
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
            width = size
        self.layers = nn.Sequential(*layers)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return features.

        Parameters
        ----------
        X : Tensor of shape (batch, ...)
            Inputs.

        Returns
        -------
        features : Tensor of shape (batch, h)
            Features after the last ReLU.
        """
        check_rows(X, *self.input_shape, caller="MLPEncoder")
        return self.layers(X)


class SmallResNetEncoder(nn.Module):
    """A residual network for small images, of about 175,000 parameters with the defaults.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one image: (channels, height, width), or (height, width) for one channel.

    widths : sequence of int, default=(16, 32, 64)
        Channels of the stages; each but the first halves height and width. The last is the number
        of features.

    blocks : int, default=1
        Residual blocks of two 3 x 3 convolutions per stage.

    See Also
    --------
    MLPEncoder : Fully connected layers for tables.
    ResNetEncoder : Deeper networks for larger images.

    References
    ----------
    He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning for image recognition.
    CVPR. :doi:`10.1109/CVPR.2016.90`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import SmallResNetEncoder
    >>> SmallResNetEncoder((28, 28))(torch.zeros(2, 28, 28)).shape
    torch.Size([2, 64])
    """

    def __init__(
        self, input_shape: Sequence[int], widths: Sequence[int] = (16, 32, 64), blocks: int = 1
    ):
        super().__init__()
        caller = type(self).__name__
        self.add_channel, self.channels = image_channels(input_shape, caller=caller)
        widths = check_widths(widths, name="widths", caller=caller, least=1)
        blocks = check_whole(blocks, name="blocks", caller=caller, most=MOST_LAYERS)
        stages: list[nn.Module] = [_convolution(self.channels, widths[0]), nn.ReLU()]
        width = widths[0]
        for stage, size in enumerate(widths):
            for block in range(blocks):
                stages.append(_Residual(width, size, 2 if stage and not block else 1))
                width = size
        self.stages = nn.Sequential(*stages)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return features.

        Parameters
        ----------
        X : Tensor of shape (batch, ...)
            Images.

        Returns
        -------
        features : Tensor of shape (batch, h)
            Mean of each channel of the last stage.
        """
        shape = (-1, -1) if self.add_channel else (self.channels, -1, -1)
        check_rows(X, *shape, caller="SmallResNetEncoder")
        if self.add_channel:
            X = X.unsqueeze(1)
        return self.stages(X).mean(dim=(2, 3))


class _Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int, size: int, stride: int):
        super().__init__()
        self.first = _convolution(width, size, stride)
        self.second = _convolution(size, size)
        same = width == size and stride == 1
        self.shortcut = nn.Identity() if same else _convolution(width, size, stride, kernel=1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.second(torch.relu(self.first(X))) + self.shortcut(X))


def _convolution(width: int, size: int, stride: int = 1, kernel: int = 3) -> nn.Module:
    """Return a convolution with batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(width, size, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(size)
    )


_NAMED = MappingProxyType(
    {
        "resnet": SmallResNetEncoder,
        **{name: partial(ResNetEncoder, depth=depth) for name, depth in _RESNETS.items()},
        "pair_text": PairTextEncoder,
    }
)
# Those that files may name.
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
        f"'mlp', 'resnet', {', '.join(map(repr, _RESNETS))}, 'pair_text', a torch module, or a "
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
