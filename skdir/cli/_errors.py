"""The error of a mistake on the command line, and hints to the right name."""

from skdir.utils._text.names import did_you_mean


class DataError(ValueError):
    """The file or a name given on the command line cannot be used; the message says why."""


def hint(name, known):
    """Return a hint with the nearest known name, or all names if they are few."""
    known = list(map(str, known))
    shown = ", ".join(map(repr, known[:12]))
    near = did_you_mean(str(name), known)
    return near or f"there are {shown}{' and more' if len(known) > 12 else ''}"
