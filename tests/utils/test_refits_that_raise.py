"""A refit that raises leaves an estimator as it was, and all that is in it."""

import importlib
import inspect
import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge

import skdir
from skdir.compose import LogTargetRegressor
from skdir.ensemble import BlendRegressor, ResampledBaggingRegressor
from skdir.model_selection import BandwidthSearchRegressor, FoldAwareRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import RandomOverSampler
from skdir.weighting import LDSWeighter, WeightedRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(90, 3))
Y = np.exp(X[:, 0] + 0.3 * rng.normal(size=90))


class Blown(ValueError):
    """The error of the fuse."""


class Fuse:
    """Lets some calls pass and raises in the next."""

    left, error = np.inf, Blown

    @classmethod
    def burn(cls):
        cls.left -= 1
        if cls.left < 0:
            raise cls.error("the fuse is blown")


class Regressor(Ridge):
    def fit(self, X, y, sample_weight=None):
        Fuse.burn()
        return super().fit(X, y, sample_weight)

    def predict(self, X):
        Fuse.burn()
        return super().predict(X)


class Weighter(LDSWeighter):
    def fit_transform(self, y, sample_weight=None):
        Fuse.burn()
        weight = super().fit_transform(y, sample_weight=sample_weight)
        Fuse.burn()
        return weight


class Sampler(RandomOverSampler):
    def fit_resample(self, X, y):
        Fuse.burn()
        return super().fit_resample(X, y)


class Relevance(RelevanceFunction):
    def fit(self, y, sample_weight=None):
        Fuse.burn()
        return super().fit(y, sample_weight)


MODELS = {
    "WeightedRegressor": WeightedRegressor(Regressor(), Weighter()),
    "resample": WeightedRegressor(Regressor(), Weighter(), unsupported="resample"),
    "FoldAwareRegressor": FoldAwareRegressor(Regressor(), Relevance(degenerate="quantile")),
    "BlendRegressor": BlendRegressor(Regressor(), weighter=Weighter(), cv=2, random_state=0),
    "ResampledBaggingRegressor": ResampledBaggingRegressor(
        Regressor(),
        sampler=Sampler(bins=[0, 2, 1000]),
        n_estimators=4,
        oob_score=True,
        random_state=0,
    ),
    "LogTargetRegressor": LogTargetRegressor(Regressor()),
    "BandwidthSearchRegressor": BandwidthSearchRegressor(
        WeightedRegressor(Regressor(), Weighter()), multiples=(1, 2), cv=2, random_state=0
    ),
    "nested": FoldAwareRegressor(BlendRegressor(LogTargetRegressor(Regressor()), cv=2)),
}


@pytest.fixture(autouse=True)
def whole_fuse():
    yield
    Fuse.left, Fuse.error = np.inf, Blown


@pytest.mark.filterwarnings("ignore:.*in every bag")
@pytest.mark.parametrize("error", [Blown, KeyboardInterrupt])
@pytest.mark.parametrize("name", MODELS)
def test_a_fit_interrupted_anywhere_changes_nothing(name, error):
    model = MODELS[name].fit(X, Y)
    attributes, state = dict(vars(model)), pickle.dumps(model)
    before = model.predict(X)
    Fuse.error = error
    for passed in range(200):
        Fuse.left = passed
        try:
            model.fit(X[:60, :2] * 3, Y[:60] * 2)
        except error:
            pass
        else:
            break
        Fuse.left = np.inf
        assert vars(model) == attributes and pickle.dumps(model) == state
        np.testing.assert_array_equal(model.predict(X), before)
    assert 0 < passed < 199  # it was interrupted, and in the end it was not
    assert model.n_features_in_ == 2


