"""The command line: a strategy recommended, predictions remembered, bandwidths searched."""

import re
import shlex
import sys
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from command_line import fails, run

from skdir.cli import load_table, make_regressor
from skdir.comparison import StrategyComparison, compare_strategies


def quick(path, *options):
    """Return the arguments of a comparison that takes well below a second."""
    return [
        "compare", path, "--target", "rent", "--regressor", "ridge", "--cv", 3,
        "--strategies", "VANILLA,LDS,INV+LDS", *options,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def expected(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("flats") / "flats.csv"
    frame.to_csv(path, index=False)
    return compare_strategies(
        make_regressor("ridge"), *load_table(path, target="rent"), cv=3, random_state=0,
        strategies=["VANILLA", "LDS", "INV+LDS"],
    )  # fmt: skip


@pytest.mark.parametrize("prefer", ["rare", "frequent", "balanced"])
@pytest.mark.parametrize("limit", [None, "0.5"])
def test_recommend_prints_the_sentence(csv, capsys, expected, prefer, limit):
    options = ["--recommend", prefer] + (["--max-overall-cost", limit] if limit else [])
    code, out, err = run(capsys, *quick(csv, *options))
    assert (code, err) == (0, "")
    chosen = expected.recommendation(prefer=prefer, max_overall_cost=float(limit or 0.03))
    assert f"Recommendation: {chosen}" in " ".join(out.split())


def test_without_the_option_nothing_is_recommended(csv, capsys):
    assert "Recommendation" not in run(capsys, *quick(csv))[1]


def test_the_report_repeats_the_options(csv, capsys, tmp_path):
    report = tmp_path / "r.html"
    options = ["--search-bandwidth", "--recommend", "rare", "--memory", tmp_path / "memory"]
    arguments = quick(csv, *options, "--report", report)
    arguments[arguments.index("--strategies") + 1] = "VANILLA,LDS"
    assert run(capsys, *arguments)[0] == 0
    command = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser").find_all("pre")[-1]
    again = shlex.split(command.text)
    assert "--search-bandwidth" in again
    assert again[again.index("--recommend") + 1] == "rare"
    assert again[again.index("--max-overall-cost") + 1] == "0.03"
    assert "--memory" not in again  # which changes no number
    assert run(capsys, *again[1:])[0] == 0


def test_nothing_measured_is_nothing_recommended(csv, capsys, monkeypatch):
    from sklearn.linear_model import Ridge

    monkeypatch.setitem(
        sys.modules["skdir.cli._regressors"].REGRESSORS, "ridge", lambda: Ridge(alpha=-1.0)
    )
    code, out, _ = run(capsys, *quick(csv, "--recommend", "rare"))
    assert code == 1
    assert "Recommendation" not in out


def test_nothing_rare_is_one_line(csv, capsys, monkeypatch):
    def without_rare(*args, **kwargs):
        outcome = compare_strategies(*args, **kwargs).outcome_
        values = {**outcome.values, "rare MAE": float("nan") * outcome.values["rare MAE"]}
        return StrategyComparison(replace(outcome, values=values))

    monkeypatch.setattr("skdir.cli._commands.compare_strategies", without_rare)
    code, _, err = run(capsys, *quick(csv, "--recommend", "rare"))
    assert code == 2
    assert err.startswith("skdir: ")
    assert "nothing to choose from" in err


def test_memory_is_a_folder_that_a_second_run_reads(csv, capsys, tmp_path, monkeypatch):
    folder = tmp_path / "memory"
    first = run(capsys, *quick(csv, "--memory", folder))
    assert first[0] == 0
    assert len(list(folder.rglob("output.pkl"))) == 9

    def refuse(*args, **kwargs):
        raise AssertionError("a fit")

    monkeypatch.setattr("skdir.comparison._run.tasks.fit_regressor", refuse)
    assert run(capsys, *quick(csv, "--memory", folder)) == first


def test_memory_that_is_a_file(csv, capsys):
    assert "--memory must be a folder" in fails(capsys, *quick(csv, "--memory", csv))


def test_the_search_of_bandwidths_changes_the_numbers(csv, capsys):
    plain, searched = (run(capsys, *quick(csv, *o))[1] for o in ([], ["--search-bandwidth"]))

    def numbers(out, name):
        return re.search(rf"^{re.escape(name)} .*", out, flags=re.M).group().split()[1:6]

    assert numbers(plain, "VANILLA") == numbers(searched, "VANILLA")
    assert numbers(plain, "LDS") != numbers(searched, "LDS")


def test_costly_strategies_by_name(csv, capsys):
    arguments = quick(csv)
    arguments[-1] = "vanilla,rebagg,blend-auto"
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert re.search(r"^REBAGG ", out, flags=re.M)
    assert re.search(r"^BLEND-AUTO ", out, flags=re.M)


def test_a_terminal_says_what_dim_means(capsys, expected, monkeypatch):
    from skdir.cli._output import COLUMNS, show_rich

    table = expected.table(sd=False, metrics=list(COLUMNS), baseline="VANILLA")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show_rich(expected.outcome_, table)
    out = capsys.readouterr().out
    assert "~" in [sign for c in ("MAE", "RMSE", "GM") for sign in table[f"{c} vs VANILLA"]]
    assert "dim: not distinguishable from VANILLA" in out
    monkeypatch.delenv("FORCE_COLOR")
    show_rich(expected.outcome_, table)
    assert "dim:" not in capsys.readouterr().out
