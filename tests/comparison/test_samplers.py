"""Resampling as a strategy: rows, weights and seeds, against sampling by hand."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skdir.comparison import compare_strategies
from skdir.relevance import RelevanceFunction
from skdir.resampling import (
    SMOGN,
    WERCS,
    BaseResampler,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.utils._fitting.fit import fit_regressor
from skdir.weighting import WeightedRegressor

SAMPLERS = {
    "RUS": RandomUnderSampler,
    "ROS": RandomOverSampler,
    "GN": GaussianNoise,
    "SMOTER": SmoteR,
    "SMOGN": SMOGN,
    "WERCS": WERCS,
}
QUANTILE = RelevanceFunction(degenerate="quantile")
SPLIT = [(np.arange(160), np.arange(160, 240))]


class Recorder(LinearRegression):
    """A regressor that remembers what it was fitted to."""

    def fit(self, X, y, sample_weight=None):
        self.seen_ = (np.array(X), np.array(y), sample_weight)
        return super().fit(X, y, sample_weight)


def fitted(model, X, y, sample_weight=None):
    """Fit a clone as the comparison does."""
    return fit_regressor(clone(model), X, y, sample_weight)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_whole_regressor_is_fitted_to_resampled_training_rows(name, data):
    X, y = data
    regressor = make_pipeline(StandardScaler(), Ridge())
    result = compare_strategies(regressor, X, y, strategies=[name], cv=3, random_state=0)
    seed = result.estimators_[name].get_params()["sampler__random_state"]
    assert isinstance(seed, int)
    for train, (test, y_pred) in zip([f[0] for f in result.folds_], result.predictions_[name]):
        sampler = SAMPLERS[name](relevance=QUANTILE, random_state=seed)
        Z, z = sampler.fit_resample(X[train], y[train])
        assert len(z) != len(train) or sampler.synthetic_mask_.any()
        expected = clone(regressor).fit(Z, z).predict(X[test])
        np.testing.assert_allclose(y_pred, expected, rtol=1e-9)


@pytest.mark.parametrize("name", SAMPLERS)
def test_targets_without_outliers_are_resampled_by_quantiles(name):
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match="outliers"):
        RelevanceFunction(degenerate="raise").fit(y)
    result = compare_strategies(Ridge(alpha=0.01), X, y, strategies=[name], random_state=0)
    assert result.complete_ == [name]
    model = clone(result.estimators_[name]).fit(X, y)
    assert model.named_steps["sampler"].relevance_.method_ == "quantile"


def test_a_sampler_samples_before_the_regressor(data):
    X, y = data
    sampler = SmoteR(k_neighbors=3)
    result = compare_strategies(
        Ridge(),
        X,
        y,
        strategies={
            "sampler": sampler,
            "pipeline": make_sampling_pipeline(sampler, Ridge()),
            "samplers": make_sampling_pipeline(RandomUnderSampler(), GaussianNoise()),
            "callable": lambda regressor: make_sampling_pipeline(sampler, regressor),
        },
        cv=3,
        random_state=0,
    )
    assert sampler.random_state is None
    mae = result.table()["MAE"]
    assert mae["sampler"] == mae["pipeline"] == mae["callable"] != mae["samplers"]
    assert [name for name, _ in result.estimators_["sampler"].steps] == ["sampler", "regressor"]
    assert len(result.estimators_["samplers"].steps) == 3
    assert result.descriptions_["sampler"] == "Rows resampled by SmoteR(k_neighbors=3)."


def test_a_sampler_that_fails_is_in_its_row(data):
    result = compare_strategies(
        Ridge(), *data, strategies={"VANILLA": "VANILLA", "RUS": RandomUnderSampler(threshold=2)}
    )
    assert result.complete_ == ["VANILLA"]
    assert "threshold" in result.table().loc["RUS", "error"]


def test_messages_name_samplers(data):
    with pytest.raises(ValueError, match="weighter, sampler or regressor instances"):
        compare_strategies(Ridge(), *data, strategies={"a": SmoteR})


@pytest.mark.parametrize("name", SAMPLERS)
def test_weights_follow_the_rows_and_rows_of_zero_weight_are_no_seeds(name, data):
    X, y = data
    weight = np.random.default_rng(0).uniform(0.5, 2, 240)
    weight[::4] = 0
    sampler = SAMPLERS[name](relevance=QUANTILE, random_state=3)
    model = fitted(Pipeline([("sampler", sampler), ("regressor", Recorder())]), X, y, weight)
    Z, z, w = model.named_steps["regressor"].seen_

    used = weight > 0
    by_hand = clone(sampler)
    expected = by_hand.fit_resample(X[used], y[used])
    np.testing.assert_array_equal(Z, expected[0])
    np.testing.assert_array_equal(z, expected[1])
    np.testing.assert_array_equal(w, weight[used][by_hand.sample_indices_])
    assert (w > 0).all()
    # Rows that are kept have their own weight: found again by their values.
    kept = ~by_hand.synthetic_mask_
    for row, own in zip(Z[kept], w[kept]):
        assert weight[(row == X).all(axis=1)] == [own]
    line = LinearRegression().fit(*expected, sample_weight=w)
    np.testing.assert_allclose(model.predict(X), line.predict(X), rtol=1e-9)


@pytest.mark.parametrize("name", SAMPLERS)
def test_equal_weights_change_nothing(name, data):
    X, y = data
    arguments = {"strategies": [name], "cv": SPLIT, "random_state": 0, "bins": 12}
    plain = compare_strategies(LinearRegression(), X, y, **arguments)
    for weight in (np.ones(240), np.full(240, 3.0)):
        weighted = compare_strategies(LinearRegression(), X, y, sample_weight=weight, **arguments)
        np.testing.assert_allclose(
            weighted.predictions_[name][0][1], plain.predictions_[name][0][1], rtol=1e-9
        )


@pytest.mark.parametrize("name", SAMPLERS)
def test_weight_zero_is_no_row(name, data):
    X, y = data
    weight = np.where(np.arange(240) % 5 == 0, 0.0, 1.0)
    arguments = {"strategies": [name], "random_state": 0, "bins": np.linspace(0, y.max(), 12)}
    weighted = compare_strategies(
        make_pipeline(StandardScaler(), LinearRegression()),
        X,
        y,
        cv=SPLIT,
        sample_weight=weight,
        **arguments,
    )
    used = np.flatnonzero(weight)
    n_train = int((used < 160).sum())
    fewer = compare_strategies(
        make_pipeline(StandardScaler(), LinearRegression()),
        X[used],
        y[used],
        cv=[(np.arange(n_train), np.arange(n_train, len(used)))],
        **arguments,
    )
    for metric in ("MAE", "rare MAE", "frequent MAE", "RMSE", "GM"):
        one, other = weighted.results_[0][metric], fewer.results_[0][metric]
        assert one == pytest.approx(other, rel=1e-9)


def test_weights_pass_transformers_and_several_samplers(data):
    X, y = data
    weight = np.random.default_rng(1).uniform(0.5, 2, 240)
    steps = [
        ("scale", StandardScaler()),
        ("nothing", "passthrough"),
        ("under", RandomUnderSampler(random_state=0)),
        ("noise", GaussianNoise(random_state=1)),
        ("none", None),
        ("inner", make_pipeline(FunctionTransformer(), Recorder())),
    ]
    model = fitted(Pipeline(steps), X, y, weight)
    Z = StandardScaler().fit_transform(X)
    one, two = clone(steps[2][1]), clone(steps[3][1])
    Z, z = two.fit_resample(*one.fit_resample(Z, y))
    seen = model.named_steps["inner"][-1].seen_
    np.testing.assert_allclose(seen[0], Z)
    np.testing.assert_allclose(seen[1], z)
    np.testing.assert_array_equal(seen[2], weight[one.sample_indices_][two.sample_indices_])
    assert model.predict(X).shape == (240,)


def test_weights_follow_rows_in_a_sampling_regressor_inside_others(data):
    """The regressor itself may sample; weights of a weighter, computed before, then cannot."""
    X, y = data
    regressor = make_sampling_pipeline(
        SmoteR(relevance=QUANTILE, random_state=0), LinearRegression()
    )
    result = compare_strategies(
        regressor,
        X,
        y,
        strategies=["VANILLA", "LOG", "LDS", "RUS"],
        sample_weight=np.linspace(1, 2, 240),
        cv=2,
        random_state=0,
    )
    assert result.complete_ == ["VANILLA", "LOG", "RUS"]
    assert "pipeline without samplers" in result.table().loc["LDS", "error"]


class Forgetful(SmoteR):
    """A sampler that does not tell where its rows come from."""

    def fit_resample(self, X, y):
        result = super().fit_resample(X, y)
        del self.sample_indices_
        return result


def test_weights_cannot_follow_a_sampler_that_does_not_tell_its_rows(data):
    arguments = {"strategies": {"odd": Forgetful()}, "cv": 2}
    assert compare_strategies(Ridge(), *data, **arguments).complete_ == ["odd"]
    weighted = compare_strategies(Ridge(), *data, sample_weight=np.ones(240), **arguments)
    assert "sampler Forgetful (step 'sampler') does not say" in weighted.table()["error"]["odd"]


def test_samplers_are_repeated_by_the_seed_whatever_the_number_of_processes(data):
    X, y = data
    arguments = {"strategies": list(SAMPLERS), "cv": 2}
    runs = [
        compare_strategies(
            RandomForestRegressor(3), X, y, n_jobs=n_jobs, random_state=seed, **arguments
        )
        for n_jobs, seed in ((1, 5), (2, 5), (1, 6))
    ]
    for name in SAMPLERS:
        one, two, other = (run.predictions_[name] for run in runs)
        for (_, a), (_, b) in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)
        assert not np.array_equal(one[0][1], other[0][1])
    params = runs[0].estimators_["SMOGN"].get_params()
    assert params["sampler__random_state"] == params["regressor__random_state"] is not None


def test_a_given_seed_of_a_sampler_stays(data):
    result = compare_strategies(
        Ridge(), *data, strategies={"own": GaussianNoise(random_state=7)}, cv=2, random_state=0
    )
    assert result.estimators_["own"].get_params()["sampler__random_state"] == 7


@pytest.mark.parametrize("weighted", [False, True])
def test_frames_with_text_and_missing_values(data, weighted):
    X, y = data
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(X.copy(), columns=["a", "b", "c"], index=np.arange(240) * 2 + 5)
    frame["text"] = np.where(X[:, 1] > 0, "high", "low").astype(object)
    frame["level"] = pd.Categorical(rng.choice(["u", "v", None], 240))
    frame["flag"] = X[:, 2] > 0
    frame.loc[rng.uniform(size=240) < 0.2, "a"] = np.nan
    frame.loc[rng.uniform(size=240) < 0.2, "text"] = None
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(), make_column_selector(dtype_include="number")),
            (
                "text",
                OneHotEncoder(handle_unknown="ignore"),
                make_column_selector(dtype_exclude="number"),
            ),
        ]
    )
    names = ["VANILLA", "LOG", "LDS", *SAMPLERS, "BLEND"]
    result = compare_strategies(
        make_pipeline(columns, Ridge()),
        frame,
        pd.Series(y, index=frame.index, name="rent"),
        strategies=names,
        sample_weight=rng.uniform(0, 2, 240) if weighted else None,
        cv=3,
        random_state=0,
    )
    assert result.complete_ == names
    assert result.table()["MAE"].nunique() == len(names)


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers_take_sparse_features(name, data):
    X, y = data
    X = np.where(np.abs(X) < 0.3, 0, X)
    result = compare_strategies(
        LinearRegression(), sparse.csr_array(X), y, strategies=[name], cv=2, random_state=0
    )
    assert result.complete_ == [name]


def test_resampling_lowers_the_rare_error_of_ridge_on_diabetes():
    """What the demo shows, and its price."""
    X, y = load_diabetes(return_X_y=True)
    names = ["VANILLA", "ROS", "SMOTER", "WERCS"]
    table = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0).table()
    for name in names[1:]:
        assert table.loc[name, "rare MAE"] < table.loc["VANILLA", "rare MAE"]
        assert table.loc[name, "frequent MAE"] > table.loc["VANILLA", "frequent MAE"]


def test_own_resamplers_are_strategies(data):
    class Twice(BaseResampler):
        def _generate(self, X, y, n_new, rng):
            seeds = rng.randint(len(y), size=n_new)
            return X.take(seeds), y[seeds], seeds

    result = compare_strategies(Ridge(), *data, strategies={"twice": Twice()}, cv=2)
    assert result.complete_ == ["twice"]
    assert not isinstance(result.estimators_["twice"], WeightedRegressor)
