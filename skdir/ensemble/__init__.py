"""Ensembles: a blend of a plain and a mitigated model."""

from skdir.ensemble._blend import BlendRegressor

__all__ = ["BlendRegressor"]
