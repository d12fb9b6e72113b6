"""Kernels, their windows over bins, and the windows of the published implementation."""

import numbers

import numpy as np
from scipy import ndimage, signal, special

from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._validation import MAX_BINS, parameter_error, real_array

KERNELS = ("gaussian", "laplacian", "triangular")
# Names of the rules that choose a bandwidth.
RULES = ("silverman", "scott", "isj")

# What the parameters of a density accept, wherever an estimator has them.
DENSITY_CONSTRAINTS = {
    "kernel": [StrOptions(set(KERNELS)), "array-like", None],
    "bandwidth": [Interval(numbers.Real, 0, None, closed="neither"), StrOptions(set(RULES))],
    "bins": [
        Interval(numbers.Integral, 1, None, closed="left"),
        "array-like",
        StrOptions({"integer"}),
        None,
    ],
    "kernel_size": [Interval(numbers.Integral, 1, None, closed="left"), None],
    "boundary": [StrOptions({"reflect", "renormalize", "zero"})],
}

# Where a kernel has fallen to 1e-16 of its maximum, in bandwidths.
REACH = {"gaussian": 8.6, "laplacian": 37.0, "triangular": 1.0}

# Integral of the kernel as written below over the real line, in bandwidths.
_MASS = {"gaussian": np.sqrt(2 * np.pi), "laplacian": 2.0, "triangular": 1.0}


def kernel_values(kernel, distance):
    """Return the kernel's unit-integral density at distances given in bandwidths."""
    distance = np.minimum(np.abs(distance), 1e3)  # all kernels are zero long before
    if kernel == "gaussian":
        values = np.exp(-0.5 * distance**2)
    elif kernel == "laplacian":
        values = np.exp(-distance)
    else:
        values = np.maximum(0.0, 1.0 - distance)
    return values / _MASS[kernel]


def kernel_cdf(kernel, distance):
    """Return the kernel's integral from minus infinity to distances given in bandwidths."""
    if kernel == "gaussian":
        return special.ndtr(distance)
    if kernel == "laplacian":
        half = 0.5 * np.exp(-np.abs(distance))
        return np.where(distance < 0, half, 1.0 - half)
    clipped = np.clip(distance, -1.0, 1.0)
    return 0.5 + clipped - 0.5 * clipped * np.abs(clipped)


def bin_window(kernel, bandwidth, kernel_size, n_bins):
    """Return a kernel's window over bins of equal width, summing to one.

    `bandwidth` is in bins. The window reaches as far as the kernel does, at most over all bins
    from any bin, or over `kernel_size` bins where given.
    """
    # beyond these no bin, or each bin, is reached, and products would leave float64
    bandwidth = min(max(float(bandwidth), 1e-300), 1e300)
    half = int(min(np.ceil(REACH[kernel] * bandwidth), n_bins))
    if kernel_size is not None:
        half = min(half, kernel_size // 2)
    with np.errstate(over="ignore"):
        window = kernel_values(kernel, np.arange(-half, half + 1) / bandwidth)
    return window / window.sum()


def check_window(window, *, caller, name="kernel"):
    """Return a window over bins scaled to maximum 1: odd length, non-negative, not all zero."""
    accepted = (
        "'gaussian', 'laplacian', 'triangular', None or a window of odd length with finite, "
        "non-negative weights"
    )
    values = real_array(window)
    if values is None:
        raise parameter_error(name, caller, accepted, repr(window))
    if values.ndim != 1 or len(values) % 2 == 0:
        raise parameter_error(name, caller, accepted, f"an array of shape {values.shape}")
    if not np.isfinite(values).all() or values.min() < 0 or values.max() == 0:
        raise parameter_error(name, caller, accepted, repr(values))
    return values / values.max()  # their sum may be more than float64 holds


def reference_window(kernel, kernel_size, sigma, *, normalize="max"):
    """Return the smoothing window of the published DIR implementation.

    The published Gaussian is the response of a Gaussian filter with **reflecting** ends to a unit
    impulse in an array of `kernel_size` cells, so it is flatter than a Gaussian: 5 cells with
    sigma 2 give (.858, .946, 1, .946, .858). Pass it as ``kernel=`` where an explicit window is
    accepted in order to reproduce published numbers; skdir's own ``"gaussian"`` is the true one.

    Parameters
    ----------
    kernel : {"gaussian", "laplacian", "triangular"}
        Shape of the window.

    kernel_size : int
        Odd number of bins that the window covers.

    sigma : float
        Spread of the Gaussian and the Laplacian, in bins. The published triangular window does
        not use it.

    normalize : {"max", "sum"}, default="max"
        Divide by the largest weight, as published for label distribution smoothing, or by the
        sum of the weights, as published for feature distribution smoothing.

    Returns
    -------
    window : ndarray of shape (kernel_size,)
        Symmetric, non-negative weights.

    Raises
    ------
    ValueError
        If a parameter is not as described.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from skdir.density import reference_window
    >>> reference_window("gaussian", 5, 2).round(3)
    array([0.858, 0.946, 1.   , 0.946, 0.858])
    """
    caller = "reference_window"
    if kernel not in KERNELS:
        raise parameter_error("kernel", caller, f"one of {KERNELS}", repr(kernel))
    check_kernel_size(kernel_size, caller=caller)
    if kernel_size > MAX_BINS:
        raise parameter_error("kernel_size", caller, f"at most {MAX_BINS} bins", kernel_size)
    if not isinstance(sigma, numbers.Real) or not 1e-100 <= sigma <= 1e6:
        raise parameter_error("sigma", caller, "a positive number, at most 1e6", repr(sigma))
    if normalize not in ("max", "sum"):
        raise parameter_error("normalize", caller, "'max' or 'sum'", repr(normalize))
    half = kernel_size // 2
    if kernel == "gaussian":
        impulse = np.zeros(kernel_size)
        impulse[half] = 1.0
        window = ndimage.gaussian_filter1d(impulse, sigma=sigma)
    elif kernel == "laplacian":
        window = np.exp(-np.abs(np.arange(-half, half + 1)) / sigma)
    else:
        window = signal.windows.triang(kernel_size)
    return window / (window.max() if normalize == "max" else window.sum())


def check_kernel_size(kernel_size, *, caller):
    """Validate the odd number of bins of a window."""
    if (
        not isinstance(kernel_size, numbers.Integral)
        or isinstance(kernel_size, bool)
        or kernel_size < 1
        or kernel_size % 2 == 0
    ):
        raise parameter_error(
            "kernel_size", caller, "a positive odd number of bins", repr(kernel_size)
        )
