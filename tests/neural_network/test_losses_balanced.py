"""Balanced MSE against naive loops with scipy, against torch, and its limits."""

import warnings

import numpy as np
import pytest
import torch
from losses_data import BINS, DEVICES, FUNCTIONS, MIXTURE, batch
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm
from torch.autograd import gradcheck, gradgradcheck
from torch.nn import functional

from skdir.neural_network import BMCLoss, BNILoss, GAILoss, bmc_loss, bni_loss, gai_loss

BALANCED = ("bmc", "gai", "bni")
CLASSES = {
    "bmc": BMCLoss,
    "gai": lambda **params: GAILoss(**MIXTURE, **params),
    "bni": lambda **params: BNILoss(**BINS, **params),
}


def numpy_batch(n_samples=9, n_outputs=None, *, seed=1):
    return (t.numpy() for t in batch(n_samples, n_outputs, seed=seed))


def double(*arrays):
    return (torch.tensor(array, dtype=torch.float64) for array in arrays)


def naive_mixture(prediction, target, sigma, mixture):
    """Loop over rows and components by the documented formula."""
    weights = np.array(mixture["weights"]) / np.sum(mixture["weights"])
    losses = []
    for p, t in zip(prediction, target):
        terms = [
            np.log(w) + norm.logpdf(p, m, np.sqrt(v + sigma**2))
            for w, m, v in zip(weights, mixture["means"], mixture["covariances"])
        ]
        losses.append(2 * sigma**2 * (-norm.logpdf(t, p, sigma) + logsumexp(terms)))
    return losses


@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("n_outputs", [None, 1, 3])
def test_bmc_equals_naive_loop_and_cross_entropy(sigma, n_outputs):
    prediction, target, weight = numpy_batch(n_outputs=n_outputs)
    p, t = prediction.reshape(9, -1), target.reshape(9, -1)
    want = []
    for i in range(9):
        logits = [-np.sum((p[i] - t[j]) ** 2) / (2 * sigma**2) for j in range(9)]
        kept = weight > 0
        total = logsumexp(np.array(logits)[kept], b=weight[kept])
        want.append(2 * sigma**2 * (total - logits[i]))
    tensors = list(double(prediction, target, weight))
    got = bmc_loss(*tensors[:2], noise_sigma=sigma, sample_weight=tensors[2], reduction="none")
    assert_allclose(got, weight * want, rtol=1e-9, atol=1e-12)
    logits = -(torch.cdist(*(x.reshape(9, -1) for x in tensors[:2])) ** 2) / (2 * sigma**2)
    entropy = 2 * sigma**2 * functional.cross_entropy(logits, torch.arange(9))
    assert_allclose(bmc_loss(*tensors[:2], noise_sigma=sigma), entropy, rtol=1e-9)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
def test_gai_and_bni_equal_naive_loops(sigma):
    prediction, target, _ = numpy_batch()
    p, t = double(prediction, target)
    got = gai_loss(p, t, **MIXTURE, noise_sigma=sigma, reduction="none")
    assert_allclose(got, naive_mixture(prediction, target, sigma, MIXTURE), rtol=1e-9)
    points = {"weights": BINS["weights"], "means": BINS["centers"], "covariances": np.zeros(15)}
    got = bni_loss(p, t, **BINS, noise_sigma=sigma, reduction="none")
    assert_allclose(got, naive_mixture(prediction, target, sigma, points), rtol=1e-9)


@pytest.mark.parametrize("kind", ["spherical", "diagonal", "full"])
def test_gai_of_several_outputs_equals_naive_loop(kind):
    prediction, target, _ = numpy_batch(n_outputs=3)
    rng = np.random.default_rng(2)
    weights, means = np.array([0.7, 0.3]), rng.normal(size=(2, 3))
    if kind == "full":
        covariances = np.array([a @ a.T for a in rng.normal(size=(2, 3, 3))])
        matrices = covariances
    elif kind == "diagonal":
        covariances = rng.random((2, 3))
        matrices = np.array([np.diag(v) for v in covariances])
    else:
        covariances = np.array([0.5, 2.0])
        matrices = covariances[:, None, None] * np.eye(3)
    sigma, noise = 0.8, 0.64 * np.eye(3)
    want = []
    for p, t in zip(prediction, target):
        terms = [
            np.log(w) + multivariate_normal.logpdf(p, m, c + noise)
            for w, m, c in zip(weights, means, matrices)
        ]
        want.append(2 * 0.64 * (-multivariate_normal.logpdf(t, p, noise) + logsumexp(terms)))
    mixture = {"weights": weights, "means": means, "covariances": covariances}
    p, t = double(prediction, target)
    got = gai_loss(p, t, **mixture, noise_sigma=sigma, reduction="none")
    assert_allclose(got, want, rtol=1e-9)
    module = GAILoss(**mixture, noise_sigma=sigma, learnable=False, dtype=torch.float64)
    assert_allclose(module(p, t), np.mean(want), rtol=1e-9)


