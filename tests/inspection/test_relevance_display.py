"""RelevanceDisplay: what is drawn, not how it looks."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.exceptions import NotFittedError

from skdir.inspection import RelevanceDisplay
from skdir.relevance import RelevanceFunction

RNG = np.random.default_rng(0)
SKEWED = RNG.gamma(2.0, 3.0, size=500)
TWO_SIDED = np.concatenate([RNG.normal(size=900), 3 * RNG.standard_t(3, size=60)])
LONG = 1.0 + 10.0 * RNG.pareto(1.1, size=2000)
GAP = np.concatenate([RNG.normal(0, 1, 600), RNG.normal(12, 1.5, 400), RNG.uniform(3, 8, 12)])
POINTS = [[0, 0], [8, 0.1], [14, 0.9], [20, 1]]
CASES = {
    "skewed": (SKEWED, None),
    "two-sided": (TWO_SIDED, None),
    "control points": (
        SKEWED,
        RelevanceFunction(method="control_points", control_points=POINTS),
    ),
    "density": (GAP, RelevanceFunction(method="density")),
    "long tail": (LONG, RelevanceFunction(extremes="high")),
    "two long tails": (np.append(LONG, -LONG), None),
    "fence beyond the targets": (LONG, RelevanceFunction(boxplot="adjusted")),
    "whole numbers": (RNG.poisson(3, 900), RelevanceFunction(method="quantile")),
    "function": (SKEWED, lambda y: np.clip(y / 20, 0, 1)),
    "steps": (SKEWED, lambda y: (np.asarray(y) % 4 > 2).astype(float)),
}
each = pytest.mark.parametrize(("y", "relevance"), CASES.values(), ids=CASES)


def shown(y, relevance):
    """Return the display and the function that it shows."""
    display = RelevanceDisplay.from_target(y, relevance=relevance)
    if hasattr(relevance, "fit") or relevance is None:
        return display, (relevance or RelevanceFunction()).fit(y)
    return display, relevance


# ---------------------------------------------------------------------------- the artists


@each
def test_curve_is_the_relevance(y, relevance):
    display, function = shown(y, relevance)
    x, height = display.line_.get_data()
    np.testing.assert_allclose(height, function(x), atol=1e-12)
    assert (np.diff(x) > 0).all()
    low, high = display.ax_.get_xlim()
    assert low < y.min() and high > y.max()
    # fine enough to see every bend, on the axis as it is scaled
    place = display.ax_.xaxis.get_transform().transform(x)
    inside = place[(x >= y.min()) & (x <= y.max())]
    assert np.diff(inside).max() < 0.005 * np.ptp(inside)


@each
def test_shading_is_where_rare_rows_are(y, relevance):
    display, function = shown(y, relevance)
    rare = [bump for bump in display.bumps if bump.rare]
    assert len(display.spans_) == len(rare)
    is_rare = np.asarray(function(np.asarray(y, dtype=float))) >= 0.8
    shaded = np.zeros(len(y), dtype=bool)
    for span in display.spans_:
        shaded |= (y >= span.get_x()) & (y <= span.get_x() + span.get_width())
    np.testing.assert_array_equal(shaded, is_rare)
    inner = display.bump_edges[1:-1]
    width = 1e-9 * np.ptp(y)
    changes = (function(inner - width) >= 0.8) != (function(inner + width) >= 0.8)
    assert changes.all(), "the shading must end where relevance crosses the threshold"
    assert (np.diff(display.bump_edges) > 0).all()


@each
def test_every_rare_target_has_a_tick(y, relevance):
    display, function = shown(y, relevance)
    scale = display.ax_.xaxis.get_transform()
    ticks = np.array([segment[0][0] for segment in display.rug_.get_segments()])
    assert np.isin(ticks, y).all()
    rare = np.asarray(y)[np.asarray(function(np.asarray(y, dtype=float))) >= 0.8]
    distance = np.abs(scale.transform(rare)[:, None] - scale.transform(ticks)).min(axis=1)
    assert distance.max() <= 1.1e-3 * np.ptp(scale.transform(np.array(display.ax_.get_xlim())))
    assert len(ticks) <= 1001


@each
def test_bars_hold_all_rows(y, relevance):
    display, _ = shown(y, relevance)
    assert sum(bar.get_height() for bar in display.histogram_) == len(y)
    assert display.histogram_[0].get_x() <= y.min()
    last = display.histogram_[-1]
    assert last.get_x() + last.get_width() >= y.max() - 1e-9


def test_bars_by_a_loop():
    display = RelevanceDisplay.from_target(SKEWED, bins=[0, 5, 6, 40])
    heights = [bar.get_height() for bar in display.histogram_]
    counts = [sum(1 for v in SKEWED if a <= v < b) for a, b in ((0, 5), (5, 6), (6, 40))]
    assert heights == counts
    assert [bar.get_width() for bar in display.histogram_] == [5, 1, 34]
    display = RelevanceDisplay.from_target(SKEWED, bins=7)
    assert len(display.histogram_) == 7
    display = RelevanceDisplay.from_target(
        np.round(SKEWED), bins="integer", relevance=RelevanceFunction(method="quantile")
    )
    assert {bar.get_width() for bar in display.histogram_} == {1.0}


def test_bars_are_equally_wide_on_a_logarithmic_axis():
    display = RelevanceDisplay.from_target(LONG, bins=10)
    edges = [bar.get_x() for bar in display.histogram_]
    np.testing.assert_allclose(np.diff(np.log(edges)), np.log(LONG.max() / LONG.min()) / 10)


def test_weights_enter_histogram_and_fit():
    weight = RNG.integers(0, 3, size=500)
    display = RelevanceDisplay.from_target(SKEWED, sample_weight=weight)
    fitted = RelevanceFunction().fit(SKEWED, weight)
    np.testing.assert_array_equal(display.control_points, fitted.control_points_)
    assert sum(bar.get_height() for bar in display.histogram_) == pytest.approx(weight.sum())
    assert display.histogram_ax_.get_ylabel() == "weight of rows per bin"
    given = RelevanceDisplay.from_relevance(fitted, SKEWED, sample_weight=weight)
    assert [b.get_height() for b in given.histogram_] == [
        b.get_height() for b in display.histogram_
    ]


def test_control_points_are_marked_where_there_are_any():
    display = RelevanceDisplay.from_target(SKEWED)
    points = RelevanceFunction().fit(SKEWED).control_points_
    x, y = display.control_points_line_.get_data()
    np.testing.assert_array_equal(np.column_stack([x, y]), points[:, :2])
    _, legend = display.ax_.get_legend_handles_labels()
    assert "control points" in legend
    density = RelevanceDisplay.from_target(SKEWED, relevance=RelevanceFunction(method="density"))
    assert density.control_points_line_ is None
    function = RelevanceDisplay.from_relevance(lambda y: y / 100, SKEWED)
    assert function.control_points_line_ is None


def test_control_points_far_away_do_not_squeeze_the_targets():
    points = [[-1000, 1], [-1, 0.5], [5, 0], [1e6, 1]]
    relevance = RelevanceFunction(method="control_points", control_points=points)
    display = RelevanceDisplay.from_target(SKEWED, relevance=relevance)
    np.testing.assert_array_equal(display.control_points_line_.get_xdata(), [-1, 5])
    low, high = display.ax_.get_xlim()
    assert high - low < 1.3 * np.ptp(SKEWED)


def test_a_function_is_not_asked_beyond_the_targets():
    def only_here(y):
        assert y.min() >= SKEWED.min() and y.max() <= SKEWED.max()
        return np.clip(np.log1p(y) / 4, 0, 1)

    RelevanceDisplay.from_relevance(only_here, SKEWED)
    RelevanceDisplay.from_target(SKEWED, relevance=only_here)


@pytest.mark.parametrize("threshold", [0.2, 0.8, 1])
def test_threshold(threshold):
    display = RelevanceDisplay.from_target(TWO_SIDED, threshold=threshold)
    assert set(display.threshold_line_.get_ydata()) == {threshold}
    assert display.bumps == RelevanceFunction().fit(TWO_SIDED).bumps(TWO_SIDED, threshold)
    assert f"threshold {threshold:g}" in display.ax_.get_legend_handles_labels()[1]


# ---------------------------------------------------------------------------- words


def legend_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_legend_counts_the_rare_rows():
    display = RelevanceDisplay.from_target(TWO_SIDED)
    n = [bump.n_samples for bump in display.bumps if bump.rare]
    assert len(n) == 2
    assert legend_of(display) == [
        "relevance", "control points", "threshold 0.8",
        f"rare: {sum(n)} of 960 rows in 2 bumps",
    ]  # fmt: skip
    one = RelevanceDisplay.from_target(SKEWED)
    assert legend_of(one)[-1] == f"rare: {one.bumps[1].n_samples} of 500 rows"


def test_wide_bumps_are_labelled_with_their_rows():
    display = RelevanceDisplay.from_target(TWO_SIDED)
    rare = [bump for bump in display.bumps if bump.rare]
    assert [t.get_text() for t in display.bump_labels_] == [f"{b.n_samples} rows" for b in rare]
    for label, bump in zip(display.bump_labels_, rare):
        assert bump.low <= label.get_position()[0] <= bump.high


@pytest.mark.parametrize(
    ("width", "labels"), [(3.0, ["1 row", "50 rows"]), (0.4, ["1 row", "50"]), (1e-4, ["1 row"])]
)
def test_narrow_bumps_have_a_short_label_or_none(width, labels):
    y = np.concatenate([[-4.0, -1.0], np.linspace(0, 6, 50), np.linspace(7, 7 + width, 50)])
    display = RelevanceDisplay.from_relevance(
        lambda y: ((y < -2) | (y > 7 - width / 10)).astype(float), y
    )
    assert [text.get_text() for text in display.bump_labels_] == labels


def test_nothing_rare():
    display = RelevanceDisplay.from_relevance(lambda y: 0 * y, SKEWED)
    assert display.spans_ == display.bump_labels_ == []
    assert display.rug_.get_segments() == []
    assert legend_of(display) == ["relevance", "threshold 0.8"]


def test_all_rare_and_one_target():
    display = RelevanceDisplay.from_relevance(lambda y: 0 * y + 1, [3.0, 3.0])
    assert legend_of(display)[-1] == "rare: 2 of 2 rows"
    assert display.line_.get_marker() == "o"
    low, high = display.ax_.get_xlim()
    assert low < 3 < high


def test_axis_is_named_after_the_series():
    assert RelevanceDisplay.from_target(SKEWED).ax_.get_xlabel() == "target"
    series = pd.Series(SKEWED, name="rent in $")
    display = RelevanceDisplay.from_target(series)
    assert display.target_name == "rent in $"
    assert display.ax_.get_xlabel() == r"rent in \$"
    fitted = RelevanceFunction().fit(series)
    assert RelevanceDisplay.from_relevance(fitted, series).target_name == "rent in $"
    unnamed = RelevanceDisplay.from_relevance(fitted, pd.Series(SKEWED))
    assert unnamed.ax_.get_xlabel() == "target"
    assert display.ax_.get_ylabel() == "relevance"
    assert display.histogram_ax_.get_ylabel() == "rows per bin"


# ---------------------------------------------------------------------------- scales


@pytest.mark.parametrize(
    ("y", "scale"),
    [
        (SKEWED, "linear"),
        (TWO_SIDED, "linear"),
        (LONG, "log"),
        (np.append(LONG, -LONG), "asinh"),
        (np.append(LONG, 0.0), "asinh"),
    ],
)
def test_scale_follows_the_length_of_the_tail(y, scale):
    assert RelevanceDisplay.from_target(y).ax_.get_xscale() == scale
    assert RelevanceDisplay.from_target(y, xscale="linear").ax_.get_xscale() == "linear"


def test_given_scales():
    for scale in ("log", "asinh"):
        display = RelevanceDisplay.from_target(SKEWED, xscale=scale)
        assert display.ax_.get_xscale() == scale
    zeros = np.append(np.zeros(90), np.arange(1.0, 11.0))
    relevance = RelevanceFunction(method="quantile")
    display = RelevanceDisplay.from_target(zeros, relevance=relevance, xscale="asinh")
    assert 0 in display.ax_.get_xticks()


def test_a_fence_below_zero_does_not_break_a_logarithmic_axis():
    relevance = RelevanceFunction(boxplot="adjusted", coef=3.0)
    display = RelevanceDisplay.from_target(LONG, relevance=relevance)
    assert display.control_points[0, 0] < 0
    assert display.ax_.get_xlim()[0] == pytest.approx(LONG.min(), rel=0.5)
    display.figure_.draw_without_rendering()


# ---------------------------------------------------------------------------- the pattern


def test_given_axes_are_used():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    display = RelevanceDisplay.from_target(SKEWED, ax=left)
    assert display.ax_ is left and display.figure_ is figure
    assert plt.get_fignums() == []
    assert display.plot(right, bins=5) is display
    assert display.ax_ is right
    assert display.histogram_ax_ in figure.axes
    assert len(display.histogram_) == 5


def test_a_new_figure_is_pyplots():
    display = RelevanceDisplay.from_target(SKEWED)
    assert display.figure_ is plt.gcf()


def test_a_display_from_its_own_attributes():
    display = RelevanceDisplay.from_target(SKEWED)
    names = ("y", "grid", "relevance", "bumps", "bump_edges", "threshold", "control_points")
    again = RelevanceDisplay(**{name: getattr(display, name) for name in names}).plot()
    np.testing.assert_array_equal(again.line_.get_ydata(), display.line_.get_ydata())
    assert legend_of(again) == legend_of(display)


def test_fitting_and_drawing_equals_drawing_a_fitted_one():
    one = RelevanceDisplay.from_target(SKEWED, threshold=0.8)
    fitted = RelevanceFunction().fit(SKEWED)
    for relevance in (fitted, fitted.transform):
        other = RelevanceDisplay.from_relevance(relevance, SKEWED, threshold=0.8)
        assert other.bumps == one.bumps
        np.testing.assert_allclose(other.bump_edges, one.bump_edges)


def test_a_fitted_relevance_over_other_targets_is_not_fitted_again():
    fitted = RelevanceFunction().fit(SKEWED)
    before = fitted.control_points_
    display = RelevanceDisplay.from_relevance(fitted, 2 * SKEWED)
    assert fitted.control_points_ is before
    assert display.bumps == fitted.bumps(2 * SKEWED)
    unfitted = RelevanceFunction()
    RelevanceDisplay.from_target(SKEWED, relevance=unfitted)
    assert not hasattr(unfitted, "control_points_")


def test_input_is_not_modified_and_not_kept():
    y = SKEWED.copy()
    display = RelevanceDisplay.from_target(y)
    np.testing.assert_array_equal(y, SKEWED)
    y[:] = 0
    np.testing.assert_array_equal(display.y, SKEWED)


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"threshold": 0}, ValueError, "'threshold' parameter of {} must be a number"),
        ({"threshold": "half"}, ValueError, "'threshold' parameter of {} must be a number"),
        ({"relevance": np.ones(500)}, TypeError, "'relevance' parameter of {} .* Got ndarray"),
        ({"relevance": "extremes"}, TypeError, "'relevance' parameter of {} .* Got str"),
        ({"relevance": RelevanceFunction}, TypeError, "'relevance' parameter of {} must be"),
        ({"relevance": lambda y: y}, ValueError, r"'relevance' parameter of {} must be in \[0"),
        ({"y": [1.0, np.nan]}, ValueError, "'y' parameter of {} must be finite"),
        ({"y": []}, ValueError, "'y' parameter of {} must be"),
        ({"sample_weight": [1.0]}, ValueError, "'sample_weight' parameter of {} must be"),
        ({"bins": [0, 1]}, ValueError, "'bins' parameter of RelevanceDisplay.plot must be edges"),
        ({"bins": 0}, ValueError, "'bins' parameter of RelevanceDisplay.plot must be"),
        ({"bins": "many"}, ValueError, "'bins' parameter of RelevanceDisplay.plot must be"),
        ({"xscale": "logit"}, ValueError, "'xscale' parameter .* 'asinh'. Got 'logit' instead"),
        ({"xscale": None}, ValueError, "'xscale' parameter of RelevanceDisplay.plot must be"),
        (
            {"xscale": "log", "y": TWO_SIDED},
            ValueError,
            "'xscale' parameter .* 'linear' or 'asinh' .* Got 'log' for targets from -",
        ),
    ],
)
@pytest.mark.parametrize("method", ["from_target", "from_relevance"])
def test_errors_name_the_parameter(method, params, error, message):
    params = {"y": SKEWED, "relevance": lambda y: np.clip(np.abs(y) / 50, 0, 1), **params}
    with pytest.raises(error, match=message.format(f"RelevanceDisplay.{method}")):
        getattr(RelevanceDisplay, method)(**params)


def test_nothing_to_draw_a_relevance_by():
    with pytest.raises(NotFittedError, match="'relevance' .*from_relevance must be fitted"):
        RelevanceDisplay.from_relevance(RelevanceFunction(), SKEWED)
    with pytest.raises(TypeError, match="'relevance' parameter of RelevanceDisplay.from_rel"):
        RelevanceDisplay.from_relevance(None, SKEWED)
    with pytest.raises(ValueError, match="RelevanceFunction.fit must be .* relevant values"):
        RelevanceDisplay.from_target(np.arange(30), relevance=RelevanceFunction(degenerate="raise"))


def test_a_target_without_outliers_is_drawn_by_its_quantiles_with_a_warning():
    with pytest.warns(UserWarning, match="no outliers by the box plot .* quantiles 0.1 and 0.9"):
        display = RelevanceDisplay.from_target(np.arange(100))
    assert [bump.rare for bump in display.bumps] == [True, False, True]


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"RelevanceDisplay.plot .*scikit-dir\[plot\]"):
        RelevanceDisplay.from_target(SKEWED)
