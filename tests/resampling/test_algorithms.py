"""Each algorithm does what its paper says."""

import numpy as np
import pytest

from skdir.resampling import SMOGN, BaseResampler, GaussianNoise, SmoteR
from skdir.resampling._neighbors.space import FeatureSpace
from skdir.utils._containers.rows import Rows


def rare_bump(n=120, seed=0):
    """Return rows whose first part is rare, and the relevance of all."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n + 300, 4)) * [1, 50, 0.01, 3]
    y = np.concatenate([10 + X[:n, 0] + rng.normal(size=n), rng.uniform(0, 3, 300)])
    return X, y, (np.arange(n + 300) < n).astype(float)


def added(sampler, X, y):
    """Return the new rows, their targets and their seeds."""
    X_new, y_new = sampler.fit_resample(X, y)
    new = sampler.synthetic_mask_
    return X_new[new], y_new[new], sampler.sample_indices_[new]


class TestGaussianNoise:
    @pytest.mark.parametrize("perturbation", [0.1, 0.5])
    def test_noise_has_the_share_of_the_deviation_in_the_bump(self, perturbation):
        X, y, phi = rare_bump()
        sampler = GaussianNoise(
            perturbation=perturbation, relevance=phi, sampling_strategy={1: 20_000}, random_state=0
        )
        X_new, y_new, seeds = added(sampler, X, y)
        z = (X_new - X[seeds]) / (perturbation * X[:120].std(axis=0, ddof=1))
        np.testing.assert_allclose(z.std(axis=0), 1, atol=0.02)
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.03)
        assert np.abs(np.corrcoef(z.T) - np.eye(4)).max() < 0.03
        z = (y_new - y[seeds]) / (perturbation * y[:120].std(ddof=1))
        assert z.std() == pytest.approx(1, abs=0.02)

    def test_levels_are_drawn_by_their_frequency_in_the_bump(self):
        X, y, phi = rare_bump()
        X[:120, 3] = np.repeat([0, 1, 2], [60, 48, 12])
        X[120:, 3] = 9
        sampler = GaussianNoise(
            relevance=phi, sampling_strategy={1: 10_120}, categorical_features=[3], random_state=0
        )
        X_new, _, _ = added(sampler, X, y)
        levels, counts = np.unique(X_new[:, 3], return_counts=True)
        assert levels.tolist() == [0, 1, 2]
        np.testing.assert_allclose(counts / 10_000, [0.5, 0.4, 0.1], atol=0.015)

    def test_no_perturbation_copies(self):
        X, y, phi = rare_bump()
        X_new, y_new, seeds = added(
            GaussianNoise(perturbation=0.0, relevance=phi, random_state=0), X, y
        )
        np.testing.assert_array_equal(X_new, X[seeds])
        np.testing.assert_array_equal(y_new, y[seeds])

    def test_constant_columns_and_targets_stay_constant(self):
        X, y, phi = rare_bump()
        X[:, 1], y[:120] = 0.1, 10.1  # whose sum over rows is not exact
        X_new, y_new, _ = added(GaussianNoise(relevance=phi, random_state=0), X, y)
        assert set(X_new[:, 1]) == {0.1}
        assert set(y_new) == {10.1}


class TestSmoteR:
    def test_shares_are_uniform_and_the_target_goes_with_them(self):
        X, y, phi = rare_bump()
        X_new, y_new, seeds = added(
            SmoteR(relevance=phi, sampling_strategy={1: 5120}, random_state=0), X, y
        )
        space = FeatureSpace(Rows(X[:120], np.empty((120, 0), np.intp), np.zeros(4, bool)))
        nearest = space.nearest(np.arange(120), 5, None, "test")[seeds]
        # the new row is on the segment to exactly one of the five neighbours
        step = X_new - X[seeds]
        way = X[nearest] - X[seeds][:, None]
        share = step[:, None] / way
        off = np.ptp(share, axis=2)
        which = off.argmin(axis=1)
        assert off.min(axis=1).max() < 1e-6
        u = share.mean(axis=2)[np.arange(len(u_ := which)), u_]
        assert u.mean() == pytest.approx(0.5, abs=0.015)
        np.testing.assert_allclose(np.histogram(u, 10, (0, 1))[0] / 5000, 0.1, atol=0.02)
        np.testing.assert_allclose(np.bincount(which) / 5000, 0.2, atol=0.03)
        neighbor = nearest[np.arange(len(which)), which]
        np.testing.assert_allclose(y_new, y[seeds] + u * (y[neighbor] - y[seeds]), rtol=1e-6)

    def test_a_share_per_attribute_leaves_the_segment_but_not_the_box(self):
        X, y, phi = rare_bump()
        params = {"relevance": phi, "k_neighbors": 1, "random_state": 0}
        X_new, _, seeds = added(SmoteR(interpolation="attribute", **params), X, y)
        space = FeatureSpace(Rows(X[:120], np.empty((120, 0), np.intp), np.zeros(4, bool)))
        neighbor = space.nearest(np.arange(120), 1, None, "test")[seeds, 0]
        share = (X_new - X[seeds]) / (X[neighbor] - X[seeds])
        assert ((share >= -1e-9) & (share <= 1 + 1e-9)).all()
        assert np.abs(np.corrcoef(share.T) - np.eye(4)).max() < 0.3
        by_row, _, _ = added(SmoteR(interpolation="row", **params), X, y)
        share = (by_row - X[seeds]) / (X[neighbor] - X[seeds])
        np.testing.assert_allclose(np.ptp(share, axis=1), 0, atol=1e-6)

    def test_levels_come_from_either_parent_alike(self):
        X, y, phi = rare_bump()
        X[:120, 3] = np.arange(120)  # a level for each row
        sampler = SmoteR(
            relevance=phi, sampling_strategy={1: 4120}, categorical_features=[3], random_state=0
        )
        X_new, _, seeds = added(sampler, X, y)
        assert (X_new[:, 3] == seeds).mean() == pytest.approx(0.5, abs=0.03)
        assert set(X_new[:, 3]) <= set(range(120))

    def test_equal_parents_give_the_mean_target(self):
        X, y, phi = np.ones((40, 2)), np.arange(40.0), np.repeat([0.0, 1.0], 20)
        sampler = SmoteR(relevance=phi, sampling_strategy={1: 60}, random_state=0)
        _, y_new, seeds = added(sampler, X, y)
        other = 2 * y_new - y[seeds]
        np.testing.assert_array_equal(other, np.round(other))  # the mean of two of the targets
        assert ((other >= 20) & (other <= 39) & (other != y[seeds])).all()

    def test_neighbors_come_from_features_alone(self):
        # the targets of features' neighbours are far apart
        X = np.repeat(np.arange(20.0), 2)[:, None] * 100 + np.tile([0, 1], 20)[:, None]
        y = np.concatenate([np.arange(20.0), np.arange(20.0)[::-1]]) + 100
        X, y = np.vstack([X, np.zeros((50, 1))]), np.append(y, np.zeros(50))
        phi = (y > 50).astype(float)
        sampler = SmoteR(k_neighbors=1, relevance=phi, sampling_strategy={1: 200}, random_state=0)
        X_new, _, seeds = added(sampler, X, y)
        assert (np.abs(X_new - X[seeds]) <= 1).all()

    def test_whole_numbers_stay_whole(self):
        rng = np.random.default_rng(0)
        X, y = rng.integers(0, 100, size=(200, 3)), rng.integers(0, 30, size=200)
        phi = (y > 20).astype(float)
        for sampler in (SmoteR, SMOGN, GaussianNoise):
            fitted = sampler(relevance=phi, random_state=0)
            X_new, y_new, _ = added(fitted, X, y)
            assert X_new.dtype == X.dtype
            assert y_new.dtype == y.dtype
            assert len(np.unique(X_new[:, 0])) > 20


class TestSMOGN:
    def test_share_of_interpolation_is_that_of_safe_neighbors(self):
        X, y, phi = rare_bump(n=80, seed=1)
        X[:80, 1] = np.random.default_rng(5).standard_t(2, size=80) * 20  # some rows far out
        rows = Rows(X[:80], np.empty((80, 0), np.intp), np.zeros(4, bool))
        space, everyone = FeatureSpace(rows), np.arange(80)
        distance = np.array([space.between(rows, np.full(80, j)) for j in everyone])
        np.fill_diagonal(distance, np.inf)
        nearest = np.argsort(distance, axis=1)[:, :5]
        limit = np.array([np.median(np.delete(distance[i], i)) for i in everyone]) / 2
        safe = np.take_along_axis(distance, nearest, axis=1) < limit[:, None]
        expected, variance = safe.mean(), (safe.mean(axis=1) * (1 - safe.mean(axis=1))).mean()
        assert 0.3 < expected < 0.95

        shares = []
        for seed in range(50):
            sampler = SMOGN(relevance=phi, sampling_strategy={1: 240}, random_state=seed)
            X_new, _, seeds = added(sampler, X, y)
            shares.append(_is_on_a_segment(X, X_new, seeds, nearest).mean())
        error = np.sqrt(variance / (160 * 50))
        assert np.mean(shares) == pytest.approx(expected, abs=3 * error)

    def test_noise_is_of_the_perturbation_or_the_safe_distance(self):
        # pairs far from each other: the only neighbour is near, or so is nothing
        rng = np.random.default_rng(0)
        X, y, phi = rare_bump(n=60)
        X[:60] = rng.normal(size=(60, 4))
        for perturbation in (0.02, 5.0):
            sampler = SMOGN(
                k_neighbors=59, perturbation=perturbation, relevance=phi,
                sampling_strategy={1: 30_060}, random_state=0,
            )  # fmt: skip
            X_new, y_new, seeds = added(sampler, X, y)
            rows = Rows(X[:60], np.empty((60, 0), np.intp), np.zeros(4, bool))
            space = FeatureSpace(rows)
            nearest = space.nearest(np.arange(60), 59, None, "test")
            noisy = ~_is_on_a_segment(X, X_new, seeds, nearest)
            assert 0.5 < noisy.mean() < 1
            limit = space.safe_distances(np.arange(60), np.random.RandomState(0))
            factor = np.minimum(perturbation, limit[seeds[noisy]])
            z = (X_new - X[seeds])[noisy] / (factor[:, None] * X[:60].std(axis=0, ddof=1))
            np.testing.assert_allclose(z.std(axis=0), 1, atol=0.02)
            z = (y_new - y[seeds])[noisy] / (factor * y[:60].std(ddof=1))
            assert z.std() == pytest.approx(1, abs=0.02)

    def test_safe_distance_over_neighbors_alone_makes_more_noise(self):
        X, y, phi = rare_bump()
        rows = Rows(X[:120], np.empty((120, 0), np.intp), np.zeros(4, bool))
        nearest = FeatureSpace(rows).nearest(np.arange(120), 5, None, "test")
        shares = {}
        for how in ("median", "neighbors"):
            sampler = SMOGN(
                safe_distance=how, relevance=phi, sampling_strategy={1: 720}, random_state=0
            )
            X_new, _, seeds = added(sampler, X, y)
            shares[how] = _is_on_a_segment(X, X_new, seeds, nearest).mean()
        assert shares["neighbors"] < 0.1 < 0.5 < shares["median"]


def _is_on_a_segment(X, X_new, seeds, nearest):
    """Return which new rows are on the way from their seed to a neighbour."""
    share = (X_new - X[seeds])[:, None] / (X[nearest[seeds]] - X[seeds][:, None])
    return (np.ptp(share, axis=2) < 1e-6).any(axis=1)


class TestBaseResampler:
    def test_a_new_algorithm_is_one_method(self):
        class Middle(BaseResampler):
            """Rows halfway between two drawn ones."""

            def _generate(self, X, y, n_new, rng):
                seeds, others = rng.randint(len(y), size=(2, n_new))
                share = np.full((n_new, 1), 0.5)
                kept = np.zeros((n_new, X.codes.shape[1]), dtype=bool)
                return X.interpolate(seeds, others, share, kept), (y[seeds] + y[others]) / 2, seeds

        X, y, phi = rare_bump()
        X_new, y_new, seeds = added(Middle(relevance=phi, random_state=0), X, y)
        assert X_new.shape == (90, 4)
        other = 2 * X_new - X[seeds]
        assert np.abs(other[:, None] - X[:120]).max(axis=2).min(axis=1).max() < 1e-9
        assert (y_new > 5).all()

    def test_without_the_method_it_says_so(self):
        X, y, phi = rare_bump()
        with pytest.raises(NotImplementedError, match="BaseResampler must implement _generate"):
            BaseResampler(relevance=phi).fit_resample(X, y)
