"""What a built wheel contains, and that the README's examples run."""

import doctest
import email
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from skdir.utils._optional_dependencies import _EXTRAS

ROOT = Path(__file__).parents[1]
NAME = "scikit-dir"  # `skdir` on the package index is another project


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build a wheel and return its path."""
    folder = tmp_path_factory.mktemp("wheel")
    # --no-isolation: the build backend of this environment, no download
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def metadata(wheel):
    """Return the headers of a wheel's metadata and the text of its entry points."""
    with zipfile.ZipFile(wheel) as file:
        (folder,) = {name.partition("/")[0] for name in file.namelist() if ".dist-info/" in name}
        text, points = (
            file.read(f"{folder}/{name}").decode() for name in ("METADATA", "entry_points.txt")
        )
    return email.message_from_string(text), points


def test_wheel_contains_skdir_and_its_data_only(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    assert all(name.startswith(("skdir/", "scikit_dir-")) for name in names)
    source = {
        str(p.relative_to(ROOT))
        for p in (ROOT / "skdir").rglob("*")
        if p.suffix in (".py", ".typed", ".jinja") and "__pycache__" not in p.parts
    }
    assert source <= set(names)
    assert not any("tests" in name or "benchmarks" in name for name in names)


def test_the_distribution_has_a_name_of_its_own_and_the_command_keeps_its(wheel):
    headers, points = metadata(wheel)
    assert headers["Name"] == NAME
    assert "skdir = skdir.cli:main" in points
    # an extra that is made of others must not ask for somebody else's package
    assert not any(re.match(r"skdir\b", line) for line in headers.get_all("Requires-Dist"))


def test_what_messages_and_pages_say_to_install_exists(wheel):
    extras = set(metadata(wheel)[0].get_all("Provides-Extra"))
    assert set(_EXTRAS.values()) <= extras
    written = [
        (path, name, extra)
        for folder in ("skdir", "docs", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".rst", ".jinja") and "gallery" not in path.parts
        for name, extra in re.findall(r"pip install '([\w-]+)\[(\w+)\]", path.read_text("utf-8"))
    ]
    assert len(written) > 3
    assert [w for w in written if w[1] != NAME or w[2] not in extras] == []
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"`{NAME}`" in readme and "pip install skdir" not in readme


PAGES = sorted(
    [ROOT / "README.md", *(ROOT / "docs").glob("*.rst"), *(ROOT / "docs").glob("user_guide/*")]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_of_pages_run(page):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert result.attempted > 0 or ">>>" not in page.read_text(encoding="utf-8")
    assert result.failed == 0
