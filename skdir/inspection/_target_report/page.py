"""A target report as a page, standing alone or in a notebook."""

from datetime import datetime
from pathlib import Path

import numpy as np

import skdir
from skdir.inspection._target_report.facts import distribution_facts, imbalance_facts, rare_table
from skdir.inspection._target_report.findings import find_traps
from skdir.inspection._target_report.picture import draw_report
from skdir.inspection._target_report.suggestions import suggest
from skdir.utils._text.numbers import n_rows, value_text
from skdir.utils._text.pages import load_template, picture_uri, unbroken

_CALLER = "TargetReport.to_html"


def page(summary):
    """Return the page that stands alone."""
    return _render(summary, "target_report.html.jinja")


def fragment(summary):
    """Return the part that a notebook shows; its style is for it alone."""
    return _render(summary, "target_report_fragment.html.jinja")


def _render(summary, name):
    """Fill in a template."""
    template = load_template(name, Path(__file__).parent, caller=_CALLER)
    highest = summary.counts.max()
    return template.render(
        target_name=summary.target_name,
        rows=n_rows(summary.distribution.n),
        distribution=[(n, unbroken(value)) for n, value in distribution_facts(summary)],
        imbalance=[(n, unbroken(value)) for n, value in imbalance_facts(summary)],
        rare=rare_table(summary),
        threshold=f"{summary.threshold:g}",
        findings=[
            {"level": f.level, "what": unbroken(f.what), "advice": unbroken(f.advice)}
            for f in find_traps(summary)
        ],
        suggestions=suggest(summary),
        weighted=summary.weighted,
        picture=_picture(summary),
        bars=[f"{100 * count / highest:.1f}" for count in summary.counts],
        ends=[value_text(summary.bin_edges[0]), value_text(summary.bin_edges[-1])],
        version=skdir.__version__,
        date=f"{datetime.now().astimezone():%d %B %Y}".lstrip("0"),
    )


def _picture(summary):
    """Return the picture as a data URI, empty where matplotlib is missing."""
    try:
        with np.errstate(over="ignore"):  # margins of an axis near the largest float
            return picture_uri(draw_report, summary, caller=_CALLER)
    except ImportError:
        return ""
