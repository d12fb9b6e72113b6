"""How a sample weight reaches the estimator that takes it."""

import inspect

from sklearn import config_context
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from skdir.utils._sklearn_compat import _routing_enabled


def sample_weight_key(estimator, *, allow_none=False):
    """Return the keyword of `estimator.fit` that carries the sample weight.

    "sample_weight" itself, "step__sample_weight" for the last step of a pipeline, the inner
    estimator's keyword for a search or meta-estimator that hands its keywords on. Without any,
    None if `allow_none`, else an error that names the estimator and the ways out.
    """
    key = _find_key(estimator)
    if key is None and not allow_none:
        raise ValueError(
            f"The 'regressor' parameter of WeightedRegressor must be a regressor whose 'fit' "
            f"takes sample_weight. Got {type(_innermost(estimator)).__name__} instead, which "
            "does not: use unsupported='resample', which fits it to rows drawn by their weights, "
            "or a regressor that takes weights."
        )
    return key


def _find_key(estimator):
    """Return the keyword, or None if the weight reaches nobody."""
    if isinstance(estimator, Pipeline):
        for name, step in estimator.steps:
            if hasattr(step, "fit_resample"):
                raise ValueError(
                    "The 'regressor' parameter of WeightedRegressor must be a pipeline without "
                    f"samplers. Got the sampler {type(step).__name__} as step {name!r}, which "
                    "changes the number of rows after the weights are computed: put "
                    "WeightedRegressor behind the sampler, as the pipeline's last step."
                )
        name, last = estimator.steps[-1]
        key = _find_key(last)
        return None if key is None else f"{name}__{key}"
    keys = {_find_key(inner) for inner in _inner(estimator)}
    if _has_list(estimator):  # these hand it to each by this name only
        return "sample_weight" if keys == {"sample_weight"} else None
    if has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight"
    return keys.pop() if keys else None


def _has_list(estimator):
    """Tell whether an estimator combines several, as voting and stacking do."""
    return isinstance(getattr(estimator, "estimators", None), list)


def _inner(estimator):
    """Return the inner estimators to which a meta-estimator hands on the keywords of `fit`."""
    if _has_list(estimator):
        return [inner for _, inner in estimator.estimators if hasattr(inner, "fit")]
    parameters = inspect.signature(estimator.fit).parameters.values()
    if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return []
    for name in ("estimator", "regressor"):
        inner = getattr(estimator, name, None)
        if hasattr(inner, "fit"):
            return [inner]
    return []


def _innermost(estimator):
    """Return the estimator that would have to take the weight."""
    if isinstance(estimator, Pipeline):
        return _innermost(estimator.steps[-1][1])
    for inner in _inner(estimator):
        if _find_key(inner) is None:
            return _innermost(inner)
    return estimator


def fit_with_weight(estimator, X, y, key, weight, fit_params):
    """Fit an estimator, handing the weight to whom it is for.

    With metadata routing an inner pipeline or search refuses a weight that nobody in it has
    requested. If the user has set no request, the weight goes the way it goes without routing.
    """
    if not _routing_enabled() or (key == "sample_weight" and not _is_router(estimator)):
        return estimator.fit(X, y, **fit_params, **{key: weight})
    if _requests_weight(estimator):
        return estimator.fit(X, y, **fit_params, sample_weight=weight)
    with config_context(enable_metadata_routing=False):
        return estimator.fit(X, y, **fit_params, **{key: weight})


def _is_router(estimator):
    """Tell whether an estimator routes metadata to others."""
    return isinstance(estimator, Pipeline) or any(
        hasattr(value, "fit") or isinstance(value, (list, tuple))
        for value in estimator.get_params(deep=False).values()
    )


def _requests_weight(estimator):
    """Tell whether any part of an estimator has requested sample weights for `fit`."""
    return bool(estimator.get_metadata_routing().consumes("fit", ["sample_weight"]))
