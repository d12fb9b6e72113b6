"""A residual network for small images."""

from collections.abc import Sequence

import torch
from torch import nn

from skdir.neural_network.encoders._checks import (
    MOST_LAYERS,
    check_rows,
    check_whole,
    check_widths,
    image_channels,
)


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
    """Return a convolution with batch normalization."""
    return nn.Sequential(
        nn.Conv2d(width, size, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(size)
    )
