"""Pictures of what skdir learns from a target."""

from skdir.inspection._bandwidth_curve import BandwidthCurveDisplay
from skdir.inspection._feature_statistics import FeatureStatisticsDisplay
from skdir.inspection._relevance import RelevanceDisplay
from skdir.inspection._resampling import ResamplingDisplay
from skdir.inspection._ser_curve import SERCurveDisplay
from skdir.inspection._shot_error import ShotErrorDisplay
from skdir.inspection._target_distribution import TargetDistributionDisplay
from skdir.inspection._target_report import TargetReport

__all__ = [
    "BandwidthCurveDisplay",
    "FeatureStatisticsDisplay",
    "RelevanceDisplay",
    "ResamplingDisplay",
    "SERCurveDisplay",
    "ShotErrorDisplay",
    "TargetDistributionDisplay",
    "TargetReport",
]
