"""Bandwidth rules and windows against independent implementations."""

import numpy as np
import pytest
from scipy.integrate import quad

from skdir.density import reference_window, select_bandwidth
from skdir.utils._targets.kernels import KERNELS, kernel_cdf, kernel_values

RULES = ("silverman", "scott", "isj")


@pytest.mark.parametrize("seed", range(3))
def test_normal_reference_rules_equal_statsmodels(seed):
    from statsmodels.nonparametric.bandwidths import bw_scott, bw_silverman

    y = np.random.default_rng(seed).gamma(3, size=4001)
    assert select_bandwidth(y, "silverman") == pytest.approx(bw_silverman(y), rel=2e-3)
    assert select_bandwidth(y, "scott") == pytest.approx(bw_scott(y), rel=2e-3)


@pytest.mark.parametrize(
    "y",
    [
        np.random.default_rng(0).normal(size=1000),
        np.random.default_rng(1).gamma(2, size=3000),
        np.append(
            np.random.default_rng(2).normal(size=500), np.random.default_rng(3).normal(9, 0.3, 500)
        ),
    ],
    ids=["normal", "gamma", "two modes"],
)
def test_isj_equals_kdepy(y):
    from KDEpy.bw_selection import improved_sheather_jones

    # KDEpy solves on a mesh twice as wide as the range (at least 6 wider on either side, which is
    # nothing at this scale) but converts the root to units of y with the range itself
    expected = 2 * improved_sheather_jones(1e6 * y.reshape(-1, 1)) / 1e6
    assert select_bandwidth(y, "isj") == pytest.approx(expected, rel=5e-3)


def test_isj_is_asymptotically_optimal_on_a_normal_sample():
    y = np.random.default_rng(0).normal(size=200_000)
    optimum = (4 / 3) ** 0.2 * 200_000**-0.2  # of the mean integrated squared error
    assert select_bandwidth(y, "isj") == pytest.approx(optimum, rel=0.05)


def test_isj_does_not_oversmooth_two_modes():
    rng = np.random.default_rng(0)
    y = np.append(rng.normal(size=2000), rng.normal(50, 1, 2000))
    assert select_bandwidth(y, "isj") < 0.5 < 3 < select_bandwidth(y, "silverman")


def test_isj_without_a_solution_is_an_error():
    with pytest.raises(ValueError, match="'rule' parameter .* has no root"):
        select_bandwidth([0.0, 1.0], "isj")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("scale", [1e-3, 1000.0])
def test_scale_equivariant(rule, scale):
    y = np.random.default_rng(0).gamma(2, size=500)
    expected = scale * select_bandwidth(y, rule)
    assert select_bandwidth(scale * y, rule) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_weight_two_is_the_row_twice(rule):
    y = np.random.default_rng(0).gamma(2, size=300)
    weight = np.random.default_rng(1).integers(0, 4, 300)
    expected = select_bandwidth(np.repeat(y, weight), rule)
    assert select_bandwidth(y, rule, sample_weight=weight) == pytest.approx(expected, rel=1e-9)


def test_without_quartile_distance_the_standard_deviation_is_used():
    y = np.repeat([0.0, 1.0], [900, 100])
    assert select_bandwidth(y) == pytest.approx(0.9 * 0.3 * 1000**-0.2)


def test_quartiles_far_finer_than_the_range():
    y = np.append(np.random.default_rng(0).normal(size=1001), [1e5, 3e7])
    quartiles = np.quantile(y, [0.25, 0.75], method="inverted_cdf")
    expected = 0.9 * np.ptp(quartiles) / 1.349 * 1003**-0.2
    assert select_bandwidth(y) == pytest.approx(expected, rel=1e-9)
    y = y[:-1]
    assert select_bandwidth(y) == pytest.approx(
        0.9 * np.ptp(np.quantile(y, [0.25, 0.75], method="inverted_cdf")) / 1.349 * 1002**-0.2,
        rel=1e-9,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 1.0],), "'y' parameter of select_bandwidth must be of more than one value"),
        (([1.0, 2.0], "rule"), "'rule' parameter of select_bandwidth must be one of"),
        (([],), "'y' parameter of select_bandwidth"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        select_bandwidth(*arguments)


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_have_unit_integral_and_their_cdf_is_their_integral(name):
    assert quad(lambda d: kernel_values(name, d), -40, 40, points=[0])[0] == pytest.approx(1)
    for end in (-1.5, -0.4, 0.0, 0.7, 2.5):
        integral = quad(lambda d: kernel_values(name, d), -40, end, points=[-1, min(end, 0)])[0]
        assert float(kernel_cdf(name, end)) == pytest.approx(integral, abs=1e-7)


def test_reference_windows(dir_reference):
    names = {"gaussian": "gaussian", "triang": "triangular", "laplace": "laplacian"}
    for key, windows in dir_reference["kernel_windows"].items():
        kernel, size, sigma = key.split(",")
        for normalize, published in (("max", "lds"), ("sum", "fds")):
            window = reference_window(names[kernel], int(size), float(sigma), normalize=normalize)
            np.testing.assert_allclose(window, windows[published], rtol=1e-5, atol=1e-7)


def test_reference_window_excerpt():
    np.testing.assert_allclose(
        reference_window("gaussian", 5, 2)[:3], [0.8582852377730947, 0.9458276490853568, 1.0]
    )
    np.testing.assert_allclose(
        reference_window("gaussian", 3, 1, normalize="sum"),
        [0.29609641432762146, 0.40780720114707947, 0.29609641432762146],
        rtol=1e-6,
    )


def test_reference_window_shapes():
    np.testing.assert_allclose(reference_window("laplacian", 3, 2), [np.exp(-0.5), 1, np.exp(-0.5)])
    np.testing.assert_allclose(reference_window("triangular", 5, 9), np.array([1, 2, 3, 2, 1]) / 3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("box", 5, 2), {}, "'kernel' parameter of reference_window"),
        (("gaussian", 4, 2), {}, "'kernel_size' parameter of reference_window"),
        (("gaussian", True, 2), {}, "'kernel_size' parameter of reference_window"),
        (("gaussian", 5, 0), {}, "'sigma' parameter of reference_window"),
        (("gaussian", 5, "2"), {}, "'sigma' parameter of reference_window"),
        (("gaussian", 5, 2), {"normalize": "l2"}, "'normalize' parameter of reference_window"),
    ],
)
def test_reference_window_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        reference_window(*arguments, **options)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("y", [[-1.7e308, 0, 1.7e308], [0.0, 5e-324], [0, 1e-300, 2e-300]])
def test_a_range_beyond_float64_is_refused(rule, y):
    with pytest.raises(ValueError, match="'y' parameter of select_bandwidth must be of a range"):
        select_bandwidth(y, rule)
