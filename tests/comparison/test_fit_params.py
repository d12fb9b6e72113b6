"""Parameters of fits and groups: they reach the regressor with their own rows, in each strategy."""

import numpy as np
import pandas as pd
import pytest
from recorder import Spreads
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skdir.comparison import available_strategies, compare_strategies
from skdir.resampling import RandomOverSampler

N = 120


@pytest.fixture(scope="module")
def marked():
    """Return features of which the first is the number of the row, a target, and the numbers."""
    rng = np.random.default_rng(0)
    X = np.column_stack([np.arange(N, dtype=float), rng.normal(size=N)])
    return X, np.exp(rng.normal(size=N)), np.arange(N, dtype=float)


# Strategies of which each row of a fit is one of the training rows, as it was.
KEEP_ROWS = [
    "VANILLA", "LOG", "INV", "SQINV", "LDS", "INV+LDS", "DENSE", "SERA", "RUS", "ROS", "WERCS",
    "BLEND", "BLEND-AUTO",
]  # fmt: skip


@pytest.mark.parametrize("weighted", [False, True])
def test_entries_of_rows_follow_their_rows(marked, weighted):
    X, y, marks = marked
    weight = np.linspace(0.5, 2, N) if weighted else None
    result = compare_strategies(
        Spreads(), X, y, strategies=KEEP_ROWS, cv=3, random_state=0, sample_weight=weight,
        params={"marks": marks, "scale": 7.0},
    )  # fmt: skip
    assert result.errors_ == {}
    for name in set(KEEP_ROWS) - {"LOG"}:
        assert {part for _, parts in result.predictions_[name] for part in parts} == {7.0}


def test_all_strategies_hand_them_on(marked):
    X, y, _ = marked
    names = list(available_strategies(costly=True))
    result = compare_strategies(
        Spreads(), X, y, strategies=names, cv=2, random_state=0, bandwidth="search",
        params={"marks": None, "scale": 7.0},
    )  # fmt: skip
    assert result.errors_ == {}


@pytest.mark.parametrize("container", [list, pd.Series, np.asarray])
def test_parameters_of_a_step_of_a_pipeline(marked, container):
    X, y, marks = marked
    pipe = make_pipeline(FunctionTransformer(), Spreads())
    for params in ({"spreads__marks": container(marks)}, {"spreads__scale": 3.0}):
        result = compare_strategies(
            pipe, X, y, strategies=["VANILLA", "LDS", "ROS", "BLEND"], cv=3, params=params
        )
        assert result.errors_ == {}


def test_strategies_of_ones_own_get_them(marked):
    X, y, marks = marked
    strategies = {
        "estimator": Spreads(),
        "sampler": RandomOverSampler(),
        "callable": lambda regressor: regressor,
    }
    result = compare_strategies(
        Spreads(), X, y, strategies=strategies, cv=3, params={"marks": marks}
    )
    assert result.errors_ == {}


def test_the_chosen_model_is_fitted_with_them(marked):
    X, y, marks = marked
    result = compare_strategies(
        Spreads(), X, y, strategies=["VANILLA", "ROS"], cv=3, params={"marks": marks, "scale": 3.0}
    )
    assert result.recommend().predict(X[:1])[0] == 3.0
    assert "# marks, scale, for the fits" in result.to_html()


def test_what_is_remembered_depends_on_them(marked, tmp_path):
    X, y, marks = marked

    def predicted(**params):
        result = compare_strategies(
            Spreads(), X, y, strategies=["VANILLA"], cv=2, random_state=0, memory=tmp_path,
            params={"marks": marks, **params},
        )  # fmt: skip
        return result.predictions_["VANILLA"][0][1][0]

    assert [predicted(scale=s) for s in (1.0, 2.0, 1.0)] == [1.0, 2.0, 1.0]


def test_groups_keep_apart_what_belongs_together(marked):
    X, y, _ = marked
    groups = np.arange(N) // 10
    result = compare_strategies(
        Ridge(), X, y, strategies=["VANILLA"], cv=GroupKFold(4), groups=groups
    )
    expected = list(GroupKFold(4).split(X, y, groups))
    for (train, test), (own_train, own_test) in zip(expected, result.folds_):
        np.testing.assert_array_equal(train, own_train)
        np.testing.assert_array_equal(test, own_test)
    assert "groups=groups" in result.to_html()


