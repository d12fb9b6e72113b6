"""Numbers in words: rows, shares, changes and values of the target."""

import numpy as np

_FRACTIONS = {0.05: "twentieth", 0.1: "tenth", 0.2: "fifth", 0.25: "quarter", 0.5: "half"}


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


def percent(share):
    """Return a relative change as a signed percentage with a real minus sign."""
    if not np.isfinite(share):
        return "n/a"
    text = f"{100 * share:+.0f} %" if abs(share) >= 0.095 else f"{100 * share:+.1f} %"
    return "0.0 %" if text[1:] == "0.0 %" else text.replace("-", "−")


def fraction_words(rare_fraction):
    """Return "rarest fifth", or "rarest 15 %" where there is no word."""
    word = _FRACTIONS.get(float(rare_fraction))
    return f"rarest {word}" if word else f"rarest {100 * rare_fraction:g} %"
