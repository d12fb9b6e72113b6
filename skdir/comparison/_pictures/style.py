"""How each strategy looks in the pictures of a comparison."""

from skdir.comparison._strategies.groups import strategy_groups
from skdir.utils._drawing.style import COLOURS, INK, MARKERS, STYLES

# Many strategies: weights are cold, resampling is warm, and each kind has one shape.
KIND_COLOURS = {
    "model": ("#7B5E3B", "#8A8F98", "#B08D57", "#4B5563"),
    "weights": ("#0072B2", "#56B4E9", "#00406B", "#009E73", "#5BB5A2", "#3F6FD1", "#00695C"),
    "resampling": ("#D55E00", "#E69F00", "#8C2D04", "#CC79A7", "#C62828", "#B8860B", "#F09A7A"),
    "mean": ("#7E57C2", "#4A148C", "#B39DDB"),
}
KIND_MARKERS = {"model": "o", "weights": "s", "resampling": "^", "mean": "D"}


def looks(kinds):
    """Return the colour, line style and marker of each strategy; the plain one is black."""
    groups = strategy_groups(kinds)
    result = {"VANILLA": {"color": INK, "linestyle": "-", "marker": "o"}}
    if groups is None:
        for k, name in enumerate(name for name in kinds if name != "VANILLA"):
            result[name] = {
                "color": COLOURS[k % len(COLOURS)],
                "linestyle": STYLES[(k // len(COLOURS) + k) % 4],
                "marker": MARKERS[(k + 1) % len(MARKERS)],
            }
        return {name: result[name] for name in kinds}
    for kind, names in groups.items():
        colours, first = KIND_COLOURS[kind], 1 if kind == "model" else 0  # solid is VANILLA
        for k, name in enumerate(name for name in names if name != "VANILLA"):
            result[name] = {
                "color": colours[k % len(colours)],
                "linestyle": STYLES[(k + first) % len(STYLES)],
                "marker": KIND_MARKERS[kind],
            }
    return {name: result[name] for name in kinds}
