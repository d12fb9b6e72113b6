"""Tables for the command line: read a file and make its features numbers or text."""

import os
from collections.abc import Iterable
from decimal import Decimal
from numbers import Number
from typing import NamedTuple

import numpy as np

from skdir.cli._errors import DataError, hint
from skdir.cli._reading.column_checks import check_columns
from skdir.cli._reading.source import Source
from skdir.cli._reading.texts import TextColumns
from skdir.utils import check_target
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error

_LARGEST = 1e150  # of features: to standardize them takes the sum of their squares


def load_table(path, *, target, drop=(), decimal=None, thousands=None, na_values=()):
    r"""Read a table from a file and split it into features and target.

    Parameters
    ----------
    path : str or path-like
        A CSV file in UTF-8 (.csv, also compressed, such as .csv.gz; commas, semicolons, tabs or
        bars) or a parquet file (.parquet, .pq).

    target : str
        Name of the column to predict.

    drop : iterable of str, default=()
        Columns to leave out.

    decimal : {".", ","}, default=None
        Decimal mark of a CSV file. None takes a point, and a comma where all numbers of the file
        agree on it.

    thousands : str, default=None
        What stands between thousands in a CSV file, such as "," or " ". None finds it where there
        is only one way to read a column.

    na_values : iterable of str, default=()
        Texts that stand for a missing value in a CSV file, besides the usual ones.

    Returns
    -------
    X : DataFrame of shape (n_samples, n_features)
        Features: numbers as float (booleans as 0 and 1, dates as days since 1970), anything else
        as text, a missing one as "(missing)".

    y : Series of shape (n_samples,)
        Target, float.

    Raises
    ------
    ValueError
        If the file cannot be read, has no rows, no such columns, values that belong to no column,
        or a target that is not a number in each row.

    ImportError
        If pandas, or what it needs to read parquet, is not installed.

    Warns
    -----
    UserWarning
        For each column whose numbers are not written plainly, that is, with a mark for missing
        ones, decimal commas, thousands, units, percent or currency signs: what was read, or why
        the column was taken as text.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skdir.cli import load_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "flats.csv"
    ...     _ = file.write_text("rooms,town,rent\n2,Ulm,800\n,Bonn,750\n")
    ...     X, y = load_table(file, target="rent")
    >>> X["rooms"].tolist(), X["town"].tolist(), y.tolist()
    ([2.0, nan], ['Ulm', 'Bonn'], [800.0, 750.0])
    """
    table = read_table(
        path, target, drop=drop, decimal=decimal, thousands=thousands, na_values=na_values
    )
    for note in table.notes:
        warn_user(note)
    return table.X, table.y


def load_target(path, *, target, decimal=None, thousands=None, na_values=()):
    r"""Read the target alone, as `load_table` does; the file may have no other column.

    Parameters
    ----------
    path : str or path-like
        A CSV or parquet file.

    target : str
        Name of the column.

    decimal : {".", ","}, default=None
        Decimal mark of a CSV file.

    thousands : str, default=None
        What stands between thousands in a CSV file.

    na_values : iterable of str, default=()
        Texts that stand for a missing value in a CSV file.

    Returns
    -------
    y : Series of shape (n_samples,)
        Target, float.

    Raises
    ------
    ValueError
        If the file cannot be read, has no rows, no such column, or the column is not a number in
        each row.

    ImportError
        If pandas, or what it needs to read parquet, is not installed.

    See Also
    --------
    load_table : Read the features, too.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skdir.cli import load_target
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rents.csv"
    ...     _ = file.write_text("rent\n800\n750\n")
    ...     y = load_target(file, target="rent")
    >>> y.tolist()
    [800.0, 750.0]
    """
    table = read_table(
        path, target, features=False, decimal=decimal, thousands=thousands, na_values=na_values
    )
    for note in table.notes:
        warn_user(note)
    return table.y


class Table(NamedTuple):
    """A table, and what is to be said of it.

    Parameters
    ----------
    X : DataFrame or None
        Features.

    y : Series
        Target.

    dropped : list of str
        Columns that were left out on request.

    notes : list of str
        What was read in another way than it is written.

    remarks : list of str
        What was read as it is written, and may surprise.
    """

    X: object
    y: object
    dropped: list
    notes: list
    remarks: list


def read_table(path, target, *, features=True, drop=(), decimal=None, thousands=None, na_values=()):
    """Read a table, or its target alone; what has to be said is collected."""
    pandas = import_optional_dependency("pandas", caller="skdir")
    caller = "load_table" if features else "load_target"
    if not isinstance(path, (str, os.PathLike)):
        raise parameter_error("path", caller, "a str or path-like", repr(path))
    if not isinstance(target, str):
        raise parameter_error("target", caller, "the name of a column, a str", repr(target))
    drop = _strings(drop, "drop", caller)
    na_values = _strings(na_values, "na_values", caller)
    _check_marks(decimal, thousands)
    source = Source(path, target, pandas, na_values)
    if source.csv is None and (decimal or thousands or na_values):
        raise DataError(
            f"{source.path} is no CSV file: decimal mark, thousands and missing values are of texts"
        )
    target = source.column(target)
    dropped = [name for item in drop for name in _names(item, source)]
    if target in dropped:
        raise DataError(f"the target {target!r} cannot be dropped")
    source.check_names(dropped, target)
    frame = source.frame
    if not len(frame):
        raise DataError(f"{source.path} has no rows")
    used = [target]
    if features:
        named = source.without_row_names({target, *dropped})
        used = [name for name in named if name not in dropped]
        if len(used) == 1:
            raise DataError(
                f"{source.path} has no column besides the target {target!r} to predict from"
            )
    texts = TextColumns(source, used, decimal=decimal, thousands=thousands)
    y = _target(texts.read(target, is_target=True), source, written=frame[target])
    X = None
    if features:
        columns = {name: _feature(texts.read(name), source) for name in used if name != target}
        X = pandas.DataFrame(columns, index=frame.index)
    notes = [*source.notes, *texts.notes, *texts.style_notes()]
    remarks = list(source.remarks)
    if features:
        of_columns = check_columns(X, y, source.path)
        notes, remarks = notes + of_columns[0], remarks + of_columns[1]
    return Table(X, y, list(dict.fromkeys(dropped)), notes, remarks)


