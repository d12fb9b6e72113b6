"""Pictures of what skdir learns from a target."""

from skdir.inspection._bandwidth_curve.display import BandwidthCurveDisplay
from skdir.inspection._feature_statistics import FeatureStatisticsDisplay
from skdir.inspection._relevance.display import RelevanceDisplay
from skdir.inspection._resampling.display import ResamplingDisplay
from skdir.inspection._ser_curve import SERCurveDisplay
from skdir.inspection._shot_error.display import ShotErrorDisplay
from skdir.inspection._target_distribution.display import TargetDistributionDisplay
from skdir.inspection._target_report.report import TargetReport

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
