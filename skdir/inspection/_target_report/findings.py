"""Suspected traps in a target, each with what to do about it."""

from dataclasses import dataclass

import numpy as np

from skdir.inspection._target_report.summary import SKEWED
from skdir.utils._text.numbers import n_rows, number, ratio_text, rows_text, share_text, value_text

_FEW_VALUES = 20
_FAR = 3.0
# A density that varies by a smaller factor leaves nothing to do.
NEARLY_UNIFORM = 3.0
# A bandwidth below leaves whole numbers apart.
_NARROW = 0.3
_FEW_ROWS, _FEW_RARE = 100, 30


@dataclass(frozen=True)
class Finding:
    """A suspected trap: its name, how serious it is, what was seen, and what to do."""

    code: str
    level: str
    what: str
    advice: str


def find_traps(summary):
    """Return the findings of a report, warnings first."""
    facts = summary.distribution
    if summary.is_constant:
        return (
            Finding(
                "constant",
                "warning",
                (f"All {n_rows(facts.n)} have" if facts.n > 1 else "The only row has")
                + f" the target {value_text(facts.min)}.",
                "There is nothing to learn: check that this is the right column.",
            ),
        )
    found = [
        *_spikes(summary),
        _few_rows(summary),
        _few_rare(summary),
        _outliers(summary),
        *_skewness(summary),
        _no_relevance(summary),
        _empty_bins(summary),
        _ties(summary),
        _uniform(summary),
    ]
    found = [finding for finding in found if finding is not None]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _spikes(summary):
    """Find a value that very many rows share, and limits at which targets may be cut off."""
    values, mass = summary.values, summary.mass
    n, found = summary.distribution.n, []
    spike = summary.spike
    if spike is not None and values[0] < spike.value < values[-1] and spike.value != 0:
        found.append(
            Finding(
                "spike",
                "warning",
                f"{n_rows(spike.n_rows)} ({share_text(spike.n_rows / n)}) have exactly the target "
                f"{value_text(spike.value)}.",
                "Find out what it stands for: a default or a missing value is not a target, and "
                "these rows should go.",
            )
        )
    if summary.many_zeros:
        others = values[values != 0]
        found.append(
            Finding(
                "zero_inflation",
                "warning",
                f"{n_rows(spike.n_rows)} ({share_text(spike.n_rows / n)}) are exactly 0; the "
                f"others are {value_text(others[0])} to {value_text(others[-1])}.",
                "Fit whether the target is 0 and how large it is otherwise as two models, or a "
                "Poisson or Tweedie loss. Report the error of the other rows apart."
                + ("" if summary.is_whole else _smoothed_zeros(summary)),
            )
        )
    for end, code, word, beyond in ((0, "floor", "smallest", "lower"),
                                    (-1, "ceiling", "largest", "higher")):  # fmt: skip
        if values[end] == 0 and summary.many_zeros:
            continue
        if len(values) > _FEW_VALUES and summary.may_be_limit(end):
            found.append(
                Finding(
                    code,
                    "warning",
                    f"{n_rows(mass[end])} ({share_text(mass[end] / n)}) have exactly the {word} "
                    f"target, {value_text(values[end])}.",
                    f"If targets are cut off there, the true ones may be {beyond} and no weight "
                    "brings them back: leave these rows out, or use a model for censored targets.",
                )
            )
    return found


def _smoothed_zeros(summary):
    """Say what the smoothed density makes of small targets beside many zeros."""
    bandwidth = number(summary.imbalance.bandwidth)
    return f" Smoothing gives targets within about {bandwidth} of 0 low weights too."


def _outliers(summary):
    """Find targets far beyond the box plot's whiskers."""
    values, facts = summary.values, summary.distribution
    with np.errstate(over="ignore"):
        iqr = facts.q3 - facts.q1
        far = _far_out(values, facts.q1, facts.q3)
    if not 0 < iqr < np.inf or not far.any():
        return None
    mass, beyond = summary.rows_where(far), values[far]
    distance = np.maximum(facts.q1 - beyond, beyond - facts.q3) / iqr
    worst = int(np.argmax(distance))
    logarithm = ""
    if facts.min > 0:
        still = _far_out(np.log(values), *np.log([facts.q1, facts.q3]))
        left = summary.rows_where(still)
        logarithm = f" On a logarithmic scale {rows_text(left) + ' do' if left else 'none does'}."
    return Finding(
        "outliers",
        "warning",
        f"{n_rows(mass)} ({share_text(mass / facts.n)}) lie more than 3 interquartile ranges "
        f"beyond the quartiles; the farthest, {value_text(beyond[worst])}, by "
        f"{ratio_text(distance[worst])}.{logarithm}",
        "Check that they are real: mistakes look the same, and get the largest weights, by LDS up "
        f"to {ratio_text(summary.imbalance.largest_weight)} times the mean. The 'clip' parameter "
        "of a weighter bounds them.",
    )


def _far_out(y, q1, q3):
    """Return which targets lie over three interquartile ranges beyond the quartiles."""
    reach = _FAR * (q3 - q1)
    return (y < q1 - reach) | (y > q3 + reach)


