"""Save and load a fitted regressor without pickle: tensors by safetensors, the rest as JSON."""

import inspect
import json

import numpy as np
from sklearn.utils.validation import check_is_fitted

import skdir
from skdir.neural_network._saved_values import NotInFile, decode, encode
from skdir.neural_network._training import Training
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._validation import parameter_error

_FORMAT = 1


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
            if isinstance(value, NotInFile):
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
            name: encode(value)
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
    try:
        description["params"] = {
            name: decode(value) for name, value in description["params"].items()
        }
    except ValueError as error:
        raise parameter_error(
            "path", caller, "a file that `save` wrote", f"{path}, with {error}"
        ) from error
    return description, state


def _names(regressor):
    names = getattr(regressor, "feature_names_in_", None)
    return None if names is None else names.tolist()
