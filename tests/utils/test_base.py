"""Pickles of all estimators say which version of skdir wrote them."""

import copy
import importlib
import inspect
import pickle
import pkgutil
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.linear_model import Ridge

import skdir
from skdir.density import TargetDensity
from skdir.neural_network import DeepImbalancedRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomOverSampler
from skdir.weighting import LDSWeighter, WeightedRegressor


def public_estimators():
    """Yield all public classes of estimators that can be made."""
    for module in pkgutil.walk_packages(skdir.__path__, "skdir."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        package = importlib.import_module(module.name)
        for name in getattr(package, "__all__", ()):
            kind = getattr(package, name)
            if inspect.isclass(kind) and issubclass(kind, BaseEstimator):
                yield kind


ESTIMATORS = sorted(set(public_estimators()), key=lambda kind: kind.__name__)
X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.exp(X[:, 0])


def make(kind):
    """Return an estimator, not fitted."""
    parameters = inspect.signature(kind).parameters.values()
    return kind(**{p.name: Ridge() for p in parameters if p.default is p.empty})


def other_version(estimator, monkeypatch, version="0.0.7"):
    """Return the pickle of another version."""
    with monkeypatch.context() as patch:
        patch.setattr(skdir, "__version__", version)
        return pickle.dumps(estimator)


def test_the_list_has_estimators_of_all_kinds():
    kinds = {LDSWeighter, TargetDensity, RelevanceFunction, RandomOverSampler, WeightedRegressor}
    assert kinds | {DeepImbalancedRegressor} < set(ESTIMATORS)
    assert len(ESTIMATORS) > 20


@pytest.mark.parametrize("kind", [k for k in ESTIMATORS if not inspect.isabstract(k)])
def test_pickles_have_the_version_and_warn_of_another(kind, monkeypatch):
    estimator = make(kind)
    text = pickle.dumps(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for again in (pickle.loads(text), copy.copy(estimator), copy.deepcopy(estimator)):
            assert type(again) is kind
            assert vars(again).keys() == vars(estimator).keys()
        clone(estimator)
    name = f"Trying to unpickle {kind.__name__} from version 0.0.7 of skdir when using version"
    with pytest.warns(InconsistentVersionWarning, match=name) as caught:
        pickle.loads(other_version(estimator, monkeypatch))
    assert caught[0].message.original_sklearn_version == "0.0.7"
    assert caught[0].message.estimator_name == kind.__name__


FITTED = {
    "weighter": lambda: LDSWeighter().fit(Y),
    "relevance": lambda: RelevanceFunction().fit(Y),
    "regressor": lambda: WeightedRegressor(Ridge(), LDSWeighter()).fit(X, Y),
    "network": lambda: DeepImbalancedRegressor(
        hidden_layer_sizes=(4,), max_epochs=1, device="cpu"
    ).fit(X, Y),
}


def result(estimator):
    return estimator.predict(X) if hasattr(estimator, "predict") else estimator.transform(Y)


@pytest.mark.parametrize("case", FITTED)
def test_fitted_ones_give_the_same(case, monkeypatch, tmp_path):
    estimator = FITTED[case]()
    expected = result(estimator)
    joblib.dump(estimator, tmp_path / "e")
    for again in (copy.deepcopy(estimator), joblib.load(tmp_path / "e")):
        np.testing.assert_array_equal(result(again), expected)
    with pytest.warns(InconsistentVersionWarning):
        again = pickle.loads(other_version(estimator, monkeypatch))
    np.testing.assert_array_equal(result(again), expected)


def test_pickles_before_the_versions_warn():
    estimator = LDSWeighter()
    with pytest.warns(InconsistentVersionWarning, match="from version pre-0.1 of skdir"):
        LDSWeighter.__new__(LDSWeighter).__setstate__(vars(estimator).copy())


def test_a_state_is_not_changed_by_reading_it():
    state = LDSWeighter(bandwidth=3.0).__getstate__()
    before = dict(state)
    again = LDSWeighter.__new__(LDSWeighter)
    again.__setstate__(state)
    assert state == before and "_skdir_version" in state
    assert again.bandwidth == 3.0


class OwnWeighter(LDSWeighter):
    """A weighter of the user's, whose versions are the user's, as in scikit-learn."""


def test_classes_of_the_users_have_no_version_of_ours(monkeypatch):
    assert "_skdir_version" not in OwnWeighter().__getstate__()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pickle.loads(other_version(OwnWeighter(), monkeypatch))


def test_the_warning_survives_a_pickle_of_its_own(monkeypatch):
    with pytest.warns(InconsistentVersionWarning) as caught:
        pickle.loads(other_version(LDSWeighter(), monkeypatch))
    message = caught[0].message
    assert str(pickle.loads(pickle.dumps(message))) == str(message)
