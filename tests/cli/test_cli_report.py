"""The command line: ``skdir report``."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from command_line import fails, run

from skdir.inspection import TargetReport


def test_report_prints_what_the_class_says_and_writes_its_page(csv, frame, capsys, tmp_path):
    page = tmp_path / "report.html"
    code, out, err = run(capsys, "report", csv, "--target", "rent", "--output", page)
    assert (code, err) == (0, "")
    report = TargetReport(pd.read_csv(csv)["rent"])
    assert report.target_name == "rent"
    assert out == f"{report!r}\nReport: {page}\n"
    html = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert html.title.text == "What is rare in rent?"


def test_report_without_a_page_and_with_bins(csv, capsys):
    code, out, _ = run(capsys, "report", csv, "--target", "rent", "--bins", "7")
    assert code == 0
    assert "Report:" not in out
    assert out == f"{TargetReport(pd.read_csv(csv)['rent'], bins=7)!r}\n"


def test_report_needs_no_features(tmp_path, capsys):
    pd.DataFrame({"y": np.arange(50.0)}).to_csv(tmp_path / "y.csv", index=False)
    code, out, _ = run(capsys, "report", tmp_path / "y.csv", "--target", "y")
    assert code == 0
    assert "TargetReport of y: 50 rows" in out


ERRORS = [
    (["--target", "rend"], "no column 'rend': did you mean 'rent'?"),
    (["--target", "town"], "the target 'town' is missing in"),
    (["--target", "id"], "must be finite numbers"),
    (["--target", "rent", "--bins", "0"], "--bins must be at least 1, got 0"),
    (["--target", "rent", "--bins", "x"], "invalid int value"),
    (["--target", "rent", "--output", "no/such/r.html"], "the folder of the report"),
    (["--target", "rent", "--output", "."], "the report . is a folder"),
    ([], "--target"),
]


@pytest.mark.parametrize(("options", "message"), ERRORS, ids=[m for _, m in ERRORS])
def test_mistakes_are_one_line(options, message, csv, capsys):
    assert message in fails(capsys, "report", csv, *options)


def test_missing_files_and_empty_tables(tmp_path, capsys):
    assert "does not exist" in fails(capsys, "report", tmp_path / "no.csv", "--target", "y")
    (tmp_path / "empty.csv").write_text("y\n")
    assert "has no rows" in fails(capsys, "report", tmp_path / "empty.csv", "--target", "y")


@pytest.mark.parametrize(
    ("package", "options"), [("pandas", []), ("jinja2", ["--output", "r.html"])]
)
def test_missing_packages_are_named(package, options, csv, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    err = fails(capsys, "report", csv, "--target", "rent", *options)
    assert f"requires the package '{package}'" in err


def test_the_page_needs_no_matplotlib(csv, capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, _, err = run(capsys, "report", csv, "--target", "rent", "--output", tmp_path / "r.html")
    assert (code, err) == (0, "")
    assert "<img" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_as_a_process(csv, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "skdir", "report", str(csv), "--target", "rent"],
        capture_output=True,
        env={"PATH": "", "PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"TargetReport of rent: 120 rows")
