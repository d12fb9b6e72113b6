"""CSV files: separator, header, and which value of a row belongs to which column.

Rows are told apart here, by one reader, and handed to pandas in a clean form. So what was counted
is what is read, and each row knows its line in the file.
"""

import csv
import io
import re
from array import array
from contextlib import contextmanager
from itertools import chain, islice

from skdir.cli._errors import DataError
from skdir.cli._reading.files import open_text
from skdir.cli._reading.numbers import is_plain

_SEPARATORS = (",", ";", "\t", "|", " ")
_NAMED_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)  # a first line for Excel
_END = (
    "\0\0end\0\0"  # a line of its own behind the last, within a value if a quotation mark is open
)
_HIDDEN = "\ufeff\u200b\u2060"  # marks of the byte order, and spaces without a width
_UNNAMED = re.compile(r"|Unnamed: \d+(\.\d+)*|__index_level_\d+__")


def is_unnamed(name):
    """Tell whether a column has no name of its own, also where pandas has given it one."""
    return _UNNAMED.fullmatch(name) is not None


class CsvTable:
    """What is where in a CSV file.

    Parameters
    ----------
    path : Path
        File, compressed or not.

    target : str
        A name that the header has: it tells the separator, and the header from comments.

    Attributes
    ----------
    names : list of str
        Names of the columns; those that have none are empty.

    lines : array of int
        Line of the file on which each row begins, from 1.

    notes : list of str
        What was unusual, in words.
    """

    def __init__(self, path, target):
        self.path, self.notes = path, []
        with _long_values():
            self.separator, self._skip, header = _find_header(path, target)
            self._scan(header)

    def read(self, pandas, **options):
        """Read the rows into a frame whose columns are numbered."""
        with _long_values(), open_text(self.path) as stream:
            return pandas.read_csv(
                _Lines(self._cut(stream)),
                header=None,
                names=range(len(self.names)),
                index_col=False,
                skip_blank_lines=False,
                low_memory=False,
                **options,
            )

    def _scan(self, header):
        """Go through all rows once to find where the values of the named columns are."""
        width = len(header)
        self._named = named = max((k for k, name in enumerate(header, 1) if name), default=0)
        self.lines = array("q")
        least = most = longest = 0  # values in a row; the last without the empty ones at its end
        beyond = None
        left_out = {"comments": [], "empty": [], "short": []}
        first_values, unique, full = set(), True, True
        with open_text(self.path) as stream:
            for line, row in self._data(stream, left_out["comments"]):
                filled = len(row)
                while filled and not row[filled - 1].strip():
                    filled -= 1
                if not filled:
                    left_out["empty"].append(line)
                    continue
                self.lines.append(line)
                if filled > max(named + 1, width):
                    raise self._too_long(line, filled)
                if filled > named:
                    beyond = beyond or line
                if len(row) < named:
                    left_out["short"].append(line)
                least = min(least or len(row), len(row))
                most, longest = max(most, len(row)), max(longest, filled)
                full = full and filled > named
                if unique and len(row) > named:
                    unique = row[0] not in first_values and bool(row[0].strip())
                    first_values.add(row[0])
        self.names = header[:named]
        if longest > named:
            row_names = longest == named + 1 and least > named and len(self.lines) > 1
            row_names = row_names and unique and _are_row_names(first_values, full)
            row_names = row_names and not is_unnamed(header[0])  # there they have a place
            if named < least and most <= width:  # all rows have the places of the header
                if header[0] and unique and _are_counts(first_values):
                    raise DataError(
                        f"the header of {self.path} ends with a separator, and its rows begin with "
                        "their number: it cannot be told which value belongs to which name"
                    )
                self.names = header[:longest]
            elif row_names:
                self.names = ["", *self.names]
            else:
                raise self._too_long(beyond, named + 1)
        self._take_notes(left_out)

    def _take_notes(self, left_out):
        """Put into words which rows were no rows, or not whole."""
        said = {
            "comments": "{n} line(s) that begin with # below the header are left out",
            "empty": "{n} row(s) without any value are left out",
            "short": "{n} row(s) have fewer values than the header has names, the rest is missing",
        }
        for kind, lines in left_out.items():
            if lines:
                words = said[kind].format(n=len(lines))
                self.notes.append(f"{self.path}: {words}, the first in line {lines[0]}")

    def _too_long(self, line, n_values):
        """Build the error for a row with values that belong to no name."""
        return DataError(
            f"{self.path} cannot be read: line {line} has {n_values} values, the header has "
            f"{self._named} names (is a value with a separator in it not in quotation marks?)"
        )

    def _data(self, stream, comments=None):
        """Yield line and values of each row below the header that is neither blank nor comment."""
        for line, row in islice(_rows(stream, self.separator, self.path), self._skip, None):
            if _is_blank(row):
                continue
            if row[0].startswith("#") and len(row) < self._named:
                if comments is not None:
                    comments.append(line)
                continue
            yield line, row

    def _cut(self, stream):
        """Yield the values of each row, one for each name."""
        width = len(self.names)
        for _, row in self._data(stream):
            if any(value.strip() for value in row):
                yield row[:width] if len(row) >= width else row + [""] * (width - len(row))


