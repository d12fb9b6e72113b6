"""Who may import whom, and what `import skdir` costs."""

import ast
import importlib.util
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
# Modules that are themselves imported inside of functions alone, and may import these.
LATE = {"skdir.datasets._dir.torch_datasets"}
LIGHT = [room for room in skdir._SUBMODULES if room != "neural_network"]
FILES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


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


def test_heavy_packages_are_imported_inside_functions():
    offenders = []
    for path in FILES:
        module = ".".join(("skdir", *path.relative_to(ROOT).with_suffix("").parts))
        if module in LATE:
            continue
        lazy = LAZY - DEEP if package_of(path) == "neural_network" else LAZY
        offenders += [
            f"{path}: {name}"
            for name in imports(TREES[path], top_level_only=True)
            if name.partition(".")[0] in lazy or name in LATE
        ]
    assert offenders == []


def test_rooms_import_only_from_lower_rooms():
    offenders = []
    for path in FILES:
        package = package_of(path)
        if package in ("", "init", "main"):
            continue
        for name in imports(TREES[path], top_level_only=False):
            parts = name.split(".")
            other = parts[1] if parts[0] == "skdir" and len(parts) > 1 else package
            if other != package and level(other) >= level(package):
                offenders.append(f"{path}: {name}")
    assert offenders == []


def test_private_scikit_learn_names_are_imported_in_one_file():
    offenders = []
    for path in FILES:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.ImportFrom) and path.name != "_sklearn_compat.py":
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                if names[0] in ("sklearn", "imblearn") and any(n.startswith("_") for n in names):
                    offenders.append(f"{path}: {'.'.join(names)}")
    assert offenders == []


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_heavy_packages_are_not_loaded():
    heavy = ("torch", "skorch", "matplotlib", "dask")
    assert all(importlib.util.find_spec(package) for package in heavy)
    code = f"""
import importlib, sys
for module in {("skdir", *(f"skdir.{room}" for room in LIGHT))}:
    importlib.import_module(module)
    for package in {heavy}:
        if package in sys.modules:
            sys.exit(f"{{module}} loads {{package}}")
"""
    run(code)


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
