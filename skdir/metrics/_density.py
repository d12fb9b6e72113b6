"""How closely the error follows the density of the training targets."""

from numbers import Integral

import numpy as np

from skdir.metrics._regression import absolute_errors, mean_error_per_bin
from skdir.metrics._validation import check_pair
from skdir.utils import check_target
from skdir.utils._sklearn_compat import HasMethods, Interval, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._targets.correlation import weighted_pearson
from skdir.utils._validation import drop_unweighted, parameter_error


@validate_params(
    {
        "density": [HasMethods("density"), callable, "array-like"],
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "bins": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def density_error_correlation(density, y_true, y_pred, *, bins, sample_weight=None):
    """Correlation between the density of the training targets and the error, bin by bin.

    Where rare targets are predicted badly, it is near -1. The published diagnostic computes it
    once with the empirical and once with the smoothed (effective) density: the one that goes
    closer to -1 says better where the model errs.

    Parameters
    ----------
    density : object with a method ``density(y)``, callable or array-like of shape (n_bins,)
        A density fitted on the training targets, or a function of y; both are evaluated at the
        centers of the bins. Or one value per bin, such as the counts of training targets.

    y_true : array-like of shape (n_samples,)
        Observed targets, mostly of a test set.

    y_pred : array-like of shape (n_samples,)
        Predicted targets.

    bins : int or array-like of shape (n_bins + 1,)
        Number of bins of equal width over the range of `y_true`, or edges in units of y. Bins are
        half-open, the last is closed. With one density value per bin give the edges that they
        belong to.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows within their bin; a weight of 2 is the row twice.

    Returns
    -------
    correlation : float
        Pearson correlation over the non-empty bins, from -1 to 1. NaN where fewer than 2 bins
        have rows, or where the density or the error is the same in all of them.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, if a target lies
        outside the edges, or if `density` does not give one finite value per bin.

    See Also
    --------
    ShotReport : Errors for many, medium and few training rows.

    Notes
    -----
    The error of a bin is its mean absolute error. Every non-empty bin counts once, however many
    rows it has. The cost is O(n log n_bins).

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from skdir.metrics import density_error_correlation
    >>> training_counts = [50, 10, 5]
    >>> y_true = [0.5, 1.5, 2.5]
    >>> y_pred = [0.6, 2.5, 4.5]
    >>> r = density_error_correlation(training_counts, y_true, y_pred, bins=[0, 1, 2, 3])
    >>> round(r, 2)
    -0.9
    """
    caller = "density_error_correlation"
    y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=caller)
    weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
    target_bins = TargetBins.of(bins, y_true, caller=caller)
    index = target_bins.index(y_true)
    densities = _density_per_bin(density, target_bins, caller)
    filled, errors = mean_error_per_bin(absolute_errors(y_true, y_pred), target_bins, index, weight)
    return weighted_pearson(densities[filled], errors)


def _density_per_bin(density, target_bins, caller):
    """Evaluate a density at the centers of the bins, or check the given values."""
    if callable(getattr(density, "density", None)):
        density = density.density(target_bins.centers)
    elif callable(density):
        density = density(target_bins.centers)
    values = check_target(density, caller=caller, name="density")
    if len(values) != target_bins.n_bins:
        raise parameter_error(
            "density",
            caller,
            f"one value for each of the {target_bins.n_bins} bins",
            f"{len(values)} values",
        )
    return np.asarray(values)
