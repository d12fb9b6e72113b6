"""Every public estimator with nothing set: real data, scikit-learn's checks, failed refits."""

import importlib
import inspect
import pickle

import numpy as np
import pytest
from drawn_rows import EXPECTED_FAILURES
from sklearn.base import BaseEstimator
from sklearn.datasets import load_diabetes
from sklearn.utils.estimator_checks import parametrize_with_checks

import skdir

# scikit-learn's checks and diabetes have targets without outliers; samplers say what they do then.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*no outliers by the box plot:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*nothing to balance:UserWarning"),
    pytest.mark.filterwarnings("ignore:WERCS removes .* in place of:UserWarning"),
]

# Takes rows of texts, so there are no numbers that scikit-learn's checks or diabetes could give.
OF_TEXTS = {"PairTokenizer"}
# Bases of estimators; what they lack is the algorithm.
BASES = {"BaseResampler", "BaseWeighter", "RegressionSampler"}


def public_classes():
    """Return the public classes of estimators that fit, by name."""
    found = {}
    for package in skdir._SUBMODULES:
        module = importlib.import_module(f"skdir.{package}")
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isclass(item) and issubclass(item, BaseEstimator) and hasattr(item, "fit"):
                found[name] = item
    return found


CLASSES = {k: v for k, v in public_classes().items() if k not in OF_TEXTS | BASES}
OF_TARGETS = {
    name for name, kind in CLASSES.items() if "X" not in inspect.signature(kind.fit).parameters
}


def make(name):
    """Return an estimator with nothing set, but for a seed where it draws."""
    estimator = CLASSES[name]()
    if "random_state" in estimator.get_params(deep=False):
        estimator.set_params(random_state=0)
    return estimator


def fit(name, estimator, X, y):
    """Fit to rows; return what it says of them."""
    if name in OF_TARGETS:
        fitted = estimator.fit(y)
        method = next(m for m in ("density", "is_rare", "transform") if hasattr(estimator, m))
        return getattr(fitted, method)(y).astype(float)
    if hasattr(estimator, "fit_resample"):
        return estimator.fit_resample(X, y)[1]
    return estimator.fit(X, y).predict(X)


def test_all_kinds_of_estimators_are_found():
    assert {"LDSWeighter", "SmoteR", "DeepImbalancedRegressor", "BlendRegressor"} < CLASSES.keys()
    assert {"TargetDensity", "RelevanceFunction", "DenseWeighter", "RareTargets"} < OF_TARGETS


@pytest.mark.parametrize("name", CLASSES)
def test_fits_diabetes_with_nothing_set(name):
    X, y = load_diabetes(return_X_y=True)
    result = fit(name, CLASSES[name](), X, y)
    assert np.isfinite(result).all()
    assert np.ptp(result) > 0


@pytest.mark.parametrize("name", CLASSES)
def test_a_fit_that_raises_leaves_the_estimator_as_it_was(name):
    X, y = np.random.default_rng(0).normal(size=(80, 3)), np.random.default_rng(1).gamma(2, size=80)
    y[:3] += 20.0  # outliers, so that all relevances have something to tell apart
    estimator = make(name)
    fit(name, estimator, X, y)
    attributes, state = dict(vars(estimator)), pickle.dumps(estimator)
    bad = {
        "NaN in y": (X, np.append(y[1:], np.nan)),
        "text": (X, y.astype(str)),
        "dates": (X, (y * 1e9).astype("datetime64[s]")),
        "durations": (X, (y * 1e9).astype("timedelta64[s]")),
        "bytes": (X, y.astype("S")),
        "masked": (X, np.ma.array(y, mask=y > y.mean())),
        "beyond float64": (X, np.append(y[1:].astype(object), 10**400)),
    }
    if name not in OF_TARGETS:
        bad["too few rows of X"] = (X[1:], y)
        bad["other columns, NaN in y"] = (X[:, :2], np.append(y[1:], np.nan))
    for what, rows in bad.items():
        with pytest.raises(ValueError):
            fit(name, estimator, *rows)
        assert vars(estimator) == attributes, what
    for parameter, value in estimator.get_params(deep=False).items():
        estimator.set_params(**{parameter: object()})
        with pytest.raises((ValueError, TypeError)):
            fit(name, estimator, X[:, :2] * 2, y * 2)
        estimator.set_params(**{parameter: value})
        assert vars(estimator) == attributes, parameter
    assert pickle.dumps(estimator) == state


_BATCHES = "batches are of rows, and repeated rows make other batches than weights do"
EXPECTED_TO_FAIL = {
    "ResampledBaggingRegressor": EXPECTED_FAILURES,
    "DeepImbalancedRegressor": {"check_sample_weight_equivalence_on_dense_data": _BATCHES},
}


@parametrize_with_checks(
    [make(name) for name in CLASSES if name not in OF_TARGETS],
    expected_failed_checks=lambda estimator: EXPECTED_TO_FAIL.get(type(estimator).__name__, {}),
)
def test_scikit_learn_with_nothing_set(estimator, check):
    check(estimator)
