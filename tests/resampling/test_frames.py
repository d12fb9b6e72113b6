"""DataFrames of pandas: types, names, indices and all that is missing come back."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from samplers import ALL, COPIERS, READERS, N, Y, make, numbers

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)

ROW = np.arange(N)
GAP = ROW % 5 == 0
DAYS = pd.Series(pd.date_range("2020-03-20", periods=N, freq="61h"))


def arrow(values, kind):
    return pd.Series(pd.Series(values), dtype=pd.ArrowDtype(kind))


# By name: values of a column, and whether "auto" takes them for levels.
PANDAS = {
    "float64": (ROW / 7, False),
    "float32": ((ROW / 7).astype(np.float32), False),
    "missing": (np.where(GAP, np.nan, ROW / 7), False),
    "one given": (np.where(np.argmax(Y) == ROW, 1.5, np.nan), False),
    "all missing": (np.full(N, np.nan), False),
    "int64": (ROW, False),
    "uint8": (ROW.astype(np.uint8), False),
    "bool": (ROW % 3 == 0, True),
    "object": (pd.Series(["a", None, np.nan, "b"] * (N // 4), dtype=object), True),
    "object with NA": (pd.Series(["a", pd.NA, pd.NaT, 1] * (N // 4), dtype=object), True),
    "text": (pd.Series(np.where(GAP, None, "a"), dtype="string[python]"), True),
    "text of Arrow": (pd.Series(np.where(GAP, None, "a"), dtype="string[pyarrow]"), True),
    "category": (pd.Categorical.from_codes(ROW % 4 - 1, ["z", "unused", "a"], ordered=True), True),
    "category of numbers": (pd.Categorical(ROW % 3, categories=[2, 0, 1, 9]), True),
    "naive": (DAYS, False),
    "seconds": (DAYS.astype("datetime64[s]"), False),
    "nanoseconds": (DAYS.astype("datetime64[ns]").mask(GAP), False),
    "time zone": (DAYS.dt.tz_localize("Europe/Berlin", ambiguous=True).mask(GAP), False),
    "offset": (DAYS.dt.tz_localize(dt.timezone(dt.timedelta(hours=3))), False),
    "no dates": (pd.Series([pd.NaT] * N, dtype="datetime64[ms]"), False),
    "timedelta": (pd.Series(pd.to_timedelta(ROW, unit="h")).mask(GAP), False),
    "Int64": (pd.array(np.where(GAP, None, ROW), dtype="Int64"), False),
    "UInt8": (pd.array(ROW, dtype="UInt8"), False),
    "Float64": (pd.array(np.where(GAP, None, ROW / 7), dtype="Float64"), False),
    "boolean": (pd.array(np.where(GAP, None, ROW % 2 == 0), dtype="boolean"), True),
    "arrow int": (arrow(np.where(GAP, None, ROW), pa.int16()), False),
    "arrow float": (arrow(ROW / 7, pa.float32()), False),
    "arrow bool": (arrow(np.where(GAP, None, ROW % 2 == 0), pa.bool_()), True),
    "arrow text": (arrow(np.where(GAP, None, "a"), pa.string()), True),
    "arrow time": (arrow(DAYS.mask(GAP), pa.timestamp("ms")), False),
    "arrow zone": (arrow(DAYS.dt.tz_localize("UTC"), pa.timestamp("us", "Asia/Tokyo")), False),
    "arrow date": (arrow(DAYS.dt.date, pa.date32()), False),
    "arrow date64": (arrow(DAYS.dt.date, pa.date64()), False),
    "arrow duration": (arrow(pd.to_timedelta(ROW, unit="h"), pa.duration("s")), False),
    "arrow decimal": (arrow(ROW, pa.decimal128(30, 3)), False),
    "arrow category": (
        arrow(pa.array(["a", "b"] * (N // 2)).dictionary_encode(), pa.dictionary("int8", "string")),
        True,
    ),
    "sparse": (pd.arrays.SparseArray(np.where(GAP, ROW / 7, 0), fill_value=0.0), False),
    "sparse missing": (pd.arrays.SparseArray(np.where(GAP, ROW / 7, np.nan)), False),
    "sparse int": (pd.arrays.SparseArray(np.where(GAP, ROW, 0)), False),
    "sparse bool": (pd.arrays.SparseArray(GAP), True),
}


@pytest.mark.parametrize("kind", PANDAS)
def test_columns_of_pandas(kind):
    values, is_level = PANDAS[kind]
    X = pd.DataFrame({"number": ROW / 3, "column": values})
    given = X.copy()
    for name in ALL:
        sampler = make(name)
        X_new, _ = sampler.fit_resample(X, Y)
        seeds, new = sampler.sample_indices_, sampler.synthetic_mask_
        assert_frame_equal(X, given)
        assert_series_equal(X_new.dtypes, X.dtypes)
        expected = X.iloc[seeds].reset_index(drop=True)
        X_new = X_new.reset_index(drop=True)
        if name in COPIERS:
            assert_frame_equal(X_new, expected)
            continue
        assert_frame_equal(X_new[~new], expected[~new])
        assert new.any()
        grown, seed = X_new.loc[new, "column"], expected.loc[new, "column"]
        if is_level:
            known = set(pd.Series(values).dropna())
            assert set(grown.dropna()) <= known
        else:
            assert_series_equal(grown.isna(), seed.isna())
            if not name.startswith(("Gauss", "WERCS", "SMOGN")) and seed.notna().any():
                assert grown.dropna().min() >= X["column"].dropna().min()
                assert grown.dropna().max() <= X["column"].dropna().max()


@readers
@pytest.mark.parametrize("kind", ["time zone", "nanoseconds", "arrow time", "arrow date", "Int64"])
def test_columns_change_between_and_around_their_seeds(name, kind):
    X = pd.DataFrame({"column": PANDAS[kind][0]})
    sampler = make(name, perturbation=0.5) if "SmoteR" not in name else make(name)
    X_new, _ = sampler.fit_resample(X, Y)
    new = X_new["column"][sampler.synthetic_mask_].dropna()
    assert not new.isin(X["column"]).all()


def test_dates_are_interpolated_exactly_where_they_are_far_from_the_epoch():
    """Float64 has no nanoseconds of this century, but those from the middle of a range."""
    start = pd.Timestamp("2024-01-01").as_unit("ns")
    X = pd.DataFrame({"t": start + pd.to_timedelta(ROW, unit="ns")})
    X_new, _ = make("SmoteR").fit_resample(X, Y)
    offset = (X_new["t"] - start) // pd.Timedelta(1, "ns")
    same, _ = make("SmoteR").fit_resample(ROW[:, None], Y)
    np.testing.assert_array_equal(offset, same[:, 0])


@readers
@pytest.mark.parametrize("unit", ["ns", "s"])
def test_the_first_and_the_last_date_of_all(name, unit):
    ends = np.array([np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max])
    if unit == "s":
        ends = ends // 10**9
    X = pd.DataFrame({"t": np.tile(ends, N // 2).view(f"M8[{unit}]")})
    X_new, _ = make(name).fit_resample(X, Y)
    assert X_new["t"].notna().all() and X_new["t"].dtype == X["t"].dtype


def test_summer_time_is_crossed_in_utc():
    """Local times that do not exist, or exist twice, are no trouble."""
    hours = pd.date_range("2020-10-25", periods=N, freq="7min", tz="UTC")
    X = pd.DataFrame({"t": hours.tz_convert("Europe/Berlin")})
    X_new, _ = make("SmoteR").fit_resample(X, Y)
    expected, _ = make("SmoteR").fit_resample(pd.DataFrame({"t": hours}), Y)
    assert_frame_equal(X_new, expected.assign(t=expected["t"].dt.tz_convert("Europe/Berlin")))


@readers
def test_missing_values_of_objects_are_the_seeds(name):
    values = pd.Series([None, 1, pd.NA, 2, np.nan, 3, 4, 5] * (N // 8), dtype=object)
    X = pd.DataFrame({"a": ROW / 3, "b": values})
    sampler = make(name, categorical_features=None)
    X_new, _ = sampler.fit_resample(X, Y)
    for value, row in zip(X_new["b"], sampler.sample_indices_):
        seed = values[row]
        assert type(value) is type(seed)
        assert value is seed or isinstance(value, (int, float))


@readers
@pytest.mark.parametrize("kind", ["bool", "boolean", "arrow bool", "sparse bool"])
def test_booleans_as_numbers_stay_booleans(name, kind):
    X = pd.DataFrame({"a": ROW / 3, "b": PANDAS[kind][0]})
    sampler = make(name, categorical_features=[])
    X_new, _ = sampler.fit_resample(X, Y)
    assert X_new["b"].dtype == X["b"].dtype
    missing = X["b"].isna().to_numpy()[sampler.sample_indices_]
    np.testing.assert_array_equal(X_new["b"].isna(), missing)


@readers
@pytest.mark.parametrize(
    "values",
    [
        PANDAS["Int64"][0],
        PANDAS["missing"][0],
        PANDAS["time zone"][0],
        PANDAS["arrow date"][0],
        PANDAS["sparse int"][0],
        pd.period_range("2020", periods=N, freq="M"),
        pd.interval_range(0, N),
        ROW * 1j,
    ],
    ids=lambda values: str(getattr(values, "dtype", "")),
)
def test_any_type_may_be_named_as_levels(name, values):
    X = pd.DataFrame({"a": ROW / 3, "b": values})
    X_new, _ = make(name, categorical_features=["b"]).fit_resample(X, Y)
    assert X_new["b"].dtype == X["b"].dtype
    assert set(X_new["b"].dropna()) <= set(X["b"].dropna())


NAMES = {
    "text": ["a", "b", "c"],
    "numbers": [2, 0, 1],
    "mixed": ["a", 1, None],
    "repeated": ["a", "b", "a"],
    "dates": list(pd.date_range("2020", periods=3)),
    "levels": pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["x", "y"]),
    "named": pd.Index([10, 20, 30], name="number"),
}


@every
@pytest.mark.parametrize("kind", NAMES)
def test_names_of_columns(name, kind):
    X = pd.DataFrame(numbers())
    X.columns = NAMES[kind]
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(X, Y)
    assert_index_equal(X_new.columns, X.columns, exact=True)
    assert hasattr(sampler, "feature_names_in_") == (kind in ("text", "repeated"))
    plain, y_plain = make(name).fit_resample(numbers(), Y)
    np.testing.assert_array_equal(X_new.to_numpy(), plain)
    np.testing.assert_array_equal(y_new, y_plain)


@every
def test_notes_of_a_frame_are_kept(name):
    X = pd.DataFrame(numbers())
    X.attrs["source"] = "a file"
    X_new, _ = make(name).fit_resample(X, Y)
    assert X_new.attrs == {"source": "a file"} and X_new.attrs is not X.attrs


@every
def test_frames_over_memory_that_is_read_only(name):
    values = numbers()
    values.flags.writeable = False
    X_new, _ = make(name).fit_resample(pd.DataFrame(values, copy=False), Y)
    np.testing.assert_array_equal(X_new, make(name).fit_resample(numbers(), Y)[0])


INDICES = {
    "text": pd.Index([f"row {i}" for i in ROW], name="row"),
    "repeated": pd.Index(ROW // 4),
    "levels": pd.MultiIndex.from_arrays([ROW // 4, ROW % 4], names=["x", "y"]),
    "dates": pd.DatetimeIndex(DAYS, name="when"),
}


@every
@pytest.mark.parametrize("kind", INDICES)
def test_copies_keep_the_labels_of_rows_and_new_rows_get_new_ones(name, kind):
    index = INDICES[kind]
    X, y = pd.DataFrame(numbers(), index=index), pd.Series(Y, index=index[::-1], name="target")
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(X, y)
    if name in COPIERS:
        assert_index_equal(X_new.index, index.take(sampler.sample_indices_))
    else:
        assert_index_equal(X_new.index, pd.RangeIndex(len(X_new)), exact=True)
    assert_index_equal(y_new.index, X_new.index)
    assert y_new.name == "target" and y_new.dtype == y.dtype
    np.testing.assert_array_equal(y_new, make(name).fit_resample(numbers(), Y)[1])


@every
def test_labels_of_targets_where_the_features_have_none(name):
    y = pd.Series(Y, index=INDICES["text"], name="target")
    sampler = make(name)
    _, y_new = sampler.fit_resample(numbers(), y)
    if name in COPIERS:
        assert_series_equal(y_new, y.iloc[sampler.sample_indices_])
    else:
        assert_index_equal(y_new.index, pd.RangeIndex(len(y_new)))
    _, frame = make(name).fit_resample(pl.DataFrame(numbers()), y.to_frame())
    assert_frame_equal(frame, y_new.to_frame())


@pytest.mark.parametrize("name", READERS)
def test_a_plan_that_only_removes_keeps_types(name):
    params = {"over": 0.0} if name.startswith("WERCS") else {"sampling_strategy": "under"}
    X = pd.DataFrame({kind: values for kind, (values, _) in PANDAS.items()})
    sampler = make(name, **params)
    X_new, y_new = sampler.fit_resample(X, pd.Series(Y))
    rows = sampler.sample_indices_
    assert 0 < len(rows) < N and not sampler.synthetic_mask_.any()
    assert_frame_equal(X_new, X.iloc[rows].reset_index(drop=True))
    assert_series_equal(y_new, pd.Series(Y[rows]))


TARGETS = {
    "float32": pd.Series(Y, dtype=np.float32),
    "int64": pd.Series(Y, dtype=np.int64),
    "Int16": pd.Series(Y, dtype="Int16"),
    "Float64": pd.Series(Y, dtype="Float64"),
    "arrow": pd.Series(Y).astype("uint8[pyarrow]"),
    "object": pd.Series(Y.astype(int), dtype=object),
    "sparse": pd.Series(pd.arrays.SparseArray(Y.astype(int))),
}


@every
@pytest.mark.parametrize("kind", TARGETS)
def test_targets_in_a_series(name, kind):
    y = TARGETS[kind].rename(("a", 1))
    _, y_new = make(name).fit_resample(numbers(), y)
    assert y_new.dtype == y.dtype and y_new.name == ("a", 1)
    expected = make(name).fit_resample(numbers(), Y)[1]
    if kind not in ("float32", "Float64"):
        expected = np.rint(expected)
    np.testing.assert_allclose(y_new.astype(float), expected, rtol=1e-6)
    if kind == "object":
        assert {type(value) for value in y_new} == {int}
    frame = pd.DataFrame(numbers())
    _, as_frame = make(name).fit_resample(frame, y.rename("z").to_frame())
    assert_frame_equal(
        as_frame.reset_index(drop=True), y_new.rename("z").reset_index(drop=True).to_frame()
    )


LIMITS = {
    "int8": ([-128, 127], pa.int8()),
    "uint64": ([0, 2**64 - 1], pa.uint64()),
    "date32": ([dt.date(1, 1, 1), dt.date(9999, 12, 31)], pa.date32()),
    "timestamp": ([pd.Timestamp.min, pd.Timestamp.max], pa.timestamp("ns")),
    "decimal": ([decimal.Decimal("-999.99"), decimal.Decimal("999.99")], pa.decimal128(5, 2)),
    "decimal256": ([decimal.Decimal(-1), decimal.Decimal(1)], pa.decimal256(60, 10)),
    "float16": ([-1.0, 1.0], pa.float16()),
}


@pytest.mark.parametrize("kind", LIMITS)
def test_noise_stays_in_the_range_of_types_of_arrow(kind):
    ends, dtype = LIMITS[kind]
    X = pd.DataFrame({"x": arrow(ends * (N // 2), dtype)})
    X_new, _ = make("GaussianNoise", perturbation=2.0).fit_resample(X, Y)
    assert_series_equal(X_new.dtypes, X.dtypes)
    assert X_new["x"].notna().all() and X_new["x"].nunique() > 2
    if kind in ("int8", "uint64", "decimal"):
        assert X_new["x"].min() == ends[0] and X_new["x"].max() == ends[1]
