"""What is odd about columns of a table: copies of the target, row numbers, ids, constants."""

import re

import numpy as np

from skdir.cli._errors import DataError

_LEAST = 10  # rows from which on a coincidence is none
_FEW = 5  # values through which a line goes by chance
_COPY = re.compile(r"(.*?)(\.\d+)?", re.DOTALL)  # pandas numbers columns of one name: "y", "y.1"
_ID = re.compile(
    r"(.*[\W_])?(id|ids|key|uuid|guid|no|nr|num|number|index|code|row)\W*|.*[a-z]I[Dd]",
    re.DOTALL,
)


def check_columns(X, y, path):
    """Find what would make a comparison mean something else than it seems.

    Parameters
    ----------
    X : DataFrame
        Features as they are used.

    y : Series
        Target.

    path : Path
        File, for the messages.

    Returns
    -------
    notes : list of str
        What is probably wrong.

    remarks : list of str
        What may surprise.

    Raises
    ------
    DataError
        If a column has the target's name, but for case, spaces or a number behind, and its values.
    """
    notes, constant, ids = [], [], []
    for name in X.columns:
        column, drop = X[name], f"--drop {name!r} leaves it out"
        is_number, enough = column.dtype.kind == "f", len(y) >= _LEAST
        alike = _are_alike(str(name), str(y.name))
        copy = _copy(column.to_numpy(), y.to_numpy()) if is_number else ""
        if copy and alike:
            raise DataError(
                f"{path} has a second column of the target's name {y.name!r}: {name!r} "
                f"{copy}; {drop}"
            )
        of = f"column {name!r} of {path}"
        if is_number and enough and _numbers_rows(column):
            notes.append(f"{of} numbers the rows; {drop}")
        elif copy and enough:
            notes.append(f"{of} {copy}; if it is not known before the target, {drop}")
        elif alike:
            notes.append(
                f"{of} has the target's name {y.name!r} but for case, spaces or a number; {drop}"
            )
        elif column.nunique() <= 1:
            constant.append(name)
        elif enough and _is_id(column, name):
            ids.append(name)
    same, other = "the same value in all rows", "another value in each row, as ids have"
    remarks = [
        *_remarks(constant, f"has {same}", f"have {same}"),
        *_remarks(
            ids, f"has {other}: --drop leaves it out", f"have {other}: --drop leaves them out"
        ),
    ]
    return notes, remarks


def _are_alike(name, other):
    """Tell whether two names differ by case, spaces and signs, or the number pandas puts behind."""
    if other in (name, _COPY.fullmatch(name)[1]) or name == _COPY.fullmatch(other)[1]:
        return True
    plain, other = (re.sub(r"[\W_]+", "", text.casefold()) for text in (name, other))
    return plain == other and plain != ""


def _copy(values, y):
    """Say what a column of numbers has to do with the target, empty if it is not a copy."""
    known = ~np.isnan(values)
    if known.sum() < max(3, len(y) / 2):
        return ""
    values, y = values[known], y[known]
    if np.array_equal(values, y):
        return "is equal to the target"
    if len(np.unique(y)) < _FEW:
        return ""
    with np.errstate(all="ignore"):
        # in units of the largest, for numbers whose squares are none
        values, y = (v / (np.abs(v).max() or 1.0) for v in (values, y))
        values, y = values - values.mean(), y - y.mean()
        slope = (values @ y) / (values @ values)
        rest = np.linalg.norm(y - slope * values)
    if rest < 1e-3 * np.linalg.norm(y):
        return "is a linear function of the target"
    ordered = values[np.lexsort((values, y))]
    steps = np.diff(ordered)
    distinct = len(np.unique(y)) == len(np.unique(values)) > len(y) / 2
    if distinct and ((steps >= 0).all() or (steps <= 0).all()):
        return "has the order of the target"
    return ""


def _numbers_rows(column):
    """Tell whether a column counts the rows one by one, or has their numbers in any order."""
    values = column.to_numpy()
    counted = np.sort(values)
    return bool(
        (np.diff(values) == 1).all() or (counted[0] in (0, 1) and (np.diff(counted) == 1).all())
    )


def _is_id(column, name):
    """Tell whether a column has another value in each row, and is text or called an id."""
    if not column.is_unique or column.isna().any():
        return False
    if column.dtype.kind != "f":
        return True
    whole = not (column % 1).any()
    return whole and (_ID.fullmatch(str(name)) is not None or column.is_monotonic_increasing)


def _remarks(names, one, many):
    """Return what is said of one column or many, nothing of none."""
    if not names:
        return []
    shown = ", ".join(map(repr, names[:12]))
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    if len(names) == 1:
        return [f"column {shown} {one}"]
    return [f"columns {shown}{more} {many}"]
