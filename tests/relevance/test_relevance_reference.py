"""Relevances of the R packages UBL and IRon, and published counts of rare targets."""

import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import CubicHermiteSpline

from skdir.relevance import RelevanceFunction, interpolate_relevance
from skdir.relevance._interpolation import estimate_slopes
from skdir.relevance._medcouple import medcouple, medcouple_middles
from skdir.utils._targets.order_statistics import SortedTargets

VECTORS = (
    "sim_lognormal",
    "sim_left_skew",
    "sim_t2",
    "sim_zero_inflated",
    "sim_integer_counts",
    "sim_small",
)
# How many of the 13 sets of control points can be compared: the reference refuses sets in which
# two points have the same target, and three have a slope that points the wrong way.
N_COMPARED = dict(zip(VECTORS, (10, 10, 10, 2, 10, 10)))
EXTREMES = [f"extremes_{side}_coef{coef}" for side in ("both", "high", "low") for coef in (1.5, 3)]

# An excerpt of the recorded values: nine log-normal targets.
SMALL = [
    0.6490134551645175,
    1.1328734442134942,
    0.7360990996807752,
    0.3951156741267137,
    1.8273574999170168,
    0.2712671896375643,
    3.112177465577161,
    4.498315158262832,
    2.6306053226759256,
]


@pytest.fixture(scope="module")
def reference(shared):
    with gzip.open(shared / "reference" / "relevance_sera_utility.json.gz") as file:
        return json.load(file)["vectors"]


def parameters(name):
    side, coef = re.fullmatch(r"extremes_(\w+)_coef([\d.]+)(?:_asymTRUE)?", name).groups()
    return {"extremes": side, "coef": float(coef)}


def wrong_way(points):
    """Whether a slope points against a neighbouring secant."""
    secant = np.sign(np.diff(points[:, 1]))
    return (points[:-1, 2] * secant < 0).any() or (points[1:, 2] * secant < 0).any()


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("vector", VECTORS)
def test_tukey_control_points_and_relevance_equal_the_reference(reference, vector, name):
    y = np.array(reference[vector]["y"], dtype=float)
    case = reference[vector]["relevance_tukey"][name]
    relevance = RelevanceFunction(**parameters(name), degenerate="raise")
    if not np.any(case["phi_data"]):  # relevance 0 everywhere: nothing that one could use
        with pytest.raises(ValueError, match="with no outliers by the box plot"):
            relevance.fit(y)
        return
    relevance.fit(y)
    np.testing.assert_allclose(relevance.control_points_, case["control_pts"], atol=1e-12)
    np.testing.assert_allclose(relevance(y), case["phi_data"], atol=1e-9)
    np.testing.assert_allclose(relevance(case["grid"]), case["phi_grid"], atol=1e-9)


@pytest.mark.parametrize("vector", VECTORS)
def test_control_point_relevance_equals_the_reference(reference, vector):
    n_compared = 0
    for name, case in reference[vector]["relevance_tukey"].items():
        if not name.startswith("range_") or case.get("error"):
            continue
        points = np.array(case["control_pts"], dtype=float)
        if wrong_way(points):  # a named deviation
            continue
        for values, expected in (
            (reference[vector]["y"], case["phi_data"]),
            (case["grid"], case["phi_grid"]),
        ):
            values, expected = np.array(values, dtype=float), np.array(expected, dtype=float)
            flat = points[[0, -1], 2] == 0  # else a named deviation: the reference extrapolates
            same = (flat[0] | (values >= points[0, 0])) & (flat[1] | (values <= points[-1, 0]))
            assert same.sum() >= 5
            relevance = RelevanceFunction(method="control_points", control_points=points)
            found = relevance.fit_transform(values)
            np.testing.assert_allclose(found[same], expected[same].clip(0, 1), atol=1e-9)
            np.testing.assert_array_equal(interpolate_relevance(values, points), found)
        n_compared += 1
    assert n_compared == N_COMPARED[vector]


