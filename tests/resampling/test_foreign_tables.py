"""Tables of PyArrow and narwhals come back as their own kind; others are refused."""

import datetime

import dask.array
import dask.dataframe
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skdir.ensemble import ResampledBaggingRegressor
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

nw = pytest.importorskip("narwhals")
nw_v1 = pytest.importorskip("narwhals.stable.v1")

N = 200
RNG = np.random.default_rng(0)
SIZE = RNG.normal(size=N)
TARGET = np.exp(SIZE + 0.3 * RNG.normal(size=N))  # with outliers
COLUMNS = {
    "size": SIZE,
    "small": SIZE.astype(np.float32),
    "count": RNG.integers(0, 9, N).astype(np.int32),
    "kind": np.array(["a", "b", "c"])[RNG.integers(0, 3, N)],
    "yes": RNG.random(N) < 0.5,
}
SAMPLERS = {
    "RandomUnderSampler": RandomUnderSampler(),
    "RandomOverSampler": RandomOverSampler(),
    "GaussianNoise": GaussianNoise(),
    "SmoteR": SmoteR(),
    "SMOGN": SMOGN(),
    "WERCS": WERCS(),
    "WERCS with noise": WERCS(noise=True),
}
every = pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)


def frame():
    return pd.DataFrame(COLUMNS)


def arrow(**more):
    return pa.table({**COLUMNS, **more})


def resample(sampler, X, y):
    return sampler.set_params(random_state=0).fit_resample(X, y)


@every
def test_a_table_of_pyarrow_comes_back_as_one_with_the_rows_of_pandas(sampler):
    X_pandas, y_pandas = resample(sampler, frame(), TARGET)
    table = arrow()
    X_new, y_new = resample(sampler, table, pa.array(TARGET))
    assert type(X_new) is pa.Table
    assert X_new.schema.equals(table.schema, check_metadata=True)
    assert isinstance(y_new, pa.Array) and y_new.type == pa.float64()
    np.testing.assert_array_equal(y_new.to_numpy(), y_pandas)
    assert sampler.feature_names_in_.tolist() == list(COLUMNS)
    for name in COLUMNS:
        np.testing.assert_array_equal(X_new[name].to_pylist(), X_pandas[name].tolist())
    assert table.equals(arrow())


@every
def test_what_is_kept_keeps_missing_values_dates_and_categories(sampler):
    day = [datetime.date(2020, 1, 1) + datetime.timedelta(days=int(d)) for d in COLUMNS["count"]]
    stamp = pa.array([datetime.datetime(2020, 1, 1, int(h)) for h in COLUMNS["count"]])
    table = arrow(
        level=pa.array(COLUMNS["kind"]).dictionary_encode(),
        day=pa.array(day),
        stamp=stamp.cast(pa.timestamp("s", tz="Europe/Paris")),
        gap=pa.array([None if v > 1 else v for v in SIZE]),
        text=pa.array([None if v == "a" else v for v in COLUMNS["kind"]], pa.large_string()),
        decimal=pa.array(COLUMNS["count"]).cast(pa.decimal128(12, 2)),
        whole=pa.array([None if v == 3 else int(v) for v in COLUMNS["count"]], pa.uint8()),
    ).replace_schema_metadata({"made": "by hand"})
    X_new, _ = resample(sampler, table, TARGET)
    X_new.validate(full=True)
    assert X_new.schema.equals(table.schema, check_metadata=True)
    n_kept = int((~sampler.synthetic_mask_).sum())
    kept = table.take(sampler.sample_indices_[:n_kept])
    assert X_new.slice(0, n_kept).to_pylist() == kept.to_pylist()
    assert set(X_new["level"].to_pylist()) <= {"a", "b", "c"}
    assert min(X_new["day"].to_pylist()) >= min(day)


@every
def test_views_of_strings_come_back(sampler):
    table = pa.table({"size": SIZE, "view": pa.array(COLUMNS["kind"]).cast(pa.string_view())})
    X_new, _ = resample(sampler, table, TARGET)
    assert X_new.schema == table.schema
    n_kept = int((~sampler.synthetic_mask_).sum())
    kept = COLUMNS["kind"][sampler.sample_indices_[:n_kept]]
    assert X_new["view"].to_pylist()[:n_kept] == kept.tolist()


@every
def test_chunks_batches_and_repeated_names(sampler):
    X_new, y_new = resample(sampler, arrow(), TARGET)
    batch = arrow().combine_chunks().to_batches()[0]
    in_chunks = pa.concat_tables([arrow().slice(0, 50), arrow().slice(50)])
    target = pa.chunked_array([TARGET[:70], TARGET[70:]])
    for X, y in ((batch, target), (in_chunks, pa.table({"y": target}))):
        X_other, y_other = resample(sampler, X, y)
        assert (type(X_other), type(y_other)) == (type(X), type(y))
        assert X_other.schema == X_new.schema
        assert pa.table(X_other).to_pylist() == X_new.to_pylist()
        column = y_other["y"] if isinstance(y, pa.Table) else y_other
        assert column.type == pa.float64() and column.to_pylist() == y_new.tolist()
    doubled = pa.Table.from_arrays([pa.array(SIZE), pa.array(-SIZE)], names=["a", "a"])
    X_new, _ = resample(sampler, doubled, TARGET)
    assert X_new.schema.names == ["a", "a"]
    assert np.corrcoef(X_new.column(0).to_numpy(), X_new.column(1).to_numpy())[0, 1] < -0.99


