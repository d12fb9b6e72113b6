"""Distances between the rows of a bump: neighbours, pairs, safe distances."""

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import gen_batches
from sklearn.utils.extmath import row_norms, safe_sparse_dot

from skdir.resampling._neighbors.search import choose_algorithm, search_by_estimator
from skdir.utils._validation import parameter_error

# Up to this many rows, safe distances come from all rows of the bump; above, from a sample.
EXACT_ROWS = 5000
SAMPLE_ROWS = 2000

# More one-hot columns than this are kept sparse.
_DENSE_LEVELS = 256

# Numbers per block of distances (16 MB of float64).
_BLOCK = 1 << 21


class FeatureSpace:
    r"""The rows of a bump with the distance HEOM between them.

    Numeric features are divided by their range in the bump and different levels of a categorical
    feature are 1 apart; the distance is Euclidean over all. A missing numeric value is 1 away from
    any other.

    Parameters
    ----------
    rows : Rows
        Rows of one bump.

    Notes
    -----
    One-hot columns of :math:`1/\sqrt2` make scikit-learn's searches exact for mixed data: two
    levels differ in two columns, :math:`1/2 + 1/2 = 1`. No such embedding exists with missing
    values; there the squared distances of a block are one product of matrices.

    References
    ----------
    Wilson, D. R. and Martinez, T. R. (1997). Improved heterogeneous distance functions. Journal of
    Artificial Intelligence Research 6, 1-34. :doi:`10.1613/jair.346`
    """

    def __init__(self, rows):
        self.rows = rows
        self.scale = rows.scale()
        self.missing = rows.has_missing()
        self.points = self._embed(rows)

    def nearest(self, seeds, k_neighbors, n_jobs, caller):
        """Return the nearest other rows of each seed.

        Parameters
        ----------
        seeds : ndarray of shape (n_seeds,)
            Positions of the seeds.

        k_neighbors : int or estimator
            Number of neighbours, or a search that counts the row itself among its neighbours.

        n_jobs : int or None
            Number of processes or threads of scikit-learn's search.

        caller : str
            For the message.

        Returns
        -------
        neighbors : ndarray of shape (n_seeds, k)
            Positions, nearest first; fewer than asked for if the bump has no more rows.
        """
        k = k_neighbors
        if hasattr(k, "kneighbors"):
            if self.missing:
                raise parameter_error(
                    "k_neighbors", caller, "a number where X has missing values", repr(k)
                )
            return _without_self(search_by_estimator(k, self.points, seeds, caller), seeds)
        k = min(k + 1, len(self.rows))
        if self.missing:
            return _without_self(self._search_missing(seeds, k), seeds)
        search = NearestNeighbors(
            n_neighbors=k, algorithm=choose_algorithm(self.points, k), n_jobs=n_jobs
        ).fit(self.points)
        return _without_self(search.kneighbors(self.points[seeds], return_distance=False), seeds)

    def between(self, rows, others):
        """Return the distance of each of some rows to the row at a position.

        Parameters
        ----------
        rows : Rows
            Any rows of these features.

        others : ndarray of shape (n,)
            Positions in the bump.

        Returns
        -------
        distance : ndarray of shape (n,)
            HEOM distances.
        """
        out = np.empty(len(others))
        for block in gen_batches(len(others), 4096):
            square = self._numeric_between(rows.numeric[block], self.rows.numeric[others[block]])
            square += (rows.codes[block] != self.rows.codes[others[block]]).sum(axis=1)
            out[block] = square
        return np.sqrt(out, out=out)

    def safe_distances(self, seeds, rng, n_jobs=None):
        """Return half of the median distance of each seed to the other rows.

        Parameters
        ----------
        seeds : ndarray of shape (n_seeds,)
            Positions, each once.

        rng : RandomState
            Draws the rows that stand for all in a bump of more than 5,000.

        n_jobs : int or None, default=None
            Number of threads.

        Returns
        -------
        distance : ndarray of shape (n_seeds,)
            Exact in bumps of up to 5,000 rows; above, to the other ones of 2,000 drawn rows.
        """
        n = len(self.rows)
        exact = n <= EXACT_ROWS
        reference = np.arange(n) if exact else np.sort(rng.permutation(n)[:SAMPLE_ROWS])
        # a sample's own error is a thousand times that of float32
        product = self._products(reference, np.float64 if exact else np.float32)

        def median_of(block):
            """Return the median distance of a block of seeds."""
            square = product(seeds[block])
            own = np.searchsorted(reference, seeds[block])
            own[own == len(reference)] = 0
            is_own = reference[own] == seeds[block]
            square[np.flatnonzero(is_own), own[is_own]] = np.inf
            return _row_medians(square, len(reference) - is_own)

        size = max(1, _BLOCK // len(reference))
        medians = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(median_of)(block) for block in gen_batches(len(seeds), size)
        )
        return np.concatenate(medians) / 2

    def _embed(self, rows):
        """Return points whose Euclidean distance is HEOM (without missing values)."""
        if sparse.issparse(rows.numeric):
            return rows.numeric @ sparse.diags_array(self.scale, dtype=rows.numeric.dtype).tocsr()
        varies = self.scale > 0
        numeric = rows.numeric if varies.all() else rows.numeric[:, varies]
        low = np.where(varies, rows.extremes()[0], 0)[varies].astype(numeric.dtype)
        numeric = (numeric - low) * self.scale[varies].astype(numeric.dtype)
        if self.missing:
            np.nan_to_num(numeric, copy=False)
        points = _with_levels(numeric, rows.codes)
        # all features constant: all rows are equal, which a search must be told by a number
        return points if points.shape[1] else np.zeros((len(rows), 1))

    def _numeric_between(self, first, second):
        """Return squared distances over the numeric features, row by row."""
        difference = first - second
        if sparse.issparse(difference):
            difference = difference.tocsr().astype(np.float64)
            difference.data *= self.scale[difference.indices]
            return np.asarray(difference.multiply(difference).sum(axis=1)).ravel()
        difference = difference.astype(np.float64, copy=False)
        difference *= self.scale
        if self.missing:
            difference[np.isnan(difference) & (self.scale > 0)] = 1.0
            np.nan_to_num(difference, copy=False)
        return np.einsum("ij,ij->i", difference, difference)

    def _products(self, reference, dtype):
        """Return a function of positions that gives squared distances to the reference rows."""
        points = self.points.astype(dtype, copy=False)
        to = points[reference].T
        if self.missing:
            return self._products_missing(points, to, reference, dtype)
        squares = row_norms(points, squared=True)
        to_squares = squares[reference]

        def square_of(rows):
            """Return |a|^2 - 2 a b + |b|^2."""
            out = safe_sparse_dot(points[rows], to, dense_output=True)
            out *= -2
            out += squares[rows, None]
            out += to_squares
            return np.maximum(out, 0, out=out)

        return square_of

    def _products_missing(self, points, to, reference, dtype):
        """Return such a function where numeric values are missing.

        With m = 1 where a value is present and a = 0 where it is not, the sum over the numeric
        features is that of a^2 m_b - 2 a b + m_a b^2 where both are present, and of 1 - m_a m_b;
        every categorical feature gives 1 - 2 a b.
        """
        varies = self.scale > 0
        missing = np.isnan(self.rows.numeric[:, varies])
        low = self.rows.extremes()[0][varies]
        square = ((self.rows.numeric[:, varies] - low) * self.scale[varies]) ** 2
        square[missing] = 0
        present = (~missing).astype(dtype)
        square = square.astype(dtype, copy=False)
        left = np.hstack([square, present])
        right = np.hstack([present, square - present])[reference].T
        n_features = varies.sum() + self.rows.codes.shape[1]

        def square_of(rows):
            """Return the squared distances."""
            out = safe_sparse_dot(points[rows], to, dense_output=True)
            out *= -2
            out += left[rows] @ right
            out += n_features
            return np.maximum(out, 0, out=out)

        return square_of

    def _search_missing(self, seeds, k):
        """Return the k nearest rows of each seed, itself among them, with missing values."""
        n = len(self.rows)
        product = self._products(np.arange(n), np.float64)
        found = np.empty((len(seeds), k), dtype=np.intp)
        for block in gen_batches(len(seeds), max(1, _BLOCK // n)):
            square = product(seeds[block])
            square[np.arange(len(square)), seeds[block]] = -1.0  # first, missing values or not
            nearest = np.argpartition(square, k - 1, axis=1)[:, :k]
            order = np.argsort(np.take_along_axis(square, nearest, axis=1), axis=1, kind="stable")
            found[block] = np.take_along_axis(nearest, order, axis=1)
        return found


def _without_self(found, seeds):
    """Drop each seed from its neighbours; the farthest one where it is not among them."""
    own = found == seeds[:, None]
    own[~own.any(axis=1), -1] = True
    # a search that names a row twice would leave rows of different lengths
    own &= np.cumsum(own, axis=1) == 1
    return found[~own].reshape(len(found), found.shape[1] - 1)


def _row_medians(square, count):
    """Return the root of the median of the `count` smallest squares of each row, in place."""
    medians = np.empty(len(square))
    for number in np.unique(count):
        rows = count == number
        part, middle = square if rows.all() else square[rows], number // 2
        part.partition(middle, axis=1)
        high = low = part[:, middle]
        if number % 2 == 0:  # a maximum is cheaper than to partition at two places
            low = part[:, :middle].max(axis=1)
        medians[rows] = np.mean([np.sqrt(m, dtype=np.float64) for m in (low, high)], axis=0)
    return medians


def _with_levels(numeric, codes):
    """Append one-hot columns; levels that no row has get none."""
    columns, start = np.empty_like(codes), 0
    for j in range(codes.shape[1]):
        levels, columns[:, j] = np.unique(codes[:, j], return_inverse=True)
        columns[:, j] += start
        start += len(levels)
    if not codes.shape[1]:
        return numeric
    n, width = columns.shape
    value = np.full(columns.size, np.sqrt(0.5), dtype=numeric.dtype)
    pointer = np.arange(0, columns.size + 1, width)
    hot = sparse.csr_array((value, columns.ravel(), pointer), shape=(n, start))
    if start > _DENSE_LEVELS:
        return sparse.hstack([sparse.csr_array(numeric), hot], format="csr")
    return np.hstack([numeric, hot.toarray()])
