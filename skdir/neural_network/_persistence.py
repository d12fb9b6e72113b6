"""Save and load a fitted regressor without pickle: tensors by safetensors, the rest as JSON."""

import importlib
import inspect
import json
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

import skdir
from skdir.neural_network._training import Training
from skdir.neural_network.encoders import FACTORIES
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._validation import parameter_error

_PLAIN = (type(None), bool, int, float, str)
_FORMAT = 1
# Vectors of a whole vocabulary do not fit into the head of a file.
_LONGEST = 2**16


class Missing:
    """A parameter that a file cannot hold, such as a module of the user's.

    Parameters
    ----------
    text : str
        How it looked.
    """

    def __init__(self, text):
        self.text = text


class SavedToFile:
    """Gives the deep regressor `save` and `load`."""

    def save(self, path):
        """Write the fitted regressor to one file, without pickle.

        Parameters
        ----------
        path : str or path-like
            Name of the file, such as "model.safetensors".

        Raises
        ------
        ImportError
            If safetensors is not installed.

        See Also
        --------
        DeepImbalancedRegressor.load : Reads it again.
        """
        check_is_fitted(self)
        _write(self, path)

    @classmethod
    def load(cls, path, **params):
        """Read a regressor that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : str or path-like
            Name of the file.

        **params : dict
            Parameters in the place of those in the file. Modules and functions of your own, such
            as an `encoder`, are not in it and must be given here, as must a `device` that is not
            "auto". Encoders of skdir are in it, also as `functools.partial`, unless their
            parameters are long.

        Returns
        -------
        regressor : DeepImbalancedRegressor
            It predicts as the saved one did. The optimiser's state and the fitted weighter are not
            part of it, so that `partial_fit` starts anew.

        Raises
        ------
        ValueError
            If the file is not one of ours, or a parameter that it could not hold is missing.
        """
        caller = f"{cls.__name__}.load"
        description, state = _read(path, caller)
        given = {**description["params"], **params}
        for name, value in given.items():
            if isinstance(value, Missing):
                needed = name in ("encoder", "fds")
                if needed:
                    raise parameter_error(
                        name, caller, f"given again (it was {value.text})", "nothing"
                    )
                given[name] = inspect.signature(cls).parameters[name].default
        regressor = cls(**given)
        fitted = description["fitted"]
        regressor.input_shape_ = tuple(fitted["input_shape"])
        regressor.n_features_in_ = fitted["n_features_in"]
        if fitted["feature_names_in"] is not None:
            regressor.feature_names_in_ = np.array(fitted["feature_names_in"], dtype=object)
        regressor._training = Training.restore(regressor, fitted, state)
        regressor._publish()
        return regressor


def _write(regressor, path):
    """Write a fitted regressor to one safetensors file, whose metadata hold the rest."""
    caller = f"{type(regressor).__name__}.save"
    save_file = import_optional_dependency("safetensors.torch", caller=caller).save_file
    training = regressor._training
    state = {
        name: value.detach().cpu().contiguous()
        for name, value in training.net.module_.state_dict().items()
    }
    description = {
        "format": _FORMAT,
        "skdir": skdir.__version__,
        "params": {
            name: _encode(value, name, caller)
            for name, value in regressor.get_params(deep=False).items()
            if name != "device"  # that of the machine where it is loaded
        },
        "fitted": {
            "input_shape": list(regressor.input_shape_),
            "n_features_in": regressor.n_features_in_,
            "feature_names_in": _names(regressor),
            "n_outputs": training.n_outputs,
            "column": training.column,
            "mean": np.asarray(training.mean).tolist(),
            "scale": np.asarray(training.scale).tolist(),
            "edges": None if training.edges is None else training.edges.tolist(),
            "history": regressor.history_,
        },
    }
    save_file(state, path, metadata={"skdir": json.dumps(description)})


def _read(path, caller):
    """Read what :func:`_write` wrote.

    Returns
    -------
    description : dict
        Parameters and what was fitted.

    state : dict of str to Tensor
        The state of the module, on the CPU.
    """
    safe_open = import_optional_dependency("safetensors", caller=caller).safe_open
    with safe_open(path, framework="pt", device="cpu") as file:
        metadata = (file.metadata() or {}).get("skdir")
        if metadata is None:
            raise parameter_error("path", caller, "a file that `save` wrote", str(path))
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    description = json.loads(metadata)
    if description["format"] > _FORMAT:
        raise parameter_error(
            "path",
            caller,
            "of a version that this one knows",
            f"one of skdir {description['skdir']}",
        )
    description["params"] = {
        name: _decode(value, name, caller) for name, value in description["params"].items()
    }
    return description, state


def _names(regressor):
    names = getattr(regressor, "feature_names_in_", None)
    return None if names is None else names.tolist()


def _encode(value, name, caller):
    """Return a value for JSON: plain ones, sequences, skdir's estimators and encoders by name."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_encode(item, name, caller) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _encode(item, name, caller) for key, item in value.items()}}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"array": value.tolist()}
    module = type(value).__module__
    if isinstance(value, BaseEstimator) and module.partition(".")[0] == "skdir":
        params = value.get_params(deep=False)
        return {
            "estimator": f"{module}.{type(value).__name__}",
            "params": {key: _encode(item, name, caller) for key, item in params.items()},
        }
    kind = value.func if isinstance(value, partial) else value
    if isinstance(kind, type) and FACTORIES.get(kind.__name__) is kind:
        return _encode_factory(value, kind.__name__, name, caller)
    return {"missing": repr(value)}


def _encode_factory(value, kind, name, caller):
    """Return one of our encoders, or a partial of it with plain parameters, for JSON."""
    if not isinstance(value, partial):
        return {"encoder": kind}
    params = {key: _encode(item, name, caller) for key, item in value.keywords.items()}
    missing = any(isinstance(item, dict) and "missing" in item for item in params.values())
    if value.args or missing or len(json.dumps(params)) > _LONGEST:
        return {"missing": repr(value)}
    return {"encoder": kind, "params": params}


def _decode(value, name, caller):
    """Return a value from JSON. Nothing but skdir's own estimators and encoders is ever made."""
    if not isinstance(value, dict):
        return value
    if "encoder" in value:
        if value["encoder"] not in FACTORIES:
            raise parameter_error("path", caller, "a file that `save` wrote", value["encoder"])
        made, params = FACTORIES[value["encoder"]], value.get("params")
        if params is None:
            return made
        return partial(made, **{key: _decode(item, name, caller) for key, item in params.items()})
    if "estimator" in value:
        module, _, kind = value["estimator"].rpartition(".")
        made = None
        if module.partition(".")[0] == "skdir":
            made = getattr(importlib.import_module(module), kind, None)
        if not (isinstance(made, type) and issubclass(made, BaseEstimator)):
            raise parameter_error("path", caller, "a file that `save` wrote", value["estimator"])
        return made(**{key: _decode(item, name, caller) for key, item in value["params"].items()})
    (kind, content), *_ = value.items()
    if kind == "missing":
        return Missing(content)
    if kind == "array":
        return np.array(content)
    if kind == "dict":
        return {key: _decode(item, name, caller) for key, item in content.items()}
    items = [_decode(item, name, caller) for item in content]
    return tuple(items) if kind == "tuple" else items
