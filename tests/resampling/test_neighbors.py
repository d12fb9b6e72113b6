"""Distances and neighbours against naive loops."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.neighbors import KNeighborsTransformer, NearestNeighbors

from skdir.resampling._neighbors import space as _neighbors
from skdir.resampling._neighbors.search import choose_algorithm
from skdir.resampling._neighbors.space import FeatureSpace
from skdir.utils._containers.rows import Rows, SparseRows


def make_rows(n=60, *, missing=0.0, n_levels=(3, 2), dtype=np.float64, seed=0):
    """Return rows of five numeric features, one constant, and some categorical ones."""
    rng = np.random.default_rng(seed)
    numeric = rng.normal(size=(n, 5)) * [1, 100, 1e-3, 1, 0] + [0, 5, 0, -3, 7]
    numeric[rng.random(numeric.shape) < missing] = np.nan
    codes = np.column_stack([rng.integers(k, size=n) for k in n_levels] or [np.empty((n, 0))])
    codes = codes.reshape(n, len(n_levels)).astype(np.intp)
    return Rows(numeric.astype(dtype), codes, np.zeros(5, dtype=bool))


def naive_heom(rows, i, j, widths):
    """Return the distance of two rows, feature by feature."""
    total = 0.0
    for a, b, width in zip(rows.numeric[i], rows.numeric[j], widths):
        if width > 0:
            total += 1.0 if np.isnan(a) or np.isnan(b) else ((a - b) / width) ** 2
    return np.sqrt(total + sum(a != b for a, b in zip(rows.codes[i], rows.codes[j])))


def all_distances(rows):
    n, widths = len(rows), np.nanmax(rows.numeric, axis=0) - np.nanmin(rows.numeric, axis=0)
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            out[i, j] = out[j, i] = naive_heom(rows, i, j, widths)
    return out


CASES = {
    "numeric": {"n_levels": ()},
    "mixed": {},
    "missing": {"missing": 0.2},
    "missing numeric": {"missing": 0.2, "n_levels": ()},
    "float32": {"dtype": np.float32},
    "many levels": {"n_levels": (300, 300, 300), "n": 120},
    "many levels, missing": {"n_levels": (300, 300, 300), "n": 120, "missing": 0.1},
}


@pytest.mark.parametrize("case", CASES)
def test_distances_and_neighbors_are_heom(case):
    rows = make_rows(**CASES[case])
    n = len(rows)
    tolerance = 1e-4 if rows.numeric.dtype == np.float32 else 1e-9
    expected = all_distances(rows)
    space = FeatureSpace(rows)
    assert sparse.issparse(space.points) == case.startswith("many")
    i, j = np.divmod(np.arange(n * n), n)
    got = space.between(rows.take(i), j).reshape(n, n)
    off = ~np.eye(n, dtype=bool)  # a missing value is 1 away from itself
    np.testing.assert_allclose(got[off], expected[off], rtol=tolerance, atol=tolerance)

    seeds = np.arange(0, n, 3)
    found = space.nearest(seeds, 4, None, "test")
    assert found.shape == (len(seeds), 4)
    assert not (found == seeds[:, None]).any()
    np.fill_diagonal(expected, np.inf)
    np.testing.assert_allclose(  # by distance: rows may tie
        np.take_along_axis(expected[seeds], found, axis=1),
        np.sort(expected[seeds], axis=1)[:, :4],
        rtol=1e-6,
        atol=1e-6,
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_safe_distances_are_half_the_median_to_the_others(case, n_jobs, monkeypatch):
    rows = make_rows(**CASES[case])
    monkeypatch.setattr(_neighbors, "_BLOCK", 1000)  # several blocks
    expected = all_distances(rows)
    n = len(rows)
    expected = expected[~np.eye(n, dtype=bool)].reshape(n, n - 1)
    seeds = np.arange(1, n, 2)
    got = FeatureSpace(rows).safe_distances(seeds, np.random.RandomState(0), n_jobs)
    np.testing.assert_allclose(got, np.median(expected, axis=1)[seeds] / 2, rtol=1e-4)


def test_sampled_safe_distances_are_near_the_exact_ones(monkeypatch):
    rows = make_rows(n=6000)
    seeds = np.arange(6000)
    sampled = FeatureSpace(rows).safe_distances(seeds, np.random.RandomState(0))
    monkeypatch.setattr(_neighbors, "EXACT_ROWS", 6000)
    exact = FeatureSpace(rows).safe_distances(seeds, np.random.RandomState(0))
    error = np.abs(sampled / exact - 1)
    assert 1e-4 < np.median(error) < 0.01
    assert np.quantile(error, 0.99) < 0.05


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_sampled_safe_distances_leave_out_the_row_itself(missing, monkeypatch):
    rows = make_rows(n=40, missing=missing)
    monkeypatch.setattr(_neighbors, "EXACT_ROWS", 10)
    monkeypatch.setattr(_neighbors, "SAMPLE_ROWS", 9)
    expected, space = all_distances(rows), FeatureSpace(rows)
    reference = np.sort(np.random.RandomState(5).permutation(40)[:9])
    got = space.safe_distances(np.arange(40), np.random.RandomState(5))
    for i in range(40):
        others = expected[i, reference[reference != i]]
        assert got[i] == pytest.approx(np.median(others) / 2, rel=1e-4)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
def test_sparse_rows_are_as_dense_ones(kind):
    rng = np.random.default_rng(0)
    numeric = rng.normal(size=(80, 6)) * (rng.random((80, 6)) < 0.4) * [1, 10, 1, 1e3, 1, 0]
    codes, whole = np.empty((80, 0), np.intp), np.zeros(6, bool)
    dense = FeatureSpace(Rows(numeric, codes, whole))
    other = FeatureSpace(SparseRows(kind(numeric), codes, whole))
    everyone = np.arange(80)
    np.testing.assert_allclose(other.rows.spread(), dense.rows.spread(), rtol=1e-12)
    np.testing.assert_array_equal(other.rows.scale(), dense.rows.scale())
    np.testing.assert_allclose(
        other.between(other.rows, everyone[::-1]), dense.between(dense.rows, everyone[::-1])
    )
    distance = np.linalg.norm((numeric * dense.scale)[:, None] - numeric * dense.scale, axis=2)
    found = [space.nearest(everyone, 3, None, "test") for space in (dense, other)]
    np.testing.assert_allclose(
        *(np.take_along_axis(distance, nearest, axis=1) for nearest in found), atol=1e-7
    )
    np.testing.assert_allclose(
        *(s.safe_distances(everyone, np.random.RandomState(0)) for s in (dense, other)), rtol=1e-6
    )


def test_duplicated_rows_are_neighbors_but_never_the_row_itself():
    rows = Rows(np.repeat([[0.0], [1.0]], 6, axis=0), np.empty((12, 0), np.intp), np.array([False]))
    found = FeatureSpace(rows).nearest(np.arange(12), 3, None, "test")
    assert not (found == np.arange(12)[:, None]).any()
    assert (rows.numeric[found, 0] == rows.numeric).all()


def test_few_rows_have_all_others_as_neighbors():
    found = FeatureSpace(make_rows(n=3)).nearest(np.array([0, 2]), 5, None, "test")
    assert [sorted(row) for row in found.tolist()] == [[1, 2], [0, 1]]


@pytest.mark.parametrize(
    "search", [NearestNeighbors(n_neighbors=4), KNeighborsTransformer(n_neighbors=4)]
)
def test_a_search_of_the_users_counts_the_row_itself(search):
    rows = make_rows()
    seeds = np.arange(len(rows))
    found = FeatureSpace(rows).nearest(seeds, search, None, "test")
    np.testing.assert_array_equal(found, FeatureSpace(rows).nearest(seeds, 3, None, "test"))
    assert not hasattr(search, "n_samples_fit_")
    few = FeatureSpace(make_rows(n=3)).nearest(np.arange(3), search, None, "test")
    assert few.shape == (3, 2)


def test_a_search_that_finds_nothing_is_refused():
    with pytest.raises(ValueError, match="'k_neighbors' parameter of test must be a search that"):
        FeatureSpace(make_rows()).nearest(
            np.arange(3), NearestNeighbors(n_neighbors=1), None, "test"
        )
    with pytest.raises(ValueError, match="a number where X has missing values"):
        FeatureSpace(make_rows(missing=0.1)).nearest(np.arange(3), NearestNeighbors(), None, "test")


@pytest.mark.parametrize(("independent", "algorithm"), [(3, "kd_tree"), (12, "brute")])
def test_the_search_follows_the_directions_in_which_rows_spread(independent, algorithm):
    rng = np.random.default_rng(0)
    numeric = rng.normal(size=(4000, independent)) @ rng.normal(size=(independent, 12))
    rows = Rows(numeric, np.empty((4000, 0), np.intp), np.zeros(12, bool))
    space = FeatureSpace(rows)
    assert choose_algorithm(space.points, 6) == algorithm
    assert choose_algorithm(space.points[:500], 6) == "auto"
    seeds = np.arange(0, 4000, 7)
    found = space.nearest(seeds, 5, None, "test")
    exact = NearestNeighbors(n_neighbors=6, algorithm="brute").fit(space.points)
    np.testing.assert_array_equal(
        found, exact.kneighbors(space.points[seeds], return_distance=False)[:, 1:]
    )
