"""Traps in the shape of a target: spikes, outliers, long tails and ties."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._text.numbers import n_rows, number, ratio_text, rows_text, share_text, value_text

# A value is a spike if it holds this share of the rows, and this many times as many as the values
# next to it; the largest or smallest value needs less to be suspected of being a limit.
_SPIKE, _LIMIT, _TIMES = 0.05, 0.01, 5
_FEW_VALUES = 20
# Whole numbers over a longer range are as good as continuous.
_WHOLE_RANGE = 1000
_FAR = 3.0
_SKEWED = 1.0
# A density that varies by a smaller factor leaves nothing to do.
NEARLY_UNIFORM = 3.0
# A bandwidth below leaves whole numbers apart.
_NARROW = 0.3


@dataclass(frozen=True)
class Finding:
    """A suspected trap: its name, how serious it is, what was seen, and what to do."""

    code: str
    level: str
    what: str
    advice: str


def find_spike(values, mass):
    """Return the value that stands out as a spike and its rows, or None."""
    k = int(np.argmax(mass))
    return (float(values[k]), mass[k]) if _stands_out(mass, k, _SPIKE) else None


def _stands_out(mass, k, share):
    """Tell whether a value has a share of the rows and far more than the values next to it."""
    near = [mass[i] for i in (k - 1, k + 1) if 0 <= i < len(mass)]
    return len(mass) > 2 and mass[k] >= share * mass.sum() and mass[k] >= _TIMES * max(near)


def spike_findings(report):
    """Find a value that very many rows share, and limits at which targets may be cut off."""
    values, mass = report._values
    n, found = report.distribution["n"], []
    first = report._spike
    if first is not None and values[0] < first[0] < values[-1] and first[0] != 0:
        found.append(
            Finding(
                "spike",
                "warning",
                f"{n_rows(first[1])} ({share_text(first[1] / n)}) have exactly the target "
                f"{value_text(first[0])}.",
                "Find out what it stands for: a default or a missing value is not a target, and "
                "these rows should go.",
            )
        )
    if many_zeros(report):
        others = values[values != 0]
        found.append(
            Finding(
                "zero_inflation",
                "warning",
                f"{n_rows(first[1])} ({share_text(first[1] / n)}) are exactly 0; the others are "
                f"{value_text(others[0])} to {value_text(others[-1])}.",
                "Fit whether the target is 0 and how large it is otherwise as two models, or a "
                "Poisson or Tweedie loss. Report the error of the other rows apart."
                + ("" if is_whole(report) else _smoothed_zeros(report)),
            )
        )
    for k, code, word, beyond in ((0, "floor", "smallest", "lower"),
                                  (-1, "ceiling", "largest", "higher")):  # fmt: skip
        at = k % len(mass)
        if values[at] == 0 and many_zeros(report):
            continue
        if len(values) > _FEW_VALUES and _stands_out(mass, at, _LIMIT) and mass[at] >= _TIMES:
            found.append(
                Finding(
                    code,
                    "warning",
                    f"{n_rows(mass[at])} ({share_text(mass[at] / n)}) have exactly the {word} "
                    f"target, {value_text(values[at])}.",
                    f"If targets are cut off there, the true ones may be {beyond} and no weight "
                    "brings them back: leave these rows out, or use a model for censored targets.",
                )
            )
    return found


def _far_out(y, q1, q3):
    """Return which targets lie over three interquartile ranges beyond the quartiles."""
    reach = _FAR * (q3 - q1)
    return (y < q1 - reach) | (y > q3 + reach)


def _smoothed_zeros(report):
    """Say what the smoothed density makes of small targets beside many zeros."""
    bandwidth = number(report.imbalance["bandwidth"])
    return f" Smoothing gives targets within about {bandwidth} of 0 low weights too."


def outlier_finding(report):
    """Find targets far beyond the box plot's whiskers."""
    rows, facts = report._rows, report.distribution
    with np.errstate(over="ignore"):
        iqr = facts["q3"] - facts["q1"]
        far = _far_out(rows.y, facts["q1"], facts["q3"])
    if not 0 < iqr < np.inf or not far.any():
        return None
    mass = _mass(rows, far)
    y = rows.y[far]
    distance = np.maximum(facts["q1"] - y, y - facts["q3"]) / iqr
    worst = int(np.argmax(distance))
    logarithm = ""
    if facts["min"] > 0:
        left = _mass(rows, _far_out(np.log(rows.y), *np.log([facts["q1"], facts["q3"]])))
        logarithm = f" On a logarithmic scale {rows_text(left) + ' do' if left else 'none does'}."
    return Finding(
        "outliers",
        "warning",
        f"{n_rows(mass)} ({share_text(mass / facts['n'])}) lie more than 3 interquartile ranges "
        f"beyond the quartiles; the farthest, {value_text(y[worst])}, by "
        f"{ratio_text(distance[worst])}.{logarithm}",
        "Check that they are real: mistakes look the same, and get the largest weights, by LDS up "
        f"to {ratio_text(report.imbalance['largest_weight'])} times the mean. The 'clip' parameter "
        "of a weighter bounds them.",
    )


