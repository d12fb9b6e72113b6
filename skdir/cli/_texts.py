"""Columns of text in a CSV file: which of them are numbers or dates, and what is said of them."""

import re
from collections import Counter

from skdir.cli._errors import DataError
from skdir.cli._numbers import MISSING, is_like_a_date, read_numbers

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")


class TextColumns:
    """The text columns of a file, which have the decimal mark in common.

    Parameters
    ----------
    source : Source
        File.

    names : list of str
        Columns to read.

    decimal, thousands : str or None
        As in :func:`load_table`.
    """

    def __init__(self, source, names, *, decimal, thousands):
        self._source, self._thousands = source, thousands
        self._given = decimal is not None or thousands is not None
        self._texts, self._strings = {}, {}
        if source.csv is None:
            return
        self._texts = {n: texts for n in names if (texts := _count(source.frame[n])) is not None}
        readings = [self._reading(name, decimal) for name in self._texts]
        found = [reading for reading in readings if reading is not None]
        commas = any("," in text for texts in self._texts.values() for text in texts)
        if self._given or source.csv.separator == ";" or (found and commas):
            floats = [n for n in names if source.frame[n].dtype.kind == "f"]
            if floats:
                strings = source.strings(floats)
                self._strings = {name: strings[name] for name in floats}
                floats = {n: _count(column) for n, column in self._strings.items()}
                self._texts |= {n: texts for n, texts in floats.items() if texts is not None}
                found += [r for n in floats if (r := self._reading(n, decimal)) is not None]
        marks = {mark for r in found if r.values and len(r.decimals) == 1 for mark in r.decimals}
        self._decimal = decimal or (marks.pop() if len(marks) == 1 else None)

    def read(self, name, *, is_target=False):
        """Return a column as numbers where its texts are; else as it is.

        What is read in another way than written, and numbers that are not read, are noted. For a
        target that is an error.
        """
        column = self._source.frame[name]
        if name not in self._texts:
            return column
        reading, written = self._reading(name, self._decimal), self._strings.get(name)
        if written is not None:
            return self._read_float(name, column, written, reading)
        what = f"the target {name!r}" if is_target else f"column {name!r}"
        if reading is not None and reading.values is not None:
            self._note_reading(what, column, reading)
            return column.map(reading.values).astype("float64")
        if reading is None and not is_target:
            return self._read_dates(what, column)
        problem = self._problem(column, reading)
        if is_target and problem and not column.isna().any():
            raise DataError(f"{what} must be finite numbers; {problem}")
        if problem and not is_target:
            self._source.notes.append(f"{what} is taken as text: {problem}")
        return column

    def _reading(self, name, decimal):
        """Read the texts of a column as numbers."""
        return read_numbers(
            self._texts[name],
            decimal=decimal,
            thousands=self._thousands,
            separator=self._source.csv.separator,
        )

    def _read_float(self, name, column, written, reading):
        """Return numbers that pandas has read with a decimal point, or others if that is wrong."""
        notes = self._source.notes
        if reading is None or reading.values is None:
            if self._given and reading is not None and reading.odd:
                notes.append(
                    f"column {name!r} is read with a decimal point: "
                    f"{self._first(written, reading.odd)} is not as the options say"
                )
            return column
        values = written.map(reading.values).astype("float64")
        if not values.equals(column.astype("float64")):
            self._note_reading(f"column {name!r}", written, reading)
            return values
        if self._decimal is None and len(reading.decimals) == 2:
            dotted = {text for text in reading.values if "." in text}
            notes.append(
                f"column {name!r} is read with a decimal point: {self._first(written, dotted)} may "
                "have it between thousands; --thousands . or --decimal . says which"
            )
        return column

    def _note_reading(self, what, column, reading):
        """Note how numbers were read that are not written plainly."""
        path, marked = self._source.path, column.isin(reading.missing)
        words = []
        if reading.style:
            text = next(t for t in reading.values if t not in reading.missing)
            words.append(f"read as numbers {reading.style}, such as {self._first(column, {text})}")
        if marked.any():
            words.append(
                f"{marked.sum()} of {len(column)} values read as missing, "
                f"{self._first(column, reading.missing)}"
            )
        if words:
            self._source.notes.append(f"{what} of {path}: {'; '.join(words)}")

    def _read_dates(self, what, column):
        """Return dates with marks for missing ones as dates; note those in other forms."""
        texts = self._texts[column.name]
        marks = {text for text in texts if text.strip().lower() in MISSING}
        iso = {text for text in texts if ISO_DATE.fullmatch(text)}
        other = {text for text in texts.keys() - iso if is_like_a_date(text)}
        if iso and marks and iso | marks == texts.keys():
            marked = column.isin(marks)
            self._source.notes.append(
                f"{what} of {self._source.path}: {marked.sum()} of {len(column)} dates read as "
                f"missing, {self._first(column, marks)}"
            )
            return column.mask(marked)
        odd = texts.keys() - iso
        if odd and 2 * len(iso | other) >= len(texts):
            n = sum(texts[text] for text in odd)
            self._source.notes.append(
                f"{what} is taken as text: {n} of {len(column)} values are no dates such as "
                f"2020-12-31, {self._first(column, odd)}"
            )
        return column

    def _problem(self, column, reading):
        """Say why a column of numbers cannot be read, empty if it holds none."""
        texts = self._texts[column.name]
        if reading is None:
            odd = {text for text in texts if text.strip().lower() not in MISSING} or set(texts)
            return f"{self._first(column, odd, long=True)} is no number"
        if reading.odd:
            n = sum(texts[text] for text in reading.odd)
            first = self._first(column, reading.odd, long=True)
            hint = ""
            if len(reading.odd) == 1:
                (text,) = reading.odd
                hint = f" (--na-values {text[:40]!r} reads it as missing)"
            return f"{n} of {len(column)} values are not numbers like the others, {first}{hint}"
        text = next(t for t in texts if t not in reading.missing and "," in t)
        return (
            f"{self._first(column, {text}, long=True)} {reading.doubt}; --decimal or --thousands "
            "says which"
        )

    def _first(self, column, texts, *, long=False):
        """Show the first of some texts, and where it is."""
        rows = column.isin(texts).to_numpy()
        shown = repr(str(column[rows].iloc[0])[:60])
        if long:
            return f"{self._source.where(int(rows.argmax()))} has {shown}, which"
        return f"{shown} ({self._source.place(rows)})"


def _count(column):
    """Return the texts of a column with their numbers of rows, None if it holds others, too."""
    values = column.dropna()
    if column.dtype.kind not in "OTU" and not str(column.dtype).startswith(("str", "string")):
        return None
    if not len(values) or not all(isinstance(value, str) for value in values):
        return None
    return Counter(values)
