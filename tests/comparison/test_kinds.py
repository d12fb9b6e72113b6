"""Kinds of strategies, their headings and their looks."""

import imblearn.pipeline
import pytest
from sklearn.ensemble import StackingRegressor, VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison._pictures.style import KIND_COLOURS, looks
from skdir.comparison._strategies.groups import headings, strategy_groups, strategy_kind
from skdir.comparison._strategies.registry import BUILT_IN
from skdir.compose import LogTargetRegressor
from skdir.resampling import SmoteR
from skdir.utils._drawing.style import COLOURS, FEW
from skdir.weighting import WeightedRegressor

SAMPLING = imblearn.pipeline.make_pipeline(StandardScaler(), SmoteR(), Ridge())


@pytest.fixture(scope="module")
def estimators():
    return {name: strategy.build(Ridge()) for name, strategy in BUILT_IN.items()}


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (Ridge(), "model"),
        (LogTargetRegressor(SAMPLING), "model"),
        (make_pipeline(StandardScaler(), Ridge()), "model"),
        (imblearn.pipeline.make_pipeline(StandardScaler(), Ridge()), "model"),
        (WeightedRegressor(Ridge()), "weights"),
        (SAMPLING, "resampling"),
        (VotingRegressor([("a", Ridge()), ("b", WeightedRegressor())]), "mean"),
        (StackingRegressor([("a", Ridge())]), "mean"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_an_estimator_does_about_the_imbalance(estimator, kind):
    assert strategy_kind(estimator) == kind


def test_built_in_strategies_come_kind_by_kind(estimators):
    groups = strategy_groups(estimators)
    assert [name for names in groups.values() for name in names] == list(BUILT_IN)
    assert groups["model"] == ["VANILLA", "LOG"]
    assert groups["weights"][0] == "INV"
    assert groups["resampling"] == ["RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS"]
    assert headings(estimators) == {
        "VANILLA": "Model or target",
        "INV": "Weights",
        "RUS": "Resampling",
        "BLEND": "Mean of models",
    }


def test_few_strategies_and_alternating_or_single_kinds_have_no_groups(estimators):
    assert headings(dict(list(estimators.items())[:FEW])) == {}
    assert headings(dict(list(estimators.items())[: FEW + 1])) != {}
    mixed = {name: estimators[name] for name in sorted(estimators)}
    assert strategy_groups(mixed) is None
    assert strategy_groups({str(k): Ridge() for k in range(20)}) is None


def test_the_plain_regressor_is_a_model_whatever_it_is_made_of(estimators):
    assert strategy_groups(estimators | {"VANILLA": SAMPLING})["model"] == ["VANILLA", "LOG"]


@pytest.mark.parametrize("number", [FEW, None])
def test_strategies_can_be_told_apart_without_colour(estimators, number):
    styles = looks(dict(list(estimators.items())[:number]))
    assert list(styles) == list(estimators)[:number]
    assert len({(s["linestyle"], s["marker"]) for s in styles.values()}) == len(styles)
    assert len({s["color"] for s in styles.values()}) == len(styles)
    assert styles["VANILLA"] == {"color": "#222222", "linestyle": "-", "marker": "o"}


def test_each_kind_has_its_shape_and_colours(estimators):
    styles = looks(estimators)
    for kind, names in strategy_groups(estimators).items():
        names = [name for name in names if name != "VANILLA"]
        assert len({styles[name]["marker"] for name in names}) == 1
        assert {styles[name]["color"] for name in names} <= set(KIND_COLOURS[kind])
    every = [colour for colours in KIND_COLOURS.values() for colour in colours]
    assert len(set(every)) == len(every)
    assert len(set(COLOURS)) == 7


def test_any_number_of_strategies_has_looks():
    many = {f"w{k}": WeightedRegressor(Ridge()) for k in range(30)} | {"VANILLA": Ridge()}
    assert list(looks(many)) == list(many)
    assert list(looks({f"m{k}": Ridge() for k in range(40)}))[-1] == "m39"
