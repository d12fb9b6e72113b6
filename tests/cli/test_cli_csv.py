"""CSV files: each value is read into the column in whose place it stands, or the file is refused.

What is right is what stands in the text: `Y`, `X` and `Z` are written into files of many shapes.
"""

import bz2
import gzip
import io
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest
from command_line import fails, run

from skdir.cli import load_table, load_target

Y = [1436.25, 1128.5, 940.75, 2210.5, 310.25, 77.5]
X = [0.5, -1.5, 2.25, 3.5, -0.25, 1.75]
Z = ["a", "b", "a", "c", "b", "a"]
ROWS = list(zip(Y, X, Z))


def text_of(header, row, *, end="\n"):
    """Return a file with a header, and `row` filled with the number of a row and its values."""
    return header + end + "".join(row.format(k, *r) + end for k, r in enumerate(ROWS, 1))


def write(tmp_path, text, name="data.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def assert_read(path, capsys=None):
    """All three ways to read a file give the values that were written."""
    features, y = load_table(path, target="y")
    assert y.tolist() == Y
    assert load_target(path, target="y").tolist() == Y
    assert list(features.columns) == ["x", "z"]
    assert features["x"].tolist() == X
    assert features["z"].tolist() == Z
    return features


# {0} is the number of the row, {1} y, {2} x, {3} z
TRAILING = {
    "rows alone": ("y,x,z", "{1},{2},{3},"),
    "header alone": ("y,x,z,", "{1},{2},{3}"),
    "header and rows": ("y,x,z,", "{1},{2},{3},"),
    "three in rows": ("y,x,z", "{1},{2},{3},,,"),
    "more in the header": ("y,x,z,,,", "{1},{2},{3},"),
    "with a space": ("y,x,z", "{1},{2},{3}, "),
    "quoted": ('"y","x","z"', '"{1}","{2}","{3}",""'),
    "semicolons": ("y;x;z", "{1};{2};{3};"),
    "tabs": ("y\tx\tz", "{1}\t{2}\t{3}\t"),
    "bars on both sides": ("|y|x|z|", "|{1}|{2}|{3}|"),
    "target in the middle": ("x,y,z", "{2},{1},{3},"),
    "target at the end": ("z,x,y", "{3},{2},{1},"),
    "text first": ("z,y,x", "{3},{1},{2},"),
}


@pytest.mark.parametrize("case", TRAILING)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_separator_at_the_end_of_rows_shifts_nothing(case, end, tmp_path):
    path = write(tmp_path, text_of(*TRAILING[case], end=end))
    features, y = load_table(path, target="y")
    assert y.tolist() == load_target(path, target="y").tolist() == Y
    assert sorted(features.columns) == ["x", "z"]
    assert features["x"].tolist() == X
    assert features["z"].tolist() == Z
    assert features.index.tolist() == list(range(6))


def test_the_command_line_measures_the_same_with_a_separator_at_the_end(tmp_path, capsys):
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 60))
    y = np.exp(x + 0.3 * rng.normal(size=60)) * 1000
    tables = []
    for end in ("", ",", ",,"):
        lines = [f"{a:.2f},{b:.3f},{c:.3f}{end}\n" for a, b, c in zip(y, x, z)]
        path = write(tmp_path, "y,x,z\n" + "".join(lines))
        code, out, err = run(
            capsys, "compare", path, "--target", "y", "--regressor", "ridge", "--cv", 3,
            "--strategies", "VANILLA",
        )  # fmt: skip
        assert (code, err) == (0, "")
        tables.append(
            [line.split()[:6] for line in out.splitlines() if line.startswith("VANILLA ")]
        )
        assert "TargetReport of y: 60 rows" in run(capsys, "report", path, "--target", "y")[1]
    assert len(tables[0]) == 1
    assert tables[0] == tables[1] == tables[2]


def test_a_separator_at_the_end_of_some_rows(tmp_path):
    lines = text_of("y,x,z", "{1},{2},{3}").splitlines()
    lines[2] += ","
    lines[5] += ","
    assert_read(write(tmp_path, "\n".join(lines)))


ROW_NAMES = {
    "numbers": ('"y","x","z"', '"{0}",{1},{2},"{3}"', [1, 2, 3, 4, 5, 6]),
    "texts": ('"y","x","z"', '"car {0}",{1},{2},"{3}"', [f"car {k}" for k in range(1, 7)]),
    "not quoted": ("y,x,z", "{0},{1},{2},{3}", [1, 2, 3, 4, 5, 6]),
    "a sample's": ("y,x,z", "{0}7,{1},{2},{3}", [17, 27, 37, 47, 57, 67]),
    "with spaces between": ('"y" "x" "z"', '"{0}" {1} {2} "{3}"', [1, 2, 3, 4, 5, 6]),
    "with tabs between": ("y\tx\tz", "{0}\t{1}\t{2}\t{3}", [1, 2, 3, 4, 5, 6]),
    "a separator at the end, too": ("y,x,z", "{0},{1},{2},{3},", [1, 2, 3, 4, 5, 6]),
    "an empty name": (",y,x,z", "r{0},{1},{2},{3}", [f"r{k}" for k in range(1, 7)]),
}


