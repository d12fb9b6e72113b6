"""Files of the deep regressor: no pickle, no surprises."""

import json

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from skorch.callbacks import GradientNormClipping
from torch import nn

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.neural_network._saved_values import _OLD_NAMES, ESTIMATORS, NotInFile, decode, encode
from skdir.relevance import RelevanceFunction
from skdir.weighting import LDSWeighter, RelevanceWeighter


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
        {"net_params": {"precision": "bfloat16"}, "dropout": 0.5, "scale_target": False},
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


@pytest.mark.parametrize("name", ["loss", "weighter", "callbacks", "optimizer", "net_params"])
def test_what_only_training_needs_is_given_again_or_refused_by_it(data, name, tmp_path):
    X, y = data
    value = {
        "loss": lambda p, y: (p - y) ** 2,
        "weighter": RelevanceWeighter(relevance=lambda y: y / 400),
        "callbacks": [GradientNormClipping(1.0)],
        "optimizer": torch.optim.RMSprop,
        "net_params": {"optimizer__betas": torch.tensor([0.9, 0.99])},
    }[name]
    model = small(**{name: value}).fit(X, y)
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=f"'{name}' parameter .*set this parameter again"):
            getattr(again, method)(X, y)
    given = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu", **{name: value})
    for mended in (given, again.set_params(**{name: value})):
        np.testing.assert_array_equal(mended.fit(X, y).predict(X), model.predict(X))


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


@pytest.mark.parametrize(
    "name",
    [
        "subprocess.Popen",
        "sklearn.linear_model.Ridge",
        "skdir.__main__.X",
        "skdir.cli.main",
        "skdir.weighting.BaseWeighter",
        "skdir.weighting.WeightedRegressor",
        "skdir.neural_network.DeepImbalancedRegressor",
        "skdir.neural_network.PairTokenizer",
        "skdir.utils.X",
        "LDSWeighter",
        "",
    ],
)
def test_nothing_but_what_is_on_the_list_is_made(name, monkeypatch):
    monkeypatch.setattr("importlib.import_module", None)
    with pytest.raises(ValueError, match="not on the list"):
        decode({"estimator": name, "params": {}})
    with pytest.raises(ValueError, match="not on the list"):
        decode({"encoder": name})


def test_the_list_is_complete_and_public():
    import skdir
    from skdir.weighting import BaseWeighter

    for name, kind in ESTIMATORS.items():
        module, _, short = name.rpartition(".")
        package = getattr(skdir, module.removeprefix("skdir."))
        assert short in package.__all__
        assert getattr(package, short) is kind
    weighters = (getattr(skdir.weighting, name) for name in skdir.weighting.__all__)
    weighters = {kind for kind in weighters if issubclass(kind, BaseWeighter)} - {BaseWeighter}
    assert weighters < set(ESTIMATORS.values())


@pytest.mark.parametrize("old", _OLD_NAMES)
def test_names_of_the_first_format_are_read(old):
    assert type(decode({"estimator": old, "params": {}})) is ESTIMATORS[_OLD_NAMES[old]]


def test_saved_names_are_public():
    fds, weighter = FDS(bins=7), RelevanceWeighter(relevance=RelevanceFunction(coef=2.0))
    saved = encode({"a": fds, "b": (weighter, LDSWeighter())})
    assert "._" not in json.dumps(saved)
    assert repr(decode(json.loads(json.dumps(saved)))) == repr(
        {"a": fds, "b": (weighter, LDSWeighter())}
    )


def test_values_survive_json():
    for value in (None, True, 3, 0.5, "a", (1, (2.5, None)), [1, 2], {"a": (1,)}, np.float64(2)):
        assert decode(json.loads(json.dumps(encode(value)))) == value
    array = np.array([0.0, 1.5])
    np.testing.assert_array_equal(decode(json.loads(json.dumps(encode(array)))), array)
    rng = np.random.RandomState(3)
    rng.normal()
    again = decode(json.loads(json.dumps(encode(rng))))
    np.testing.assert_array_equal(again.normal(size=3), rng.normal(size=3))


def circle():
    values = []
    values.append(values)
    return values


@pytest.mark.parametrize(
    "value",
    [
        len, [1, len], {"a": {"b": len}}, RelevanceWeighter(relevance=len), {1: 2}, 10**30,
        np.array(["a"]), np.datetime64("2020-01-01"), circle(), 1j, torch.float32,
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_cannot_be_saved_whole_is_not_saved_in_part(value):
    got = decode(json.loads(json.dumps(encode(value))))
    assert isinstance(got, NotInFile)
    assert repr(got).startswith("NotInFile(")
    assert encode(got) == encode(value)  # also when it is saved once more


@pytest.mark.parametrize(
    "value",
    [
        [1], {}, {"params": {}}, {"list": 3}, {"list": [1], "tuple": [1]}, {"dict": []},
        {"array": ["a"]}, {"array": [[1], [1, 2]]}, {"array": [{}]}, {"random_state": [[1], 2]},
        {"estimator": "skdir.weighting.LDSWeighter"}, {"estimator": 3, "params": {}},
        {"estimator": "skdir.weighting.LDSWeighter", "params": []},
        {"estimator": "skdir.weighting.LDSWeighter", "params": {"nonsense": 1}},
        {"estimator": "skdir.weighting.LDSWeighter", "params": {"bandwidth": -1}},
        {"encoder": "MLPEncoder", "params": {"nonsense": 1}}, {"missing": []}, {"eval": "1"},
        {"encoder": []},
    ],
    ids=repr,
)  # fmt: skip
def test_other_json_is_refused(value):
    with pytest.raises(ValueError):
        decode(value)


@pytest.mark.parametrize(
    ("part", "value"),
    [(0, [1]), (0, [-1] * 624), (0, [2**32] * 624), (0, [0.5] * 624), (0, None), (1, 625), (1, -1),
     (1, 0.5), (1, None), (2, 2), (2, "a"), (3, float("nan")), (3, "a"), (3, None)],
)  # fmt: skip
def test_a_forged_state_of_a_generator_is_refused(part, value):
    state = encode(np.random.RandomState(0))["random_state"]
    state[part] = value
    with pytest.raises(ValueError, match="no state of a generator"):
        decode({"random_state": state})
    with pytest.raises(ValueError, match="no state of a generator"):
        decode({"random_state": state[:part]})


def test_deep_json_is_refused():
    value = 1
    for _ in range(1000):
        value = {"list": [value]}
    with pytest.raises(ValueError, match="deep"):
        decode(value)


def test_an_unfitted_one_cannot_be_saved(tmp_path):
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        small().save(tmp_path / "m")
