"""Ensembles: a blend of a plain and a mitigated model, and bagging of resampled rows."""

from skdir.ensemble._blend import BlendRegressor
from skdir.ensemble._resampled_bagging import ResampledBaggingRegressor

__all__ = ["BlendRegressor", "ResampledBaggingRegressor"]