@pytest.mark.parametrize("name", ["twocol4", "twocol2", "twocol3_peak", "fivecol2_nonmono"])
@pytest.mark.parametrize("vector", ["sim_lognormal", "sim_t2", "sim_small"])
def test_estimated_slopes_equal_the_reference(reference, vector, name):
    points = np.array(reference[vector]["relevance_tukey"][f"range_{name}"]["control_pts"])
    slopes = estimate_slopes(np.diff(points[:, 1]) / np.diff(points[:, 0]))
    np.testing.assert_allclose(slopes, points[:, 2], atol=1e-12)


@pytest.mark.parametrize("name", ["twocol3_peak", "wrongsign", "fivecol2_nonmono"])
@pytest.mark.parametrize("vector", ["sim_lognormal", "sim_left_skew", "sim_t2", "sim_small"])
def test_deviation_slopes_that_point_the_wrong_way(reference, vector, name):
    """The reference flips their sign; here they are 0, and the curve monotone between points."""
    case = reference[vector]["relevance_tukey"][f"range_{name}"]
    points = np.array(case["control_pts"], dtype=float)
    assert wrong_way(points)
    secant = np.sign(np.diff(points[:, 1]))
    expected = points.copy()
    expected[:-1, 2][points[:-1, 2] * secant < 0] = 0
    expected[1:, 2][points[1:, 2] * secant < 0] = 0
    curve = CubicHermiteSpline(*expected.T)  # no slope is steep enough for the limiter
    grid = np.linspace(points[0, 0], points[-1, 0], 501)
    relevance = interpolate_relevance(grid, points)
    np.testing.assert_allclose(relevance, curve(grid), atol=1e-12)
    for k in range(len(points) - 1):
        inside = (grid >= points[k, 0]) & (grid <= points[k + 1, 0])
        assert (np.diff(relevance[inside]) * secant[k] >= -1e-12).all()


@pytest.mark.parametrize("name", ["endslope_extrap", "steep_fc", "wrongsign"])
def test_deviation_constant_outside_of_the_control_points(reference, name):
    """The reference goes on as a straight line, to -14 and beyond."""
    case = reference["sim_lognormal"]["relevance_tukey"][f"range_{name}"]
    points, grid = np.array(case["control_pts"]), np.array(case["grid"])
    relevance = interpolate_relevance(grid, points)
    assert min(case["phi_grid"]) < 0
    assert (relevance[grid <= points[0, 0]] == points[0, 1]).all()
    assert (relevance[grid >= points[-1, 0]] == points[-1, 1]).all()


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("vector", VECTORS[:-1])
def test_adjusted_box_plot_equals_the_reference(reference, vector, name):
    y = np.array(reference[vector]["y"], dtype=float)
    case = reference[vector]["relevance_adjusted"][f"{name}_asymTRUE"]
    relevance = RelevanceFunction(**parameters(name), boxplot="adjusted").fit(y)
    points = np.unique(case["control_pts"], axis=0)  # the reference repeats min = median
    np.testing.assert_allclose(relevance.control_points_, points, atol=2e-2)
    np.testing.assert_allclose(relevance(y), case["phi_data"], atol=2e-2)
    np.testing.assert_allclose(relevance(case["grid"]), case["phi_grid"], atol=2e-2)


@pytest.mark.parametrize("vector", VECTORS)
def test_medcouple_and_hinges_equal_the_reference(reference, vector):
    targets = SortedTargets(np.array(reference[vector]["y"], dtype=float))
    boxplot = reference[vector]["boxplot"]
    fivenum = [targets.low, targets.hinges()[0], targets.median(), targets.hinges()[1]]
    np.testing.assert_allclose([*fivenum, targets.high], boxplot["fivenum"], rtol=1e-13)
    middles = boxplot["medcouple_naive_lower_upper_middle"]
    np.testing.assert_allclose(medcouple_middles(targets), middles, atol=1e-12)
    np.testing.assert_allclose(medcouple(targets), boxplot["medcouple_doReflect_TRUE"], atol=1e-12)


