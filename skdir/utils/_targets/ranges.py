"""Ranges of targets that float64 can hold."""

import numpy as np

# More than there are cells and bandwidths in any range.
_FINEST = 2.0**70


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
