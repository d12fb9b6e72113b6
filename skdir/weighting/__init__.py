"""Sample weights from a continuous target, for any regressor that takes them."""

from skdir.weighting._base import BaseWeighter
from skdir.weighting._dense import DenseWeighter
from skdir.weighting._inverse import InverseFrequencyWeighter
from skdir.weighting._lds import LDSWeighter
from skdir.weighting._regressor import WeightedRegressor
from skdir.weighting._relevance import RelevanceWeighter

__all__ = [
    "BaseWeighter",
    "DenseWeighter",
    "InverseFrequencyWeighter",
    "LDSWeighter",
    "RelevanceWeighter",
    "WeightedRegressor",
]
