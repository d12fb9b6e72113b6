"""Features of pixels: shapes, gradients, and FDS on them in a training loop."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from skdir.density import TargetDensity
from skdir.neural_network import FDS, DepthEncoderDecoder
from skdir.weighting import LDSWeighter


@pytest.mark.parametrize("shape", [(3, 24, 32), (3, 23, 31), (1, 9, 8), (16, 20)], ids=str)
@pytest.mark.parametrize("backbone", [(4,), (4, 8), (4, 6, 8)], ids=str)
def test_features_have_the_size_of_the_images(shape, backbone):
    network = DepthEncoderDecoder(shape, backbone=backbone, n_features=5)
    out = network(torch.rand(2, *shape))
    assert out.shape == (2, 5, *shape[-2:])
    assert out.min() >= 0
    out.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


@pytest.mark.parametrize(("backbone", "width"), [("resnet18", 512), ("resnet50", 2048)])
def test_a_resnet_as_backbone(backbone, width):
    network = DepthEncoderDecoder((3, 64, 70), backbone=backbone, n_features=7).eval()
    assert network.backbone.n_features == width
    with torch.no_grad():
        assert network(torch.rand(1, 3, 64, 70)).shape == (1, 7, 64, 70)


def test_a_pixel_sees_its_neighbours_and_the_whole():
    torch.manual_seed(0)
    network = DepthEncoderDecoder((1, 32, 32), backbone=(4, 8, 8)).eval()
    X = torch.rand(1, 1, 32, 32, requires_grad=True)
    network(X)[0, :, 16, 16].sum().backward()
    reach = X.grad[0, 0] != 0
    assert reach[14:19, 14:19].float().mean() > 0.9
    assert reach.any(dim=1).sum() > 20 > 5  # the smaller maps reach farther than convolutions do


def test_seeds_defaults_and_pickle():
    torch.manual_seed(0)
    first = DepthEncoderDecoder((3, 16, 16)).eval()
    torch.manual_seed(0)
    second = DepthEncoderDecoder((3, 16, 16)).eval()
    X = torch.rand(2, 3, 16, 16)
    assert torch.equal(first(X), second(X))
    assert torch.equal(pickle.loads(pickle.dumps(first))(X), first(X))
    assert first(X).shape[1] == 16


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"input_shape": (5,)}, "'input_shape' parameter of DepthEncoderDecoder"),
        ({"backbone": "resnet"}, "'backbone' .* 'resnet18', 'resnet34', 'resnet50'. Got 'resnet'"),
        ({"backbone": ()}, "'backbone' .* of 1 or more integers .* Got"),
        ({"backbone": (4, 0)}, "'backbone' .* Got .4, 0."),
        ({"n_features": 2.5}, "'n_features'"),
    ],
    ids=str,
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        DepthEncoderDecoder(**{"input_shape": (3, 16, 16), **params})


def depth_maps(n=24, seed=0):
    """Return made rooms: brightness falls with depth, and near pixels are rare."""
    rng = np.random.default_rng(seed)
    rows = np.linspace(1, 0, 16)[:, None]
    tilt = rng.uniform(0.5, 1.0, size=(n, 1, 1))
    depth = 9 - 7 * tilt * rows**3 + 0.2 * np.cos(np.linspace(0, 9, 20))
    image = np.stack([1 / depth, rows + 0 * depth, 0 * depth], axis=1)
    image += rng.normal(0, 0.01, size=image.shape)
    return torch.tensor(image, dtype=torch.float32), torch.tensor(depth, dtype=torch.float32)


def train(fds, weighter, epochs=12):
    """Train on made maps in a plain loop; return the losses and what was trained."""
    torch.manual_seed(0)
    images, depth = depth_maps()
    depth = depth.clone()
    depth[0, :4] = torch.nan  # pixels without a measurement
    known = depth.isfinite()
    network, head = (
        DepthEncoderDecoder((3, 16, 20), backbone=(8, 16), n_features=8),
        nn.Conv2d(8, 1, 1),
    )
    with torch.no_grad():
        head.bias.fill_(float(depth[known].mean()))
    layer = fds.make_layer(8, fds.make_edges(depth[known])) if fds else None
    weight = torch.ones_like(depth)
    if weighter:
        values = weighter.fit_transform(depth[known].numpy().astype(np.float64))
        weight[known] = torch.tensor(values, dtype=torch.float32)
    optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=0.01)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(images)).split(6):
            z = network(images[rows])
            z = layer(z, depth[rows]) if layer is not None else z
            error = (head(z)[:, 0] - depth[rows])[known[rows]] ** 2
            loss = (error * weight[rows][known[rows]]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach())
        losses.append(total / 4)
        if layer is not None:
            layer.step_epoch()
    return losses, network.eval(), head, layer


@pytest.mark.parametrize("fds", [None, FDS(bins=30)], ids=["plain", "fds"])
@pytest.mark.parametrize("weighter", [None, LDSWeighter(bins=30)], ids=["plain", "lds"])
def test_the_loss_falls(fds, weighter):
    losses, network, head, layer = train(fds, weighter)
    assert losses[-1] < 0.2 * losses[0]
    images, depth = depth_maps(8, seed=1)
    with torch.no_grad():
        error = (head(network(images))[:, 0] - depth).abs().mean()
    assert error < 0.7 * (depth - depth.mean()).abs().mean()
    if layer is None:
        return
    assert layer.epoch == 12
    seen = layer.rows_seen > 0
    counts, _ = np.histogram(depth_maps()[1], layer.bin_edges)
    assert bool(seen[torch.tensor(counts > 200)].all())
    # pixels are moved by the statistics of their bin, and those without a target are not
    z, y = network(images).detach(), depth.clone()
    y[0, 0] = torch.nan
    moved = layer.train()(z, y)
    assert moved.shape == z.shape
    assert torch.equal(moved[0, :, 0], z[0, :, 0])
    assert not torch.equal(moved[1:], z[1:])
    rows = z.movedim(1, -1).reshape(-1, 8)
    expected = layer(rows, y.reshape(-1)).reshape(8, 16, 20, 8).movedim(-1, 1)
    torch.testing.assert_close(moved, expected)


def test_the_weights_are_those_of_the_pixels():
    _, depth = depth_maps()
    values = depth.numpy().ravel().astype(np.float64)
    weights = LDSWeighter(bins=30).fit_transform(values)
    density = TargetDensity(bins=30).fit(values).density(values)
    assert weights[density.argmin()] == weights.max()
    assert weights.mean() == pytest.approx(1)
