"""Seeds of estimators and of all that is in them."""


def draw_seed(rng):
    """Return a seed for a generator of numpy or torch, or for a parameter `random_state`."""
    return int(rng.randint(2**31 - 1))


def set_seed(estimator, seed):
    """Give every `random_state` parameter that is None this seed; others keep theirs.

    So do those of default components, which the estimator makes and seeds itself.

    Parameters
    ----------
    estimator : estimator object
        Gets the seeds.

    seed : int or None
        The seed; None changes nothing.

    Returns
    -------
    estimator : estimator object
        The same.
    """
    if seed is not None:
        params = estimator.get_params(deep=True)
        free = (name for name in _random_states(params) if params[name] is None)
        names = [name for name in free if not _of_default(name, params)]
        estimator.set_params(**dict.fromkeys(names, seed))
    return estimator  # what set_params returns may be None, as that of a FrozenEstimator


def set_seeds(estimator, rng):
    """Give every `random_state` parameter a seed of its own, whatever it was.

    Parameters
    ----------
    estimator : estimator object
        Gets the seeds.

    rng : RandomState
        Draws them.

    Returns
    -------
    estimator : estimator object
        The same.
    """
    names = _random_states(estimator.get_params(deep=True))
    estimator.set_params(**{name: draw_seed(rng) for name in names})
    return estimator


def _random_states(params):
    """Return the names of the parameters that are seeds."""
    return [n for n in sorted(params) if n == "random_state" or n.endswith("__random_state")]


def _of_default(name, params):
    """Tell whether a parameter is one of a component that is left at None."""
    parts = name.split("__")
    return any(params.get("__".join(parts[:k]), name) is None for k in range(1, len(parts)))
