"""Bad and extreme input: a right result, or a message that says what to do."""

import datetime as dt
import decimal
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from samplers import ALL, COPIERS, READERS, N, Y, high, make, numbers
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor, NearestNeighbors

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, GaussianNoise, SmoteR

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)
copiers = pytest.mark.parametrize("name", COPIERS)
X = numbers()
GAPS = np.where(X > 8, np.nan, X)


def refused(call, *parts, error=ValueError):
    """Check that a call fails with a message that has all parts."""
    with pytest.raises(error) as found:
        call()
    for part in parts:
        assert part in str(found.value)


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
    "decimal": (changed(decimal.Decimal(1)), "Got Decimal('1')", TypeError),
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
    "a lazy frame": (pl.DataFrame(X).lazy(), "(use X.collect()). Got a LazyFrame", TypeError),
    "a mask": (np.ma.array(X, mask=X > 9), "without a mask (use X.filled(np.nan))", ValueError),
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
    "a dict": ({}, "a 1-d array of numbers"),
    "ragged": ([[1], [1, 2]] * (N // 2), "Got a ragged sequence"),
    "sparse": (sparse.csr_array(Y[:, None]), "Got a sparse container"),
    "masked": (np.ma.array(Y, mask=Y > 9), "without a mask. Got a masked array"),
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
def test_the_default_relevance_says_what_to_do_without_outliers(name):
    for y in (Y, np.zeros(N)):
        refused(
            lambda y=y: make(name, relevance=None).fit_resample(X, y),
            "The 'y' parameter of RelevanceFunction.fit must be",
            "method='control_points'",
        )


@pytest.mark.parametrize("name", [k for k in READERS if "WERCS" not in k])
@pytest.mark.parametrize("table", [X, GAPS, sparse.csr_array(X)], ids=["full", "gaps", "sparse"])
def test_one_rare_row_gets_noise_and_a_warning(name, table):
    sampler = make(name, relevance=(Y == 39).astype(float))
    with pytest.warns(UserWarning, match="adds noise of 0.02 .* one row only: 1 ") as caught:
        X_new, y_new = sampler.fit_resample(table, Y)
    assert len(caught) == 1 and caught[0].filename == __file__
    new, lone = sampler.synthetic_mask_, np.argmax(Y)
    assert (sampler.sample_indices_[new] == lone).all() and new.sum() == 19
    X_new, table = (v.toarray() if sparse.issparse(v) else v for v in (X_new, table))
    spread = np.nanstd(table, axis=0, ddof=1)
    moved = (X_new[new] - table[lone])[:, ~np.isnan(table[lone])]
    assert 0 < np.abs(moved).max() < 0.1 * np.nanmax(spread)
    assert np.std(y_new[new]) == pytest.approx(0.02 * np.std(Y, ddof=1), rel=0.6)


@pytest.mark.parametrize("name", ["RandomOverSampler", "WERCS", "WERCS with noise"])
def test_one_rare_row_is_enough_for_the_others(name):
    sampler = make(name, relevance=(Y == 39).astype(float))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.fit_resample(X, Y)
    assert (sampler.sample_indices_[sampler.synthetic_mask_] == np.argmax(Y)).all()


@readers
@pytest.mark.parametrize("n_rare", [2, 3, 5, 6])
def test_fewer_rows_than_neighbors(name, n_rare):
    sampler = make(name, relevance=(N - n_rare <= Y).astype(float))
    X_new, y_new = sampler.fit_resample(X, Y)
    assert np.isfinite(X_new).all() and np.isfinite(y_new).all()
    if name.startswith("SmoteR"):
        new = y_new[sampler.synthetic_mask_]
        assert new.min() >= N - n_rare and new.max() <= N - 1


FLAT = {
    "constant": np.full((N, 2), 3.0),
    "constant float32": np.full((N, 2), 0.1, dtype=np.float32),
    "constant integers": np.full((N, 2), 3),
    "constant, sparse": sparse.csr_array(np.full((N, 2), 3.0)),
    "zeros, sparse": sparse.csc_array((N, 2)),
    "missing": np.full((N, 2), np.nan),
    "one level": pd.DataFrame({"a": ["x"] * N}),
    "no level": pd.DataFrame({"a": pd.Series([None] * N, dtype=object)}),
    "no dates": pd.DataFrame({"a": pd.Series([pd.NaT] * N)}),
    "nothing in polars": pl.DataFrame({"a": [None] * N}, schema={"a": pl.Int64}),
}


@readers
@pytest.mark.parametrize("kind", FLAT)
def test_rows_that_are_all_equal_stay_so(name, kind):
    table = FLAT[kind]
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(table, Y)
    dense = [v.toarray() if sparse.issparse(v) else np.asarray(v) for v in (X_new, table)]
    for row in dense[0]:
        assert all((pd.isna(a) and pd.isna(b)) or a == b for a, b in zip(row, dense[1][0]))
    assert np.isfinite(y_new).all()
    if name.startswith("SmoteR"):  # the mean of the parents
        new = sampler.synthetic_mask_
        other = 2 * y_new[new] - Y[sampler.sample_indices_[new]]
        assert set(other) <= set(range(N - 10, N))


@readers
def test_equal_rows_among_others(name):
    table = np.where((Y >= N - 4)[:, None], 1.0, X)
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(table, Y)
    assert np.isfinite(X_new).all() and np.isfinite(y_new).all()


@readers
def test_a_column_with_one_value_and_one_without(name):
    table = X.copy()
    table[:, 0], table[1:, 1] = np.nan, np.nan
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(table, Y)
    np.testing.assert_array_equal(np.isnan(X_new), np.isnan(table[sampler.sample_indices_]))
    assert np.isfinite(y_new).all() and set(X_new[~np.isnan(X_new[:, 1]), 1]) <= {table[0, 1]}


SCALES = {
    "huge": X * 1e307,
    "huge with gaps": GAPS * 1e307,
    "huge float32": (X * 3e37).astype(np.float32),
    "huge, sparse": sparse.csr_array(X * 1e307),
    "tiny": X * 1e-300,
    "tiny with gaps": GAPS * 1e-300,
    "tiny float32": (X * 1e-34).astype(np.float32),
    "tiny, sparse": sparse.csr_array(X * 1e-300),
    "both": X * [1e300, 1.0, 1e-300],
}


@readers
@pytest.mark.parametrize("kind", SCALES)
def test_units_are_no_matter_up_to_the_ends_of_float(name, kind):
    table = SCALES[kind]
    sampler, plain = make(name), make(name)
    X_new, y_new = sampler.fit_resample(table, Y)
    values = X_new.data if sparse.issparse(X_new) else X_new[~np.isnan(X_new)]
    assert np.isfinite(values).all() and X_new.dtype == table.dtype
    _, expected = plain.fit_resample(GAPS if "gaps" in kind else X, Y)
    np.testing.assert_array_equal(sampler.sample_indices_, plain.sample_indices_)
    np.testing.assert_allclose(y_new, expected, rtol=1e-5)


@readers
@pytest.mark.parametrize(
    "table",
    [X * 1e-310, GAPS * 1e-310, (X * 1e-42).astype(np.float32), sparse.csr_array(X * 1e-310)],
    ids=["float64", "gaps", "float32", "sparse"],
)
def test_ranges_without_a_reciprocal(name, table):
    """A range below the smallest normal number counts as that, so it weighs less."""
    X_new, y_new = make(name).fit_resample(table, Y)
    values = X_new.data if sparse.issparse(X_new) else X_new[~np.isnan(X_new)]
    assert np.isfinite(values).all() and np.isfinite(y_new).all()
    assert not np.isin(values, table.data if sparse.issparse(table) else table).all()


@pytest.mark.parametrize("name", [k for k in READERS if k != "SmoteR by attribute"])
@pytest.mark.parametrize(
    "table",
    [
        np.where(X > 5, 1.7e308, -1.7e308),
        np.where(X > 8, np.nan, np.where(X > 5, 1.7e308, -1.7e308)),
        np.where(X > 5, 3e38, -3e38).astype(np.float32),
        sparse.csr_array(np.where(X > 5, 1.7e308, -1.7e308)),
    ],
    ids=["float64", "gaps", "float32", "sparse"],
)
def test_ranges_beyond_float_are_refused(name, table):
    refused(
        lambda: make(name).fit_resample(table, Y),
        f"of a range that {table.dtype} can hold (divide it by a constant first)",
    )


@readers
@pytest.mark.parametrize("scale", [4e306, 1e-300, 1e-310])
def test_targets_at_the_ends_of_float(name, scale):
    sampler = make(name, relevance=high(Y))
    _, y_new = sampler.fit_resample(X, Y * scale)
    _, expected = make(name, relevance=high(Y)).fit_resample(X, Y)
    np.testing.assert_allclose(y_new / scale, expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["GaussianNoise", "SmoteR"])
def test_a_lone_target_among_huge_ones(name):
    with pytest.warns(UserWarning, match="one row only"):
        _, y_new = make(name, relevance=(Y == 39).astype(float)).fit_resample(X, Y * 4e306)
    assert np.isfinite(y_new).all()


def test_integer_targets_stay_in_the_range_of_their_type():
    y = np.where(Y >= N - 10, 250 + Y % 6, Y).astype(np.uint8)
    sampler = make("GaussianNoise", perturbation=200.0, relevance=(y >= 250).astype(float))
    _, y_new = sampler.fit_resample(X, y)
    assert y_new.dtype == np.uint8 and (y_new == 255).sum() > 2
    assert 0 in y_new[sampler.synthetic_mask_]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({0: -1}, "made of whole numbers of rows from 0 on. Got -1 for bump 0"),
        ({0: 2.5}, "made of whole numbers of rows from 0 on. Got 2.5 for bump 0"),
        ({0: True}, "made of whole numbers of rows from 0 on. Got True for bump 0"),
        ({0: "3"}, "made of whole numbers of rows from 0 on. Got '3' for bump 0"),
        ({5: 3}, "keyed by positions of bumps, 0 to 1 (0: normal, 0 to 29; 1: rare, 30 to 39)"),
        ({"a": 3}, "Got the key 'a'"),
        ({True: 3}, "Got the key True"),
        ({0: 0, 1: 0}, "a plan that leaves rows. Got 0 rows for every bump"),
        (lambda bumps: None, "of SmoteR (its result) must be a dict from bumps 0 to 1 to rows"),
        (lambda bumps: {0: -1}, "of SmoteR (its result) must be made of whole numbers"),
        (lambda bumps: {7: 1}, "of SmoteR (its result) must be keyed by positions"),
        (0.1, "at least the present ratio of rare to normal rows, 10/30 = 0.3333"),
        (0, "must be"),
        (-1.0, "must be"),
        (np.inf, "must be"),
        (np.nan, "must be"),
        (True, "a positive ratio of rare to normal rows"),
        ("often", "'over'"),
        (None, "an instance of 'dict' or a callable. Got None"),
        ([10, 20], "an instance of 'dict' or a callable. Got [10, 20]"),
    ],
)
def test_plans_that_cannot_be(plan, message):
    refused(
        lambda: make("SmoteR", sampling_strategy=plan).fit_resample(X, Y),
        "The 'sampling_strategy' parameter of SmoteR",
        message,
    )


