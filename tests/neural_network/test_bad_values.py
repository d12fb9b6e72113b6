"""Every parameter of every public class and function refuses what it cannot use, by its name."""

import inspect

import numpy as np
import pytest
import torch
from torch import nn

import skdir.neural_network
from skdir.neural_network import (
    FDS,
    BMCLoss,
    BNILoss,
    DeepImbalancedRegressor,
    DepthEncoderDecoder,
    FDSLayer,
    FocalLoss,
    GAILoss,
    HuberLoss,
    MAELoss,
    MLPEncoder,
    MSELoss,
    PairTextEncoder,
    PairTokenizer,
    ResNetEncoder,
    ShotErrors,
    SmallResNetEncoder,
    bmc_loss,
    bni_loss,
    feature_statistics,
    focal_loss,
    gai_loss,
    huber_loss,
    mae_loss,
    make_loss,
    mse_loss,
)

BAD = {
    "None": None,
    "a word": "no such word",
    "bytes": b"x",
    "-1": -1,
    "0": 0,
    "1.5": 1.5,
    "-0.5": -0.5,
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": -float("inf"),
    "huge": 10**400,
    "complex": 1j,
    "True": True,
    "[]": [],
    "{}": {},
    "set": {1, 2},
    "words": ["a", "b"],
    "[nan, 1]": [float("nan"), 1.0],
    "[1, -1]": [1, -1],
    "ragged": [[1], [1, 2]],
    "matrix": np.zeros((2, 2)),
    "cube": np.zeros((2, 2, 2)),
    "0-d": np.array(3.0),
    "masked": np.ma.array([1.0, 2.0], mask=[True, False]),
    "date": np.datetime64("2020-01-01"),
    "tensor": torch.zeros(3),
    "complex tensor": torch.ones(3, dtype=torch.complex64),
    "module": nn.Identity(),
    "class": int,
    "function": lambda *args: None,
    "object": object(),
}

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(40, 3)), rng.gamma(2, size=40)
PAIRS = [["a b", "a"], ["b", "c a"]]
P, T = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 1.0, 5.0])
MIXTURE = {"weights": [0.5, 0.5], "means": [0.0, 1.0], "covariances": [1.0, 1.0]}
BINS = {"centers": [0.0, 1.0], "weights": [0.5, 0.5]}
BATCH = {"prediction": P, "target": T}
EDGES = [0.0, 1.0, 2.0]


def deep(**params):
    return DeepImbalancedRegressor(**{"max_epochs": 1, "device": "cpu", **params})


def with_shots(shots):
    deep(hidden_layer_sizes=(4,), callbacks=[shots]).fit(X, Y, X_val=X, y_val=Y)


def with_fds(fds):
    layer = fds.make_layer(2, fds.make_edges(Y))
    layer.collect(torch.tensor(X[:, :2]), torch.tensor(Y))


def nothing(made):
    pass


