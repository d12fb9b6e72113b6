"""How the parts of a picture of the statistics of features are drawn."""

import numpy as np

from skdir.utils._drawing.axes import (
    draw_counts,
    drop_frame,
    legend_above,
    legend_columns,
    name_target_axis,
    put_before,
    set_limits,
)
from skdir.utils._drawing.style import INK, series_looks, short_names

_TITLES = ("means", "variances")


def draw_similarities(display, ax, similarities):
    """Draw lines and anchors over the rows per bin; return them and the axes behind."""
    edges = display.bin_edges
    behind = ax.twinx()
    put_before(ax, behind)
    bars = draw_counts(behind, edges, display.counts, weighted=False, share=0.35)
    centres = edges[:-1] / 2 + edges[1:] / 2
    size = 5 if len(centres) <= 40 else 2.5
    lines, names = {}, short_names(similarities, 30)
    for (key, values), name, look in zip(similarities.items(), names, series_looks(len(names))):
        (lines[key],) = ax.plot(
            centres, values, **look, linewidth=1.6, markersize=size, markeredgecolor="white",
            markeredgewidth=0.3, label=name, zorder=4,
        )  # fmt: skip
    places = sorted({centres[anchor] for anchor in display.anchors.values()})
    anchors = [
        ax.axvline(place, color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=3, label="anchor")
        for place in places
    ]
    span = max(0.1, 1 - np.nanmin(np.concatenate([*similarities.values(), [1.0]])))
    ax.set_ylim(1 - 1.08 * span, 1 + 0.04 * span)
    set_limits(ax, edges[[0, -1]])
    return lines, anchors, bars, behind


def finish(display):
    """Label the axes and explain what is drawn."""
    for k, (ax, behind, title) in enumerate(zip(display.axes_, display.counts_axes_, _TITLES)):
        name_target_axis(ax, display.bin_edges, display.target_name)
        ax.set_ylabel(f"cosine similarity of {title}")
        drop_frame(ax, behind)
        if k == 0:
            behind.set_ylabel("")
    handles = [*display.mean_lines_.values(), display.anchor_lines_[0]]
    columns = legend_columns([handle.get_label() for handle in handles])
    return legend_above(display.axes_[0], handles, columns=columns)
