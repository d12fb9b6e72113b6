"""Dates in texts that are not ISO: read where day, month and year can be told apart."""

import re
from typing import NamedTuple

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
_TIME = r"([T ,:]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?)?"
_HALF = re.compile(r"(0?\d|1[012])(:.*?) ?([ap])\.?m\.?", re.IGNORECASE)
_YEAR_FIRST = re.compile(rf"\d{{4}}([./-])\d{{1,2}}\1\d{{1,2}}{_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2\d{{4}}{_TIME}", re.ASCII)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAME = (  # in English, in full or with three letters
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|"
    "oct(ober)?|nov(ember)?|dec(ember)?)"
)
_NAMED = [
    re.compile(rf"\d{{1,2}}[. -]*{_NAME}[., -]*\d{{4}}{_TIME}", re.I | re.ASCII),
    re.compile(rf"{_NAME}[. -]+\d{{1,2}}[, ]+\d{{4}}{_TIME}", re.I | re.ASCII),
]
_LIKE = re.compile(
    r"\d{1,4}([./-])\d{1,2}\1\d{1,4}\b.*"  # 31.12.20
    rf"|([^\W\d]{{3,9}},? )?\d{{1,2}}[. -]*[^\W\d]{{3,9}}[.,]?[ -]*(\d{{4}}|\d{{2}}){_TIME}"
    rf"|[^\W\d]{{3,9}}[. ]*\d{{1,2}},? *\d{{4}}{_TIME}"
    r"|\d{4}[-/.]?(\d{1,2}|[QWM]\d{1,2})|\d{1,2}[-/.]\d{4}|[^\W\d]{3,9}[. -]+\d{4}"  # months
    r"|\d{1,3}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?",  # times
    re.IGNORECASE,
)


class Dates(NamedTuple):
    """How the dates of a column are written.

    Parameters
    ----------
    order : str
        The order of day, month and year in words; empty if it cannot be told.

    plain : dict of str to str
        Each text as an ISO date.
    """

    order: str
    plain: dict


def read_dates(texts):
    """Read texts as dates if all of them are written in one way, with a year of four digits.

    Parameters
    ----------
    texts : iterable of str
        Distinct texts.

    Returns
    -------
    dates : Dates or None
        None if the texts are no such dates.
    """
    texts = {text: text.strip() for text in texts}
    if all(_YEAR_FIRST.fullmatch(text) for text in texts.values()):
        return Dates("the year first", {t: _iso(text, "ymd") for t, text in texts.items()})
    matches = {t: _YEAR_LAST.fullmatch(text) for t, text in texts.items()}
    if all(matches.values()):
        first = max(int(match[1]) for match in matches.values())
        second = max(int(match[3]) for match in matches.values())
        if all(match[2] == "." for match in matches.values()) or first > 12:
            order = ("the day first", "dmy") if second <= 12 else ("", "")
        else:
            order = ("the month first", "mdy") if second > 12 else ("", "")
        return Dates(order[0], {t: _iso(text, order[1]) for t, text in texts.items() if order[0]})
    for pattern in _NAMED:
        if all(pattern.fullmatch(text) for text in texts.values()):
            return Dates("names of months", {t: _iso_of(text) for t, text in texts.items()})
    return None


def is_like_a_date(text):
    """Tell whether a text looks like a date or time in one of the many forms that are not ISO."""
    return _LIKE.fullmatch(text.strip()) is not None


def _iso(text, order):
    """Put a date of three numbers in the order of ISO; a time behind it stays."""
    parts = re.match(r"(\d+)[./-](\d+)[./-](\d+)[T ,:]*(.*)", text)
    at = {letter: int(parts[1 + k]) for k, letter in enumerate(order)}
    return f"{at['y']:04}-{at['m']:02}-{at['d']:02}{_time(parts[4])}"


def _iso_of(text):
    """Put a date with the name of a month in the order of ISO; a time behind it stays."""
    month = _MONTHS.split("|").index(re.search(_MONTHS, text, re.IGNORECASE)[0].lower()) + 1
    day, year, time = re.match(r"\D*(\d{1,2})\D+(\d{4})[T ,:]*(.*)", text).groups()
    return f"{int(year):04}-{month:02}-{int(day):02}{_time(time)}"


def _time(text):
    """Put a time behind a date, with 24 hours and two digits for each part."""
    half = _HALF.fullmatch(text)
    if half:
        text = f"{int(half[1]) % 12 + 12 * (half[3] in 'pP'):02}{half[2]}"
    text = re.sub(r"^(\d):", r"0\1:", text)
    return f" {text}" if text else ""
