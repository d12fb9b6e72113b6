"""Where relevance comes from, and what happens where a target has none."""

import gc
import weakref

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction

RNG = np.random.default_rng(0)
SKEWED = np.concatenate([RNG.lognormal(size=300), -RNG.lognormal(size=40)])
POINTS = [[-2, 1], [0, 0], [3, 0.4], [8, 1]]


# ---------------------------------------------------------------------------- methods


def test_extremes_go_from_the_median_to_the_whiskers():
    y = [-41, -40, *range(1, 22), 60, 61]
    relevance = RelevanceFunction().fit(y)
    assert relevance.control_points_.tolist() == [[1, 1, 0], [11, 0, 0], [21, 1, 0]]
    assert relevance([-40, 1, 11, 16, 21, 99]).tolist() == [1, 1, 0, 0.5, 1, 1]
    assert relevance.method_ == "extremes"
    assert relevance.density_ is None


@pytest.mark.parametrize(
    ("extremes", "expected"),
    [
        ("both", [[1, 1, 0], [11, 0, 0], [21, 1, 0]]),
        ("high", [[-41, 0, 0], [11, 0, 0], [21, 1, 0]]),
        ("low", [[1, 1, 0], [11, 0, 0], [61, 0, 0]]),
    ],
)
def test_only_the_wanted_side_is_relevant(extremes, expected):
    relevance = RelevanceFunction(extremes=extremes).fit([-41, -40, *range(1, 22), 60, 61])
    assert relevance.control_points_.tolist() == expected


def test_a_side_without_outliers_has_relevance_0():
    relevance = RelevanceFunction().fit([*range(1, 22), 60, 61])
    assert relevance.control_points_.tolist() == [[1, 0, 0], [12, 0, 0], [21, 1, 0]]


def test_a_minimum_equal_to_the_median_is_one_control_point():
    relevance = RelevanceFunction().fit([0] * 60 + list(range(20)) + [5] * 20 + [99])
    assert relevance.control_points_.tolist() == [[0, 0, 0], [12, 1, 0]]


def test_smaller_coef_makes_more_targets_relevant():
    sums = [RelevanceFunction(coef=coef).fit_transform(SKEWED).sum() for coef in (3, 1.5, 0.5)]
    assert sums[0] < sums[1] < sums[2]


def test_adjusted_box_plot_calls_fewer_targets_of_a_long_tail_relevant():
    y = np.random.default_rng(1).lognormal(size=2000)
    tukey, adjusted = RelevanceFunction(), RelevanceFunction(boxplot="adjusted")
    high = y > np.median(y)
    assert adjusted.fit_transform(y)[high].sum() < 0.5 * tukey.fit_transform(y)[high].sum()


def test_adjusted_box_plot_of_a_symmetric_target_has_tukeys_fences():
    y = np.arange(101.0)
    relevance = RelevanceFunction(boxplot="adjusted", coef=0.5).fit(y)
    np.testing.assert_allclose(relevance.control_points_[:, 0], [0, 50, 100])


def test_adjusted_box_plot_mirrors_with_the_target():
    plus, minus = (RelevanceFunction(boxplot="adjusted").fit(sign * SKEWED) for sign in (1, -1))
    np.testing.assert_allclose(plus(SKEWED), minus(-SKEWED), atol=1e-12)


def test_quantile_tails_have_relevance_1():
    y = np.random.default_rng(0).permutation(1000).astype(float)
    relevance = RelevanceFunction(method="quantile", quantiles=(0.05, 0.8)).fit(y)
    assert relevance.control_points_.tolist() == [[49, 1, 0], [499.5, 0, 0], [800, 1, 0]]
    phi = relevance(y)
    assert (phi == 1).sum() == 50 + 200


def test_quantiles_of_0_and_1_are_the_extremes():
    relevance = RelevanceFunction(method="quantile", quantiles=(0, 1)).fit(SKEWED)
    assert relevance.control_points_[[0, 2], 0].tolist() == [SKEWED.min(), SKEWED.max()]


def test_quantile_of_a_zero_inflated_target_starts_with_the_next_value():
    relevance = RelevanceFunction(method="quantile").fit([0] * 95 + [3, 4, 5, 6, 7])
    assert relevance.control_points_.tolist() == [[0, 0, 0], [3, 1, 0]]


@pytest.mark.parametrize("extremes", ["both", "high", "low"])
def test_density_relevance_is_one_minus_the_scaled_density(extremes):
    relevance = RelevanceFunction(method="density", extremes=extremes, bandwidth=0.3).fit(SKEWED)
    density = TargetDensity(bandwidth=0.3).fit(SKEWED).density(SKEWED)
    mode = SKEWED[density.argmax()]
    sign = {"both": 0, "high": 1, "low": -1}[extremes]
    wanted = sign * (SKEWED - mode) >= 0
    scaled = (density - density[wanted].min()) / (density.max() - density[wanted].min())
    np.testing.assert_allclose(relevance(SKEWED), np.where(wanted, 1 - scaled, 0), atol=1e-12)
    assert relevance.control_points_ is None
    assert relevance.density_.bandwidth_ == 0.3
    assert relevance(SKEWED).max() == 1


