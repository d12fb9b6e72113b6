"""Files that are damaged, forged, or from another version: one clear error, or the same numbers."""

import copy
import json
import os
import random
import resource
import stat
import struct
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import numpy as np
import pytest
import safetensors
import torch
from regressor_cases import small
from safetensors.torch import load_file, save_file
from torch import nn

from skdir.neural_network import (
    FDS,
    DeepImbalancedRegressor,
    PairTextEncoder,
    ResNetEncoder,
    SmallResNetEncoder,
)
from skdir.neural_network._saving import file as _saved_file
from skdir.neural_network._training.seeds import Seeded
from skdir.weighting import LDSWeighter

X = np.random.default_rng(0).normal(size=(60, 4))
Y = X[:, 0]
NOT_OURS = "'path' parameter of DeepImbalancedRegressor.load must be a file that `save` wrote. Got "


def fitted(**params):
    return small(hidden_layer_sizes=(4,), max_epochs=1, **params).fit(X, Y)


@pytest.fixture(scope="module")
def model():
    return fitted(fds=FDS(bins=5), weighter=LDSWeighter())


@pytest.fixture
def path(model, tmp_path):
    model.save(tmp_path / "m")
    return tmp_path / "m"


def load(path, **params):
    return DeepImbalancedRegressor.load(path, device="cpu", **params)


def refused(path, match, **params):
    with pytest.raises(ValueError, match=match) as caught:
        load(path, **params)
    message = str(caught.value)
    assert "parameter of DeepImbalancedRegressor.load must be" in message
    assert len(message) < 2000 and message.isprintable()
    return message


def forge(path, change, *, digest=True):
    """Change the description of a file, or its tensors, and give it the right digest."""
    with safetensors.safe_open(path, "pt") as file:
        description = json.loads(file.metadata()["skdir"])
    state = load_file(path)
    changed = change(description, state)
    description = description if changed is None else changed
    if digest and isinstance(description, dict):
        description["sha256"] = _saved_file._digest(description, state)
    text = description if isinstance(description, str) else json.dumps(description)
    save_file(state, path, metadata={"skdir": text})


def test_bits_that_flip_are_seen(model, path):
    good, expected = path.read_bytes(), model.predict(X)
    rng = np.random.default_rng(0)
    n_refused = 0
    for bit in rng.choice(8 * len(good), size=1500, replace=False):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        with suppress(ValueError):
            n_refused += 1
            again = load(path)
            n_refused -= 1
            np.testing.assert_array_equal(again.predict(X), expected)
    assert n_refused > 1400


def test_files_that_were_cut_or_grew(path):
    good = path.read_bytes()
    for size in [*range(12), *np.linspace(12, len(good) - 1, 60).astype(int)]:
        path.write_bytes(good[:size])
        refused(path, NOT_OURS)
    for more in (b"\0", good):
        path.write_bytes(good + more)
        refused(path, NOT_OURS)


def header(text):
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x80\x04x.", b"PK\x03\x04", b"{}", b"\xff" * 64, b"\0" * 64, header(b"{}"),
        header(b"[]"), header(b"[" * 10**5), header(b'{"__metadata__": 3}'),
        header(b'{"a": {"dtype": "F32", "shape": [4294967296, 4294967296, 4294967296], '
               b'"data_offsets": [0, 0]}}'),
        header(b'{"a": {"dtype": "F32", "shape": [1000000000000], "data_offsets": [0, 4]}}'),
    ],
)  # fmt: skip
def test_other_files_are_refused(content, tmp_path):
    (tmp_path / "m").write_bytes(content)
    refused(tmp_path / "m", NOT_OURS)


def test_another_file_of_safetensors_is_refused(tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "m")
    refused(tmp_path / "m", "no description of a regressor")


def test_errors_of_the_system_are_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none")
    with pytest.raises(OSError):  # a folder
        load(tmp_path)


