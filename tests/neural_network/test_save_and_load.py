"""Files of the deep regressor: no pickle, no surprises."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sklearn.datasets import load_diabetes
from torch import nn

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.neural_network._persistence import _decode, _encode
from skdir.weighting import LDSWeighter


@pytest.fixture(scope="module")
def data():
    return load_diabetes(return_X_y=True)


def small(**params):
    return DeepImbalancedRegressor(
        **{
            "hidden_layer_sizes": (8,),
            "max_epochs": 3,
            "device": "cpu",
            "random_state": 0,
            **params,
        }
    )


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"fds": FDS(bins=10, clip=(0.5, 2.0)), "weighter": LDSWeighter(reweight="inverse")},
        {
            "retrain_head": True,
            "weighter": LDSWeighter(kernel=[1, 2, 1], bins=np.arange(0, 400, 20)),
        },
        {"loss": lambda p, y: (p - y) ** 2, "net_params": {"precision": "float32"}},
    ],
)
def test_a_loaded_regressor_predicts_the_same(data, params, tmp_path):
    X, y = data
    path = tmp_path / "model.safetensors"
    model = small(**params).fit(X, y)
    model.save(path)
    again = DeepImbalancedRegressor.load(path, device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.history_ == model.history_
    assert again.n_features_in_ == 10
    assert again.device_ == "cpu"
    for name in ("hidden_layer_sizes", "max_epochs", "random_state", "retrain_head", "net_params"):
        assert getattr(again, name) == getattr(model, name)
    assert repr(again.fds) == repr(model.fds)
    assert repr(again.weighter) == repr(model.weighter)
    if not again.retrain_head:
        again.partial_fit(X, y)  # starts anew: no optimiser was saved
        assert again.n_iter_ == 1


def test_names_and_outputs_are_kept(data, tmp_path):
    pd = pytest.importorskip("pandas")
    X, y = data
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(10)])
    model = small().fit(frame, np.column_stack([y, 2 * y]))
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    assert again.feature_names_in_.tolist() == list(frame.columns)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(10, 3)

    def forward(self, X):
        return self.layer(X)


def test_an_encoder_of_the_users_must_be_given_again(data, tmp_path):
    X, y = data
    model = small(encoder=Encoder()).fit(X, y)
    model.save(tmp_path / "m")
    with pytest.raises(ValueError, match="'encoder' parameter .* given again \\(it was Encoder"):
        DeepImbalancedRegressor.load(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", encoder=Encoder(), device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_nothing_but_our_estimators_is_made():
    for name in (
        "subprocess.Popen",
        "sklearn.linear_model.Ridge",
        "skdir.cli.main",
        "skdir.utils.X",
    ):
        with pytest.raises(ValueError, match="'path' parameter"):
            _decode({"estimator": name, "params": {}}, "weighter", "load")


def test_values_survive_json():
    for value in (None, True, 3, 0.5, "a", (1, (2.5, None)), [1, 2], {"a": (1,)}, np.float64(2)):
        assert _decode(json.loads(json.dumps(_encode(value, "x", "save"))), "x", "load") == value
    array = np.array([0.0, 1.5])
    got = _decode(json.loads(json.dumps(_encode(array, "x", "save"))), "x", "load")
    np.testing.assert_array_equal(got, array)


def test_other_files_are_refused(data, tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "other")
    with pytest.raises(ValueError, match="'path' parameter .* a file that `save` wrote"):
        DeepImbalancedRegressor.load(tmp_path / "other")
    small().fit(*data).save(tmp_path / "m")
    tensors = load_file(tmp_path / "m")
    save_file(
        tensors, tmp_path / "new", metadata={"skdir": json.dumps({"format": 99, "skdir": "9"})}
    )
    with pytest.raises(ValueError, match="of a version that this one knows. Got one of skdir 9"):
        DeepImbalancedRegressor.load(tmp_path / "new")


def test_an_unfitted_one_cannot_be_saved(tmp_path):
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        small().save(tmp_path / "m")
