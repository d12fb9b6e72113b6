"""What went wrong in the published implementation of FDS, and does not here."""

import warnings

import numpy as np
import pytest
import torch
from fds_oracle import DEVICES, arrays, features_and_targets, train_epoch, with_statistics
from torch import nn

from skdir.neural_network import FDS

each_device = pytest.mark.parametrize("device", DEVICES)


def make(y, device="cpu", d=5, **params):
    fds = FDS(**({"bins": 12} | params))
    return fds.make_layer(d, fds.make_edges(y)).to(device)


def test_accident_1_means_and_variances_are_of_the_same_epochs():
    """Published: means are an alias of the newest average, variances are an epoch older."""
    layer = FDS(momentum=0.5, kernel=None).make_layer(1, [0, 1])
    means, variances = [], []
    for epoch in range(3):
        z = (epoch + 1) * torch.tensor([[-1.0], [1.0], [3.0]], dtype=torch.float64)
        train_epoch(layer, z, torch.full((3,), 0.5), 2)
        means.append(float(layer.smoothed_mean[0, 0]))
        variances.append(float(layer.smoothed_var[0, 0]))
    # epoch e: mean e, variance 4 e^2; each average holds the epochs 1 (1/4), 2 (1/4), 3 (1/2)
    np.testing.assert_allclose(means, [1, 1.5, 2.25])
    np.testing.assert_allclose(variances, [4, 10, 23])


@each_device
@pytest.mark.parametrize("covariance", ["diagonal", "full"])
def test_accident_2_features_are_not_written_to_and_statistics_are_of_raw_ones(covariance, device):
    """Published: features are changed in place, before the statistics and under autograd."""
    z, y = features_and_targets()
    layer = make(y, device, covariance=covariance)
    train_epoch(layer, z, y)
    before = arrays(layer)
    raw = torch.as_tensor(z, device=device)
    copy = raw.clone()
    out = layer(raw, torch.as_tensor(y, device=device))
    assert torch.equal(raw, copy)
    assert out.data_ptr() != raw.data_ptr()
    assert not torch.allclose(out, raw, atol=1e-2)
    layer.step_epoch()  # of the same rows: raw statistics leave the averages where they are
    for name in ("running_mean", "running_var"):
        np.testing.assert_allclose(arrays(layer)[name], before[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.Tanh(), nn.Sigmoid()])
def test_accident_2_gradients_pass_after_activations_that_need_their_output(activation):
    z, y = features_and_targets()
    layer = make(y)
    train_epoch(layer, z, y)
    raw = torch.as_tensor(z).requires_grad_()
    layer(activation(raw), torch.as_tensor(y)).sum().backward()
    slope = torch.func.grad(lambda v: activation(v).sum())(torch.as_tensor(z))
    scale = layer._scale[np.searchsorted(layer.bin_edges[1:-1].numpy(), y, side="right")]
    np.testing.assert_allclose(raw.grad, slope * scale, rtol=1e-12)


@each_device
def test_accident_3_empty_bins_do_not_leak_into_their_neighbours(device):
    """Published: bins without rows count as mean 0 and variance 1."""
    z = torch.full((40, 2), 100.0, dtype=torch.float64)
    z[::2] += 10
    layer = FDS().make_layer(2, np.arange(11)).to(device)
    train_epoch(layer, z, torch.full((40,), 5.5))
    smoothed = arrays(layer)
    for b in range(10):
        near = abs(b - 5) <= 2  # bins in reach have what is known, others nothing
        np.testing.assert_allclose(smoothed["smoothed_mean"][b], 105.0 if near else 0.0)
        np.testing.assert_allclose(smoothed["smoothed_var"][b], 25 * 40 / 39 if near else 0.0)
    rows = torch.randn(10, 2, device=device)
    out = layer(rows, torch.arange(10, device=device) + 0.5)
    np.testing.assert_allclose(out.cpu(), rows.cpu(), atol=2e-5)  # one bin alone: nothing to learn
    unseen = torch.arange(10) != 5
    assert torch.equal(out.cpu()[unseen], rows.cpu()[unseen])