def test_set_params_does_not_change_what_was_fitted():
    relevance = RelevanceFunction(method="density", extremes="high").fit(SKEWED)
    before = relevance(SKEWED)
    relevance.set_params(extremes="low", method="extremes")
    np.testing.assert_array_equal(relevance(SKEWED), before)


def test_control_points_take_any_target():
    relevance = RelevanceFunction(method="control_points", control_points=POINTS).fit([7, 7, 7])
    np.testing.assert_allclose(relevance([-2, 0, 3, 8]), [1, 0, 0.4, 1], atol=1e-15)
    assert relevance.control_points_.shape == (4, 3)


# ---------------------------------------------------------------------------- degenerate targets


HALF_ZERO = [0] * 80 + list(range(1, 21))
LOW_WHISKER = [-100, -50, 0, 0, 0, 0, 0, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("params", "y", "cause", "remedy"),
    [
        ({}, HALF_ZERO, "an interquartile range of 0, 80.0% of them 0", "degenerate='quantile'"),
        ({"boxplot": "adjusted"}, HALF_ZERO, "range of 0, 80.0% of them 0", "'quantile'"),
        (
            {},
            range(10),
            "from 0 to 9 with no outliers by the box plot on either side",
            "a smaller coef",
        ),
        (
            {"extremes": "low"},
            [*range(9), 99],
            r"with no outliers by the box plot on the low side \(fences -5.5 and 14.5\)",
            "method='control_points'",
        ),
        (
            {"extremes": "high"},
            [-99, *range(9)],
            "outliers by the box plot on the high side",
            "a smaller coef",
        ),
        (
            {"extremes": "low"},
            [0] * 60 + list(range(40)),
            "with no outliers by the box plot on the low side .*, 61.0% of them 0",
            "degenerate='quantile'",
        ),
        ({}, LOW_WHISKER, "whose low whisker is the median", "extremes='high'"),
        ({}, -np.array(LOW_WHISKER), "whose high whisker is the median", "extremes='low'"),
        ({"extremes": "low"}, LOW_WHISKER, "whose low whisker is the median", "control_points"),
        (
            {"method": "quantile", "extremes": "high"},
            [*range(10), *[20] * 30],
            "no targets above the median, 75.0% of them 20",
            "extremes='both'",
        ),
        (
            {"method": "quantile", "extremes": "low"},
            [*range(10), *[-20] * 30],
            "no targets below the median",
            "extremes='both'",
        ),
        (
            {"extremes": "high", "degenerate": "quantile"},
            [*range(10), *[20] * 30],
            "no targets above the median",
            "method='control_points'",
        ),
        (
            {"method": "density", "bandwidth": 1.0},
            [0, 1e6],
            "density is the same everywhere",
            "a smaller bandwidth",
        ),
        (
            {"method": "density", "extremes": "high"},
            [0, 1, 2, 3, 3, 3],
            "density is the same from its highest on the high side",
            "degenerate='quantile'",
        ),
    ],
)
def test_degenerate_target_gets_an_error_with_cause_and_remedy(params, y, cause, remedy):
    with pytest.raises(ValueError, match=cause) as caught:
        RelevanceFunction(**{"degenerate": "raise", **params}).fit(y)
    message = str(caught.value)
    assert message.startswith("The 'y' parameter of RelevanceFunction.fit must be a target with")
    assert remedy in message.partition(" instead. Use ")[2]
    assert "DegenerateTargetError" not in repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("params", "y", "expected"),
    [
        ({}, HALF_ZERO, [[0, 0, 0], [11, 1, 0]]),
        ({}, range(11), [[1, 1, 0], [5, 0, 0], [9, 1, 0]]),
        ({"quantiles": (0.2, 0.7)}, range(11), [[2, 1, 0], [5, 0, 0], [7, 1, 0]]),
        ({"extremes": "low"}, range(11), [[1, 1, 0], [5, 0, 0], [10, 0, 0]]),
        ({"method": "density", "bandwidth": 1.0}, [0, 1e6], [[0, 1, 0], [5e5, 0, 0]]),
    ],
)
def test_degenerate_quantile_falls_back_to_tail_quantiles(params, y, expected):
    relevance = RelevanceFunction(**params, degenerate="quantile").fit(y)
    assert relevance.control_points_[: len(expected)].tolist() == expected
    assert relevance.method_ == "quantile"
    assert relevance.density_ is None


def test_degenerate_quantile_leaves_good_targets_alone():
    relevance = RelevanceFunction(degenerate="quantile").fit(SKEWED)
    assert relevance.method_ == "extremes"
    np.testing.assert_array_equal(relevance(SKEWED), RelevanceFunction().fit_transform(SKEWED))


