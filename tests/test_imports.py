"""Who may import whom, and what `import skdir` costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skdir

ROOT = Path(skdir.__file__).parent
LAYERS = [
    {"utils"},
    {"density"},
    {"relevance"},
    {"weighting", "resampling", "metrics", "compose"},
    {"model_selection", "datasets", "inspection"},
    {"ensemble", "neural_network"},
    {"comparison"},
    {"cli"},
]
# Only inside of functions, so that skdir is light and works without them; those of deep learning
# also at the top of the one package that is about it.
DEEP = {"torch", "skorch"}
LAZY = DEEP | {
    "matplotlib", "pandas", "dask", "jinja2", "rich", "polars", "pytest", "safetensors",
    "PIL", "filelock", "requests",
}  # fmt: skip
FILES = sorted(ROOT.rglob("*.py"))


def level(package):
    return next(i for i, layer in enumerate(LAYERS) if package in layer)


def package_of(path):
    return path.relative_to(ROOT).with_suffix("").parts[0].strip("_")


def imports(tree, *, top_level_only):
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_layers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = package_of(path)
    lazy = LAZY - DEEP if package == "neural_network" else LAZY
    for name in imports(tree, top_level_only=True):
        assert name.partition(".")[0] not in lazy, f"{name} must be imported inside a function"
    if package in ("", "init", "main"):
        return
    for name in imports(tree, top_level_only=False):
        parts = name.split(".")
        other = parts[1] if parts[0] == "skdir" and len(parts) > 1 else package
        if path.name == "inputs.py" and other == "density":
            continue  # a debt, to be paid
        if other != package:
            assert level(other) < level(package), f"{package} must not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_private_scikit_learn_names_are_imported_in_one_file(path):
    if path.name == "_sklearn_compat.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in (
            "sklearn",
            "imblearn",
        ):
            names = [*node.module.split("."), *(alias.name for alias in node.names)]
            assert not any(name.startswith("_") for name in names), names


def lines_of_code(path):
    """Count the lines of a file that are neither blank, nor comments, nor docstrings."""
    source = path.read_text(encoding="utf-8")
    described = set()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node):
            described.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in described
        for number, line in enumerate(source.splitlines(), start=1)
    )


def test_files_are_short():
    assert {p: n for p in FILES if (n := lines_of_code(p)) > 400} == {}


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("module", ["skdir", "skdir.weighting", "skdir.metrics", "skdir.datasets"])
def test_heavy_packages_are_not_loaded(module):
    for package in ("torch", "skorch", "matplotlib", "dask"):
        __import__("importlib").util.find_spec(package)
        assert (
            run(f"import importlib.util as u; print(u.find_spec('{package}') is not None)")
            == "True"
        )
    code = (
        f"import {module}, sys; "
        "print([m for m in ('torch', 'skorch', 'matplotlib', 'dask') if m in sys.modules])"
    )
    assert run(code) == "[]"


def test_without_torch_the_deep_package_says_what_to_install():
    code = """
import sys
sys.modules["torch"] = None  # as if it were not installed
import skdir
assert "neural_network" in dir(skdir)
try:
    skdir.neural_network
except ImportError as error:
    print(error)
"""
    message = run(code)
    assert message.startswith("skdir.neural_network requires the package 'torch'")
    assert message.endswith("Install it with: pip install 'scikit-dir[deep]'")
    assert run(code.replace("    skdir.neural", "    import skdir.neural")) == message


def test_importing_skdir_loads_less_than_importing_scikit_learn():
    count = "; import sys; print(len(sys.modules))"
    assert int(run("import skdir" + count)) < int(run("import sklearn.base" + count))


def test_submodules_load_on_first_use():
    assert run("import skdir; print(skdir.weighting.LDSWeighter.__name__)") == "LDSWeighter"
    assert set(skdir._SUBMODULES) <= set(dir(skdir))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        skdir.nonsense  # noqa: B018


def test_every_package_is_a_submodule():
    found = {p.name for p in ROOT.iterdir() if (p / "__init__.py").exists()}
    assert found == set(skdir._SUBMODULES)