# What is called, what it gets besides, and what is done with the result.
CALLS = {
    "MLPEncoder": (MLPEncoder, {"input_shape": (3,)}, nothing),
    "SmallResNetEncoder": (SmallResNetEncoder, {"input_shape": (8, 8)}, nothing),
    "ResNetEncoder": (ResNetEncoder, {"input_shape": (8, 8), "depth": 18}, nothing),
    "DepthEncoderDecoder": (DepthEncoderDecoder, {"input_shape": (8, 8)}, nothing),
    "PairTextEncoder": (PairTextEncoder, {"input_shape": (2, 4), "n_tokens": 9}, nothing),
    "MLPEncoder.forward": (MLPEncoder((3,)).forward, {"X": P[None]}, nothing),
    "SmallResNetEncoder.forward": (
        SmallResNetEncoder((8, 8)).forward, {"X": torch.zeros(2, 8, 8)}, nothing,
    ),
    "ResNetEncoder.feature_maps": (
        ResNetEncoder((3, 8, 8), depth=18).feature_maps, {"X": torch.zeros(2, 3, 32, 32)}, nothing,
    ),
    "DepthEncoderDecoder.forward": (
        DepthEncoderDecoder((8, 8)).forward, {"X": torch.zeros(2, 8, 8)}, nothing,
    ),
    "PairTextEncoder.forward": (
        PairTextEncoder((2, 4), n_tokens=9).forward, {"X": torch.zeros(2, 2, 4)}, nothing,
    ),
    "PairTokenizer": (PairTokenizer, {}, lambda made: made.fit_transform(PAIRS)),
    "MSELoss": (MSELoss, {}, nothing),
    "MAELoss": (MAELoss, {}, nothing),
    "HuberLoss": (HuberLoss, {}, lambda made: made(P, T)),
    "FocalLoss": (FocalLoss, {"base": "huber"}, lambda made: made(P, T)),
    "BMCLoss": (BMCLoss, {}, lambda made: made(P, T)),
    "GAILoss": (GAILoss, MIXTURE, nothing),
    "BNILoss": (BNILoss, BINS, nothing),
    "MSELoss.forward": (MSELoss().forward, BATCH, nothing),
    "GAILoss.from_targets": (GAILoss.from_targets, {"y": Y}, nothing),
    "BNILoss.from_targets": (BNILoss.from_targets, {"y": Y}, nothing),
    "mse_loss": (mse_loss, BATCH, nothing),
    "mae_loss": (mae_loss, BATCH, nothing),
    "huber_loss": (huber_loss, BATCH, nothing),
    "focal_loss": (focal_loss, {**BATCH, "base": "huber"}, nothing),
    "bmc_loss": (bmc_loss, BATCH, nothing),
    "gai_loss": (gai_loss, {**BATCH, **MIXTURE}, nothing),
    "bni_loss": (bni_loss, {**BATCH, **BINS}, nothing),
    "make_loss": (
        make_loss, {"loss": "balanced_mse_gai", "y_train": Y}, lambda made: made(P, T),
    ),
    "feature_statistics": (feature_statistics, {"features": X, "y": Y}, nothing),
    "FDS": (FDS, {}, with_fds),
    "FDS.make_edges": (FDS().make_edges, {"y": Y}, nothing),
    "FDS.make_layer": (FDS().make_layer, {"n_features": 2, "bin_edges": EDGES}, nothing),
    "FDSLayer": (FDSLayer, {"n_features": 2, "bin_edges": EDGES, "fds": FDS()}, nothing),
    "FDSLayer.forward": (
        FDS().make_layer(2, EDGES).forward, {"z": torch.zeros(3, 2), "y": T}, nothing,
    ),
    "FDSLayer.collect": (
        FDS().make_layer(2, EDGES).collect, {"z": torch.zeros(3, 2), "y": T}, nothing,
    ),
    "ShotErrors": (ShotErrors, {}, with_shots),
    "DeepImbalancedRegressor": (deep, {"early_stopping": True}, lambda made: made.fit(X, Y)),
}  # fmt: skip

# What some parameters take of the list above, and rightly.
_FLAG, _NUMBER, _WHOLE = {"True"}, {"1.5", "True"}, {"True", "huge"}
_TENSOR = {"tensor"}
_NOISE = {"1.5"}
TAKEN = {
    "hidden_layer_sizes": {"[]"},
    "dropout": {"0"},
    "batch_norm": _FLAG,
    "train_embeddings": _FLAG,
    "lowercase": _FLAG,
    "learnable": _FLAG,
    "retrain_head": _FLAG,
    "early_stopping": _FLAG,
    "scale_target": _FLAG,
    "embeddings": {"None", "matrix"},
    "max_length": _WHOLE,
    "min_count": _WHOLE,
    "batch_size": _WHOLE,
    "max_epochs": _WHOLE,
    "start_update": {"0", *_WHOLE},
    "start_smooth": {"0", *_WHOLE},
    "max_pixels": {"None", *_WHOLE},
    "verbose": {"0", *_WHOLE},
    "delta": {"1.5"},
    "beta": {"1.5"},
    "gamma": {"0", "1.5"},
    "noise_sigma": _NOISE,
    "bandwidth_bins": _NUMBER,
    "lr": _NUMBER,
    "shrinkage": {"0", *_NUMBER},
    "weight_decay": {"0", *_NUMBER},
    "momentum": {"0"},
    "dtype": {"None"},
    "means": {"[1, -1]", "matrix"},
    "centers": {"[1, -1]"},
    "widths": {"None"},
    "density": {"None"},
    "weighter": {"None"},
    "fds": {"None"},
    "callbacks": {"None", "[]"},
    "net_params": {"None", "{}"},
    "token_pattern": {"a word"},  # of which there are no tokens
    "kernel": {"None"},
    "kernel_size": {"None"},
    "clip": {"None"},
    "anchor": {"None", "-1", "0", "1.5", "-0.5"},
    "random_state": {"None", "0", "True"},
    "n_components": {"None"},
    "prediction": _TENSOR,
    "target": _TENSOR,
    "sample_weight": {"None", *_TENSOR},
    "many": {"1.5"},
    "few": {"0", "1.5"},
    "y_train": {"[1, -1]", "tensor", "matrix"},
    ("GAILoss.from_targets", "y"): {"[1, -1]", "tensor", "matrix"},
    ("BNILoss.from_targets", "y"): {"[1, -1]", "tensor"},
    ("BNILoss.from_targets", "sample_weight"): {"None", "1.5"},
    ("FDS.make_edges", "y"): {
        "[1, -1]", "tensor", "matrix", "cube", "-1", "0", "1.5", "-0.5", "True", "0-d",
    },
    ("FDSLayer.forward", "y"): _TENSOR,
    ("FDSLayer.collect", "y"): _TENSOR,
    ("feature_statistics", "encoder"): {"None", "module"},
    ("feature_statistics", "batch_size"): {"huge"},
    ("feature_statistics", "features"): {"matrix", "cube"},  # y is refused, which does not fit
    ("DeepImbalancedRegressor", "encoder"): {"module"},
    ("ShotErrors", "many"): {"0", "1.5", "huge"},  # of the report; "few" is refused
    ("ShotErrors", "few"): {"0", "1.5", "huge"},
    ("FDSLayer", "fds"): set(),
}  # fmt: skip


