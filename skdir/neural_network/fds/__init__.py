"""Feature distribution smoothing (FDS)."""

from skdir.neural_network.fds._fds import FDS
from skdir.neural_network.fds._feature_statistics import FeatureStatistics, feature_statistics
from skdir.neural_network.fds._layer import FDSLayer

__all__ = ["FDS", "FDSLayer", "FeatureStatistics", "feature_statistics"]
