"""Searches for neighbours by scikit-learn: which algorithm, and those that users bring."""

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import KDTree

from skdir.utils._validation import parameter_error

# Beyond this many columns scikit-learn takes brute force anyway, and below this many rows both
# are fast.
_MAX_TREE_WIDTH = 15
_MIN_ROWS = 2000

_PILOT = 200

# A tree looks at rows one by one, brute force multiplies matrices: about this many times cheaper.
_PRICE = 15


def choose_algorithm(points, k):
    """Return the faster search for the k nearest of each point.

    scikit-learn decides by the number of columns alone, but the work of a tree depends on how many
    directions the points really spread in: with ten independent features it looks at a third of
    17,500 rows, with ten that follow four it looks at a fiftieth. So some of the points are
    searched for, and the distances counted. The choice depends on nothing but the points.

    Parameters
    ----------
    points : ndarray or sparse array of shape (n, p)
        Points to search among and for.

    k : int
        Number of neighbours.

    Returns
    -------
    algorithm : {"auto", "brute", "kd_tree"}
        For scikit-learn's NearestNeighbors.
    """
    if sparse.issparse(points) or len(points) < _MIN_ROWS or points.shape[1] > _MAX_TREE_WIDTH:
        return "auto"
    tree = KDTree(points)
    tree.reset_n_calls()
    tree.query(points[:: max(1, len(points) // _PILOT)][:_PILOT], k, return_distance=False)
    return "brute" if tree.get_n_calls() * _PRICE > _PILOT * len(points) else "kd_tree"


def search_by_estimator(search, points, seeds, caller):
    """Return what a user's search finds for each seed.

    Parameters
    ----------
    search : estimator
        With `fit` and `kneighbors`; it is cloned.

    points : ndarray or sparse array of shape (n, p)
        Points to search among.

    seeds : ndarray of shape (n_seeds,)
        Positions of those to search for.

    caller : str
        For the message.

    Returns
    -------
    found : ndarray of shape (n_seeds, k)
        Positions, the seed itself among them.

    Raises
    ------
    ValueError
        If it is no estimator, or finds fewer than two rows for each seed.
    """
    if isinstance(search, type) or not hasattr(search, "get_params"):
        raise parameter_error("k_neighbors", caller, "a number or an estimator", repr(search))
    search = clone(search)
    wanted = getattr(search, "n_neighbors", None)
    if wanted is not None and wanted > points.shape[0]:
        search.set_params(n_neighbors=points.shape[0])
    try:
        search.fit(points)
        found = np.asarray(search.kneighbors(points[seeds], return_distance=False))
    except TypeError as error:
        raise parameter_error(
            "k_neighbors",
            caller,
            "a number or an estimator that searches neighbours of X alone",
            f"{search!r} ({error})",
        ) from error
    if found.ndim != 2 or found.shape[0] != len(seeds) or found.shape[1] < 2:
        raise parameter_error(
            "k_neighbors",
            caller,
            "a search that finds at least 2 rows for each, itself among them",
            f"{search!r}, which returned an array of shape {found.shape}",
        )
    return found