def test_groups_of_an_inner_search_are_those_of_its_rows(marked):
    X, y, _ = marked
    # the target is the group's, so that a search that splits groups takes the smallest k
    groups = np.repeat(np.arange(N // 4), 4)
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 1e6]}, cv=GroupKFold(3))
    result = compare_strategies(
        search, X, y, strategies=["VANILLA", "LDS", "RUS"], cv=GroupKFold(3), groups=groups,
        params={"groups": groups}, random_state=0,
    )  # fmt: skip
    assert result.errors_ == {}
    train, test = result.folds_[0]
    by_hand = search.fit(X[train], y[train], groups=groups[train]).predict(X[test])
    np.testing.assert_allclose(result.predictions_["VANILLA"][0][1], by_hand)


BAD = [
    ({"params": ["marks"]}, r"'params' parameter of compare_strategies must be a dict"),
    ({"params": {1: 2}}, "'params' parameter of compare_strategies must be a dict"),
    ({"params": {"sample_weight": np.ones(N)}}, "'params'.*a parameter of its own"),
    ({"groups": np.arange(N)}, "'cv'.*a splitter that takes groups.*Got 5 instead"),
    ({"groups": np.arange(N), "cv": [([0], [1])]}, "'cv'.*a splitter that takes groups"),
    (
        {"groups": np.arange(9), "cv": GroupKFold(2)},
        r"'groups'.*of shape \(120,\).*Got shape \(9,\)",
    ),
    ({"groups": np.ones((N, 1)), "cv": GroupKFold(2)}, r"'groups'.*Got shape \(120, 1\)"),
    ({"groups": "a", "cv": GroupKFold(2)}, r"'groups'.*Got shape \(\)"),
    ({"cv": GroupKFold(2)}, "'cv'.*able to split.*'groups' parameter should not be None"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_parameters_are_refused_by_name(marked, change, message):
    X, y, _ = marked
    with pytest.raises(ValueError, match=message):
        compare_strategies(Ridge(), X, y, **change)


# ------------------------------------------------------------------- metadata routing


class Requests(RegressorMixin, BaseEstimator):
    """A regressor that predicts whether it got the marks of its rows."""

    def fit(self, X, y, sample_weight=None, marks=None):
        self.got_ = marks is not None and np.array_equal(marks, np.asarray(X)[:, 0])
        return self

    def predict(self, X):
        return np.full(len(X), float(self.got_))


def test_with_routing_each_gets_what_it_requests(marked):
    X, y, marks = marked
    with config_context(enable_metadata_routing=True):
        regressor = Requests().set_fit_request(marks=True, sample_weight=False)
        result = compare_strategies(
            regressor, X, y, cv=GroupKFold(3), params={"marks": marks, "groups": marks // 3},
            strategies={
                **{name: name for name in ("VANILLA", "LDS", "ROS", "BLEND")},
                "without": Requests().set_fit_request(marks=False, sample_weight=False),
            },
        )  # fmt: skip
    assert result.errors_ == {}
    means = {name: {p for _, part in result.predictions_[name] for p in part} for name in means_of}
    assert means == means_of
    expected = list(GroupKFold(3).split(X, y, marks // 3))
    np.testing.assert_array_equal(result.folds_[1][1], expected[1][1])


means_of = {
    "VANILLA": {1.0}, "LDS": {1.0}, "ROS": {1.0}, "BLEND": {1.0}, "without": {0.0}
}  # fmt: skip


def test_with_routing_what_nobody_requests_is_refused(marked):
    X, y, marks = marked
    with config_context(enable_metadata_routing=True):
        with pytest.raises(TypeError, match="marks"):
            compare_strategies(Ridge(), X, y, params={"marks": marks}, strategies=["VANILLA"])
        with pytest.raises(ValueError, match="marks.*not explicitly set as requested"):
            compare_strategies(
                Requests(), X, y, params={"marks": marks}, cv=KFold(3), strategies=["VANILLA"]
            )
