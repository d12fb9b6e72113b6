"""The baseline that looks at the target on a logarithmic scale."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import MetaRegressor
from skdir.utils._estimators.protocols import REGRESSOR
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._targets.log_scale import LogScale
from skdir.utils._validation import parameter_error


class LogTargetRegressor(MetaRegressor):
    r"""Regressor of the logarithm of the target, or of its inverse hyperbolic sine.

    A strong baseline for skewed targets: errors then count in proportion to the target, and a long
    tail no longer pulls at the fit. The rule is fitted on the training targets:

    - all positive: :math:`z = \log y`;
    - otherwise: :math:`z = \operatorname{asinh}(y / c)`, with c the median of :math:`|y|` over
      the training targets that are not zero. It is linear around zero, logarithmic in both
      tails, defined for every y, and keeps the sign.

    Parameters
    ----------
    regressor : estimator object, default=None
        Regressor of z; None is :class:`~sklearn.linear_model.LinearRegression`.

    Attributes
    ----------
    regressor_ : estimator object
        The fitted clone of `regressor`.

    transform_ : {"log", "asinh"}
        Which of the two was chosen.

    scale_ : float
        c in units of y, 1 with "log" and where all targets are zero.

    n_features_in_ : int
        Number of features seen in `fit`, if the regressor tells.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen in `fit`, if the regressor tells.

    See Also
    --------
    sklearn.compose.TransformedTargetRegressor : Any fixed transformation of the target.
    skdir.weighting.WeightedRegressor : Weights instead of a transformation.

    Notes
    -----
    The prediction is :math:`e^{z}` or :math:`c \sinh z`: the exact inverse, so for a mean of z it
    is nearer to the median of y than to its mean. In other units of y nothing changes but the
    unit, for any regressor that follows a shift of its target. The cost beyond the regressor's own
    is O(n log n).

    References
    ----------
    Burbidge, J. B., Magee, L. and Robb, A. L. (1988). Alternative transformations to handle
    extreme values of the dependent variable. Journal of the American Statistical Association
    83(401). :doi:`10.1080/01621459.1988.10478575`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.compose import LogTargetRegressor
    >>> x = np.linspace(0, 3, 50)
    >>> model = LogTargetRegressor().fit(x[:, np.newaxis], np.exp(2 * x + 1))
    >>> model.transform_
    'log'
    >>> model.predict([[0.0], [4.0]]).round(1)
    array([2.7000e+00, 8.1031e+03])
    """

    _poor_score = False  # the target is only seen, or transformed back
    _strategy_kind = "model"

    _parameter_constraints: dict = {"regressor": REGRESSOR}

    def __init__(self, regressor=None):
        self.regressor = regressor

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Choose the transformation and fit the regressor to the transformed target.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Features, handed to the regressor as they are.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, for the choice of c and for the regressor (the last step of a
            pipeline). A row of weight zero is not there.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. They are handed on as they are: targets among them, such as those of a
            validation set, must be logarithms already.

        Returns
        -------
        self : LogTargetRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If `y` or `sample_weight` is not valid, or weights are given and the regressor takes
            none.
        """
        X, as_given, y, weight = self._check_data(X, y, sample_weight)
        log_scale = LogScale.of(y, weight)
        self.transform_, self.scale_ = log_scale.transform, log_scale.c
        # Rows of zero weight may be negative although the others are not: their value is free.
        z = np.zeros(len(y))
        used = np.ones(len(y), dtype=bool) if weight is None else weight > 0
        z[used] = log_scale.forward(y[used])
        self.regressor_ = fit_regressor(
            clone(self._get_regressor()),
            X,
            z.reshape(as_given.shape),
            weight,
            self._routed("fit", fit_params),
            caller=type(self).__name__,
        )
        self._set_names(self.regressor_)
        return self

    def predict(self, X, **predict_params):
        """Predict targets.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Features, handed to the regressor as they are.

        **predict_params : dict
            Further parameters of the regressor's `predict`; with metadata routing those that it
            requests.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Predictions in units of y, in the shape in which the regressor returns them; infinite
            where it leaves the range of floats.

        Raises
        ------
        ValueError
            If the regressor returns several arrays, such as with ``return_std=True``.
        """
        check_is_fitted(self)
        z = self.regressor_.predict(X, **self._routed("predict", predict_params))
        if isinstance(z, tuple):  # a standard deviation of z is none of y
            raise parameter_error(
                "predict_params",
                f"{type(self).__name__}.predict",
                "parameters with which the regressor returns one array",
                f"{', '.join(predict_params)}, with which it returns {len(z)}",
            )
        return LogScale(self.transform_, self.scale_).inverse(np.asarray(z, dtype=np.float64))

    def __sklearn_is_fitted__(self):
        return hasattr(self, "regressor_")
