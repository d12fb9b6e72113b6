"""SHHS-DIR: general health from the night's polysomnography."""

import os
from itertools import compress
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from skdir.datasets._dir.benchmark import RETURNS, build
from skdir.datasets._dir.descriptions import SHHS
from skdir.datasets._dir.docs import complete_docs
from skdir.datasets._files.paths import check_names, existing, user_path
from skdir.utils._sklearn_compat import Interval, validate_params
from skdir.utils._text.reading import as_numbers, read_table, unusable
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error

_CALLER = "load_shhs_dir"
_HIGHEST = 100
# The study's table of 5,804 subjects and 1,279 columns has 30 MB.
_MAX_TABLE = 2**28
_REMEDY = "Pass the table as you received it as 'path'"


@complete_docs
@validate_params(
    {
        "path": [str, os.PathLike],
        "target": [str],
        "id_column": [str],
        "features": ["array-like", None],
        "signals": [str, os.PathLike, None],
        "max_per_score": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        **RETURNS,
    },
    prefer_skip_nested_validation=True,
)
def load_shhs_dir(
    path,
    *,
    target,
    id_column="nsrrid",
    features=None,
    signals=None,
    max_per_score=10,
    random_state=0,
    subset="all",
    as_frame=False,
    return_X_y=False,
):
    """Load SHHS-DIR, general health and polysomnography, from your own copy.

    The Sleep Heart Health Study is given out to those who sign its agreement; nothing is
    downloaded. The paper's split is not published: this one is made by the rule of its other
    benchmarks.

    Parameters
    ----------
    path : str or path-like
        Table of the subjects with a header, a CSV file, also compressed with gzip.

    target : str
        Column of the score, from 0 to 100: in the paper, general health of the SF-36 questionnaire.

    id_column : str, default='nsrrid'
        Column of the subjects' numbers.

    features : array-like of str, default=None
        Columns of the features. None is all columns, but for target and number, in which all
        values are numbers or missing.

    signals : str or path-like, default=None
        Folder with recordings named ``shhs1-<number>.edf``. Their paths become the column
        "signals", the only one unless `features` are given.

    max_per_score : int, default=10
        The largest number of validation subjects, and of test subjects, of each whole score.

    random_state : int, RandomState instance or None, default=0
        Seed of the split.

    {subset}

    {as_frame}

    {return_X_y}

    Returns
    -------
    benchmark : Bunch
        As :func:`fetch_sts_b_dir` returns it, with the features or paths of recordings as `data`,
        one bin per whole score, and the numbers of the subjects as `subjects`. If `return_X_y`,
        the tuple (data, target) is returned instead.

    Raises
    ------
    ValueError
        If a parameter is not valid, the table is damaged or no table, a column is missing, or
        scores are not from 0 to 100.

    Warns
    -----
    UserWarning
        If subjects without a score or without a recording are left out.

    See Also
    --------
    skdir.model_selection.balanced_train_test_split : The rule of the split, for any data.

    References
    ----------
    {paper}

    S. F. Quan et al. (1997). The Sleep Heart Health Study: design, rationale, and methods. Sleep,
    20. :doi:`10.1093/sleep/20.12.1077`

    Examples
    --------
    >>> from skdir.datasets import load_shhs_dir
    >>> nights = load_shhs_dir(
    ...     "/data/shhs/shhs1.csv", target="gh_s1", signals="/data/shhs/edfs/shhs1"
    ... )  # doctest: +SKIP
    >>> nights.train.data[0, 0]  # doctest: +SKIP
    '/data/shhs/edfs/shhs1/shhs1-200001.edf'
    """
    path = user_path(path, caller=_CALLER, parameter="path")
    table = _read(path)
    for parameter, column in (("target", target), ("id_column", id_column)):
        if column not in table:
            raise parameter_error(parameter, _CALLER, f"a column of {path}", repr(column))
    table = _left_out(table, [bool(value.strip()) for value in table[target]], "a score")
    columns = {}
    if signals is not None:
        folder = user_path(signals, caller=_CALLER, parameter="signals")
        names = _recordings(path, table[id_column])
        there = [(folder / name).is_file() for name in names]
        table = _left_out(table, there, f"a recording in {folder}")
        names = [name for name, is_there in zip(names, there) if is_there]
        columns["signals"] = existing(folder, names, caller=_CALLER, parameter="signals")
    if signals is None or features is not None:
        columns |= _features(table, features, {target, id_column})
    y = _numbers(table[target])
    if y is None or not (len(y) and y.min() >= 0 and y.max() <= _HIGHEST):
        raise parameter_error(
            "target", _CALLER, f"a column of scores from 0 to {_HIGHEST}", repr(target)
        )
    rng = check_random_state(random_state)
    return build(
        columns,
        y,
        split_by_value(y.astype(np.intp), max_per_score, rng.shuffle),
        target_name=target,
        bins=np.arange(_HIGHEST + 2.0),
        thresholds={"many": 100, "few": 20},
        description=SHHS,
        filename=[str(path)],
        subset=subset,
        as_frame=as_frame,
        return_X_y=return_X_y,
        caller=_CALLER,
        subjects=np.array(table[id_column]),
    )


