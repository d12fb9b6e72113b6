"""A regressor that was loaded goes on training where the saved one stopped."""

import copy

import numpy as np
import pytest
import torch
from regressor_cases import small
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from torch import nn
from torch.utils.data import TensorDataset

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 5)).astype(np.float32)
Y = X @ np.array([3.0, -2.0, 1.0, 0.5, 0.0]) + 100.0


@pytest.fixture
def reload(tmp_path):
    def save_and_load(model, **params):
        model.save(tmp_path / "m")
        return DeepImbalancedRegressor.load(tmp_path / "m", device="cpu", **params)

    return save_and_load


# One step per epoch, of plain gradient descent: no state of an optimiser, no order of rows.
EXACT = {"optimizer": "sgd", "lr": 0.1, "batch_size": 200, "max_epochs": 4}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"weighter": LDSWeighter()},
        {"fds": FDS(bins=10), "weighter": LDSWeighter()},
        {"fds": FDS(bins=10, statistics="epoch", start_smooth=3)},
        {"loss": "mae", "scale_target": False, "lr": 0.01},
        {"loss": "huber"},
        {"encoder": nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4))},
    ],
)
def test_epochs_after_load_are_those_without_it(params, reload):
    model = small(**{**EXACT, **params}).fit(X, Y)
    loaded = reload(model, **{k: v for k, v in params.items() if k == "encoder"})
    for _ in range(3):
        model.partial_fit(X, Y)
        loaded.partial_fit(X, Y)
        np.testing.assert_allclose(loaded.predict(X), model.predict(X), rtol=1e-6)
    assert loaded.n_iter_ == model.n_iter_ == 7
    assert [record["epoch"] for record in loaded.history_] == list(range(1, 8))
    np.testing.assert_allclose(
        [record["train_loss"] for record in loaded.history_],
        [record["train_loss"] for record in model.history_],
        rtol=1e-4,
    )


@pytest.mark.parametrize("loss", ["mse", "balanced_mse", "balanced_mse_gai"])
def test_the_loss_goes_on_with_the_defaults(loss, reload):
    model = DeepImbalancedRegressor(loss=loss, max_epochs=30, device="cpu", random_state=0)
    model.fit(X, Y)
    loaded = reload(model).partial_fit(X, Y)
    first, last, resumed = (loaded.history_[i]["train_loss"] for i in (0, -2, -1))
    assert abs(resumed - last) < 0.1 * (first - last)  # first: what a new network has


def test_columns_datasets_and_several_targets(reload):
    several = np.column_stack([Y, -2 * Y])
    for y in (several, Y[:, None]):
        model = small(**EXACT).fit(X, y)
        loaded = reload(model).partial_fit(X, y)
        np.testing.assert_allclose(loaded.predict(X), model.partial_fit(X, y).predict(X), rtol=1e-5)
    rows = TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    loaded = reload(small(**EXACT).fit(rows)).partial_fit(rows)
    np.testing.assert_allclose(
        loaded.predict(X), small(**EXACT).fit(X, Y).partial_fit(X, Y).predict(X), rtol=1e-5
    )


def test_going_on_uses_sample_weight_and_the_weighter(reload):
    model = small(weighter=LDSWeighter(), **EXACT).fit(X, Y)
    weight = RNG.uniform(0, 2, 200)
    weight[:50] = 0
    plain = reload(model).partial_fit(X, Y).predict(X)
    weighted = reload(model).partial_fit(X, Y, sample_weight=weight)
    dropped = reload(model).partial_fit(X[50:], Y[50:], sample_weight=weight[50:])
    np.testing.assert_allclose(weighted.predict(X), dropped.predict(X), rtol=1e-6)
    assert np.abs(weighted.predict(X) - plain).max() > 1e-3
    assert isinstance(weighted.weighter_, LDSWeighter)


def test_fit_after_load_starts_anew(reload):
    model = small().fit(X, Y)
    loaded = reload(model).fit(X, Y)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert loaded.n_iter_ == model.n_iter_


def test_a_clone_of_a_loaded_one_is_not_fitted(reload):
    with pytest.raises(NotFittedError):
        clone(reload(small().fit(X, Y))).predict(X)


