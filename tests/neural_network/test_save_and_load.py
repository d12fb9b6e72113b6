"""Files of the deep regressor: no pickle, no surprises."""

import inspect
import json

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator
from sklearn.datasets import load_diabetes
from skorch.callbacks import GradientNormClipping
from torch import nn

import skdir
from skdir.neural_network import FDS, DeepImbalancedRegressor, feature_statistics, make_loss
from skdir.neural_network._saving.values import (
    _NAMES,
    _OLD_NAMES,
    ESTIMATORS,
    NotInFile,
    decode,
    encode,
)
from skdir.relevance import RelevanceFunction
from skdir.utils._text.names import public_name
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


def test_names_in_files_are_those_that_users_import():
    for name, kind in ESTIMATORS.items():
        assert name == ".".join(public_name(kind))


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
        "net_params": {"callbacks__print_log__sink": print},
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


def public_classes():
    """Yield the public name of each class of the packages of whose objects parameters are made."""
    for package in (skdir.density, skdir.neural_network, skdir.relevance, skdir.weighting):
        for name in package.__all__:
            kind = getattr(package, name)
            if inspect.isclass(kind) and issubclass(kind, BaseEstimator):
                yield f"{package.__name__}.{name}", kind


# Those that are no parameter of a regressor, nor of one of its parameters.
NEVER_INSIDE = {
    "skdir.density.RareTargets",
    "skdir.neural_network.DeepImbalancedRegressor",
    "skdir.neural_network.PairTokenizer",
    "skdir.weighting.BaseWeighter",
    "skdir.weighting.WeightedRegressor",
}
# Values other than the defaults, for each parameter.
SETTINGS = {
    "TargetDensity": {
        "kernel": "triangular", "bandwidth": 2.5, "bins": np.arange(0.0, 9.0), "kernel_size": 7,
        "boundary": "zero",
    },
    "FDS": {
        "bins": [0.0, 1.0, 4.5], "kernel": np.array([1.0, 2.0, 1.0]), "bandwidth_bins": 3.5,
        "kernel_size": None, "momentum": 0.25, "start_update": 1, "start_smooth": 3,
        "clip": (0.5, 2.0), "statistics": "epoch", "covariance": "full", "shrinkage": 2.5,
        "max_pixels": None, "random_state": np.random.RandomState(7),
    },
    "RelevanceFunction": {
        "method": "quantile", "extremes": "high", "coef": 2.0, "boxplot": "adjusted",
        "quantiles": (0.2, 0.7), "bandwidth": 3.0,
        "control_points": [(0.0, 0.0, 0.0), (1.0, 1.0, 0.0)], "degenerate": "raise",
    },
    "DenseWeighter": {"alpha": 0.5, "eps": 1e-3, "bandwidth": "scott", "boundary": "zero"},
    "InverseFrequencyWeighter": {"bins": "integer", "reweight": "inverse", "clip": (0.1, np.inf)},
    "LDSWeighter": {
        "bandwidth": np.float64(4.0), "kernel": [1, 2, 1], "bins": np.int64(12),
        "kernel_size": 9, "reweight": "inverse", "boundary": "zero", "clip": (0.1, 10.0),
        "clip_counts": (5, 1000), "root_first": np.True_,
    },
    "RelevanceWeighter": {
        "relevance": RelevanceFunction(control_points=np.eye(3), coef=2.5), "floor": 0.1,
    },
}  # fmt: skip


def test_the_list_is_complete_and_public():
    public = dict(public_classes())
    assert {name: kind for name, kind in public.items() if name not in NEVER_INSIDE} == ESTIMATORS
    assert public.keys() > NEVER_INSIDE
    assert not any(part.startswith("_") for name in ESTIMATORS for part in name.split("."))


