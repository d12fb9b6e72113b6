"""compare_strategies refuses bad parameters by name, and takes odd targets."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies

BAD = [
    ({"regressor": Ridge}, "'regressor'.*class Ridge; make an instance"),
    ({"regressor": LogisticRegression()}, "'regressor'.*classifier LogisticRegression"),
    ({"regressor": StandardScaler()}, "'regressor'.*lacks fit or predict"),
    ({"y": ["a"] * 240}, "'y'.*real numbers"),
    ({"y": np.full(240, np.nan)}, "'y'.*finite"),
    ({"y": np.ones(240)}, "'y'.*at least two different targets.*1 only"),
    ({"y": np.ones(0)}, "'y'.*at least 2"),
    ({"y": np.ones((240, 2))}, "'y'.*1-d"),
    ({"y": np.arange(239)}, "inconsistent numbers of samples"),
    ({"cv": 1}, "'cv'.*2 to the number of rows"),
    ({"cv": 241}, "'cv'.*240.*Got 241"),
    ({"cv": None}, "'cv'.*Got None"),
    ({"cv": "five"}, "'cv'.*'five'"),
    ({"cv": 2.5}, "'cv'.*2.5"),
    ({"cv": True}, "'cv'.*True"),
    ({"cv": KFold(500)}, "'cv'.*able to split"),
    ({"cv": [1, 2]}, "'cv'.*a splitter or an iterable of splits"),
    ({"cv": []}, "'cv'.*at least one"),
    ({"cv": [(np.arange(3), np.arange(3), np.arange(3))]}, "'cv'.*able to split"),
    ({"cv": [(np.arange(3), [])]}, "'cv'.*non-empty"),
    ({"cv": [(np.arange(3), [0.5])]}, "'cv'.*index arrays"),
    ({"cv": [(np.arange(3), [240])]}, "'cv'.*below 240"),
    ({"bins": "many"}, "'bins'.*'many'"),
    ({"bins": 0}, "'bins'.*Got 0"),
    ({"bins": [0.0, 1.0]}, "'bins'.*cover all targets"),
    ({"bins": [2.0, 1.0]}, "'bins'.*unsorted"),
    ({"rare_fraction": 0}, "'rare_fraction'.*between 0 and 1"),
    ({"rare_fraction": 1.0}, "'rare_fraction'.*between 0 and 1"),
    ({"rare_fraction": "low"}, "'rare_fraction'.*'low'"),
    ({"sample_weight": -np.ones(240)}, "'sample_weight'.*non-negative"),
    ({"sample_weight": np.ones(3)}, "'sample_weight'"),
    ({"n_jobs": 0}, "'n_jobs'.*Got 0"),
    ({"n_jobs": "all"}, "'n_jobs'.*'all'"),
    ({"progress": "loud"}, "'progress'.*'loud'"),
    ({"random_state": "seed"}, "seed"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_parameters_are_refused_by_name(data, change, message):
    given = {"regressor": Ridge(), "X": data[0], "y": data[1], "strategies": ["VANILLA"]} | change
    with pytest.raises((ValueError, TypeError), match=message):
        compare_strategies(given.pop("regressor"), given.pop("X"), given.pop("y"), **given)


@pytest.mark.parametrize(
    "y",
    [
        np.arange(60) % 2,
        np.r_[np.zeros(45), np.arange(1, 16)],
        np.arange(60) * 1e299,
        np.arange(60) % 2 == 0,
        np.arange(60, dtype=np.int8),
        np.r_[np.zeros(59), 1.0],
    ],
    ids=["two values", "zero-inflated", "1e300", "boolean", "integer", "one differs"],
)
def test_odd_targets_give_finite_errors(y):
    X = np.random.default_rng(0).normal(size=(60, 2))
    result = compare_strategies(
        Ridge(solver="cholesky"), X, y, strategies=["VANILLA", "LDS"], random_state=0
    )
    assert result.complete_ == ["VANILLA", "LDS"]
    table = result.table()
    assert np.isfinite(table[["MAE", "RMSE", "GM"]].to_numpy(float)).all()
    # a part without rows is NaN and left out of the table, never an exception
    assert {"rare MAE", "frequent MAE"} & set(table.columns)
    result.to_html()
