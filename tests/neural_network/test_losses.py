"""What all losses promise: weights, reductions, checks, and how they are found by name."""

import pickle
from copy import deepcopy
from functools import partial

import numpy as np
import pytest
import torch
from losses_data import BINS, DEVICES, FUNCTIONS, MIXTURE, batch, modules
from numpy.testing import assert_allclose
from torch import nn

from skdir.neural_network import (
    BMCLoss,
    BNILoss,
    DeepImbalancedRegressor,
    FocalLoss,
    GAILoss,
    HuberLoss,
    MSELoss,
    bmc_loss,
    bni_loss,
    focal_loss,
    gai_loss,
    huber_loss,
    make_loss,
    mse_loss,
)
from skdir.neural_network.losses._base import WeightedLoss
from skdir.neural_network.losses._registry import LOSSES

Y = np.random.default_rng(0).exponential(size=200)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("n_outputs", [None, 1])
def test_reductions_are_those_of_the_weighted_rows(name, n_outputs):
    prediction, target, weight = batch(n_outputs=n_outputs)
    loss = FUNCTIONS[name]
    rows = loss(prediction, target, sample_weight=weight, reduction="none")
    assert rows.shape == (7,)
    total = loss(prediction, target, sample_weight=weight, reduction="sum")
    mean = loss(prediction, target, sample_weight=weight)
    assert_allclose(total, rows.sum(), rtol=1e-12)
    assert_allclose(mean, rows.sum() / weight.sum(), rtol=1e-12)
    plain = loss(prediction, target, reduction="none")
    assert_allclose(loss(prediction, target), plain.mean(), rtol=1e-12)
    ones = torch.ones_like(weight)
    assert_allclose(loss(prediction, target, sample_weight=ones), plain.mean(), rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weight_of_two_is_the_row_twice(name, reduction):
    prediction, target, weight = batch()
    repeated = [t.repeat_interleave(weight.long()) for t in (prediction, target)]
    prediction.requires_grad_()
    got = FUNCTIONS[name](prediction, target, sample_weight=weight, reduction=reduction)
    assert_allclose(got.item(), FUNCTIONS[name](*repeated, reduction=reduction), rtol=1e-12)
    (gradient,) = torch.autograd.grad(got, prediction)
    assert gradient.isfinite().all() and (gradient[weight == 0] == 0).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_rows_of_zero_weight_may_be_anywhere(name):
    prediction, target, weight = batch()
    want = FUNCTIONS[name](prediction, target, sample_weight=weight)
    prediction[weight == 0], target[weight == 0] = 1e6, -1e6
    prediction.requires_grad_()
    got = FUNCTIONS[name](prediction, target, sample_weight=weight)
    assert_allclose(got.item(), want, rtol=1e-12)
    assert torch.autograd.grad(got, prediction)[0].isfinite().all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_batch_without_any_weight_has_loss_and_gradient_zero(name):
    prediction, target, weight = batch()
    prediction.requires_grad_()
    loss = FUNCTIONS[name](prediction, target, sample_weight=0 * weight)
    assert loss == 0
    assert (torch.autograd.grad(loss, prediction)[0] == 0).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_order_of_rows_does_not_matter(name):
    prediction, target, weight = batch(20)
    order = torch.tensor(np.random.default_rng(3).permutation(20))
    rows = FUNCTIONS[name](prediction, target, sample_weight=weight, reduction="none")
    got = FUNCTIONS[name](
        prediction[order], target[order], sample_weight=weight[order], reduction="none"
    )
    assert_allclose(got, rows[order], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_module_equals_function(name, reduction):
    prediction, target, weight = batch()
    module = modules(reduction=reduction)[name]
    for w in (None, weight):
        want = FUNCTIONS[name](prediction, target, sample_weight=w, reduction=reduction)
        assert_allclose(module(prediction, target, w), want, rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("dtype", "rtol"),
    [(torch.float64, 1e-12), (torch.float32, 1e-4), (torch.bfloat16, 0.2), (torch.float16, 0.05)],
)
def test_devices_and_dtypes(name, device, dtype, rtol):
    prediction, target, weight = batch(dtype=dtype, device=device)
    want = FUNCTIONS[name](*batch()[:2], sample_weight=batch()[2])
    for loss in (FUNCTIONS[name], modules()[name].to(device)):
        got = loss(prediction.requires_grad_(), target, sample_weight=weight)
        assert got.dtype == torch.promote_types(dtype, torch.float32)
        assert got.device.type == device
        assert_allclose(got.item(), want.item(), rtol=rtol)
        (gradient,) = torch.autograd.grad(got, prediction)
        assert gradient.dtype == dtype and gradient.isfinite().all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_is_written_to_and_no_random_number_is_drawn(name):
    given = batch()
    kept = [t.clone() for t in given]
    state = torch.get_rng_state()
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    FUNCTIONS[name](given[0], given[1], sample_weight=given[2])
    modules()[name](*given)
    assert all((a == b).all() for a, b in zip(given, kept))
    assert (state == torch.get_rng_state()).all()
    assert (before == np.random.get_state()[1]).all()  # noqa: NPY002


@pytest.mark.parametrize("name", FUNCTIONS)
def test_weights_of_another_dtype_and_whole_targets(name):
    prediction, _, weight = batch()
    target = torch.arange(7)
    want = FUNCTIONS[name](prediction, target.double(), sample_weight=weight)
    got = FUNCTIONS[name](prediction, target, sample_weight=weight.int())
    assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_shapes_are_never_broadcast(name):
    prediction, target, weight = batch()
    loss, module = FUNCTIONS[name], modules()[name]
    for call in (loss, module):
        with pytest.raises(ValueError, match=r"'target' parameter .* shape \(7, 1\)"):
            call(prediction[:, None], target)
        with pytest.raises(ValueError, match=r"'target' parameter .* Got a ndarray"):
            call(prediction, target.numpy())
        with pytest.raises(ValueError, match=r"'sample_weight' .* shape \(7,\).*shape \(7, 1\)"):
            call(prediction, target, sample_weight=weight[:, None])
        with pytest.raises(ValueError, match=r"'sample_weight' .* Got a list"):
            call(prediction, target, sample_weight=[1.0] * 7)
        for wrong in (prediction.long(), prediction[:0], prediction[0], [1.0], object()):
            with pytest.raises(ValueError, match="'prediction' parameter"):
                call(wrong, target)
    with pytest.raises(ValueError, match="'reduction' parameter .* 'average'"):
        loss(prediction, target, reduction="average")
    with pytest.raises(ValueError, match="'reduction' parameter of .*Loss"):
        modules(reduction=None)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda v: huber_loss(*batch()[:2], delta=v), "delta"),
        (lambda v: HuberLoss(delta=v), "delta"),
        (lambda v: focal_loss(*batch()[:2], beta=v), "beta"),
        (lambda v: focal_loss(*batch()[:2], gamma=v), "gamma"),
        (lambda v: focal_loss(*batch()[:2], activation=v), "activation"),
        (lambda v: focal_loss(*batch()[:2], base=v), "base"),
        (lambda v: FocalLoss(delta=v), "delta"),
        (lambda v: bmc_loss(*batch()[:2], noise_sigma=v), "noise_sigma"),
        (lambda v: gai_loss(*batch()[:2], **MIXTURE, noise_sigma=v), "noise_sigma"),
        (lambda v: bni_loss(*batch()[:2], **BINS, noise_sigma=v), "noise_sigma"),
        (lambda v: BMCLoss(noise_sigma=v), "noise_sigma"),
        (lambda v: BMCLoss(learnable=v), "learnable"),
        (lambda v: BMCLoss(dtype=v), "dtype"),
        (lambda v: gai_loss(*batch()[:2], **{**MIXTURE, "weights": v}), "weights"),
        (lambda v: gai_loss(*batch()[:2], **{**MIXTURE, "means": v}), "means"),
        (lambda v: gai_loss(*batch()[:2], **{**MIXTURE, "covariances": v}), "covariances"),
        (lambda v: bni_loss(*batch()[:2], **{**BINS, "centers": v}), "centers"),
        (lambda v: BNILoss(**{**BINS, "weights": v}), "weights"),
        (lambda v: GAILoss.from_targets(Y, n_components=v), "n_components"),
        (lambda v: GAILoss.from_targets(v, n_components=2), "(y|n_components)"),
        (lambda v: BNILoss.from_targets(v), "y"),
        (lambda v: BNILoss.from_targets(Y, bins=v), "bins"),
        (lambda v: BNILoss.from_targets(Y, density=v), "density"),
        (lambda v: BNILoss.from_targets(Y, sample_weight=v), "sample_weight"),
        (lambda v: make_loss("mse", reduction=v), "reduction"),
        (lambda v: make_loss(v), "loss"),
    ],
)
@pytest.mark.parametrize("value", [-1.0, float("nan"), "nonsense", object(), torch.ones(2, 9)])
def test_nonsense_is_refused_by_name(call, name, value):
    message = f"(?s)The '{name}' parameter of .* must be .* Got .* instead"
    with pytest.raises(ValueError, match=message):
        call(value)


