"""Which strategy to take under a limit on the overall error, and why."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skdir.comparison._judgement.changes import Change, changes, judged
from skdir.comparison._judgement.finding import rare_sentences, region_words
from skdir.utils._text.numbers import number, percent
from skdir.utils._text.safe import printable
from skdir.utils._validation import parameter_error

_CALLER = "StrategyComparison.recommend"
GOALS = {
    "rare": ("rare MAE",),
    "frequent": ("frequent MAE",),
    "balanced": ("rare MAE", "frequent MAE"),
}


@dataclass(frozen=True)
class Recommendation:
    """A strategy, the numbers that speak for it, and the sentence that says so."""

    name: str
    baseline: str
    prefer: str
    max_overall_cost: float
    rare: Change
    frequent: Change
    overall: Change
    too_costly: tuple
    sentence: str

    def __str__(self):
        return self.sentence


def recommendation(results, prefer, max_overall_cost):
    """Return the recommendation; parameters are those of StrategyComparison.recommend."""
    if not isinstance(prefer, str) or prefer not in GOALS:
        raise parameter_error("prefer", _CALLER, f"one of {', '.join(GOALS)}", repr(prefer))
    if not isinstance(max_overall_cost, Real) or not max_overall_cost >= 0:
        raise parameter_error(
            "max_overall_cost", _CALLER, "a number of at least 0", repr(max_overall_cost)
        )
    baseline = results.baseline
    values = {name: _goal(results, name, prefer) for name in results.complete}
    values = {name: value for name, value in values.items() if np.isfinite(value)}
    if baseline not in values:
        raise ValueError(
            f"{_CALLER} has nothing to choose from: no strategy has an error for "
            f"prefer={prefer!r} without a failure in any fold."
            + "".join(f" {sentence}" for sentence in rare_sentences(results))
        )
    names = [baseline, *(name for name in values if name != baseline)]  # which wins a tie
    overall = changes(results, "MAE", baseline, names)
    limit = {name: (1 + max_overall_cost) * change.before for name, change in overall.items()}
    affordable = [n for n in names if n == baseline or overall[n].after <= limit[n]]
    best = min(affordable, key=values.get)
    rare, frequent = (
        changes(results, metric, baseline, names) for metric in ("rare MAE", "frequent MAE")
    )
    chosen = {
        "name": best,
        "baseline": baseline,
        "prefer": prefer,
        "max_overall_cost": float(max_overall_cost),
        "rare": rare[best],
        "frequent": frequent[best],
        "overall": overall[best],
        "too_costly": tuple(name for name in names if name not in affordable),
    }
    return Recommendation(**chosen, sentence=printable(_sentence(results, chosen, affordable)))


def _goal(results, name, prefer):
    """Return what is to be small: the mean over folds, and over the parts of the targets."""
    return float(np.mean([results.mean(metric, name) for metric in GOALS[prefer]]))


def _sentence(results, chosen, affordable):
    """Return the sentence of a recommendation."""
    name, baseline, prefer = chosen["name"], chosen["baseline"], chosen["prefer"]
    region = region_words(results)
    what = {
        "rare": f"error on the {region} of the targets",
        "frequent": "error on the frequent targets",
        "balanced": f"mean of the errors on the {region} of the targets and on the rest",
    }[prefer]
    limit = ""
    if np.isfinite(chosen["max_overall_cost"]):
        limit = f" whose overall error is at most {100 * chosen['max_overall_cost']:g} % higher"
    others = len(affordable) - 1
    if name == baseline:
        if not others:
            return f"Keep {baseline}: there is no other strategy{limit}."
        which = "the other strategy" if others == 1 else f"none of the {others} other strategies"
        verb = "does not lower" if others == 1 else "lowers"
        return f"Keep {baseline}: {which}{limit} {verb} the {what}."
    parts = {"rare": "rare targets", "frequent": "frequent ones", "overall": "all rows"}
    numbers = [
        f"{number(c.before)} to {number(c.after, c.before)} ({percent(c.relative)}) on {where}"
        for key, where in parts.items()
        if (c := chosen[key]).n_folds
    ]
    limit = f"{limit} than that of {baseline}," if limit else ""
    return (
        f"Take {name}: of the {others + 1} strategies{limit} it has the lowest {what}. "
        f"Against {baseline} the mean absolute error goes from {', '.join(numbers)}."
        f"{_chance(results, chosen)}"
    )


def _chance(results, chosen):
    """Say whether the gain may be chance, for the part that is to gain."""
    metric = {"frequent": "frequent MAE"}.get(chosen["prefer"], "rare MAE")
    where = "frequent" if metric == "frequent MAE" else "rare"
    change = judged(results, metric, chosen["baseline"])[chosen["name"]]
    if change.n_folds < 2:
        return " One fold cannot tell whether this is chance."
    direction = "gain" if change.difference < 0 else "loss"
    verdict = "is more than chance" if change.clear else "may be chance"
    p = change.adjusted_p_value
    return (
        f" The {direction} on {where} targets {verdict} ("
        f"{f'p = {p:.2g}' if p >= 0.001 else 'p < 0.001'} over {change.n_folds} folds, corrected "
        "for the number of strategies)."
    )
