"""The command line keeps its promises: the same twice, self-contained, no file too odd."""

import datetime
import decimal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from command_line import fails, run

import skdir
from skdir.cli import load_table, make_regressor
from skdir.comparison import compare_strategies


def quick(path, *options):
    """Return the arguments of a comparison that takes well below a second."""
    return [
        "compare", path, "--target", "rent", "--regressor", "ridge", "--cv", 3,
        "--strategies", "VANILLA,LDS", *options,
    ]  # fmt: skip


def numbers_of(out):
    """Return the cells of the printed table without the seconds, which differ in each run."""
    rows = [line.split() for line in out.splitlines() if line.startswith(("VANILLA ", "LDS "))]
    return [row[:-1] for row in rows]


def assert_self_contained(html):
    page = BeautifulSoup(html, "html.parser")
    assert page.find(["script", "iframe"]) is None
    loaded = [tag["src"] for tag in page.find_all(src=True)]
    loaded += [tag["href"] for tag in page.find_all("link")]
    assert all(address.startswith("data:") for address in loaded)
    assert "@import" not in html
    assert "url(http" not in html


def test_version_of_a_real_process():
    done = subprocess.run(
        [sys.executable, "-m", "skdir", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"skdir {skdir.__version__}\n", "")


@pytest.mark.parametrize("suffix", [".csv.gz", ".parquet"])
def test_the_format_of_the_file_does_not_change_the_table(suffix, frame, csv, tmp_path, capsys):
    other = tmp_path / f"other{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(other)
    else:
        frame.to_csv(other, index=False)
    expected = numbers_of(run(capsys, *quick(csv))[1])
    code, out, err = run(capsys, *quick(other))
    assert (code, err) == (0, "")
    assert len(expected) == 2
    assert numbers_of(out) == expected


def test_the_seed_decides_the_folds(csv, capsys):
    tables = [
        numbers_of(run(capsys, *quick(csv, "--repeats", 2, "--seed", seed))[1])
        for seed in (3, 3, 4)
    ]
    assert len(tables[0]) == 2
    assert tables[0] == tables[1]
    assert tables[0] != tables[2]


def test_the_number_of_processes_does_not_change_the_table(csv, capsys):
    one = numbers_of(run(capsys, *quick(csv, "--jobs", 1))[1])
    assert len(one) == 2
    assert numbers_of(run(capsys, *quick(csv, "--jobs", 2))[1]) == one


@pytest.mark.parametrize(
    ("options", "terminal", "progress", "jobs"),
    [
        ([], True, True, None),
        ([], False, "lines", None),
        (["--no-progress"], True, False, None),
        (["--no-progress"], False, False, None),
        (["--jobs", "2"], True, True, 2),
    ],
)
def test_progress_and_jobs_reach_the_comparison(
    options, terminal, progress, jobs, csv, capsys, monkeypatch
):
    seen = {}

    def spy(*args, **kwargs):
        seen.update(kwargs)
        return compare_strategies(*args, **kwargs | {"n_jobs": 1, "progress": False})

    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr("skdir.cli._commands.compare_strategies", spy)
    assert run(capsys, *quick(csv, *options))[0] == 0
    shown = "lines" if callable(seen["progress"]) else seen["progress"]
    assert (shown, seen["n_jobs"]) == (progress, jobs)


def test_the_report_needs_nothing_from_outside(csv, capsys, tmp_path):
    report = tmp_path / "r.html"
    assert run(capsys, *quick(csv, "--report", report))[0] == 0
    assert_self_contained(report.read_text(encoding="utf-8"))


def test_the_hint_ignores_case(csv, capsys):
    err = fails(capsys, "compare", csv, "--target", "RENT")
    assert "did you mean 'rent'?" in err


@pytest.mark.parametrize("kind", ["datetime64[us]", "date"])
def test_dates_beyond_the_range_of_nanoseconds_are_days(kind, tmp_path):
    """A day far ahead often stands for "no end"."""
    days = [datetime.datetime(9999, 12, 31), None, datetime.datetime(1000, 1, 1)]
    if kind == "date":
        column = pd.Series([day and day.date() for day in days], dtype=object)
    else:
        column = pd.Series(np.array(days, dtype=kind))
    pd.DataFrame({"until": column, "y": [1, 2, 3]}).to_parquet(tmp_path / "t.parquet")
    X, y = load_table(tmp_path / "t.parquet", target="y")
    if pd.api.types.is_numeric_dtype(X["until"]):
        first = datetime.date(1970, 1, 1)
        expected = [(day.date() - first).days if day else np.nan for day in days]
        np.testing.assert_array_equal(X["until"], expected)
    else:  # a pandas that knows nanoseconds only keeps dates as text
        assert pd.__version__ < "3"
        assert X["until"].tolist() == ["9999-12-31", "(missing)", "1000-01-01"]
    assert np.isfinite(make_regressor("ridge").fit(X, y).predict(X)).all()


@pytest.mark.filterwarnings("ignore:column 'until' is taken as text")  # a pandas before 3
def test_far_dates_in_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("until,y\n9999-12-31,1\n,2\n2020-01-01,3\n")
    values = load_table(path, target="y")[0]["until"]
    if pd.api.types.is_numeric_dtype(values):
        np.testing.assert_array_equal(values, [2932896, np.nan, 18262])
    else:  # a pandas that knows nanoseconds only keeps them as text
        assert pd.__version__ < "3"
        assert values.tolist() == ["9999-12-31", "(missing)", "2020-01-01"]


def test_dates_that_pandas_cannot_read_stay_text(monkeypatch, tmp_path):
    dates = [datetime.date(2020, 1, 1), datetime.date(9999, 12, 31)]
    pd.DataFrame({"until": dates, "y": [1, 2]}).to_parquet(tmp_path / "t.parquet")
    monkeypatch.setattr(
        pd,
        "to_datetime",
        lambda column, **_: pd.Series(pd.DatetimeIndex(["2020-01-01", "NaT"], tz="UTC")),
    )
    X, _ = load_table(tmp_path / "t.parquet", target="y")
    assert X["until"].tolist() == ["2020-01-01", "9999-12-31"]


def test_decimal_targets_are_numbers(tmp_path):
    values = [decimal.Decimal("1.5"), decimal.Decimal("-2.25"), decimal.Decimal(3)]
    pd.DataFrame({"a": [1, 2, 3], "y": values}).to_parquet(tmp_path / "t.parquet")
    y = load_table(tmp_path / "t.parquet", target="y")[1]
    assert y.dtype == np.float64
    assert y.tolist() == [1.5, -2.25, 3.0]


def test_numbers_stored_as_text_are_called_text(tmp_path, capsys):
    pd.DataFrame({"a": [1, 2], "y": ["1.5", "2.5"]}).to_parquet(tmp_path / "t.parquet")
    err = fails(capsys, "compare", tmp_path / "t.parquet", "--target", "y")
    assert "must be finite numbers" in err
    assert err.endswith("has text such as '1.5'\n")


def test_integers_beyond_the_largest_float_are_refused(tmp_path, capsys):
    """Some versions of pandas read them as Python integers, others as text or infinity."""
    path = tmp_path / "t.csv"
    path.write_text(f"a,y\n1,2\n{10**400 - 1},3\n")
    assert "feature 'a'" in fails(capsys, "compare", path, "--target", "y")
    err = fails(capsys, "compare", path, "--target", "a")
    said = f"must be finite numbers; data row 2 of {path} (line 3) has "
    assert said + "'999" in err or said + "'inf'" in err
    assert len(err) < 400