def _skewness(summary):
    """Find a long tail, and whether a logarithm shortens it or is not defined."""
    facts, n = summary.distribution, summary.distribution.n
    skewness = facts.skewness
    if not abs(skewness) >= SKEWED:
        return []
    if skewness < 0:
        return [
            Finding(
                "left_skew",
                "note",
                f"A long tail of small values (skewness {number(skewness)}).",
                "A logarithm makes it longer. Use weights, or a transformation that stretches the "
                "top, such as PowerTransformer in a TransformedTargetRegressor.",
            )
        ]
    what = (
        f"A long tail of large values: skewness {number(skewness)}, of {facts.logarithm} "
        f"{number(facts.log_skewness)}."
    )
    if not summary.log_helps:
        found = [
            Finding(
                "right_skew",
                "note",
                what,
                "A logarithm is a usual first try, but "
                + (
                    "leaves the zeros apart: use it for the model of the other rows."
                    if summary.many_zeros
                    else "does not make this target even."
                ),
            )
        ]
    else:
        found = [
            Finding(
                "heavy_skew",
                "note",
                what,
                "A model of the logarithm is a strong baseline that often beats weights over all "
                "rows, if not on the rare ones: try LogTargetRegressor first. It aims at the "
                "median, not the mean.",
            )
        ]
    if facts.min <= 0:
        below = summary.rows_where(summary.values <= 0)
        found.append(
            Finding(
                "no_logarithm",
                "note",
                f"{n_rows(below)} ({share_text(below / n)}) are "
                + (f"not above 0, down to {value_text(facts.min)}" if facts.min else "0")
                + ": they have no logarithm.",
                "LogTargetRegressor takes asinh(y / c) instead, with c the median size of the "
                "targets that are not 0. Adding a constant first changes the result with it.",
            )
        )
    return found


def _ties(summary):
    """Find few values, whole numbers or many equal targets."""
    facts, n = summary.distribution, summary.distribution.n
    bandwidth = number(summary.imbalance.bandwidth)
    if facts.distinct <= _FEW_VALUES and n >= 2 * facts.distinct:
        return Finding(
            "few_values",
            "note",
            f"The target has only {facts.distinct} different values.",
            "If they are classes or grades, try a classifier or an ordinal model as well. Weights "
            "by value need no smoothing: InverseFrequencyWeighter with one bin for each.",
        )
    if summary.is_whole:
        return Finding(
            "whole_numbers",
            "note",
            f"All targets are whole numbers, {facts.distinct} different ones.",
            "With bins='integer' each is counted by itself; without bins the density "
            + (
                "drops between them"
                if summary.imbalance.bandwidth < _NARROW
                else "is smoothed over them"
            )
            + f" (bandwidth {bandwidth}).",
        )
    spike = summary.spike  # a trap of its own
    if n - (0 if spike is None else spike.n_rows) < 2 * facts.distinct:
        return None
    return Finding(
        "ties",
        "note",
        f"{n_rows(n)} have only {facts.distinct:,} different targets.",
        "If whole rows repeat, a random split leaks them from training to test: drop duplicates, "
        "or split by group.",
    )


def _few_rows(summary):
    """Find a sample too small for densities."""
    n = summary.distribution.n
    if n >= _FEW_ROWS:
        return None
    return Finding(
        "few_rows",
        "warning",
        f"There {'is' if n == 1 else 'are'} only {n_rows(n)}.",
        "Densities, quantiles and errors by region are rough. Repeat the folds, and prefer a "
        "plain model unless the gain is clear.",
    )


def _few_rare(summary):
    """Find rare bumps of so few rows that their error is chance."""
    found = summary.basis
    bumps = [] if found is None else [b for b in found.bumps if b.n_samples < _FEW_RARE]
    if not bumps:
        return None
    where = " and ".join(
        f"{n_rows(bump.n_samples)} at {value_text(bump.low)}"
        + (f" to {value_text(bump.high)}" if bump.low < bump.high else "")
        for bump in bumps[:3]
    )
    more = f" and {len(bumps) - 3} more such parts" if len(bumps) > 3 else ""
    least = min(bump.n_samples for bump in bumps)
    return Finding(
        "few_rare_rows",
        "warning",
        f"Rare parts of few rows ({found.name}): {where}{more}.",
        f"Five folds leave {_each(least)} for each test. Stratify and repeat the "
        "folds, and do not read much into a difference. Rows interpolated among so few are near "
        "copies: prefer weights.",
    )


def _each(n):
    """Return how many of some rows are in each of five folds."""
    return "less than one" if n < 5 else f"about {n / 5:.0f}"


def _no_relevance(summary):
    """Find relevances that cannot tell what is rare."""
    failed = [found for found in summary.rare if found.reason]
    if not failed:
        return None
    *others, last = [found.name for found in failed]
    names = f"{', '.join(others)} and {last}" if others else last
    return Finding(
        "no_relevance",
        "note",
        f"What is rare cannot be told by {names}: {failed[0].cause}.",
        "RelevanceFunction() gives the outer tenths of the targets relevance 1 then; "
        "control points of your own are better if you know which values matter.",
    )


def _empty_bins(summary):
    """Find bins of which most are empty."""
    bins, empty = summary.imbalance.bins, summary.imbalance.empty_bins
    if 2 * empty <= bins:
        return None
    return Finding(
        "empty_bins",
        "note",
        f"{empty} of {bins} bins are empty.",
        "Errors by bin or shot say little. Give edges of your own, narrow where the targets are "
        "(quantiles, or np.geomspace), or work without bins.",
    )


def _uniform(summary):
    """Find a target that needs no treatment."""
    ratio = summary.imbalance.effective_density_ratio
    if not ratio < NEARLY_UNIFORM:
        return None
    return Finding(
        "nearly_uniform",
        "note",
        f"The density of the target varies by a factor of {number(ratio)} only.",
        "There is little for weights or resampling to gain: keep the plain regressor, unless some "
        "values matter more to you than others.",
    )
