"""Weights of rows in a fit: the keyword that carries them, the hand-over, and their products."""

import inspect

import numpy as np
from sklearn import config_context
from sklearn.feature_selection import RFECV
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from skdir.utils._sklearn_compat import _routing_enabled
from skdir.utils._validation import parameter_error


def sample_weight_key(estimator, *, caller, resample=None):
    """Return the keyword of `estimator.fit` that carries the sample weight.

    Parameters
    ----------
    estimator : estimator
        A regressor.

    caller : str or None
        Name of the class or function, whose parameter `regressor` it is, for messages; None where
        it is no such parameter.

    resample : bool, default=None
        For classes that compute weights: whether they draw rows where the regressor takes none.
        None for others, which hand on weights that are given.

    Returns
    -------
    key : str or None
        "sample_weight" itself, "step__sample_weight" for the last step of a pipeline, the inner
        estimator's keyword for a search or meta-estimator that hands its keywords on. None for no
        such keyword, if `resample`.

    Raises
    ------
    ValueError
        If the weight reaches nobody, or rows that a sampler has changed.
    """
    name, sampler = _sampler_inside(estimator) or (None, None)
    if sampler is not None:
        remedy = (
            "give the pipeline itself as the regressor, so that weights are resampled with their "
            "rows"
            if resample is None
            else f"put {caller} behind the sampler, as the pipeline's last step"
        )
        subject = "regressor" if caller is None else f"'regressor' parameter of {caller}"
        raise ValueError(
            f"The {subject} must be a pipeline without samplers. Got the sampler "
            f"{type(sampler).__name__} as step {name!r}, which changes the rows, so that the "
            f"weights would meet other ones: {remedy}."
        )
    key = _find_key(estimator)
    if key is not None or resample:
        return key
    accepted = "a regressor whose 'fit' takes sample_weight"
    got = type(_innermost(estimator)).__name__
    if caller is None:
        raise ValueError(f"{got} takes no sample_weight in fit")
    if resample is None:
        raise parameter_error("regressor", caller, f"{accepted}, if weights are given", got)
    raise ValueError(
        f"The 'regressor' parameter of {caller} must be {accepted}. Got {got} instead, which does "
        "not: use unsupported='resample', which fits it to rows drawn by their weights, or a "
        "regressor that takes weights."
    )


def _find_key(estimator):
    """Return the keyword, or None if the weight reaches nobody."""
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        key = _find_key(last)
        return None if key is None else f"{name}__{key}"
    if _takes_weight(estimator):
        return "sample_weight"
    keys = {_find_key(inner) for inner in inner_estimators(estimator)}
    if has_list(estimator):  # these hand it to each by this name only
        return "sample_weight" if keys == {"sample_weight"} else None
    return keys.pop() if keys else None


def _sampler_inside(estimator):
    """Return the name and the sampler of a pipeline that a weight would pass, or None."""
    if isinstance(estimator, Pipeline):
        for name, step in estimator.steps:
            if hasattr(step, "fit_resample"):
                return name, step
        return _sampler_inside(estimator.steps[-1][1])
    inner = [] if _takes_weight(estimator) else inner_estimators(estimator)
    return next(filter(None, map(_sampler_inside, inner)), None)


def _takes_weight(estimator):
    """Tell whether `fit` of an estimator takes the weight itself, whatever is in it."""
    if not hasattr(estimator, "fit") or has_list(estimator):
        return False
    return has_fit_parameter(estimator, "sample_weight")


def has_list(estimator):
    """Tell whether an estimator combines several, as voting and stacking do."""
    several = getattr(estimator, "estimators", None)
    return isinstance(several, list) and all(
        isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in several
    )


def inner_estimators(estimator):
    """Return the inner estimators to which a meta-estimator hands on the keywords of `fit`."""
    if not hasattr(estimator, "fit"):  # such as "passthrough"
        return []
    if has_list(estimator):
        inner = [inner for _, inner in estimator.estimators if hasattr(inner, "fit")]
        if hasattr(estimator, "final_estimator"):
            final = estimator.final_estimator
            inner.append(RidgeCV() if final is None else final)
        return inner
    if isinstance(estimator, RFECV) and not (_routing_enabled() and requests_weight(estimator)):
        return []  # its fit has such keywords, and refuses them
    parameters = inspect.signature(estimator.fit).parameters.values()
    if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return []
    names = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    for name in ("estimator", "regressor"):
        inner = getattr(estimator, name, None)
        if hasattr(inner, "fit"):
            return [inner]
        if name in names and inner is None:  # the default of scikit-learn's transformed target
            return [LinearRegression()]
    return []


def requests_weight(estimator):
    """Tell whether any part of an estimator has requested sample weights for `fit`."""
    return bool(estimator.get_metadata_routing().consumes("fit", ["sample_weight"]))


def _innermost(estimator):
    """Return the estimator that would have to take the weight."""
    if isinstance(estimator, Pipeline):
        return _innermost(estimator.steps[-1][1])
    for inner in inner_estimators(estimator):
        if _find_key(inner) is None:
            return _innermost(inner)
    return estimator


def fit_with_weight(estimator, X, y, key, weight, fit_params, *, caller):
    """Fit an estimator, passing the weight by its keyword.

    With metadata routing an inner pipeline or search refuses a weight that nobody in it has
    requested. If the user has set no request, the weight goes the way it goes without routing.
    """
    if key in fit_params:
        raise parameter_error(
            key,
            fit_of(caller),
            "left out, where sample_weight takes its place",
            "it beside it",
        )
    if not _routing_enabled() or (key == "sample_weight" and not _is_router(estimator)):
        return estimator.fit(X, y, **fit_params, **{key: weight})
    if requests_weight(estimator):
        return estimator.fit(X, y, **fit_params, sample_weight=weight)
    with config_context(enable_metadata_routing=False):
        return estimator.fit(X, y, **fit_params, **{key: weight})


def fit_of(caller):
    """Return the name of the method whose parameters are wrong."""
    return "fit" if caller is None else f"{caller}.fit"


def _is_router(estimator):
    """Tell whether an estimator routes metadata to others."""
    return isinstance(estimator, Pipeline) or any(
        hasattr(value, "fit") or isinstance(value, (list, tuple))
        for value in estimator.get_params(deep=False).values()
    )


def multiply_weights(weight, sample_weight):
    """Return the weights of a weighter times the user's, infinite beyond the range of floats.

    Parameters
    ----------
    weight : ndarray of shape (n_samples,)
        What the weighter returned, valid.

    sample_weight : ndarray of shape (n_samples,) or None
        The user's weights, valid.

    Returns
    -------
    weight : ndarray of shape (n_samples,)
        A new array.
    """
    if sample_weight is None:
        return np.array(weight)
    with np.errstate(over="ignore"):
        return weight * sample_weight


def probabilities(weight):
    """Return the probabilities of rows that are drawn in proportion to valid weights."""
    weight = weight / weight.max()  # first, so that no sum leaves the range of floats
    return weight / weight.sum()
