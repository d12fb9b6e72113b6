"""Weighters that users bring: what they return is checked, and the error names them."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge

from skdir.ensemble import BlendRegressor
from skdir.weighting import BaseWeighter, WeightedRegressor

X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.exp(X[:, 0])


class ForeignWeighter(BaseEstimator):
    """A weighter that is no BaseWeighter and returns whatever it was given."""

    def __init__(self, result=None):
        self.result = result

    def fit_transform(self, y, sample_weight=None):
        return self.result(len(y)) if callable(self.result) else self.result


class OwnWeighter(BaseWeighter):
    """A BaseWeighter whose raw weights are whatever it was given."""

    _parameter_constraints: dict = {}

    def __init__(self, result=None):
        self.result = result

    def _fit_values(self, y, sample_weight):
        self._result = self.result
        return self._raw(y)

    def _raw(self, y):
        return self._result(len(y)) if callable(self._result) else self._result


def replaced(value, n=60):
    weight = np.ones(n)
    weight[7] = value
    return weight


# What is returned for n targets, and how the message tells it.
BAD = {
    "negative": (lambda n: replaced(-0.5, n), "-0.5 at the least"),
    "NaN": (lambda n: replaced(np.nan, n), "1 NaN"),
    "infinite": (lambda n: replaced(np.inf, n), "1 infinite"),
    "too few": (lambda n: np.ones(n - 1), r"shape \(\d+,\)"),
    "a column": (lambda n: np.ones((n, 1)), r"shape \(\d+, 1\)"),
    "a number": (lambda n: 1.0, r"shape \(\)"),
    "all zero": (np.zeros, "only zeros"),
    "text": (lambda n: ["a"] * n, "list without numbers"),
    "None": (lambda n: None, r"shape \(\)"),
    "digits": (lambda n: ["1"] * n, "list without numbers"),
    "complex": (lambda n: np.ones(n) + 1j, "dtype complex128"),
    "dates": (lambda n: np.arange(n).astype("M8[D]"), "dtype datetime64"),
    "masked": (lambda n: np.ma.masked_array(np.ones(n), np.arange(n) == 7), "1 masked"),
}


@pytest.mark.parametrize("model", [WeightedRegressor, BlendRegressor])
@pytest.mark.parametrize("what", BAD)
def test_weights_of_a_foreign_weighter(what, model):
    result, got = BAD[what]
    regressor = model(Ridge(), weighter=ForeignWeighter(result))
    with pytest.raises(ValueError, match=f"weights of ForeignWeighter must be .* Got .*({got})"):
        regressor.fit(X, Y)


@pytest.mark.parametrize("model", [WeightedRegressor, BlendRegressor])
def test_weights_whose_sum_may_be_infinite_are_refused(model):
    regressor = model(Ridge(), weighter=ForeignWeighter(lambda n: np.full(n, 1e308)))
    with pytest.raises(ValueError, match="weights of ForeignWeighter .* Got 1e.308 at the most"):
        regressor.fit(X, Y)


def test_weights_of_a_foreign_weighter_in_a_deep_regressor():
    from skdir.neural_network import DeepImbalancedRegressor

    model = DeepImbalancedRegressor(weighter=ForeignWeighter(BAD["NaN"][0]), max_epochs=1)
    with pytest.raises(ValueError, match="weights of ForeignWeighter must be .* Got 1 NaN"):
        model.fit(X, Y)


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("what", [what for what in BAD if what not in ("infinite", "masked")])
def test_raw_weights_of_a_base_weighter_at_training_targets(what, method):
    result, got = BAD[what]
    with pytest.raises(ValueError, match=f"weights of OwnWeighter must be .* Got .*({got})"):
        getattr(OwnWeighter(result), method)(Y)


@pytest.mark.parametrize(
    ("later", "got"), [(replaced(-1.0), "-1 at"), (replaced(np.nan), "1 NaN"), (np.ones(3), "(3,)")]
)
def test_raw_weights_of_a_base_weighter_at_other_targets(later, got):
    weighter = OwnWeighter(np.ones(60)).fit(Y)
    weighter._result = later
    with pytest.raises(ValueError, match="weights of OwnWeighter must be") as error:
        weighter.transform(Y)
    assert got in str(error.value)


def test_infinite_raw_weights_mean_that_nothing_is_known():
    weighter = OwnWeighter(np.append(np.ones(59), np.inf))
    np.testing.assert_array_equal(weighter.fit_transform(Y), np.ones(60))


def test_lists_and_whole_numbers_are_weights():
    model = WeightedRegressor(Ridge(), ForeignWeighter([1, 2, 3] * 20)).fit(X, Y)
    expected = Ridge().fit(X, Y, sample_weight=np.tile([1.0, 2.0, 3.0], 20))
    np.testing.assert_allclose(model.predict(X), expected.predict(X), rtol=1e-12)


def test_own_weights_near_the_end_of_float64_are_not_multiplied_to_infinity():
    weight = np.tile([1.0, 2.0, 3.0], 20)
    with pytest.raises(ValueError, match="'sample_weight' parameter of WeightedRegressor.* must"):
        WeightedRegressor(Ridge(), ForeignWeighter(weight)).fit(X, Y, np.full(60, 1e308))
