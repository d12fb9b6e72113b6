"""Values whose arrays cannot be written to."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from skdir.utils._estimators.frozen import FrozenArrays, OwnArrays, read_only


@dataclass(frozen=True, eq=False)
class Copies(FrozenArrays):
    array: np.ndarray
    parts: object = ()
    table: object = None
    other: object = None


@dataclass(frozen=True, eq=False)
class Own(OwnArrays):
    array: np.ndarray
    parts: object = ()
    table: object = None
    other: object = None


REMADE = {
    "made": lambda value: value,
    "pickled": lambda value: pickle.loads(pickle.dumps(value)),
    "copied": copy.copy,
    "deeply copied": copy.deepcopy,
    "replaced": lambda value: replace(value, other="another"),
    "twice": lambda value: copy.deepcopy(pickle.loads(pickle.dumps(replace(value)))),
}


@pytest.mark.parametrize("remade", REMADE.values(), ids=REMADE)
@pytest.mark.parametrize("kind", [Copies, Own])
def test_nothing_can_be_written(kind, remade):
    array, pair, cell = np.arange(3.0), [np.arange(2), "b"], np.ones((2, 2))
    value = remade(kind(array, [(pair[0],), pair], {"a": cell, "b": [1, 2]}))
    assert type(value) is kind
    (first,), (second, text) = value.parts
    for got, expected in (
        (value.array, array), (first, pair[0]), (second, pair[0]), (value.table["a"], cell)
    ):  # fmt: skip
        np.testing.assert_array_equal(got, expected)
        with pytest.raises(ValueError, match="read-only"):
            got[...] = 7
    assert text == "b"
    assert type(value.parts) is type(value.parts[1]) is tuple
    assert isinstance(value.table, MappingProxyType)
    assert value.table["b"] == (1, 2)
    with pytest.raises(FrozenInstanceError):
        value.array = None


def test_arrays_of_others_are_copied_and_stay_theirs():
    array, part = np.arange(3.0), np.arange(2)
    value = Copies(array, (part,), {"a": part})
    array[0] = part[0] = 9  # they can be written to, and change nothing
    assert value.array[0] == value.parts[0][0] == value.table["a"][0] == 0


def test_read_only_views_are_copied_where_their_memory_can_be_written():
    memory = np.arange(4.0)
    view = memory[1:].view()
    view.setflags(write=False)
    series = pd.Series([0.0, 1.0])
    value = Copies(view, (series.to_numpy(), np.frombuffer(bytearray(8))))
    memory[:] = 9
    series.iloc[0] = 9
    assert value.array[0] == 1
    assert value.parts[0][0] == 0
    assert value.parts[1].base is None
    # a view of what nobody can write to is as good as that
    part = read_only(np.arange(3.0))[1:]
    assert Copies(part).array is part


def test_arrays_that_were_made_for_a_value_are_not_copied():
    array = np.arange(3.0)
    assert Own(array).array is array
    assert not array.flags.writeable
    other = np.arange(3.0)
    assert read_only(other) is other
    assert Copies(other).array is other
    assert replace(Copies(other), parts=(1,)).array is other


def test_a_copy_shares_what_can_be_changed_only_where_the_value_holds_nothing_of_the_kind():
    value = Own(np.arange(3.0))
    assert copy.copy(value) is copy.deepcopy(value) is value
    mutable = {"seen": set()}
    again = copy.deepcopy(Copies(np.arange(3.0), table=mutable))
    again.table["seen"].add(1)
    assert mutable == {"seen": set()}
