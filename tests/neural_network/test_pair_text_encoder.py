"""The network for pairs of sentences against plain loops, and in the regressor."""

import pickle
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from torch import nn

from skdir.neural_network import FDS, DeepImbalancedRegressor, PairTextEncoder, PairTokenizer
from skdir.weighting import LDSWeighter


def small(length=6, **params):
    torch.manual_seed(0)
    return PairTextEncoder(
        (2, length), **{"n_tokens": 20, "embedding_size": 5, "hidden_size": 3, **params}
    )


def pairs(n=7, length=6, seed=0):
    """Return pairs of sentences of 1 to length tokens."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(2, 20, size=(n, 2, length))
    tokens[np.arange(length) >= rng.integers(1, length + 1, size=(n, 2, 1))] = 0
    return torch.from_numpy(tokens)


@pytest.mark.parametrize("n_layers", [1, 2])
def test_against_a_loop_over_sentences(n_layers):
    encoder = small(n_layers=n_layers).eval()
    X = pairs()
    expected = []
    for pair in X:
        u, v = (encoder.lstm(encoder.embedding(s[s != 0])[None])[0].amax(dim=1)[0] for s in pair)
        expected.append(torch.cat([u, v, (u - v).abs(), u * v]))
    torch.testing.assert_close(encoder(X), torch.stack(expected))
    assert encoder.n_features == 24


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_one_direction_after_the_other_is_the_packed_lstm(n_layers):
    encoder = small(n_layers=n_layers)
    torch.manual_seed(1)
    vectors = torch.randn(5, 6, 5)
    lengths = torch.tensor([4, 1, 6, 3, 3])
    results = {}
    for call in (encoder._packed, encoder._in_turn):
        given = vectors.clone().requires_grad_()
        encoder.zero_grad()
        out = call(given, lengths)
        out.square().sum().backward()
        results[call.__name__] = [out, given.grad, *(p.grad for p in encoder.lstm.parameters())]
    for packed, in_turn in zip(*results.values()):
        torch.testing.assert_close(in_turn, packed)


@pytest.mark.parametrize("call", ["_packed", "_in_turn"])
def test_dropout_between_layers(call):
    encoder = small(n_layers=2, dropout=0.5)
    vectors, lengths = torch.randn(5, 6, 5), torch.tensor([4, 1, 6, 3, 3])
    first, second = (getattr(encoder, call)(vectors, lengths) for _ in range(2))
    assert not torch.equal(first, second)
    encoder.eval()
    first, second = (getattr(encoder, call)(vectors, lengths) for _ in range(2))
    assert torch.equal(first, second)


def test_one_direction_by_hand():
    encoder = small().eval()
    cell = nn.LSTMCell(5, 3)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(encoder.lstm, f"{name}_l0").data
    state, outputs = None, []
    for vector in encoder.embedding(torch.tensor([4, 9, 2])):
        state = cell(vector[None], state)
        outputs.append(state[0][0])
    X = torch.tensor([[[4, 9, 2, 0, 0, 0], [3, 0, 0, 0, 0, 0]]])
    torch.testing.assert_close(encoder(X)[0, :3], torch.stack(outputs).amax(dim=0))


def test_padding_changes_nothing():
    encoder, X = small().eval(), pairs()
    expected = encoder(X)
    wider = torch.cat([X, torch.zeros(7, 2, 4, dtype=X.dtype)], dim=2)
    torch.testing.assert_close(encoder(wider), expected)
    for i in range(7):  # nor do the other sentences of the batch
        torch.testing.assert_close(encoder(X[i : i + 1]), expected[i : i + 1])
    other = X.clone()
    other[:, :, 0] = 21 - X[:, :, 0]
    assert not torch.allclose(encoder(other), expected)


def test_a_sentence_without_tokens():
    encoder = small().eval()
    X = pairs()
    X[0, 1] = 0
    out = encoder(X)
    assert out.isfinite().all()
    torch.testing.assert_close(encoder(X[:1, :, :2])[:, 3:6] * 0, out[:1, 3:6] * 0)
    torch.testing.assert_close(out[1:], encoder(X[1:]))


def test_order_of_the_sentences():
    encoder, X = small().eval(), pairs()
    u, v, difference, product = encoder(X).split(6, dim=1)
    swapped = encoder(X.flip(1)).split(6, dim=1)
    for got, expected in zip(swapped, (v, u, difference, product)):
        torch.testing.assert_close(got, expected)


def test_floats_are_token_numbers_too():
    encoder, X = small().eval(), pairs()
    assert torch.equal(encoder(X.float()), encoder(X))
    large = PairTextEncoder((2, 2), n_tokens=2**24, embedding_size=1, hidden_size=1)
    top = torch.tensor([[[2**24 - 1, 0], [2**24 - 1, 0]]])
    assert large(top.float()).isfinite().all()
    assert torch.equal(large(top.float()), large(top))


def test_gradients_and_the_padding_vector():
    encoder = small(n_layers=2, dropout=0.3)
    encoder(pairs()).square().sum().backward()
    grads = {name: p.grad for name, p in encoder.named_parameters()}
    assert all(g is not None and g.isfinite().all() and g.abs().sum() > 0 for g in grads.values())
    assert not grads["embedding.weight"][0].any()
    assert not encoder.embedding.weight[0].any()


def test_dropout_only_in_training():
    encoder, X = small(dropout=0.5), pairs()
    assert not torch.equal(encoder(X), encoder(X))
    encoder.eval()
    assert torch.equal(encoder(X), encoder(X))
    assert small(n_layers=1, dropout=0.5).lstm.dropout == 0
    assert small(n_layers=2, dropout=0.5).lstm.dropout == 0.5


def test_given_vectors():
    vectors = np.random.default_rng(0).normal(size=(9, 4))
    encoder = small(embeddings=vectors, train_embeddings=False)
    expected = vectors.astype(np.float32)
    np.testing.assert_array_equal(encoder.embedding.weight[1:], expected[1:])
    assert not encoder.embedding.weight[0].any()
    assert encoder.n_tokens == 9 and encoder.lstm.input_size == 4
    assert not encoder.embedding.weight.requires_grad
    assert vectors[0].all()  # ours are a copy
    assert small(embeddings=vectors).embedding.weight.requires_grad


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"input_shape": (3, 4)}, r"'input_shape' .* \(2, length\)"),
        ({"input_shape": (2,)}, "'input_shape'"),
        ({"n_tokens": 0}, "'n_tokens' .* an integer from 1 to 16777216. Got 0"),
        ({"n_tokens": 2**24 + 1}, "'n_tokens'"),
        ({"embedding_size": 0.5}, "'embedding_size'"),
        ({"hidden_size": True}, "'hidden_size'"),
        ({"n_layers": 0}, "'n_layers'"),
        ({"dropout": 1}, "'dropout'"),
        ({"embeddings": [1.0, 2.0]}, r"'embeddings' .* Got .*shape \(2,\)"),
        ({"embeddings": [[0.0], [np.nan]]}, "'embeddings' .* finite"),
    ],
    ids=str,
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        PairTextEncoder(**{"input_shape": (2, 4), **params})


@pytest.mark.parametrize("token", [-1, 20, 2.5])
def test_bad_tokens(token):
    X = pairs().float()
    X[0, 0, 0] = token
    with pytest.raises(ValueError, match="'X' .* from 0 to n_tokens - 1 = 19. Got"):
        small()(X)


SENTENCES = np.array(
    [[f"the {a} number {i}", f"a {b} number {i % 7}"] for i in range(40)
     for a, b in (("red", "red"), ("red", "blue"))]
)  # fmt: skip
SCORES = np.tile([5.0, 1.0], 40)


def regressor(encoder, **params):
    defaults = {
        "max_epochs": 2, "batch_size": 16, "lr": 0.01, "device": "cpu", "random_state": 0,
    }  # fmt: skip
    return DeepImbalancedRegressor(encoder, **{**defaults, **params})


FACTORY = partial(PairTextEncoder, n_tokens=100, embedding_size=8, hidden_size=8)


def test_it_learns_in_a_pipeline():
    model = make_pipeline(
        PairTokenizer(max_tokens=100),
        regressor(FACTORY, max_epochs=15, fds=FDS(bins=5), weighter=LDSWeighter(bins=5)),
    )
    first = clone(model).fit(SENTENCES, SCORES).predict(SENTENCES)
    second = clone(model).fit(SENTENCES, SCORES).predict(SENTENCES)
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - SCORES).mean() < 0.5
    again = pickle.loads(pickle.dumps(model.fit(SENTENCES, SCORES)))
    np.testing.assert_array_equal(again.predict(SENTENCES), first)


@pytest.mark.parametrize("encoder", ["pair_text", PairTextEncoder, FACTORY], ids=["0", "1", "2"])
def test_files(encoder, tmp_path):
    X = PairTokenizer(max_tokens=100).fit_transform(SENTENCES)[:8]
    model = regressor(encoder, max_epochs=1).fit(X, SCORES[:8])
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    if isinstance(encoder, partial):
        assert (again.encoder.func, again.encoder.keywords) == (encoder.func, encoder.keywords)
    else:
        assert again.encoder == encoder


@pytest.mark.parametrize(
    "encoder",
    [
        partial(PairTextEncoder, embeddings=np.ones((6000, 4))),  # too long for the head of a file
        partial(PairTextEncoder, n_tokens=nn.Identity()),
        partial(PairTextEncoder, (2, 9)),
        partial(np.add, 1),
    ],
    ids=["vectors", "module", "position", "stranger"],
)
def test_what_a_file_does_not_hold(encoder):
    from skdir.neural_network._saving.values import encode

    assert set(encode(encoder)) == {"missing"}


def test_a_file_cannot_name_other_encoders():
    from skdir.neural_network._saving.values import decode

    with pytest.raises(ValueError, match="DepthEncoderDecoder"):
        decode({"encoder": "DepthEncoderDecoder"})


def test_few_vectors_are_in_a_file(tmp_path):
    X = PairTokenizer().fit_transform([["a b", "a"], ["b", "b a"], ["c", "a"]])
    factory = partial(PairTextEncoder, embeddings=np.ones((5, 3)), hidden_size=2)
    model = regressor(factory).fit(X, [1.0, 2.0, 3.0])
    model.save(tmp_path / "m")
    again = DeepImbalancedRegressor.load(tmp_path / "m", device="cpu")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(again.encoder.keywords["embeddings"], np.ones((5, 3)))