def test_deviation_medcouple_is_the_middle_of_its_kernel_at_any_size(reference):
    """The reference takes the lower middle value from 101 targets on; here signs are symmetric."""
    y = np.array(reference["sim_left_skew"]["y"])
    boxplot = reference["sim_left_skew"]["boxplot"]
    assert boxplot["medcouple_default"] != -boxplot["medcouple_doReflect_FALSE_of_minus_y"]
    middles = medcouple_middles(SortedTargets(y))
    np.testing.assert_allclose(middles[0], boxplot["medcouple_default"], atol=1e-12)
    assert medcouple(SortedTargets(y)) == np.mean(middles)
    np.testing.assert_allclose(medcouple(SortedTargets(-y)), -np.mean(middles), atol=1e-15)


@pytest.mark.parametrize("vector", VECTORS)
def test_bump_sizes_equal_the_reference(reference, vector):
    y = np.array(reference[vector]["y"], dtype=float)
    n_compared = 0
    for name, case in reference[vector]["bumps"].items():
        kind, threshold, _ = name.split("|")
        if case["bump_sizes"] is None:
            continue
        if kind.startswith("range_"):
            points = np.array(case["control_pts"])
            relevance = RelevanceFunction(method="control_points", control_points=points)
        else:
            relevance = RelevanceFunction(**parameters(kind))
        bumps = relevance.fit(y).bumps(y, threshold=float(threshold.removeprefix("thr")))
        assert [bump.n_samples for bump in bumps] == case["bump_sizes"], name
        n_compared += 1
    assert n_compared >= 10


RARE_COUNTS = {
    "Abalone": 679,
    "Accel": 89,
    "availPwr": 157,
    "bank8FM": 288,
    "boston": 65,
    "cpuSm": 713,
    "fuelCons": 164,
    "heat": 664,
    "maxTorque": 129,
    "a1": 28,
    "a2": 22,
    "a3": 32,
    "a4": 31,
    "a6": 33,
    "a7": 27,
}


@pytest.mark.parametrize(("name", "count"), RARE_COUNTS.items())
def test_published_counts_of_rare_targets(shared, name, count):
    y = pd.read_csv(shared / "data" / "branco15" / f"{name}.csv.gz").iloc[:, 0]
    assert (RelevanceFunction().fit_transform(y) >= 0.8).sum() == count


def test_recorded_excerpt_of_the_adjusted_box_plot():
    targets = SortedTargets(np.array(SMALL))
    assert targets.hinges() == (0.6490134551645175, 2.6306053226759256)
    assert medcouple(targets) == pytest.approx(0.45694442989245093, abs=1e-12)
    relevance = RelevanceFunction(boxplot="adjusted").fit(SMALL)
    fences = relevance.control_points_[[0, 2], 0]
    np.testing.assert_allclose(fences, [0.17114133641358736, 14.337745098902817], rtol=1e-12)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (
            [[0.37034597722888385, 1, 0], [1.1328734442134942, 0, 0], [3.389405004114294, 1, 0]],
            "0.6969499816065492 0 0.5304947457973765 0.996902984804031 0.22585680215428325 1 "
            "0.9584281463122911 1 0.7368190961585775",
        ),
        (
            [
                [0.37034597722888385, 0],
                [0.7186819707775237, 0.3],
                [1.9880070644687988, 0.5],
                [3.9438600811885633, 1],
            ],
            "0.24608604186053082 0.4269365851432126 0.3086937219766979 0.003501633352446888 "
            "0.47492547165716287 0 0.8476577335286807 1 0.6863085377385313",
        ),
        (  # the limiter acts; outside of the points the reference extrapolates
            [
                [0.37034597722888385, 0, 9.462868719942374],
                [1.1328734442134942, 0.5, 14.194303079913562],
                [3.389405004114294, 1, 18.92573743988475],
            ],
            "0.2702596928406535 0.5 0.3375825215439158 0.026804553117597787 "
            "0.5340019739115002 0 0.8396680262918454 1 0.6567265255159681",
        ),
    ],
    ids=["U shape", "two columns", "steep"],
)
def test_recorded_excerpt_of_control_points(points, expected):
    expected = [float(number) for number in expected.split()]
    np.testing.assert_allclose(interpolate_relevance(SMALL, points), expected, atol=1e-12)
