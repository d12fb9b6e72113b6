"""Frames and series of table libraries: which library they are of, and new rows of columns."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._containers.columns import dates_to_numbers, numbers_to_dates
from skdir.utils._containers.pandas_column import PandasColumn
from skdir.utils._containers.polars_column import PolarsColumn
from skdir.utils._containers.protocols import Column

# The libraries whose frames are known, each by its class of columns.
LIBRARIES = (PandasColumn, PolarsColumn)


@dataclass(frozen=True)
class Frame:
    """A DataFrame of a known library, which is asked for once, by `find_frame`.

    Parameters
    ----------
    data : object
        The DataFrame.

    library : type
        The library's class of columns.
    """

    data: object
    library: type

    @property
    def shape(self):
        """Numbers of rows and of columns."""
        return self.data.shape

    @property
    def names(self):
        """Names of the columns, a list."""
        return list(self.data.columns)

    def columns(self):
        """Return the columns, in order."""
        return self.library.of_frame(self.data)

    def like(self, series):
        """Return a frame like this one of other columns of the library."""
        return self.library.to_frame(series, like=self.data)

    def take(self, rows):
        """Return the rows at some positions, as a frame of the library."""
        return self.library.take_rows(self.data, rows)


def find_frame(X):
    """Return X as a Frame, None if it is no DataFrame of a known library (loaded then)."""
    return next((Frame(X, library) for library in LIBRARIES if library.is_frame(X)), None)


def find_column(y):
    """Return y as a Column, None if it is no Series of a known library (loaded then)."""
    return next((library(y) for library in LIBRARIES if library.is_series(y)), None)


def is_column(y):
    """Return whether y is what `find_column` returns of a Series."""
    return isinstance(y, LIBRARIES)


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
