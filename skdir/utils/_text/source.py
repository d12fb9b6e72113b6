"""Python source that makes an object again, with the imports it needs."""

import ast
import inspect

import numpy as np
from sklearn.base import BaseEstimator

from skdir.utils._text.names import public_name

_PLAIN = (type(None), bool, int, float, str, bytes)


class NotExpressibleError(TypeError):
    """The object cannot be written as source, such as one of a class made in a notebook."""


def to_source(value, imports):
    """Return an expression for a value and add what it needs to the set of import lines.

    Estimators are written with the parameters that differ from their defaults.
    """
    if isinstance(value, (np.integer, np.floating, np.bool_)):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, _PLAIN):
        return repr(value)
    if type(value) in (list, tuple, set):
        items = ", ".join(to_source(item, imports) for item in value)
        if isinstance(value, tuple):
            return f"({items}{',' if len(value) == 1 else ''})"
        return f"[{items}]" if isinstance(value, list) else f"{{{items}}}" if value else "set()"
    if type(value) is dict:
        pairs = (f"{to_source(k, imports)}: {to_source(v, imports)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if type(value) is np.ndarray and value.ndim == 1 and value.size <= 100:
        return to_source(value.tolist(), imports)
    if isinstance(value, BaseEstimator):
        return _call_source(value, value.get_params(deep=False), imports)
    if _is_splitter(value):
        return _call_source(value, _splitter_params(value), imports)
    if isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is value:
        imports.add("import numpy as np")  # numpy 2.0's ufuncs do not know their module
        return f"np.{value.__name__}"
    if callable(value) and hasattr(value, "__qualname__"):
        return _name(value, imports)
    raise NotExpressibleError(f"{type(value).__name__} has no source")


def _call_source(value, params, imports):
    """Return the call of the class with the parameters that are not its defaults."""
    signature = inspect.signature(type(value).__init__).parameters
    arguments = []
    for name, given in params.items():
        parameter = signature.get(name)
        source = to_source(given, imports)
        default = inspect.Parameter.empty if parameter is None else parameter.default
        if default is inspect.Parameter.empty or _differs(given, default, source):
            arguments.append(f"{name}={source}")
    return f"{_name(type(value), imports)}({', '.join(arguments)})"


def _differs(given, default, source):
    """Return whether a parameter has to be written."""
    try:
        return source != to_source(default, set())
    except NotExpressibleError:
        return given is not default


def _name(thing, imports):
    """Return the name of an importable class or function, from its public module."""
    name = thing.__qualname__
    if thing.__module__ == "__main__":
        raise NotExpressibleError(f"{name} is of the running script")
    if (found := public_name(thing)) is None:
        raise NotExpressibleError(f"{name} cannot be imported")
    module, name = found
    if _bound_names(imports).get(name, module) == module:
        imports.add(f"from {module} import {name}")
        return name
    imports.add(f"import {module}")  # such as a Pipeline beside scikit-learn's
    return f"{module}.{name}"


def _bound_names(imports):
    """Return the names that import lines bind, each with the module it comes from."""
    bound = {}
    for line in imports:
        try:
            (statement,) = ast.parse(line).body
        except (SyntaxError, ValueError):  # given by the user, and none
            continue
        if isinstance(statement, ast.ImportFrom):
            bound |= {a.asname or a.name: statement.module for a in statement.names}
    return bound


def _is_splitter(value):
    """Return whether a value is a cross-validation splitter of scikit-learn's kind."""
    return hasattr(value, "split") and hasattr(value, "get_n_splits")


def _splitter_params(value):
    """Return the constructor's parameters of a splitter, which has no get_params."""
    params = {}
    for name in inspect.signature(type(value).__init__).parameters:
        if name == "self":
            continue
        kwargs = getattr(value, "cvargs", {})  # the repeated splitters keep some of them here
        if name in kwargs:
            params[name] = kwargs[name]
        elif hasattr(value, name):
            params[name] = getattr(value, name)
        else:
            raise NotExpressibleError(f"{type(value).__name__} does not keep {name}")
    return params
