"""What must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

ALL = [RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN, WERCS]


class Recording(SmoteR):
    """SmoteR that remembers the parents of each new row."""

    def _interpolate(self, space, y, seeds, neighbors, rng):
        new, target = super()._interpolate(space, y, seeds, neighbors, rng)
        if not hasattr(self, "parents"):
            self.parents = []
        self.parents.append((space.rows, y, seeds, neighbors, new, target))
        return new, target


@st.composite
def problems(draw):
    """Return X of any scale, perhaps with missing values and ties, and a relevance in steps."""
    n, p = draw(st.integers(8, 60)), draw(st.integers(1, 5))
    values = st.floats(-1e6, 1e6, width=32)
    X = draw(arrays(np.float64, (n, p), elements=values))
    if draw(st.booleans()):
        X = np.round(X / 1e5)  # ties and duplicated rows
    if draw(st.booleans()):
        X[np.random.RandomState(0).rand(n, p) < 0.2] = np.nan
    y = draw(arrays(np.float64, n, elements=values))
    y[:4] = [-2e6, -1.9e6, 2e6, 1.9e6]
    return X, y, draw(st.sampled_from(["row", "attribute"])), draw(st.integers(1, 7))


def relevance(y):
    return (np.abs(y) > 1.5e6).astype(float)


@settings(max_examples=100)
@given(problems(), st.integers(0, 50))
def test_new_rows_are_in_the_box_of_their_parents(problem, seed):
    X, y, interpolation, k = problem
    sampler = Recording(
        interpolation=interpolation,
        k_neighbors=k,
        relevance=relevance,
        sampling_strategy={0: 9, 1: len(y), 2: 9},
        random_state=seed,
    )
    X_new, y_new = sampler.fit_resample(X, y)
    new = sampler.synthetic_mask_
    assert new.sum() == 14 + 4
    done = 0
    for rows, target, seeds, neighbors, made, made_y in sampler.parents:
        a, b = rows.numeric[seeds], rows.numeric[neighbors]
        low, high = np.fmin(a, b), np.fmax(a, b)
        missing = np.isnan(a) | np.isnan(b)
        assert (seeds != neighbors).all()
        got = X_new[new][done : done + len(seeds)]
        np.testing.assert_array_equal(got, made.numeric)
        assert ((got >= low) & (got <= high))[~missing].all()
        np.testing.assert_array_equal(got[missing], a[missing])  # the seed's value, NaN or not
        y_low = np.minimum(target[seeds], target[neighbors])
        y_high = np.maximum(target[seeds], target[neighbors])
        got_y = y_new[new][done : done + len(seeds)]
        assert ((got_y >= y_low) & (got_y <= y_high)).all()
        np.testing.assert_array_equal(got_y, made_y)
        # parents are of one bump, and so is the new target
        for side in (target, got_y):
            assert len(np.unique(np.trunc(side / 1.5e6))) == 1
        done += len(seeds)
    np.testing.assert_array_equal(X_new[~new], X)
    np.testing.assert_array_equal(y_new[~new], y)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(600, 8)), rng.gamma(1.5, size=600)


@pytest.mark.parametrize("sampler", [*ALL, "WERCS with noise"])
class TestEverySampler:
    def make(self, sampler, **params):
        return WERCS(noise=True, **params) if isinstance(sampler, str) else sampler(**params)

    def test_same_seed_same_result_whatever_came_before(self, sampler, data):
        X, y = data
        sampler = self.make(sampler, random_state=3)
        first = sampler.fit_resample(X, y)
        np.random.seed(99)  # noqa: NPY002
        sampler.fit_resample(X[:300], y[:300])
        second = sampler.fit_resample(X, y)
        np.testing.assert_array_equal(first[0], second[0])
        np.testing.assert_array_equal(first[1], second[1])

    def test_other_seeds_give_other_results(self, sampler, data):
        X, y = data
        half = {} if isinstance(sampler, str) or sampler is WERCS else {"threshold": 0.5}
        results = [self.make(sampler, random_state=s, **half).fit_resample(X, y)[0] for s in (0, 1)]
        assert not np.array_equal(*results)

    def test_global_state_is_neither_used_nor_changed(self, sampler, data):
        X, y = data
        state = np.random.mtrand._rand
        before = state.get_state()[1].copy()
        self.make(sampler, random_state=0).fit_resample(X, y)
        np.testing.assert_array_equal(state.get_state()[1], before)

    def test_a_random_state_instance_moves_on(self, sampler, data):
        X, y = data
        half = {} if isinstance(sampler, str) or sampler is WERCS else {"threshold": 0.5}
        sampler = self.make(sampler, random_state=np.random.RandomState(0), **half)
        first, second = (sampler.fit_resample(X, y)[0] for _ in range(2))
        assert not np.array_equal(first, second)

    def test_input_is_not_modified(self, sampler, data):
        X, y = data[0].copy(), data[1].copy()
        X[5, 2] = np.nan
        X.setflags(write=False)
        y.setflags(write=False)
        self.make(sampler, random_state=0).fit_resample(X, y)
        np.testing.assert_array_equal(y, data[1])

    def test_parameters_are_not_modified(self, sampler, data):
        from skdir.relevance import RelevanceFunction

        given_relevance = RelevanceFunction(coef=1.2)
        sampler = self.make(sampler, relevance=given_relevance)
        before = dict(sampler.get_params(deep=False))
        sampler.fit_resample(*data)
        assert sampler.get_params(deep=False) == before
        assert not hasattr(given_relevance, "control_points_")
        assert sampler.relevance_.coef == 1.2

    def test_units_of_features_and_target_do_not_matter(self, sampler, data):
        X, y = data
        results = [
            self.make(sampler, random_state=0).fit_resample(X * scale, y * scale)
            for scale in (1.0, 1024.0, 2.0**-20)
        ]
        for scale, (X_new, y_new) in zip((1024.0, 2.0**-20), results[1:]):
            np.testing.assert_allclose(X_new / scale, results[0][0], rtol=1e-9)
            np.testing.assert_allclose(y_new / scale, results[0][1], rtol=1e-9)

    def test_a_sample_of_the_order_of_rows_leaves_the_plan(self, sampler, data):
        X, y = data
        order = np.random.default_rng(1).permutation(len(y))
        plans = [
            self.make(sampler).fit(*pair).sampling_strategy_
            for pair in ((X, y), (X[order], y[order]))
        ]
        assert plans[0] == plans[1]


@pytest.mark.parametrize("sampler", [SmoteR, SMOGN])
def test_result_does_not_depend_on_n_jobs(sampler, data):
    X, y = data
    results = [sampler(random_state=0, n_jobs=n).fit_resample(X, y) for n in (None, 2)]
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize("sampler", [GaussianNoise, SmoteR, SMOGN])
def test_two_bumps_draw_different_numbers(sampler):
    # the same rows in both bumps: only different draws can tell the new ones apart
    rng = np.random.default_rng(0)
    part = rng.normal(size=(20, 3))
    X = np.vstack([part, rng.normal(size=(60, 3)), part])
    y = np.concatenate([np.linspace(-6, -5, 20), np.linspace(-1, 1, 60), np.linspace(5, 6, 20)])
    fitted = sampler(
        relevance=lambda y: (np.abs(y) > 3).astype(float), sampling_strategy="over", random_state=0
    )
    X_new, y_new = fitted.fit_resample(X, y)
    X_new, y_new = X_new[fitted.synthetic_mask_], y_new[fitted.synthetic_mask_]
    low, high = X_new[y_new < 0], X_new[y_new > 0]
    assert len(low) == len(high) == 40
    assert not np.isin(low, high).any()


@pytest.mark.parametrize("sampler", [RandomOverSampler, GaussianNoise, SmoteR, SMOGN])
def test_seeds_are_spread_evenly(sampler, data):
    X, y = data
    fitted = sampler(sampling_strategy="over", threshold=0.5, random_state=0)
    fitted.fit_resample(X, y)
    times = np.bincount(fitted.sample_indices_[fitted.synthetic_mask_], minlength=len(y))
    rare = y >= next(b.low for b in fitted.bumps_ if b.rare)
    assert np.ptp(times[rare]) == 1
    assert not times[~rare].any()
