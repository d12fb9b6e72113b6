"""What a layer of feature distribution smoothing holds of the parameters of FDS, all checked."""

import math
import reprlib
from dataclasses import dataclass

import numpy as np
from sklearn.utils import check_random_state

from skdir.neural_network._training.items import on_host
from skdir.neural_network.encoders._checks import check_whole
from skdir.utils._fitting.seeds import draw_seed
from skdir.utils._sklearn_compat import validate_params_of
from skdir.utils._targets.kernels import bin_window, check_kernel_size, check_window
from skdir.utils._validation import check_bins, parameter_error, plain_array

# Parameters of FDS that are read here; what has them all is one.
_PARAMETERS = (
    "kernel", "bandwidth_bins", "kernel_size", "momentum", "start_update", "start_smooth", "clip",
    "statistics", "covariance", "shrinkage", "max_pixels", "random_state",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LayerSettings:
    """Settings of one layer: those of FDS, for so many features and these bins.

    Parameters
    ----------
    n_features : int
        Number of features of a row.

    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the target bins.

    window : tuple of float
        Weights by distance in bins, which sum to one.

    clip : tuple of (float, float) or None
        Bounds of the variance after calibration relative to the one before.

    seed : int
        Of the pixels that are drawn.

    momentum, shrinkage : float
        As in FDS.

    start_update, start_smooth : int
        As in FDS.

    statistics, covariance : str
        As in FDS.

    max_pixels : int or None
        As in FDS.
    """

    n_features: int
    bin_edges: np.ndarray
    window: tuple
    clip: tuple | None
    seed: int
    momentum: float
    shrinkage: float
    start_update: int
    start_smooth: int
    statistics: str
    covariance: str
    max_pixels: int | None


def resolve_settings(fds, n_features, bin_edges):
    """Validate everything, and return the settings of a layer.

    Parameters
    ----------
    fds : FDS
        The parameters.

    n_features : int
        Number of features of a row.

    bin_edges : array-like of shape (n_bins + 1,)
        Edges of the target bins.

    Returns
    -------
    settings : LayerSettings
        They do not follow parameters that are set afterwards.

    Raises
    ------
    ValueError
        If a parameter does not fit.
    """
    if not all(hasattr(fds, name) for name in _PARAMETERS):
        raise parameter_error("fds", "FDSLayer", "an FDS", reprlib.repr(fds))
    validate_params_of(fds)
    caller = "FDS.make_layer"
    n_features = check_whole(n_features, name="n_features", caller=caller)
    for name in ("bandwidth_bins", "shrinkage"):
        if not math.isfinite(getattr(fds, name)):
            raise parameter_error(name, "FDS", "a number that float64 holds", "a larger one")
    edges = on_host(bin_edges, caller, "bin_edges")
    edges = check_bins(edges, caller=caller, name="bin_edges")
    if isinstance(edges, int):
        accepted = "edges, such as those of make_edges(y)"
        raise parameter_error("bin_edges", caller, accepted, edges)
    return LayerSettings(
        n_features=n_features,
        bin_edges=edges,
        window=_window(fds, len(edges) - 1),
        clip=_bounds(fds.clip),
        seed=draw_seed(check_random_state(fds.random_state)),
        momentum=float(fds.momentum),
        shrinkage=float(fds.shrinkage),
        start_update=fds.start_update,
        start_smooth=fds.start_smooth,
        statistics=fds.statistics,
        covariance=fds.covariance,
        max_pixels=fds.max_pixels,
    )


def _bounds(clip):
    """Return the bounds of variance ratios, an increasing pair around 1."""
    if clip is None:
        return None
    accepted = "None or a pair of finite numbers with 0 < low <= 1 <= high"
    bounds = plain_array(clip, caller="FDS", name="clip", accepted=accepted)
    valid = bounds.shape == (2,) and bounds.dtype.kind in "iuf" and np.isfinite(bounds).all()
    if not (valid and 0 < bounds[0] <= 1 <= bounds[1]):
        raise parameter_error("clip", "FDS", accepted, reprlib.repr(clip))
    return float(bounds[0]), float(bounds[1])


def _window(fds, n_bins):
    """Return the window over bins as a tuple that sums to one."""
    if fds.kernel is None:
        return (1.0,)
    if isinstance(fds.kernel, str):
        if fds.kernel_size is not None:
            check_kernel_size(fds.kernel_size, caller="FDS")
        window = bin_window(fds.kernel, fds.bandwidth_bins, fds.kernel_size, n_bins)
    else:
        accepted = "a window of odd length with finite, non-negative weights"
        window = on_host(fds.kernel, "FDS", "kernel")
        window = plain_array(window, caller="FDS", name="kernel", accepted=accepted)
        if window.dtype.kind not in "biuf":
            raise parameter_error("kernel", "FDS", accepted, f"dtype {window.dtype}")
        window = check_window(window, caller="FDS")
    return tuple((window / window.sum()).tolist())
