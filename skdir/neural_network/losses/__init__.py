"""Losses for imbalanced regression, weighted row by row, and how to find them by name."""

from skdir.neural_network.losses._bmc import BMCLoss, bmc_loss
from skdir.neural_network.losses._bni import BNILoss, bni_loss
from skdir.neural_network.losses._errors import (
    HuberLoss,
    MAELoss,
    MSELoss,
    huber_loss,
    mae_loss,
    mse_loss,
)
from skdir.neural_network.losses._focal import FocalLoss, focal_loss
from skdir.neural_network.losses._gai import GAILoss, gai_loss
from skdir.neural_network.losses._registry import LOSSES, make_loss

__all__ = [
    "LOSSES",
    "BMCLoss",
    "BNILoss",
    "FocalLoss",
    "GAILoss",
    "HuberLoss",
    "MAELoss",
    "MSELoss",
    "bmc_loss",
    "bni_loss",
    "focal_loss",
    "gai_loss",
    "huber_loss",
    "mae_loss",
    "make_loss",
    "mse_loss",
]