def test_names_that_turn_the_terminal_are_shown(tmp_path):
    name = tmp_path / "\x1b[31m"
    name.write_bytes(b"x")
    assert "\\x1b[31m" in refused(name, NOT_OURS)


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{", "[" * 10**5, '{"a":' * 10**5, "NaN"])
def test_descriptions_that_are_none(path, text):
    forge(path, lambda description, state: text)
    refused(path, NOT_OURS)


@pytest.mark.parametrize("change", [{"scale": 0}, {"mean": 1.0}])
def test_a_changed_description_without_the_right_digest(path, change):
    forge(path, lambda d, state: d["fitted"].update(change), digest=False)
    refused(path, "its digest is not that of its content")


def test_a_changed_tensor_without_the_right_digest(path):
    forge(path, lambda d, state: state["head.bias"].add_(1.0) and None, digest=False)
    refused(path, "its digest is not that of its content")


@pytest.mark.parametrize("value", [None, "", 3, [], "0" * 64])
def test_a_digest_that_is_none(path, value):
    forge(path, lambda d, state: d.update(sha256=value), digest=False)
    refused(path, "its digest is not that of its content")


def test_a_digest_that_is_missing(path):
    forge(path, lambda d, state: {k: v for k, v in d.items() if k != "sha256"}, digest=False)
    refused(path, "its digest is not that of its content")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"skdir": "99.0"}, "skdir 0.* or an older one wrote. Got .*, of skdir 99.0 instead"),
        ({"skdir": "0.9999.dev0"}, "or an older one wrote. Got .*, of skdir 0.9999.dev0 instead"),
        ({"format": 3}, "in format 3, where 2 is the last known"),
        ({"format": 10**30}, "where 2 is the last known"),
        ({"skdir": "9" * 4000}, "an older one"),
        ({"format": 0}, "no number of a format"),
        ({"format": True}, "no number of a format"),
        ({"format": "2"}, "no number of a format"),
        ({"format": None}, "no number of a format"),
        ({"skdir": None}, "which version"),
        ({"skdir": "x"}, "which version"),
    ],
)
@pytest.mark.parametrize("digest", [True, False])
def test_versions(path, change, match, digest):
    forge(path, lambda d, state: d.update(change), digest=digest)
    refused(path, match)


def test_files_of_older_releases_are_read(path, model):
    forge(path, lambda d, state: d.update(skdir="0.0.1"))
    np.testing.assert_array_equal(load(path).predict(X), model.predict(X))


def test_the_first_format_is_read_with_a_warning(path, model):
    def older(d, state):
        d.update(format=1)
        del d["sha256"], d["fitted"]["precision"]
        d["params"]["fds"]["estimator"] = "skdir.neural_network.fds.FDS"
        d["params"]["fds"]["params"]["bandwidth"] = d["params"]["fds"]["params"].pop(
            "bandwidth_bins"
        )

    forge(path, older, digest=False)
    with pytest.warns(UserWarning, match="no digest: damage to it cannot be seen"):
        again = load(path)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert repr(again.fds) == repr(model.fds)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", 0), ("scale", -1.0), ("scale", NAN), ("scale", INF), ("scale", "x"),
        ("scale", None), ("scale", []), ("scale", [1.0, 1.0]), ("scale", True), ("scale", 10**400),
        ("mean", NAN), ("mean", INF), ("mean", "x"), ("mean", [[0.0]]), ("mean", {}),
        ("column", "yes"), ("column", 1), ("column", None), ("n_outputs", 0), ("n_outputs", 2),
        ("n_outputs", True), ("n_outputs", 1.0), ("n_outputs", 10**12), ("n_features_in", 3),
        ("n_features_in", "4"), ("n_features_in", 4.0), ("feature_names_in", ["a"]),
        ("feature_names_in", "abcd"), ("feature_names_in", [1, 2, 3, 4]), ("input_shape", 4),
        ("input_shape", []), ("input_shape", [-4]), ("input_shape", [True]),
        ("input_shape", [10**12]), ("input_shape", [10**30]), ("input_shape", "4"),
        ("input_shape", [4, 1]), ("input_shape", [[4]]), ("input_shape", {}),
        ("input_shape", {"a": [4]}), ("edges", None), ("edges", [0.0]), ("edges", [1.0, 0.0]),
        ("edges", [0.0, NAN]), ("edges", "01"), ("edges", [0.0, 1.0, 2.0]), ("edges", 3),
        ("history", None), ("history", 3), ("history", [3]), ("history", [{"a": []}]),
        ("history", {"a": 1}), ("precision", "float16"), ("precision", None), ("precision", []),
    ],
    ids=repr,
)  # fmt: skip
def test_forged_values_of_what_was_fitted(path, name, value):
    forge(path, lambda d, state: d["fitted"].update({name: value}))
    refused(path, NOT_OURS)


@pytest.mark.parametrize(
    "name",
    ["input_shape", "n_features_in", "feature_names_in", "n_outputs", "column", "mean", "scale",
     "edges", "history"],
)  # fmt: skip
def test_what_was_fitted_is_all_there(path, name):
    forge(path, lambda d, state: d["fitted"].pop(name) and None)
    refused(path, NOT_OURS)


