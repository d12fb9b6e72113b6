"""What all encoders share: checks of their parameters, and of the inputs that they get."""

import warnings
from collections.abc import Mapping, Set
from numbers import Integral, Real

import torch

from skdir.utils._validation import parameter_error

# Numbers of channels that images have, and that heights and widths rarely are.
_CHANNELS = (1, 3, 4)


def check_whole(value, *, name, caller, most=None):
    """Return a positive whole number as an int."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < 1 or (most is not None and value > most):
        accepted = "a positive integer" + (f", at most {most}" if most else "")
        raise parameter_error(name, caller, accepted, repr(value))
    return int(value)


def check_widths(values, *, name, caller, least=0):
    """Return a sequence of positive whole numbers, at least so many, as a tuple of int."""
    accepted = "a sequence of positive integers" + (f", at least {least}" if least else "")
    unordered = isinstance(values, (str, bytes, Mapping, Set))
    if unordered or not (hasattr(values, "__len__") and hasattr(values, "__getitem__")):
        raise parameter_error(name, caller, accepted, repr(values))
    try:
        items = list(values)
    except TypeError:  # such as an array without dimensions
        raise parameter_error(name, caller, accepted, repr(values)) from None
    whole = (isinstance(v, Integral) and not isinstance(v, bool) and v > 0 for v in items)
    if len(items) < least or not all(whole):
        raise parameter_error(name, caller, accepted, repr(values))
    return tuple(int(value) for value in items)


def check_share(value, *, name, caller):
    """Return a number from 0 to below 1 as a float."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= value < 1:
        raise parameter_error(name, caller, "a number from 0 to below 1", repr(value))
    return float(value)


def check_flag(value, *, name, caller):
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool) and type(value).__name__ not in ("bool_", "bool"):
        raise parameter_error(name, caller, "True or False", repr(value))
    return bool(value)


def image_channels(input_shape, *, caller):
    """Return whether images lack a dimension of channels, and how many channels they have."""
    shape = check_widths(input_shape, name="input_shape", caller=caller)
    if len(shape) not in (2, 3):
        accepted = "(channels, height, width) or (height, width)"
        raise parameter_error("input_shape", caller, accepted, repr(shape))
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
