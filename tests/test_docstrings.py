"""Docstrings are complete numpydoc, and their examples run."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest
from numpydoc.validate import validate

import skdir

PACKAGES = [f"skdir.{name}" for name in skdir._SUBMODULES if name != "cli"] + [
    "skdir.utils.estimator_checks"
]
ROOT = Path(skdir.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


def public_objects():
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            yield f"{package}.{name}", getattr(module, name)


def public_methods():
    for name, obj in public_objects():
        if inspect.isclass(obj):
            for method, value in vars(obj).items():
                # on_...: hooks that skorch calls, not the user
                if not method.startswith(("_", "on_")) and inspect.isfunction(value):
                    yield f"{name}.{method}"


# GL08 no docstring, PR01-PR10 parameters, RT01/RT03 returns, SS03/SS06 summary, SA04, EX01
ERRORS = {
    "GL08", "PR01", "PR02", "PR03", "PR04", "PR07", "PR08", "PR09", "RT01", "RT03", "SS03", "SS06",
}  # fmt: skip


def problems_of(names, codes):
    """Return what numpydoc finds wrong, by the object it finds it in."""
    found = {name: [e for e in validate(name)["errors"] if e[0] in codes] for name in names}
    return {name: problems for name, problems in found.items() if problems}


def test_public_objects():
    assert problems_of([name for name, _ in public_objects()], ERRORS | {"EX01"}) == {}


def test_public_methods():
    assert problems_of(public_methods(), ERRORS) == {}


# One test a module, so that an example that fails is shown with its own output.
@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_run(name):
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted
    assert result.failed == 0


def test_examples_exist():
    for name, obj in public_objects():
        assert ">>>" in inspect.getdoc(obj) or inspect.isabstract(obj), name


def test_all_is_sorted():
    for package in PACKAGES:
        module = importlib.import_module(package)
        assert module.__all__ == sorted(module.__all__), package
        assert module.__doc__, package
