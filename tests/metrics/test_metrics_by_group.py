"""Metrics by group and the thresholds of shots: naive loops, other functions, bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from skdir.metrics import ShotReport, metrics_by_group, shot_labels, shot_thresholds


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    y = rng.gamma(2.0, 3.0, 200)
    return y, y + rng.normal(size=200), rng.integers(0, 3, 200), rng.integers(0, 3, 200)


def test_values_are_those_of_the_metrics_on_the_rows_of_each_group(rows):
    y, pred, groups, weight = rows
    names = np.array(["low", "middle", "high"])[groups]
    metrics = {"mae": mean_absolute_error, "rmse": root_mean_squared_error}
    got = metrics_by_group(y, pred, names, metrics=metrics, sample_weight=weight)
    assert list(got) == ["high", "low", "middle"]
    for name, values in got.items():
        part = names == name
        want = {
            key: metric(y[part], pred[part], sample_weight=weight[part])
            for key, metric in metrics.items()
        }
        assert values == pytest.approx(want, rel=1e-12)
    known = metrics_by_group(y, pred, names, metrics=("mae", "rmse"), sample_weight=weight)
    assert known == {name: pytest.approx(values) for name, values in got.items()}


def test_a_weight_of_two_is_the_row_twice(rows):
    y, pred, groups, weight = rows
    got = metrics_by_group(y, pred, groups, metrics=("mae", "gm"), sample_weight=weight)
    repeated = [np.repeat(array, weight) for array in (y, pred, groups)]
    want = metrics_by_group(*repeated, metrics=("mae", "gm"))
    assert list(got) == list(want)
    for group, values in got.items():
        assert values == pytest.approx(want[group], rel=1e-12)


def test_groups_whose_rows_weigh_nothing_are_left_out():
    got = metrics_by_group([1, 2, 3], [1, 2, 4], [7, 8, 7], sample_weight=[1, 0, 1])
    assert got == {7: {"mae": 0.5}}


@pytest.mark.parametrize("convert", [list, np.asarray, pd.Series, pd.Categorical])
def test_groups_in_any_container(convert):
    got = metrics_by_group([1, 2, 3], [1, 3, 5], convert(["b", "a", "b"]))
    assert got == {"a": {"mae": 1.0}, "b": {"mae": 1.0}}


def test_shots_as_groups_give_the_shot_report(rows):
    y, pred, _, weight = rows
    y_train = np.random.default_rng(1).gamma(2.0, 3.0, 300)
    report = ShotReport(y, pred, y_train=y_train, bins=15, sample_weight=weight)
    metrics = ("mae", "mse", "gm", "pearson", "spearman")
    got = metrics_by_group(y, pred, report.shots, metrics=metrics, sample_weight=weight)
    for shot, values in got.items():
        assert values == {name: report.by_shot[shot][name] for name in metrics}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"groups": [1, 2]}, r"'groups' parameter of f .* one for each row. Got shape \(2,\)"),
        ({"groups": [[1], [2], [3]]}, r"'groups' .* Got shape \(3, 1\)"),
        ({"y_pred": [1, 2]}, "'y_pred' parameter of f"),
        ({"metrics": "mae"}, "'metrics' parameter of f"),
        ({"metrics": ["mean"]}, "'metrics' .* Got 'mean'"),
        ({"metrics": {"pair": lambda a, b: (1, 2)}}, "'metrics' .* one number. Got"),
        ({"sample_weight": [1, 2]}, "'sample_weight' parameter of f"),
    ],
)
def test_bad_input_is_named(changed, message):
    call = {"y_true": [1, 2, 3], "y_pred": [1, 2, 3], "groups": [0, 0, 1], "caller": "f"}
    with pytest.raises(ValueError, match=message):
        metrics_by_group(**{**call, **changed})


@pytest.mark.parametrize("bins", [7, "integer", [0.0, 5.0, 60.0]])
def test_thresholds_are_those_of_labels_and_report(rows, bins):
    y, pred, _, weight = rows
    how = {"bins": bins, "sample_weight": weight}
    got = shot_thresholds(y, **how)
    n_bins = {"7": 7, "integer": np.ptp(np.floor(y[weight > 0] + 0.5)) + 1}.get(str(bins), 2)
    per_bin = weight.sum() / n_bins
    assert got == pytest.approx({"many": 1.5 * per_bin, "few": 0.5 * per_bin})
    np.testing.assert_array_equal(shot_labels(y, y, **how), shot_labels(y, y, **how, **got))
    report = ShotReport(y, pred, y_train=y, bins=bins, train_sample_weight=weight)
    assert report.thresholds == got
    assert shot_thresholds(y, bins=bins, many=9, few=4) == {"many": 9.0, "few": 4.0}


def test_bad_thresholds_are_named():
    with pytest.raises(ValueError, match="'few' parameter of shot_thresholds .* at most 3"):
        shot_thresholds([1, 2], bins=2, many=3, few=4)
    with pytest.raises(ValueError, match=r"'many' parameter of shot_thresholds .* \(from 'auto'\)"):
        shot_thresholds([1, 2], bins=1, many=0.5)
