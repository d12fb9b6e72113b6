"""Numbers and dates as people write them: read where one reading is right, else said.

What is right is the number from which each text was made.
"""

import datetime
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from command_line import fails, run

from skdir.cli import load_table, load_target

N = 300
VALUES = np.round(np.random.default_rng(0).normal(size=N), 4)
LARGE = np.random.default_rng(1).integers(1, 5_000_000, N)
MONEY = np.random.default_rng(2).integers(-9_000_000, 9_000_000, N) / 100


def german(text):
    """Swap commas and points."""
    return text.translate(str.maketrans(",.", ".,"))


def in_parentheses(value):
    return f"({-value:,.2f})" if value < 0 else f"{value:,.2f}"


PLAIN = {
    "decimal commas": (VALUES, [german(f"{v:.4f}") for v in VALUES], "decimal commas"),
    "thousands": (LARGE, [f"{v:,}" for v in LARGE], "',' between thousands"),
    "thousands and decimals": (MONEY, [f"{v:,.2f}" for v in MONEY], "',' between thousands"),
    "German money": (MONEY, [german(f"{v:,.2f}") for v in MONEY], "decimal commas and '.' between"),
    "Swiss": (MONEY, [f"{v:,.2f}".replace(",", "'") for v in MONEY], '"\'" between thousands'),
    "French": (
        MONEY,
        [f"{v:,.2f}".replace(",", "\u202f").replace(".", ",") for v in MONEY],
        "decimal commas and a space between thousands",
    ),
    "Indian": (
        np.array([125_000, 95_000, 1_200_000, 12_345_678, 999] * 60),
        ["1,25,000", "95,000", "12,00,000", "1,23,45,678", "999"] * 60,
        "',' between thousands",
    ),
    "percent": (VALUES, [f"{v:.4f}%" for v in VALUES], "'%'"),
    "percent with a space": (VALUES, [f"{v:.4f} %" for v in VALUES], "'%'"),
    "units": (VALUES, [f"{v:.4f} kg" for v in VALUES], "'kg'"),
    "square meters": (LARGE, [f"{v} m²" for v in LARGE], "'m²'"),
    "dollars": (
        MONEY,
        [f"-${-v:,.2f}" if v < 0 else f"${v:,.2f}" for v in MONEY],
        "',' between thousands and '$'",
    ),
    "euros": (MONEY, [german(f"{v:,.2f}") + " €" for v in MONEY], "'€'"),
    "codes": (VALUES, [f"EUR {v:.4f}" for v in VALUES], "'EUR'"),
    "parentheses": (MONEY, [in_parentheses(v) for v in MONEY], "negative numbers in parentheses"),
    "accounts of Excel": (
        MONEY,
        [f"$({-v:,.2f})" if v < 0 else f"${v:,.2f} " for v in MONEY],
        "',' between thousands and '$' and negative numbers in parentheses",
    ),
    "minus behind": (
        MONEY,
        [f"{abs(v):.2f}-" if v < 0 else f"{v:.2f}" for v in MONEY],
        "the minus sign behind the number",
    ),
    "Fortran": (VALUES, [f"{v:.6E}".replace("E", "D") for v in VALUES], "a D before the exponent"),
}


def table(texts, *, separator=",", name="x", first=None):
    """Return a CSV file with a column of texts, beside one of numbers."""
    other = "y" if name == "x" else "q"
    quoted = ['"' + text.replace('"', '""') + '"' if separator in text else text for text in texts]
    lines = [f"{text}{separator}{k % 50}" for k, text in enumerate(quoted)]
    return "\n".join([f"{name}{separator}{other}", *lines]) + "\n"


def write(tmp_path, text):
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", PLAIN)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["x", "y"])
def test_numbers_with_one_right_reading(case, separator, name, tmp_path):
    values, texts, style = PLAIN[case]
    path = write(tmp_path, table(texts, separator=separator, name=name))
    with pytest.warns(UserWarning, match="read as") as caught:
        features, y = load_table(path, target="y")
    read = features["x"] if name == "x" else y
    np.testing.assert_allclose(read, values, rtol=1e-12)
    (warning,) = caught
    message = str(warning.message)
    assert "read as numbers with" in message
    assert style in message
    assert repr(name) in message
    shown, line = re.search(r"such as (.*) \(line (\d+)\)$", message).groups()
    assert shown == repr(texts[int(line) - 2])


