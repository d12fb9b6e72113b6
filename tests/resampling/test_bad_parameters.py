"""Plans, relevances, bins and searches that cannot be: messages that say what to do."""

import numpy as np
import pytest
from samplers import ALL, COPIERS, READERS, N, Y, high, make, numbers, refused
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor, NearestNeighbors

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, GaussianNoise, SmoteR

every = pytest.mark.parametrize("name", ALL)
readers = pytest.mark.parametrize("name", READERS)
copiers = pytest.mark.parametrize("name", COPIERS)
X = numbers()
GAPS = np.where(X > 8, np.nan, X)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({0: -1}, "made of whole numbers of rows from 0 on. Got -1 for bump 0"),
        ({0: 2.5}, "made of whole numbers of rows from 0 on. Got 2.5 for bump 0"),
        ({0: True}, "made of whole numbers of rows from 0 on. Got True for bump 0"),
        ({0: "3"}, "made of whole numbers of rows from 0 on. Got '3' for bump 0"),
        ({5: 3}, "keyed by positions of bumps, 0 to 1 (0: normal, 0 to 29; 1: rare, 30 to 39)"),
        ({"a": 3}, "Got the key 'a'"),
        ({True: 3}, "Got the key True"),
        ({0: 0, 1: 0}, "a plan that leaves rows. Got 0 rows for every bump"),
        (lambda bumps: None, "of SmoteR (its result) must be a dict from bumps 0 to 1 to rows"),
        (lambda bumps: {0: -1}, "of SmoteR (its result) must be made of whole numbers"),
        (lambda bumps: {7: 1}, "of SmoteR (its result) must be keyed by positions"),
        ({0: 10**5000}, "a plan of at most 2**40 rows. Got 2**16609 rows or more"),
        (lambda bumps: {0: 2**62, 1: 2**62}, "a plan of at most 2**40 rows. Got 2**63 rows"),
        (0.1, "at least the present ratio of rare to normal rows, 10/30 = 0.3333"),
        (0, "must be"),
        (-1.0, "must be"),
        (np.inf, "must be"),
        (np.nan, "must be"),
        (True, "an instance of 'dict' or a callable. Got True"),
        ("often", "'over'"),
        (None, "an instance of 'dict' or a callable. Got None"),
        ([10, 20], "an instance of 'dict' or a callable. Got [10, 20]"),
    ],
)
def test_plans_that_cannot_be(plan, message):
    refused(
        lambda: make("SmoteR", sampling_strategy=plan).fit_resample(X, Y),
        "The 'sampling_strategy' parameter of SmoteR",
        message,
    )


def test_an_error_of_a_callable_is_its_own():
    refused(
        lambda: make("SmoteR", sampling_strategy=lambda bumps: 1 / 0).fit_resample(X, Y),
        error=ZeroDivisionError,
    )


@pytest.mark.parametrize(
    ("name", "plan", "message"),
    [
        ("RandomOverSampler", {0: 5}, "at least the rows that a bump has, since this sampler adds"),
        ("RandomUnderSampler", {0: 99}, "at most the rows that a bump has, since this sampler rem"),
        ("RandomOverSampler", 1e300, "at most 2**40 rare rows to the normal ones. Got 1e+300"),
        ("RandomOverSampler", "under", "one of 'balance', 'extreme', 'over', since"),
        ("RandomUnderSampler", "over", "one of 'balance', 'extreme', 'under', since"),
    ],
)
def test_plans_that_a_sampler_cannot_follow(name, plan, message):
    refused(lambda: make(name, sampling_strategy=plan).fit_resample(X, Y), message)