@pytest.mark.parametrize("case", ROW_NAMES)
def test_row_names_of_r_and_pandas_are_the_index(case, tmp_path):
    header, row, expected = ROW_NAMES[case]
    features = assert_read(write(tmp_path, text_of(header, row)))
    assert features.index.tolist() == expected


@pytest.mark.parametrize("header", ["y,x,z", ",y,x,z"])  # write.table, write.csv
def test_rows_that_r_has_drawn_more_than_once(header, tmp_path):
    """R calls the second of row 7 by the name 7.1."""
    names = [7, 7.1, 7.2, 10, 12, 12.1]
    rows = "".join(f'"{name}",{y},{x},"{z}"\n' for name, (y, x, z) in zip(names, ROWS))
    features = assert_read(write(tmp_path, f"{header}\n{rows}"))
    assert features.index.tolist() == names


def test_row_names_where_last_values_are_missing(tmp_path):
    """R with na = "": row 2 has no z."""
    path = write(tmp_path, "y,x,z\n1,10.5,7,2\n2,11.5,8,\n3,12.5,9,5\n")
    features, y = load_table(path, target="y")
    assert y.tolist() == [10.5, 11.5, 12.5]
    assert features["x"].tolist() == [7, 8, 9]
    assert features["z"].fillna(-1).tolist() == [2, -1, 5]


TOO_LONG = {
    "one row": ("y,x\n10.5,1\n11.5,2,3\n12.5,4\n", 3, 3),
    "one row of those that end with a separator": ("y,x\n10.5,1,\n11.5,2,3\n12.5,4,\n", 3, 3),
    "all rows": ("y,x\n10.5,1,a\n11.5,2,b\n12.5,4,c\n", 2, 3),
    "all rows by two": ("y,x\n1,10.5,1,a\n2,11.5,2,b\n", 2, 4),
    "the header ends with a separator": ("y,x,\n10.5,1\n11.5,2,3\n12.5,4\n", 3, 3),
    "a name with a comma": ("who,y\nAnna,1.5\nMeyer, Eva,2.5\nOtto,3.5\n", 3, 3),
    "fractions that R does not count": ("y,x\n1.5,10.5,1\n2,11.5,2\n3,12.5,3\n", 2, 3),
    "repeated row names": ("y,x\na,10.5,1\na,11.5,2\nb,12.5,3\n", 2, 3),
    "below a value over two lines": ('y,x\n10.5,"a\nb"\n11.5,c,d\n', 4, 3),
    "below empty lines": ("\n\ny,x\n\n10.5,1\n\n11.5,2,3\n", 7, 3),
    "thousands that are not in quotation marks": ("x,y\n1,950\n2,1,250\n3,800\n", 3, 3),
}


@pytest.mark.parametrize("case", TOO_LONG)
def test_more_values_than_names_are_refused_with_their_line(case, tmp_path, capsys):
    text, line, n_values = TOO_LONG[case]
    path = write(tmp_path, text)
    message = f"line {line} has {n_values} values, the header has 2 names"
    with pytest.raises(ValueError, match=message):
        load_table(path, target="y")
    with pytest.raises(ValueError, match=message):
        load_target(path, target="y")
    assert message in fails(capsys, "compare", path, "--target", "y")
    assert message in fails(capsys, "report", path, "--target", "y")


@pytest.mark.parametrize("name", ["", '""', "Unnamed: 0"])
def test_row_names_have_one_place(name, tmp_path):
    """Commas that are not in quotation marks, behind an index: x would be the first of both."""
    path = write(tmp_path, f"{name},z,x,y\n1,a,1,5,10.5\n2,b,2,5,11.5\n3,c,1,7,12.5\n")
    with pytest.raises(ValueError, match="line 2 has 5 values, the header has 4 names"):
        load_table(path, target="y")


def test_where_it_cannot_be_told_which_value_has_which_name(tmp_path):
    path = write(tmp_path, "y,x,\n1,10.5,7\n2,11.5,8\n3,12.5,9\n")
    with pytest.raises(ValueError, match="cannot be told which value belongs to which name"):
        load_table(path, target="y")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("trailing", ["", ","])
def test_values_over_several_lines(end, bom, trailing, tmp_path):
    text = f'y,x,z{end}1.5,7,"a{end}b, c"{trailing}{end}2.5,8,"says ""no"""{trailing}{end}'
    features, y = load_table(write(tmp_path, bom + text.encode()), target="y")
    assert y.tolist() == [1.5, 2.5]
    assert features["x"].tolist() == [7, 8]
    assert features["z"].tolist() == [f"a{end}b, c", 'says "no"']


