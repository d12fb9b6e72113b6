"""DataFrames of polars: types, names and all that is missing come back."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal as assert_polars_equal
from polars.testing import assert_series_equal as assert_polars_series_equal
from samplers import ALL, COPIERS, READERS, N, Y, make, numbers

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)

ROW = np.arange(N)
GAP = ROW % 5 == 0
DAYS = pd.Series(pd.date_range("2020-03-20", periods=N, freq="61h"))


HOURS = pl.Series([dt.datetime(2020, 3, 20) + dt.timedelta(hours=61 * int(i)) for i in ROW])


def with_gaps(values):
    return pl.Series(
        [None if gap else value for gap, value in zip(GAP, values.to_list())], dtype=values.dtype
    )


FULL = {
    "Float64": pl.Series(ROW / 7),
    "Float32": pl.Series(ROW / 7, dtype=pl.Float32),
    "Int64": pl.Series(ROW),
    "UInt8": pl.Series(ROW, dtype=pl.UInt8),
    "Boolean": pl.Series(ROW % 3 == 0),
    "String": pl.Series(["a", "b"] * (N // 2)),
    "Categorical": pl.Series(["a", "b"] * (N // 2), dtype=pl.Categorical),
    "Enum": pl.Series(["a", "b"] * (N // 2), dtype=pl.Enum(["z", "b", "a"])),
    "Date": HOURS.cast(pl.Date),
    "Datetime": HOURS.cast(pl.Datetime("ms")),
    "Datetime with zone": HOURS.dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin"),
    "Duration": HOURS - HOURS[0],
    "Time": HOURS.dt.time(),
    "Decimal": pl.Series(ROW / 4).cast(pl.Decimal(20, 2)),
}
POLARS = {
    **FULL,
    **{f"{kind} with nulls": with_gaps(values) for kind, values in FULL.items()},
    "no Float64": pl.Series([None] * N, dtype=pl.Float64),
    "no Datetime": pl.Series([None] * N, dtype=pl.Datetime("us")),
    "no String": pl.Series([None] * N, dtype=pl.String),
    "one Int64": pl.Series([5 if i == np.argmax(Y) else None for i in ROW], dtype=pl.Int64),
    "NaN": pl.Series(np.where(GAP, np.nan, ROW / 7)),
    "NaN and null": pl.Series(
        [[None, np.nan, 1.0, 2.0, 3.0][i % 5] for i in ROW], dtype=pl.Float64
    ),
}
LEVELS = (pl.Boolean, pl.String, pl.Categorical, pl.Enum)


@pytest.mark.parametrize("kind", POLARS)
def test_columns_of_polars(kind):
    X = pl.DataFrame({"number": ROW / 3, "column": POLARS[kind]})
    given = X.clone()
    for name in ALL:
        sampler = make(name)
        X_new, y_new = sampler.fit_resample(X, pl.Series("y", Y))
        seeds, new = sampler.sample_indices_, sampler.synthetic_mask_
        assert_polars_equal(X, given)
        assert X_new.schema == X.schema and isinstance(y_new, pl.Series) and y_new.name == "y"
        expected = X[seeds]
        if name in COPIERS:
            assert_polars_equal(X_new, expected)
            continue
        assert_polars_equal(X_new.filter(~new), expected.filter(~new))
        assert new.any()
        grown, seed = X_new["column"].filter(new), expected["column"].filter(new)
        if X["column"].dtype in LEVELS:
            assert set(grown) <= set(X["column"])
        else:
            assert_polars_series_equal(grown.is_null(), seed.is_null())
            if kind == "NaN and null":
                assert_polars_series_equal(grown.is_nan(), seed.is_nan())


@readers
@pytest.mark.parametrize("kind", ["Date", "Datetime with zone", "Time", "Duration", "Decimal"])
def test_columns_of_polars_change(name, kind):
    X = pl.DataFrame({"column": POLARS[kind]})
    sampler = make(name, perturbation=0.5) if "SmoteR" not in name else make(name)
    X_new, _ = sampler.fit_resample(X, Y)
    new = X_new["column"].filter(sampler.synthetic_mask_)
    assert not new.is_in(X["column"].implode()).all()
    assert new.to_list()  # every one is a valid date


def test_decimals_of_polars_stay_in_their_range():
    ends = [decimal.Decimal("-999.99"), decimal.Decimal("999.99")]
    X = pl.DataFrame({"x": pl.Series(ends * (N // 2), dtype=pl.Decimal(5, 2))})
    X_new, _ = make("GaussianNoise", perturbation=2.0).fit_resample(X, Y)
    assert X_new.schema == X.schema and X_new["x"].n_unique() > 2
    assert (X_new["x"].min(), X_new["x"].max()) == tuple(ends)


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt64, pl.Int8, pl.Date, pl.Time])
def test_noise_stays_in_the_range_of_types_of_polars(dtype):
    low, high = {pl.Date: (-(2**31), 2**31 - 1), pl.Time: (0, 86_400 * 10**9 - 1)}.get(
        dtype, (None, None)
    )
    if low is None:
        low, high = pl.select(low=dtype.min(), high=dtype.max()).row(0)
    X = pl.DataFrame({"x": pl.Series([low, high] * (N // 2)).cast(dtype)})
    X_new, _ = make("GaussianNoise", perturbation=3.0).fit_resample(X, Y)
    assert X_new.schema == X.schema
    stored = X_new["x"].to_physical()
    assert (stored == low).any() and (stored == high).any()


@pytest.mark.skipif(not hasattr(pl, "Int128"), reason="needs a polars with Int128")
def test_integers_of_128_bits():
    X = pl.DataFrame({"x": pl.Series([int(i) * 10**25 for i in ROW], dtype=pl.Int128)})
    X_new, _ = make("SmoteR").fit_resample(X, Y)
    assert X_new.schema == X.schema and not X_new["x"].is_in(X["x"].implode()).all()


def test_objects_of_polars_are_levels():
    X = pl.DataFrame({"a": ROW / 3, "b": pl.Series([(1,), None] * (N // 2), dtype=pl.Object)})
    for name in ALL:
        X_new, _ = make(name).fit_resample(X, Y)
        assert set(X_new["b"].to_list()) == {(1,), None}


@readers
def test_booleans_of_polars_as_numbers(name):
    X = pl.DataFrame({"a": ROW / 3, "b": POLARS["Boolean with nulls"]})
    sampler = make(name, categorical_features=None)
    X_new, _ = sampler.fit_resample(X, Y)
    assert X_new.schema == X.schema
    assert_polars_series_equal(X_new["b"].is_null(), X["b"].is_null()[sampler.sample_indices_])


@every
@pytest.mark.parametrize("dtype", [pl.Float32, pl.Int64, pl.UInt8])
def test_targets_in_polars(name, dtype):
    y = pl.Series("target", Y).cast(dtype)
    _, y_new = make(name).fit_resample(pl.DataFrame(numbers()), y)
    assert y_new.dtype == dtype and y_new.name == "target"
    expected = make(name).fit_resample(numbers(), Y)[1]
    expected = expected if dtype == pl.Float32 else np.rint(expected)
    np.testing.assert_allclose(y_new.cast(pl.Float64), expected, rtol=1e-6)
    _, as_frame = make(name).fit_resample(pd.DataFrame(numbers()), y.to_frame())
    assert_polars_equal(as_frame, y_new.to_frame())
    _, mixed = make(name).fit_resample(pl.DataFrame(numbers()), pd.Series(Y, name="t"))
    assert isinstance(mixed, pd.Series) and mixed.name == "t"


@readers
def test_pandas_and_polars_give_the_same(name):
    frame = pd.DataFrame(
        {
            "float": np.where(GAP, np.nan, ROW / 7),
            "whole": ROW,
            "text": ["b", "a"] * (N // 2),
            "date": DAYS.astype("datetime64[us]"),
        }
    )
    X_new, y_new = make(name).fit_resample(frame, Y)
    other, y_other = make(name).fit_resample(pl.from_pandas(frame), Y)
    expected = pl.from_pandas(X_new)
    assert_polars_equal(other, expected)
    np.testing.assert_array_equal(y_new, y_other)
