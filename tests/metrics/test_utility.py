"""Utility-based precision, recall and F: recorded values and a naive loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from relevance_cases import SHAPES, VECTORS, read_vectors, through

from skdir.metrics import relevance_precision_recall_fscore
from skdir.metrics._utility import utilities
from skdir.metrics._utility_bumps import find_utility_bumps

RECORDED = VECTORS[:3]
KINDS = ("extremes_both", "extremes_high", "range_ushape", "range_multibump5")


@pytest.fixture(scope="module")
def vectors(shared):
    return read_vectors(shared)


def utility(y_true, y_pred, relevance, bumps, p=0.5):
    return utilities(y_true, y_pred, relevance(y_true), relevance(y_pred), bumps, p=p)


def numbers(case, thresholds=(0.2, 0.5, 0.8, 1)):
    """Return the recorded precision, recall and F for each threshold."""
    names = ("precision", "recall", "F1", "F05", "F2")
    return np.array([[case[f"event_thr_{t}"][name] for name in names] for t in thresholds])


def measured(y_true, y_pred, relevance, thresholds=(0.2, 0.5, 0.8, 1)):
    table = []
    for threshold in thresholds:
        by_beta = [
            relevance_precision_recall_fscore(
                y_true,
                y_pred,
                relevance=relevance,
                threshold=threshold,
                beta=beta,
                zero_division=1e-5,  # as recorded where nothing is relevant
            )
            for beta in (1, 0.5, 2)
        ]
        assert len({scores[:2] for scores in by_beta}) == 1
        table.append([*by_beta[0], by_beta[1][2], by_beta[2][2]])
    return np.array(table)


# --- recorded values ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("vector", RECORDED)
def test_bumps_equal_the_recorded_ones(vectors, vector, kind):
    y, case = np.array(vectors[vector]["y"]), vectors[vector]["utility"][kind]
    bumps = find_utility_bumps(through(case["control_pts"]), y, caller="test")
    want = {name: np.array(values, float) for name, values in case["bumps"].items() if name != "n"}
    assert_allclose(bumps.left, want["bleft"], rtol=1e-12)
    assert_allclose(bumps.scale, want["bloss"], rtol=1e-12)
    if case["bumps"]["n"] > 1:  # else nobody looks at the maximum
        assert_allclose(bumps.peak, want["bmax"], rtol=1e-12)


@pytest.mark.parametrize("prediction", ["perfect", "mean"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("vector", RECORDED)
def test_utilities_and_scores_equal_the_recorded_ones(vectors, vector, kind, prediction):
    y, case = np.array(vectors[vector]["y"]), vectors[vector]["utility"][kind]
    y_pred = np.array(vectors[vector]["sera"]["predictions"][prediction])
    relevance = through(case["control_pts"])
    want = case["by_prediction"][prediction]["p_0.5"]
    bumps = find_utility_bumps(relevance, y, caller="test")
    assert_allclose(utility(y, y_pred, relevance, bumps), want["u"], atol=1e-8)
    assert_allclose(measured(y, y_pred, relevance), numbers(want), atol=1e-8)


def recover_predictions(y, relevances, all_bumps, recorded):
    """Return the predictions with the recorded utilities under all relevances at once."""

    def misfit(candidate):
        flat, true = candidate.ravel(), np.repeat(y, candidate.shape[1])
        parts = zip(relevances, all_bumps, recorded)
        return sum(
            (utility(true, flat, f, bumps).reshape(candidate.shape) - u[:, None]) ** 2
            for f, bumps, u in parts
        )

    sd = y.std()
    low, high = y.min() - 4 * sd, y.max() + 4 * sd
    grid = np.append(np.linspace(low, high, 2500), np.quantile(y, np.linspace(0, 1, 500)))
    grid.sort()
    error = np.concatenate(
        [misfit(np.broadcast_to(part, (len(y), 500))) for part in grid.reshape(-1, 500)], axis=1
    )
    beside = np.pad(error, ((0, 0), (1, 1)), constant_values=math.inf)
    lowest = (error <= beside[:, :-2]) & (error <= beside[:, 2:])  # not only neighbours
    order = [np.argsort(e, axis=1)[:, :6] for e in (error, np.where(lowest, error, math.inf))]
    best = grid[np.hstack(order)]
    found = misfit(best)
    step = (high - low) / 2500
    for _ in range(100):
        for sign in (-1, 1):
            moved = best + sign * step
            there = misfit(moved)
            best, found = np.where(there < found, moved, best), np.minimum(there, found)
        step *= 0.7
    rows = np.arange(len(y))
    return best[rows, found.argmin(axis=1)]


@pytest.mark.parametrize("vector", RECORDED)
def test_scores_of_recovered_predictions_equal_the_recorded_ones(vectors, vector):
    """These predictions were not recorded: four utilities per row tell what they were."""
    y, cases = np.array(vectors[vector]["y"]), vectors[vector]["utility"]
    relevances = [through(cases[kind]["control_pts"]) for kind in KINDS]
    all_bumps = [find_utility_bumps(relevance, y, caller="test") for relevance in relevances]
    want = [cases[kind]["by_prediction"]["noisy"]["p_0.5"] for kind in KINDS]
    recorded = [np.array(case["u"], float) for case in want]
    y_pred = recover_predictions(y, relevances, all_bumps, recorded)
    for relevance, bumps, u, case in zip(relevances, all_bumps, recorded, want):
        assert_allclose(utility(y, y_pred, relevance, bumps), u, atol=1e-8)
        # at threshold 1 it matters on which side of a maximum a rounded prediction is
        assert_allclose(
            measured(y, y_pred, relevance, (0.2, 0.5, 0.8)),
            numbers(case, (0.2, 0.5, 0.8)),
            atol=1e-8,
        )


# --- a naive loop -------------------------------------------------------------------------------


def naive_bumps(points, y):
    """Walk along the control points of slope 0; return (left, right, peak, limit) of each bump."""
    last = len(points) - 1
    critical = [(t, r) for i, (t, r, s) in enumerate(points) if s == 0 or i in (0, last)]
    levels = []
    for t, r in critical:
        if levels and levels[-1][1] == r:
            levels[-1][0].append(t)
        else:
            levels.append(([t], r))
    if len(levels) > 1 and levels[-1][1] < levels[-2][1] and len(levels[-1][0]) > 1:
        levels.pop()  # as published
    turns = []
    for i, (targets, r) in enumerate(levels):
        around = [levels[j][1] for j in (i - 1, i + 1) if 0 <= j < len(levels)]
        if around and all(r > other for other in around):
            turns.append(("max", (targets[0] + targets[-1]) / 2))
        if around and all(r < other for other in around):
            turns.append(("min", (targets[0] + targets[-1]) / 2))
    minima = [t for kind, t in turns if kind == "min"]
    if not minima:
        away = [abs(value - np.mean(y)) for value in y]
        n = len(y)
        limit = 3 * np.std(away, ddof=1) * math.sqrt(math.log(n) / n) if n > 1 else 0.0
        return [(-math.inf, math.inf, None, limit)]
    bumps = []
    for left, right in zip([-math.inf, *minima], [*minima, math.inf]):
        peak = [t for kind, t in turns if kind == "max" and left < t < right]
        if peak:
            bumps.append([left, right, peak[0], 2 * min(peak[0] - left, right - peak[0])])
        else:
            bumps.append([left, right, -math.inf if left == -math.inf else math.inf, None])
    for i, other in ((0, 1), (-1, -2)):
        if bumps[i][3] is None:
            bumps[i][3] = bumps[other][3]
    return bumps


def naive_utility(true, pred, phi_true, phi_pred, bumps, p):
    i = next(i for i, bump in enumerate(bumps) if bump[0] <= true < bump[1])
    left, right, _, limit = bumps[i]
    error = abs(true - pred)
    if limit == 0:
        return phi_true if error == 0 else -(p * phi_true + (1 - p) * phi_pred)
    if pred <= true:
        to_end, other = abs(true - left), i - 1
    else:
        to_end, other = abs(true - right), i + 1
    to_peak = abs(true - bumps[other][2]) if 0 <= other < len(bumps) else math.inf
    lb, lc = min(limit, to_end), min(limit, to_peak)
    benefit = 0 if lb == 0 or error > lb else 1 - error / lb
    cost = 1 if lc == 0 or error > lc else error / lc
    return phi_true * benefit - (p * phi_true + (1 - p) * phi_pred) * cost


halves = st.integers(-8, 44).map(lambda k: k / 2)


@given(
    drawn=st.lists(st.tuples(halves, halves, st.integers(0, 3)), min_size=1, max_size=30).filter(
        lambda drawn: any(w for *_, w in drawn)
    ),
    shape=st.sampled_from(sorted(SHAPES)),
    p=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    threshold=st.sampled_from([0.1, 0.5, 0.8, 1.0]),
    beta=st.sampled_from([0.5, 1.0, 3.0]),
)
def test_scores_are_those_of_a_loop_over_repeated_rows(drawn, shape, p, threshold, beta):
    relevance = through(SHAPES[shape])
    rows = [(a, b) for a, b, w in drawn for _ in range(w)]
    bumps = naive_bumps(SHAPES[shape], [a for a, _ in rows])
    sums = dict.fromkeys(("pu", "p1", "ru", "r1"), 0.0)
    for a, b in rows:
        phi_a, phi_b = relevance([a])[0], relevance([b])[0]
        u = naive_utility(a, b, phi_a, phi_b, bumps, p)
        if phi_b >= threshold:
            sums["pu"], sums["p1"] = sums["pu"] + 1 + u, sums["p1"] + 1 + phi_b
        if phi_a >= threshold:
            sums["ru"], sums["r1"] = sums["ru"] + 1 + u, sums["r1"] + 1 + phi_a
    precision = sums["pu"] / sums["p1"] if sums["p1"] else 0.25
    recall = sums["ru"] / sums["r1"] if sums["r1"] else 0.25
    below = beta**2 * precision + recall
    f = (1 + beta**2) * precision * recall / below if below else 0.0
    y_true, y_pred, weight = map(list, zip(*drawn))
    got = relevance_precision_recall_fscore(
        y_true,
        y_pred,
        relevance=relevance,
        threshold=threshold,
        beta=beta,
        p=p,
        zero_division=0.25,
        sample_weight=weight,
    )
    assert all(type(score) is float for score in got)
    assert_allclose(got, (precision, recall, f), rtol=1e-9, atol=1e-12)
