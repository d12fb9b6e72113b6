"""Fits inside the folds: sample weights that reach the last step, seeds, and folds."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.ensemble import VotingRegressor
from sklearn.model_selection import KFold, check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from skdir.utils._fit_context import fit_context
from skdir.utils._sklearn_compat import HasMethods, _safe_indexing
from skdir.utils._validation import parameter_error
from skdir.weighting._sample_weight import fit_with_weight, sample_weight_key


def fit_regressor(regressor, X, y, sample_weight=None):
    """Fit in place; weights go where the estimator takes them, such as a pipeline's last step.

    A row that a sampler adds has the weight of its seed, and rows of weight zero are not sampled.
    """
    if sample_weight is None:
        return regressor.fit(X, y)
    if has_sampler(regressor):
        return _fit_resampled(regressor, X, y, sample_weight)
    by_name = has_fit_parameter(regressor, "sample_weight")
    if by_name or isinstance(regressor, VotingRegressor):  # which takes it as a keyword
        key = "sample_weight"
    else:
        key = sample_weight_key(regressor, allow_none=True)
    if key is None:
        raise ValueError(f"{type(regressor).__name__} takes no sample_weight in fit")
    return fit_with_weight(regressor, X, y, key, sample_weight, {})


def has_sampler(estimator):
    """Tell whether an estimator is a pipeline in which a sampler changes the rows."""
    return isinstance(estimator, Pipeline) and any(
        hasattr(step, "fit_resample") for _, step in estimator.steps
    )


def _fit_resampled(pipeline, X, y, sample_weight):
    """Fit the steps of a pipeline one by one, the weights following the rows."""
    used = np.flatnonzero(sample_weight > 0)
    X, y, weight = _safe_indexing(X, used), y[used], sample_weight[used]
    for name, step in pipeline.steps[:-1]:
        if hasattr(step, "fit_resample"):
            X, y = step.fit_resample(X, y)
            if not hasattr(step, "sample_indices_"):
                raise ValueError(
                    f"The sampler {type(step).__name__} (step {name!r}) does not say in "
                    "sample_indices_ where its rows come from, so that weights cannot follow them"
                )
            weight = weight[step.sample_indices_]
        elif step is not None and step != "passthrough":
            X = step.fit_transform(X, y)
    fit_regressor(pipeline.steps[-1][1], X, y, weight)
    return pipeline


class PassesWeight(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """A regressor whose `fit` takes `sample_weight` by this name, as an ensemble hands it on.

    Parameters
    ----------
    regressor : estimator object
        Regressor, typically a Pipeline, which knows the weights only as
        ``laststep__sample_weight``.
    """

    _parameter_constraints: dict = {"regressor": [HasMethods(["fit", "predict"])]}

    def __init__(self, regressor):
        self.regressor = regressor

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Fit a clone of the regressor."""
        self.regressor_ = fit_regressor(clone(self.regressor), X, y, sample_weight)
        return self

    def predict(self, X):
        """Predict with the fitted clone."""
        check_is_fitted(self)
        return self.regressor_.predict(X)

    @property
    def n_features_in_(self):
        """Number of features seen by the fitted clone."""
        return self.regressor_.n_features_in_


def set_seed(estimator, seed):
    """Give every `random_state` parameter that is None this seed; others keep theirs."""
    if seed is None:
        return estimator
    return estimator.set_params(
        **{
            name: seed
            for name, value in sorted(estimator.get_params(deep=True).items())
            if value is None and (name == "random_state" or name.endswith("__random_state"))
        }
    )


def make_folds(cv, X, y, random_state, *, caller):
    """Return the folds as a list of (training indices, test indices)."""
    n = len(y)
    if cv is None or isinstance(cv, (str, bytes, bool)):
        raise parameter_error(
            "cv", caller, "a number of folds, a splitter or an iterable of splits", repr(cv)
        )
    if isinstance(cv, numbers.Integral):
        if not 2 <= cv <= n:
            raise parameter_error(
                "cv", caller, f"a number of folds from 2 to the number of rows ({n})", cv
            )
        cv = KFold(int(cv), shuffle=True, random_state=random_state)
    try:
        folds = list(check_cv(cv).split(X, y))
    except TypeError:
        raise parameter_error(
            "cv", caller, "a number of folds, a splitter or an iterable of splits", repr(cv)
        ) from None
    except ValueError as error:  # a splitter with more folds than rows says so itself
        raise parameter_error("cv", caller, "able to split X and y", f"{cv!r} ({error})") from None
    folds = [tuple(_as_indices(part, n, caller) for part in fold) for fold in folds]
    if not folds or any(len(fold) != 2 for fold in folds):
        raise parameter_error(
            "cv", caller, "an iterable of at least one (training, test) pair", repr(cv)
        )
    return folds


def _as_indices(part, n, caller):
    """Return the rows of one part of a fold, given as indices or as a mask."""
    part = np.asarray(part)
    if part.dtype == bool and part.shape == (n,):
        part = np.flatnonzero(part)
    if part.ndim != 1 or part.dtype.kind not in "iu" or not len(part):
        raise parameter_error(
            "cv", caller, "an iterable of non-empty index arrays or masks", repr(part)
        )
    if part.min() < -n or part.max() >= n:
        raise parameter_error("cv", caller, f"made of rows below {n}", f"row {part.max()}")
    return part
