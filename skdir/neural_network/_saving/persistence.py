"""Save and load a fitted regressor without pickle: tensors by safetensors, the rest as JSON."""

import inspect
import math
import warnings
from collections.abc import Mapping

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skdir.neural_network._saving.file import DamagedError, damaged, read_file, write_file
from skdir.neural_network._saving.network import make_network, tensors_of
from skdir.neural_network._saving.values import NotInFile, decode, encode
from skdir.neural_network._training.fit import Training
from skdir.neural_network._training.net import PRECISIONS
from skdir.neural_network._training.surroundings import usual_torch
from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._sklearn_compat import validate_params_of
from skdir.utils._validation import parameter_error

# Parameters that make the network, and those without which nothing can be predicted.
_OF_NETWORK = ("encoder", "hidden_layer_sizes", "dropout", "fds")
_NEEDED = (*_OF_NETWORK, "batch_size")

# That of the machine where it is loaded.
_NOT_SAVED = {"device"}


class SavedToFile(VersionedPickle):
    """Gives the deep regressor `save` and `load`, and versions to its pickles."""

    def save(self, path):
        """Write the fitted regressor to one file, without pickle.

        The file is written whole or not at all: one of the same name is replaced when the new one
        is on the disk. Its mode is kept, and of a symbolic link the target is replaced.

        Parameters
        ----------
        path : str or path-like
            Name of the file, such as "model.safetensors".

        Raises
        ------
        ImportError
            If safetensors is not installed.

        ValueError
            If the state of an encoder of your own is not all tensors.

        See Also
        --------
        DeepImbalancedRegressor.load : Reads it again.
        """
        check_is_fitted(self)
        caller = f"{type(self).__name__}.save"
        state = tensors_of(self._training.net.module_, caller=caller)
        write_file(path, _describe(self), state, caller=caller)

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
            It predicts as the saved one did, and `partial_fit` goes on with its network. The
            optimiser's state and the fitted weighter are not in the file: they are made anew.

        Raises
        ------
        ValueError
            If the file is not one of ours, was damaged or comes from a newer version of skdir, or a
            parameter that it could not hold is missing.
        """
        caller = f"{cls.__name__}.load"
        with usual_torch():
            description, state = read_file(path, caller=caller)
        if description["format"] == 1:
            warnings.warn(
                f"The file given to {caller} is of the format of a development version, which had "
                "no digest: damage to it cannot be seen. Save the regressor again.",
                UserWarning,
                stacklevel=2,
            )
        try:
            saved = _read_params(cls, description.get("params"), params)
            fitted = _read_fitted(description.get("fitted"))
        except DamagedError as error:
            raise damaged(path, error, caller=caller) from error
        regressor = cls(**_complete(cls, saved, params, caller))
        try:
            with usual_torch():
                module = make_network(regressor, fitted, state, caller=caller)
        except DamagedError as error:
            for name in _OF_NETWORK:
                if name in params:
                    accepted = "such that it makes the network that was saved"
                    raise parameter_error(name, caller, accepted, f"one with {error}") from error
            raise damaged(path, error, caller=caller) from error
        regressor.input_shape_ = fitted["input_shape"]
        regressor.n_features_in_ = fitted["n_features_in"]
        if fitted["feature_names_in"] is not None:
            regressor.feature_names_in_ = np.array(fitted["feature_names_in"], dtype=object)
        with usual_torch():
            regressor._training = Training.restore(regressor, fitted, module)
        regressor._publish()
        return regressor


def _describe(regressor):
    """Return what JSON holds of a fitted regressor."""
    training = regressor._training
    shape = regressor.input_shape_
    named = isinstance(shape, Mapping)
    names = getattr(regressor, "feature_names_in_", None)
    return {
        "params": {
            name: encode(value)
            for name, value in regressor.get_params(deep=False).items()
            if name not in _NOT_SAVED
        },
        "fitted": {
            "input_shape": {k: list(v) for k, v in shape.items()} if named else list(shape),
            "n_features_in": regressor.n_features_in_,
            "feature_names_in": None if names is None else names.tolist(),
            "n_outputs": training.n_outputs,
            "column": training.column,
            "mean": np.asarray(training.mean).tolist(),
            "scale": np.asarray(training.scale).tolist(),
            "edges": None if training.edges is None else training.edges.tolist(),
            "precision": training.net.precision,
            "frozen": training.net.module_.frozen,
            "history": [
                {name: encode(value) for name, value in record.items()}
                for record in regressor.history_
            ],
        },
    }


def _read_params(cls, saved, given):
    """Return the parameters of a description but those given, which the class must accept."""
    known = inspect.signature(cls).parameters.keys() - _NOT_SAVED
    if not isinstance(saved, dict):
        raise DamagedError("it has no parameters")
    if unknown := sorted(saved.keys() - known):
        raise DamagedError(f"the parameter {unknown[0]!r}, which {cls.__name__} does not read")
    try:
        saved = {name: decode(value) for name, value in saved.items() if name not in given}
        there = {k: v for k, v in saved.items() if not isinstance(v, NotInFile)}
        validate_params_of(cls(**there))
    except Exception as error:  # whatever a value of the file's leads to
        raise DamagedError(str(error)) from error
    return saved


def _complete(cls, saved, given, caller):
    """Return the parameters of the file and those given in their place."""
    params = {**saved, **given}
    for name, value in params.items():
        if isinstance(value, NotInFile) and name in _NEEDED:
            raise parameter_error(name, caller, f"given again (it was {value.text})", "nothing")
    return params  # others that are missing are of use to `fit` alone, which refuses them


def _read_fitted(fitted):
    """Return what was fitted, all of which is checked."""
    try:
        return _checked(fitted)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise DamagedError(f"what was fitted is not there, or of another kind: {error}") from error


def _checked(fitted):
    shape = fitted["input_shape"]
    named = isinstance(shape, dict)
    shape = {k: _shape(v) for k, v in shape.items()} if named else _shape(shape)
    n_features = len(shape) if named else shape[0] if shape else 1
    names, n_outputs, column = (fitted[k] for k in ("feature_names_in", "n_outputs", "column"))
    if fitted["n_features_in"] != n_features or type(fitted["n_features_in"]) is not int:
        raise ValueError("another number of features than that of the shape of a row")
    if names is not None and not (
        isinstance(names, list)
        and len(names) == n_features
        and all(isinstance(name, str) for name in names)
    ):
        raise ValueError("names that are none of the features")
    if type(n_outputs) is not int or n_outputs < 1:
        raise ValueError("no number of outputs")
    if type(column) is not bool or (column and n_outputs > 1):
        raise ValueError("a column of several outputs, or of no known number")
    mean, scale = (_numbers(fitted[name], name, n_outputs) for name in ("mean", "scale"))
    if not np.all(np.asarray(scale) > 0):
        raise ValueError(f"the scale {scale}, where numbers above 0 are meant")
    edges = fitted["edges"]
    if edges is not None:
        edges = np.array([_number(edge, "edges") for edge in edges])
        if len(edges) < 2 or not np.all(np.diff(edges) > 0):
            raise ValueError("edges of bins that do not increase")
    precision = fitted.get("precision", PRECISIONS[0])
    if precision not in PRECISIONS:
        raise ValueError(f"the precision {precision!r}")
    frozen = fitted.get("frozen", False)
    if type(frozen) is not bool:
        raise ValueError("no word on whether the encoder is frozen")
    history = [{name: decode(value) for name, value in r.items()} for r in fitted["history"]]
    return {
        "input_shape": shape,
        "n_features_in": n_features,
        "feature_names_in": names,
        "n_outputs": n_outputs,
        "column": column,
        "mean": mean,
        "scale": scale,
        "edges": edges,
        "precision": precision,
        "frozen": frozen,
        "history": history,
    }


def _shape(values):
    """Return the shape of a row."""
    if not isinstance(values, list) or not all(type(n) is int and 0 <= n < 2**63 for n in values):
        raise ValueError("no shape of a row")
    return tuple(values)


def _numbers(values, name, n_outputs):
    """Return one finite number, or one for each output."""
    if not isinstance(values, list):
        return _number(values, name)
    if len(values) != n_outputs:
        raise ValueError(f"{name!r} has {len(values)} numbers for {n_outputs} outputs")
    return np.array([_number(value, name) for value in values])


def _number(value, name):
    """Return a finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r} in {name!r}, where finite numbers are meant")
    return float(value)
