"""Labels of points that cover neither each other nor the points."""

import numpy as np

from skdir.utils._drawing.style import FEW, GREY, INK, plain
from skdir.utils._optional_dependencies import import_optional_dependency


def label_points(ax, points, *, bold=(), fontsize=None, obstacles=()):
    """Write the name of each point beside it, with a thin line where it is far.

    Parameters
    ----------
    ax : matplotlib Axes
        Where the points are.

    points : dict of str to (float, float)
        Their places.

    bold : collection of str, default=()
        Names in bold.

    fontsize : str, default=None
        Of the labels.

    obstacles : list of tuple, default=()
        Lines (x0, y0, x1, y1) in units of the data that labels should not cover either.
    """
    effects = import_optional_dependency("matplotlib.patheffects", caller="plot")
    if hasattr(ax.figure, "draw_without_rendering"):
        ax.figure.draw_without_rendering()  # the layout that labels are placed in
    for name, place in _place_labels(points, ax, bold, obstacles).items():
        ax.annotate(
            plain(name, 18),
            points[name],
            xytext=place,
            textcoords="offset points",
            ha="left" if place[0] > 0 else "right" if place[0] < 0 else "center",
            va="center" if place[0] else "bottom" if place[1] > 0 else "top",
            color=INK,
            fontsize=fontsize,
            fontweight="bold" if name in bold else None,
            zorder=5,
            path_effects=[effects.withStroke(linewidth=2.5, foreground="white")],
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.7, "shrinkB": 4}
            if np.hypot(*place) > 12
            else None,
        )


def _place_labels(points, ax, bold, obstacles):
    """Choose for each label the offset (in points) that covers least of what is there."""
    offsets = [(9, 0), (-9, 0), (0, 8), (0, -8), (9, 10), (9, -10), (-9, 10), (-9, -10)]
    offsets += [(9, 20), (9, -20), (-9, 20), (-9, -20), (0, 20), (0, -20)]
    offsets += [(dx, dy) for dx in (22, -22, 38, -38) for dy in (0, 14, -14, 28, -28, 42, -42)]
    letter = ax.xaxis.label.get_size() * (5 / 6 if len(points) > FEW else 1)
    box = ax.get_window_extent()
    size = np.array([box.width, box.height]) * 72 / ax.figure.dpi
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()

    def spot(x, y):
        return (x - x0) / (x1 - x0) * size[0], (y - y0) / (y1 - y0) * size[1]

    spots = {name: spot(*point) for name, point in points.items()}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in spots.values()]
    for a, b, c, d in obstacles:
        (left, low), (right, high) = spot(a, b), spot(c, d)
        taken.append((left - 1, low - 1, right + 1, high + 1))
    boxes, choices = {}, {}
    for name, (x, y) in spots.items():
        # capitals are about 0.7 of the font size wide, bold ones 0.8; and a little room
        width = (0.8 if name in bold else 0.7) * letter * len(plain(name, 18)) + 3
        boxes[name] = [_box(x + dx, y + dy, dx, dy, width, 1.1 * letter) for dx, dy in offsets]
    for _ in range(3):  # the first labels choose again when the others are there
        for name, own in boxes.items():
            others = taken + [boxes[n][k] for n, k in choices.items() if n != name]
            costs = [
                _covered(box, others, size) + 0.01 * k + 0.6 * np.hypot(*offsets[k])
                for k, box in enumerate(own)
            ]
            choices[name] = int(np.argmin(costs))
    return {name: offsets[k] for name, k in choices.items()}


def _box(x, y, dx, dy, width, height):
    """Return the corners of a label at a place, on that side of it where its point is not."""
    left = x - (0 if dx > 0 else width if dx < 0 else width / 2)
    low = y - (height / 2 if dx else 0 if dy > 0 else height)
    return left, low, left + width, low + height


def _covered(box, taken, size):
    """Return the area of a label over other things and outside of the axes."""
    area = sum(
        max(0.0, min(box[2], t[2]) - max(box[0], t[0]))
        * max(0.0, min(box[3], t[3]) - max(box[1], t[1]))
        for t in taken
    )
    inside = max(0.0, min(box[2], size[0]) - max(box[0], 0.0)) * max(
        0.0, min(box[3], size[1]) - max(box[1], 0.0)
    )
    return area + (box[2] - box[0]) * (box[3] - box[1]) - inside
