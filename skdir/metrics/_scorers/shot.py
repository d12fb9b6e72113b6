"""Scorers by shot."""

from skdir.metrics._scorers.base import (
    TargetScorer,
    check_bins_parameter,
    check_y_train,
    metric_sign,
)
from skdir.metrics._scorers.training_targets import TrainingTargets, need_training_targets
from skdir.metrics._shots.labels import find_shots, resolve_threshold
from skdir.metrics._shots.metrics import METRICS, evaluate_metrics
from skdir.metrics._validation import check_pair
from skdir.utils._targets.bins import SHOTS
from skdir.utils._validation import drop_unweighted, parameter_error

_SIGNS = {name: 1 if name in ("pearson", "spearman") else -1 for name in METRICS}


def make_shot_scorer(
    shot="few",
    *,
    bins,
    metric="mae",
    many="auto",
    few="auto",
    y_train=None,
    greater_is_better=None,
):
    """Make a scorer of the rows whose bin has many, some, few or no training rows.

    Parameters
    ----------
    shot : {'many', 'medium', 'few', 'zero'} or sequence of them, default='few'
        Rows that count, see :func:`shot_labels`; of several shots together, such as
        ``("few", "zero")``.

    bins : int, 'integer' or array-like of shape (n_bins + 1,)
        Number of bins of equal width over the range of the training targets; "integer" for one
        bin [k - 0.5, k + 0.5) per whole number k in that range; or edges in units of y, which
        must cover the training targets.

    metric : {'mae', 'mse', 'rmse', 'gm', 'pearson', 'spearman'} or callable, default='mae'
        As in :class:`ShotReport`; errors change their sign. Or a function
        ``metric(y_true, y_pred)`` that returns a number, and takes `sample_weight` if weights are
        handed over.

    many : float or 'auto', default='auto'
        A bin with more training rows than this has many. "auto" is 1.5 times the number of
        training rows per bin.

    few : float or 'auto', default='auto'
        A bin with fewer training rows than this, but some, has few. "auto" is half the number of
        training rows per bin.

    y_train : array-like of shape (n_train,), default=None
        Training targets. None takes those that a
        :class:`~skdir.model_selection.FoldAwareRegressor` remembers from its training fold, with
        their weights.

    greater_is_better : bool, default=None
        For a function: whether it is a score (None and True) or a loss, whose sign is changed.

    Returns
    -------
    scorer : callable
        Object ``scorer(estimator, X, y, sample_weight=None)`` that returns a number, greater for
        better models, and NaN where no row is in the shot. It takes part in metadata routing by
        `set_score_request`.

    Raises
    ------
    ValueError
        If a parameter is none of the above. When scoring, if the estimator remembers no training
        targets, or the metric refuses its input.

    See Also
    --------
    ShotReport : All shots and metrics at once, for one test set.
    make_relevance_scorer : Score by the relevance of targets.
    skdir.model_selection.FoldAwareRegressor : Remembers the targets of every training fold.
    skdir.model_selection.BinnedStratifiedKFold : Folds that have rows in every bin.

    Notes
    -----
    NaN in one fold makes the mean over folds NaN, and a search ranks it last. Folds that are
    stratified by target, and several shots together, leave no fold without such rows.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import cross_val_score
    >>> from skdir.metrics import make_shot_scorer
    >>> from skdir.model_selection import FoldAwareRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> scorer = make_shot_scorer(("few", "zero"), bins=10)
    >>> model = FoldAwareRegressor(Ridge(alpha=0.1))
    >>> cross_val_score(model, X, y, scoring=scorer, cv=3).round(1)
    array([-107. ,  -86.3,  -87.3])
    """
    return ShotScorer(shot, bins, metric, many, few, y_train, greater_is_better)


class ShotScorer(TargetScorer):
    """What `make_shot_scorer` makes."""

    _maker = "make_shot_scorer"

    def __init__(self, shot, bins, metric, many, few, y_train, greater_is_better):
        super().__init__(sign=metric_sign(metric, greater_is_better, _SIGNS, caller=self._maker))
        self._shots = _check_shots(shot, self._maker)
        whole = isinstance(bins, str) and bins == "integer"
        self._bins = bins if whole else check_bins_parameter(bins, caller=self._maker)
        self._metric = {"metric": METRICS[metric] if isinstance(metric, str) else metric}
        self._y_train = check_y_train(y_train, caller=self._maker)
        self._thresholds = (many, few)
        for name, value in (("many", many), ("few", few)):
            resolve_threshold(name, value, 0.0, self._maker)
        given = {
            "many": (many, "auto"),
            "few": (few, "auto"),
            "y_train": (self._y_train, None),
            "greater_is_better": (greater_is_better, None),
        }
        self._parameters = {"shot": shot, "bins": self._bins, "metric": metric} | {
            name: value for name, (value, default) in given.items() if repr(value) != repr(default)
        }

    def _measure(self, estimator, y_true, y_pred, sample_weight=None):
        train = TrainingTargets(self._y_train, None, None)
        if self._y_train is None:
            remedy = "give y_train to make_shot_scorer"
            train = need_training_targets(estimator, caller=repr(self), remedy=remedy)
        y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=repr(self))
        weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
        rule = find_shots(
            train.y,
            self._bins,
            *self._thresholds,
            train.sample_weight,
            caller=repr(self),
            weight_name="train_sample_weight_",
        )
        labels = rule.labels(y_true)
        rows = sum(labels == shot for shot in self._shots).astype(bool)
        weight = None if weight is None else weight[rows]
        return evaluate_metrics(
            self._metric, y_true[rows], y_pred[rows], weight, caller=repr(self)
        )["metric"]


def _check_shots(shot, caller):
    """Return a tuple of different shots."""
    shots = (shot,) if isinstance(shot, str) else shot
    accepted = f"one of {', '.join(map(repr, SHOTS))}, or a sequence of different ones"
    if not isinstance(shots, (list, tuple)) or not shots or len(set(map(repr, shots))) < len(shots):
        raise parameter_error("shot", caller, accepted, repr(shot))
    for one in shots:
        if not isinstance(one, str) or one not in SHOTS:
            raise parameter_error("shot", caller, accepted, repr(one))
    return tuple(shots)
