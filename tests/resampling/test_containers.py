"""Arrays, lists and sparse containers: what comes back is of the kind that came in."""

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from samplers import ALL, COPIERS, READERS, N, Y, high, make, numbers, only_adding
from scipy import sparse

from skdir.relevance import RelevanceFunction
from skdir.resampling import SmoteR

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)


def sparse_numbers(kind=sparse.csr_array, dtype=np.float64):
    X = numbers(d=6)
    X[np.random.default_rng(2).random(X.shape) < 0.6] = 0
    X[:, 4] = 0
    return kind((X * (100 if np.dtype(dtype).kind in "iu" else 1)).astype(dtype))


ARRAYS = {
    "float64": numbers(),
    "float32": numbers().astype(np.float32),
    "float16": numbers().astype(np.float16),
    "Fortran order": np.asfortranarray(numbers()),
    "strided": np.repeat(numbers(), 2, axis=1)[:, ::2],
    "int64": (numbers() * 100).astype(np.int64),
    "int16": (numbers() * 100).astype(np.int16),
    "uint8": (numbers() * 100 % 256).astype(np.uint8),
    "bool": numbers() > 5,
    "missing": np.where(numbers() > 8, np.nan, numbers()),
    "one column": numbers(d=1),
}


@every
@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays(name, kind):
    X = ARRAYS[kind].copy(order="K")
    X.flags.writeable = False
    sampler = make(name)
    X_new, y_new = sampler.fit_resample(X, Y)
    kept, seeds = sampler.sample_indices_[~sampler.synthetic_mask_], sampler.sample_indices_
    assert type(X_new) is np.ndarray and X_new.dtype == X.dtype and X_new.flags.writeable
    np.testing.assert_array_equal(X_new[: len(kept)], X[kept])
    np.testing.assert_array_equal(y_new[: len(kept)], Y[kept])
    assert len(X_new) == len(y_new) == len(seeds)
    if name in COPIERS:
        np.testing.assert_array_equal(X_new, X[seeds])
    np.testing.assert_array_equal(np.isnan(X_new), np.isnan(X[seeds]))


@every
@pytest.mark.parametrize("kind", [k for k in ARRAYS if k != "missing"])
def test_a_second_time_and_a_fresh_sampler_give_the_same(name, kind):
    sampler = make(name)
    first, again = (sampler.fit_resample(ARRAYS[kind], Y) for _ in range(2))
    other = make(name).fit_resample(ARRAYS[kind], Y)
    for a, b, c in zip(first, again, other):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


@readers
def test_whole_numbers_are_those_of_floats_rounded(name):
    X = ARRAYS["int16"]
    as_float, _ = make(name).fit_resample(X.astype(np.float64), Y)
    whole, _ = make(name).fit_resample(X, Y)
    np.testing.assert_array_equal(whole, np.rint(as_float))