NARWHALS = {
    "pandas": lambda: nw.from_native(frame()),
    "polars": lambda: nw.from_native(pl.DataFrame(COLUMNS)),
    "PyArrow": lambda: nw.from_native(arrow()),
    "stable": lambda: nw_v1.from_native(pl.DataFrame(COLUMNS), eager_only=True),
}


@every
@pytest.mark.parametrize("kind", NARWHALS)
def test_a_frame_of_narwhals_comes_back_as_one_of_the_same_library(sampler, kind):
    X = NARWHALS[kind]()
    y = X["size"].exp() if hasattr(X["size"], "exp") else X["size"] ** 2
    X_new, y_new = resample(sampler, X, y)
    assert (type(X_new), type(y_new)) == (type(X), type(y))
    assert type(X_new.to_native()) is type(X.to_native())
    assert X_new.schema == X.schema
    X_want, y_want = resample(sampler, X.to_native(), y.to_native())
    assert X_new.rows() == nw.from_native(X_want).rows()
    assert y_new.to_list() == nw.from_native(y_want, series_only=True).to_list()


NOT_IN_MEMORY = {
    "dask": (lambda: dask.dataframe.from_pandas(frame()[["size"]], npartitions=2), "compute"),
    "dask column": (lambda: dask.dataframe.from_pandas(frame()["size"], npartitions=2), "compute"),
    "dask array": (lambda: dask.array.from_array(SIZE[:, None]), "compute"),
    "lazy polars": (lambda: pl.DataFrame(COLUMNS).lazy(), "collect"),
    "lazy narwhals": (lambda: nw.from_native(pl.DataFrame(COLUMNS).lazy()), "collect"),
}


@every
@pytest.mark.parametrize("kind", NOT_IN_MEMORY)
@pytest.mark.parametrize("name", ["X", "y"])
def test_what_is_not_in_memory_is_refused_with_what_to_do(sampler, kind, name):
    make, method = NOT_IN_MEMORY[kind]
    data = {"X": frame()[["size"]], "y": TARGET, name: make()}
    for call in (sampler.fit, sampler.fit_resample):
        with pytest.raises(TypeError) as caught:
            call(**data)
        message = str(caught.value)
        assert message.startswith(f"The '{name}' parameter of {type(sampler).__name__} must be ")
        assert f"(such as {name}.{method}() gives). Got a " in message


class Table:
    """A table of a package that nobody knows."""

    shape = (N, 2)

    def __dataframe__(self):
        raise NotImplementedError

    def __array__(self, dtype=None, copy=None):
        return np.ones((N, 2))


class Frame(Table):
    def to_pandas(self):
        return frame()


@every
def test_tables_of_other_packages_are_refused(sampler):
    with pytest.raises(TypeError, match="PyArrow or narwhals. Got a Table of test_foreign_tables"):
        sampler.fit_resample(Table(), TARGET)
    with pytest.raises(TypeError, match="as X.to_pandas.. gives.. Got a Frame of test_foreign"):
        sampler.fit_resample(Frame(), TARGET)


@every
def test_bad_columns_of_pyarrow_are_named(sampler):
    if sampler._reads_features and not isinstance(sampler, WERCS):
        lists = arrow(lists=pa.array([[1]] * N))
        with pytest.raises((ValueError, TypeError), match="lists"):
            sampler.fit_resample(lists, TARGET)
    with pytest.raises(ValueError, match="'X' parameter of .* Got a DoubleArray instead"):
        sampler.fit_resample(pa.array(SIZE), TARGET)
    for bad in (pa.array(COLUMNS["kind"]), pa.array([None, *TARGET[1:]]), arrow()):
        with pytest.raises(ValueError, match=f"'y' parameter of {type(sampler).__name__}"):
            sampler.fit_resample(arrow(), bad)


@every
def test_masked_values_are_refused_wherever_they_are(sampler):
    X, mask = SIZE[:, None].copy(), np.arange(N)[:, None] == 3
    masked = np.ma.array(X, mask=mask)
    y = np.ma.array(TARGET, mask=mask[:, 0])
    for X_bad, y_bad, name in (
        (masked, TARGET, "X"), (list(masked), TARGET, "X"), (X, y, "y"), (X, y[:, None], "y"),
        ([[value[0]] for value in masked], TARGET, "X"), (X, [(v,) for v in y], "y"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=f"'{name}' parameter .* without masked values"):
            sampler.fit_resample(X_bad, y_bad)
    X_new, y_new = resample(sampler, np.ma.array(X), np.ma.array(TARGET))  # nothing is masked
    X_want, y_want = resample(sampler, X, TARGET)
    np.testing.assert_array_equal(X_new, X_want)
    np.testing.assert_array_equal(y_new, y_want)


def test_messages_name_the_estimator_whose_default_a_sampler_is():
    with pytest.warns(UserWarning, match="^ResampledBaggingRegressor got targets from 0 to 199"):
        ResampledBaggingRegressor(n_estimators=2).fit(frame()[["size"]], np.arange(N))
    bagging = ResampledBaggingRegressor(sampler=SmoteR(), n_estimators=2)
    with pytest.warns(UserWarning, match="^SmoteR got targets from 0 to 199"):
        bagging.fit(frame()[["size"]], np.arange(N))
