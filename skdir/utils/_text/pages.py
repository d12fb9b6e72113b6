"""What HTML pages are made of: templates, pictures and texts."""

import base64
import io
import re
import threading
from contextvars import ContextVar
from pathlib import Path

from skdir.utils._optional_dependencies import import_optional_dependency

# Controls but for tabs and line ends, marks that turn the direction of what follows, halves of
# surrogate pairs (from the names of files that are no UTF-8), and what is no character.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# matplotlib's settings are those of the whole process: one picture of a page at a time.
_SETTINGS = threading.RLock()
# The characters that the font of a page's pictures has, while one is drawn.
_GLYPHS = ContextVar("skdir_glyphs", default=None)


def load_template(name, folder, *, caller):
    """Load a template of a folder, or of this one; everything put into it is escaped."""
    jinja2 = import_optional_dependency("jinja2", caller=caller)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(folder), Path(__file__).parent]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=fit_for_pages,
    )
    return environment.get_template(name)


def fit_for_pages(value):
    """Return a value; in texts with escapes for what has no place in HTML, XML or UTF-8."""
    if not isinstance(value, str) or not _UNFIT.search(value):
        return value
    text = _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), value)
    return type(value)(text)  # what is markup already stays markup


def unbroken(text):
    """Return a text whose numbers stay on one line with their percent signs."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def picture_uri(plot, *args, caller):
    """Return a plot as the data URI of an SVG; the user's matplotlib settings do not enter.

    `plot` is called with the arguments and returns an object with the attribute `figure`. Threads
    wait for each other, since the settings are changed meanwhile.
    """
    matplotlib = import_optional_dependency("matplotlib", caller=caller)
    style = import_optional_dependency("matplotlib.style", caller=caller)
    fonts = import_optional_dependency("matplotlib.font_manager", caller=caller)
    file = io.BytesIO()
    settings = {"svg.hashsalt": "skdir", "font.size": 12, "axes.titlesize": 13}
    with _SETTINGS, style.context("default"), matplotlib.rc_context(settings):
        token = _GLYPHS.set(fonts.get_font(fonts.findfont("DejaVu Sans")).get_charmap())
        try:
            plot(*args).figure.savefig(file, format="svg", metadata={"Date": None})
        finally:
            _GLYPHS.reset(token)
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def drawable(text):
    """Return a name with a box for each character that the font of a page's picture lacks.

    matplotlib draws boxes, too, but warns; and to silence a warning is to change settings that all
    threads share. Pictures of the user's own have the user's font: their names stay as they are.
    """
    glyphs = _GLYPHS.get()
    if glyphs is None:
        return text
    return "".join(c if c == "\n" or ord(c) in glyphs else "\N{WHITE SQUARE}" for c in text)
