"""What the R package UBL made of the same seeds, neighbours and factors."""

import numpy as np
import pytest

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, GaussianNoise, RandomOverSampler, RandomUnderSampler, SmoteR
from skdir.resampling._neighbors.space import FeatureSpace


class Drawn:
    """A source of "random" numbers that gives what was recorded."""

    def __init__(self, share, from_neighbor):
        self.share, self.from_neighbor = share, from_neighbor

    def random_sample(self, size):
        return self.share.reshape(size)

    def randint(self, _, size):
        return self.from_neighbor.astype(int).reshape(size)


def interpolated(bump):
    """Interpolate with our code where UBL did, by what it drew."""
    where = np.flatnonzero(bump.interpolated)
    seeds, neighbors = bump.seeds[where], bump.neighbors[where]
    from_neighbor = bump.new_codes[where] != bump.rows.codes[seeds]
    drawn = Drawn(bump.share[where], from_neighbor)
    space = FeatureSpace(bump.rows)
    new, target = SmoteR()._interpolate(space, bump.y, seeds, neighbors, drawn)
    return where, seeds, neighbors, new, target


RUNS = ["Smote_balance", "SMOGN_balance", "Smote_extreme", "SMOGN_extreme", "Smote_list_k3",
        "SMOGN_list_k3"]  # fmt: skip


@pytest.mark.parametrize("run", RUNS)
def test_interpolated_features_are_the_recorded_ones(recorded, run):
    count = 0
    for bump in recorded[run]:
        where, _, _, new, _ = interpolated(bump)
        np.testing.assert_allclose(new.numeric, bump.new_numeric[where], rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(new.codes, bump.new_codes[where])
        count += len(where)
    assert count > 40


@pytest.mark.parametrize("run", RUNS)
def test_targets_are_the_recorded_ones(recorded, run):
    for bump in recorded[run]:
        if bump.categorical and run.startswith("Smote"):
            continue  # the next test
        where, _, _, _, target = interpolated(bump)
        np.testing.assert_allclose(target, bump.new_y[where], rtol=1e-9)


@pytest.mark.parametrize("run", RUNS)
def test_deviation_all_features_count_in_targets_of_mixed_data(mixed, run):
    for bump in mixed[run]:
        where, seeds, neighbors, _, target = interpolated(bump)
        span = np.ptp(bump.rows.numeric, axis=0)
        heom = []
        for parent in (seeds, neighbors):
            numeric = (bump.new_numeric[where] - bump.rows.numeric[parent]) / span
            levels = bump.new_codes[where] != bump.rows.codes[parent]
            heom.append(np.sqrt((numeric**2).sum(axis=1) + levels.sum(axis=1)))
        to_seed, to_neighbor = heom
        expected = to_neighbor * bump.y[seeds] + to_seed * bump.y[neighbors]
        np.testing.assert_allclose(target, expected / (to_seed + to_neighbor), rtol=1e-9)
        if run.startswith("Smote"):  # there UBL counts the last numeric feature only
            assert np.abs(target - bump.new_y[where]).max() > 0.01


@pytest.mark.parametrize("run", RUNS)
def test_neighbors_of_mixed_data_are_the_recorded_ones(mixed, run):
    for bump in mixed[run]:
        k = bump.nearest.shape[1]
        found = FeatureSpace(bump.rows).nearest(np.arange(len(bump.y)), k, None, "test")
        np.testing.assert_array_equal(np.sort(found), np.sort(bump.nearest))


def test_deviation_safe_distance_leaves_out_the_row_itself(mixed):
    for bump in mixed["SMOGN_balance"]:
        space, everyone = FeatureSpace(bump.rows), np.arange(len(bump.y))
        distance = np.array(
            [space.between(bump.rows, np.full(len(everyone), other)) for other in everyone]
        )
        np.testing.assert_allclose(np.median(distance, axis=1) / 2, bump.max_distance, rtol=1e-9)
        ours = space.safe_distances(everyone, np.random.RandomState(0))
        others = distance[~np.eye(len(everyone), dtype=bool)].reshape(len(everyone), -1)
        np.testing.assert_allclose(ours, np.median(others, axis=1) / 2, rtol=1e-7)
        assert (ours > bump.max_distance).all()


def data_of(ubl):
    data, columns = ubl["dataset"]["data"], ubl["dataset"]["columns"]
    numeric = [c for c in columns if c != "y" and not isinstance(data[c][0], str)]
    return np.column_stack([data[c] for c in numeric]), np.array(data["y"])


def relevance_of(run):
    return RelevanceFunction(method="control_points", control_points=run["control_pts"])


@pytest.mark.parametrize("run", ["Smote_balance", "GaussNoise_extreme", "RandOver_balance"])
def test_bumps_are_the_recorded_ones(ubl, run):
    run = ubl["runs"][run]
    X, y = data_of(ubl)
    sampler = RandomOverSampler(relevance=relevance_of(run), threshold=0.5).fit(X, y)
    assert [bump.n_samples for bump in sampler.bumps_] == run["bump_sizes_before"]
    assert [bump.low for bump in sampler.bumps_] == pytest.approx(run["bump_y_min"])
    assert [bump.high for bump in sampler.bumps_] == pytest.approx(run["bump_y_max"])


@pytest.mark.parametrize(
    ("run", "sampler", "strategy"),
    [
        ("Smote_balance", SmoteR, "balance"),
        ("SMOGN_balance", SMOGN, "balance"),
        ("GaussNoise_extreme", GaussianNoise, "extreme"),
        ("RandUnder_extreme", RandomUnderSampler, "extreme"),
    ],
)
def test_rows_per_bump_are_the_recorded_ones_but_exact(ubl, run, sampler, strategy):
    run = ubl["runs"][run]
    X, y = data_of(ubl)
    ours = sampler(
        sampling_strategy=strategy, relevance=relevance_of(run), threshold=0.5, random_state=0
    )
    _, y_new = ours.fit_resample(X, y)
    plan, bumps = ours.sampling_strategy_, ours.bumps_
    assert len(y_new) == sum(plan.values())
    index = np.searchsorted([bump.low for bump in bumps], y[ours.sample_indices_], "right") - 1
    assert np.bincount(index).tolist() == [plan[k] for k in range(len(bumps))]
    ratios = list(run["C_perc_used"])
    for position, bump in enumerate(bumps):
        if sampler is RandomUnderSampler and bump.rare:
            continue  # listed for the normal ones alone
        wanted = ratios.pop(0) * bump.n_samples
        if bump.rare:  # a large rare bump is thinned there, and kept here
            wanted = max(wanted, bump.n_samples)
        assert abs(plan[position] - wanted) <= 1  # there rounded down


def test_deviation_random_over_sampling_does_not_overshoot(ubl):
    run = ubl["runs"]["RandOver_balance"]
    X, y = data_of(ubl)
    sampler = RandomOverSampler(relevance=relevance_of(run), threshold=0.5).fit(X, y)
    normal = [b.n_samples for b in sampler.bumps_ if not b.rare]
    for position, bump in enumerate(sampler.bumps_):
        wanted = max(bump.n_samples, np.mean(normal)) if bump.rare else bump.n_samples
        assert abs(sampler.sampling_strategy_[position] - wanted) < 1
    if len(sampler.bumps_) == 2:  # 337 each, where UBL makes 400 of 63
        assert sampler.sampling_strategy_ == {0: 337, 1: 337}
        assert run["seed1"]["original_rows_per_bump_after"] == [337, 400]