@pytest.mark.parametrize(
    "mark", ["?", "-", "n/a", ".", ".a", ".Z", "#DIV/0!", "missing", "  ?  ", "#N/A", "--"]
)
@pytest.mark.parametrize("whole", [True, False])
def test_one_mark_for_a_missing_number(mark, whole, tmp_path):
    values = LARGE if whole else VALUES
    texts = [str(v) for v in values]
    texts[7] = mark
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        features, _ = load_table(write(tmp_path, table(texts)), target="y")
    expected = values.astype(float)
    expected[7] = np.nan
    np.testing.assert_array_equal(features["x"], expected)
    if mark not in ("n/a", "#N/A"):  # which pandas takes for missing, as an empty place
        (message,) = [str(w.message) for w in caught]
        assert f"column 'x' of {tmp_path / 'data.csv'}: 1 of 300 values read as missing" in message
        assert f"{mark.strip()!r} (line 9)" in message.replace("'?  '", "'?'")


@pytest.mark.parametrize("code", ["xx", "Total", "ca. 3", "<5", "1.2.3", "12 lb"])
def test_what_is_no_number_is_named_with_its_column_and_line(code, tmp_path, capsys):
    texts = [str(v) for v in VALUES]
    texts[7] = code
    path = write(tmp_path, table(texts))
    message = rf"column 'x' is taken as text: 1 of 300 values .* \(line 9\) has '{re.escape(code)}'"
    with pytest.warns(UserWarning, match=message):
        features, _ = load_table(path, target="y")
    assert features["x"].tolist() == texts
    code, _, err = run(
        capsys, "compare", path, "--target", "y", "--regressor", "ridge", "--cv", 2,
        "--strategies", "VANILLA",
    )  # fmt: skip
    assert code == 0
    assert re.search("skdir: note: " + message, err)


def test_a_code_is_read_as_missing_on_request(tmp_path, capsys):
    texts = [str(v) for v in VALUES]
    texts[7] = "xx"
    path = write(tmp_path, table(texts))
    features, _ = load_table(path, target="y", na_values=["xx"])
    assert features["x"].isna().sum() == 1
    assert np.isnan(features["x"][7])
    for drop in ("xx", ("xx",)):
        pd.testing.assert_frame_equal(load_table(path, target="y", na_values=drop)[0], features)
    code, _, err = run(
        capsys, "compare", path, "--target", "y", "--na-values", "xx", "--na-values", "yy",
        "--regressor", "ridge", "--cv", 2, "--strategies", "VANILLA",
    )  # fmt: skip
    assert (code, err) == (0, "")


def test_the_command_line_measures_the_same_whatever_stands_for_missing(tmp_path, capsys):
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, N))
    y = np.exp(x + 0.3 * rng.normal(size=N)) * 1000
    lines = {}
    for mark in ("", "?", "-", "..", "unknown"):
        cells = [mark if k == 7 else f"{v:.4f}" for k, v in enumerate(x)]
        text = "x,z,y\n" + "".join(f"{a},{b:.4f},{c:.4f}\n" for a, b, c in zip(cells, z, y))
        code, out, err = run(
            capsys, "compare", write(tmp_path, text), "--target", "y", "--regressor", "ridge",
            "--cv", 3, "--strategies", "VANILLA",
        )  # fmt: skip
        assert code == 0
        assert ("'x'" in err and repr(mark) in err) if mark else not err
        (line,) = [line for line in out.splitlines() if line.startswith("VANILLA ")]
        lines[mark] = line.split()[:6]
    assert len(set(map(tuple, lines.values()))) == 1


