"""What a picture of errors over the bandwidth shows, taken from a fitted search."""

from numbers import Real

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skdir.utils._validation import parameter_error


def curve_values(search, param, scores, fixed, negate, relative, param_name, error_name, *, caller):
    """Return the parameters of a BandwidthCurveDisplay by name."""
    results = _results(search, caller)
    _check_flags(negate, relative, caller)
    for name, value in (("param_name", param_name), ("error_name", error_name)):
        if not (value is None or isinstance(value, str)):
            raise parameter_error(name, caller, "None or a string", repr(value))
    param = _param(results["params"], param, caller)
    labels = _labels(results, scores, caller)
    rows = _rows(search, results["params"], param, fixed, caller)
    bandwidths = [results["params"][row][param] for row in rows]
    errors = {}
    for score, label in labels.items():
        values = _split_scores(results, score)[rows]
        if not np.isfinite(values.mean(axis=1)).any():
            accepted = "one of which a candidate was fitted on all folds"
            raise parameter_error("search", caller, accepted, f"none with the score {score!r}")
        below = not (values[np.isfinite(values)] > 0).any()
        errors[label] = -values if negate is True or (negate == "auto" and below) else values
    return {
        "bandwidths": bandwidths,
        "errors": errors,
        "param_name": param if param_name is None else param_name,
        "error_name": "error" if error_name is None else error_name,
        "relative": bool(relative),
    }


def _results(search, caller):
    """Return the results of a fitted search."""
    if isinstance(search, type) or not hasattr(search, "fit"):
        raise parameter_error(
            "search", caller, "a fitted GridSearchCV or alike", repr(search), error=TypeError
        )
    results = getattr(search, "cv_results_", None)
    if results is None:
        try:
            check_is_fitted(search)
        except NotFittedError:
            if hasattr(search, "cv"):
                raise NotFittedError(
                    f"The 'search' parameter of {caller} must be fitted. "
                    f"Got an unfitted {type(search).__name__} instead."
                ) from None
        raise parameter_error(
            "search", caller, "a fitted GridSearchCV or alike", repr(search), error=TypeError
        )
    return results


def _check_flags(negate, relative, caller):
    """Refuse what is neither yes nor no."""
    if not isinstance(negate, (bool, np.bool_)) and not (
        isinstance(negate, str) and negate == "auto"
    ):
        raise parameter_error("negate", caller, "True, False or 'auto'", repr(negate))
    if not isinstance(relative, (bool, np.bool_)):
        raise parameter_error("relative", caller, "True or False", repr(relative))


def _param(candidates, param, caller):
    """Return the parameter that is varied."""
    known = sorted({name for candidate in candidates for name in candidate})
    accepted = f"a parameter of the search ({', '.join(known)})"
    if param is None:
        found = [name for name in known if name.rpartition("__")[2] == "bandwidth"]
        if len(found) != 1:
            got = f"None, and {len(found)} of them are named bandwidth"
            raise parameter_error("param", caller, accepted, got)
        return found[0]
    if not isinstance(param, str) or param not in known:
        raise parameter_error("param", caller, accepted, repr(param))
    return param


def _labels(results, scores, caller):
    """Return the label of each score to draw."""
    prefix = "mean_test_"
    known = [name.removeprefix(prefix) for name in results if name.startswith(prefix)]
    if scores is None:
        return {name: name.removeprefix("neg_").replace("_", " ") for name in known}
    accepted = f"names of scores of the search ({', '.join(known)}), or a dict of them and labels"
    if isinstance(scores, str):
        scores = [scores]
    if not isinstance(scores, (list, tuple, dict)) or len(scores) == 0:
        raise parameter_error("scores", caller, accepted, repr(scores))
    for name in scores:
        if not isinstance(name, str) or name not in known:
            raise parameter_error("scores", caller, accepted, repr(name))
    if not isinstance(scores, dict):
        return {name: name.removeprefix("neg_").replace("_", " ") for name in scores}
    values = list(scores.values())
    if not all(isinstance(value, str) for value in values) or len(set(values)) < len(values):
        raise parameter_error("scores", caller, f"{accepted}, all different", repr(scores))
    return scores


def _rows(search, candidates, param, fixed, caller):
    """Return the candidates that differ in the parameter alone, in its order."""
    others = {name for candidate in candidates for name in candidate} - {param}
    varied = sorted(
        name for name in others if len({repr(candidate.get(name)) for candidate in candidates}) > 1
    )
    if fixed is None:
        fixed = getattr(search, "best_params_", {}) if varied else {}
    elif not isinstance(fixed, dict) or not set(fixed) <= others:
        accepted = f"a dict of other parameters of the search ({', '.join(sorted(others))})"
        raise parameter_error("fixed", caller, accepted, repr(fixed))
    missing = [name for name in varied if name not in fixed]
    if missing:
        accepted = f"a dict that holds a value of {', '.join(missing)}"
        raise parameter_error("fixed", caller, accepted, repr(fixed) if fixed else "nothing")
    wanted = {name: repr(value) for name, value in fixed.items() if name != param}
    rows = [
        row
        for row, candidate in enumerate(candidates)
        if param in candidate
        and all(repr(candidate.get(name)) == value for name, value in wanted.items())
    ]
    if not rows:
        raise parameter_error("fixed", caller, "values of the search", repr(fixed))
    values = [candidates[row][param] for row in rows]
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (str, Real)):
            accepted = "one whose values are numbers or rules"
            raise parameter_error("param", caller, accepted, f"{param!r} with {value!r}")
    if len(set(values)) < len(values):
        raise parameter_error(
            "search", caller, "of one candidate per bandwidth", f"several for {param!r}"
        )
    keys = [(isinstance(value, str), value) for value in values]
    return [rows[k] for k in sorted(range(len(rows)), key=keys.__getitem__)]


def _split_scores(results, score):
    """Return the scores of each candidate (row) on each fold."""
    n_splits = sum(name.startswith("split") and name.endswith(f"_test_{score}") for name in results)
    return np.column_stack([results[f"split{k}_test_{score}"] for k in range(n_splits)])