def _strings(value, name, caller):
    """Return texts, or a single one, as a list."""
    items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if not all(isinstance(item, str) for item in items):
        raise parameter_error(name, caller, "a str or an iterable of str", repr(value))
    return items


def _check_marks(decimal, thousands):
    """Refuse marks that no number has."""
    if decimal not in (None, ".", ","):
        raise DataError(f"the decimal mark must be '.' or ',', got {decimal!r}")
    if thousands is not None and (
        not isinstance(thousands, str) or len(thousands) != 1 or thousands.isalnum()
    ):
        raise DataError(f"the mark between thousands must be one sign, got {thousands!r}")
    if decimal is not None and decimal == thousands:
        raise DataError(f"{decimal!r} cannot be the decimal mark and stand between thousands, too")


def _names(item, source):
    """Return the columns that an item of `drop` names: one, or several with commas."""
    columns = source.frame.columns
    if item in columns or "," not in item:
        if item.strip() not in columns and item not in columns:
            raise DataError(
                f"{source.path} has no column {item!r} to drop: "
                f"{hint(item, dict.fromkeys(columns))}"
            )
        return [item if item in columns else item.strip()]
    return [name for part in item.split(",") if part.strip() for name in _names(part, source)]


def _target(column, source, written):
    """Return the target as float, or say which value is no number."""
    missing = column.isna()
    if missing.any():
        row = int(np.argmax(missing))
        mark = "" if written.isna().iloc[row] else f", where it is {written.iloc[row]!r}"
        raise DataError(
            f"the target {column.name!r} is missing in {missing.sum()} of {len(column)} rows, "
            f"first in {source.where(row)}{mark}; fill or remove them"
        )
    values = column.to_numpy()
    if values.dtype == object and all(isinstance(v, (Decimal, int)) for v in values):
        values = np.array([_float(v) for v in values])
    try:
        values = check_target(values, name=column.name)
    except ValueError:
        row = next((k for k, v in enumerate(column) if not _is_like_a_number(v)), None)
        what = "text such as " if row is None else ""
        row = row or 0
        raise DataError(
            f"the target {column.name!r} must be finite numbers; {source.where(row)} has "
            f"{what}{str(column.iloc[row])[:60]!r}"
        ) from None
    return source.pandas.Series(values, index=column.index, name=column.name)


def _float(value):
    """Return a number as float, infinity where it is an integer beyond the largest float."""
    try:
        return float(value)
    except OverflowError:
        return np.inf


def _is_like_a_number(value):
    """Tell whether a value is a finite number, or text that reads as one."""
    try:
        return bool(np.isfinite(_float(value)))
    except (TypeError, ValueError):
        return False


def _feature(column, source):
    """Return a feature as float or as text without missing values."""
    pandas = source.pandas
    types = pandas.api.types
    if types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype):
        column = _guess(column, source)
    if types.is_datetime64_any_dtype(column.dtype):
        if column.dt.tz is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        # In the column's own unit: a year such as 9999 is out of the range of nanoseconds.
        days = (column.to_numpy() - np.datetime64(0, "s")) / np.timedelta64(1, "D")
        column = pandas.Series(days, index=column.index, name=column.name)
    elif types.is_timedelta64_dtype(column.dtype):
        column = column / pandas.Timedelta(days=1)
    if types.is_numeric_dtype(column.dtype) and not types.is_complex_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        large = np.abs(values) > _LARGEST
        if large.any():
            row = int(np.argmax(large))
            what = "infinite values" if np.isinf(values[row]) else f"values beyond {_LARGEST:g}"
            raise DataError(
                f"the feature {column.name!r} of {source.path} has {what}, the first in "
                f"{source.where(row)}; --drop leaves it out"
            )
        return pandas.Series(values, index=column.index)
    return column.astype(object).where(column.notna(), "(missing)").map(str).astype(object)


def _guess(column, source):
    """Turn a column of objects into numbers or dates if all of its values are; texts stay."""
    pandas = source.pandas
    values = column.dropna()
    if len(values) == 0:
        return column.astype(np.float64)
    first = values.iloc[0]
    if isinstance(first, (list, dict, set, np.ndarray, bytes)):
        raise DataError(
            f"the feature {column.name!r} of {source.path} holds {type(first).__name__} objects; "
            "leave it out with --drop"
        )
    if values.map(lambda v: isinstance(v, str)).all():
        return column
    if values.map(lambda v: isinstance(v, (Number, np.bool_)) or hasattr(v, "as_tuple")).all():
        return column.map(lambda v: np.nan if pandas.isna(v) else _float(v)).astype(np.float64)
    if values.map(lambda v: hasattr(v, "isoformat") and hasattr(v, "year")).all():
        parsed = pandas.to_datetime(column, errors="coerce", utc=True)
        if parsed.notna().sum() == len(values):
            return parsed
    return column
