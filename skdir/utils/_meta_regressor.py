"""What regressors around a regressor share: validation of the data, routing, tags."""

from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin
from sklearn.linear_model import LinearRegression
from sklearn.utils import check_array, column_or_1d, get_tags, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skdir.utils._sklearn_compat import _routing_enabled
from skdir.utils._validation import check_sample_weight, check_target, check_unmasked


def _regressor_has(attribute):
    """Tell whether the (fitted) regressor has a method."""

    def check(self):
        getattr(getattr(self, "regressor_", self._get_regressor()), attribute)
        return True

    return check


def check_fit_data(X, y, sample_weight, *, caller, min_samples=1):
    """Return X that has rows, y as it came, the target as floats and the valid weights."""
    if y is None:
        raise ValueError(
            f"This {caller} estimator requires y to be passed, but the target y is None."
        )
    check_unmasked(X, caller=caller)
    check_unmasked(y, caller=caller, name="y")
    y = column_or_1d(check_array(y, ensure_2d=False, dtype=None, input_name="y"), warn=True)
    target = check_target(y, caller=caller, min_samples=min_samples)
    (X,) = indexable(X)
    check_consistent_length(X, target)
    return X, y, target, check_sample_weight(sample_weight, len(target), caller=caller)


def tags_around(tags, regressor):
    """Return the tags of a regressor around another, whose rare targets cost it some score."""
    inner = get_tags(regressor)
    tags.input_tags = inner.input_tags
    tags.regressor_tags.poor_score = True
    tags.non_deterministic = inner.non_deterministic
    return tags


class SeenByRegressor:
    """What the fitted regressor, `regressor_`, has seen of X."""

    @property
    def n_features_in_(self):
        """Number of features seen in `fit`."""
        return self._from_regressor("n_features_in_")

    @property
    def feature_names_in_(self):
        """Names of the features seen in `fit`."""
        return self._from_regressor("feature_names_in_")

    def _from_regressor(self, name):
        """Return an attribute of the fitted regressor, an AttributeError where there is none."""
        if "regressor_" not in vars(self):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r} before fit")
        return getattr(self.regressor_, name)


class MetaRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """Base of regressors made of one or several fits of one, the parameter `regressor`."""

    # Name of the attribute with a fitted regressor that has seen X.
    _fitted = "regressor_"

    def _check_data(self, X, y, sample_weight):
        """Return X that has rows, y as it came, the target as floats and the valid weights."""
        return check_fit_data(X, y, sample_weight, caller=type(self).__name__)

    def _routed(self, method, params):
        """Return the parameters that the regressor gets."""
        if not _routing_enabled():
            return params
        return process_routing(self, method, **params).regressor[method]

    def _set_names(self, fitted):
        """Take over the names of features that a fitted regressor has seen, if any."""
        if hasattr(fitted, "feature_names_in_"):
            self.feature_names_in_ = fitted.feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    @property
    def n_features_in_(self):
        """Number of features seen during `fit`."""
        if not hasattr(self, self._fitted):
            raise AttributeError(f"{type(self).__name__} object has no n_features_in_ attribute.")
        return getattr(self, self._fitted).n_features_in_

    def get_metadata_routing(self):
        """Return how metadata is routed: the own `sample_weight`, the rest to the regressor.

        Returns
        -------
        routing : MetadataRouter
            The requests of this object and of its regressor.
        """
        mapping = MethodMapping()
        for method in ("fit", "predict"):
            mapping.add(caller=method, callee=method)
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(regressor=self._get_regressor(), method_mapping=mapping)

    def __sklearn_tags__(self):
        return tags_around(super().__sklearn_tags__(), self._get_regressor())

    def _get_regressor(self):
        """Return the regressor, or the default one."""
        return LinearRegression() if self.regressor is None else self.regressor


class WrappedRegressor(MetaRegressor):
    """Base of regressors that predict with one fitted regressor, `regressor_`."""

    def predict(self, X, **predict_params):
        """Predict with the fitted regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        **predict_params : dict
            Further parameters of the regressor's `predict`; with metadata routing those that it
            requests.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Predictions, in units of y.
        """
        check_is_fitted(self)
        return self.regressor_.predict(X, **self._routed("predict", predict_params))

    @available_if(_regressor_has("staged_predict"))
    def staged_predict(self, X):
        """Predict after each stage of a boosted regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Yields
        ------
        y_pred : ndarray of shape (n_samples,)
            Predictions, in units of y.
        """
        check_is_fitted(self)
        yield from self.regressor_.staged_predict(X)