@pytest.mark.filterwarnings("ignore:.*in every bag")
@pytest.mark.parametrize("name", MODELS)
def test_a_first_fit_that_raises_leaves_it_unfitted(name):
    model = pickle.loads(pickle.dumps(MODELS[name]))
    for attribute in [a for a in vars(model) if a not in model.get_params(deep=False)]:
        delattr(model, attribute)
    state = dict(vars(model))
    Fuse.left = 0
    with pytest.raises(Blown, match="fuse"):
        model.fit(X, Y)
    assert vars(model) == state


class Own(BaseEstimator):
    """A weighter that returns an array that it keeps."""

    def fit_transform(self, y, sample_weight=None):
        self.kept_ = np.ones(len(y))
        return self.kept_


def test_weights_are_no_array_of_somebody_else():
    model = WeightedRegressor(Ridge(), Own()).fit(X, Y)
    model.weighter_.kept_[:] = 7
    assert (model.sample_weight_ == 1).all()


# Bases of estimators, which lack an algorithm.
BASES = {"BaseResampler", "BaseWeighter"}
METHODS = ("fit", "partial_fit", "fit_transform", "fit_resample")


def public_classes():
    """Yield the public classes that fit, with their names."""
    for package in skdir._SUBMODULES:
        module = importlib.import_module(f"skdir.{package}")
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isclass(item) and hasattr(item, "fit") and not inspect.isabstract(item):
                yield name, item


PUBLIC = {name: item for name, item in public_classes() if name not in BASES}
FITS = [(name, m) for name, item in PUBLIC.items() for m in METHODS if hasattr(item, m)]


def test_methods_that_fit_are_found():
    assert ("LDSWeighter", "partial_fit") in FITS and ("SMOGN", "fit") in FITS
    assert ("PairTokenizer", "fit_transform") in FITS and ("TargetDensity", "partial_fit") in FITS
    assert ("DeepImbalancedRegressor", "partial_fit") in FITS


def call(estimator, method, X, y, **weights):
    """Call a method that fits with what it takes."""
    names = inspect.signature(getattr(estimator, method)).parameters
    weights = weights if "sample_weight" in names else {}
    rows = (y,) if "X" not in names else (X, y)
    return getattr(estimator, method)(*rows, **weights)


@pytest.mark.filterwarnings("ignore:.*no outliers by the box plot", "ignore:WERCS removes")
@pytest.mark.parametrize(("name", "method"), FITS)
def test_whatever_raises_in_a_method_that_fits_changes_nothing(name, method):
    x = X.copy()
    if name == "PairTokenizer":
        x = np.array([["a word", "two words"]] * 45 + [["words", "a b c"]] * 45, dtype=object)
    estimator = PUBLIC[name]()
    if "random_state" in estimator.get_params(deep=False):
        estimator.set_params(random_state=0)
    if name == "DeepImbalancedRegressor":
        estimator.set_params(max_epochs=2, hidden_layer_sizes=(4,))
    y = np.append(Y[3:], [30.0, 40.0, 50.0])  # outliers, so that all find rare targets
    call(estimator, method, x, y)
    attributes, state = dict(vars(estimator)), pickle.dumps(estimator)
    bad = []
    if name != "PairTokenizer":  # which looks at no target
        bad += [(x, np.append(y[1:], np.nan), {}), (x, y.astype(str), {})]
    if "X" in inspect.signature(getattr(estimator, method)).parameters:
        bad.append((np.array(7.0), y, {}))
    if "sample_weight" in inspect.signature(getattr(estimator, method)).parameters:
        bad += [(x, y, {"sample_weight": -np.ones(90)}), (x, y, {"sample_weight": np.ones(7)})]
    for rows in bad:
        with pytest.raises((ValueError, TypeError)):
            call(estimator, method, *rows[:2], **rows[2])
        assert vars(estimator) == attributes
    for parameter, value in estimator.get_params(deep=False).items():
        estimator.set_params(**{parameter: object()})
        with pytest.raises((ValueError, TypeError)):
            call(estimator, method, x, y * 2)
        estimator.set_params(**{parameter: value})
        assert vars(estimator) == attributes, parameter
    assert pickle.dumps(estimator) == state
