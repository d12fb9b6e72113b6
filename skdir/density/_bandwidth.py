"""Bandwidth rules: all scale-equivariant, all with weights that count as repeated rows."""

import warnings

import numpy as np
from scipy.fft import dct
from scipy.optimize import brentq

from skdir.density._histogram import QUANTILE_LEVELS, FineHistogram, check_range, iqr_and_sd
from skdir.utils._targets.kernels import RULES
from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    drop_unweighted,
    parameter_error,
)

# Cells of the first and of the finest histogram that a rule may need, as powers of two.
FIRST_LEVEL, RULE_LEVEL = QUANTILE_LEVELS[0][0], QUANTILE_LEVELS[-1][0]

# Levels of the histogram for "isj" and of the grid on which its equation is solved, and how many of
# the grid's cells its solution must be wide.
_PLUG_IN_LEVELS = ((FIRST_LEVEL, 14), (RULE_LEVEL, 18))
_LEAST_CELLS = 8

_FACTOR = {"silverman": 0.9, "scott": 1.059}


def normal_reference(rule, iqr, sd, n):
    """Return Silverman's or Scott's bandwidth from the spread of `n` targets."""
    spread = min(sd, iqr / 1.349) if iqr > 0 else sd
    return _FACTOR[rule] * spread * n**-0.2


