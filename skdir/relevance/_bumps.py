"""Bumps: maximal runs of rare and of normal targets."""

from dataclasses import dataclass

import numpy as np

from skdir.relevance._values import check_values
from skdir.utils._estimators.relevance import check_threshold, is_rare
from skdir.utils._validation import check_target, parameter_error


@dataclass(frozen=True)
class Bump:
    """A maximal run of rare, or of normal, target values.

    Parameters
    ----------
    low : float
        Smallest target of the bump.

    high : float
        Largest target of the bump.

    rare : bool
        Whether the relevance of its targets reaches the threshold.

    n_samples : int
        Number of targets in it.

    See Also
    --------
    find_bumps : Find the bumps of targets.
    RelevanceFunction.bumps : Find the bumps of targets by their relevance function.

    Examples
    --------
    >>> from skdir.relevance import Bump
    >>> Bump(low=0.0, high=9.5, rare=False, n_samples=120)
    Bump(low=0.0, high=9.5, rare=False, n_samples=120)
    """

    low: float
    high: float
    rare: bool
    n_samples: int


def find_bumps(y, relevance, threshold=0.8, *, caller="skdir"):
    """Split targets into bumps: maximal runs of rare and of normal values.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets, at least one.

    relevance : array-like of shape (n_samples,)
        Their relevance in [0, 1], as :func:`check_relevance` and :func:`relevance_values` return
        it.

    threshold : float, default=0.8
        Relevance from which on a target is rare, in (0, 1].

    caller : str, default="skdir"
        Name of the class or function for the message.

    Returns
    -------
    bumps : list of Bump
        In ascending order of the target. Rare and normal ones alternate; one bump where all
        targets are rare or none is.

    index : ndarray of shape (n_samples,)
        For each row the position of its bump in the list.

    Raises
    ------
    ValueError
        If an argument is invalid, or rows with equal targets are rare and normal, which only
        relevances given row by row can be.

    See Also
    --------
    RelevanceFunction.bumps : Find the bumps of a target by its relevance function.

    Notes
    -----
    The cost is O(n log n).

    Examples
    --------
    >>> from skdir.relevance import find_bumps
    >>> bumps, index = find_bumps([1, 9, 2, 8], [0, 1, 0.5, 0.9], caller="MySampler")
    >>> bumps[1]
    Bump(low=8.0, high=9.0, rare=True, n_samples=2)
    >>> index
    array([0, 1, 0, 1])
    """
    y = check_target(y, caller=caller)
    relevance = check_values(relevance, len(y), caller=caller, name="relevance")
    threshold = check_threshold(threshold, caller=caller)
    order = np.argsort(y, kind="stable")
    sorted_y, rare = y[order], is_rare(relevance[order], threshold)
    changes = rare[1:] != rare[:-1]
    torn = np.flatnonzero(changes & (sorted_y[1:] == sorted_y[:-1]))
    if len(torn):
        raise parameter_error(
            "relevance",
            caller,
            "the same for rows with equal targets",
            f"values on both sides of the threshold {threshold:g} for {sorted_y[torn[0]]:g}",
        )
    index = np.empty(len(y), dtype=np.intp)
    index[order] = np.concatenate([[0], np.cumsum(changes)])
    first = np.concatenate([[0], np.flatnonzero(changes) + 1])
    last = np.append(first[1:], len(y)) - 1
    bumps = [
        Bump(float(sorted_y[i]), float(sorted_y[j]), bool(rare[i]), int(j - i + 1))
        for i, j in zip(first, last)
    ]
    return bumps, index
