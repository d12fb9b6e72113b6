"""Deep regression on imbalanced targets: a regressor, feature distribution smoothing, losses."""

from skdir.neural_network import _requirements  # noqa: F401
from skdir.neural_network._pair_tokenizer import PairTokenizer
from skdir.neural_network._regressor import DeepImbalancedRegressor
from skdir.neural_network.callbacks import ShotErrors
from skdir.neural_network.encoders import (
    DepthEncoderDecoder,
    MLPEncoder,
    PairTextEncoder,
    ResNetEncoder,
    SmallResNetEncoder,
)
from skdir.neural_network.fds import FDS, FDSLayer, FeatureStatistics, feature_statistics
from skdir.neural_network.losses import (
    BMCLoss,
    BNILoss,
    FocalLoss,
    GAILoss,
    HuberLoss,
    MAELoss,
    MSELoss,
    bmc_loss,
    bni_loss,
    focal_loss,
    gai_loss,
    huber_loss,
    mae_loss,
    make_loss,
    mse_loss,
)

__all__ = [  # noqa: RUF022 (in the order of sorted)
    "BMCLoss",
    "BNILoss",
    "DeepImbalancedRegressor",
    "DepthEncoderDecoder",
    "FDS",
    "FDSLayer",
    "FeatureStatistics",
    "FocalLoss",
    "GAILoss",
    "HuberLoss",
    "MAELoss",
    "MLPEncoder",
    "MSELoss",
    "PairTextEncoder",
    "PairTokenizer",
    "ResNetEncoder",
    "ShotErrors",
    "SmallResNetEncoder",
    "bmc_loss",
    "bni_loss",
    "feature_statistics",
    "focal_loss",
    "gai_loss",
    "huber_loss",
    "mae_loss",
    "make_loss",
    "mse_loss",
]
