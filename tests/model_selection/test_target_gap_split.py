"""Splits with gaps: no training target in a gap, published protocol, kinds, bad input."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skdir.metrics import ShotReport, shot_labels
from skdir.model_selection import TargetGapSplit
from skdir.model_selection._gaps import equal_ranges

distinct = st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=80, unique=True)


@given(
    distinct,
    st.integers(3, 6),
    st.sampled_from(["both", "interpolation", "extrapolation"]),
    st.sampled_from([0.0, 0.3]),
)
def test_no_training_target_is_in_the_gap(targets, gaps, kind, test_size):
    y = np.array(targets)
    cv = TargetGapSplit(gaps, kind=kind, test_size=test_size, random_state=0)
    splits = list(cv.split(None, y))
    assert len(splits) == cv.get_n_splits()
    ranges = equal_ranges(y, gaps, caller="test")
    wanted = {
        "both": ranges, "interpolation": ranges[1:-1], "extrapolation": ranges[[0, -1]],
    }[kind]  # fmt: skip
    for (train, test), (low, high) in zip(splits, wanted, strict=True):
        assert_array_equal(np.sort(np.append(train, test)), np.arange(len(y)))
        inside = (y >= low) & (y <= high)
        assert not inside[train].any()
        assert inside[test].sum() == inside.sum()
        seen = (~inside).sum()
        assert len(test) - inside.sum() == np.ceil(test_size * seen)
        below, above = (y[train] < low).any(), (y[train] > high).any()
        if kind == "interpolation":
            assert below
            assert above
        if kind == "extrapolation":
            assert below != above


@given(distinct, st.integers(2, 6))
def test_ranges_have_about_the_same_number_of_rows_and_cover_all(targets, gaps):
    y = np.array(targets)
    tests = [test for _, test in TargetGapSplit(gaps).split(None, y)]
    assert_array_equal(np.sort(np.concatenate(tests)), np.arange(len(y)))
    sizes = [len(test) for test in tests]
    assert max(sizes) - min(sizes) <= 1
    for test, following in itertools.pairwise(tests):
        assert y[test].max() < y[following].min()


def test_equal_targets_are_in_one_range():
    y = np.append(np.zeros(40), np.arange(1, 41))
    tests = [y[test] for _, test in TargetGapSplit(4).split(None, y[40:])]
    assert [len(t) for t in tests] == [10, 10, 10, 10]
    message = (
        r"'gaps' parameter of TargetGapSplit must be a number of ranges that each have targets, "
        r"or ranges \(y has 80 targets, 41 of them different\). Got 4, of which 1 would be empty"
    )
    with pytest.raises(ValueError, match=message):
        TargetGapSplit(4).split(None, y)
    tests = [y[test] for _, test in TargetGapSplit(2).split(None, y)]
    assert_array_equal(tests[0], np.zeros(40))


def test_many_equal_targets_are_in_the_range_of_their_middle():
    ranges = equal_ranges(np.array([1.0, 2, 3, 5, 5, 5, 5, 5, 5, 5]), 2, caller="test")
    assert_array_equal(ranges, [[1, 3], [5, 5]])


def test_ranges_together_are_the_published_protocol():
    """Two peaks of ages in training, others absent: with data, interpolation, extrapolation."""
    y = np.repeat(np.arange(101), 20)
    gaps = [(-np.inf, 14), (46, 59), (86, np.inf)]
    cv = TargetGapSplit(gaps, together=True, test_size=0.25, random_state=0)
    assert cv.get_n_splits() == 1
    ((train, test),) = cv.split(None, y)
    assert set(y[train]) == {*range(15, 46), *range(60, 86)}
    assert set(y[test]) == set(range(101))
    # seen ages have a quarter of their rows in the test rows, unseen ones all
    counts = np.bincount(y[test])
    assert set(counts[15:46]) | set(counts[60:86]) == {5}
    assert set(counts[:15]) | set(counts[46:60]) | set(counts[86:]) == {20}
    shots = shot_labels(y[train], y[test], bins="integer")
    assert set(y[test][shots == "zero"]) == {*range(15), *range(46, 60), *range(86, 101)}
    report = ShotReport(y[test], y[test] + 1.0, y_train=y[train], bins="integer", metrics=("mae",))
    assert report.by_shot["zero"]["n"] == 20 * (15 + 14 + 15)


def test_ends_of_given_ranges_belong_to_them():
    y = np.array([1.0, 2.0, 3.0, 4.0])
    splits = list(TargetGapSplit(np.array([[2.0, 3.0], [4.0, 4.0]])).split(None, y))
    assert_array_equal(splits[0][1], [1, 2])
    assert_array_equal(splits[1][1], [3])


def test_seen_test_rows_are_spread_over_the_seen_targets_and_follow_the_seed():
    y = np.random.default_rng(0).permutation(100.0 + np.arange(120))
    cv = TargetGapSplit([(100, 119)], test_size=0.1, random_state=0)
    ((train, test),) = cv.split(None, y)
    seen = np.sort(y[test][y[test] > 119])
    assert_array_equal(np.diff(seen), np.full(9, 10.0))
    again = next(TargetGapSplit([(100, 119)], test_size=0.1, random_state=0).split(None, y))
    assert_array_equal(train, again[0])
    others = {
        tuple(next(TargetGapSplit([(100, 119)], test_size=0.1, random_state=s).split(None, y))[1])
        for s in range(20)
    }
    assert len(others) > 5


def test_a_single_seen_row_is_for_training():
    with pytest.warns(UserWarning, match="Only one row is outside of the range"):
        ((train, test),) = TargetGapSplit([(2, 5)], test_size=0.5).split(None, [1.0, 2.0, 3.0])
    assert_array_equal(train, [0])
    assert_array_equal(test, [1, 2])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"gaps": 1}, "'gaps' parameter of TargetGapSplit must be"),
        ({"gaps": "all"}, "'gaps' parameter of TargetGapSplit must be"),
        ({"gaps": (2, 3)}, r"'gaps' .* as an array of shape \(n_gaps, 2\). Got shape \(2,\)"),
        ({"gaps": []}, r"'gaps' .* Got shape \(0,\)"),
        ({"gaps": [(2, 3, 4)]}, r"'gaps' .* Got shape \(1, 3\)"),
        ({"gaps": [("a", "b")]}, r"'gaps' .* Got \[\('a', 'b'\)\]"),
        ({"gaps": [(1, 2), (3,)]}, r"'gaps' .* Got \[\(1, 2\), \(3,\)\]"),
        ({"gaps": [(1, 2), (3, 2)]}, r"'gaps' .* low <= high.* Got \(3, 2\)"),
        ({"gaps": [(1, np.nan)]}, r"'gaps' .* Got \(1, nan\)"),
        ({"gaps": [(1.2, 1.8)]}, r"ranges with targets in them .* Got \(1.2, 1.8\), which has no"),
        ({"gaps": [(0, 9)]}, "leave targets to train on. Got ranges that hold all 8 rows"),
        ({"gaps": 3, "together": True}, "leave targets to train on"),
        ({"gaps": 2, "kind": "interpolation"}, "'gaps' .* at least 3 for kind='interpolation'"),
        ({"gaps": [(1, 2)], "kind": "extrapolation"}, "'kind' .* 'both' where gaps are ranges"),
        ({"gaps": 9}, r"\(y has 8 targets\). Got 9, of which 1 would be empty"),
        ({"kind": "inside"}, "'kind' parameter of TargetGapSplit must be a str among"),
        ({"together": "yes"}, "'together' parameter"),
        ({"test_size": 1.0}, "'test_size' parameter"),
        ({"test_size": -0.1}, "'test_size' parameter"),
        ({"random_state": "x"}, "'random_state' parameter"),
    ],
)
def test_bad_input(params, message):
    with pytest.raises(ValueError, match=message):
        TargetGapSplit(**params).split(None, np.arange(8.0))


def test_interpolation_ranges_may_be_left_out_together():
    y = np.arange(10.0)
    cv = TargetGapSplit(5, kind="interpolation", together=True)
    ((train, _),) = cv.split(None, y)
    assert_array_equal(y[train], [0, 1, 8, 9])


def test_a_hundred_thousand_rows():
    y = np.random.default_rng(0).lognormal(size=100_000)
    start = time.perf_counter()
    assert len(list(TargetGapSplit(20, test_size=0.2, random_state=0).split(None, y))) == 20
    assert time.perf_counter() - start < 2.0  # about 0.1 s
