"""Versions of the packages that a result depends on."""

import importlib
import platform

_ALWAYS = ("skdir", "numpy", "scipy", "sklearn")


def module_version(module):
    """Return the version of a module, empty if it has none."""
    return getattr(importlib.import_module(module), "__version__", "")


def used_versions(estimator):
    """Return the versions of Python and of the packages that an estimator is made of.

    Parameters
    ----------
    estimator : estimator object
        With ``get_params``.

    Returns
    -------
    versions : dict of str to str
        "Python" first, then the packages by name; those without a version are left out.
    """
    modules = set(_ALWAYS)
    for value in [estimator, *estimator.get_params(deep=True).values()]:
        if hasattr(value, "fit"):
            modules.add(type(value).__module__.partition(".")[0])
    versions = {"Python": platform.python_version()}
    return versions | {name: v for name in sorted(modules) if (v := module_version(name))}
