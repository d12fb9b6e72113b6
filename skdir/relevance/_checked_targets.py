"""Targets that are valid, and in whose name they were checked."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._validation import check_sample_weight, check_target


@dataclass(frozen=True, eq=False)
class CheckedTargets:
    """Targets that are valid, their weights, and the caller that messages about them name.

    A `fit` that takes them in place of `y` speaks in the name of that caller.
    """

    y: np.ndarray
    sample_weight: np.ndarray | None
    caller: str


def check_weighted_target(y, sample_weight=None, *, caller):
    """Validate a continuous target and its weights; what is checked already stays as it is."""
    if isinstance(y, CheckedTargets):
        return y
    y = check_target(y, caller=caller)
    return CheckedTargets(y, check_sample_weight(sample_weight, len(y), caller=caller), caller)
