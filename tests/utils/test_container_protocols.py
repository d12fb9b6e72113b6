"""What containers promise: the protocols are all that a new table library needs to fulfil."""

import copy
import datetime as dt
import inspect

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from skdir.resampling import SMOGN, RandomOverSampler, SmoteR
from skdir.utils._containers import frames
from skdir.utils._containers.columns import DATE_LIMITS, fit_dtype, object_levels, refuse_column
from skdir.utils._containers.frames import find_column, find_frame
from skdir.utils._containers.pandas_column import PandasColumn
from skdir.utils._containers.polars_column import PolarsColumn
from skdir.utils._containers.protocols import Column, Table, Target
from skdir.utils._containers.tables import open_table
from skdir.utils._containers.target import open_target

N = 60
RNG = np.random.default_rng(0)
WHOLE = RNG.integers(0, 50, N)
REAL = RNG.normal(size=N)
TOWN = RNG.choice(["Ulm", "Bonn", "Jena"], N)
DAY = np.datetime64("2024-02-27") + RNG.integers(0, 400, N)
Y = RNG.permutation(N)


class Vector:
    """A column of a table library that nobody knows: a name, a kind and a list of values."""

    def __init__(self, name, dtype, values):
        self.name, self.dtype, self.values = name, dtype, list(values)

    def __len__(self):
        return len(self.values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


class Sheet:
    """A table of that library: a list of columns."""

    def __init__(self, vectors):
        self.vectors = list(vectors)
        self.columns = [vector.name for vector in self.vectors]
        self.shape = len(self.vectors[0]), len(self.vectors)


class VectorColumn:
    """All that skdir is to be told of the library."""

    tick_limits = DATE_LIMITS

    def __init__(self, series):
        self.series, self.name = series, series.name
        self.is_level, self.is_date = series.dtype == "text", series.dtype == "day"
        self.is_number = series.dtype in ("int", "float")
        self.is_whole = series.dtype in ("int", "day")
        self.plain = np.dtype({"int": np.int64, "float": np.float64}.get(series.dtype, object))

    @staticmethod
    def is_frame(data):
        return isinstance(data, Sheet)

    @staticmethod
    def is_series(data):
        return isinstance(data, Vector)

    @classmethod
    def of_frame(cls, frame):
        return [cls(vector) for vector in frame.vectors]

    @staticmethod
    def to_frame(series, like):
        assert [vector.name for vector in series] == like.columns
        return Sheet(series)

    @staticmethod
    def take_rows(frame, rows):
        return Sheet(VectorColumn(vector).take(rows) for vector in frame.vectors)

    def to_numbers(self, caller):
        if not self.is_number:
            raise refuse_column(self.name, self.series.dtype, caller)
        return np.array([np.nan if v is None else v for v in self.series.values], dtype=float)

    def to_ticks(self):
        missing = np.array([value is None for value in self.series.values])
        days = [0 if value is None else value.toordinal() for value in self.series.values]
        return np.array(days, dtype=np.int64), missing

    def to_levels(self, caller):
        return object_levels(self.series.values, self.name, caller)

    def from_numbers(self, values):
        return self._like(fit_dtype(values, self.plain).tolist())

    def from_ticks(self, ticks):
        return self._like(map(dt.date.fromordinal, ticks.tolist()))

    def take(self, rows):
        return self._like(self.series.values[row] for row in rows)

    def take_from_both(self, new, rows):
        both = self.series.values + new.values
        return self._like(both[row] for row in rows)

    def _like(self, values):
        return Vector(self.name, self.series.dtype, values)


@pytest.fixture
def known(monkeypatch):
    """The library has its place among those that are known."""
    monkeypatch.setattr(frames, "LIBRARIES", (*frames.LIBRARIES, VectorColumn))


def sheet(gap=False):
    """Return the data in a table of the unknown library, and in one of pandas."""
    columns = {
        "whole": ("int", WHOLE.tolist()),
        "real": ("float", REAL.tolist()),
        "town": ("text", TOWN.tolist()),
        "day": ("day", DAY.tolist()),
    }
    if gap:
        for name in ("real", "town", "day"):
            columns[name][1][7] = None
    frame = pd.DataFrame({name: pd.Series(values) for name, (_, values) in columns.items()})
    frame["day"] = pd.to_datetime(frame["day"]).astype("datetime64[s]")
    return Sheet(Vector(name, *rest) for name, rest in columns.items()), frame


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("kind", [SmoteR, SMOGN, RandomOverSampler])
def test_a_new_library_is_one_class(known, kind, gap):
    """SmoteR, SMOGN and copies give the rows that they give for the same table of pandas."""
    ours, frame = sheet(gap)
    y = Vector("y", "int", Y.tolist())
    sampler = kind(relevance=lambda y: (y >= N - 15).astype(float), random_state=0)
    X_new, y_new = sampler.fit_resample(ours, y)
    added = sampler.synthetic_mask_
    assert added.sum() >= 10
    expected, expected_y = sampler.fit_resample(frame, pd.Series(Y, name="y"))
    assert isinstance(y_new, Vector)
    assert (y_new.name, y_new.dtype) == ("y", "int")
    assert y_new.values == expected_y.tolist()
    assert isinstance(X_new, Sheet)
    assert sampler.feature_names_in_.tolist() == ["whole", "real", "town", "day"]
    whole, real, town, day = (vector.values for vector in X_new.vectors)
    assert whole == expected["whole"].tolist()
    np.testing.assert_array_equal(np.array(real, dtype=float), expected["real"].to_numpy(float))
    assert town == expected["town"].astype(object).where(expected["town"].notna(), None).tolist()
    # days are rounded to whole ones here, and to seconds there
    whole_days = expected["day"].dt.round("D").dt.date
    assert [d for d in day if d] == whole_days[expected["day"].notna()].tolist()
    assert np.array_equal([d is None for d in day], expected["day"].isna())


@pytest.mark.parametrize("kind", [SMOGN, RandomOverSampler])
@pytest.mark.parametrize("in_table", [True, False])
def test_what_X_and_y_are_is_asked_once(monkeypatch, kind, in_table):
    asked = []

    class Asked(VectorColumn):
        @staticmethod
        def is_frame(data):
            asked.append(("frame", id(data)))
            return isinstance(data, Sheet)

        @staticmethod
        def is_series(data):
            asked.append(("series", id(data)))
            return isinstance(data, Vector)

    monkeypatch.setattr(frames, "LIBRARIES", (*frames.LIBRARIES, Asked))
    X, y = (sheet()[0], Vector("y", "int", Y.tolist())) if in_table else (NUMBERS, Y)
    sampler = kind(relevance=lambda y: (y >= N - 15).astype(float), random_state=0)
    assert type(sampler.fit_resample(X, y)[1]) is type(y)
    of_X = [("frame", id(X))] if in_table else [("frame", id(X)), ("series", id(X))]
    assert asked == [*of_X, ("frame", id(y)), ("series", id(y))]


def test_errors_of_a_new_library(known):
    text = Vector("y", "text", TOWN.tolist())
    ours, _ = sheet()
    with pytest.raises(ValueError, match="in column 'town'"):
        SmoteR(categorical_features=None).fit(ours, Y)
    with pytest.raises((ValueError, TypeError), match="y"):
        SmoteR().fit(ours, text)


def test_an_unknown_library_is_not_known():
    ours, _ = sheet()
    assert find_frame(ours) is None
    assert find_column(ours.vectors[0]) is None


# -- the containers that are known ---------------------------------------------------------------

COLUMNS = {
    "pandas": lambda: PandasColumn(pd.Series(REAL)),
    "pandas objects": lambda: PandasColumn(pd.Series(TOWN, dtype=object)),
    "pandas dates": lambda: PandasColumn(pd.Series(DAY)),
    "polars": lambda: PolarsColumn(pl.Series("a", REAL)),
    "polars dates": lambda: PolarsColumn(pl.Series("a", DAY)),
    "unknown": lambda: VectorColumn(Vector("a", "float", REAL)),
}
NUMBERS = np.column_stack([WHOLE, REAL])
TABLES = {
    "array": lambda: open_table(NUMBERS, None, reads_features=True, caller="C"),
    "list": lambda: open_table(NUMBERS.tolist(), None, reads_features=True, caller="C"),
    "sparse": lambda: open_table(sparse.csr_array(NUMBERS), None, reads_features=True, caller="C"),
    "frame": lambda: open_table(find_frame(sheet()[1]), "auto", reads_features=True, caller="C"),
    "copies": lambda: open_table(NUMBERS, None, reads_features=False, caller="C"),
}
TARGETS = {
    "array": lambda: open_target(Y, "C"),
    "list": lambda: open_target(Y.tolist(), "C"),
    "objects": lambda: open_target(Y.astype(object), "C"),
    "series": lambda: open_target(find_column(pd.Series(Y)), "C"),
    "frame": lambda: open_target(find_frame(pl.DataFrame({"y": Y})), "C"),
}


@pytest.mark.parametrize(
    ("protocol", "make"),
    [
        *((Column, make) for make in COLUMNS.values()),
        *((Table, make) for make in TABLES.values()),
        *((Target, make) for make in TARGETS.values()),
    ],
)
def test_containers_implement_their_protocol(protocol, make):
    container = make()
    assert isinstance(container, protocol)
    for name, method in inspect.getmembers(protocol, inspect.isroutine):
        if not name.startswith("_"):
            ours = inspect.signature(getattr(type(container), name))
            assert list(ours.parameters) == list(inspect.signature(method).parameters), name


def test_what_lacks_a_method_is_no_column():
    class Short(VectorColumn):
        take = None

    members = {name: value for name, value in vars(VectorColumn).items() if name != "take"}
    assert not isinstance(type("Shorter", (), members)(Vector("a", "int", [1])), Column)
    assert isinstance(VectorColumn(Vector("a", "int", [1])), Column)


@pytest.mark.parametrize("name", ["pandas", "polars", "unknown"])
def test_columns_of_numbers_are_values(name):
    """No method changes a column, and rows come back in its type."""
    column = COLUMNS[name]()
    before = copy.deepcopy(np.asarray(column.series))
    np.testing.assert_array_equal(column.to_numbers("C"), REAL)
    assert not np.shares_memory(column.take([0, 0]), column.series)
    new = column.from_numbers(np.array([1.5, -2.0]))
    both = column.take_from_both(new, [N + 1, 0, N])
    assert np.asarray(both).tolist() == [-2.0, REAL[0], 1.5]
    assert type(both) is type(column.series)
    assert len(column.series) == N
    np.testing.assert_array_equal(np.asarray(column.series), before)


@pytest.mark.parametrize("name", ["pandas dates", "polars dates"])
def test_ticks_come_back_as_the_dates_they_were(name):
    column = COLUMNS[name]()
    ticks, missing = column.to_ticks()
    assert not missing.any()
    assert np.asarray(column.from_ticks(ticks)).tolist() == np.asarray(column.series).tolist()
    low, high = column.tick_limits
    assert low <= ticks.min() <= ticks.max() <= high


@pytest.mark.parametrize("make", [lambda: sheet()[1], lambda: pl.DataFrame(sheet()[1])])
def test_a_frame_is_its_columns(make):
    frame = make()
    found = find_frame(frame)
    again = found.like([column.series for column in found.columns()])
    assert type(again) is type(frame)
    assert again.equals(frame)


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_not_changed_by_what_is_built(name):
    table = TABLES[name]()
    rows = table.rows()
    numeric = rows.numeric.copy()
    kept, seeds = np.array([3, 1]), np.array([0, 2, 2])
    new = None if name == "copies" else rows.add_noise(seeds, 1.0, np.random.RandomState(0))
    first, second = (table.build(kept, seeds, new) for _ in range(2))
    for one, other in ((first, second), (numeric, rows.numeric)):
        if sparse.issparse(one):
            one, other = one.toarray(), other.toarray()
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert len(np.asarray(first.toarray() if sparse.issparse(first) else first)) == 5


@pytest.mark.parametrize("name", TARGETS)
def test_targets_are_built_in_their_container(name):
    target = TARGETS[name]()
    np.testing.assert_array_equal(target.values, Y)
    kept, seeds = np.array([3, 1]), np.array([0, 2])
    built = target.build(kept, seeds, np.array([4.4, 1e9]), index=None, keeps_index=False)
    assert np.ravel(built).tolist() == [Y[3], Y[1], 4, 1_000_000_000]
    copies = target.build(kept, seeds, None, index=None, keeps_index=False)
    assert np.ravel(copies).tolist() == [Y[3], Y[1], Y[0], Y[2]]
