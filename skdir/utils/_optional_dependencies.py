"""Import optional packages where they are used, with an error that says what to install."""

import importlib
import sys

# The distribution, whose name is not that of the import, and which of its extras brings which
# package. The name `skdir` on the package index is that of another project.
_DISTRIBUTION = "scikit-dir"
_EXTRAS = {
    "PIL": "data",
    "filelock": "data",
    "jinja2": "report",
    "matplotlib": "plot",
    "pandas": "report",
    "requests": "data",
    "rich": "report",
    "safetensors": "deep",
    "skorch": "deep",
    "torch": "deep",
}


def import_optional_dependency(name, *, caller):
    """Import a package that skdir does not require, or say how to get it.

    Parameters
    ----------
    name : str
        Dotted name of the module, such as ``"matplotlib.pyplot"``.

    caller : str
        What needs it, for the message: ``"StrategyComparison.plot"``.

    Returns
    -------
    module : module
        The imported module.

    Raises
    ------
    ImportError
        If the package is not installed; the message names the caller and the extra.
    """
    package = name.partition(".")[0]
    try:
        importlib.import_module(package)  # a submodule may be loaded still where its package is not
        return importlib.import_module(name)
    except ImportError as error:
        extra = _EXTRAS.get(package)
        remedy = f"pip install '{_DISTRIBUTION}[{extra}]'" if extra else f"pip install {package}"
        raise ImportError(
            f"{caller} requires the package {package!r}, which could not be imported "
            f"({error}). Install it with: {remedy}"
        ) from error


def is_instance_of(value, package, *kinds):
    """Return whether a value is of a class of a package, without importing the package.

    Parameters
    ----------
    value : object
        Anything.

    package : str
        Name of the package; where it is not loaded, no value is of it.

    *kinds : str
        Names of classes at the top of the package.
    """
    module = sys.modules.get(package)
    return module is not None and isinstance(value, tuple(getattr(module, kind) for kind in kinds))
