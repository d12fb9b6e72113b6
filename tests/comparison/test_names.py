"""Names and messages of other people are shown in terminals, not sent to them."""

import base64
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies
from skdir.inspection import TargetReport

BAD = "\x1b[31mred\x07\u202e\r\x9b\x00\ud800"
SHOWN = r"\x1b[31mred\x07\u202e\r\x9b\x00\ud800"


class Fails(RegressorMixin, BaseEstimator):
    def fit(self, X, y):
        raise ValueError(f"no {BAD}")

    def predict(self, X):
        raise NotImplementedError


@pytest.fixture(scope="module")
def named(data):
    X, y = data
    strategies = {BAD: "VANILLA", f"{BAD} 2": "INV+LDS", "fails": Fails()}
    comparison = compare_strategies(Ridge(), X, y, strategies=strategies, cv=3, random_state=0)
    comparison.target_name = BAD
    return comparison


def is_safe(text):
    return not any(c in text for c in BAD if not c.isprintable())


def test_text_of_a_comparison(named):
    reason = named.recommendation(max_overall_cost=np.inf)
    for text in (repr(named), named.finding(), str(reason), reason.sentence):
        assert SHOWN in text
        assert is_safe(text)
    assert named.results_[-1]["error"] == r"ValueError: no \x1b[31mred\x07\u202e"  # its first line
    assert reason.name in named.estimators_  # the name itself is as it was


def test_text_of_a_target_report():
    y = np.r_[np.zeros(60), np.random.default_rng(0).gamma(1, size=140)]

    def fails(y):
        raise ValueError(f"no {BAD}")

    report = TargetReport(y, target_name=BAD, relevances={BAD: lambda v: v / v.max(), "no": fails})
    text = repr(report)
    assert SHOWN in text and f"no {SHOWN[:6]}" in text
    assert is_safe(text)


def test_pictures_of_pages_are_valid(named):
    report = TargetReport(named.y_, target_name=BAD, relevances={BAD: lambda v: v / v.max()})
    for html in (named.to_html(), report.to_html()):
        pictures = [i["src"] for i in BeautifulSoup(html, "html.parser").find_all("img")]
        assert pictures
        for picture in pictures:
            ElementTree.fromstring(base64.b64decode(picture.partition(",")[2]))


def test_pages_can_be_written(named, tmp_path):
    path = tmp_path / "page.html"
    report = TargetReport(named.y_, target_name=BAD, relevances={BAD: lambda v: v / v.max()})
    for page in (named, report):
        page.to_html(path)
        text = path.read_text(encoding="utf-8")
        assert r"\x1b[31mred\x07\u202e" in text
        assert r"\x9b\x00\ud800" in text
        assert not set(text) & set("\x1b\x07\u202e\x9b\x00\ufffe")


@pytest.mark.filterwarnings("ignore:Glyph")  # the user's own font, and settings
def test_pictures_of_the_user_can_be_saved(named, tmp_path):
    path = tmp_path / "picture.svg"
    for plot in (named.plot, named.plot_pareto, named.plot_trade_off):
        figure = plot().figure
        figure.savefig(path)
        ElementTree.parse(path)
        plt.close(figure)
