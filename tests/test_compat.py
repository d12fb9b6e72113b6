"""The tests for other versions of packages cover what is public."""

import ast
import importlib
import inspect
from pathlib import Path

from marked_files import COMPAT, COUNTED
from test_defaults import CLASSES

import skdir

FILES = {path.name: path for path in Path(__file__).parent.rglob("test_*.py")}


def test_listed_files_exist():
    assert {*COMPAT, *COUNTED} - FILES.keys() == set()
    assert len(FILES) == len(list(Path(__file__).parent.rglob("test_*.py")))


def test_marks(request):
    assert request.node.get_closest_marker("compat")
    assert not request.node.get_closest_marker("counted")


# Classes of what functions return, which nobody makes by name.
RETURNED_BY = {
    "FeatureStatistics": "feature_statistics",
    "Results": "compare_strategies",
    "StrategyComparison": "compare_strategies",
}


def names_in(path):
    """Return the names that a file of tests uses, itself or by files of helpers beside it."""
    found, files, todo = set(), set(), {path}
    while todo:
        files |= todo
        nodes = [n for f in todo for n in ast.walk(ast.parse(f.read_text(encoding="utf-8")))]
        found |= {node.id for node in nodes if isinstance(node, ast.Name)}
        helpers = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        todo = {path.with_name(f"{name}.py") for name in helpers} - files
        todo = {file for file in todo if file.is_file()}
    return found


def test_each_public_class_is_used_by_a_marked_test():
    public = set()
    for package in skdir._SUBMODULES:
        module = importlib.import_module(f"skdir.{package}")
        public |= {name for name in module.__all__ if inspect.isclass(getattr(module, name))}
    used = set(CLASSES).union(*(names_in(FILES[file]) for file in COMPAT))
    assert [name for name in sorted(public) if RETURNED_BY.get(name, name) not in used] == []
