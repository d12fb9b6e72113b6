"""Residual networks: sizes, names, gradients, and what the regressor makes of them."""

import pickle
import re
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from skdir.neural_network import DeepImbalancedRegressor, ResNetEncoder

# What is left of the published networks without their last layer.
PARAMETERS = {18: 11_176_512, 34: 21_284_672, 50: 23_508_032}
WIDTHS = {18: 512, 34: 512, 50: 2048}


@pytest.mark.parametrize("depth", [18, 34, 50])
def test_numbers_of_parameters_and_features(depth):
    encoder = ResNetEncoder((3, 64, 64), depth=depth)
    assert sum(p.numel() for p in encoder.parameters()) == PARAMETERS[depth]
    assert encoder.n_features == WIDTHS[depth]
    assert encoder.eval()(torch.zeros(1, 3, 64, 64)).shape == (1, WIDTHS[depth])


def test_default_depth_and_maps():
    encoder = ResNetEncoder((3, 64, 96)).eval()
    with torch.no_grad():
        maps = encoder.feature_maps(torch.rand(1, 3, 64, 96))
    sizes = [(64, 32, 48), (256, 16, 24), (512, 8, 12), (1024, 4, 6), (2048, 2, 3)]
    assert [tuple(m.shape[1:]) for m in maps] == sizes


@pytest.mark.parametrize(("depth", "last"), [(18, "layer4.1.bn2"), (50, "layer4.2.bn3")])
def test_names_are_those_of_torchvision(depth, last):
    names = set(ResNetEncoder((3, 32, 32), depth=depth).state_dict())
    parts = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    known = {"conv1.weight", "layer2.0.downsample.0.weight", "layer1.1.conv2.weight"}
    known |= {
        f"{layer}.{part}" for layer in ("bn1", "layer2.0.downsample.1", last) for part in parts
    }
    assert known <= names
    assert ("layer1.0.downsample.0.weight" in names) == (depth == 50)
    form = r"(layer[1-4]\.\d\.)?(conv|bn)[123]\.\w+|layer[1-4]\.0\.downsample\.[01]\.\w+"
    assert all(re.fullmatch(form, name) for name in names)


def test_against_torchvision():
    models = pytest.importorskip("torchvision.models")
    for depth in (18, 34, 50):
        theirs = getattr(models, f"resnet{depth}")(weights=None).eval()
        ours = ResNetEncoder((3, 64, 64), depth=depth)
        ours.load_state_dict(theirs.state_dict())
        theirs.fc = nn.Identity()
        X = torch.rand(2, 3, 64, 64)
        torch.testing.assert_close(ours.eval()(X), theirs(X))


def test_a_file_with_the_last_layer_is_loaded_and_strangers_are_not():
    source = ResNetEncoder((3, 32, 32), depth=18)
    state = source.state_dict()
    state |= {"fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
    before = list(state)
    encoder = ResNetEncoder((3, 32, 32), depth=18)
    encoder.load_state_dict(state)
    assert list(state) == before
    X = torch.rand(2, 3, 32, 32)
    assert torch.equal(encoder.eval()(X), source.eval()(X))
    encoder.load_state_dict(state, assign=True)
    assert encoder.conv1.weight.data_ptr() == source.conv1.weight.data_ptr()
    del state["conv1.weight"]
    assert encoder.load_state_dict(state, strict=False).missing_keys == ["conv1.weight"]
    with pytest.raises(RuntimeError, match="conv1.weight"):
        encoder.load_state_dict(state)


@pytest.mark.parametrize("depth", [18, 50])
def test_a_block_is_convolutions_beside_a_shortcut(depth):
    block = ResNetEncoder((3, 32, 32), depth=depth).layer2[1].eval()
    X = torch.randn(2, 128 if depth == 18 else 512, 4, 4).relu()
    last = block.bn3 if depth == 50 else block.bn2
    nn.init.zeros_(last.weight)
    assert torch.equal(block(X), X)  # with nothing of the convolutions only the shortcut is left
    nn.init.ones_(last.weight)
    assert not torch.equal(block(X), X)


def test_gradients_reach_all_parameters_and_seeds_matter():
    torch.manual_seed(0)
    encoder = ResNetEncoder((2, 32, 32), depth=18)
    encoder(torch.randn(4, 2, 32, 32)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in encoder.parameters())
    assert all(p.grad.abs().sum() > 0 for p in encoder.parameters())
    torch.manual_seed(0)
    again = ResNetEncoder((2, 32, 32), depth=18)
    assert torch.equal(again.conv1.weight, encoder.conv1.weight)
    assert not torch.equal(ResNetEncoder((2, 32, 32), depth=18).conv1.weight, encoder.conv1.weight)


def test_images_without_channels():
    encoder = ResNetEncoder((32, 32), depth=18).eval()
    X = torch.rand(2, 32, 32)
    maps = encoder.feature_maps(X)
    assert torch.equal(encoder(X), maps[-1].mean(dim=(2, 3)))
    assert encoder.conv1.in_channels == 1


def test_bad_parameters():
    with pytest.raises(ValueError, match="'depth' .* 18, 34 or 50. Got 20"):
        ResNetEncoder((3, 32, 32), depth=20)
    with pytest.raises(ValueError, match=r"'input_shape' .* Got \(5,\)"):
        ResNetEncoder((5,))


@pytest.mark.parametrize(
    "encoder", ["resnet18", partial(ResNetEncoder, depth=18)], ids=["name", "factory"]
)
def test_in_the_regressor(encoder, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.random((8, 32, 32), dtype=np.float32)
    y = X.mean(axis=(1, 2))
    model = DeepImbalancedRegressor(
        encoder, max_epochs=1, batch_size=8, device="cpu", random_state=0
    )
    predicted = model.fit(X, y).predict(X)
    assert model.net_.module_.head.in_features == 512
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), predicted)
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(X), predicted)


@pytest.mark.parametrize("depth", [34, 50])
def test_names_of_depths(depth):
    from skdir.neural_network.encoders._registry import make_encoder

    made = make_encoder(
        f"resnet{depth}", (3, 32, 32), hidden_layer_sizes=(), dropout=0.0, caller="test"
    )
    assert sum(p.numel() for p in made.parameters()) == PARAMETERS[depth]
    with pytest.raises(ValueError, match="'resnet', 'resnet18', .* 'pair_text', .* Got 'resnet20'"):
        make_encoder("resnet20", (3, 32, 32), hidden_layer_sizes=(), dropout=0.0, caller="test")
