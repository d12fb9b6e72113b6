"""Rotated digits, as they are and turned to new angles, and the small network for them."""

import numpy as np
import torch
from torch import nn

from benchmarks._shared.places import SHARED

IMAGE_EPOCHS = 30


class DigitsEncoder(nn.Module):
    """Three strided convolutions and a dense layer: a second per epoch and core, where the small
    ResNet takes seven."""

    def __init__(self, input_shape):
        super().__init__()
        layers, channels = [nn.Unflatten(1, (1, input_shape[0]))], 1
        for width in (16, 32, 64):
            convolution = nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(64), nn.ReLU())
        self.layers(torch.zeros(2, *input_shape))  # the lazy layer learns its width

    def forward(self, X):
        """Return features of shape (batch, 64)."""
        return self.layers(X)


def rotated_digits(seed, quick):
    """Return the split that comes with the data, and the bins of five degrees."""
    with np.load(SHARED / "data" / "images" / "rotmnist_dir.npz") as file:
        X, y, split = file["X"], file["angle"].astype(float), file["split"]
    train, test = split == 0, split == 2
    X = (X / 255.0).astype(np.float32)
    rows = np.flatnonzero(train)[: 500 if quick else None]
    return (X[rows], y[rows]), (X[test], y[test]), np.arange(-60, 61, 5.0), None
