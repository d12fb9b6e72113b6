"""What HTML pages are made of: templates, pictures and numbers."""

import base64
import io
import warnings
from pathlib import Path

import numpy as np

from skdir.utils._optional_dependencies import import_optional_dependency


def load_template(name, folder, *, caller):
    """Load a template of a folder, or of this one; everything put into it is escaped."""
    jinja2 = import_optional_dependency("jinja2", caller=caller)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(folder), Path(__file__).parent]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(name)


def picture_uri(plot, *args, caller):
    """Return a plot as the data URI of an SVG; the user's matplotlib settings do not enter.

    `plot` is called with the arguments and returns an object with the attribute `figure`.
    """
    matplotlib = import_optional_dependency("matplotlib", caller=caller)
    style = import_optional_dependency("matplotlib.style", caller=caller)
    file = io.BytesIO()
    settings = {"svg.hashsalt": "skdir", "font.size": 12, "axes.titlesize": 13}
    with style.context("default"), matplotlib.rc_context(settings), warnings.catch_warnings():
        # Names in scripts that matplotlib's own font lacks: boxes in a picture, no reason to stop.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        plot(*args).figure.savefig(file, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def number(value, like=None):
    """Return a number with three or four significant digits, no more than its metric needs."""
    scale = abs(value if like is None else like)
    if not np.isfinite(value):
        return "n/a"
    if scale and not 1e-3 <= scale < 1e7:
        return f"{value:.3g}"
    decimals = 0 if scale >= 1000 else 1 if scale >= 10 or not scale else 2
    if 0 < scale < 1:
        decimals = 2 - int(np.floor(np.log10(scale)))
    return f"{value:.{decimals}f}"
