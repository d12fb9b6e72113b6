"""Relevance of a continuous target: how much each of its values matters, from 0 to 1."""

from skdir.relevance._bumps import Bump
from skdir.relevance._function import RelevanceFunction
from skdir.relevance._interpolation import interpolate_relevance

__all__ = ["Bump", "RelevanceFunction", "interpolate_relevance"]
