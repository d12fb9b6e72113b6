"""One file of tensors and of what JSON holds, with a digest of both."""

import hashlib
import json
import os
import re
import stat

import numpy as np
import torch

import skdir
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.safe import printable
from skdir.utils._text.writing import whole_file
from skdir.utils._validation import parameter_error

# 1 had no digest, and the names of private modules. It was never released.
FORMAT = 2

_LONGEST_REASON = 500


class DamagedError(Exception):
    """What is read is nothing that `save` writes; the message says why."""


def write_file(path, description, state, *, caller):
    """Write tensors and a description.

    Parameters
    ----------
    path : str or path-like
        Name of the file.

    description : dict
        What JSON holds.

    state : dict of str to Tensor
        On the CPU, of which no two share memory.

    caller : str
        For messages.
    """
    save_file = import_optional_dependency("safetensors.torch", caller=caller).save_file
    description = {"format": FORMAT, "skdir": skdir.__version__, **description}
    description["sha256"] = _digest(description, state)
    text = json.dumps(description)
    with whole_file(path) as name:
        save_file(state, name, metadata={"skdir": text})


def read_file(path, *, caller):
    """Read what :func:`write_file` wrote.

    Parameters
    ----------
    path : str or path-like
        Name of the file.

    caller : str
        For messages.

    Returns
    -------
    description : dict
        As it was written, with the format.

    state : dict of str to Tensor
        On the CPU.

    Raises
    ------
    ValueError
        If the file is another, was damaged, or comes from a newer version.

    OSError
        If there is no such file, or it cannot be read.
    """
    path = os.fsdecode(path)
    try:
        text, state = _read_tensors(path, caller)
        description = _read_description(text)
        if (version := _newer_version(description)) is not None:
            accepted = f"a file that skdir {skdir.__version__} or an older one wrote"
            raise parameter_error("path", caller, accepted, f"{printable(path)}, of {version}")
        if description["format"] > 1 and description.get("sha256") != _digest(description, state):
            raise DamagedError("its digest is not that of its content: it was damaged or changed")
    except DamagedError as error:
        raise damaged(path, error, caller=caller) from error
    return description, state


def damaged(path, reason, *, caller):
    """Return the one error for all that is not as `save` writes it."""
    reason = str(reason).partition("\n")[0]  # torch appends where in its code it was
    got = f"{printable(os.fsdecode(path))} ({printable(reason)[:_LONGEST_REASON]})"
    return parameter_error("path", caller, "a file that `save` wrote", got)


def _read_tensors(path, caller):
    """Return the text of the description, and the tensors."""
    safetensors = import_optional_dependency("safetensors", caller=caller)
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a pipe would be waited for
        raise DamagedError("it is no regular file")
    with open(path, "rb"):  # errors of the system, such as those of a folder, are its own
        pass
    try:
        with safetensors.safe_open(path, framework="pt", device="cpu") as file:
            text = (file.metadata() or {}).get("skdir")
            if text is None:
                raise DamagedError("it has no description of a regressor")
            return text, {name: file.get_tensor(name) for name in sorted(file.keys())}
    except DamagedError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # of several types, by the version of safetensors
        raise DamagedError(f"no safetensors file, or a damaged one: {error}") from error


def _read_description(text):
    """Return the description, whose first keys are those that all formats have."""
    try:
        description = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedError("its description is no JSON") from error
    if not isinstance(description, dict):
        raise DamagedError("its description is no JSON object")
    number, version = description.get("format"), description.get("skdir")
    if type(number) is not int or number < 1:
        raise DamagedError("it has no number of a format")
    if not isinstance(version, str) or not re.match(r"\d", version):
        raise DamagedError("it does not say which version wrote it")
    return description


def _newer_version(description):
    """Return what is newer, the format or the version of skdir, or None."""
    number, version = description["format"], description["skdir"]
    if number > FORMAT:
        return (
            f"skdir {printable(version)[:40]} in format {number}, where {FORMAT} is the last known"
        )
    return (
        f"skdir {printable(version)[:40]}"
        if _release(version) > _release(skdir.__version__)
        else None
    )


def _release(version):
    """Return the numbers that a version begins with."""
    return [int(part) for part in re.match(r"\d{1,9}(\.\d{1,9})*", version)[0].split(".")]


def _digest(description, state):
    """Return the SHA-256 of a description and of the names, types, shapes and values of tensors."""
    rest = {key: value for key, value in description.items() if key != "sha256"}
    digest = hashlib.sha256()
    try:
        digest.update(json.dumps(rest, sort_keys=True).encode())
    except RecursionError as error:
        raise DamagedError("its description is too deep") from error
    for name in sorted(state):
        value = state[name]
        head = json.dumps([name, str(value.dtype), list(value.shape)])
        digest.update(head.encode())
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value):
    """Return the bytes of a tensor, which may be of a type that numpy lacks."""
    flat = value.contiguous().reshape(-1)
    return memoryview(flat.view(torch.uint8).numpy()) if flat.numel() else np.empty(0, np.uint8)
