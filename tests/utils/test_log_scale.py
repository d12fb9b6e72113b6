"""The logarithm of targets, or their inverse hyperbolic sine."""

import numpy as np
import pytest

from skdir.utils._targets.log_scale import LogScale


def test_the_choice_of_a_scale():
    assert LogScale.of(np.array([3.0, 1.0])) == LogScale("log", 1.0)
    # sizes 1, 2, 4, 8 that are not 0: the median is 3
    assert LogScale.of(np.array([-8.0, 0.0, 4.0, 0.0, 0.0, 1.0, -2.0])) == LogScale("asinh", 3.0)
    assert LogScale.of(np.zeros(3)) == LogScale("asinh", 1.0)


def test_weights_count_rows():
    y, weight = np.array([-8.0, 0.0, 4.0, 1.0, -2.0]), np.array([3.0, 9.0, 1.0, 0.0, 1.0])
    # sizes 2, 4, 8, 8, 8
    assert LogScale.of(y, weight) == LogScale("asinh", 8.0)
    assert LogScale.of(np.repeat(y, weight.astype(int))) == LogScale("asinh", 8.0)
    # the only target that is not positive is not there
    assert LogScale.of(np.array([-1.0, 2.0]), np.array([0.0, 1.0])) == LogScale("log")


@pytest.mark.parametrize("c", [1e-300, 0.5, 1.0, 1e300])
def test_the_inverse_of_asinh_is_its_inverse_as_far_as_float64_goes(c):
    y = np.array([-1.7e308, -3.0, -1e-5, 0.0, 1e-5, 2.0, 1e200, 1.7e308])
    z = LogScale("asinh", c).forward(y)
    assert np.isfinite(z).all() and (np.diff(z) >= 0).all()
    back = LogScale("asinh", c).inverse(z)
    np.testing.assert_allclose(back, y, rtol=1e-12)  # z up to 1400 has 1e-13 of absolute error
    finite = np.abs(y / 1e10) < 1e290 * min(c, 1.0)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(z[finite], np.arcsinh(y[finite] / c), rtol=1e-15)


def test_logarithm_and_its_inverse():
    y = np.array([1e-300, 1.0, 1e300])
    np.testing.assert_array_equal(LogScale("log").forward(y), np.log(y))
    np.testing.assert_array_equal(LogScale("log").inverse(np.array([0.0, 1000.0])), [1.0, np.inf])
