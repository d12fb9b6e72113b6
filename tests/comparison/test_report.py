"""The HTML report: self-contained, escaped, and its code runs."""

import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sklearn.pipeline
from bs4 import BeautifulSoup
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import RepeatedKFold
from sklearn.preprocessing import StandardScaler

from skdir.comparison import StrategyComparison, compare_strategies, comparison_report
from skdir.comparison._report.repeat_code import repeat_code
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, GaussianNoise, RandomUnderSampler, SmoteR
from skdir.utils._text.numbers import number
from skdir.weighting import LDSWeighter


def parse(html):
    return BeautifulSoup(html, "html.parser")


def strategy_rows(page):
    return page.tbody.find_all("tr", class_=lambda name: name != "kind")


def assert_self_contained(html):
    page = parse(html)
    assert page.find("script") is None
    for tag in page.find_all(True):
        for attribute in ("src", "href", "srcset", "data", "action"):
            assert tag.get(attribute, "data:").startswith("data:"), tag
        assert not [name for name in tag.attrs if name.startswith("on")]
    for style in page.find_all("style"):
        assert "url(" not in style.text
        assert "@import" not in style.text


def test_report_is_one_file_with_table_and_pictures(comparison, tmp_path):
    path = tmp_path / "report.html"
    assert comparison.to_html(path) is None
    html = path.read_text(encoding="utf-8")
    assert html == comparison.to_html(str(path)) or comparison.to_html() == html
    assert_self_contained(html)
    page = parse(html)
    assert page.title.text == "Which strategy for the rare values of target?"
    images = page.find_all("img")
    assert len(images) == 3
    for image in images:
        assert image["src"].startswith("data:image/svg+xml;base64,")
        assert image["alt"]
    names = [row.th.text for row in strategy_rows(page)]
    assert names == list(comparison.estimators_)
    table = comparison.table()
    heads = [th.get_text(" ") for th in page.thead.find_all("th")]
    assert heads[1].startswith("rarest fifth MAE")
    assert heads[2].startswith("the rest MAE")
    for row in strategy_rows(page):
        value = float(row.find_all("td")[0].contents[0].split()[0])
        assert value == pytest.approx(table.loc[row.th.text, "rare MAE"], rel=0.02)


def test_the_best_of_each_column_is_marked(comparison):
    page = parse(comparison.to_html())
    marked = {}
    for row in strategy_rows(page):
        for k, cell in enumerate(row.find_all("td")):
            if "best" in cell.get("class", []):
                marked[k] = row.th.text
    metrics = ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM")
    assert [marked[k] for k in range(5)] == [comparison.best(m) for m in metrics]


def test_many_strategies_have_headings_by_kind(comparison, failing):
    html = comparison.to_html()
    rows = parse(html).tbody.find_all("tr")
    heads = {k: row.th.get_text() for k, row in enumerate(rows) if row.get("class") == ["kind"]}
    assert heads == {0: "Model or target", 3: "Weights", 10: "Resampling", 17: "Mean of models"}
    assert all(int(rows[k].th["colspan"]) == len(rows[1].find_all(["td", "th"])) for k in heads)
    assert "Thick: VANILLA and, of each kind" in html
    assert 'class="kind"' not in failing.to_html()
    assert "Thick:" not in failing.to_html()


def test_short_fits_are_in_milliseconds(comparison):
    def column(page):
        head = [th.get_text(" ") for th in page.thead.find_all("th")][-1]
        return head, [float(row.find_all("td")[-1].text) for row in strategy_rows(page)]

    head, values = column(parse(comparison.to_html()))
    assert head == "fit milliseconds"
    np.testing.assert_allclose(values, 1000 * comparison.table()["fit s"], rtol=0.02)
    values = comparison.outcome_.values
    values = {**values, "fit s": 1e4 * values["fit s"]}
    slow = StrategyComparison(replace(comparison.outcome_, values=values))
    head, values = column(parse(slow.to_html()))
    assert head == "fit seconds"
    np.testing.assert_allclose(values, 1e4 * comparison.table()["fit s"], rtol=0.02)