def test_gai_is_the_integral_over_the_mixture():
    sigma = 0.9

    def integrand(y, p):
        density = sum(
            w * norm.pdf(y, m, np.sqrt(v))
            for w, m, v in zip(*(MIXTURE[k] for k in ("weights", "means", "covariances")))
        )
        return density * norm.pdf(p, y, sigma)

    prediction, target, _ = numpy_batch(4)
    want = [
        2 * sigma**2 * (np.log(quad(integrand, -25, 25, args=(p,), limit=200)[0])
        - norm.logpdf(t, p, sigma))
        for p, t in zip(prediction, target)
    ]  # fmt: skip
    p, t = double(prediction, target)
    got = gai_loss(p, t, **MIXTURE, noise_sigma=sigma, reduction="none")
    assert_allclose(got, want, rtol=1e-7)


def test_bni_with_widths_is_gai_with_the_variances_of_the_bins():
    prediction, target, _ = batch()
    widths = np.linspace(0.1, 2.0, 15)
    bins = {"weights": BINS["weights"], "means": BINS["centers"], "covariances": widths**2 / 12}
    want = gai_loss(prediction, target, **bins)
    assert_allclose(bni_loss(prediction, target, **BINS, widths=widths), want, rtol=1e-12)
    loss = BNILoss(**BINS, widths=widths, learnable=False, dtype=torch.float64)
    assert_allclose(loss(prediction, target), want, rtol=1e-12)


def test_bni_with_many_bins_is_gai():
    edges = np.linspace(-20, 20, 4001)
    centers = (edges[:-1] + edges[1:]) / 2
    weights = sum(
        w * norm.pdf(centers, m, np.sqrt(v))
        for w, m, v in zip(*(MIXTURE[k] for k in ("weights", "means", "covariances")))
    )
    prediction, target, _ = batch(20)
    got = bni_loss(prediction, target, centers=centers, weights=weights, reduction="none")
    want = gai_loss(prediction, target, **MIXTURE, reduction="none")
    assert_allclose(got, want, rtol=1e-8)


def test_gai_with_one_wide_component_is_the_squared_error_and_a_constant():
    prediction, target, _ = batch(20)
    wide = {"weights": [1.0], "means": [0.0], "covariances": [1e12]}
    excess = gai_loss(prediction, target, **wide, reduction="none") - (prediction - target) ** 2
    assert_allclose(excess, excess[0].expand(20), atol=1e-9)


def test_bmc_with_a_large_batch_is_gai():
    rng = np.random.default_rng(0)
    n = 6000
    component = rng.choice(3, n, p=MIXTURE["weights"])
    scales = np.sqrt(MIXTURE["covariances"])
    target = np.array(MIXTURE["means"])[component] + scales[component] * rng.normal(size=n)
    p, t = double(rng.normal(size=n), target)
    got = bmc_loss(p, t, reduction="none") - 2 * np.log(n)
    want = gai_loss(p, t, **MIXTURE, reduction="none")
    assert_allclose(got, want, atol=0.2)
    assert_allclose(got.mean(), want.mean(), atol=0.02)


def test_gradient_is_that_of_the_squared_error_less_the_pull_of_the_training_targets():
    """Where all targets are equal nothing can be told from them: no gradient at all."""
    prediction = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    loss = bmc_loss(prediction, torch.full((5,), 3.0, dtype=torch.float64))
    assert_allclose(loss.item(), 2 * np.log(5), rtol=1e-12)
    assert (torch.autograd.grad(loss, prediction)[0].abs() < 1e-12).all()


@pytest.mark.parametrize("name", BALANCED)
@pytest.mark.parametrize("weighted", [False, True])
def test_derivatives(name, weighted):
    prediction, target, weight = batch()

    def loss(prediction, target):
        w = weight if weighted else None
        return FUNCTIONS[name](
            prediction, target, noise_sigma=0.8, sample_weight=w, reduction="none"
        )

    inputs = (prediction.requires_grad_(), target.requires_grad_())
    assert gradcheck(loss, inputs)
    assert gradgradcheck(loss, inputs)


