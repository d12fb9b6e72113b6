"""The plug-in rule on rounded targets, far from zero, and where it finds no density."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from skdir.density import TargetDensity, select_bandwidth
from skdir.weighting import LDSWeighter

DIABETES = load_diabetes().target


def kdepy(y):
    """The rule by another implementation (see test_isj_equals_kdepy for the factor)."""
    from KDEpy.bw_selection import improved_sheather_jones

    return 2 * improved_sheather_jones(1e6 * y.reshape(-1, 1)) / 1e6


def test_whole_targets_have_the_bandwidth_of_the_same_with_decimals():
    """Diabetes progression is whole numbers: their own spikes once gave 0.055."""
    rng = np.random.default_rng(0)
    with_decimals = [kdepy(DIABETES + rng.uniform(-0.5, 0.5, 442)) for _ in range(3)]
    expected = np.mean(with_decimals)
    assert expected == pytest.approx(15.7, abs=0.1)
    assert select_bandwidth(DIABETES, "isj") == pytest.approx(expected, rel=0.01)
    assert LDSWeighter(bandwidth="isj").fit(DIABETES).bandwidth_ == pytest.approx(15.7, abs=0.1)
    in_batches = TargetDensity(bandwidth="isj").partial_fit(DIABETES[:200])
    assert in_batches.partial_fit(DIABETES[200:]).bandwidth_ == pytest.approx(15.7, abs=0.1)


@pytest.mark.parametrize("n", [100, 1000, 10_000])
@pytest.mark.parametrize("unit", [0.01, 0.05, 0.1])
def test_rounding_by_less_than_the_bandwidth_changes_little(n, unit):
    y = np.random.default_rng(n).normal(size=n)
    rounded = np.round(y / unit) * unit
    assert select_bandwidth(rounded, "isj") == pytest.approx(kdepy(y), rel=0.05)


def test_a_few_unrounded_targets_change_nothing():
    y = np.random.default_rng(0).gamma(2, 3, 1000)
    mixed = np.append(np.round(y, 1), [1.2345, 3.7123])
    assert select_bandwidth(mixed, "isj") == pytest.approx(kdepy(y), rel=0.05)


@pytest.mark.parametrize("offset", [1e9, -1e12, 1e15])
def test_far_from_zero(offset):
    y = offset + np.random.default_rng(3).gamma(2, 3, 300)
    assert select_bandwidth(y, "isj") == pytest.approx(
        select_bandwidth(y - offset, "isj"), rel=1e-6
    )
    near = select_bandwidth(np.random.default_rng(3).gamma(2, 3, 300), "isj")
    assert select_bandwidth(y, "isj") == pytest.approx(near, rel=0.05)


@pytest.mark.parametrize(
    "y",
    [
        np.random.default_rng(0).poisson(4, 1000),
        np.random.default_rng(0).normal(size=2000).round(),
        np.where(np.arange(1000) < 700, 0, np.random.default_rng(0).gamma(2, 3, 1000)),
    ],
    ids=["counts", "coarse", "zeros"],
)
def test_below_the_spacing_it_warns(y):
    with pytest.warns(UserWarning, match="'rule' parameter of select_bandwidth is 'isj', .*"):
        got = select_bandwidth(y, "isj")
    values = np.unique(y)
    assert 0 < got < np.median(np.diff(values))
    with pytest.warns(UserWarning, match="of LDSWeighter is 'isj', which gives .* below the spac"):
        LDSWeighter(bandwidth="isj").fit(y)


def test_a_range_that_dwarfs_the_bandwidth_is_looked_at_more_closely():
    y = np.random.default_rng(0).normal(size=1000)
    assert select_bandwidth(np.append(y, 3e3), "isj") == pytest.approx(kdepy(y), rel=0.05)
    with pytest.warns(UserWarning, match="below what can be told apart in a range of 1e"):
        select_bandwidth(np.append(y, 1e7), "isj")


@pytest.mark.parametrize("y", [[0, 1], [0, 0, 1, 1], [1e300, -1e300, 0], [5e-324, 0, 0, 0]])
def test_without_a_solution_the_error_is_ours(y):
    with pytest.raises(ValueError, match="parameter of select_bandwidth must be"):
        select_bandwidth(y, "isj")
