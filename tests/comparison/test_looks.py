"""How strategies look in pictures: no two alike, and each kind in its shape and colours."""

import pytest

from skdir.comparison._pictures.style import KIND_COLOURS, looks
from skdir.comparison._strategies.groups import strategy_groups
from skdir.comparison._strategies.registry import STRATEGIES
from skdir.utils._drawing.style import COLOURS, FEW

KINDS = {
    name: strategy.kind
    for name, strategy in STRATEGIES.items()
    if not strategy.costly and strategy.requires is None
}


@pytest.mark.parametrize("number", [FEW, None])
def test_strategies_can_be_told_apart_without_colour(number):
    styles = looks(dict(list(KINDS.items())[:number]))
    assert list(styles) == list(KINDS)[:number]
    assert len({(s["linestyle"], s["marker"]) for s in styles.values()}) == len(styles)
    assert len({s["color"] for s in styles.values()}) == len(styles)
    assert styles["VANILLA"] == {"color": "#222222", "linestyle": "-", "marker": "o"}


def test_each_kind_has_its_shape_and_colours():
    styles = looks(KINDS)
    for kind, names in strategy_groups(KINDS).items():
        names = [name for name in names if name != "VANILLA"]
        assert len({styles[name]["marker"] for name in names}) == 1
        assert {styles[name]["color"] for name in names} <= set(KIND_COLOURS[kind])
    every = [colour for colours in KIND_COLOURS.values() for colour in colours]
    assert len(set(every)) == len(every)
    assert len(set(COLOURS)) == 7


def test_any_number_of_strategies_has_looks():
    many = {f"w{k}": "weights" for k in range(30)} | {"VANILLA": "model"}
    assert list(looks(many)) == list(many)
    assert list(looks({f"m{k}": "model" for k in range(40)}))[-1] == "m39"
