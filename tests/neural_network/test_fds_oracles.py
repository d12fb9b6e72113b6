"""FDS against the published values and against loops over bins and rows."""

import numpy as np
import pytest
import torch
from fds_oracle import (
    DEVICES,
    NaiveFDS,
    arrays,
    features_and_targets,
    train_epoch,
    with_statistics,
)

from skdir.density import reference_window
from skdir.neural_network import FDS

each_device = pytest.mark.parametrize("device", DEVICES)
NAMES = {"gaussian": "gaussian", "triang": "triangular", "laplace": "laplacian"}
INTERIOR = slice(2, -2)  # five bins reach over an end elsewhere: theirs reflect, ours leave out


def centres(bins):
    return torch.as_tensor(bins, dtype=torch.float64) + 0.5


# ---------------------------------------------------------------------------- published values


def published(name, n_bins=12, **params):
    window = reference_window(NAMES[name], 5, 2, normalize="sum")
    return FDS(kernel=window, **params).make_layer(4, np.arange(n_bins + 1))


@pytest.mark.parametrize("kernel", NAMES)
@pytest.mark.parametrize("size", [3, 5, 9, 15])
@pytest.mark.parametrize("sigma", [1, 2, 3])
def test_windows_are_the_published_ones(dir_reference, kernel, size, sigma):
    expected = dir_reference["kernel_windows"][f"{kernel},{size},{sigma}"]["fds"]
    window = reference_window(NAMES[kernel], size, sigma, normalize="sum")
    layer = FDS(kernel=window).make_layer(1, [0, 1])
    np.testing.assert_allclose(layer._window, expected, rtol=1e-5)