def split_by_value(values, most, shuffle):
    """Split rows so that validation and test targets are uniform, as far as there are rows.

    This is the rule of the other benchmarks.

    Of each value a third of its rows is for validation and a third for test, at most `most` each;
    the rest is for training.

    Parameters
    ----------
    values : ndarray of shape (n,) of int
        Targets as whole numbers.

    most : int
        The largest number of validation rows, and of test rows, per value.

    shuffle : callable
        Shuffles a list in place.

    Returns
    -------
    split : ndarray of shape (n,)
        "train", "val" or "test".
    """
    split = np.full(len(values), "train")
    order = np.argsort(values, kind="stable")
    _, starts = np.unique(values[order], return_index=True)
    for rows in np.split(order, starts[1:]):
        rows = rows.tolist()
        shuffle(rows)
        size = min(len(rows) // 3, most)
        split[rows[:size]] = "val"
        split[rows[size : 2 * size]] = "test"
    return split


def _read(path):
    """Return the columns of the table by name, as strings."""
    if not path.is_file():
        got = f"{path}, which is {'a folder' if path.is_dir() else 'no file'}"
        raise parameter_error("path", _CALLER, "the table of your copy of SHHS", got)
    return read_table(path, None, caller=_CALLER, remedy=_REMEDY, limit=_MAX_TABLE)


def _recordings(path, subjects):
    """Return the names of the files of recordings."""
    names = [f"shhs1-{subject.strip()}.edf" for subject in subjects]
    reason = check_names(names)
    if reason is None and any("/" in name for name in names):
        reason = "must have numbers of subjects without '/'"
    if reason is not None:
        raise unusable(path, _CALLER, reason, _REMEDY)
    return names


def _left_out(table, kept, what):
    """Return the kept rows of a table, and say how many are not."""
    if not any(kept):
        raise parameter_error("path", _CALLER, f"a table of subjects with {what}", "none")
    if not all(kept):
        warn_user(
            f"{_CALLER} leaves out {len(kept) - sum(kept)} of {len(kept)} subjects, who have not "
            f"{what}."
        )
    return {name: list(compress(values, kept)) for name, values in table.items()}


def _features(table, features, others):
    """Return the wanted columns as numbers."""
    wanted = list(table) if features is None else [str(name) for name in np.ravel(features)]
    unknown = sorted(set(wanted) - set(table))
    if unknown:
        raise parameter_error("features", _CALLER, "columns of the table", f"{unknown}")
    if len(set(wanted)) < len(wanted):
        raise parameter_error("features", _CALLER, "columns, each named once", f"{wanted}")
    columns = {}
    for name in wanted:
        values = _numbers(table[name])
        if values is not None and (features is not None or name not in others):
            columns[name] = values
        elif values is None and features is not None:
            raise parameter_error("features", _CALLER, "columns of numbers", repr(name))
    if not columns:
        raise parameter_error("features", _CALLER, "columns of numbers", f"none in {list(table)}")
    return columns


def _numbers(values):
    """Return strings as numbers, NaN where there is none, or None where some is text."""
    try:
        return as_numbers([value.strip() or "nan" for value in values])
    except ValueError:
        return None