def test_an_error_of_a_callable_is_its_own():
    refused(
        lambda: make("SmoteR", sampling_strategy=lambda bumps: 1 / 0).fit_resample(X, Y),
        error=ZeroDivisionError,
    )


@pytest.mark.parametrize(
    ("name", "plan", "message"),
    [
        ("RandomOverSampler", {0: 5}, "at least the rows that a bump has, since this sampler adds"),
        ("RandomUnderSampler", {0: 99}, "at most the rows that a bump has, since this sampler rem"),
        ("RandomOverSampler", "under", "one of 'balance', 'extreme', 'over', since"),
        ("RandomUnderSampler", "over", "one of 'balance', 'extreme', 'under', since"),
    ],
)
def test_plans_that_a_sampler_cannot_follow(name, plan, message):
    refused(lambda: make(name, sampling_strategy=plan).fit_resample(X, Y), message)


@pytest.mark.parametrize(
    ("relevance", "message", "error"),
    [
        (np.ones(3), "of shape (40,), one value for each target. Got (3,)", ValueError),
        (np.full(N, 2.0), "in [0, 1]. Got values from 2 to 2", ValueError),
        (np.full(N, -1.0), "in [0, 1]. Got values from -1 to -1", ValueError),
        (np.where(Y > 30, np.nan, 0), "Got 9 NaN", ValueError),
        (np.ones((N, 2)), "a 1-d array", ValueError),
        (["a"] * N, "an array of real numbers", ValueError),
        (lambda y: y, "in [0, 1]. Got values from 0 to 39", ValueError),
        (lambda y: None, "a 1-d array of numbers", ValueError),
        (lambda y: [1], "Got (1,)", ValueError),
        (np.arange(N) % 2, "the same for rows with equal targets", ValueError),
        ("a", "must be", ValueError),
        (3, "must be", ValueError),
        (Ridge(), "must be", ValueError),
        (RelevanceFunction, "a RelevanceFunction, a function of the target or an array", TypeError),
    ],
)
def test_relevances_that_cannot_be(relevance, message, error):
    y = Y // 4 if "equal" in message else Y
    refused(
        lambda: make("SmoteR", relevance=relevance).fit_resample(X, y),
        "The 'relevance' parameter of SmoteR",
        message,
        error=error,
    )


