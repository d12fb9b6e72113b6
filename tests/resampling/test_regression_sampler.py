"""Samplers of third parties on RegressionSampler, and the values that samplers hand on."""

import copy
from dataclasses import FrozenInstanceError
from numbers import Real
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import parametrize_with_checks as imblearn_checks
from sklearn.linear_model import Ridge
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks
from test_common_checks import CLASSES_ONLY

from skdir.resampling import WERCS, RegressionSampler, SmoteR
from skdir.resampling._base import NewRows
from skdir.utils._containers.rows import Rows


class Top(NamedTuple):
    """The rows above the quantile, by their positions."""

    rows: np.ndarray


class TopAgain(RegressionSampler):
    """Repeat the rows above a quantile of the target, with noise if wanted."""

    _parameter_constraints = {
        **RegressionSampler._parameter_constraints,
        "quantile": [Real],
        "noise": [Real],
    }

    def __init__(self, *, quantile=0.8, noise=0.0, random_state=None):
        self.quantile = quantile
        self.noise = noise
        self.random_state = random_state

    def _learn(self, y):
        self.threshold_ = np.quantile(y, self.quantile)
        self.sampling_strategy_ = {"over": len(y) // 2}
        return Top(np.flatnonzero(y >= self.threshold_))

    def _fit_resample(self, X, y, learned, rng):
        seeds = rng.choice(learned.rows, len(y) // 2)
        return np.arange(len(y)), (X.add_noise(seeds, self.noise, rng), y[seeds], seeds)


class Halved(RegressionSampler):
    """Keep every second row; a sampler without parameters, that only copies."""

    _reads_features = False

    def _learn(self, y):
        self.sampling_strategy_ = {"under": len(y) // 2}

    def _fit_resample(self, X, y, learned, rng):
        return np.arange(0, len(y), 2), None


THIRD = [TopAgain(random_state=0), TopAgain(noise=0.1, random_state=0), Halved()]


@sklearn_checks(THIRD)
def test_scikit_learn_on_third_parties(estimator, check):
    check(estimator)


_mark = imblearn_checks(THIRD, expected_failed_checks=lambda _: CLASSES_ONLY).mark


@pytest.mark.parametrize(_mark.args[0], list(_mark.args[1]), **_mark.kwargs)
def test_imbalanced_learn_on_third_parties(estimator, check):
    check(estimator)


def frame(n=50):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.integers(0, 9, n)}, index=range(7, n + 7))
    return X, pd.Series(rng.permutation(n), name="y", index=X.index)


def test_rows_and_types_are_remembered():
    X, y = frame()
    sampler = TopAgain(noise=0.5, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    assert sampler.threshold_ == np.quantile(y, 0.8)
    assert len(X_new) == 75
    pd.testing.assert_frame_equal(X_new[:50], X.reset_index(drop=True))
    assert X_new.dtypes.tolist() == X.dtypes.tolist()
    seeds = sampler.sample_indices_[sampler.synthetic_mask_]
    assert len(seeds) == 25
    assert (y.iloc[seeds] >= sampler.threshold_).all()
    assert y_new[50:].tolist() == y.iloc[seeds].tolist()
    assert (X_new["a"][50:].to_numpy() != X["a"].iloc[seeds].to_numpy()).all()
    assert sampler.feature_names_in_.tolist() == ["a", "b"]


def test_a_sampler_that_copies_takes_anything_and_keeps_the_index():
    X, y = frame()
    X["text"] = "anything"
    X_new, y_new = Halved().fit_resample(X, y)
    pd.testing.assert_frame_equal(X_new, X.iloc[::2])
    pd.testing.assert_series_equal(y_new, y.iloc[::2])
    assert get_tags(Halved()).input_tags.string
    assert not get_tags(TopAgain()).input_tags.string


def test_parameters_are_validated_and_a_pipeline_works():
    X, y = frame()
    with pytest.raises(ValueError, match="'quantile' parameter of TopAgain must be"):
        TopAgain(quantile="high").fit(X, y)
    with pytest.raises(ValueError, match="'random_state' parameter of TopAgain must be"):
        TopAgain(random_state="now").fit_resample(X, y)
    assert make_pipeline(TopAgain(), Ridge()).fit(X, y).predict(X).shape == (50,)


def test_a_sampler_without_relevance_has_no_default_one():
    assert list(TopAgain().get_params(deep=True)) == ["noise", "quantile", "random_state"]
    assert Halved().get_params() == {}


def test_two_methods_have_to_be_written():
    with pytest.raises(TypeError, match="_fit_resample.*_learn"):
        RegressionSampler()


# -- values --------------------------------------------------------------------------------------


def high(y):
    return (y >= np.quantile(y, 0.8)).astype(float)


@pytest.mark.parametrize("sampler", [SmoteR(relevance=high), WERCS(relevance=high)])
def test_what_is_learned_is_a_value(sampler):
    """It cannot be set, resampling does not change it, and the same value gives the same rows."""
    X, y = (part.to_numpy(dtype=float) for part in frame())
    learned = sampler._learn(y)
    for name in vars(learned):
        with pytest.raises(FrozenInstanceError):
            setattr(learned, name, None)
    before = copy.deepcopy(learned)
    rows = Rows(X, np.empty((len(y), 0), dtype=np.intp), np.zeros(2, dtype=bool))
    given = X.copy(), y.copy()
    results = [sampler._fit_resample(rows, y, learned, np.random.RandomState(0)) for _ in range(2)]
    np.testing.assert_equal(vars(learned), vars(before))
    np.testing.assert_array_equal(X, given[0])
    np.testing.assert_array_equal(y, given[1])
    (kept, added), (again, added_again) = results
    np.testing.assert_array_equal(kept, again)
    np.testing.assert_array_equal(added.X.numeric, added_again.X.numeric)
    np.testing.assert_array_equal(added.seeds, added_again.seeds)


@pytest.mark.parametrize("n_parts", [1, 2, 5])
def test_new_rows_are_joined_in_order(n_parts):
    rng = np.random.default_rng(0)
    parts = []
    for size in range(1, n_parts + 1):
        X = Rows(rng.normal(size=(size, 2)), rng.integers(0, 3, (size, 1)), np.zeros(2, dtype=bool))
        parts.append(NewRows(X, rng.normal(size=size), rng.integers(0, 9, size)))
    joined = NewRows.join(parts)
    assert len(joined.X) == n_parts * (n_parts + 1) // 2
    np.testing.assert_array_equal(joined.X.numeric, np.vstack([part.X.numeric for part in parts]))
    np.testing.assert_array_equal(joined.X.codes, np.vstack([part.X.codes for part in parts]))
    np.testing.assert_array_equal(joined.y, np.concatenate([part.y for part in parts]))
    np.testing.assert_array_equal(joined.seeds, np.concatenate([part.seeds for part in parts]))


def test_no_new_rows_are_none():
    assert NewRows.join([]) is None
