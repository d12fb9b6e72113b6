"""Numbers in words."""

import numpy as np

from skdir.relevance import Bump
from skdir.utils._text.numbers import (
    fraction_words,
    number,
    percent,
    ratio_text,
    rows_text,
    share_text,
    span_text,
)


def test_words():
    assert [rows_text(n) for n in (1, 1234, 2.5)] == ["1", "1,234", "2.5"]
    shares = [0, 0.0004, 0.012, 0.0996, 0.5, 0.9996, 1 - 1e-15, 1, np.nan]
    assert [share_text(s) for s in shares] == [
        "0 %", "under 0.1 %", "1.2 %", "10 %", "50 %", "over 99.9 %", "100 %", "100 %", "n/a",
    ]  # fmt: skip
    assert [ratio_text(r) for r in (1.234, 99.94, 1234.5, np.inf, np.nan)] == [
        "1.23", "99.9", "1,234", "beyond float64", "n/a",
    ]  # fmt: skip
    assert span_text(Bump(1.0, 1.0, True, 3)) == "1"


def test_words_and_numbers():
    assert fraction_words(0.2) == "rarest fifth"
    assert fraction_words(0.15) == "rarest 15 %"
    assert [number(v) for v in (0, 0.01234, 0.5, 1.234, 12.34, 1234.5, 1e-9, 3e8, np.nan)] == [
        "0.0", "0.0123", "0.500", "1.23", "12.3", "1234", "1e-09", "3e+08", "n/a",
    ]  # fmt: skip
    assert number(0.5, 1234) == "0"
    assert [percent(v) for v in (0.123, -0.0512, 0.00001, -0.00001, np.nan)] == [
        "+12 %", "−5.1 %", "0.0 %", "0.0 %", "n/a",
    ]  # fmt: skip
