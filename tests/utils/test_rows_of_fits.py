"""Weights and other parameters of `fit` with an entry for each row go with their rows.

Columns of X hold the number of each row, so that a regressor sees whose entries it got.
"""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor, StackingRegressor, VotingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.weighting import WeightedRegressor

N = 90
rng = np.random.default_rng(0)
X = np.c_[np.arange(N), rng.normal(size=N)]
Y = rng.gamma(2.0, size=N)
MARKS = rng.permutation(N) + 1000
RELEVANCE = RelevanceFunction(degenerate="quantile")


class Reads(RegressorMixin, BaseEstimator):
    """A regressor without `sample_weight` that requires the entry of each row."""

    def fit(self, X, y, marks, note=None):
        marks = np.asarray(marks.todense()) if sparse.issparse(marks) else np.asarray(marks)
        first = marks.reshape(len(marks), -1)[:, 0].astype(int)
        np.testing.assert_array_equal(first, MARKS[np.asarray(X)[:, 0].astype(int)])
        self.note_, self.n_rows_, self.n_features_in_ = note, len(y), 2
        return self

    def predict(self, X):
        return np.asarray(X)[:, 1]


class ReadsWeighted(Reads):
    """The same with `sample_weight`."""

    def fit(self, X, y, marks, note=None, sample_weight=None):
        return super().fit(X, y, marks, note)


DRAWING = {
    "WeightedRegressor": WeightedRegressor(Reads(), unsupported="resample", random_state=0),
    "BlendRegressor": BlendRegressor(Reads(), unsupported="resample", random_state=0),
    "ResampledBaggingRegressor": ResampledBaggingRegressor(
        Reads(),
        sampler=RandomOverSampler(relevance=RELEVANCE, threshold=0.8),
        random_state=0,
    ),
}
SPLITTING = {
    "BlendRegressor": BlendRegressor(ReadsWeighted(), random_state=0),
    "BandwidthSearchRegressor": BandwidthSearchRegressor(
        WeightedRegressor(ReadsWeighted()), random_state=0
    ),
    "LogTargetRegressor": LogTargetRegressor(Reads()),
    "FoldAwareRegressor": FoldAwareRegressor(Reads()),
    "search of drawn rows": BandwidthSearchRegressor(
        WeightedRegressor(Reads(), unsupported="resample", random_state=0), random_state=0
    ),
}
CONTAINERS = {
    "array": MARKS,
    "list": MARKS.tolist(),
    "tuple": tuple(MARKS.tolist()),
    "series": pd.Series(MARKS, index=MARKS[::-1]),
    "frame": pd.DataFrame({"mark": MARKS, "more": 0.0}, index=MARKS[::-1]),
    "texts": np.array([str(mark) for mark in MARKS], dtype=object),
    "columns": np.c_[MARKS, MARKS],
    "sparse": sparse.csr_matrix(MARKS[:, np.newaxis]),
    "coo": sparse.coo_matrix(MARKS[:, np.newaxis]),
}


@pytest.mark.parametrize("name", DRAWING)
@pytest.mark.parametrize("kind", CONTAINERS)
def test_entries_are_drawn_with_their_rows(name, kind):
    DRAWING[name].fit(X, Y, marks=CONTAINERS[kind])


@pytest.mark.parametrize("name", SPLITTING)
@pytest.mark.parametrize("kind", ["array", "list", "series"])
def test_entries_are_split_with_their_rows(name, kind):
    SPLITTING[name].fit(X, Y, marks=CONTAINERS[kind])


@pytest.mark.parametrize("note", ["n" * N, {k: k for k in range(N)}, set(range(N)), b"n" * N])
def test_what_has_as_many_letters_as_rows_stays_whole(note):
    model = DRAWING["WeightedRegressor"].fit(X, Y, marks=MARKS, note=note)
    assert model.regressor_.note_ == note


def test_other_parameters_are_handed_on():
    for note in (None, 3, [1, 2], np.arange(7)):
        model = DRAWING["WeightedRegressor"].fit(X, Y, marks=MARKS, note=note)
        assert model.regressor_.note_ is note


def test_entries_of_synthetic_rows_are_those_of_their_seeds():
    class Keeps(Reads):
        def fit(self, X, y, marks):
            self.X_, self.marks_ = X, marks
            return self

    model = ResampledBaggingRegressor(
        Keeps(), sampler=SmoteR(relevance=RELEVANCE, threshold=0.8), n_estimators=3, random_state=0
    ).fit(X, Y, marks=MARKS)
    for regressor in model.estimators_:
        whole = regressor.X_[:, 0] == np.round(regressor.X_[:, 0])  # not between two rows
        rows = regressor.X_[whole, 0].astype(int)
        same = regressor.marks_[whole] == MARKS[rows]
        assert not whole.all() and same.mean() > 0.95  # some are between by chance
        assert set(regressor.marks_) <= set(MARKS)


