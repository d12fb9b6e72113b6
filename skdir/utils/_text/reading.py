"""Text files and tables that may be compressed, damaged, endless or something else altogether."""

import contextlib
import csv
import gzip
import io
import tarfile
import zipfile
import zlib

import numpy as np

from skdir.utils._text.safe import printable

# What a list of a data set may hold once it is unpacked; the longest known has 12 MB.
MAX_LIST = 2**26
REMEDY = "If it was downloaded, delete it, and the next call downloads it again"


class _Fault(Exception):
    """A reason why a file cannot be read, on its way to `file_errors`."""


# What the readers of the standard library raise for files that are not what they should be.
_FAULTS = (
    _Fault,
    UnicodeError,
    csv.Error,
    EOFError,
    gzip.BadGzipFile,
    zlib.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
)


def unusable(path, caller, reason, remedy=REMEDY):
    """Return the error for a file that is not what it should be.

    Parameters
    ----------
    path : Path
        The file.

    caller : str
        Who wanted to read it.

    reason : str
        What goes on after the name of the file, such as "must have two columns".

    remedy : str, default=REMEDY
        What to do.

    Returns
    -------
    error : ValueError
        With the attribute `reason`, for those who know more of where the file comes from.
    """
    reason = printable(reason)
    error = ValueError(f"{caller}: {printable(path)} {reason}. {remedy}.")
    error.reason = reason
    return error


@contextlib.contextmanager
def file_errors(path, caller, remedy=REMEDY):
    """Turn what readers of text, tables and archives raise into one error that names the file."""
    try:
        yield
    except _FAULTS as error:
        what = str(error) or type(error).__name__
        raise unusable(path, caller, f"cannot be read: {what}", remedy) from error


class _Bounded(io.RawIOBase):
    """The bytes of a file, up to a limit."""

    def __init__(self, file, limit):
        self._file, self._limit, self._left = file, limit, limit

    def readable(self):
        """Return True."""
        return True

    def readinto(self, buffer):
        """Read into a buffer."""
        n_read = self._file.readinto(buffer)
        self._left -= n_read
        if self._left < 0:
            raise _Fault(f"it holds more than {self._limit / 1e6:.0f} MB of text")
        return n_read

    def close(self):
        """Close the file."""
        self._file.close()
        super().close()


def open_text(path, *, limit):
    """Open a text file in UTF-8, which may be compressed with gzip, for the csv module.

    Parameters
    ----------
    path : Path
        The file; it is compressed if its name ends in .gz.

    limit : int
        How many bytes of text it may hold, once unpacked.

    Returns
    -------
    file : text file
        To be used inside of `file_errors`.
    """
    file = gzip.GzipFile(path) if path.suffix == ".gz" else io.FileIO(path)
    bounded = io.BufferedReader(_Bounded(file, limit))
    return io.TextIOWrapper(bounded, encoding="utf-8-sig", newline="")


def as_numbers(values):
    """Return strings as float64, or raise a ValueError that shows one that is no number."""
    odd = next((value for value in values if "_" in value), None)
    if odd is not None:  # Python reads 1_5 as 15, which no file means
        raise ValueError(f"could not convert string to float: {odd!r}")
    return np.array(values, dtype=np.float64)


def read_rows(path, *, caller, remedy=REMEDY, limit=MAX_LIST, **dialect):
    """Return the rows of a text file as lists of str, without empty ones.

    Parameters
    ----------
    path : Path
        The file.

    caller, remedy : str
        For the message.

    limit : int, default=MAX_LIST
        How many bytes of text it may hold.

    **dialect : dict
        What :func:`csv.reader` takes.

    Returns
    -------
    rows : list of list of str
        The rows.

    Raises
    ------
    ValueError
        If it is not a text file, or damaged.
    """
    with file_errors(path, caller, remedy), open_text(path, limit=limit) as file:
        rows = csv.reader(_lines(file), **dialect)
        return [row for row in rows if len(row) > 1 or (row and row[0].strip())]


def _lines(file):
    """Yield the lines of a table, which is no web page and no binary file."""
    begun = False
    for line in file:
        if not begun and line.strip():
            begun = True
            if line.lstrip().startswith("<"):
                raise _Fault("it looks like a web page")
        if "\0" in line:
            raise _Fault("it is no text, since it holds the character NUL")
        yield line


def read_table(path, columns, *, caller, remedy=REMEDY, limit=MAX_LIST, **dialect):
    """Return columns of a table with a header, each as a list of str.

    Parameters
    ----------
    path : Path
        The file.

    columns : sequence of str or None
        The wanted ones, which must be there once each; None is all.

    caller, remedy, limit, **dialect
        As in `read_rows`.

    Returns
    -------
    table : dict of str to list of str
        The values of each column.

    Raises
    ------
    ValueError
        If it is not a table with these columns and as many values in each row.
    """
    header, *rows = read_rows(path, caller=caller, remedy=remedy, limit=limit, **dialect) or [[]]
    wanted = header if columns is None else columns
    if not header or not set(wanted) <= set(header):
        what = "a header" if columns is None else f"the columns {', '.join(columns)}"
        got = f"{', '.join(map(repr, header))}"
        got = got if len(got) < 200 else f"{got[:200]}..."
        raise unusable(path, caller, f"must be a table with {what}. Got {got or 'none'}", remedy)
    doubled = next((name for name in wanted if header.count(name) > 1), None)
    if doubled is not None:
        raise unusable(path, caller, f"must have one column {doubled!r}. Got several", remedy)
    if not rows:
        raise unusable(path, caller, "must have a header and rows. Got no rows", remedy)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            wanted = f"{len(header)} values in row {number}, as its header"
            raise unusable(path, caller, f"must have {wanted}. Got {len(row)}", remedy)
    places = [header.index(name) for name in wanted]
    return {name: [row[place] for row in rows] for name, place in zip(wanted, places)}
