"""The dial of a blend: errors of all candidates, and the one to take under a cap."""

from itertools import product

import numpy as np

from skdir.utils._targets.weights import counting_weights

METRICS = {"absolute_error": np.abs, "squared_error": np.square}
_POWER = {"absolute_error": 1, "squared_error": 2}
DIAL = ("exponent", "locality", "share")
COLUMNS = (*DIAL, "rare_error", "overall_error", "overall_cost", "overall_cost_se")


def blend(plain, mitigated, rarity, share, locality):
    """Return the blend of two predictions, the share of the second growing with its rarity."""
    return plain + share * rarity**locality * (mitigated - plain)


def candidate_errors(outcome, exponents, localities, shares, metric):
    """Return errors and costs of all candidates as columns, the first model being the plain one.

    The standard error of the cost is that of a ratio of means over rows. Errors are in multiples
    of the second result, a power of two, so that no square of them leaves the range of floats.
    """
    plain, *mitigated = outcome.predictions
    counts = counting_weights(outcome.weight)
    weight = outcome.weight if counts is None else counts
    rare = weight * outcome.rare
    unit = power_of_two(np.abs(plain - outcome.y).max())

    def error(residual):
        return METRICS[metric](residual / unit)

    base = error(plain - outcome.y)
    total, rare_total = weight @ base, rare.sum()
    rows = []
    parts = zip(exponents, mitigated, outcome.rarities)
    for (exponent, other, rarity), locality, share in product(parts, localities, shares):
        errors = error(blend(plain, other, rarity, share, locality) - outcome.y)
        rare_error = rare @ errors / rare_total if rare_total else np.nan
        overall = weight @ errors / weight.sum()
        costs = _cost(errors, base, weight, total)
        rows.append((exponent, locality, share, rare_error, overall, *costs))
    results = {name: np.array(column, dtype=float) for name, column in zip(COLUMNS, zip(*rows))}
    return results, unit


def in_units(results, unit, metric):
    """Return the columns with errors in units of y, or of their square: infinite if too large."""
    scaled = dict(results)
    for name in ("rare_error", "overall_error"):
        for _ in range(_POWER[metric]):
            with np.errstate(over="ignore"):
                scaled[name] = scaled[name] * unit
    return scaled


def power_of_two(value):
    """Return the power of two below a number, by which division is exact; 1 for 0."""
    return float(np.ldexp(1.0, np.frexp(value)[1] - 1)) if value else 1.0


def _cost(errors, base, weight, total):
    """Return the relative cost over the plain model's errors, and its standard error."""
    difference = weight @ (errors - base)
    if total == 0:
        return (0.0 if difference == 0 else np.inf), 0.0
    cost = difference / total
    residual = errors - base - cost * base
    return cost, np.sqrt(weight @ residual**2) / total


def choose(results, max_overall_cost, n_standard_errors):
    """Return the position of the candidate with the least rare error under the cap, or None.

    Among equals it is the one with the smallest share, then locality, then exponent.
    """
    within = results["overall_cost"] + n_standard_errors * results["overall_cost_se"]
    results["within_cap"] = within <= max_overall_cost
    allowed = np.flatnonzero(results["within_cap"] & np.isfinite(results["rare_error"]))
    if not len(allowed):
        return None
    keys = [results[name][allowed] for name in (*DIAL, "rare_error")]
    return int(allowed[np.lexsort(keys)[0]])
