"""Parameters that are no numbers, masked, or beyond float64 are refused by name."""

import numpy as np
import pytest

from skdir.density import TargetDensity, reference_window
from skdir.weighting import DenseWeighter, InverseFrequencyWeighter, LDSWeighter

Y = np.random.default_rng(0).gamma(2, 3, 50)
BEYOND = 10**400
NO_PAIRS = (
    ("0", "2"),
    (0.5, BEYOND),
    (0.5, None),
    (np.nan, 2),
    ((0.5,), 2),
    [[0.5, 2]],
    (0.5, 1.5, 2),
    (0.5, 2j),
    np.ma.array([0.5, 2.0], mask=[False, True]),
)


@pytest.mark.parametrize("clip", [*NO_PAIRS, (-1, 2), (2, 1), (1.1, 2), (0, 0), (np.inf, np.inf)])
def test_bounds_of_weights(clip):
    for weighter in (LDSWeighter(clip=clip), InverseFrequencyWeighter(clip=clip)):
        with pytest.raises(ValueError, match="'clip' parameter of .*Weighter must be a pair"):
            weighter.fit(Y)


@pytest.mark.parametrize("bounds", [*NO_PAIRS, (-1, 2), (2, 1), (0, 0), (np.inf, np.inf)])
def test_bounds_of_counts(bounds):
    with pytest.raises(ValueError, match="'clip_counts' parameter of LDSWeighter must be a pair"):
        LDSWeighter(bins=5, clip_counts=bounds).fit(Y)


@pytest.mark.parametrize(
    "window",
    [
        ["1", "2", "1"],
        [1, BEYOND, 1],
        [1, None, 1],
        [1j, 1, 1],
        [1, [2], 1],
        np.ma.array([1.0, 2.0, 1.0], mask=[False, True, False]),
    ],
)
def test_windows(window):
    with pytest.raises(ValueError, match="'kernel' parameter of LDSWeighter must be"):
        LDSWeighter(bins=5, kernel=window).fit(Y)


def test_numbers_beyond_float64():
    with pytest.raises(ValueError, match="'bandwidth' parameter of TargetDensity must be"):
        TargetDensity(bandwidth=BEYOND).fit(Y)
    for weighter in (LDSWeighter(bandwidth=BEYOND), DenseWeighter(bandwidth=BEYOND)):
        with pytest.raises(ValueError, match="'bandwidth' parameter of .*Weighter must be"):
            weighter.fit(Y)
    with pytest.raises(ValueError, match="'alpha' parameter of DenseWeighter must be"):
        DenseWeighter(alpha=BEYOND).fit(Y)


@pytest.mark.parametrize("kernel", ["gaussian", "laplacian", "triangular"])
@pytest.mark.parametrize("sigma", [BEYOND, 1e308, 5e-324, np.nan, -1.0])
def test_spread_of_a_window(kernel, sigma):
    with pytest.raises(ValueError, match="'sigma' parameter of reference_window must be"):
        reference_window(kernel, 5, sigma)


def test_size_of_a_window():
    with pytest.raises(ValueError, match="'kernel_size' parameter of reference_window must be"):
        reference_window("triangular", 10**12 + 1, 1.0)
