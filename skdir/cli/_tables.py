"""Tables for the command line: read a file and make its features numbers or text."""

import re
from decimal import Decimal
from numbers import Number
from pathlib import Path

import numpy as np

from skdir.cli._errors import DataError, did_you_mean
from skdir.utils import check_target
from skdir.utils._optional_dependencies import import_optional_dependency

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")


def load_table(path, *, target, drop=()):
    r"""Read a table from a file and split it into features and target.

    Parameters
    ----------
    path : str or path-like
        A CSV file in UTF-8 (.csv, also compressed, such as .csv.gz; commas, semicolons or tabs)
        or a parquet file (.parquet, .pq).

    target : str
        Name of the column to predict.

    drop : iterable of str, default=()
        Columns to leave out.

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
        If the file cannot be read, has no rows, no such columns, or a target that is not a number
        in each row.

    ImportError
        If pandas, or what it needs to read parquet, is not installed.

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
    pandas = import_optional_dependency("pandas", caller="skdir compare")
    frame = _read_with(path, target, pandas)
    for column in drop:
        if column not in frame.columns:
            raise DataError(
                f"{path} has no column {column!r} to drop: {did_you_mean(column, frame.columns)}"
            )
        if column == target:
            raise DataError(f"the target {target!r} cannot be dropped")
    y = _target(frame[target], path, pandas)
    X = frame.drop(columns=[target, *dict.fromkeys(drop)])
    if not X.shape[1]:
        raise DataError(f"{path} has no column besides the target {target!r} to predict from")
    features = {name: _feature(X[name], path, pandas) for name in X.columns}
    return pandas.DataFrame(features, index=X.index), y


def load_target(path, *, target):
    """Read the target alone, as `load_table` does; the file may have no other column."""
    pandas = import_optional_dependency("pandas", caller="skdir report")
    return _target(_read_with(path, target, pandas)[target], path, pandas)


def _read_with(path, target, pandas):
    """Read a file with at least one row, in which the target is a column."""
    frame = _read(Path(path), pandas)
    frame.columns = [str(column) for column in frame.columns]
    if frame.columns.duplicated().any():
        double = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{path} has two columns of the name {double!r}")
    if target not in frame.columns:
        raise DataError(f"{path} has no column {target!r}: {did_you_mean(target, frame.columns)}")
    if not len(frame):
        raise DataError(f"{path} has no rows")
    return frame


def _read(path, pandas):
    """Read a file into a frame, whatever goes wrong told in one line."""
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise DataError(f"{path} {what}")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pandas.read_parquet(path).reset_index(drop=True)
        return _read_csv(path, pandas)
    except ImportError as error:
        reason = " ".join(str(error).split())
        raise ImportError(f"reading {path} needs a package: {reason}") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is not UTF-8 text (byte 0x{error.object[error.start]:02x} cannot be read); "
            "save it as UTF-8"
        ) from error
    except pandas.errors.EmptyDataError as error:
        raise DataError(f"{path} is empty") from error
    except Exception as error:  # each format and compression has errors of its own
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path} cannot be read: {reason}") from error


def _read_csv(path, pandas):
    """Read a CSV file; a header without commas tells of semicolons or tabs."""
    header = pandas.read_csv(path, nrows=0)
    separator = ","
    if len(header.columns) == 1:
        separator = next((s for s in (";", "\t") if s in str(header.columns[0])), ",")
    return pandas.read_csv(path, sep=separator, low_memory=False)


def _target(column, path, pandas):
    """Return the target as float, or say which value is no number."""
    missing = column.isna()
    if missing.any():
        raise DataError(
            f"the target {column.name!r} is missing in {missing.sum()} of {len(column)} rows, "
            f"first in data row {int(np.argmax(missing)) + 1}; fill or remove them in {path}"
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
            f"the target {column.name!r} must be finite numbers; data row {row + 1} of {path} has "
            f"{what}{str(column.iloc[row])[:60]!r}"
        ) from None
    return pandas.Series(values, index=column.index, name=column.name)


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


def _feature(column, path, pandas):
    """Return a feature as float or as text without missing values."""
    types = pandas.api.types
    if types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype):
        column = _guess(column, path, pandas)
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
        if np.isinf(values).any():
            raise DataError(f"the feature {column.name!r} of {path} has infinite values")
        return pandas.Series(values, index=column.index)
    return column.astype(object).where(column.notna(), "(missing)").map(str).astype(object)


def _guess(column, path, pandas):
    """Turn a column of objects into numbers or dates if all of its values are such."""
    values = column.dropna()
    if len(values) == 0:
        return column.astype(np.float64)
    first = values.iloc[0]
    if isinstance(first, (list, dict, set, np.ndarray, bytes)):
        raise DataError(
            f"the feature {column.name!r} of {path} holds {type(first).__name__} objects; leave "
            f"it out with --drop"
        )
    if values.map(lambda v: isinstance(v, str)).all():
        if values.map(lambda v: _ISO_DATE.fullmatch(v) is not None).all():
            parsed = pandas.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
            if parsed.notna().sum() == len(values):
                return parsed
        return column
    if values.map(lambda v: isinstance(v, (Number, np.bool_)) or hasattr(v, "as_tuple")).all():
        return column.map(lambda v: np.nan if pandas.isna(v) else _float(v)).astype(np.float64)
    if values.map(lambda v: hasattr(v, "isoformat") and hasattr(v, "year")).all():
        parsed = pandas.to_datetime(column, errors="coerce", utc=True)
        if parsed.notna().sum() == len(values):
            return parsed
    return column
