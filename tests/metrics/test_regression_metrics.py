"""Geometric mean and balanced errors against naive loops, and their properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.metrics import mean_absolute_error, mean_squared_error

from skdir.metrics import (
    balanced_mean_absolute_error,
    balanced_mean_squared_error,
    geometric_mean_absolute_error,
)

BALANCED = [balanced_mean_absolute_error, balanced_mean_squared_error]
ALL = [geometric_mean_absolute_error, *BALANCED]

# Quarters, so that bins and means are exact and a failure is not a rounding.
quarters = st.integers(-400, 400).map(lambda k: k / 4)
rows = st.lists(st.tuples(quarters, quarters, st.integers(0, 3)), min_size=1, max_size=40).filter(
    lambda drawn: any(weight for _, _, weight in drawn)
)


def columns(drawn):
    return (np.array(column, dtype=float) for column in zip(*drawn))


def naive_balanced(y_true, y_pred, weight, edges, power):
    """Loop over bins and rows."""
    means = []
    for b in range(len(edges) - 1):
        total = error = 0.0
        for t, p, w in zip(y_true, y_pred, weight):
            last = b == len(edges) - 2
            if w and edges[b] <= t and (t < edges[b + 1] or (last and t == edges[b + 1])):
                total += w
                error += w * abs(t - p) ** power
        if total:
            means.append(error / total)
    return sum(means) / len(means)


@given(rows)
def test_geometric_mean_equals_naive_loop(drawn):
    log_sum = weight_sum = 0.0
    for t, p, w in drawn:
        log_sum += w * math.log(max(abs(t - p), 1e-3))
        weight_sum += w
    y_true, y_pred, weight = columns(drawn)
    got = geometric_mean_absolute_error(y_true, y_pred, sample_weight=weight, eps=1e-3)
    assert_allclose(got, math.exp(log_sum / weight_sum), rtol=1e-12)


@pytest.mark.parametrize("power", [1, 2])
@given(drawn=rows, n_bins=st.integers(1, 12))
def test_balanced_error_equals_naive_loop_over_given_edges(power, drawn, n_bins):
    edges = np.linspace(-100, 100, n_bins + 1)
    y_true, y_pred, weight = columns(drawn)
    got = BALANCED[power - 1](y_true, y_pred, bins=edges, sample_weight=weight)
    assert_allclose(got, naive_balanced(y_true, y_pred, weight, edges, power), rtol=1e-12)


@pytest.mark.parametrize("power", [1, 2])
def test_number_of_bins_is_equal_width_over_range_of_targets(power):
    rng = np.random.default_rng(0)
    y_true = rng.exponential(size=200)
    y_pred = y_true + rng.normal(size=200)
    for options, n_bins in [({}, 10), ({"bins": 7}, 7)]:
        edges = np.linspace(y_true.min(), y_true.max(), n_bins + 1)
        want = naive_balanced(y_true, y_pred, np.ones(200), edges, power)
        assert_allclose(BALANCED[power - 1](y_true, y_pred, **options), want, rtol=1e-12)


def test_balanced_error_with_one_bin_is_the_plain_error():
    rng = np.random.default_rng(1)
    y_true, y_pred, weight = rng.normal(size=(2, 50)), rng.normal(size=(2, 50)), rng.random(50)
    options = {"sample_weight": weight}
    for balanced, plain in zip(BALANCED, [mean_absolute_error, mean_squared_error]):
        got = balanced(y_true.T, y_pred.T, bins=1, **options)
        assert_allclose(got, plain(y_true.T, y_pred.T, **options), rtol=1e-12)


@pytest.mark.parametrize("metric", ALL)
@settings(max_examples=50)
@given(drawn=rows)
def test_weight_of_two_is_the_row_twice_and_zero_weight_rows_change_nothing(metric, drawn):
    y_true, y_pred, weight = columns(drawn)
    count = weight.astype(int)
    want = metric(np.repeat(y_true, count), np.repeat(y_pred, count))
    assert_allclose(metric(y_true, y_pred, sample_weight=weight), want, rtol=1e-12)


@pytest.mark.parametrize("metric", BALANCED)
def test_zero_weight_rows_move_no_edge_and_may_lie_outside_of_the_edges(metric):
    y_true, y_pred, weight = [0, 1, 2, 1000], [1, 3, 2, 0], [1, 1, 1, 0]
    for bins in (2, [0, 1, 2]):
        want = metric(y_true[:3], y_pred[:3], bins=bins)
        assert metric(y_true, y_pred, bins=bins, sample_weight=weight) == want


@pytest.mark.parametrize("metric", ALL)
@settings(max_examples=50)
@given(drawn=rows, seed=st.integers(0, 100))
def test_order_of_rows_does_not_matter(metric, drawn, seed):
    y_true, y_pred, weight = columns(drawn)
    order = np.random.default_rng(seed).permutation(len(y_true))
    assert_allclose(
        metric(y_true[order], y_pred[order], sample_weight=weight[order]),
        metric(y_true, y_pred, sample_weight=weight),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    ("metric", "degree"),
    [
        (balanced_mean_absolute_error, 1),
        (balanced_mean_squared_error, 2),
    ],
)
@settings(max_examples=50)
@given(drawn=rows, exponent=st.integers(-30, 30))
def test_scaling_the_targets_scales_the_balanced_error(metric, degree, drawn, exponent):
    # a constant target has no range to scale
    y_true, y_pred, _ = columns([*drawn, (-100, 0, 1), (100, 0, 1)])
    scale = 2.0**exponent
    want = scale**degree * metric(y_true, y_pred)
    assert_allclose(metric(scale * y_true, scale * y_pred), want, rtol=1e-9)


@given(drawn=rows, scale=st.floats(1e-3, 1e3))
def test_scaling_the_targets_and_eps_scales_the_geometric_mean(drawn, scale):
    y_true, y_pred, _ = columns(drawn)
    want = scale * geometric_mean_absolute_error(y_true, y_pred, eps=1e-2)
    got = geometric_mean_absolute_error(scale * y_true, scale * y_pred, eps=scale * 1e-2)
    assert_allclose(got, want, rtol=1e-8)


def test_geometric_mean_is_at_most_the_mean_and_eps_where_all_is_exact():
    rng = np.random.default_rng(2)
    y_true, y_pred = rng.normal(size=(2, 100))
    error = geometric_mean_absolute_error(y_true, y_pred)
    assert 0 < error < mean_absolute_error(y_true, y_pred)
    assert_allclose(geometric_mean_absolute_error(y_true, y_true), 1e-10)
    assert_allclose(geometric_mean_absolute_error(y_true, y_true, eps=0.5), 0.5)


@pytest.mark.parametrize("metric", ALL)
def test_multioutput_is_the_metric_of_each_column(metric):
    rng = np.random.default_rng(3)
    y_true, y_pred = rng.normal(size=(2, 60, 3))
    y_true[:, 1] *= 100
    weight = rng.integers(0, 3, size=60)
    options = {"sample_weight": weight}
    each = [metric(y_true[:, j], y_pred[:, j], **options) for j in range(3)]
    raw = metric(y_true, y_pred, multioutput="raw_values", **options)
    assert raw.shape == (3,)
    assert_allclose(raw, each)
    mean = metric(y_true, y_pred, **options)
    assert isinstance(mean, float)
    assert_allclose(mean, np.mean(each))
    weighted = metric(y_true, y_pred, multioutput=[1, 2, 0], **options)
    assert_allclose(weighted, (each[0] + 2 * each[1]) / 3)
    assert metric(y_true[:, [0]], y_pred[:, 0], **options) == each[0]


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("kind", ["list", "float32", "int", "bool", "Series", "polars"])
def test_kinds_of_input_give_the_same_and_stay_as_they_are(metric, kind):
    y_true, y_pred, weight = [0, 1, 1, 0], [1, 1, 0, 0], [1, 2, 3, 0]
    make = {
        "list": list,
        "float32": lambda v: np.array(v, np.float32),
        "int": np.array,
        "bool": lambda v: np.array(v, bool),
        "Series": lambda v: pytest.importorskip("pandas").Series(v, index=[3, 1, 2, 0]),
        "polars": lambda v: pytest.importorskip("polars").Series(v),
    }[kind]
    given = make(y_true), make(y_pred)
    got = metric(*given, sample_weight=weight)
    as_float = [np.array(v, dtype=float) for v in (y_true, y_pred)]
    assert got == metric(*as_float, sample_weight=weight)
    assert [list(v) for v in given] == [y_true, y_pred]


@pytest.mark.parametrize("metric", ALL)
def test_read_only_input_is_accepted(metric):
    y_true, y_pred, weight = np.arange(6.0), np.ones(6), np.array([0.0, 1, 2, 1, 1, 1])
    for array in (y_true, y_pred, weight):
        array.flags.writeable = False
    assert np.isfinite(metric(y_true, y_pred, sample_weight=weight))


@pytest.mark.parametrize("y_true", [[3.0], [3.0, 3.0, 3.0], [1e300, 1e300], [-1e-300]])
def test_constant_targets_are_one_bin(y_true):
    y_pred = np.array(y_true) + np.arange(len(y_true))
    want = mean_absolute_error(y_true, y_pred)
    assert_allclose(balanced_mean_absolute_error(y_true, y_pred, bins=7), want)


def test_two_valued_and_zero_inflated_targets_count_each_value_once():
    y_true = np.r_[np.zeros(98), 1.0, 1.0]
    y_pred = np.r_[np.zeros(98), 0.0, 0.5]
    assert_allclose(balanced_mean_absolute_error(y_true, y_pred), 0.75 / 2)


def test_huge_targets_give_the_right_value_or_infinity_where_floats_end():
    y_true, y_pred = np.array([-1e300, 0.0, 1e300]), np.array([-1e300, 1e300, -1e300])
    assert_allclose(balanced_mean_absolute_error(y_true, y_pred, bins=3), 1e300)
    assert balanced_mean_squared_error(y_true, y_pred, bins=3) == np.inf
    # each square is a float, their sum is none
    assert balanced_mean_squared_error([0.0, 1.0], [1.3e154, 1.3e154], bins=2) == np.inf
    assert_allclose(geometric_mean_absolute_error(y_true[1:], y_pred[1:]), np.sqrt(2) * 1e300)


FINE = [1.0, 2.0, 3.0]
BAD_TARGETS = {
    "empty": ([], "at least 1 targets"),
    "string": ("abc", "array-like"),
    "number": (3.0, "array-like"),
    "strings": (["a", "b", "c"], "an array of real numbers"),
    "objects": ([1.0, {}, 2.0], "an array of real numbers"),
    "nan": ([1.0, np.nan, 2.0], r"finite .* Got 1 NaN and 0 infinity"),
    "infinite": ([1.0, np.inf, 2.0], r"finite .* Got 0 NaN and 1 infinity"),
    "ragged": ([[1.0], [1.0, 2.0]], "a ragged sequence"),
    "3-d": (np.zeros((3, 1, 1)), "an array of shape"),
    "no outputs": (np.zeros((3, 0)), "an array of shape"),
}


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("name", ["y_true", "y_pred"])
@pytest.mark.parametrize("bad", BAD_TARGETS)
def test_bad_targets_are_named(metric, name, bad):
    value, match = BAD_TARGETS[bad]
    message = f"The '{name}' parameter of {metric.__name__} must be .*{match}"
    with pytest.raises(ValueError, match=message):
        metric(**{"y_true": FINE, "y_pred": FINE, name: value})


def test_sparse_targets_are_refused():
    with pytest.raises(ValueError, match="'y_true' parameter .* must be an array-like"):
        geometric_mean_absolute_error(sparse.csr_array(np.eye(3)), FINE)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("y_pred", [[1.0], np.zeros((3, 2))])
def test_predictions_of_another_shape_are_refused(metric, y_pred):
    with pytest.raises(ValueError, match=r"'y_pred' parameter of .* 3 rows and 1 outputs"):
        metric(FINE, y_pred)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    ("weight", "match"),
    [
        ([1, -1, 1], "non-negative"),
        ([1, np.nan, 1], "finite"),
        ([0, 0, 0], "positive for some rows"),
        ([1, 1], r"of shape \(3,\)"),
        (2.0, "array-like"),
        ("a", "array-like"),
    ],
)
def test_bad_weights_are_refused(metric, weight, match):
    message = f"The 'sample_weight' parameter of {metric.__name__} must be .*{match}"
    with pytest.raises(ValueError, match=message):
        metric(FINE, FINE, sample_weight=weight)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    "multioutput", ["variance_weighted", None, [1, 2, 3], [1, -1], [0, 0], [1, np.nan]]
)
def test_bad_multioutput_is_refused(metric, multioutput):
    y = np.arange(6.0).reshape(3, 2)
    with pytest.raises(ValueError, match=f"The 'multioutput' parameter of {metric.__name__} must"):
        metric(y, y, multioutput=multioutput)


@pytest.mark.parametrize("eps", [0, -1.0, np.nan, np.inf, None, "1"])
def test_bad_eps_is_refused(eps):
    with pytest.raises(
        ValueError, match="The 'eps' parameter of geometric_mean_absolute_error must be"
    ):
        geometric_mean_absolute_error(FINE, FINE, eps=eps)


@pytest.mark.parametrize("metric", BALANCED)
@pytest.mark.parametrize(
    "bins",
    [
        0,
        -3,
        2.5,
        True,
        None,
        "auto",
        10**12,
        [],
        [1.0],
        [0, 2, 1],
        [0, 1, 1, 4],
        [0, np.nan],
        [[0, 4]],
        [0, 2],
        [2, 4],
    ],
)
def test_bad_bins_are_refused(metric, bins):
    with pytest.raises(ValueError, match=f"The 'bins' parameter of {metric.__name__} must be"):
        metric(FINE, FINE, bins=bins)
