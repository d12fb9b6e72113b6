"""Shot reports as text, HTML and a frame, and what is refused."""

import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.metrics import max_error

from skdir.metrics import ShotReport, shot_labels

SHOTS = ["many", "medium", "few", "zero"]


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    y_train, y_true = rng.exponential(size=400), rng.uniform(0, 8, size=100)
    return {"y_true": y_true, "y_pred": 0.8 * y_true + rng.normal(size=100), "y_train": y_train}


# --- how it looks -------------------------------------------------------------------------------


def test_text_table_is_aligned_and_shows_each_value(data):
    report = ShotReport(**data, bins=20)
    caption, *lines = repr(report).splitlines()
    assert caption == "ShotReport: many > 30, few < 10 training rows per bin"
    assert lines[0].split() == ["n", "share", *report.overall]
    assert [line.split()[0] for line in lines[1:]] == ["overall", *SHOTS]
    assert len({len(line) for line in lines}) == 1
    cells = lines[3].split()
    row = report.by_shot["medium"]
    assert cells[1:4] == [str(row["n"]), f"{row['share']:.1%}", f"{row['mae']:.4g}"]


def test_large_counts_are_written_out():
    y = np.zeros(1_234_567)
    report = ShotReport(y, y, y_train=[0, 1], bins=1, metrics=["mae"])
    assert " 1234567 " in repr(report)


class Table(HTMLParser):
    """Collects the cells of a table, and fails on tags that are not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def test_html_table_shows_the_cells_of_the_text_table(data):
    report = ShotReport(**data, bins=20)
    text = [cell for line in repr(report).splitlines()[1:] for cell in line.split()]
    assert [cell for cell in Table(report._repr_html_()).cells if cell] == text


def test_html_escapes_names_of_metrics(data):
    name = "<script>alert(1)</script> & co"
    report = ShotReport(**data, bins=20, metrics={name: max_error})
    page = report._repr_html_()
    assert "<script" not in page
    assert "many &gt; 30" in page
    assert name in Table(page).cells


def test_frame_has_the_values_with_nan_where_there_are_no_rows(data):
    pandas = pytest.importorskip("pandas")
    rows = data["y_true"] < data["y_train"].max()
    frame = ShotReport(
        data["y_true"][rows][:5], data["y_pred"][rows][:5], y_train=data["y_train"], bins=1
    ).to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.index.tolist() == ["overall", *SHOTS]
    assert frame.columns.tolist() == ["n", "share", "mae", "mse", "gm", "pearson", "spearman"]
    assert frame.n.tolist() == [5, 0, 5, 0, 0]
    assert frame.share.tolist() == [1, 0, 1, 0, 0]
    assert frame.mae.isna().tolist() == [False, True, False, True, True]
    assert frame.loc["medium"].tolist() == frame.loc["overall"].tolist()


def test_frame_without_pandas_says_what_to_install(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    report = ShotReport(**data, bins=20)
    with pytest.raises(
        ImportError, match=r"ShotReport.to_frame requires .*'pandas'.*scikit-dir\[rep"
    ):
        report.to_frame()


# --- bad input ----------------------------------------------------------------------------------

COMMON = [
    ("y_train", [], "at least 1 targets"),
    ("y_train", [0.0, np.nan], "finite"),
    ("y_train", ["a", "b"], "real numbers"),
    ("y_train", [[0.0], [1.0]], "1-d array"),
    ("bins", 0, "."),
    ("bins", True, "(array-like|edges). Got True"),
    ("bins", 1.5, "."),
    ("bins", None, "."),
    ("bins", "auto", "'?integer"),
    ("bins", [0, 2, 1], "unsorted edges"),
    ("bins", [0, 1, 1], "repeated edges"),
    ("bins", [0, 1], "edges that cover all targets"),
    ("many", -1, "."),
    ("many", np.nan, "."),
    ("many", np.inf, "."),
    ("many", "few", "'auto'"),
    ("many", True, "'auto'"),
    ("few", -1, "."),
    ("few", None, "'auto'"),
    ("few", "many", "'auto'"),
    ("few", 101, "at most 100, the value of many. Got 101 instead"),
]


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        *COMMON,
        ("y", [], "at least 1 targets"),
        ("y", [np.inf], "finite"),
        ("sample_weight", [1, 1], r"of shape \(3,\)"),
        ("sample_weight", [1, -1, 1], "non-negative"),
        ("sample_weight", [0, 0, 0], "positive for some"),
    ],
)
def test_bad_parameters_of_labels_are_named(name, value, match):
    fine = {"y_train": [0, 1, 2], "y": [1], "bins": 2, "many": 100, "few": 20}
    message = f"The '{name}' parameter of shot_labels must be .*{match}"
    with pytest.raises(ValueError, match=message):
        shot_labels(**{**fine, name: value})


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        *COMMON,
        ("y_true", [], "at least 1 targets"),
        ("y_true", [[0], [1]], "1-d array"),
        ("y_true", [0, None], "finite"),
        ("y_pred", [0], r"of shape \(2,\), as y_true"),
        ("y_pred", [0, np.inf], "finite"),
        ("sample_weight", [1], r"of shape \(2,\)"),
        ("sample_weight", [0, 0], "positive for some"),
        ("train_sample_weight", [1, 1], r"of shape \(3,\)"),
        ("train_sample_weight", [1, -1, 1], "non-negative"),
        ("metrics", "mae", "names .* Got 'mae'"),
        ("metrics", ["r2"], "among gm, mae, mse, pearson, rmse, spearman.* Got 'r2'"),
        ("metrics", [], "names"),
        ("metrics", {}, "names"),
        ("metrics", None, "names"),
        ("metrics", ["mae", "mae"], "repeated names"),
        ("metrics", [max_error], "names"),
        ("metrics", {"n": max_error}, "Got the name 'n'"),
        ("metrics", {1: max_error}, "Got the name 1"),
        ("metrics", {"mae": "mae"}, "Got 'mae' for 'mae'"),
        ("metrics", {"pair": lambda a, b: (1.0, 2.0)}, "one number.* from 'pair'"),
        ("metrics", {"text": lambda a, b: "good"}, "one number. Got 'good' from 'text'"),
    ],
)
def test_bad_parameters_of_the_report_are_named(name, value, match):
    fine = {"y_true": [0, 1], "y_pred": [1, 1], "y_train": [0, 1, 2], "bins": 2}
    message = f"The '{name}' parameter of ShotReport must be .*{match}"
    with pytest.raises(ValueError, match=message):
        ShotReport(**{**fine, "many": 100, "few": 20, name: value})


def test_auto_few_above_a_given_many_is_refused():
    with pytest.raises(
        ValueError, match=r"'many' parameter .* at least 5, the value of few \(from 'auto'\). Got 2"
    ):
        shot_labels(np.zeros(10), [0], bins=1, many=2)


def test_integer_bins_over_a_huge_range_are_refused():
    with pytest.raises(ValueError, match="The 'bins' parameter of shot_labels must be"):
        shot_labels([0, 1e300], [0], bins="integer")
