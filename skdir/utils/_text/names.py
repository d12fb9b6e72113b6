"""Names: the known one that was perhaps meant, and the public one of a class or function."""

import sys
from difflib import SequenceMatcher, get_close_matches

# The least likeness, of 1, that makes one name a hint to another.
_LIKE = 0.5


def closest(name, known):
    """Return the known name that is most like another one in small letters, or None.

    Parameters
    ----------
    name : str
        The name that is not known.

    known : iterable of str
        The names that are.

    Returns
    -------
    near : str or None
        One of `known`; of those that differ in capitals only, the one most like `name`.
    """
    by_lower = {}
    for other in known:
        by_lower.setdefault(other.lower(), []).append(other)
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=_LIKE)
    if not near:
        return None
    return max(by_lower[near[0]], key=lambda other: SequenceMatcher(None, name, other).ratio())


def did_you_mean(name, known):
    """Return "did you mean 'this'?" with the closest known name, empty if none is close."""
    near = closest(name, known)
    return "" if near is None else f"did you mean {near!r}?"


def public_name(thing):
    """Return the public module and the name of a class or function.

    Parameters
    ----------
    thing : class or function
        What is looked for.

    Returns
    -------
    module, name : tuple of str, or None
        Where it can be imported from: the shortest of the packages and modules that its own path
        leads through. None if it cannot be imported, such as a function made inside of another.
    """
    name, parts = thing.__qualname__, (thing.__module__ or "").split(".")
    for depth in range(1, len(parts) + 1):
        module = ".".join(parts[:depth])
        if module and getattr(sys.modules.get(module), name, None) is thing:
            return module, name
    return None
