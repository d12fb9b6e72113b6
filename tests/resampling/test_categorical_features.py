"""Which features are categorical: "auto", None, masks, positions and names."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from samplers import N, Y, make, numbers
from scipy import sparse

from skdir.resampling import SmoteR
from skdir.utils._containers.categorical import categorical_mask

MARKED = np.array([False, True, False])


def mask(given, names=None, n_features=3, is_level=MARKED):
    return categorical_mask(given, is_level[:n_features], names, "SmoteR").tolist()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("auto", [0, 1, 0]),
        (None, [0, 0, 0]),
        ([], [0, 0, 0]),
        (np.array([]), [0, 0, 0]),
        ([True, False, True], [1, 0, 1]),
        ((False, False, True), [0, 0, 1]),
        (np.array([True, True, False]), [1, 1, 0]),
        (pd.Series([False, True, True]), [0, 1, 1]),
        (pl.Series([False, True, True]), [0, 1, 1]),
        ([0], [1, 0, 0]),
        ([-1, 0], [1, 0, 1]),
        ([1, 1, -2], [0, 1, 0]),
        (np.array([2]), [0, 0, 1]),
        (range(2), [1, 1, 0]),
        (np.array([1], dtype=object), [0, 1, 0]),
    ],
)
def test_masks_and_positions(given, expected):
    assert mask(given) == [bool(value) for value in expected]


def test_the_types_of_columns_are_not_written_to():
    found = categorical_mask("auto", MARKED, None, "SmoteR")
    found[:] = True
    assert MARKED.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("given", "names", "expected"),
    [
        (["b"], ["a", "b", "c"], [0, 1, 0]),
        (np.array(["a", "c"]), ["a", "b", "c"], [1, 0, 1]),
        (pd.Index(["c"]), ["a", "b", "c"], [0, 0, 1]),
        (["a", -1], ["a", "b", "c"], [1, 0, 1]),
        (["a"], ["a", "b", "a"], [1, 0, 1]),
        ([("a", 1)], [("a", 1), ("a", 2), ("b", 1)], [1, 0, 0]),
        ([None], ["a", None, "c"], [0, 1, 0]),
        ([1.5], [0.5, 1.5, 2.5], [0, 1, 0]),
        ([pd.Timestamp("2020")], list(pd.date_range("2020", periods=3)), [1, 0, 0]),
    ],
)
def test_names(given, names, expected):
    assert mask(given, names) == [bool(value) for value in expected]


@pytest.mark.parametrize("kind", [int, np.int32])
def test_a_whole_number_is_a_name_first_and_a_position_else(kind):
    assert mask([kind(0)], [2, 0, 1]) == [False, True, False]
    assert mask(np.array([0], dtype=kind), [2, 0, 1]) == [False, True, False]
    assert mask([kind(0)], pd.Index([2, 0, 1]).to_numpy()) == [False, True, False]
    assert mask([kind(0)], [10, 20, 30]) == [True, False, False]
    assert mask([kind(-1)], [2, 0, 1]) == [False, False, True]


def test_true_is_no_name_of_a_column_1():
    assert mask([True, False, False], [1, 0, 2]) == [True, False, False]
    assert mask([1], [True, "a", 1]) == [False, False, True]
    with pytest.raises(ValueError, match="made of names of columns .* Got True instead"):
        mask([True, 1], [1, 0, 2])


@pytest.mark.parametrize(
    ("given", "names", "message"),
    [
        ([True], None, "a mask of 3 values, one for each feature. Got 1 instead"),
        ([True] * 4, ["a", "b", "c"], "a mask of 3 values, one for each feature. Got 4 instead"),
        ([3], None, "made of positions from -3 to 2. Got 3 instead"),
        ([-4], ["a", "b", "c"], "made of positions from -3 to 2. Got -4 instead"),
        (["a"], None, "a mask or positions, since X has no column names. Got 'a' instead"),
        (["z"], ["a", "b", "c"], "made of names of columns ('a', 'b', 'c'). Got 'z' instead"),
        ([np.str_("z")], ["a", "b", "c"], "columns ('a', 'b', 'c'). Got 'z' instead"),
        ([None], ["a", "b", "c"], "made of names of columns ('a', 'b', 'c'). Got None instead"),
        ([1.0], None, "a mask or positions, since X has no column names. Got 1.0 instead"),
        ([[0, 1]], None, "a mask or positions, since X has no column names. Got [0, 1] instead"),
        (["a"], [("a", 1), ("a", 2), ("b", 1)], "('b', 1)). Got 'a' instead"),
        ("a", ["a", "b", "c"], "'auto', None, a mask, or a list of positions or names. Got 'a'"),
    ],
)
def test_what_is_refused(given, names, message):
    with pytest.raises(ValueError) as error:
        mask(given, names)
    assert "The 'categorical_features' parameter of SmoteR must be " in str(error.value)
    assert message in str(error.value)


def test_of_many_names_ten_are_shown():
    names = [f"c{j}" for j in range(30)]
    with pytest.raises(ValueError, match=r"'c9', \.\.\.\)\. Got 'z'"):
        mask(["z"], names, 30, np.zeros(30, dtype=bool))


@pytest.mark.parametrize("given", [2, "b", 1.5, len])
def test_what_is_no_list_is_refused_by_the_sampler(given):
    with pytest.raises(ValueError, match="'categorical_features' parameter of SmoteR must be"):
        SmoteR(categorical_features=given).fit_resample(numbers(), Y)


@pytest.mark.parametrize("given", ["auto", None, [], [False] * 3])
def test_a_sparse_container_has_no_levels(given):
    X = sparse.csr_array(numbers())
    expected, _ = make("SmoteR").fit_resample(X, Y)
    got, _ = make("SmoteR", categorical_features=given).fit_resample(X, Y)
    np.testing.assert_array_equal(got.toarray(), expected.toarray())


def test_levels_of_a_sparse_container_are_refused():
    message = (
        r"'auto' or none with a sparse X \(make it dense to have levels\). Got positions \[1\]"
    )
    with pytest.raises(ValueError, match=message):
        make("SmoteR", categorical_features=[1]).fit_resample(sparse.csr_array(numbers()), Y)


@pytest.mark.parametrize("given", [[1], [-2], ["b"], MARKED])
@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_marked_columns_take_no_new_values(given, frame):
    values = numbers()
    X = frame({"a": values[:, 0], "b": values[:, 1], "c": values[:, 2]})
    X_new, _ = make("SmoteR", categorical_features=given).fit_resample(X, Y)
    new = np.asarray(X_new)[N // 2 :]
    assert set(new[:, 1]) <= set(values[:, 1]) and not set(new[:, 0]) <= set(values[:, 0])
