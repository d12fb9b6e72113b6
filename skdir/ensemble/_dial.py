"""The dial of a blend: errors of all candidates, and the one to take under a cap."""

from itertools import product

import numpy as np

METRICS = {"absolute_error": np.abs, "squared_error": np.square}
DIAL = ("exponent", "locality", "share")
COLUMNS = (*DIAL, "rare_error", "overall_error", "overall_cost", "overall_cost_se")


def blend(plain, mitigated, rarity, share, locality):
    """Return the blend of two predictions, the share of the second growing with its rarity."""
    return plain + share * rarity**locality * (mitigated - plain)


def candidate_errors(outcome, exponents, localities, shares, metric):
    """Return errors and costs of all candidates as columns, the first model being the plain one.

    The standard error of the cost is that of a ratio of means over rows.
    """
    plain, *mitigated = outcome.predictions
    error = METRICS[metric]
    weight = _as_counts(outcome.weight)
    rare = weight * outcome.rare
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
    return {name: np.array(column, dtype=float) for name, column in zip(COLUMNS, zip(*rows))}


def _cost(errors, base, weight, total):
    """Return the relative cost over the plain model's errors, and its standard error."""
    difference = weight @ (errors - base)
    if total == 0:
        return (0.0 if difference == 0 else np.inf), 0.0
    cost = difference / total
    residual = errors - base - cost * base
    return cost, np.sqrt(weight @ residual**2) / total


def _as_counts(weight):
    """Return weights that count rows: whole ones as they are, others scaled to mean 1."""
    return weight if (weight == np.floor(weight)).all() else weight / weight.mean()


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