@pytest.mark.parametrize("name", LOSSES)
def test_made_by_name(name):
    loss = make_loss(name, y_train=Y, random_state=0, reduction="none")
    assert isinstance(loss, LOSSES[name][0])
    prediction, target, weight = batch(dtype=torch.float32)
    assert loss(prediction, target, weight).shape == (7,)
    again = pickle.loads(pickle.dumps(loss))
    assert (again(prediction, target) == loss(prediction, target)).all()
    assert (deepcopy(loss)(prediction, target) == loss(prediction, target)).all()
    fresh = make_loss(name, y_train=Y, random_state=0, reduction="none")
    fresh.load_state_dict(loss.state_dict())
    assert repr(loss) == repr(fresh) and "reduction='none'" in repr(loss)


def test_parameters_reach_the_named_loss():
    prediction, target, _ = batch()
    assert_allclose(
        make_loss("focal_mae", beta=3.0)(prediction, target),
        focal_loss(prediction, target, base="mae", beta=3.0),
    )
    assert make_loss("balanced_mse_gai", y_train=Y, n_components=3).means.shape == (3, 1)
    assert make_loss("balanced_mse_bni", y_train=Y, bins=7).means.shape == (7, 1)
    assert not make_loss("balanced_mse", learnable=False).learnable


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("focal", "focal_mse"), ("MSE", "mse"), ("hubert", "huber"), ("balanced", "balanced_mse"),
    ],
)  # fmt: skip
def test_unknown_name_says_what_was_meant(given, meant):
    with pytest.raises(ValueError, match=f"Got '{given}' instead. Did you mean '{meant}'"):
        make_loss(given)


