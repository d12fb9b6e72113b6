"""How the parts of a picture of errors by target region are drawn."""

import numpy as np

from skdir.utils._drawing.axes import (
    draw_counts,
    drop_frame,
    legend_above,
    legend_below,
    legend_columns,
    name_target_axis,
    put_before,
    set_limits,
    write_numbers,
)
from skdir.utils._drawing.style import (
    COLOURS,
    GREY,
    INK,
    series_looks,
    short_names,
    squared,
    unit_of,
)
from skdir.utils._targets.bins import TargetBins

# Of a bin with fewer test rows than this the error is mostly noise.
FEW_TEST_ROWS = 5
NAME_LENGTH = 32
# Light to dark with the rows there are; hatches where there are few or none.
_SHOTS = {
    "many": {"facecolor": "#6b7480"},
    "medium": {"facecolor": "#b9c0c9"},
    "few": {"facecolor": "#f3c9a9", "hatch": "////", "edgecolor": COLOURS[1]},
    "zero": {"facecolor": "white", "hatch": "xxxx", "edgecolor": INK},
}
_STRIP = 0.04


def draw_training(display, ax):
    """Draw the training rows per bin, and what they are after smoothing."""
    edges = display.bin_edges
    bars = draw_counts(
        ax, edges, display.counts, weighted=display.weighted, share=0.4, what="training rows"
    )
    smooth = display.density * np.diff(edges) * display.counts.sum()
    (line,) = ax.plot(
        TargetBins(edges).centers, smooth, color=GREY, linewidth=1.2, linestyle=":",
        label="training rows, smoothed", zorder=3,
    )  # fmt: skip
    ax.set_ylim(top=max(display.counts.max(), smooth.max()) / 0.4)
    return bars, line


def draw_errors(display, ax):
    """Draw a line for each model, and white markers where there are few test rows."""
    centers = TargetBins(display.bin_edges).centers
    few = (display.n_test > 0) & (display.n_test < FEW_TEST_ROWS)
    size = 6 if len(centers) <= 40 else 3.5
    lines, uncertain = {}, {}
    names = short_names(display.errors, NAME_LENGTH)
    looks = series_looks(len(names))
    for (key, error), name, look in zip(display.errors.items(), names, looks):
        r = display.correlations[key]["effective"]
        label = f"{name} ({r:.2f})" if np.isfinite(r) else name
        (lines[key],) = ax.plot(
            centers, error, **look, linewidth=1.8, markersize=size, label=label, zorder=4,
            markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
        (uncertain[key],) = ax.plot(
            centers[few], error[few], linestyle="none", marker=look["marker"], markersize=size,
            markerfacecolor="white", markeredgecolor=look["color"], markeredgewidth=1.2, zorder=5,
        )  # fmt: skip
    return lines, uncertain


def finish(display, ax):
    """Mark the shots, label the axes and explain what is drawn."""
    edges, behind = display.bin_edges, display.counts_ax_
    put_before(ax, behind)
    _set_error_axis(display, ax)
    low, high = behind.get_ylim()
    behind.set_ylim(low - _STRIP * high, high)
    set_limits(ax, edges[[0, -1]])
    spans = {}
    for start, stop in _runs(display.shots):
        shot = display.shots[start]
        spans.setdefault(shot, []).append(
            ax.axvspan(
                edges[start], edges[stop], 0, _STRIP / (1 + _STRIP), linewidth=0, zorder=1,
                **_SHOTS[shot],
            )
        )  # fmt: skip
    unit = unit_of(display.target_name)
    unit = squared(unit) if display.metric == "mean squared error" else unit
    ax.set_ylabel(f"{display.metric} in {unit}" if unit else display.metric)
    name_target_axis(ax, np.append(edges, edges), display.target_name)
    drop_frame(ax, behind)
    handles = [*display.lines_.values(), display.density_line_]
    notes = []
    if any(np.isfinite(r["effective"]) for r in display.correlations.values()):
        notes.append("in brackets: correlation of the error with the effective density")
    if any(len(line.get_xdata()) for line in display.uncertain_.values()):
        notes.append(f"white markers: fewer than {FEW_TEST_ROWS} test rows")
    legend = legend_above(
        ax,
        handles,
        columns=legend_columns([handle.get_label() for handle in handles]),
        title="; ".join(notes) or None,
        title_fontsize="small",
        alignment="left",
    )
    few, many = display.thresholds["few"], display.thresholds["many"]
    unit = "weight" if display.weighted else "training rows"
    words = {
        "many": f"many (> {many:.3g} {unit})",
        "medium": "medium",
        "few": f"few (< {few:.3g})",
        "zero": "zero",
    }
    known = {shot: spans[shot][0] for shot in _SHOTS if shot in spans}
    labels = [words[shot] for shot in known]
    shot_legend = legend_below(behind, list(known.values()), labels)
    return spans, legend, shot_legend


def _set_error_axis(display, ax):
    """Scale the axis of the errors, with room for the strip at its lower end."""
    errors = np.concatenate(list(display.errors.values()))
    errors = errors[np.isfinite(errors)]
    if display.yscale == "log":
        low, high = np.log10(errors.min()) - 0.1, np.log10(errors.max()) + 0.1
        ax.set_yscale("log")
        ax.set_ylim(10 ** (low - _STRIP * (high - low)), 10**high)
        return
    top = 1.06 * errors.max() or 1.0
    low = min(0.0, 1.06 * errors.min())  # a function may be anything
    ax.set_ylim(low - _STRIP * (top - low), top)
    ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= top])
    write_numbers(ax)


def _runs(values):
    """Return where runs of equal values begin and end."""
    ends = np.flatnonzero(values[1:] != values[:-1]) + 1
    return list(zip(np.concatenate([[0], ends]), np.concatenate([ends, [len(values)]])))
