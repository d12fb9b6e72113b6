"""The pictures: what is drawn, not how it looks."""

import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies
from skdir.comparison._pictures.figures import (
    fit_rare,
    plain,
    plot_distribution,
    rare_intervals,
    region_errors,
)
from skdir.density import TargetDensity


@pytest.fixture(scope="module")
def few(data):
    return compare_strategies(Ridge(), *data, strategies=["VANILLA", "LOG", "LDS"], random_state=0)


def lines_of(ax):
    return {line.get_label(): line for line in ax.get_lines() if line.get_label()[0] != "_"}


def test_error_by_region_is_the_mean_in_each_bin(comparison):
    lines = lines_of(comparison.plot())
    assert list(lines) == list(comparison.estimators_)
    edges = comparison.bin_edges_
    for name, line in lines.items():
        rows = np.concatenate([r for r, _ in comparison.predictions_[name]])
        error = np.abs(
            comparison.y_[rows] - np.concatenate([p for _, p in comparison.predictions_[name]])
        )
        for x, value in zip(*line.get_data()):
            k = np.searchsorted(edges, x) - 1
            low, high = edges[k], edges[k + 1]
            here = (comparison.y_[rows] >= low) & (comparison.y_[rows] < high)
            here |= (comparison.y_[rows] == high) & (high == edges[-1])
            assert value == pytest.approx(error[here].mean(), rel=1e-9)


def test_histogram_and_labels(few):
    comparison, ax = few, few.plot()
    behind = next(a for a in ax.figure.axes if a is not ax)
    counts = np.histogram(comparison.y_, comparison.bin_edges_)[0]
    assert [bar.get_height() for bar in behind.patches] == counts.tolist()
    assert ax.get_xlabel() == "target"
    assert behind.get_ylabel() == "rows per bin"
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["rarest 20 % of rows", *comparison.estimators_]


def test_the_legend_of_many_strategies_has_columns_by_kind(comparison):
    legend = comparison.plot().get_legend()
    texts = [text.get_text() for text in legend.get_texts()]
    bold = [t.get_text() for t in legend.get_texts() if t.get_fontweight() == "bold"]
    assert sorted(filter(None, texts)) == sorted(
        ["rarest 20 % of rows", *bold, *comparison.estimators_]
    )
    assert bold == ["Model or target", "Mean of models", "Weights", "Resampling"]
    columns = [texts[k : k + 7] for k in range(0, len(texts), 7)]
    assert columns == [
        ["rarest 20 % of rows", bold[0], "VANILLA", "LOG", bold[1], "BLEND", ""],
        [bold[2], "INV", "SQINV", "LDS", "INV+LDS", "DENSE", "SERA"],
        [bold[3], "RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS"],
    ]
    below = comparison.plot_trade_off().get_legend()
    assert {text.get_text() for text in below.get_texts()} == set(bold)


def test_of_many_strategies_the_plain_and_the_best_of_each_kind_stand_out(comparison):
    rare = comparison.table()["rare MAE"]
    best = {
        rare[names].idxmin()
        for names in (["VANILLA", "LOG"], list(rare.index[2:8]), list(rare.index[8:14]))
    }
    lines = lines_of(comparison.plot())
    thick = {name for name, line in lines.items() if line.get_linewidth() > 2}
    assert thick == {"VANILLA", "BLEND", *best}


def test_few_strategies_all_have_markers_and_the_best_of_all_stands_out(few):
    lines = lines_of(few.plot())
    assert all(line.get_markersize() > 0 for line in lines.values())
    thick = {name for name, line in lines.items() if line.get_linewidth() > 2}
    assert thick == {"VANILLA", few.best()}


def test_weights_enter_pictures(data):
    X, y = data
    weight = np.r_[np.zeros(40), np.full(200, 2.0)]
    names = ["VANILLA", "LDS"]
    args = {"strategies": names, "bins": 8, "random_state": 0, "cv": 3}
    weighted = compare_strategies(Ridge(), X, y, sample_weight=weight, **args)
    ax = weighted.plot()
    behind = next(a for a in ax.figure.axes if a is not ax)
    assert behind.get_ylabel() == "weight of rows per bin"
    assert sum(bar.get_height() for bar in behind.patches) == pytest.approx(400)
    total = np.zeros(8)
    for rows, predicted in weighted.predictions_["LDS"]:
        index = np.clip(np.searchsorted(weighted.bin_edges_, y[rows], side="right") - 1, 0, 7)
        inside = y[rows] <= weighted.bin_edges_[-1]
        np.add.at(total, index[inside], (weight[rows] * np.abs(y[rows] - predicted))[inside])
    mass = np.histogram(y, weighted.bin_edges_, weights=weight)[0]
    there = mass > 0
    np.testing.assert_allclose(
        region_errors(weighted.outcome_, "LDS")[there], total[there] / mass[there], rtol=1e-9
    )
    assert np.isnan(region_errors(weighted.outcome_, "LDS")[~there]).all()
    rule = fit_rare(weighted.outcome_)
    density, threshold = rule.density_, rule.level_
    repeated = TargetDensity().fit(np.repeat(y[40:], 2))
    np.testing.assert_allclose(density.density(y[40:]), repeated.density(y[40:]), rtol=1e-6)
    share = (density.density(y[40:]) <= threshold).mean()
    assert share == pytest.approx(0.2, abs=0.01)


