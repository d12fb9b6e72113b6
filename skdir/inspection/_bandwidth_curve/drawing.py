"""How the parts of a picture of errors over the bandwidth are drawn."""

import numpy as np

from skdir.utils._drawing.axes import (
    drop_frame,
    legend_above,
    legend_columns,
    points_wide,
    text_width,
    write_numbers,
)
from skdir.utils._drawing.style import LIGHT, plain, series_looks, short_names
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._validation import parameter_error

# From this ratio of the largest bandwidth to the smallest on the axis is logarithmic.
_WIDE = 10
# How far apart the error bars of two curves are, in points.
_APART = 4


def choose_scale(xscale, bandwidths, *, caller):
    """Return the scale of the bandwidth's axis."""
    if not isinstance(xscale, str) or xscale not in ("auto", "linear", "log"):
        raise parameter_error("xscale", caller, "'auto', 'linear' or 'log'", repr(xscale))
    numbers = _numbers(bandwidths)
    positive = len(numbers) > 0 and min(numbers) > 0
    if xscale == "auto":
        return "log" if positive and max(numbers) >= _WIDE * min(numbers) else "linear"
    if xscale == "log" and not positive:
        raise parameter_error("xscale", caller, "'linear' where not all are positive", "'log'")
    return xscale


def draw_curves(display, ax, *, caller):
    """Draw the mean errors with their spread over the folds, and a ring around the lowest."""
    transforms = import_optional_dependency("matplotlib.transforms", caller=caller)
    x, n = place(display.bandwidths, ax.get_xscale()), len(_numbers(display.bandwidths))
    parts = {"lines": {}, "bars": {}, "best": {}, "rules": {}}
    names = short_names(display.errors, 30)
    low, high = np.inf, -np.inf
    for k, (key, look) in enumerate(zip(display.errors, series_looks(len(names)))):
        mean, sd = display.errors[key].mean(axis=1), display.errors[key].std(axis=1)
        best = int(np.nanargmin(mean))
        if display.relative:
            mean, sd = _relative(mean, sd, best, key, caller)
        aside = transforms.ScaledTranslation(
            _APART * (k - (len(names) - 1) / 2) / 72, 0, ax.figure.dpi_scale_trans
        )
        bandwidth = display.bandwidths[best]
        at = bandwidth if isinstance(bandwidth, str) else f"{bandwidth:.3g}"
        marks = {
            "transform": ax.transData + aside, "color": look["color"], "marker": look["marker"],
            "elinewidth": 1.0, "capsize": 2.5, "markersize": 6, "zorder": 3 + 0.1 * k,
        }  # fmt: skip
        numbers = ax.errorbar(
            x[:n], mean[:n], sd[:n], linestyle=look["linestyle"], linewidth=1.8,
            **marks,
        )  # fmt: skip
        parts["lines"][key], _, (parts["bars"][key],) = numbers.lines
        parts["lines"][key].set_label(f"{names[k]} (lowest: {at})")
        parts["rules"][key] = None
        if n < len(x):
            rules = ax.errorbar(x[n:], mean[n:], sd[n:], linestyle="none", **marks)
            parts["rules"][key] = rules.lines[0]
        (parts["best"][key],) = ax.plot(
            x[[best]], mean[[best]], marker="o", markersize=13, markerfacecolor="none",
            markeredgecolor=look["color"], markeredgewidth=1.4, linestyle="none",
            transform=marks["transform"], zorder=5,
        )  # fmt: skip
        low, high = min(low, np.nanmin(mean - sd)), max(high, np.nanmax(mean + sd))
    room = 0.06 * (high - low) or 0.5
    ax.set_ylim(low - room, high + room)
    write_numbers(ax)
    return parts["lines"], parts["bars"], parts["best"], parts["rules"]


def finish(display, ax):
    """Tick the bandwidths that were tried, label the axes and explain what is drawn."""
    x = place(display.bandwidths, ax.get_xscale())
    scaled = np.log10(x) if ax.get_xscale() == "log" else x
    low, high = scaled.min(), scaled.max()
    room = 0.04 * (high - low) or 0.5
    low, high = low - room, high + room
    ax.set_xlim(*(10.0 ** np.array([low, high]) if ax.get_xscale() == "log" else (low, high)))
    labels = [b if isinstance(b, str) else f"{b:.3g}" for b in display.bandwidths]
    where = (scaled - low) / (high - low) * points_wide(ax)
    shown = _readable(where, [text_width(label, ax) for label in labels])
    ax.set_xticks(x[shown], [labels[k] for k in shown])
    ax.set_xticks([], minor=True)
    n = len(_numbers(display.bandwidths))
    if 0 < n < len(x):
        middle = scaled[n - 1] / 2 + scaled[n] / 2
        middle = 10.0**middle if ax.get_xscale() == "log" else middle
        ax.axvline(middle, color=LIGHT, linewidth=1, zorder=1)
    ax.set_xlabel(plain(display.param_name))
    name = plain(display.error_name)
    ax.set_ylabel(f"{name} relative to the lowest" if display.relative else name)
    drop_frame(ax, sides=("top", "right"))
    handles = list(display.lines_.values())
    columns = legend_columns([handle.get_label() for handle in handles])
    folds = next(iter(display.errors.values())).shape[1]
    title = f"mean and standard deviation over {folds} folds" if folds > 1 else None
    return legend_above(
        ax, handles, columns=columns, title=title, title_fontsize="small", alignment="left"
    )


def place(bandwidths, xscale):
    """Return where bandwidths are on the axis: rules follow the numbers at their mean distance."""
    numbers = np.array(_numbers(bandwidths), dtype=float)
    n, n_rules = len(numbers), len(bandwidths) - len(numbers)
    if n == 0:
        return np.arange(float(n_rules))
    scaled = np.log10(numbers) if xscale == "log" else numbers
    step = (scaled[-1] - scaled[0]) / (n - 1) if n > 1 else 1.0
    scaled = np.append(scaled, scaled[-1] + step * np.arange(1, n_rules + 1))
    places = 10.0**scaled if xscale == "log" else scaled
    places[:n] = numbers  # without rounding
    return places


def _numbers(bandwidths):
    """Return the bandwidths that are no rules."""
    return [bandwidth for bandwidth in bandwidths if not isinstance(bandwidth, str)]


def _relative(mean, sd, best, key, caller):
    """Divide errors by the lowest."""
    if not mean[best] > 0:
        got = f"True, and {mean[best]:g} as the lowest error of {key!r}"
        raise parameter_error("relative", caller, "False where errors are not positive", got)
    return mean / mean[best], sd / mean[best]


def _readable(where, widths):
    """Return which labels have room, beginning with the last."""
    shown, end = [], np.inf
    for k in reversed(range(len(where))):
        if where[k] + widths[k] / 2 <= end:
            shown.append(k)
            end = where[k] - widths[k] / 2 - 4
    return shown[::-1]
