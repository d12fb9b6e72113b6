"""Few rows, equal rows, and numbers at the ends of their type: a right result, or why not."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from samplers import ALL, COPIERS, READERS, N, Y, high, make, numbers, refused
from scipy import sparse

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)
copiers = pytest.mark.parametrize("name", COPIERS)
X = numbers()
GAPS = np.where(X > 8, np.nan, X)


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
    sampler = make(name)
    refused(
        lambda: sampler.fit_resample(table, Y),
        f"The 'X' parameter of {type(sampler).__name__} must be of a range that {table.dtype} can "
        "hold (divide it by a constant first)",
    )


@pytest.mark.parametrize("name", ["GaussianNoise", "SMOGN neighbors", "WERCS with noise"])
@pytest.mark.parametrize("perturbation", [3.0, 1e3, 1e300, 1.7e308])
@pytest.mark.parametrize(
    "table",
    [
        X * 1e306,
        (X * 1e4 - 5e4).astype(np.float16),
        (X * 1e37).astype(np.float32),
        (X * 1e306).astype(object),
        sparse.csr_array(X * 1e306),
        pd.DataFrame((X * 1e37).astype(np.float32)),
        pd.DataFrame((X * 1e4 - 5e4).astype(np.float16)),
        pd.DataFrame((X * 1e37).astype(np.float32)).astype("float[pyarrow]"),
        pl.DataFrame((X * 1e37).astype(np.float32)),
    ],
    ids=["f8", "f2", "f4", "objects", "sparse", "pandas", "pandas f2", "Arrow", "polars"],
)
def test_noise_of_features_stays_finite(name, perturbation, table):
    targets = Y * 4e306
    sampler = make(name, perturbation=perturbation, relevance=high(Y))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X_new, y_new = sampler.fit_resample(table, targets)
    assert type(X_new) is type(table)
    X_new = X_new.toarray() if sparse.issparse(X_new) else np.asarray(X_new, dtype=np.float64)
    assert np.isfinite(X_new).all() and np.isfinite(y_new).all()
    assert sampler.synthetic_mask_.any() and (y_new >= 0).all()


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
    # of a normal law around 253 of deviation 340, mirrored at 0, half is beyond 255
    assert len(set(y_new[y_new < 250])) > 5
