"""Density of a continuous target: kernels, bandwidth rules, empirical and effective density."""

from skdir.density._bandwidth import select_bandwidth
from skdir.density._rarity import RareTargets
from skdir.density._target_density import TargetDensity
from skdir.utils._targets.kernels import reference_window

__all__ = ["RareTargets", "TargetDensity", "reference_window", "select_bandwidth"]
