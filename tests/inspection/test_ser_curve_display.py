"""SERCurveDisplay: the staircase against a loop, its area, and bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge

from skdir.inspection import SERCurveDisplay
from skdir.metrics import squared_error_relevance_area
from skdir.relevance import RelevanceFunction

RNG = np.random.default_rng(0)
Y = RNG.gamma(2.0, 3.0, size=120)
PREDICTED = {"half": Y / 2, "noisy": Y + RNG.normal(size=120)}
RELEVANCE = RelevanceFunction().fit(Y)
PHI = RELEVANCE.transform(Y)


def draw(**params):
    params = {"y_true": Y, "y_pred": PREDICTED, "relevance": RELEVANCE, **params}
    return SERCurveDisplay.from_predictions(**params)


def height_at(line, x):
    """Return the height of a staircase that holds each value to the left."""
    assert line.get_drawstyle() == "steps-pre"
    at, height = line.get_data()
    return height[np.searchsorted(at, x)]


def test_staircase_by_a_loop():
    display = draw()
    for name, predicted in PREDICTED.items():
        for t in np.linspace(0, 1, 23):
            expected = sum((y - p) ** 2 for y, p, f in zip(Y, predicted, PHI) if f >= t)
            assert height_at(display.lines_[name], t) == pytest.approx(expected)


def test_rows_by_a_loop():
    display = draw()
    expected = [sum(phi >= t for phi in PHI) for t in display.thresholds]
    np.testing.assert_array_equal(display.rows, expected)
    path = display.rows_area_.get_paths()[0].vertices
    assert path[:, 1].max() == 120
    assert display.rows_ax_.get_ylabel() == "rows of at least this relevance"
    assert [t.get_text() for t in display.rows_ax_.get_yticklabels()] == ["0", "120"]


def test_areas_are_sera():
    display = draw()
    for name, predicted in PREDICTED.items():
        expected = squared_error_relevance_area(Y, predicted, relevance=RELEVANCE)
        assert display.areas[name] == pytest.approx(expected, rel=1e-12)
    words = [text.get_text() for text in display.legend_.get_texts()]
    assert words == [f"{name} (SERA {display.areas[name]:.3g})" for name in PREDICTED]


def test_weights_are_repetition():
    weight = RNG.integers(0, 3, size=120)
    one = draw(sample_weight=weight)
    two = draw(
        y_true=np.repeat(Y, weight),
        y_pred={name: np.repeat(values, weight) for name, values in PREDICTED.items()},
    )
    np.testing.assert_allclose(one.thresholds, two.thresholds)
    np.testing.assert_allclose(one.rows, two.rows)
    for name in PREDICTED:
        np.testing.assert_allclose(one.ser[name], two.ser[name])
        assert one.areas[name] == pytest.approx(two.areas[name])
    assert one.rows_ax_.get_ylabel() == "weight of rows of at least this relevance"


def test_relevances_of_all_kinds():
    expected = draw().areas
    assert draw(relevance=RELEVANCE.transform).areas == pytest.approx(expected)
    assert draw(relevance=PHI).areas == pytest.approx(expected)


def test_predictions_and_estimators_are_the_same():
    X = Y[:, None] + RNG.normal(size=(120, 1))
    model = Ridge(1e3).fit(X, Y)
    one = SERCurveDisplay.from_estimator(model, X, Y, relevance=RELEVANCE)
    np.testing.assert_array_equal(one.ser["Ridge"], draw(y_pred=model.predict(X)).ser["model"])
    two = SERCurveDisplay.from_estimator({"a": model, "b": model}, X, Y, relevance=RELEVANCE)
    assert list(two.lines_) == ["a", "b"]


def test_units_and_numbers():
    display = draw(y_true=pd.Series(Y, name="flow (m³/s)"))
    assert display.ax_.get_ylabel() == "sum of squared errors in (m³/s)²"
    assert draw().ax_.get_ylabel() == "sum of squared errors"
    assert draw().ax_.get_xlabel() == "relevance"
    # no power of ten is written above the axis, where the legend is
    for factor in (1e-6, 1.0, 1e3, 1e9):
        display = draw(y_true=Y * factor, y_pred=Y * factor * 2, relevance=PHI)
        display.figure_.draw_without_rendering()
        assert display.ax_.yaxis.get_offset_text().get_text() == ""


def test_perfect_predictions_one_row_and_nothing_relevant():
    display = draw(y_pred=Y)
    assert display.areas["model"] == 0
    assert display.ax_.get_ylim() == (0, 1)
    one = draw(y_true=[3.0], y_pred=[1.0], relevance=[0.5])
    assert one.areas["model"] == 2 and one.rows.tolist() == [1, 1, 0]
    nothing = draw(relevance=np.zeros(120))
    assert nothing.areas["half"] == 0 and nothing.rows.tolist() == [120, 0]


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"y_pred": Y * np.nan}, ValueError, "'y_pred' .*from_predictions must be finite"),
        ({"y_pred": Y[1:]}, ValueError, r"'y_pred' .* of shape \(120,\), as y_true"),
        ({"y_pred": 1e250 * Y}, ValueError, "'y_pred' .* sum of squared errors is finite. Got inf"),
        ({"y_true": []}, ValueError, "'y_true' .* at least 1 targets"),
        ({"relevance": None}, TypeError, "'relevance' parameter of SERCurveDisplay"),
        ({"relevance": RelevanceFunction()}, NotFittedError, "'relevance' .* must be fitted"),
        ({"relevance": PHI[1:]}, ValueError, r"'relevance' .* of shape \(120,\)"),
        ({"relevance": 2 * PHI}, ValueError, r"'relevance' .* in \[0, 1\]"),
        ({"sample_weight": -np.ones(120)}, ValueError, "'sample_weight' .* non-negative"),
        ({"target_name": 1}, ValueError, "'target_name' .* None or a string"),
    ],
)
def test_errors_name_the_parameter(params, error, message):
    with pytest.raises(error, match=message):
        draw(**params)
