"""The meta-estimator that fits any regressor with weights from its target."""

from sklearn.base import clone
from sklearn.utils import check_random_state

from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import WrappedRegressor, check_sum
from skdir.utils._estimators.protocols import REGRESSOR, WEIGHTER
from skdir.utils._fitting.rows import take_rows
from skdir.utils._fitting.sample_weight import (
    fit_with_weight,
    multiply_weights,
    probabilities,
    sample_weight_key,
)
from skdir.utils._sklearn_compat import (
    StrOptions,
    _safe_indexing,
    _VisualBlock,
)
from skdir.utils._targets.weights import weights_of
from skdir.weighting._lds import LDSWeighter


class WeightedRegressor(WrappedRegressor):
    """Fit a regressor with sample weights that a weighter computes from y.

    The weights are computed inside `fit`, so in cross-validation and grid search they come from
    the training fold alone.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor, cloned before it is fitted. It, or the last step of a pipeline, must take
        `sample_weight` in `fit`. None is :class:`~sklearn.linear_model.LinearRegression`.

    weighter : estimator, default=None
        Weighter with ``fit_transform(y, sample_weight)``, cloned before it is fitted. None is
        :class:`LDSWeighter`.

    unsupported : {"raise", "resample"}, default="raise"
        What to do if the regressor takes no `sample_weight`: raise an error, or fit it to as many
        rows drawn with replacement with probabilities proportional to the weights.

    random_state : int, RandomState instance or None, default=None
        Seed of that draw.

    Attributes
    ----------
    regressor_ : estimator
        The fitted regressor.

    weighter_ : estimator
        The fitted weighter.

    sample_weight_ : ndarray of shape (n_samples,)
        The weights of the training rows: the weighter's times the user's own.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, if X had names that are all strings.

    See Also
    --------
    LDSWeighter : Weights by label distribution smoothing.
    sklearn.compose.TransformedTargetRegressor : Transform the target instead of weighing it.

    Notes
    -----
    The weight reaches the last step of an inner :class:`~sklearn.pipeline.Pipeline`, and the inner
    estimator of a search or a meta-estimator that hands it on. With metadata routing, requests
    that you set on the inner estimators are honoured; where there are none, the weight still
    reaches the last step.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.weighting import LDSWeighter, WeightedRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = WeightedRegressor(Ridge(), LDSWeighter(reweight="inverse")).fit(X, y)
    >>> model.predict(X[:2]).round(1)
    array([211.1,  94.4])
    """

    _strategy_kind = "weights"

    _parameter_constraints: dict = {
        "regressor": REGRESSOR,
        "weighter": WEIGHTER,
        "unsupported": [StrOptions({"raise", "resample"})],
        "random_state": ["random_state"],
    }

    def __init__(self, regressor=None, weighter=None, *, unsupported="raise", random_state=None):
        self.regressor = regressor
        self.weighter = weighter
        self.unsupported = unsupported
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Compute the weights of the training rows and fit the regressor with them.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features, as the regressor takes them.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of your own. The weighter sees them, and its weights are multiplied with them.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. Those with one entry for each row follow the rows that
            ``unsupported="resample"`` draws.

        Returns
        -------
        self : WeightedRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If the target does not fit the weighter, the weighter returns something else than one
            weight per row, or the regressor takes no `sample_weight`.
        """
        X, y, target, own = self._check_data(X, y, sample_weight)

        self.regressor_ = clone(self._get_regressor())
        caller, resample = type(self).__name__, self.unsupported == "resample"
        key = sample_weight_key(self.regressor_, caller=caller, resample=resample)
        self.weighter_ = clone(self._component("weighter"))
        weight = weights_of(self.weighter_, target, own)
        self.sample_weight_ = check_sum(multiply_weights(weight, own), caller=caller)

        fit_params = self._routed("fit", fit_params)
        if key is None:
            rng = check_random_state(self.random_state)
            n_rows = len(target)
            rows = rng.choice(n_rows, n_rows, p=probabilities(self.sample_weight_))
            drawn = take_rows(fit_params, rows, n_rows)
            self.regressor_.fit(_safe_indexing(X, rows), y[rows], **drawn)
        else:
            weight = self.sample_weight_
            fit_with_weight(self.regressor_, X, y, key, weight, fit_params, caller=caller)
        self._set_names(self.regressor_)
        return self

    def _default_components(self):
        return {**super()._default_components(), "weighter": LDSWeighter}

    def __sklearn_is_fitted__(self):
        return hasattr(self, "sample_weight_")

    def _sk_visual_block_(self):
        fitted = hasattr(self, "regressor_")
        weighter = self.weighter_ if fitted else self._component("weighter")
        regressor = self.regressor_ if fitted else self._get_regressor()
        parts = [weighter, regressor]
        return _VisualBlock(
            "serial",
            parts,
            names=[
                f"weighter: {type(weighter).__name__}",
                f"regressor: {type(regressor).__name__}",
            ],
            name_details=[str(part) for part in parts],
            dash_wrapped=True,
        )
