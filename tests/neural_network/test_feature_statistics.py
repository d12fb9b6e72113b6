"""feature_statistics: what FDS smooths, to look at."""

import numpy as np
import pytest
import torch
from fds_oracle import DEVICES, features_and_targets
from torch import nn

from skdir.neural_network import feature_statistics

EDGES = np.arange(8.0)


def expected(z, y, edges=EDGES, anchor=None):
    """Return counts, means, variances and similarities by loops."""
    bins = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, len(edges) - 2)
    rows = [z[bins == b] for b in range(len(edges) - 1)]
    counts = np.array([len(r) for r in rows])
    nothing = np.full(z.shape[1], np.nan)
    means = np.array([r.mean(axis=0) if len(r) else nothing for r in rows])
    variances = np.array([r.var(axis=0, ddof=1) if len(r) > 1 else nothing for r in rows])
    anchor = counts.argmax() if anchor is None else anchor

    def cosine(values):
        return np.array(
            [v @ values[anchor] / np.sqrt((v @ v) * (values[anchor] ** 2).sum()) for v in values]
        )

    return counts, means, variances, cosine(means), cosine(variances)


def assert_statistics(got, want):
    np.testing.assert_array_equal(got.counts, want[0])
    names = ("means", "variances", "mean_similarity", "variance_similarity")
    for name, values in zip(names, want[1:]):
        np.testing.assert_allclose(getattr(got, name), values, rtol=1e-6, err_msg=name)


def lone_rows():
    """Return features with an empty bin and one of a single row."""
    z, y = features_and_targets()
    kept = (y < 3) | (y >= 4)
    z, y = z[kept], y[kept]
    return np.vstack([z, z[:1]]), np.append(np.where(y >= 5, 4.5, y), 6.5)


def test_statistics_of_features():
    z, y = lone_rows()
    want = expected(z, y)
    assert want[0][3] == 0 and want[0][6] == 1
    for features, targets in (
        (z, y),
        (z.tolist(), y.tolist()),
        (torch.as_tensor(z).requires_grad_(), torch.as_tensor(y)),
    ):
        got = feature_statistics(features, targets, bins=EDGES)
        assert_statistics(got, want)
    np.testing.assert_array_equal(got.bin_edges, EDGES)
    assert got.anchor == want[0].argmax()
    assert got.mean_similarity[got.anchor] == pytest.approx(1)
    assert np.isnan(got.mean_similarity[3]) and np.isnan(got.variance_similarity[6])


def test_anchor_is_a_target():
    z, y = lone_rows()
    for anchor, place in ((4.2, 4), (-3, 0), (100, 6)):
        got = feature_statistics(z, y, bins=EDGES, anchor=anchor)
        assert got.anchor == place
        assert_statistics(got, expected(z, y, anchor=place))


def test_bins_by_number_and_by_integer():
    z, y = features_and_targets()
    got = feature_statistics(z, y, bins=6)
    assert_statistics(got, expected(z, y, np.linspace(y.min(), y.max(), 7)))
    got = feature_statistics(z, y.round(), bins="integer")
    assert_statistics(got, expected(z, y.round(), np.arange(y.round().max() + 2) - 0.5))


def test_whole_numbers_as_features():
    got = feature_statistics([[1, 2], [3, 4]], [0, 0], bins=1)
    np.testing.assert_array_equal(got.means, [[2.0, 3.0]])


@pytest.mark.parametrize("device", DEVICES)
def test_encoder_is_called_in_eval_mode_and_left_as_it_was(device):
    X, y = features_and_targets()
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.5))
    encoder[1].eval()
    encoder.to(device)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    got = feature_statistics(X, y, bins=EDGES, encoder=encoder, batch_size=64)
    assert encoder.training and encoder[3].training and not encoder[1].training
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, before[name])
    with torch.no_grad():
        z = encoder.eval()(torch.as_tensor(X, dtype=torch.float32, device=device))
    counts, means, variances, *_ = expected(z.cpu().double().numpy(), y)
    np.testing.assert_array_equal(got.counts, counts)
    np.testing.assert_allclose(got.means, means, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(got.variances, variances, rtol=1e-5, atol=1e-6)


def test_encoder_of_words():
    encoder = nn.Sequential(nn.Embedding(10, 3), nn.Flatten())
    words = np.arange(10).repeat(2).reshape(10, 2)
    got = feature_statistics(words, np.arange(10.0), bins=2, encoder=encoder)
    assert got.means.shape == (2, 6)


def test_the_mode_is_put_back_after_an_error():
    encoder = nn.Linear(3, 2)
    with pytest.raises(RuntimeError):
        feature_statistics(np.ones((4, 5)), np.ones(4), bins=1, encoder=encoder)
    assert encoder.training


def test_function_as_encoder_and_dense_targets():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 2, 3, 4)), rng.uniform(0, 7, size=(6, 3, 4))
    got = feature_statistics(X, y, bins=EDGES, encoder=lambda part: part * 2, batch_size=4)
    rows = 2 * X.transpose(0, 2, 3, 1).reshape(-1, 2)
    assert_statistics(got, expected(rows, y.ravel()))


def test_rows_that_are_not_finite_are_left_out():
    z, y = features_and_targets()
    want = expected(z[1:], y[1:])
    z[0, 1] = np.inf
    assert_statistics(feature_statistics(z, y, bins=EDGES), want)


def test_arrays_that_are_read_only_are_taken_without_a_warning():
    z, y = features_and_targets()
    want = feature_statistics(z, y, bins=EDGES)
    z.flags.writeable = y.flags.writeable = False
    again = feature_statistics(z, y, bins=EDGES)
    np.testing.assert_array_equal(again.means, want.means)
    assert not z.flags.writeable and not y.flags.writeable


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"features": np.ones(6)}, "'features' .* Got shape (6,)"),
        ({"features": np.ones((0, 2))}, "'features' .* Got shape (0, 2)"),
        ({"features": [["a"]]}, "'features' .* Got dtype"),
        ({"y": np.ones(4)}, "'y' .* Got 4 targets"),
        ({"y": [np.nan] * 6}, "'y' .* must be finite"),
        ({"y": np.ones((6, 2))}, "'y' .* Got 12 targets for them"),
        ({"bins": 0}, "'bins'"),
        ({"encoder": 3}, "'encoder' .* Got 3"),
        ({"encoder": lambda part: part[:, 0]}, "'encoder' .* of shape (6,)"),
        ({"encoder": lambda part: part.long()}, "'encoder' .* floating"),
        ({"anchor": np.nan}, "'anchor' .* Got nan"),
        ({"batch_size": 0}, "'batch_size' .* Got 0"),
    ],
)
def test_bad_arguments(changed, message):
    valid = {"features": np.ones((6, 2)), "y": np.ones(6), "bins": 2}
    message = message.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=message):
        feature_statistics(**{**valid, **changed})