TARGET_ERRORS = {
    "a mark": (
        "?",
        "'y' is missing in 1 of 300 rows, first in data row 8 .*line 9.* where it is '?'",
    ),
    "a code": ("xx", "'y' must be finite numbers; 1 of 300 values .*line 9.* has 'xx'; correct"),
    "a unit": ("12 kg", "'y' must be finite numbers; 1 of 300 values .*line 9.* has '12 kg'; cor"),
    "empty": ("", "'y' is missing in 1 of 300 rows, first in data row 8 .*line 9.*fill or remove"),
}


@pytest.mark.parametrize("case", TARGET_ERRORS)
def test_a_target_that_is_no_number_is_an_error(case, tmp_path, capsys):
    code, message = TARGET_ERRORS[case]
    texts = [str(v) for v in VALUES]
    texts[7] = code
    path = write(tmp_path, table(texts, name="y"))
    with pytest.raises(ValueError, match=message):
        load_table(path, target="y")
    with pytest.raises(ValueError, match=message):
        load_target(path, target="y")
    assert re.search(message, fails(capsys, "compare", path, "--target", "y"))
    assert re.search(message, fails(capsys, "report", path, "--target", "y"))


DOUBTS = {
    "decimal commas": (["1,234", "2,345", "3,456"], ",", {"decimal": ","}, [1.234, 2.345, 3.456]),
    "thousands": (["1,234", "2,345", "3,456"], ",", {"thousands": ","}, [1234, 2345, 3456]),
    "with semicolons": (["1,234", "2,345", "950"], ";", {"thousands": ","}, [1234, 2345, 950]),
    "choices": (["1,2", "1", "3,4"], ",", {"decimal": ","}, [1.2, 1, 3.4]),
    "a point": (["1.250", "950", "12.000"], ";", {"thousands": "."}, [1250, 950, 12000]),
    "no, a point": (["1.250", "950", "12.000"], ";", {"decimal": "."}, [1.25, 950, 12]),
}  # fmt: skip


