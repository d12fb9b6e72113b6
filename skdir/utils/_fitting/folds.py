"""Folds as users give them, validated: numbers, splitters, and iterables of rows or masks."""

import numbers

import numpy as np
from sklearn.model_selection import KFold, check_cv

from skdir.utils._validation import parameter_error


def make_folds(cv, X, y, random_state, *, caller, **params):
    """Return the folds as a list of (training indices, test indices).

    `params` are those of the splitter's `split`, such as groups.
    """
    n = len(y)
    if cv is None or isinstance(cv, (str, bytes, bool)):
        raise parameter_error(
            "cv", caller, "a number of folds, a splitter or an iterable of splits", repr(cv)
        )
    if params and not hasattr(cv, "split"):
        names = " and ".join(params)
        accepted = f"a splitter that takes {names}, such as GroupKFold(), where {names} are given"
        raise parameter_error("cv", caller, accepted, repr(cv))
    if isinstance(cv, numbers.Integral):
        if not 2 <= cv <= n:
            raise parameter_error(
                "cv", caller, f"a number of folds from 2 to the number of rows ({n})", cv
            )
        cv = KFold(int(cv), shuffle=True, random_state=random_state)
    try:
        folds = list(check_cv(cv).split(X, y, **params))
    except TypeError:
        raise parameter_error(
            "cv", caller, "a number of folds, a splitter or an iterable of splits", repr(cv)
        ) from None
    except ValueError as error:  # a splitter with more folds than rows says so itself
        raise parameter_error("cv", caller, "able to split X and y", f"{cv!r} ({error})") from None
    folds = [tuple(_as_indices(part, n, caller) for part in fold) for fold in folds]
    if not folds or any(len(fold) != 2 for fold in folds):
        raise parameter_error(
            "cv", caller, "an iterable of at least one (training, test) pair", repr(cv)
        )
    return folds


def keep_rows(folds, rows):
    """Return folds of some of the rows alone, such as those of positive weight."""
    return [(train[np.isin(train, rows)], test[np.isin(test, rows)]) for train, test in folds]


def _as_indices(part, n, caller):
    """Return the rows of one part of a fold, given as indices or as a mask."""
    part = np.asarray(part)
    if part.dtype == bool and part.shape == (n,):
        part = np.flatnonzero(part)
    if part.ndim != 1 or part.dtype.kind not in "iu" or not len(part):
        raise parameter_error(
            "cv", caller, "an iterable of non-empty index arrays or masks", repr(part)
        )
    if part.min() < -n or part.max() >= n:
        raise parameter_error("cv", caller, f"made of rows below {n}", f"row {part.max()}")
    return np.where(part < 0, part + n, part)
