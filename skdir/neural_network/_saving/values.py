"""Parameters as JSON: plain values, and objects of the classes on a list, by their public names."""

import json
from functools import partial
from inspect import signature
from reprlib import Repr
from types import MappingProxyType

import numpy as np

from skdir.density import TargetDensity
from skdir.neural_network._training.settings import NotInFile
from skdir.neural_network.encoders._registry import FACTORIES
from skdir.neural_network.fds import FDS
from skdir.relevance import RelevanceFunction
from skdir.utils._sklearn_compat import validate_params_of
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
)

_PLAIN = (type(None), bool, int, float, str)
# Vectors of a whole vocabulary do not fit into the head of a file.
_LONGEST = 2**16
# Lists in lists and so on; more is a file that wants to exhaust the stack.
_DEEPEST = 20

# Numbers in the state of the generator MT19937.
_N_KEYS = 624

# All that a file may name. Nothing is ever imported by a name from a file.
ESTIMATORS = MappingProxyType(
    {
        "skdir.density.TargetDensity": TargetDensity,
        "skdir.neural_network.FDS": FDS,
        "skdir.relevance.RelevanceFunction": RelevanceFunction,
        "skdir.weighting.DenseWeighter": DenseWeighter,
        "skdir.weighting.InverseFrequencyWeighter": InverseFrequencyWeighter,
        "skdir.weighting.LDSWeighter": LDSWeighter,
        "skdir.weighting.RelevanceWeighter": RelevanceWeighter,
    }
)
_NAMES = {kind: name for name, kind in ESTIMATORS.items()}
# Files of the first format have the names of private modules, as they were then.
_OLD_NAMES = {
    "skdir.density._target_density.TargetDensity": "skdir.density.TargetDensity",
    "skdir.neural_network.fds.FDS": "skdir.neural_network.FDS",
    "skdir.relevance._function.RelevanceFunction": "skdir.relevance.RelevanceFunction",
    "skdir.weighting._dense.DenseWeighter": "skdir.weighting.DenseWeighter",
    "skdir.weighting._inverse.InverseFrequencyWeighter": "skdir.weighting.InverseFrequencyWeighter",
    "skdir.weighting._lds.LDSWeighter": "skdir.weighting.LDSWeighter",
    "skdir.weighting._relevance.RelevanceWeighter": "skdir.weighting.RelevanceWeighter",
}
# So have they the names of parameters that were renamed since.
_OLD_PARAMETERS = {("skdir.neural_network.fds.FDS", "bandwidth"): "bandwidth_bins"}

_short = Repr()
_short.maxstring = _short.maxother = 200


class _CannotBeSavedError(Exception):
    """The value, or one inside of it, is of no kind that a file may hold."""


def encode(value):
    """Return a parameter for JSON; one that cannot be saved whole is not saved in part."""
    if isinstance(value, NotInFile):
        return {"missing": value.text}
    try:
        return _encode(value, 0)
    except _CannotBeSavedError:
        return {"missing": _short.repr(value)}


def _encode(value, depth):
    if depth > _DEEPEST:
        raise _CannotBeSavedError
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int) and abs(value) >= 2**64:
        raise _CannotBeSavedError
    if isinstance(value, _PLAIN):
        return value
    if type(value) in (list, tuple):
        return {type(value).__name__: [_encode(item, depth + 1) for item in value]}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"dict": _encode_all(value, depth)}
    if isinstance(value, range):
        return {"tuple": list(value)}
    if (array := _numbers_of(value)) is not None:
        return {"array": array.tolist()} if array.ndim else array.item()
    if isinstance(value, np.random.RandomState):
        return {"random_state": encode_random_state(value)}
    if type(value) in _NAMES:
        params = _encode_all(value.get_params(deep=False), depth)
        return {"estimator": _NAMES[type(value)], "params": params}
    kind = value.func if isinstance(value, partial) else value
    if isinstance(kind, type) and FACTORIES.get(kind.__name__) is kind:
        return _encode_factory(value, kind.__name__, depth)
    raise _CannotBeSavedError


def _numbers_of(value):
    """Return an array, a series or a tensor of numbers as an array, and None for other things."""
    if isinstance(value, type) or not hasattr(value, "__array__"):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):  # such as tensors that need gradients
        return None
    return array if array.dtype.kind in "biuf" else None


def _encode_all(values, depth):
    return {name: _encode(value, depth + 1) for name, value in values.items()}


