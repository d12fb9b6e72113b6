"""scikit-learn's common checks on the ensembles."""

from drawn_rows import EXPECTED_FAILURES, AboveMiddle
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.resampling import WERCS, RandomOverSampler
from skdir.weighting import DenseWeighter


# Linear regressors: trees break ties on float noise, so weights do not equal repetition exactly.
@parametrize_with_checks(
    [
        BlendRegressor(cv=3),
        BlendRegressor(Ridge(), share=0.5, locality=1),
        BlendRegressor(
            Ridge(),
            weighter=DenseWeighter(),
            locality=[0, 2],
            cv=2,
            metric="squared_error",
            n_standard_errors=1.0,
        ),
    ]
)
def test_blend(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [
        BlendRegressor(
            KNeighborsRegressor(), share=0.5, locality=0, unsupported="resample", random_state=0
        ),
        ResampledBaggingRegressor(
            LinearRegression(),
            sampler=RandomOverSampler(relevance=AboveMiddle()),
            n_estimators=2,
            random_state=0,
        ),
        ResampledBaggingRegressor(
            sampler=WERCS(relevance=AboveMiddle()),
            sample_method=None,
            n_estimators=2,
            max_samples=0.8,
            bootstrap=False,
            random_state=0,
        ),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_drawn_rows(estimator, check):
    check(estimator)
