"""Samplers in pipelines: where they are, and what cannot pass them."""

from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object

from skdir.utils._fitting.rows import has_entry_for_each_row
from skdir.utils._fitting.sample_weight import fit_of, inner_estimators
from skdir.utils._sklearn_compat import _routing_enabled
from skdir.utils._validation import parameter_error


def has_sampler(estimator):
    """Tell whether an estimator is a pipeline in which a sampler changes the rows."""
    if not isinstance(estimator, Pipeline):
        return False
    return any(hasattr(step, "fit_resample") or has_sampler(step) for _, step in estimator.steps)


def check_no_sampler_before(estimator, n_samples, fit_params, *, caller):
    """Raise if a sampler changes the rows before a parameter with an entry for each is used.

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
        if not has_entry_for_each_row(value, n_samples):
            continue
        sampler = _sampler_before(estimator, key)
        if sampler is not None:
            _refuse_entries(key, sampler, n_samples, caller)


def refuse_weights_behind(sampler, name, params, caller):
    """Raise if a step behind a sampler has weights: the sampler would not see which are zero."""
    for key, value in params.items() if sampler is not None else ():
        if key.endswith("sample_weight") and value is not None:
            _refuse_entries(f"{name}__{key}", sampler, len(value), caller)


def _refuse_entries(key, sampler, n_samples, caller):
    """Raise the error for entries of rows that a sampler changes."""
    weights = key.endswith("sample_weight")
    hint = "pass them as sample_weight, which follows the rows" if weights else "resample first"
    raise parameter_error(
        key,
        fit_of(caller),
        f"without an entry for each row, since the sampler {type(sampler).__name__} changes the "
        f"rows before they are used ({hint})",
        f"{n_samples} entries",
    )


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
