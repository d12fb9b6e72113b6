"""The benchmarks: one documented command each, and helpers that import no script."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "benchmarks"
if not ROOT.is_dir():
    pytest.skip("the benchmarks are beside the tests in a checkout only", allow_module_level=True)
FILES = sorted(path for path in ROOT.rglob("*.py") if ".asv" not in path.parts)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
# Run by other scripts in the environments of peers, where no package of ours is.
CHILDREN = {"benchmarks._shared.resampling_child", "benchmarks.peers.child"}


def name_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] in ("__init__", "__main__") else parts)


def is_script(path):
    """Return whether a file is run: it looks at its own name."""
    return any(
        isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        for node in TREES[path].body
    )


SCRIPTS = {name_of(path) for path in FILES if is_script(path)}
PACKAGES = {name_of(path) for path in FILES if path.name == "__init__.py"}


def imports(path):
    """Yield the modules of the benchmarks that a file imports, scripts by their commands."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "benchmarks":
            for alias in node.names:
                name = f"{node.module}.{alias.name}" if node.module in PACKAGES else node.module
                yield name.removesuffix(".__main__")
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "benchmarks")


def test_scripts_are_imported_by_nobody():
    offenders = {
        name_of(path): sorted(found)
        for path in FILES
        if (found := set(imports(path)) & (SCRIPTS - CHILDREN))
    }
    assert offenders == {}


def test_shared_helpers_import_only_each_other():
    offenders = [
        f"{name_of(path)}: {module}"
        for path in FILES
        if path.parent.name == "_shared"
        for module in imports(path)
        if not module.startswith("benchmarks._shared")
    ]
    assert offenders == []


def test_folders_share_only_what_is_shared():
    """A folder takes from another only if that is `_shared`."""
    offenders = [
        f"{name_of(path)}: {module}"
        for path in FILES
        for module in imports(path)
        if module.split(".")[1] not in ("_shared", path.relative_to(ROOT).parts[0])
    ]
    assert offenders == []


def test_scripts_say_their_command():
    undocumented = [
        name_of(path)
        for path in FILES
        if is_script(path)
        and name_of(path) not in CHILDREN
        and f"python -m {name_of(path)}" not in ast.get_docstring(TREES[path])
    ]
    assert undocumented == []
    assert len(SCRIPTS - CHILDREN) >= 20


def test_commands_in_texts_exist():
    """Commands in the documentation, the results and the Makefile are those of scripts."""
    texts = [
        *(ROOT.parent / "docs").glob("*.rst"),
        *(ROOT.parent / "docs").glob("*/*.rst"),
        *(ROOT / "results").glob("*.md"),
        ROOT.parent / "README.md",
        ROOT.parent / "Makefile",
    ]
    named = {
        name
        for path in texts
        for name in re.findall(r"-m (benchmarks[\w.]*\w)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named - SCRIPTS == set()
