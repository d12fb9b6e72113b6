"""The Pareto picture: its points, bars, front and labels."""

import sys

import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies
from skdir.comparison._pictures.pareto import pareto_front


@pytest.fixture(scope="module")
def few(data):
    return compare_strategies(Ridge(), *data, strategies=["VANILLA", "LOG", "LDS"], random_state=0)


def points_of(ax):
    return {
        line.get_label(): line for line in ax.get_lines() if not line.get_label().startswith("_")
    }


def bars_of(ax):
    """Return (x, y, half width, half height) of each pair of error bars."""
    boxes = []
    for container in ax.containers:
        assert isinstance(container, ErrorbarContainer)
        (across,), (up,) = (lines.get_segments() for lines in container.lines[2])
        boxes.append((across[:, 0].mean(), up[:, 1].mean(), np.ptp(across[:, 0]) / 2,
                      np.ptp(up[:, 1]) / 2))  # fmt: skip
    return boxes


def test_the_front_is_what_none_beats_on_both_sides():
    rng = np.random.default_rng(0)
    for _ in range(20):
        points = {str(k): tuple(p) for k, p in enumerate(rng.integers(0, 6, size=(12, 2)))}
        naive = {
            a
            for a, p in points.items()
            if not any(q[0] <= p[0] and q[1] <= p[1] and q != p for q in points.values())
        }
        front = pareto_front(points)
        assert set(front) == naive
        assert [points[name][0] for name in front] == sorted(points[name][0] for name in front)
    assert pareto_front({}) == []


@pytest.mark.parametrize("fixture", ["comparison", "few"])
def test_points_are_the_means(fixture, request):
    comparison = request.getfixturevalue(fixture)
    ax = comparison.plot_pareto()
    table = comparison.table()
    assert list(points_of(ax)) == list(comparison.estimators_)
    for name, line in points_of(ax).items():
        (x,), (y,) = line.get_data()
        assert x == pytest.approx(table.loc[name, "frequent MAE"])
        assert y == pytest.approx(table.loc[name, "rare MAE"])
    assert {t.get_text() for t in ax.texts if isinstance(t, Annotation)} == set(table.index)
    assert "MAE" in ax.get_xlabel()
    assert "rarest fifth" in ax.get_ylabel()


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_bars_are_the_intervals_of_the_differences(few, level):
    ax = few.plot_pareto(confidence_level=level)
    rare = few.differences("rare MAE", confidence_level=level)
    frequent = few.differences("frequent MAE", confidence_level=level)
    bars = bars_of(ax)
    assert len(bars) == 2
    for name, (x, y, width, height) in zip(["LOG", "LDS"], bars):
        assert x == pytest.approx(frequent.loc[name, "mean"])
        assert y == pytest.approx(rare.loc[name, "mean"])
        assert width == pytest.approx(frequent.loc[name, ["low", "high"]].diff().iloc[1] / 2)
        assert height == pytest.approx(rare.loc[name, ["low", "high"]].diff().iloc[1] / 2)
    words = next(t.get_text() for t in ax.texts if not isinstance(t, Annotation))
    assert words.startswith(f"bars: {100 * level:g} % interval of the difference from VANILLA\n")


def test_the_front_is_joined_and_bold(comparison):
    ax = comparison.plot_pareto()
    line = next(line for line in ax.get_lines() if line.get_label() == "_front")
    table = comparison.table()
    points = {n: (r["frequent MAE"], r["rare MAE"]) for n, r in table.iterrows()}
    front = pareto_front(points)
    np.testing.assert_allclose(line.get_xydata(), [points[name] for name in front])
    bold = {t.get_text() for t in ax.texts if t.get_fontweight() == "bold"}
    assert bold == set(front)
    big = {name for name, dot in points_of(ax).items() if dot.get_markersize() > 8}
    assert big == set(front)


def test_one_fold_has_no_bars_and_failures_no_points(failing, data):
    names = ["VANILLA", "LDS"]
    cv = [(np.arange(180), np.arange(180, 240))]
    ax = compare_strategies(Ridge(), *data, strategies=names, cv=cv).plot_pareto()
    assert list(points_of(ax)) == names
    assert ax.containers == []
    assert list(points_of(failing.plot_pareto())) == ["VANILLA", "never"]


def test_nothing_to_plot(data):
    result = compare_strategies(Ridge(), *data, strategies={"broken": Ridge(alpha=-1.0)}, cv=2)
    assert points_of(result.plot_pareto()) == {}


@pytest.mark.parametrize("size", [(6.4, 6.6), (14, 6)])
def test_labels_do_not_cover_each_other(comparison, size):
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots(1, 1 if size[0] < 10 else 2, squeeze=False)[0, 0]
    assert comparison.plot_pareto(ax) is ax
    figure.draw_without_rendering()
    labels = [text for text in ax.texts if isinstance(text, Annotation)]
    boxes = [Text.get_window_extent(text).extents for text in labels]  # without the arrow
    for k, (x0, y0, x1, y1) in enumerate(boxes):
        for a0, b0, a1, b1 in boxes[:k]:
            width, height = min(x1, a1) - max(x0, a0), min(y1, b1) - max(y0, b0)
            assert min(width, height) < 2, (labels[k].get_text(), width, height)


def test_the_report_has_it(few):
    assert "Error of each strategy on rare targets against its error" in few.to_html()


@pytest.mark.parametrize("level", [0, 1.0, "95 %"])
def test_bad_levels_are_named(comparison, level):
    with pytest.raises(ValueError, match="'confidence_level' parameter of .*plot_pareto must be"):
        comparison.plot_pareto(confidence_level=level)


def test_without_matplotlib_the_error_names_the_extra(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"StrategyComparison.plot_pareto .*scikit-dir\[plot\]"):
        comparison.plot_pareto()
