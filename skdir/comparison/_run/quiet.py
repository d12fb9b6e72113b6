"""Gradient boosting libraries that write files and lines unless they are told not to."""

# For each package: parameter, value, and the parameters by which a user says something else.
_SILENT = {
    "catboost": [
        ("logging_level", "Silent", {"logging_level", "verbose", "verbose_eval", "silent"}),
        ("allow_writing_files", False, {"allow_writing_files", "train_dir", "save_snapshot"}),
    ],
    "lightgbm": [("verbosity", -1, {"verbosity", "verbose"})],
}


def quiet(estimator):
    """Tell CatBoost and LightGBM inside an estimator to write nothing, and return it.

    Many fits would leave a folder ``catboost_info`` and write lines for each of them. What the
    user has chosen stays.
    """
    for prefix, part in _parts(estimator):
        for name, value, choices in _SILENT.get(type(part).__module__.partition(".")[0], ()):
            params = part.get_params(deep=False)
            if all(params.get(choice) is None for choice in choices):
                estimator.set_params(**{f"{prefix}{name}": value})
    return estimator


def _parts(estimator):
    """Yield an estimator and those in its parameters, each with the prefix of its parameters."""
    yield "", estimator
    for name, value in estimator.get_params(deep=True).items():
        if hasattr(value, "fit") and hasattr(value, "get_params") and not isinstance(value, type):
            yield f"{name}__", value