@pytest.mark.parametrize("kind", ESTIMATORS.values(), ids=list(ESTIMATORS))
def test_settings_of_all_classes_survive_a_file(kind):
    settings = SETTINGS[kind.__name__]
    defaults = kind().get_params(deep=False)
    assert settings.keys() == defaults.keys()
    for name, value in [(None, None), *settings.items()]:
        made = kind(**({} if name is None else {name: value}))
        text = json.dumps(encode(made))
        again = decode(json.loads(text))
        assert type(again) is kind
        assert "._" not in text
        for key, expected in made.get_params(deep=False).items():
            got = getattr(again, key)
            if isinstance(expected, np.random.RandomState):
                assert got.get_state()[2:] == expected.get_state()[2:]
                np.testing.assert_array_equal(got.get_state()[1], expected.get_state()[1])
            elif isinstance(expected, BaseEstimator):
                assert repr(got) == repr(expected)
            else:
                assert type(got) is type(expected) or isinstance(expected, np.generic)
                np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("range", range),
        ("series", lambda *ends: pytest.importorskip("pandas").Series(range(*ends))),
        ("tensor", torch.arange),
        ("array", np.arange),
    ],
)
def test_numbers_in_any_container_are_in_the_file(name, make, data, tmp_path):
    X, y = data
    model = small(fds=FDS(bins=make(0, 400)))
    if name != "tensor":  # which these refuse
        model.set_params(hidden_layer_sizes=make(3, 5), weighter=LDSWeighter(bins=make(0, 400)))
    model.fit(X, y).save(tmp_path / "model")
    again = DeepImbalancedRegressor.load(tmp_path / "model", device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(again.fds.bins, np.arange(400))
    assert again.partial_fit(X, y).n_iter_ == model.n_iter_ + 1


def test_an_array_without_dimensions_is_a_number():
    assert decode(json.loads(json.dumps(encode([np.array(3.5), torch.tensor(2)])))) == [3.5, 2]


def test_parameters_of_single_precision(data):
    X, y = data
    one = np.float32(1)  # pytest makes an error of numpy's warnings
    model = small(
        lr=one / 100, weight_decay=one / 100, loss=make_loss("huber", delta=one),
        fds=FDS(bandwidth_bins=one, shrinkage=one),
    ).fit(X, y)  # fmt: skip
    assert np.isfinite(model.predict(X)).all()
    assert feature_statistics(X, y, bins=9, anchor=one * 100).anchor is not None


class OwnWeighter(LDSWeighter):
    """A weighter of the user's."""


@pytest.mark.parametrize("weighter", [OwnWeighter(), [LDSWeighter(), OwnWeighter()]], ids=repr)
def test_classes_of_the_users_are_given_again(weighter, data, tmp_path):
    X, y = data
    model = small(weighter=OwnWeighter()).fit(X, y)
    model.weighter = weighter
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    with pytest.raises(ValueError, match="'weighter' parameter .*OwnWeighter.* set this parameter"):
        again.fit(X, y)
    again.set_params(weighter=OwnWeighter()).fit(X, y)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_a_class_of_ones_own_in_a_file_is_refused_with_what_to_do(data, tmp_path, monkeypatch):
    X, y = data
    model = small(weighter=LDSWeighter()).fit(X, y)
    monkeypatch.setitem(_NAMES, LDSWeighter, "my_package.MyWeighter")
    model.save(tmp_path / "m")
    with pytest.raises(ValueError, match="'my_package.MyWeighter', .*give it to load as a param"):
        DeepImbalancedRegressor.load(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", weighter=OwnWeighter(), device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_rows_that_are_dicts(data, tmp_path):
    X, y = data
    rows = {"a": X[:, :4], "b": X[:, 4:]}
    model = small(encoder=Parts()).fit(rows, y)
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", encoder=Parts(), device="cpu")
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    assert again.input_shape_ == model.input_shape_
    assert again.n_features_in_ == model.n_features_in_
    again.partial_fit(rows, y)


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 3), nn.Linear(6, 3)

    def forward(self, a, b):
        return self.a(a) + self.b(b)


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
