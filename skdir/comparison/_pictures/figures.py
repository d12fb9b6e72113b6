"""Pictures of a comparison."""

import numpy as np

from skdir.comparison._judgement.finding import rare_percent
from skdir.comparison._pictures.labels import label_points
from skdir.comparison._pictures.style import KIND_COLOURS, KIND_MARKERS, looks
from skdir.comparison._strategies.groups import HEADINGS, strategy_groups
from skdir.density import RareTargets
from skdir.utils._drawing.axes import drop_frame, put_before
from skdir.utils._drawing.axes import new_axes as axes_of_pyplot
from skdir.utils._drawing.style import COLOURS, FEW, GREY, INK, LIGHT, plain
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._targets.bins import TargetBins


def new_axes(ax, size, caller):
    """Return the given axes, those that a given function makes, or those of pyplot's new figure."""
    return ax(size) if callable(ax) else axes_of_pyplot(ax, size, caller=caller)


def off_screen(size):
    """Return the axes of a figure that pyplot does not know: a report opens no window."""
    figure = import_optional_dependency("matplotlib.figure", caller="comparison_report")
    return figure.Figure(figsize=size, layout="constrained").subplots()


def rare_intervals(density, threshold, y, n=2000):
    """Return the intervals in the range of y where the density is at most the threshold."""
    grid = np.linspace(y.min(), y.max(), n)
    rare = np.concatenate([[False], density.density(grid) <= threshold, [False]])
    change = np.flatnonzero(rare[1:] != rare[:-1])
    return [(grid[a], grid[b - 1]) for a, b in zip(change[::2], change[1::2])]


def fit_rare(results):
    """Return the rule of what is rare, fitted to all targets."""
    rule = RareTargets(rare_fraction=results.rare_fraction)
    return rule.fit(results.y, results.sample_weight)


def _mark_rare(ax, results, rule, height, **look):
    """Mark on the axis where the targets are as rare as the rare rows."""
    intervals = rare_intervals(rule.density_, rule.level_, results.y)
    for k, (low, high) in enumerate(intervals):
        label = f"rarest {rare_percent(results)} of rows" if k == 0 else None
        ax.axvspan(low, high, 0, height, color=COLOURS[1], linewidth=0, label=label, **look)


def region_errors(results, name):
    """Return the mean absolute error in each target bin over the test rows of all folds."""
    target_bins, weight = TargetBins(results.bin_edges), results.sample_weight
    total, mass = np.zeros((2, target_bins.n_bins))
    row = list(results.estimators).index(name)
    for (_, rows), predictions in zip(results.folds, results.predictions):
        y, predicted = results.y[rows], predictions[row]
        w = np.ones(len(rows)) if weight is None else weight[rows]
        index = target_bins.index(y)
        used = np.isfinite(predicted) & (index >= 0)
        error = w[used] * np.abs(y - predicted)[used]
        total += target_bins.sums(index[used], error)
        mass += target_bins.sums(index[used], w[used])
    return np.divide(total, mass, out=np.full(len(total), np.nan), where=mass > 0)


def plot_regions(results, ax=None):
    """Plot the error by target bin of every strategy over a histogram of the targets."""
    groups = strategy_groups(results.kinds)
    ax = new_axes(ax, (6.4, 5.4 if groups is None else 6.4), "StrategyComparison.plot")
    edges = results.bin_edges
    centers = TargetBins(edges).centers
    counts = np.histogram(results.y, edges, weights=results.sample_weight)[0]

    behind = ax.twinx()
    put_before(ax, behind)
    behind.bar(centers, counts, np.diff(edges), color=LIGHT, edgecolor="white", linewidth=0.6)
    behind.set_ylim(0, 3.2 * max(counts.max(), 1))  # the bars stay in the lower third
    behind.set_yticks([0, counts.max()])
    unit = "rows" if results.sample_weight is None else "weight of rows"
    behind.set_ylabel(f"{unit} per bin", color=GREY, loc="bottom")
    behind.tick_params(colors=GREY)

    _mark_rare(ax, results, fit_rare(results), 0.018)

    strong = _strong(results, groups)
    for name, look in looks(results.kinds).items():
        errors = region_errors(results, name)
        there = np.isfinite(errors)
        if not there.any():
            continue
        weak = {"linewidth": 1.2, "markersize": 3.5, "alpha": 0.75, "zorder": 3}
        if groups is not None:  # so many lines that the weak ones are background
            weak = {"linewidth": 1.1, "markersize": 0, "alpha": 0.65, "zorder": 2.5}
        bold = {"linewidth": 2.4, "markersize": 5, "alpha": 1.0, "zorder": 4}
        ax.plot(
            centers[there],
            errors[there],
            **look,
            label=plain(name, 18),
            **(bold if name in strong else weak),
        )
    ax.set_ylim(bottom=0)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_xlabel(plain(results.target_name))
    ax.set_ylabel("mean absolute error")
    ax.set_title("Error by target region", loc="left")
    _region_legend(ax, results, groups)
    drop_frame(ax, behind, sides=("top", "right"))
    return ax


