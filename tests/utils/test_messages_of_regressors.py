"""Errors name the class and the parameter that the user called, what is accepted and what came."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.ensemble import StackingRegressor, VotingRegressor
from sklearn.linear_model import BayesianRidge, LinearRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomUnderSampler, SmoteR
from skdir.weighting import LDSWeighter, WeightedRegressor

N = 80
rng = np.random.default_rng(0)
X = rng.normal(size=(N, 3))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=N))
WEIGHT = np.ones(N)


class Quantiles(Ridge):
    """Predicts several numbers for each row."""

    def predict(self, X):
        return np.c_[super().predict(X), super().predict(X)]


class Shorter(Ridge):
    """Predicts one number too few."""

    def predict(self, X):
        return super().predict(X)[1:]


def sampler():
    return SmoteR(relevance=RelevanceFunction(degenerate="quantile"), random_state=0)


def search(regressor, **params):
    return BandwidthSearchRegressor(WeightedRegressor(regressor), **params)


REGRESSOR = "'regressor' parameter of"
# what raises, and what its message says
CASES = {
    "no weights": (
        lambda: WeightedRegressor(KNeighborsRegressor()).fit(X, Y),
        f"{REGRESSOR} WeightedRegressor .*KNeighborsRegressor.*unsupported='resample'",
    ),
    "no weights in a blend": (
        lambda: BlendRegressor(KNeighborsRegressor()).fit(X, Y),
        f"{REGRESSOR} BlendRegressor .*KNeighborsRegressor.*unsupported='resample'",
    ),
    "no weights in a pipeline": (
        lambda: BlendRegressor(make_pipeline(StandardScaler(), KNeighborsRegressor())).fit(X, Y),
        f"{REGRESSOR} BlendRegressor .*KNeighborsRegressor",
    ),
    "no weights in a vote": (
        lambda: WeightedRegressor(
            VotingRegressor([("a", Ridge()), ("b", KNeighborsRegressor())])
        ).fit(X, Y),
        f"{REGRESSOR} WeightedRegressor .*KNeighborsRegressor",
    ),
    "no weights in a final estimator": (
        lambda: WeightedRegressor(
            StackingRegressor([("a", Ridge())], final_estimator=KNeighborsRegressor())
        ).fit(X, Y),
        f"{REGRESSOR} WeightedRegressor .*KNeighborsRegressor",
    ),
    "own weights": (
        lambda: FoldAwareRegressor(KNeighborsRegressor()).fit(X, Y, sample_weight=WEIGHT),
        f"{REGRESSOR} FoldAwareRegressor .*if weights are given.*KNeighborsRegressor",
    ),
    "own weights of logs": (
        lambda: LogTargetRegressor(KNeighborsRegressor()).fit(X, Y, sample_weight=WEIGHT),
        f"{REGRESSOR} LogTargetRegressor .*if weights are given.*KNeighborsRegressor",
    ),
    "a sampler behind weights": (
        lambda: BlendRegressor(make_pipeline(sampler(), Ridge())).fit(X, Y),
        f"{REGRESSOR} BlendRegressor .*SmoteR as step 'smoter'.*put BlendRegressor behind",
    ),
    "several numbers": (
        lambda: BlendRegressor(Quantiles()).fit(X, Y),
        f"{REGRESSOR} BlendRegressor .*one number for each row.*Quantiles",
    ),
    "several numbers, dial given": (
        lambda: BlendRegressor(Quantiles(), share=0.5, locality=1.0).fit(X, Y).predict(X),
        f"{REGRESSOR} BlendRegressor .*one number for each row.*Quantiles",
    ),
    "several numbers, search": (
        lambda: search(Quantiles()).fit(X, Y),
        f"{REGRESSOR} BandwidthSearchRegressor .*one number for each row",
    ),
    "too few numbers, search": (
        lambda: search(Shorter()).fit(X, Y),
        f"{REGRESSOR} BandwidthSearchRegressor .*one number for each row",
    ),
    "several numbers out of bag": (
        lambda: ResampledBaggingRegressor(
            Quantiles(), sampler=sampler(), oob_score=True, n_estimators=3
        ).fit(X, Y),
        f"{REGRESSOR} ResampledBaggingRegressor .*one number for each row.*Quantiles",
    ),
    "standard deviations of a blend": (
        lambda: (
            BlendRegressor(BayesianRidge(), share=0.5, locality=1.0)
            .fit(X, Y)
            .predict(X, return_std=True)
        ),
        "BlendRegressor .*BayesianRidge with return_std",
    ),
    "standard deviations of bags": (
        lambda: (
            ResampledBaggingRegressor(BayesianRidge(), sampler=sampler(), n_estimators=2)
            .fit(X, Y)
            .predict(X, return_std=True)
        ),
        "ResampledBaggingRegressor .*BayesianRidge with return_std",
    ),
    "sampler without shares": (
        lambda: ResampledBaggingRegressor(sampler=StandardScaler()).fit(X, Y),
        "'sampler' parameter of ResampledBaggingRegressor",
    ),
    "a class": (
        lambda: WeightedRegressor(Ridge).fit(X, Y),
        f"{REGRESSOR} WeightedRegressor .*Ridge",
    ),
    "no bandwidth": (
        lambda: BandwidthSearchRegressor(Ridge()).fit(X, Y),
        f"{REGRESSOR} BandwidthSearchRegressor .*bandwidth is a rule",
    ),
    "unknown rule": (
        lambda: BandwidthSearchRegressor(
            WeightedRegressor(Ridge(), LDSWeighter(bandwidth="nope"))
        ).fit(X, Y),
        f"{REGRESSOR} BandwidthSearchRegressor .*weighter__bandwidth='nope'",
    ),
    "folds of a search": (
        lambda: search(Ridge(), cv=1).fit(X, Y),
        "'cv' parameter of BandwidthSearchRegressor .*from 2",
    ),
    "folds of a search that do not test all": (
        lambda: search(Ridge(), cv=[(np.arange(40), np.arange(40, 60))]).fit(X, Y),
        "'cv' parameter of BandwidthSearchRegressor .*test each row once",
    ),
    "folds of a blend": (
        lambda: BlendRegressor(Ridge(), cv=[1, 2]).fit(X, Y),
        "'cv' parameter of BlendRegressor",
    ),
    "rows of folds": (
        lambda: BlendRegressor(Ridge(), cv=[([0, 1, 2], [500])]).fit(X, Y),
        "'cv' parameter of BlendRegressor",
    ),
    "more folds than rows": (
        lambda: BlendRegressor(Ridge(), cv=KFold(100)).fit(X, Y),
        "'cv' parameter of BlendRegressor",
    ),
    "text": (lambda: LogTargetRegressor().fit(X, Y.astype(str)), "'y' parameter of LogTarget"),
    "weights": (
        lambda: BlendRegressor().fit(X, Y, sample_weight=-WEIGHT),
        "'sample_weight' parameter of BlendRegressor .*non-negative",
    ),
    "relevance": (
        lambda: FoldAwareRegressor(relevance=lambda y: y - 5).fit(X, Y),
        "'relevance' parameter of FoldAwareRegressor",
    ),
    "rows": (
        lambda: ResampledBaggingRegressor(
            sampler=RandomUnderSampler(), max_samples=1000, bootstrap=False
        ).fit(X, Y),
        "'max_samples' parameter of ResampledBaggingRegressor",
    ),
    "candidates": (
        lambda: BlendRegressor(Ridge(), locality=[-1.0, 2.0]).fit(X, Y),
        "'locality' parameter of BlendRegressor",
    ),
    "no candidates": (
        lambda: BlendRegressor(Ridge(), exponent=[]).fit(X, Y),
        "'exponent' parameter of BlendRegressor",
    ),
    "multiples": (
        lambda: search(LinearRegression(), multiples=[0, 1]).fit(X, Y),
        "'multiples' parameter of BandwidthSearchRegressor",
    ),
}


@pytest.mark.filterwarnings("ignore:.*outlier")
@pytest.mark.parametrize(("call", "message"), CASES.values(), ids=CASES)
def test_messages_name_what_was_called(call, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        call()


AROUND = [
    WeightedRegressor,
    FoldAwareRegressor,
    BlendRegressor,
    ResampledBaggingRegressor,
    LogTargetRegressor,
    BandwidthSearchRegressor,
]
BAD_TARGETS = {
    "NaN": (np.append(Y[1:], np.nan), "finite .* Got 1 NaN"),
    "infinity": (np.append(Y[1:], np.inf), "finite .* 1 infinity"),
    "missing": ([*Y[1:], None], "finite .* Got 1 NaN"),
    "two columns": (np.c_[Y, Y], r"1-d .* shape \(80, 2\)"),
    "three dimensions": (Y[:, None, None], r"1-d .* shape \(80, 1, 1\)"),
    "one number": (3.0, r"1-d .* shape \(\)"),
    "no rows": ([], "at least . targets.* 0 samples"),
    "a dict": ({"y": Y}, "1-d .* a dict"),
    "a set": (set(Y), "1-d .* a set"),
    "a generator": ((value for value in Y), "1-d .* a generator"),
    "ragged": ([[1.0], [2.0, 3.0]] * 40, "1-d .* ragged"),
    "complex": (Y + 1j, "real numbers.* complex128"),
    "texts": (["1.5"] * N, "real numbers.* '1.5'"),
    "sparse": (sparse.csr_array(Y[:, None]), "dense"),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", BAD_TARGETS)
def test_targets_that_are_none_are_refused_by_the_class_that_was_called(around, name):
    y, got = BAD_TARGETS[name]
    with pytest.raises(ValueError, match=f"'y' parameter of {around.__name__} must .*{got}"):
        around().fit(X, y)


class Remembers(LinearRegression):
    """Remembers what it was given."""

    def fit(self, X, y, sample_weight=None):
        self.seen_ = y
        return super().fit(X, y, sample_weight)


@pytest.mark.filterwarnings("ignore:A column-vector y")
@pytest.mark.parametrize("around", [WeightedRegressor, FoldAwareRegressor])
@pytest.mark.parametrize(
    "y",
    [[Fraction(value) for value in Y], [[Decimal(value)] for value in Y]],
    ids=["flat", "column"],
)
def test_numbers_that_are_objects_reach_the_regressor_as_floats(around, y):
    seen = around(Remembers()).fit(X, y).regressor_.seen_
    assert seen.dtype == np.float64 and seen.shape == np.shape(y)
    np.testing.assert_array_equal(seen.ravel(), Y)