def test_saved_loaded_and_trained_in_turns(reload):
    model = loaded = small(fds=FDS(bins=10), **EXACT).fit(X, Y)
    for _ in range(3):
        model = copy.deepcopy(model).partial_fit(X, Y)
        loaded = reload(loaded).partial_fit(X, Y)
    loaded = reload(reload(loaded))
    np.testing.assert_allclose(loaded.predict(X), model.predict(X), rtol=1e-5)
    assert loaded.n_iter_ == 7


def test_a_frozen_encoder_stays_frozen(reload):
    model = small(retrain_head=True, weighter=LDSWeighter(), **EXACT).fit(X, Y)
    loaded = reload(model)
    with pytest.raises(ValueError, match="'retrain_head' parameter"):
        loaded.partial_fit(X, Y)
    for one in (model, loaded):
        one.set_params(retrain_head=False).partial_fit(X, Y)
    np.testing.assert_allclose(loaded.predict(X), model.predict(X), rtol=1e-5)


def absolute(prediction, target):
    return (prediction - target).abs()


def broken(prediction, target):
    raise RuntimeError("on purpose")


@pytest.mark.parametrize(
    ("changes", "rows", "error"),
    [
        ({}, (X[:, :4], Y), ValueError),
        ({}, (X, np.column_stack([Y, Y])), ValueError),
        ({}, (X, Y[:-1]), ValueError),
        ({}, (X, np.full(200, np.nan)), ValueError),
        ({"lr": -1.0}, (X, Y), ValueError),
        ({"hidden_layer_sizes": (9,)}, (X, Y), ValueError),
        ({"loss": "mae"}, (X, Y), ValueError),
        ({"optimizer": len}, (X, Y), ValueError),
    ],
)
def test_a_call_that_raises_leaves_the_loaded_one_as_it_was(changes, rows, error, reload):
    loaded = reload(small().fit(X, Y))
    expected, history = loaded.predict(X), copy.deepcopy(loaded.history_)
    before = {name: getattr(loaded, name) for name in changes}
    with pytest.raises(error):
        loaded.set_params(**changes).partial_fit(*rows)
    np.testing.assert_array_equal(loaded.predict(X), expected)
    assert loaded.history_ == history
    loaded.set_params(**before).partial_fit(X, Y)
    assert loaded.n_iter_ == len(history) + 1


def test_a_loss_that_raises_leaves_the_loaded_one_as_it_was(reload):
    loaded = reload(small().fit(X, Y), loss=broken)
    expected = loaded.predict(X)
    with pytest.raises(RuntimeError, match="on purpose"):
        loaded.partial_fit(X, Y)
    np.testing.assert_array_equal(loaded.predict(X), expected)
    assert loaded.n_iter_ == 8


def test_a_loss_of_ones_own_is_given_to_load_or_set(reload):
    loss = absolute
    model = small(loss=loss, **EXACT).fit(X, Y)
    expected = copy.deepcopy(model).partial_fit(X, Y).predict(X)
    given = reload(model, loss=loss).partial_fit(X, Y)
    later = reload(model).set_params(loss=loss).partial_fit(X, Y)
    np.testing.assert_allclose(given.predict(X), expected, rtol=1e-6)
    np.testing.assert_allclose(later.predict(X), expected, rtol=1e-6)


def test_a_learning_rate_set_after_load_is_followed(reload):
    model = small(**EXACT).fit(X, Y)
    start = model.predict(X)
    moved = [
        np.abs(reload(model).set_params(lr=lr).partial_fit(X, Y).predict(X) - start).max()
        for lr in (1e-6, 0.1)
    ]
    assert moved[0] < 1e-4 * moved[1]


def test_names_of_features_are_compared(reload):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcde"))
    loaded = reload(small().fit(frame, Y))
    with pytest.raises(ValueError, match="feature names"):
        loaded.partial_fit(frame.rename(columns={"a": "z"}), Y)
    loaded.partial_fit(frame, Y)
    assert loaded.feature_names_in_.tolist() == list("abcde")
