"""What a comparison is given: regressor, features, targets, and parameters of the fits."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import check_consistent_length, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from skdir.utils._estimators.protocols import looks_like_regressor
from skdir.utils._sklearn_compat import _routing_enabled
from skdir.utils._validation import check_target, check_unmasked, parameter_error, plain_array


def check_regressor(regressor, *, caller):
    """Validate the regressor, with messages for classes and classifiers."""
    if isinstance(regressor, type):
        got = f"the class {regressor.__name__}; make an instance: {regressor.__name__}()"
    elif not looks_like_regressor(regressor):
        got = f"{regressor!r}, which lacks fit or predict"
    elif hasattr(regressor, "__sklearn_tags__") and is_classifier(regressor):
        got = f"the classifier {type(regressor).__name__}"
    else:
        return
    raise parameter_error("regressor", caller, "an instance of a regressor", got, TypeError)


def target_name(y):
    """Return the name of a Series or of the first column of a table, None where there is none."""
    columns = getattr(y, "columns", None)
    return getattr(y, "name", None) if columns is None or not len(columns) else columns[0]


def check_y(y, *, caller):
    """Validate targets; return them as floats, and in the shape in which regressors get them."""
    raw = plain_array(y, caller=caller, name="y", accepted="a 1-d array or a column of numbers")
    if raw.ndim != 2 or raw.shape[1] != 1:
        y = check_target(y, caller=caller, min_samples=2)
        return y, y
    y = check_target(raw[:, 0], caller=caller, min_samples=2)
    return y, raw if raw.dtype.kind == "f" else y.reshape(-1, 1)


def check_X(X, y, *, caller):
    """Validate features, and return them so that rows can be taken.

    The regressor checks the rest; but a single column of numbers, which no regressor accepts,
    raises before all fits rather than in each.
    """
    check_unmasked(X, caller=caller)
    if not hasattr(X, "shape") and (
        isinstance(X, (str, bytes, Mapping)) or not hasattr(X, "__len__")
    ):
        accepted = "an array, a table or a list, with one entry for each row"
        raise parameter_error("X", caller, accepted, f"a {type(X).__name__}")
    (X,) = indexable(X)
    check_consistent_length(X, y)
    if len(_shape(X)) == 1 and _are_numbers(X):
        column = "X.to_frame()" if hasattr(X, "to_frame") else "np.reshape(X, (-1, 1))"
        raise parameter_error(
            "X",
            caller,
            "2-d, with a column for each feature, or made of texts or other objects",
            f"numbers of shape ({len(y)},); pass {column} if they are one feature",
        )
    return X


def features_text(X):
    """Return in words what each row has: a number of features, or what else it is."""
    shape = _shape(X)
    if len(shape) == 2:
        return f"{shape[1]:,} feature{'' if shape[1] == 1 else 's'}"
    if len(shape) > 2:
        return f"arrays of {' × '.join(f'{n:,}' for n in shape[1:])} numbers"
    first = _first(X)
    return "texts" if isinstance(first, str) else f"objects ({type(first).__name__})"


def _shape(X):
    """Return the shape of features, of which lists have none."""
    if hasattr(X, "shape"):
        return tuple(X.shape)
    first = X[0]
    if isinstance(first, (list, tuple)) or getattr(first, "ndim", 0) == 1:
        return len(X), len(first)
    return (len(X),)


def _first(X):
    """Return the first row of features of one dimension, whatever the index is."""
    return X.iloc[0] if hasattr(X, "iloc") else X[0]


def _are_numbers(X):
    """Tell whether features of one dimension are numbers."""
    kind = getattr(getattr(X, "dtype", None), "kind", "O")
    return kind in "biufc" or isinstance(_first(X), (int, float, complex, np.number, np.bool_))


def check_fraction(value, *, name, caller):
    """Validate a number between 0 and 1."""
    if not isinstance(value, Real) or not 0 < value < 1:
        raise parameter_error(name, caller, "a number between 0 and 1, both excluded", repr(value))


def check_groups(groups, n_samples, *, caller):
    """Validate that there is one group for each row; None is no groups."""
    if groups is None:
        return
    shape = np.shape(groups)
    if shape != (n_samples,):
        raise parameter_error("groups", caller, f"of shape ({n_samples},), as y", f"shape {shape}")


def check_params(params, *, caller):
    """Validate the parameters of the fits and return them as a dict."""
    if params is None:
        return {}
    if not isinstance(params, Mapping) or not all(isinstance(name, str) for name in params):
        raise parameter_error("params", caller, "a dict by names, or None", repr(params))
    if "sample_weight" in params:
        raise parameter_error(
            "params", caller, "without 'sample_weight', which is a parameter of its own", "it"
        )
    return dict(params)


def route_params(params, groups, strategies, cv):
    """Return which parameters go to the fits of each strategy, and which to the splitter.

    Without metadata routing each fit gets all of `params`, and the splitter gets the groups. With
    it each gets what it requests.

    Parameters
    ----------
    params : dict of str to object
        Parameters of fits.

    groups : array-like or None
        Groups of the rows for the splitter.

    strategies : dict of str to Resolved
        The strategies by name: their estimators, and what goes before the names of the regressor's
        parameters.

    cv : int, splitter or iterable
        Folds.

    Returns
    -------
    fit : dict of str to dict
        Parameters of the fits of each strategy.

    split : dict
        Parameters of the splitter.
    """
    split = {} if groups is None else {"groups": groups}
    if not _routing_enabled() or not params:
        named = {
            name: {f"{strategy.prefix}{key}": value for key, value in params.items()}
            for name, strategy in strategies.items()
        }
        return named, split
    router = MetadataRouter(owner="compare_strategies")
    to_fit = MethodMapping().add(caller="fit", callee="fit")
    objects = {f"strategy_{k}": one.estimator for k, one in enumerate(strategies.values())}
    router.add(method_mapping=to_fit, **objects)
    if hasattr(cv, "split") and hasattr(cv, "get_metadata_routing"):
        router.add(splitter=cv, method_mapping=MethodMapping().add(caller="fit", callee="split"))
    routed = process_routing(router, "fit", **params)
    fit = {name: dict(routed[key].fit) for name, key in zip(strategies, objects)}
    return fit, split | dict(routed.get("splitter", {"split": {}})["split"])
