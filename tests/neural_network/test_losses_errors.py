"""Losses of the error alone against naive loops and torch, and their derivatives."""

import math

import numpy as np
import pytest
import torch
from losses_data import batch
from numpy.testing import assert_allclose
from torch.autograd import gradcheck, gradgradcheck
from torch.nn import functional

from skdir.neural_network import focal_loss, huber_loss, mae_loss, mse_loss

ACTIVATIONS = ("sigmoid", "tanh")
BASES = ("mse", "mae", "huber")
PLAIN = {"mse": mse_loss, "mae": mae_loss, "huber": huber_loss}


def naive_focal(error, beta, gamma, activation, base, delta):
    """Compute one element by the documented formula."""
    size = abs(error)
    if base == "mse":
        loss = error**2
    elif base == "mae":
        loss = size
    else:
        loss = error**2 / 2 if size <= delta else delta * (size - delta / 2)
    if activation == "sigmoid":
        factor = 2 / (1 + math.exp(-beta * size)) - 1
    else:
        factor = math.tanh(beta * size)
    return loss * factor**gamma


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.5])
@pytest.mark.parametrize("beta", [0.001, 0.2, 20.0])
def test_focal_loss_equals_naive_loop(activation, base, gamma, beta):
    sizes = [0.0, 1e-4, 0.03, 0.0999, 0.1001, 0.19999, 0.20001, 1.0, 1.5, 30.0]
    error = np.array([*sizes, *(-s for s in sizes)])
    params = {"beta": beta, "gamma": gamma, "activation": activation, "base": base, "delta": 0.7}
    target = torch.linspace(-3, 3, 20, dtype=torch.float64)
    got = focal_loss(target + torch.tensor(error), target, **params, reduction="none")
    error = (target + torch.tensor(error) - target).numpy()
    # The sigmoid as written loses digits near 0; the loss does not.
    want = [naive_focal(e, **params) for e in error]
    assert_allclose(got, want, rtol=1e-9, atol=1e-18)


@pytest.mark.parametrize("base", BASES)
def test_series_meets_the_function(base):
    """At the error where the series takes over, value and slope are continuous."""
    at = 0.02 / 0.3
    error = torch.tensor([at * (1 - 1e-13), at * (1 + 1e-13)], dtype=torch.float64)
    error.requires_grad_()
    loss = focal_loss(
        error, torch.zeros_like(error), beta=0.3, gamma=0.7, activation="tanh", base=base,
        reduction="none",
    )  # fmt: skip
    (slope,) = torch.autograd.grad(loss.sum(), error, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), error)
    for pair in (loss, slope, curvature):
        assert_allclose(pair[0].item(), pair[1].item(), rtol=1e-9)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (mse_loss, functional.mse_loss),
        (mae_loss, functional.l1_loss),
        (huber_loss, functional.huber_loss),
    ],
)
@pytest.mark.parametrize("n_outputs", [None, 1, 3])
def test_plain_losses_equal_those_of_torch(ours, theirs, n_outputs):
    prediction, target, _ = batch(30, n_outputs)
    assert_allclose(ours(prediction, target), theirs(prediction, target), rtol=1e-12)
    rows = theirs(prediction, target, reduction="none").reshape(30, -1).mean(dim=1)
    assert_allclose(ours(prediction, target, reduction="none"), rows, rtol=1e-12)


def test_dense_targets_have_one_loss_per_row():
    rng = np.random.default_rng(0)
    prediction, target = (torch.tensor(rng.normal(size=(4, 1, 5, 6))) for _ in range(2))
    rows = mse_loss(prediction, target, reduction="none")
    assert rows.shape == (4,)
    assert_allclose(rows, ((prediction - target) ** 2).mean(dim=(1, 2, 3)), rtol=1e-12)


def test_huber_delta():
    prediction, target, _ = batch(30)
    want = functional.huber_loss(prediction, target, delta=0.4)
    assert_allclose(huber_loss(prediction, target, delta=0.4), want, rtol=1e-12)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_limits_of_the_focal_loss(base, activation):
    prediction, target, _ = batch(30)
    plain = PLAIN[base](prediction, target)
    params = {"activation": activation, "base": base}
    assert_allclose(focal_loss(prediction, target, gamma=0, **params), plain, rtol=1e-12)
    assert_allclose(focal_loss(prediction, target, beta=1e9, **params), plain, rtol=1e-9)
    half = focal_loss(prediction, target, beta=0.8, activation="sigmoid", base=base)
    assert_allclose(
        half, focal_loss(prediction, target, beta=0.4, activation="tanh", base=base), rtol=1e-12
    )


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_derivatives(base, gamma, activation):
    sizes = torch.tensor([0.011, 0.05, 0.4, 1.3, 9.0], dtype=torch.float64)
    error = torch.cat([sizes, -sizes]).requires_grad_()
    target = torch.zeros_like(error).requires_grad_()

    def loss(prediction, target):
        return focal_loss(
            prediction, target, beta=0.9, gamma=gamma, activation=activation, base=base,
            reduction="none",
        )  # fmt: skip

    assert gradcheck(loss, (error, target))
    assert gradgradcheck(loss, (error, target))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("gamma", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slope_of_the_focal_loss_is_zero_where_the_error_is(base, gamma, dtype):
    error = torch.zeros(3, dtype=dtype, requires_grad=True)
    loss = focal_loss(error, torch.zeros(3, dtype=dtype), gamma=gamma, base=base)
    (slope,) = torch.autograd.grad(loss, error)
    assert loss == 0 and (slope == 0).all()


@pytest.mark.parametrize(
    ("base", "gamma", "curvature"),
    [
        ("mse", 0.0, 2.0), ("mse", 0.5, 0.0), ("mse", 1.0, 0.0), ("huber", 0.0, 1.0),
        ("huber", 1.0, 0.0), ("mae", 1.0, 2 * 0.4), ("mae", 2.0, 0.0),
    ],
)  # fmt: skip
def test_curvature_where_the_error_is_zero(base, gamma, curvature):
    error = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    params = {"beta": 0.4, "gamma": gamma, "activation": "tanh", "base": base}
    loss = focal_loss(error, torch.zeros(1, dtype=torch.float64), **params)
    (slope,) = torch.autograd.grad(loss, error, create_graph=True)
    assert_allclose(torch.autograd.grad(slope, error)[0].item(), curvature, rtol=1e-12)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("gamma", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("beta", [1e-12, 0.2, 1e12])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_errors_have_finite_losses_and_slopes(base, gamma, beta, dtype):
    error = torch.tensor([0.0, 1e-30, 1e-12, 1.0, 1e6, -1e6], dtype=dtype, requires_grad=True)
    loss = focal_loss(
        error, torch.zeros(6, dtype=dtype), beta=beta, gamma=gamma, base=base, reduction="none"
    )
    (slope,) = torch.autograd.grad(loss.sum(), error)
    assert loss.isfinite().all() and slope.isfinite().all()


@pytest.mark.parametrize("base", BASES)
def test_shift_and_scale(base):
    prediction, target, _ = batch(20)
    want = focal_loss(prediction, target, beta=0.5, base=base, delta=0.7)
    shifted = focal_loss(prediction + 9, target + 9, beta=0.5, base=base, delta=0.7)
    assert_allclose(shifted, want, rtol=1e-10)
    scaled = focal_loss(10 * prediction, 10 * target, beta=0.05, base=base, delta=7.0)
    assert_allclose(scaled, want * (10 if base == "mae" else 100), rtol=1e-12)