def test_report_says_what_was_run(comparison):
    text = parse(comparison.to_html()).get_text(" ")
    assert "240 rows, 3 features, 5 folds" in text
    assert "Ridge()" in text
    assert "5 folds, shuffled rows" in text
    assert f"the seed {comparison.estimators_['VANILLA'].random_state})" in text
    for name in ("Python", "numpy", "scipy", "skdir", "sklearn"):
        assert re.search(rf"{name} \d", text)
    for sentence in comparison.descriptions_.values():
        assert sentence in text
    first = re.split(r"(?<=\.) ", comparison.finding())[0]
    assert first in text.replace("\N{NO-BREAK SPACE}", " ")
    assert number(comparison.table().loc["VANILLA", "rare MAE"]) in text


def test_everything_from_users_is_escaped(data, fails):
    X, y = data
    evil = "<script>alert('x')</script>"
    result = compare_strategies(
        Ridge(), X, pd.Series(y, name=f"{evil} & $y_1$"),
        strategies={evil: "VANILLA", "b<i>": fails}, random_state=0,
    )  # fmt: skip
    html = comparison_report(
        {f"{evil} model": result, "other": result}, title=evil, command=f"skdir {evil}", setup=evil
    )
    assert evil not in html
    assert_self_contained(html)
    page = parse(html)
    assert page.title.text == evil
    assert page.find_all("tr")[1].th.text == evil
    assert "first <target> too high" in page.get_text()
    assert page.find("i") is None


def test_failures_are_in_their_rows(failing):
    page = parse(failing.to_html())
    cells = [cell.get_text() for cell in page.find_all("td", class_="failed")]
    assert cells[0].startswith("sometimes failed in 1 of 2 folds (means are over the others)")
    assert cells[1] == "failed in every fold: RuntimeError: first <target> too high"


def test_long_errors_are_cut(data):
    class Long(Ridge):
        def fit(self, X, y):
            raise RuntimeError("x" * 1000)

    result = compare_strategies(Ridge(), *data, strategies={"VANILLA": "VANILLA", "L": Long()})
    assert "x" * 200 in result.to_html()
    assert "x" * 400 not in result.to_html()


def test_report_of_several_comparisons(comparison, data):
    other = compare_strategies(LinearRegression(), *data, strategies=["LDS"], random_state=0)
    html = comparison_report(
        {"One": comparison, "Two": other}, title="Both", command="skdir x", setup={"One": "X = 1"}
    )
    assert_self_contained(html)
    page = parse(html)
    assert [h.text for h in page.find_all("h2")].count("One") == 1
    assert len(page.find_all("table")) == 2
    assert len(page.find_all("img")) == 5
    assert "skdir x" in page.find_all("pre")[-1].text
    assert "X = 1" in page.find_all("pre")[0].text
    assert "regressor = LinearRegression()" in page.find_all("pre")[1].text


def test_other_targets_or_nothing_are_refused(comparison, data):
    shorter = compare_strategies(Ridge(), data[0][:100], data[1][:100], strategies=["LDS"])
    with pytest.raises(ValueError, match="'comparisons' parameter.*same targets"):
        comparison_report({"a": comparison, "b": shorter})
    with pytest.raises(ValueError, match="'comparisons' parameter.*at least one"):
        comparison_report({})


