"""The parameters of a deep regressor as a value, and which of them were set since a training."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from skdir.utils._validation import parameter_error

# Whose parameters they are, for messages.
CALLER = "DeepImbalancedRegressor"

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


@dataclass(frozen=True, eq=False)
class Settings:
    """The parameters of a :class:`DeepImbalancedRegressor`, under their names."""

    encoder: object
    hidden_layer_sizes: object
    dropout: float
    loss: object
    weighter: object
    fds: object
    retrain_head: bool
    optimizer: object
    lr: float
    weight_decay: float
    batch_size: int
    max_epochs: int
    early_stopping: bool
    validation_fraction: float
    scale_target: bool
    device: object
    callbacks: list | None
    net_params: dict | None
    random_state: object
    verbose: int

    @classmethod
    def of(cls, regressor):
        """Return the parameters that a regressor has now."""
        return cls(**{field.name: getattr(regressor, field.name) for field in fields(cls)})

    def snapshot(self):
        """Return the values as they are, which do not follow what is set inside of them.

        Returns
        -------
        values : dict of str to object
            By the name of the parameter.
        """
        return {field.name: _frozen(getattr(self, field.name)) for field in fields(self)}

    def check_unchanged(self, before, *, caller):
        """Refuse parameters that were set since, but for those that going on follows.

        Parameters
        ----------
        before : dict of str to object
            What `snapshot` returned.

        caller : str
            For the message.

        Returns
        -------
        changed : set of str
            Names of the others that were set since.
        """
        now = self.snapshot()
        # what a file could not hold has no value that could be another
        held = {k: v for k, v in before.items() if not isinstance(v, NotInFile)}
        changed = {name for name, value in held.items() if not _same(value, now[name])}
        for name in sorted(changed - _FOLLOWED):
            accepted = "as in the fit that it goes on from (call fit to train anew)"
            raise parameter_error(name, caller, accepted, repr(getattr(self, name)))
        return changed


class NotInFile:
    """Stands for a parameter that a file cannot hold, such as a function of the user's.

    It is of no kind that the parameter accepts, so that whatever needs the parameter refuses it.

    Parameters
    ----------
    text : str
        How the parameter looked.
    """

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return f"NotInFile({self.text}, which no file holds: set this parameter again)"

    def __eq__(self, other):
        return isinstance(other, NotInFile) and self.text == other.text

    def __hash__(self):
        return hash(self.text)


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
