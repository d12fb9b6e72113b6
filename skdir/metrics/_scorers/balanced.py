"""Scorers by balanced errors."""

from skdir.metrics._regression import balanced_mean_absolute_error, balanced_mean_squared_error
from skdir.metrics._scorers.base import (
    TargetScorer,
    check_bins_parameter,
    check_y_train,
    metric_sign,
)
from skdir.metrics._scorers.training_targets import training_targets
from skdir.metrics._validation import check_pair
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import drop_unweighted

_METRICS = {"mae": balanced_mean_absolute_error, "mse": balanced_mean_squared_error}


def make_balanced_scorer(bins=10, *, metric="mae", y_train=None):
    """Make a scorer in which all regions of the target count the same.

    Parameters
    ----------
    bins : int or array-like of shape (n_bins + 1,), default=10
        Number of bins of equal width, or edges in units of y. A number is divided over the range
        of `y_train`; without, over that of the training targets that a
        :class:`~skdir.model_selection.FoldAwareRegressor` remembers; and for an estimator that
        remembers none, over the range of the targets that are scored.

    metric : {'mae', 'mse'}, default='mae'
        :func:`balanced_mean_absolute_error` or :func:`balanced_mean_squared_error`, with their
        sign changed.

    y_train : array-like of shape (n_train,), default=None
        Training targets, for a number of bins.

    Returns
    -------
    scorer : callable
        Object ``scorer(estimator, X, y, sample_weight=None)`` that returns a number, 0 at most.
        It takes part in metadata routing by `set_score_request`.

    Raises
    ------
    ValueError
        If a parameter is none of the above. When scoring, if the metric refuses its input.

    See Also
    --------
    balanced_mean_absolute_error : The metric.
    make_shot_scorer : Score by the number of training rows near the target.
    skdir.model_selection.FoldAwareRegressor : Remembers the targets of every training fold.

    Notes
    -----
    Targets beyond the first or last edge count in the first or last bin. In cross-validation of an
    estimator that does not remember its training targets, every test fold has bins of its own:
    give edges, or put a FoldAwareRegressor around it.

    ``neg_balanced_mean_absolute_error`` and ``neg_balanced_mean_squared_error`` in
    `skdir.metrics` are the scorers with 10 bins.

    References
    ----------
    S. Baccianella, A. Esuli, F. Sebastiani (2009). Evaluation Measures for Ordinal Regression.
    ISDA. :doi:`10.1109/ISDA.2009.230`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import cross_val_score
    >>> from skdir.metrics import make_balanced_scorer
    >>> X, y = load_diabetes(return_X_y=True)
    >>> scorer = make_balanced_scorer([0, 100, 200, 350])
    >>> cross_val_score(Ridge(alpha=0.1), X, y, scoring=scorer, cv=3).round(1)
    array([-49. , -47. , -42.4])
    """
    return BalancedScorer(bins, metric, y_train)


class BalancedScorer(TargetScorer):
    """Negated balanced error, ``scorer(estimator, X, y)``: greater is better.

    Parameters
    ----------
    estimator : estimator
        The fitted regressor.

    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Features, as the regressor takes them.

    y_true : array-like of shape (n_samples,)
        Observed targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, a keyword; a weight of 2 is the row twice.

    **kwargs : dict
        Not used.

    Returns
    -------
    score : float
        The balanced error with its sign changed, in units of y, squared for "mse".

    See Also
    --------
    make_balanced_scorer : Makes them, and tells where the bins lie.

    Examples
    --------
    >>> from skdir.metrics import neg_balanced_mean_absolute_error
    >>> neg_balanced_mean_absolute_error
    make_balanced_scorer(bins=10, metric='mae')
    """

    _maker = "make_balanced_scorer"

    def __init__(self, bins, metric, y_train):
        signs = dict.fromkeys(_METRICS, -1)
        super().__init__(sign=metric_sign(metric, None, signs, caller=self._maker, functions=False))
        self._bins = check_bins_parameter(bins, caller=self._maker)
        self._function = _METRICS[metric]
        self._y_train = check_y_train(y_train, caller=self._maker)
        self._parameters = {"bins": self._bins, "metric": metric}
        if y_train is not None:
            self._parameters["y_train"] = self._y_train

    def _measure(self, estimator, y_true, y_pred, sample_weight=None):
        y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=repr(self))
        weight, y_true, y_pred = drop_unweighted(weight, y_true, y_pred)
        reference = self._reference(estimator, y_true)
        edges = TargetBins.of(self._bins, reference, caller=repr(self), cover=False).edges
        edges[0], edges[-1] = min(edges[0], y_true.min()), max(edges[-1], y_true.max())
        return self._function(y_true, y_pred, bins=edges, sample_weight=weight)

    def _reference(self, estimator, y_true):
        """Return the targets over whose range a number of bins lies."""
        if self._y_train is not None:
            return self._y_train
        found = training_targets(estimator, caller=repr(self))
        return y_true if found is None else drop_unweighted(found.sample_weight, found.y)[1]


neg_balanced_mean_absolute_error = make_balanced_scorer()
neg_balanced_mean_squared_error = make_balanced_scorer(metric="mse")
