"""Density of a continuous target: kernels, bandwidth rules, empirical and effective density."""

from skdir.density._bandwidth import select_bandwidth
from skdir.density._binned import BinnedDensity
from skdir.density._estimate import DensityEstimate
from skdir.density._estimate_density import estimate_density
from skdir.density._rarity import RareTargets
from skdir.density._target_density import TargetDensity
from skdir.utils._targets.kernels import reference_window

__all__ = [
    "BinnedDensity",
    "DensityEstimate",
    "RareTargets",
    "TargetDensity",
    "estimate_density",
    "reference_window",
    "select_bandwidth",
]
