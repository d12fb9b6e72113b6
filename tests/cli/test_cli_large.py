"""Long runs of the command line: one thread for each process, and signs of life."""

import re
import subprocess
import sys

import numpy as np
import pytest
from command_line import run
from sklearn.base import BaseEstimator, RegressorMixin
from threadpoolctl import threadpool_info, threadpool_limits

from skdir.cli import make_regressor
from skdir.cli._regressors import n_threads

QUICK = ["--target", "rent", "--strategies", "VANILLA", "--cv", 2]


class Spy(RegressorMixin, BaseEstimator):
    """Write down what a fit is given."""

    seen = []

    def fit(self, X, y):
        self.mean_ = np.mean(y)
        Spy.seen.append({pool["num_threads"] for pool in threadpool_info()})
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


@pytest.fixture
def spied(monkeypatch):
    monkeypatch.setitem(sys.modules["skdir.cli._regressors"].REGRESSORS, "spy", Spy)
    Spy.seen = []
    return Spy.seen


def test_each_fit_has_one_thread(spied, csv, capsys, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with threadpool_limits(2):
        assert run(capsys, "compare", csv, "--regressor", "spy", *QUICK)[0] == 0
    assert spied == [{1}, {1}]


@pytest.mark.parametrize(
    ("variable", "expected"), [(None, 1), ("2", 2), ("2,1", 2), ("many", 1), ("", 1), ("-3", 1)]
)
def test_threads_are_one_or_as_many_as_the_environment_says(variable, expected, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if variable is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", variable)
    assert n_threads() == expected


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("lightgbm", "n_jobs"), ("xgboost", "n_jobs"), ("catboost", "thread_count")],
)
def test_regressors_with_threads_of_their_own(name, parameter, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert make_regressor(name).steps[-1][1].get_params()[parameter] == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert make_regressor(name).steps[-1][1].get_params()[parameter] == 3


class Slow(Spy):
    """A fit that takes a while."""

    def fit(self, X, y):
        import time

        time.sleep(0.4)
        return super().fit(X, y)


def test_lines_of_progress_without_a_terminal(csv, capsys, monkeypatch):
    """They come while a fit is running, too."""
    monkeypatch.setitem(sys.modules["skdir.cli._regressors"].REGRESSORS, "slow", Slow)
    monkeypatch.setattr("skdir.cli._progress.SECONDS", (0.1, 0.05))
    code, _, err = run(capsys, "compare", csv, "--regressor", "slow", *QUICK)
    assert code == 0
    lines = err.splitlines()
    assert len(lines) > 1
    assert re.fullmatch(r"skdir: (the first fit runs|1 of 2 fits), \d s", lines[0])
    assert any("skdir: 1 of 2 fits, " in line for line in lines)
    assert run(capsys, "compare", csv, "--regressor", "slow", *QUICK, "--no-progress")[2] == ""


def test_what_takes_seconds_prints_no_lines(csv, capsys):
    assert run(capsys, "compare", csv, "--regressor", "ridge", *QUICK)[2] == ""


def test_the_first_line_comes_before_the_first_fit(csv):
    """Also where stdout is a pipe, which keeps what it gets in a buffer."""
    code = (
        "import os, sys\n"
        "from skdir.cli import main\n"
        "import skdir.cli._commands as commands\n"
        "def stop(*args, **kwargs):\n"
        "    os._exit(7)\n"
        "commands.compare_strategies = stop\n"
        "main(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "compare", str(csv), "--target", "rent"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    assert "120 rows, 5 features, target 'rent'" in done.stdout
