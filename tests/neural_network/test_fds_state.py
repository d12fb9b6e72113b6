"""State, copies and parameters of FDSLayer, and the specification FDS."""

import copy
import io
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from fds_oracle import (
    arrays,
    assert_same,
    maps,
    train_epoch,
    trained,
)
from sklearn.base import clone
from torch import nn

from skdir.neural_network import FDS, FDSLayer
from skdir.neural_network.fds._settings import resolve_settings

each_covariance = pytest.mark.parametrize("covariance", ["diagonal", "full"])


# ---------------------------------------------------------------------------- state


@pytest.mark.parametrize("where", ["before the first batch", "in the middle", "after an epoch"])
@each_covariance
def test_a_resumed_run_equals_an_uninterrupted_one(covariance, where):
    z, y = maps()
    make = FDS(covariance=covariance, max_pixels=50, start_smooth=1).make_layer
    uninterrupted = make(5, np.arange(8))
    stop = {"before the first batch": 0, "in the middle": 6, "after an epoch": 4}[where]
    layer = make(5, np.arange(8))
    for batch in range(12):
        if batch == stop:
            file = io.BytesIO()
            torch.save(layer.state_dict(), file)
            file.seek(0)
            layer = make(5, np.arange(8))
            layer(z, y)  # what it did before does not matter
            layer.load_state_dict(torch.load(file, weights_only=True))
        part = slice(batch % 4, batch % 4 + 1)
        expected = uninterrupted(z[part], y[part])
        assert torch.equal(layer(z[part], y[part]), expected)
        if batch % 4 == 3:
            layer.step_epoch()
            uninterrupted.step_epoch()
    assert_same(layer, uninterrupted)


def test_state_holds_tensors_only_and_is_a_copy_of_the_sums():
    layer, z, y = trained()
    state = layer.state_dict()
    assert all(isinstance(value, torch.Tensor) for value in state.values())
    before = state["_extra_state"].clone()
    layer(z, y)
    assert torch.equal(state["_extra_state"], before)


def test_state_of_another_layer_is_refused():
    layer, *_ = trained()
    for fds, edges in ((FDS(covariance="full"), np.arange(13)), (FDS(), np.arange(5))):
        with pytest.raises((ValueError, RuntimeError), match="with other bins, features or cov"):
            fds.make_layer(5, edges).set_extra_state(layer.get_extra_state())
        with pytest.raises((ValueError, RuntimeError)):
            fds.make_layer(5, edges).load_state_dict(layer.state_dict())


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)
def test_copies_are_equal_and_independent(duplicate):
    layer, z, y = trained()
    layer(z, y)  # in the middle of an epoch
    other = duplicate(layer)
    assert_same(layer, other)
    for each in (layer, other):
        each(z[:20], y[:20])
        each.step_epoch()
    assert_same(layer, other)
    train_epoch(layer, z, y)
    assert int(other.rows_seen.sum()) < int(layer.rows_seen.sum())
    assert not np.array_equal(arrays(layer)["running_mean"], arrays(other)["running_mean"])


def test_layer_does_not_follow_its_specification():
    fds = FDS(clip=[0.5, 2.0], momentum=0)
    layer = fds.make_layer(3, [0, 1])
    fds.set_params(clip=None, momentum=0.5, statistics="epoch")
    assert layer.clip == (0.5, 2.0) and layer.momentum == 0 and layer.statistics == "running"


def test_representation():
    layer = FDS(covariance="full").make_layer(3, [0, 1, 4])
    assert repr(layer) == (
        "FDSLayer(n_features=3, n_bins=2, statistics='running', covariance='full', epoch=0)"
    )
    assert isinstance(layer, FDSLayer) and isinstance(layer, nn.Module)


# ---------------------------------------------------------------------------- specification


def test_specification_is_an_estimator_of_parameters():
    fds = FDS(bins="integer", kernel=None, shrinkage=3)
    copied = clone(fds)
    assert copied.get_params() == fds.get_params()
    assert "bins='integer'" in repr(fds)
    assert fds.set_params(bandwidth_bins=1.0).bandwidth_bins == 1.0
    assert FDS()._repr_html_()


