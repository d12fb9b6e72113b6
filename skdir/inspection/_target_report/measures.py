"""What a target report measures: the distribution of the target and its imbalance."""

from dataclasses import dataclass

import numpy as np

from skdir.density import RareTargets
from skdir.utils._targets.bins import TargetBins, table_edges
from skdir.utils._targets.log_scale import LogScale
from skdir.utils._targets.ranges import bins_of
from skdir.weighting import LDSWeighter

# The share of the rows with the lowest density, as in `compare_strategies`.
RARE_FRACTION = 0.2
_POINTS = 2000


@dataclass(frozen=True)
class Distribution:
    """Count, order statistics and moments of a target, see `TargetReport`."""

    n: float
    distinct: int
    min: float
    q1: float
    median: float
    q3: float
    max: float
    mean: float
    sd: float
    skewness: float
    log_skewness: float

    @property
    def logarithm(self):
        """How a logarithm of the targets is written, see `LogScale`."""
        return "log(y)" if self.min > 0 else "asinh(y / c)"


@dataclass(frozen=True)
class Imbalance:
    """How unevenly a target is spread, see `TargetReport`."""

    bins: int
    empty_bins: int
    fullest_bin: float
    emptiest_bin: float
    density_ratio: float
    effective_density_ratio: float
    bandwidth: float
    effective_sample_size: float
    effective_sample_size_inverse: float
    largest_weight: float
    rare_fifth: float
    rare_fifth_of_range: float


def describe(rows, n_distinct):
    """Return the distribution of sorted targets.

    Moments are those of the population (divided by n, not n - 1). They are taken of targets
    scaled by a power of two, which changes no digit and cannot overflow.
    """
    low, high = rows.hinges()
    exponent = int(np.frexp(np.abs(rows.y).max())[1])
    scaled = np.ldexp(rows.y, -exponent)
    mean = np.average(scaled, weights=rows.weight)
    variance = 0.0 if n_distinct == 1 else np.average((scaled - mean) ** 2, weights=rows.weight)
    return Distribution(
        n=whole(rows.size),
        distinct=n_distinct,
        min=float(rows.low),
        q1=float(low),
        median=float(rows.median()),
        q3=float(high),
        max=float(rows.high),
        mean=float(np.ldexp(mean, exponent)),
        sd=float(np.ldexp(np.sqrt(variance), exponent)),
        skewness=_skewness(scaled, rows.weight),
        log_skewness=_skewness(LogScale.of(rows.y, rows.weight).forward(rows.y), rows.weight),
    )


def _skewness(values, weight):
    """Return the skewness of values whose cubes do not overflow, NaN if they are all equal."""
    if values.min() == values.max():
        return np.nan
    deviation = values - np.average(values, weights=weight)
    square = deviation * deviation
    variance = np.average(square, weights=weight)
    return float(np.average(square * deviation, weights=weight) / variance**1.5)


def count_bins(rows, bins, *, caller):
    """Return the edges of the report's bins and the rows in each."""
    y, weight = rows.y, rows.weight
    if isinstance(bins, str) and bins == "auto":
        with bins_of(y, caller=caller):
            edges = table_edges(y, weight)
    else:
        edges = TargetBins.of(bins, y, weight, caller=caller).edges
    return edges, np.histogram(y, edges, weights=weight)[0]


def measure_imbalance(rows, edges, counts):
    """Return how unevenly the targets are spread, in bins and by the effective density."""
    weighter = LDSWeighter().fit(rows.y, rows.weight)
    inverse = LDSWeighter(reweight="inverse").fit(rows.y, rows.weight)
    density = weighter.density_.density(rows.y)
    there = counts > 0
    widths = np.diff(edges)
    if np.ptp(widths) < 1e-9 * widths.max():  # equal but for rounding
        widths[:] = 1.0
    heights = counts[there] / widths[there]
    with np.errstate(divide="ignore"):
        effective_ratio = density.max() / density.min()
    rare_share, share_of_range = _measure_rare(rows)
    return Imbalance(
        bins=len(counts),
        empty_bins=int(np.count_nonzero(~there)),
        fullest_bin=whole(counts.max()),
        emptiest_bin=whole(counts[there].min()),
        density_ratio=float(heights.max() / heights.min()),
        effective_density_ratio=float(effective_ratio),
        bandwidth=float(weighter.bandwidth_),
        effective_sample_size=weighter.effective_sample_size_,
        effective_sample_size_inverse=inverse.effective_sample_size_,
        largest_weight=float(weighter.transform(rows.y[[np.argmin(density)]])[0]),
        rare_fifth=rare_share,
        rare_fifth_of_range=share_of_range,
    )


def _measure_rare(rows):
    """Return the share of the rows that are rare, and over which share of the range they spread."""
    if rows.low == rows.high:
        return 0.0, np.nan
    rule = RareTargets(rare_fraction=RARE_FRACTION).fit(rows.y, rows.weight)
    grid = 2 * np.linspace(rows.low / 2, rows.high / 2, _POINTS)
    along = rule.density_.density(np.clip(grid, rows.low, rows.high))
    return rule.share_, float(np.mean(along <= rule.level_)) if rule.share_ else np.nan


def whole(mass):
    """Return a number of rows as an int where it is one."""
    return int(mass) if float(mass).is_integer() else float(mass)