@each_device
def test_accident_4_float_labels_are_binned_by_edges_of_the_training_targets(device):
    """Published: labels are compared with ==, one bin per different value."""
    train = np.array([0.0, 0.1, 0.25, 0.3, 0.7, 1.0])
    np.testing.assert_allclose(FDS(bins=10).make_edges(train), np.linspace(0, 1, 11))
    fds = FDS(bins=np.arange(11) / 10)
    edges = fds.make_edges(train)
    targets = np.array([-5.0, 0.0, 0.1, 0.1000001, 0.2999, 0.3, 0.7, 0.99, 1.0, 1e30])
    expected = [0, 0, 1, 1, 2, 3, 7, 9, 9, 9]
    for dtype in (torch.float64, torch.float32):  # 0.7 in float32 is less than 0.7 in float64
        layer = fds.make_layer(1, edges).to(device)
        layer(torch.randn(10, 1, device=device), torch.tensor(targets, dtype=dtype, device=device))
        layer.step_epoch()
        np.testing.assert_array_equal(
            layer.rows_seen.cpu(), np.bincount(expected, minlength=10), err_msg=str(dtype)
        )


def test_accident_4_whole_numbers_and_halves_are_targets_too():
    fds = FDS(bins="integer")
    layer = fds.make_layer(1, fds.make_edges(torch.tensor([2, 3, 5])))
    np.testing.assert_array_equal(layer.bin_edges, [1.5, 2.5, 3.5, 4.5, 5.5])
    for dtype in (torch.int64, torch.uint8, torch.float16, torch.bfloat16):
        layer(torch.zeros(3, 1), torch.tensor([2, 3, 5], dtype=dtype))
    layer.step_epoch()
    np.testing.assert_array_equal(layer.rows_seen, [4, 4, 0, 4])


def test_accident_5_no_loop_over_labels():
    """Published: Python loops over the different labels of each batch."""
    z = torch.randn(256, 8)
    fds = FDS()

    def n_operations(y):
        layer = fds.make_layer(8, np.linspace(0, 1, 101))
        train_epoch(layer, z, y)
        with torch.profiler.profile() as profile:
            layer(z, y)
        return sum(e.key.startswith("aten::") * e.count for e in profile.key_averages())

    one, many = n_operations(torch.zeros(256)), n_operations(torch.rand(256))
    assert one == many < 100


def test_accident_6_one_pass_collects_and_the_extra_pass_leaves_the_network_alone():
    """Published: a second pass in training mode, with dropout and batch normalisation on."""
    torch.manual_seed(0)
    X = torch.randn(300, 4)
    y = X[:, 0].exp()
    encoder = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5))
    # "running": what passes by is enough
    layer = make(y, d=6)
    passed = encoder(X)
    layer(passed, y)
    layer.step_epoch()
    mean = passed[y < float(layer.bin_edges[1])].mean(dim=0)
    np.testing.assert_allclose(layer.running_mean[0], mean.detach(), rtol=1e-5)
    # "epoch": nothing is collected in training, and all of it in a pass in eval mode
    layer = make(y, d=6, statistics="epoch")
    layer(encoder(X), y)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    encoder.eval()
    with torch.no_grad():
        features = encoder(X)
        layer.collect(features, y)
    layer.step_epoch()
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert int(layer.rows_seen.sum()) == 300
    mean = features[y < float(layer.bin_edges[1])].mean(dim=0)
    np.testing.assert_allclose(layer.running_mean[0], mean, rtol=1e-5)


