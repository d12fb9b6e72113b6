"""What all displays share: the pattern, given axes, looks, names, and life without matplotlib."""

import inspect
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from display_cases import CASES, LINES, PREDICTED, X, Y
from matplotlib.figure import Figure

import skdir.inspection
from skdir.inspection import (
    ResamplingDisplay,
    ShotErrorDisplay,
    TargetDistributionDisplay,
)
from skdir.resampling import SmoteR
from skdir.utils._drawing.style import per, plain, series_looks, short_names, squared, unit_of

each = pytest.mark.parametrize(("cls", "n_axes", "make"), list(CASES.values()), ids=list(CASES))


def axes_of(display):
    """Return the axes of one panel or of several as a list."""
    return list(display.axes_) if hasattr(display, "axes_") else [display.ax_]


def test_all_displays_are_tested():
    names = {name for name in skdir.inspection.__all__ if name.endswith("Display")}
    assert {cls.__name__ for cls, _, _ in CASES.values()} == names


@each
def test_a_new_figure_is_pyplots(cls, n_axes, make):
    display = make(None)
    assert isinstance(display, cls)
    assert display.figure_ is plt.gcf()
    assert len(axes_of(display)) == n_axes
    display.figure_.draw_without_rendering()


@each
def test_given_axes_are_used(cls, n_axes, make):
    figure = Figure()
    axes = np.ravel(figure.subplots(2, n_axes)).tolist()
    first, second = axes[:n_axes], axes[n_axes:]
    display = make(first if n_axes > 1 else first[0])
    assert axes_of(display) == first and display.figure_ is figure
    assert display.plot(second if n_axes > 1 else second[0]) is display
    assert axes_of(display) == second
    assert plt.get_fignums() == []
    figure.draw_without_rendering()


@each
def test_wrong_numbers_of_axes(cls, n_axes, make):
    axes = Figure().subplots(1, n_axes + 1)
    message = f"'ax' parameter of {cls.__name__}.plot must be None or {n_axes} matplotlib Axes"
    with pytest.raises(ValueError, match=f"{message}. Got {n_axes + 1} of them"):
        make(axes)
    with pytest.raises(ValueError, match=f"{message}. Got str objects"):
        make(["a", "b", "c"][:n_axes])


@each
def test_a_display_from_its_own_attributes(cls, n_axes, make):
    display = make(None)
    names = list(inspect.signature(cls).parameters)
    params = {name: getattr(display, name) for name in names}
    again = cls(**params)
    assert all(getattr(again, name) is value for name, value in params.items())
    again.plot()
    for old, new in zip(axes_of(display), axes_of(again)):
        assert old.get_xlim() == new.get_xlim() and old.get_ylim() == new.get_ylim()
        assert len(old.lines) == len(new.lines)
        for one, two in zip(old.lines, new.lines):
            np.testing.assert_array_equal(one.get_xydata(), two.get_xydata())


@each
def test_attributes_of_the_docstring_are_there(cls, n_axes, make):
    display = make(None)
    section = inspect.getdoc(cls).split("Attributes\n----------\n")[1].split("See Also")[0]
    heads = [line.split(" : ")[0] for line in section.splitlines() if " : " in line[:60]]
    names = [name for head in heads for name in head.split(", ") if not head.startswith(" ")]
    assert names
    assert {name for name in vars(display) if name.endswith("_")} == set(names)


@each
def test_without_matplotlib_the_error_names_the_extra(cls, n_axes, make, monkeypatch):
    display = make(None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=rf"{cls.__name__}.plot .*scikit-dir\[plot\]"):
        make(None)
    with pytest.raises(ImportError, match=rf"{cls.__name__}.plot .*scikit-dir\[plot\]"):
        display.plot()


def test_importing_inspection_loads_neither_matplotlib_nor_torch():
    code = (
        "import skdir.inspection, sys; "
        "print([m for m in ('matplotlib', 'torch') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# ---------------------------------------------------------------------------- looks


@pytest.mark.parametrize("name", list(LINES))
def test_lines_differ_in_more_than_colour(name):
    lines = LINES[name](CASES[name][2](None)).values()
    assert len(lines) == 2
    for attribute in ("get_color", "get_linestyle", "get_marker"):
        assert len({getattr(line, attribute)() for line in lines}) == 2


def test_looks_repeat_only_after_63_lines():
    looks = series_looks(63)
    assert len({(look["color"], look["marker"]) for look in looks}) == 63
    assert len({(str(look["linestyle"]), look["marker"]) for look in looks}) == 63
    assert series_looks(9) == looks[:9]


def test_long_names_stay_different():
    names = [f"a regressor with the parameter {k}" for k in range(12)]
    short = short_names([*names, "ridge", "_hidden", "in $"], 12)
    assert len(set(short)) == 15
    assert max(map(len, short)) <= 12
    assert short[0] == "a regressor…" and short[1] == "a regresso…2" and short[11] == "a regress…12"
    assert short[-3:] == ["ridge", " _hidden", r"in \$"]
    assert plain("abcdef", 4) == "abc…"


def test_units():
    assert unit_of("flow (m³/s)") == "m³/s"
    assert unit_of("price [$] ") == "$"
    assert unit_of("age") == unit_of("f(x) of y") == ""
    assert [squared(unit) for unit in ("kg", "$", "m³/s", "")] == ["kg²", "$²", "(m³/s)²", ""]
    assert [per(unit) for unit in ("kg", "m³/s")] == ["1/kg", "1/(m³/s)"]


# ---------------------------------------------------------------------------- names


NAMED = {
    "distribution": lambda y, name: TargetDistributionDisplay.from_target(y, target_name=name),
    "shot error": lambda y, name: ShotErrorDisplay.from_predictions(
        y, PREDICTED, y_train=Y, target_name=name
    ),
    "resampling": lambda y, name: ResamplingDisplay.from_sampler(SmoteR(), X, y, target_name=name),
}


@pytest.mark.parametrize("make", list(NAMED.values()), ids=list(NAMED))
def test_axes_are_named_after_the_target(make):
    def label(display):
        return axes_of(display)[0].get_xlabel()

    assert label(make(Y, None)) == "target"
    series = pd.Series(Y, name="rent in $")
    assert label(make(series, None)) == r"rent in \$"
    assert label(make(series, "price")) == "price"
    with pytest.raises(ValueError, match="'target_name' parameter of .* None or a string. Got 3"):
        make(Y, 3)


def test_nothing_that_is_given_is_kept_or_changed():
    y, predicted, weight = Y.copy(), Y * 0.9, np.ones(len(Y))
    display = ShotErrorDisplay.from_predictions(
        y, predicted, y_train=y, sample_weight=weight, train_sample_weight=weight
    )
    shown = TargetDistributionDisplay.from_target(y, sample_weight=weight)
    np.testing.assert_array_equal(y, Y)
    before = display.errors["model"].copy()
    y[:], predicted[:], weight[:] = 0, 0, 0
    np.testing.assert_array_equal(display.errors["model"], before)
    np.testing.assert_array_equal(shown.y, Y)
    assert (shown.sample_weight == 1).all()
