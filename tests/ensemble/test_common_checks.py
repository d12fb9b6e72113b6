"""scikit-learn's common checks on the ensembles."""

from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.ensemble import BlendRegressor
from skdir.weighting import DenseWeighter

_REDRAWN = "rows are drawn at random, so weights equal repeated rows only in expectation"
_DRAWS = {
    "check_sample_weight_equivalence_on_dense_data": _REDRAWN,
    "check_sample_weight_equivalence_on_sparse_data": _REDRAWN,
}


# Linear regressors: trees break ties on float noise, so weights do not equal repetition exactly.
@parametrize_with_checks(
    [
        BlendRegressor(),
        BlendRegressor(Ridge(), share=0.5, exponent=1.0),
        BlendRegressor(Ridge(), weighter=DenseWeighter(), exponent=[0.3, 2.0], cv=3),
        BlendRegressor(Ridge(), metric="squared_error", n_standard_errors=1.0),
    ]
)
def test_blend(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [BlendRegressor(KNeighborsRegressor(), unsupported="resample", random_state=0)],
    expected_failed_checks=lambda _: _DRAWS,
)
def test_blend_of_a_regressor_without_weights(estimator, check):
    check(estimator)
