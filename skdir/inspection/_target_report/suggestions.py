"""First settings for a target, with the code to paste."""

from dataclasses import dataclass

from skdir.inspection._target_report.rare import basis
from skdir.inspection._target_report.shape import NEARLY_UNIFORM, is_whole, log_helps, many_zeros
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


def suggest(report):
    """Return the suggestions of a report, none for a constant target."""
    if report.distribution["distinct"] == 1:
        return ()
    suggestions = [_logarithm(report), _two_parts(report), _comparison(report)]
    if report.imbalance["effective_density_ratio"] >= NEARLY_UNIFORM:
        suggestions[:0] = [_weights(report)]
        suggestions[-1:-1] = [_resampling(report)]
    return tuple(s for s in suggestions if s is not None)


def _weighter(report):
    """Return the code of the weighter."""
    arguments = []
    if _by_integer(report):
        arguments.append('bins="integer"')
    if report.imbalance["largest_weight"] > _HEAVY:
        arguments.append(f"clip=(0.1, {_HEAVY})")
    return f"LDSWeighter({', '.join(arguments)})"


def _by_integer(report):
    """Tell whether the targets are whole numbers that the bandwidth keeps apart."""
    return is_whole(report) and report.imbalance["bandwidth"] < _NARROW


def _fit(report, model):
    """Return the line that fits a model."""
    weight = ", sample_weight=sample_weight" if report._weighted else ""
    return f"model = {model}\nmodel.fit(X, y{weight})"


def _weights(report):
    """Suggest LDS weights."""
    imbalance = report.imbalance
    share = imbalance["effective_sample_size"] / report.distribution["n"]
    why = (
        "The mildest step for a regressor that takes sample_weight: weights by the inverse square "
        f"root of the effective density. They leave {share_text(share)} of the rows' information"
    )
    strong = imbalance["effective_sample_size_inverse"] / report.distribution["n"]
    why += f' (reweight="inverse", twice as strong, leaves {share_text(strong)}).'
    if imbalance["largest_weight"] > _HEAVY:
        why += (
            f" The rarest row would weigh {number(imbalance['largest_weight'])} times the mean: "
            "clip bounds that."
        )
    if _by_integer(report):
        why += " Whole numbers are counted one by one."
    return Suggestion(
        "weights",
        why,
        "from skdir.weighting import LDSWeighter, WeightedRegressor\n\n"
        + _fit(report, f"WeightedRegressor(regressor, {_weighter(report)})"),
    )


def _logarithm(report):
    """Suggest the logarithm of a skewed target."""
    if not log_helps(report):
        return None
    return Suggestion(
        "logarithm",
        "The baseline to beat on a target with a long tail of large values.",
        "from skdir.compose import LogTargetRegressor\n\n"
        + _fit(report, "LogTargetRegressor(regressor)"),
    )


def _two_parts(report):
    """Suggest two models for a target with many zeros."""
    if not many_zeros(report):
        return None
    weight = ", sample_weight=sample_weight" if report._weighted else ""
    some = ", sample_weight=sample_weight[some]" if report._weighted else ""
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


def _sampler(report):
    """Return the code of the sampler and its relevance, empty if no part is large enough."""
    name = basis(report.rare)
    if name is None or not report.rare[name].source:
        return "", ""
    if min(bump.n_samples for bump in report.rare[name].bumps) < _FEW_FOR_SMOTER:
        return "", ""
    relevance = report.rare[name].source.replace("'", '"')
    threshold = "" if report.threshold == 0.8 else f"threshold={report.threshold:g}, "
    code = f"SmoteR(relevance=relevance, {threshold}random_state=0)"
    return code, f"relevance = {relevance}\n"


def _resampling(report):
    """Suggest a sampler; samplers look at rows, not at weights."""
    sampler, relevance = _sampler(report)
    if not sampler or report._weighted:
        return None
    name = basis(report.rare)
    found = report.rare[name]
    return Suggestion(
        "resampling",
        f"For any regressor: {n_rows(found.n_rare)} ({share_text(found.share)}) are rare by "
        f"{name}; rows are added there and removed elsewhere, in training only.",
        "from imblearn.pipeline import make_pipeline\n"
        "from skdir.relevance import RelevanceFunction\n"
        "from skdir.resampling import SmoteR\n\n"
        f"{relevance}model = make_pipeline(\n    {sampler},\n    regressor,\n)\nmodel.fit(X, y)",
    )


def _comparison(report):
    """Suggest to compare all of it with the plain regressor over the same folds."""
    if min(report.distribution["n"], len(report._rows.y)) < _FEW_FOR_FOLDS:
        return None
    sampler, relevance = _sampler(report)
    imports = [
        "from skdir.comparison import compare_strategies",
        "from skdir.weighting import LDSWeighter",
    ]
    strategies = ['"plain": "VANILLA"', f'"weights": {_weighter(report)}']
    if log_helps(report):
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
    name = basis(report.rare)
    few = name is not None and any(b.n_samples < _FEW_RARE for b in report.rare[name].bumps)
    if few:
        imports.append("from sklearn.model_selection import RepeatedKFold")
        arguments.append("    cv=RepeatedKFold(n_splits=5, n_repeats=3, random_state=0),")
        why += " Few rows are rare, so the folds are repeated."
    if report._weighted:
        arguments.append("    sample_weight=sample_weight,")
    arguments.append("    random_state=0,")
    lines = [*sorted(imports), "", *relevance.splitlines()]
    lines += ["comparison = compare_strategies(", "    regressor, X, y,", *arguments, ")"]
    return Suggestion("comparison", why, "\n".join([*lines, "print(comparison)"]))
