"""What all encoders share: checks of their parameters, and of the inputs that they get."""

import reprlib
import warnings
from collections.abc import Mapping, Set
from numbers import Integral, Real

import numpy as np
import torch

from skdir.utils._validation import parameter_error

# Numbers of channels that images have, and that heights and widths rarely are.
_CHANNELS = (1, 3, 4)
# More are a mistake (a number of rows, or of bytes): layers as wide as that fill any memory, and
# layers as many take hours to make.
WIDEST, MOST_LAYERS = 2**24, 1000


def check_whole(value, *, name, caller, most=WIDEST):
    """Return a positive whole number as an int."""
    if not _is_whole(value, most):
        accepted = f"an integer from 1 to {most}"
        raise parameter_error(name, caller, accepted, _short(value))
    return int(value)


def _is_whole(value, most):
    """Tell whether a value is a whole number from 1 to another."""
    return isinstance(value, Integral) and not isinstance(value, bool) and 1 <= value <= most


def _short(value):
    """Return a value as text, which may be that of an array or of a number of 400 digits."""
    return reprlib.repr(value)


def check_widths(values, *, name, caller, least=0):
    """Return a sequence of positive whole numbers, at least so many, as a tuple of int."""
    some = f"{least} or more " if least else ""
    accepted = f"a sequence of {some}integers from 1 to {WIDEST}"
    unordered = isinstance(values, (str, bytes, Mapping, Set))
    if unordered or not (hasattr(values, "__len__") and hasattr(values, "__getitem__")):
        raise parameter_error(name, caller, accepted, _short(values))
    try:
        items = list(values)
    except TypeError:  # such as an array without dimensions
        raise parameter_error(name, caller, accepted, _short(values)) from None
    if not least <= len(items) <= MOST_LAYERS or not all(_is_whole(v, WIDEST) for v in items):
        raise parameter_error(name, caller, accepted, _short(values))
    return tuple(int(value) for value in items)


def check_share(value, *, name, caller):
    """Return a number from 0 to below 1 as a float."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= value < 1:
        raise parameter_error(name, caller, "a number from 0 to below 1", _short(value))
    return float(value)


def check_flag(value, *, name, caller):
    """Refuse what is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise parameter_error(name, caller, "True or False", _short(value))
    return bool(value)


def image_channels(input_shape, *, caller):
    """Return whether images lack a dimension of channels, and how many channels they have."""
    shape = check_widths(input_shape, name="input_shape", caller=caller)
    if len(shape) not in (2, 3):
        accepted = "(channels, height, width) or (height, width)"
        raise parameter_error("input_shape", caller, accepted, _short(shape))
    if len(shape) == 2:
        return True, 1
    if shape[2] in _CHANNELS and min(shape[:2]) > max(_CHANNELS):
        warnings.warn(
            f"{caller} takes rows of shape {shape} as images of {shape[0]} channels and "
            f"{shape[1]} x {shape[2]} pixels. If channels come last, move them: "
            "X.transpose(0, 3, 1, 2).",
            UserWarning,
            stacklevel=3,
        )
    return False, shape[0]


def check_rows(X, *shape, caller):
    """Refuse a batch that has no rows of a shape; a negative length is any.

    Parameters
    ----------
    X : object
        What came.

    *shape : int
        Shape of one row.

    caller : str
        For the message.
    """
    rows = "(batch, " + ", ".join("any" if n < 0 else str(n) for n in shape) + ")"
    accepted = f"a floating tensor of shape {rows}"
    if not isinstance(X, torch.Tensor):
        raise parameter_error("X", caller, accepted, f"a {type(X).__name__}")
    fits = X.ndim == len(shape) + 1 and all(
        have == want or want < 0 < have for have, want in zip(X.shape[1:], shape)
    )
    if not fits or not X.is_floating_point():
        got = f"a tensor of {X.dtype} and shape {tuple(X.shape)}"
        raise parameter_error("X", caller, accepted, got)
