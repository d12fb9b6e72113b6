"""Columns of pandas and polars: numbers or levels out of them, and rows of their type back."""

import sys

import numpy as np

from skdir.utils._containers.columns import (
    WHOLE,
    dates_to_numbers,
    fit_decimal,
    fit_dtype,
    fit_objects,
    numbers_to_dates,
    object_levels,
    object_numbers,
    refuse_column,
)

_DAY = 86_400 * 10**9


def is_frame(X):
    """Return whether X is a DataFrame of pandas or polars (which is loaded then)."""
    return _is(X, "pandas", "DataFrame") or _is(X, "polars", "DataFrame")


def is_series(y):
    """Return whether y is a Series of pandas or polars."""
    return _is(y, "pandas", "Series") or _is(y, "polars", "Series")


def series_column(y):
    """Return a Series as a column."""
    return _PandasColumn(y, 0) if _is(y, "pandas", "Series") else _PolarsColumn(y, 0)


def frame_columns(X):
    """Return a function that makes a frame like X from its columns, and these columns."""
    if _is(X, "pandas", "DataFrame"):
        import pandas as pd

        def pandas_frame(columns):
            """Names may repeat or be no text, so they are set last."""
            frame = pd.DataFrame(dict(enumerate(columns)))
            frame.columns, frame.attrs = X.columns, X.attrs
            return frame

        return pandas_frame, [_PandasColumn(X.iloc[:, j], j) for j in range(X.shape[1])]
    import polars as pl

    return pl.DataFrame, [_PolarsColumn(X.to_series(j), j) for j in range(X.shape[1])]


def _is(value, package, kind):
    module = sys.modules.get(package)
    return module is not None and isinstance(value, getattr(module, kind))


class _Column:
    """One column: its name, place, values and type.

    Attributes
    ----------
    is_level : bool
        Whether its type is one of levels, for "auto".

    is_whole : bool
        Whether its numbers are whole; of objects that is known after `numbers`.

    plain : dtype
        The type of numpy that its numbers have, if there is one.
    """

    def __init__(self, series, position):
        self.series, self.position, self.name = series, position, series.name

    def numbers(self, caller):
        """Return the values as float64, NaN where missing."""
        if self.is_date:
            numbers, self.middle = dates_to_numbers(*self._ticks())
            return numbers
        return self._numbers(caller)

    def extend(self, kept, seeds, values):
        """Return the kept rows and new values, in the column's type; the seed's if missing."""
        missing = np.isnan(values)
        values = np.where(missing, 0, values)
        new = self._dates(values) if self.is_date else self._typed(values)
        n = len(self.series)
        rows = np.where(missing, seeds, np.arange(n, n + len(values)))
        return self._after(new, np.concatenate([kept, rows]))

    def rounded(self, values):
        """Return new numbers as the column's type holds them, as float64."""
        column = type(self)(self._typed(values), self.position)
        return column.numbers("a sampler")

    def _refuse(self, caller):
        """Return the error for a column that is neither numbers nor levels."""
        return refuse_column(self.name, f"type {self.series.dtype}", caller)


