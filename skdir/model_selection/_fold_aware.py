"""The meta-estimator that remembers what scorers must know of the training targets."""

import numpy as np
from sklearn.base import clone

from skdir.relevance import check_relevance
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import WrappedRegressor
from skdir.utils._estimators.protocols import REGRESSOR
from skdir.utils._estimators.relevance import RELEVANCE_FUNCTION
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._sklearn_compat import _VisualBlock


class FoldAwareRegressor(WrappedRegressor):
    """A regressor that remembers its training targets, and their relevance, for scorers.

    In cross-validation and searches a scorer sees only the test rows of a fold. Put this around a
    regressor, and the scorers of :mod:`skdir.metrics` take relevance, shots and bins from the
    training rows of the same fold.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor, cloned before it is fitted. Pipelines, with samplers too, and other
        meta-estimators belong in here: this one is the outermost but for searches. None is
        :class:`~sklearn.linear_model.LinearRegression`.

    relevance : RelevanceFunction, callable or None, default=None
        Relevance of targets. A RelevanceFunction is cloned and fitted to the training targets.
        None for none: shots and bins need none.

    Attributes
    ----------
    regressor_ : estimator
        The fitted regressor.

    relevance_ : RelevanceFunction, callable or None
        The fitted relevance.

    y_train_ : ndarray of shape (n_samples,)
        Training targets, as float64.

    train_sample_weight_ : ndarray of shape (n_samples,) or None
        Weights of the training rows.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, if X had names that are all strings.

    See Also
    --------
    skdir.metrics.make_relevance_scorer : Score by the relevance of targets.
    skdir.metrics.make_shot_scorer : Score by the number of training rows near the target.
    skdir.metrics.make_balanced_scorer : Score with all regions of the target counting the same.

    Notes
    -----
    It predicts what the regressor predicts. Fitting costs a copy of the targets and the fit of the
    relevance, O(n log n), on top of the regressor's. A `sample_weight` goes to the relevance and
    to the regressor, whose `fit`, or that of the last step of a pipeline, must take it. Through a
    pipeline with samplers it follows the rows: a row that a sampler makes weighs what its seed
    weighs, and rows of weight zero are not sampled.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skdir.metrics import make_relevance_scorer
    >>> from skdir.model_selection import FoldAwareRegressor
    >>> from skdir.relevance import RelevanceFunction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = FoldAwareRegressor(Ridge(), RelevanceFunction(method="quantile"))
    >>> search = GridSearchCV(
    ...     model, {"regressor__alpha": [0.01, 0.1, 1.0]}, scoring=make_relevance_scorer(), cv=3
    ... ).fit(X, y)
    >>> search.best_params_
    {'regressor__alpha': 0.01}
    """

    _poor_score = False

    _parameter_constraints: dict = {
        "regressor": REGRESSOR,
        "relevance": [*RELEVANCE_FUNCTION, None],
    }

    def __init__(self, regressor=None, relevance=None):
        self.regressor = regressor
        self.relevance = relevance

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Fit the regressor and the relevance, and remember the targets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features, as the regressor takes them.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for the relevance and for the regressor.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. Those with one entry for each row follow the rows through the samplers of a
            pipeline.

        Returns
        -------
        self : FoldAwareRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If the target does not fit the relevance, or weights are given and the regressor takes
            none.
        """
        caller = type(self).__name__
        X, y, target, weight = self._check_data(X, y, sample_weight)
        relevance = None
        if self.relevance is not None:
            relevance, _ = check_relevance(self.relevance, target, weight, caller=caller)

        self.regressor_ = clone(self._get_regressor())
        fit_params = self._routed("fit", fit_params)
        fit_regressor(self.regressor_, X, y, weight, fit_params, caller=caller)
        self._set_names(self.regressor_)
        self.relevance_ = relevance
        self.train_sample_weight_ = None if weight is None else weight.copy()
        self.y_train_ = np.array(target)  # a copy, which may not change with the caller's
        return self

    def __sklearn_is_fitted__(self):
        return hasattr(self, "y_train_")

    def _sk_visual_block_(self):
        regressor = getattr(self, "regressor_", self._get_regressor())
        return _VisualBlock(
            "parallel",
            [regressor],
            names=[f"regressor: {type(regressor).__name__}"],
            name_details=[str(regressor)],
        )
