"""Columns of pandas, of numpy's types, of its own and of Arrow's."""

from functools import cached_property

import numpy as np

from skdir.utils._containers.columns import (
    DATE_LIMITS,
    WHOLE,
    fit_decimal,
    fit_dtype,
    fit_objects,
    kind_of,
    object_levels,
    object_numbers,
    refuse_column,
)
from skdir.utils._optional_dependencies import is_instance_of
from skdir.utils._sklearn_compat import _safe_indexing


class PandasColumn:
    """A Series of pandas; see :class:`~skdir.utils._containers.protocols.Column`."""

    def __init__(self, series):
        import pandas as pd

        self.series, self.name = series, series.name
        dtype, types = series.dtype, pd.api.types
        arrow = str(dtype) if isinstance(dtype, pd.ArrowDtype) else ""
        # how Arrow stores dates; "" for pandas' own
        self._stored = (
            "int32[pyarrow]" if arrow.startswith("date32") else arrow and "int64[pyarrow]"
        )
        self.is_date = dtype.kind in "mM" or arrow.startswith("date")
        self._is_object = types.is_object_dtype(dtype)
        self.is_level = not self.is_date and (
            isinstance(dtype, pd.CategoricalDtype)
            or arrow.startswith("dictionary")
            or types.is_bool_dtype(dtype)
            or types.is_string_dtype(dtype)
            or self._is_object
        )
        self._is_decimal = arrow.startswith("decimal")
        self.is_number = self._is_object or self._is_decimal or dtype.kind in "iufb"
        # of nullable types and Arrow's, of sparse types, of numpy's
        self.plain = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))

    @staticmethod
    def is_frame(data):
        """Return whether some object is a DataFrame of pandas."""
        return is_instance_of(data, "pandas", "DataFrame")

    @staticmethod
    def is_series(data):
        """Return whether some object is a Series of pandas."""
        return is_instance_of(data, "pandas", "Series")

    @classmethod
    def of_frame(cls, frame):
        """Return the columns of a DataFrame."""
        return [cls(frame.iloc[:, j]) for j in range(frame.shape[1])]

    @staticmethod
    def to_frame(series, like):
        """Return a DataFrame of some Series; names may repeat or be no text, so are set last."""
        import pandas as pd

        frame = pd.DataFrame(dict(enumerate(series)))
        frame.columns, frame.attrs = like.columns, like.attrs
        return frame

    @staticmethod
    def take_rows(frame, rows):
        """Return some rows of a DataFrame with their labels."""
        return _safe_indexing(frame, rows)

    @cached_property
    def is_whole(self):
        """Whether the numbers are whole, by their type, or as objects."""
        if self._is_object:
            return self._kind in WHOLE
        return self.is_date or self.series.dtype.kind in "iu"

    @cached_property
    def tick_limits(self):
        """The smallest and the largest tick that the type of dates holds."""
        if not self._stored:
            return DATE_LIMITS
        limits = np.iinfo(self._stored.removesuffix("[pyarrow]"))
        return int(limits.min), int(limits.max)

    @cached_property
    def _kind(self):
        """The kind of numbers among objects."""
        return kind_of(self.series.tolist())

    def to_numbers(self, caller):
        """Return the values as float64, NaN where missing."""
        if self._is_object:
            return object_numbers(self.series.tolist(), self.name, caller)
        if not self.is_number:
            raise refuse_column(self.name, f"type {self.series.dtype}", caller)
        return self.series.to_numpy(dtype=np.float64, na_value=np.nan)

    def to_ticks(self):
        """Return dates as whole numbers of their unit, in UTC, and which are missing."""
        import pandas as pd

        missing = self.series.isna().to_numpy()
        if self._stored:
            return self.series.astype(self._stored).to_numpy(np.int64, na_value=0), missing
        return np.asarray(pd.Index(self.series).asi8), missing

    def to_levels(self, caller):
        """Return codes of the levels; a missing value is a level of its own."""
        import pandas as pd

        if self._is_object:
            return object_levels(self.series.tolist(), self.name, caller)
        try:
            return pd.factorize(self.series, use_na_sentinel=False)[0]
        except NotImplementedError:  # Arrow cannot compare lists
            raise refuse_column(self.name, f"type {self.series.dtype}", caller) from None

    def from_numbers(self, values):
        """Return new numbers in the column's type."""
        import pandas as pd

        dtype = self.series.dtype
        if self._is_object:
            return pd.Series(fit_objects(values, self._kind), dtype=dtype, name=self.name)
        if self._is_decimal:
            kind = dtype.pyarrow_dtype
            values = fit_decimal(values, kind.precision, kind.scale)
            return pd.Series(values, name=self.name).astype(dtype)
        return pd.Series(fit_dtype(values, self.plain), name=self.name).astype(dtype)

    def from_ticks(self, ticks):
        """Return new dates in the column's type."""
        import pandas as pd

        dtype = self.series.dtype
        if self._stored:
            return pd.Series(ticks, name=self.name).astype(self._stored).astype(dtype)
        unit = pd.Index(self.series).unit
        new = pd.Series(ticks.view(f"{dtype.kind}8[{unit}]"), name=self.name)
        if isinstance(dtype, pd.DatetimeTZDtype):
            new = new.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
        return new

    def take(self, rows):
        """Return some of the rows with a new index."""
        return self.series.take(rows).reset_index(drop=True)

    def take_from_both(self, new, rows):
        """Return rows of the old values followed by new ones."""
        import pandas as pd

        both = pd.concat([self.series, new], ignore_index=True)
        return both.take(rows).reset_index(drop=True)
