"""The value of a comparison: it cannot be changed, and all views are functions of it."""

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pandas as pd
import pytest
from hand_made import results_of
from matplotlib.figure import Figure
from sklearn.linear_model import Ridge

from skdir.comparison import Results, StrategyComparison, compare_strategies
from skdir.comparison._judgement.changes import best, changes, judged, marks
from skdir.comparison._judgement.finding import finding
from skdir.comparison._judgement.recommendation import recommendation
from skdir.comparison._pictures.figures import plot_regions, plot_trade_off, region_errors
from skdir.comparison._pictures.pareto import plot_pareto
from skdir.comparison._report.report import fragment
from skdir.comparison._report.tables import as_text, differences_frame, means_frame
from skdir.comparison._run.results import Failure, records
from skdir.comparison._run.scores import METRICS, TIMES, Regions

# Three folds of three strategies: B lowers the rare error by 20, 20 and 23, C fails once.
VALUES = {
    "rare MAE": [[60, 62, 64], [40, 42, 41], [30, np.nan, 33]],
    "frequent MAE": [[20, 21, 22], [22, 23, 25], [30, np.nan, 30]],
    "MAE": [[28, 29, 30], [27, 27, 28], [30, np.nan, 31]],
    "fit s": [[1, 2, 3], [2, 2, 2], [1, np.nan, 3]],
}
FAILURES = {("C", 1): Failure("ValueError: no", "Traceback: no")}


@pytest.fixture
def results():
    return results_of(["VANILLA", "B", "C"], VALUES, failures=FAILURES, n_train=40, n_test=10)