@each_device
@pytest.mark.parametrize("covariance", ["diagonal", "full"])
def test_accident_7_features_without_variance_are_only_shifted(covariance, device):
    """Published: they are divided by nearly nothing, or left where they are."""
    y = torch.tensor([0.5, 1.5, 1.6, 1.7], device=device)
    z = torch.tensor([[2.0, 3.0], [0.0, 1.0], [0.0, 2.0], [0.0, 6.0]], device=device)
    layer = FDS(covariance=covariance, clip=None).make_layer(2, [0, 1, 2]).to(device)
    train_epoch(layer, z, y)
    assert not layer.running_var[0].any()  # one row
    new = torch.randn(4, 2, device=device)
    moved = (layer(new, y) - new).cpu()
    shift = (layer.smoothed_mean - layer.running_mean).cpu().float()
    np.testing.assert_allclose(moved[0], shift[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(moved[1:, 0], shift[1, 0].expand(3), rtol=1e-5)  # a dead unit
    assert moved[1:, 1].std() > 0.1


def test_accident_7_shrinkage_gives_a_lone_row_the_variance_of_all_bins():
    y = np.r_[0.5, np.full(30, 1.5), np.full(20, 2.5)]
    z = np.random.default_rng(0).normal(size=(51, 3)) + y[:, None]
    layer = FDS(shrinkage=1.0).make_layer(3, [0, 1, 2, 3])
    train_epoch(layer, z, y)
    pooled = (29 * z[1:31].var(axis=0, ddof=1) + 19 * z[31:].var(axis=0, ddof=1)) / 48
    np.testing.assert_allclose(layer.running_var[0], pooled / 2)
    np.testing.assert_allclose(layer.running_mean[0], (z[0] + z.mean(axis=0)) / 2)
    heavy = FDS(shrinkage=1e12).make_layer(3, [0, 1, 2, 3])
    train_epoch(heavy, z, y)
    np.testing.assert_allclose(heavy.running_var, np.tile(pooled, (3, 1)), rtol=1e-6)
    np.testing.assert_allclose(heavy(torch.as_tensor(z), torch.as_tensor(y)), z, atol=1e-6)


def test_shrinkage_of_lone_rows_only_is_defined():
    layer = FDS(shrinkage=2.0).make_layer(1, [0, 1, 2])
    train_epoch(layer, np.array([[1.0], [3.0]]), np.array([0.5, 1.5]))
    assert not layer.running_var.any()
    np.testing.assert_allclose(layer.running_mean[:, 0], [1 / 3 + 4 / 3, 3 / 3 + 4 / 3])


def test_clip_of_the_published_data_sets():
    mean, var = np.zeros((3, 1)), np.array([[1.0], [100.0], [1.0]])
    z, y = torch.ones(3, 1), torch.tensor([0.5, 1.5, 2.5])
    for low, high in ((0.1, 10), (0.5, 2), (0.2, 5)):
        layer = FDS(kernel=[1, 1, 1], clip=(low, high)).make_layer(1, [0, 1, 2, 3])
        out = with_statistics(layer, mean, var)(z, y)[:, 0]
        ratio = np.clip([50.5, 0.34, 50.5], low, high)
        np.testing.assert_allclose(out, np.sqrt(ratio), rtol=1e-6)


class TestEpochsThatAreNotEnded:
    """A loop without `step_epoch` calibrates nothing for ever: it is said once."""

    def loop(self, epochs, *, step):
        y = torch.linspace(0, 1, 20)
        layer = FDS(bins=5).make_layer(2, FDS(bins=5).make_edges(y))
        for _ in range(epochs):
            layer.train()
            layer(torch.stack([y, y], 1), y)
            layer.eval()
            if step:
                layer.step_epoch()

    def test_it_is_said(self):
        with pytest.warns(UserWarning, match=r"without step_epoch.* Call step_epoch\(\)") as seen:
            self.loop(9, step=False)
        assert len(seen) == 1

    def test_a_right_loop_and_an_evaluation_within_an_epoch_are_not_warned_of(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.loop(5, step=True)
            self.loop(2, step=False)
