"""The picture of a target report: the histogram, the density, and what is rare below it."""

import numpy as np

from skdir.density import TargetDensity
from skdir.utils._drawing.axes import (
    choose_scale,
    draw_bars,
    drop_frame,
    histogram_edges,
    legend_above,
    middle_reach,
    name_target_axis,
    set_limits,
    set_scale,
)
from skdir.utils._drawing.style import COLOURS, GREY, INK, short_names
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._targets.bins import MOST_IN_TABLE

# A bin of this many times the rows of the middle one needs a logarithmic axis for the others.
_HIGH = 40
_POINTS = 600
_CALLER = "TargetReport.to_html"


def draw_report(summary):
    """Draw the report; returns the axes of the histogram."""
    figure = import_optional_dependency("matplotlib.figure", caller=_CALLER)
    n_strips = len(summary.rare)
    size = (7.2, 3.5 + 0.32 * n_strips)
    top, below = figure.Figure(figsize=size, layout="constrained").subplots(
        2, 1, sharex=True, height_ratios=[3.1, 0.32 * n_strips]
    )
    y, weight = summary.y, summary.weight
    scale = _scale(summary)
    set_scale(top, scale)
    edges, counts = summary.bin_edges, summary.counts
    if scale["value"] != "linear":
        edges = histogram_edges("auto", y, weight, scale, caller=_CALLER, max_bins=MOST_IN_TABLE)
        counts = np.histogram(y, edges, weights=weight)[0]
    draw_bars(top, edges, counts, label="rows per bin")
    line = _draw_density(summary, top, edges)
    middle = np.median(counts[counts > 0])
    if counts.max() > _HIGH * middle:
        top.set_yscale("log")
        top.set_ylim(0.6 * counts[counts > 0].min(), 1.6 * counts.max())
        top.set_ylabel("rows per bin (log scale)")
    else:
        top.set_ylim(0, 1.06 * counts.max())
        top.set_ylabel("rows per bin")
    if line is not None:
        legend_above(top, [top.containers[0], line])
    _draw_strips(summary, below)
    set_limits(top, [y[0], y[-1], edges[0], edges[-1]])
    name_target_axis(below, y, summary.target_name)
    if summary.is_whole and scale["value"] == "linear":
        below.xaxis.get_major_locator().set_params(integer=True)
    drop_frame(top, sides=("top", "right"))
    return top


def _draw_density(summary, ax, edges):
    """Draw the rows per bin that the effective density makes expect, None for a constant."""
    if summary.is_constant:
        return None
    grid, left, right = _windows(summary.y, ax.xaxis.get_transform(), edges)
    density = TargetDensity().fit(summary.y, summary.weight)
    smoothed = np.concatenate([[0.0], np.cumsum(density.effective_counts_)])
    below, above = (np.interp(end, density.bin_edges_, smoothed) for end in (left, right))
    inside = [np.clip(end, edges[0], edges[-1]) for end in (left, right)]
    # a window that is partly beyond the bins counts as if it were whole
    there = inside[1] - inside[0]
    whole = np.where(there > 0, right - left, 1.0) / np.where(there > 0, there, 1.0)
    height = (above - below) * whole
    (line,) = ax.plot(
        grid, height, color=COLOURS[0], linewidth=2, label="effective density, as rows per bin"
    )
    return line


def _windows(y, scale, edges):
    """Return targets along the axis, and the ends of a bin around each."""
    at = scale.transform(edges)
    half = (at[-1] - at[0]) / (len(edges) - 1) / 2
    place = np.linspace(*scale.transform(np.array([y[0], y[-1]])), _POINTS)
    back = scale.inverted()
    grid = np.clip(back.transform(place), y[0], y[-1])
    return grid, back.transform(place - half), back.transform(place + half)


def _scale(summary):
    """Return the scale of the axis; a spike would hide how long the tail of the others is."""
    spike = summary.spike
    y = summary.y if spike is None else summary.y[summary.y != spike.value]
    scale = choose_scale("auto", y, caller=_CALLER)
    if scale["value"] == "log" and summary.y[0] <= 0:
        return {"value": "asinh", "linear_width": middle_reach(y)}
    return scale


def _draw_strips(summary, ax):
    """Draw for each relevance where the targets are rare, or that it has nothing to say."""
    for place, found in enumerate(summary.rare):
        if found.bumps:
            low = np.array([bump.low for bump in found.bumps])
            high = np.array([bump.high for bump in found.bumps])
            # the line around it shows where all targets of a bump are equal
            ax.barh(
                [place] * len(low), high - low, left=low, height=0.55, color=COLOURS[1],
                edgecolor=COLOURS[1], linewidth=1.5,
            )  # fmt: skip
        else:
            ax.text(
                0.5, place, "cannot tell, see below" if found.reason else "nothing is rare",
                transform=ax.get_yaxis_transform(), ha="center", va="center", color=GREY,
                fontsize="small",
            )  # fmt: skip
    names = short_names([found.name for found in summary.rare], 20)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, colors=INK)
    ax.set_ylabel("rare by", color=GREY)
    drop_frame(ax, sides=("top", "right", "left"))
