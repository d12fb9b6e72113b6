"""Data sets with imbalanced targets: made, thinned, tables, and the five DIR benchmarks."""

from skdir.datasets._generators import make_imbalanced_regression
from skdir.datasets._thinning import make_imbalance

__all__ = [
    "make_imbalance",
    "make_imbalanced_regression",
]
