"""What is rare in a target by several relevances."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.base import clone

from skdir.inspection._target_report.measures import whole
from skdir.relevance import Bump, RelevanceFunction, check_relevance, find_bumps
from skdir.utils._text.source import NotExpressibleError, to_source

# A relevance that calls fewer rows, or a larger share, rare is no ground for advice.
_LEAST, _MOST = 10, 0.3


def default_relevances():
    """Return the relevances that a report tries, by name."""
    return {
        "box plot": RelevanceFunction(degenerate="raise"),
        "adjusted box plot": RelevanceFunction(boxplot="adjusted", degenerate="raise"),
        "quantiles": RelevanceFunction(method="quantile"),
        "density": RelevanceFunction(method="density", degenerate="raise"),
    }


@dataclass(frozen=True)
class RareRows:
    """What one relevance calls rare, by its name in the report.

    `bumps` are the rare ones; `reason` says why there are none, if the relevance fails on this
    target; `source` is the code that makes the relevance, if it can be written.
    """

    name: str = field(repr=False)
    n_rare: float
    share: float
    bumps: tuple
    reason: str = ""
    source: str = ""

    @property
    def works(self):
        """Whether some rows are rare and some are not."""
        return 0 < self.share < 1

    @property
    def cause(self):
        """The part of the reason that is about the target."""
        return self.reason.partition(" Got ")[2].partition(" instead.")[0] or self.reason


def find_rare(rows, relevances, threshold, *, caller):
    """Return what each relevance calls rare; one that cannot be fitted says why."""
    return tuple(
        _find(rows, name, relevance, threshold, f"{caller} ({name})")
        for name, relevance in relevances.items()
    )


def _find(rows, name, relevance, threshold, caller):
    """Fit one relevance."""
    source = _source(relevance)
    try:
        _, values = check_relevance(
            relevance, rows.y, rows.weight, caller=caller, name="relevances"
        )
        bumps, index = find_bumps(rows.y, values, threshold, caller=caller)
    except ValueError as error:
        return RareRows(name, np.nan, np.nan, (), " ".join(str(error).split()), source)
    mass = np.bincount(index, weights=rows.weight, minlength=len(bumps))
    rare = tuple(Bump(b.low, b.high, True, whole(m)) for b, m in zip(bumps, mass) if b.rare)
    n_rare = sum(bump.n_samples for bump in rare)
    return RareRows(name, n_rare, float(n_rare / rows.size), rare, source=source)


def _source(relevance):
    """Return the code of a relevance, empty if it cannot be written in a line.

    A fold may have no outliers where all rows have: quantiles help out then, with a warning.
    """
    if type(relevance) is not RelevanceFunction or relevance.control_points is not None:
        return ""
    if relevance.method != "quantile":
        relevance = clone(relevance).set_params(degenerate="quantile")
    try:
        return to_source(relevance, set()).replace("'", '"')
    except NotExpressibleError:
        return ""


def basis(rare):
    """Return the relevance that advice is based on, None if none works.

    It is the first that calls ten rows or more, but not over 30 % of them, rare; or else the first
    that works at all.
    """
    works = [found for found in rare if found.works]
    useful = (found for found in works if found.n_rare >= _LEAST and found.share <= _MOST)
    return next(useful, works[0] if works else None)
