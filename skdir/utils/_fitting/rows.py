"""Entries of rows: which parameters of a fit have one for each row, and those of some rows."""

from collections.abc import Mapping, Set

import numpy as np
from sklearn.utils import indexable

from skdir.utils._sklearn_compat import _safe_indexing


def take_rows(params, rows, n_samples):
    """Return parameters of `fit` for some of the rows.

    Parameters
    ----------
    params : dict
        Parameters of `fit` for all rows. Those with one entry for each row are cut.

    rows : ndarray of int
        Numbers of the rows, which may be repeated.

    n_samples : int
        Number of all rows.

    Returns
    -------
    params : dict
        Parameters of `fit` for these rows.
    """
    return {
        key: take_entries(value, rows) if has_entry_for_each_row(value, n_samples) else value
        for key, value in params.items()
    }


def used_rows(sample_weight, n_samples):
    """Return the numbers of the rows of positive weight, all of them where there are no weights."""
    return np.arange(n_samples) if sample_weight is None else np.flatnonzero(sample_weight > 0)


def take_weight(sample_weight, rows):
    """Return the weights of some rows, None if there are no weights."""
    return None if sample_weight is None else sample_weight[rows]


def take_entries(value, rows):
    """Return entries of any container, in one of its kind."""
    return _safe_indexing(*indexable(value), rows)


def has_entry_for_each_row(value, n_samples):
    """Tell whether a parameter of `fit` has one entry for each row."""
    if getattr(value, "shape", None):
        return value.shape[0] == n_samples
    whole = isinstance(value, (str, bytes, Mapping, Set))
    return hasattr(value, "__len__") and not whole and len(value) == n_samples
