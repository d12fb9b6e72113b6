"""Colours, line styles, markers and names: how things look in all pictures."""

import re
from itertools import count

from skdir.utils._text.pages import drawable, fit_for_pages

# Okabe and Ito's colours, safe for colour-blind readers, without their pale yellow. Line styles
# and markers tell lines apart in grey print and where the colours start again.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7B5E3B")
STYLES = ("-", "--", "-.", ":", (0, (7, 2)), (0, (5, 1, 1, 1, 1, 1)), (0, (2, 1)), (0, (1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
# Up to this many series a table needs no headings, and a picture can show all lines alike.
FEW = 8
INK, GREY, LIGHT = "#222222", "#5f656d", "#cdd2d9"


def series_looks(n):
    """Return the colour, line style and marker of each of n lines; no two of 63 are alike."""
    return [
        {
            "color": COLOURS[k % len(COLOURS)],
            "linestyle": STYLES[(k // len(COLOURS) + k) % len(STYLES)],
            "marker": MARKERS[k % len(MARKERS)],
        }
        for k in range(n)
    ]


def plain(text, length=None):
    """Cut a name, and keep matplotlib from reading mathematics in it or hiding it in legends.

    Control characters are shown as escapes, but for line ends.
    """
    text = drawable(fit_for_pages(str(text)))
    if length is not None and len(text) > length:
        text = f"{text[: length - 1]}…"
    text = text.replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text


def short_names(names, length):
    """Cut names to a length; those that would be alike then get a number at their end."""
    short, used = [], set()
    for name in map(str, names):
        cut = name if len(name) <= length else f"{name[: length - 1]}…"
        number = count(2)
        while cut in used:
            end = f"…{next(number)}"
            cut = name[: length - len(end)] + end
        used.add(cut)
        short.append(plain(cut))
    return short


def unit_of(name):
    """Return the unit that ends a name in brackets, as "m³/s" in "flow (m³/s)", or ""."""
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", str(name))
    return found[1] if found else ""


def squared(unit):
    """Return the square of a unit, empty for an empty one."""
    return f"{unit}²" if _is_one(unit) else f"({unit})²" if unit else ""


def per(unit):
    """Return one over a unit."""
    return f"1/{unit}" if _is_one(unit) else f"1/({unit})"


def _is_one(unit):
    """Return whether a unit needs no brackets, as "kg" does and "m/s" does not."""
    return unit.isalpha() or len(unit) == 1
