"""The common checks, on every estimator."""

import numpy as np
import pytest
from drawn_rows import EXPECTED_FAILURES
from sklearn.exceptions import SkipTestWarning
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.utils.estimator_checks import parametrize_with_checks
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)


def distance_from_six(y):
    """A relevance in units of y."""
    return np.minimum(np.abs(np.asarray(y) - 6.0) / 20.0, 1.0)


QUANTILE = RelevanceFunction(degenerate="quantile")

WEIGHTERS = [
    LDSWeighter(),
    LDSWeighter(reweight="inverse", bandwidth="scott"),
    LDSWeighter(reweight=0.3, kernel="laplacian"),
    LDSWeighter(kernel="triangular", boundary="renormalize"),
    LDSWeighter(boundary="zero", clip=(0.2, 4.0)),
    LDSWeighter(bins=20),
    LDSWeighter(bins=20, kernel=None),
    LDSWeighter(bins=20, kernel=[1, 2, 1], root_first=True, clip_counts=(2, 50)),
    LDSWeighter(bins="integer", kernel_size=5),
    LDSWeighter(bins=np.linspace(-500, 600, 2000) ** 3 / 1e4, bandwidth=2.0),
    LDSWeighter(bandwidth=0.7),
    InverseFrequencyWeighter(),
    InverseFrequencyWeighter(bins=7, reweight="inverse", clip=(0.0, 3.0)),
    InverseFrequencyWeighter(bins="integer"),
    DenseWeighter(),
    DenseWeighter(alpha=0.5, eps=0.01, bandwidth="scott", boundary="zero"),
    RelevanceWeighter(),
    RelevanceWeighter(floor=0.1),
    RelevanceWeighter(floor=1.0),
    RelevanceWeighter(relevance=QUANTILE),
    RelevanceWeighter(relevance=RelevanceFunction(extremes="high", boxplot="adjusted"), floor=0.01),
    RelevanceWeighter(relevance=RelevanceFunction(method="density")),
    RelevanceWeighter(relevance=RelevanceFunction(method="density", bandwidth=0.7)),
    RelevanceWeighter(relevance=distance_from_six),
]
RELEVANCES = [
    RelevanceFunction(),
    RelevanceFunction(extremes="high"),
    RelevanceFunction(extremes="low", coef=0.2),
    RelevanceFunction(boxplot="adjusted"),
    RelevanceFunction(boxplot="adjusted", extremes="low", coef=1.0),
    QUANTILE,
    RelevanceFunction(method="quantile"),
    RelevanceFunction(method="quantile", extremes="high", quantiles=(0.2, 0.95)),
    RelevanceFunction(method="density"),
    RelevanceFunction(method="density", extremes="high", bandwidth="isj"),
    RelevanceFunction(method="density", extremes="low", bandwidth=0.7, degenerate="quantile"),
    RelevanceFunction(method="control_points", control_points=[[0, 0.2], [4, 0], [9, 1]]),
    RelevanceFunction(method="control_points", control_points=[[2, 1, 0], [6, 0, 0], [20, 1, 0]]),
]


@parametrize_with_checks([*WEIGHTERS, *RELEVANCES])
def test_weighter_or_relevance(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "estimator", [*WEIGHTERS, *RELEVANCES, TargetDensity()], ids=lambda e: type(e).__name__
)
def test_scikit_learn_on_estimators_of_a_target(estimator):
    # scikit-learn runs its few checks that need no X, and says that it has no others
    with pytest.warns(SkipTestWarning, match="Can't test estimator"):
        results = check_estimator(estimator)
    assert all(result["status"] == "passed" for result in results)
    assert results


@pytest.mark.parametrize(
    "estimator",
    [LDSWeighter(), RelevanceWeighter(), TargetDensity(), RelevanceFunction()],
    ids=lambda e: type(e).__name__,
)
def test_tags_are_those_of_estimators_that_take_only_a_target(estimator):
    ours, known = get_tags(estimator), get_tags(LabelEncoder())
    assert ours.input_tags == known.input_tags
    assert ours.target_tags.one_d_labels == known.target_tags.one_d_labels is True
    assert ours.target_tags.required


# With nothing set it is checked in test_defaults.py.
# Linear regressors: trees break ties on float noise, so weights do not equal repetition exactly.
@sklearn_checks(
    [
        WeightedRegressor(LinearRegression(), LDSWeighter(reweight="inverse")),
        WeightedRegressor(Ridge(), LDSWeighter(bins=5)),
        WeightedRegressor(Ridge(), InverseFrequencyWeighter()),
        WeightedRegressor(Ridge(), DenseWeighter()),
        WeightedRegressor(Ridge(), RelevanceWeighter(relevance=QUANTILE)),
        WeightedRegressor(Ridge(), RelevanceWeighter(relevance=QUANTILE, floor=0.1)),
    ]
)
def test_scikit_learn_on_weighted_regressor(estimator, check):
    check(estimator)


@sklearn_checks(
    [WeightedRegressor(KNeighborsRegressor(), unsupported="resample", random_state=0)],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_on_resampling_regressor(estimator, check):
    check(estimator)
