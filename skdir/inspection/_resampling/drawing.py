"""How the parts of a picture of resampling are drawn."""

import numpy as np

from skdir.utils._drawing.axes import (
    decades,
    draw_bars,
    drop_frame,
    is_too_long,
    legend_above,
    name_target_axis,
    set_limits,
    set_scale,
)
from skdir.utils._drawing.style import COLOURS, INK, plain
from skdir.utils._optional_dependencies import import_optional_dependency

AFTER, SYNTHETIC = COLOURS[:2]
# Dark where the target is high, and as clear to colour-blind readers and in grey print.
_COLOURS = "cividis_r"
# More rows than this are drawn as an image in files of vectors.
_MANY = 2000
_NORMS = {"linear": "Normalize", "log": "LogNorm", "asinh": "AsinhNorm"}


def draw_histograms(display, edges, scale):
    """Draw the targets before as bars, those after and the synthetic ones as outlines."""
    ax = display.axes_[0]
    set_scale(ax, scale)
    before = np.histogram(display.y, edges)[0]
    after = np.histogram(display.y_resampled, edges)[0]
    new = np.histogram(display.y_resampled[display.synthetic_mask], edges)[0]
    bars = draw_bars(ax, edges, before, label=f"before: {len(display.y):,} rows")
    outline = ax.stairs(
        after, edges, color=AFTER, linewidth=1.8, zorder=4,
        label=f"after: {len(display.y_resampled):,} rows",
    )  # fmt: skip
    synthetic = None
    if display.synthetic_mask.any():
        synthetic = ax.stairs(
            new, edges, color=SYNTHETIC, linewidth=1.6, linestyle="--", zorder=5,
            label=f"synthetic: {display.synthetic_mask.sum():,} rows",
        )  # fmt: skip
    ax.set_ylim(0, 1.08 * max(before.max(), after.max()))
    set_limits(ax, edges[[0, -1]])
    ax.set_ylabel("rows per bin")
    name_target_axis(ax, np.concatenate([display.y, display.y_resampled]), display.target_name)
    drop_frame(ax, sides=("top", "right"))
    return bars, outline, synthetic


def draw_rows(display, scale):
    """Draw the rows before and after at their features, coloured by the target."""
    colors = import_optional_dependency("matplotlib.colors", caller="plot")
    both = np.concatenate([display.y, display.y_resampled])
    width = {k: v for k, v in scale.items() if k != "value"}
    norm = getattr(colors, _NORMS[scale["value"]])(vmin=both.min(), vmax=both.max(), **width)
    n = max(len(display.y), len(display.y_resampled))
    look = {
        "cmap": _COLOURS, "norm": norm, "rasterized": n > _MANY,
        "s": float(np.clip(6000 / n, 5, 26)),
    }  # fmt: skip

    def scatter(ax, features, y, rows, **marks):
        """Draw some rows, none if there are none."""
        rows = rows & np.isfinite(features).all(axis=1)
        if not rows.any():
            return None
        return ax.scatter(*features[rows].T, c=y[rows], **{**look, **marks})

    synthetic = display.synthetic_mask
    kept = np.zeros(len(display.y), dtype=bool)
    kept[display.sample_indices[~synthetic]] = True
    dot = {"marker": "o", "edgecolors": INK, "linewidths": 0.25, "zorder": 3}
    before_ax, after_ax = display.axes_[1:]
    before = (
        scatter(before_ax, display.features, display.y, kept, label="kept", **dot),
        scatter(
            before_ax, display.features, display.y, ~kept, label="removed", marker="x",
            linewidths=1.0, zorder=2,
        ),
    )  # fmt: skip
    features, y = display.features_resampled, display.y_resampled
    after = (
        scatter(after_ax, features, y, ~synthetic, label="kept", **dot),
        scatter(
            after_ax, features, y, synthetic, label="synthetic", marker="^", edgecolors=SYNTHETIC,
            linewidths=0.8 if n <= _MANY else 0.3, zorder=4, s=1.5 * look["s"],
        ),
    )  # fmt: skip
    shown = next((points for points in (*before, *after) if points is not None), None)
    if shown is None:
        shown = before_ax.scatter([], [], c=[], **look)
    colorbar = display.figure_.colorbar(shown, ax=list(display.axes_[1:]), pad=0.02)
    colorbar.set_label(plain(display.target_name))
    if scale["value"] == "log" and is_too_long(both):
        colorbar.set_ticks(decades(both, both.min()))
        colorbar.minorticks_off()
    return before, after, colorbar


def finish(display):
    """Label the axes and explain what is drawn."""
    every = np.concatenate([display.features, display.features_resampled])
    every = every[np.isfinite(every).all(axis=1)]
    for ax in display.axes_[1:]:
        if len(every):
            low, high = every.min(axis=0), every.max(axis=0)
            room = np.where(high > low, 0.04 * (high - low), 0.5)
            ax.set_xlim(low[0] - room[0], high[0] + room[0])
            ax.set_ylim(low[1] - room[1], high[1] + room[1])
        ax.set_xlabel(plain(display.feature_names[0], 40))
        ax.set_ylabel(plain(display.feature_names[1], 40))
        drop_frame(ax, sides=("top", "right"))
    steps = [display.after_, *([] if display.synthetic_ is None else [display.synthetic_])]
    legends = [legend_above(display.axes_[0], [display.histogram_, *steps], columns=1)]
    panels = [
        ("before", display.features, (display.kept_before_points_, display.removed_points_)),
        ("after", display.features_resampled, (display.kept_points_, display.synthetic_points_)),
    ]
    for ax, (when, features, points) in zip(display.axes_[1:], panels):
        missing = int(np.isnan(features).any(axis=1).sum())
        title = f"{when}; {missing:,} rows with missing features" if missing else when
        handles = [one for one in points if one is not None]
        legends.append(legend_above(ax, handles, title=title, alignment="left", columns=2))
    return legends
