"""Numbers in the texts that people and spreadsheets write: read where only one reading is right."""

import re
from collections import Counter
from string import ascii_lowercase
from typing import NamedTuple

# Where all other values of a column are numbers, these stand for a missing one. Lower case.
MISSING = frozenset(
    [
        "", "?", "-", "--", "---", "–", "—", ".", "..", "...", "*", ":", "na", "n/a", "n.a.", "n.a",
        "<na>", "nan", "null", "none", "nil", "nd", "n.d.", "missing", "(missing)", "unknown",
        "not available", "no data", "#n/a", "#n/a n/a", "#na", "#div/0!", "#value!", "#ref!",
        "#name?", "#num!", "#null!", "#error!", "#nv", "#wert!", "#bezug!", "#zahl!", "#valeur!",
        "#nombre!", "(null)", "(na)", "(none)", "\\n", "n/d", "k.a.", "k. a.", "s/d", "'", "''",
        *(f".{letter}" for letter in ascii_lowercase),  # Stata, SAS
    ]
)  # fmt: skip

_CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|BRL|MXN|ZAR|KRW|US\\$|R\\$|Rs\\.?"
_NUMBER = re.compile(
    rf"""
    (?P<outer>(?:[$€£¥₹₩₽₺]|{_CODES})(?=\s*\())? \s* (?P<open>\()? \s* (?P<sign>[+\-−])? \s*
    (?P<prefix>[$€£¥₹₩₽₺]|{_CODES})? \s* (?P<second>[+\-−])?
    (?P<body>\d[\d.,'’\u00a0\u202f\u2009\x20]*|[.,]\d+)
    (?P<exponent>[eE][+-]?\d+|(?<=[.\d])[dD][+-]?\d+)?
    \s* (?P<suffix>[^\d\s.,()+\-−'’][^\d]*?)?? \s* (?P<minus>-)? (?P<close>\))?
    """,
    re.VERBOSE | re.ASCII,
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
_INDIAN = r"[1-9]\d?(,\d{2})+,\d{3}"


class Number(NamedTuple):
    """A text that is a number, in parts."""

    negative: bool
    body: str
    exponent: str
    prefix: str
    suffix: str
    unusual: str  # what a plain number does not have


class Reading(NamedTuple):
    """What the texts of a column are.

    Parameters
    ----------
    values : dict of str to float or None
        The number of each text, NaN for a missing one, where there is one right reading, or the
        others differ by a factor alone.

    missing : set of str
        Texts that stand for a missing number.

    odd : set of str
        Texts that are neither a number nor missing.

    style : str
        How the numbers are written, empty if plainly.

    doubt : str
        Why there is no right reading, empty if there is one.

    decimals : set of str
        Decimal marks that the numbers can have, "." and ",".
    """

    values: dict | None
    missing: set
    odd: set
    style: str
    doubt: str
    decimals: set


def read_numbers(texts, *, decimal=None, thousands=None, separator=","):
    """Read the distinct texts of a column as numbers.

    Parameters
    ----------
    texts : dict of str to int
        Texts, with the number of rows of each.

    decimal, thousands : str, default=None
        The decimal mark and what stands between thousands, where they are known.

    separator : str, default=","
        What stands between the values of a row. Where it is a comma, a decimal comma is taken for
        one only if it is known, or if thousands have dots: "1,2" may be two choices, too.

    Returns
    -------
    reading : Reading or None
        None if less than half of the texts, and of the rows, are numbers.
    """
    missing = {text for text in texts if text.strip().lower() in MISSING}
    numbers = {t: n for t in texts if t not in missing and (n := _split(t)) is not None}
    worn, usual = Counter(), ()
    for text, number in numbers.items():
        worn[number.prefix, number.suffix] += texts[text]
    n_all, n_all_rows = len(numbers), _rows(texts, numbers)
    if worn:
        ((usual, _),) = worn.most_common(1)
        numbers = {t: n for t, n in numbers.items() if (n.prefix, n.suffix) == usual}
    n_texts, n_rows = len(texts) - len(missing), sum(texts.values()) - _rows(texts, missing)
    few = 2 * n_all < n_texts and 2 * n_all_rows < n_rows
    # "12 Main St" and "5 High St" have no units in common
    if not numbers or few or (any(usual) and 2 * len(numbers) <= n_texts < 4 * len(worn)):
        return None
    readings = {mark: _with_mark(numbers, texts, mark, thousands) for mark in (".", ",")}
    whole = {mark for mark, values in readings.items() if len(values) == len(numbers)}
    best = readings[decimal or max(readings, key=lambda mark: _rows(texts, readings[mark]))]
    odd = texts.keys() - missing - best.keys()
    found = Reading(None, missing, odd, "", "", whole)
    if odd:
        return found
    readings = {mark: readings[mark] for mark in whole if decimal in (None, mark)}
    commas = any("," in number.body for number in numbers.values())
    mark = "." if "." in readings else ","
    if len(readings) == 2 and readings["."] != readings[","] and commas:
        whole = [n.body for n in numbers.values() if "," not in n.body]
        text = next(t for t, number in numbers.items() if "," in number.body)
        low, high = sorted((readings["."][text], readings[","][text]), key=abs)
        doubt = f"may be {low:.15g} or {high:.15g}"
        if not whole:  # they differ by a factor alone
            found = found._replace(doubt=doubt)
            mark = "." if separator == "," else ","
        elif separator != "," or not all(len(body) <= 3 for body in whole):
            return found._replace(doubt=doubt)
        else:
            mark = "."  # those from 1,000 on have a comma
    dots = any("." in number.body for number in numbers.values())
    may_be_choices = mark == "," and decimal is None and separator == "," and not dots
    if may_be_choices and not _have_decimals(numbers.values()):
        return found._replace(doubt="may have a decimal comma")
    values = dict.fromkeys(missing, float("nan")) | readings[mark]
    return found._replace(values=values, style=_style(numbers, mark, commas, dots))


def _rows(texts, some):
    """Count the rows of some texts."""
    return sum(texts[text] for text in some)


def _split(text):
    """Return the parts of a number, None if the text is none."""
    text = text.strip().translate(_SPACES)
    if not text.isascii():  # digits of other scripts
        text = re.sub(r"\d", lambda digit: str(int(digit[0])), text)
    match = _NUMBER.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [match[name] for name in ("sign", "second", "minus", "open") if match[name]]
    if len(signs) > 1 or (match["outer"] and match["prefix"]):
        return None
    unusual = "negative numbers in parentheses" if match["open"] else ""
    unusual = "the minus sign behind the number" if match["minus"] else unusual
    exponent = match["exponent"] or ""
    if exponent[:1] in ("d", "D"):
        unusual = "a D before the exponent"
    return Number(
        negative=bool(signs) and signs[0] != "+",
        body=match["body"].strip(),
        exponent="e" + exponent[1:] if exponent else "",
        prefix=match["outer"] or match["prefix"] or "",
        suffix=(match["suffix"] or "").strip(),
        unusual=unusual,
    )


def _with_mark(numbers, texts, mark, thousands):
    """Return the values of the numbers that can have a decimal mark, and agree on thousands."""
    values, marks = {}, Counter()
    for text, number in numbers.items():
        whole, _, fraction = number.body.partition(mark)
        between = ""
        if whole and not whole.isdecimal():
            between = "".join(sorted(set(whole) - set("0123456789")))
            groups = rf"[1-9]\d{{0,2}}([{re.escape(between)}]\d{{3}})+|{_INDIAN}"
            if len(between) > 1 or re.fullmatch(groups, whole) is None:
                continue
        if fraction.isdecimal() or not fraction:
            whole = "".join(filter(str.isdecimal, whole)) if between else whole
            value = float(f"{whole or 0}.{fraction or 0}{number.exponent}")
            values[text] = between, -value if number.negative else value
            marks[between] += texts[text]
    del marks[""]
    usual = thousands or max(marks, key=marks.get, default="")
    if usual == mark:
        return {}
    return {text: value for text, (between, value) in values.items() if between in ("", usual)}


def _have_decimals(numbers):
    """Tell whether numbers with commas are decimal ones: two choices are not written as they are.

    Either there is a zero or a sign in front, or there are always as many digits behind.
    """
    behind = {len(number.body.partition(",")[2]) for number in numbers}
    plain = not any(number.negative or number.body.startswith("0,") for number in numbers)
    return not plain or (len(behind) == 1 and min(behind) > 1)


def _style(numbers, mark, commas, dots):
    """Say in words how numbers are written."""
    number = next(iter(numbers.values()))
    spaces = {c for n in numbers.values() for c in n.body} - set("0123456789.,")
    words = []
    if mark == "," and commas:
        words.append("decimal commas")
    if (mark == "," and dots) or (mark == "." and commas) or spaces:
        group = next(iter(spaces), "." if mark == "," else ",")
        words.append(f"{'a space' if group == ' ' else repr(group)} between thousands")
    words += [repr(part) for part in (number.prefix, number.suffix) if part]
    words += sorted({n.unusual for n in numbers.values() if n.unusual})
    return f"with {' and '.join(words)}" if words else ""


def is_plain(text):
    """Tell whether a text is a number as programs write it."""
    try:
        float(text)
    except ValueError:
        return False
    return True
