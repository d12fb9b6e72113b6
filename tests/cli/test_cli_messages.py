"""What the command line says when something goes wrong: one line, in the words of its options."""

import builtins
import os
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest
from command_line import fails, run
from sklearn.linear_model import Ridge

from skdir.cli import main
from skdir.utils._text.warnings import warn_user

ESCAPE = "\x1b[31m"
QUICK = ["--target", "y", "--regressor", "ridge", "--cv", 3, "--strategies", "VANILLA"]
TEXT = "x,y\n" + "".join(f"{k % 7},{k * k % 31}.5\n" for k in range(40))


def write(tmp_path, content, name="data.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def compare(path, *options):
    return ["compare", path, *QUICK, *options]


FILES = {
    "nothing": (b"", "is empty"),
    "empty lines": (b"\n\n \n", "is empty"),
    "no rows": (b"x,y\n", "has no rows"),
    "zeros": (b"\0" * 1000, "is a binary file, not text"),
    "bytes": (bytes(range(256)) * 9, "is a binary file, not text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "is a binary file, not text"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Excel workbook"),
    "page": (b"<!DOCTYPE html><html></html>", "has no column 'y'"),
    "zstandard": (b"\x28\xb5\x2f\xfd\0\0", "compressed by zstd; unpack it first"),
    "gzip cut off": (
        b"\x1f\x8b\x08\0\0\0\0\0\0\3\xab\xd0",
        "cannot be read: Compressed file ended",
    ),
    "Latin-1": ("x,y\nKöln,1\n".encode("latin-1"), "is not UTF-8 text"),
    "half of UTF-16": ("x,y\n1,2".encode("utf-16")[:-1], "is not"),
    "parquet cut off": (b"PAR1" + b"\0" * 50, "cannot be read"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_that_are_no_tables(kind, tmp_path, capsys):
    content, message = FILES[kind]
    path = write(tmp_path, content)
    for command in (compare(path), ["report", path, "--target", "y"]):
        err = fails(capsys, *command)
        assert message in err
        assert str(path) in err


def test_archives(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
    assert "is an Excel workbook" in fails(capsys, *compare(tmp_path / "book.xlsx"))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr("b.csv", TEXT)
    assert "holds 2 files (a.csv, b.csv), not one" in fails(capsys, *compare(tmp_path / "two.zip"))
    assert "unpack it first" in fails(capsys, *compare(write(tmp_path, "x", "data.tar.gz")))


def test_what_is_no_file(tmp_path, capsys):
    assert "is a folder, not a file" in fails(capsys, *compare(tmp_path))
    assert "is not a regular file" in fails(capsys, *compare("/dev/null"))
    assert "does not exist" in fails(capsys, *compare("a\0b.csv"))
    assert "name of the file is empty" in fails(capsys, *compare(""))
    assert len(fails(capsys, *compare("a" * 5000))) < 1100


@pytest.mark.parametrize("command", ["compare", "report"])
def test_memory_that_is_used_up(command, tmp_path, capsys, monkeypatch):
    def read_csv(*args, **kwargs):
        raise MemoryError("Unable to allocate 8 EiB")

    monkeypatch.setattr(pd, "read_csv", read_csv)
    path = write(tmp_path, TEXT)
    options = QUICK if command == "compare" else ["--target", "y"]
    err = fails(capsys, command, path, *options)
    assert "there is not enough memory (Unable to allocate 8 EiB)" in err


def test_messages_name_options_and_columns(tmp_path, capsys):
    constant = write(tmp_path, "x,y\n" + "1,2\n" * 20, "constant.csv")
    assert "the target 'y' of" in fails(capsys, *compare(constant))
    path = write(tmp_path, TEXT)
    many = ["--bins", 10**9]
    for command in (compare(path, *many), ["report", path, "--target", "y", *many]):
        err = fails_after_notes(capsys, *command)
        assert "--bins must be an integer from 1 to" in err
        assert "parameter" not in err
        assert "edges" not in err
    assert "--bins must be at least 1, got 0" in fails(
        capsys, "report", path, "--target", "y", "--bins", 0
    )


def fails_after_notes(capsys, *arguments):
    """Return the error of a run that has printed what it read."""
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert err.count("\n") == 1
    return err


def test_errors_of_the_library_are_told_with_options(tmp_path, capsys, monkeypatch):
    def refuse(*args, **kwargs):
        raise ValueError(
            "The 'y' parameter of compare_strategies must be good. See the 'n_jobs' parameter, the "
            "'memory' parameter and the 'other' parameter of X."
        )

    monkeypatch.setattr("skdir.cli._commands.compare_strategies", refuse)
    assert fails_after_notes(capsys, *compare(write(tmp_path, TEXT))) == (
        "skdir: the target 'y' must be good. See --jobs, --memory and the 'other' parameter of X.\n"
    )


def shown(text):
    """Return whether a text has no control characters but the ends of lines."""
    return not any(ord(c) < 32 and c != "\n" for c in text) and "\u202e" not in text


def test_escapes_in_names_and_values_are_shown(tmp_path, capsys):
    name = f"{ESCAPE}x\u202e"
    path = write(tmp_path, TEXT.replace("x", name, 1) + f"{ESCAPE}red,3\n", f"{ESCAPE}.csv")
    code, out, err = run(capsys, *compare(path))
    assert code == 0
    assert shown(out)
    assert shown(err)
    assert r"\x1b[31m" in out
    assert r"\x1b[31mred" in err
    for options in (["--target", f"{ESCAPE}z"], ["--target", "y", "--drop", f"{ESCAPE}z"]):
        err = fails(capsys, "compare", path, *options)
        assert shown(err)
        assert r"\x1b[31mx\u202e" in err


def test_escapes_in_the_target_and_its_values_are_shown(tmp_path, capsys):
    target = f"y{ESCAPE}"
    path = write(tmp_path, TEXT.replace("y", target, 1))
    for command in (compare(path), ["report", path]):
        code, out, err = run(capsys, *command, "--target", target)
        assert (code, err) == (0, "")
        assert shown(out)
        assert r"y\x1b[31m" in out
    path = write(tmp_path, TEXT + f"1,{ESCAPE}red\n")
    err = fails(capsys, *compare(path))
    assert shown(err)
    assert r"has '\x1b[31mred'" in err


@pytest.mark.parametrize("rich", [True, False])
def test_escapes_in_errors_of_fits_are_shown(rich, tmp_path, capsys, monkeypatch):
    class Failing(Ridge):
        def fit(self, X, y):
            raise ValueError(f"{ESCAPE}red")

    monkeypatch.setitem(sys.modules["skdir.cli._regressors"].REGRESSORS, "ridge", Failing)
    if not rich:
        monkeypatch.setattr("skdir.cli._output.find_spec", lambda name: None)
    code, out, _ = run(capsys, *compare(write(tmp_path, TEXT)))
    assert code == 1
    assert shown(out)
    assert r"\x1b[31mred" in out


class Warning_(Ridge):
    """Warn as other packages do, and as skdir does."""

    def fit(self, X, y):
        warnings.warn("other packages: not for users", FutureWarning, stacklevel=1)
        warn_user(f"skdir has a hint, after {len(y)} rows")
        return super().fit(X, y)


def test_warnings_of_skdir_are_notes_and_of_others_are_not_shown(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules["skdir.cli._regressors"].REGRESSORS, "ridge", Warning_)
    before = warnings.showwarning, list(warnings.filters), os.environ.get("PYTHONWARNINGS")
    code, _, err = run(capsys, *compare(write(tmp_path, TEXT)))
    assert code == 0
    assert err == "skdir: note: VANILLA: skdir has a hint, after 26 rows\n"
    after = warnings.showwarning, list(warnings.filters), os.environ.get("PYTHONWARNINGS")
    assert before == after


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost", "huber", "lasso"])
def test_other_packages_print_and_write_nothing(name, tmp_path, capfd, monkeypatch):
    """LightGBM warns of rows that are too few, linear models of convergence, CatBoost logs."""
    monkeypatch.chdir(tmp_path)
    path = write(
        tmp_path, "x,z,y\n" + "".join(f"{k},1e9,{k % 3 + 50 * (k > 52)}\n" for k in range(0, 60, 2))
    )
    code = run(capfd, "compare", path, "--target", "y", "--regressor", name, "--cv", 3,
               "--strategies", "VANILLA,LDS,SMOTER")  # fmt: skip
    assert code[0] in (0, 1)
    assert code[2] == ""
    assert "arning" not in code[1]
    assert os.listdir(tmp_path) == ["data.csv"]


def test_a_report_never_replaces_the_data(tmp_path, capsys, monkeypatch):
    path = write(tmp_path, TEXT)
    (tmp_path / "link.html").symlink_to(path)
    os.link(path, tmp_path / "hard.html")
    monkeypatch.chdir(tmp_path)
    for page in (path, "data.csv", "./data.csv", "link.html", "hard.html"):
        assert "is the file of the data" in fails(capsys, *compare(path, "--report", page))
        err = fails(capsys, "report", path, "--target", "y", "--output", page)
        assert "--output" in err
    assert path.read_text() == TEXT


@pytest.mark.parametrize("option", ["--report", "--output"])
def test_a_report_is_written_whole_or_not_at_all(option, tmp_path, capsys, monkeypatch):
    path, page = write(tmp_path, TEXT), tmp_path / "r.html"
    page.write_text("the report of yesterday")
    command = compare(path) if option == "--report" else ["report", path, "--target", "y"]

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        code, _, err = run(capsys, *command, option, page)
    assert code == 2
    assert err == f"skdir: the report {page} cannot be written: No space left on device\n"
    assert page.read_text() == "the report of yesterday"
    assert sorted(os.listdir(tmp_path)) == ["data.csv", "r.html"]
    assert run(capsys, *command, option, page)[0] == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_no_report_can_have(name, tmp_path, capsys):
    path = write(tmp_path, TEXT)
    assert "--report must be the name" in fails(capsys, *compare(path, "--report", name))
    err = fails(capsys, "report", path, "--target", "y", "--output", name)
    assert "--output must be the name" in err


@pytest.mark.parametrize("command", ["report", "compare"])
def test_nobody_reads_the_output(command, tmp_path):
    path = write(tmp_path, TEXT)
    command = ["report", str(path), "--target", "y"] if command == "report" else compare(path)
    process = subprocess.Popen(
        [sys.executable, "-m", "skdir", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (141, b"")


@pytest.mark.parametrize("names", [["stdout"], ["stderr"], ["stdout", "stderr"]])
def test_streams_may_be_closed(names, tmp_path, capsys, monkeypatch):
    """Python has None for them then, as in services and under pythonw."""
    path, page = write(tmp_path, TEXT), tmp_path / "r.html"
    for name in names:
        monkeypatch.setattr(sys, name, None)
    assert main([*map(str, compare(path, "--report", page))]) == 0
    assert main(["report", str(path), "--target", "no such column"]) == 2
    assert [getattr(sys, name) for name in names] == [None] * len(names)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    if "stdout" not in names:
        assert "VANILLA" in capsys.readouterr().out


def test_errors_without_numbers_of_the_system(tmp_path, capsys, monkeypatch):
    path, real = write(tmp_path, TEXT), builtins.open

    def refuse(name, *args, **kwargs):
        if str(name) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", refuse)
    err = fails(capsys, *compare(path))
    assert "Permission denied" in err
    assert str(path) in err
    assert "Errno" not in err


def test_lines_of_notes_are_not_endless(tmp_path, capsys):
    name = "n" * 100_000
    path = write(tmp_path, TEXT.replace("x", name, 1))
    err = fails(capsys, "compare", path, "--target", "z")
    assert len(err) < 1100
    assert np.all([len(line) < 1100 for line in run(capsys, *compare(path))[2].splitlines()])


def test_a_sampler_that_finds_nothing_to_do_says_so(tmp_path, capsys):
    """Two targets are left in each fold."""
    path = write(tmp_path, "x,y\n1,2\n3,4\n5,7\n")
    options = ["--target", "y", "--regressor", "ridge", "--cv", 3, "--strategies", "VANILLA,SMOTER"]
    code, _, err = run(capsys, "compare", path, *options)
    assert code == 0
    assert "skdir: note: SMOTER: SmoteR finds nothing to balance" in err
    assert err.count("\n") == 1
