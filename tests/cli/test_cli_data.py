"""Tables on the command line: all formats and kinds of columns, and data that cannot be used."""

import datetime
import decimal
import gzip
import re

import numpy as np
import pandas as pd
import pytest
from command_line import fails, run

from skdir.cli import load_table, load_target, make_regressor


@pytest.mark.parametrize("suffix", [".csv.gz", ".tsv", ";", ".parquet", "bom"])
def test_formats_hold_the_same_table(frame, csv, tmp_path, suffix):
    expected = load_table(csv, target="rent")
    path = tmp_path / f"other{suffix if suffix.startswith('.') else '.csv'}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".csv.gz":
        path.write_bytes(gzip.compress(csv.read_bytes()))
    elif suffix == "bom":
        path.write_bytes(b"\xef\xbb\xbf" + csv.read_bytes())
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ";")
    X, y = load_table(path, target="rent")
    pd.testing.assert_frame_equal(X, expected[0])
    pd.testing.assert_series_equal(y, expected[1])


def test_columns_of_all_kinds_become_numbers_or_text(tmp_path):
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame(
        {
            "int": pd.array([1, 2, None, 4], dtype="Int64"),
            "flag": pd.array([True, False, None, True], dtype="boolean"),
            "date": pd.to_datetime(
                ["1970-01-02", None, "1970-01-03 12:00", "1969-12-31"], format="ISO8601"
            ),
            "zone": pd.to_datetime(["1970-01-02", None, "1970-01-03", "1970-01-01"], utc=True),
            "span": pd.to_timedelta([1, 2, None, 0.5], "D"),
            "price": [decimal.Decimal("1.5"), None, decimal.Decimal(2), decimal.Decimal(3)],
            "day": [d.date() for d in pd.to_datetime(["1970-01-02"] * 4)],
            "kind": pd.Categorical(["a", "b", None, "a"]),
            "iso": ["1970-01-02", None, "1970-01-03", "1970-02-01"],
            "almost": ["1970-01-02", "1970-13-45", None, "soon"],
            "bad iso": ["1970-01-02", "1970-13-45", None, "1970-01-02"],
            "mixed": pd.Series(["a", None, "b", "c"], dtype=object),
            "clock": [datetime.time(12, 30)] * 4,
            "none": [None] * 4,
            "y": [1, 2, 3, 4],
        }
    )
    frame.to_parquet(path)
    with pytest.warns(UserWarning, match="taken as text") as caught:
        X, y = load_table(path, target="y")
    assert [str(w.message).split(" is ")[0] for w in caught] == [
        "column 'almost'", "column 'bad iso'",
    ]  # fmt: skip
    nan = np.nan
    expected = {
        "int": [1, 2, nan, 4],
        "flag": [1, 0, nan, 1],
        "date": [1, nan, 2.5, -1],
        "zone": [1, nan, 2, 0],
        "span": [1, 2, nan, 0.5],
        "price": [1.5, nan, 2, 3],
        "day": [1, 1, 1, 1],
        "iso": [1, nan, 2, 31],
        "none": [nan] * 4,
    }
    for name, values in expected.items():
        np.testing.assert_allclose(X[name].to_numpy(), values, err_msg=name)
    assert X["kind"].tolist() == ["a", "b", "(missing)", "a"]
    assert X["almost"].tolist() == ["1970-01-02", "1970-13-45", "(missing)", "soon"]
    assert X["bad iso"].tolist() == ["1970-01-02", "1970-13-45", "(missing)", "1970-01-02"]
    assert X["mixed"].tolist() == ["a", "(missing)", "b", "c"]
    assert X["clock"].tolist() == ["12:30:00"] * 4
    assert y.dtype == np.float64
    model = make_regressor("ridge").fit(X, y)
    assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize(
    ("value", "what"), [("-inf", "infinite values"), ("-2e300", r"values beyond 1e\+150")]
)
def test_features_that_no_scaler_can_scale_are_named(value, what, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,y\n1e149,1\n{value},2\n3e300,4\n")
    with pytest.raises(ValueError, match=rf"'a' of .* has {what}, .* \(line 3\); --drop"):
        load_table(path, target="y")
    largest = pd.DataFrame({"a": [1e149, -1e150]})
    assert np.isfinite(make_regressor("ridge").fit(largest, [1, 2]).predict(largest)).all()


def test_boolean_targets_count_as_numbers(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("a,y\n1,True\n2,False\n3,True\n")
    assert load_table(path, target="y")[1].tolist() == [1.0, 0.0, 1.0]


def test_rare_and_unknown_levels_share_a_column(tmp_path):
    X = pd.DataFrame({"town": ["a"] * 10 + ["b"] * 10 + ["c", "d"], "size": np.arange(22.0)})
    model = make_regressor("ridge").fit(X, np.arange(22.0))
    columns = model.named_steps["columns"]
    new = pd.DataFrame({"town": ["a", "c", "never seen"], "size": [1.0, 1.0, np.nan]})
    encoded = columns.transform(new)
    assert encoded.shape == (3, 1 + 3)
    np.testing.assert_array_equal(encoded[1, 1:], encoded[2, 1:])
    assert not np.array_equal(encoded[0, 1:], encoded[1, 1:])
    assert encoded[2, 0] == 0.0  # the median, in standard units of 0 .. 21


def test_nothing_leaks_from_the_test_rows():
    """Median, scale and levels are of the rows of fit alone."""
    X = pd.DataFrame({"a": [0.0, 1.0, np.nan, 3.0] * 5, "b": list("xyxy") * 5})
    model = make_regressor("linear").fit(X.iloc[:10], np.arange(10.0))
    other = X.copy()
    other.iloc[10:, 0] = 1e9
    again = make_regressor("linear").fit(other.iloc[:10], np.arange(10.0))
    np.testing.assert_array_equal(model.predict(X), again.predict(X))


DATA_ERRORS = {
    "missing column": ("rentt", "a,rent\n1,2\n", "no column 'rentt': did you mean 'rent'?"),
    "no near column": ("zzzzzz", "a,rent\n1,2\n", "no column 'zzzzzz': there are 'a', 'rent'"),
    "text in target": ("y", "a,y\n1,2\n3,high\n", "data row 2 of .* has 'high'"),
    "missing target": ("y", "a,y\n1,2\n3,\n", "missing in 1 of 2 rows, first in data row 2"),
    "infinite target": ("y", "a,y\n1,2\n3,inf\n", "data row 2 of .* has 'inf'"),
    "no rows": ("y", "a,y\n", "has no rows"),
    "empty": ("y", "", "is empty"),
    "only target": ("y", "y\n1\n2\n", "no column besides the target"),
    "ragged": ("y", "a,y\n1,2\n1,2,3,4\n", "cannot be read"),
    "infinite feature": ("y", "a,y\n1,2\ninf,3\n", "feature 'a' .* infinite"),
    "constant": ("y", "a,y\n1,2\n2,2\n3,2\n4,2\n5,2\n", "at least two different targets"),
    "few rows": ("y", "a,y\n1,2\n2,3\n", "--cv 5 is more than the 2 rows"),
}


@pytest.mark.parametrize("case", DATA_ERRORS)
def test_bad_data_is_one_line(case, tmp_path, capsys):
    target, text, message = DATA_ERRORS[case]
    path = tmp_path / "data.csv"
    path.write_text(text)
    code, _, err = run(capsys, "compare", path, "--target", target)
    assert code == 2
    assert re.search(message, err)
    assert re.fullmatch("skdir: .*\n", err)


def test_files_that_cannot_be_read(tmp_path, capsys):
    assert "does not exist" in fails(capsys, "compare", tmp_path / "no.csv", "--target", "y")
    assert "is a folder" in fails(capsys, "compare", tmp_path, "--target", "y")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("a,y\nKöln,1\n".encode("latin-1"))
    err = fails(capsys, "compare", latin, "--target", "y")
    assert "is not UTF-8 text (byte 0xf6 cannot be read); save it as UTF-8" in err
    for name in ("broken.parquet", "broken.csv.gz"):
        (tmp_path / name).write_bytes(b"no such format")
        assert "cannot be read" in fails(capsys, "compare", tmp_path / name, "--target", "y")
    lists = tmp_path / "lists.parquet"
    pd.DataFrame({"a": [[1], [2]], "y": [1, 2]}).to_parquet(lists)
    assert "leave it out with --drop" in fails(capsys, "compare", lists, "--target", "y")
    dates = tmp_path / "dates.parquet"
    pd.DataFrame({"a": [1, 2], "y": pd.to_datetime(["2020-01-01"] * 2)}).to_parquet(dates)
    assert "must be finite numbers" in fails(capsys, "compare", dates, "--target", "y")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("target", None), ("target", 5), ("target", ["y"]), ("path", None), ("path", ["d.csv"])]
    + [(name, value) for name in ("drop", "na_values") for value in (None, 5, [5], ["x", None])],
)
def test_parameters_that_are_no_text_are_named(parameter, value, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n3,4\n")
    arguments = {"path": path, "target": "y", parameter: value}
    for load in [load_table] if parameter == "drop" else [load_table, load_target]:
        message = f"'{parameter}' parameter of {load.__name__} must be .*str.* Got "
        with pytest.raises(ValueError, match=message + re.escape(repr(value))):
            load(**arguments)


@pytest.mark.parametrize("name", [None, 5, ["ridge"], "Ridge"])
def test_unknown_regressors(name):
    with pytest.raises(ValueError, match="unknown regressor"):
        make_regressor(name)