DEGENERATE = {
    "half zero": (HALF_ZERO, "an interquartile range of 0, 80.0% of them 0"),
    "uniform": (range(100), "from 0 to 99 with no outliers by the box plot on either side"),
    "whisker": (LOW_WHISKER, "targets whose low whisker is the median"),
}


@pytest.mark.parametrize("kind", DEGENERATE)
def test_by_default_a_degenerate_target_gets_the_quantiles_and_one_warning(kind):
    y, cause = DEGENERATE[kind]
    with pytest.warns(UserWarning, match="quantiles 0.1 and 0.9") as caught:
        relevance = RelevanceFunction().fit(y)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert message.startswith("RelevanceFunction.fit got targets ") and cause in message
    assert "relevance is 1 beyond the quantiles 0.1 and 0.9 of y instead" in message
    assert "method='quantile'" in message and "degenerate='raise'" in message
    assert relevance.method_ == "quantile"
    expected = RelevanceFunction(method="quantile").fit(y)
    np.testing.assert_array_equal(relevance(y), expected(y))


def test_the_warning_names_the_quantiles_and_the_density():
    with pytest.warns(UserWarning, match=r"density is the same everywhere: .* 0.2 and 0.7 of y"):
        RelevanceFunction(method="density", bandwidth=1.0, quantiles=(0.2, 0.7)).fit([0, 1e6])


def test_a_fallback_that_finds_nothing_either_is_an_error_without_a_warning():
    with pytest.raises(ValueError, match="no targets above the median"):
        RelevanceFunction(extremes="high").fit([*range(10), *[20] * 30])


@pytest.mark.parametrize("degenerate", ["raise", "quantile"])
@pytest.mark.parametrize("method", ["extremes", "quantile", "density"])
def test_constant_target_is_an_error(method, degenerate):
    with pytest.raises(ValueError, match=r"at least two values.*Got the constant 3 instead"):
        RelevanceFunction(method=method, degenerate=degenerate).fit([3, 3, 3, 3])


def test_failed_fit_leaves_the_object_as_it_was():
    relevance = RelevanceFunction(degenerate="raise")
    with pytest.raises(ValueError, match="with no outliers by the box plot"):
        relevance.fit(range(10))
    with pytest.raises(NotFittedError):
        relevance.transform([1])
    before = relevance.fit(SKEWED).control_points_
    with pytest.raises(ValueError, match="with no outliers by the box plot"):
        relevance.fit(range(10))
    assert relevance.control_points_ is before


def test_targets_too_far_apart_are_an_error():
    with pytest.raises(ValueError, match=r"that float64 can hold.*from -1.7e\+308 to 1.7e\+308"):
        RelevanceFunction().fit([-1.7e308, 0, 1, 2, 1.7e308])


@pytest.mark.parametrize("quantiles", [("0.1", "0.9"), (0.1,), (0.1, 0.9, 1), (None, 1), 0.1, "ab"])
def test_quantiles_are_two_numbers(quantiles):
    with pytest.raises(ValueError, match="The 'quantiles' parameter of RelevanceFunction must be"):
        RelevanceFunction(quantiles=quantiles).fit(SKEWED)


def test_a_density_complains_in_the_name_of_the_relevance():
    y = np.repeat([0.0, 1.0], 50)
    with pytest.raises(ValueError, match="The 'bandwidth' parameter of RelevanceFunction.fit must"):
        RelevanceFunction(method="density", bandwidth="isj").fit(y)
    with pytest.raises(ValueError, match="The 'y' parameter of RelevanceFunction.fit must be of"):
        RelevanceFunction(method="density").fit(SKEWED * 1e-310)


@pytest.mark.parametrize("boxplot", ["tukey", "adjusted"])
def test_huge_coef_has_no_fences(boxplot):
    with pytest.raises(ValueError, match=r"Got targets without finite fences .* a smaller coef"):
        RelevanceFunction(coef=1e308, boxplot=boxplot, degenerate="raise").fit(SKEWED * 1e10)


def test_messages_of_the_density_name_the_relevance():
    relevance = RelevanceFunction(method="density")
    with pytest.raises(ValueError, match=r"'y' parameter of RelevanceFunction\.fit must be of a r"):
        relevance.fit([1e-301, 2e-301, 5e-301])
    relevance.set_params(bandwidth=1e-12)
    with pytest.raises(ValueError, match=r"'bandwidth' parameter of RelevanceFunction\.fit must"):
        relevance.fit(np.linspace(0, 1e9, 50))


@pytest.mark.filterwarnings("ignore:.*beyond the quantiles:UserWarning")
def test_what_a_degenerate_target_raised_keeps_nothing_alive():
    """An error holds the frames that it came through, and they the targets."""
    relevance = RelevanceFunction().fit(np.arange(50.0))
    assert relevance.method_ == "quantile"
    gone = weakref.ref(relevance)
    gc.disable()
    try:
        del relevance
        assert gone() is None  # without the collector of cycles
    finally:
        gc.enable()
