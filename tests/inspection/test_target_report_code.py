"""TargetReport: the code to paste runs, and is what the target calls for."""

import numpy as np
import pandas as pd
import pytest
from report_cases import CASES
from sklearn.linear_model import Ridge

from skdir.inspection import TargetReport
from skdir.relevance import RelevanceFunction

WITH_CODE = [
    name
    for name, y in CASES.items()
    if len(set(y)) > 1 and name not in ("uniform", "two rows", "near the largest float")
]


def data(y):
    rng = np.random.default_rng(3)
    return np.column_stack([np.argsort(np.argsort(y)), rng.normal(size=len(y))])


def run(suggestion, X, y, weight=None):
    scope = {"X": X, "y": y, "regressor": Ridge()}
    if weight is not None:
        scope["sample_weight"] = weight
    exec(suggestion.code, scope)
    return scope


def check(suggestion, scope, n):
    """Check what the code leaves behind."""
    if suggestion.name == "comparison":
        comparison = scope["comparison"]
        assert list(comparison.estimators_) == comparison.complete_
        assert {"plain", "weights", "blend"} <= set(comparison.complete_)
    elif suggestion.name == "two parts":
        assert scope["predicted"].shape == (n,) and np.isfinite(scope["predicted"]).all()
    else:
        predicted = scope["model"].predict(scope["X"])
        assert predicted.shape == (n,) and np.isfinite(predicted).all()


# A fold may have no outliers where all rows have.
@pytest.mark.filterwarnings("ignore:.*relevance is 1 beyond the quantiles:UserWarning")
@pytest.mark.parametrize("name", WITH_CODE)
def test_all_code_runs(name, capsys):
    y = CASES[name]
    report = TargetReport(y)
    assert report.suggestions[0].name == "weights" or name in ("few rows", "two values")
    assert report.suggestions[-1].name == "comparison"
    for suggestion in report.suggestions:
        check(suggestion, run(suggestion, data(y), y), len(y))
    assert "plain" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:.*relevance is 1 beyond the quantiles:UserWarning")
@pytest.mark.parametrize("name", ["zero-inflated", "lognormal with outliers", "ages"])
def test_all_code_runs_with_weights(name):
    y = CASES[name]
    weight = np.random.default_rng(4).integers(1, 3, size=len(y))
    report = TargetReport(y, sample_weight=weight)
    names = [suggestion.name for suggestion in report.suggestions]
    assert "resampling" not in names, "samplers do not look at weights"
    for suggestion in report.suggestions:
        assert "sample_weight" in suggestion.code
        check(suggestion, run(suggestion, data(y), y, weight), len(y))
    assert list(run(report.suggestions[-1], data(y), y, weight)["comparison"].sample_weight_) == (
        list(weight)
    )


def test_code_runs_on_frames():
    y = pd.Series(CASES["zero-inflated"], name="claim", index=np.arange(800) + 7)
    X = pd.DataFrame(data(y.to_numpy()), columns=["a", "b"], index=y.index)
    for suggestion in TargetReport(y).suggestions:
        check(suggestion, run(suggestion, X, y), len(y))


def names(y, **options):
    return [suggestion.name for suggestion in TargetReport(y, **options).suggestions]


def test_suggestions_follow_the_target():
    assert names(CASES["normal"]) == ["weights", "resampling", "comparison"]
    assert names(CASES["uniform"]) == ["comparison"]
    assert names(CASES["zero-inflated"]) == ["weights", "two parts", "resampling", "comparison"]
    assert names(CASES["lognormal with outliers"])[:2] == ["weights", "logarithm"]
    assert "logarithm" not in names(CASES["long lower tail"])
    assert "resampling" not in names(CASES["few rare rows"])
    assert names(CASES["two rows"]) == []
    assert names(CASES["constant"]) == []


def code(y, name, **options):
    return next(s.code for s in TargetReport(y, **options).suggestions if s.name == name)


def test_weights_are_clipped_where_one_is_over_ten():
    for key in ("normal", "lognormal with outliers", "zero-inflated", "narrow counts", "rounded"):
        y = CASES[key]
        heavy = TargetReport(y).imbalance["largest_weight"] > 10
        assert ("clip=(0.1, 10.0)" in code(y, "weights")) == heavy
        why = next(s.why for s in TargetReport(y).suggestions if s.name == "weights")
        assert ("clip bounds that" in why) == heavy
    model = run(TargetReport(CASES["zero-inflated"]).suggestions[0], *_xy("zero-inflated"))
    assert model["model"].sample_weight_.max() <= 10.0


def _xy(name):
    return data(CASES[name]), CASES[name]


def test_integer_bins_for_narrow_bandwidths_of_whole_numbers():
    for key, expected in (("ages", True), ("narrow counts", True), ("normal", False)):
        bandwidth = TargetReport(CASES[key]).imbalance["bandwidth"]
        assert ('bins="integer"' in code(CASES[key], "weights")) == (expected and bandwidth < 2)
    assert 'bins="integer"' in code(CASES["ages"], "weights")


def test_resampling_takes_relevance_and_threshold_of_the_report():
    y = CASES["normal"]
    text = code(
        y,
        "resampling",
        relevances={"upper": RelevanceFunction(method="quantile", extremes="high")},
        threshold=0.9,
    )
    assert 'RelevanceFunction(extremes="high", method="quantile")' in text
    assert "threshold=0.9" in text
    scope = {"X": data(y), "y": y, "regressor": Ridge()}
    exec(text, scope)
    sampler = scope["model"][0]
    assert sampler.threshold == 0.9
    # a function, or points of one's own, cannot be written down
    points = RelevanceFunction(method="control_points", control_points=[[50, 0], [65, 1]])
    for relevance in (points, lambda v: (v > 60.0) * 1.0):
        assert names(y, relevances={"own": relevance}) == ["weights", "comparison"]


def test_folds_are_repeated_where_few_rows_are_rare():
    assert "RepeatedKFold" in code(CASES["few rare rows"], "comparison")
    large = np.random.default_rng(0).lognormal(size=3000)
    report = TargetReport(large)
    assert min(b.n_samples for b in report.rare[report.rare_by].bumps) >= 100
    assert "RepeatedKFold" not in code(large, "comparison")
    assert '"LOG"' in code(large, "comparison") and "SmoteR" in code(large, "comparison")
