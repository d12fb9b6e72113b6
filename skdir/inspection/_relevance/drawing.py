"""How the parts of a relevance's picture are drawn; only methods of axes, no matplotlib import."""

import numpy as np

from skdir.utils._drawing.axes import (
    draw_counts,
    drop_frame,
    histogram_edges,
    legend_above,
    name_target_axis,
    points_wide,
    put_before,
    set_limits,
    text_width,
)
from skdir.utils._drawing.style import COLOURS, INK
from skdir.utils._validation import drop_unweighted

# In grey print the curve is the darkest line, and rare bumps are hatched.
CURVE, RARE = COLOURS[:2]
# Rare targets nearer than this share of the axis make one tick.
_TICK = 1e-3
# Share of the height that the highest bar takes.
_BARS = 0.6
_TOP = 1.14


def draw_histogram(display, ax, bins, scale, *, caller):
    """Draw the bars; those of automatic bins are of equal width on the scaled axis."""
    weight, y = drop_unweighted(display.sample_weight, display.y)
    edges = histogram_edges(bins, y, weight, scale, caller=caller)
    counts = np.histogram(y, edges, weights=weight)[0]
    return draw_counts(ax, edges, counts, weighted=weight is not None, share=_BARS / _TOP)


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
        room = (right - left) / (high - low) * points_wide(ax)
        n = display.bumps[k].n_samples
        text = next((t for t in (_rows(n), f"{n:,}") if text_width(t, ax) <= room), None)
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
    put_before(ax, behind)
    ax.set_ylim(0, _TOP)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_ylabel("relevance")
    name_target_axis(ax, display.y, display.target_name)
    drop_frame(ax, behind)
    handles = [display.line_, display.control_points_line_, display.threshold_line_]
    legend_above(ax, [handle for handle in handles if handle is not None] + display.spans_[:1])


def _limits(display, ax):
    """Set the ends of the axis: those of targets, curve and bars, and a margin."""
    bars = [bar for bar in display.histogram_ if bar.get_height() > 0]
    ends = [display.y.min(), display.y.max(), display.grid[0], display.grid[-1], bars[0].get_x()]
    return set_limits(ax, [*ends, bars[-1].get_x() + bars[-1].get_width()])


def _rare_rows(display):
    """Return the rare targets in ascending order."""
    y = np.sort(display.y)
    end = np.cumsum([bump.n_samples for bump in display.bumps])
    parts = [y[e - b.n_samples : e] for b, e in zip(display.bumps, end) if b.rare]
    return np.concatenate([*parts, y[:0]])


def _rows(n):
    """Return a number of rows in words."""
    return f"{n:,} row" if n == 1 else f"{n:,} rows"
