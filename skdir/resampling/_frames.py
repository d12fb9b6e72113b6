"""Columns of pandas and polars: numbers or levels out of them, and rows of their type back."""

import sys

import numpy as np

from skdir.utils._validation import parameter_error


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
            frame.columns = X.columns
            return frame

        return pandas_frame, [_PandasColumn(X.iloc[:, j], j) for j in range(X.shape[1])]
    import polars as pl

    return pl.DataFrame, [_PolarsColumn(X.to_series(j), j) for j in range(X.shape[1])]


def _is(value, package, kind):
    module = sys.modules.get(package)
    return module is not None and isinstance(value, getattr(module, kind))


class _Column:
    """One column: its name, place, values and type."""

    def __init__(self, series, position):
        self.series, self.position, self.name = series, position, series.name

    def _refuse(self, caller, error=None):
        """Return the error for a column that is neither numbers nor levels."""
        return parameter_error(
            "X",
            caller,
            "made of numbers and dates, or of levels (name such columns in 'categorical_features')",
            f"column {self.name!r} of type {self.series.dtype}"
            + (f" ({error})" if error is not None else ""),
        )


class _PandasColumn(_Column):
    """A column of pandas."""

    def __init__(self, series, position):
        import pandas as pd

        super().__init__(series, position)
        dtype, types = series.dtype, pd.api.types
        self.is_date = types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype)
        self.is_level = not self.is_date and (
            isinstance(dtype, pd.CategoricalDtype)
            or types.is_bool_dtype(dtype)
            or types.is_object_dtype(dtype)
            or types.is_string_dtype(dtype)
        )
        self.is_whole = self.is_date or types.is_integer_dtype(dtype)

    def numbers(self, caller):
        """Return the values as float64, NaN where missing; dates count from the first."""
        import pandas as pd

        if self.is_date:
            ticks = self._ticks()
            missing = self.series.isna().to_numpy()
            self.origin = ticks[~missing].min() if not missing.all() else 0
            return np.where(missing, np.nan, (ticks - self.origin).astype(np.float64))
        numeric = pd.api.types.is_numeric_dtype(self.series.dtype) or self.is_level
        if not numeric or pd.api.types.is_complex_dtype(self.series.dtype):
            raise self._refuse(caller)
        try:
            return self.series.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise self._refuse(caller, error) from None

    def levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import pandas as pd

        try:
            codes, _ = pd.factorize(self.series, use_na_sentinel=False)
        except TypeError as error:
            raise self._refuse(caller, error) from None
        return np.asarray(codes, dtype=np.intp)

    def take(self, rows):
        """Return some of the rows with a new index."""
        return self.series.take(rows).reset_index(drop=True)

    def extend(self, kept, values):
        """Return the kept rows and new values, in the column's type."""
        import pandas as pd

        dtype = self.series.dtype
        if self.is_date:
            missing = np.isnan(values)
            ticks = np.where(missing, 0, values).astype(np.int64) + self.origin
            index = pd.Index(self.series)
            zone = getattr(index, "tz", None)
            kind = "M" if pd.api.types.is_datetime64_any_dtype(dtype) else "m"
            new = pd.Series(ticks.view(f"{kind}8[{index.unit}]"))
            if zone is not None:
                new = new.dt.tz_localize("UTC").dt.tz_convert(zone)
            new = new.mask(missing).astype(dtype)
        else:
            if self.is_whole or pd.api.types.is_bool_dtype(dtype):
                values = _within(np.rint(values), dtype)
            new = pd.Series(values).astype(dtype)
        new.name = self.name
        return pd.concat([self.take(kept), new], ignore_index=True)

    def _ticks(self):
        """Return dates as whole numbers of their unit, in UTC."""
        import pandas as pd

        return np.asarray(pd.Index(self.series).asi8)


class _PolarsColumn(_Column):
    """A column of polars."""

    def __init__(self, series, position):
        import polars as pl

        super().__init__(series, position)
        dtype = series.dtype
        self.is_date = dtype.is_temporal()
        self.is_level = dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Object)
        self.is_whole = self.is_date or dtype.is_integer()

    def numbers(self, caller):
        """Return the values as float64, NaN where missing; dates count from the first."""
        import polars as pl

        series = self.series
        if self.is_date:
            ticks = series.to_physical().cast(pl.Int64)
            self.origin = ticks.min() or 0
            series = ticks - self.origin
        elif not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
            raise self._refuse(caller)
        return series.cast(pl.Float64).to_numpy().copy()

    def levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import polars as pl

        series = self.series
        if series.dtype == pl.Object:
            raise self._refuse(caller)
        try:
            ranks = series.cast(pl.Categorical) if series.dtype == pl.String else series
            ranks = ranks.to_physical().rank("dense")
        except pl.exceptions.PolarsError as error:
            raise self._refuse(caller, error) from None
        return ranks.cast(pl.Int64).fill_null(0).to_numpy().astype(np.intp)

    def take(self, rows):
        """Return some of the rows."""
        return self.series[np.asarray(rows, dtype=np.int64)]

    def extend(self, kept, values):
        """Return the kept rows and new values, in the column's type."""
        import polars as pl

        dtype = self.series.dtype
        new = pl.Series(self.name, values, nan_to_null=self.series.null_count() > 0)
        if self.is_date:
            physical = self.series.to_physical().dtype
            new = (new.cast(pl.Int64) + self.origin).cast(physical).cast(dtype)
        elif dtype == pl.Boolean:
            new = new >= 0.5
        elif self.is_whole:
            low, high = (dtype.min(), dtype.max())
            bounds = pl.select(low=low, high=high).row(0)
            new = new.round().clip(*(float(bound) for bound in bounds)).cast(dtype)
        else:
            new = new.cast(dtype)
        return pl.concat([self.take(kept), new])


def _within(values, dtype):
    """Keep rounded values in the range of an integer type, numpy's or pandas' own."""
    numpy_type = np.dtype(getattr(dtype, "numpy_dtype", dtype))
    if numpy_type.kind == "b":
        return np.clip(values, 0, 1)
    limits = np.iinfo(numpy_type)
    high = float(limits.max)
    high = high if high <= limits.max else np.nextafter(high, 0)
    return np.clip(values, float(limits.min), high)
