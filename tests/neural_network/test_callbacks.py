"""Errors by shot in the history of the deep regressor."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

from skdir.metrics import ShotReport
from skdir.neural_network import DeepImbalancedRegressor, ShotErrors
from skdir.weighting import LDSWeighter

SHOTS = ("many", "medium", "few", "zero")


@pytest.fixture(scope="module")
def data():
    X, y = load_diabetes(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def small(shots, **params):
    return DeepImbalancedRegressor(
        hidden_layer_sizes=(16, 8), max_epochs=3, batch_size=64, device="cpu", random_state=0,
        callbacks=[shots], **params,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("config", "column"),
    [
        ({}, False),
        ({}, True),
        ({"weighter": LDSWeighter()}, False),
        ({"scale_target": False}, False),
    ],
    ids=str,
)
def test_they_are_those_of_a_report(data, config, column):
    X, y = data
    y = y[:, None] if column else y
    weight = np.where(y.ravel() > 150, 2.0, 1.0)
    shots = ShotErrors(bins=12, metrics=("mae", "rmse"), many=60, few=10)
    model = small(shots, **config)
    model.fit(X[:300], y[:300], weight[:300], X_val=X[300:], y_val=y[300:])
    report = ShotReport(
        y[300:].ravel(), model.predict(X[300:]).ravel(), y_train=y[:300].ravel(), bins=12,
        metrics=("mae", "rmse"), many=60, few=10, train_sample_weight=weight[:300],
    )  # fmt: skip
    last = model.history_[-1]
    for metric in ("mae", "rmse"):
        assert last[f"valid_{metric}"] == pytest.approx(report.overall[metric], rel=1e-5)
        for shot in SHOTS:
            expected = report.by_shot[shot][metric]
            assert last[f"valid_{metric}_{shot}"] == pytest.approx(expected, rel=1e-5, nan_ok=True)


def test_every_epoch_has_them_and_training_is_the_same(data):
    X, y = data
    model = small(ShotErrors(), early_stopping=True, retrain_head=True).fit(X, y)
    assert len(model.history_) == 6
    assert all(f"valid_mae_{shot}" in record for record in model.history_ for shot in SHOTS)
    assert "valid_mae" in pickle.loads(pickle.dumps(model)).history_[0]
    plain = small(None, early_stopping=True, retrain_head=True).set_params(callbacks=None)
    np.testing.assert_array_equal(plain.fit(X, y).predict(X), model.predict(X))


def test_a_training_that_is_not_finite_stops_as_without(data):
    X, y = data
    with pytest.warns(UserWarning, match="not finite"):
        small(ShotErrors(), lr=1e30).fit(X, y, X_val=X, y_val=y)


def test_bad_use(data):
    X, y = data
    with pytest.raises(ValueError, match="ShotErrors without validation rows"):
        small(ShotErrors()).fit(X, y)
    with pytest.raises(ValueError, match="ShotErrors with 2 targets"):
        small(ShotErrors(), early_stopping=True).fit(X, np.c_[y, y])
    with pytest.raises(ValueError, match="'bins'"):
        small(ShotErrors(bins=0), early_stopping=True).fit(X, y)
