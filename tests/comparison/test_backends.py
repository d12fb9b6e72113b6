"""Every backend of joblib runs a comparison, and none changes its numbers or its settings."""

import os
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from joblib._parallel_backends import ParallelBackendBase, SequentialBackend
from recorder import CountsThreads
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from skdir.comparison import compare_strategies

NAMES = ["VANILLA", "LDS", "SMOTER"]


class AllAtOnce(SequentialBackend):
    """A backend that hands back all results at once, as Ray's does."""

    supports_retrieve_callback = False

    def __init__(self, **arguments):  # of other packages, which need not call ours
        self.nesting_level = arguments.get("nesting_level")

    def submit(self, func, callback=None):
        result = joblib._parallel_backends.ImmediateResult(func)
        if callback:
            callback(result)
        return result


@pytest.fixture(scope="module")
def alone(data):
    return compare_strategies(Ridge(), *data, strategies=NAMES, cv=3, random_state=0)


def assert_same(one, other):
    assert other.complete_ == NAMES
    for name in NAMES:
        for (_, a), (_, b) in zip(one.predictions_[name], other.predictions_[name]):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing", "all at once"])
def test_numbers_do_not_depend_on_the_backend(backend, data, alone):
    joblib.register_parallel_backend("all at once", AllAtOnce)
    told = []
    with joblib.parallel_config(backend, n_jobs=2):
        result = compare_strategies(
            Ridge(), *data, strategies=NAMES, cv=3, random_state=0,
            progress=lambda *fit: told.append(fit),
        )  # fmt: skip
    assert_same(alone, result)
    assert [fit[0] for fit in told] == list(range(1, 10))


def test_a_backend_of_the_old_kind_was_used():
    assert issubclass(AllAtOnce, ParallelBackendBase)
    assert not AllAtOnce().supports_return_generator


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_classes_made_in_a_function_reach_other_processes(backend, data):
    class Local(Ridge):
        pass

    with joblib.parallel_config(backend, n_jobs=2):
        result = compare_strategies(
            Local(), *data, strategies={"VANILLA": "VANILLA", "own": Local()}, cv=2, random_state=0
        )
    assert result.complete_ == ["VANILLA", "own"]


def test_failures_are_reported_by_every_backend(data, fails):
    for backend in ("threading", "multiprocessing"):
        with joblib.parallel_config(backend, n_jobs=2):
            result = compare_strategies(
                Ridge(), *data, strategies={"VANILLA": "VANILLA", "fails": fails}, cv=2
            )
        assert result.complete_ == ["VANILLA"]
        assert "first <target> too high" in result.errors_["fails", 1]


# ------------------------------------------------------------------- threads of native libraries

SCRIPT = """
import joblib, numpy as np, sys
from contextlib import nullcontext
from recorder import CountsThreads
from skdir.comparison import compare_strategies
from sklearn.ensemble import HistGradientBoostingRegressor  # loads OpenMP

X = np.random.default_rng(0).normal(size=(40, 2))
for config in ({}, {"inner_max_num_threads": 3})[: int(sys.argv[1])]:
    for backend, n_jobs in (("loky", 1), ("loky", 2), ("threading", 2)):
        if config and backend == "threading":
            continue
        with joblib.parallel_config(backend, **config):
            c = compare_strategies(
                CountsThreads(), X, X[:, 0], strategies=["VANILLA"], cv=2, n_jobs=n_jobs
            )
        print(max(part.max() for _, part in c.predictions_["VANILLA"]), end=" ")
"""


def threads(script=SCRIPT, configs=2, **environment):
    """Return the numbers of threads in fits of a new process, under the first configurations."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = {name: value for name, value in os.environ.items() if name not in names}
    env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), env.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", script, str(configs)], capture_output=True, text=True, check=True,
        env=env | environment,
    )  # fmt: skip
    return [float(number) for number in done.stdout.split()]


def test_each_fit_has_one_thread_unless_the_user_says_how_many():
    one, two, many, _, inner = threads()
    assert (one, two, many) == (1.0, 1.0, 1.0)
    assert inner == 3.0
    assert threads(configs=1, OMP_NUM_THREADS="3") == [3.0, 3.0, 3.0]


OVERLAP = """
import threading
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor  # loads OpenMP
from threadpoolctl import threadpool_info
from skdir.comparison._run.parallel import one_thread

first_in, second_in, first_out = (threading.Event() for _ in range(3))


def numbers():
    return [library["num_threads"] for library in threadpool_info()]


def first():
    with one_thread():
        first_in.set()
        second_in.wait(10)
        print(max(numbers()), end=" ")
    first_out.set()


def second():
    first_in.wait(10)
    with one_thread():
        second_in.set()
        first_out.wait(10)


print(min(numbers()), end=" ")
both = [threading.Thread(target=target) for target in (first, second)]
for thread in both:
    thread.start()
for thread in both:
    thread.join()
print(min(numbers()))
"""


def test_limits_in_threads_that_overlap_are_taken_back():
    before, inside, after = threads(OVERLAP)
    assert inside == 1.0
    assert after == before  # as many as there are cores


def test_one_thread_in_this_process(data, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with threadpool_limits(2):
        result = compare_strategies(CountsThreads(), *data, strategies=["VANILLA"], cv=2)
        assert result.predictions_["VANILLA"][0][1][0] == 1.0
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        result = compare_strategies(CountsThreads(), *data, strategies=["VANILLA"], cv=2)
        assert result.predictions_["VANILLA"][0][1][0] == 2.0
