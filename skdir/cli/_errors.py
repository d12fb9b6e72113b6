"""The error of a mistake on the command line, and hints to the right name."""

from difflib import get_close_matches


class DataError(ValueError):
    """The file or a name given on the command line cannot be used; the message says why."""


def did_you_mean(name, known):
    """Return a hint with the nearest known name, or all names if they are few."""
    near = get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.5)
    if not near:
        by_lower = {str(k).lower(): str(k) for k in known}
        near = [by_lower[n] for n in get_close_matches(str(name).lower(), by_lower, n=1)]
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(repr(str(k)) for k in list(known)[:12])
    return f"there are {shown}{' and more' if len(known) > 12 else ''}"