def test_derivatives_of_several_outputs():
    rng = np.random.default_rng(2)
    covariances = [a @ a.T for a in rng.normal(size=(2, 3, 3))]
    mixture = {"weights": [1, 2], "means": rng.normal(size=(2, 3)), "covariances": covariances}
    inputs = tuple(t.requires_grad_() for t in batch(5, 3)[:2])
    for loss in (bmc_loss, lambda p, t: gai_loss(p, t, **mixture)):
        assert gradcheck(loss, inputs)
        assert gradgradcheck(loss, inputs)


@pytest.mark.parametrize("name", BALANCED)
def test_derivative_by_the_noise_is_that_of_the_likelihood(name):
    """The factor 2 s^2 is a constant for the derivatives."""
    prediction, target, _ = batch()

    def likelihood(s):
        return FUNCTIONS[name](prediction, target, noise_sigma=s).item() / (2 * s**2)

    sigma, step = 0.7, 1e-5
    want = 2 * sigma**2 * (likelihood(sigma + step) - likelihood(sigma - step)) / (2 * step)
    noise = torch.tensor(sigma, dtype=torch.float64, requires_grad=True)
    loss = FUNCTIONS[name](prediction, target, noise_sigma=noise)
    assert_allclose(torch.autograd.grad(loss, noise)[0].item(), want, rtol=1e-7)


@pytest.mark.parametrize("name", BALANCED)
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sigma", [1e-12, 1.0, 1e6])
def test_extreme_errors_and_noises_are_finite(name, device, dtype, sigma):
    prediction = torch.tensor([1e6, -1e6, 0.0, 1.0, 2.0], dtype=dtype, device=device)
    target = torch.tensor([-1e6, 0.0, 1e6, 1.0, 1e-9], dtype=dtype, device=device)
    prediction.requires_grad_()
    loss = CLASSES[name](noise_sigma=sigma, dtype=dtype).to(device)
    value = loss(prediction, target)
    value.backward()
    assert value.isfinite()
    assert prediction.grad.isfinite().all() and loss.raw_noise.grad.isfinite()


@pytest.mark.parametrize("sigma", [1e-8, 1e-3])
def test_single_precision_keeps_its_digits_where_errors_are_large(sigma):
    """Far from all targets the differences of the squares are small beside the squares."""
    target = torch.tensor([0.0, 1.0, 2.0])
    prediction = torch.tensor([1e6, 1e6, 1e6])
    got = bmc_loss(prediction, target, noise_sigma=sigma, reduction="none")
    want = bmc_loss(prediction.double(), target.double(), noise_sigma=sigma, reduction="none")
    assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("name", BALANCED)
def test_learned_noise_starts_where_told_and_stays_positive(name):
    for sigma in (1e-3, 1.0, 30.0, 1e5):
        loss = CLASSES[name](noise_sigma=sigma, dtype=torch.float64)
        assert_allclose(loss.noise_sigma.item(), sigma, rtol=1e-8)
        assert f"noise_sigma={sigma:g}" in repr(loss)
    prediction, target, _ = batch()
    for raw in (-1e4, -50.0):
        with torch.no_grad():
            loss.raw_noise.fill_(raw)
        assert loss.noise_sigma > 0
        assert loss(prediction, target).isfinite()
    assert not list(CLASSES[name](learnable=False).parameters())


@pytest.mark.parametrize("learnable", [True, False])
def test_batch_of_one_row_warns_once_and_teaches_nothing(learnable):
    prediction = torch.tensor([[1.0, 1e20]], requires_grad=True)
    target, weight = torch.zeros(1, 2), torch.tensor([3.0])
    loss = BMCLoss(learnable=learnable)
    with pytest.warns(UserWarning, match="BMCLoss got a batch of one row") as record:
        value = loss(prediction[:, :1], target[:, :1], weight)
    assert record[0].filename == __file__
    value.backward()
    assert value == 0 and (prediction.grad == 0).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert loss(prediction[:, :1], target[:, :1]) == 0
        assert loss(prediction.expand(2, 2)[:, :1], torch.ones(2, 1)) > 0
    with pytest.warns(UserWarning, match="bmc_loss got a batch of one row") as record:
        assert bmc_loss(prediction[0, :1], target[0, :1]) == 0
    assert record[0].filename == __file__
