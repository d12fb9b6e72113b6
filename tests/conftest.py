"""Fixtures shared by all tests."""

import gc
import gzip
import json
import os
import sys
from pathlib import Path

import hypothesis
import pytest
from marked_files import COMPAT, COUNTED

# Two test processes on two cores: threads of their own would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_ignore_collect(collection_path, config):
    """With `-m compat` import no file that has nothing to run."""
    if config.getoption("markexpr") == "compat" and collection_path.suffix == ".py":
        return collection_path.name not in COMPAT or None
    return None


def pytest_collection_modifyitems(items):
    """Mark tests by their files."""
    for item in items:
        if item.path.name in COMPAT:
            item.add_marker("compat")
        if item.path.name not in COUNTED:
            item.add_marker("no_cover")


def pytest_collection_finish():
    """Keep thousands of collected tests out of each garbage collection to come."""
    gc.collect()
    gc.freeze()


# The same examples in every run: a failure is found by the change that brings it.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _close_figures():
    """No figure outlives its test."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def shared():
    """Return the folder of reference values and data sets, or skip where there is none."""
    folder = Path(os.environ.get("SKDIR_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    if not (folder / "reference").is_dir():
        pytest.skip("needs the reference values: set SKDIR_SHARED to their folder")
    return folder.resolve()


@pytest.fixture(scope="session")
def dir_reference(shared):
    """Return the values computed with the published DIR implementation."""
    with gzip.open(shared / "reference" / "dir_lds_fds_shots.json.gz") as file:
        return json.load(file)
