"""A network for dense targets: features for each pixel."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import interpolate

from skdir.neural_network.encoders._checks import (
    check_rows,
    check_whole,
    check_widths,
    image_channels,
)
from skdir.neural_network.encoders._resnet import DEPTHS, ResNetEncoder
from skdir.utils._validation import parameter_error

_CALLER = "DepthEncoderDecoder"


class DepthEncoderDecoder(nn.Module):
    """An encoder-decoder for images with a target for each pixel, such as depth.

    It returns features (batch, n_features, height, width) for a training loop of your own, in which
    an :class:`FDSLayer` and a head of one 1 x 1 convolution follow.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one image: (channels, height, width), or (height, width) for one channel.

    backbone : sequence of int or {"resnet18", "resnet34", "resnet50"}, default=(16, 32, 64)
        The encoder: channels of stages of two 3 x 3 convolutions, each but the first of which
        halves height and width, or a :class:`ResNetEncoder`.

    n_features : int, default=16
        Number of features of a pixel.

    See Also
    --------
    FDS : Its layer takes features and targets of pixels.
    ResNetEncoder : One feature vector per image.

    Notes
    -----
    The decoder goes from the smallest maps to the largest: it enlarges them bilinearly, puts the
    encoder's maps of that size beside them and applies a 3 x 3 convolution with batch
    normalization. Height and width may be any; with a ResNet as backbone the last step, from the
    half to all of them, has nothing beside it.

    References
    ----------
    Ronneberger, O., Fischer, P. and Brox, T. (2015). U-Net: Convolutional networks for biomedical
    image segmentation. MICCAI. :doi:`10.1007/978-3-319-24574-4_28`

    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skdir.neural_network import FDS, DepthEncoderDecoder
    >>> _ = torch.manual_seed(0)
    >>> images = torch.rand(8, 3, 24, 32)
    >>> depth = 1 + 4 * images[:, 0] ** 2
    >>> network, head = DepthEncoderDecoder((3, 24, 32), backbone=(8, 16)), nn.Conv2d(16, 1, 1)
    >>> fds = FDS(bins=20)
    >>> layer = fds.make_layer(n_features=16, bin_edges=fds.make_edges(depth))
    >>> optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=0.01)
    >>> for epoch in range(3):
    ...     for rows in torch.randperm(8).split(4):
    ...         prediction = head(layer(network(images[rows]), depth[rows]))[:, 0]
    ...         optimizer.zero_grad()
    ...         nn.functional.mse_loss(prediction, depth[rows]).backward()
    ...         optimizer.step()
    ...     layer.step_epoch()
    >>> prediction.shape
    torch.Size([4, 24, 32])
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        *,
        backbone: str | Sequence[int] = (16, 32, 64),
        n_features: int = 16,
    ):
        super().__init__()
        n_features = check_whole(n_features, name="n_features", caller=_CALLER)
        self.add_channel, self.channels = image_channels(input_shape, caller=_CALLER)
        if isinstance(backbone, str):
            if backbone not in DEPTHS:
                accepted = f"a sequence of widths, {', '.join(map(repr, DEPTHS))}"
                raise parameter_error("backbone", _CALLER, accepted, repr(backbone))
            self.backbone: nn.Module = ResNetEncoder(input_shape, depth=DEPTHS[backbone])
            expansion = self.backbone.n_features // 512
            widths = [64, *(expansion * width for width in (64, 128, 256, 512))]
        else:
            widths = check_widths(backbone, name="backbone", caller=_CALLER, least=1)
            self.backbone = _Stages(self.channels, self.add_channel, widths)
        steps, width = [], widths[-1]
        for size in reversed(widths[:-1]):
            steps.append(_block(width + size, size))
            width = size
        self.steps = nn.ModuleList(steps)
        self.last = nn.Sequential(nn.Conv2d(width, n_features, 3, padding=1), nn.ReLU())

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return features of pixels.

        Parameters
        ----------
        X : Tensor of shape (batch, channels, height, width) or (batch, height, width)
            Images, without channels where `input_shape` has none.

        Returns
        -------
        features : Tensor of shape (batch, n_features, height, width)
            Features after a ReLU.
        """
        check_rows(X, *([] if self.add_channel else [self.channels]), -1, -1, caller=_CALLER)
        *maps, out = self.backbone.feature_maps(X)
        for step in self.steps:
            beside = maps.pop()
            out = step(torch.cat([_resize(out, beside.shape[-2:]), beside], dim=1))
        return self.last(_resize(out, X.shape[-2:]))


class _Stages(nn.Module):
    """Convolutions, of which all stages but the first halve height and width."""

    def __init__(self, channels: int, add_channel: bool, widths: Sequence[int]):
        super().__init__()
        self.add_channel = add_channel
        stages = []
        for i, size in enumerate(widths):
            stages.append(nn.Sequential(_block(channels, size, 2 if i else 1), _block(size, size)))
            channels = size
        self.stages = nn.ModuleList(stages)

    def feature_maps(self, X):
        """Return the outputs of the stages."""
        X = X.unsqueeze(1) if self.add_channel else X
        maps = []
        for stage in self.stages:
            X = stage(X)
            maps.append(X)
        return maps


def _block(width: int, size: int, stride: int = 1) -> nn.Module:
    """Return a 3 x 3 convolution with batch normalization and ReLU."""
    return nn.Sequential(
        nn.Conv2d(width, size, 3, stride, 1, bias=False), nn.BatchNorm2d(size), nn.ReLU()
    )


def _resize(X, size):
    """Return maps in another size, where it is another."""
    if X.shape[-2:] == size:
        return X
    return interpolate(X, size=size, mode="bilinear", align_corners=False)
