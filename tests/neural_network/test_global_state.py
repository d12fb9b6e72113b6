"""Generators and settings that all code shares are left as they were, also in threads."""

import random
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
import torch
from joblib import Parallel, delayed
from regressor_cases import small
from torch import nn
from torch.utils.data import Dataset

from skdir.neural_network import (
    FDS,
    DeepImbalancedRegressor,
    PairTextEncoder,
    ShotErrors,
    feature_statistics,
)
from skdir.weighting import LDSWeighter

X = np.random.default_rng(0).normal(size=(80, 8)).astype(np.float32)
Y = X[:, 0].astype(np.float64)
OWN = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5))


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """Import what a first fit imports: sympy, which torch uses, adds filters of warnings."""
    fit_and_predict()


def shared():
    """Return what all code of a process shares."""
    cudnn = torch.backends.cudnn
    return {
        "generator of torch": torch.random.get_rng_state().tolist(),
        "generator of Python": random.getstate(),
        "generator of numpy": str(np.random.get_state()),  # noqa: NPY002 (the one under test)
        "type": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "gradients": torch.is_grad_enabled(),
        "anomalies": torch.is_anomaly_enabled(),
        "autocast": torch.is_autocast_enabled("cpu"),
        "algorithms": torch.are_deterministic_algorithms_enabled(),
        "cudnn": (cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.allow_tf32),
        "precision": torch.get_float32_matmul_precision(),
        "numpy's errors": np.geterr(),
        "warnings": list(warnings.filters),
    }


class Rows(Dataset):
    def __len__(self):
        return len(X)

    def __getitem__(self, i):
        return X[i], Y[i]


def fit_and_predict(X=X, **params):
    params = {"dropout": 0.2, "max_epochs": 2, "batch_size": 32, **params}
    return small(**params).fit(X, Y).predict(X)


def go_on():
    return small(dropout=0.2, max_epochs=2).fit(X, Y).partial_fit(X, Y).predict(X)


def save_and_load(folder):
    path = folder / str(random.SystemRandom().random())
    small(dropout=0.2, fds=FDS(bins=5)).fit(X, Y).save(path)
    return DeepImbalancedRegressor.load(path, device="cpu").predict(X)


CASES = {
    "a table": fit_and_predict,
    "a dataset": lambda: fit_and_predict(Rows()),
    "weights and FDS": lambda: fit_and_predict(fds=FDS(bins=9), weighter=LDSWeighter()),
    "FDS in a pass of its own": lambda: fit_and_predict(fds=FDS(bins=9, statistics="epoch")),
    "two stages": lambda: fit_and_predict(retrain_head=True, weighter=LDSWeighter()),
    "early stopping": lambda: fit_and_predict(
        early_stopping=True, callbacks=[ShotErrors(bins=5)], max_epochs=3
    ),
    "a mixture": lambda: fit_and_predict(loss="balanced_mse_gai"),
    "bfloat16": lambda: fit_and_predict(net_params={"precision": "bfloat16"}),
    "sgd": lambda: fit_and_predict(optimizer="sgd"),
    "images": lambda: fit_and_predict(X.reshape(-1, 2, 4), encoder="resnet"),
    "sentences": lambda: fit_and_predict(
        np.ones((80, 2, 4)), encoder=partial(PairTextEncoder, n_tokens=9, hidden_size=4)
    ),
    "an encoder of one's own": lambda: fit_and_predict(encoder=OWN),
    "one more epoch": go_on,
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_shared_is_changed(case):
    torch.manual_seed(5)
    before = shared()
    CASES[case]()
    assert shared() == before


def test_files_and_statistics_change_nothing_shared(tmp_path):
    torch.manual_seed(5)
    before = shared()
    save_and_load(tmp_path)
    feature_statistics(X, Y, bins=5)
    assert shared() == before


def test_a_fit_that_raises_changes_nothing_shared():
    def odd(prediction, target):
        raise RuntimeError("on purpose")

    before = shared()
    with pytest.raises(RuntimeError, match="on purpose"):
        fit_and_predict(loss=odd)
    assert shared() == before


@pytest.mark.parametrize("case", CASES)
def test_twelve_fits_in_threads_are_the_one_alone(case):
    alone = CASES[case]()
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: CASES[case](), range(12)))
    np.testing.assert_array_equal(together, [alone] * 12)


def test_unlike_fits_in_threads_of_joblib(tmp_path):
    alone = [CASES[case]() for case in CASES]
    jobs = [delayed(CASES[case])() for case in CASES] + [delayed(save_and_load)(tmp_path)] * 4
    torch.manual_seed(5)
    before = shared()
    together = Parallel(4, backend="threading")(jobs)
    assert shared() == before
    for one, other in zip(alone, together):
        np.testing.assert_array_equal(one, other)
    for loaded in together[len(CASES) :]:
        np.testing.assert_array_equal(loaded, together[-1])


def test_predictions_meanwhile_do_not_draw_from_a_fit():
    alone = CASES["a table"]()
    fitted = small().fit(Rows())
    with ThreadPoolExecutor(4) as threads:
        others = [threads.submit(fitted.predict, Rows()) for _ in range(60)]
        together = list(threads.map(lambda _: CASES["a table"](), range(4)))
    np.testing.assert_array_equal(together, [alone] * 4)
    for other in others:
        np.testing.assert_array_equal(other.result(), fitted.predict(Rows()))


@contextmanager
def default_type(dtype):
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


SURROUNDINGS = {
    "no gradients": torch.no_grad,
    "inference": torch.inference_mode,
    "another device": lambda: torch.device("meta"),
    "double precision": lambda: default_type(torch.float64),
    "bfloat16": lambda: default_type(torch.bfloat16),
}


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
@pytest.mark.parametrize("case", CASES)
def test_results_do_not_depend_on_settings_of_torch_around(case, surroundings):
    expected = CASES[case]()
    with SURROUNDINGS[surroundings]():
        found = CASES[case]()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_nor_do_those_of_saved_ones(surroundings, tmp_path):
    save_to, expected = tmp_path / "model", save_and_load(tmp_path)
    with SURROUNDINGS[surroundings]():
        np.testing.assert_array_equal(save_and_load(tmp_path), expected)
        model = small(max_epochs=1).fit(X, Y)
        model.save(save_to)
        loaded = DeepImbalancedRegressor.load(save_to, device="cpu")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    for regressor in (model, loaded):  # what was made inside goes on outside
        assert np.isfinite(regressor.partial_fit(X, Y).predict(X)).all()
