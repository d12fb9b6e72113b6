"""The function that estimates a density."""

from skdir.density._bin_free import estimate_at_once, estimate_batch
from skdir.density._binned import count_in_bins
from skdir.density._estimate import Settings, valid_rows
from skdir.utils._sklearn_compat import validate_params
from skdir.utils._targets.kernels import DENSITY_CONSTRAINTS


@validate_params(
    DENSITY_CONSTRAINTS | {"in_batches": ["boolean"], "return_index": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def estimate_density(
    y,
    sample_weight=None,
    *,
    kernel="gaussian",
    bandwidth="silverman",
    bins=None,
    kernel_size=None,
    boundary="reflect",
    in_batches=False,
    return_index=False,
    caller="estimate_density",
):
    """Estimate the density of targets.

    It does what :class:`TargetDensity` does, and returns a value that never changes, for
    estimators that are built on a density.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Weight of each target; a weight of 2 counts as two targets.

    kernel : {"gaussian", "laplacian", "triangular"}, None or array-like, default="gaussian"
        The kernel, see :class:`TargetDensity`.

    bandwidth : float or {"silverman", "scott", "isj"}, default="silverman"
        Bandwidth in units of y, or a rule.

    bins : int, "integer", array-like of shape (n_bins + 1,) or None, default=None
        Bins in which targets are counted first. None smooths the targets themselves.

    kernel_size : int, default=None
        Odd number of bins to which the kernel is cut; needs `bins`.

    boundary : {"reflect", "renormalize", "zero"}, default="reflect"
        What happens to the part of a kernel that lies outside of the range.

    in_batches : bool, default=False
        Whether more targets are to come, see :meth:`DensityEstimate.add`. Without bins they are
        then counted finely enough for most bandwidths to come.

    return_index : bool, default=False
        Whether to return the bin of each target of positive weight, too, which is known here.

    caller : str, default="estimate_density"
        Name of the class or function for messages.

    Returns
    -------
    estimate : DensityEstimate
        The estimate, a :class:`BinnedDensity` with `bins`.

    index : ndarray of shape (n_samples,) or None
        Bin of each target of positive weight, None without bins. Only with ``return_index=True``.

    Raises
    ------
    ValueError
        If `y` is not a 1-d array of finite numbers, bins do not cover it, or a parameter needs
        another one.

    See Also
    --------
    TargetDensity : The same as an estimator, with formulas and costs.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.density import estimate_density
    >>> y = np.random.default_rng(0).exponential(size=10_000)
    >>> estimate = estimate_density(y)
    >>> estimate.at([0.5, 4.0]).round(3)
    array([0.615, 0.018])
    >>> estimate.relative([0.5, 4.0]).round(3)
    array([5.365, 0.157])
    """
    y, sample_weight = valid_rows(y, sample_weight, caller)
    params = {
        "kernel": kernel,
        "bandwidth": bandwidth,
        "bins": bins,
        "kernel_size": kernel_size,
        "boundary": boundary,
    }
    settings, index = Settings.checked(params, caller), None
    if bins is not None:
        estimate, index = count_in_bins(settings, y, sample_weight, caller)
    elif in_batches:
        estimate = estimate_batch(None, settings, y, sample_weight, caller)
    else:
        estimate = estimate_at_once(settings, y, sample_weight, caller)
    return (estimate, index) if return_index else estimate
