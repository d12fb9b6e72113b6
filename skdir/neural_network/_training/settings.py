"""Parameters as they were when a training began, to tell later which ones were set since."""

from collections.abc import Mapping

import numpy as np

from skdir.neural_network._saving.values import NotInFile
from skdir.utils._validation import parameter_error

# What `partial_fit` takes as it is now, or does not depend on.
_FOLLOWED = {
    "lr",
    "weight_decay",
    "batch_size",
    "verbose",
    "random_state",
    "max_epochs",
    "early_stopping",
    "validation_fraction",
    "retrain_head",
}


class Settings:
    """The parameters of a regressor at one time.

    Parameters
    ----------
    estimator : estimator
        Its parameters are copied, where they can be set from outside; it is not kept.
    """

    def __init__(self, estimator):
        self.values = _frozen(estimator.get_params(deep=False))

    def changed(self, estimator):
        """Return the names of the parameters that have another value now.

        What a file could not hold has no value that could be another.
        """
        now = _frozen(estimator.get_params(deep=False))
        held = {k: v for k, v in self.values.items() if not isinstance(v, NotInFile)}
        return {name for name, value in held.items() if not _same(value, now[name])}

    def check_unchanged(self, estimator, *, caller):
        """Refuse parameters that were set since, but for those that going on with follows.

        Returns
        -------
        changed : set of str
            Names of the others that were set since.
        """
        changed = self.changed(estimator)
        for name in sorted(changed - _FOLLOWED):
            accepted = "as in the fit that it goes on from (call fit to train anew)"
            raise parameter_error(name, caller, accepted, repr(getattr(estimator, name)))
        return changed


def _frozen(value):
    """Return a value that does not follow what is set in the given one."""
    if hasattr(value, "get_params") and not isinstance(value, type):
        return type(value), _frozen(value.get_params(deep=False))
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value), [_frozen(item) for item in value]
    return value.copy() if isinstance(value, np.ndarray) else value


def _same(a, b):
    """Tell whether two frozen values are the same."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    try:
        return bool(a == b)
    except (TypeError, ValueError, RuntimeError):  # such as a frame
        return False
