"""What the tests of the losses share: devices, batches, losses by name."""

import numpy as np
import torch

from skdir.neural_network import (
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
    mse_loss,
)

DEVICES = ["cpu"]
if torch.cuda.is_available():
    DEVICES.append("cuda")

MIXTURE = {
    "weights": [0.5, 0.3, 0.2],
    "means": [-1.0, 0.5, 4.0],
    "covariances": [0.2, 1.0, 2.5],
}
BINS = {"centers": np.linspace(-2, 5, 15), "weights": np.linspace(3, 1, 15)}
FUNCTIONS = {
    "mse": mse_loss,
    "mae": mae_loss,
    "huber": huber_loss,
    "focal": focal_loss,
    "bmc": bmc_loss,
    "gai": lambda *args, **params: gai_loss(*args, **MIXTURE, **params),
    "bni": lambda *args, **params: bni_loss(*args, **BINS, **params),
}


def modules(**params):
    """Return a module for each function, of double precision and with a fixed noise."""
    noise = {"learnable": False, "dtype": torch.float64, **params}
    return {
        "mse": MSELoss(**params),
        "mae": MAELoss(**params),
        "huber": HuberLoss(**params),
        "focal": FocalLoss(**params),
        "bmc": BMCLoss(**noise),
        "gai": GAILoss(**MIXTURE, **noise),
        "bni": BNILoss(**BINS, **noise),
    }


def batch(n_samples=7, n_outputs=None, *, seed=0, dtype=torch.float64, device="cpu"):
    """Return a prediction, a target and whole weights, some of them 0."""
    rng = np.random.default_rng(seed)
    shape = (n_samples,) if n_outputs is None else (n_samples, n_outputs)
    prediction, target = rng.normal(size=shape), 2 * rng.normal(size=shape)
    weight = rng.integers(0, 4, n_samples)
    weight[0] = 2
    return tuple(torch.tensor(a, dtype=dtype, device=device) for a in (prediction, target, weight))
