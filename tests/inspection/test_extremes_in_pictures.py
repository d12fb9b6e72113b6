"""Targets of any size give a picture, or an error that names what was called and its parameter."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.dummy import DummyRegressor

from skdir.comparison import compare_strategies
from skdir.inspection import (
    RelevanceDisplay,
    ResamplingDisplay,
    SERCurveDisplay,
    ShotErrorDisplay,
    TargetDistributionDisplay,
    TargetReport,
)
from skdir.resampling import RandomOverSampler

N = 80
GAMMA = np.random.default_rng(0).gamma(2, size=N)
X = np.random.default_rng(1).normal(size=(N, 2))

TARGETS = {
    "1e300": GAMMA / GAMMA.max() * 1e300,
    "largest": GAMMA / GAMMA.max() * 1.79e308,
    "both ends": (GAMMA / GAMMA.max() - 0.5) * 1.7e308,
    "beyond one range": np.r_[np.linspace(-1.7e308, 0, 40), np.linspace(0, 1.7e308, 40)],
    "one is huge": np.r_[GAMMA[:-1], 1e300],
    "tiny and huge": np.r_[GAMMA[:40] * 1e-300, GAMMA[:40] * 1e300],
    "1e-280": GAMMA * 1e-280,
    "1e-300": GAMMA * 1e-300,
    "subnormal": 5e-324 * np.arange(N),
    "two subnormal": 5e-324 * (np.arange(N) % 2),
    "two huge": 1e300 * (np.arange(N) % 2),
    "neighbours": 1 + np.spacing(1.0) * (np.arange(N) % 3),
    "whole beyond 2**53": 1e16 + 2 * np.arange(N) % 20,
    "large offset": 1e15 + GAMMA,
    "constant": np.full(N, 3.0),
    "huge constant": np.full(N, 1.7e308),
    "negative zeros": np.where(np.arange(N) % 2, -0.0, 0.0) + (np.arange(N) == 3),
}


def report(y):
    found = TargetReport(y)
    assert "nan" not in repr(found).replace("finance", "")
    assert "<img" in found.to_html()


def compare(y):
    result = compare_strategies(
        DummyRegressor(), X, y, strategies=["VANILLA", "LDS", "LOG"], cv=2, random_state=0
    )
    assert result.complete_ == ["VANILLA", "LDS", "LOG"]
    repr(result)
    result.finding()
    result.differences()
    result.to_html()
    for plot in (result.plot, result.plot_pareto, result.plot_trade_off):
        plot().figure.canvas.draw()


def draw(display):
    display.figure_.canvas.draw()


DOORS = {
    "TargetReport": report,
    "compare_strategies": compare,
    "TargetDistributionDisplay": lambda y: draw(TargetDistributionDisplay.from_target(y)),
    "RelevanceDisplay": lambda y: draw(RelevanceDisplay.from_target(y)),
    "ShotErrorDisplay": lambda y: draw(ShotErrorDisplay.from_predictions(y, y * 0.9, y_train=y)),
    "SERCurveDisplay": lambda y: draw(
        SERCurveDisplay.from_predictions(y, y * 0.9, relevance=np.linspace(0, 1, N))
    ),
    "ResamplingDisplay": lambda y: draw(ResamplingDisplay.from_sampler(RandomOverSampler(), X, y)),
}
# The sampler sees the target first, and the sum of squares is about the predictions.
OTHERS = {"ResamplingDisplay": "RandomOverSampler", "SERCurveDisplay": "SERCurveDisplay"}


@pytest.mark.filterwarnings("ignore:.*(no outliers|interquartile range|nothing to balance)")
@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("door", DOORS)
def test_a_picture_or_an_error_that_names_the_target(door, name):
    y = TARGETS[name]
    before = y.copy()
    try:
        DOORS[door](y)
    except ValueError as error:
        words = str(error)
        named = re.match(r"The '(\w+)' parameter of (\w+)", words)
        assert named, words
        assert named[1] in ("y", "y_true", "y_train", "y_pred", "metric"), words
        assert named[2] in (door, OTHERS.get(door)), words
        assert " must be " in words and " Got " in words
        # what is of an everyday kind is shown
        assert name not in ("one is huge", "1e-280", "large offset", "negative zeros") or (
            door == "SERCurveDisplay" and name == "one is huge"
        )
    finally:
        plt.close("all")
    np.testing.assert_array_equal(y, before)
