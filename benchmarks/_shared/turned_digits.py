"""Digits turned to new angles: a pool of images from which any distribution of angles is drawn."""

import numpy as np
import torch
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR

from benchmarks._shared.digits import DigitsEncoder
from benchmarks._shared.places import SHARED
from skdir.datasets import make_imbalance
from skdir.neural_network import DeepImbalancedRegressor

LOW, HIGH = -60.0, 60.0
# a hundredth of the range each, as one year is of the ages of the paper
EDGES = np.linspace(LOW, HIGH, 101)


def load(seed, *, density, n_samples):
    """Return training rows with the given density of angles, and test rows with a uniform one.

    Every image is turned from the angle it has to a new one; test images are those of the
    validation and test parts.
    """
    with np.load(SHARED / "data" / "images" / "rotmnist_dir.npz") as file:
        X, y, split = file["X"], file["angle"].astype(np.float64), file["split"]
    rng, angle = np.random.default_rng(seed), np.empty(len(y))
    train, test = split == 0, split > 0
    for part in (train, test):
        n = int(part.sum())
        # as many in each bin, so that none runs out of rows sooner than others
        angle[part] = LOW + (HIGH - LOW) * (rng.permutation(n) + rng.random(n)) / n
    X = turned(X / 255.0, angle - y)
    kept = make_imbalance(
        X[train], angle[train], density=density, n_samples=n_samples, bins=EDGES, random_state=seed
    )
    return kept, (X[test], angle[test])


def turned(X, degrees):
    """Return images of shape (n, height, width), each turned by its number of degrees."""
    angle = torch.from_numpy(np.deg2rad(degrees)).float()
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros(len(angle))
    matrices = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1).reshape(-1, 2, 3)
    images = torch.from_numpy(np.asarray(X, dtype=np.float32))[:, None]
    grid = torch.nn.functional.affine_grid(matrices, images.shape, align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False)[:, 0].numpy()


def peaks(centres, deviations, *, floor=0.0):
    """Return a density of normal peaks of the same height, cut at two standard deviations.

    `floor` is a share of that height everywhere else, and in addition there.
    """

    def density(y):
        score = (np.asarray(y)[:, None] - centres) / deviations
        return floor + np.where(np.abs(score) <= 2, np.exp(-(score**2) / 2), 0.0).sum(axis=1)

    return density


def network(seed, *, epochs, **settings):
    """Return the small network, which ends with a calm epoch."""
    return DeepImbalancedRegressor(
        DigitsEncoder,
        batch_size=64,
        max_epochs=epochs,
        lr=2e-3,
        device="cpu",
        random_state=seed,
        callbacks=[LRScheduler(CosineAnnealingLR, T_max=epochs)],
        **settings,
    )
