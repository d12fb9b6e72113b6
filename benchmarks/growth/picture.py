"""The picture of `benchmarks.growth`: a panel of log-log curves per kind of work."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks._shared.timing import seconds
from benchmarks.growth.report import growth
from benchmarks.growth.works import PANELS
from skdir.utils._drawing.style import GREY, INK, LIGHT, series_looks
from skdir.utils._text.writing import whole_file


def draw(found, path):
    """Draw time over size for all panels and save the picture."""
    figure = Figure(figsize=(13, 19.5))
    # room below each panel for its legend
    figure.subplots_adjust(left=0.07, right=0.975, top=0.982, bottom=0.128, hspace=0.7, wspace=0.19)
    for ax, panel in zip(figure.subplots(3, 2).flat, PANELS):
        curves(ax, panel, found["panels"][panel.title])
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as name:
        figure.savefig(name, format="png", dpi=90)


def curves(ax, panel, found):
    """Draw the curves of a panel, with their exponents in the legend."""
    looks = iter(series_looks(len(panel.works)))
    for work in panel.works:
        compared = "for comparison" in work.name
        look = {"color": GREY, "linestyle": ":"} if compared else next(looks)
        one = found[work.name]
        fitted = growth(one["sizes"], one["seconds"], work.lowest, work.highest)
        label = f"{work.name}: {fitted.exponent:.2f}"
        ax.plot(one["sizes"], one["seconds"], markersize=4.5, linewidth=1.6, label=label, **look)
    ax.set(xscale="log", yscale="log")
    ax.margins(x=0.04, y=0.06)
    low, high = ax.get_xlim()
    bottom, top = ax.get_ylim()
    for start in np.arange(np.floor(np.log10(bottom / high)) - 1, np.log10(top / low) + 1):
        line = np.array([low, high])
        ax.plot(line, 10.0**start * line, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set(xlim=(low, high), ylim=(bottom, top))
    ax.set_title(panel.title, loc="left", fontsize=11, color=INK)
    ax.set_xlabel(panel.label[0].upper() + panel.label[1:], color=GREY)
    ax.set_ylabel("Time", color=GREY)
    for axis, form, reach in (
        (ax.xaxis, "{:,.0f}".format, high / low),
        (ax.yaxis, seconds, top / bottom),
    ):
        subs = (1.0,) if reach > 200 else (1.0, 2.0, 5.0)
        axis.set_major_locator(LogLocator(subs=subs, numticks=20))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _, form=form: form(value)))
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors=GREY)
    ax.legend(
        loc="upper left", bbox_to_anchor=(-0.01, -0.14), fontsize=9, frameon=False,
        handlelength=3.4, labelspacing=0.35, title="Work: exponent", title_fontsize=9,
        alignment="left",
    )  # fmt: skip
