"""Columns that make a comparison mean something else: copies of the target, row numbers, ids."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from command_line import fails, run

from skdir.cli import load_table, load_target
from skdir.cli._reading.column_checks import check_columns

N = 60
rng = np.random.default_rng(0)
X = np.round(rng.normal(size=N), 3)
Y = np.round(np.exp(X + 0.5 * rng.normal(size=N)) * 1000, 2)


def save(tmp_path, **columns):
    """Write a table of x and y and further columns."""
    path = tmp_path / "data.csv"
    pd.DataFrame({"x": X, "y": Y} | columns).to_csv(path, index=False)
    return path


def compare(path, *options, target="y"):
    return [
        "compare", path, "--target", target, "--regressor", "ridge", "--cv", 2, "--strategies",
        "VANILLA", *options,
    ]  # fmt: skip


def notes_of(path, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        features, _ = load_table(path, target="y", **options)
    return list(features.columns), [str(w.message) for w in caught]


@pytest.mark.parametrize("header", ["x,y,y", "x,y, y ", '"x","y","y"', "y,x,y", "x,y,y,"])
def test_two_columns_of_the_targets_name_are_refused(header, tmp_path, capsys):
    places = [k for k, name in enumerate(re.sub('[ "]', "", header).split(",")) if name == "y"]
    path = tmp_path / "t.csv"
    columns = np.column_stack([Y, Y, Y])
    columns[:, next(k for k in range(3) if k not in places)] = X
    path.write_text(header + "\n" + "\n".join(",".join(map(str, row)) for row in columns))
    message = f"two columns of the name 'y', the columns {places[0] + 1} and {places[1] + 1}"
    for load in (load_table, load_target):
        with pytest.raises(ValueError, match=message):
            load(path, target="y")
    assert message in fails(capsys, *compare(path))
    assert message in fails(capsys, "report", path, "--target", "y")


def test_two_features_of_one_name_are_refused_or_both_left_out(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y,a\n" + "1,2,3,4\n5,6,7,8\n" * 5)
    err = fails(capsys, *compare(path))
    assert "two columns of the name 'a', the columns 1 and 4" in err
    assert "--drop 'a'" in err
    features, _ = load_table(path, target="y", drop=["a"])
    assert list(features.columns) == ["b"]


@pytest.mark.parametrize("name", ["y.1", "y.2", "Y", "Y.", "_y", "y_", "'y'"])
@pytest.mark.parametrize("values", [Y, 3 - 2.5 * Y], ids=["equal", "linear"])
def test_a_copy_under_nearly_the_targets_name_is_refused(name, values, tmp_path, capsys):
    path = save(tmp_path, **{name: values})
    message = f"has a second column of the target's name 'y': {name!r} is "
    with pytest.raises(ValueError, match=re.escape(message)):
        load_table(path, target="y")
    err = fails(capsys, *compare(path))
    assert message in err
    code, out, err = run(capsys, *compare(path, f"--drop={name}"))
    assert (code, err) == (0, "")
    assert "60 rows, 1 features" in out


@pytest.mark.parametrize("name", ["y.1", "Y", "y_"])
def test_another_column_under_nearly_the_targets_name_is_named(name, tmp_path):
    path = save(tmp_path, **{name: X**2})
    columns, notes = notes_of(path)
    assert columns == ["x", name]
    assert len(notes) == 1
    assert f"column {name!r} of {path} has the target's name 'y' but for" in notes[0]


COPIES = {
    "equal": (Y, "is equal to the target"),
    "cents": (np.round(Y * 100), "is a linear function"),
    "negative": (5 - Y, "is a linear function"),
    "nearly": (Y + np.random.default_rng(1).normal(size=N) * 0.1, "is a linear function"),
    "logarithm": (np.log(Y), "has the order of the target"),
    "reciprocal": (1 / Y, "has the order of the target"),
    "equal where known": (np.where(np.arange(N) % 3 == 0, np.nan, Y), "is equal to the target"),
    "tiny": (Y * 1e-100, "is a linear function"),
    "huge": (Y * 1e100, "is a linear function"),
}


@pytest.mark.parametrize("case", COPIES)
def test_copies_of_the_target_are_named(case, tmp_path, capsys):
    values, what = COPIES[case]
    path = save(tmp_path, price=values)
    columns, notes = notes_of(path)
    assert columns == ["x", "price"]
    assert len(notes) == 1
    assert f"column 'price' of {path} {what}" in notes[0]
    assert "--drop 'price' leaves it out" in notes[0]
    code, _, err = run(capsys, *compare(path))
    assert code == 0
    assert f"skdir: note: column 'price' of {path} {what}" in err


def test_a_good_feature_is_not_called_a_copy(tmp_path):
    noisy = Y + Y.std() * 0.02 * np.random.default_rng(1).normal(size=N)
    few = np.searchsorted(np.quantile(Y, [0.25, 0.5, 0.75]), Y)  # a class of the target
    assert notes_of(save(tmp_path, noisy=noisy, few=few)) == (["x", "noisy", "few"], [])


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_index_that_pandas_saves_is_no_feature(shuffled, tmp_path, capsys):
    frame = pd.DataFrame({"x": X, "y": Y}).sort_values("y").reset_index(drop=True)
    frame = frame.sample(frac=1, random_state=0) if shuffled else frame
    frame.to_csv(tmp_path / "with.csv")
    frame.to_csv(tmp_path / "without.csv", index=False)
    features, y = load_table(tmp_path / "with.csv", target="y")
    assert list(features.columns) == ["x"]
    assert features.index.tolist() == y.index.tolist() == frame.index.tolist()
    lines = []
    for name in ("with", "without"):
        code, out, err = run(capsys, *compare(tmp_path / f"{name}.csv"))
        assert (code, err) == (0, "")
        assert ("'Unnamed: 0'" in out) == (name == "with")
        lines.append([line.split()[:6] for line in out.splitlines() if line.startswith("VANILLA ")])
    assert lines[0] == lines[1]


def test_an_index_that_was_saved_twice(tmp_path):
    frame = pd.DataFrame({"x": X, "y": Y})
    for _ in range(2):
        frame.to_csv(tmp_path / "data.csv")
        frame = pd.read_csv(tmp_path / "data.csv")
    columns, notes = notes_of(tmp_path / "data.csv")
    assert columns == ["x"]
    assert "'Unnamed: 0'" in notes[0]
    assert "is left out" in notes[0]


def test_the_index_of_tables_that_were_put_together(tmp_path):
    """It has each number twice."""
    frame = pd.DataFrame({"x": X, "y": Y})
    pd.concat([frame, frame.assign(x=-X)]).to_csv(tmp_path / "data.csv")
    features, y = load_table(tmp_path / "data.csv", target="y")
    assert list(features.columns) == ["x"]
    assert features["x"].tolist() == [*X, *-X]
    assert y.tolist() == [*Y, *Y]
    assert features.index.tolist() == [*range(N), *range(N)]


def test_names_over_several_lines(tmp_path):
    path = save(tmp_path, **{"size\n(m)": X[::-1]})
    assert notes_of(path) == (["x", "size\n(m)"], [])
    features, y = load_table(path, target="size\n(m)")
    assert y.tolist() == X[::-1].tolist()
    assert list(features.columns) == ["x", "y"]


@pytest.mark.parametrize("name", ["index", "id", "No.", "t"])
@pytest.mark.parametrize("first", [0, 1, 1001])
def test_named_row_numbers_are_named(name, first, tmp_path, capsys):
    path = save(tmp_path, **{name: np.arange(N) + first})
    columns, notes = notes_of(path)
    assert columns == ["x", name]
    assert len(notes) == 1
    assert f"column {name!r} of {path} numbers the rows; --drop {name!r}" in notes[0]
    assert "numbers the rows" in run(capsys, *compare(path))[2]


def test_row_numbers_in_another_order_are_named(tmp_path):
    path = save(tmp_path, row=np.random.default_rng(0).permutation(N))
    assert "column 'row'" in notes_of(path)[1][0]
    path = save(tmp_path, size=np.random.default_rng(0).permutation(N) * 3)
    assert notes_of(path)[1] == []


def test_an_unnamed_column_that_is_no_index_is_a_feature(tmp_path, capsys):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame({"x": X, "y": Y}, index=X * 1.5)
    frame.to_csv(path)
    features, _ = load_table(path, target="y")
    np.testing.assert_allclose(features["Unnamed: 0"], X * 1.5)
    assert "called 'Unnamed: 0'" in " ".join(run(capsys, *compare(path))[1].split())


def test_an_unnamed_column_of_dates_is_left_out_with_a_note(tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame({"x": X, "y": Y}, index=pd.date_range("2020-01-01", periods=N)).to_csv(path)
    columns, notes = notes_of(path)
    assert columns == ["x"]
    assert "give it a name to use it" in notes[0]


def test_ids_and_constants_are_mentioned(tmp_path, capsys):
    path = save(
        tmp_path,
        flat=[f"flat {k}" for k in range(N)],
        customer_id=np.random.default_rng(0).permutation(10**6)[:N],
        currency="EUR",
        floor=1,
        empty=np.nan,
        size=np.random.default_rng(1).permutation(10**6)[:N],
    )
    code, out, err = run(capsys, *compare(path))
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "columns 'currency', 'floor', 'empty' have the same value in all rows" in text
    assert "columns 'flat', 'customer_id' have another value in each row" in text
    assert "'size'" not in text
    assert notes_of(path)[1] == []


def test_drop_may_be_given_several_times(tmp_path, capsys):
    path = save(tmp_path, a=X**2, b=X**3, c=np.sin(X), **{"d,e": np.cos(X)})
    page = tmp_path / "r.html"
    expected = {
        ("--drop", "a", "--drop", "b"): 3,
        ("--drop", "a,b", "--drop", "c"): 2,
        ("--drop", "a", "--drop", "a, b"): 3,
        ("--drop", "d,e"): 4,
        ("--drop", "d,e", "--drop", "x", "--report", page): 3,
    }
    for options, n_features in expected.items():
        code, out, err = run(capsys, *compare(path, *options))
        assert (code, err) == (0, "")
        assert f"60 rows, {n_features} features" in out
    command = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").find_all("pre")[-1]
    assert "--drop d,e --drop x" in command.text
    err = fails(capsys, *compare(path, "--drop", "a", "--drop", "bb"))
    assert "has no column 'bb' to drop" in err


def test_drop_as_one_name_or_several(tmp_path):
    path = save(tmp_path, ab=X**2, a=X**3)
    assert list(load_table(path, target="y", drop="ab")[0].columns) == ["x", "a"]
    assert list(load_table(path, target="y", drop=("ab", "x"))[0].columns) == ["a"]


@pytest.mark.parametrize(
    ("index", "columns", "said"),
    [
        (pd.RangeIndex(N), ["x"], ""),
        (pd.Index([*range(1, N), 0]), ["x"], "holds row names and is left out"),
        (pd.Index([f"r{k}" for k in range(N)]), ["x"], "holds row names and is left out"),
        (pd.Index(X * 2, name="z"), ["z", "x"], "is read as a column, too: 'z'"),
        (pd.RangeIndex(N, name="z"), ["z", "x"], "is read as a column, too: 'z'"),
        (
            pd.MultiIndex.from_arrays([list("ab") * (N // 2), X * 2], names=["g", "h"]),
            ["g", "h", "x"],
            "is read as a column, too: 'g', 'h'",
        ),
    ],
)
def test_the_index_of_a_parquet_file_is_named(index, columns, said, tmp_path, capsys):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": X, "y": Y}, index=index).to_parquet(path)
    assert notes_of(path)[0] == columns
    code, out, _ = run(capsys, *compare(path))
    assert code == 0
    assert said in " ".join(out.split())
    assert ("the index of" in out) == bool(said)


def test_the_target_may_be_the_index_of_a_parquet_file(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": X}, index=pd.Index(Y, name="y")).to_parquet(path)
    features, y = load_table(path, target="y")
    assert list(features.columns) == ["x"]
    np.testing.assert_array_equal(y, Y)


def test_what_is_odd_is_returned_in_words():
    y = pd.Series(np.arange(20.0) ** 2, name="rent")
    X = pd.DataFrame(
        {
            "row": np.arange(20.0),
            "twice": 2 * y,
            "town": ["Ulm"] * 20,
            "person_id": np.random.default_rng(0).permutation(20) * 7.0,
        }
    )
    given = X.copy()
    notes, remarks = check_columns(X, y, Path("flats.csv"))
    assert notes == [
        "column 'row' of flats.csv numbers the rows; --drop 'row' leaves it out",
        "column 'twice' of flats.csv is a linear function of the target; if it is not known before "
        "the target, --drop 'twice' leaves it out",
    ]
    assert remarks == [
        "column 'town' has the same value in all rows",
        "column 'person_id' has another value in each row, as ids have: --drop leaves it out",
    ]
    pd.testing.assert_frame_equal(X, given)
    assert check_columns(X[["town"]].assign(town=y % 3), y, Path("flats.csv")) == ([], [])
