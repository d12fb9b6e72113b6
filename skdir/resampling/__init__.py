"""Resamplers for a continuous target, with imbalanced-learn's API."""

from skdir.resampling._base import BaseResampler, RegressionSampler
from skdir.resampling._gaussian_noise import GaussianNoise
from skdir.resampling._random import RandomOverSampler, RandomUnderSampler
from skdir.resampling._smogn import SMOGN
from skdir.resampling._smoter import SmoteR
from skdir.resampling._wercs import WERCS

__all__ = [  # noqa: RUF022 (in the order of sorted)
    "BaseResampler",
    "GaussianNoise",
    "RandomOverSampler",
    "RandomUnderSampler",
    "RegressionSampler",
    "SMOGN",
    "SmoteR",
    "WERCS",
]