def skewness_findings(report):
    """Find a long tail, and whether a logarithm shortens it or is not defined."""
    facts, n = report.distribution, report.distribution["n"]
    skewness = facts["skewness"]
    if not abs(skewness) >= _SKEWED:
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
    name = "log(y)" if facts["min"] > 0 else "asinh(y / c)"
    what = (
        f"A long tail of large values: skewness {number(skewness)}, of {name} "
        f"{number(facts['log_skewness'])}."
    )
    if not log_helps(report):
        found = [
            Finding(
                "right_skew",
                "note",
                what,
                "A logarithm is a usual first try, but "
                + (
                    "leaves the zeros apart: use it for the model of the other rows."
                    if many_zeros(report)
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
    if facts["min"] <= 0:
        below = _mass(report._rows, report._rows.y <= 0)
        found.append(
            Finding(
                "no_logarithm",
                "note",
                f"{n_rows(below)} ({share_text(below / n)}) are "
                + (f"not above 0, down to {value_text(facts['min'])}" if facts["min"] else "0")
                + ": they have no logarithm.",
                "LogTargetRegressor takes asinh(y / c) instead, with c the median size of the "
                "targets that are not 0. Adding a constant first changes the result with it.",
            )
        )
    return found


def log_helps(report):
    """Tell whether the target has a long upper tail that a logarithm halves at least."""
    skewness = report.distribution["skewness"]
    halved = abs(report.distribution["log_skewness"]) <= skewness / 2
    return bool(skewness >= _SKEWED and halved) and not many_zeros(report)


def many_zeros(report):
    """Tell whether zeros stand out."""
    found = report._spike
    return found is not None and found[0] == 0


def is_whole(report):
    """Tell whether the targets are whole numbers over a range of at most 1000."""
    values, _ = report._values
    return values[-1] - values[0] <= _WHOLE_RANGE and bool((np.floor(values) == values).all())


def tie_finding(report):
    """Find few values, whole numbers or many equal targets."""
    facts, n = report.distribution, report.distribution["n"]
    bandwidth = number(report.imbalance["bandwidth"])
    if facts["distinct"] <= _FEW_VALUES and n >= 2 * facts["distinct"]:
        return Finding(
            "few_values",
            "note",
            f"The target has only {facts['distinct']} different values.",
            "If they are classes or grades, try a classifier or an ordinal model as well. Weights "
            "by value need no smoothing: InverseFrequencyWeighter with one bin for each.",
        )
    if is_whole(report):
        return Finding(
            "whole_numbers",
            "note",
            f"All targets are whole numbers, {facts['distinct']} different ones.",
            "With bins='integer' each is counted by itself; without bins the density "
            + (
                "drops between them"
                if report.imbalance["bandwidth"] < _NARROW
                else "is smoothed over them"
            )
            + f" (bandwidth {bandwidth}).",
        )
    alone = report._spike  # a trap of its own
    if n - (0 if alone is None else alone[1]) < 2 * facts["distinct"]:
        return None
    return Finding(
        "ties",
        "note",
        f"{n_rows(n)} have only {facts['distinct']:,} different targets.",
        "If whole rows repeat, a random split leaks them from training to test: drop duplicates, "
        "or split by group.",
    )


def _mass(rows, chosen):
    """Return the number of chosen rows."""
    return float(chosen.sum() if rows.weight is None else rows.weight[chosen].sum())
