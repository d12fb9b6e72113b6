"""skdir: a scikit-learn compatible toolkit for imbalanced regression.

The public objects live in the subpackages, which load on first use::

    import skdir
    skdir.weighting.LDSWeighter()

or ``from skdir.weighting import LDSWeighter, WeightedRegressor``. What lies where, and who imports
from whom, is on the page "Where things are" of the documentation.
"""

import importlib

__version__ = "0.1.0.dev0"

_SUBMODULES = (
    "cli",
    "comparison",
    "compose",
    "datasets",
    "density",
    "ensemble",
    "inspection",
    "metrics",
    "model_selection",
    "neural_network",
    "relevance",
    "resampling",
    "utils",
    "weighting",
)

__all__ = ["__version__", *_SUBMODULES]


def __dir__():
    return sorted(__all__)


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"skdir.{name}")
    raise AttributeError(f"module 'skdir' has no attribute {name!r}")