def test_trade_off_has_a_labelled_point_per_strategy(comparison):
    ax = comparison.plot_trade_off()
    table = comparison.table()
    lines = lines_of(ax)
    assert list(lines) == list(comparison.estimators_)
    for name, line in lines.items():
        (x,), (y,) = line.get_data()
        assert x == pytest.approx(table.loc[name, "MAE"])
        assert y == pytest.approx(table.loc[name, "rare MAE"])
    assert [text.get_text() for text in ax.texts] == list(comparison.estimators_)


@pytest.mark.parametrize("size", [(6.4, 5.4), (14, 6)])
def test_labels_of_the_trade_off_do_not_cover_each_other(comparison, size):
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots(1, 1 if size[0] < 10 else 2, squeeze=False)[0, 0]
    comparison.plot_trade_off(ax)
    figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text).extents for text in ax.texts]  # without the arrow
    for k, (x0, y0, x1, y1) in enumerate(boxes):
        for a0, b0, a1, b1 in boxes[:k]:
            width, height = min(x1, a1) - max(x0, a0), min(y1, b1) - max(y0, b0)
            assert min(width, height) < 2, (ax.texts[k].get_text(), width, height)


def test_given_axes_are_used(comparison):
    one, two, three = Figure().subplots(1, 3)
    assert comparison.plot(one) is one
    assert comparison.plot_trade_off(two) is two
    assert comparison.plot_pareto(three) is three
    assert plt.get_fignums() == []
    with pytest.raises(ValueError, match="'ax' parameter of StrategyComparison.plot must be"):
        comparison.plot("here")


@pytest.mark.parametrize("name", ["plot", "plot_trade_off", "plot_pareto"])
def test_without_axes_it_is_a_figure_that_pyplot_shows(comparison, name):
    ax = getattr(comparison, name)()
    assert ax.figure is plt.gcf() and len(plt.get_fignums()) == 1


def test_a_report_opens_no_figure_and_changes_no_setting(comparison):
    before = dict(matplotlib.rcParams)
    comparison.to_html()
    assert dict(matplotlib.rcParams) == before
    assert plt.get_fignums() == []


def test_failures_are_left_out(failing):
    assert list(lines_of(failing.plot())) == ["VANILLA", "never", "sometimes"]
    assert list(lines_of(failing.plot_trade_off())) == ["VANILLA", "never"]


def test_names_are_no_mathematics_and_not_hidden():
    assert plain("$x_1$") == r"\$x_1\$"
    assert plain("_x") == " _x"
    assert plain("a very long name of a strategy", 10) == "a very lo…"


def test_distribution_shows_both_densities(comparison):
    ax = plot_distribution(comparison.outcome_)
    widths = np.diff(comparison.bin_edges_)
    bars = [p for p in ax.patches if p.get_width() == pytest.approx(widths[0])][: len(widths)]
    assert sum(b.get_height() * b.get_width() for b in bars) == pytest.approx(1)
    x, density = ax.get_lines()[0].get_data()
    expected = TargetDensity().fit(comparison.y_).density(x)
    np.testing.assert_allclose(density, expected)


def test_rare_intervals_are_where_the_density_is_low():
    class Valley:
        def density(self, y):
            return np.abs(y)

    intervals = rare_intervals(Valley(), 0.5, np.array([-1.0, 1.0]))
    assert np.ravel(intervals) == pytest.approx([-0.5, 0.5], abs=0.002)
    assert rare_intervals(Valley(), -1.0, np.array([-1.0, 1.0])) == []


def test_without_matplotlib_the_error_names_the_extra(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"StrategyComparison.plot .*scikit-dir\[plot\]"):
        comparison.plot()
