"""How the parts of a relevance's picture are drawn; only methods of axes, no matplotlib import."""

import numpy as np

from skdir.utils._binning import bin_edges, check_covered
from skdir.utils._validation import drop_unweighted, parameter_error

# Two of Okabe and Ito's colours, safe for colour-blind readers. In grey print the curve is the
# darkest line, and rare bumps are hatched.
CURVE, RARE = "#0072B2", "#D55E00"
INK, GREY, LIGHT = "#222222", "#5f656d", "#cdd2d9"

SCALES = ("auto", "linear", "log", "asinh")
# A range of more interquartile ranges than this is shown on a logarithmic axis.
_LONG = 50
# Rare targets nearer than this share of the axis make one tick.
_TICK = 1e-3
# Share of the height that the highest bar takes.
_BARS = 0.6
_TOP = 1.14


def choose_scale(xscale, y, *, caller):
    """Return the arguments of `set_xscale` for the target's axis."""
    if not isinstance(xscale, str) or xscale not in SCALES:
        raise parameter_error(
            "xscale", caller, f"one of {', '.join(map(repr, SCALES))}", repr(xscale)
        )
    quartile = np.quantile(y, [0.25, 0.75])
    spread = quartile[1] - quartile[0]
    positive = y.min() > 0
    if xscale == "auto":
        is_long = spread > 0 and y.max() / _LONG - y.min() / _LONG > spread
        xscale = "linear" if not is_long else "log" if positive else "asinh"
    if xscale == "log" and not positive:
        raise parameter_error(
            "xscale",
            caller,
            "'linear' or 'asinh' for targets that are not all positive",
            f"'log' for targets from {y.min():g} on",
        )
    if xscale == "asinh":
        return {"value": "asinh", "linear_width": middle_reach(y) or 1.0}
    return {"value": xscale}


def middle_reach(y):
    """Return how far from zero the middle half of the targets reaches, where asinh is linear."""
    return float(np.abs(np.quantile(y, [0.25, 0.75])).max())


def draw_histogram(display, ax, bins, *, caller):
    """Draw the bars; those of automatic bins are of equal width on the scaled axis."""
    weight, y = drop_unweighted(display.sample_weight, display.y)
    if isinstance(bins, (int, np.integer)) or (isinstance(bins, str) and bins == "auto"):
        scale = ax.xaxis.get_transform()
        edges = bin_edges(bins, scale.transform(y), weight, caller=caller)
        edges = scale.inverted().transform(edges)
        # rounding must not leave out the ends
        edges[0], edges[-1] = min(edges[0], y.min()), max(edges[-1], y.max())
    else:
        edges = bin_edges(bins, y, weight, caller=caller)
        check_covered(y, edges, caller=caller)
    counts = np.histogram(y, edges, weights=weight)[0]
    bars = ax.bar(
        edges[:-1], counts, np.diff(edges), align="edge", color=LIGHT, edgecolor="white",
        linewidth=0.5 if len(counts) <= 100 else 0.0, zorder=2,
    )  # fmt: skip
    ax.set_ylim(0, counts.max() * _TOP / _BARS)
    highest = counts.max()
    ax.set_yticks([0, highest], ["0", f"{highest:,}" if weight is None else f"{highest:.3g}"])
    ax.set_ylabel("rows per bin" if weight is None else "weight of rows per bin", loc="bottom")
    ax.yaxis.label.set_color(GREY)
    ax.tick_params(axis="y", colors=GREY)
    return bars


def draw_curve(display, ax):
    """Draw relevance, threshold and control points."""
    (line,) = ax.plot(
        display.grid, display.relevance, color=CURVE, linewidth=2.2, label="relevance", zorder=4,
        marker="o" if len(display.grid) == 1 else None,
    )  # fmt: skip
    threshold = ax.axhline(
        display.threshold, color=INK, linestyle="--", linewidth=1,
        label=f"threshold {display.threshold:g}", zorder=3,
    )  # fmt: skip
    points = None
    if display.control_points is not None:
        target, relevance = display.control_points[:, :2].T
        shown = (target >= display.grid[0]) & (target <= display.grid[-1])
        (points,) = ax.plot(
            target[shown], relevance[shown], linestyle="none", marker="o", markersize=7,
            markerfacecolor="white", markeredgecolor=CURVE, markeredgewidth=1.8,
            label="control points", zorder=5,
        )  # fmt: skip
    return line, threshold, points


