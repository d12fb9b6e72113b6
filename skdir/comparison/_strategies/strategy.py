"""What a built-in strategy is: one frozen value, which says all that the others ask of it."""

from collections.abc import Callable
from dataclasses import dataclass

from sklearn.base import BaseEstimator


@dataclass(frozen=True)
class Requirement:
    """What a strategy requires of the regressor: words for the error, and the test."""

    words: str
    is_met: Callable[[BaseEstimator], bool]


@dataclass(frozen=True)
class Strategy:
    """A named way to treat the imbalance, built around the user's regressor.

    Parameters
    ----------
    name : str
        Name in tables and in `strategies`.

    kind : {"model", "weights", "resampling", "mean"}
        What it does about the imbalance, a key of `groups.HEADINGS`.

    description : str
        One sentence for people.

    build : callable
        Makes an unfitted estimator of a regressor, which it clones.

    requires : Requirement, default=None
        What the regressor must be; None is any regressor.

    costly : bool, default=False
        Whether it fits the regressor many times, and is therefore compared only by name.

    prefix : str, default=""
        What goes before the names of the regressor's parameters in `fit`.
    """

    name: str
    kind: str
    description: str
    build: Callable[[BaseEstimator], BaseEstimator]
    requires: Requirement | None = None
    costly: bool = False
    prefix: str = ""
