"""compare_strategies: numbers against a loop by hand, and every parameter."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import gmean
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GroupKFold, KFold, LeaveOneOut, RepeatedKFold, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies
from skdir.density import TargetDensity
from skdir.metrics import shot_labels
from skdir.weighting import LDSWeighter


def timeless(comparison):
    return [
        {k: v for k, v in record.items() if k not in ("fit s", "predict s")}
        for record in comparison.results_
    ]


def assert_same(one, other, rtol=0):
    for a, b in zip(timeless(one), timeless(other), strict=True):
        assert a.keys() == b.keys()
        for key, value in a.items():
            if rtol and isinstance(value, float):
                np.testing.assert_allclose(value, b[key], rtol=rtol, err_msg=key)
            else:
                np.testing.assert_equal(value, b[key], err_msg=key)


def test_each_fold_equals_a_loop_by_hand(data):
    X, y = data
    edges = np.linspace(y.min(), y.max(), 13)
    result = compare_strategies(
        Ridge(), X, y, strategies=["VANILLA", "LDS"], bins=12, rare_fraction=0.3, random_state=7
    )
    records = iter(result.results_)
    for name in ("VANILLA", "LDS"):
        for fold, (train, test) in enumerate(KFold(5, shuffle=True, random_state=7).split(X, y)):
            weight = LDSWeighter().fit_transform(y[train]) if name == "LDS" else None
            predicted = Ridge().fit(X[train], y[train], sample_weight=weight).predict(X[test])
            error = np.abs(y[test] - predicted)
            density = TargetDensity().fit(y[train])
            ordered = np.sort(density.density(y[train]))
            threshold = ordered[int(np.ceil(0.3 * len(train))) - 1]
            rare = density.density(y[test]) <= threshold
            shots = shot_labels(y[train], y[test], bins=edges)

            record = next(records)
            assert (record["strategy"], record["fold"]) == (name, fold)
            assert (record["n_train"], record["n_test"]) == (len(train), len(test))
            assert record["n_rare"] == rare.sum()
            assert record["MAE"] == pytest.approx(error.mean(), rel=1e-9)
            assert record["RMSE"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-9)
            assert record["GM"] == pytest.approx(gmean(np.maximum(error, 1e-10)), rel=1e-9)
            assert record["rare MAE"] == pytest.approx(error[rare].mean(), rel=1e-9)
            assert record["frequent MAE"] == pytest.approx(error[~rare].mean(), rel=1e-9)
            for shot in ("many", "medium", "few", "zero"):
                here = error[shots == shot]
                expected = here.mean() if len(here) else np.nan
                assert record[f"{shot} MAE"] == pytest.approx(expected, rel=1e-9, nan_ok=True)
            assert record["fit s"] > 0
            assert record["predict s"] > 0
            rows, y_pred = result.predictions_[name][fold]
            np.testing.assert_array_equal(rows, test)
            np.testing.assert_allclose(y_pred, predicted, rtol=1e-9)


def test_about_the_asked_fraction_of_rows_is_rare(data):
    for fraction in (0.1, 0.5):
        result = compare_strategies(
            Ridge(), *data, strategies=["VANILLA"], rare_fraction=fraction, random_state=0
        )
        share = sum(r["n_rare"] for r in result.results_) / 240
        assert share == pytest.approx(fraction, abs=0.07)


def test_number_of_processes_changes_nothing(data):
    X, y = data
    forest = RandomForestRegressor(5)  # its seed has to be given
    runs = [
        compare_strategies(
            forest, X, y, strategies=["VANILLA", "BLEND"], cv=2, n_jobs=n_jobs, random_state=3
        )
        for n_jobs in (1, 2)
    ]
    assert_same(*runs)


def test_random_state_repeats_and_other_seeds_differ(data):
    X, y = data
    run = {
        seed: compare_strategies(
            RandomForestRegressor(5), X, y, strategies=["VANILLA"], cv=2, random_state=seed
        )
        for seed in (0, 1)
    }
    again = compare_strategies(
        RandomForestRegressor(5),
        X,
        y,
        strategies=["VANILLA"],
        cv=2,
        random_state=np.random.RandomState(0),
    )
    assert run[0].results_[0]["MAE"] != run[1].results_[0]["MAE"]
    np.testing.assert_array_equal(run[0].folds_[0][0], again.folds_[0][0])


def test_one_seed_reaches_all_strategies_and_given_seeds_stay(data):
    X, y = data
    forest = RandomForestRegressor(3)
    result = compare_strategies(forest, X, y, strategies=["VANILLA", "LDS"], cv=2, random_state=0)
    seeds = {
        value
        for estimator in result.estimators_.values()
        for name, value in estimator.get_params().items()
        if name.endswith("random_state")
    }
    assert len(seeds) == 1
    assert isinstance(seeds.pop(), int)
    assert forest.random_state is None
    kept = compare_strategies(
        RandomForestRegressor(3, random_state=5), X, y, strategies=["VANILLA"], cv=2, random_state=0
    )
    assert kept.estimators_["VANILLA"].random_state == 5
    free = compare_strategies(forest, X, y, strategies=["VANILLA"], cv=2)
    assert free.estimators_["VANILLA"].random_state is None


def test_repeated_folds_and_other_splitters(data):
    X, y = data
    cv = RepeatedKFold(n_splits=3, n_repeats=2, random_state=0)
    result = compare_strategies(Ridge(), X, y, strategies=["VANILLA"], cv=cv)
    assert len(result.folds_) == 6
    for (train, test), (a, b) in zip(result.folds_, cv.split(X), strict=True):
        np.testing.assert_array_equal(train, a)
        np.testing.assert_array_equal(test, b)
    splits = list(GroupKFold(4).split(X, y, np.arange(240) % 8))
    grouped = compare_strategies(Ridge(), X, y, strategies=["VANILLA"], cv=splits)
    masks = [(np.isin(np.arange(240), a), np.isin(np.arange(240), b)) for a, b in splits]
    assert_same(grouped, compare_strategies(Ridge(), X, y, strategies=["VANILLA"], cv=masks))


def test_single_test_rows_leave_one_side_empty(data):
    X, y = data
    result = compare_strategies(
        Ridge(), X[:12], y[:12], strategies=["VANILLA"], cv=LeaveOneOut(), bins=4
    )
    for record in result.results_:
        assert np.isnan(record["rare MAE"]) != np.isnan(record["frequent MAE"])
    assert np.isfinite(
        result.table().loc["VANILLA", ["rare MAE", "frequent MAE"]].to_numpy(float)
    ).all()


def test_containers_of_X_give_the_same_numbers(data):
    X, y = data
    X = np.where(np.abs(X) < 0.3, 0, X)
    expected = compare_strategies(LinearRegression(), X, y, strategies=["LDS"], random_state=0)
    frame = pd.DataFrame(X, columns=["a", "b", "c"], index=np.arange(240) * 3 + 7)
    series = pd.Series(y, index=frame.index, name="rent")
    named = compare_strategies(
        LinearRegression(), frame, series, strategies=["LDS"], random_state=0
    )
    assert_same(expected, named, rtol=1e-9)
    assert (named.target_name, expected.target_name) == ("rent", "target")
    lists = compare_strategies(
        LinearRegression(), X.tolist(), y.tolist(), strategies=["LDS"], random_state=0
    )
    assert_same(expected, lists, rtol=1e-9)
    for kind in (sparse.csr_array, sparse.coo_array):
        thin = compare_strategies(
            LinearRegression(), kind(X), y, strategies=["LDS"], random_state=0
        )
        np.testing.assert_allclose(
            [r["MAE"] for r in thin.results_], [r["MAE"] for r in expected.results_], rtol=1e-6
        )


def test_input_is_not_modified(data):
    X, y = data[0].copy(), data[1].copy()
    model = Ridge()
    compare_strategies(model, X, y, strategies=["LDS", "LOG"], cv=2)
    np.testing.assert_array_equal(X, data[0])
    np.testing.assert_array_equal(y, data[1])
    assert not hasattr(model, "coef_")


def test_weight_2_is_the_row_twice(data):
    X, y = data
    weight = np.random.default_rng(1).integers(0, 3, size=240).astype(float)
    names = ["VANILLA", "LOG", "INV", "LDS", "DENSE", "SERA", "BLEND"]
    train, test = np.arange(160), np.arange(160, 240)
    edges = np.linspace(y.min(), y.max(), 11)
    weighted = compare_strategies(
        LinearRegression(), X, y, strategies=names, cv=[(train, test)], bins=edges,
        sample_weight=weight,
    )  # fmt: skip
    rows = np.repeat(np.arange(240), weight.astype(int))
    n_train = int(weight[train].sum())
    repeated = compare_strategies(
        LinearRegression(), X[rows], y[rows], strategies=names, bins=edges,
        cv=[(np.arange(n_train), np.arange(n_train, len(rows)))],
    )  # fmt: skip
    for a, b in zip(weighted.results_, repeated.results_, strict=True):
        for metric in ("MAE", "rare MAE", "frequent MAE", "RMSE", "GM", "many MAE", "few MAE"):
            assert a[metric] == pytest.approx(b[metric], rel=1e-6, nan_ok=True), (
                a["strategy"],
                metric,
            )


def test_weights_multiply_those_of_the_strategy_in_fits(data):
    X, y = data
    weight = np.random.default_rng(1).uniform(0.2, 3, size=240)
    train, test = np.arange(160), np.arange(160, 240)
    result = compare_strategies(
        make_pipeline(StandardScaler(), Ridge()),
        X,
        y,
        strategies=["VANILLA", "LDS"],
        cv=[(train, test)],
        sample_weight=weight,
    )
    Z = StandardScaler().fit(X[train])
    own = LDSWeighter().fit_transform(y[train], sample_weight=weight[train])
    for name, w in (("VANILLA", weight[train]), ("LDS", own * weight[train])):
        model = Ridge().fit(Z.transform(X[train]), y[train], sample_weight=w)
        np.testing.assert_allclose(
            result.predictions_[name][0][1], model.predict(Z.transform(X[test])), rtol=1e-9
        )


def test_a_fold_of_zero_weights_only_is_nan(data):
    X, y = data
    weight = np.ones(240)
    weight[:40] = 0
    folds = [(np.arange(40, 240), np.arange(40)), (np.arange(100, 240), np.arange(100))]
    result = compare_strategies(
        Ridge(), X, y, strategies=["VANILLA"], cv=folds, sample_weight=weight
    )
    assert np.isnan(result.results_[0]["MAE"])
    assert np.isnan(result.results_[0]["GM"])
    assert np.isfinite(result.results_[1]["MAE"])
    assert result.complete_ == ["VANILLA"]


def test_a_failing_strategy_is_in_its_row_and_stops_nothing(failing):
    table = failing.table()
    assert table["failed folds"].to_dict() == {
        "VANILLA": 0, "never": 0, "sometimes": 1, "always": 2,
    }  # fmt: skip
    assert table.loc["always", "error"] == "RuntimeError: first <target> too high"
    assert table.loc["never", "error"] == ""
    assert np.isnan(table.loc["always", "MAE"])
    assert np.isfinite(table.loc["sometimes", "MAE"])
    assert set(failing.errors_) == {
        ("always", 0), ("always", 1), *(k for k in failing.errors_ if k[0] == "sometimes"),
    }  # fmt: skip
    assert "Traceback" in failing.errors_["always", 0]
    assert "second line" in failing.errors_["always", 0]
    assert np.isnan(failing.predictions_["always"][0][1]).all()
    assert failing.complete_ == ["VANILLA", "never"]


class Returns:
    """A regressor without BaseEstimator whose predictions are given."""

    def __init__(self, value):
        self.value = value

    def get_params(self, deep=True):
        return {"value": self.value}

    def set_params(self, **params):
        return self

    def fit(self, X, y):
        return self

    def predict(self, X):
        return self.value(len(X))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda n: np.full(n, np.inf), "predictions are not finite"),
        (lambda n: np.zeros((n, 2)), r"predictions of shape \(48, 2\) for 48 rows"),
        (lambda n: ["a"] * n, "could not convert"),
    ],
)
def test_bad_predictions_are_failures(data, value, message):
    result = compare_strategies(
        Ridge(), *data, strategies={"VANILLA": "VANILLA", "odd": Returns(value)}, random_state=0
    )
    assert result.complete_ == ["VANILLA"]
    assert pd.Series(result.table().loc["odd", "error"]).str.contains(message).all()


def test_predictions_in_a_column_are_fine(data):
    result = compare_strategies(
        Ridge(), *data, strategies={"column": Returns(lambda n: np.zeros((n, 1)))}, random_state=0
    )
    assert result.complete_ == ["column"]


def test_scale_of_the_target_scales_all_errors(data, comparison):
    X, y = data
    large = compare_strategies(Ridge(), X, y * 1000, random_state=0)
    for a, b in zip(comparison.results_, large.results_, strict=True):
        for metric in ("MAE", "rare MAE", "frequent MAE", "RMSE", "GM"):
            assert b[metric] == pytest.approx(1000 * a[metric], rel=1e-6)


def test_shuffle_split_with_one_fold(data):
    result = compare_strategies(
        Ridge(), *data, strategies=["VANILLA", "LDS"], cv=ShuffleSplit(1, random_state=0)
    )
    assert result.table()["MAE sd"].isna().all()
    assert "one fold only" in result.finding() or "No strategy lowers" in result.finding()
