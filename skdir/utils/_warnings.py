"""Warnings that point at the line of the user's call."""

import sys
import warnings

# Frames of these packages are the way from the user's line to the warning.
_INNER = {"skdir", "sklearn", "imblearn", "joblib"}


def warn_user(message):
    """Warn with the line that called into skdir, however deep the warning is found."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _INNER:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
