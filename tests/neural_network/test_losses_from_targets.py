"""Balanced MSE made from training targets, and the noise it learns."""

import numpy as np
import pytest
import torch
from losses_data import BINS, FUNCTIONS, MIXTURE, batch
from numpy.testing import assert_allclose
from sklearn.mixture import GaussianMixture

from skdir.density import TargetDensity
from skdir.neural_network import BNILoss, GAILoss, gai_loss
from skdir.weighting import LDSWeighter


def double(*arrays):
    return (torch.tensor(array, dtype=torch.float64) for array in arrays)


def learned_noise(loss, prediction, target):
    optimizer = torch.optim.Adam(loss.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        loss(prediction, target).backward()
        optimizer.step()
    return loss.noise_sigma.item()


def test_bins_have_widths_so_that_the_noise_does_not_fall_between_their_centres():
    """Deviation from the paper, whose bins are points."""
    rng = np.random.default_rng(0)
    y = rng.exponential(size=2000)
    prediction, target = double(y + rng.normal(scale=0.3, size=2000), y)
    fine, wide = (
        BNILoss.from_targets(y, bins=bins, noise_sigma=1.0, dtype=torch.float64)
        for bins in (200, 8)
    )
    points = BNILoss(wide.means[:, 0], wide.log_weights.exp(), dtype=torch.float64)
    assert_allclose(learned_noise(fine, prediction, target), 0.3, rtol=0.1)
    assert_allclose(learned_noise(wide, prediction, target), 0.3, rtol=0.1)
    assert learned_noise(points, prediction, target) < 0.1


def test_gai_learns_the_noise():
    """The likelihood has its maximum at the noise that is there, and does not run away."""
    rng = np.random.default_rng(0)
    y = rng.normal(2.0, 1.5, 4000)
    prediction, target = double(y + rng.normal(scale=0.5, size=4000), y)
    loss = GAILoss([1.0], [2.0], [2.25], noise_sigma=3.0, dtype=torch.float64)
    optimizer = torch.optim.Adam(loss.parameters(), lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        loss(prediction, target).backward()
        optimizer.step()
    # The prediction is y and noise, not the other way round; balanced, that is the same.
    assert_allclose(loss.noise_sigma.item(), 0.5, rtol=0.05)


def test_gai_from_targets_is_the_mixture_of_scikit_learn():
    y = np.random.default_rng(0).exponential(size=500)
    spread = y.std()
    mixture = GaussianMixture(3, random_state=0).fit(((y - y.mean()) / spread)[:, None])
    loss = GAILoss.from_targets(y, n_components=3, random_state=0, dtype=torch.float64)
    assert_allclose(loss.log_weights.exp(), mixture.weights_, rtol=1e-9)
    assert_allclose(loss.means, y.mean() + spread * mixture.means_, rtol=1e-9)
    assert_allclose(loss.variances, spread**2 * mixture.covariances_[:, :, 0], rtol=1e-9)


@pytest.mark.parametrize("unit", [1e-8, 1e8])
def test_gai_from_targets_does_not_depend_on_the_unit(unit):
    y = np.random.default_rng(0).exponential(size=(300, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    prediction, target, _ = batch(5, 2)
    params = {"n_components": 3, "random_state": 0, "dtype": torch.float64}
    want = GAILoss.from_targets(y, noise_sigma=0.5, **params)(prediction, target)
    loss = GAILoss.from_targets(y * unit, noise_sigma=0.5 * unit, **params)
    assert_allclose(
        (loss(prediction * unit, target * unit) / unit**2).item(), want.item(), rtol=1e-6
    )


def test_gai_has_eight_components_or_one_for_each_different_target():
    y = np.random.default_rng(0).exponential(size=500)
    assert GAILoss.from_targets(y, random_state=0).means.shape == (8, 1)
    assert GAILoss.from_targets([1.0, 2.0, 2.0, 5.0, 1.0], random_state=0).means.shape == (3, 1)
    with pytest.raises(ValueError, match="different targets, 3. Got 4 instead"):
        GAILoss.from_targets([1.0, 2.0, 2.0, 5.0, 1.0], n_components=4)


def test_gai_from_constant_targets():
    loss = GAILoss.from_targets([3.0, 3.0], n_components=1)
    assert_allclose(loss.means.item(), 3.0)
    assert loss(torch.tensor([1.0]), torch.tensor([3.0])).isfinite()


@pytest.mark.parametrize(
    "density", [None, TargetDensity(bandwidth=0.5), LDSWeighter(bandwidth=0.5)]
)
def test_bni_from_targets_takes_the_effective_density(density):
    y = np.random.default_rng(0).exponential(size=500)
    weight = np.random.default_rng(1).integers(0, 3, 500)
    loss = BNILoss.from_targets(y, bins=40, density=density, sample_weight=weight)
    seen = np.repeat(y, weight)
    edges = np.linspace(seen.min(), seen.max(), 41)
    centers = (edges[:-1] + edges[1:]) / 2
    fitted = TargetDensity(**({} if density is None else {"bandwidth": 0.5})).fit(seen)
    mass = fitted.density(centers)
    assert_allclose(loss.means[:, 0], centers, rtol=1e-5)
    assert_allclose(loss.log_weights.exp(), mass / mass.sum(), rtol=1e-4)
    if density is not None:
        assert not hasattr(density, "bandwidth_")


def test_bni_from_targets_with_unequal_bins_and_counts():
    y, edges = np.array([0.5, 0.5, 1.5, 3.0]), np.array([0.0, 1.0, 2.0, 2.5, 6.0])
    counts = TargetDensity(bins=edges, kernel=None)
    loss = BNILoss.from_targets(y[:, None], bins=edges, density=counts)
    # The empty bin is left out.
    assert_allclose(loss.means[:, 0], [0.5, 1.5, 4.25])
    assert_allclose(loss.log_weights.exp(), [0.5, 0.25, 0.25], rtol=1e-6)


def test_outputs_must_be_those_of_the_mixture():
    prediction, target, _ = batch(n_outputs=2)
    for name in ("gai", "bni"):
        with pytest.raises(ValueError, match=r"'prediction' .* 1 output\(s\)"):
            FUNCTIONS[name](prediction, target)
    with pytest.raises(ValueError, match="'y' parameter of BNILoss.from_targets"):
        BNILoss.from_targets(np.ones((5, 2)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [0, 0, 0]}, "'weights' .*only zeros"),
        ({"weights": [1, 1]}, "'means' .* 2 rows"),
        ({"weights": []}, "'weights'"),
        ({"weights": [1, np.nan, 1]}, "'weights' .*NaN or infinity"),
        ({"weights": [1, -2, 1]}, "'weights' .*-2 at the least"),
        ({"means": [[1.0], [2.0, 3.0]]}, "'means' .*ragged"),
        ({"covariances": [[1.0, 2.0]] * 3}, r"'covariances' .* \(3,\), \(3, 1\) or \(3, 1, 1\)"),
        ({"means": np.zeros((3, 2)), "covariances": [[[1, 2], [0, 1]]] * 3}, "symmetric"),
        ({"means": np.zeros((3, 2)), "covariances": [[[1, 2], [2, 1]]] * 3}, "variance of -1"),
    ],
)
def test_bad_mixtures_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        GAILoss(**{**MIXTURE, **change})


@pytest.mark.parametrize("widths", [[1.0] * 14, [-1.0] * 15, "wide", np.nan])
def test_bad_widths_are_refused(widths):
    with pytest.raises(ValueError, match="'widths' parameter of BNILoss"):
        BNILoss(**BINS, widths=widths)


def test_singular_covariance_matrices_are_variances_of_zero():
    singular = {"weights": [1.0], "means": [[0.0, 0.0]], "covariances": [[[1.0, 1.0], [1.0, 1.0]]]}
    prediction, target, _ = batch(n_outputs=2)
    assert gai_loss(prediction, target, **singular).isfinite()