def _strong(results, groups):
    """Return the strategies whose lines stand out: the plain one, and the best (of each kind)."""
    means = {n: results.mean("rare MAE", n) for n in results.complete}
    means = {name: mean for name, mean in means.items() if np.isfinite(mean)}
    strong = {"VANILLA"}
    for names in [list(means)] if groups is None else groups.values():
        names = [name for name in names if name in means]
        strong |= {min(names, key=means.get)} if names else set()
    return strong


def _region_legend(ax, results, groups):
    """Put the legend below; many strategies in columns, each kind under its heading."""
    handles, labels = ax.get_legend_handles_labels()
    columns = 2 if max(map(len, results.estimators)) > 10 else 3
    headings = set()
    if groups is not None:
        blank = import_optional_dependency("matplotlib.lines", caller="plot").Line2D(
            [], [], linestyle="none"
        )
        known, blocks = dict(zip(labels, handles)), []
        for kind, names in groups.items():
            block = [plain(name, 18) for name in names if plain(name, 18) in known]
            blocks.append([(HEADINGS[kind], blank), *((n, known.pop(n)) for n in block)])
        blocks.insert(0, list(known.items()))  # the patch that shows what is rare
        headings = set(map(HEADINGS.get, groups))
        handles, labels, columns = _in_columns(blocks, ("", blank))
    legend = ax.legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.15),
        ncols=columns,
        frameon=False,
        fontsize="small",
    )
    for text in legend.get_texts():
        if text.get_text() in headings:
            text.set_fontweight("bold")


def _in_columns(blocks, filler):
    """Pack blocks of (label, handle), first fit, into columns of one length, whole blocks each."""
    length, columns = max(map(len, blocks)), []
    for block in blocks:
        for column in columns:
            if len(column) + len(block) <= length:
                column += block
                break
        else:
            columns.append(list(block))
    entries = [e for column in columns for e in column + [filler] * (length - len(column))]
    labels, handles = zip(*entries)
    return handles, labels, len(columns)


def plot_trade_off(results, ax=None):
    """Plot the overall error against the error on rare targets, a labelled point each."""
    groups = strategy_groups(results.kinds)
    ax = new_axes(ax, (6.4, 5.4 if groups is None else 6.4), "StrategyComparison.plot_trade_off")
    points = {}
    for name in results.complete:
        x, y = (results.mean(metric, name) for metric in ("MAE", "rare MAE"))
        if np.isfinite(x) and np.isfinite(y):
            points[name] = (x, y)
    styles = looks(results.kinds)
    for name, (x, y) in points.items():
        ax.plot(
            [x], [y], linestyle="none", color=styles[name]["color"], marker=styles[name]["marker"],
            markersize=9, markeredgecolor="white", markeredgewidth=0.7, label=plain(name, 18),
            zorder=3,
        )  # fmt: skip
    if "VANILLA" in points:
        ax.axvline(points["VANILLA"][0], color=LIGHT, linewidth=1, zorder=1)
        ax.axhline(points["VANILLA"][1], color=LIGHT, linewidth=1, zorder=1)
    ax.margins(0.16)
    ax.autoscale_view()
    ax.set_xlabel("overall error (MAE)")
    ax.set_ylabel(f"error on the rarest {rare_percent(results)} (MAE)")
    ax.set_title("Price and gain: lower left is better", loc="left")
    if groups is not None:
        kind_legend(ax, groups)
    drop_frame(ax, sides=("top", "right"))
    label_points(ax, points, fontsize="small" if len(points) > FEW else None)
    return ax


def kind_legend(ax, groups):
    """Say below which shape and colours are of which kind."""
    lines = import_optional_dependency("matplotlib.lines", caller="plot")
    handles = [
        lines.Line2D(
            [], [], linestyle="none", marker=KIND_MARKERS[kind], markersize=8,
            color=INK if "VANILLA" in names else KIND_COLOURS[kind][0], label=HEADINGS[kind],
        )
        for kind, names in groups.items()
    ]  # fmt: skip
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.15),
        ncols=len(handles),
        frameon=False,
        fontsize="small",
        handletextpad=0.2,
        columnspacing=1.2,
    )


def plot_distribution(results, ax=None):
    """Plot the empirical density (histogram) and the effective one of all targets."""
    ax = new_axes(ax, (7.2, 3.8), "comparison_report")
    edges = results.bin_edges
    rule = fit_rare(results)
    ax.hist(
        results.y,
        edges,
        weights=results.sample_weight,
        density=True,
        color=LIGHT,
        edgecolor="white",
        linewidth=0.6,
        label="empirical density",
    )
    grid = np.linspace(results.y.min(), results.y.max(), 800)
    ax.plot(
        grid, rule.density_.density(grid), color=COLOURS[0], linewidth=2, label="effective density"
    )
    _mark_rare(ax, results, rule, 0.025, zorder=5)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0)
    ax.set_xlabel(plain(results.target_name))
    ax.set_ylabel("density")
    ax.set_title("Distribution of the target", loc="left")
    ax.legend(frameon=False)
    drop_frame(ax, sides=("top", "right"))
    return ax
