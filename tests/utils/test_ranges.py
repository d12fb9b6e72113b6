"""Ranges that float64 can hold and tell apart."""

import numpy as np
import pytest

from skdir.density import TargetDensity
from skdir.utils._targets.ranges import is_finite_range, is_resolved_range

LARGEST = np.finfo(np.float64).max


@pytest.mark.parametrize(
    ("low", "high", "finite", "resolved"),
    [
        (0.0, 1.0, True, True),
        (0.0, LARGEST, True, True),
        (-LARGEST / 2, LARGEST / 2, True, True),
        (-LARGEST / 2, LARGEST, False, False),
        (-1.7e308, 1.7e308, False, False),
        # 2**70 / 2**-953 is 2**1023, the largest power of two; 2**70 / 2**-954 is beyond
        (0.0, 2.0**-953, True, True),
        (0.0, 2.0**-954, True, False),
        (0.0, 5e-324, True, False),
        (1.0, 1.0 + 2.0**-52, True, True),
    ],
)
def test_ranges_at_the_ends_of_float64(low, high, finite, resolved):
    with np.errstate(all="raise", under="ignore"):
        assert is_finite_range(low, high) is finite
        assert is_resolved_range(np.float64(low), np.float64(high)) is resolved


@pytest.mark.parametrize("high", [2.0**-953, 2.0**-954, 1.0, LARGEST])
def test_densities_take_the_ranges_that_are_resolved(high):
    with np.errstate(over="ignore"):
        if is_resolved_range(0.0, high):
            density = TargetDensity().fit([0.0, high]).density([0.0, high])
            assert np.isfinite(density).all()
        else:
            with pytest.raises(ValueError, match="of a range that float64 holds"):
                TargetDensity().fit([0.0, high])
