"""How the parts of a picture of a target's distribution are drawn."""

import numpy as np

from skdir.utils._drawing.axes import (
    draw_bars,
    drop_frame,
    grid_columns,
    legend_above,
    name_target_axis,
    set_limits,
    set_scale,
    twin_axes,
    write_numbers,
)
from skdir.utils._drawing.style import COLOURS, INK, per, unit_of
from skdir.utils._validation import drop_unweighted

DENSITY, WEIGHT = COLOURS[:2]
# Weights whose largest is so many times the smallest are shown on a logarithmic axis; beyond it the
# smallest are as good as zero.
_WIDE = (20, 1e4)


def draw_densities(display, edges, scale):
    """Draw the empirical density as bars and the effective one as a line in each panel."""
    weight, y = drop_unweighted(display.sample_weight, display.y)
    heights = np.histogram(y, edges, weights=weight, density=True)[0]
    top = 1.08 * max(heights.max(), *(d.max() for d in display.densities))
    histograms, lines = [], []
    for ax, density in zip(display.axes_, display.densities):
        set_scale(ax, scale)
        histograms.append(draw_bars(ax, edges, heights, label="empirical density"))
        lines += ax.plot(
            display.grid, density, color=DENSITY, linewidth=2, label="effective density", zorder=4,
            marker="o" if len(display.grid) == 1 else None,
        )  # fmt: skip
        ax.set_ylim(0, top)
        write_numbers(ax)
        set_limits(ax, [display.y.min(), display.y.max(), edges[0], edges[-1]])
    return histograms, lines


def draw_weights(display):
    """Draw the weights and their mean in each panel, all on one scale."""
    if display.weights is None:
        return None, None, None
    every = np.concatenate(display.weights)
    low, high = every.min(), every.max()
    logarithmic = _WIDE[0] * low < high < _WIDE[1] * low
    axes, lines, units = [], [], []
    for ax, weight in zip(display.axes_, display.weights):
        other = twin_axes(ax)
        if logarithmic:
            other.set_yscale("log")
            other.set_ylim(min(low, 1) / 1.15, max(high, 1) * 1.15)
        else:
            other.set_ylim(0, 1.08 * max(high, 1))
        units.append(other.axhline(1, color=WEIGHT, linewidth=0.8, linestyle=":", label="weight 1"))
        lines += other.plot(
            display.grid, weight, color=WEIGHT, linewidth=2, linestyle="--", label="weight",
            marker="s" if len(display.grid) == 1 else None,
        )  # fmt: skip
        other.tick_params(axis="y", colors=WEIGHT)
        axes.append(other)
    return np.array(axes, dtype=object), lines, units


def finish(display, *, own_figure):
    """Label the axes and explain what is drawn."""
    unit = unit_of(display.target_name)
    n = len(display.axes_)
    columns = grid_columns(n) if own_figure else 1
    for k, ax in enumerate(display.axes_):
        name_target_axis(ax, display.y, display.target_name)
        drop_frame(ax)
        ax.set_ylabel(f"density ({per(unit)})" if unit else "density")
        if k % columns:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
        if display.weights is None:
            drop_frame(ax, sides=("right",))
        else:
            other = display.weight_axes_[k]
            drop_frame(other)
            other.set_ylabel("weight", color=WEIGHT)
            if (k + 1) % columns and k + 1 < n:
                other.set_ylabel("")
                other.tick_params(labelright=False, which="both")
    handles = [display.histograms_[0], display.density_lines_[0]]
    if display.weights is not None:
        handles += [display.weight_lines_[0], display.unit_lines_[0]]
    if n == 1:
        ax = display.axes_[0]
        return legend_above(
            ax, handles, title=_title(display, 0), title_fontsize="small", alignment="left"
        )
    for k, ax in enumerate(display.axes_):
        ax.set_title(_title(display, k), fontsize="medium", color=INK, loc="left")
    if own_figure:
        return display.figure_.legend(
            handles=handles, loc="outside upper left", ncols=4, frameon=False, fontsize="small"
        )
    return display.axes_[0].legend(handles=handles, fontsize="x-small", framealpha=0.85)


def _title(display, k):
    """Return what a panel is about."""
    parts = []
    if display.bandwidths[k] is not None:
        parts.append(f"bandwidth {display.bandwidths[k]:.3g}")
        if display.rules is not None and display.rules[k] is not None:
            parts[0] += f" ({display.rules[k]})"
    if display.effective_sample_sizes is not None:
        n = display.effective_sample_sizes[k]
        parts.append(f"{n:,.0f} effective of {_n_rows(display):,.0f} rows")
    return ("; " if len(display.axes_) == 1 else "\n").join(parts)


def _n_rows(display):
    """Return the number of rows, or the sum of their weights."""
    return len(display.y) if display.sample_weight is None else display.sample_weight.sum()