def run_code(code, X, y, tmp_path, monkeypatch, **names):
    monkeypatch.chdir(tmp_path)
    code = re.sub(
        r"^(X, y|sample_weight|strategies|cv|regressor) = \.\.\..*$", "", code, flags=re.M
    )
    scope = {"X": X, "y": y, **names}
    exec(code, scope)
    assert (tmp_path / "report.html").exists()
    return scope["comparison"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {
            "strategies": ["VANILLA", "INV+LDS"], "cv": RepeatedKFold(n_splits=3, random_state=1),
            "bins": 7, "rare_fraction": 0.1,
        },
        {
            "strategies": {"plain": "VANILLA", "mine": LDSWeighter(reweight=0.3)},
            "bins": np.array([0.0, 1.0, 5.0, 100.0]), "cv": 3,
        },
        {"strategies": ["VANILLA", "SMOTER", "SMOGN", "WERCS"], "cv": 2},
        {
            "strategies": {
                "mine": SmoteR(k_neighbors=2, relevance=RelevanceFunction(degenerate="quantile")),
                "several": make_pipeline(RandomUnderSampler(), GaussianNoise(perturbation=0.05)),
                "after scaling": make_pipeline(
                    StandardScaler(), SMOGN(), sklearn.pipeline.Pipeline([("ridge", Ridge())])
                ),
            },
            "cv": 2,
        },
    ],
)  # fmt: skip
def test_the_python_code_repeats_the_numbers(arguments, data, tmp_path, monkeypatch, capsys):
    X, y = data
    result = compare_strategies(Ridge(alpha=2.0), X, y, random_state=4, **arguments)
    code = parse(result.to_html()).find("pre").text
    again = run_code(code, X, y, tmp_path, monkeypatch)
    columns = ["MAE", "rare MAE", "few MAE"]
    pd.testing.assert_frame_equal(
        again.table(metrics=columns), result.table(metrics=columns), check_exact=False, rtol=1e-9
    )
    assert "MAE" in capsys.readouterr().out


def test_the_code_repeats_a_pipeline_of_scikit_learn_behind_one_of_imbalanced_learn(
    data, tmp_path, monkeypatch
):
    X, y = data
    regressor = sklearn.pipeline.make_pipeline(StandardScaler(), Ridge())
    strategies = {"plain": "VANILLA", "mine": make_pipeline(SmoteR(), regressor)}
    result = compare_strategies(regressor, X, y, strategies=strategies, cv=2, random_state=0)
    setup = "from sklearn.pipeline import Pipeline\n\nregressor = Pipeline([('r', 3)])"
    code = repeat_code(result.outcome_, setup)
    assert "imblearn.pipeline.Pipeline(" in code
    assert "from imblearn" not in code
    again = run_code(repeat_code(result.outcome_), X, y, tmp_path, monkeypatch)
    assert again.table()["MAE"].tolist() == result.table()["MAE"].tolist()
    assert type(again.estimators_["mine"]) is type(strategies["mine"])
    assert type(again.estimators_["plain"]) is sklearn.pipeline.Pipeline


def test_what_has_no_source_is_left_to_the_reader(data, tmp_path, monkeypatch):
    X, y = data
    weight = np.linspace(1, 2, 240)
    cv = [(np.arange(200), np.arange(200, 240))]

    class Local(Ridge):
        pass

    own = {"VANILLA": "VANILLA", "mine": lambda regressor: LDSWeighter() and regressor}
    result = compare_strategies(
        Local(), X, y, cv=(fold for fold in cv), strategies=own, sample_weight=weight,
    )  # fmt: skip
    code = repeat_code(result.outcome_)
    assert "regressor = ...  # yours: Local()" in code
    assert "strategies = ...  # as they were" in code
    assert "sample_weight = ...  # the weights of the rows" in code
    again = run_code(
        code, X, y, tmp_path, monkeypatch,
        regressor=Local(), strategies=own, sample_weight=weight, cv=cv,
    )  # fmt: skip
    pd.testing.assert_series_equal(again.table()["MAE"], result.table()["MAE"])
    text = parse(result.to_html()).get_text(" ")
    assert "none: the folds are drawn anew each time" in text
    assert "Sample weights" in text


def test_user_styles_do_not_enter_and_odd_letters_do_not_stop(data):
    import matplotlib

    X, y = data
    result = compare_strategies(
        Ridge(), X, pd.Series(y, name="日本"), strategies=["VANILLA"], random_state=0
    )
    plain = result.to_html()
    with matplotlib.rc_context({"lines.linewidth": 20, "axes.facecolor": "black"}):
        assert result.to_html() == plain
    assert "日本" in plain


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_missing_packages_are_named(comparison, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"comparison_report requires the package '{package}'"):
        comparison.to_html()
