"""RareTargets: shares against loops, piles of equal targets, weights as repeated rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from skdir.density import RareTargets, TargetDensity

RNG = np.random.default_rng(0)
RAIN = np.concatenate([np.zeros(92), np.linspace(3, 60, 8)])


def rarest(y, fraction):
    """Return the rows of lowest density by counting, for targets whose densities all differ."""
    density = TargetDensity().fit(y).density(y)
    rare = np.zeros(len(y), dtype=bool)
    rare[np.argsort(density)[: int(np.ceil(fraction * len(y)))]] = True
    return rare


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.2, 0.5, 0.9])
@pytest.mark.parametrize(
    "y",
    [RNG.normal(size=300), RNG.exponential(size=301), np.exp(2 * RNG.normal(size=500))],
    ids=["normal", "exponential", "lognormal"],
)
def test_the_asked_share_of_a_continuous_target_is_rare(y, fraction):
    rare = RareTargets(rare_fraction=fraction).fit(y)
    np.testing.assert_array_equal(rare.is_rare(y), rarest(y, fraction))
    assert rare.share_ == np.ceil(fraction * len(y)) / len(y)
    assert rare.level_ == rare.density_.density(y)[rare.is_rare(y)].max()


def test_the_default_share_is_a_fifth():
    rare = RareTargets().fit(RNG.normal(size=100))
    assert rare.share_ == 0.2


@pytest.mark.parametrize("fraction", [0.09, 0.1, 0.2, 0.5, 0.9])
def test_zeros_are_not_rare_where_they_alone_are_more_than_the_share(fraction):
    rare = RareTargets(rare_fraction=fraction).fit(RAIN)
    np.testing.assert_array_equal(rare.is_rare(RAIN), RAIN > 0)
    assert rare.share_ == 0.08


def test_a_share_below_that_of_the_others_takes_the_rarest_of_them():
    rare = RareTargets(rare_fraction=0.04).fit(RAIN)
    assert rare.is_rare(RAIN).sum() == 4
    assert not rare.is_rare([0.0]).any()


PILES = {  # targets, and which of them are rare at a fifth
    "counts": (np.repeat([0, 1, 2, 3], [88, 7, 3, 2]), [1, 2, 3]),
    "ratings": (np.repeat([1, 2, 3, 4, 5], [3, 2, 4, 6, 85]), [1, 2, 3, 4]),
    "capped": (np.append(np.linspace(1, 9, 15), np.full(85, 50.0)), list(np.linspace(1, 9, 15))),
    "pile in the middle": (np.repeat([-3.0, 0.0, 4.0], [9, 82, 9]), [-3.0, 4.0]),
    "two piles": (np.repeat([0.0, 50.0, 100.0], [50, 5, 45]), [50.0]),
    "exactly the share": (np.repeat([0.0, 10.0], [80, 20]), [10.0]),
    "a row more than the share": (np.repeat([0.0, 10.0], [79, 21]), []),
    "one value": (np.full(50, 3.5), []),
    "two values alike": (np.repeat([0.0, 1.0], 50), []),
    "three values": (np.repeat([-1.0, 0.0, 1.0], [30, 40, 30]), []),
    "noise of rounding": (
        np.append(1e-13 * RNG.normal(size=92), np.linspace(3, 60, 8)), list(np.linspace(3, 60, 8))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PILES)
def test_what_is_rare_beside_piles_of_equal_targets(name):
    y, expected = PILES[name]
    rare = RareTargets().fit(y)
    np.testing.assert_array_equal(rare.is_rare(y), np.isin(y, expected))
    assert rare.share_ == np.isin(y, expected).mean()
    assert np.isnan(rare.level_) == (not expected)


@pytest.mark.parametrize("n_zeros", range(760, 845, 7))
def test_the_share_moves_with_the_zeros_without_a_jump(n_zeros):
    # near 80 % zeros a few rows must not decide between a fifth of the rows and all of them
    y = np.append(np.zeros(n_zeros), np.exp(RNG.normal(3, 1, 1000 - n_zeros)))
    rare = RareTargets().fit(y)
    assert rare.share_ == min(200, 1000 - n_zeros) / 1000
    assert not rare.is_rare([0.0])[0]


def test_new_targets_between_the_pile_and_the_others_are_rare():
    rare = RareTargets().fit(RAIN)
    np.testing.assert_array_equal(rare.is_rare([0.0, 0.5, 2.0, 80.0]), [False, True, True, True])


@pytest.mark.parametrize("name", PILES)
@pytest.mark.parametrize(("shift", "scale"), [(0, 1), (-7, 1), (0, -1), (5, 1e-8), (0, 1e9)])
def test_units_and_direction_of_the_target_do_not_matter(name, shift, scale):
    if name == "noise of rounding" and shift:
        pytest.skip("the noise is rounded away")
    y, expected = PILES[name]
    rare = RareTargets().fit(scale * y + shift * abs(scale))
    np.testing.assert_array_equal(
        rare.is_rare(scale * y + shift * abs(scale)), np.isin(y, expected)
    )


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(-4, 9), st.integers(0, 4)), min_size=2, max_size=40),
    st.sampled_from([0.05, 0.1, 0.2, 0.25, 0.5, 0.8]),
)
def test_weights_equal_repeated_rows_and_the_share_is_held(rows, fraction):
    y, weight = np.array(rows, dtype=float).T
    if not weight.any():
        weight[0] = 1
    repeated = np.repeat(y, weight.astype(int))
    rare = RareTargets(rare_fraction=fraction)
    weighted = rare.fit(y, weight).is_rare(y)
    share = rare.share_
    rare.fit(repeated)
    np.testing.assert_array_equal(rare.is_rare(y), weighted)
    np.testing.assert_allclose(share, rare.share_)
    # equal targets are alike, and no value that is rare is more than the share
    values, counts = np.unique(repeated, return_counts=True)
    assert (counts[rare.is_rare(values)] <= fraction * len(repeated) * (1 + 1e-9)).all()
    assert rare.share_ < 2 * fraction + 1e-9
    # it is a lower part by density
    density, is_rare = rare.density_.density(values), rare.is_rare(values)
    if is_rare.any() and not is_rare.all():
        assert density[is_rare].max() < density[~is_rare].min()


def test_rows_of_weight_zero_are_not_there():
    y = np.append(RAIN, np.full(500, 33.0))
    rare = RareTargets().fit(y, np.repeat([1.0, 0.0], [100, 500]))
    np.testing.assert_array_equal(rare.is_rare(RAIN), RAIN > 0)
    assert rare.share_ == 0.08


@pytest.mark.parametrize("fraction", [0, 1, 1.5, "low", None])
def test_invalid_shares_are_refused(fraction):
    with pytest.raises(ValueError, match="'rare_fraction' parameter of RareTargets must be"):
        RareTargets(rare_fraction=fraction).fit(RAIN)


def test_a_refit_that_fails_changes_nothing():
    rare = RareTargets().fit(RAIN)
    with pytest.raises(ValueError, match="'y' parameter of RareTargets.fit"):
        rare.fit([1.0, np.nan])
    np.testing.assert_array_equal(rare.is_rare(RAIN), RAIN > 0)
    with pytest.raises(ValueError, match="'y' parameter of RareTargets.is_rare"):
        rare.is_rare([[1.0]])


@pytest.mark.parametrize("fraction", [0.6, 0.85, 0.99])
@pytest.mark.parametrize("y", [RAIN[90:], np.append(np.zeros(50), np.arange(1, 51)), [1, 2, 2]])
def test_the_densest_targets_are_frequent_whatever_the_share(y, fraction):
    y = np.asarray(y, dtype=float)
    rare = RareTargets(rare_fraction=fraction).fit(y)
    densest = np.argmax(TargetDensity().fit(y).density(y))
    assert not rare.is_rare(y)[densest]
    assert rare.is_rare(y)[np.argmin(TargetDensity().fit(y).density(y))]


def test_a_range_beyond_float64_is_refused_in_its_own_name():
    with pytest.raises(ValueError, match="'y' parameter of RareTargets must be of a range"):
        RareTargets().fit([1e-301, 2e-301, 5e-301])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("y", [RAIN, RNG.exponential(size=60)], ids=["rain", "exponential"])
def test_rarity_is_the_share_of_rows_at_least_as_dense(y, weighted):
    weight = RNG.integers(0, 4, len(y)).astype(float) if weighted else np.ones(len(y))
    rare = RareTargets().fit(y, weight if weighted else None)
    values = np.r_[y, -5.0, 1e6, y.mean()]
    at_rows = rare.density_.density(y)
    naive = [
        weight[at_rows >= level].sum() / weight.sum() for level in rare.density_.density(values)
    ]
    np.testing.assert_allclose(rare.rarity(values), naive, atol=1e-12)
    assert rare.rarity([1e6]) == 1.0
    assert rare.rarity(np.array([])).shape == (0,)


def test_rarity_does_not_depend_on_the_fraction_and_falls_with_the_density():
    y = RNG.normal(size=100)
    few, many = (RareTargets(rare_fraction=fraction).fit(y) for fraction in (0.1, 0.5))
    np.testing.assert_array_equal(few.rarity(y), many.rarity(y))
    order = np.argsort(few.density_.density(y))
    assert (np.diff(few.rarity(y)[order]) <= 0).all()
    assert few.rarity(y).max() == 1.0 and few.rarity(y).min() == pytest.approx(0.01)


def test_rarity_before_fit_and_of_what_is_no_target_is_refused():
    with pytest.raises(NotFittedError):
        RareTargets().rarity([1.0])
    with pytest.raises(ValueError, match=r"'y' parameter of RareTargets\.rarity"):
        RareTargets().fit([1.0, 2.0, 4.0]).rarity([np.nan])
