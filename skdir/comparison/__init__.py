"""Compare strategies for imbalanced targets over the same folds, with both sides of the trade."""

from skdir.comparison._compare import compare_strategies
from skdir.comparison._report.report import comparison_report
from skdir.comparison._run.results import Results
from skdir.comparison._strategies.registry import available_strategies
from skdir.comparison._strategy_comparison import StrategyComparison

__all__ = [
    "Results",
    "StrategyComparison",
    "available_strategies",
    "compare_strategies",
    "comparison_report",
]
