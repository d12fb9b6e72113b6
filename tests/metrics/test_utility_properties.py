"""Utility-based precision, recall and F: properties, functions of any kind, bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from relevance_cases import MULTI, RELEVANCE, SHAPES, through
from sklearn.exceptions import NotFittedError
from sklearn.metrics import fbeta_score, precision_score, recall_score
from sklearn.preprocessing import FunctionTransformer

from skdir.metrics import make_relevance_scorer, relevance_precision_recall_fscore
from skdir.metrics._utility_bumps import find_utility_bumps
from skdir.relevance import RelevanceFunction


def test_useless_and_perfect_predictions_count_as_classes():
    """Far from each other, relevant (1) and irrelevant (0) targets are two classes."""
    rng = np.random.default_rng(0)
    relevance = through(SHAPES["high"])
    true, pred = rng.integers(0, 2, size=(2, 60))
    y_true, y_pred = 100.0 * true, 100.0 * pred  # errors are 0 or beyond all limits
    # a miss has utility -p, a false alarm -(1 - p): with p = 1 and 0 they are -1 where they count
    precision = relevance_precision_recall_fscore(y_true, y_pred, relevance=relevance, p=0)[0]
    recall = relevance_precision_recall_fscore(y_true, y_pred, relevance=relevance, p=1)[1]
    assert_allclose(precision, precision_score(true, pred))
    assert_allclose(recall, recall_score(true, pred))
    both = relevance_precision_recall_fscore(y_true, y_true, relevance=relevance, beta=2)
    assert both == (1, 1, fbeta_score(true, true, beta=2))


def test_scores_do_not_depend_on_units_or_the_order_of_rows():
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=100)
    pred = y + rng.normal(size=100)
    want = relevance_precision_recall_fscore(y, pred, relevance=through(MULTI))
    assert all(0.1 < score < 0.9 for score in want)
    order = rng.permutation(100)
    for factor, shift in ((1000.0, 0.0), (1e-3, 50.0)):
        points = np.array(MULTI) * [factor, 1, 1] + [shift, 0, 0]
        scores = relevance_precision_recall_fscore(
            factor * y[order] + shift, factor * pred[order] + shift, relevance=through(points)
        )
        assert_allclose(scores, want, rtol=1e-9)


@pytest.mark.parametrize("name", ["high", "both", "many", "peak", "stairs", "constant"])
def test_a_function_is_searched_for_its_extremes(name):
    points = through(SHAPES[name])
    rng = np.random.default_rng(0)
    y = np.append(rng.uniform(0, 25, size=300), [0.0, 25.0])
    bumps = find_utility_bumps(points, y, caller="test")
    searched = find_utility_bumps(lambda values: points(values), y, caller="test")
    if name in ("many", "peak"):  # 0 from the last point to the largest target
        last = points.control_points_[-1, 0]
        assert_allclose(searched.left[-1], (last + 25) / 2, atol=0.01)
        bumps = bumps._replace(left=np.append(bumps.left[:-1], searched.left[-1]))
    if name == "peak":  # nearer to its minimum at 0 all the same
        assert_allclose(searched.scale, 10, atol=0.02)
    assert_allclose(searched.left, bumps.left, atol=0.01)
    assert_allclose(searched.peak, bumps.peak, atol=0.01)
    assert_allclose(searched.scale, bumps.scale, atol=0.02)


def test_a_method_of_an_estimator_is_not_searched():
    y, relevance = np.arange(20.0), through(MULTI)
    want = find_utility_bumps(relevance, y, caller="test")
    for part, other in zip(find_utility_bumps(relevance.transform, y, caller="test"), want):
        assert part.tolist() == other.tolist()


def test_deviation_control_points_that_end_in_two_equal_minima_begin_no_bump():
    """As published, and not so for their mirror image or for a function without control points."""
    y = np.linspace(0, 12, 50)
    low, high = through(SHAPES["low"]), through(SHAPES["high"])
    published = find_utility_bumps(low, y, caller="test")
    assert len(published.left) == 1
    away = np.abs(y - y.mean())
    assert_allclose(published.scale, 3 * away.std(ddof=1) * math.sqrt(math.log(50) / 50))
    assert len(find_utility_bumps(high, y, caller="test").left) == 2
    function = find_utility_bumps(lambda values: low(values), y, caller="test")
    assert_allclose(function.left, [-math.inf, 8], atol=0.01)
    assert_allclose(function.scale, 16, atol=0.02)


def test_mirrored_functions_and_targets_have_the_same_scores():
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=200)
    pred = y + rng.normal(size=200)
    for name in ("high", "low", "both", "many"):
        points = through(SHAPES[name])
        left = relevance_precision_recall_fscore(y, pred, relevance=lambda v, f=points: f(v))
        right = relevance_precision_recall_fscore(-y, -pred, relevance=lambda v, f=points: f(-v))
        assert_allclose(left, right, rtol=1e-3)


def test_relevance_by_density():
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, size=200)
    relevance = RelevanceFunction(method="density").fit(y)
    exact = relevance_precision_recall_fscore(y, y, relevance=relevance)
    assert_allclose(exact, 1)
    noisy = relevance_precision_recall_fscore(y, y + rng.normal(size=200), relevance=relevance)
    assert all(0.1 < score < 0.99 for score in noisy)


def test_huge_targets():
    y = np.array([1e300, 2e300, 9e300, -9e300])
    scores = relevance_precision_recall_fscore(y, y, relevance=lambda v: (v > 8e300).astype(float))
    assert scores == (1, 1, 1)

    def everything(values):
        return np.ones(len(values))

    scores = relevance_precision_recall_fscore(y, -y, relevance=everything)
    small = relevance_precision_recall_fscore(y / 1e300, -y / 1e300, relevance=everything)
    assert_allclose(scores, small)
    assert 0 < scores[0] < 1


def test_input_is_not_modified():
    y, pred, weight = np.arange(5.0), np.arange(5.0)[::-1].copy(), np.array([0.0, 1, 2, 1, 0])
    for array in (y, pred, weight):
        array.flags.writeable = False
    relevance_precision_recall_fscore(y, pred, relevance=RELEVANCE, sample_weight=weight)


# --- bad input ----------------------------------------------------------------------------------


def test_nothing_relevant_gives_what_the_user_says():
    y = np.arange(5.0)
    call = relevance_precision_recall_fscore

    def nothing(values):
        return np.zeros(len(values))

    assert call(y, y + 1, relevance=nothing) == (0, 0, 0)
    assert call(y, y + 1, relevance=nothing, zero_division=1) == (1, 1, 1)
    assert np.isnan(call(y, y + 1, relevance=nothing, zero_division=math.nan)).all()
    high = through([[2.5, 0], [3, 1]])
    precision, recall, _ = call([3, 4], [0, 0], relevance=high, zero_division=math.nan)
    assert math.isnan(precision) and 0 <= recall < 1
    precision, recall, _ = call([0, 1], [3, 4], relevance=high, zero_division=math.nan)
    assert math.isnan(recall) and 0 <= precision < 1


def test_one_row_and_equal_targets():
    def everything(values):
        return np.ones(len(values))

    call = relevance_precision_recall_fscore
    assert call([3.0], [3.0], relevance=everything) == (1, 1, 1)
    assert call([0.0, 0.0], [0.0, 0.0], relevance=everything) == (1, 1, 1)
    assert call([3.0], [4.0], relevance=everything) == (0, 0, 0)


@pytest.mark.parametrize("beta", [1e-200, 1e200])
def test_extreme_beta(beta):
    y, pred = [3, 8, 12], [8, 9, 12]
    precision, recall, f = relevance_precision_recall_fscore(
        y, pred, relevance=through(SHAPES["high"]), beta=beta
    )
    assert precision != recall
    assert_allclose(f, precision if beta < 1 else recall)


def test_bad_input_is_named():
    call, y = relevance_precision_recall_fscore, np.arange(4.0)
    for array in (y / 4, (y / 4).tolist(), pd.Series(y / 4)):
        with pytest.raises(ValueError, match="'relevance'.*of y_pred is needed too. Got an array"):
            call(y, y, relevance=array)
    with pytest.raises(NotFittedError, match="'relevance'.*fitted"):
        call(y, y, relevance=RelevanceFunction())
    with pytest.raises(ValueError, match=r"'relevance'.*in \[0, 1\]"):
        call(y, y, relevance=lambda values: values)
    # between the rows
    with pytest.raises(ValueError, match=r"'relevance'.*in \[0, 1\]"):
        call(y, y, relevance=lambda values: 2.0 * (abs(values % 1 - 0.5) < 0.2))
    with pytest.raises(ValueError, match="'y_pred'.*NaN"):
        call(y, [0, 1, 2, math.nan], relevance=RELEVANCE)
    with pytest.raises(ValueError, match="'y_pred'.*of shape"):
        call(y, y[:2], relevance=RELEVANCE)
    with pytest.raises(ValueError, match="'y_true'.*1-d"):
        call(y[:, None], y[:, None], relevance=RELEVANCE)
    for name, bad in {
        "threshold": (0, 1.1, "high"),
        "beta": (0, -1, math.inf),
        "p": (-0.1, 1.1, None),
        "zero_division": (-1, "warn", 2),
        "sample_weight": ([1, 1, 1], [0, 0, 0, 0], [-1, 1, 1, 1]),
    }.items():
        for value in bad:
            with pytest.raises(ValueError, match=f"'{name}'"):
                call(y, y, relevance=RELEVANCE, **{name: value})


def skewed_case():
    rng = np.random.default_rng(0)
    y_train = rng.gamma(2.0, 3.0, size=500)
    y = rng.gamma(2.0, 3.0, size=200)
    pred = y + rng.normal(scale=2.0, size=200)
    return RelevanceFunction(extremes="high").fit(y_train), y_train, y, pred


def test_low_targets_as_the_mirror_image_of_high_ones():
    high, y_train, y, pred = skewed_case()
    low = RelevanceFunction(extremes="low").fit(-y_train)
    want = relevance_precision_recall_fscore(y, pred, relevance=high)
    got = relevance_precision_recall_fscore(-y, -pred, relevance=low, symmetric=True)
    assert_allclose(got, want, rtol=1e-12)
    published = relevance_precision_recall_fscore(-y, -pred, relevance=low)
    assert all(abs(a - b) > 0.1 for a, b in zip(published, want))
    # of high targets, none of which is at a minimum, the option changes nothing
    same = relevance_precision_recall_fscore(y, pred, relevance=high, symmetric=True)
    assert_allclose(same, want, rtol=1e-12)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("as_function", [False, True])
def test_symmetric_scores_do_not_change_if_all_is_negated(seed, as_function):
    rng = np.random.default_rng(seed)
    n_points = rng.integers(2, 7)
    points = np.zeros((n_points, 3))
    points[:, 0] = np.sort(rng.choice(21, n_points, replace=False))
    points[:, 1] = rng.choice([0.0, 0.4, 0.7, 1.0], n_points)
    # whole numbers: targets at extremes, and errors of 0
    y, pred = rng.integers(-3, 24, size=(2, 80)).astype(float)
    weight = rng.integers(0, 3, size=80)
    mirrored = points[::-1] * [-1, 1, 1]
    relevances = [through(points), through(mirrored)]
    if as_function:
        relevances = [lambda values, r=r: r.transform(values) for r in relevances]
    options = {"sample_weight": weight, "p": 0.3, "threshold": 0.6, "symmetric": True}
    want = relevance_precision_recall_fscore(y, pred, relevance=relevances[0], **options)
    got = relevance_precision_recall_fscore(-y, -pred, relevance=relevances[1], **options)
    assert_allclose(got, want, atol=1e-6 if as_function else 1e-12)


@pytest.mark.parametrize("metric", ["precision", "recall", "fscore"])
def test_a_scorer_hands_the_option_on(metric):
    high, y_train, y, pred = skewed_case()
    low = RelevanceFunction(extremes="low").fit(-y_train)
    scorer = make_relevance_scorer(low, metric=metric, symmetric=True)
    assert repr(scorer).endswith(f"metric='{metric}', symmetric=True)")
    model = FunctionTransformer(lambda X: X)
    model.predict = lambda X: X[:, 0]
    want = relevance_precision_recall_fscore(y, pred, relevance=high)
    place = ["precision", "recall", "fscore"].index(metric)
    assert_allclose(scorer(model, -pred[:, None], -y), want[place], rtol=1e-12)


@pytest.mark.parametrize("bad", ["yes", 1, None])
def test_symmetric_is_a_boolean(bad):
    with pytest.raises(ValueError, match="'symmetric' parameter of relevance_precision_recall"):
        relevance_precision_recall_fscore([1], [1], relevance=lambda y: 0 * y, symmetric=bad)
