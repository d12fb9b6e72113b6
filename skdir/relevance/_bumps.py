"""Bumps: maximal runs of rare and of normal targets."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error


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
    RelevanceFunction.bumps : Find the bumps of a target.

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


def check_threshold(threshold, *, caller):
    """Return the relevance from which on a target is rare, a number in (0, 1]."""
    if not isinstance(threshold, Real) or isinstance(threshold, bool) or not 0 < threshold <= 1:
        raise parameter_error("threshold", caller, "a number in (0, 1]", repr(threshold))
    return float(threshold)


def find_bumps(y, relevance, threshold, *, caller):
    """Split targets into bumps.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Valid targets, at least one.

    relevance : ndarray of shape (n_samples,)
        Their relevance.

    threshold : float
        Relevance from which on a target is rare.

    caller : str
        For the message.

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
        If rows with equal targets are rare and normal, which only relevances given row by row can
        be.

    Notes
    -----
    The cost is O(n log n).
    """
    order = np.argsort(y, kind="stable")
    sorted_y, rare = y[order], relevance[order] >= threshold
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


def check_two_bumps(bumps, relevance, threshold, *, learned, caller):
    """Require rare and normal targets; where a relevance was learned from y, warn instead.

    What a user gives as a function or an array is a mistake if it tells no targets apart. What is
    learned may find nothing to tell apart in some targets, such as in two values, equally often.
    """
    if len(bumps) > 1:
        return
    what = "rare" if bumps[0].rare else "normal"
    found = (
        f"all {bumps[0].n_samples} targets are {what} (relevance {relevance.min():.3g} to "
        f"{relevance.max():.3g})"
    )
    if learned:
        warn_user(
            f"{caller} finds nothing to balance: {found} at the threshold {threshold:g}. The rows "
            "stay as they are, unless 'sampling_strategy' gives their number."
        )
        return
    raise parameter_error(
        "threshold",
        caller,
        "between the smallest and the largest relevance, so that some targets are rare and some "
        "are not",
        f"{threshold:g}, where {found}",
    )