def test_unknown_name_far_from_all():
    with pytest.raises(ValueError, match="Got 'xyzzy' instead.$"):
        make_loss("xyzzy")


def test_training_targets_are_asked_for_where_needed():
    for name in ("balanced_mse_gai", "balanced_mse_bni"):
        with pytest.raises(ValueError, match="'y_train' parameter of make_loss must be given"):
            make_loss(name)
        with pytest.raises(ValueError, match="'y_train' parameter of make_loss must be .*finite"):
            make_loss(name, y_train=[1.0, np.nan])


def test_representation_shows_the_parameters():
    assert repr(HuberLoss(delta=2.0)) == "HuberLoss(delta=2.0, reduction='mean')"
    assert repr(BMCLoss()) == "BMCLoss(noise_sigma=1, learnable=True, reduction='mean')"
    assert "gamma=1.0, activation='sigmoid', base='mse'" in repr(FocalLoss())


def test_random_state_decides_the_mixture():
    losses = [make_loss("balanced_mse_gai", y_train=Y, random_state=s) for s in (0, 0, 1)]
    assert (losses[0].means == losses[1].means).all()
    assert (losses[0].means != losses[2].means).any()


@pytest.mark.parametrize(
    "loss",
    [
        nn.MSELoss(reduction="none"),
        lambda p, t: (p - t) ** 2,
        lambda p, t: ((p - t) ** 2).flatten(1).mean(dim=1) if p.ndim > 1 else (p - t) ** 2,
        MSELoss(),
        MSELoss,
    ],
)
@pytest.mark.parametrize("n_outputs", [None, 3])
def test_modules_classes_and_functions(loss, n_outputs):
    prediction, target, weight = batch(n_outputs=n_outputs)
    made = make_loss(loss)
    assert isinstance(made, nn.Module)
    want = mse_loss(prediction, target, sample_weight=weight)
    assert_allclose(made(prediction, target, weight), want, rtol=1e-12)


