"""How an estimator inside another is fitted: weights and other entries go where their rows go."""

from collections.abc import Mapping, Set

import numpy as np
from sklearn import config_context
from sklearn.base import is_regressor
from sklearn.pipeline import Pipeline
from sklearn.utils import indexable
from sklearn.utils.metadata_routing import get_routing_for_object, process_routing

from skdir.utils._fitting.sample_weight import inner_estimators, requests_weight, sample_weight_key
from skdir.utils._sklearn_compat import (
    HasMethods,
    _routing_enabled,
    _safe_indexing,
)
from skdir.utils._validation import parameter_error


def looks_like_regressor(estimator):
    """Tell whether an object is an instance of a regressor, fitted or not.

    A stack with its default final estimator, and what is around it, has no `predict` before `fit`.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        return False
    if hasattr(estimator, "predict"):
        return True
    return hasattr(estimator, "__sklearn_tags__") and is_regressor(estimator)


class RegressorConstraint(HasMethods):
    """The constraint of a parameter that is a regressor."""

    def __init__(self):
        super().__init__(["fit", "predict"])

    def is_satisfied_by(self, val):
        """Tell whether a value is a regressor."""
        return looks_like_regressor(val)


def fit_with_weight(estimator, X, y, key, weight, fit_params, *, caller):
    """Fit an estimator, handing the weight to whom it is for.

    With metadata routing an inner pipeline or search refuses a weight that nobody in it has
    requested. If the user has set no request, the weight goes the way it goes without routing.
    """
    if key in fit_params:
        raise parameter_error(
            key, _fit_of(caller), "left out, where sample_weight takes its place", "it beside it"
        )
    if not _routing_enabled() or (key == "sample_weight" and not _is_router(estimator)):
        return estimator.fit(X, y, **fit_params, **{key: weight})
    if requests_weight(estimator):
        return estimator.fit(X, y, **fit_params, sample_weight=weight)
    with config_context(enable_metadata_routing=False):
        return estimator.fit(X, y, **fit_params, **{key: weight})


def _is_router(estimator):
    """Tell whether an estimator routes metadata to others."""
    return isinstance(estimator, Pipeline) or any(
        hasattr(value, "fit") or isinstance(value, (list, tuple))
        for value in estimator.get_params(deep=False).values()
    )


def fit_regressor(regressor, X, y, sample_weight=None, fit_params=None, *, caller=None):
    """Fit a regressor in place, its weights and parameters following the rows.

    Through a pipeline with samplers the weights, and parameters with one entry for each row, go
    with the rows: a row that a sampler adds has those of its seed. Rows of weight zero are not
    sampled.

    Parameters
    ----------
    regressor : estimator
        A regressor that may be written to.

    X, y : array-like
        Valid features and targets.

    sample_weight : ndarray of shape (n_samples,), default=None
        Valid weights.

    fit_params : dict, default=None
        Further parameters of the regressor's `fit`.

    caller : str, default=None
        Name of the class or function, whose parameter `regressor` it is, for messages; None where
        it is no such parameter.

    Returns
    -------
    regressor : estimator
        The regressor itself, fitted.

    Raises
    ------
    ValueError
        If weights are given that reach nobody, or rows that a sampler has changed.
    """
    fit_params = {} if fit_params is None else fit_params
    by_row = any(_has_entry_for_each_row(value, len(y)) for value in fit_params.values())
    if has_sampler(regressor) and (sample_weight is not None or by_row):
        return _fit_resampled(regressor, X, y, sample_weight, fit_params, caller)
    check_no_sampler_before(regressor, len(y), fit_params, caller=caller)
    if sample_weight is None:
        regressor.fit(X, y, **fit_params)
        return regressor  # what its fit returns may be None
    key = sample_weight_key(regressor, caller=caller)
    fit_with_weight(regressor, X, y, key, sample_weight, fit_params, caller=caller)
    return regressor


def has_sampler(estimator):
    """Tell whether an estimator is a pipeline in which a sampler changes the rows."""
    if not isinstance(estimator, Pipeline):
        return False
    return any(hasattr(step, "fit_resample") or has_sampler(step) for _, step in estimator.steps)


def _fit_resampled(pipeline, X, y, sample_weight, fit_params, caller):
    """Fit the steps of a pipeline one by one, weights and parameters following the rows."""
    n_samples, by_step = len(y), _by_step(pipeline, fit_params, caller)
    rows = np.arange(len(y)) if sample_weight is None else np.flatnonzero(sample_weight > 0)
    X, y = _safe_indexing(X, rows), y[rows]
    sampler = None
    for name, step in pipeline.steps[:-1]:
        params = take_rows(by_step.get(name, {}), rows, n_samples)
        _refuse_weights_behind(sampler, name, params, caller)
        if hasattr(step, "fit_resample"):
            X, y = _resample(step, X, y, rows, n_samples, params)
            if not hasattr(step, "sample_indices_"):
                raise ValueError(
                    f"The sampler {type(step).__name__} (step {name!r}) does not say in "
                    "sample_indices_ where its rows come from, so that weights cannot follow them"
                )
            rows, sampler = rows[step.sample_indices_], step
        elif step is not None and step != "passthrough":
            if hasattr(step, "fit_transform"):
                X = step.fit_transform(X, y, **params)
            else:
                X = step.fit(X, y, **params).transform(X)
    name, last = pipeline.steps[-1]
    params = take_rows(by_step.get(name, {}), rows, n_samples)
    _refuse_weights_behind(sampler, name, params, caller)
    weight = None if sample_weight is None else sample_weight[rows]
    fit_regressor(last, X, y, weight, params, caller=caller)
    return pipeline


def _resample(sampler, X, y, rows, n_samples, params):
    """Resample rows; a relevance with one entry for each row of all is that of these."""
    relevance = getattr(sampler, "relevance", None)
    if _has_entry_for_each_row(relevance, n_samples):
        sampler.set_params(relevance=_take(relevance, rows))
    try:
        return sampler.fit_resample(X, y, **params)
    finally:
        if relevance is not None:
            sampler.set_params(relevance=relevance)


def _by_step(pipeline, fit_params, caller):
    """Return the parameters of `fit` for each step of a pipeline."""
    if not fit_params:
        return {}
    if _routing_enabled():
        routed = process_routing(pipeline, "fit", **fit_params)
        return {
            name: next((params for params in routed[name].values() if params), {})
            for name, step in pipeline.steps
            if name in routed
        }
    by_step = {name: {} for name, _ in pipeline.steps}
    for key, value in fit_params.items():
        name, found, own = key.partition("__")
        if not found or name not in by_step:
            steps = ", ".join(f"{step}__..." for step in by_step)
            raise parameter_error(key, _fit_of(caller), f"one of a step ({steps})", repr(key))
        by_step[name][own] = value
    return by_step


def check_no_sampler_before(estimator, n_samples, fit_params, *, caller):
    """Refuse parameters with one entry for each row if a sampler changes the rows before them.

    Parameters
    ----------
    estimator : estimator
        The estimator whose `fit` gets the parameters.

    n_samples : int
        Number of rows.

    fit_params : dict
        Parameters of `fit`.

    caller : str
        Name of the class or function for the message.

    Raises
    ------
    ValueError
        If there is such a parameter.
    """
    for key, value in fit_params.items():
        if not _has_entry_for_each_row(value, n_samples):
            continue
        sampler = _sampler_before(estimator, key)
        if sampler is not None:
            _refuse_entries(key, sampler, n_samples, caller)


def _refuse_weights_behind(sampler, name, params, caller):
    """Refuse weights of one step behind a sampler, which does not see which rows weigh nothing."""
    for key, value in params.items() if sampler is not None else ():
        if key.endswith("sample_weight") and value is not None:
            _refuse_entries(f"{name}__{key}", sampler, len(value), caller)


def _refuse_entries(key, sampler, n_samples, caller):
    """Raise the error for entries of rows that a sampler changes."""
    weights = key.endswith("sample_weight")
    hint = "pass them as sample_weight, which follows the rows" if weights else "resample first"
    raise parameter_error(
        key,
        _fit_of(caller),
        f"without an entry for each row, since the sampler {type(sampler).__name__} changes the "
        f"rows before they are used ({hint})",
        f"{n_samples} entries",
    )


def take_rows(params, rows, n_samples):
    """Return parameters of `fit` for some of the rows.

    Parameters
    ----------
    params : dict
        Parameters of `fit` for all rows. Those with one entry for each row are cut.

    rows : ndarray of int
        Numbers of the rows, which may be repeated.

    n_samples : int
        Number of all rows.

    Returns
    -------
    params : dict
        Parameters of `fit` for these rows.
    """
    return {
        key: _take(value, rows) if _has_entry_for_each_row(value, n_samples) else value
        for key, value in params.items()
    }


def _take(value, rows):
    """Return entries of any container, in one of its kind."""
    return _safe_indexing(*indexable(value), rows)


def _has_entry_for_each_row(value, n_samples):
    """Tell whether a parameter of `fit` has one entry for each row."""
    if getattr(value, "shape", None):
        return value.shape[0] == n_samples
    whole = isinstance(value, (str, bytes, Mapping, Set))
    return hasattr(value, "__len__") and not whole and len(value) == n_samples


def _sampler_before(estimator, key):
    """Return the sampler that changes the rows before a parameter of `fit` is used, or None."""
    if not isinstance(estimator, Pipeline):
        inner = (_sampler_before(other, key) for other in inner_estimators(estimator))
        return next(filter(None, inner), None)
    sampler = None
    first, _, own = key.partition("__")
    for name, step in estimator.steps:
        if _routing_enabled():
            reached = hasattr(step, "fit") and get_routing_for_object(step).consumes("fit", [key])
            own = key
        else:
            reached = name == first
        if reached:
            found = sampler if sampler is not None else _sampler_before(step, own)
            if found is not None:
                return found
        if hasattr(step, "fit_resample"):
            sampler = step
    return None


def _fit_of(caller):
    """Return the name of the method whose parameters are wrong."""
    return "fit" if caller is None else f"{caller}.fit"


def probabilities(weight):
    """Return the probabilities of rows that are drawn in proportion to valid weights."""
    weight = weight / weight.max()  # first, so that no sum leaves the range of floats
    return weight / weight.sum()
