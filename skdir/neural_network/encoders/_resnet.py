"""Residual networks of the usual depths, with torchvision's names of parameters."""

from collections.abc import Sequence
from numbers import Integral

import torch
from torch import nn

from skdir.neural_network.encoders._checks import check_rows, image_channels
from skdir.utils._validation import parameter_error

# Blocks of the four stages, and whether they are bottlenecks.
_LAYOUTS = {18: ((2, 2, 2, 2), False), 34: ((3, 4, 6, 3), False), 50: ((3, 4, 6, 3), True)}
# By the names that `encoder` and `backbone` have for them.
DEPTHS = {f"resnet{depth}": depth for depth in _LAYOUTS}
_WIDTHS = (64, 128, 256, 512)
_EXPANSION = 4
_CALLER = "ResNetEncoder"


class ResNetEncoder(nn.Module):
    """A residual network for images: ResNet-18, ResNet-34 or ResNet-50 without the last layer.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one image: (channels, height, width), or (height, width) for one channel.

    depth : {18, 34, 50}, default=50
        Number of layers. There are 512 features, and 2048 with 50 layers.

    Attributes
    ----------
    n_features : int
        Number of features.

    See Also
    --------
    SmallResNetEncoder : A network of a hundredth of the size.
    DepthEncoderDecoder : Features for each pixel, with this as its encoder on request.

    Notes
    -----
    ResNet-50 has 23,508,032 parameters for three channels. Its blocks halve height and width in
    their 3 x 3 convolution, as torchvision's do, not in the first one. Each image is reduced 32
    times; below about 64 x 64 pixels little is left.

    Parameters have the names that they have in torchvision, so that its weights can be loaded:
    make the network, call `load_state_dict` and give the network as `encoder`.

    References
    ----------
    He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning for image recognition.
    CVPR. :doi:`10.1109/CVPR.2016.90`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import DeepImbalancedRegressor, ResNetEncoder
    >>> encoder = ResNetEncoder((3, 64, 64), depth=18)
    >>> encoder(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 512])
    >>> model = DeepImbalancedRegressor(encoder="resnet18")  # or 34, 50, or the network itself
    """

    def __init__(self, input_shape: Sequence[int], *, depth: int = 50):
        super().__init__()
        whole = isinstance(depth, Integral) and not isinstance(depth, bool)
        if not whole or depth not in _LAYOUTS:
            raise parameter_error("depth", _CALLER, "18, 34 or 50", repr(depth))
        self.add_channel, self.channels = image_channels(input_shape, caller=_CALLER)
        blocks, bottleneck = _LAYOUTS[depth]
        self.conv1 = nn.Conv2d(self.channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        width = 64
        for stage, (size, count) in enumerate(zip(_WIDTHS, blocks), start=1):
            layers: list[nn.Module] = []
            for block in range(count):
                stride = 2 if stage > 1 and not block else 1
                kind = _Bottleneck if bottleneck else _BasicBlock
                layers.append(kind(width, size, stride))
                width = size * (_EXPANSION if bottleneck else 1)
            setattr(self, f"layer{stage}", nn.Sequential(*layers))
        self.n_features = width
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return features.

        Parameters
        ----------
        X : Tensor of shape (batch, ...)
            Images.

        Returns
        -------
        features : Tensor of shape (batch, n_features)
            Mean of each channel of the last stage.
        """
        return self.feature_maps(X)[-1].mean(dim=(2, 3))

    def feature_maps(self, X: torch.Tensor) -> list[torch.Tensor]:
        """Return the outputs of the stages.

        Parameters
        ----------
        X : Tensor of shape (batch, ...)
            Images.

        Returns
        -------
        maps : list of Tensor of shape (batch, channels, height, width)
            Of the first convolution and the four stages: a half, a quarter and so on of the height
            and width of the images.
        """
        check_rows(X, *([] if self.add_channel else [self.channels]), -1, -1, caller=_CALLER)
        if self.add_channel:
            X = X.unsqueeze(1)
        maps = [self.relu(self.bn1(self.conv1(X)))]
        X = self.maxpool(maps[0])
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            X = stage(X)
            maps.append(X)
        return maps

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Load parameters, such as those in a file of torchvision's.

        Parameters
        ----------
        state_dict : dict of str to Tensor
            Parameters by name. Those of torchvision's last layer, ``fc``, are not used.

        strict : bool, default=True
            Whether all names must be there, and no others.

        assign : bool, default=False
            Whether the tensors become the parameters, instead of being copied into them.

        Returns
        -------
        names : NamedTuple
            With the fields ``missing_keys`` and ``unexpected_keys``.
        """
        state_dict = {k: v for k, v in state_dict.items() if k not in ("fc.weight", "fc.bias")}
        return super().load_state_dict(state_dict, strict=strict, assign=assign)


class _BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, width: int, size: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width, size, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(size)
        self.conv2 = nn.Conv2d(size, size, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(size)
        self.downsample = _shortcut(width, size, stride)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        out = torch.relu(self.bn1(self.conv1(X)))
        return torch.relu(self.bn2(self.conv2(out)) + self.downsample(X))


class _Bottleneck(nn.Module):
    """A 3 x 3 convolution between two of 1 x 1, beside a shortcut."""

    def __init__(self, width: int, size: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width, size, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(size)
        self.conv2 = nn.Conv2d(size, size, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(size)
        self.conv3 = nn.Conv2d(size, _EXPANSION * size, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(_EXPANSION * size)
        self.downsample = _shortcut(width, _EXPANSION * size, stride)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        out = torch.relu(self.bn1(self.conv1(X)))
        out = torch.relu(self.bn2(self.conv2(out)))
        return torch.relu(self.bn3(self.conv3(out)) + self.downsample(X))


def _shortcut(width: int, size: int, stride: int) -> nn.Module:
    """Return what makes the input of a block fit its output."""
    if width == size and stride == 1:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(width, size, 1, stride, bias=False), nn.BatchNorm2d(size))
