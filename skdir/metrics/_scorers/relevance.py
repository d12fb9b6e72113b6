"""Scorers by relevance."""

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skdir.metrics._relevance import relevance_weighted_r2_score, squared_error_relevance_area
from skdir.metrics._scorers.base import TargetScorer, check_metric_params, metric_sign
from skdir.metrics._scorers.training_targets import need_training_targets
from skdir.metrics._utility import relevance_precision_recall_fscore
from skdir.utils._estimators.relevance import is_relevance_estimator
from skdir.utils._validation import parameter_error

# The function, which of its values counts (None: it has but one), and the sign of a score.
_METRICS = {
    "fscore": (relevance_precision_recall_fscore, 2, 1),
    "precision": (relevance_precision_recall_fscore, 0, 1),
    "r2": (relevance_weighted_r2_score, None, 1),
    "recall": (relevance_precision_recall_fscore, 1, 1),
    "sera": (squared_error_relevance_area, None, -1),
}
_HANDED = {"y_true", "y_pred", "relevance", "sample_weight", "multioutput"}


def make_relevance_scorer(
    relevance=None, *, metric="sera", greater_is_better=None, **metric_params
):
    """Make a scorer from a metric that depends on the relevance of targets.

    Relevance comes from training targets: either it is fitted already, or the estimator that is
    scored remembers that of its training targets.

    Parameters
    ----------
    relevance : fitted RelevanceFunction, callable or None, default=None
        Relevance of targets, in [0, 1]. None takes the one that a
        :class:`~skdir.model_selection.FoldAwareRegressor` fitted in its training fold.

    metric : {'sera', 'r2', 'precision', 'recall', 'fscore'} or callable, default='sera'
        "sera" is :func:`squared_error_relevance_area` with its sign changed, "r2" is
        :func:`relevance_weighted_r2_score`, the others are the values of
        :func:`relevance_precision_recall_fscore`. Or a function
        ``metric(y_true, y_pred, *, relevance)`` that returns a number, and takes `sample_weight`
        if weights are handed over.

    greater_is_better : bool, default=None
        For a function: whether it is a score (None and True) or a loss, whose sign is changed.

    **metric_params : dict
        Further parameters of the metric, such as ``normalize=True``, ``threshold=0.5``
        or ``symmetric=True`` for precision, recall and F.

    Returns
    -------
    scorer : callable
        Object ``scorer(estimator, X, y, sample_weight=None)`` that returns a number, greater for
        better models. It takes part in metadata routing by `set_score_request`.

    Raises
    ------
    NotFittedError
        If `relevance` is an estimator that is not fitted.

    TypeError
        If `relevance` is an array, which cannot follow the rows of folds, or the metric does not
        take a parameter.

    ValueError
        If `metric` is unknown. When scoring, if the estimator remembers no relevance, or the
        metric refuses its input.

    See Also
    --------
    make_shot_scorer : Score by the number of training rows near the target.
    make_balanced_scorer : Score with all regions of the target counting the same.
    skdir.model_selection.FoldAwareRegressor : Fits the relevance in every training fold.

    Notes
    -----
    A relevance fitted on all targets before cross-validation tells the folds apart by rows that
    they should not know. With few rows, or a relevance that follows extremes, that matters.

    Copies of the scorer, as searches make them, keep the fitted relevance. Prediction is shared
    with other scorers where several are evaluated at once.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import cross_val_score
    >>> from skdir.metrics import make_relevance_scorer
    >>> from skdir.model_selection import FoldAwareRegressor
    >>> from skdir.relevance import RelevanceFunction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = FoldAwareRegressor(Ridge(alpha=0.1), RelevanceFunction(method="quantile"))
    >>> scorer = make_relevance_scorer(metric="r2")
    >>> scorer
    make_relevance_scorer(metric='r2')
    >>> cross_val_score(model, X, y, scoring=scorer, cv=3).round(2)
    array([0.56, 0.58, 0.6 ])
    """
    return RelevanceScorer(relevance, metric, greater_is_better, metric_params)


class RelevanceScorer(TargetScorer):
    """What `make_relevance_scorer` makes."""

    _maker = "make_relevance_scorer"

    def __init__(self, relevance, metric, greater_is_better, metric_params):
        signs = {name: sign for name, (_, _, sign) in _METRICS.items()}
        super().__init__(sign=metric_sign(metric, greater_is_better, signs, caller=self._maker))
        self._function, self._item, _ = _METRICS[metric] if metric in signs else (metric, None, 1)
        check_metric_params(metric_params, self._function, _HANDED, caller=self._maker)
        self._relevance = _check_relevance(relevance, self._maker)
        self._metric_params = dict(metric_params)
        self._parameters = {"metric": metric, **metric_params}
        if relevance is not None:
            self._parameters = {"relevance": relevance, **self._parameters}
        if greater_is_better is not None:
            self._parameters["greater_is_better"] = greater_is_better

    def _measure(self, estimator, y_true, y_pred, sample_weight=None):
        relevance = self._relevance
        if relevance is None:
            remedy = "give a fitted relevance to make_relevance_scorer"
            found = need_training_targets(estimator, caller=repr(self), remedy=remedy)
            relevance = found.relevance
        if relevance is None:
            raise ValueError(
                f"{self!r} must know a relevance. Got a FoldAwareRegressor without one: set its "
                "parameter 'relevance', such as to RelevanceFunction()."
            )
        weight = {} if sample_weight is None else {"sample_weight": sample_weight}
        value = self._function(y_true, y_pred, relevance=relevance, **weight, **self._metric_params)
        return value if self._item is None else value[self._item]


def _check_relevance(relevance, caller):
    """Validate a relevance, which must be able to evaluate unseen targets."""
    if relevance is None:
        return None
    if is_relevance_estimator(relevance):
        try:
            check_is_fitted(relevance)
        except NotFittedError:
            raise NotFittedError(
                f"The 'relevance' parameter of {caller} must be fitted, on training targets, or "
                "None with a FoldAwareRegressor that fits it in every training fold. Got an "
                f"unfitted {type(relevance).__name__} instead."
            ) from None
    elif not callable(relevance) or isinstance(relevance, type):
        raise parameter_error(
            "relevance",
            caller,
            "a fitted RelevanceFunction, a function of the target or None",
            "an array, which cannot follow the rows of folds"
            if np.iterable(relevance)
            else repr(relevance),
            error=TypeError,
        )
    return relevance
