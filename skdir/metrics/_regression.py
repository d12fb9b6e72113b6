"""Regression errors that rare targets can move: geometric mean and balanced means."""

from numbers import Integral, Real

import numpy as np

from skdir.metrics._validation import average_outputs, check_columns
from skdir.utils._sklearn_compat import Interval, StrOptions, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import drop_unweighted

PAIR_CONSTRAINTS = {
    "y_true": ["array-like"],
    "y_pred": ["array-like"],
    "sample_weight": ["array-like", None],
    "multioutput": [StrOptions({"raw_values", "uniform_average"}), "array-like"],
}
_BALANCED_CONSTRAINTS = {
    **PAIR_CONSTRAINTS,
    "bins": [Interval(Integral, 1, None, closed="left"), "array-like"],
}


@validate_params(
    {**PAIR_CONSTRAINTS, "eps": [Interval(Real, 0, None, closed="neither")]},
    prefer_skip_nested_validation=True,
)
def geometric_mean_absolute_error(
    y_true, y_pred, *, sample_weight=None, multioutput="uniform_average", eps=1e-10
):
    r"""Geometric mean of the absolute errors.

    Compared with the mean absolute error, it rewards predictions that are uniformly good: a few
    large errors count less, and a few errors near zero count much.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Observed targets.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predicted targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    multioutput : {'raw_values', 'uniform_average'} or array-like, default='uniform_average'
        How several outputs become one number: an array of the errors per output, their mean, or
        their mean with the given weights, one per output.

    eps : float, default=1e-10
        Smallest absolute error that is told apart from 0, in units of y. A single exact
        prediction would otherwise make the geometric mean 0.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        The geometric mean, in units of y; 0 is never reached, `eps` is the best value.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, or if lengths differ.

    See Also
    --------
    balanced_mean_absolute_error : Mean over target bins of the mean absolute error.
    ShotReport : This and other errors for many, medium and few training rows.

    Notes
    -----
    With errors :math:`e_i` and weights :math:`s_i`,

    .. math:: \exp\Big(\sum_i s_i \log\max(|e_i|, \epsilon) \,/ \sum_i s_i\Big).

    The cost is O(n). The error depends on `eps` where predictions are exact, so targets in other
    units want an `eps` in those units.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from skdir.metrics import geometric_mean_absolute_error
    >>> round(geometric_mean_absolute_error([1, 2, 3], [2, 4, 7]), 6)
    2.0
    """
    caller = "geometric_mean_absolute_error"
    y_true, y_pred, weight = check_columns(y_true, y_pred, sample_weight, caller=caller)
    weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
    errors = geometric_mean(absolute_errors(y_true, y_pred), weight, eps=eps)
    return average_outputs(errors, multioutput, caller=caller)


@validate_params(_BALANCED_CONSTRAINTS, prefer_skip_nested_validation=True)
def balanced_mean_absolute_error(
    y_true, y_pred, *, bins=10, sample_weight=None, multioutput="uniform_average"
):
    r"""Mean over target bins of the mean absolute error in the bin.

    Every region of the target that has rows counts the same, however few rows it has.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Observed targets, which also say in which bin a row is.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predicted targets.

    bins : int or array-like of shape (n_bins + 1,), default=10
        Number of bins of equal width over the range of `y_true` (for each output), or edges in
        units of y. Bins are half-open, the last is closed. To compare models on different test
        sets give edges: a number of bins follows the range of the data.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows within their bin; a weight of 2 is the row twice. Rows of zero weight
        neither make a bin non-empty nor move an edge.

    multioutput : {'raw_values', 'uniform_average'} or array-like, default='uniform_average'
        How several outputs become one number: an array of the errors per output, their mean, or
        their mean with the given weights, one per output.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        The balanced error, in units of y; the best value is 0.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if a target lies
        outside the edges.

    See Also
    --------
    balanced_mean_squared_error : The same for squared errors.
    ShotReport : Errors for many, medium and few training rows.

    Notes
    -----
    With non-empty bins :math:`B`, errors :math:`e_i` and weights :math:`s_i`,

    .. math:: \frac{1}{|B|} \sum_{b \in B} \frac{\sum_{i \in b} s_i |e_i|}{\sum_{i \in b} s_i}.

    The cost is O(n log n_bins). A bin with one row counts as much as any other, so many narrow
    bins make a noisy number.

    References
    ----------
    S. Baccianella, A. Esuli, F. Sebastiani (2009). Evaluation Measures for Ordinal Regression.
    ISDA. :doi:`10.1109/ISDA.2009.230`

    Examples
    --------
    >>> from skdir.metrics import balanced_mean_absolute_error
    >>> y_true = [0, 1, 1, 1, 10]
    >>> y_pred = [1, 1, 1, 1, 4]
    >>> balanced_mean_absolute_error(y_true, y_pred, bins=2)
    3.125
    """
    return _balanced_mean_error(
        y_true,
        y_pred,
        absolute_errors,
        bins=bins,
        sample_weight=sample_weight,
        multioutput=multioutput,
        caller="balanced_mean_absolute_error",
    )