def _encode_factory(value, kind, depth):
    """Return one of our encoders, or a partial of it with short parameters."""
    if not isinstance(value, partial):
        return {"encoder": kind}
    params = _encode_all(value.keywords, depth)
    if value.args or len(json.dumps(params)) > _LONGEST:
        raise _CannotBeSavedError
    return {"encoder": kind, "params": params}


def encode_random_state(rng):
    """Return the state of a generator for JSON."""
    _, keys, *rest = rng.get_state()
    return [keys.tolist(), *rest]


def decode(value):
    """Return a value from JSON: one of those that :func:`encode` takes, or a `NotInFile`.

    Raises
    ------
    ValueError
        If it is nothing that `encode` returns.
    """
    try:
        return _decode(value, 0)
    except _CannotBeSavedError as error:
        return NotInFile(str(error))


def _decode(value, depth):
    if depth > _DEEPEST:
        raise ValueError(f"values more than {_DEEPEST} deep")
    if isinstance(value, _PLAIN):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"a bare {type(value).__name__} as a parameter")
    kind = next((key for key in value if key != "params"), None)
    if set(value) - {"params"} != {kind} or kind not in _DECODERS:
        raise ValueError(f"a parameter of an unknown kind, {_short.repr(value)}")
    accepted, decoder = _DECODERS[kind]
    if not isinstance(value[kind], accepted):
        raise ValueError(f"{_short.repr(value[kind])} as a parameter of the kind {kind!r}")
    return decoder(value, value[kind], depth)


def _decode_all(values, depth):
    if not isinstance(values, dict):
        raise ValueError(f"parameters that are {_short.repr(values)}")
    return {name: _decode(value, depth + 1) for name, value in values.items()}


def _decode_array(value, content, depth):
    array = np.array(content)  # of lists of different lengths: a ValueError of numpy's
    if array.dtype.kind not in "biuf":
        raise ValueError("an array of other things than numbers")
    return array


def decode_random_state(state):
    """Return a generator of a state from JSON, all of which is checked: numpy trusts it."""
    try:
        keys, place, has_normal, normal = state
        keys = np.array(keys)
        valid = keys.shape == (_N_KEYS,) and keys.dtype.kind in "iu" and keys.min() >= 0
        valid = valid and keys.max() < 2**32 and place in range(_N_KEYS + 1)
        if not (valid and has_normal in (0, 1) and np.isfinite(normal)):
            raise ValueError
        rng = np.random.RandomState()
        rng.set_state(("MT19937", keys.astype(np.uint32), int(place), int(has_normal), normal))
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("no state of a generator of random numbers") from error
    return rng


def _decode_estimator(value, name, depth):
    kind = ESTIMATORS.get(_OLD_NAMES.get(name, name))
    if kind is None:
        raise ValueError(
            f"the estimator {name!r}, which is not on the list of those that files may name: a "
            "class of your own is in no file, give it to load as a parameter"
        )
    params = value.get("params")
    if isinstance(params, dict):
        params = {_OLD_PARAMETERS.get((name, key), key): v for key, v in params.items()}
    made = kind(**_arguments(kind, params, depth))
    validate_params_of(made)
    return made


def _decode_encoder(value, name, depth):
    if name not in FACTORIES:
        raise ValueError(f"the encoder {name!r}, which is not on the list")
    if "params" not in value:
        return FACTORIES[name]
    return partial(FACTORIES[name], **_arguments(FACTORIES[name], value["params"], depth))


def _arguments(kind, params, depth):
    """Return decoded parameters, all of which the class has."""
    accepted = signature(kind).parameters
    params = _decode_all(params, depth)
    for name in params:
        if name not in accepted:
            raise ValueError(f"the unknown parameter {name!r} of {kind.__name__}")
    return params


def _decode_missing(value, text, depth):
    raise _CannotBeSavedError(text)


# By kind: the type of the content in JSON, and what makes the value.
_DECODERS = {
    "list": (list, lambda value, content, depth: [_decode(v, depth + 1) for v in content]),
    "tuple": (list, lambda value, content, depth: tuple(_decode(v, depth + 1) for v in content)),
    "dict": (dict, lambda value, content, depth: _decode_all(content, depth)),
    "array": (list, _decode_array),
    "random_state": (list, lambda value, content, depth: decode_random_state(content)),
    "estimator": (str, _decode_estimator),
    "encoder": (str, _decode_encoder),
    "missing": (str, _decode_missing),
}