@pytest.mark.parametrize("part", ["params", "fitted"])
@pytest.mark.parametrize("value", [None, [], 3, "x", {}])
def test_parts_of_the_description_of_another_kind(path, part, value):
    forge(path, lambda d, state: d.update({part: value}))
    refused(path, NOT_OURS)
    forge(path, lambda d, state: d.pop(part) and None)
    refused(path, NOT_OURS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonsense", 1), ("device", "meta"), ("lr", -1), ("lr", "x"), ("hidden_layer_sizes", 4),
        ("hidden_layer_sizes", {"tuple": [5]}), ("hidden_layer_sizes", {"tuple": [-4]}),
        ("hidden_layer_sizes", {"tuple": ["x"]}), ("hidden_layer_sizes", {"array": [[4]]}),
        ("hidden_layer_sizes", {"tuple": []}), ("dropout", 2), ("fds", None),
        ("fds", {"estimator": "skdir.weighting.LDSWeighter", "params": {}}),
        ("fds", {"estimator": "skdir.neural_network.FDS", "params": {"clip": 3}}),
        ("fds", {"estimator": "skdir.neural_network.FDS", "params": {"covariance": "full"}}),
        ("weighter", {"estimator": "skdir.neural_network.FDS", "params": {}}),
        ("weighter", {"estimator": "skdir.__main__.X", "params": {}}),
        ("weighter", {"encoder": "MLPEncoder"}), ("encoder", "mlpp"), ("encoder", 3),
        ("encoder", "resnet"), ("encoder", {"encoder": "ResNetEncoder"}), ("encoder", "pair_text"),
        ("encoder", {"encoder": "MLPEncoder", "params": {"hidden_layer_sizes": 3}}),
        ("encoder", {"encoder": "MLPEncoder", "params": {"input_shape": 3}}),
        ("net_params", {"list": []}), ("callbacks", "x"), ("random_state", {"random_state": []}),
    ],
    ids=repr,
)  # fmt: skip
def test_forged_parameters(path, name, value):
    forge(path, lambda d, state: d["params"].update({name: value}))
    refused(path, NOT_OURS)


def renamed(state, old, new):
    state[new] = state.pop(old)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.clear(), lambda s: s.pop("head.weight"), lambda s: s.pop("head.bias"),
        lambda s: s.update(more=torch.zeros(1)), lambda s: s.update({"head.bias": torch.zeros(2)}),
        lambda s: s.update({"head.weight": torch.zeros(4)}),
        lambda s: s.update({"head.weight": torch.zeros(1, 0)}),
        lambda s: s.update({"head.weight": torch.zeros(1, 4, dtype=torch.float64)}),
        lambda s: s["head.weight"].fill_(NAN), lambda s: s["fds.running_var"].fill_(NAN),
        lambda s: renamed(s, "head.bias", "head.bias\x1b[31m"),
        lambda s: renamed(s, "fds._extra_state", "fds.other"),
        lambda s: s.update({"fds._extra_state": torch.zeros(3, dtype=torch.float64)}),
        lambda s: s["fds._extra_state"].fill_(INF),
    ],
)  # fmt: skip
def test_forged_tensors(path, change):
    def changed(description, state):
        change(state)

    forge(path, changed)
    refused(path, NOT_OURS)


HUGE = 10**9
ANYTHING = [
    None, True, 0, 1, -1, 2, 0.5, NAN, INF, 10**30, 2**63, HUGE, "", "x", "resnet", "\ud800", [],
    [1], [[[]]], {}, {"tuple": [1, 2]}, {"list": []}, {"array": [1, 2, 3]}, {"dict": {}},
    {"missing": "x"}, {"encoder": "MLPEncoder"}, {"random_state": [1]}, {"tuple": [HUGE]},
    {"encoder": "SmallResNetEncoder", "params": {"blocks": HUGE}},
    {"estimator": "skdir.weighting.LDSWeighter", "params": {}},
    {"estimator": "skdir.neural_network.FDS", "params": {"kernel_size": HUGE + 1}},
]  # fmt: skip


def places(value, place=()):
    """Yield the keys that lead to each part of a description."""
    if place:
        yield place
    for key in value if isinstance(value, dict) else range(min(len(value), 5)):
        if isinstance(value[key], (dict, list)):
            yield from places(value[key], (*place, key))
        else:
            yield (*place, key)