def test_groups_stay_together_in_an_inner_search():
    group = np.arange(N) % 9
    seen = []

    class Spy(GroupKFold):
        def split(self, X, y=None, groups=None):
            seen.append(np.mean(np.asarray(groups) == np.asarray(X)[:, 0] % 9))
            return super().split(X, y, groups)

    search = GridSearchCV(KNeighborsRegressor(), {"n_neighbors": [1, 3]}, cv=Spy(3))
    drawn = WeightedRegressor(search, unsupported="resample", random_state=0)
    drawn.fit(X, Y, groups=group)
    BlendRegressor(search, unsupported="resample", random_state=0).fit(X, Y, groups=group)
    assert len(seen) > 5 and set(seen) == {1.0}
    # the same draw by hand
    weight = drawn.sample_weight_ / drawn.sample_weight_.max()
    rows = np.random.RandomState(0).choice(N, N, p=weight / weight.sum())
    by_hand = search.fit(X[rows], Y[rows], groups=group[rows])
    np.testing.assert_array_equal(
        drawn.regressor_.cv_results_["mean_test_score"], by_hand.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("steps", [(), (FunctionTransformer(),)])
def test_routed_entries_follow_the_rows(steps):
    with config_context(enable_metadata_routing=True):
        inner = make_pipeline(*steps, Reads().set_fit_request(marks=True))
        sampler = RandomOverSampler(relevance=RELEVANCE)
        for model in (
            WeightedRegressor(inner, unsupported="resample", random_state=0),
            LogTargetRegressor(inner),
            FoldAwareRegressor(inner),
            ResampledBaggingRegressor(inner, sampler=sampler, random_state=0),
        ):
            model.fit(X, Y, marks=MARKS)


# Behind a sampler: rows of weight zero are wrong, so a weight that meets another row shows.
BAD = rng.random(N) < 0.3
SIGNAL = np.where(BAD, -5 * X[:, 1], 2 * X[:, 1])
WEIGHT = np.where(BAD, 0.0, 1.0)
FEATURE = X[:, 1:]
SAMPLERS = [SmoteR, SMOGN, GaussianNoise, RandomOverSampler, RandomUnderSampler, WERCS]


def behind(sampler, *steps):
    return make_pipeline(
        sampler(relevance=RELEVANCE, random_state=0), *steps, LinearRegression(fit_intercept=False)
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [(), (FunctionTransformer(),), ("passthrough",)])
def test_weights_follow_the_rows_through_a_sampler(sampler, steps):
    model = FoldAwareRegressor(behind(sampler, *steps)).fit(FEATURE, SIGNAL, sample_weight=WEIGHT)
    np.testing.assert_allclose(model.regressor_[-1].coef_, [2.0], atol=0.03)


def test_weights_through_a_sampler_equal_those_by_hand():
    weight = rng.integers(0, 4, N).astype(float)
    sampler = RandomOverSampler(relevance=RELEVANCE, random_state=0)
    used = np.flatnonzero(weight)
    X_new, y_new = sampler.fit_resample(FEATURE[used], Y[used])
    new = weight[used][sampler.sample_indices_]
    by_hand = Ridge().fit(X_new, y_new, sample_weight=new).coef_
    pipeline = make_pipeline(sampler, Ridge())
    plain = FoldAwareRegressor(pipeline).fit(FEATURE, Y, sample_weight=weight)
    nested = FoldAwareRegressor(make_pipeline(FunctionTransformer(), pipeline))
    nested.fit(FEATURE, Y, sample_weight=weight)
    np.testing.assert_allclose(plain.regressor_[-1].coef_, by_hand, rtol=1e-12)
    np.testing.assert_allclose(nested.regressor_[-1][-1].coef_, by_hand, rtol=1e-12)
    with config_context(enable_metadata_routing=True):
        routed = FoldAwareRegressor(pipeline).fit(FEATURE, Y, sample_weight=weight)
    np.testing.assert_allclose(routed.regressor_[-1].coef_, by_hand, rtol=1e-12)


def test_entries_follow_the_rows_through_a_sampler():
    pipeline = make_pipeline(RandomOverSampler(relevance=RELEVANCE, random_state=0), Reads())
    model = FoldAwareRegressor(pipeline).fit(X, Y, reads__marks=MARKS)
    assert model.regressor_[-1].n_rows_ > N
    with config_context(enable_metadata_routing=True):
        pipeline[-1].set_fit_request(marks=True)
        assert FoldAwareRegressor(pipeline).fit(X, Y, marks=MARKS).regressor_[-1].n_rows_ > N


@pytest.mark.parametrize("around", [FoldAwareRegressor, LogTargetRegressor])
def test_weights_of_a_step_behind_a_sampler_are_refused(around):
    for pipeline, key in (
        (behind(SmoteR), "linearregression__sample_weight"),
        (behind(SmoteR, StandardScaler()), "standardscaler__sample_weight"),
        (
            make_pipeline(StandardScaler(), behind(SmoteR)),
            "pipeline__linearregression__sample_weight",
        ),
    ):
        message = f"(?s){key.split('__')[-2]}__sample_weight.*{around.__name__}.*SmoteR"
        with pytest.raises(ValueError, match=message):
            around(pipeline).fit(FEATURE, Y, **{key: WEIGHT})


HIDES_A_SAMPLER = {
    "transformed target": TransformedTargetRegressor(behind(SmoteR)),
    "search": GridSearchCV(behind(SmoteR), {}),
    "vote": VotingRegressor([("a", behind(SmoteR)), ("b", LinearRegression())]),
    "stack": StackingRegressor([("a", LinearRegression()), ("b", behind(SmoteR))]),
    "final of a stack": StackingRegressor([("a", Ridge())], final_estimator=behind(SmoteR)),
}


@pytest.mark.parametrize("regressor", HIDES_A_SAMPLER.values(), ids=HIDES_A_SAMPLER)
def test_weights_that_would_meet_other_rows_inside_are_refused(regressor):
    with pytest.raises(ValueError, match="'regressor' parameter of WeightedRegressor.*SmoteR"):
        WeightedRegressor(regressor).fit(FEATURE, Y)
    with pytest.raises(ValueError, match="'regressor' parameter of FoldAwareRegressor.*SmoteR"):
        FoldAwareRegressor(regressor).fit(FEATURE, Y, sample_weight=WEIGHT)


@pytest.mark.parametrize("around", [WeightedRegressor, BlendRegressor])
@pytest.mark.parametrize("unsupported", ["raise", "resample"])
def test_weights_in_front_of_a_sampler_are_refused(around, unsupported):
    with pytest.raises(ValueError, match=f"'regressor' parameter of {around.__name__}.*'smoter'"):
        around(behind(SmoteR), unsupported=unsupported).fit(FEATURE, Y)


@pytest.mark.parametrize("ensemble", [BaggingRegressor, AdaBoostRegressor])
def test_ensembles_that_draw_rows_by_weight_hold_samplers(ensemble):
    # these hand no weight on to a regressor that takes none: they draw the rows themselves
    inner = make_pipeline(RandomUnderSampler(relevance=RELEVANCE, random_state=0), Ridge())
    try:
        ensemble(inner, n_estimators=2).fit(FEATURE, Y, sample_weight=WEIGHT)
    except ValueError as error:
        pytest.skip(f"scikit-learn 1.6: {error}")
    model = WeightedRegressor(ensemble(inner, n_estimators=2, random_state=0)).fit(FEATURE, Y)
    assert np.isfinite(model.predict(FEATURE)).all()


def test_a_sampler_that_does_not_say_where_rows_come_from_is_refused():
    class Silent(RandomUnderSampler):
        def fit_resample(self, X, y):
            result = super().fit_resample(X, y)
            del self.sample_indices_
            return result

    with pytest.raises(ValueError, match="(?s)Silent.*sample_indices_"):
        FoldAwareRegressor(behind(Silent)).fit(FEATURE, Y, sample_weight=WEIGHT)
    with pytest.raises(ValueError, match="(?s)ResampledBaggingRegressor.*sample_indices_.*Silent"):
        ResampledBaggingRegressor(Ridge(), sampler=Silent(relevance=RELEVANCE)).fit(FEATURE, Y)


def test_a_relevance_for_each_row_is_cut_with_the_rows():
    relevance = np.linspace(0, 1, N)
    weight = (np.arange(N) % 3 > 0).astype(float)
    kept = weight > 0

    def pipeline(relevance):
        return make_pipeline(RandomOverSampler(relevance=relevance, random_state=0), Ridge())

    model = FoldAwareRegressor(pipeline(relevance)).fit(FEATURE, Y, sample_weight=weight)
    by_hand = pipeline(relevance[kept]).fit(FEATURE[kept], Y[kept])
    np.testing.assert_allclose(model.regressor_[-1].coef_, by_hand[-1].coef_, rtol=1e-12)
    np.testing.assert_array_equal(model.regressor_[0].relevance, relevance)  # as it was given
