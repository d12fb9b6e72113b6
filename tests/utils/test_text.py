"""Tests of text for terminals."""

import unicodedata

import pytest

from skdir.utils._text.safe import printable


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("two\r\nlines\tand a tab", r"two\r\nlines\tand a tab"),
        ("C1 \x9b31m", r"C1 \x9b31m"),
        ("bell \x07, delete \x7f, null \x00", r"bell \x07, delete \x7f, null \x00"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("isolate \u2066a\u2069", r"isolate \u2066a\u2069"),
        ("lines \u2028 and \u2029, \x85 and \x0b", r"lines \u2028 and \u2029, \x85 and \x0b"),
        ("zero\u200bwidth \ufeffmark", r"zero\u200bwidth \ufeffmark"),
        ("half \ud800", r"half \ud800"),
        ("tag \U000e0041", r"tag \U000e0041"),
    ],
)
def test_control_characters_are_shown_as_escapes(text, line):
    assert printable(text) == line


@pytest.mark.parametrize(
    "text",
    [
        "flow (m³/s)", "a\\b", "no\u00a0break", "日本語", "naïve e\u0301", "",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "👩\u200d🔬", "$y_1$", "private \ue000",
    ],
)  # fmt: skip
def test_other_text_stays_as_it_is(text):
    assert printable(text) == text


def test_what_is_no_text_becomes_text():
    assert printable(3.5) == "3.5"
    assert printable(("a\n", 1)) == "('a\\n', 1)"


def test_no_character_of_a_line_moves_the_cursor():
    every = "".join(map(chr, range(0x3000)))
    line = printable(every)
    assert len(line.splitlines()) == 1
    assert not {"Cc", "Zl", "Zp", "Cs"} & {unicodedata.category(c) for c in line}
    assert line.encode("utf-8").decode("utf-8") == line
