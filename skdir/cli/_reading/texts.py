"""Columns of text: which of them are numbers or dates, and what is said of them."""

import re
from collections import Counter

import numpy as np

from skdir.cli._errors import DataError
from skdir.cli._reading.dates import ISO_DATE, is_like_a_date, read_dates
from skdir.cli._reading.numbers import MISSING, is_plain, read_numbers

_NO_LETTERS = re.compile(r"[\W_]*\d[\W\d_]*")
_SHOWN = 12  # names in a note on several columns


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

    Attributes
    ----------
    notes : list of str
        What was read in another way than it is written, by `read`, column by column.
    """

    def __init__(self, source, names, *, decimal, thousands):
        self._source, self._thousands, self.notes = source, thousands, []
        self._given = decimal is not None or thousands is not None
        self._texts = {n: texts for n in names if (texts := _count(source.frame[n])) is not None}
        self._strings, self._styles, self._decimal = {}, {}, None
        if source.csv is None:
            return
        self._found = {name: self._read_numbers(name, decimal) for name in self._texts}
        marks = self._read_floats(names, decimal)
        certain = [r for r in self._found.values() if r and r.values and len(r.decimals) == 1]
        marks |= {mark for reading in certain for mark in reading.decimals}
        self._decimal = decimal or (marks.pop() if len(marks) == 1 else None)

    def read(self, name, *, is_target=False):
        """Return a column as numbers where its texts are; else as it is.

        What is read in another way than written, and numbers that are not read, are noted. For a
        target that is an error.
        """
        column = self._source.frame[name]
        if name not in self._texts:
            return column
        what = f"the target {name!r}" if is_target else f"column {name!r}"
        if self._source.csv is None:
            return column if is_target else self._of_other_files(what, column)
        reading, written = self._reading(name), self._strings.get(name)
        if written is not None:
            return self._read_float(what, column, written, reading, is_target)
        if reading is not None and reading.values is not None and not (is_target and reading.doubt):
            self._note_reading(what, column, reading)
            return column.map(reading.values).astype("float64")
        if not is_target and (dates := self._read_dates(what, column)) is not None:
            return dates
        problem = self._problem(column, reading, is_target)
        if is_target and not column.isna().any():
            doubt = reading is not None and reading.doubt
            advice = "" if doubt else "; correct or remove such rows in the file"
            raise DataError(f"{what} must be finite numbers; {problem}{advice}")
        if not is_target and (reading is not None or not self._has_letters(name)):
            self.notes.append(f"{what} is taken as text: {problem}")
        return column

    def style_notes(self):
        """Return how numbers are written, once for all columns in which they are so."""
        notes = []
        for style, columns in self._styles.items():
            names = [name for name, _ in columns]
            shown = ", ".join(names[:_SHOWN])
            if len(names) > _SHOWN:
                shown += f" and {len(names) - _SHOWN} more"
            notes.append(
                f"{shown} of {self._source.path}: read as {style}, such as {columns[0][1]}"
            )
        return notes

    def _read_floats(self, names, decimal):
        """Read columns again as text whose decimal point may stand between thousands.

        So it may where values are not separated by commas, or others have decimal commas. Returns
        the decimal marks of the columns that are certain.
        """
        frame, marks, again = self._source.frame, set(), []
        commas = any(r and r.values and r.decimals == {","} for r in self._found.values())
        doubtful = self._given or commas or self._source.csv.separator != ","
        for name in names:
            if frame[name].dtype.kind == "f":
                values = frame[name].dropna().to_numpy()
                values = values[np.isfinite(values)]
                size = np.abs(values[values != 0])
                if not (size % 1).any():
                    continue
                grouped = (size >= 1) & (size < 1000)  # as in 1.250
                grouped[grouped] = np.isclose(
                    np.rint(size[grouped] * 1000), size[grouped] * 1000, rtol=1e-9, atol=0
                )
                if self._given or (doubtful and grouped.all()):
                    again.append(name)
                else:
                    marks.add(".")
        if again:
            strings = self._source.strings(again)
            for name in again:
                texts = _count(strings[name])
                if texts is not None:
                    self._texts[name], self._strings[name] = texts, strings[name]
                    self._found[name] = self._read_numbers(name, decimal)
        return marks

    def _reading(self, name):
        """Read the texts of a column, with the file's decimal mark or one of its own."""
        reading = self._found[name]
        if self._decimal is not None and (reading is None or reading.decimals != {self._decimal}):
            reading = self._read_numbers(name, self._decimal)
        if (reading is None or reading.odd) and not self._given and name not in self._strings:
            own = self._read_numbers(name, None)
            if own is not None and not own.odd:
                return own
        return reading

    def _read_numbers(self, name, decimal):
        """Read the texts of a column as numbers."""
        return read_numbers(
            self._texts[name],
            decimal=decimal,
            thousands=self._thousands,
            separator=self._source.csv.separator,
        )

    def _read_float(self, what, column, written, reading, is_target):
        """Return numbers that pandas has read with a decimal point, or others if that is wrong."""
        if reading is None or reading.values is None:
            if self._given and reading is not None and reading.odd:
                text = f"{self._first(written, reading.odd)} is not as the options say"
                if is_target:
                    raise DataError(f"{what} must be finite numbers; {text}")
                self.notes.append(f"{what} is read with a decimal point: {text}")
            return column
        values = written.map(reading.values).astype("float64")
        if not values.equals(column.astype("float64")):
            self._note_reading(what, written, reading)
            return values
        if self._decimal is None and len(reading.decimals) == 2:
            dotted = {text for text in reading.values if "." in text}
            text = (
                f"{self._first(written, dotted)} may have a point between thousands; --thousands . "
                "or --decimal . says which"
            )
            if (
                is_target
                and self._source.csv.separator == ";"
                and len(dotted) < len(reading.values)
            ):
                raise DataError(f"{what} cannot be read: {text}")  # no point below 1000
            self.notes.append(f"{what} is read with a decimal point: {text}")
        return column

    def _of_other_files(self, what, column):
        """Return dates, and note texts that are numbers where numbers need not be texts."""
        texts = self._texts[column.name]
        reading = read_numbers(texts)
        if reading is not None and not reading.odd:
            numbers = texts.keys() - reading.missing
            self.notes.append(
                f"{what} of {self._source.path} holds numbers as text and is taken as text, such "
                f"as {self._first(column, numbers)}; write them as numbers to use them as such"
            )
            return column
        if (dates := self._read_dates(what, column)) is not None:
            return dates
        if reading is not None or not self._has_letters(column.name):
            problem = self._problem(column, reading, is_target=False)
            self.notes.append(f"{what} is taken as text: {problem}")
        return column

    def _note_reading(self, what, column, reading):
        """Note how numbers were read that are not written plainly."""
        if reading.style:
            texts = reading.values.keys() - reading.missing
            example = self._first(column, {text for text in texts if not is_plain(text)} or texts)
            self._styles.setdefault(f"numbers {reading.style}", []).append((what, example))
        self._note_missing(what, column, reading.missing)

    def _note_missing(self, what, column, marks):
        """Note which texts stand for missing values."""
        marked = column.isin(marks)
        if marked.any():
            self.notes.append(
                f"{what} of {self._source.path}: {marked.sum()} of {len(column)} values read as "
                f"missing, {self._first(column, marks)}"
            )

    def _read_dates(self, what, column):
        """Return a column of dates; None where most are none."""
        texts = self._texts[column.name]
        marks = {text for text in texts if text.strip().lower() in MISSING}
        rest = texts.keys() - marks
        iso = {text for text in rest if ISO_DATE.fullmatch(text)}
        if 2 * sum(text in iso or is_like_a_date(text) for text in rest) < len(rest) or not rest:
            return None
        dates = None if iso == rest else read_dates(rest)
        if dates is not None and not dates.order:
            self.notes.append(
                f"{what} is taken as text: {self._first(column, rest)} and all others may have the "
                "day or the month first; write them as 2020-12-31"
            )
            return column
        odd = rest - iso
        if not odd or dates is not None:
            plain = column.mask(column.isin(marks))
            plain = plain if dates is None else plain.map(dates.plain, na_action="ignore")
            plain = plain.str.replace(r" ?(UTC|GMT)$", "Z", regex=True)
            days = self._source.pandas.to_datetime(
                plain, format="ISO8601", errors="coerce", utc=True
            )
            odd = set(column[days.isna() & plain.notna()])
            if not odd:
                self._note_missing(what, column, marks)
                if dates is not None:
                    style = f"dates with {dates.order}"
                    self._styles.setdefault(style, []).append((what, self._first(column, rest)))
                return days
        n = sum(texts[text] for text in odd)
        self.notes.append(
            f"{what} is taken as text: {n} of {len(column)} values are no dates such as "
            f"2020-12-31, {self._first(column, odd)}"
        )
        return column

    def _problem(self, column, reading, is_target):
        """Say why a column of texts is not read as numbers."""
        texts = self._texts[column.name]
        some = {text for text in texts if text.strip().lower() not in MISSING} or set(texts)
        odd = {text for text in some if not is_plain(text)} or some
        if reading is None or reading.odd == some:
            return f"{self._at(column, odd)}, which is no number"
        if reading.odd:
            n = sum(texts[text] for text in reading.odd)
            hint = ""
            named = self._source.csv is not None and not is_target
            if named and len(reading.odd) == 1 and not any(map(str.isdigit, *reading.odd)):
                (text,) = reading.odd
                hint = f"; --na-values {text[:40]!r} reads it as missing"
            return (
                f"{n} of {len(column)} values are not numbers like the others, "
                f"{self._at(column, reading.odd)}{hint}"
            )
        text = next(t for t in texts if t not in reading.missing and "," in t)
        return (
            f"{self._at(column, {text})}, which {reading.doubt}; --decimal or --thousands says it"
        )

    def _has_letters(self, name):
        """Tell whether most texts of a column are words, not only digits and signs."""
        plain = sum(_NO_LETTERS.fullmatch(text) is not None for text in self._texts[name])
        return 2 * plain < len(self._texts[name])

    def _first(self, column, texts):
        """Show the first of some texts, and where it is."""
        rows = column.isin(texts).to_numpy()
        return f"{str(column[rows].iloc[0])[:60]!r} ({self._source.place(rows)})"

    def _at(self, column, texts):
        """Say where the first of some texts is."""
        rows = column.isin(texts).to_numpy()
        return f"{self._source.where(int(rows.argmax()))} has {str(column[rows].iloc[0])[:60]!r}"


def _count(column):
    """Return the texts of a column with their numbers of rows, None if it holds others, too."""
    values = column.dropna()
    if column.dtype.kind not in "OTU" and not str(column.dtype).startswith(("str", "string")):
        return None
    if not len(values) or not all(isinstance(value, str) for value in values):
        return None
    return Counter(values)
