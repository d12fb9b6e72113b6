"""The summary of a target: what a report measures. All that it shows is a function of this."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skdir.inspection._target_report.measures import (
    Distribution,
    Imbalance,
    count_bins,
    describe,
    measure_imbalance,
)
from skdir.inspection._target_report.rare import basis, find_rare
from skdir.utils._estimators.frozen import FrozenArrays
from skdir.utils._targets.order_statistics import SortedTargets
from skdir.utils._targets.ranges import check_range

# A value is a spike if it holds this share of the rows, and this many times as many as the values
# next to it; the largest or smallest value needs less to be suspected of being a limit.
_SPIKE, _LIMIT, _TIMES = 0.05, 0.01, 5
# Whole numbers over a longer range are as good as continuous.
_WHOLE_RANGE = 1000
SKEWED = 1.0


class Spike(NamedTuple):
    """A value that stands out, and how many rows have it."""

    value: float
    n_rows: float


@dataclass(frozen=True, eq=False)
class TargetSummary(FrozenArrays):
    """What is known of a target and of its rows; arrays are copies that cannot be written to.

    Parameters
    ----------
    target_name : str
        Name of the target.

    threshold : float
        Relevance from which on a target is rare.

    weighted : bool
        Whether the user gave weights.

    y, weight : ndarray of shape (n_samples,)
        Sorted targets of the rows that count, and their weights (or None).

    values, mass : ndarray of shape (n_distinct,)
        Different targets, ascending, and the rows of each.

    distribution : Distribution
        Order statistics and moments.

    bin_edges, counts : ndarray of shape (n_bins + 1,) and (n_bins,)
        Bins and the rows in each.

    imbalance : Imbalance
        How unevenly the targets are spread.

    rare : tuple of RareRows
        What each relevance calls rare.
    """

    target_name: str
    threshold: float
    weighted: bool
    y: np.ndarray
    weight: np.ndarray | None
    values: np.ndarray
    mass: np.ndarray
    distribution: Distribution
    bin_edges: np.ndarray
    counts: np.ndarray
    imbalance: Imbalance
    rare: tuple

    @property
    def is_constant(self):
        """Whether all targets are equal."""
        return self.distribution.distinct == 1

    @property
    def basis(self):
        """The relevance that advice is based on, None if none works on this target."""
        return basis(self.rare)

    @property
    def spike(self):
        """The value of most rows if it stands out from those next to it, or None."""
        k = int(np.argmax(self.mass))
        return Spike(float(self.values[k]), self.mass[k]) if self._stands_out(k, _SPIKE) else None

    @property
    def many_zeros(self):
        """Whether zeros stand out."""
        return self.spike is not None and self.spike.value == 0

    @property
    def is_whole(self):
        """Whether the targets are whole numbers over a range of at most 1000."""
        values = self.values
        return values[-1] - values[0] <= _WHOLE_RANGE and bool((np.floor(values) == values).all())

    @property
    def log_helps(self):
        """Whether the target has a long upper tail that a logarithm halves at least."""
        skewness = self.distribution.skewness
        halved = abs(self.distribution.log_skewness) <= skewness / 2
        return bool(skewness >= SKEWED and halved) and not self.many_zeros

    def may_be_limit(self, k):
        """Return whether so many rows have the first value (0) or the last (-1) that it may cut."""
        k %= len(self.mass)
        return self._stands_out(k, _LIMIT) and self.mass[k] >= _TIMES

    def rows_where(self, chosen):
        """Return the number of rows whose target is one of the chosen among `values`."""
        return float(self.mass[chosen].sum())

    def _stands_out(self, k, share):
        """Return whether a value has a share of the rows, and far more than those next to it."""
        mass = self.mass
        near = [mass[i] for i in (k - 1, k + 1) if 0 <= i < len(mass)]
        return len(mass) > 2 and mass[k] >= share * mass.sum() and mass[k] >= _TIMES * max(near)


def summarize(y, sample_weight, *, bins, relevances, threshold, target_name, caller):
    """Return the summary of valid targets and weights; relevances are a dict by name."""
    rows = SortedTargets(y, sample_weight)
    check_range(rows.y, caller=caller)
    values, mass = rows.distinct()
    bin_edges, counts = count_bins(rows, bins, caller=caller)
    return TargetSummary(
        target_name=target_name,
        threshold=threshold,
        weighted=sample_weight is not None,
        y=rows.y,
        weight=rows.weight,
        values=values,
        mass=mass,
        distribution=describe(rows, len(values)),
        bin_edges=bin_edges,
        counts=counts,
        imbalance=measure_imbalance(rows, bin_edges, counts),
        rare=find_rare(rows, relevances, threshold, caller=caller),
    )
