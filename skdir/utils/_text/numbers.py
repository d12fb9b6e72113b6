"""How a target report writes numbers: rows, shares and values of the target."""

import numpy as np

from skdir.utils._text.pages import number


def rows_text(mass):
    """Return a number of rows, which weights may make fractional."""
    mass = float(mass)
    return f"{mass:,.0f}" if mass.is_integer() else f"{mass:,.1f}"


def n_rows(mass):
    """Return "1 row" or "12 rows"."""
    return f"{rows_text(mass)} row{'' if mass == 1 else 's'}"


def share_text(share):
    """Return a share of rows in per cent; one that is not nothing is never shown as 0 %."""
    if not np.isfinite(share):
        return "n/a"
    percent = round(100 * share, 9)  # rounding of sums is no row
    if 0 < percent < 0.1:
        return "under 0.1 %"
    if 99.9 < percent < 100:
        return "over 99.9 %"
    return f"{percent:.0f} %" if percent >= 9.95 or percent == 0 else f"{percent:.1f} %"


def value_text(value):
    """Return a value of the target with at most six digits."""
    return f"{value:,.6g}"


def ratio_text(ratio):
    """Return a factor."""
    if not np.isfinite(ratio):
        return "n/a" if np.isnan(ratio) else "beyond float64"
    return f"{ratio:,.0f}" if 100 <= ratio < 1e7 else number(ratio)


def span_text(bump):
    """Return the interval of the targets in a bump."""
    if bump.low == bump.high:
        return value_text(bump.low)
    return f"{value_text(bump.low)} to {value_text(bump.high)}"
