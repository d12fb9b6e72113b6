"""The finding says what the numbers say, gains and costs alike."""

import numpy as np
import pytest
from hand_made import results_of
from sklearn.linear_model import Ridge

from skdir.comparison import StrategyComparison, compare_strategies
from skdir.comparison._judgement.changes import paired_change
from skdir.comparison._run.results import Failure
from skdir.utils._text.numbers import number

NOISE = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


def made(values, rare_fraction=0.2, n_folds=5, failed=None, changed=()):
    """Build a comparison from mean (rare, frequent, all) errors; folds differ by shared noise."""
    names = list(values)
    means = dict(zip(("rare MAE", "frequent MAE", "MAE"), np.transpose(list(values.values()))))
    factors = {"rare MAE": (5, 0.1), "frequent MAE": (1, 0.1), "MAE": (1, 0.05)}
    folds = np.arange(n_folds)
    errors = {
        metric: [
            means[metric][i] + shared * NOISE[folds] + own * NOISE[(folds + i) % 5]
            for i in range(len(names))
        ]
        for metric, (shared, own) in factors.items()
    }
    failures = {task: Failure("ValueError: no", "Traceback") for task in failed or ()}
    return StrategyComparison(
        results_of(names, errors | dict(changed), failures=failures, rare_fraction=rare_fraction)
    )


def test_gain_and_price():
    text = made({"VANILLA": (60, 40, 44), "LDS": (50, 43, 44.4)}).finding()
    assert text.startswith(
        "LDS lowers the mean absolute error on the rarest fifth of the targets from 60.0 to 50.0 "
        "(−17 %) and raises it on the rest from 40.0 to 43.0 (+7.5 %)."
    )
    assert "Over all rows the error goes from 44.0 to 44.4 (+0.9 %): that is the price" in text
    assert "differs from VANILLA by −10.0 ± " in text
    assert "lower in 5 of 5) and by +3.0 ± " in text
    assert "(lower in 0 of 5)" in text


def test_a_cheaper_strategy_is_named_with_its_cap():
    text = made({"VANILLA": (60, 40, 44), "INV": (45, 50, 49), "LDS": (55, 41, 44.5)}).finding()
    assert text.startswith("INV lowers")
    assert "at most 2 %, take LDS: 60.0 to 55.0 on the rarest fifth (−8.3 %), 44.0 to 44.5" in text


def test_cost_above_gain_is_said():
    text = made({"VANILLA": (60, 40, 44), "INV": (54, 60, 58.0)}).finding()
    assert "it costs more than it gives" in text
    assert "at most 2 %" not in text


def test_gain_without_cost_is_said():
    text = made({"VANILLA": (60, 40, 44), "LOG": (50, 38, 41)}).finding()
    assert "and lowers it on the rest from 40.0 to 38.0 (−5.0 %)" in text
    assert "the gain costs nothing" in text


def test_nothing_helps():
    text = made({"VANILLA": (60, 40, 44), "LDS": (62, 40, 45), "INV": (70, 50, 55)}).finding()
    assert text == (
        "No strategy lowers the error on the rarest fifth of the targets: VANILLA has the lowest, "
        "a mean absolute error of 60.0. Keep VANILLA."
    )


def test_a_gain_within_chance_is_no_gain():
    text = made({"VANILLA": (60, 40, 44), "LDS": (59.99, 40.0, 44.0)}).finding()
    assert "by more than chance may do: there is no case for replacing VANILLA here" in text
    assert "The best of them, LDS" in text


def test_rest_and_overall_within_chance():
    text = made({"VANILLA": (60, 40, 44), "LDS": (50, 40.01, 44.001)}).finding()
    assert "changes it on the rest by no more than chance" in text
    assert "a rise within chance" in text


def test_one_fold_cannot_judge_chance():
    text = made({"VANILLA": (60, 40, 44), "LDS": (50, 42, 44)}, n_folds=1).finding()
    assert "one fold only, so chance cannot be judged" in text


def test_failures_other_baseline_and_single_strategy():
    failed = {("BAD", 0): "", ("WORSE", 0): "", ("WORSE", 1): ""}
    text = made(
        {"A": (60, 40, 44), "B": (50, 43, 44.4), "BAD": (1, 1, 1), "WORSE": (1, 1, 1)},
        failed=failed,
    ).finding()
    assert text.startswith("B lowers")
    assert "B differs from A by" in text
    assert text.endswith("BAD and WORSE failed in 1 and 2 of 5 folds; see the table.")
    alone = made({"A": (60, 40, 44)}).finding()
    assert alone == "Only A could be measured: there is nothing to compare."
    every = made({"A": (6, 4, 4), "B": (5, 4, 4)}, failed={("B", k): "" for k in range(5)})
    assert every.finding().endswith("B failed in every fold; see the table.")


@pytest.mark.parametrize("column", ["rare MAE", "frequent MAE"])
def test_an_empty_side_is_said(column):
    empty = {column: np.full((2, 5), np.nan)}
    text = made({"VANILLA": (60, 40, 44), "LDS": (50, 43, 44.4)}, changed=empty).finding()
    if column == "rare MAE":
        assert text == "No fold has test rows in the rarest fifth of the targets."
    else:
        assert "(no test row is frequent)" in text


def test_numbers_come_from_the_table(comparison):
    best = comparison.best()
    mean = comparison.table().loc[best, "rare MAE"]
    assert number(mean, comparison.table().loc["VANILLA", "rare MAE"]) in comparison.finding()


def test_useless_features_are_no_success():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), np.exp(rng.normal(size=300))
    text = compare_strategies(Ridge(), X, y, random_state=0).finding()
    assert "it costs more than it gives" in text


def test_change_ignores_folds_without_a_value_and_zero_baselines():
    change = paired_change(np.array([1.0, np.nan, 3.0]), np.array([2.0, 1.0, np.nan]), 0.25)
    assert (change.n_folds, change.before, change.after) == (1, 2.0, 1.0)
    assert not change.clear
    assert np.isnan(paired_change(np.zeros(2), np.zeros(2), 0.25).relative)
    assert np.isnan(paired_change(np.full(2, np.nan), np.zeros(2), 0.25).before)
