"""A target report in plain text, at most 80 columns wide."""

from textwrap import fill, wrap

import numpy as np

from skdir.inspection._target_report.facts import distribution_facts, imbalance_facts, rare_table
from skdir.inspection._target_report.findings import find_traps
from skdir.inspection._target_report.suggestions import suggest
from skdir.utils._text.numbers import n_rows, rows_text, value_text
from skdir.utils._text.safe import printable

_WIDTH = 80
_BARS = 10


def as_text(summary):
    """Return the report on a summary as text."""
    rows = n_rows(summary.distribution.n)
    title = f"TargetReport of {printable(summary.target_name)}: {rows}"
    lines = [*wrap(title, _WIDTH), "", *_pairs(distribution_facts(summary)), ""]
    lines += [*_bars(summary), "", "Imbalance", *_pairs(imbalance_facts(summary)), ""]
    lines += [f"What is rare (relevance from {summary.threshold:g} on)", *_rare(summary)]
    if findings := find_traps(summary):
        lines += ["", "Look out for"]
        for finding in findings:
            mark = "! " if finding.level == "warning" else "- "
            lines.append(_filled(f"{mark}{finding.what}"))
            lines.append(_indented(finding.advice))
    if suggestions := suggest(summary):
        lines += ["", "First settings (for X, y and regressor; code in .suggestions)"]
        for suggestion in suggestions:
            lines.append(_filled(f"- {suggestion.name}: {suggestion.why}"))
    return "\n".join(lines)


def _filled(text):
    """Return a text wrapped, the lines below the first under what follows the mark."""
    return fill(printable(text), _WIDTH, subsequent_indent="  ")


def _indented(text):
    """Return a text wrapped under the mark of its finding."""
    return fill(printable(text), _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _pairs(facts):
    """Return lines of names and values."""
    width = max(len(name) for name, _ in facts) + 2
    return [
        line
        for name, value in facts
        for line in wrap(
            printable(value),
            _WIDTH,
            initial_indent=f"  {name:{width}}",
            subsequent_indent=" " * (width + 2),
        )
    ]


def _bars(summary):
    """Return a histogram of at most ten bars, runs of the report's bins."""
    step = int(np.ceil(len(summary.counts) / _BARS))
    first = np.arange(0, len(summary.counts), step)
    counts = np.add.reduceat(summary.counts, first)
    last = np.append(first[1:], len(summary.counts))
    ends = [
        f"{value_text(summary.bin_edges[a])} to {value_text(summary.bin_edges[b])}"
        for a, b in zip(first, last)
    ]
    rows = [rows_text(count) for count in counts]
    label, digits = max(map(len, ends)), max(map(len, rows))
    room = max(_WIDTH - label - digits - 6, 1)
    bars = np.ceil(room * counts / counts.max()).astype(int)
    return [
        f"  {end:>{label}}  {row:>{digits}} {'#' * bar}".rstrip()
        for end, row, bar in zip(ends, rows, bars)
    ]


def _rare(summary):
    """Return the lines about each relevance."""
    lines = []
    for row in rare_table(summary):
        name = "\n".join(wrap(printable(row["name"]), _WIDTH - 4))
        text = f"{name}: "
        text += (
            printable(row["reason"] or "") or f"{row['rows']} rows ({row['share']}), {row['where']}"
        )
        lines.append(fill(text, _WIDTH, initial_indent="  ", subsequent_indent="    "))
    return lines