@pytest.mark.parametrize(
    ("relevance", "message", "error"),
    [
        (np.ones(3), "of shape (40,), one value for each target. Got (3,)", ValueError),
        (np.full(N, 2.0), "in [0, 1]. Got values from 2 to 2", ValueError),
        (np.full(N, -1.0), "in [0, 1]. Got values from -1 to -1", ValueError),
        (np.where(Y > 30, np.nan, 0), "Got 9 NaN", ValueError),
        (np.ones((N, 2)), "a 1-d array", ValueError),
        (["a"] * N, "an array of real numbers", ValueError),
        (lambda y: y, "in [0, 1]. Got values from 0 to 39", ValueError),
        (lambda y: None, "a 1-d array of numbers", ValueError),
        (lambda y: [1], "Got (1,)", ValueError),
        (np.arange(N) % 2, "the same for rows with equal targets", ValueError),
        ("a", "must be", ValueError),
        (3, "must be", ValueError),
        (Ridge(), "must be", ValueError),
        (RelevanceFunction, "a RelevanceFunction, a function of the target or an array", TypeError),
    ],
)
def test_relevances_that_cannot_be(relevance, message, error):
    y = Y // 4 if "equal" in message else Y
    refused(
        lambda: make("SmoteR", relevance=relevance).fit_resample(X, y),
        "The 'relevance' parameter of SmoteR",
        message,
        error=error,
    )


@pytest.mark.parametrize(
    ("bins", "message"),
    [
        (1, "must be"),
        (2.5, "must be"),
        ("many", "must be"),
        (True, "must be"),
        ([0, 1], "edges that cover all targets of y (0 to 39)"),
        ([39, 0], "unsorted edges"),
        ([0, 20, 20, 39], "repeated edges"),
        ([], "0 edges"),
        ([0, 100], "bins of which at least two hold targets"),
    ],
)
def test_bins_that_cannot_be(bins, message):
    refused(
        lambda: SmoteR(bins=bins).fit_resample(X, Y),
        "The 'bins' parameter of SmoteR must be",
        message,
    )


def test_bins_and_relevance_exclude_each_other():
    refused(
        lambda: make("SmoteR", bins=5).fit_resample(X, Y),
        "The 'relevance' parameter of SmoteR must be None where 'bins' are given",
    )


class NoEstimator:
    def kneighbors(self, X):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("k_neighbors", "message"),
    [
        (0, "must be an int in the range [1, inf)"),
        (2.5, "must be an int in the range [1, inf)"),
        ("a", "must be an int in the range [1, inf)"),
        (NearestNeighbors(n_neighbors=1), "a search that finds at least 2 rows for each"),
        (NearestNeighbors, "Got <class"),
        (NoEstimator(), "a number or an estimator. Got <"),
        (KNeighborsRegressor(), "an estimator that searches neighbours of X alone"),
    ],
)
@pytest.mark.parametrize("kind", [SmoteR, SMOGN])
def test_searches_that_cannot_be(kind, k_neighbors, message):
    refused(
        lambda: kind(k_neighbors=k_neighbors, relevance=high).fit_resample(X, Y),
        f"The 'k_neighbors' parameter of {kind.__name__} must be",
        message,
    )


def test_a_search_of_ones_own_and_missing_values():
    refused(
        lambda: make("SmoteR", k_neighbors=NearestNeighbors()).fit_resample(GAPS, Y),
        "must be a number where X has missing values",
    )


@pytest.mark.parametrize(
    ("sampler", "parameter"),
    [
        (GaussianNoise(perturbation=-1), "perturbation"),
        (GaussianNoise(perturbation=np.inf), "perturbation"),
        (SMOGN(perturbation=np.nan), "perturbation"),
        (SMOGN(safe_distance="far"), "safe_distance"),
        (SmoteR(interpolation="column"), "interpolation"),
        (SmoteR(threshold=0), "threshold"),
        (SmoteR(threshold=1.5), "threshold"),
        (SmoteR(n_jobs=1.5), "n_jobs"),
        (SmoteR(n_jobs=0), "n_jobs"),
        (SmoteR(n_jobs=10**30), "n_jobs"),
        (SmoteR(random_state="a"), "random_state"),
        (SmoteR(random_state=-1), "random_state"),
        (WERCS(over=-1), "over"),
        (WERCS(over=np.inf), "over"),
        (WERCS(over=1e30, relevance=high), "over"),
        (WERCS(over=1.7e308, relevance=high), "over"),
        (WERCS(under=1.0), "under"),
        (WERCS(noise=2), "noise"),
        (WERCS(relevance=high, under=0.9), "under"),
    ],
    ids=lambda part: str(part).split(" at 0x")[0],
)
def test_other_parameters(sampler, parameter):
    message = f"The '{parameter}' parameter of {type(sampler).__name__} must be"
    for method in (sampler.fit, sampler.fit_resample):
        refused(lambda method=method: method(X, Y), message)
