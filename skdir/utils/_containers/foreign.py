"""Tables of PyArrow and narwhals as those of pandas or polars, and back; a refusal of others."""

import sys

import numpy as np

from skdir.utils._containers.frames import find_column, find_frame
from skdir.utils._optional_dependencies import import_optional_dependency, is_instance_of
from skdir.utils._validation import check_unmasked, parameter_error

_ACCEPTED = {
    "X": "an array, a sparse container, a list of rows, or a DataFrame of pandas, polars, PyArrow "
    "or narwhals",
    "y": "an array, a list, or a Series of pandas, polars, PyArrow or narwhals",
}
# How tables that are not in memory, or of other packages, say that they come into it.
_REMEDIES = ("compute", "collect", "toPandas", "to_pandas", "to_polars", "to_pyarrow", "df")


def open_foreign(data, *, caller, name):
    """Return data in a container that samplers know, and a function that takes results back.

    Parameters
    ----------
    data : object
        X or y as the user gave it.

    caller, name : str
        For the message.

    Returns
    -------
    known : object
        A Frame where `data` is a table, for y a Column where it is a column (those of PyArrow and
        narwhals as pandas or polars have them), otherwise `data`.

    back : callable
        Function of a frame or Series like that of `known` that returns one like `data`.

    Raises
    ------
    TypeError
        If `data` is a table or column that is not in memory, or of a package that is not known:
        its rows would come back as an array.
    """
    _check_no_mask(data, caller, name)
    frame = find_frame(data)
    if frame is not None:
        return frame, _same
    column = find_column(data)
    if column is not None:
        return (column if name == "y" else data), _same
    is_arrow_column = is_instance_of(data, "pyarrow", "Array", "ChunkedArray")
    if name == "X" and (is_arrow_column or is_instance_of(data, "narwhals", "Series")):
        raise parameter_error(name, caller, _ACCEPTED[name], f"a {type(data).__name__}")
    if is_instance_of(data, "pyarrow", "Table", "RecordBatch"):
        return find_frame(_from_arrow_table(data, caller)), _to_arrow_table(data)
    if is_arrow_column:
        known = find_column(_arrow_series(data, None, caller))
        return known, lambda column: _to_arrow(column, data.type, data)
    if is_instance_of(data, "narwhals", "DataFrame", "Series"):
        known, back = open_foreign(data.to_native(), caller=caller, name=name)
        wrap = _narwhals_of(data).from_native
        return known, lambda result: wrap(back(result), allow_series=True)
    _refuse_unknown(data, caller, name)
    return data, _same


def _same(result):
    return result


def _check_no_mask(data, caller, name):
    """Refuse masked arrays, also as rows of a list, and masked values in such rows."""
    check_unmasked(data, caller=caller, name=name)
    if isinstance(data, (list, tuple)):
        for row in data:
            check_unmasked(row, caller=caller, name=name)
            if isinstance(row, (list, tuple)):
                for value in row:
                    if value is np.ma.masked:
                        check_unmasked(value, caller=caller, name=name)


def _from_arrow_table(table, caller):
    """Return a table of PyArrow as a frame of pandas with columns of Arrow's types."""
    pd = import_optional_dependency("pandas", caller=f"{caller} with a table of PyArrow")
    columns = [_arrow_series(table.column(j), name, caller) for j, name in _names(table)]
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(table.num_rows))
    frame.columns = pd.Index([name for _, name in _names(table)], dtype=object)
    return frame


def _names(table):
    return enumerate(table.schema.names)


def _arrow_series(column, name, caller):
    """Return a column of PyArrow as a Series of pandas with Arrow's type."""
    pd = import_optional_dependency("pandas", caller=f"{caller} with a table of PyArrow")
    if str(column.type) == "string_view":  # which pandas does not read
        column = column.cast("large_string")
    return pd.Series(pd.arrays.ArrowExtensionArray(column), name=name)


def _to_arrow_table(original):
    """Return a function that makes a table of PyArrow like the original from a frame of pandas."""

    def back(frame):
        schema = original.schema
        columns = [
            _to_arrow(frame.iloc[:, j], field.type, original) for j, field in enumerate(schema)
        ]
        return type(original).from_arrays(columns, schema=schema)

    return back


def _to_arrow(series, kind, original):
    """Return a Series as an array of PyArrow of a type, in chunks where the original may be."""
    import pyarrow as pa

    column = pa.array(series)
    in_chunks = is_instance_of(original, "pyarrow", "ChunkedArray", "Table")
    if isinstance(column, pa.ChunkedArray) and not in_chunks:
        column = column.combine_chunks()
    elif in_chunks and not isinstance(column, pa.ChunkedArray):
        column = pa.chunked_array([column])
    return column if column.type == kind else column.cast(kind)


def _narwhals_of(data):
    """Return the module of narwhals that made a frame: the plain one, or a stable version."""
    package = type(data).__module__
    return sys.modules[package if package.startswith("narwhals.stable") else "narwhals"]


def _refuse_unknown(data, caller, name):
    """Refuse tables and columns that would come back as something else."""
    if isinstance(data, (np.ndarray, list, tuple, dict, type)):
        return
    remedy = next((method for method in _REMEDIES if hasattr(data, method)), None)
    is_table = any(
        hasattr(data, sign) for sign in ("__dataframe__", "__arrow_c_stream__", "__arrow_c_array__")
    )
    if remedy is None and not is_table:
        return
    accepted = _ACCEPTED[name] + (f" (such as {name}.{remedy}() gives)" if remedy else "")
    module = type(data).__module__.partition(".")[0]
    got = f"a {type(data).__name__} of {module}"
    raise parameter_error(name, caller, accepted, got, TypeError)
