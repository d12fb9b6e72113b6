"""Bad and extreme input: a right result, or a message that says what to do."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from samplers import ALL, COPIERS, READERS, N, Y, make, numbers, refused
from scipy import sparse

from skdir.relevance import RelevanceFunction

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)
copiers = pytest.mark.parametrize("name", COPIERS)
X = numbers()
GAPS = np.where(X > 8, np.nan, X)


def changed(value):
    """Return objects, one of them changed."""
    out = X.astype(object)
    out[3, 1] = value
    return out


def frame_with(values):
    return pd.DataFrame({"a": Y, ("b", 2): values})


OBJECTS = {
    "text": (changed("a"), "Got the text 'a' in column 1 instead", ValueError),
    "text of a number": (changed("1.5"), "Got the text '1.5' in column 1 instead", ValueError),
    "bytes": (changed(b"a"), "Got the text b'a' in column 1 instead", ValueError),
    "dict": (changed({}), "Got {} (float() argument must be a string or a real", TypeError),
    "complex": (changed(1j), "in column 1 instead", TypeError),
    "beyond float64": (changed(10**400), "Got an integer beyond float64 in column 1", ValueError),
    "array": (changed(np.arange(3)), "Got array([0, 1, 2])", TypeError),
    "list of text": (changed("a").tolist(), "Got the text 'a' in column 1 instead", ValueError),
    "array of text": (X.astype(str), "Got the text '4.73' in column 0 instead", ValueError),
}


@readers
@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_that_are_no_numbers(name, kind):
    values, message, error = OBJECTS[kind]
    accepted = (
        "must be made of numbers and dates, or of levels (name such columns in "
        "'categorical_features')"
    )
    refused(
        lambda: make(name).fit_resample(values, Y),
        "The 'X' parameter",
        accepted,
        message,
        error=error,
    )


COLUMNS = {
    "text": (pd.Series(["a"] * N, dtype="str"), []),
    "text of numbers": (pd.Series(["1.5"] * N, dtype=object), []),
    "category": (pd.Categorical(np.arange(N) % 3), []),
    "Arrow text": (pd.Series(["1.5"] * N, dtype="string[pyarrow]"), None),
    "period": (pd.period_range("2020", periods=N, freq="M"), "auto"),
    "interval": (pd.interval_range(0, N), "auto"),
    "complex": (Y * 1j, "auto"),
    "lists": (pd.Series([[1]] * N), "auto"),
    "named lists": (pd.Series([[1]] * N), [1]),
    "lists of Arrow": (pd.Series([[1]] * N, dtype=pd.ArrowDtype(pa.list_(pa.int64()))), "auto"),
    "named lists of Arrow": (pd.Series([[1]] * N, dtype=pd.ArrowDtype(pa.list_(pa.int64()))), [1]),
    "times of Arrow": (pd.Series([dt.time(1)] * N, dtype="time64[us][pyarrow]"), "auto"),
    "nulls of Arrow": (pd.Series([None] * N, dtype=pd.ArrowDtype(pa.null())), "auto"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_pandas_that_are_neither_numbers_nor_levels(kind):
    values, categorical = COLUMNS[kind]
    sampler = make("SmoteR", categorical_features=categorical)
    refused(
        lambda: sampler.fit_resample(frame_with(values), Y),
        "The 'X' parameter of SmoteR must be made of numbers and dates, or of levels",
        "in column ('b', 2) instead",
    )


@pytest.mark.parametrize(
    ("values", "dtype", "categorical"),
    [
        (["a"] * N, pl.String, None),
        (["a"] * N, pl.Categorical, None),
        (["a"] * N, pl.Enum(["a"]), []),
        ([[1]] * N, None, "auto"),
        ([[1]] * N, None, ["b"]),
        ([{"x": 1}] * N, None, "auto"),
        ([{"x": 1}] * N, None, ["b"]),
        ([None] * N, pl.Null, "auto"),
        ([b"a"] * N, pl.Binary, "auto"),
        ([[1]] * N, pl.Object, "auto"),
        ([1] * N, pl.Object, []),
    ],
)
def test_columns_of_polars_that_are_neither_numbers_nor_levels(values, dtype, categorical):
    frame = pl.DataFrame({"a": Y, "b": pl.Series(values, dtype=dtype)})
    sampler = make("SmoteR", categorical_features=categorical)
    refused(
        lambda: sampler.fit_resample(frame, Y),
        "The 'X' parameter of SmoteR must be made of numbers and dates, or of levels",
        "in column 'b' instead",
    )


@pytest.mark.parametrize("dtype", [pl.Binary, pl.Null, pl.Float64, pl.Date, pl.Decimal(9, 2)])
def test_most_types_of_polars_may_be_named_as_levels(dtype):
    values = [b"a", b"b"] if dtype == pl.Binary else [1, 2]
    column = pl.Series([None] * N if dtype == pl.Null else values * (N // 2))
    frame = pl.DataFrame({"a": Y, "b": column if dtype == pl.Binary else column.cast(dtype)})
    X_new, _ = make("SmoteR", categorical_features=["b"]).fit_resample(frame, Y)
    assert X_new.schema == frame.schema and set(X_new["b"]) <= set(frame["b"])


CONTAINERS = {
    "nothing": (None, "must be an array, a sparse container, a list of rows", TypeError),
    "a number": (3, "Got a int instead", TypeError),
    "a dict": ({"a": Y}, "Got a dict instead", TypeError),
    "a string": ("abc", "Got a str instead", TypeError),
    "a lazy frame": (
        pl.DataFrame(X).lazy(),
        "(such as X.collect() gives). Got a LazyFrame",
        TypeError,
    ),
    "a mask": (np.ma.array(X, mask=X > 9), "an array without masked values", ValueError),
    "1-d": (Y, "Expected 2D array, got 1D array", ValueError),
    "a Series": (pd.Series(Y), "Expected a 2-dimensional container", ValueError),
    "3-d": (X[:, :, None], "Found array with dim 3", ValueError),
    "no rows": (X[:0], "0 sample(s)", ValueError),
    "no columns": (X[:, :0], "0 feature(s)", ValueError),
    "no rows in pandas": (pd.DataFrame(X[:0]), "0 sample(s) (shape=(0, 3))", ValueError),
    "no columns in pandas": (pd.DataFrame(index=range(N)), "0 feature(s)", ValueError),
    "no rows in polars": (pl.DataFrame(X[:0]), "0 sample(s)", ValueError),
    "no rows, sparse": (sparse.csr_array((0, 3)), "0 sample(s)", ValueError),
    "no list": ([], "Expected 2D array, got 1D array", ValueError),
    "empty lists": ([[]] * N, "0 feature(s)", ValueError),
    "ragged lists": ([[1, 2], [1]] * (N // 2), "Got rows of different lengths", ValueError),
    "complex": (X * 1j, "Complex data not supported", ValueError),
    "complex, sparse": (sparse.csr_array(X * 1j), "Complex data not supported", ValueError),
    "too short": (X[:5], "inconsistent numbers of samples: [5, 40]", ValueError),
    "too short, pandas": (pd.DataFrame(X[:5]), "numbers of samples: [5, 40]", ValueError),
    "too short, polars": (pl.DataFrame(X[:5]), "numbers of samples: [5, 40]", ValueError),
    "too short, sparse": (sparse.csr_array(X[:5]), "samples: [5, 40]", ValueError),
    "too short, list": (X[:5].tolist(), "numbers of samples: [5, 40]", ValueError),
}


@pytest.mark.parametrize("name", ["SmoteR", "RandomOverSampler", "WERCS with noise"])
@pytest.mark.parametrize("kind", CONTAINERS)
def test_containers_that_are_no_table(name, kind):
    values, message, error = CONTAINERS[kind]
    sampler = make(name)
    refused(lambda: sampler.fit_resample(values, Y), message, error=error)
    refused(lambda: sampler.fit(values, Y), message, error=error)


def test_the_features_of_a_mask_without_masked_values_are_an_array():
    expected, _ = make("SmoteR").fit_resample(X, Y)
    np.testing.assert_array_equal(make("SmoteR").fit_resample(np.ma.array(X), Y)[0], expected)


@readers
def test_dates_come_in_a_frame(name):
    refused(
        lambda: make(name).fit_resample(X.astype("M8[s]"), Y),
        "numbers or levels (a DataFrame may hold dates). Got type datetime64[s]",
    )


@readers
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_refused_where_it_is_read(name, value):
    infinite = X.copy()
    infinite[7, 2] = value
    names = ["a", "b", "c"]
    for container, column in [
        (infinite, "2"),
        (infinite.astype(np.float32), "2"),
        (infinite.astype(object), "2"),
        (pd.DataFrame(infinite, columns=names), "'c'"),
        (pl.DataFrame(infinite, schema=names), "'c'"),
    ]:
        refused(
            lambda table=container: make(name).fit_resample(table, Y),
            "must be free of infinity (missing values are allowed). Got infinity in column "
            f"{column} instead",
        )
    for value_in_sparse in (value, np.nan):
        container = sparse.csr_array(np.where(np.isinf(infinite), value_in_sparse, infinite))
        refused(
            lambda table=container: make(name).fit_resample(table, Y),
            "finite where it is sparse (only a dense X may have missing values)",
        )


@copiers
def test_copies_of_rows_hold_anything(name):
    for value in ["a", {}, 1j, np.inf, np.arange(3), None]:
        sampler = make(name)
        X_new, _ = sampler.fit_resample(changed(value), Y)
        rows = changed(value)[sampler.sample_indices_]
        assert all(a is b or a == b for a, b in zip(X_new[:, 0], rows[:, 0]))
    for table in [np.where(X > 9, np.inf, X), X.astype("M8[s]"), sparse.csr_array(GAPS)]:
        assert make(name).fit_resample(table, Y)[0].dtype == table.dtype
    assert isinstance(make(name).fit_resample(frame_with([[1]] * N), Y)[0], pd.DataFrame)


TARGETS = {
    "None": (None, "requires y to be passed, but the target y is None"),
    "NaN": (np.where(Y == 3, np.nan, Y), "finite (drop or impute them first). Got 1 NaN and 0"),
    "infinity": (np.where(Y == 3, np.inf, Y), "Got 0 NaN and 1 infinity"),
    "text": (Y.astype(str), "an array of real numbers"),
    "list of text": (["a"] * N, "an array of real numbers"),
    "complex": (Y * 1j, "an array of real numbers. Got dtype complex128"),
    "two columns": (np.c_[Y, Y], "a 1-d array of numbers. Got an array of shape (40, 2)"),
    "three dimensions": (Y[:, None, None], "Got an array of shape (40, 1, 1)"),
    "a number": (3.0, "a 1-d array of numbers"),
    "a dict": ({}, "a 1-d array of numbers. Got a dict instead"),
    "a set": (set(Y), "a 1-d array of numbers. Got a set instead"),
    "views of a dict": (dict(enumerate(Y)).values(), "Got a dict_values instead"),
    "ragged": ([[1], [1, 2]] * (N // 2), "Got a ragged sequence"),
    "sparse": (sparse.csr_array(Y[:, None]), "Got a sparse container"),
    "masked": (
        np.ma.array(Y, mask=Y > 9),
        "an array without masked values (drop their rows, or fill them)",
    ),
    "none": ([], "an array of at least 2 targets. Got 0 samples"),
    "one": ([1.0], "an array of at least 2 targets. Got 1 samples"),
    "too few": (Y[:5], "inconsistent numbers of samples: [40, 5]"),
    "dates": (pd.Series(pd.date_range("2020", periods=N)), "an array of real numbers. Got dtype"),
    "levels": (pd.Series(pd.Categorical(Y)), "an array of real numbers. Got type category"),
    "NA": (pd.Series(Y, dtype="Int64").mask(Y == 3), "Got 1 NaN and 0 infinity"),
    "Arrow NA": (pd.Series(Y).astype("int8[pyarrow]").mask(Y == 3), "Got 1 NaN and 0 infinity"),
    "object None": (pd.Series([None, *Y[1:]], dtype=object), "Got 1 NaN and 0 infinity"),
    "two columns of pandas": (pd.DataFrame(np.c_[Y, Y]), "one column. Got 2 columns"),
    "no column": (pd.DataFrame(index=range(N)), "one column. Got 0 columns"),
    "two columns of polars": (pl.DataFrame(np.c_[Y, Y]), "one column. Got 2 columns"),
    "null": (pl.Series([None, *Y[1:]]), "Got 1 NaN and 0 infinity"),
    "text of polars": (pl.Series(["a"] * N), "an array of real numbers"),
    "levels of polars": (pl.Series(["a"] * N, dtype=pl.Categorical), "an array of real numbers"),
    "beyond float64": (np.where(Y > 20, 1.7e308, -1.7e308), "of a range that float64 can hold"),
}


@every
@pytest.mark.parametrize("kind", TARGETS)
def test_targets_that_are_none(name, kind):
    values, message = TARGETS[kind]
    parameter = [] if kind in ("None", "too few") else ["The 'y' parameter of"]
    refused(lambda: make(name).fit_resample(X, values), message, *parameter)


@every
def test_no_rare_rows_and_only_rare_rows(name):
    if "WERCS" in name:
        refused(
            lambda: make(name, relevance=np.zeros(N)).fit_resample(X, Y),
            "'relevance' parameter of WERCS must be positive for some rows",
        )
        refused(
            lambda: make(name, relevance=np.ones(N)).fit_resample(X, Y),
            "'under' parameter of WERCS must be at most 0/40",
        )
        return
    for value, what in [(0, "normal"), (1, "rare")]:
        refused(
            lambda value=value: make(name, relevance=np.full(N, value)).fit_resample(X, Y),
            "'threshold' parameter of",
            f"all 40 targets are {what}",
        )


@every
def test_a_constant_target_is_refused_by_the_name_of_the_sampler(name):
    refused(
        lambda: make(name, relevance=None).fit_resample(X, np.zeros(N)),
        f"The 'y' parameter of {ALL[name][0].__name__} must be a target of at least two values",
        "Got the constant 0 instead.",
    )


@every
def test_a_relevance_that_gives_up_says_so(name):
    refused(
        lambda: make(name, relevance=RelevanceFunction(degenerate="raise")).fit_resample(X, Y),
        "The 'y' parameter of RelevanceFunction.fit must be",
        "with no outliers by the box plot",
        "Use degenerate='quantile'",
    )