def test_whole_numbers_stay_in_the_range_of_their_type():
    X = np.column_stack([np.tile([0, 255], N // 2), np.arange(N)]).astype(np.uint8)
    X_new, _ = make("GaussianNoise", perturbation=2.0).fit_resample(X, Y)
    new = X_new[N // 2 :, 0]
    assert (new == 0).sum() > 3 and (new == 255).sum() > 3


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.int8])
def test_noise_beyond_the_largest_integer_gives_the_largest(dtype):
    limits = np.iinfo(dtype)
    X = np.tile(np.array([[limits.min], [limits.max]], dtype=dtype), (N // 2, 1))
    X_new, _ = make("GaussianNoise", perturbation=3.0).fit_resample(X, Y)
    assert X_new.dtype == dtype
    assert (X_new[:, 0] == limits.max).any() and (X_new[:, 0] == limits.min).any()


@readers
def test_booleans_are_levels_unless_told_otherwise(name):
    X = ARRAYS["bool"]
    for categorical in ("auto", None, [0], [True, False, True]):
        X_new, _ = make(name, categorical_features=categorical).fit_resample(X, Y)
        assert X_new.dtype == bool


def test_one_level_everywhere_and_a_level_that_occurs_once():
    X = np.column_stack([np.full(N, 3.0), np.arange(N) == np.argmax(Y), Y > 20]).astype(float)
    for name in READERS:
        X_new, _ = make(name, categorical_features=[0, 1]).fit_resample(X, Y)
        assert set(X_new[:, 0]) == {3.0} and set(X_new[:, 1]) <= {0.0, 1.0}


def objects():
    """Return text, floats, whole numbers, and numbers of which some are missing."""
    X = np.empty((N, 5), dtype=object)
    X[:, 0] = np.array(["a", "b", None, "c"])[np.arange(N) % 4]
    X[:, 1] = numbers(d=1)[:, 0]
    X[:, 2] = (numbers(d=1, seed=3)[:, 0] * 100).astype(int)
    X[:, 3] = np.where(np.arange(N) % 3, X[:, 1], None)
    X[:, 4] = np.where(np.arange(N) % 2, X[:, 1], np.nan)
    return X


@readers
@pytest.mark.parametrize("categorical", [[0], [-5], [True, False, False, False, False]])
def test_objects_with_levels(name, categorical):
    X = objects()
    sampler = make(name, categorical_features=categorical)
    X_new, _ = sampler.fit_resample(X, Y)
    new, old = X_new[sampler.synthetic_mask_], X[sampler.sample_indices_[sampler.synthetic_mask_]]
    kept = sampler.sample_indices_[~sampler.synthetic_mask_]
    assert X_new.dtype == object and len(new)
    pd.testing.assert_frame_equal(pd.DataFrame(X_new[: len(kept)]), pd.DataFrame(X[kept]))
    assert set(new[:, 0]) <= {"a", "b", "c", None}
    assert {type(v) for v in new[:, 1]} == {float}
    assert {type(v) for v in new[:, 2]} == {int}
    for value, seed in zip(new[:, 3], old[:, 3]):
        assert (value is None) == (seed is None)
    assert [v != v for v in new[:, 4]] == [v != v for v in old[:, 4]]


@readers
def test_objects_give_the_numbers_of_floats(name):
    X = numbers()
    expected, y_expected = make(name).fit_resample(X, Y)
    X_new, y_new = make(name).fit_resample(X.astype(object), Y)
    np.testing.assert_array_equal(X_new.astype(float), expected)
    np.testing.assert_array_equal(y_new, y_expected)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_whatever_is_missing_is_one_level(missing):
    X = objects()
    X[X[:, 0] == "a", 0] = missing  # beside None
    expected = objects()
    expected[expected[:, 0] == "a", 0] = None
    one = make("SmoteR", categorical_features=[0]).fit_resample(X, Y)[0]
    other = make("SmoteR", categorical_features=[0]).fit_resample(expected, Y)[0]
    np.testing.assert_array_equal(one[:, 1].astype(float), other[:, 1].astype(float))
    assert [isinstance(v, str) for v in one[:, 0]] == [isinstance(v, str) for v in other[:, 0]]


@pytest.mark.parametrize("dtype", ["U3", "S3"])
def test_an_array_of_text_alone_is_made_of_levels(dtype):
    X = np.array(["abc", "d"])[np.random.default_rng(0).integers(2, size=(N, 2))].astype(dtype)
    for name in READERS:
        X_new, _ = make(name, categorical_features=[0, 1]).fit_resample(X, Y)
        assert X_new.dtype == dtype and set(X_new.ravel()) == set(X.ravel())


@every
def test_lists(name):
    X, y = numbers().tolist(), Y.tolist()
    before = copy.deepcopy((X, y))
    X_new, y_new = make(name).fit_resample(X, y)
    assert (X, y) == before
    assert type(X_new) is type(X_new[0]) is type(y_new) is list and type(y_new[0]) is float
    expected, y_expected = make(name).fit_resample(numbers(), Y)
    np.testing.assert_array_equal(X_new, expected)
    np.testing.assert_array_equal(y_new, y_expected)


@every
def test_lists_with_text(name):
    """Numpy alone would make text of all numbers in such a list."""
    X = [[int(y), text, number] for y, text, number in zip(Y, "ab" * N, (Y / 7).tolist())]
    sampler = make(name)
    if name in READERS:
        sampler.set_params(categorical_features=[1])
    X_new, _ = sampler.fit_resample(X, Y.astype(int).tolist())
    assert {tuple(map(type, row)) for row in X_new} == {(int, str, float)}
    kept = sampler.sample_indices_[~sampler.synthetic_mask_]
    assert X_new[: len(kept)] == [X[i] for i in kept]


def test_tuples_and_generators_of_rows_are_lists():
    expected = make("SmoteR").fit_resample(numbers().tolist(), Y)[0]
    assert make("SmoteR").fit_resample(tuple(map(tuple, numbers())), Y)[0] == expected
    assert make("SmoteR").fit_resample(iter(numbers().tolist()), Y)[0] == expected


SPARSE = [sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix]


@every
@pytest.mark.parametrize("kind", SPARSE)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.bool_])
def test_sparse(name, kind, dtype):
    X = sparse_numbers(kind, dtype)
    X.data.flags.writeable = X.indices.flags.writeable = X.indptr.flags.writeable = False
    before = X.toarray()
    sampler = make(name)
    X_new, _ = sampler.fit_resample(X, Y)
    kept = sampler.sample_indices_[~sampler.synthetic_mask_]
    assert type(X_new) is kind and X_new.dtype == dtype
    np.testing.assert_array_equal(X.toarray(), before)
    dense = X_new.toarray()
    np.testing.assert_array_equal(dense[: len(kept)], before[kept])
    assert not dense[:, 4].any()


@pytest.mark.parametrize("name", ["GaussianNoise", "WERCS with noise"])
def test_noise_keeps_zeros_of_a_sparse_container(name):
    X = sparse_numbers()
    sampler = make(name)
    X_new, _ = sampler.fit_resample(X, Y)
    zero = X.toarray()[sampler.sample_indices_] == 0
    np.testing.assert_array_equal(X_new.toarray() == 0, zero)


def test_a_sparse_container_is_not_put_in_order():
    X = sparse_numbers()
    rows = [slice(a, b) for a, b in zip(X.indptr, X.indptr[1:])]
    data = np.concatenate([X.data[row][::-1] for row in rows])
    indices = np.concatenate([X.indices[row][::-1] for row in rows])
    unsorted = sparse.csr_array((data, indices, X.indptr), shape=X.shape)
    for name in ALL:
        expected = make(name).fit_resample(X, Y)[0].toarray()
        got = make(name).fit_resample(unsorted, Y)[0].toarray()
        if name not in ("GaussianNoise", "WERCS with noise", "SMOGN", "SMOGN neighbors"):
            np.testing.assert_allclose(got, expected, rtol=1e-12)
        np.testing.assert_array_equal(unsorted.indices, indices)
        np.testing.assert_array_equal(unsorted.data, data)


def test_other_sparse_formats_become_csr():
    X_new, _ = make("SmoteR").fit_resample(sparse_numbers(sparse.coo_array), Y)
    assert X_new.format == "csr"


@readers
@pytest.mark.parametrize(
    "container",
    [
        pd.DataFrame,
        lambda X: pd.DataFrame(X).convert_dtypes(),
        lambda X: pl.DataFrame(X, schema=list("abc")),
        sparse.csr_array,
        sparse.csc_matrix,
        np.asfortranarray,
        np.ndarray.tolist,
    ],
    ids=["pandas", "nullable", "polars", "csr", "csc", "Fortran", "list"],
)
def test_the_same_data_give_the_same_numbers_in_any_container(name, container):
    sampler, other = make(name), make(name)
    expected, y_expected = sampler.fit_resample(numbers(), Y)
    X_new, y_new = other.fit_resample(container(numbers()), Y)
    X_new = X_new.toarray() if sparse.issparse(X_new) else np.asarray(X_new, dtype=float)
    np.testing.assert_array_equal(other.sample_indices_, sampler.sample_indices_)
    np.testing.assert_allclose(X_new, expected, rtol=1e-12)
    np.testing.assert_allclose(y_new, y_expected, rtol=1e-12)


@readers
def test_levels_give_the_same_numbers_in_any_container(name):
    """Ties between neighbours fall in the same way, whatever the order of the levels is."""
    rng = np.random.default_rng(5)
    level = np.array(["q", "b", "z", "m"])[rng.integers(4, size=N)]
    number, flag = rng.integers(3, size=N).astype(float), rng.integers(2, size=N).astype(bool)
    frame = {"number": number, "level": level, "flag": flag}
    as_objects = np.column_stack([number.astype(object), level, flag])
    ordered = pd.Categorical(level, categories=["z", "m", "q", "never", "b"], ordered=True)
    samples = [
        (pd.DataFrame(frame), "auto"),
        (pd.DataFrame({**frame, "level": ordered}), "auto"),
        (pl.DataFrame(frame), "auto"),
        (pl.DataFrame(frame, schema_overrides={"level": pl.Enum(list("zmqnb"))}), "auto"),
        (as_objects, [1, 2]),
        (as_objects.tolist(), [1, 2]),
    ]
    results = [
        make(name, categorical_features=categorical).fit_resample(X, Y)
        for X, categorical in samples
    ]
    first = np.asarray(results[0][0], dtype=object)
    for X_new, y_new in results[1:]:
        if isinstance(X_new, pl.DataFrame):
            X_new = X_new.rows()
        assert [list(row) for row in np.asarray(X_new, dtype=object)] == first.tolist()
        np.testing.assert_array_equal(y_new, results[0][1])


@pytest.mark.parametrize("name", sorted(set(ALL) - {"RandomUnderSampler"}))
def test_nothing_is_lost_where_a_plan_only_adds(name):
    sampler = only_adding(name)
    X_new, y_new = sampler.fit_resample(numbers(), Y)
    np.testing.assert_array_equal(X_new[:N], numbers())
    np.testing.assert_array_equal(y_new[:N], Y)
    assert sampler.synthetic_mask_.tolist() == [False] * N + [True] * (len(y_new) - N)


@readers
@pytest.mark.parametrize("container", [np.array, objects, sparse.csc_array, list])
def test_a_plan_that_only_removes(name, container):
    params = {"over": 0.0} if name.startswith("WERCS") else {"sampling_strategy": "under"}
    if container is objects:
        X, params["categorical_features"] = objects(), [0]
    else:
        X = container(numbers().tolist() if container is list else numbers())
    sampler = make(name, **params)
    X_new, y_new = sampler.fit_resample(X, Y)
    rows = sampler.sample_indices_
    assert type(X_new) is type(X) and 0 < len(rows) < N and (np.diff(rows) > 0).all()
    if container is sparse.csc_array:
        X, X_new = X.toarray(), X_new.toarray()
    expected = [X[row] for row in rows] if container is list else X[rows]
    pd.testing.assert_frame_equal(pd.DataFrame(X_new), pd.DataFrame(expected))
    np.testing.assert_array_equal(y_new, Y[rows])


TARGETS = {
    "float64": Y,
    "float32": Y.astype(np.float32),
    "int32": Y.astype(np.int32),
    "uint8": Y.astype(np.uint8),
    "int64 column": Y.astype(np.int64)[:, None],
    "objects": Y.astype(object),
    "whole objects": Y.astype(int).astype(object),
}


@every
@pytest.mark.parametrize("kind", TARGETS)
def test_targets_in_arrays(name, kind):
    y = TARGETS[kind].copy()
    y.flags.writeable = False
    sampler = make(name)
    _, y_new = sampler.fit_resample(numbers(), y)
    assert type(y_new) is np.ndarray and y_new.dtype == y.dtype and y_new.shape[1:] == y.shape[1:]
    expected = make(name).fit_resample(numbers(), Y)[1]
    if kind not in ("float64", "float32", "objects"):
        expected = np.rint(expected)
    np.testing.assert_allclose(y_new.ravel().astype(float), expected, rtol=1e-6)
    if kind == "whole objects":
        assert {type(value) for value in y_new} == {int}


@every
def test_targets_in_lists(name):
    _, whole = make(name).fit_resample(numbers(), Y.astype(int).tolist())
    assert type(whole) is list and {type(value) for value in whole} == {int}
    _, nested = make(name).fit_resample(numbers(), [[value] for value in Y.tolist()])
    assert type(nested) is type(nested[0]) is list and len(nested[0]) == 1


@every
@pytest.mark.parametrize("kind", [Decimal, Fraction, bool])
@pytest.mark.parametrize("container", [list, np.array, pd.Series])
def test_objects_come_back_as_the_kind_they_are(name, kind, container):
    values = high(Y) > 0 if kind is bool else Y / 4
    given = [kind(value) for value in values.tolist()]
    given = given if container is list else container(given, dtype=object)
    X = np.column_stack([numbers(d=1).astype(object), np.array(given, dtype=object)])
    sampler = make(name, relevance=high(Y))
    X_new, y_new = sampler.fit_resample(X, given)
    assert type(y_new) is type(given)
    assert {type(value) for value in y_new} == {kind}
    assert {type(value) for value in X_new[:, 1]} == {kind}


@every
@pytest.mark.parametrize("container", [list, np.array, pd.Series, pl.Series])
def test_boolean_targets(name, container):
    y = container(Y >= N - 10)
    sampler = make(name, relevance=np.asarray(y, dtype=float))
    _, y_new = sampler.fit_resample(numbers(), y)
    assert type(y_new) is type(y)
    np.testing.assert_array_equal(y_new, np.asarray(y)[sampler.sample_indices_])


def test_the_parameters_stay_as_they_were():
    relevance, array = RelevanceFunction(method="quantile"), high(Y)
    array.flags.writeable = False
    sampler = SmoteR(relevance=relevance, random_state=0)
    sampler.fit_resample(numbers(), Y)
    assert sampler.relevance is relevance and not hasattr(relevance, "control_points_")
    plan, categorical = {0: 20, 1: 20}, [0]
    params = {"relevance": array, "sampling_strategy": plan, "categorical_features": categorical}
    sampler = SmoteR(**params)
    sampler.fit_resample(numbers(), Y)
    assert all(sampler.get_params()[key] is value for key, value in params.items())
    assert (plan, categorical) == ({0: 20, 1: 20}, [0])


def test_a_fitted_sampler_can_be_pickled():
    sampler = SmoteR(relevance=RelevanceFunction(method="quantile"), random_state=0)
    expected, _ = sampler.fit_resample(numbers(), Y)
    again = pickle.loads(pickle.dumps(sampler))
    np.testing.assert_array_equal(again.sample_indices_, sampler.sample_indices_)
    np.testing.assert_array_equal(again.fit_resample(numbers(), Y)[0], expected)


def test_a_second_fit_forgets_names():
    sampler = make("SmoteR")
    sampler.fit_resample(pd.DataFrame(numbers(), columns=["a", "b", "c"]), Y)
    assert sampler.feature_names_in_.tolist() == ["a", "b", "c"] and sampler.n_features_in_ == 3
    sampler.fit_resample(numbers(d=2), Y)
    assert not hasattr(sampler, "feature_names_in_") and sampler.n_features_in_ == 2
