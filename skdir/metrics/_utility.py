"""Precision and recall for relevant targets, by the utility of the predictions."""

from numbers import Real

import numpy as np

from skdir.metrics._regression import absolute_errors
from skdir.metrics._utility_bumps import find_utility_bumps
from skdir.metrics._validation import check_pair
from skdir.relevance import relevance_values
from skdir.utils._estimators.relevance import (
    RELEVANCE,
    THRESHOLD,
    is_rare,
    is_relevance_function,
)
from skdir.utils._sklearn_compat import Interval, validate_params
from skdir.utils._validation import drop_unweighted, parameter_error


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "relevance": RELEVANCE,
        "threshold": THRESHOLD,
        "beta": [Interval(Real, 0, None, closed="neither")],
        "p": [Interval(Real, 0, 1, closed="both")],
        "zero_division": [Interval(Real, 0, 1, closed="both"), "nan"],
        "sample_weight": ["array-like", None],
        "symmetric": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def relevance_precision_recall_fscore(
    y_true,
    y_pred,
    *,
    relevance,
    threshold=0.8,
    beta=1.0,
    p=0.5,
    zero_division=0.0,
    sample_weight=None,
    symmetric=False,
):
    r"""Precision, recall and F score for relevant targets, based on utility.

    A row is an event if its target is relevant, and an alarm if its prediction is. Each counts by
    how useful the prediction is: much if it is relevant and close, little or negative if it is
    far off or falsely calls a target relevant.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Observed targets.

    y_pred : array-like of shape (n_samples,)
        Predicted targets.

    relevance : fitted RelevanceFunction or callable
        Relevance of targets, in [0, 1], from the *training* targets. It is needed for predictions
        too, so an array does not do. If only low targets are relevant see `symmetric`.

    threshold : float, default=0.8
        Relevance from which on a target or a prediction is relevant, in (0, 1].

    beta : float, default=1.0
        How many times recall is as important as precision in the F score.

    p : float, default=0.5
        Share of the relevance of the observed target in the cost of an error; the rest is that of
        the prediction. 1 only penalises misses, 0 only false alarms.

    zero_division : float, default=0.0
        Precision where no prediction, or recall where no target, is relevant; from 0 to 1, or NaN.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    symmetric : bool, default=False
        Whether low targets are treated as the mirror image of high ones, so that negating targets
        and predictions changes no score. The default is the published definition, for comparison
        with published tables: there a relevance of low targets only tolerates other errors than
        one of high targets only, see Notes. Where both ends are relevant it hardly matters.

    Returns
    -------
    precision : float
        Utility of the predictions that are relevant, as a share of the best.

    recall : float
        Utility of the predictions for targets that are relevant, as a share of the best, from 0
        to 1.

    fscore : float
        Their weighted harmonic mean, 0 if both are.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if `relevance` is an
        array or has values outside [0, 1].

    NotFittedError
        If `relevance` is an estimator that is not fitted.

    See Also
    --------
    squared_error_relevance_area : Squared errors times relevance; needs no threshold.
    relevance_weighted_r2_score : Explained variance of relevant targets.

    Notes
    -----
    With relevance :math:`\varphi`, error :math:`l = |y - \hat y|` and utility

    .. math::
        u = \varphi(y) (1 - l/l_B)_+
        - (p \varphi(y) + (1 - p) \varphi(\hat y)) \min(l/l_C, 1),

    precision and recall are

    .. math::
        \frac{\sum_{\varphi(\hat y) \ge t} (1 + u)}{\sum_{\varphi(\hat y) \ge t} (1 +
        \varphi(\hat y))}, \quad
        \frac{\sum_{\varphi(y) \ge t} (1 + u)}{\sum_{\varphi(y) \ge t} (1 + \varphi(y))}.

    The R package UBL divides both by :math:`1 + \varphi(\hat y)`, so that its recall can exceed 1;
    here only precision can, where predictions are less relevant than their targets.

    The tolerated errors come from the bumps of the relevance, which lie between its minima.
    :math:`l_B` is the distance to the end of the bump on the side of the prediction, and
    :math:`l_C` that to the maximum of the next bump there, both at most twice the distance from
    the maximum of the bump to its nearer minimum. Flat stretches count by their middle; a flat
    bump at an end has the limit of its neighbor. If there is only one bump, the limit is
    :math:`3 s \sqrt{\log n / n}` with the standard deviation s of :math:`|y - \bar y|`.

    As in the published implementation, control points that end in two equal minima, as those of a
    RelevanceFunction without high outliers, begin no bump there, though those that start so do. A
    relevance of low targets only then has a single bump, and tolerates other errors than its
    mirror image. A target exactly at a minimum belongs to the bump above it. With
    ``symmetric=True`` a minimum begins a bump at either end, and a target at a minimum has the mean
    utility of the bumps on both sides.

    The extremes of a RelevanceFunction are its control points. Those of another function are
    looked up on a grid of 10001 points over the range of `y_true`, where a highest stretch at an
    end counts by its inner edge. The cost is O(n) and that of the relevance.

    References
    ----------
    L. Torgo, R. P. Ribeiro (2009). Precision and Recall for Regression. Discovery Science, LNCS
    5808, 332-346. :doi:`10.1007/978-3-642-04747-3_26`

    Examples
    --------
    >>> from skdir.metrics import relevance_precision_recall_fscore
    >>> from skdir.relevance import RelevanceFunction
    >>> y_train = [2, 3, 3, 4, 4, 4, 5, 5, 6, 30]
    >>> relevance = RelevanceFunction().fit(y_train)
    >>> y_true, y_pred = [3, 4, 5, 8, 20], [3, 4, 7, 7, 12]
    >>> scores = relevance_precision_recall_fscore(y_true, y_pred, relevance=relevance)
    >>> [round(score, 3) for score in scores]
    [0.453, 0.408, 0.429]
    """
    caller = "relevance_precision_recall_fscore"
    if not is_relevance_function(relevance):
        raise parameter_error(
            "relevance",
            caller,
            "a fitted RelevanceFunction or a function of the target, since the relevance of y_pred "
            "is needed too",
            "an array",
        )
    y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=caller)
    weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
    phi_true = relevance_values(relevance, y_true, caller=caller)
    phi_pred = relevance_values(relevance, y_pred, caller=caller)
    bumps = find_utility_bumps(relevance, y_true, weight, symmetric=symmetric, caller=caller)
    sides = ("left", "right") if symmetric else ("right",)
    gain = 1 + sum(
        utilities(y_true, y_pred, phi_true, phi_pred, bumps, p=p, side=side) / len(sides)
        for side in sides
    )
    precision = _share(gain, phi_pred, threshold, weight, zero_division)
    recall = _share(gain, phi_true, threshold, weight, zero_division)
    return precision, recall, _f_score(precision, recall, beta)


