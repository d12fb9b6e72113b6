"""The numbers of a target report in words, for the terminal and for the page."""

import numpy as np

from skdir.inspection._target_report.measures import RARE_FRACTION
from skdir.utils._text.numbers import (
    n_rows,
    number,
    ratio_text,
    rows_text,
    share_text,
    span_text,
    value_text,
)


def distribution_facts(summary):
    """Return (name, value) pairs about the distribution."""
    d = summary.distribution
    facts = [
        ("Rows", f"{rows_text(d.n)}, {d.distinct:,} different targets"),
        ("Range", f"{value_text(d.min)} to {value_text(d.max)}"),
        (
            "Quartiles",
            f"{value_text(d.q1)}, {value_text(d.median)}, {value_text(d.q3)}",
        ),
        ("Mean and sd", f"{number(d.mean)} and {number(d.sd)}"),
    ]
    if np.isfinite(d.skewness):
        facts.append(
            (
                "Skewness",
                f"{number(d.skewness)}, of {d.logarithm} {number(d.log_skewness)}",
            )
        )
    return facts


def imbalance_facts(summary):
    """Return (name, value) pairs about the imbalance."""
    i, n = summary.imbalance, summary.distribution.n
    if summary.is_constant:
        return [("Bins", "one value, no imbalance")]
    facts = [
        ("Bins", f"{i.bins}, {i.empty_bins or 'none'} of them empty"),
        (
            "Fullest bin",
            f"{n_rows(i.fullest_bin)}, the emptiest with any has {rows_text(i.emptiest_bin)}",
        ),
        (
            "Density",
            f"highest to lowest {ratio_text(i.density_ratio)} to 1 in bins, "
            f"{ratio_text(i.effective_density_ratio)} to 1 smoothed",
        ),
        (
            "Effective rows",
            f"{share_text(i.effective_sample_size / n)} of the rows under LDS weights, "
            f"{share_text(i.effective_sample_size_inverse / n)} under inverse ones",
        ),
        ("Largest weight", f"{ratio_text(i.largest_weight)} times the mean by LDS"),
        ("Rarest fifth", _rarest(i, n)),
    ]
    if (found := summary.basis) is not None:
        facts.append(
            (
                "Rare rows",
                f"{share_text(found.share)} ({rows_text(found.n_rare)}), {found.name}",
            )
        )
    return facts


def _rarest(imbalance, n):
    """Say where the fifth of the rows of lowest density is, or how many rows are in its place."""
    share, where = imbalance.rare_fifth, share_text(imbalance.rare_fifth_of_range)
    if not share:
        return "there is none: more rows than a fifth have the rarest target"
    if abs(share - RARE_FRACTION) <= max(0.1 * RARE_FRACTION, 1 / n):
        return f"spreads over {where} of the range"
    return f"{share_text(share)} of the rows, since many are equal; over {where} of the range"


def rare_table(summary, most=3):
    """Return for each relevance a dict: name, rows, share, where, and the reason if it fails."""
    table = []
    for found in summary.rare:
        where = ", ".join(span_text(bump) for bump in found.bumps[:most])
        if len(found.bumps) > most:
            where += f" and {len(found.bumps) - most} more"
        table.append(
            {
                "name": found.name,
                "rows": "" if found.reason else rows_text(found.n_rare),
                "share": "" if found.reason else share_text(found.share),
                "where": where or f"no relevance reaches {summary.threshold:g}",
                "reason": found.cause if found.reason else "",
            }
        )
    return table
