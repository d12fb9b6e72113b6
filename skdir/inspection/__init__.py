"""Pictures of what skdir learns from a target."""

from skdir.inspection._relevance import RelevanceDisplay
from skdir.inspection._shot_error import ShotErrorDisplay

__all__ = ["RelevanceDisplay", "ShotErrorDisplay"]
