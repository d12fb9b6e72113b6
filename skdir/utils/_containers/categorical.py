"""Which features are categorical."""

import numpy as np

from skdir.utils._validation import parameter_error


def categorical_mask(categorical_features, is_level, names, caller):
    """Return which features are categorical.

    Parameters
    ----------
    categorical_features : "auto", None or array-like
        "auto" takes `is_level`; None is none; else a mask, positions or names.

    is_level : ndarray of shape (n_features,) of bool
        Features whose type is categorical, text, object or bool.

    names : list or None
        Names of the columns, None where there are none.

    caller : str
        For the message.

    Returns
    -------
    mask : ndarray of shape (n_features,) of bool
        Categorical features.

    Raises
    ------
    ValueError
        If a name or position is not a feature's, or the mask is too long or short.
    """
    n_features = len(is_level)
    if categorical_features is None:
        return np.zeros(n_features, dtype=bool)
    if isinstance(categorical_features, str):
        if categorical_features == "auto":
            return is_level.copy()
        raise parameter_error(
            "categorical_features",
            caller,
            "'auto', None, a mask, or a list of positions or names",
            repr(categorical_features),
        )
    given = [_plain(value) for value in categorical_features]
    if given and all(isinstance(value, bool) for value in given):
        if len(given) != n_features:
            raise parameter_error(
                "categorical_features",
                caller,
                f"a mask of {n_features} values, one for each feature",
                f"{len(given)}",
            )
        return np.array(given, dtype=bool)
    mask = np.zeros(n_features, dtype=bool)
    for value in given:
        mask[_position(value, n_features, names, caller)] = True
    return mask


def _position(value, n_features, names, caller):
    """Return the position of a feature given by name or position; names come first."""
    if names is not None:
        names = [_plain(name) for name in names]
        # 1 and True, and 1 and 1.0, are equal but not the same name
        same = [j for j, name in enumerate(names) if type(name) is type(value) and name == value]
        if same:
            return same
    if isinstance(value, int) and not isinstance(value, bool):
        if -n_features <= value < n_features:
            return value
        accepted = f"made of positions from {-n_features} to {n_features - 1}"
    elif names is None:
        accepted = "a mask or positions, since X has no column names"
    else:
        shown = ", ".join(repr(name) for name in names[:10])
        accepted = f"made of names of columns ({shown}{', ...' if len(names) > 10 else ''})"
    raise parameter_error("categorical_features", caller, accepted, repr(value))


def _plain(value):
    """Return numpy's numbers, booleans and strings as Python's own."""
    is_plain = isinstance(value, (np.number, np.bool_, np.str_))
    return value.item() if is_plain else value