def test_edges_of_training_targets():
    y = torch.tensor([[1.0, 2.0], [4.0, 9.0]], requires_grad=True)
    np.testing.assert_allclose(FDS(bins=4).make_edges(y), [1, 3, 5, 7, 9])
    np.testing.assert_allclose(FDS(bins="integer").make_edges([1, 3]), [0.5, 1.5, 2.5, 3.5])
    np.testing.assert_allclose(FDS(bins=[0, 2, 3]).make_edges([1, 8]), [0, 2, 3])


BAD = {
    "bins": [0, "auto", None, 2.5],
    "kernel": ["box", 3, [1, 2], [1, -1, 1], [0.0, 0.0, 0.0]],
    "bandwidth_bins": [0, -1, "silverman"],
    "kernel_size": [4, 0, 2.5],
    "momentum": [-0.1, 1.0],
    "start_update": [-1, 0.5],
    "start_smooth": [-1],
    "clip": [1.0, (0.5, 0.9), (1.1, 2), (0, 2), (0.1, 10, 3), ("a", "b")],
    "statistics": ["batch"],
    "covariance": ["low rank"],
    "shrinkage": [-1],
    "max_pixels": [0],
    "random_state": ["seed"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_bad_parameters(name, value):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of FDS must be .* Got "):
        FDS(**{name: value}).make_layer(3, [0, 1, 2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FDS().make_layer(0, [0, 1]), "'n_features' parameter of FDS.make_layer"),
        (lambda: FDS().make_layer(True, [0, 1]), "'n_features' parameter of FDS.make_layer"),
        (lambda: FDS().make_layer(3, 10), "'bin_edges' parameter of FDS.make_layer must be edges"),
        (lambda: FDS().make_layer(3, [1, 0]), "'bin_edges' parameter of FDS.make_layer"),
        (lambda: FDS(bins=0).make_edges([1, 2]), "'bins' parameter of FDS must be"),
        (lambda: FDS().make_edges([1, np.nan]), "'y' parameter of FDS.make_edges must be finite"),
        (lambda: FDS().make_edges([]), "'y' parameter of FDS.make_edges"),
    ],
)
def test_bad_arguments_of_the_specification(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("method", ["forward", "collect"])
@pytest.mark.parametrize(
    ("z", "y", "message"),
    [
        (torch.randn(4, 3), torch.rand(4), "'z' .* of shape (n, 2) .* Got shape (4, 3)"),
        (torch.randn(4), torch.rand(4), "'z' .* Got shape (4,)"),
        (torch.ones(4, 2, dtype=int), torch.rand(4), "'z' .* Got a tensor of torch.int64"),
        ([[1.0, 2.0]], torch.rand(1), "'z' .* Got a list"),
        (torch.randn(4, 2), torch.rand(3), "'y' .* of shape (4,).* Got shape (3,)"),
        (torch.randn(4, 2), torch.rand(4, 2), "'y' .* Got shape (4, 2)"),
        (torch.randn(4, 2, 3), torch.rand(4), "'y' .* of shape (4, 3).* Got shape (4,)"),
        (torch.randn(4, 2), [1.0] * 4, "'y' .* Got a list"),
        (torch.randn(4, 2), None, "'y' .* Got None"),
    ],
)
def test_bad_batches(method, z, y, message):
    layer = FDS().make_layer(2, [0, 1])
    start, *rest = message.replace("(", r"\(").replace(")", r"\)").split(" ", 1)
    with pytest.raises(ValueError, match=f"{start} parameter of FDSLayer.{method} {rest[0]}"):
        getattr(layer, method)(z, y)


@pytest.mark.parametrize("value", [FDS, None, "fds", torch.nn.Linear(2, 2)], ids=repr)
def test_a_layer_is_one_of_parameters(value):
    with pytest.raises(ValueError, match="'fds' parameter of FDSLayer must be an FDS. Got "):
        FDSLayer(2, [0.0, 1.0, 2.0], value)


def test_settings_of_a_layer_are_a_value():
    fds = FDS(kernel=[1, 2, 1], clip=[0.5, 2], random_state=0)
    settings = resolve_settings(fds, 3, [0.0, 1.0, 2.0])
    fds.set_params(kernel=None, clip=None, momentum=0.0)
    assert (settings.window, settings.clip) == ((0.25, 0.5, 0.25), (0.5, 2.0))
    assert (settings.n_features, settings.momentum) == (3, 0.9)
    with pytest.raises(FrozenInstanceError):
        settings.momentum = 0.5
