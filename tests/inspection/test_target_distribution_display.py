"""TargetDistributionDisplay: densities, weights, bandwidths side by side, and bad input."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from skdir.density import TargetDensity
from skdir.inspection import TargetDistributionDisplay
from skdir.relevance import RelevanceFunction
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
)

RNG = np.random.default_rng(0)
Y = RNG.gamma(2.0, 3.0, size=500)
LONG = 1.0 + 10.0 * RNG.pareto(1.1, size=2000)
WEIGHTERS = {
    "LDS": LDSWeighter(reweight="inverse"),
    "LDS in bins": LDSWeighter(bins=20, bandwidth=1.0),
    "inverse frequency": InverseFrequencyWeighter(),
    "dense": DenseWeighter(),
    "relevance": RelevanceWeighter(floor=0.1),
}
each = pytest.mark.parametrize("weighter", list(WEIGHTERS.values()), ids=list(WEIGHTERS))


def draw(y=Y, **params):
    return TargetDistributionDisplay.from_target(y, **params)


# ---------------------------------------------------------------------------- what is drawn


def test_bars_are_the_empirical_density():
    display = draw(bins=[0, 5, 6, 40])
    heights = [bar.get_height() for bar in display.histograms_[0]]
    shares = [np.mean((low <= Y) & (high > Y)) for low, high in ((0, 5), (5, 6), (6, 40))]
    np.testing.assert_allclose(heights, np.array(shares) / [5, 1, 34])
    area = sum(bar.get_height() * bar.get_width() for bar in draw().histograms_[0])
    assert area == pytest.approx(1)


@each
def test_lines_are_those_of_a_weighter_fitted_alone(weighter):
    display = draw(weighter=weighter)
    fitted = type(weighter)(**weighter.get_params(deep=False)).fit(Y)
    x, height = display.weight_lines_[0].get_data()
    np.testing.assert_allclose(height, fitted.transform(x))
    assert (np.diff(x) > 0).all() and x[0] == Y.min() and x[-1] == Y.max()
    density = getattr(fitted, "density_", TargetDensity().fit(Y))
    x, height = display.density_lines_[0].get_data()
    np.testing.assert_allclose(height, density.density(x))
    assert display.effective_sample_sizes == [pytest.approx(fitted.effective_sample_size_)]
    assert set(display.unit_lines_[0].get_ydata()) == {1}
    assert not any(name.endswith("_") for name in vars(weighter)), "the given one is not fitted"


def test_without_a_weighter_there_are_no_weights():
    display = draw()
    assert display.weight_axes_ is display.weight_lines_ is display.unit_lines_ is None
    np.testing.assert_allclose(
        display.density_lines_[0].get_ydata(), TargetDensity().fit(Y).density(display.grid)
    )
    given = draw(weighter=TargetDensity(kernel="triangular", bandwidth=2.0))
    expected = TargetDensity(kernel="triangular", bandwidth=2.0).fit(Y).density(given.grid)
    np.testing.assert_allclose(given.density_lines_[0].get_ydata(), expected)
    assert given.weights is None and given.bandwidths == [2.0]


def test_steps_of_bins_are_steep():
    display = draw(weighter=LDSWeighter(bins=8, bandwidth=1.0))
    edges = LDSWeighter(bins=8, bandwidth=1.0).fit(Y).density_.bin_edges_
    x, height = display.density_lines_[0].get_data()
    jumps = np.flatnonzero(np.diff(height))
    assert len(jumps) == 7
    np.testing.assert_allclose(x[jumps + 1], edges[1:-1])
    assert np.diff(x)[jumps].max() < 1e-9


def test_bandwidths_side_by_side():
    display = draw(weighter=LDSWeighter(), bandwidths=[0.1, "silverman", 5.0])
    assert len(display.axes_) == len(display.weight_axes_) == 3
    for line, bandwidth in zip(display.density_lines_, [0.1, "silverman", 5.0]):
        expected = TargetDensity(bandwidth=bandwidth).fit(Y)
        np.testing.assert_allclose(line.get_ydata(), expected.density(line.get_xdata()))
    assert display.bandwidths == [0.1, TargetDensity().fit(Y).bandwidth_, 5.0]
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    sizes = [
        LDSWeighter(bandwidth=b).fit(Y).effective_sample_size_ for b in (0.1, "silverman", 5.0)
    ]
    assert titles[0] == f"bandwidth 0.1\n{sizes[0]:,.0f} effective of 500 rows"
    assert titles[1].startswith(f"bandwidth {display.bandwidths[1]:.3g} (silverman)\n")
    # one scale for all, and no bandwidth leaves its axes
    for axes in (display.axes_, display.weight_axes_):
        assert len({ax.get_ylim() for ax in axes}) == 1
    assert (
        max(line.get_ydata().max() for line in display.density_lines_)
        < (display.axes_[0].get_ylim()[1])
    )
    weights = np.concatenate(display.weights)
    low, high = display.weight_axes_[0].get_ylim()
    assert low < weights.min() and weights.max() < high


@pytest.mark.parametrize(("n", "rows"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (7, 3)])
def test_panels_are_arranged_in_rows(n, rows):
    display = draw(bandwidths=np.geomspace(0.1, 5, n))
    assert len(display.axes_) == n
    grid = display.axes_[0].get_gridspec()
    assert grid.nrows == rows
    assert len(display.figure_.axes) == n, "no empty axes"


def test_one_bandwidth_may_be_no_sequence():
    assert draw(bandwidths=2.0).bandwidths == draw(bandwidths=[2.0]).bandwidths == [2.0]
    assert draw(bandwidths="scott").rules == ["scott"]


def test_weights_enter_everything():
    weight = RNG.integers(0, 3, size=500)
    one = draw(weighter=LDSWeighter(), sample_weight=weight)
    two = draw(np.repeat(Y, weight), weighter=LDSWeighter())
    at = np.linspace(1, 15, 50)
    for name in ("densities", "weights"):
        values = [np.interp(at, d.grid, getattr(d, name)[0]) for d in (one, two)]
        np.testing.assert_allclose(*values, rtol=1e-4)
    assert one.effective_sample_sizes == [pytest.approx(two.effective_sample_sizes[0])]
    for bar, other in zip(one.histograms_[0], two.histograms_[0]):
        assert bar.get_height() == pytest.approx(other.get_height())
    title = one.legend_.get_title().get_text()
    assert title.endswith(f"of {weight.sum():,} rows")


# ---------------------------------------------------------------------------- words and scales


def test_legend_and_labels():
    display = draw(weighter=LDSWeighter(), target_name="flow (m³/s)")
    words = [text.get_text() for text in display.legend_.get_texts()]
    assert words == ["empirical density", "effective density", "weight", "weight 1"]
    assert display.axes_[0].get_ylabel() == "density (1/(m³/s))"
    assert display.weight_axes_[0].get_ylabel() == "weight"
    assert draw().axes_[0].get_ylabel() == "density"
    shared = draw(weighter=LDSWeighter(), bandwidths=[1, 2, 3])
    assert [ax.get_ylabel() for ax in shared.axes_] == ["density", "", ""]
    assert [ax.get_ylabel() for ax in shared.weight_axes_] == ["", "", "weight"]
    assert shared.legend_ in shared.figure_.legends


def test_given_axes_have_labels_of_their_own(tmp_path):
    from matplotlib.figure import Figure

    axes = Figure().subplots(1, 2)
    display = draw(weighter=LDSWeighter(), bandwidths=[1, 2], ax=axes)
    assert [ax.get_ylabel() for ax in axes] == ["density", "density"]
    assert axes[0].get_legend() is display.legend_


def test_scales():
    display = draw(LONG, weighter=LDSWeighter())
    assert display.axes_[0].get_xscale() == "log"
    edges = [bar.get_x() for bar in display.histograms_[0]]
    np.testing.assert_allclose(np.diff(np.log(edges)).std(), 0, atol=1e-9)
    assert draw(LONG, xscale="linear").axes_[0].get_xscale() == "linear"
    # weights that reach far are drawn on a logarithmic axis, those that reach zero are not
    scale = {
        name: draw(weighter=weighter).weight_axes_[0].get_yscale()
        for name, weighter in WEIGHTERS.items()
    }
    assert scale["LDS"] == "log"
    assert scale["dense"] == "linear"
    nothing = RelevanceWeighter(relevance=RelevanceFunction())
    assert draw(weighter=nothing).weight_axes_[0].get_yscale() == "linear"


def test_targets_below_zero():
    display = draw(Y - 10.0, weighter=LDSWeighter())
    np.testing.assert_allclose(
        display.weights[0], LDSWeighter().fit(Y - 10.0).transform(display.grid)
    )
    assert display.grid[0] == Y.min() - 10


def test_one_target_and_equal_targets():
    for y in ([3.0], [3.0, 3.0]):
        display = draw(y, weighter=LDSWeighter())
        assert display.density_lines_[0].get_marker() == "o"
        assert display.weight_lines_[0].get_ydata().tolist() == [1]
        low, high = display.axes_[0].get_xlim()
        assert low < 3 < high


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"y": []}, ValueError, "'y' .*at least 1 targets"),
        ({"y": [1, np.nan]}, ValueError, "'y' .*finite"),
        ({"weighter": LDSWeighter}, TypeError, "'weighter' .* a weighter, a TargetDensity or None"),
        ({"weighter": "lds"}, TypeError, "'weighter' .* Got 'lds'"),
        ({"bandwidths": []}, ValueError, "'bandwidths' .* Got none"),
        ({"bandwidths": 0}, ValueError, "'bandwidths' .* a positive number .* Got 0"),
        ({"bandwidths": [1, np.inf]}, ValueError, "'bandwidths' .* Got inf"),
        ({"bandwidths": [True]}, ValueError, "'bandwidths' .* Got True"),
        ({"bandwidths": ["wide"]}, ValueError, "'isj', 'scott', 'silverman'.* Got 'wide'"),
        ({"bandwidths": {1: 2}}, ValueError, "'bandwidths' parameter"),
        ({"bandwidths": object()}, ValueError, "'bandwidths' parameter"),
        (
            {"weighter": InverseFrequencyWeighter(), "bandwidths": [1]},
            ValueError,
            "'bandwidths' .* None for InverseFrequencyWeighter, which has no bandwidth",
        ),
        ({"weighter": LDSWeighter(kernel="x")}, ValueError, "'kernel' parameter of LDSWeighter"),
        ({"weighter": StandardScaler()}, ValueError, "Expected 2D array"),
        ({"sample_weight": [1.0]}, ValueError, r"'sample_weight' .* \(500,\)"),
        ({"bins": [5, 6]}, ValueError, "'bins' .* edges that cover"),
        ({"bins": "few"}, ValueError, "'bins' parameter"),
        ({"xscale": "logit"}, ValueError, "'xscale' parameter"),
    ],
)
def test_errors_name_the_parameter(params, error, message):
    with pytest.raises(error, match=message):
        draw(**{"y": Y, **params})