@pytest.mark.parametrize("kernel", NAMES)
def test_smoothed_statistics_are_the_published_ones(dir_reference, kernel):
    fds = dir_reference["fds"]
    layer = with_statistics(published(kernel), fds["running_mean"], fds["running_var"])
    case = fds["cases"][kernel]
    for name, values in (("mean", layer.smoothed_mean), ("var", layer.smoothed_var)):
        expected = np.array(case[f"smoothed_{name}"])
        np.testing.assert_allclose(values[INTERIOR], expected[INTERIOR], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kernel", NAMES)
def test_calibrated_features_are_the_published_ones(dir_reference, kernel):
    fds = dir_reference["fds"]
    layer = with_statistics(published(kernel), fds["running_mean"], fds["running_var"])
    case = fds["cases"][kernel]
    bins = np.array(case["bins"])
    got = layer(torch.tensor(case["features"], dtype=torch.float64), centres(bins)).numpy()
    interior = (bins >= 2) & (bins <= 9)
    assert interior.sum() >= 15
    expected = np.array(case["calibrated"])[interior]
    np.testing.assert_allclose(got[interior], expected, rtol=1e-5, atol=1e-5)


@each_device
def test_moving_average_is_the_published_one(dir_reference, device):
    ema = dir_reference["fds"]["ema"]
    layer = FDS(momentum=ema["momentum"]).make_layer(4, np.arange(13)).to(device)
    for epoch in ema["epochs"]:
        train_epoch(layer, torch.tensor(epoch["features"]), centres(epoch["bins"]), 17)
        state = arrays(layer)
        for name in ("running_mean", "running_var"):
            np.testing.assert_allclose(state[name], epoch[name], rtol=1e-5, atol=1e-5)


# ---------------------------------------------------------------------------- loops

WINDOWS = {
    "gaussian": np.exp(-0.5 * (np.arange(-2, 3) / 2.0) ** 2),
    "laplacian": np.exp(-np.abs(np.arange(-2, 3)) / 2.0),
    "triangular": 1 - np.abs(np.arange(-2, 3)) / 2.5,
}
CASES = {
    "default": ({}, {"window": WINDOWS["gaussian"]}),
    "laplacian": ({"kernel": "laplacian"}, {"window": WINDOWS["laplacian"]}),
    "triangular": (
        {"kernel": "triangular", "bandwidth_bins": 2.5},
        {"window": WINDOWS["triangular"]},
    ),
    "three bins": (
        {"kernel_size": 3, "bandwidth_bins": 0.7},
        {"window": np.exp(-0.5 * (np.arange(-1, 2) / 0.7) ** 2)},
    ),
    "whole kernel": (
        {"kernel_size": None, "bandwidth_bins": 1.5},
        {"window": np.exp(-0.5 * (np.arange(-13, 14) / 1.5) ** 2)},
    ),
    "no smoothing": ({"kernel": None}, {}),
    "lopsided window": ({"kernel": [3, 1, 0]}, {"window": [3, 1, 0]}),
    "narrow clip": (
        {"clip": (0.8, 1.1), "momentum": 0.5},
        {"window": WINDOWS["gaussian"], "clip": (0.8, 1.1), "momentum": 0.5},
    ),
    "no clip": (
        {"clip": None, "momentum": 0},
        {"window": WINDOWS["gaussian"], "clip": None, "momentum": 0.0},
    ),
    "shrinkage": (
        {"shrinkage": 4},
        {"window": WINDOWS["gaussian"], "shrinkage": 4.0},
    ),
}


@each_device
@pytest.mark.parametrize("covariance", ["diagonal", "full"])
@pytest.mark.parametrize(("params", "naive"), CASES.values(), ids=CASES)
def test_epochs_equal_loops(params, naive, covariance, device):
    z, y = features_and_targets()
    fds = FDS(bins=30, covariance=covariance, **params)
    edges = fds.make_edges(y)
    layer = fds.make_layer(5, edges).to(device)
    oracle = NaiveFDS(5, edges, full=covariance == "full", **naive)
    for epoch in range(4):
        z, y = features_and_targets(epoch, n=400 - 90 * epoch)  # bins come late and stay away
        got = train_epoch(layer, z, y).cpu().numpy()
        expected = oracle.calibrate(z, y) if epoch else z
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-7)
        oracle.epoch(z, y)
        state = arrays(layer)
        for b in range(30):
            if b not in oracle.mean:
                assert not state["rows_seen"][b] and not state["running_mean"][b].any()
            else:
                np.testing.assert_allclose(state["running_mean"][b], oracle.mean[b], rtol=1e-9)
                np.testing.assert_allclose(
                    state["running_var"][b], oracle.spread[b], rtol=1e-9, atol=1e-12
                )
            mean, spread = oracle.smoothed(b)
            if mean is None:
                assert not state["smoothed_mean"][b].any() and not state["smoothed_var"][b].any()
            else:
                np.testing.assert_allclose(state["smoothed_mean"][b], mean, rtol=1e-9)
                np.testing.assert_allclose(state["smoothed_var"][b], spread, rtol=1e-9, atol=1e-12)
    assert 0 < len(oracle.mean) < 30


def test_full_covariance_maps_the_covariance_of_a_bin_to_the_smoothed_one():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 6, 3000)
    mix = rng.normal(size=(6, 4, 4)) + 2 * np.eye(4)
    z = torch.as_tensor((mix[y] @ rng.normal(size=(3000, 4, 1)))[:, :, 0] + y[:, None])
    layer = FDS(covariance="full", clip=None).make_layer(4, np.arange(7) - 0.5)
    train_epoch(layer, z, y)
    out = layer(z, torch.as_tensor(y)).numpy()
    for b in range(6):
        np.testing.assert_allclose(np.cov(out[y == b].T), layer.smoothed_var[b], rtol=1e-8)
        np.testing.assert_allclose(out[y == b].mean(axis=0), layer.smoothed_mean[b], rtol=1e-8)


