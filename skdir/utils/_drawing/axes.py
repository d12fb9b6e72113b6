"""The target's axis and the histogram along it; only methods of axes, no matplotlib import."""

import numpy as np

from skdir.utils._drawing.inputs import check_axes
from skdir.utils._drawing.style import GREY, LIGHT, plain
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._targets.bins import MOST_BINS, TargetBins, auto_edges
from skdir.utils._targets.ranges import bins_of, check_size
from skdir.utils._validation import drop_unweighted, parameter_error

SCALES = ("auto", "linear", "log", "asinh")
# A range of more interquartile ranges than this is shown on a logarithmic axis.
_LONG = 50
# Powers of ten on either side of zero.
_TICKS = 8
# On longer logarithmic axes matplotlib looks for ticks beyond the largest float.
_MOST_DECADES = 100
# How numbers are placed on an axis, and back.
_SCALES = {
    "linear": (np.asarray, np.asarray),
    "log": (np.log, np.exp),
    "asinh": (np.arcsinh, np.sinh),
}


def new_axes(ax, size, *, caller):
    """Return the axes, those of a new figure of pyplot if there are none."""
    pyplot = import_optional_dependency("matplotlib.pyplot", caller=caller)
    if ax is not None:
        return check_axes(ax, 1, caller=caller)[0]
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def grid_axes(ax, n, *, caller, size=(3.6, 3.4)):
    """Return n given axes as an array, those of a new figure of pyplot if there are none.

    A new figure has up to three of them in a row, and those that are left over are removed.
    """
    pyplot = import_optional_dependency("matplotlib.pyplot", caller=caller)
    if ax is not None:
        return np.array(check_axes(ax, n, caller=caller), dtype=object)
    columns = grid_columns(n)
    rows = -(-n // columns)
    width = 7.5 if n == 1 else max(7.5, size[0] * columns)
    height = size[1] * rows + (0.8 if n == 1 else 0.4)
    _, axes = pyplot.subplots(
        rows, columns, figsize=(width, height), layout="constrained", squeeze=False
    )
    for spare in axes.flat[n:]:
        spare.remove()
    return axes.ravel()[:n]


def grid_columns(n):
    """Return how many of n panels are in a row."""
    return n if n <= 3 else 2 if n == 4 else 3


def choose_scale(xscale, y, *, caller):
    """Return the arguments of `set_xscale` for the target's axis."""
    check_size(y, caller=caller)
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


def set_scale(ax, scale):
    """Set the scale of the target's axis, whose ends are set later, without margins until then."""
    ax.set_xscale(**scale)
    ax.set_xmargin(0)


def twin_axes(ax):
    """Return other axes in the same place, with the same target's axis."""
    twin = ax.twinx()
    twin.set_xmargin(0)
    return twin


def middle_reach(y):
    """Return how far from zero the middle half of the targets reaches, where asinh is linear."""
    return float(np.abs(np.quantile(y, [0.25, 0.75])).max())


def histogram_edges(bins, y, sample_weight, scale, *, caller, max_bins=MOST_BINS):
    """Return the edges of bars; those of automatic bins are equally wide on the scaled axis.

    `scale` is what `choose_scale` returned. No more than about `max_bins` bins are automatic.
    """
    weight, y = drop_unweighted(sample_weight, y)
    automatic = isinstance(bins, str) and bins == "auto"
    if automatic or isinstance(bins, (int, np.integer)):
        forward, back = _SCALES[scale["value"]]
        width = scale.get("linear_width", 1.0)
        scaled = forward(y / width)
        if automatic:
            with bins_of(y, caller=caller):
                edges = auto_edges(scaled, weight, max_bins=max_bins)
        else:
            edges = TargetBins.of(bins, scaled, weight, caller=caller).edges
        edges = back(edges) * width
        # rounding must not leave out the ends
        edges[0], edges[-1] = min(edges[0], y.min()), max(edges[-1], y.max())
    else:
        edges = TargetBins.of(bins, y, weight, caller=caller).edges
    return edges


def draw_bars(ax, edges, heights, **look):
    """Draw bars between edges."""
    look = {"color": LIGHT, "edgecolor": "white", "zorder": 2, **look}
    return ax.bar(
        edges[:-1], heights, np.diff(edges), align="edge",
        linewidth=0.5 if len(heights) <= 100 else 0.0, **look,
    )  # fmt: skip


def draw_counts(ax, edges, counts, *, weighted, share, what="rows"):
    """Draw the rows per bin in the lower share of axes, whose scale then is all about them."""
    bars = draw_bars(ax, edges, counts)
    highest = counts.max()
    ax.set_ylim(0, highest / share)
    ax.set_yticks([0, highest], ["0", f"{highest:.3g}" if weighted else f"{highest:,}"])
    ax.set_ylabel(f"weight of {what} per bin" if weighted else f"{what} per bin", loc="bottom")
    ax.yaxis.label.set_color(GREY)
    ax.tick_params(axis="y", colors=GREY)
    return bars


def put_before(ax, behind):
    """Draw axes over others in the same place."""
    ax.set_zorder(behind.get_zorder() + 1)
    ax.patch.set_visible(False)


def set_limits(ax, ends):
    """Set the ends of the target's axis, with a margin on the scaled axis; return them scaled."""
    ends = np.asarray(ends, dtype=float)
    if ax.get_xscale() == "log":  # a control point, or an edge, may lie below
        ends = ends[ends > 0]
    scale = ax.xaxis.get_transform()
    ends = scale.transform(ends)
    low, high = ends.min(), ends.max()
    margin = 0.02 * (high - low)
    low, high = low - margin, high + margin
    ax.set_xlim(*scale.inverted().transform(np.array([low, high])))
    return low, high


def name_target_axis(ax, y, name):
    """Label the target's axis and tick it."""
    ax.set_xlabel(plain(name))
    if ax.get_xscale() == "asinh":
        ax.set_xticks(decades(y, ax.xaxis.get_transform().linear_width))
    elif ax.get_xscale() == "log" and is_too_long(y):
        ax.set_xticks(decades(y, y.min()))
        ax.minorticks_off()


def is_too_long(y):
    """Return whether matplotlib's own ticks of positive targets may be beyond the largest float."""
    return y.min() > 0 and np.log10(y.max()) - np.log10(y.min()) > _MOST_DECADES


def decades(y, linear_width):
    """Return zero and powers of ten, eight at most, beyond the linear part of an asinh axis."""
    power = 10.0 ** np.arange(np.ceil(np.log10(linear_width)), np.log10(np.abs(y).max()))
    power = power[:: max(1, -(-len(power) // _TICKS))]
    ticks = np.concatenate([-power[::-1], [0.0], power])
    return ticks[(ticks >= y.min()) & (ticks <= y.max())]


def drop_frame(*axes, sides=("top",)):
    """Drop the frame lines that carry no information."""
    for ax in axes:
        ax.spines[list(sides)].set_visible(False)


def write_numbers(ax):
    """Write the numbers of a linear vertical axis in full, without a power above it."""
    low, high = np.abs(ax.get_ylim())
    top = max(low, high)
    ax.yaxis.set_major_formatter("{x:,.10g}" if 1e-3 <= top < 1e7 else "{x:.3g}")


def legend_above(ax, handles, *, columns=4, **options):
    """Explain what is drawn, above the axes."""
    return ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False,
        fontsize="small", borderaxespad=0.1, columnspacing=1.4, handlelength=2.4, **options,
    )  # fmt: skip


def legend_below(ax, handles, labels, *, columns=4):
    """Explain what is drawn, below the label of the axis."""
    transforms = import_optional_dependency("matplotlib.transforms", caller="plot")
    down = transforms.ScaledTranslation(0, -34 / 72, ax.figure.dpi_scale_trans)
    return ax.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=columns,
        bbox_transform=ax.transAxes + down, frameon=False, fontsize="small", borderaxespad=0,
    )  # fmt: skip


def legend_columns(labels):
    """Return in how many columns labels fit above axes as wide as those of a new figure."""
    return max(1, min(4, 104 // (max(map(len, labels)) + 9)))


def legend_height(names):
    """Return about how many inches a legend above the axes needs for lines of these names."""
    columns = legend_columns([name[:40] for name in names])
    return 0.19 * (1 + len(names) // columns)


def points_wide(ax):
    """Return the width of the axes in points, about."""
    return 72 * ax.figure.get_figwidth() * ax.get_position().width


def text_width(text, ax):
    """Return the width of a text in points, about: letters are half as wide as the font's size."""
    return 0.5 * ax.xaxis.label.get_size() * len(text)
