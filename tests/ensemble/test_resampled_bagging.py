"""ResampledBaggingRegressor: bags, ratios, out-of-bag predictions, weights, bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
from imblearn.base import BaseSampler
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from skdir.ensemble import ResampledBaggingRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)


def high(y):
    """Call targets above 2 relevant."""
    return (np.asarray(y) > 2).astype(float)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    return X, np.exp(0.8 * X[:, 0] + 0.3 * rng.normal(size=200))


class Recorder(LinearRegression):
    """A regressor that keeps what it was fitted to."""

    def fit(self, X, y, note=None):
        self.X_, self.y_, self.note_ = X, y, note
        return super().fit(X, y)


@pytest.mark.parametrize(
    "sampler", [RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN]
)
def test_bags_have_as_many_rare_as_normal_rows(sampler, data):
    model = ResampledBaggingRegressor(
        Recorder(), sampler=sampler(relevance=high), n_estimators=4, random_state=0
    ).fit(*data)
    crossing = 10 if sampler in (GaussianNoise, SMOGN) else 0  # noise moves targets across 2
    for bag in model.estimators_:
        assert abs((bag.y_ > 2).sum() - (bag.y_ <= 2).sum()) <= 1 + crossing


def test_variation_draws_a_share_for_each_bag(data):
    X, y = data
    model = ResampledBaggingRegressor(
        Recorder(), sampler=SmoteR(relevance=high), sample_method="variation", n_estimators=30,
        random_state=0,
    ).fit(X, y)  # fmt: skip
    shares = np.array([(bag.y_ > 2).mean() for bag in model.estimators_])
    known = np.array([1 / 3, 2 / 5, 1 / 2, 3 / 5, 2 / 3])
    nearest = np.abs(shares[:, None] - known)
    assert nearest.min(axis=1).max() < 0.01
    assert set(nearest.argmin(axis=1)) == set(range(5))
    assert all(len(bag.y_) == len(y) for bag in model.estimators_)


def test_a_bag_with_more_rare_rows_keeps_its_share(data):
    X, y = data
    model = ResampledBaggingRegressor(
        Recorder(), sampler=RandomOverSampler(relevance=lambda y: 1.0 - high(y)), random_state=0
    ).fit(X, y)
    assert all((bag.y_ <= 2).mean() > 0.6 for bag in model.estimators_)


def test_without_a_method_the_sampler_plans(data):
    X, y = data
    sampler = SmoteR(relevance=high, sampling_strategy={1: 150})
    model = ResampledBaggingRegressor(Recorder(), sampler=sampler, sample_method=None).fit(X, y)
    assert all((bag.y_ > 2).sum() == 150 for bag in model.estimators_)
    wercs = ResampledBaggingRegressor(
        Recorder(), sampler=WERCS(relevance=high), sample_method=None, n_estimators=2
    ).fit(X, y)
    assert all((bag.y_ > 2).mean() > (y > 2).mean() for bag in wercs.estimators_)


def test_rare_is_the_same_in_all_bags(data):
    X, y = data
    relevance = RelevanceFunction(extremes="high")
    fitted = clone(relevance).fit(y)
    by_array = SmoteR(relevance=fitted.transform(y))
    for sampler in (SmoteR(relevance=relevance), by_array):
        model = ResampledBaggingRegressor(sampler=sampler, max_samples=0.5, random_state=0)
        for seen in model.fit(X, y).samplers_:
            values = y[model.estimators_samples_[model.samplers_.index(seen)]]
            rare = values[fitted.transform(values) >= 0.8]
            assert seen.bumps_[1].rare and seen.bumps_[1].low == rare.min()


@pytest.mark.parametrize("sampler", [RandomOverSampler, SmoteR, SMOGN])
@pytest.mark.parametrize("sample_method", ["balance", "variation"])
@pytest.mark.filterwarnings("ignore:.*bumps that have one row only")
def test_rare_bins_may_outnumber_the_others(data, sampler, sample_method):
    X, y = data
    kept = (y < 0.8) | (y > 1.4)  # a gap: several bins of few rows each, and one of many
    X, y = X[kept], y[kept]
    edges = np.linspace(y.min(), y.max(), 7)
    model = ResampledBaggingRegressor(
        Recorder(), sampler=sampler(bins=6), sample_method=sample_method, max_samples=0.5,
        n_estimators=20, random_state=0,
    ).fit(X, y)  # fmt: skip
    for seen in model.samplers_:
        np.testing.assert_array_equal(seen.bins, edges)  # those of all targets, not of the bag
        rare = sum(bump.n_samples for bump in seen.bumps_ if bump.rare)
        normal = sum(bump.n_samples for bump in seen.bumps_ if not bump.rare)
        assert isinstance(seen.sampling_strategy, str) or seen.sampling_strategy >= rare / normal


def test_strata_by_bins(data):
    X, y = data
    sampler = RandomOverSampler(bins=[0, 2, 4, 30], sampling_strategy="over")
    model = ResampledBaggingRegressor(
        Recorder(), sampler=sampler, sample_method=None, max_samples=20, random_state=0
    ).fit(X, y)
    for bag in model.estimators_:
        assert (bag.y_ > 4).any() and ((bag.y_ > 2) & (bag.y_ <= 4)).any()


def test_prediction_is_the_mean(data):
    X, y = data
    model = ResampledBaggingRegressor(sampler=SmoteR(relevance=high), random_state=0).fit(X, y)
    mean = np.mean([bag.predict(X) for bag in model.estimators_], axis=0)
    np.testing.assert_allclose(model.predict(X), mean)
    assert isinstance(model.estimators_[0], DecisionTreeRegressor)
    assert len({bag.random_state for bag in model.estimators_}) == 10
    assert len({bag.random_state for bag in model.samplers_}) == 10


@pytest.mark.parametrize("sampler", [SmoteR, RandomUnderSampler, SMOGN])
def test_out_of_bag_rows_were_in_no_way_in_the_bag(sampler, data):
    X, y = data
    marked = np.column_stack([X, np.arange(len(y))])  # tells where a row of a bag comes from
    own = np.random.default_rng(1).uniform(0.5, 2, len(y))
    model = ResampledBaggingRegressor(
        Recorder(), sampler=sampler(relevance=high), n_estimators=15, oob_score=True,
        random_state=0,
    ).fit(marked, y, own)  # fmt: skip
    total, count = np.zeros(len(y)), np.zeros(len(y))
    for bag, kept, seen in zip(model.estimators_, model.samplers_, model.estimators_samples_):
        originals = bag.X_[~kept.synthetic_mask_, -1].astype(int)
        assert set(originals) <= set(seen)
        np.testing.assert_array_equal(np.unique(originals), seen)  # seeds are kept themselves
        out = np.setdiff1d(np.arange(len(y)), seen)
        total[out] += bag.predict(marked[out])
        count[out] += 1
    np.testing.assert_allclose(model.oob_prediction_, total / count)
    expected = r2_score(y, total / count, sample_weight=own)
    assert model.oob_score_ == pytest.approx(expected)


def test_out_of_bag_score_is_honest(data):
    y = data[1]
    noise = np.random.default_rng(3).normal(size=(len(y), 5))  # nothing to learn
    model = ResampledBaggingRegressor(
        sampler=SmoteR(relevance=high), n_estimators=40, oob_score=True, random_state=0
    ).fit(noise, y)
    assert model.score(noise, y) > 0.3
    assert model.oob_score_ < 0.05


def test_rows_in_every_bag_have_no_prediction_and_it_says_so(data):
    X, y = data
    model = ResampledBaggingRegressor(
        sampler=RandomOverSampler(relevance=high), n_estimators=1, oob_score=True, random_state=0
    )
    with pytest.warns(UserWarning, match="of 200 rows are in every bag"):
        model.fit(X, y)
    seen = np.isnan(model.oob_prediction_)
    np.testing.assert_array_equal(np.flatnonzero(seen), model.estimators_samples_[0])
    expected = r2_score(y[~seen], model.oob_prediction_[~seen])
    assert model.oob_score_ == pytest.approx(expected)
    whole = clone(model).set_params(bootstrap=False)
    with pytest.warns(UserWarning, match="200 of 200 rows"):
        whole.fit(X, y)
    assert np.isnan(whole.oob_score_)


@pytest.mark.parametrize("sample_method", ["balance", None])
def test_weights_drive_the_draw(sample_method, data):
    X, y = data
    own = np.random.default_rng(1).integers(0, 4, len(y)).astype(float)
    model = ResampledBaggingRegressor(
        sampler=RandomOverSampler(relevance=high, sampling_strategy="over"),
        sample_method=sample_method, n_estimators=300, max_samples=50, random_state=0,
    ).fit(X, y, own)  # fmt: skip
    drawn = np.concatenate(model.estimators_samples_)
    counts = np.bincount(drawn, minlength=len(y))
    assert counts[own == 0].max() == 0
    normal = (own > 0) & (y <= 2)
    means = [counts[normal & (own == weight)].mean() for weight in (1, 2, 3)]
    assert means[1] / means[0] == pytest.approx(2, rel=0.2)
    assert means[2] / means[0] == pytest.approx(3, rel=0.2)


def test_weights_of_a_relevance_given_by_row(data):
    X, y = data
    own = np.tile([1.0, 0.0], 100)
    used = own > 0
    fits = [
        ResampledBaggingRegressor(sampler=SmoteR(relevance=high(y[rows])), random_state=0).fit(
            X[rows], y[rows], weight
        )
        for rows, weight in ((slice(None), own), (used, own[used]))
    ]
    np.testing.assert_array_equal(fits[0].predict(X), fits[1].predict(X))


def test_max_samples_and_bootstrap(data):
    X, y = data
    model = ResampledBaggingRegressor(
        sampler=RandomOverSampler(relevance=high, sampling_strategy={}), sample_method=None,
        max_samples=0.5, bootstrap=False, n_estimators=3, random_state=0,
    ).fit(X, y)  # fmt: skip
    assert [len(rows) for rows in model.estimators_samples_] == [100] * 3
    model.set_params(max_samples=60).fit(X, y)
    assert [len(rows) for rows in model.estimators_samples_] == [60] * 3
    repeated = clone(model).set_params(bootstrap=True, max_samples=200).fit(X, y)
    assert all(len(rows) < 150 for rows in repeated.estimators_samples_)


def test_frames_parameters_of_fit_and_processes(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abc")).assign(kind=pd.Categorical(["u", "v"] * 100))
    model = ResampledBaggingRegressor(
        Recorder(), sampler=SmoteR(relevance=high), n_estimators=3, random_state=0
    )
    numbers = clone(model).fit(frame[["a", "b", "c"]], pd.Series(y), note=np.arange(200))
    assert numbers.feature_names_in_.tolist() == ["a", "b", "c"] and numbers.n_features_in_ == 3
    for bag, seen in zip(numbers.estimators_, numbers.estimators_samples_):
        np.testing.assert_array_equal(np.unique(bag.note_), seen)
        assert len(bag.note_) == len(bag.y_)
    parallel = clone(model).set_params(n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(parallel.predict(X), clone(model).fit(X, y).predict(X))
    assert not hasattr(numbers.fit(X, y), "feature_names_in_")
    copy = pickle.loads(pickle.dumps(parallel))
    np.testing.assert_array_equal(copy.predict(X), parallel.predict(X))


def test_regressors_without_weights_and_cross_validation(data):
    X, y = data
    model = ResampledBaggingRegressor(KNeighborsRegressor(), random_state=0)
    assert cross_val_score(model, X, y, cv=3).min() > 0
    assert not hasattr(model, "n_features_in_")


class Nameless(BaseSampler):
    """A sampler that does not say where its rows come from."""

    _sampling_type = "bypass"

    def fit(self, X, y):
        return self

    def fit_resample(self, X, y):
        return X, y

    def _fit_resample(self, X, y):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"regressor": "tree"}, "'regressor' parameter of ResampledBagging"),
        ({"sampler": "smoter"}, "'sampler' parameter of ResampledBagging"),
        ({"sampler": WERCS()}, "'sample_method' parameter of Resampled.* None with WERCS"),
        (
            {"sampler": Nameless(), "sample_method": None},
            "says in sample_indices_ where .* Nameles",
        ),
        ({"sampler": SmoteR(relevance=[1.0, 0.0])}, "inconsistent numbers of samples"),
        ({"sample_method": "extreme"}, "'sample_method' parameter of ResampledBagging"),
        ({"n_estimators": 0}, "'n_estimators' parameter of ResampledBagging"),
        ({"max_samples": 1.5}, "'max_samples' parameter of ResampledBagging"),
        ({"max_samples": 201, "bootstrap": False}, "'max_samples' .* number of rows .200."),
        ({"bootstrap": "yes"}, "'bootstrap' parameter of ResampledBagging"),
        ({"oob_score": "yes"}, "'oob_score' parameter of ResampledBagging"),
        ({"n_jobs": 0.5}, "'n_jobs' parameter of ResampledBagging"),
        ({"n_jobs": 0}, "'n_jobs' parameter of ResampledBagging"),
        ({"random_state": "x"}, "'random_state' parameter of ResampledBagging"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_parameters(params, match, data):
    with pytest.raises(ValueError, match=match):
        ResampledBaggingRegressor(**params).fit(*data)


def test_bad_data(data):
    X, y = data
    with pytest.raises(ValueError, match="requires y to be passed"):
        ResampledBaggingRegressor(Ridge()).fit(X, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ResampledBaggingRegressor(Ridge()).fit(X, y[:-1])
    with pytest.raises(ValueError, match="'sample_weight' parameter of ResampledBagging"):
        ResampledBaggingRegressor(Ridge()).fit(X, y, -np.ones(len(y)))


def test_a_refit_without_a_score_out_of_bag_has_none():
    X = np.arange(40.0)[:, np.newaxis]
    sampler = RandomOverSampler(bins=2)
    model = ResampledBaggingRegressor(sampler=sampler, n_estimators=30, oob_score=True)
    assert model.fit(X, X.ravel() ** 2).oob_score_ > 0
    model.set_params(oob_score=False).fit(X, X.ravel() ** 2)
    assert not hasattr(model, "oob_score_") and not hasattr(model, "oob_prediction_")


@pytest.mark.parametrize(
    ("sampler", "name"), [(None, "ResampledBaggingRegressor"), (SmoteR(), "SmoteR")]
)
def test_messages_name_what_the_user_has_written(sampler, name):
    model = ResampledBaggingRegressor(sampler=sampler)
    with pytest.raises(ValueError, match=f"'X' parameter of {name} must be free of infinity"):
        model.fit(np.full((60, 2), np.inf), np.arange(60.0))


def test_samplers_of_the_bags_are_the_default_itself(data):
    X, y = data
    model = ResampledBaggingRegressor(n_estimators=2, random_state=0).fit(X, y)
    assert [type(sampler) for sampler in model.samplers_] == [SmoteR, SmoteR]
