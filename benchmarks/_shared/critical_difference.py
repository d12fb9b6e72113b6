"""The critical-difference diagram of Demsar (2006): mean ranks, and what cannot be told apart."""

from pathlib import Path

import numpy as np

from skdir.utils._text.writing import whole_file


def groups(ranks, difference):
    """Return (first, last) positions of the largest runs of sorted ranks within the difference."""
    last = np.searchsorted(ranks, ranks + difference, side="right") - 1
    runs, reached = [], -1
    for first, end in enumerate(last):
        if end > max(first, reached):
            runs.append((first, int(end)))
        reached = max(reached, end)
    return runs


def save_diagram(path, ranks, difference, *, title, note):
    """Draw mean ranks by name, 1 being the best, and write the picture.

    Names are on the left and right of the axis; a bar joins the strategies whose ranks differ by
    less than the critical difference.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = sorted(ranks, key=ranks.get)
    values = np.array([ranks[name] for name in names])
    n, n_left = len(names), (len(names) + 1) // 2
    bars = groups(values, difference)
    step, top = 0.42, 0.35 + 0.2 * len(bars)
    depth = top + step * n_left
    figure, ax = plt.subplots(figsize=(8, 1.15 + 0.62 * depth), layout="constrained")
    low, high = int(np.floor(values.min())), int(np.ceil(values.max()))
    high = max(high, int(np.ceil(low + difference)))
    width = high - low
    ax.set_xlim(low - 0.26 * width, high + 0.26 * width)
    ax.set_ylim(depth + 0.1, -1.25)
    ax.axis("off")
    ax.plot([low, high], [0, 0], color="black", lw=1.2)
    for tick in range(low, high + 1):
        ax.plot([tick, tick], [0, -0.12], color="black", lw=1.2)
        ax.text(tick, -0.2, str(tick), ha="center", va="bottom")
    ax.plot([low, low + difference], [-0.85, -0.85], color="black", lw=1.2)
    for end in (low, low + difference):
        ax.plot([end, end], [-0.93, -0.77], color="black", lw=1.2)
    ax.text(
        low + difference + 0.02 * width,
        -0.85,
        f"critical difference {difference:.2f}",
        va="center",
    )
    for k, (name, value) in enumerate(zip(names, values)):
        left = k < n_left
        y = top + step * (k if left else n - 1 - k)
        end = low - 0.04 * width if left else high + 0.04 * width
        color = "tab:red" if name == "VANILLA" else "black"
        ax.plot([value, value, end], [0, y, y], color=color, lw=0.9)
        ax.text(
            end - 0.012 * width if left else end + 0.012 * width,
            y,
            f"{name}  {value:.1f}" if left else f"{value:.1f}  {name}",
            ha="right" if left else "left",
            va="center",
            color=color,
        )
    for k, (first, last) in enumerate(bars):
        y = 0.18 + 0.2 * k
        ax.plot(
            [values[first] - 0.006 * width, values[last] + 0.006 * width],
            [y, y],
            color="tab:blue",
            lw=3.5,
            solid_capstyle="butt",
        )
    ax.set_title(title, loc="left", fontsize=11)
    figure.text(0.01, -0.02, note, fontsize=8.5, va="top", color="0.3")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Software": None}
    with whole_file(path) as name:
        figure.savefig(name, format="png", dpi=110, bbox_inches="tight", metadata=metadata)
    plt.close(figure)
