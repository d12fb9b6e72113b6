"""Which strategy is best, and whether a difference over the same folds may be chance."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from skdir.comparison._run.scores import TIMES, spread

CONFIDENCE_LEVEL = 0.95


@dataclass(frozen=True)
class Change:
    """Mean of a metric for a strategy against the baseline over the same folds."""

    before: float
    after: float
    sd: float
    half_width: float
    n_lower: int
    n_folds: int
    p_value: float
    adjusted_p_value: float
    confidence_level: float = CONFIDENCE_LEVEL

    @property
    def difference(self):
        """After minus before, in units of the metric."""
        return self.after - self.before

    @property
    def low(self):
        """Lower end of the interval of the difference, for this strategy alone."""
        return self.difference - self.half_width

    @property
    def high(self):
        """Upper end of the interval of the difference, for this strategy alone."""
        return self.difference + self.half_width

    @property
    def relative(self):
        """The difference as a share of the baseline's value."""
        return self.difference / self.before if self.before else np.nan

    @property
    def clear(self):
        """Whether the difference can be told from zero; alone, whether the interval excludes it."""
        return bool(self.adjusted_p_value < 1 - self.confidence_level)


def paired_change(values, baseline, test_to_train, confidence_level=CONFIDENCE_LEVEL):
    """Compare two strategies fold by fold with the corrected resampled t-test.

    Parameters
    ----------
    values, baseline : ndarray of shape (n_folds,)
        The metric of both in each fold; a fold in which one is not finite is left out.

    test_to_train : float
        Number of test rows over number of training rows of a fold.

    confidence_level : float, default=0.95
        Of the interval, and one minus the level of the test.

    Returns
    -------
    change : Change
        With one fold the interval is infinite and the p value NaN.

    Notes
    -----
    Folds share training rows, so that the variance of the mean of k differences is
    sd^2 (1/k + n_test/n_train) and not sd^2 / k (Nadeau and Bengio 2003,
    doi:10.1023/A:1024068626366). For r repeats of k folds it is the same with rk differences
    (Bouckaert and Frank 2004, doi:10.1007/978-3-540-24775-3_3).
    """
    both = np.isfinite(values) & np.isfinite(baseline)
    values, baseline = values[both], baseline[both]
    difference = values - baseline
    k = len(difference)
    sd = spread(difference)
    half_width, p_value = np.inf, np.nan
    if k > 1:
        error = sd * np.sqrt(1 / k + test_to_train)
        half_width = float(stats.t.ppf((1 + confidence_level) / 2, k - 1) * error)
        mean = np.abs(difference.mean())
        p_value = float(2 * stats.t.sf(mean / error, k - 1)) if error else float(mean == 0)
    return Change(
        before=float(baseline.mean()) if k else np.nan,
        after=float(values.mean()) if k else np.nan,
        sd=sd,
        half_width=half_width,
        n_lower=int((difference < 0).sum()),
        n_folds=k,
        p_value=p_value,
        adjusted_p_value=p_value,
        confidence_level=confidence_level,
    )


def holm(p_values):
    """Adjust p values by Holm's method, so that the chance of any false claim keeps its level.

    The smallest of m is multiplied by m, the next by m - 1 and so on; none is below one that
    comes before it, none above 1. NaN stays and is not counted (Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70).
    """
    p_values = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p_values), np.nan)
    there = np.flatnonzero(~np.isnan(p_values))
    order = there[np.argsort(p_values[there], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1.0)
    return adjusted


def adjust(changes):
    """Return the changes of several strategies by name, with p values adjusted together."""
    adjusted = holm([change.p_value for change in changes.values()])
    return {
        name: replace(change, adjusted_p_value=float(p))
        for (name, change), p in zip(changes.items(), adjusted)
    }


def changes(results, metric, baseline, names, confidence_level=CONFIDENCE_LEVEL):
    """Return the change of each of several strategies against the baseline, by name."""
    ratio = np.mean([len(test) / len(train) for train, test in results.folds])
    before = results.over_folds(metric, baseline)
    return {
        name: paired_change(results.over_folds(metric, name), before, ratio, confidence_level)
        for name in names
    }


def judged(results, metric, baseline):
    """Return the changes of the other complete strategies, their p values adjusted."""
    others = [name for name in results.complete if name != baseline]
    return adjust(changes(results, metric, baseline, others))


def marks(results, metric, baseline):
    """Return "lower", "higher" or "~" (not distinguishable) by strategy, with a baseline."""
    if baseline is None or metric in TIMES:
        return {}
    return {
        name: ("lower" if change.difference < 0 else "higher") if change.clear else "~"
        for name, change in judged(results, metric, baseline).items()
        if change.n_folds
    }


def best(results, metric):
    """Return the complete strategy with the lowest mean, the first of equals; None without any."""
    means = {name: results.mean(metric, name) for name in results.complete}
    means = {name: mean for name, mean in means.items() if not np.isnan(mean)}
    return min(means, key=means.get, default=None)
