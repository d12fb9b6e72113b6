"""Regressors on a transformed target."""

from skdir.compose._log_target import LogTargetRegressor

__all__ = ["LogTargetRegressor"]
