"""Predictions remembered on disk: found again, never wrongly, and after a kill."""

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from counting import Counting, count
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.preprocessing import FunctionTransformer

import skdir.comparison._run.tasks as tasks
from skdir.comparison import compare_strategies

NAMES = ["VANILLA", "LOG", "LDS"]


@pytest.fixture
def counted(tmp_path, data):
    """Return a function that compares, and one that tells how many fits it took."""
    path = str(tmp_path / "fits")

    def compare(X=data[0], y=data[1], regressor=None, **arguments):
        before = count(path)
        given = {"strategies": NAMES, "cv": 3, "random_state": 0, "memory": tmp_path / "memory"}
        result = compare_strategies(regressor or Counting(path), X, y, **{**given, **arguments})
        assert result.complete_ == list(result.estimators_)
        return result, count(path) - before

    compare.path = path
    return compare


def assert_same(one, other):
    # the times, too: they are those of the first run
    np.testing.assert_equal(one.results_, other.results_)
    for name in one.estimators_:
        for (rows, a), (again, b) in zip(one.predictions_[name], other.predictions_[name]):
            np.testing.assert_array_equal(rows, again)
            np.testing.assert_array_equal(a, b)


def test_a_second_run_fits_nothing_and_says_the_same(counted):
    first, fits = counted()
    assert fits == 9
    second, fits = counted()
    assert fits == 0
    assert_same(first, second)
    plain, fits = counted(memory=None)
    assert fits == 9
    np.testing.assert_array_equal(plain.table()["MAE"], first.table()["MAE"])


def test_only_what_is_new_is_fitted(counted):
    counted()
    assert counted(strategies=[*NAMES, "INV"])[1] == 3
    assert counted(strategies={"another name": "LDS"})[1] == 0
    result, fits = counted(bins=7, rare_fraction=0.1)
    assert fits == 0
    fresh, _ = counted(bins=7, rare_fraction=0.1, memory=None)
    np.testing.assert_array_equal(result.table()["rare MAE"], fresh.table()["rare MAE"])
    folds = [(np.arange(120), np.arange(120, 240))]
    assert counted(cv=folds)[1] == 3
    assert counted(cv=[*folds, (np.arange(100), np.arange(120, 240))])[1] == 3


def change_one_feature(X, y):
    X = X.copy()
    X[7, 1] += 1e-9
    return {"X": X}


@pytest.mark.parametrize(
    "change",
    [
        change_one_feature,
        lambda X, y: {"y": np.r_[y[:-1], y[-1] + 1e-9]},
        lambda X, y: {"sample_weight": np.ones(240)},
        lambda X, y: {"random_state": 1},
        lambda X, y: {"cv": 4},
        lambda X, y: {"X": pd.DataFrame(X)},
    ],
    ids=["feature", "target", "weights", "seed", "folds", "container"],
)
def test_whatever_may_matter_is_fitted_again(counted, data, change):
    counted()
    arguments = change(*data)
    assert counted(**arguments)[1] == 3 * arguments.get("cv", 3)
    assert counted(**arguments)[1] == 0


def test_parameters_and_versions_are_part_of_the_key(counted, monkeypatch):
    counted()
    assert counted(regressor=Counting(counted.path, tag=1))[1] == 9
    monkeypatch.setattr(
        tasks, "used_versions", lambda estimator: {"Python": "4", "sklearn": "next"}
    )
    assert counted()[1] == 9


def test_processes_share_the_folder(counted):
    first, fits = counted(n_jobs=2)
    assert fits == 9
    second, fits = counted()
    assert fits == 0
    assert_same(first, second)


@pytest.mark.parametrize("kind", [str, Path, lambda path: joblib.Memory(path, verbose=0)])
def test_a_folder_or_a_memory(counted, tmp_path, kind):
    memory = kind(tmp_path / "other")
    assert counted(memory=memory)[1] == 9
    assert counted(memory=memory)[1] == 0
    assert (tmp_path / "other").is_dir()
    assert counted(memory=joblib.Memory(None))[1] == 9


@pytest.mark.parametrize("memory", [0, "", ["folder"]])
def test_bad_memories_are_named(data, memory):
    with pytest.raises(ValueError, match="'memory' parameter of compare_strategies must be None,"):
        compare_strategies(Ridge(), *data, memory=memory)