def draw_rare(display, ax, behind):
    """Shade the rare bumps, tick their rows and write how many these are."""
    scale = ax.xaxis.get_transform()
    low, high = _limits(display, ax)
    ax.set_xlim(*scale.inverted().transform(np.array([low, high])))
    rare = [k for k, bump in enumerate(display.bumps) if bump.rare]
    n_rare = sum(display.bumps[k].n_samples for k in rare)
    where = f" in {len(rare)} bumps" if len(rare) > 1 else ""
    spans, labels = [], []
    for k in rare:
        start, stop = display.bump_edges[k : k + 2]
        spans.append(
            behind.axvspan(
                start, stop, facecolor=f"{RARE}20", edgecolor=f"{RARE}55", hatch="//",
                linewidth=0, zorder=1,
                label=f"rare: {n_rare:,} of {len(display.y):,} rows{where}",
            )
        )  # fmt: skip
        left, right = scale.transform(np.array([start, stop]))
        room = (right - left) / (high - low) * _points_wide(ax)
        n = display.bumps[k].n_samples
        text = next((t for t in (_rows(n), f"{n:,}") if _text_width(t, ax) <= room), None)
        if text is not None:
            middle = scale.inverted().transform(np.array([left / 2 + right / 2]))[0]
            labels.append(
                ax.text(
                    middle, 0.985, text, transform=ax.get_xaxis_transform(), ha="center",
                    va="top", color=INK, fontsize="small", zorder=6,
                )
            )  # fmt: skip
    rows = _rare_rows(display)
    tick = np.floor((scale.transform(rows) - low) / (high - low) / _TICK)
    rug = ax.vlines(
        rows[np.unique(tick, return_index=True)[1]], 0, 0.035, color=RARE, linewidth=1,
        transform=ax.get_xaxis_transform(), zorder=5,
    )  # fmt: skip
    return spans, rug, labels


def finish(display, ax):
    """Label the axes and explain what is drawn."""
    behind = display.histogram_ax_
    ax.set_zorder(behind.get_zorder() + 1)
    ax.patch.set_visible(False)
    ax.set_ylim(0, _TOP)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_ylabel("relevance")
    # a dollar would begin mathematics
    ax.set_xlabel(display.target_name.replace("$", r"\$"))
    if ax.get_xscale() == "asinh":
        ax.set_xticks(_decades(display.y, ax.xaxis.get_transform().linear_width))
    for axes in (ax, behind):
        axes.spines["top"].set_visible(False)
    handles = [display.line_, display.control_points_line_, display.threshold_line_]
    handles = [handle for handle in handles if handle is not None] + display.spans_[:1]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        fontsize="small",
        borderaxespad=0.1,
        columnspacing=1.4,
        handlelength=1.8,
    )


def _limits(display, ax):
    """Return the ends of the axis, as scaled: those of targets, curve and bars, and a margin."""
    bars = [bar for bar in display.histogram_ if bar.get_height() > 0]
    ends = [display.y.min(), display.y.max(), display.grid[0], display.grid[-1], bars[0].get_x()]
    ends = np.array([*ends, bars[-1].get_x() + bars[-1].get_width()])
    if ax.get_xscale() == "log":  # a control point, or an edge, may lie below
        ends = ends[ends > 0]
    ends = ax.xaxis.get_transform().transform(ends)
    low, high = ends.min(), ends.max()
    margin = 0.02 * (high - low)
    return low - margin, high + margin


def _decades(y, linear_width):
    """Return zero and the powers of ten beyond the linear part of an asinh axis."""
    power = 10.0 ** np.arange(np.ceil(np.log10(linear_width)), np.log10(np.abs(y).max()))
    ticks = np.concatenate([-power[::-1], [0.0], power])
    return ticks[(ticks >= y.min()) & (ticks <= y.max())]


def _rare_rows(display):
    """Return the rare targets in ascending order."""
    y = np.sort(display.y)
    end = np.cumsum([bump.n_samples for bump in display.bumps])
    parts = [y[e - b.n_samples : e] for b, e in zip(display.bumps, end) if b.rare]
    return np.concatenate([*parts, y[:0]])


def _rows(n):
    """Return a number of rows in words."""
    return f"{n:,} row" if n == 1 else f"{n:,} rows"


def _points_wide(ax):
    """Return the width of the axes in points, about."""
    return 72 * ax.figure.get_figwidth() * ax.get_position().width


def _text_width(text, ax):
    """Return the width of a text in points, about: letters are half as wide as the font's size."""
    return 0.5 * ax.xaxis.label.get_size() * len(text)
