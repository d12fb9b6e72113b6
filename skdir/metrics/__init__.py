"""Errors where they matter: by target region, by shot and against the density."""

from skdir.metrics._density import density_error_correlation
from skdir.metrics._regression import (
    balanced_mean_absolute_error,
    balanced_mean_squared_error,
    geometric_mean_absolute_error,
)
from skdir.metrics._shots import ShotReport, shot_labels

__all__ = [
    "ShotReport",
    "balanced_mean_absolute_error",
    "balanced_mean_squared_error",
    "density_error_correlation",
    "geometric_mean_absolute_error",
    "shot_labels",
]
