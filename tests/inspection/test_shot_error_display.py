"""ShotErrorDisplay: errors by region against a loop, shots, correlations, and bad input."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skdir.density import TargetDensity
from skdir.inspection import ShotErrorDisplay
from skdir.metrics import density_error_correlation, shot_labels

RNG = np.random.default_rng(0)
TRAIN = RNG.gamma(2.0, 3.0, size=800)
TEST = RNG.gamma(2.0, 3.0, size=300)
BAD = 0.5 * TEST + 2 + RNG.normal(size=300)
GOOD = TEST + RNG.normal(size=300)
EDGES = np.linspace(0, 40, 11)


def draw(**params):
    params = {"y_true": TEST, "y_pred": {"bad": BAD, "good": GOOD}, "y_train": TRAIN, **params}
    return ShotErrorDisplay.from_predictions(**params)


def labels(legend):
    return [text.get_text() for text in legend.get_texts()]


# ---------------------------------------------------------------------------- what is drawn


@pytest.mark.parametrize("metric", ["mae", "mse", "rmse", "gm"])
def test_lines_by_a_loop(metric):
    display = draw(bins=EDGES, metric=metric)
    for name, predicted in {"bad": BAD, "good": GOOD}.items():
        x, height = display.lines_[name].get_data()
        for k, (low, high) in enumerate(pairwise(EDGES)):
            errors = [abs(t - p) for t, p in zip(TEST, predicted) if low <= t < high]
            if not errors:
                assert np.isnan(height[k])
                continue
            mean = {
                "mae": np.mean(errors),
                "mse": np.mean(np.square(errors)),
                "rmse": np.sqrt(np.mean(np.square(errors))),
                "gm": np.exp(np.mean(np.log(errors))),
            }[metric]
            assert height[k] == pytest.approx(mean)
            assert x[k] == pytest.approx((low + high) / 2)
    words = {"mae": "mean absolute", "mse": "mean squared", "rmse": "root mean squared"}
    assert display.ax_.get_ylabel() == f"{words.get(metric, 'geometric mean absolute')} error"


def test_bars_are_the_training_rows():
    display = draw(bins=EDGES)
    heights = [bar.get_height() for bar in display.bars_]
    counts = [sum(low <= t < high for t in TRAIN) for low, high in pairwise(EDGES)]
    assert heights == counts
    assert display.counts_ax_.get_ylabel() == "training rows per bin"
    top = display.counts_ax_.get_ylim()[1]
    assert max(heights) <= 0.4 * top, "the bars stay below the lines"


def test_smoothed_rows_are_the_effective_density():
    display = draw(bins=EDGES, density=TargetDensity(bandwidth=3.0))
    x, height = display.density_line_.get_data()
    expected = TargetDensity(bandwidth=3.0).fit(TRAIN).density(x) * 4.0 * 800
    np.testing.assert_allclose(height, expected)


def test_white_markers_are_on_bins_of_few_test_rows():
    display = draw(bins=EDGES)
    n = np.histogram(TEST, EDGES)[0]
    few = (n > 0) & (n < 5)
    assert few.any() and not few.all()
    for name, line in display.uncertain_.items():
        np.testing.assert_array_equal(line.get_xdata(), (EDGES[1:] / 2 + EDGES[:-1] / 2)[few])
        np.testing.assert_array_equal(line.get_ydata(), display.errors[name][few])
        assert line.get_markerfacecolor() == "white"
    title = display.legend_.get_title().get_text()
    assert "white markers: fewer than 5 test rows" in title
    many = draw(bins=2)
    assert "white" not in many.legend_.get_title().get_text()


def test_strip_shows_the_shots():
    y_train = [*[0.5] * 9, *[1.5] * 5, *[2.5] * 1]
    display = ShotErrorDisplay.from_predictions(
        [0, 1, 2, 3], [1, 1, 1, 1], y_train=y_train, bins=[0, 1, 2, 3, 4, 5], many=6, few=3
    )
    assert display.shots.tolist() == ["many", "medium", "few", "zero", "zero"]
    spans = {
        shot: [(span.get_x(), span.get_x() + span.get_width()) for span in spans]
        for shot, spans in display.shot_spans_.items()
    }
    assert spans == {"many": [(0, 1)], "medium": [(1, 2)], "few": [(2, 3)], "zero": [(3, 5)]}
    looks = {spans[0].get_hatch() for spans in display.shot_spans_.values()}
    assert len(looks) == 3, "few and zero are hatched, each in its own way"
    assert labels(display.shot_legend_) == [
        "many (> 6 training rows)",
        "medium",
        "few (< 3)",
        "zero",
    ]
    low, _ = display.ax_.get_ylim()
    assert low < 0, "the strip lies below the lines"


def test_shots_are_those_of_the_metric():
    display = draw(bins=EDGES)
    centres = EDGES[1:] / 2 + EDGES[:-1] / 2
    np.testing.assert_array_equal(display.shots, shot_labels(TRAIN, centres, bins=EDGES))
    assert display.thresholds == {"many": 1.5 * 80, "few": 0.5 * 80}
    assert draw(bins=EDGES, many=99, few=7).thresholds == {"many": 99, "few": 7}


def test_correlations_are_those_of_the_metric():
    display = draw(bins=EDGES)
    density = TargetDensity().fit(TRAIN)
    counts = np.histogram(TRAIN, EDGES)[0]
    for name, predicted in {"bad": BAD, "good": GOOD}.items():
        for kind, what in {"effective": density, "empirical": counts}.items():
            expected = density_error_correlation(what, TEST, predicted, bins=EDGES)
            assert display.correlations[name][kind] == pytest.approx(expected)
    r = display.correlations["bad"]["effective"]
    assert labels(display.legend_)[0] == f"bad ({r:.2f})"
    assert display.legend_.get_title().get_text().startswith("in brackets: correlation")


def test_automatic_bins_hold_all_rows():
    far = np.append(TEST, [-30.0, 90.0])
    for bins in ("auto", 7, "integer"):
        display = draw(y_true=far, y_pred=far, bins=bins)
        assert display.n_test.sum() == 302
        assert display.counts.sum() == 800
    assert len(draw(y_true=far, y_pred=far, bins=7).counts) == 7
    assert len(draw().counts) <= 27


def test_weights_are_repetition():
    weight, train_weight = RNG.integers(0, 3, 300), RNG.integers(0, 3, 800)
    one = draw(bins=EDGES, sample_weight=weight, train_sample_weight=train_weight)
    two = draw(
        bins=EDGES,
        y_true=np.repeat(TEST, weight),
        y_pred={"bad": np.repeat(BAD, weight), "good": np.repeat(GOOD, weight)},
        y_train=np.repeat(TRAIN, train_weight),
    )
    for name in one.errors:
        np.testing.assert_allclose(one.errors[name], two.errors[name])
        assert one.correlations[name] == pytest.approx(two.correlations[name])
    np.testing.assert_allclose(one.counts, two.counts)
    np.testing.assert_array_equal(one.shots, two.shots)
    assert one.counts_ax_.get_ylabel() == "weight of training rows per bin"
    assert labels(one.shot_legend_)[0].endswith(" weight)")


def test_predictions_and_estimators_are_the_same():
    X = TEST[:, None] + RNG.normal(size=(300, 1))
    models = {"ridge": Ridge().fit(X, TEST), "strong": Ridge(1e6).fit(X, TEST)}
    display = ShotErrorDisplay.from_estimator(models, X, TEST, y_train=TRAIN, bins=EDGES)
    predicted = {name: model.predict(X) for name, model in models.items()}
    expected = draw(y_pred=predicted, bins=EDGES)
    for name in models:
        np.testing.assert_array_equal(display.errors[name], expected.errors[name])
    one = ShotErrorDisplay.from_estimator(models["ridge"], X, TEST, y_train=TRAIN)
    assert list(one.lines_) == ["Ridge"]


# ---------------------------------------------------------------------------- scales and units


def test_scales_follow_the_tails():
    train, test = 10.0 * RNG.pareto(0.8, 2000) + 1, 10.0 * RNG.pareto(0.8, 500) + 1
    display = draw(y_train=train, y_true=test, y_pred=test * 1.1, target_name="flow (m³/s)")
    assert display.ax_.get_xscale() == display.ax_.get_yscale() == "log"
    np.testing.assert_allclose(np.diff(np.log(display.bin_edges)).std(), 0, atol=1e-9)
    low, high = display.ax_.get_ylim()
    errors = display.errors["model"][np.isfinite(display.errors["model"])]
    assert low < errors.min() and errors.max() < high
    linear = draw(y_train=train, y_true=test, y_pred=test * 1.1, xscale="linear", yscale="linear")
    assert linear.ax_.get_xscale() == linear.ax_.get_yscale() == "linear"
    assert draw(yscale="log").ax_.get_yscale() == "log"
    assert draw().ax_.get_yscale() == "linear"


def test_units_of_errors():
    name = "flow (m³/s)"
    assert draw(target_name=name).ax_.get_ylabel() == "mean absolute error in m³/s"
    assert draw(target_name=name, metric="mse").ax_.get_ylabel() == "mean squared error in (m³/s)²"


def test_functions_as_errors():
    def mean_bias(y_true, y_pred):
        return np.mean(y_pred - y_true)

    display = draw(bins=EDGES, metric=mean_bias)
    assert display.ax_.get_ylabel() == "mean bias"
    assert np.nanmin(display.errors["bad"]) < 0
    low, _ = display.ax_.get_ylim()
    assert low < np.nanmin(display.errors["bad"])
    assert draw(metric=lambda a, b: 0.0).ax_.get_ylabel() == "error"


# ---------------------------------------------------------------------------- few, many, odd


def test_one_bin_and_constant_predictions():
    display = draw(bins=1, y_pred=np.full(300, 3.0))
    assert np.isnan(display.correlations["model"]["effective"])
    assert labels(display.legend_) == ["model", "training rows, smoothed"]
    assert display.legend_.get_title().get_text() == ""


def test_perfect_predictions_have_an_axis():
    display = draw(y_pred=TEST)
    assert np.nanmax(display.errors["model"]) == 0
    assert display.ax_.get_ylim()[1] == 1


def test_many_models_of_long_names_fit():
    names = [f"regressor with a long name and parameter {k}" for k in range(12)]
    display = draw(y_pred={name: BAD + k for k, name in enumerate(names)})
    shown = labels(display.legend_)[:-1]
    assert len(set(shown)) == 12 and max(map(len, shown)) <= 32 + 8
    assert display.figure_.get_figheight() > draw().figure_.get_figheight()
    display.figure_.draw_without_rendering()
    box = display.legend_.get_window_extent()
    assert box.y0 >= display.ax_.get_window_extent().y1 - 1
    assert box.x1 <= display.figure_.bbox.x1 and box.y1 <= display.figure_.bbox.y1


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"y_pred": np.append(BAD[1:], np.nan)}, ValueError, "'y_pred' .* must be finite"),
        (
            {"y_pred": {"a": BAD, "b": np.append(BAD[1:], np.inf)}},
            ValueError,
            r"y_pred\['b'\].*finite",
        ),
        ({"y_pred": BAD[1:]}, ValueError, r"'y_pred' .* of shape \(300,\), as y_true. Got"),
        ({"y_pred": {}}, ValueError, "'y_pred' .* a dict of one or more. Got {}"),
        ({"y_pred": {3: BAD}}, ValueError, "'y_pred' .* a dict by name. Got 3 in it"),
        ({"y_pred": BAD[:, None].repeat(2, 1)}, ValueError, "'y_pred' .* 1-d array"),
        ({"y_true": []}, ValueError, "'y_true' .* at least 1 targets"),
        ({"y_train": []}, ValueError, "'y_train' .* at least 1 targets"),
        ({"y_train": [1, np.nan]}, ValueError, "'y_train' .* must be finite"),
        ({"bins": [0, 10]}, ValueError, "'bins' .* edges that cover all targets"),
        ({"bins": 0}, ValueError, "'bins' parameter"),
        ({"bins": "many"}, ValueError, "'bins' parameter"),
        ({"metric": "r2"}, ValueError, "'metric' .* 'rmse', or a function. Got 'r2'"),
        ({"metric": None}, ValueError, "'metric' parameter"),
        ({"metric": lambda a, b: "bad"}, ValueError, "'metrics' .* return one number"),
        (
            {"metric": lambda a, b: np.nan},
            ValueError,
            "'metric' .* finite. Got NaN in all bins for",
        ),
        (
            {"y_true": 1e250 * TEST, "y_train": 1e250 * TRAIN, "metric": "mse"},
            ValueError,
            "'metric' .* finite. Got infinite for 'bad'",
        ),
        ({"few": 9, "many": 3}, ValueError, "'few' parameter"),
        ({"density": TargetDensity}, TypeError, "'density' .* a TargetDensity or None. Got type"),
        ({"sample_weight": [1.0]}, ValueError, r"'sample_weight' .* of shape \(300,\)"),
        ({"train_sample_weight": [1.0]}, ValueError, r"'train_sample_weight' .* \(800,\)"),
        ({"xscale": "log", "y_true": -TEST}, ValueError, "'xscale' .* Got 'log'"),
        ({"yscale": "asinh"}, ValueError, "'yscale' .* 'auto', 'linear' or 'log'"),
        ({"yscale": "log", "y_pred": TEST}, ValueError, "'yscale' .* 'linear' where an error is 0"),
    ],
)
def test_errors_name_the_parameter(params, error, message):
    with pytest.raises(error, match=message):
        draw(**params)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        ({}, "a dict of names and fitted regressors. Got {}"),
        (Ridge, "'estimator' .* Got <class"),
        ({"a": Ridge().fit(TEST[:, None], TEST), "b": 3}, "Got 3 for 'b'"),
    ],
)
def test_estimators_that_cannot_predict(estimator, message):
    error = ValueError if estimator == {} else TypeError
    with pytest.raises(error, match=message):
        ShotErrorDisplay.from_estimator(estimator, TEST[:, None], TEST, y_train=TRAIN)


def test_from_estimator_names_its_own_target():
    with pytest.raises(ValueError, match="'y' parameter of ShotErrorDisplay.from_estimator"):
        ShotErrorDisplay.from_estimator(
            Ridge().fit(TEST[:, None], TEST), TEST[:, None], TEST * np.nan, y_train=TRAIN
        )
