"""Frames and series of table libraries: which library they are of, and new rows of columns."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skdir.utils._containers.columns import dates_to_numbers, numbers_to_dates
from skdir.utils._containers.pandas_column import PandasColumn
from skdir.utils._containers.polars_column import PolarsColumn
from skdir.utils._containers.protocols import Column

# The libraries whose frames are known, each by its class of columns.
LIBRARIES = (PandasColumn, PolarsColumn)


def is_frame(X):
    """Return whether X is a DataFrame of a known library (which is loaded then)."""
    return any(library.is_frame(X) for library in LIBRARIES)


def is_series(y):
    """Return whether y is a Series of a known library."""
    return any(library.is_series(y) for library in LIBRARIES)


def series_column(y):
    """Return a Series as a column."""
    return next(library for library in LIBRARIES if library.is_series(y))(y)


def frame_columns(X):
    """Return a function that makes a frame like X from its columns, and these columns."""
    library = next(library for library in LIBRARIES if library.is_frame(X))
    return partial(library.to_frame, like=X), library.of_frame(X)


def frame_rows(X, rows):
    """Return the rows of a frame at some positions."""
    return next(library for library in LIBRARIES if library.is_frame(X)).take_rows(X, rows)


@dataclass(frozen=True)
class NumericColumn:
    """A column whose values are numbers to the algorithms, and how new ones come back.

    Parameters
    ----------
    column : Column
        The column.

    origin : int, default=0
        The tick from which its dates are counted.
    """

    column: Column
    origin: int = 0

    def extend(self, kept, seeds, values):
        """Return the kept rows and new values, in the column's type; the seed's if missing."""
        missing = np.isnan(values)
        new = self._series(np.where(missing, 0, values))
        n = len(self.column.series)
        rows = np.where(missing, seeds, np.arange(n, n + len(values)))
        return self.column.take_from_both(new, np.concatenate([kept, rows]))

    def _series(self, values):
        """Return new numbers as a column of the library."""
        if self.column.is_date:
            ticks = numbers_to_dates(values, self.origin, *self.column.tick_limits)
            return self.column.from_ticks(ticks)
        return self.column.from_numbers(values)


def read_numeric(column, caller):
    """Return a column as float64, NaN where missing, and as a column to extend by new numbers."""
    if column.is_date:
        numbers, origin = dates_to_numbers(*column.to_ticks())
        return numbers, NumericColumn(column, origin)
    return column.to_numbers(caller), NumericColumn(column)


def rounded(column, values):
    """Return new numbers as the column's type holds them, as float64."""
    return type(column)(column.from_numbers(values)).to_numbers("a sampler")
