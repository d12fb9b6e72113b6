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


# What `-m` selects, by the names of files: those in a list, or those that are not.
SELECTED = {
    "compat": lambda name: name in COMPAT,
    "counted": lambda name: name in COUNTED,
    "not counted": lambda name: name not in COUNTED,
}


def pytest_ignore_collect(collection_path, config):
    """Import no file of tests of which `-m` selects nothing."""
    selected = SELECTED.get(config.getoption("markexpr"))
    if selected is None or not collection_path.name.startswith("test_"):
        return None
    return (collection_path.suffix == ".py" and not selected(collection_path.name)) or None


def pytest_collection_modifyitems(items):
    """Mark tests by their files."""
    for item in items:
        if item.path.name in COMPAT:
            item.add_marker("compat")
        if item.path.name in COUNTED:
            item.add_marker("counted")


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
