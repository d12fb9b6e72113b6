"""Text that is safe to show in a terminal."""

from unicodedata import category

# Controls (escape sequences, line ends), line and paragraph separators, halves of surrogate pairs,
# and format characters (those that turn the direction of writing, or have no width).
_HIDDEN = frozenset({"Cc", "Zl", "Zp", "Cs", "Cf"})
# Format characters that words and emoji are written with: zero width non-joiner and joiner.
_JOINERS = "\u200c\u200d"


def printable(text):
    r"""Return one line in which each control character stands as its escape.

    Names come from files and from other people. Sent to a terminal as they are, they can move the
    cursor, change its colors or hide what follows.

    Parameters
    ----------
    text : object
        Text; of other objects their `str`.

    Returns
    -------
    line : str
        The same text with ``\x1b``, ``\n`` or ``\u202e`` in the place of what they would do.
    """
    return "".join(map(_shown, str(text)))


def _shown(character):
    """Return a character, or its escape if it is a control character."""
    if character.isprintable() or character in _JOINERS or category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")
