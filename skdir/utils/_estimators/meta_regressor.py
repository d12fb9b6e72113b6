"""What regressors around a regressor share: validation of the data, routing, tags."""

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin
from sklearn.linear_model import LinearRegression
from sklearn.utils import RegressorTags, column_or_1d, get_tags, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._estimators.components import DefaultComponents
from skdir.utils._estimators.tags import strategy_tags, with_strategy_tags
from skdir.utils._sklearn_compat import _routing_enabled
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    check_unmasked,
    parameter_error,
    plain_array,
)


def _regressor_has(attribute):
    """Tell whether the (fitted) regressor has a method."""

    def check(self):
        getattr(getattr(self, "regressor_", self._get_regressor()), attribute)
        return True

    return check


def check_fit_data(X, y, sample_weight, regressor, *, caller, min_samples=1):
    """Validate data; return X with rows, y as it came, the target as floats and the weights.

    A column, of shape (n_samples, 1), stays one, since there are regressors that need it, such as
    nets. One that takes several targets would take it silently: then it warns as scikit-learn does.
    """
    if y is None:
        raise ValueError(
            f"This {caller} estimator requires y to be passed, but the target y is None."
        )
    check_unmasked(X, caller=caller)
    given = y
    y = plain_array(y, caller=caller, name="y", accepted="a 1-d array of numbers")
    if y.dtype.kind == "c":
        got = f"dtype {y.dtype} (Complex data not supported)"  # words that scikit-learn asks for
        raise parameter_error("y", caller, "an array of real numbers", got)
    if y.ndim == 2 and y.shape[1] == 1:
        given = column_or_1d(y, warn=tags_of(regressor).target_tags.multi_output)
    target = check_target(given, caller=caller, min_samples=min_samples)
    if y.dtype.kind not in "biuf":  # such as numbers that are objects
        y = target.reshape(y.shape)
    (X,) = indexable(X)
    check_consistent_length(X, target)
    weight = check_sample_weight(sample_weight, len(target), caller=caller)
    return X, y, target, check_sum(weight, caller=caller)


def check_sum(weight, *, caller):
    """Validate that the sum of weights, by which regressors divide, is finite; return them."""
    with np.errstate(over="ignore"):
        total = 0.0 if weight is None else weight.sum()
    if np.isfinite(total):
        return weight
    raise parameter_error(
        "sample_weight",
        caller,
        "small enough that float64 holds their sum (divide them by the largest)",
        f"{weight.max():g} at the most",
    )


def tags_of(regressor):
    """Return the tags of anything that fits and predicts; scikit-learn asks for a base class."""
    tags = get_tags(regressor if hasattr(regressor, "__sklearn_tags__") else BaseEstimator())
    if tags.regressor_tags is None:  # of one that is not derived from RegressorMixin
        tags.regressor_tags = RegressorTags()
    return tags


def tags_around(tags, regressor, *, poor_score=True):
    """Return the tags of a regressor that is made around another one."""
    inner = tags_of(regressor)
    tags.input_tags = inner.input_tags
    tags.regressor_tags.poor_score = poor_score or inner.regressor_tags.poor_score
    tags.non_deterministic = inner.non_deterministic
    return tags


def one_per_row(y_pred, X, regressor, *, caller, params=()):
    """Validate that there is one prediction for each row; return them as they came.

    Parameters
    ----------
    y_pred : object
        What the regressor has returned.

    X : array-like of shape (n_samples, n_features)
        Features of the rows.

    regressor : estimator
        The regressor, for the message.

    caller : str
        Name of the class that the user has called.

    params : iterable of str, default=()
        Parameters that the regressor's `predict` was given.

    Returns
    -------
    y_pred : ndarray of shape (n_samples,) or (n_samples, 1)
        Predictions.

    Raises
    ------
    ValueError
        If they have another shape.
    """
    (X,) = indexable(X)
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    if not isinstance(y_pred, tuple):
        y_pred = np.asarray(y_pred)
        if y_pred.shape in ((n_rows,), (n_rows, 1)):
            return y_pred
        got = f"predictions of shape {y_pred.shape}"
    else:
        got = "a tuple"
    given = f" with {', '.join(params)}" if params else ""
    raise parameter_error(
        "regressor",
        caller,
        f"a regressor that predicts one number for each row (here {n_rows})",
        f"{got} from {type(regressor).__name__}{given}",
    )


def finite_per_row(y_pred, X, regressor, *, caller, params=()):
    """Validate predictions as `one_per_row` does, and that they are finite; return them."""
    y_pred = one_per_row(y_pred, X, regressor, caller=caller, params=params)
    finite = np.isfinite(y_pred)
    if finite.all():
        return y_pred
    raise parameter_error(
        "regressor",
        caller,
        "a regressor with finite predictions",
        f"{(~finite).sum()} of {finite.size} from {type(regressor).__name__} that are NaN or "
        "infinite",
    )


class MetaRegressor(
    DefaultComponents, VersionedPickle, MetaEstimatorMixin, RegressorMixin, BaseEstimator
):
    """Base of regressors made of one or several fits of one, the parameter `regressor`."""

    # Name of the attribute with a fitted regressor that has seen X.
    _fitted = "regressor_"
    # Whether rare targets may cost it some score.
    _poor_score = True
    # What it does about the imbalance; None is what its regressor does.
    _strategy_kind = None

    def _check_data(self, X, y, sample_weight, min_samples=1):
        """Validate data; return X with rows, y as it came, the target as floats and the weights."""
        regressor, caller = self._get_regressor(), type(self).__name__
        return check_fit_data(
            X, y, sample_weight, regressor, caller=caller, min_samples=min_samples
        )

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
            raise AttributeError(f"{type(self).__name__} has no n_features_in_ before fit.")
        return getattr(self, self._fitted).n_features_in_

    def get_metadata_routing(self):
        """Return how metadata is routed: `sample_weight` to this object, the rest to the regressor.

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
        tags, regressor = super().__sklearn_tags__(), self._get_regressor()
        tags = tags_around(tags, regressor, poor_score=self._poor_score)
        kind = self._strategy_kind or strategy_tags(regressor).kind
        return with_strategy_tags(tags, kind=kind)

    def _get_regressor(self):
        """Return the regressor, or the default one."""
        return self._component("regressor")

    def _default_components(self):
        return {"regressor": LinearRegression}


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
            Predictions, in units of y; in the shape in which the regressor returns them.
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
