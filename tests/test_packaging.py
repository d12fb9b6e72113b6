"""What a built wheel contains, and that the README's examples run."""

import doctest
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_wheel_contains_skdir_and_its_data_only(tmp_path):
    # --no-isolation: the build backend of this environment, no download
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert all(name.startswith(("skdir/", "skdir-")) for name in names)
    source = {
        str(p.relative_to(ROOT))
        for p in (ROOT / "skdir").rglob("*")
        if p.suffix in (".py", ".typed", ".jinja") and "__pycache__" not in p.parts
    }
    assert source <= set(names)
    assert not any("tests" in name or "benchmarks" in name for name in names)


PAGES = sorted(
    [ROOT / "README.md", *(ROOT / "docs").glob("*.rst"), *(ROOT / "docs").glob("user_guide/*")]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_of_pages_run(page):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert result.attempted > 0 or ">>>" not in page.read_text(encoding="utf-8")
    assert result.failed == 0