@pytest.mark.parametrize("case", DOUBTS)
def test_a_target_in_doubt_is_an_error_that_says_which_option_helps(case, tmp_path, capsys):
    texts, separator, options, expected = DOUBTS[case]
    path = write(tmp_path, table(texts * 5, separator=separator, name="y"))
    message = f"the target 'y' .*{texts[0]}.* may (be|have) .*--decimal|--thousands"
    with pytest.raises(ValueError, match=message):
        load_target(path, target="y")
    assert re.search(message, fails(capsys, "report", path, "--target", "y"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert load_target(path, target="y", **options).tolist() == expected * 5
    words = [w for name, value in options.items() for w in (f"--{name}", value)]
    assert run(capsys, "report", path, "--target", "y", *words)[0] == 0


def test_choices_are_not_taken_for_numbers(tmp_path):
    """ "1,2" may be one and two."""
    path = write(tmp_path, table(["1,2", "1", "3,4"] * 5))
    with pytest.warns(UserWarning, match="'x' is taken as text: .* may have a decimal comma"):
        assert load_table(path, target="y")[0]["x"].tolist() == ["1,2", "1", "3,4"] * 5


def test_numbers_of_a_german_file_agree_on_their_decimal_mark(tmp_path):
    """ "1.250" is 1250 where another column has decimal commas."""
    text = "a;b;y\n" + "1.250;0,5;3,25\n950;1,5;2,5\n12.000;2,5;1,75\n" * 4
    with pytest.warns(UserWarning, match="read as"):
        features, y = load_table(write(tmp_path, text), target="y")
    assert features["a"].tolist() == [1250] + [950, 12000, 1250] * 3 + [950, 12000]
    assert features["b"][:3].tolist() == [0.5, 1.5, 2.5]
    assert y[:3].tolist() == [3.25, 2.5, 1.75]


def test_many_columns_of_one_style_are_one_note(tmp_path):
    names = [f"x{k}" for k in range(30)]
    text = ";".join([*names, "y"]) + "\n" + (";".join(["0,25"] * 30) + ";1\n") * 12
    with pytest.warns(UserWarning, match="read as") as caught:
        load_table(write(tmp_path, text), target="y")
    notes = [str(w.message) for w in caught if "decimal commas" in str(w.message)]
    assert len(notes) == 1
    assert "column 'x0', column 'x1'" in notes[0]
    assert "and 18 more" in notes[0]


DAYS = [datetime.date(2020, 12, 31), datetime.date(2021, 2, 1), datetime.date(1999, 7, 15)]
DATES = {
    "points": ("%d.%m.%Y", "the day first"),
    "slashes, day first": ("%d/%m/%Y", "the day first"),
    "slashes, month first": ("%m/%d/%Y", "the month first"),
    "hyphens": ("%d-%m-%Y", "the day first"),
    "year first": ("%Y/%m/%d", "the year first"),
    "year first, points": ("%Y.%m.%d", "the year first"),
    "short months": ("%d-%b-%Y", "names of months"),
    "long months": ("%d %B %Y", "names of months"),
    "American": ("%b %d, %Y", "names of months"),
    "Stata": ("%d%b%Y", "names of months"),
}


@pytest.mark.parametrize("case", DATES)
@pytest.mark.parametrize("mark", [None, "?"])
def test_dates_that_are_not_iso_are_days_where_it_is_certain(case, mark, tmp_path):
    form, style = DATES[case]
    texts = [day.strftime(form) for day in DAYS] * 5
    expected = [float((day - datetime.date(1970, 1, 1)).days) for day in DAYS] * 5
    if mark:
        texts[4], expected[4] = mark, np.nan
    path = write(tmp_path, table(texts, separator=";"))
    with pytest.warns(UserWarning, match="read as") as caught:
        features, _ = load_table(path, target="y")
    np.testing.assert_array_equal(features["x"], expected)
    notes = " ".join(str(w.message) for w in caught)
    assert (
        f"column 'x' of {path}: read as dates with {style}, such as {texts[0]!r} (line 2)" in notes
    )
    assert ("1 of 15 values read as missing, '?' (line 6)" in notes) == bool(mark)


TIMES = {
    "points": ["31.12.1970 6:00", "01.01.1970 12:00", "02.01.1970 18:00:00"],
    "Excel": ["12/31/1970 6:00 AM", "1/1/1970 12:00 PM", "1/2/1970 6:00:00 pm"],
    "year first": ["1970/12/31, 6:00", "1970/1/1 12:00 p.m.", "1970/1/2 18:00"],
    "Stata": ["31dec1970 06:00:00", "01jan1970 12:00:00", "02jan1970 18:00:00"],
    "SAS": ["31DEC1970:06:00:00.00", "01JAN1970:12:00:00.00", "02JAN1970:18:00:00.00"],
    "American": ["Dec 31, 1970 6:00 AM", "January 1, 1970", "Jan 2, 1970 6:00 PM"],
}


@pytest.mark.parametrize("case", TIMES)
def test_times_behind_a_date(case, tmp_path):
    path = write(tmp_path, table(TIMES[case] * 4))
    noon = 0.0 if case == "American" else 0.5
    with pytest.warns(UserWarning, match="read as dates with"):
        assert load_table(path, target="y")[0]["x"][:3].tolist() == [364.25, noon, 1.75]


@pytest.mark.parametrize("zone", [" UTC", "UTC", " GMT", "Z", "+00:00", " +0000"])
def test_iso_times_with_a_zone(zone, tmp_path):
    texts = [f"1970-01-0{day} 06:00:00{zone}" for day in (1, 2, 3)]
    path = write(tmp_path, table(texts * 4))
    assert load_table(path, target="y")[0]["x"][:3].tolist() == [0.25, 1.25, 2.25]


@pytest.mark.parametrize(
    "texts",
    [
        ["01/02/2020", "03/04/2020"],  # day or month first
        ["31/12/2020", "12/31/2020"],
        ["31.12.20", "01.02.21"],  # of which century?
        ["2020-12-31", "soon"],
        ["2020-12-31", "2020-13-45"],
        ["2020-12", "2021-01"],
        ["12:30", "13:45"],
        ["2020Q1", "2021Q2"],
        ["2020m1", "2021m2"],
        ["12 marks 2000", "12 marks 2001"],
        ["1/31/2020 13:05 PM", "2/1/2020 1:05 PM"],
        ["Tue, 31 Mar 2020", "Wed, 01 Apr 2020"],
        ["Dec 2020", "Jan 2021"],
        ["10-20", "20-30"],
        ["1/2", "3/4"],
        ["12 cm", "1.5 m", "3 cm", "2.5 m", "7 cm", "4 m", "9 cm", "5 m"],
        ["1 g", "2 kg", "3 t", "4 g", "5 kg", "6 t", "7 g", "8 kg", "9 t", "10 g", "11 kg", "12 t"],
    ],
)
def test_dates_and_ranges_that_stay_text_are_named(texts, tmp_path):
    path = write(tmp_path, table(texts * 6))
    with pytest.warns(UserWarning, match=r"column 'x' is taken as text: .*\(line \d\)"):
        assert load_table(path, target="y")[0]["x"].tolist() == texts * 6


@pytest.mark.parametrize(
    "texts",
    [["red", "blue", "?"], ["12 Main St", "5 High St"], ["A12", "B7"], ["yes", "no"]],
)
def test_words_stay_text_without_a_note(texts, tmp_path):
    """Warnings are errors in these tests."""
    path = write(tmp_path, table(texts * 6))
    assert load_table(path, target="y")[0]["x"].tolist() == texts * 6


def test_numbers_as_text_in_parquet_are_named(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": ["1.5", "2.5", "?"] * 4, "y": range(12)}).to_parquet(path)
    with pytest.warns(UserWarning, match="column 'x' .* holds numbers as text .* '1.5'"):
        assert load_table(path, target="y")[0]["x"].tolist() == ["1.5", "2.5", "?"] * 4


@pytest.mark.parametrize(
    "texts", [["1.5", "2.5", "<5"], ["1,234", "1,5,6", "2,345"], ["12:30", "13:45", "x"]]
)
def test_texts_in_parquet_that_are_no_numbers_are_named(texts, tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": texts * 4, "y": range(12)}).to_parquet(path)
    with pytest.warns(UserWarning, match=r"column 'x' is taken as text: .*row \d") as caught:
        assert load_table(path, target="y")[0]["x"].tolist() == texts * 4
    assert "--" not in str(caught[0].message)  # options are for CSV files


def test_dates_as_text_in_parquet_are_dates(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": ["31.12.1970", "02.01.1970"] * 4, "y": range(8)}).to_parquet(path)
    with pytest.warns(UserWarning, match="column 'x' .* read as dates with the day first"):
        assert load_table(path, target="y")[0]["x"].tolist() == [364, 1] * 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": "x"}, "decimal mark must be"),
        ({"thousands": "ab"}, "between thousands must be one sign"),
        ({"decimal": ",", "thousands": ","}, "cannot be the decimal mark and"),
    ],
)
def test_marks_that_no_number_has(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        load_table(write(tmp_path, table(["1", "2"])), target="y", **options)


def test_options_of_texts_are_refused_for_parquet(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": [1.5, 2.5], "y": [1, 2]}).to_parquet(path)
    for options in ({"decimal": ","}, {"thousands": "."}, {"na_values": ["?"]}):
        with pytest.raises(ValueError, match="is no CSV file"):
            load_target(path, target="y", **options)


def test_the_command_in_the_report_repeats_how_the_file_was_read(tmp_path, capsys):
    text = "x;y\n" + "".join(f"{k % 7},{k % 10};{k},5\n" for k in range(30)) + "-;-7,25\n"
    path, page = write(tmp_path, text), tmp_path / "r.html"
    code, _, _ = run(
        capsys, "compare", path, "--target", "y", "--decimal", ",", "--na-values=-",
        "--thousands", ".", "--regressor", "ridge", "--cv", 2, "--strategies", "VANILLA",
        "--report", page,
    )  # fmt: skip
    assert code == 0
    html = page.read_text(encoding="utf-8")
    assert "--decimal , --thousands . --na-values=- --seed 0" in html
    quote = "&#39;"
    expected = "target='y', decimal=',', thousands='.', na_values=['-'])".replace("'", quote)
    assert expected in html.replace("&#x27;", quote)