class _PandasColumn(_Column):
    """A column of pandas."""

    def __init__(self, series, position):
        import pandas as pd

        super().__init__(series, position)
        dtype, types = series.dtype, pd.api.types
        arrow = str(dtype) if isinstance(dtype, pd.ArrowDtype) else ""
        # how Arrow stores dates; "" for pandas' own
        self._stored = (
            "int32[pyarrow]" if arrow.startswith("date32") else arrow and "int64[pyarrow]"
        )
        self.is_date = dtype.kind in "mM" or arrow.startswith("date")
        self.is_object = types.is_object_dtype(dtype)
        self.is_level = not self.is_date and (
            isinstance(dtype, pd.CategoricalDtype)
            or arrow.startswith("dictionary")
            or types.is_bool_dtype(dtype)
            or types.is_string_dtype(dtype)
            or self.is_object
        )
        self._is_decimal = arrow.startswith("decimal")
        self.is_number = self.is_object or self._is_decimal or dtype.kind in "iufb"
        self.is_whole = self.is_date or dtype.kind in "iu"
        # of nullable types and Arrow's, of sparse types, of numpy's
        self.plain = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))

    def _numbers(self, caller):
        if self.is_object:
            numbers, self.kind = object_numbers(self.series.tolist(), self.name, caller)
            self.is_whole = self.kind in WHOLE
            return numbers
        if not self.is_number:
            raise self._refuse(caller)
        return self.series.to_numpy(dtype=np.float64, na_value=np.nan)

    def levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import pandas as pd

        if self.is_object:
            return object_levels(self.series.tolist(), self.name, caller)
        try:
            return pd.factorize(self.series, use_na_sentinel=False)[0]
        except NotImplementedError:  # Arrow cannot compare lists
            raise self._refuse(caller) from None

    def take(self, rows):
        """Return some of the rows with a new index."""
        return self.series.take(rows).reset_index(drop=True)

    def _after(self, new, rows):
        """Return rows of the old values followed by new ones."""
        import pandas as pd

        both = pd.concat([self.series, new], ignore_index=True)
        return both.take(rows).reset_index(drop=True)

    def _typed(self, values):
        """Return new numbers in the column's type."""
        import pandas as pd

        dtype = self.series.dtype
        if self.is_object:
            return pd.Series(fit_objects(values, self.kind), dtype=dtype, name=self.name)
        if self._is_decimal:
            kind = dtype.pyarrow_dtype
            values = fit_decimal(values, kind.precision, kind.scale)
            return pd.Series(values, name=self.name).astype(dtype)
        return pd.Series(fit_dtype(values, self.plain), name=self.name).astype(dtype)

    def _ticks(self):
        """Return dates as whole numbers of their unit, in UTC, and which are missing."""
        import pandas as pd

        missing = self.series.isna().to_numpy()
        if self._stored:
            return self.series.astype(self._stored).to_numpy(np.int64, na_value=0), missing
        return np.asarray(pd.Index(self.series).asi8), missing

    def _dates(self, values):
        """Return new dates in the column's type."""
        import pandas as pd

        dtype = self.series.dtype
        if self._stored:
            limits = np.iinfo(self._stored.removesuffix("[pyarrow]"))
            ticks = numbers_to_dates(values, self.middle, int(limits.min), int(limits.max))
            return pd.Series(ticks, name=self.name).astype(self._stored).astype(dtype)
        ticks = numbers_to_dates(values, self.middle)
        new = pd.Series(ticks.view(f"{dtype.kind}8[{pd.Index(self.series).unit}]"), name=self.name)
        if isinstance(dtype, pd.DatetimeTZDtype):
            new = new.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
        return new


class _PolarsColumn(_Column):
    """A column of polars."""

    def __init__(self, series, position):
        import polars as pl

        super().__init__(series, position)
        dtype = series.dtype
        self.is_date = dtype.is_temporal()
        self.is_level = dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Object)
        self.is_number = dtype.is_numeric() or dtype == pl.Boolean
        self.is_whole = self.is_date or dtype.is_integer()
        plain = dtype.is_numeric() and getattr(np, str(dtype).lower(), None)
        self.plain = np.dtype(plain) if plain else None  # of decimals, and of 128 bits

    def _numbers(self, caller):
        import polars as pl

        if not self.is_number:
            raise self._refuse(caller)
        return self.series.cast(pl.Float64).to_numpy()

    def levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import polars as pl

        series = self.series
        if series.dtype == pl.Object:
            return object_levels(series.to_list(), self.name, caller)
        if series.dtype.is_nested():
            raise self._refuse(caller)
        if series.dtype == pl.String:
            series = series.cast(pl.Categorical)
        return series.to_physical().rank("dense").fill_null(0).to_numpy()

    def take(self, rows):
        """Return some of the rows."""
        return self.series.gather(rows)

    def _after(self, new, rows):
        """Return rows of the old values followed by new ones."""
        return self.series.clone().extend(new).gather(rows)

    def _typed(self, values):
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

    def _ticks(self):
        """Return dates as whole numbers of their unit, in UTC, and which are missing."""
        import polars as pl

        ticks = self.series.to_physical().cast(pl.Int64)
        return ticks.fill_null(0).to_numpy(), ticks.is_null().to_numpy()

    def _dates(self, values):
        """Return new dates in the column's type."""
        import polars as pl

        dtype, limits = self.series.dtype, {}
        stored = self.series.to_physical().dtype
        if dtype == pl.Time:
            limits = {"low": 0, "high": _DAY - 1}
        elif stored == pl.Int32:
            limits = {"low": -(2**31), "high": 2**31 - 1}
        ticks = numbers_to_dates(values, self.middle, **limits)
        return pl.Series(self.name, ticks).cast(stored).cast(dtype)
