"""Splits that look at a continuous target, and a search over the bandwidth of its weights."""

from skdir.model_selection._balanced import balanced_train_test_split
from skdir.model_selection._bandwidth_search import BandwidthSearchRegressor
from skdir.model_selection._fold_aware import FoldAwareRegressor
from skdir.model_selection._gaps import TargetGapSplit
from skdir.model_selection._groups import (
    BinnedStratifiedGroupKFold,
    BinnedStratifiedGroupShuffleSplit,
)
from skdir.model_selection._stratified import BinnedStratifiedKFold, BinnedStratifiedShuffleSplit

__all__ = [
    "BandwidthSearchRegressor",
    "BinnedStratifiedGroupKFold",
    "BinnedStratifiedGroupShuffleSplit",
    "BinnedStratifiedKFold",
    "BinnedStratifiedShuffleSplit",
    "FoldAwareRegressor",
    "TargetGapSplit",
    "balanced_train_test_split",
]
