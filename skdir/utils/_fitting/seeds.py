"""What the fits inside the folds need: seeds, and the folds."""


def set_seed(estimator, seed):
    """Give every `random_state` parameter that is None this seed; others keep theirs.

    So do those of default components, which the estimator makes and seeds itself.
    """
    if seed is None:
        return estimator
    params = estimator.get_params(deep=True)
    return estimator.set_params(
        **{
            name: seed
            for name, value in sorted(params.items())
            if value is None
            and (name == "random_state" or name.endswith("__random_state"))
            and not _of_default(name, params)
        }
    )


def _of_default(name, params):
    """Tell whether a parameter is one of a component that is left at None."""
    parts = name.split("__")
    return any(params.get("__".join(parts[:k]), name) is None for k in range(1, len(parts)))