@pytest.mark.parametrize(
    ("bins", "message"),
    [
        (1, "must be"),
        (2.5, "must be"),
        ("many", "must be"),
        (True, "must be"),
        ([0, 1], "edges that cover all targets of y (0 to 39)"),
        ([39, 0], "unsorted edges"),
        ([0, 20, 20, 39], "repeated edges"),
        ([], "0 edges"),
        ([0, 100], "bins of which at least two hold targets"),
    ],
)
def test_bins_that_cannot_be(bins, message):
    refused(
        lambda: SmoteR(bins=bins).fit_resample(X, Y),
        "The 'bins' parameter of SmoteR must be",
        message,
    )


def test_bins_and_relevance_exclude_each_other():
    refused(
        lambda: make("SmoteR", bins=5).fit_resample(X, Y),
        "The 'relevance' parameter of SmoteR must be None where 'bins' are given",
    )


class NoEstimator:
    def kneighbors(self, X):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("k_neighbors", "message"),
    [
        (0, "must be an int in the range [1, inf)"),
        (2.5, "must be an int in the range [1, inf)"),
        ("a", "must be an int in the range [1, inf)"),
        (NearestNeighbors(n_neighbors=1), "a search that finds at least 2 rows for each"),
        (NearestNeighbors, "a number or an estimator. Got <class"),
        (NoEstimator(), "a number or an estimator. Got <"),
        (KNeighborsRegressor(), "an estimator that searches neighbours of X alone"),
    ],
)
@pytest.mark.parametrize("kind", [SmoteR, SMOGN])
def test_searches_that_cannot_be(kind, k_neighbors, message):
    refused(
        lambda: kind(k_neighbors=k_neighbors, relevance=high).fit_resample(X, Y),
        f"The 'k_neighbors' parameter of {kind.__name__} must be",
        message,
    )


