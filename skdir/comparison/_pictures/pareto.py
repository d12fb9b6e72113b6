"""The Pareto picture: error on rare targets against error on frequent ones, with intervals."""

import numpy as np

from skdir.comparison._judgement.changes import CONFIDENCE_LEVEL, changes
from skdir.comparison._judgement.finding import region_words
from skdir.comparison._pictures.figures import kind_legend, new_axes
from skdir.comparison._pictures.labels import label_points
from skdir.comparison._pictures.style import looks
from skdir.comparison._run.inputs import check_fraction
from skdir.comparison._strategies.groups import strategy_groups
from skdir.utils._drawing.axes import drop_frame
from skdir.utils._drawing.style import FEW, GREY, LIGHT, plain

_CALLER = "StrategyComparison.plot_pareto"


def pareto_front(points):
    """Return the names of the points that none beats on both sides, by the first coordinate.

    Parameters
    ----------
    points : dict of str to (float, float)
        Two errors of each; the lower the better. Of equal points all are in the front.

    Returns
    -------
    front : list of str
        Sorted by the first error.
    """
    front, lowest = [], np.inf
    for name in sorted(points, key=points.get):
        if points[name][1] < lowest or (front and points[name] == points[front[-1]]):
            front.append(name)
            lowest = points[name][1]
    return front


def plot_pareto(results, ax=None, confidence_level=CONFIDENCE_LEVEL):
    """Plot one point with intervals per strategy, and join the front."""
    check_fraction(confidence_level, name="confidence_level", caller=_CALLER)
    groups = strategy_groups(results.kinds)
    ax = new_axes(ax, (6.4, 5.6 if groups is None else 6.6), _CALLER)
    points = {
        name: (results.mean("frequent MAE", name), results.mean("rare MAE", name))
        for name in results.complete
    }
    points = {name: point for name, point in points.items() if np.isfinite(point).all()}
    baseline = results.baseline
    if baseline in points:
        ax.axvline(points[baseline][0], color=LIGHT, linewidth=1, zorder=1)
        ax.axhline(points[baseline][1], color=LIGHT, linewidth=1, zorder=1)
    front = pareto_front(points)
    ax.plot(
        *np.transpose([points[name] for name in front] or np.empty((0, 2))),
        color=GREY,
        linewidth=3,
        alpha=0.45,
        solid_capstyle="round",
        zorder=2,
        label="_front",
    )
    bars = _draw_points(ax, results, points, baseline, confidence_level)
    ax.margins(0.1)
    ax.autoscale_view()
    region = region_words(results)
    ax.set_xlabel("error on the other targets (MAE)")
    ax.set_ylabel(f"error on the {region} of the targets (MAE)")
    ax.set_title("Rare against frequent: lower left is better", loc="left")
    if groups is not None:
        kind_legend(ax, groups)
    drop_frame(ax, sides=("top", "right"))
    ax.text(
        1,
        1,
        f"bars: {100 * confidence_level:g} % interval of the difference from "
        f"{plain(baseline, 18)}\nthick line: no strategy is better on both sides",
        transform=ax.transAxes,
        ha="right",
        va="top",
        color=GREY,
        fontsize="small",
    )
    if baseline in points:
        (x, y), (x0, x1), (y0, y1) = points[baseline], ax.get_xlim(), ax.get_ylim()
        bars += [(x0, y, x1, y), (x, y0, x, y1)]
    label_points(
        ax,
        points,
        bold=front,
        fontsize="small" if len(points) > FEW else None,
        obstacles=bars,
    )
    return ax


def _draw_points(ax, results, points, baseline, confidence_level):
    """Draw markers, and intervals of the differences from the baseline; return these lines."""
    styles = looks(results.kinds)
    differences = {
        metric: changes(results, metric, baseline, list(points), confidence_level)
        for metric in ("frequent MAE", "rare MAE")
        if points
    }
    front, lines = set(pareto_front(points)), []
    for name, (x, y) in points.items():
        colour, marker = styles[name]["color"], styles[name]["marker"]
        dx, dy = (differences[metric][name].half_width for metric in ("frequent MAE", "rare MAE"))
        if name != baseline and np.isfinite([dx, dy]).all():
            lines += [(x - dx, y, x + dx, y), (x, y - dy, x, y + dy)]
            ax.errorbar(
                [x],
                [y],
                xerr=[dx],
                yerr=[dy],
                ecolor=colour,
                elinewidth=1,
                alpha=0.4,
                fmt="none",
                zorder=2.5,
            )
        ax.plot(
            [x],
            [y],
            linestyle="none",
            color=colour,
            marker=marker,
            markersize=10 if name in front else 7,
            markeredgecolor="white",
            markeredgewidth=0.7,
            label=plain(name, 18),
            zorder=4 if name in front else 3,
        )
    return lines
