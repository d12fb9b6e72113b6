"""compare_strategies refuses bad parameters by name, and takes odd targets."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.dummy import DummyRegressor
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies
from skdir.weighting import WeightedRegressor

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
    (
        {"strategies": "LDS"},
        r"a list of names.*Got 'LDS' \(one name is a list, too: \['LDS'\]\) instead",
    ),
    (
        {"strategies": "lds"},
        r"Got 'lds' \(did you mean 'LDS'\? one name is a list, too: \['LDS'\]\) instead",
    ),
    ({"strategies": ["lds"]}, r"Got 'lds' \(did you mean 'LDS'\?\) instead"),
    ({"strategies": ["focal-r"]}, r"Got 'focal-r' \(did you mean 'FOCAL-R'\?\) instead"),
    ({"X": np.arange(240.0)}, r"'X'.*2-d.*numbers of shape \(240,\); pass np.reshape\(X, "),
    ({"X": np.arange(240.0).tolist()}, r"'X'.*numbers of shape \(240,\); pass np.reshape\(X, "),
    ({"X": pd.Series(np.arange(240), index=range(7, 247))}, r"'X'.*pass X.to_frame\(\) if"),
    ({"X": pl.Series(np.arange(240))}, r"'X'.*pass X.to_frame\(\) if"),
    ({"X": pd.Series([None, *range(239)], dtype="Int64")}, r"'X'.*pass X.to_frame\(\) if"),
    ({"X": np.arange(240).astype(object)}, r"'X'.*numbers of shape \(240,\)"),
    ({"X": None}, "'X'.*must be an array, a table or a list.*Got a NoneType"),
    ({"X": "a" * 240}, "'X'.*must be an array, a table or a list.*Got a str"),
    ({"X": {"a": np.ones(240)}}, "'X'.*must be an array, a table or a list.*Got a dict"),
    ({"X": iter(np.ones((240, 2)))}, "'X'.*must be an array, a table or a list.*Got a "),
    ({"X": np.ma.masked_greater(np.ones((240, 2)), 0)}, "'X'.*without masked values"),
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


@pytest.fixture(scope="module")
def texts():
    """Return texts with targets that depend on them."""
    rng = np.random.default_rng(0)
    words = rng.choice(["red car", "blue car", "a green bike with bells"], 90)
    y = np.char.str_len(words) + np.exp(rng.normal(size=90))
    return words.tolist(), y


CONTAINERS = {
    "list": list,
    "array": np.array,
    "objects": lambda words: np.array(words, dtype=object),
    "series": pd.Series,
    "dates": lambda words: pd.Series(words, index=pd.date_range("2024", periods=90)),
    "shuffled": lambda words: pd.Series(words, index=np.arange(1090, 1000, -1)),
    "doubled": lambda words: pd.Series(words, index=[0] * 90),
    "categories": lambda words: pd.Series(words, dtype="category"),
    "polars": pl.Series,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_texts_are_features_as_they_are_elsewhere(texts, container):
    words, y = texts
    X = CONTAINERS[container](words)
    model = make_pipeline(TfidfVectorizer(), Ridge())
    folds = list(KFold(3).split(words))
    result = compare_strategies(model, X, y, strategies=["VANILLA", "LDS", "BLEND"], cv=folds)
    assert result.complete_ == ["VANILLA", "LDS", "BLEND"]
    train, test = folds[1]
    by_hand = WeightedRegressor(model).fit([words[k] for k in train], y[train])
    np.testing.assert_allclose(
        result.predictions_["LDS"][1][1], by_hand.predict([words[k] for k in test])
    )
    result.recommend().predict(words[:2])
    assert "90 rows, texts, 3 folds" in result.to_html()


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (np.zeros((60, 4)), "4 features"),
        (np.zeros((60, 1)), "1 feature"),
        ([[0.0, 1.0, 2.0]] * 60, "3 features"),
        (pd.DataFrame({"a": [0.0] * 60, "b": [1.0] * 60}, index=range(5, 65)), "2 features"),
        (pl.DataFrame({"a": [0.0] * 60, "b": [1.0] * 60}), "2 features"),
        (sparse.csr_matrix((60, 5)), "5 features"),
        (np.zeros((60, 8, 8, 3)), "arrays of 8 × 8 × 3 numbers"),
        ([{"a": 1.0}] * 60, "objects (dict)"),
        (np.zeros((60, 1234)), "1,234 features"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_report_says_what_the_features_are(X, expected):
    y = np.exp(np.linspace(0, 3, 60))
    regressor = make_pipeline(DictVectorizer(), Ridge()) if "dict" in expected else DummyRegressor()
    result = compare_strategies(regressor, X, y, strategies=["VANILLA", "LDS"], cv=2)
    assert result.complete_ == ["VANILLA", "LDS"]
    assert f"60 rows, {expected}, 2 folds" in result.to_html()