def test_quotation_marks_that_are_never_closed(tmp_path):
    path = write(tmp_path, 'y,x\n1,a\n2,"b\n3,c\n4,d\n')
    with pytest.raises(ValueError, match="quotation mark in line 3 or below is never closed"):
        load_table(path, target="y")


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("folder/data.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zip", zipped)],
)
@pytest.mark.parametrize("named", [True, False])
def test_compressed_files(suffix, compress, named, tmp_path):
    content = text_of("y,x,z", "{1},{2},{3},").encode()
    assert_read(write(tmp_path, compress(content), f"data.csv.{suffix}" if named else "data"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding, tmp_path):
    marks = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}
    text = marks.get(encoding, "") + text_of("y\tx\tz", "{1}\t{2}\t{3}")
    assert_read(write(tmp_path, text.encode(encoding)))


def test_empty_lines_are_no_rows(tmp_path):
    lines = text_of("y,x,z", "{1},{2},{3}").splitlines()
    assert_read(write(tmp_path, "\n \n" + "\n\n".join(lines) + "\n\n\n"))


def test_rows_without_values_are_left_out_with_a_note(tmp_path, capsys):
    text = "y,x,z\n10.5,1,a\n,,\n11.5,2,b\n,,\n12.5,3,a\n"
    path = write(tmp_path, text)
    with pytest.warns(UserWarning, match=r"2 row\(s\) without any value .* first in line 3"):
        features, y = load_table(path, target="y")
    assert y.tolist() == [10.5, 11.5, 12.5]
    assert features["z"].tolist() == ["a", "b", "a"]
    err = run(capsys, "report", path, "--target", "y")[2]
    assert "skdir: note: " in err
    assert "2 row(s) without any value are left out, the first in line 3" in err


def test_rows_with_fewer_values_than_names_are_named(tmp_path):
    path = write(tmp_path, "y,x,z\n10.5,1,a\n11.5,2\n12.5\n13.5,4,b\n")
    with pytest.warns(UserWarning, match=r"2 row\(s\) have fewer values .* the first in line 3"):
        features, _ = load_table(path, target="y")
    assert features["z"].tolist() == ["a", "(missing)", "(missing)", "b"]


HEADERS = {
    "a mark twice": "\ufeff\ufeffx,y\n2,1.5\n3,2.5\n",
    "a space without a width": "x,\u200by\n2,1.5\n3,2.5\n",
    "spaces in quotation marks": '"x"," y "\n2,1.5\n3,2.5\n',
    "an end mark": "x,y\n2,1.5\n3,2.5\n\x1a",
    "comments above": "# a table\n# made by hand, today\ny,x\n1.5,2\n2.5,3\n",
    "in a comment": "# a table\n# y,x\n1.5,2\n2.5,3\n",
    "a line for Excel": "sep=;\ny;x\n1.5;2\n2.5;3\n",
    "spaces around": " y , x \n1.5 , 2 \n2.5 , 3 \n",
    "more commas than semicolons": 'y;x;"a,b,c,d"\n1.5;2;1\n2.5;3;2\n',
    "bars": "y|x\n1.5|2\n2.5|3\n",
    "spaces": "y x\n1.5 2\n2.5   3\n",
}


@pytest.mark.parametrize("case", HEADERS)
def test_headers(case, tmp_path):
    features, y = load_table(write(tmp_path, HEADERS[case]), target="y")
    assert y.tolist() == [1.5, 2.5]
    assert features["x"].tolist() == [2, 3]


def test_zeros_in_text(tmp_path):
    path = write(tmp_path, "x,y\n" + "a,1.5\n" * 2000 + "a,1.5\0\n")
    if pd.read_csv(path).y.dtype == float:  # pandas 2 reads on behind them
        assert load_table(path, target="y")[1].tolist() == [1.5] * 2001
        return
    with pytest.raises(ValueError, match=r"data row 2001 .* has '1.5"):
        load_table(path, target="y")


def test_names_may_hold_spaces(tmp_path):
    path = write(tmp_path, "price per night,number of rooms\n1.5,2\n2.5,3\n")
    features, _ = load_table(path, target="price per night")
    assert list(features.columns) == ["number of rooms"]
    message = "did you mean 'price per night'?"
    with pytest.raises(ValueError, match=message):
        load_table(path, target="price of a night")


def test_the_line_of_a_value_is_that_of_the_file(tmp_path):
    """Empty lines, and values over several lines, are counted as an editor does."""
    path = write(tmp_path, 'y,x\n\n1,"a\nb"\n\n2,c\nhigh,d\n')
    with pytest.raises(ValueError, match=r"data row 3 of .*\(line 7\) has 'high'"):
        load_table(path, target="y")


def test_long_values(tmp_path):
    """The csv module reads 131,072 characters, and no more, if nothing is set."""
    path = write(tmp_path, f"y,x\n1,{'a' * 300_000}\n2,b\n")
    assert load_table(path, target="y")[0]["x"].str.len().tolist() == [300_000, 1]


def test_the_same_as_pandas_on_a_plain_file(csv):
    """Of a file without any oddity the reader of pandas is the reference."""
    expected = pd.read_csv(csv)
    features, y = load_table(csv, target="rent")
    np.testing.assert_array_equal(y, expected["rent"])
    np.testing.assert_array_equal(features["size"], expected["size"])