def utilities(y_true, y_pred, phi_true, phi_pred, bumps, *, p, side="right"):
    """Return the utility of each prediction, from -1 to 1; `side` is the bump at a minimum."""
    bump = np.searchsorted(bumps.left, y_true, side=side) - 1
    error, below = absolute_errors(y_true, y_pred), y_pred <= y_true
    scale = bumps.scale[bump]
    end = np.where(below, bumps.left[bump], bumps.right[bump])
    before, after = np.append(-np.inf, bumps.peak[:-1]), np.append(bumps.peak[1:], np.inf)
    next_peak = np.where(below, before[bump], after[bump])
    distances = np.minimum(absolute_errors(end, y_true), scale)
    benefit = 1 - _relative(error, distances, at_zero=scale > 0)
    cost = _relative(error, np.minimum(absolute_errors(next_peak, y_true), scale), at_zero=False)
    return phi_true * benefit - (p * phi_true + (1 - p) * phi_pred) * cost


def _relative(error, limit, *, at_zero):
    """Return error / limit, at most 1; beyond a limit of 0 it is 1, and on it `at_zero`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(error / limit, 1)
    return np.where(limit > 0, share, (error > 0) | at_zero)


def _share(gain, relevance, threshold, weight, zero_division):
    """Return the gain of relevant rows as a share of the greatest."""
    rows = is_rare(relevance, threshold)
    weight = np.ones(len(gain)) if weight is None else weight
    if not rows.any():
        return float(zero_division)
    return float(np.sum((weight * gain)[rows]) / np.sum((weight * (1 + relevance))[rows]))


def _f_score(precision, recall, beta):
    """Return the weighted harmonic mean, 0 if precision and recall are."""
    share = 1 / (1 + beta * beta)
    below = share * recall + (1 - share) * precision
    return precision * recall / below if below != 0 else 0.0