class _Lines(io.TextIOBase):
    """Rows as a stream of text in the plainest CSV."""

    def __init__(self, rows):
        self._rows, self._text = rows, ""

    def readable(self):
        return True

    def read(self, size=-1):
        while size < 0 or len(self._text) < size:
            buffer = io.StringIO(newline="")
            csv.writer(buffer).writerows(islice(self._rows, 1000))
            if not buffer.tell():
                break
            self._text += buffer.getvalue()
        size = len(self._text) if size < 0 else size
        text, self._text = self._text[:size], self._text[size:]
        return text


def _find_header(path, target):
    """Return separator, number of rows up to the header, and the names in it.

    Spaces separate only where nothing else gives the target: names may hold them.
    """
    with open_text(path) as stream:
        given = _NAMED_SEPARATOR.fullmatch(stream.readline().strip().strip('"'))
    best = error = None
    for separator in [given[1]] if given else _SEPARATORS:
        try:
            end, names = _header(path, target, separator, start=1 if given else 0)
        except DataError as problem:  # quotation marks may be closed with another separator
            error = error or problem
            continue
        found = target in names
        if separator == " " and best is not None and found <= (target in best[2]):
            continue
        if best is None or (found, len(names)) > (target in best[2], len(best[2])):
            best = separator, end, names
    if best is None:
        raise error
    return best


def _header(path, target, separator, start):
    """Return the number of rows up to the header and its names; comments may stand before it."""
    with open_text(path) as stream:
        rows = (
            (k, row)
            for k, (_, row) in enumerate(_rows(stream, separator, path), 1)
            if k > start and not _is_blank(row)
        )
        end, row = next(rows, (0, None))
        while row is not None and row[0].startswith("#"):
            next_end, next_row = next(rows, (0, None))
            names = _names([row[0].lstrip("# "), *row[1:]])
            below = [value.strip() for value in next_row or ["#"]]
            is_header = target in names and target not in below and len(below) >= len(names)
            if is_header and not below[0].startswith("#"):
                return end, names
            end, row = next_end, next_row
    if row is None:
        raise DataError(f"{path} is empty")
    return end, _names(row)


def _names(row):
    """Return the names of a header without what cannot be seen around them."""
    return [name.strip().strip(_HIDDEN).strip() for name in row]


def _rows(stream, separator, path):
    """Yield the first line and the values of each row."""
    lines, line = chain(stream, [_END]), 1
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    for row in reader:
        if row and row[-1].endswith(_END):
            if row == [_END]:
                return
            raise DataError(
                f"{path} cannot be read: a quotation mark in line {line} or below is never closed"
            )
        yield line, row
        line = reader.line_num + 1


def _is_blank(row):
    """Tell whether a row is a line with nothing in it, but for the end mark of old systems."""
    return not row or (len(row) == 1 and not row[0].strip().strip("\x1a"))


def _are_counts(values):
    """Tell whether some distinct texts are the numbers of rows, from 0 or 1."""
    n = len(values)
    return values == {str(k) for k in range(n)} or values == {str(k) for k in range(1, n + 1)}


def _are_row_names(values, full):
    """Tell whether the distinct first values of rows with one value too many are row names.

    Tables of R have row names but no name for them. Numbers with a fraction are none, but for rows
    that R has drawn more than once: 7, 7.1, 7.2. Where some rows lack a last value it may as well
    be that which is too many, so only counted rows are certain.
    """
    if not full:
        return _are_counts(values)
    return not all(map(is_plain, values)) or all(_is_counted(text, values) for text in values)


def _is_counted(text, others):
    """Tell whether a text is a whole number, or one that R has counted: 7.1 where there is 7."""
    whole, point, count = text.partition(".")
    return whole.isdecimal() and (not point or (count.isdecimal() and whole in others))


@contextmanager
def _long_values():
    """Read values longer than 131,072 characters, too."""
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
