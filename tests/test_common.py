"""The common checks, on every estimator."""

import numpy as np
import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from skdir.density import TargetDensity
from skdir.relevance import RelevanceFunction
from skdir.utils.estimator_checks import check_weighter, parametrize_with_checks
from skdir.weighting import (
    BaseWeighter,
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    WeightedRegressor,
)

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
]


@parametrize_with_checks(WEIGHTERS)
def test_weighter(weighter, check):
    check(weighter)


@pytest.mark.parametrize("estimator", [*WEIGHTERS, TargetDensity()], ids=lambda e: type(e).__name__)
def test_scikit_learn_on_weighters_and_density(estimator):
    # scikit-learn runs its few checks that need no X, and says that it has no others
    with pytest.warns(SkipTestWarning, match="Can't test estimator"):
        results = check_estimator(estimator)
    assert all(result["status"] == "passed" for result in results)
    assert results


@pytest.mark.parametrize(
    "estimator",
    [LDSWeighter(), TargetDensity(), RelevanceFunction()],
    ids=lambda e: type(e).__name__,
)
def test_tags_are_those_of_estimators_that_take_only_a_target(estimator):
    ours, known = get_tags(estimator), get_tags(LabelEncoder())
    assert ours.input_tags == known.input_tags
    assert ours.target_tags.one_d_labels == known.target_tags.one_d_labels is True
    assert ours.target_tags.required


# Linear regressors: trees break ties on float noise, so weights do not equal repetition exactly.
@sklearn_checks(
    [
        WeightedRegressor(),
        WeightedRegressor(LinearRegression(), LDSWeighter(reweight="inverse")),
        WeightedRegressor(Ridge(), LDSWeighter(bins=5)),
        WeightedRegressor(Ridge(), InverseFrequencyWeighter()),
        WeightedRegressor(Ridge(), DenseWeighter()),
    ]
)
def test_scikit_learn_on_weighted_regressor(estimator, check):
    check(estimator)


_REDRAWN = "rows are drawn at random, so weights equal repeated rows only in expectation"


@sklearn_checks(
    [WeightedRegressor(KNeighborsRegressor(), unsupported="resample", random_state=0)],
    expected_failed_checks=lambda _: {
        "check_sample_weight_equivalence_on_dense_data": _REDRAWN,
        "check_sample_weight_equivalence_on_sparse_data": _REDRAWN,
    },
)
def test_scikit_learn_on_resampling_regressor(estimator, check):
    check(estimator)


class _Broken(BaseWeighter):
    """A weighter whose weights depend on the order of the rows."""

    _parameter_constraints: dict = {}

    def _fit_values(self, y, sample_weight):
        return np.arange(1.0, len(y) + 1), sample_weight, None

    def _raw(self, y):
        return np.arange(1.0, len(y) + 1)


def test_checks_can_fail():
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check_weighter(_Broken())
