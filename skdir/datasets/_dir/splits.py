"""The rule by which the benchmarks set apart validation and test rows."""

import numpy as np


def split_by_value(values, most, shuffle):
    """Split rows so that validation and test targets are uniform, as far as there are rows.

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
