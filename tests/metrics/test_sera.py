"""SERA, its curve and weighted R2: recorded values, naive loops, properties, bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from relevance_cases import RELEVANCE, VECTORS, read_vectors, through
from sklearn.exceptions import NotFittedError
from sklearn.metrics import mean_squared_error, r2_score

from skdir.metrics import (
    relevance_weighted_r2_score,
    squared_error_relevance_area,
    squared_error_relevance_curve,
)
from skdir.relevance import RelevanceFunction
from skdir.weighting import RelevanceWeighter

METRICS = [squared_error_relevance_area, relevance_weighted_r2_score]
ALL = [*METRICS, squared_error_relevance_curve]
quarters = st.integers(-40, 40).map(lambda k: k / 4)
shares = st.integers(0, 8).map(lambda k: k / 8)
rows = st.lists(st.tuples(quarters, quarters, shares, st.integers(0, 3)), min_size=1, max_size=40)
rows = rows.filter(lambda drawn: any(w for *_, w in drawn))
relevant_rows = rows.filter(lambda drawn: any(w * phi for _, _, phi, w in drawn))


def columns(drawn):
    return (np.array(column, dtype=float) for column in zip(*drawn))


@pytest.fixture(scope="module")
def vectors(shared):
    return read_vectors(shared)


# --- recorded values ----------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS)
def test_areas_equal_the_recorded_sums(vectors, vector):
    y, sera = np.array(vectors[vector]["y"], dtype=float), vectors[vector]["sera"]
    n_compared = 0
    for name, case in sera.items():
        if name == "predictions":
            continue
        phi = np.array(case["phi"], dtype=float)
        inside = name == "boxplot_both"  # the others go on as straight lines outside of the points
        for prediction, y_pred in sera["predictions"].items():
            want = case["sum_phi_e2"][prediction]
            relevances = [np.clip(phi, 0, 1)]
            if inside:
                relevances.append(through(case["control_pts"]))
            for relevance in relevances:
                got = squared_error_relevance_area(y, y_pred, relevance=relevance)
                assert_allclose(got, want, rtol=1e-8)
                n_compared += 1
    assert n_compared >= 21


@pytest.mark.parametrize("vector", VECTORS)
def test_trapezoids_over_the_curve_equal_the_recorded_ones(vectors, vector):
    """The recorded areas are sums over 1001 thresholds: the curve itself gives the same."""
    y, sera = np.array(vectors[vector]["y"], dtype=float), vectors[vector]["sera"]
    case = sera["boxplot_both"]
    grid = np.arange(1001) / 1000
    for prediction, y_pred in sera["predictions"].items():
        relevance = np.clip(case["phi"], 0, 1)
        thresholds, ser = squared_error_relevance_curve(y, y_pred, relevance=relevance)
        at_grid = ser[np.searchsorted(thresholds, grid)]
        want = case["sera_trapezoid_step_0.001"][prediction]
        assert_allclose(np.trapezoid(at_grid, grid), want, rtol=1e-8)
        # which is off by less than one step of the grid
        exact = squared_error_relevance_area(y, y_pred, relevance=relevance)
        assert abs(want - exact) <= 0.001 * ser[0]


def test_recorded_excerpt():
    y = [0.6490134551645175, 1.1328734442134942, 0.3951156741267137, 3.112177465577161]
    points = [[0.37034597722888385, 1, 0], [1.1328734442134942, 0, 0], [3.389405004114294, 1, 0]]
    phi = [0.6969499816065492, 0, 0.996902984804031, 0.9584281463122911]
    want = sum(p * (value - 1) ** 2 for p, value in zip(phi, y))
    got = squared_error_relevance_area(y, np.ones(4), relevance=through(points))
    assert_allclose(got, want, rtol=1e-12)


# --- naive loops --------------------------------------------------------------------------------


@given(drawn=rows)
def test_area_is_the_loop_over_repeated_rows_and_the_area_of_the_curve(drawn):
    y_true, y_pred, phi, weight = columns(drawn)
    want = sum(w * p * (a - b) ** 2 for a, b, p, w in drawn)
    options = {"relevance": phi, "sample_weight": weight}
    area = squared_error_relevance_area(y_true, y_pred, **options)
    assert_allclose(area, want, rtol=1e-12)
    thresholds, ser = squared_error_relevance_curve(y_true, y_pred, **options)
    assert_allclose((np.diff(thresholds) * ser[1:]).sum(), want, rtol=1e-12, atol=1e-12)
    if want > 0:
        normalized = squared_error_relevance_area(y_true, y_pred, **options, normalize=True)
        assert_allclose(normalized, want / (weight * phi).sum(), rtol=1e-12)


@given(drawn=rows)
def test_curve_is_a_step_function_continuous_from_the_left(drawn):
    y_true, y_pred, phi, weight = columns(drawn)
    thresholds, ser = squared_error_relevance_curve(
        y_true, y_pred, relevance=phi, sample_weight=weight
    )
    assert thresholds[0] == 0 and thresholds[-1] == 1
    assert (np.diff(thresholds) > 0).all() and (np.diff(ser) <= 1e-12 * ser[0]).all()
    assert set(thresholds) == {0.0, 1.0, *phi[weight > 0]}
    for t in np.linspace(0, 1, 33):
        want = sum(w * (a - b) ** 2 for a, b, p, w in drawn if p >= t)
        assert_allclose(ser[np.searchsorted(thresholds, t)], want, atol=1e-12)


@given(drawn=relevant_rows)
def test_weighted_r2_is_r2_with_relevance_as_weights(drawn):
    y_true, y_pred, phi, weight = columns(drawn)
    rows = weight * phi > 0
    got = relevance_weighted_r2_score(y_true, y_pred, relevance=phi, sample_weight=weight)
    if rows.sum() > 1:  # scikit-learn refuses to give a value for a single row
        want = r2_score(y_true[rows], y_pred[rows], sample_weight=(weight * phi)[rows])
        assert_allclose(got, want, rtol=1e-9, atol=1e-12)
    times = weight.astype(int)
    repeated = [np.repeat(a, times) for a in (y_true, y_pred, phi)]
    again = relevance_weighted_r2_score(*repeated[:2], relevance=repeated[2])
    assert_allclose(got, again, rtol=1e-9, atol=1e-12)


# --- properties ---------------------------------------------------------------------------------


def test_full_relevance_is_the_sum_and_the_mean_of_squared_errors():
    rng = np.random.default_rng(0)
    y, pred = rng.normal(size=(2, 50))
    ones = np.ones(50)
    mse = mean_squared_error(y, pred)
    assert_allclose(squared_error_relevance_area(y, pred, relevance=ones), 50 * mse)
    assert_allclose(squared_error_relevance_area(y, pred, relevance=ones, normalize=True), mse)
    assert_allclose(relevance_weighted_r2_score(y, pred, relevance=ones), r2_score(y, pred))


def test_weighter_of_the_same_relevance_gives_sera_by_a_squared_error():
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=200)
    pred = y + rng.normal(size=200)
    weight = RelevanceWeighter().fit_transform(y)
    phi = RelevanceFunction().fit(y)
    mse = mean_squared_error(y, pred, sample_weight=weight)
    got = squared_error_relevance_area(y, pred, relevance=phi, normalize=True)
    assert_allclose(got, mse)


@pytest.mark.parametrize("metric", METRICS)
def test_a_function_an_estimator_and_their_values_are_the_same(metric):
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=40)
    pred, weight = y + rng.normal(size=40), rng.integers(0, 3, 40)
    options = {"sample_weight": weight}
    want = metric(y, pred, relevance=RELEVANCE, **options)
    assert metric(y, pred, relevance=RELEVANCE.transform, **options) == want
    assert metric(y, pred, relevance=RELEVANCE.transform(y), **options) == want
    assert metric(y, pred, relevance=RELEVANCE.transform(y).tolist(), **options) == want
    # one column is no other target
    two_d = metric(y[:, None], pred[:, None], relevance=RELEVANCE.transform(y), **options)
    column = metric(y[:, None], pred[:, None], relevance=RELEVANCE(y)[:, None], **options)
    assert two_d == column == want
    # zero weights are as good as no rows
    kept = weight > 0
    part = metric(y[kept], pred[kept], relevance=RELEVANCE, sample_weight=weight[kept])
    assert_allclose(part, want)


@pytest.mark.parametrize("metric", METRICS)
def test_several_outputs(metric):
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=(40, 2))
    pred = y + rng.normal(size=(40, 2))
    second = through([[0, 0], [20, 1]])
    each = [
        metric(y[:, 0], pred[:, 0], relevance=RELEVANCE),
        metric(y[:, 1], pred[:, 1], relevance=second),
    ]
    both = np.column_stack([RELEVANCE(y[:, 0]), second(y[:, 1])])
    frame = pd.DataFrame(both)
    for relevance in (
        [RELEVANCE, second], (RELEVANCE, second.transform), both, both.tolist(), list(both),
        frame, [frame[0], frame[1]], [RELEVANCE, frame[1]],
    ):  # fmt: skip
        raw = metric(y, pred, relevance=relevance, multioutput="raw_values")
        assert_array_equal(raw, each)
    assert_allclose(metric(y, pred, relevance=both), np.mean(each))
    weighted = metric(y, pred, relevance=both, multioutput=[1, 3])
    assert_allclose(weighted, (each[0] + 3 * each[1]) / 4)
    shared = metric(y, pred, relevance=RELEVANCE, multioutput="raw_values")
    assert_array_equal(shared[0], each[0])
    assert_allclose(shared[1], metric(y[:, 1], pred[:, 1], relevance=RELEVANCE))


@pytest.mark.parametrize("metric", ALL)
def test_input_is_not_modified(metric):
    y, pred, phi = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0]), np.array([0.0, 0.5, 1.0])
    weight = np.array([1.0, 0.0, 2.0])
    for array in (y, pred, phi, weight):
        array.flags.writeable = False
    metric(y, pred, relevance=phi, sample_weight=weight)


def test_huge_and_tiny_errors():
    y, phi = np.array([0.0, 1e200, 3e200]), [0.0, 0.5, 1.0]
    assert squared_error_relevance_area(y, -y, relevance=phi) == math.inf
    # an infinite error of no relevance is nothing
    assert squared_error_relevance_area(y, [1e200, 1e200, 3e200], relevance=phi) == 0
    assert squared_error_relevance_curve(y, -y, relevance=phi)[1].tolist() == [math.inf] * 3
    for factor in (1e-200, 1e200):
        got = relevance_weighted_r2_score(
            factor * np.array([0.0, 8, 10]), factor * np.array([4.0, 8, 11]), relevance=phi
        )
        want = r2_score([8, 10], [8, 11], sample_weight=[0.5, 1])
        assert_allclose(got, want)


# --- bad input ----------------------------------------------------------------------------------


def test_relevance_of_zero_everywhere():
    y, nothing = np.arange(5.0), np.zeros(5)
    assert squared_error_relevance_area(y, y + 1, relevance=nothing) == 0
    assert squared_error_relevance_curve(y, y + 1, relevance=nothing)[1].tolist() == [5, 0]
    with pytest.raises(ValueError, match="'relevance'.*positive for some row with normalize=True"):
        squared_error_relevance_area(y, y, relevance=nothing, normalize=True)
    with pytest.raises(ValueError, match="'relevance'.*positive for some row. Got 0"):
        relevance_weighted_r2_score(y, y, relevance=nothing)
    with pytest.raises(ValueError, match="positive for some row"):
        relevance_weighted_r2_score(y, y, relevance=y / 4, sample_weight=[1, 0, 0, 0, 0])


def test_equal_relevant_targets_and_constant_predictions():
    r2 = relevance_weighted_r2_score
    assert r2([1, 5, 5], [3, 5, 5], relevance=[0, 1, 1]) == 1
    assert r2([1, 5, 5], [3, 5, 6], relevance=[0, 1, 1]) == 0
    assert r2([5], [5], relevance=[1]) == 1
    assert r2([1, 3], [2, 2], relevance=[1, 1]) == 0
    assert r2([1, 3], [9, 9], relevance=[1, 1]) == -49


@pytest.mark.parametrize("metric", ALL)
def test_bad_input_is_named(metric):
    y = np.arange(4.0)
    with pytest.raises(ValueError, match="'y_pred'.*1 NaN"):
        metric(y, [1, 2, math.nan, 4], relevance=y / 4)
    with pytest.raises(ValueError, match="'y_pred'"):
        metric(y, y[:3], relevance=y / 4)
    with pytest.raises(ValueError, match="'y_true'"):
        metric([], [], relevance=[])
    with pytest.raises(ValueError, match="'relevance'.*one value for each target"):
        metric(y, y, relevance=y[:3] / 4)
    with pytest.raises(ValueError, match=r"'relevance'.*in \[0, 1\]. Got values from 0 to 3"):
        metric(y, y, relevance=y)
    with pytest.raises(ValueError, match=r"'relevance'.*in \[0, 1\]"):
        metric(y, y, relevance=lambda values: values - 9)
    with pytest.raises(NotFittedError, match="'relevance'.*fitted, on training targets"):
        metric(y, y, relevance=RelevanceFunction())
    with pytest.raises(ValueError, match="'sample_weight'.*non-negative"):
        metric(y, y, relevance=y / 4, sample_weight=[1, 1, 1, -1])
    with pytest.raises(TypeError, match="relevance"):
        metric(y, y)


@pytest.mark.parametrize("metric", METRICS)
def test_bad_relevances_of_several_outputs(metric):
    y = np.arange(8.0).reshape(4, 2)
    with pytest.raises(ValueError, match=r"'relevance'.*of shape \(4, 2\).*Got shape \(4,\)"):
        metric(y, y, relevance=[0.0, 0.5, 0.5, 1.0])
    with pytest.raises(ValueError, match="'relevance'.*one for each of 2 outputs. Got 3"):
        metric(y, y, relevance=[RELEVANCE] * 3)
    with pytest.raises(ValueError, match="'y_pred'"):
        metric(y, y[:, :1], relevance=y / 8)


def test_the_curve_is_for_one_output():
    with pytest.raises(ValueError, match="'y_true'.*1-d"):
        squared_error_relevance_curve(np.ones((3, 2)), np.ones((3, 2)), relevance=np.ones((3, 2)))
