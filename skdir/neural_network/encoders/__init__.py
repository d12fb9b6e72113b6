"""Encoders: networks that turn inputs into features (batch, h)."""

from skdir.neural_network.encoders._depth import DepthEncoderDecoder
from skdir.neural_network.encoders._mlp import MLPEncoder
from skdir.neural_network.encoders._pair_text import PairTextEncoder
from skdir.neural_network.encoders._resnet import ResNetEncoder
from skdir.neural_network.encoders._small_resnet import SmallResNetEncoder

__all__ = [
    "DepthEncoderDecoder",
    "MLPEncoder",
    "PairTextEncoder",
    "ResNetEncoder",
    "SmallResNetEncoder",
]
