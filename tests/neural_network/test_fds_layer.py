"""FDSLayer as a module: when it works, gradients, types, devices."""

import numpy as np
import pytest
import torch
from fds_oracle import (
    DEVICES,
    arrays,
    assert_same,
    features_and_targets,
    train_epoch,
    trained,
)
from torch import nn

from skdir.neural_network import FDS

each_device = pytest.mark.parametrize("device", DEVICES)
each_covariance = pytest.mark.parametrize("covariance", ["diagonal", "full"])


# ---------------------------------------------------------------------------- when it works


def test_identity_in_eval_and_before_start_smooth():
    layer, z, y = trained(epochs=0, start_smooth=2)
    for epoch in range(3):
        assert layer.eval()(z, y) is z
        assert layer(z) is z  # targets are not known when predicting
        assert (layer.train()(z, y) is z) == (epoch < 2)
        layer.step_epoch()
        assert layer.epoch == epoch + 1


def test_nothing_is_collected_before_start_update():
    layer, z, y = trained(epochs=0, start_update=2, start_smooth=2)
    for _ in range(2):
        layer(z, y)
        layer.collect(z, y)
        layer.step_epoch()
        assert not layer.rows_seen.any()
    assert torch.equal(layer(z, y), z)  # epoch 2 calibrates, but nothing was seen yet
    layer.step_epoch()
    assert int(layer.rows_seen.sum()) == 50
    assert not torch.equal(layer(z, y), z)


def test_first_statistics_of_a_bin_replace_and_a_bin_without_rows_stays():
    layer = FDS(momentum=0.75).make_layer(1, [0, 1, 2])
    for value, target in ((8.0, 0.5), (4.0, 1.5), (0.0, 0.5)):
        train_epoch(layer, np.array([[value]]), np.array([target]))
    np.testing.assert_allclose(layer.running_mean[:, 0], [6.0, 4.0])
    np.testing.assert_array_equal(layer.rows_seen, [2, 1])


def test_an_epoch_without_features_is_an_error():
    layer, z, y = trained(epochs=0)
    layer.eval()(z, y)
    with pytest.raises(RuntimeError, match="'running' call the layer, in training mode, with"):
        layer.step_epoch()
    layer, z, y = trained(epochs=0, statistics="epoch")
    layer(z, y)
    with pytest.raises(RuntimeError, match="'epoch' call collect with features and targets"):
        layer.step_epoch()
    assert layer.epoch == 0


