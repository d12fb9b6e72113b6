"""Pages in threads, with names in any script."""

import base64
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies
from skdir.inspection import TargetReport
from skdir.utils._text.pages import picture_uri


@pytest.fixture
def often():
    """Let threads take turns very often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def makers():
    """Return functions that make a page of each kind; names need more than one font."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 2)), rng.gamma(2, size=120)
    report = TargetReport(y, target_name="家賃 (円)", relevances={"高い": lambda v: v / v.max()})
    comparison = compare_strategies(
        Ridge(), X, y, strategies={"VANILLA": "VANILLA", "重み": "LDS"}, cv=2, random_state=0
    )
    comparison.target_name = "家賃 (円)"
    return report.to_html, comparison.to_html


def test_pages_in_threads_are_those_of_one_and_settings_stay(makers, often):
    # a setting of the user's own has to survive, and must not enter
    with matplotlib.rc_context({"lines.linewidth": 7.0, "font.size": 31.0}):
        alone = {make() for make in makers}
        settings, filters = dict(matplotlib.rcParams), list(warnings.filters)
        with ThreadPoolExecutor(4) as threads:
            pages = list(threads.map(lambda make: make(), makers * 4))
        assert set(pages) == alone
        assert dict(matplotlib.rcParams) == settings
        assert list(warnings.filters) == filters
    assert {make() for make in makers} == alone


def test_a_picture_that_fails_leaves_the_settings():
    before = dict(matplotlib.rcParams)

    def fails():
        raise KeyError("from a plot")

    with pytest.raises(KeyError):
        picture_uri(fails, caller="test")
    assert dict(matplotlib.rcParams) == before


def test_characters_without_a_glyph_are_boxes_without_a_warning():
    def plot(text):
        from matplotlib.figure import Figure

        from skdir.utils._drawing.style import plain

        ax = Figure().subplots()
        ax.set_title(plain(text))
        drawn.append(ax.get_title())
        return ax

    drawn = []
    page = picture_uri(plot, "é ж 家\nα", caller="test")
    assert base64.b64decode(page.partition(",")[2]).startswith(b"<?xml")
    assert drawn == ["é ж □\nα"]
