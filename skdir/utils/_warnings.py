"""Warnings that point at the line of the user's call, and are left out where they are noise."""

import sys
import warnings
from contextlib import contextmanager
from contextvars import ContextVar

# Frames of these packages are the way from the user's line to the warning.
_INNER = {"skdir", "sklearn", "imblearn", "joblib"}
_is_silent = ContextVar("is_silent", default=False)


def warn_user(message, *, of_default=False):
    """Warn with the line that called into skdir, however deep the warning is found.

    Parameters
    ----------
    message : str
        What is said.

    of_default : bool, default=False
        Whether a default did not fit the data and another was taken: `without_warnings_of_defaults`
        leaves it out.
    """
    if of_default and _is_silent.get():
        return
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _INNER:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


@contextmanager
def without_warnings_of_defaults():
    """Leave out what `warn_user` would say of defaults, in this thread, and touch no filter.

    For fits to many folds by an estimator of ours, whose defaults the user has not chosen.
    """
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)
