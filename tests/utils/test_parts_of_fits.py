"""What fits inside of estimators share: seeds, rows, folds, weights, and what an object is."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import RandomForestRegressor, StackingRegressor
from sklearn.linear_model import SGDRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.utils import Tags, check_random_state

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.resampling import SmoteR
from skdir.utils._estimators.protocols import (
    REGRESSOR,
    SAMPLER,
    WEIGHTER,
    looks_like_regressor,
    looks_like_sampler,
    looks_like_weighter,
)
from skdir.utils._estimators.tags import StrategyTags, strategy_tags, with_strategy_tags
from skdir.utils._fitting.folds import keep_rows
from skdir.utils._fitting.rows import take_rows, take_weight, used_rows
from skdir.utils._fitting.sample_weight import multiply_weights
from skdir.utils._fitting.seeds import set_seed, set_seeds
from skdir.utils._sklearn_compat import InvalidParameterError, validate_params_of
from skdir.weighting import LDSWeighter, WeightedRegressor


def make_seeded():
    return make_pipeline(
        QuantileTransformer(random_state=7), WeightedRegressor(SGDRegressor(), unsupported="raise")
    )


def seeds_of(estimator):
    params = estimator.get_params()
    return {k: v for k, v in params.items() if k.split("__")[-1] == "random_state"}


def test_one_seed_goes_where_there_is_none():
    estimator = make_seeded()
    assert set_seed(estimator, 3) is estimator
    assert seeds_of(estimator) == {
        "quantiletransformer__random_state": 7,
        "weightedregressor__random_state": 3,
        "weightedregressor__regressor__random_state": 3,
    }
    assert seeds_of(set_seed(make_seeded(), None)) == seeds_of(make_seeded())


def test_seeds_of_their_own_go_everywhere_and_follow_the_generator():
    first, second = (set_seeds(make_seeded(), check_random_state(0)) for _ in range(2))
    seeds = seeds_of(first)
    assert seeds == seeds_of(second)
    assert len(set(seeds.values())) == 3 and 7 not in seeds.values()
    drawn = check_random_state(0).randint(np.iinfo(np.int32).max, size=3)
    assert [seeds[name] for name in sorted(seeds)] == drawn.tolist()


class ReturnsNothing(BaseEstimator):
    """Sets parameters and returns nothing."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def set_params(self, **params):
        super().set_params(**params)


def test_the_estimator_comes_back_whatever_set_params_returns():
    for seed, set_it in ((5, set_seed), (check_random_state(1), set_seeds)):
        estimator = ReturnsNothing()
        assert set_it(estimator, seed) is estimator
        assert estimator.random_state is not None


def test_rows_of_positive_weight():
    np.testing.assert_array_equal(used_rows(None, 3), [0, 1, 2])
    np.testing.assert_array_equal(used_rows(np.array([0.0, 2.0, 0.0, 1e-300]), 4), [1, 3])
    assert take_weight(None, [0]) is None
    np.testing.assert_array_equal(take_weight(np.array([1.0, 2.0, 3.0]), [2, 2]), [3.0, 3.0])


def test_entries_of_rows_follow_and_others_stay():
    params = {"list": ["a", "b", "c"], "text": "abc", "set": {1, 2, 3}, "two": [1, 2], "none": None}
    taken = take_rows(params, np.array([2, 0, 2]), 3)
    assert taken == {**params, "list": ["c", "a", "c"]}


def test_folds_of_some_rows():
    folds = [(np.array([0, 1, 2]), np.array([3, 4])), (np.array([3, 4, 3]), np.array([0, 1]))]
    kept = keep_rows(folds, np.array([1, 3]))
    assert [[part.tolist() for part in fold] for fold in kept] == [[[1], [3]], [[3, 3], [1]]]


def test_products_of_weights():
    weight = np.array([1.0, 2.0])
    np.testing.assert_array_equal(multiply_weights(weight, np.array([3.0, 0.0])), [3.0, 0.0])
    copy = multiply_weights(weight, None)
    copy[:] = 9.0
    np.testing.assert_array_equal(weight, [1.0, 2.0])
    assert multiply_weights(weight * 1e200, weight * 1e200).tolist() == [np.inf, np.inf]


def test_parameters_of_any_estimator_are_validated():
    validate_params_of(SmoteR())
    validate_params_of(FDS())
    with pytest.raises(InvalidParameterError, match="'k_neighbors' parameter of SmoteR"):
        validate_params_of(SmoteR(k_neighbors=0))


@pytest.mark.parametrize(
    ("value", "regressor", "sampler", "weighter"),
    [
        (RandomForestRegressor(), True, False, False),
        (StackingRegressor([("a", SGDRegressor())]), True, False, True),  # it transforms, too
        (RandomForestRegressor, False, False, False),
        (SmoteR(), False, True, False),
        (SmoteR, False, False, False),
        (LDSWeighter(), False, False, True),
        (LDSWeighter, False, False, False),
        ("VANILLA", False, False, False),
        (None, False, False, False),
    ],
)
def test_what_an_object_is_and_the_constraints_of_it_agree(value, regressor, sampler, weighter):
    told = (looks_like_regressor(value), looks_like_sampler(value), looks_like_weighter(value))
    assert told == (regressor, sampler, weighter)
    assert tuple(c[0].is_satisfied_by(value) for c in (REGRESSOR, SAMPLER, WEIGHTER)) == told


class OnlyMixin(RegressorMixin):
    """Its tags raise, since nothing below the mixin has any."""


def test_tags_among_strategies():
    assert strategy_tags(DeepImbalancedRegressor()) == StrategyTags("model", deep=True)
    assert strategy_tags(WeightedRegressor()) == StrategyTags("weights")
    for other in (StandardScaler(), object(), OnlyMixin(), "passthrough", WeightedRegressor):
        assert strategy_tags(other) == StrategyTags(None, deep=False)


def test_strategy_tags_keep_those_of_scikit_learn():
    tags = SGDRegressor().__sklearn_tags__()
    both = with_strategy_tags(tags, kind="mean")
    assert isinstance(both, Tags) and both.strategy_tags == StrategyTags("mean")
    for name in ("estimator_type", "target_tags", "regressor_tags", "input_tags", "no_validation"):
        assert getattr(both, name) is getattr(tags, name)
