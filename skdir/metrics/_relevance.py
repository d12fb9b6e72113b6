"""Errors weighted by relevance: SERA, its curve, and explained variance."""

import numpy as np

from skdir.metrics._regression import PAIR_CONSTRAINTS, squared_errors
from skdir.metrics._validation import average_outputs, check_columns, check_pair, relevance_columns
from skdir.relevance import relevance_values
from skdir.utils._estimators.relevance import RELEVANCE
from skdir.utils._sklearn_compat import validate_params
from skdir.utils._validation import drop_unweighted, parameter_error

_RELEVANCE = {"relevance": RELEVANCE}


@validate_params(
    {**PAIR_CONSTRAINTS, **_RELEVANCE, "normalize": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def squared_error_relevance_area(
    y_true,
    y_pred,
    *,
    relevance,
    sample_weight=None,
    multioutput="uniform_average",
    normalize=False,
):
    r"""Squared error-relevance area (SERA): squared errors times relevance, summed.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Observed targets.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predicted targets.

    relevance : fitted RelevanceFunction, callable, array-like of shape (n_samples,) or \
            (n_samples, n_outputs), or list of one relevance per output
        Relevance of the observed targets, in [0, 1], or what gives it; from the *training*
        targets. A single function is used for all outputs.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    multioutput : {'raw_values', 'uniform_average'} or array-like, default='uniform_average'
        How several outputs become one number: an array of the areas per output, their mean, or
        their mean with the given weights, one per output.

    normalize : bool, default=False
        Whether to divide by the sum of relevances: a mean squared error of relevant rows, which
        does not grow with the number of rows.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        The area, in squared units of y; the best value is 0.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, if relevances are not
        in [0, 1], or with `normalize` if all of them are 0.

    NotFittedError
        If `relevance` is an estimator that is not fitted.

    See Also
    --------
    squared_error_relevance_curve : The curve under which this is the area.
    relevance_weighted_r2_score : The same as a share of the variance.
    skdir.weighting.RelevanceWeighter : Weights with which a squared loss minimises it.

    Notes
    -----
    With errors :math:`e_i`, relevances :math:`\varphi_i` and weights :math:`s_i`, the area under
    the curve :math:`\mathrm{SER}(t) = \sum_{\varphi_i \ge t} s_i e_i^2` is

    .. math:: \int_0^1 \mathrm{SER}(t)\,dt = \sum_i s_i \varphi_i e_i^2,

    which is what is computed. Other implementations integrate numerically over a grid of
    thresholds, and differ by the error of that. The cost is O(n), and that of the relevance.

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> from skdir.metrics import squared_error_relevance_area
    >>> from skdir.relevance import RelevanceFunction
    >>> relevance = RelevanceFunction().fit([2, 3, 3, 4, 4, 4, 5, 5, 6, 30])
    >>> y_true, y_pred = [4, 5, 6, 30], [6, 6, 6, 25]
    >>> squared_error_relevance_area(y_true, y_pred, relevance=relevance)
    25.5
    >>> squared_error_relevance_area(y_true, y_pred, relevance=relevance, normalize=True)
    10.2
    """
    caller = "squared_error_relevance_area"
    y_true, y_pred, weight, phi = _check(y_true, y_pred, relevance, sample_weight, caller)
    areas = []
    for errors, relevant in zip(squared_errors(y_true, y_pred).T, phi.T):
        relevant = relevant if weight is None else weight * relevant
        if normalize and not relevant.any():
            raise _nothing_relevant(caller, " with normalize=True")
        rows = relevant > 0  # nothing times an infinite error is nothing
        with np.errstate(over="ignore"):
            area = np.sum(relevant[rows] * errors[rows])
        areas.append(area / relevant.sum() if normalize else area)
    return average_outputs(np.array(areas), multioutput, caller=caller)


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        **_RELEVANCE,
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def squared_error_relevance_curve(y_true, y_pred, *, relevance, sample_weight=None):
    r"""Sum of squared errors over the targets of at least some relevance, for all thresholds.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Observed targets.

    y_pred : array-like of shape (n_samples,)
        Predicted targets.

    relevance : fitted RelevanceFunction, callable or array-like of shape (n_samples,)
        Relevance of the observed targets, in [0, 1], or what gives it; from the *training*
        targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    Returns
    -------
    thresholds : ndarray of shape (n_thresholds,)
        0, 1 and the different relevances of the targets, ascending.

    ser : ndarray of shape (n_thresholds,)
        Sum of the squared errors of the targets with at least this relevance, in squared units of
        y. It never rises.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if relevances are
        not in [0, 1].

    NotFittedError
        If `relevance` is an estimator that is not fitted.

    See Also
    --------
    squared_error_relevance_area : The area under the curve.

    Notes
    -----
    The curve is a step function: from ``thresholds[k - 1]``, exclusive, to ``thresholds[k]``,
    inclusive, it is ``ser[k]``. Matplotlib draws it with ``drawstyle="steps-pre"``, and its area
    is exactly ``(np.diff(thresholds) * ser[1:]).sum()``. The cost is O(n log n), and that of the
    relevance.

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> from skdir.metrics import squared_error_relevance_curve
    >>> thresholds, ser = squared_error_relevance_curve(
    ...     [4, 5, 30], [6, 6, 25], relevance=[0.0, 0.5, 1.0]
    ... )
    >>> thresholds
    array([0. , 0.5, 1. ])
    >>> ser
    array([30., 26., 25.])
    """
    caller = "squared_error_relevance_curve"
    y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=caller)
    phi = relevance_values(relevance, y_true, caller=caller)
    weight, y_true, y_pred, phi = drop_unweighted(weight, y_true, y_pred, phi)
    errors = squared_errors(y_true, y_pred)
    thresholds, row = np.unique(np.concatenate([[0.0, 1.0], phi]), return_inverse=True)
    with np.errstate(over="ignore"):
        errors = errors if weight is None else weight * errors
        at_threshold = np.bincount(row[2:], weights=errors, minlength=len(thresholds))
        return thresholds, np.cumsum(at_threshold[::-1])[::-1]


@validate_params({**PAIR_CONSTRAINTS, **_RELEVANCE}, prefer_skip_nested_validation=True)
def relevance_weighted_r2_score(
    y_true, y_pred, *, relevance, sample_weight=None, multioutput="uniform_average"
):
    r"""Coefficient of determination in which each row counts by its relevance.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Observed targets.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predicted targets.

    relevance : fitted RelevanceFunction, callable, array-like of shape (n_samples,) or \
            (n_samples, n_outputs), or list of one relevance per output
        Relevance of the observed targets, in [0, 1], or what gives it; from the *training*
        targets. A single function is used for all outputs.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    multioutput : {'raw_values', 'uniform_average'} or array-like, default='uniform_average'
        How several outputs become one number: an array of the scores per output, their mean, or
        their mean with the given weights, one per output.

    Returns
    -------
    score : float or ndarray of shape (n_outputs,)
        1 for perfect predictions of relevant targets, 0 for their mean, negative for worse.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if relevances are
        not in [0, 1] or all 0.

    NotFittedError
        If `relevance` is an estimator that is not fitted.

    See Also
    --------
    squared_error_relevance_area : The numerator, in squared units of y.
    sklearn.metrics.r2_score : The same without relevance.

    Notes
    -----
    With errors :math:`e_i`, relevances :math:`\varphi_i` and weights :math:`s_i`,

    .. math:: 1 - \frac{\sum_i s_i \varphi_i e_i^2}{\sum_i s_i \varphi_i (y_i - \bar y)^2}, \quad
        \bar y = \frac{\sum_i s_i \varphi_i y_i}{\sum_i s_i \varphi_i}.

    Where all relevant targets are equal, it is 1 if their predictions are exact and 0 otherwise.
    The cost is O(n), and that of the relevance.

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> from skdir.metrics import relevance_weighted_r2_score
    >>> relevance_weighted_r2_score([0, 8, 10], [4, 8, 11], relevance=[0.0, 0.5, 0.5])
    0.5
    """
    caller = "relevance_weighted_r2_score"
    y_true, y_pred, weight, phi = _check(y_true, y_pred, relevance, sample_weight, caller)
    scores = []
    for true, pred, relevant in zip(y_true.T, y_pred.T, phi.T):
        relevant = relevant if weight is None else weight * relevant
        if not relevant.any():
            raise _nothing_relevant(caller)
        rows = relevant > 0
        scores.append(_r2(true[rows], pred[rows], relevant[rows]))
    return average_outputs(np.array(scores), multioutput, caller=caller)


def _r2(y_true, y_pred, weight):
    """Return the weighted R2; targets that are all equal have 1 if predicted exactly, else 0."""
    if y_true.min() == y_true.max():
        return float((y_pred == y_true).all())
    # a power of two changes no digit and keeps the squares of huge or tiny targets representable
    exponent = -np.frexp(max(np.abs(y_true).max(), np.abs(y_pred).max()))[1]
    y_true, y_pred = np.ldexp(y_true, exponent), np.ldexp(y_pred, exponent)
    spread = np.sum(weight * (y_true - np.average(y_true, weights=weight)) ** 2)
    with np.errstate(divide="ignore"):
        return float(1 - np.sum(weight * (y_true - y_pred) ** 2) / spread)


def _check(y_true, y_pred, relevance, sample_weight, caller):
    """Return valid columns of targets, predictions and relevances, without zero weights."""
    y_true, y_pred, weight = check_columns(y_true, y_pred, sample_weight, caller=caller)
    phi = relevance_columns(relevance, y_true, caller=caller)
    weight, y_true, y_pred, phi = drop_unweighted(weight, y_true, y_pred, phi)
    return y_true, y_pred, weight, phi


def _nothing_relevant(caller, when=""):
    """Return the error for a relevance that is zero everywhere."""
    return parameter_error(
        "relevance", caller, f"positive for some row{when}", "0 for all targets of positive weight"
    )
