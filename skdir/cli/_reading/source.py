"""A file as a frame: its columns with their names, its index, and where each row stands."""

from collections import Counter
from pathlib import Path

import numpy as np

from skdir.cli._errors import DataError, hint
from skdir.cli._reading.csv import CsvTable, is_unnamed
from skdir.cli._reading.dates import ISO_DATE, is_like_a_date
from skdir.cli._reading.files import check_file, is_parquet


class Source:
    """A table in a file.

    Parameters
    ----------
    path : str or path-like
        File.

    target : str
        A column that must be there.

    pandas : module
        pandas.

    na_values : list of str
        Further texts that stand for a missing value in a CSV file.

    Attributes
    ----------
    path : Path
        File.

    csv : CsvTable or None
        What is where in a CSV file; None for parquet.

    frame : DataFrame
        All columns by name. Row names are its index.

    notes : list of str
        What was read in another way than it is written.

    remarks : list of str
        What was read as it is written, and may surprise.
    """

    def __init__(self, path, target, pandas, na_values=()):
        self.path, self.pandas, self.csv = Path(path), pandas, None
        self.notes, self.remarks, self._na_values = [], [], list(na_values)
        self.frame, self._places = self._read(target)

    def where(self, row):
        """Name a row, and its line in a text file."""
        line = "" if self.csv is None else f" (line {self.csv.lines[row]})"
        return f"data row {row + 1} of {self.path}{line}"

    def place(self, rows):
        """Name the first of some rows, in short."""
        row = int(np.argmax(rows))
        return f"data row {row + 1}" if self.csv is None else f"line {self.csv.lines[row]}"

    def column(self, name):
        """Return the name of a column of the file as it is there, with or without spaces."""
        for known in (name, name.strip()):
            if known in self.frame.columns:
                return known
        known = dict.fromkeys(self.frame.columns)
        raise DataError(f"{self.path} has no column {name!r}: {hint(name, known)}")

    def strings(self, names):
        """Read columns of a CSV file once more, as the texts that stand there."""
        places = [self._places[name] for name in names]
        frame = self.csv.read(self.pandas, dtype=str, usecols=places, na_values=self._na_values)
        frame = frame[places].set_axis(names, axis=1)
        return frame.set_index(self.frame.index)

    def without_row_names(self, used):
        """Return the columns but for the row names that a table was saved with."""
        names, frame = list(self.frame.columns), self.frame
        names = [n for n in names if n in used or not (is_unnamed(n) and frame[n].isna().all())]
        left_out = [
            name
            for k, name in enumerate(names)
            if name not in used and is_unnamed(name) and _is_index(frame[name], first=k == 0)
        ]
        for name in left_out:
            kept = name == names[0] and not _are_dates(frame[name])
            (self.remarks if kept else self.notes).append(
                f"column {name!r} of {self.path}, which has no name, holds row names or numbers "
                "and is left out; give it a name to use it"
            )
        for name in names:
            if is_unnamed(name) and name not in left_out and name not in used:
                self.remarks.append(f"a column without a name in {self.path} is called {name!r}")
        return [name for name in names if name not in left_out]

    def check_names(self, dropped, target):
        """Refuse two columns of one name, unless both are left out."""
        for name, n in Counter(self.frame.columns).items():
            if n > 1 and name not in dropped:
                places = [k + 1 for k, other in enumerate(self.frame.columns) if other == name]
                advice = "" if name == target else f", or leave them out with --drop {name!r}"
                raise DataError(
                    f"{self.path} has {'two' if n == 2 else n} columns of the name {name!r}, the "
                    f"columns {' and '.join(map(str, places))}; rename one in the file{advice}"
                )

    def _read(self, target):
        """Read the file, whatever goes wrong told in one line."""
        path, pandas = self.path, self.pandas
        check_file(path)
        try:
            if is_parquet(path):
                return self._read_parquet(), {}
            self.csv = CsvTable(path, target)
            self.notes += self.csv.notes
            frame = self.csv.read(pandas, na_values=self._na_values)
        except DataError:
            raise
        except ImportError as error:
            reason = " ".join(str(error).split())
            raise ImportError(f"reading {path} needs a package: {reason}") from error
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path} is not UTF-8 text (byte 0x{error.object[error.start]:02x} cannot be "
                "read); save it as UTF-8"
            ) from error
        except MemoryError:
            raise
        except Exception as error:  # each format and compression has errors of its own
            text = getattr(error, "strerror", None) or str(error).strip()
            reason = (text.splitlines() or [type(error).__name__])[0]
            raise DataError(f"{path} cannot be read: {reason}") from error
        names = _named(self.csv.names)
        frame.columns = names
        if (
            names
            and is_unnamed(names[0])
            and names[0] != target
            and _is_index(frame[names[0]], True)
        ):
            frame.index = self.pandas.Index(frame[names[0]].to_numpy())
        return frame, {name: k for k, name in enumerate(names)}

    def _read_parquet(self):
        """Read a parquet file; an index with a name is a column, one without row names."""
        frame = self.pandas.read_parquet(self.path)
        frame.columns = [str(column) for column in frame.columns]
        index, names = frame.index, []
        for level, name in enumerate(index.names):
            if name is None or str(name) in frame.columns:
                if not isinstance(index, self.pandas.RangeIndex):
                    shown = "" if name is None else f" {name!r}"
                    remark = f"the index{shown} of {self.path} holds row names and is left out"
                    if remark not in self.remarks:
                        self.remarks.append(remark)
                continue
            names.append(str(name))
            frame.insert(len(names) - 1, str(name), index.get_level_values(level))
        if names:
            self.remarks.append(
                f"the index of {self.path} is read as a column, too: {', '.join(map(repr, names))}"
            )
            frame = frame.reset_index(drop=True)
        return frame


def _named(names):
    """Return the names of columns, with one as pandas gives it where there is none."""
    known, found = set(names), []
    for k, name in enumerate(names):
        while not name or (is_unnamed(name) and name in found):
            name = f"Unnamed: {k}" if not name else f"{name}.1"
            name = f"{name}.1" if name in known else name
        found.append(name)
    return found


def _is_index(column, first):
    """Tell whether a column without a name holds row names, or the numbers of the rows."""
    if column.isna().any():
        return False
    if first and column.dtype.kind in "iu":  # twice the same where tables were put together
        return True
    if not column.is_unique:
        return False
    if column.dtype.kind == "f" and (column % 1).any():  # 7, 7.1, 7.2 for rows drawn by R
        return first and bool(np.isin(np.floor(column), column).all())
    if first or column.dtype.kind not in "iu":
        return first
    return len(column) > 1 and column.max() - column.min() == len(column) - 1


def _are_dates(column):
    """Tell whether a column holds dates, from which can be learned."""
    texts = [value for value in column if isinstance(value, str)]
    return bool(texts) and all(ISO_DATE.fullmatch(t) or is_like_a_date(t) for t in texts)
