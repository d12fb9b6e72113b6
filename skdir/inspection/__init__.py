"""Pictures of what skdir learns from a target."""

from skdir.inspection._relevance import RelevanceDisplay

__all__ = ["RelevanceDisplay"]
