"""Warnings that point at the line of the user's call, and are held where many fits repeat them."""

import inspect
import re
import warnings
from contextlib import contextmanager
from contextvars import ContextVar

# Frames of these packages are the way from the user's line to the warning.
_INNER = {"skdir", "sklearn", "imblearn", "joblib"}
_held = ContextVar("held", default=None)


def warn_user(message, *, of_default=False):
    """Warn with the line that called into skdir, however deep the warning is found.

    Parameters
    ----------
    message : str
        What is said.

    of_default : bool, default=False
        Whether a default did not fit the data and another was taken.
    """
    if (held := _held.get()) is not None:
        held.append((message, of_default))
        return
    level, frame = 2, inspect.currentframe().f_back
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _INNER:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


@contextmanager
def hold_warnings():
    """Collect what `warn_user` would say, in this thread: no filter of warnings is touched.

    For fits to many folds, where the same is said for each.

    Yields
    ------
    held : list of (str, bool)
        The messages, as they come, and whether they are of a default.
    """
    held = []
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


def warn_once_of_each(said):
    """Warn of held messages, once for all that are the same up to their first number.

    Parameters
    ----------
    said : list of (str, str)
        Who said it, and what.
    """
    kinds = {}
    for name, message in said:
        # the first word is the class, which is another one for each sampler
        kind = re.split(r"\d", message.partition(" ")[2])[0]
        kinds.setdefault(kind, (message, []))[1].append(name)
    for message, names in kinds.values():
        warn_user(f"{', '.join(dict.fromkeys(names))}: {message}")