@pytest.mark.parametrize("content", [b"", b"not a pickle", None, "other", "short", "nan"])
def test_a_damaged_file_is_fitted_again_with_a_warning(counted, tmp_path, content):
    first, _ = counted()
    path = sorted((tmp_path / "memory").rglob("output.pkl"))[0]
    values = joblib.load(path)
    if content is None:
        path.write_bytes(path.read_bytes()[:-9])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        values = {
            "other": "surprise",
            "short": (values[0][:-1], values[1]),
            "nan": (values[0] * np.nan, values[1]),
        }[content]
        joblib.dump(values, path)
    with pytest.warns(
        UserWarning, match=r"remembered of '\w+' in fold \d cannot be read, so it is"
    ):
        again, fits = counted()
    assert fits == 1
    for name in NAMES:
        for (_, a), (_, b) in zip(first.predictions_[name], again.predictions_[name]):
            np.testing.assert_array_equal(a, b)
    assert counted()[1] == 0


def test_a_file_in_the_place_of_the_folder_is_named(data, tmp_path):
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="'memory' parameter of compare_strategies must be"):
        compare_strategies(Ridge(), *data, memory=path)
    assert path.read_text(encoding="utf-8") == "mine"
    for folder in ("a\0b", path / "below"):
        with pytest.raises(ValueError, match="'memory' parameter of compare_strategies must be"):
            compare_strategies(Ridge(), *data, memory=folder)


def test_memory_that_maps_files_is_read(counted, tmp_path):
    memory = joblib.Memory(tmp_path / "mapped", mmap_mode="r", verbose=0)
    first, fits = counted(memory=memory)
    again, more = counted(memory=memory)
    assert (fits, more) == (9, 0)
    assert_same(first, again)


def test_failures_are_not_remembered(data, tmp_path, fails):
    arguments = {
        "strategies": {"VANILLA": "VANILLA", "fails": fails}, "cv": 2, "random_state": 0,
        "memory": tmp_path,
    }  # fmt: skip
    for _ in range(2):
        result = compare_strategies(Ridge(), *data, **arguments)
        assert result.complete_ == ["VANILLA"]
        assert "first <target> too high" in result.errors_["fails", 0]
    remembered = list(tmp_path.rglob("output.pkl"))
    assert len(remembered) == 2  # those of VANILLA


def test_what_cannot_be_pickled_is_fitted_each_time_with_a_warning(data, tmp_path):
    class Local(Ridge):
        pass

    strategies = {
        "local": Local(),
        "lambda": lambda regressor: FunctionTransformer(lambda x: x) and regressor,
    }
    with pytest.warns(UserWarning, match="'local' cannot be remembered, since it cannot be pick"):
        result = compare_strategies(
            Ridge(), *data, strategies=strategies, cv=2, random_state=0, memory=tmp_path
        )
    assert result.complete_ == ["local", "lambda"]
    assert len(list(tmp_path.rglob("output.pkl"))) == 2


SCRIPT = """
import sys
from test_memory import resumable

resumable(*sys.argv[1:])
"""


def resumable(path, memory):
    """Compare three strategies over four folds."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 2))
    return compare_strategies(
        Counting(path), X, np.exp(X[:, 0]), strategies=NAMES, cv=4, random_state=0, memory=memory
    )


def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    path, memory = str(tmp_path / "fits"), str(tmp_path / "memory")
    Path(f"{path}.deadly").write_text("6", encoding="utf-8")
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, path, memory],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert count(path) == 6  # five that were remembered, and the one that was cut off
    Path(f"{path}.deadly").unlink()
    finished = resumable(path, memory)
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 12 + 1  # each of the 12 once, but for the one that was cut off
    assert lines[5] == lines[6]
    again = resumable(path, memory)
    assert count(path) == 13
    assert_same(again, finished)


def test_models_are_dropped_and_predictions_are_compact(data):
    X, y = (np.tile(part, (10, 1))[:2000] for part in (data[0], data[1][:, np.newaxis]))
    forest = RandomForestRegressor(30, random_state=0)
    names = ["VANILLA", "LOG", "LDS", "ROS"]
    result = compare_strategies(forest, X, y.ravel(), strategies=names, cv=2, random_state=0)
    size = len(pickle.dumps(result))
    model = len(pickle.dumps(result.recommend()))
    # 8 bytes a prediction; rows of the folds, targets, and what is rare, 60 bytes a row; the rest
    assert size < 8 * 4 * 2000 + 80 * 2000 + 50_000
    assert size < model / 2
