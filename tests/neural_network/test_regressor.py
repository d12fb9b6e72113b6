"""The deep regressor: what it trains, and that it is any regressor to scikit-learn."""

import pickle

import numpy as np
import pytest
import torch
from regressor_cases import CONFIGURATIONS, DEVICES, small
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch.callbacks import Callback
from torch import nn

from skdir.neural_network import FDS, MLPEncoder
from skdir.weighting import LDSWeighter

# Batches smaller than the data: rows of weight 2 and rows that are there twice meet others.
_SGD = "stochastic gradient descent: weighted and repeated rows are not drawn in the same batches"


@parametrize_with_checks(
    [*(small(**params) for params in CONFIGURATIONS.values()), small(batch_size=8)],
    expected_failed_checks=lambda estimator: (
        {"check_sample_weight_equivalence_on_dense_data": _SGD} if estimator.batch_size == 8 else {}
    ),
)
def test_scikit_learn(estimator, check):
    check(estimator)


def by_hand(X, y, weight, *, epochs, batch_size, lr, seed_of):
    """Train the same network in a plain loop, from the same first parameters and orders."""
    module = seed_of["module"]
    target = torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32)
    inputs = torch.tensor(X, dtype=torch.float32)
    optimizer = torch.optim.Adam(module.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(len(y), generator=seed_of["generator"])
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            out = module(inputs[rows]).squeeze(1)
            loss = (weight[rows] * (out - target[rows]) ** 2).sum() / weight[rows].sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return module(inputs).squeeze(1).double().numpy() * y.std() + y.mean()


@pytest.mark.parametrize("weighter", [None, LDSWeighter()])
def test_it_trains_as_a_plain_loop_does(data, weighter):
    X, y = data
    seen = {}

    class Spy(Callback):
        def on_train_begin(self, net, **kwargs):
            copy = pickle.loads(pickle.dumps(net.module_))
            seen["module"] = nn.Sequential(copy.encoder, copy.head)

        def on_epoch_begin(self, net, dataset_train, **kwargs):
            if "generator" not in seen:  # of the first epoch
                seen["generator"] = torch.Generator()
                seen["generator"].set_state(dataset_train.order.get_state())

    own = np.random.default_rng(0).uniform(0.5, 2, len(y))
    model = small(weighter=weighter, callbacks=[Spy()], max_epochs=3).fit(X, y, own)
    weight = own if weighter is None else own * clone(weighter).fit_transform(y, own)
    # the scale is weighted; with these weights the loop must use it
    mean = np.average(y, weights=own)
    scale = np.sqrt(np.average((y - mean) ** 2, weights=own))
    assert (model.target_mean_, model.target_scale_) == pytest.approx((mean, scale))
    shifted = (y - mean) / scale
    expected = by_hand(
        X, _Scaled(shifted), torch.tensor(weight, dtype=torch.float32),
        epochs=3, batch_size=64, lr=0.01, seed_of=seen,
    )  # fmt: skip
    np.testing.assert_allclose(model.predict(X), expected * scale + mean, rtol=1e-4)


class _Scaled(np.ndarray):
    """Targets that are scaled already: mean 0 and standard deviation 1."""

    def __new__(cls, values):
        return np.asarray(values).view(cls)

    def mean(self, *args, **kwargs):
        return 0.0

    def std(self, *args, **kwargs):
        return 1.0


def test_it_learns(data):
    X, y = data
    model = small(max_epochs=40, weighter=LDSWeighter(), fds=FDS(bins=20)).fit(X, y)
    assert model.score(X, y) > 0.45
    losses = [record["train_loss"] for record in model.history_]
    assert losses[-1] < 0.8 * losses[0]
    assert model.n_iter_ == len(losses) == 40
    assert [record["epoch"] for record in model.history_] == list(range(1, 41))


@pytest.mark.parametrize("config", CONFIGURATIONS)
def test_same_seed_same_predictions_bit_for_bit(data, config):
    X, y = data
    torch.manual_seed(5)
    before = torch.get_rng_state()
    numpy_before = np.random.mtrand._rand.get_state()[1].copy()
    first, second = (
        small(dropout=0.2, early_stopping=True, **CONFIGURATIONS[config]).fit(X, y).predict(X)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.mtrand._rand.get_state()[1], numpy_before)
    other = small(dropout=0.2, random_state=1, **CONFIGURATIONS[config]).fit(X, y).predict(X)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("config", CONFIGURATIONS)
def test_pickle(data, config, device):
    X, y = data
    model = small(device=device, **CONFIGURATIONS[config]).fit(X, y)
    assert model.device_ == device
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(again.predict(X), model.predict(X), rtol=1e-6)
    again.partial_fit(X, y)


def test_the_data_are_not_pickled(data):
    X, y = data
    sizes = [
        len(pickle.dumps(small(fds=FDS(bins=10), max_epochs=1).fit(Z, z)))
        for Z, z in ((X, y), (np.repeat(X, 50, axis=0), np.repeat(y, 50)))
    ]
    assert sizes[1] < sizes[0] + 1000


class TestWeights:
    def test_a_row_of_zero_weight_changes_nothing(self, data):
        X, y = data
        weight = np.ones(len(y))
        weight[:50] = 0
        wild = y.copy()
        wild[:50] = 1e4
        params = {"batch_size": 1000, "weighter": LDSWeighter()}
        results = [small(**params).fit(X, t, weight).predict(X) for t in (y, wild)]
        np.testing.assert_array_equal(*results)

    def test_weights_are_those_of_the_weighter_times_the_users(self, data):
        X, y = data
        own = np.random.default_rng(0).uniform(0.5, 2, len(y))
        model = small(weighter=LDSWeighter(), max_epochs=2).fit(X, y, own)
        product = own * LDSWeighter().fit_transform(y, own)
        # the scale of the target is by the user's weights alone, so it must be given
        other = small(max_epochs=2, scale_target=False)
        scaled = (y - model.target_mean_) / model.target_scale_
        other.fit(X, scaled, product)
        np.testing.assert_allclose(
            other.predict(X) * model.target_scale_ + model.target_mean_,
            model.predict(X), rtol=1e-5,
        )  # fmt: skip

    def test_weights_pull(self, data):
        X, y = data
        weight = np.where(y > 200, 20.0, 1.0)
        plain, pulled = (small().fit(X, y, w).predict(X).mean() for w in (None, weight))
        assert pulled > plain + 10


class TestFDS:
    def test_statistics_are_those_of_the_training_features(self, data):
        X, y = data
        model = small(fds=FDS(bins=10), max_epochs=3).fit(X, y)
        layer = model.net_.module_.fds
        assert int(layer.epoch) == 3
        edges = np.histogram_bin_edges(y, 10)
        np.testing.assert_allclose(
            layer.bin_edges.numpy() * model.target_scale_ + model.target_mean_, edges, rtol=1e-5
        )

    def test_it_changes_the_training_and_not_the_prediction(self, data):
        X, y = data
        model = small(fds=FDS(bins=10)).fit(X, y)
        assert not np.allclose(model.predict(X), small().fit(X, y).predict(X))
        with_layer = model.predict(X)
        model.net_.module_.fds = None
        np.testing.assert_array_equal(model.predict(X), with_layer)

    def test_a_pass_for_the_statistics_sees_every_row_once(self, data):
        X, y = data
        model = small(fds=FDS(bins=10, statistics="epoch"), max_epochs=1, dropout=0.5).fit(X, y)
        counts = np.histogram(y, np.histogram_bin_edges(y, 10))[0]
        np.testing.assert_array_equal(model.net_.module_.fds.rows_seen.numpy(), counts)


class TestRetrainHead:
    def test_the_encoder_is_that_of_the_plain_training(self, data):
        X, y = data

        def encoder(shape):
            return MLPEncoder(shape, (16, 8), batch_norm=True)

        plain = small(encoder=encoder).fit(X, y)
        retrained = small(encoder=encoder, retrain_head=True, weighter=LDSWeighter()).fit(X, y)
        assert retrained.n_iter_ == 2 * plain.n_iter_
        first, second = (m.net_.module_.encoder.state_dict() for m in (plain, retrained))
        assert first.keys() == second.keys()
        for name in first:  # batch-norm statistics too
            assert torch.equal(first[name], second[name]), name
        heads = [m.net_.module_.head.weight for m in (plain, retrained)]
        assert not torch.equal(*heads)
        assert [r["epoch"] for r in retrained.history_] == list(range(1, 17))
