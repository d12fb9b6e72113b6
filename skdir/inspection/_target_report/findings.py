"""Suspected traps in a target, each with what to do about it."""

from skdir.inspection._target_report.rare import basis
from skdir.inspection._target_report.shape import (
    NEARLY_UNIFORM,
    Finding,
    outlier_finding,
    skewness_findings,
    spike_findings,
    tie_finding,
)
from skdir.utils._text.numbers import n_rows, number, value_text

_FEW_ROWS, _FEW_RARE = 100, 30


def find_traps(report):
    """Return the findings of a report, warnings first."""
    facts = report.distribution
    if facts["min"] == facts["max"]:
        return (
            Finding(
                "constant",
                "warning",
                (f"All {n_rows(facts['n'])} have" if facts["n"] > 1 else "The only row has")
                + f" the target {value_text(facts['min'])}.",
                "There is nothing to learn: check that this is the right column.",
            ),
        )
    found = [
        *spike_findings(report),
        _few_rows(report),
        _few_rare(report),
        outlier_finding(report),
        *skewness_findings(report),
        _no_relevance(report),
        _empty_bins(report),
        tie_finding(report),
        _uniform(report),
    ]
    found = [finding for finding in found if finding is not None]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _few_rows(report):
    """Find a sample too small for densities."""
    n = report.distribution["n"]
    if n >= _FEW_ROWS:
        return None
    return Finding(
        "few_rows",
        "warning",
        f"There {'is' if n == 1 else 'are'} only {n_rows(n)}.",
        "Densities, quantiles and errors by region are rough. Repeat the folds, and prefer a "
        "plain model unless the gain is clear.",
    )


def _few_rare(report):
    """Find rare bumps of so few rows that their error is chance."""
    name = basis(report.rare)
    if name is None:
        return None
    bumps = [bump for bump in report.rare[name].bumps if bump.n_samples < _FEW_RARE]
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
        f"Rare parts of few rows ({name}): {where}{more}.",
        f"Five folds leave {_each(least)} for each test. Stratify and repeat the "
        "folds, and do not read much into a difference. Rows interpolated among so few are near "
        "copies: prefer weights.",
    )


def _each(n):
    """Return how many of some rows are in each of five folds."""
    return "less than one" if n < 5 else f"about {n / 5:.0f}"


def _no_relevance(report):
    """Find relevances that cannot tell what is rare."""
    failed = [name for name, found in report.rare.items() if found.reason]
    if not failed:
        return None
    names = failed[0] if len(failed) == 1 else f"{', '.join(failed[:-1])} and {failed[-1]}"
    return Finding(
        "no_relevance",
        "note",
        f"What is rare cannot be told by {names}: {report.rare[failed[0]].cause}.",
        "RelevanceFunction() gives the outer tenths of the targets relevance 1 then; "
        "control points of your own are better if you know which values matter.",
    )


def _empty_bins(report):
    """Find bins of which most are empty."""
    bins, empty = report.imbalance["bins"], report.imbalance["empty_bins"]
    if 2 * empty <= bins:
        return None
    return Finding(
        "empty_bins",
        "note",
        f"{empty} of {bins} bins are empty.",
        "Errors by bin or shot say little. Give edges of your own, narrow where the targets are "
        "(quantiles, or np.geomspace), or work without bins.",
    )


def _uniform(report):
    """Find a target that needs no treatment."""
    ratio = report.imbalance["effective_density_ratio"]
    if not ratio < NEARLY_UNIFORM:
        return None
    return Finding(
        "nearly_uniform",
        "note",
        f"The density of the target varies by a factor of {number(ratio)} only.",
        "There is little for weights or resampling to gain: keep the plain regressor, unless some "
        "values matter more to you than others.",
    )
