"""Fits in threads: the same numbers as one after the other, and torch's generators untouched."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from joblib import parallel_config
from regressor_cases import small
from sklearn.model_selection import cross_val_predict
from skorch.callbacks import Callback
from torch import nn

from skdir.neural_network._training import seeds as _seeds
from skdir.weighting import LDSWeighter


def data():
    X = np.random.default_rng(0).normal(size=(100, 3))
    return X, X[:, 0]


def predictions(seed):
    X, y = data()
    model = small(
        dropout=0.3, max_epochs=4, batch_size=16, random_state=seed, weighter=LDSWeighter()
    )
    return model.fit(X, y).partial_fit(X, y).predict(X)


def test_fits_in_threads_are_those_alone_and_leave_the_generators():
    alone = [predictions(seed) for seed in range(4)]
    torch.manual_seed(1)
    state = torch.random.get_rng_state()
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(predictions, [0, 1, 2, 3] * 2))
    np.testing.assert_array_equal(together, alone * 2)
    assert torch.equal(state, torch.random.get_rng_state())


def test_joblib_with_threads():
    X, y = data()
    model = small(dropout=0.3, max_epochs=3)
    alone = cross_val_predict(model, X, y, cv=3)
    with parallel_config("threading", n_jobs=3):
        np.testing.assert_array_equal(cross_val_predict(model, X, y, cv=3), alone)


class FitsInside(Callback):
    """Fits another regressor after each epoch, in the same thread."""

    def on_epoch_end(self, net, **kwargs):
        predictions(5)


def test_a_fit_inside_of_a_fit():
    X, y = data()
    plain = small(dropout=0.3, max_epochs=3).fit(X, y)
    around = small(dropout=0.3, max_epochs=3, callbacks=[FitsInside()]).fit(X, y)
    np.testing.assert_array_equal(around.predict(X), plain.predict(X))


def test_a_fit_that_raises_lets_others_go_on():
    class Raises(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise RuntimeError("on purpose")

    X, y = data()
    state = torch.random.get_rng_state()
    with pytest.raises(RuntimeError, match="on purpose"):
        small(callbacks=[Raises()]).fit(X, y)
    with pytest.raises(ValueError):
        small(encoder=lambda shape: 3).fit(X, y)
    assert torch.equal(state, torch.random.get_rng_state())
    with ThreadPoolExecutor(1) as thread:
        thread.submit(predictions, 0).result(timeout=60)


class DrawnLoss(nn.Module):
    """A loss with parameters that are drawn when it is made, and draws as it is used."""

    def __init__(self, reduction="none"):
        super().__init__()
        self.layer = nn.Linear(1, 1)

    def forward(self, prediction, target):
        return (prediction - target) ** 2 * self.layer.weight[0].square() + torch.rand(1)


def test_a_loss_that_draws_is_seeded_too():
    X, y = data()
    fits = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        state = torch.random.get_rng_state()
        fits.append(small(loss=DrawnLoss).fit(X, y).predict(X))
        assert torch.equal(state, torch.random.get_rng_state())
    np.testing.assert_array_equal(*fits)


def test_other_devices_are_not_seeded(monkeypatch):
    for name in ("manual_seed", "manual_seed_all"):
        monkeypatch.setattr(torch.cuda, name, lambda seed: pytest.fail("a GPU was seeded"))
    predictions(0)


def test_a_device_of_another_kind_is_seeded_with_all(monkeypatch):
    seeds = []
    monkeypatch.setattr(torch, "manual_seed", seeds.append)
    with _seeds.Seeded(3, "meta"):
        pass
    assert seeds == [3]


def test_the_lock_is_given_back_if_seeding_fails(monkeypatch):
    monkeypatch.setattr(_seeds.Seeded, "_seed", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError), _seeds.Seeded(0, "cpu"):
        pass
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(_seeds._lock.acquire, timeout=10).result()
    _seeds._renew_lock()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_forked_while_a_thread_fits_can_fit():
    fits, done = threading.Event(), threading.Event()

    def hold():
        with _seeds.Seeded(0, "cpu"):
            fits.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    fits.wait(60)
    try:
        process = multiprocessing.get_context("fork").Process(target=enter)
        process.start()
        process.join(30)
        assert process.exitcode == 0
    finally:
        done.set()
        holder.join()


def enter():
    if not _seeds._lock.acquire(timeout=10):
        os._exit(1)
