"""What all regressors around another take over from it."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_selection import RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge
from sklearn.metrics import get_scorer
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import get_tags

from skdir.comparison import compare_strategies
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.weighting import WeightedRegressor

X = np.random.default_rng(0).normal(size=(120, 3))
Y = np.exp(X[:, 0]) + X[:, 1]


class Erratic(DummyRegressor):
    """A regressor that two fits make two of."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


@pytest.mark.parametrize(
    "around", [BandwidthSearchRegressor, BlendRegressor, FoldAwareRegressor, WeightedRegressor]
)
def test_tags_are_those_of_the_regressor_but_for_the_score(around):
    erratic, boosting = (get_tags(around(r)) for r in (Erratic(), HistGradientBoostingRegressor()))
    assert erratic.non_deterministic and not boosting.non_deterministic
    assert boosting.input_tags.allow_nan and not get_tags(around()).input_tags.allow_nan
    # weights may cost the score of scikit-learn's check; targets that are only seen do not
    assert boosting.regressor_tags.poor_score == (around is not FoldAwareRegressor)


def test_a_frozen_regressor_keeps_its_fit_in_all_bags():
    frozen = FrozenEstimator(DecisionTreeRegressor(random_state=0).fit(X, Y))
    model = ResampledBaggingRegressor(frozen, n_estimators=2, random_state=0).fit(X, Y)
    np.testing.assert_allclose(model.predict(X), frozen.predict(X))


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("around", [BlendRegressor, WeightedRegressor])
def test_an_elimination_of_features_that_takes_no_weights_is_resampled(around, routing):
    with config_context(enable_metadata_routing=routing):
        with pytest.raises(ValueError, match=f"{around.__name__} must be .*RFECV.*resample"):
            around(RFECV(Ridge())).fit(X, Y)
        model = around(RFECV(Ridge()), unsupported="resample", random_state=0).fit(X, Y)
        assert model.predict(X).shape == (len(X),)


def test_an_elimination_of_features_hands_weights_on_as_requested():
    weight = np.arange(1.0, len(Y) + 1)
    with config_context(enable_metadata_routing=True):
        scorer = get_scorer("neg_mean_absolute_error").set_score_request(sample_weight=True)
        search = RFECV(Ridge().set_fit_request(sample_weight=True), scoring=scorer, cv=3)
        model = FoldAwareRegressor(search).fit(X, Y, sample_weight=weight)
        by_hand = search.fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(model.predict(X), by_hand.predict(X))


class Mean:
    """Fits and predicts, derived from nothing; what its fit returns is None."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def get_params(self, deep=True):
        return {"shift": self.shift}

    def set_params(self, **params):
        vars(self).update(params)
        return self

    def fit(self, X, y, sample_weight=None):
        self.mean_ = np.average(y, weights=sample_weight) + self.shift

    def predict(self, X):
        return np.full(len(X), self.mean_)


class BareMean(Mean, BaseEstimator):
    """Derived from the base of all estimators, but not from that of regressors."""


AROUND = {
    "weights": WeightedRegressor,
    "fold": FoldAwareRegressor,
    "blend": BlendRegressor,
    "logarithm": LogTargetRegressor,
    "search": lambda regressor: BandwidthSearchRegressor(WeightedRegressor(regressor)),
    "bags": lambda regressor: ResampledBaggingRegressor(regressor, n_estimators=2),
}


@pytest.mark.parametrize("regressor", [Mean(), BareMean()], ids=["plain class", "base class"])
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_regressors_need_no_base_class(around, regressor):
    y = np.exp(X[:, 0])
    model = clone(around(regressor)).fit(X, y)
    assert y.min() < model.predict(X)[0] < y.max()
    assert np.isfinite(model.score(X, y))
    # in a fold its only right value is a mean of the training targets
    if around is FoldAwareRegressor:
        np.testing.assert_allclose(model.predict(X), y.mean())
    if around is LogTargetRegressor:
        np.testing.assert_allclose(model.predict(X), np.exp(X[:, 0].mean()))


@pytest.mark.parametrize("regressor", [Mean(), BareMean()], ids=["plain class", "base class"])
def test_comparisons_take_regressors_without_a_base_class(regressor):
    strategies = ["VANILLA", "LOG", "LDS", "BLEND"]  # pipelines ask for a base class
    table = compare_strategies(regressor, X, np.exp(X[:, 0]), cv=2, strategies=strategies).table()
    assert table["failed folds"].sum() == 0