def test_order_and_size_of_batches_do_not_matter():
    z, y = features_and_targets()
    order = np.random.default_rng(1).permutation(len(y))
    one, other = (FDS().make_layer(5, np.arange(15)) for _ in range(2))
    train_epoch(one, z, y, len(y))
    train_epoch(other, z[order], y[order], 7)
    for name in ("running_mean", "running_var", "smoothed_mean", "smoothed_var", "rows_seen"):
        np.testing.assert_allclose(arrays(one)[name], arrays(other)[name], rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------------------- gradients


@each_device
@each_covariance
def test_gradcheck(covariance, device):
    layer, z, y = trained(device, covariance=covariance)
    z, y = z[:8].requires_grad_(), y[:8]
    assert torch.autograd.gradcheck(lambda values: layer(values, y), z)
    assert torch.autograd.gradgradcheck(lambda values: layer(values, y) ** 2, z)


def test_statistics_are_constants():
    layer, z, y = trained()
    z.requires_grad_()
    out = layer(z, y)
    layer.step_epoch()  # between forward and backward
    out.sum().backward()
    assert z.grad.shape == z.shape
    assert not any(buffer.requires_grad for buffer in layer.buffers())
    assert layer._moments.second.grad_fn is None and not list(layer.parameters())


def test_deep_network_trains_with_it():
    torch.manual_seed(0)
    X = torch.randn(400, 3)
    y = (0.4 * X[:, 0] + 0.1 * torch.randn(400)).exp()
    encoder, head = nn.Sequential(nn.Linear(3, 16), nn.ReLU()), nn.Linear(16, 1)
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.02)
    fds = FDS(bins=20)
    layer = fds.make_layer(16, fds.make_edges(y))
    for _ in range(30):
        for rows in torch.randperm(400).split(50):
            prediction = head(layer(encoder(X[rows]), y[rows]))[:, 0]
            loss = nn.functional.mse_loss(prediction, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        layer.step_epoch()
    error = nn.functional.mse_loss(head(layer.eval()(encoder(X)))[:, 0], y)
    assert float(error.detach()) < 0.2 * float(y.var())


# ---------------------------------------------------------------------------- types and devices


@each_device
@each_covariance
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_dtype_of_features_is_kept_and_statistics_are_precise(dtype, covariance, device):
    layer, z, y = trained(device, epochs=0, covariance=covariance)
    z = z.to(dtype)
    reference, *_ = trained(device, epochs=0, covariance=covariance)
    exact = [train_epoch(reference, z.double(), y, 10) for _ in range(2)][1]
    got = [train_epoch(layer, z, y, 10) for _ in range(2)][1]
    assert got.dtype == dtype
    assert layer.running_var.dtype == torch.float64
    np.testing.assert_allclose(layer.running_var.cpu(), reference.running_var.cpu(), rtol=1e-12)
    np.testing.assert_allclose(
        got.double().cpu(), exact.cpu(), rtol=2 * torch.finfo(dtype).eps, atol=1e-5
    )


@each_device
@each_covariance
def test_autocast(covariance, device):
    layer, z, y = trained(device, covariance=covariance)
    expected = layer(z.float(), y)
    with torch.autocast(device, dtype=torch.bfloat16):
        assert torch.equal(layer(z.float(), y), expected)
        features = z.float() @ torch.eye(5, device=device)
        assert features.dtype == torch.bfloat16
        out = layer(features, y)
        layer.step_epoch()
    assert out.dtype == torch.bfloat16
    other, *_ = trained(device, covariance=covariance)
    for part in (z.float(), z.float(), features):
        other(part, y)
    other.step_epoch()
    np.testing.assert_array_equal(arrays(layer)["running_var"], arrays(other)["running_var"])


def test_precision_stays_when_the_module_is_cast():
    layer, z, y = trained()
    expected = arrays(layer)
    for cast in (layer.half, layer.bfloat16, layer.float, lambda: layer.to(torch.float16)):
        cast()
        assert_arrays = arrays(layer)
        for name, value in expected.items():
            np.testing.assert_array_equal(assert_arrays[name], value)
            assert assert_arrays[name].dtype == value.dtype
    assert layer(z.half(), y).dtype == torch.float16


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_moves_to_the_gpu_and_back():
    layer, z, y = trained()
    expected = layer(z, y)
    layer.to("cuda")
    np.testing.assert_allclose(layer(z.cuda(), y.cuda()).cpu(), expected, rtol=1e-12)
    layer.step_epoch()
    other, z, y = trained()
    other(z, y), other(z, y)
    other.step_epoch()
    layer.cpu()
    np.testing.assert_allclose(layer.running_var, other.running_var, rtol=1e-10)


@each_device
@each_covariance
def test_compiles_without_a_break(covariance, device):
    layer, z, y = trained(device, epochs=0, covariance=covariance)
    torch._dynamo.reset()
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    plain, *_ = trained(device, epochs=0, covariance=covariance)
    try:
        for _ in range(12):  # more epochs than a function may be compiled anew
            for part in (slice(0, 30), slice(30, 50)):
                values = z[part].clone().requires_grad_()
                out = compiled(values, y[part])
                out.sum().backward()
                np.testing.assert_allclose(
                    out.detach().cpu(), plain(z[part], y[part]).cpu(), rtol=1e-9, atol=1e-12
                )
            layer.step_epoch()
            plain.step_epoch()
    finally:
        torch._dynamo.reset()
    assert_same(layer, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@each_covariance
def test_forward_does_not_wait_for_the_gpu(covariance):
    layer, z, y = trained("cuda", covariance=covariance)
    torch.cuda.set_sync_debug_mode("error")
    try:
        layer(z, y)
    finally:
        torch.cuda.set_sync_debug_mode("default")
