"""Compare strategies for imbalanced targets over the same folds, with both sides of the trade."""

from skdir.comparison._bandwidth_search import BandwidthSearchRegressor
from skdir.comparison._compare import compare_strategies
from skdir.comparison._log_target import LogTargetRegressor
from skdir.comparison._report import comparison_report
from skdir.comparison._result import StrategyComparison
from skdir.comparison._strategies import available_strategies

__all__ = [
    "BandwidthSearchRegressor",
    "LogTargetRegressor",
    "StrategyComparison",
    "available_strategies",
    "compare_strategies",
    "comparison_report",
]
