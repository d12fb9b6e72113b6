"""Warnings that point at the line of the user's call, and are left out where they are noise."""

import sys
import warnings
from contextlib import contextmanager
from contextvars import ContextVar

# Frames of these packages are the way from the user's line to the warning.
_INNER = {"skdir", "sklearn", "imblearn", "joblib"}
_is_silent = ContextVar("is_silent", default=False)


def warn_user(message):
    """Warn with the line that called into skdir, however deep the warning is found."""
    if _is_silent.get():
        return
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _INNER:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


@contextmanager
def without_warnings():
    """Leave out what `warn_user` would say, in this thread: no filter of warnings is touched.

    For fits to many folds by an estimator of ours, where the same is said for each.
    """
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)