def test_anything_anywhere_is_refused_or_predicts(path):
    """With the right digest, so that what reads a description is on its own."""
    good, rng = path.read_bytes(), random.Random(0)
    n_read = 0
    for _ in range(500):

        def change(description, state):
            for _ in range(rng.choice([1, 1, 2])):
                *keys, last = rng.choice(list(places(description)))
                part = description
                for key in keys:
                    part = part[key]
                if rng.random() < 0.1:
                    del part[last]
                else:
                    part[last] = copy.deepcopy(rng.choice(ANYTHING))

        path.write_bytes(good)
        forge(path, change)
        with suppress(ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # files of the first format
            again = load(path)
            assert np.isfinite(again.predict(X)).all()
            n_read += 1
    assert 20 < n_read < 200


@pytest.mark.parametrize(
    ("encoder", "shape", "forged"),
    [
        ("mlp", (4,), {"hidden_layer_sizes": {"tuple": [HUGE, HUGE]}}),
        ("mlp", (4,), {"hidden_layer_sizes": {"tuple": [10**30]}}),
        ("mlp", (4,), {"hidden_layer_sizes": {"tuple": [1] * 100_000}}),
        (SmallResNetEncoder, (8, 8), {"encoder": ("SmallResNetEncoder", {"blocks": HUGE})}),
        (SmallResNetEncoder, (8, 8), {"encoder": ("SmallResNetEncoder", {"widths": [HUGE]})}),
        (PairTextEncoder, (2, 4), {"encoder": ("PairTextEncoder", {"n_layers": HUGE})}),
        (PairTextEncoder, (2, 4), {"encoder": ("PairTextEncoder", {"hidden_size": HUGE})}),
        (PairTextEncoder, (2, 4), {"encoder": ("PairTextEncoder", {"embedding_size": HUGE})}),
    ],
)
def test_nothing_is_allocated_by_what_a_file_says(encoder, shape, forged, tmp_path):
    def change(description, state):
        for name, value in forged.items():
            if name == "encoder":
                kind, params = value
                params = {k: {"tuple": v} if isinstance(v, list) else v for k, v in params.items()}
                value = {"encoder": kind, "params": params}
            description["params"][name] = value

    rows = np.zeros((8, *shape))
    small(encoder=encoder, hidden_layer_sizes=(4,)).fit(rows, Y[:8]).save(tmp_path / "m")
    forge(tmp_path / "m", change)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(tmp_path / "m", NOT_OURS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize("shape", [[HUGE], [HUGE, HUGE, HUGE]])
def test_rows_of_an_encoder_of_the_users_are_not_as_large_as_a_file_says(path, shape):
    class Any(nn.Module):
        def forward(self, X):
            return X.flatten(1)[:, :4]

    fitted(encoder=Any()).save(path)

    def change(description, state):
        description["fitted"].update(input_shape=shape, n_features_in=shape[0])

    forge(path, change)
    refused(path, "rows of more than", encoder=Any())


def test_parameters_given_to_load_that_make_another_network(path):
    for name, value in {"hidden_layer_sizes": (5,), "fds": None}.items():
        with pytest.raises(ValueError, match=f"'{name}' parameter .*network that was saved"):
            load(path, **{name: value})
    with pytest.raises(ValueError, match="'encoder' parameter .*network that was saved"):
        load(path, encoder=ResNetEncoder)


def test_an_encoder_given_to_load_that_is_another(path):
    fitted(encoder=nn.Linear(4, 3)).save(path)
    with pytest.raises(ValueError, match="'encoder' parameter .* the one that was saved. Got one"):
        load(path, encoder=nn.Linear(4, 2))


class Tied(nn.Module):
    """An encoder with a parameter that has two names, and one that is a view of another."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.second.weight = self.first.weight
        self.register_buffer("corner", self.first.bias.detach()[:2])
        self.register_buffer("count", torch.tensor(3))
        self.register_buffer("mask", torch.tensor([[0.0, -INF]]).T)

    def forward(self, X):
        return self.second(self.first(X).relu())


def test_parameters_that_are_tied_and_masks(path):
    model = fitted(encoder=Tied())
    model.save(path)
    np.testing.assert_array_equal(load(path, encoder=Tied()).predict(X), model.predict(X))


def test_an_encoder_that_makes_its_parameters_late(path):
    model = fitted(encoder=nn.LazyLinear(3))
    model.save(path)
    np.testing.assert_array_equal(load(path, encoder=nn.LazyLinear(3)).predict(X), model.predict(X))


def test_a_state_that_is_not_all_tensors_is_refused(model, path, monkeypatch):
    before = path.read_bytes()
    odd = copy.deepcopy(model)
    monkeypatch.setattr(nn.Linear, "get_extra_state", lambda self: {"a": 1}, raising=False)
    with pytest.raises(ValueError, match="'encoder' parameter .*save must be .* state is of dense"):
        odd.save(path)
    assert path.read_bytes() == before


def test_loading_changes_no_generator(path):
    torch.manual_seed(3)
    state = torch.random.get_rng_state()
    load(path)
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize(
    "encoder", ["mlp", "resnet", "resnet18", "resnet50", partial(PairTextEncoder, n_tokens=9)]
)
def test_a_load_draws_nothing_and_waits_for_no_fit(encoder, path):
    rows = np.zeros((4, 8)) if encoder == "mlp" else np.zeros((4, 2, 16))
    model = small(encoder=encoder, max_epochs=1, fds=FDS(bins=3)).fit(rows, Y[:4])
    model.save(path)
    holds, done = threading.Event(), threading.Event()

    def hold():
        with Seeded(0, "cpu"):
            holds.set()
            done.wait(60)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(hold)
        holds.wait(60)
        try:
            state = torch.random.get_rng_state()
            again = load(path)
            assert not done.is_set()
            assert torch.equal(state, torch.random.get_rng_state())
        finally:
            done.set()
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "m")
    refused(tmp_path / "m", "no regular file")


def test_names_of_files_of_all_kinds(model, tmp_path):
    for name in (tmp_path / "a", str(tmp_path / "a"), os.fsencode(tmp_path / "ä")):
        model.save(name)
        np.testing.assert_array_equal(load(name).predict(X), model.predict(X))
    with pytest.raises(FileNotFoundError):
        model.save(tmp_path / "none" / "a")
    with pytest.raises(OSError):
        model.save(tmp_path)
    with pytest.raises(TypeError):
        model.save(3)


class Own(DeepImbalancedRegressor):
    """A regressor of the user's with one more parameter."""

    def __init__(self, *, more=1, hidden_layer_sizes=(4,), max_epochs=1, device="cpu"):
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes, max_epochs=max_epochs, device=device
        )
        self.more = more


def test_classes_derived_from_the_regressor(tmp_path):
    model = Own(more=(3, "x")).fit(X, Y)
    model.save(tmp_path / "m")
    again = Own.load(tmp_path / "m")
    assert again.more == (3, "x")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    refused(tmp_path / "m", "the parameter 'more', which DeepImbalancedRegressor does not read")


def test_torchs_default_type_does_not_matter(model, path):
    torch.set_default_dtype(torch.float64)
    try:
        again = load(path)
        assert {p.dtype for p in again.net_.module_.parameters()} == {torch.float32}
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
    finally:
        torch.set_default_dtype(torch.float32)


def test_what_callbacks_put_into_the_history_is_kept(model, path):
    changed = copy.deepcopy(model)
    changed.history_[0].update(
        a=np.float32(0.5), b=torch.tensor(1.0), c=[1, (2,)], d=NAN, e=torch.nn.ReLU()
    )
    changed.save(path)
    history = load(path).history_
    assert history[0]["a"] == 0.5 and history[0]["c"] == [1, (2,)] and np.isnan(history[0]["d"])
    assert history[0]["b"] == 1.0  # a tensor of one number is a number
    assert "ReLU()" in repr(history[0]["e"])


def test_equal_regressors_have_equal_files(model, tmp_path):
    for name in "ab":
        model.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


POSIX = pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")


@POSIX
def test_mode_and_link_are_kept(model, tmp_path):
    mask = os.umask(0o022)
    try:
        model.save(tmp_path / "m")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o644
    (tmp_path / "m").chmod(0o660)
    (tmp_path / "link").symlink_to("m")
    model.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o660
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "m"]


def test_a_full_disk_leaves_the_old_file(model, path, monkeypatch):
    before = path.read_bytes()

    def full(handle):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        fitted().save(path)
    assert [p.read_bytes() for p in path.parent.iterdir()] == [before]


def test_a_writer_that_stops_halfway_leaves_the_old_file(path, monkeypatch):
    before = path.read_bytes()

    def stop(state, name, metadata):
        with open(name, "wb") as file:
            file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("safetensors.torch.save_file", stop)
    with pytest.raises(KeyboardInterrupt):
        fitted().save(path)
    assert [p.read_bytes() for p in path.parent.iterdir()] == [before]
