"""Ranges of targets that float64 can hold, for differences, for densities and for pictures."""

from contextlib import contextmanager

import numpy as np

from skdir.utils._validation import parameter_error

# More than there are cells and bandwidths in any range.
_FINEST = 2.0**70
# Larger targets leave no room for the ends of an axis.
_LARGEST = 1e305


def is_finite_range(low, high):
    """Return whether float64 holds the distance between two targets."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite(high - low))


def is_resolved_range(low, high):
    """Return whether float64 holds a range of targets, which is not 0, and densities in its cells.

    A density is per unit of y: in a range that is too narrow it overflows.
    """
    with np.errstate(over="ignore"):
        width = high - low
        return bool(np.isfinite(width) and np.isfinite(_FINEST / width))


@contextmanager
def bins_of(y, *, caller, name="y"):
    """Name the targets where automatic bins or densities find them too near, or too far apart.

    They would name themselves, which the user has not called.
    """
    try:
        with np.errstate(all="ignore"):
            yield
    except ValueError:
        raise _range_error(y.min(), y.max(), caller, name) from None


def _range_error(low, high, caller, name):
    accepted = "in a range that float64 can hold and tell apart (rescale or shift them)"
    return parameter_error(name, caller, accepted, f"targets from {low:.17g} to {high:.17g}")


def check_size(y, *, caller, name="y"):
    """Refuse targets near the largest float: there is no room for the ends of an axis."""
    largest = np.abs(y).max()
    if largest > _LARGEST:
        raise parameter_error(
            name,
            caller,
            f"in a range that float64 can hold, {_LARGEST:g} at the most (rescale them)",
            f"{largest:g}",
        )


def check_range(y, *, caller, name="y"):
    """Refuse targets whose density is beyond float64: they are hardly, or far too, different."""
    check_size(y, caller=caller, name=name)
    low, high = y.min(), y.max()
    if low < high and not is_resolved_range(low, high):
        raise _range_error(low, high, caller, name)
