"""Columns of polars."""

from functools import cached_property

import numpy as np

from skdir.utils._containers.columns import (
    DATE_LIMITS,
    fit_decimal,
    fit_dtype,
    fit_objects,
    object_levels,
    refuse_column,
)
from skdir.utils._optional_dependencies import is_instance_of
from skdir.utils._sklearn_compat import _safe_indexing

_DAY = 86_400 * 10**9


class PolarsColumn:
    """A Series of polars; see :class:`~skdir.utils._containers.protocols.Column`."""

    def __init__(self, series):
        import polars as pl

        self.series, self.name = series, series.name
        dtype = series.dtype
        self.is_date = dtype.is_temporal()
        self.is_level = dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Object)
        self.is_number = dtype.is_numeric() or dtype == pl.Boolean
        self.is_whole = self.is_date or dtype.is_integer()
        plain = dtype.is_numeric() and getattr(np, str(dtype).lower(), None)
        self.plain = np.dtype(plain) if plain else None  # of decimals, and of 128 bits

    @staticmethod
    def is_frame(data):
        """Return whether some object is a DataFrame of polars."""
        return is_instance_of(data, "polars", "DataFrame")

    @staticmethod
    def is_series(data):
        """Return whether some object is a Series of polars."""
        return is_instance_of(data, "polars", "Series")

    @classmethod
    def of_frame(cls, frame):
        """Return the columns of a DataFrame."""
        return [cls(series) for series in frame.get_columns()]

    @staticmethod
    def to_frame(series, like):
        """Return a DataFrame of some Series, which have their names."""
        import polars as pl

        return pl.DataFrame(series)

    @staticmethod
    def take_rows(frame, rows):
        """Return some rows of a DataFrame."""
        return _safe_indexing(frame, rows)

    @cached_property
    def tick_limits(self):
        """The smallest and the largest tick that the type of dates holds."""
        import polars as pl

        if self.series.dtype == pl.Time:
            return 0, _DAY - 1
        return (-(2**31), 2**31 - 1) if self._stored == pl.Int32 else DATE_LIMITS

    @property
    def _stored(self):
        """The type in which dates are stored."""
        return self.series.to_physical().dtype

    def to_numbers(self, caller):
        """Return the values as float64, NaN where missing."""
        import polars as pl

        if not self.is_number:
            raise refuse_column(self.name, f"type {self.series.dtype}", caller)
        return self.series.cast(pl.Float64).to_numpy()

    def to_ticks(self):
        """Return dates as whole numbers of their unit, in UTC, and which are missing."""
        import polars as pl

        ticks = self.series.to_physical().cast(pl.Int64)
        return ticks.fill_null(0).to_numpy(), ticks.is_null().to_numpy()

    def to_levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import polars as pl

        series = self.series
        if series.dtype == pl.Object:
            return object_levels(series.to_list(), self.name, caller)
        if series.dtype.is_nested():
            raise refuse_column(self.name, f"type {series.dtype}", caller)
        if series.dtype == pl.String:
            series = series.cast(pl.Categorical)
        return series.to_physical().rank("dense").fill_null(0).to_numpy()

    def from_numbers(self, values):
        """Return new numbers in the column's type."""
        import polars as pl

        dtype = self.series.dtype
        if dtype == pl.Boolean:
            values = values >= 0.5
        elif self.is_whole:
            if self.plain is None:  # 128 bits
                return pl.Series(self.name, fit_objects(values, int).tolist(), dtype=dtype)
            values = fit_dtype(values, self.plain)
        elif dtype.is_decimal():
            values = fit_decimal(values, dtype.precision, dtype.scale)
        return pl.Series(self.name, values).cast(dtype)

    def from_ticks(self, ticks):
        """Return new dates in the column's type."""
        import polars as pl

        return pl.Series(self.name, ticks).cast(self._stored).cast(self.series.dtype)

    def take(self, rows):
        """Return some of the rows."""
        return self.series.gather(rows)

    def take_from_both(self, new, rows):
        """Return rows of the old values followed by new ones."""
        return self.series.clone().extend(new).gather(rows)