def test_a_search_of_ones_own_and_missing_values():
    refused(
        lambda: make("SmoteR", k_neighbors=NearestNeighbors()).fit_resample(GAPS, Y),
        "must be a number where X has missing values",
    )


@pytest.mark.parametrize(
    ("sampler", "parameter"),
    [
        (GaussianNoise(perturbation=-1), "perturbation"),
        (GaussianNoise(perturbation=np.inf), "perturbation"),
        (SMOGN(perturbation=np.nan), "perturbation"),
        (SMOGN(safe_distance="far"), "safe_distance"),
        (SmoteR(interpolation="column"), "interpolation"),
        (SmoteR(threshold=0), "threshold"),
        (SmoteR(threshold=1.5), "threshold"),
        (SmoteR(n_jobs=1.5), "n_jobs"),
        (SmoteR(random_state="a"), "random_state"),
        (SmoteR(random_state=-1), "random_state"),
        (WERCS(over=-1), "over"),
        (WERCS(over=np.inf), "over"),
        (WERCS(under=1.0), "under"),
        (WERCS(noise=2), "noise"),
        (WERCS(relevance=high, under=0.9), "under"),
    ],
    ids=lambda part: str(part).split(" at 0x")[0],
)
def test_other_parameters(sampler, parameter):
    message = f"The '{parameter}' parameter of {type(sampler).__name__} must be"
    for method in (sampler.fit, sampler.fit_resample):
        refused(lambda method=method: method(X, Y), message)
