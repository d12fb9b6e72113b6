"""The command line: what it prints, what it writes, and one line for each mistake."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from command_line import fails, run
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, RepeatedKFold

import skdir
from skdir.cli import load_table, make_regressor
from skdir.cli._repeat import DEMO_MODELS
from skdir.comparison import available_strategies, compare_strategies
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN


def rows_of(out):
    """Return the numbers of the printed table by strategy."""
    names = set(available_strategies())
    lines = (line.split() for line in out.splitlines())
    return {
        cells[0]: cells[1:] for cells in lines if cells and cells[0] in names and len(cells) == 7
    }


def test_compare_prints_table_finding_and_report(csv, capsys, tmp_path):
    report = tmp_path / "out.html"
    code, out, err = run(
        capsys, "compare", csv, "--target", "rent", "--regressor", "ridge", "--report", report,
        "--no-progress",  # on busy processors it takes long enough for a line
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "120 rows, 5 features, target 'rent'; ridge, 5 folds" in out
    assert list(rows_of(out)) == list(available_strategies())
    assert re.search("lowers the mean absolute error|No strategy lowers", out)
    assert out.endswith(f"Report: {report}\n")

    X, y = load_table(csv, target="rent")
    by_hand = compare_strategies(make_regressor("ridge"), X, y, random_state=0)
    for name, cells in rows_of(out).items():
        for cell, column in zip(cells, ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM")):
            assert float(cell) == pytest.approx(by_hand.table().loc[name, column], rel=0.005)

    page = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser")
    assert f"skdir compare {csv} --target rent --regressor ridge" in page.find_all("pre")[-1].text
    scope = {}
    code = page.find("pre").text.replace('"report.html"', repr(str(tmp_path / "again.html")))
    exec(code, scope)
    assert scope["comparison"].table()["MAE"].tolist() == by_hand.table()["MAE"].tolist()
    assert page.title.text == "Which strategy for the rare values of rent?"


@pytest.mark.parametrize("regressor", ["ridge", "random-forest", "hist-gradient-boosting"])
def test_samplers_take_text_and_missing_values(csv, frame, regressor, capsys):
    assert frame["town"].isna().any()
    assert frame["size"].isna().any()
    names = ["RUS", "ROS", "GN", "SMOTER", "SMOGN", "WERCS"]
    code, out, err = run(
        capsys, "compare", csv, "--target", "rent", "--regressor", regressor, "--cv", 3,
        "--strategies", ",".join(["vanilla", *names]).lower(), "--no-progress",
    )  # fmt: skip
    assert (code, err) == (0, "")
    rows = rows_of(out)
    assert list(rows) == ["VANILLA", *names]
    assert len({tuple(cells[:5]) for cells in rows.values()}) == 7

    X, y = load_table(csv, target="rent")
    for train, test in KFold(3, shuffle=True, random_state=0).split(X):
        sampler = SMOGN(relevance=RelevanceFunction(degenerate="quantile"), random_state=1)
        Z, z = sampler.fit_resample(X.iloc[train], y.iloc[train])
        assert set(Z["town"]) <= {"Ulm", "Bonn", "Köln", "(missing)"}
        model = make_regressor(regressor).fit(Z, z)
        assert len(model.predict(X.iloc[test])) == len(test)


def test_many_strategies_are_printed_under_headings_few_are_not(csv, capsys):
    options = ["compare", csv, "--target", "rent", "--regressor", "ridge", "--cv", 2]
    lines = run(capsys, *options)[1].splitlines()
    heads = ["Model or target", "Weights", "Resampling", "Mean of models"]
    places = [lines.index(next(line for line in lines if line.strip() == h)) for h in heads]
    firsts = [lines[k + 1].split()[0] for k in places]
    assert firsts == ["VANILLA", "INV", "RUS", "BLEND"]
    assert max(map(len, lines[places[0] - 1 : places[-1] + 2])) <= 80
    few = run(capsys, *options, "--strategies", "VANILLA,LDS,RUS")[1]
    assert not any(head in few for head in heads)


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_wraps_the_descriptions(columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    out = run(capsys, "compare", "--help")[1].partition("strategies:\n")[2]
    assert max(map(len, out.splitlines())) <= min(int(columns), 100)
    assert " ".join(out.split()) == " ".join(
        f"{name} {text}" for name, text in available_strategies(costly=True).items()
    )


def test_the_command_in_the_report_repeats_all_options(csv, capsys, tmp_path):
    report = tmp_path / "my report.html"
    arguments = [
        "compare", csv, "--target", "rent", "--regressor", "lasso", "--strategies", "vanilla,lds",
        "--cv", 3, "--repeats", 2, "--bins", 8, "--drop", "id,town", "--report", report,
        "--seed", 5, "--no-progress", "--jobs", 1,
    ]  # fmt: skip
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert list(rows_of(out)) == ["VANILLA", "LDS"]
    assert "3 features" in out
    assert "lasso, 6 folds" in out
    command = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser").find_all("pre")[-1]
    again = shlex.split(command.text)
    assert again[0] == "skdir"
    assert (
        run(capsys, *again[1:])[1].split("fit s")[1].split()[:5]
        == out.split("fit s")[1].split()[:5]
    )
    X, y = load_table(csv, target="rent", drop=["id", "town"])
    by_hand = compare_strategies(
        make_regressor("lasso"), X, y, strategies=["VANILLA", "LDS"], bins=8, random_state=5,
        cv=RepeatedKFold(n_splits=3, n_repeats=2, random_state=5),
    )  # fmt: skip
    mae = by_hand.table().loc["LDS", "rare MAE"]
    assert float(rows_of(out)["LDS"][0]) == pytest.approx(mae, rel=0.005)


@pytest.mark.parametrize(
    "name",
    ["extra-trees", "gradient-boosting", "hist-gradient-boosting", "huber", "linear",
     "random-forest", "lightgbm", "xgboost", "catboost"],
)  # fmt: skip
def test_all_regressors_run(csv, capsys, name):
    code, out, err = run(
        capsys, "compare", csv, "--target", "rent", "--regressor", name, "--cv", 2,
        "--strategies", "VANILLA,LDS", "--no-progress",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert list(rows_of(out)) == ["VANILLA", "LDS"]


OPTION_ERRORS = [
    (["--regressor", "ridg"], "unknown regressor 'ridg': did you mean 'ridge'"),
    (["--regressor", "qqq"], "unknown regressor 'qqq': there are 'catboost'"),
    (["--strategies", "LSD"], "unknown strategy 'LSD': did you mean"),
    (["--strategies", ","], "--strategies names none"),
    (["--cv", "1"], "--cv must be at least 2, got 1"),
    (["--cv", "many"], "invalid int value: 'many'"),
    (["--repeats", "0"], "--repeats must be at least 1"),
    (["--bins", "0"], "--bins must be at least 1"),
    (["--seed", "-1"], "--seed must be at least 0"),
    (["--seed", str(2**32)], "--seed must be below"),
    (["--jobs", "0"], "--jobs must not be 0"),
    (["--drop", "siz"], "no column 'siz' to drop: did you mean 'size'"),
    (["--drop", "rent"], "the target 'rent' cannot be dropped"),
    (["--report", "no/such/folder/r.html"], "the folder of the report"),
    (["--report", "."], "the report . is a folder"),
    (["--recommend", "few"], "invalid choice: 'few'"),
    (["--max-overall-cost", "-1"], "--max-overall-cost must be at least 0, got -1"),
    (["--max-overall-cost", "nan"], "--max-overall-cost must be at least 0, got nan"),
    (["--memory", ""], "--memory must be a folder, got ''"),
    (["--nonsense"], "unrecognized arguments: --nonsense"),
]


@pytest.mark.parametrize(("options", "message"), OPTION_ERRORS, ids=[m for _, m in OPTION_ERRORS])
def test_bad_options_are_one_line(options, message, csv, capsys):
    assert message in fails(capsys, "compare", csv, "--target", "rent", *options)


def test_missing_arguments(capsys, csv):
    assert "the following arguments are required: COMMAND" in fails(capsys)
    assert "--target" in fails(capsys, "compare", csv)
    assert "invalid choice: 'compute'" in fails(capsys, "compute")


@pytest.mark.parametrize(
    ("package", "options"),
    [
        ("pandas", []),
        ("lightgbm", ["--regressor", "lightgbm"]),
        ("jinja2", ["--report", "r.html"]),
        ("matplotlib", ["--report", "r.html"]),
    ],
)
def test_missing_packages_are_named(package, options, csv, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    err = fails(capsys, "compare", csv, "--target", "rent", *options)
    assert f"requires the package '{package}'" in err
    assert "pip install" in err


def test_missing_reader_of_parquet(frame, tmp_path, capsys, monkeypatch):
    frame.to_parquet(tmp_path / "t.parquet")

    def read(path):
        raise ImportError("Unable to find\na usable engine")

    monkeypatch.setattr(pd, "read_parquet", read)
    err = fails(capsys, "compare", tmp_path / "t.parquet", "--target", "rent")
    assert "needs a package: Unable to find a usable engine" in err


def test_without_rich_the_table_is_plain(csv, capsys, monkeypatch):
    monkeypatch.setattr("skdir.cli._output.find_spec", lambda name: None)
    code, out, _ = run(
        capsys, "compare", csv, "--target", "rent", "--regressor", "ridge", "--cv", 2
    )
    assert code == 0
    assert f"StrategyComparison: {len(available_strategies())} strategies, 2 folds" in out


def test_failing_strategies_are_shown_and_set_the_exit_code(csv, capsys, monkeypatch):
    options = ["compare", csv, "--target", "rent", "--regressor", "ridge", "--cv", 2]
    monkeypatch.setitem(
        sys.modules["skdir.cli._regressors"].REGRESSORS, "ridge", lambda: Ridge(alpha=-1.0)
    )
    code, out, _ = run(capsys, *options)
    assert code == 1
    assert "LDS failed in 2 folds: InvalidParameterError" in out
    assert "No strategy could be fitted" in out


def test_interrupt(csv, capsys, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("skdir.cli._commands.compare_strategies", stop)
    assert run(capsys, "compare", csv, "--target", "rent")[::2] == (130, "skdir: interrupted\n")


@pytest.mark.parametrize("options", [["--version"], ["--help"], ["compare", "--help"]])
def test_version_and_help(options, capsys):
    code, out, err = run(capsys, *options)
    assert (code, err) == (0, "")
    if options == ["--version"]:
        assert out == f"skdir {skdir.__version__}\n"
    elif len(options) == 2:
        for name in available_strategies():
            assert name in out


def test_demo(capsys, tmp_path, monkeypatch):
    report = tmp_path / "demo.html"
    # The whole demo takes 20 s; one repeat of the folds shows the same.
    monkeypatch.setattr(
        "skdir.cli._commands.RepeatedKFold",
        lambda n_splits, n_repeats, random_state: RepeatedKFold(
            n_splits=n_splits, n_repeats=1, random_state=random_state
        ),
    )
    code, out, err = run(capsys, "demo", "--report", report, "--no-progress", "--seed", 0)
    assert (code, err) == (0, "")
    assert f"Report: {report}" in out
    ridge = rows_of(out.split("Gradient boosting")[0])
    boosted = rows_of(out.split("Gradient boosting")[1])
    assert list(ridge) == list(boosted) == list(available_strategies())
    # With ridge, inverse effective density takes a good part off the rare error, at some price.
    assert float(ridge["INV+LDS"][0]) < 0.9 * float(ridge["VANILLA"][0])
    assert 1.0 < float(ridge["INV+LDS"][2]) / float(ridge["VANILLA"][2]) < 1.08

    page = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser")
    assert len(page.find_all("table")) == 2
    blocks = [pre.text for pre in page.find_all("pre")]
    assert blocks[-1] == f"skdir demo --seed 0 --report {report}"
    scope = {}
    exec(blocks[0].replace('"report.html"', repr(str(tmp_path / "again.html"))), scope)
    again = scope["comparison"].table().loc["INV+LDS", "rare MAE"]
    assert float(ridge["INV+LDS"][0]) == pytest.approx(again, rel=0.005)
    for code in blocks[1:-1]:
        compile(code, "block", "exec")
        assert "HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8)" in code


def test_demo_checks_its_options_first(capsys):
    assert "--jobs must not be 0" in fails(capsys, "demo", "--jobs", "0")
    assert "the folder of the report" in fails(capsys, "demo", "--report", "no/folder/r.html")


@pytest.mark.parametrize("name", DEMO_MODELS)
def test_demo_code_makes_the_regressor(name):
    scope = {}
    exec(DEMO_MODELS[name].setup, scope)
    assert repr(scope["regressor"]) == repr(DEMO_MODELS[name].regressor)
    assert scope["X"].shape == (442, 10)


def test_as_a_process(csv, tmp_path):
    command = [sys.executable, "-W", "error", "-m", "skdir", "compare", str(csv)]
    options = ["--target", "rent", "--regressor", "ridge", "--report", "r.html", "--jobs", "2"]
    options += ["--strategies", "vanilla,lds,smoter", "--cv", "2"]
    options.append("--no-progress")  # on busy processors it takes long enough for a line
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": "", "PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"VANILLA" in done.stdout
    assert (tmp_path / "r.html").exists()
    assert Path(tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    wrong = subprocess.run(
        [*command, "--target", "prize"], capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("skdir: ")
    assert wrong.stderr.count("\n") == 1
