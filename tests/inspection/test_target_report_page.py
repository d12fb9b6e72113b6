"""TargetReport: the page, the picture and the text."""

import base64
import sys

import numpy as np
import pytest
from bs4 import BeautifulSoup
from report_cases import CASES

from skdir.inspection import TargetReport
from skdir.inspection._target_report.picture import draw_report
from skdir.utils._text.numbers import span_text


def drawn(report):
    """Return the axes of a report's picture."""
    return draw_report(report._summary)


@pytest.mark.parametrize("name", CASES)
def test_text_is_plain_and_at_most_80_columns_wide(name):
    report = TargetReport(CASES[name])
    text = repr(report)
    assert str(report) == text
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    lines = " ".join(text.split())
    for finding in report.findings:
        for sentence in (finding.what, finding.advice):
            # wrapped at hyphens, too
            assert sentence.replace(" ", "") in text.replace("\n", "").replace(" ", "")
    for suggestion in report.suggestions:
        assert f"- {suggestion.name}: " in lines
    for key in report.rare:
        assert f"{key}: " in lines
    if report.suggestions:
        assert "code in .suggestions" in text
    for number in (report.distribution["min"], report.distribution["max"]):
        assert f"{number:,.6g}" in text


def test_bars_of_the_text_hold_all_rows():
    report = TargetReport(CASES["ages"])
    bars = [line.rsplit(None, 2) for line in repr(report).splitlines() if line.endswith("#")]
    rows = [int(bar[-2]) for bar in bars]
    lengths = [len(bar[-1]) for bar in bars]
    assert sum(rows) == 900
    np.testing.assert_array_equal(lengths, np.ceil(max(lengths) * np.array(rows) / max(rows)))


def test_long_names_and_many_digits_stay_within_80_columns():
    report = TargetReport(
        1e300 * CASES["normal"],
        target_name="x" * 200,
        relevances={"y" * 150: lambda v: (v > 6e301) * 1.0},
    )
    assert max(map(len, repr(report).splitlines())) <= 80


# ------------------------------------------------------------------- the page


@pytest.mark.parametrize("name", CASES)
def test_page_says_what_the_report_knows(name):
    report = TargetReport(CASES[name], target_name="rent (EUR)")
    html = report.to_html()
    page = BeautifulSoup(html, "html.parser")
    assert page.title.text == "What is rare in rent (EUR)?"
    found = page.select(".finding")
    assert len(found) == len(report.findings)
    for tag, finding in zip(found, report.findings):
        text = tag.text.replace("\N{NO-BREAK SPACE}", " ")
        assert finding.what in text and finding.advice in text
        assert tag.select_one(".level").text == finding.level
    if not report.findings:
        assert "No trap was found" in page.text
    assert [pre.text for pre in page.find_all("pre")] == [s.code for s in report.suggestions]
    rows = page.select("tbody tr")
    assert [row.th.text for row in rows] == list(report.rare)
    for row, rare in zip(rows, report.rare.values()):
        cells = [cell.text for cell in row.find_all("td")]
        if rare.reason:
            assert cells == [f"cannot tell: {rare.cause}"]
        else:
            assert cells[0] == f"{rare.n_rare:,}"
            for bump in rare.bumps[:3]:
                assert span_text(bump) in cells[2]
    (image,) = page.find_all("img")
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert b"<svg" in base64.b64decode(image["src"].partition("base64,")[2])


def test_page_loads_nothing(tmp_path):
    report = TargetReport(CASES["normal"])
    assert report.to_html(tmp_path / "page.html") is None
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(True):
        for attribute in ("src", "href"):
            assert tag.get(attribute, "data:").startswith("data:")
    assert not page.find_all("script") and "@import" not in html and "url(" not in html


def test_names_are_escaped():
    report = TargetReport(
        CASES["normal"],
        target_name="<script>alert(1)</script> $x_",
        relevances={"<b>": lambda v: (v > 60) * 1.0},
    )
    for html in (report.to_html(), report._repr_html_()):
        page = BeautifulSoup(html, "html.parser")
        assert not page.find_all("script") and not page.find_all("b")
        assert "<script>alert(1)</script> $x_" in page.h2.text + page.text


def test_notebooks_get_the_same_with_a_style_of_its_own():
    report = TargetReport(CASES["zero-inflated"])
    html = report._repr_html_()
    assert "<html" not in html and "<body" not in html
    page = BeautifulSoup(html, "html.parser")
    assert page.style.text.strip().startswith(".skdir-target-report {")
    whole = BeautifulSoup(report.to_html(), "html.parser")
    part = page.select_one(".skdir-target-report")
    assert [s.text for s in part.find_all("section")] == [s.text for s in whole.find_all("section")]


