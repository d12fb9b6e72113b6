"""First settings for a target, with the code to paste."""

from dataclasses import dataclass

from skdir.inspection._target_report.findings import NEARLY_UNIFORM
from skdir.utils._text.numbers import n_rows, number, share_text

# Weights beyond this many times the mean are cut; below, clipping would change nothing.
_HEAVY = 10.0
# Interpolation between fewer rows makes near copies.
_FEW_FOR_SMOTER = 30
_FEW_FOR_FOLDS = 10
_FEW_RARE = 100
# A narrower bandwidth smooths whole numbers hardly: one bin for each then.
_NARROW = 2.0


@dataclass(frozen=True)
class Suggestion:
    """A first setting: its name, why it is suggested, and code that uses X, y and regressor."""

    name: str
    why: str
    code: str


def suggest(summary):
    """Return the suggestions of a report, none for a constant target."""
    if summary.is_constant:
        return ()
    suggestions = [_logarithm(summary), _two_parts(summary), _comparison(summary)]
    if summary.imbalance.effective_density_ratio >= NEARLY_UNIFORM:
        suggestions[:0] = [_weights(summary)]
        suggestions[-1:-1] = [_resampling(summary)]
    return tuple(s for s in suggestions if s is not None)


def _weighter(summary):
    """Return the code of the weighter."""
    arguments = []
    if _by_integer(summary):
        arguments.append('bins="integer"')
    if summary.imbalance.largest_weight > _HEAVY:
        arguments.append(f"clip=(0.1, {_HEAVY})")
    return f"LDSWeighter({', '.join(arguments)})"


def _by_integer(summary):
    """Return whether the targets are whole numbers that the bandwidth keeps apart."""
    return summary.is_whole and summary.imbalance.bandwidth < _NARROW


def _fit(summary, model):
    """Return the line that fits a model."""
    weight = ", sample_weight=sample_weight" if summary.weighted else ""
    return f"model = {model}\nmodel.fit(X, y{weight})"


def _weights(summary):
    """Suggest LDS weights."""
    imbalance = summary.imbalance
    share = imbalance.effective_sample_size / summary.distribution.n
    why = (
        "The mildest step for a regressor that takes sample_weight: weights by the inverse square "
        f"root of the effective density. They leave {share_text(share)} of the rows' information"
    )
    strong = imbalance.effective_sample_size_inverse / summary.distribution.n
    why += f' (reweight="inverse", twice as strong, leaves {share_text(strong)}).'
    if imbalance.largest_weight > _HEAVY:
        why += (
            f" The rarest row would weigh {number(imbalance.largest_weight)} times the mean: "
            "clip bounds that."
        )
    if _by_integer(summary):
        why += " Whole numbers are counted one by one."
    return Suggestion(
        "weights",
        why,
        "from skdir.weighting import LDSWeighter, WeightedRegressor\n\n"
        + _fit(summary, f"WeightedRegressor(regressor, {_weighter(summary)})"),
    )


def _logarithm(summary):
    """Suggest the logarithm of a skewed target."""
    if not summary.log_helps:
        return None
    return Suggestion(
        "logarithm",
        "The baseline to beat on a target with a long tail of large values.",
        "from skdir.compose import LogTargetRegressor\n\n"
        + _fit(summary, "LogTargetRegressor(regressor)"),
    )


def _two_parts(summary):
    """Suggest two models for a target with many zeros."""
    if not summary.many_zeros:
        return None
    weight = ", sample_weight=sample_weight" if summary.weighted else ""
    some = ", sample_weight=sample_weight[some]" if summary.weighted else ""
    return Suggestion(
        "two parts",
        "One model for whether the target is 0, one for the others; their product is the mean.",
        "import numpy as np\n"
        "from sklearn.base import clone\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier\n\n"
        "some = np.asarray(y) != 0\n"
        f"chance = HistGradientBoostingClassifier(random_state=0).fit(X, some{weight})\n"
        f"amount = clone(regressor).fit(X[some], y[some]{some})\n"
        "predicted = chance.predict_proba(X)[:, 1] * amount.predict(X)",
    )


def _sampler(summary):
    """Return the code of the sampler and its relevance, empty if no part is large enough."""
    found = summary.basis
    if found is None or not found.source:
        return "", ""
    if min(bump.n_samples for bump in found.bumps) < _FEW_FOR_SMOTER:
        return "", ""
    threshold = "" if summary.threshold == 0.8 else f"threshold={summary.threshold:g}, "
    code = f"SmoteR(relevance=relevance, {threshold}random_state=0)"
    return code, f"relevance = {found.source}\n"


def _resampling(summary):
    """Suggest a sampler; samplers look at rows, not at weights."""
    sampler, relevance = _sampler(summary)
    if not sampler or summary.weighted:
        return None
    found = summary.basis
    return Suggestion(
        "resampling",
        f"For any regressor: {n_rows(found.n_rare)} ({share_text(found.share)}) are rare by "
        f"{found.name}; rows are added there and removed elsewhere, in training only.",
        "from imblearn.pipeline import make_pipeline\n"
        "from skdir.relevance import RelevanceFunction\n"
        "from skdir.resampling import SmoteR\n\n"
        f"{relevance}model = make_pipeline(\n    {sampler},\n    regressor,\n)\nmodel.fit(X, y)",
    )


def _comparison(summary):
    """Suggest to compare all of it with the plain regressor over the same folds."""
    if min(summary.distribution.n, len(summary.y)) < _FEW_FOR_FOLDS:
        return None
    sampler, relevance = _sampler(summary)
    imports = [
        "from skdir.comparison import compare_strategies",
        "from skdir.weighting import LDSWeighter",
    ]
    strategies = ['"plain": "VANILLA"', f'"weights": {_weighter(summary)}']
    if summary.log_helps:
        strategies.append('"logarithm": "LOG"')
    if sampler:
        imports += [
            "from skdir.relevance import RelevanceFunction",
            "from skdir.resampling import SmoteR",
        ]
        strategies.append(f'"resampling": {sampler}')
    strategies.append('"blend": "BLEND"')
    arguments = [
        f"    strategies={{\n{''.join(f'        {s},{chr(10)}' for s in strategies)}    }},"
    ]
    why = "Decide on errors, not on this page: rare and frequent targets over the same folds."
    found = summary.basis
    if found is not None and any(bump.n_samples < _FEW_RARE for bump in found.bumps):
        imports.append("from sklearn.model_selection import RepeatedKFold")
        arguments.append("    cv=RepeatedKFold(n_splits=5, n_repeats=3, random_state=0),")
        why += " Few rows are rare, so the folds are repeated."
    if summary.weighted:
        arguments.append("    sample_weight=sample_weight,")
    arguments.append("    random_state=0,")
    lines = [*sorted(imports), "", *relevance.splitlines()]
    lines += ["comparison = compare_strategies(", "    regressor, X, y,", *arguments, ")"]
    return Suggestion("comparison", why, "\n".join([*lines, "print(comparison)"]))
