"""A class where an instance of it is meant is refused by the name of the parameter."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestNeighbors

from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.metrics import squared_error_relevance_area
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomUnderSampler, SmoteR
from skdir.weighting import LDSWeighter, RelevanceWeighter, WeightedRegressor

X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.exp(X[:, 0])
REFUSED = (TypeError, ValueError)


class NoEstimator:
    """A weighter that cannot be cloned."""

    def fit_transform(self, y, sample_weight=None):
        return np.ones(len(y))


class Plain(BaseEstimator):
    """A weighter that knows of no weights."""

    def fit_transform(self, y):
        return np.linspace(1, 2, len(y))


@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (WeightedRegressor(Ridge(), weighter=LDSWeighter), "weighter"),
        (WeightedRegressor(Ridge(), weighter=NoEstimator()), "weighter"),
        (BlendRegressor(Ridge(), weighter=LDSWeighter), "weighter"),
        (BlendRegressor(Ridge(), cv=KFold), "cv"),
        (ResampledBaggingRegressor(Ridge(), sampler=RandomUnderSampler), "sampler"),
        (SmoteR(k_neighbors=NearestNeighbors), "k_neighbors"),
        (SmoteR(relevance=RelevanceFunction), "relevance"),
    ],
)
def test_estimators(estimator, name):
    call = estimator.fit_resample if hasattr(estimator, "fit_resample") else estimator.fit
    with pytest.raises(REFUSED, match=f"'{name}' parameter of {type(estimator).__name__} "):
        call(X, Y)


def test_weighters_and_metrics():
    with pytest.raises(REFUSED, match="'relevance' parameter of RelevanceWeighter "):
        RelevanceWeighter(relevance=RelevanceFunction).fit(Y)
    with pytest.raises(REFUSED, match="'relevance' parameter of squared_error_relevance_area "):
        squared_error_relevance_area(Y, Y, relevance=RelevanceFunction)


def test_the_deep_regressor():
    pytest.importorskip("skorch")
    from skdir.neural_network import FDS, DeepImbalancedRegressor

    for name, value in (("weighter", LDSWeighter), ("weighter", NoEstimator()), ("fds", FDS)):
        model = DeepImbalancedRegressor(**{name: value}, max_epochs=1, device="cpu")
        with pytest.raises(ValueError, match=f"'{name}' parameter of DeepImbalancedRegressor "):
            model.fit(X, Y)
    model = DeepImbalancedRegressor(weighter=Plain(), max_epochs=1, device="cpu").fit(X, Y)
    with pytest.raises(ValueError, match=r"'weighter' .*partial_fit .* a method 'transform'"):
        model.partial_fit(X, Y)


def test_a_weighter_need_not_know_of_weights_that_are_not_there():
    expected = Ridge().fit(X, Y, np.linspace(1, 2, len(Y))).predict(X)
    model = WeightedRegressor(Ridge(), weighter=Plain()).fit(X, Y)
    np.testing.assert_allclose(model.predict(X), expected)