def test_diagonal_is_the_full_covariance_of_uncorrelated_features():
    rng = np.random.default_rng(1)
    var = rng.uniform(0.1, 4, size=(8, 3))
    var[2, 1] = 0.0
    mean = rng.normal(size=(8, 3))
    z, y = torch.as_tensor(rng.normal(size=(50, 3))), torch.as_tensor(rng.uniform(0, 8, 50))
    edges = np.arange(9)
    for clip in ((0.1, 10.0), (0.9, 1.2), None):
        diagonal = FDS(clip=clip).make_layer(3, edges)
        full = FDS(clip=clip, covariance="full").make_layer(3, edges)
        expected = with_statistics(diagonal, mean, var)(z, y)
        got = with_statistics(full, mean, var[:, :, None] * np.eye(3))(z, y)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def test_full_covariance_of_fewer_rows_than_features():
    """A singular covariance is inverted on its range; across it rows are only shifted."""
    z, y = features_and_targets(n=30, d=12)
    fds = FDS(bins=10, covariance="full")
    edges = fds.make_edges(y)
    layer, oracle = fds.make_layer(12, edges), NaiveFDS(12, edges, full=True, **CASES["default"][1])
    train_epoch(layer, z, y)
    oracle.epoch(z, y)
    new = features_and_targets(1, n=30, d=12)[0]
    got = layer(torch.as_tensor(new), torch.as_tensor(y)).numpy()
    np.testing.assert_allclose(got, oracle.calibrate(new, y), rtol=1e-6, atol=1e-6)
    assert np.abs(got).max() < 50


def test_a_window_without_a_centre_may_empty_a_direction():
    var = np.zeros((3, 2, 2))
    var[1] = np.eye(2)
    layer = FDS(kernel=[1, 0, 1], covariance="full").make_layer(2, [0, 1, 2, 3])
    with_statistics(layer, np.zeros((3, 2)), var)
    out = layer(torch.ones(1, 2, dtype=torch.float64), torch.tensor([1.5]))
    assert torch.equal(out, torch.zeros(1, 2, dtype=torch.float64))


# ---------------------------------------------------------------------------- numerics


@each_device
@pytest.mark.parametrize("covariance", ["diagonal", "full"])
@pytest.mark.parametrize("offset", [1e6, -1e8])
def test_variance_does_not_cancel_far_from_zero(covariance, offset, device):
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(600, 3)) + offset, rng.uniform(0, 4, 600)
    layer = FDS(covariance=covariance).make_layer(3, np.arange(5)).to(device)
    train_epoch(layer, z, y)
    for b in range(4):
        rows = z[(y >= b) & (y < b + 1)]
        expected = rows.var(axis=0, ddof=1) if covariance == "diagonal" else np.cov(rows.T)
        np.testing.assert_allclose(layer.running_var[b].cpu(), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("covariance", ["diagonal", "full"])
def test_equal_features_have_no_variance_in_spite_of_rounding(covariance):
    z = torch.full((500, 3), 0.1, dtype=torch.float64)
    z[0] = 7.3  # where the sums are taken about
    y = torch.cat([torch.zeros(1), torch.full((499,), 1.5)])
    layer = FDS(covariance=covariance).make_layer(3, [0, 1, 2])
    train_epoch(layer, z, y)
    assert not layer.running_var.any()
    out = layer(z + 1, y)
    np.testing.assert_allclose(out - (z + 1), (layer.smoothed_mean - layer.running_mean)[y.long()])


def test_many_rows_are_prepared_in_parts(monkeypatch):
    z, y = features_and_targets()
    layers = [FDS(bins=9, covariance="full").make_layer(5, np.arange(10)) for _ in range(2)]
    train_epoch(layers[0], z, y, len(z))
    monkeypatch.setattr("skdir.neural_network.fds._moments._CHUNK", 1000)
    train_epoch(layers[1], z, y, len(z))
    np.testing.assert_allclose(layers[0].running_var, layers[1].running_var, rtol=1e-10)
