"""How an estimator inside another is fitted: weights and other entries go where their rows go."""

from sklearn.utils.metadata_routing import process_routing

from skdir.utils._fitting.pipelines import (
    check_no_sampler_before,
    has_sampler,
    refuse_weights_behind,
)
from skdir.utils._fitting.rows import (
    has_entry_for_each_row,
    take_entries,
    take_rows,
    take_weight,
    used_rows,
)
from skdir.utils._fitting.sample_weight import fit_of, fit_with_weight, sample_weight_key
from skdir.utils._sklearn_compat import _routing_enabled, _safe_indexing
from skdir.utils._validation import parameter_error


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
    by_row = any(has_entry_for_each_row(value, len(y)) for value in fit_params.values())
    if has_sampler(regressor) and (sample_weight is not None or by_row):
        return _fit_resampled(regressor, X, y, sample_weight, fit_params, caller)
    check_no_sampler_before(regressor, len(y), fit_params, caller=caller)
    if sample_weight is None:
        regressor.fit(X, y, **fit_params)
        return regressor  # what its fit returns may be None
    key = sample_weight_key(regressor, caller=caller)
    fit_with_weight(regressor, X, y, key, sample_weight, fit_params, caller=caller)
    return regressor


def _fit_resampled(pipeline, X, y, sample_weight, fit_params, caller):
    """Fit the steps of a pipeline one by one, weights and parameters following the rows."""
    n_samples, by_step = len(y), _by_step(pipeline, fit_params, caller)
    rows = used_rows(sample_weight, n_samples)
    X, y = _safe_indexing(X, rows), y[rows]
    sampler = None
    for name, step in pipeline.steps[:-1]:
        params = take_rows(by_step.get(name, {}), rows, n_samples)
        refuse_weights_behind(sampler, name, params, caller)
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
    refuse_weights_behind(sampler, name, params, caller)
    fit_regressor(last, X, y, take_weight(sample_weight, rows), params, caller=caller)
    return pipeline


def _resample(sampler, X, y, rows, n_samples, params):
    """Resample rows; a relevance with one entry for each row of all is that of these."""
    relevance = getattr(sampler, "relevance", None)
    if has_entry_for_each_row(relevance, n_samples):
        sampler.set_params(relevance=take_entries(relevance, rows))
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
            raise parameter_error(key, fit_of(caller), f"one of a step ({steps})", repr(key))
        by_step[name][own] = value
    return by_step
