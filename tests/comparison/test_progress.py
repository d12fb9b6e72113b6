"""How far a comparison is: a bar in terminals, lines elsewhere, or a function of the user's."""

import io
import sys

import pytest
from sklearn.linear_model import Ridge

import skdir.comparison._run.progress as module
from skdir.comparison import compare_strategies


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(data):
    def compare(progress, **arguments):
        given = {"strategies": ["VANILLA", "LDS"], "cv": 2, "random_state": 0} | arguments
        return compare_strategies(Ridge(), *data, progress=progress, **given)

    return compare


def test_nothing_is_shown_unless_asked_for(run, capsys):
    for progress in (False, "auto"):  # stderr is no terminal here
        run(progress)
        assert capsys.readouterr() == ("", "")


def test_lines_where_there_is_no_terminal(run, capsys, monkeypatch):
    run(True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["2 strategies, 2 folds: 4 fits", "4 of 4 fits, 0 s"]
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    run(True, strategies={"VANILLA": "VANILLA", "\x1b[31mred": "LDS"})
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "1 of 4 fits, 0 s; last: VANILLA, fold 0"
    assert lines[3] == r"3 of 4 fits, 0 s; last: \x1b[31mred, fold 0"
    assert len(lines) == 5


@pytest.mark.parametrize("progress", ["auto", True])
def test_a_bar_in_a_terminal(run, progress, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(progress)
    assert "2 strategies, 2 folds" in terminal.getvalue()
    assert "last:" not in terminal.getvalue()


def test_without_rich_there_are_lines_if_asked_for(run, monkeypatch):
    for name in [n for n in sys.modules if n.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("auto")
    assert terminal.getvalue() == ""
    run(True)
    assert terminal.getvalue().endswith("4 of 4 fits, 0 s\n")


def test_without_stderr_there_is_nothing(run, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    for progress in ("auto", True):
        assert run(progress).complete_ == ["VANILLA", "LDS"]


def test_a_function_is_told_of_each_fit(run, capsys):
    seen = []
    run(lambda *told: seen.append(told))
    assert seen == [
        (1, 4, "VANILLA", 0), (2, 4, "VANILLA", 1), (3, 4, "LDS", 0), (4, 4, "LDS", 1)
    ]  # fmt: skip
    seen.clear()
    run(lambda *told: seen.append(told), n_jobs=2)
    assert [told[:2] for told in seen] == [(k, 4) for k in range(1, 5)]
    assert {told[2:] for told in seen} == {(s, k) for s in ("VANILLA", "LDS") for k in (0, 1)}
    assert capsys.readouterr() == ("", "")


def test_a_function_that_raises_ends_the_comparison(run):
    def stop(done, total, name, fold):
        raise KeyboardInterrupt(f"after {done}")

    with pytest.raises(KeyboardInterrupt, match="after 1"):
        run(stop)
