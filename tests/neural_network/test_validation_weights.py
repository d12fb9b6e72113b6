"""Validation rows count with their weights: rows of weight 0 are as good as absent."""

import numpy as np
import pytest
import torch
from regressor_cases import Rows, small
from skorch.callbacks import Callback, EpochScoring

from skdir.metrics import ShotReport
from skdir.neural_network import DeepImbalancedRegressor, ShotErrors
from skdir.weighting import LDSWeighter


@pytest.fixture(scope="module")
def wrong_rows():
    """Return rows of which nearly a third are wrong and have weight 0."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    bad = rng.random(400) < 0.3
    y = np.where(bad, -20 * X[:, 0] + 5, 3 * X[:, 0] + 0.1 * rng.normal(size=400))
    return X, y, np.where(bad, 0.0, 1.0)


def losses(model):
    return [record["valid_loss"] for record in model.history_]


@pytest.mark.parametrize("params", [{}, {"weighter": LDSWeighter()}, {"retrain_head": True}])
def test_early_stopping_is_that_without_the_rows(wrong_rows, params):
    X, y, weight = wrong_rows
    kept = weight > 0
    params = {"early_stopping": True, "max_epochs": 60, **params}
    weighted = small(**params).fit(X, y, sample_weight=weight)
    without = small(**params).fit(X[kept], y[kept])
    assert losses(weighted) == losses(without)
    np.testing.assert_array_equal(weighted.predict(X), without.predict(X))


def test_the_default_with_early_stopping_learns_the_right_rows(wrong_rows):
    X, y, weight = wrong_rows
    model = DeepImbalancedRegressor(early_stopping=True, device="cpu", random_state=0)
    model.fit(X, y, sample_weight=weight)
    assert np.abs(model.predict(X) - 3 * X[:, 0]).mean() < 0.5  # some 5 with the wrong rows


def test_a_dataset_is_split_without_them_too(wrong_rows):
    X, y, weight = wrong_rows
    models = [
        small(early_stopping=True).fit(data, *target, sample_weight=weight)
        for data, target in (((X), (y,)), (Rows(X, y), ()))
    ]
    np.testing.assert_allclose(losses(models[0]), losses(models[1]), rtol=1e-5)


def test_given_validation_rows_have_weights(data):
    X, y = data
    times = np.random.default_rng(0).integers(0, 4, 142)
    X_val, y_val = X[300:], y[300:]
    weighted = small(early_stopping=True, max_epochs=30, lr=0.05).fit(
        X[:300], y[:300], X_val=X_val, y_val=y_val, sample_weight_val=times
    )
    repeated = small(early_stopping=True, max_epochs=30, lr=0.05).fit(
        X[:300], y[:300], X_val=np.repeat(X_val, times, axis=0), y_val=np.repeat(y_val, times)
    )
    assert losses(weighted) == pytest.approx(losses(repeated), rel=1e-5)
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-5)
    error = (weighted.predict(X_val) - y_val) / weighted.target_scale_
    by_hand = np.average(error**2, weights=times)
    assert min(losses(weighted)) == pytest.approx(by_hand, rel=1e-4)


def test_weights_of_the_part_set_aside_are_used(data):
    X, y = data
    weight = np.where(y > 200, 5.0, 1.0)
    seen = {}

    class Look(Callback):
        def on_epoch_end(self, net, dataset_valid, **kwargs):
            seen["targets"], seen["weight"] = dataset_valid.y, dataset_valid.sample_weight
            seen["prediction"] = net.predict(dataset_valid.X.numpy())

    model = small(early_stopping=True, max_epochs=1, callbacks=[Look()]).fit(X, y, weight)
    np.testing.assert_array_equal(seen["weight"], np.where(seen["targets"] > 200, 5.0, 1.0))
    error = (seen["prediction"] - seen["targets"]) / model.target_scale_
    assert losses(model) == pytest.approx([np.average(error**2, weights=seen["weight"])], rel=1e-4)


def test_shot_errors_count_with_the_weights(data):
    X, y = data
    weight = np.random.default_rng(0).uniform(0, 3, len(y))
    model = small(callbacks=[ShotErrors(bins=12, many=60, few=10)]).fit(
        X[:300], y[:300], weight[:300],
        X_val=X[300:], y_val=y[300:], sample_weight_val=weight[300:],
    )  # fmt: skip
    report = ShotReport(
        y[300:], model.predict(X[300:]), y_train=y[:300], bins=12, many=60, few=10,
        metrics=("mae",), sample_weight=weight[300:], train_sample_weight=weight[:300],
    )  # fmt: skip
    last = model.history_[-1]
    assert last["valid_mae"] == pytest.approx(report.overall["mae"], rel=1e-5)
    for shot, row in report.by_shot.items():
        assert last[f"valid_mae_{shot}"] == pytest.approx(row["mae"], rel=1e-5, nan_ok=True)


def test_scorers_of_skorch_get_targets_alone(data):
    X, y = data
    seen = []

    def error(net, X, y):
        seen.append(y)
        return float(np.abs(net.predict(X) - y).mean())

    scores = [
        EpochScoring(error, name="by_hand"),
        EpochScoring("neg_mean_absolute_error", name="by_name"),
        EpochScoring("neg_mean_absolute_error", name="train", on_train=True),
    ]
    model = small(callbacks=scores, max_epochs=3).fit(
        X[:300], y[:300], np.arange(1.0, 301), X_val=X[300:], y_val=y[300:]
    )
    expected = np.abs(model.predict(X[300:]) - y[300:]).mean()
    assert model.history_[-1]["by_hand"] == pytest.approx(expected, rel=1e-5)
    assert model.history_[-1]["by_name"] == pytest.approx(-expected, rel=1e-5)
    assert all(np.shape(target) == (142,) for target in seen)
    np.testing.assert_allclose(seen[-1], y[300:])


def test_bad_weights_name_their_parameter(data):
    X, y = data
    with pytest.raises(ValueError, match="'sample_weight_val' parameter .* shape \\(442,\\)"):
        small().fit(X, y, X_val=X, y_val=y, sample_weight_val=[1.0])
    with pytest.raises(ValueError, match="'sample_weight_val' parameter .* non-negative"):
        small().fit(X, y, X_val=X, y_val=y, sample_weight_val=-np.ones(len(y)))
    with pytest.raises(ValueError, match="'X_val' parameter .* must be given with the other"):
        small().fit(X, y, sample_weight_val=np.ones(len(y)))
    with pytest.raises(ValueError, match="'validation_fraction' .* rows remain"):
        small(early_stopping=True).fit(X, y, np.eye(len(y))[0])
    tensor = torch.ones(len(y), dtype=torch.bfloat16)
    small(max_epochs=1).fit(X, y, tensor, X_val=X, y_val=y, sample_weight_val=tensor)