def improved_sheather_jones(node_masses, n, spacing=0.0):
    """Return the bandwidth of Botev et al. in units of the range that the nodes span.

    The density is a cosine series on an interval twice the range (half of it empty on either
    side, so that the boundary does not matter); the bandwidth is the fixed point of the plug-in
    equation for the squared bandwidth `t` in units of that interval. Each target is spread evenly
    over `spacing`. None if there is no fixed point.
    """
    n_cells = len(node_masses) - 1
    masses = np.pad(node_masses / node_masses.sum(), n_cells // 2)
    width = len(masses) / n_cells
    index = np.arange(1.0, len(masses))
    coefficient = (0.5 * dct(masses, type=2)[1:] * np.sinc(0.5 * spacing / width * index)) ** 2
    frequency = index**2

    def derivative_norm(order, t):
        """Squared norm of the density's derivative of this order, smoothed by `t`."""
        # terms beyond are below 1e-20 of the sum
        stop = int(min(len(index), np.sqrt(80 / (np.pi**2 * t)) + 1)) if t > 0 else len(index)
        kept = frequency[:stop]
        series = kept**order * coefficient[:stop] * np.exp(-kept * np.pi**2 * t)
        return 2.0 * np.pi ** (2 * order) * series.sum()

    def excess(t):
        """Return t minus the plug-in estimate that starts from t."""
        norm = derivative_norm(7, t)
        for order in range(6, 1, -1):
            odd = np.prod(np.arange(1.0, 2 * order, 2)) / np.sqrt(2 * np.pi)
            constant = (1 + 0.5 ** (order + 0.5)) / 3
            pilot = (2 * constant * odd / (n * norm)) ** (2 / (3 + 2 * order))
            norm = derivative_norm(order, pilot)
        return t - (2 * n * np.sqrt(np.pi) * norm) ** -0.4

    # The smallest root is wanted: search upwards, in steps of a factor.
    candidates = np.geomspace(1e-14, 0.1, 80)
    with np.errstate(all="ignore"):  # where nothing is left of the series, there is no root
        values = np.array([excess(t) for t in candidates])
        for i in range(len(candidates) - 1):
            if np.isfinite(values[i : i + 2]).all() and values[i] < 0 <= values[i + 1]:
                root = brentq(excess, candidates[i], candidates[i + 1], xtol=1e-18, rtol=1e-12)
                return np.sqrt(root) * width
    return None


def _plug_in_bandwidth(histogram, caller, y, name):
    """Return the bandwidth by "isj" in units of the range, None if a finer histogram is needed.

    The equation sees that rounded targets are a few values: its smallest solution is then a kernel
    that takes each value apart. So where values repeat, each is spread over their spacing.
    """
    n, spacing = histogram.total, _spacing(histogram, y)
    for level, cells in _PLUG_IN_LEVELS:
        if histogram.level < level:
            return None
        nodes = histogram.coarsen(cells).nodes()
        bandwidth = improved_sheather_jones(nodes, n, spacing)
        resolved = _LEAST_CELLS / 2**cells
        if bandwidth is not None and bandwidth >= resolved:
            break
    if bandwidth is None:
        raise parameter_error(
            name,
            caller,
            "a rule that has a solution ('silverman' always has) or a number",
            f"'isj', whose equation has no root for these {n:g} targets",
        )
    if bandwidth < max(spacing, resolved):
        width = histogram.high - histogram.low
        than = (
            f"the spacing of the targets' values, {spacing * width:g}: such a kernel takes single "
            "values apart"
            if bandwidth < spacing
            else f"what can be told apart in a range of {width:g}"
        )
        warnings.warn(
            f"The {name!r} parameter of {caller} is 'isj', which gives {bandwidth * width:g}. "
            f"That is below {than}. Give a wider bandwidth, or use 'silverman'.",
            UserWarning,
            stacklevel=2,
        )
    return bandwidth


def _spacing(histogram, y):
    """Return the typical distance of neighbouring values where values repeat, else 0.

    In units of the range. Without `y` the values are those that the histogram tells apart.
    """
    if y is None:
        values = histogram.points()[0]
    else:
        values = (np.unique(y) - histogram.low) / (histogram.high - histogram.low)
    if histogram.total <= len(values) * (1 + 1e-9) or len(values) < 2:
        return 0.0
    return float(np.median(np.diff(values)))


def bandwidth_of_histogram(
    rule, histogram, *, caller, y=None, sample_weight=None, name="bandwidth"
):
    """Return the bandwidth by a rule, in units of the histogram's range.

    `name` is the caller's parameter that holds the rule, for messages. None if the rule needs a
    histogram of level `RULE_LEVEL`.
    """
    if rule == "isj":
        return _plug_in_bandwidth(histogram, caller, y, name)
    iqr, sd = iqr_and_sd(histogram, y, sample_weight)
    if iqr is None:
        return None
    return normal_reference(rule, iqr, sd, histogram.total)


def select_bandwidth(y, rule="silverman", *, sample_weight=None):
    """Return the bandwidth of a Gaussian kernel by a rule, in units of y.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets.

    rule : {"silverman", "scott", "isj"}, default="silverman"
        "silverman" is 0.9 s n^(-1/5) and "scott" 1.059 s n^(-1/5), where s is the smaller of the
        standard deviation and the interquartile range over 1.349 (the standard deviation where
        the interquartile range is 0) and n the number of targets. "isj" is the improved
        Sheather-Jones plug-in, which adapts to several modes and needs more targets. Rounded
        targets are spread over the spacing of their values for it.

    sample_weight : array-like of shape (n_samples,), default=None
        Weight of each target. Whole numbers count targets: a weight of 2 is the target twice.
        Others are scaled to mean 1, so that n stays the number of targets.

    Returns
    -------
    bandwidth : float
        Bandwidth in units of `y`; ``select_bandwidth(1000 * y)`` is 1000 times as large.

    Raises
    ------
    ValueError
        If `y` is not a 1-d array of finite numbers or constant, the rule is unknown, or "isj" has
        no solution.

    Warns
    -----
    UserWarning
        If the result of "isj" is below the spacing of the values, as with a pile of equal targets.

    Notes
    -----
    Quartiles are order statistics, read to 1/32,768 of the range or finer. The cost is O(n), that
    of "isj" O(n log n).

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis.
    :doi:`10.1201/9781315140919`

    Botev, Z. I., Grotowski, J. F. and Kroese, D. P. (2010). Kernel density estimation via
    diffusion. Annals of Statistics 38(5). :doi:`10.1214/10-AOS799`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.density import select_bandwidth
    >>> y = np.random.default_rng(0).normal(size=1000)
    >>> round(select_bandwidth(y), 3)
    0.219
    """
    caller = "select_bandwidth"
    y = check_target(y, caller=caller)
    weight = check_sample_weight(sample_weight, len(y), caller=caller)
    if rule not in RULES:
        raise parameter_error("rule", caller, f"one of {RULES}", repr(rule))
    weight, y = drop_unweighted(weight, y)
    weight = counting_weights(weight)
    low, high = y.min(), y.max()
    if low == high:
        raise parameter_error("y", caller, "of more than one value", f"only {low:g}")
    check_range(low, high, caller=caller)
    bandwidth, level = None, FIRST_LEVEL
    while bandwidth is None:
        histogram = FineHistogram.from_targets(y, weight, level, low, high)
        bandwidth = bandwidth_of_histogram(
            rule, histogram, caller=caller, y=y, sample_weight=weight, name="rule"
        )
        level = RULE_LEVEL
    return float(bandwidth * (high - low))