@validate_params(_BALANCED_CONSTRAINTS, prefer_skip_nested_validation=True)
def balanced_mean_squared_error(
    y_true, y_pred, *, bins=10, sample_weight=None, multioutput="uniform_average"
):
    r"""Mean over target bins of the mean squared error in the bin.

    Every region of the target that has rows counts the same, however few rows it has.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Observed targets, which also say in which bin a row is.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predicted targets.

    bins : int or array-like of shape (n_bins + 1,), default=10
        Number of bins of equal width over the range of `y_true` (for each output), or edges in
        units of y. Bins are half-open, the last is closed. To compare models on different test
        sets give edges: a number of bins follows the range of the data.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows within their bin; a weight of 2 is the row twice. Rows of zero weight
        neither make a bin non-empty nor move an edge.

    multioutput : {'raw_values', 'uniform_average'} or array-like, default='uniform_average'
        How several outputs become one number: an array of the errors per output, their mean, or
        their mean with the given weights, one per output.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        The balanced error, in squared units of y; the best value is 0. Its root is in units of
        y. Infinite where a squared error exceeds the largest float.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if a target lies
        outside the edges.

    See Also
    --------
    balanced_mean_absolute_error : The same for absolute errors.
    ShotReport : Errors for many, medium and few training rows.

    Notes
    -----
    With non-empty bins :math:`B`, errors :math:`e_i` and weights :math:`s_i`,

    .. math:: \frac{1}{|B|} \sum_{b \in B} \frac{\sum_{i \in b} s_i e_i^2}{\sum_{i \in b} s_i}.

    The cost is O(n log n_bins). The loss for neural networks by Ren et al. (2022), which has the
    same name, is not this metric.

    References
    ----------
    S. Baccianella, A. Esuli, F. Sebastiani (2009). Evaluation Measures for Ordinal Regression.
    ISDA. :doi:`10.1109/ISDA.2009.230`

    Examples
    --------
    >>> from skdir.metrics import balanced_mean_squared_error
    >>> y_true = [0, 1, 1, 1, 10]
    >>> y_pred = [1, 1, 1, 1, 4]
    >>> balanced_mean_squared_error(y_true, y_pred, bins=[0, 5, 10])
    18.125
    """
    return _balanced_mean_error(
        y_true,
        y_pred,
        squared_errors,
        bins=bins,
        sample_weight=sample_weight,
        multioutput=multioutput,
        caller="balanced_mean_squared_error",
    )


def absolute_errors(y_true, y_pred):
    """Return |y_pred - y_true|; infinite beyond the largest float."""
    with np.errstate(over="ignore"):
        return np.abs(y_pred - y_true)


def squared_errors(y_true, y_pred):
    """Return (y_pred - y_true)^2; infinite beyond the largest float."""
    with np.errstate(over="ignore"):
        return np.square(y_pred - y_true)


def mean_error(errors, sample_weight=None):
    """Return the weighted mean; infinite beyond the largest float."""
    with np.errstate(over="ignore"):
        return np.average(errors, weights=sample_weight)


def geometric_mean(errors, sample_weight=None, *, eps=1e-10):
    """Return the weighted geometric mean of non-negative errors along the first axis."""
    return np.exp(np.average(np.log(np.maximum(errors, eps)), weights=sample_weight, axis=0))


def mean_error_per_bin(errors, target_bins, index, sample_weight=None):
    """Return the numbers of the non-empty bins and the mean error in each."""
    weight = np.ones(len(errors)) if sample_weight is None else sample_weight
    total = target_bins.sums(index, weight)
    filled = np.flatnonzero(total)
    with np.errstate(over="ignore"):
        return filled, target_bins.sums(index, weight * errors)[filled] / total[filled]


def _balanced_mean_error(y_true, y_pred, error, *, bins, sample_weight, multioutput, caller):
    """Return the mean over target bins of the mean of `error`, output by output."""
    y_true, y_pred, weight = check_columns(y_true, y_pred, sample_weight, caller=caller)
    weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
    means = []
    for true, errors in zip(y_true.T, error(y_true, y_pred).T):
        target_bins = TargetBins.of(bins, true, caller=caller)
        index = target_bins.index(true)
        means.append(mean_error(mean_error_per_bin(errors, target_bins, index, weight)[1]))
    return average_outputs(np.array(means), multioutput, caller=caller)