def test_without_matplotlib_the_page_has_bars_of_its_own(monkeypatch):
    report = TargetReport(CASES["ages"], target_name="age")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = BeautifulSoup(report.to_html(), "html.parser")
    assert not page.find_all("img")
    heights = [float(bar["style"].removeprefix("height: ").rstrip("%")) for bar in
               page.select(".bars i")]  # fmt: skip
    np.testing.assert_allclose(heights, 100 * report.counts / report.counts.max(), atol=0.06)
    assert "Line:" not in page.text
    assert page.select_one(".ends").text.split("\n") != []


def test_without_jinja2_notebooks_get_text(monkeypatch):
    report = TargetReport(CASES["normal"], target_name="<a>")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    html = report._repr_html_()
    assert html.startswith("<pre>") and "&lt;a&gt;" in html
    with pytest.raises(ImportError, match="TargetReport.to_html requires the package 'jinja2'"):
        report.to_html()


# ------------------------------------------------------------------- the picture


@pytest.mark.parametrize("name", [name for name in CASES if name != "near the largest float"])
def test_picture_shows_all_rows_and_what_is_rare(name):
    y = CASES[name]
    report = TargetReport(y, target_name="price in $")
    ax = drawn(report)
    (bars, *_) = ax.containers
    counts = np.array([bar.get_height() for bar in bars])
    assert counts.sum() == len(y)
    left = np.array([bar.get_x() for bar in bars])
    width = np.array([bar.get_width() for bar in bars])
    edges = np.append(left, left[-1] + width[-1])
    edges[-1] = max(edges[-1], y.max())  # a sum of floats
    np.testing.assert_array_equal(np.histogram(y, edges)[0], counts)
    below = ax.figure.axes[1]
    assert [tick.get_text() for tick in below.get_yticklabels()] == list(report.rare)
    assert below.get_xlabel() == r"price in \$"
    spans = [[] for _ in report.rare]
    for container in below.containers:
        for bar in container:
            spans[round(bar.get_y() + bar.get_height() / 2)].append(
                (bar.get_x(), bar.get_x() + bar.get_width())
            )
    for shown, found in zip(spans, report.rare.values()):
        np.testing.assert_allclose(shown, [(b.low, b.high) for b in found.bumps] or np.empty(0))
    words = [text.get_text() for text in below.texts]
    assert words.count("cannot tell, see below") == sum(
        bool(r.reason) for r in report.rare.values()
    )
    assert words.count("nothing is rare") == sum(r.n_rare == 0 for r in report.rare.values())
    low, high = ax.get_xlim()
    assert low < y.min() and high > y.max()


def test_line_is_the_smoothed_number_of_rows_per_bin():
    y = np.random.default_rng(0).normal(size=20_000)
    ax = drawn(TargetReport(y, bins=40))
    (line,) = ax.lines
    x, height = line.get_data()
    width = (y.max() - y.min()) / 40
    expected = [np.sum(np.abs(y - at) <= width / 2) for at in x]
    middle = np.abs(x) < 2
    np.testing.assert_allclose(height[middle], np.array(expected)[middle], rtol=0.12)
    uniform = np.random.default_rng(0).uniform(size=20_000)
    (line,) = drawn(TargetReport(uniform, bins=20)).lines
    np.testing.assert_allclose(line.get_ydata(), 1000, rtol=0.12)  # up to the very ends


def test_axes_are_scaled_where_it_helps():
    assert drawn(TargetReport(CASES["normal"])).get_xscale() == "linear"
    skewed = np.append(CASES["lognormal with outliers"], [20_000.0])
    assert drawn(TargetReport(skewed)).get_xscale() == "log"
    # zeros must not hide how long the tail of the others is, nor do they have a logarithm
    with_zeros = np.append(skewed, np.zeros(2000))
    assert drawn(TargetReport(with_zeros)).get_xscale() == "asinh"
    zeros = np.append(CASES["normal"], np.zeros(20_000))
    high = drawn(TargetReport(zeros))
    assert high.get_yscale() == "log" and "log scale" in high.get_ylabel()
    assert drawn(TargetReport(CASES["normal"])).get_yscale() == "linear"
    assert drawn(TargetReport(CASES["constant"])).lines[:] == []


def test_a_constant_and_one_row_have_a_page():
    for y in (CASES["constant"], CASES["one row"], np.zeros(3)):
        assert "Look out for" in TargetReport(y).to_html()


def test_an_endless_axis_has_few_ticks():
    with np.errstate(over="ignore"):
        ax = drawn(TargetReport(CASES["near the largest float"]))
    assert ax.get_xscale() == "asinh"
    assert 3 <= len(ax.figure.axes[1].get_xticks()) <= 10