def test_parameters_reach_functions_and_classes():
    prediction, target, _ = batch()
    want = huber_loss(prediction, target, delta=0.3)
    assert_allclose(make_loss(HuberLoss, delta=0.3)(prediction, target), want)
    assert_allclose(make_loss(nn.HuberLoss, delta=0.3)(prediction, target), want)
    assert_allclose(make_loss(nn.HuberLoss(delta=0.3, reduction="none"))(prediction, target), want)
    made = make_loss(lambda p, t, power: (p - t).abs() ** power, power=3.0)
    assert_allclose(made(prediction, target), ((prediction - target).abs() ** 3).mean())


@pytest.mark.parametrize(
    ("partial_loss", "same"),
    [
        (partial(nn.SmoothL1Loss, beta=2.0), nn.SmoothL1Loss(beta=2.0, reduction="none")),
        (partial(HuberLoss, delta=0.5), HuberLoss(delta=0.5)),
        (partial(partial(BMCLoss, noise_sigma=3.0), learnable=False), BMCLoss(noise_sigma=3.0)),
    ],
)
def test_a_class_may_come_with_some_of_its_parameters(partial_loss, same):
    prediction, target, weight = batch()
    expected = make_loss(same)(prediction, target, weight)
    torch.testing.assert_close(make_loss(partial_loss)(prediction, target, weight), expected)


def test_several_targets_and_a_loss_of_one_is_said_by_whom_the_user_called():
    y = np.random.default_rng(0).normal(size=(30, 2))
    for loss in ("balanced_mse_bni", BNILoss):
        with pytest.raises(ValueError, match="'loss' parameter of Deep.* several targets per row"):
            DeepImbalancedRegressor(loss=loss, max_epochs=1).fit(np.ones((30, 1)), y)


def test_a_module_is_copied():
    given = BMCLoss()
    made = make_loss(given)
    with torch.no_grad():
        made.raw_noise.fill_(5.0)
    assert_allclose(given.noise_sigma.item(), 1.0, rtol=1e-6)


def test_a_loss_that_reduces_by_itself_is_refused():
    with pytest.raises(ValueError, match="'loss' parameter .*Got MSELoss with reduction='mean'"):
        make_loss(nn.MSELoss())
    prediction, target, _ = batch()
    for function in (lambda p, t: (p - t).mean(), lambda p, t: 1.0):
        with pytest.raises(ValueError, match="'loss' parameter .* one loss per row"):
            make_loss(function)(prediction, target)


def test_parameters_with_a_module_are_refused():
    with pytest.raises(ValueError, match="'params' parameter .* Got 'delta' and a HuberLoss"):
        make_loss(HuberLoss(), delta=2.0)


def test_a_loss_of_ones_own_is_one_method():
    class Quartic(WeightedLoss):
        def _losses(self, prediction, target, sample_weight):
            return (prediction - target) ** 4

    prediction, target, weight = batch()
    made = make_loss(Quartic, reduction="sum")
    assert_allclose(made(prediction, target, weight), weight @ (prediction - target) ** 4)
    with pytest.raises(NotImplementedError):
        WeightedLoss()(prediction, target)


def test_a_class_that_is_no_module_is_refused():
    with pytest.raises(ValueError, match="'loss' parameter"):
        make_loss(dict)