def parameters():
    for name, (call, _, _) in CALLS.items():
        kind = DeepImbalancedRegressor if call is deep else call
        for parameter, info in inspect.signature(kind).parameters.items():
            if info.kind not in (info.VAR_POSITIONAL, info.VAR_KEYWORD):
                yield name, parameter


def message_of(call):
    """Return what the error of a call says, or that there was none."""
    try:
        call()
    except (ValueError, TypeError) as error:
        return str(error)
    return "it was taken"


def test_all_public_names_are_there():
    called = {name.partition(".")[0] for name in CALLS}
    assert called == set(skdir.neural_network.__all__) - {"FeatureStatistics"}


@pytest.mark.parametrize(("name", "parameter"), list(parameters()))
@pytest.mark.filterwarnings("ignore")
def test_bad_values_are_refused_by_name(name, parameter):
    call, given, use = CALLS[name]
    taken = TAKEN.get((name, parameter), TAKEN.get(parameter, set()))
    for what, value in BAD.items():
        if what in taken:
            continue
        said = message_of(lambda value=value: use(call(**{**given, parameter: value})))
        assert f"'{parameter}' parameter of " in said, (what, said[:300])


@pytest.mark.parametrize("rest", [{}, {"X_val": X, "y_val": Y}], ids=["fit", "fit_val"])
@pytest.mark.parametrize(
    "parameter", ["X", "y", "X_val", "y_val", "sample_weight", "sample_weight_val"]
)
@pytest.mark.filterwarnings("ignore")
def test_bad_data_are_refused(parameter, rest):
    given = {"X": X, "y": Y, "X_val": X, "y_val": Y, **rest}
    for what, value in BAD.items():
        if "weight" in parameter and what in ("None", "1.5"):
            continue
        said = message_of(lambda value=value: deep().fit(**{**given, parameter: value}))
        known = ("2D array", "DeepImbalancedRegressor", "Complex data", "must be")
        assert any(word in said for word in known), (what, said[:300])


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<x>a)(?P<y>b)", "(a)|(b)"])
def test_patterns_of_tokens(pattern):
    with pytest.raises(ValueError, match="'token_pattern' parameter of PairTokenizer"):
        PairTokenizer(token_pattern=pattern).fit(PAIRS)
    assert PairTokenizer(token_pattern="(?:a)|(b)").fit(PAIRS).n_tokens_ >= 3


@pytest.mark.parametrize(
    "loss",
    [
        nn.Identity(),
        lambda prediction: prediction,
        lambda prediction, target: None,
        lambda prediction, target: 3.0,
        nn.MSELoss(),
        "mean squared",
    ],
)
def test_losses_of_the_users(loss):
    with pytest.raises(ValueError, match="'loss' parameter of DeepImbalancedRegressor"):
        deep(loss=loss).fit(X, Y)
    with pytest.raises(ValueError, match="'loss' parameter of make_loss"):
        make_loss(loss)(P, T)


@pytest.mark.parametrize("shape", [(2, 4), (2, 3, 1), (3,), (2, 0)])
def test_shapes_of_tables(shape):
    with pytest.raises(ValueError, match=r"'X' parameter of MLPEncoder .*\(batch, 3\)"):
        MLPEncoder((3,))(torch.zeros(shape))


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (SmallResNetEncoder, (2, 8, 8)),
        (SmallResNetEncoder, (2, 4, 8, 8)),
        (DepthEncoderDecoder, (2, 1, 8, 8)),
        (DepthEncoderDecoder, (3, 8, 8)),
        (ResNetEncoder, (2, 8, 8, 3)),
    ],
)
def test_shapes_of_images(kind, shape):
    with pytest.raises(ValueError, match=rf"'X' parameter of {kind.__name__} .*\(batch, 3, any"):
        kind((3, 8, 8))(torch.zeros(shape))


def test_edges_and_windows_may_be_tensors():
    expected = FDS(kernel=[1, 2, 1]).make_layer(2, EDGES)
    for dtype in (torch.float64, torch.bfloat16):
        edges = torch.tensor(EDGES, dtype=dtype, requires_grad=True)
        window = torch.tensor([1, 2, 1], dtype=dtype)
        layer = FDS(kernel=window).make_layer(2, edges)
        assert torch.equal(layer.bin_edges, expected.bin_edges)
        assert layer._window == expected._window
