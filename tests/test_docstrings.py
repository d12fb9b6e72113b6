"""Docstrings are complete numpydoc, and their examples run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest
from numpydoc.validate import validate

import skdir

PACKAGES = [f"skdir.{name}" for name in skdir._SUBMODULES if name != "cli"] + [
    "skdir.utils.estimator_checks"
]
MODULES = sorted(
    m.name for m in pkgutil.walk_packages(skdir.__path__, "skdir.") if m.name != "skdir.__main__"
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


@pytest.mark.parametrize("name", [name for name, _ in public_objects()])
def test_public_object(name):
    problems = [e for e in validate(name)["errors"] if e[0] in ERRORS | {"EX01"}]
    assert not problems


@pytest.mark.parametrize("name", list(public_methods()))
def test_public_method(name):
    problems = [e for e in validate(name)["errors"] if e[0] in ERRORS]
    assert not problems


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.failed == 0


def test_examples_exist():
    for name, obj in public_objects():
        assert ">>>" in inspect.getdoc(obj) or inspect.isabstract(obj), name


@pytest.mark.parametrize("package", PACKAGES)
def test_all_is_sorted(package):
    module = importlib.import_module(package)
    assert module.__all__ == sorted(module.__all__)
    assert module.__doc__
