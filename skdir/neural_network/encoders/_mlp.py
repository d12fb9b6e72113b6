"""A multilayer perceptron for tables."""

import math
from collections.abc import Sequence

import torch
from torch import nn

from skdir.neural_network.encoders._checks import (
    check_flag,
    check_rows,
    check_share,
    check_widths,
)


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
        Whether each layer normalizes its outputs over the batch before the ReLU.

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
