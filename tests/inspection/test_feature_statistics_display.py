"""FeatureStatisticsDisplay: what it takes, what it draws, and bad input."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from display_cases import statistics

from skdir.inspection import FeatureStatisticsDisplay
from skdir.neural_network import feature_statistics

RNG = np.random.default_rng(0)
Y = RNG.gamma(2.0, 3.0, size=400)
FEATURES = np.column_stack([Y, 20 - Y, RNG.normal(size=400)])


def draw(what, **params):
    return FeatureStatisticsDisplay.from_statistics(what, **params)


def test_lines_are_the_cosines():
    edges = np.arange(0, 32, 3.0)
    display = draw(feature_statistics(FEATURES, Y, bins=edges, anchor=4.0))
    rows = [FEATURES[(low <= Y) & (high > Y)] for low, high in itertools.pairwise(edges)]
    anchor = rows[1]

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    x, means = display.mean_lines_["features"].get_data()
    variances = display.variance_lines_["features"].get_ydata()
    np.testing.assert_allclose(x, edges[:-1] + 1.5)
    for k, part in enumerate(rows):
        if len(part):
            assert means[k] == pytest.approx(cosine(part.mean(0), anchor.mean(0)))
        else:
            assert np.isnan(means[k])
        if len(part) > 1:
            assert variances[k] == pytest.approx(cosine(part.var(0), anchor.var(0)))
        else:
            assert np.isnan(variances[k])
    assert means[1] == pytest.approx(1)


def test_bars_are_the_rows():
    display = draw(feature_statistics(FEATURES, Y, bins=10))
    counts = np.histogram(Y, 10)[0]
    assert len(display.bars_) == len(display.counts_axes_) == 2
    for bars in display.bars_:
        assert [bar.get_height() for bar in bars] == counts.tolist()
    for ax in display.counts_axes_:
        assert counts.max() < 0.5 * ax.get_ylim()[1]


def test_anchor_is_marked():
    display = draw({"plain": statistics(anchor=1), "FDS": statistics(anchor=1)})
    assert [line.get_xdata()[0] for line in display.anchor_lines_] == [1.5, 1.5]
    two = draw({"plain": statistics(anchor=4), "FDS": statistics(anchor=1)})
    assert [line.get_xdata()[0] for line in two.anchor_lines_] == [1.5, 4.5, 1.5, 4.5]
    assert two.anchors == {"plain": 4, "FDS": 1}


def test_words():
    display = draw({"plain": statistics(), "FDS": statistics()}, target_name="age (years)")
    words = [text.get_text() for text in display.legend_.get_texts()]
    assert words == ["plain", "FDS", "anchor"]
    assert [ax.get_ylabel() for ax in display.axes_] == [
        "cosine similarity of means",
        "cosine similarity of variances",
    ]
    assert {ax.get_xlabel() for ax in display.axes_} == {"age (years)"}
    assert display.counts_axes_[1].get_ylabel() == "rows per bin"


def test_limits_hold_all_values():
    for rise in (0.0, 1.0, 30.0):
        display = draw(statistics(rise=rise))
        for ax, values in zip(
            display.axes_, (display.mean_similarities, display.variance_similarities)
        ):
            low, high = ax.get_ylim()
            assert low < min(values["features"]) and max(values["features"]) < high


def test_one_bin_and_missing_values():
    display = draw(feature_statistics(FEATURES, Y, bins=1))
    assert display.mean_lines_["features"].get_ydata() == pytest.approx([1])
    lone = statistics()
    lone.mean_similarity = np.full(6, np.nan)
    display = draw(lone)
    assert np.isnan(display.mean_lines_["features"].get_ydata()).all()
    display.figure_.draw_without_rendering()


def test_what_is_given_is_copied():
    given = statistics()
    display = draw(given)
    given.mean_similarity[:] = 0
    assert display.mean_similarities["features"].max() == 1


def changed(**values):
    return SimpleNamespace(**{**vars(statistics()), **values})


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        (3, TypeError, "what feature_statistics returns.* Got a int"),
        ({"a": statistics(), "b": 3}, TypeError, "Got 'b': 3"),
        ({1: statistics()}, TypeError, "a dict of names"),
        ({}, ValueError, "Got {}"),
        ({"a": statistics(), "b": statistics(5)}, ValueError, "same bins .* others for 'b'"),
        (changed(counts=np.zeros(6)), ValueError, "of at least one row. Got none in any bin"),
        (changed(counts=np.ones(5)), ValueError, r"one value per bin. Got 6 bins.*\[5, 6\]"),
        (changed(anchor=6), ValueError, "one value per bin. Got 6 bins.* anchor 6"),
        (changed(bin_edges=np.array([0.0, 2, 1, 3, 4, 5, 6])), ValueError, "unsorted edges"),
    ],
    ids=["int", "dict", "key", "empty", "bins", "no rows", "length", "anchor", "edges"],
)
def test_errors_name_the_parameter(what, error, message):
    with pytest.raises(error, match=f"'statistics' parameter of .*{message}"):
        draw(what)


def test_name_of_the_target_must_be_text():
    with pytest.raises(ValueError, match="'target_name' parameter"):
        draw(statistics(), target_name=3)
