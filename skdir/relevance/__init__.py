"""Relevance of a continuous target: how much each of its values matters, from 0 to 1."""

from skdir.relevance._bumps import Bump, find_bumps
from skdir.relevance._check import check_relevance
from skdir.relevance._function import RelevanceFunction
from skdir.relevance._interpolation import interpolate_relevance
from skdir.relevance._values import relevance_values

__all__ = [
    "Bump",
    "RelevanceFunction",
    "check_relevance",
    "find_bumps",
    "interpolate_relevance",
    "relevance_values",
]