def arrays_in(value):
    """Yield all arrays in a value of tuples, mappings and regions."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Regions):
        yield from arrays_in(tuple(getattr(value, field.name) for field in fields(value)))
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays_in(part)
    elif hasattr(value, "values"):
        yield from arrays_in(tuple(value.values()))


def arrays_of(results):
    return list(arrays_in(tuple(getattr(results, field.name) for field in fields(results))))


@pytest.mark.parametrize(
    "copied",
    [lambda r: r, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r)), lambda r: replace(r)],
    ids=["itself", "deepcopy", "pickle", "replace"],
)
def test_nothing_of_it_can_be_changed(comparison, copied):
    results = copied(comparison.outcome_)
    with pytest.raises(FrozenInstanceError):
        results.target_name = "other"
    for mapping in (results.values, results.estimators, results.failures, results.kinds):
        with pytest.raises(TypeError):
            mapping["MAE"] = 0
    n_folds = len(comparison.folds_)
    arrays = arrays_of(results)
    # metrics and times; predictions, two kinds of rows and three of regions; targets and edges
    assert len(arrays) == len((*METRICS, *TIMES)) + 6 * n_folds + 2
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    for metric, values in comparison.outcome_.values.items():
        np.testing.assert_array_equal(results.values[metric], values)


@pytest.mark.parametrize("given", ["array", "read-only view", "Series"])
def test_what_it_is_made_of_stays_the_users(data, given):
    X, y, weight = data[0].copy(), data[1].copy(), np.ones(len(data[1]))
    cv = [(np.arange(120), np.arange(120, 240))]
    if given == "Series":  # hands out a view that cannot be written to
        given_y, given_weight = y, weight = pd.Series(y), pd.Series(weight)
    else:
        given_y, given_weight = y.view(), weight.view()
        for view in (given_y, given_weight):
            view.setflags(write=given == "array")
    result = compare_strategies(
        Ridge(), X, given_y, strategies=["VANILLA"], cv=cv, sample_weight=given_weight
    )
    y[:] = weight[:] = 0  # of the user, and writeable
    cv[0][1][:] = 0
    np.testing.assert_array_equal(result.y_, data[1])
    np.testing.assert_array_equal(result.sample_weight_, 1)
    np.testing.assert_array_equal(result.folds_[0][1], np.arange(120, 240))


def test_values_are_read_by_index(results):
    np.testing.assert_array_equal(results.over_folds("MAE", "B"), [27, 27, 28])
    assert results.mean("rare MAE", "B") == 41
    assert results.mean("rare MAE", "C") == 31.5  # of the two folds that there are
    assert np.isnan(results.mean("RMSE", "B"))
    assert results.complete == ["VANILLA", "B"]
    assert results.baseline == "VANILLA"
    assert results.errors_of("C") == ["ValueError: no"]
    assert results.errors_of("B") == []
    assert results_of(["A", "B"], {"MAE": [[1], [2]]}).baseline == "A"
    nothing = {("A", 0): Failure("", "")}
    assert results_of(["A"], {"MAE": [[np.nan]]}, failures=nothing).baseline is None
    assert repr(results) == "<Results of 3 strategies in 3 folds>"


def test_changes_by_hand(results):
    change = changes(results, "rare MAE", "VANILLA", ["B"])["B"]
    # differences -20, -20, -23: mean -21, sd sqrt(3); 10 test rows to 40 for training
    assert (change.before, change.after, change.difference) == (62, 41, -21)
    assert change.sd == pytest.approx(np.sqrt(3))
    # 4.302653 is the 97.5 % point of Student's t with 2 degrees of freedom (any table)
    half = 4.302653 * np.sqrt(3) * np.sqrt(1 / 3 + 10 / 40)
    assert change.half_width == pytest.approx(half, rel=1e-6)
    assert (change.low, change.high) == pytest.approx((-21 - half, -21 + half), rel=1e-6)
    assert (change.clear, change.n_lower, change.n_folds) == (True, 3, 3)
    # with 2 degrees of freedom the distribution is known: p = 1 - t / sqrt(2 + t^2)
    t = 21 / (np.sqrt(3) * np.sqrt(1 / 3 + 10 / 40))
    assert change.p_value == pytest.approx(1 - t / np.sqrt(2 + t**2))
    assert list(judged(results, "rare MAE", "VANILLA")) == ["B"]  # C failed
    assert marks(results, "rare MAE", "VANILLA") == {"B": "lower"}
    assert marks(results, "frequent MAE", "VANILLA") == {"B": "higher"}
    assert marks(results, "fit s", "VANILLA") == marks(results, "MAE", None) == {}


def test_the_best_by_hand(results):
    assert [best(results, m) for m in ("rare MAE", "frequent MAE", "MAE", "GM")] == [
        "B", "VANILLA", "B", None,
    ]  # fmt: skip
    equal = results_of(["A", "B"], {"MAE": [[2, 4], [3, 3]]})
    assert best(equal, "MAE") == "A"


def test_tables_by_hand(results):
    frame = means_frame(results, ["MAE", "fit s"], sd=True, baseline="VANILLA")
    assert list(frame.columns) == [
        "MAE", "MAE sd", "MAE vs VANILLA", "fit s", "fit s sd", "failed folds", "error",
    ]  # fmt: skip
    assert frame["MAE"].tolist() == pytest.approx([29, 82 / 3, 30.5])
    assert frame["MAE sd"].tolist() == pytest.approx([1, np.sqrt(1 / 3), np.sqrt(0.5)])
    assert frame["fit s"].tolist() == [2, 2, 2]
    assert frame["failed folds"].tolist() == [0, 0, 1]
    assert frame["error"].tolist() == ["", "", "ValueError: no"]
    frame = differences_frame(
        results, "rare MAE", baseline="B", confidence_level=0.95, correction=None
    )
    assert frame["difference"].to_dict() == {"VANILLA": 21, "C": 31.5 - 40.5}
    assert frame["folds"].to_dict() == {"VANILLA": 3, "C": 2}
    text = as_text(results).splitlines()
    assert text[0] == "StrategyComparison: 3 strategies, 3 folds"
    # the overall errors differ by -1, -2 and -2, an interval of 1.67 +- 1.90
    assert text[3].split() == ["B", "41.0", "23.3", "27.3", "~", "n/a", "n/a", "2.00"]
    assert text[4].endswith("ValueError: no")


def test_words_by_hand(results):
    text = " ".join(finding(results))
    assert text.startswith(
        "B lowers the mean absolute error on the rarest fifth of the targets from 62.0 to 41.0 "
        "(−34 %) and raises it on the rest from 21.0 to 23.3 (+11 %). "
        "Over all rows the error goes from 29.0 to 27.3 (−5.7 %): the gain costs nothing."
    )
    assert text.endswith("C failed in 1 of 3 folds; see the table.")
    chosen = recommendation(results, "rare", 0.03)
    assert (chosen.name, chosen.baseline, chosen.too_costly) == ("B", "VANILLA", ())
    assert (chosen.rare.difference, chosen.frequent.difference) == (-21, pytest.approx(7 / 3))
    assert recommendation(results, "frequent", 0.03).name == "VANILLA"
    # means of both sides: 41.5 and 32.2
    assert recommendation(results, "balanced", 0.0).name == "B"


def test_pictures_by_hand(results):
    figure = Figure()
    ax = plot_trade_off(results, figure.subplots())
    points = {line.get_label(): line.get_xydata()[0] for line in ax.get_lines()}
    np.testing.assert_allclose(points["B"], [82 / 3, 41])
    assert "C" not in points
    ax = plot_pareto(results, Figure().subplots())
    front = next(line for line in ax.get_lines() if line.get_label() == "_front")
    np.testing.assert_allclose(front.get_xydata(), [[21, 62], [70 / 3, 41]])
    # the test rows are the targets 40 to 49, all predicted as 0: the ninth of ten bins of 5
    expected = np.full(10, np.nan)
    expected[8:] = [42, 47]
    np.testing.assert_allclose(region_errors(results, "B"), expected)
    lines = plot_regions(results, Figure().subplots()).get_lines()
    assert [line.get_label() for line in lines] == ["VANILLA", "B", "C"]


def test_pages_by_hand(results):
    html = fragment(results)
    assert "C failed in 1 of 3 folds (means are over the others): ValueError: no" in html
    assert "41.0" in html


def test_records_are_the_long_table():
    region = Regions(rare=np.array([True, False, True]), shots=np.array(["few"] * 3))
    results = results_of(
        ["A", "B"], {"MAE": [[1, 2], [3, np.nan]]}, failures={("B", 1): Failure("E: no", "")},
        n_train=5, n_test=3, regions=[region] * 2,
    )  # fmt: skip
    found = records(results)
    assert [(r["strategy"], r["fold"]) for r in found] == [("A", 0), ("A", 1), ("B", 0), ("B", 1)]
    assert [r["error"] for r in found] == ["", "", "", "E: no"]
    assert [r["MAE"] for r in found[:3]] == [1, 2, 3]
    assert {(r["n_train"], r["n_test"], r["n_rare"]) for r in found} == {(5, 3, 2)}


def test_a_comparison_is_a_view_of_it(comparison):
    outcome = comparison.outcome_
    assert isinstance(outcome, Results)
    doubled = {metric: 2 * values for metric, values in outcome.values.items()}
    other = StrategyComparison(replace(outcome, values=doubled))
    metrics = ["MAE", "rare MAE"]
    expected = 2 * comparison.table(sd=False, metrics=metrics)[metrics]
    assert other.table(sd=False, metrics=metrics)[metrics].equals(expected)
    comparison.results_[0]["MAE"] = -1  # of the reader's own list
    assert comparison.results_[0]["MAE"] > 0


def test_a_name_of_the_target_is_another_value(results):
    comparison = StrategyComparison(results)
    comparison.target_name = "rent"
    assert comparison.outcome_.target_name == "rent"
    assert results.target_name == "target"
    assert comparison.plot(Figure().subplots()).get_xlabel() == "rent"
    assert comparison.outcome_.y is results.y  # nothing is copied


def test_results_by_hand_can_be_fitted_with_features(results):
    model = Ridge()
    comparison = StrategyComparison(
        replace(results, estimators=dict.fromkeys(results.estimators, model))
    )
    X = np.arange(50.0)[:, np.newaxis]
    fitted = comparison.recommend(X=X)
    np.testing.assert_allclose(fitted.predict(X), Ridge().fit(X, results.y).predict(X))
    assert comparison.recommendation_.name == "B"
    with pytest.raises(ValueError, match="'X' parameter"):
        comparison.recommend()
