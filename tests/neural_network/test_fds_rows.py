"""FDSLayer on odd rows and on dense targets."""

import copy

import numpy as np
import pytest
import torch
from fds_oracle import (
    DEVICES,
    assert_same,
    maps,
    train_epoch,
    trained,
)

from skdir.neural_network import FDS
from skdir.neural_network.fds._rows import bin_of_targets, draw_rows

each_device = pytest.mark.parametrize("device", DEVICES)
each_covariance = pytest.mark.parametrize("covariance", ["diagonal", "full"])


# ---------------------------------------------------------------------------- odd rows


@each_device
def test_rows_without_a_target_pass_and_leave_no_trace(device):
    layer, z, y = trained(device, epochs=0)
    other = copy.deepcopy(layer)
    holes = y.clone()
    holes[::3] = torch.nan
    kept = ~holes.isnan()
    for _ in range(2):
        out = layer(z, holes)
        expected = other(z[kept], y[kept])
        layer.step_epoch()
        other.step_epoch()
    assert torch.equal(out[~kept], z[~kept])
    np.testing.assert_allclose(out[kept].cpu(), expected.cpu(), rtol=1e-9)
    np.testing.assert_allclose(layer.running_var.cpu(), other.running_var.cpu(), rtol=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 5])
def test_features_that_are_not_finite_do_not_spoil_the_statistics(bad, row):
    layer, z, y = trained(epochs=0)
    other = copy.deepcopy(layer)
    z[row, 2] = bad
    kept = torch.arange(len(z)) != row
    layer(z, y)
    other(z[kept], y[kept])
    for each in (layer, other):
        each.step_epoch()
    np.testing.assert_allclose(layer.running_mean, other.running_mean, rtol=1e-9)
    np.testing.assert_allclose(layer.running_var, other.running_var, rtol=1e-9, atol=1e-12)


def test_a_batch_without_rows():
    layer, z, y = trained()
    assert layer(z[:0], y[:0]).shape == (0, 5)
    layer.eval()(z, y)
    with pytest.raises(RuntimeError, match="needs the features of the epoch"):
        layer.step_epoch()


# ---------------------------------------------------------------------------- dense targets


@each_device
@each_covariance
def test_dense_targets_are_rows(covariance, device):
    z, y = maps(device=device)
    dense = FDS(covariance=covariance).make_layer(5, np.arange(8)).to(device)
    flat = copy.deepcopy(dense)
    rows = z.permute(0, 2, 3, 1).reshape(-1, 5)
    for targets in (y, y[:, None]):
        out = dense(z, targets)
        expected = flat(rows, y.reshape(-1))
        dense.step_epoch()
        flat.step_epoch()
        assert out.shape == z.shape
        np.testing.assert_allclose(
            out.permute(0, 2, 3, 1).reshape(-1, 5).cpu(), expected.cpu(), rtol=1e-12
        )
    assert_same(dense, flat, rtol=1e-10, atol=1e-12)
    assert not torch.allclose(dense(z, y), z)


def test_sequences_are_dense_targets_too():
    z, y = torch.randn(3, 5, 11), torch.rand(3, 11)
    layer = FDS().make_layer(5, [0, 0.5, 1])
    train_epoch(layer, z, y, 2)
    assert layer(z, y).shape == z.shape
    assert int(layer.rows_seen.sum()) == 33


@each_device
def test_pixels_are_drawn_for_the_statistics_from_a_seed_of_their_own(device):
    z, y = maps(device=device)
    before = torch.get_rng_state()

    def rows_of(seed, batches=3):
        layer = FDS(max_pixels=40, random_state=seed).make_layer(5, np.arange(8)).to(device)
        for _ in range(batches):
            layer(z, y)
        return layer

    one, again, other = rows_of(0), rows_of(0), rows_of(1)
    assert torch.equal(torch.get_rng_state(), before)
    assert_same(one, again)
    assert not torch.equal(one._moments.second, other._moments.second)
    assert not torch.allclose(one._moments.second, 3 * rows_of(0, 1)._moments.second)
    one.step_epoch()
    assert int(one.rows_seen.sum()) == 120
    assert not torch.equal(one(z, y), z)  # all pixels are calibrated


def test_no_pixel_is_drawn_twice_and_all_are_drawn_equally_often():
    counts = np.zeros(97)
    for draw in range(3000):
        rows = draw_rows(97, 13, 42, torch.tensor(draw)).numpy()
        assert len(set(rows)) == 13
        counts[rows] += 1
    assert np.abs(counts / 3000 - 13 / 97).max() < 0.035
    assert sorted(draw_rows(13, 13, 1, torch.tensor(0)).tolist()) == list(range(13))


def test_all_pixels_where_asked():
    z, y = maps()
    layer = FDS(max_pixels=None).make_layer(5, np.arange(8))
    train_epoch(layer, z, y)
    assert int(layer.rows_seen.sum()) == y.numel()


@each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.int64])
def test_targets_beyond_the_edges_and_on_them(dtype, device):
    upper = torch.tensor([1.0, 2.0, torch.inf], dtype=torch.float64, device=device)
    y = torch.tensor([-9.0, 0.0, 1.0, 1.5, 2.0, 900.0], device=device).to(dtype)
    expected = [0, 0, 1, 1, 2, 2]
    if dtype.is_floating_point:
        largest = torch.finfo(dtype).max
        y = torch.cat([y, y.new_tensor([torch.nan, -torch.nan, largest, -largest, -torch.inf])])
        expected += [3, 3, 2, 0, 0]
    assert bin_of_targets(y, upper).tolist() == expected
