"""The values that a training is made of: what is prepared, and what is fitted."""

import gc
import pickle
import weakref
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
import torch
from regressor_cases import small
from skorch.callbacks import EpochScoring
from skorch.dataset import Dataset

from skdir.neural_network import FDS, DeepImbalancedRegressor, ShotErrors
from skdir.neural_network._training.fit import fit, go_on
from skdir.neural_network._training.prepare import prepare
from skdir.neural_network._training.samples import Samples
from skdir.neural_network._training.settings import Settings
from skdir.weighting import LDSWeighter

CONFIGURATIONS = {
    "plain": {},
    "stream": {"random_state": np.random.RandomState(3)},
    "stopping": {"early_stopping": True, "dropout": 0.3},
    "stages": {"weighter": LDSWeighter(), "fds": FDS(bins=10), "retrain_head": True},
    "watched": {
        "loss": "balanced_mse",
        "callbacks": [EpochScoring("r2", lower_is_better=False)],
    },
}


def rows_of(data, weight=None):
    X, y = data
    return Samples(torch.tensor(X, dtype=torch.float32), y, weight)


def prepared(data, **params):
    return prepare(Settings.of(small(**params)), rows_of(data), None)


def outcome(fitted, data):
    """Return all numbers of a fitted network."""
    history = [{k: v for k, v in record.items() if k != "dur"} for record in fitted.history]
    state = {k: v.numpy().copy() for k, v in fitted.net.module_.state_dict().items()}
    return history, state, fitted.predict(rows_of(data).X, 64)


def assert_same(one, other):
    assert one[0] == other[0]
    assert one[1].keys() == other[1].keys()
    for name, value in one[1].items():
        np.testing.assert_array_equal(value, other[1][name], err_msg=name)
    np.testing.assert_array_equal(one[2], other[2])


def test_they_are_frozen(data):
    start = prepared(data, max_epochs=1)
    for value in (start, fit(start), start.settings, start.scaling):
        for field in fields(value):
            with pytest.raises(FrozenInstanceError):
                setattr(value, field.name, None)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_is_prepared_is_fitted_twice_with_the_same_numbers(data, name):
    start = prepared(data, max_epochs=3, **CONFIGURATIONS[name])
    first = fit(start)
    expected = outcome(first, data)
    assert_same(outcome(fit(start), data), expected)
    assert_same(outcome(first, data), expected)  # which shares nothing with the second


@pytest.mark.parametrize("name", sorted(CONFIGURATIONS.keys() - {"stream"}))
def test_a_network_is_that_of_the_regressor_and_predicts_without_it(data, name):
    params = CONFIGURATIONS[name]
    fitted = fit(prepared(data, **params))
    model = small(**params).fit(data[0], data[1])
    np.testing.assert_array_equal(fitted.predict(rows_of(data).X, 64), model.predict(data[0]))


def test_going_on_returns_a_network_with_one_more_epoch(data):
    settings = Settings.of(small(weighter=LDSWeighter()))
    first = fit(prepare(settings, rows_of(data), None, n_epochs=2))
    second = go_on(first, settings, rows_of(data))
    assert [len(fitted.history) for fitted in (first, second)] == [2, 3]
    model = small(weighter=LDSWeighter(), max_epochs=2).fit(*data).partial_fit(*data)
    np.testing.assert_array_equal(second.predict(rows_of(data).X, 64), model.predict(data[0]))


def test_going_on_from_a_file_leaves_the_loaded_network_alone(data, tmp_path):
    X, y = data
    small().fit(X, y).save(tmp_path / "m")
    loaded = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    net, expected = loaded.net_, loaded.predict(X)
    assert not np.array_equal(loaded.partial_fit(X, y).predict(X), expected)
    np.testing.assert_array_equal(net.predict(X), expected)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"early_stopping": True},
        {"fds": FDS(bins=5, statistics="epoch"), "weighter": LDSWeighter(bins=20)},
        {"early_stopping": True, "callbacks": [ShotErrors(bins=[0, 1, 2, 100])]},
    ],
    ids=["plain", "stopping", "smoothed", "watched"],
)
def test_no_row_is_kept(params):
    def size(n):
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(n, 10)), rng.uniform(size=n)
        # one batch per epoch: callbacks have a record of each in the history
        model = small(max_epochs=2, batch_size=5000, **params).fit(X, y)
        if "callbacks" not in params:
            model.partial_fit(X, y)
        return len(pickle.dumps(model))

    assert abs(size(2000) - size(200)) < 500  # where 1,800 targets alone take 7,200


def test_no_dataset_is_kept_alive(data):
    X, y = data
    rows = Dataset(X.astype(np.float32), y.astype(np.float32))
    gone = weakref.ref(rows)
    model = small(callbacks=[ShotErrors()], early_stopping=True).fit(rows)
    model.predict(rows)
    del rows
    gc.collect()
    assert gone() is None
    assert np.isfinite(model.predict(X)).all()
