"""Source of estimators and splitters: evaluating it gives the same object."""

import imblearn.pipeline
import imblearn.under_sampling
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, RepeatedKFold, ShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, RandomUnderSampler, SmoteR
from skdir.utils._text.source import NotExpressibleError, to_source
from skdir.weighting import LDSWeighter, WeightedRegressor

VALUES = [
    None,
    3,
    2.5,
    "it's",
    (1,),
    [1, (2, "a")],
    {1},
    set(),
    {"a": [1]},
    np.float64(0.5),
    Ridge(),
    Ridge(alpha=0.5, solver="svd"),
    make_pipeline(StandardScaler(), Ridge(3)),
    make_pipeline(FunctionTransformer(np.log1p), Ridge()),
    WeightedRegressor(Ridge(), LDSWeighter(reweight=0.25, clip=(0.1, 5.0))),
    VotingRegressor([("a", Ridge()), ("b", Ridge(2))], weights=[1.0, 2.0]),
    TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
    SmoteR(relevance=RelevanceFunction(degenerate="quantile"), sampling_strategy={0: 9, 1: 9}),
    imblearn.pipeline.Pipeline([("sampler", SMOGN(k_neighbors=3)), ("regressor", Ridge(2.0))]),
    imblearn.pipeline.make_pipeline(WERCS(), make_pipeline(StandardScaler(), Ridge(3.0))),
    make_pipeline(StandardScaler(), imblearn.pipeline.make_pipeline(SmoteR(), Ridge())),
    [RandomUnderSampler(), imblearn.under_sampling.RandomUnderSampler(sampling_strategy="all")],
    KFold(3, shuffle=True, random_state=1),
    RepeatedKFold(n_splits=4, n_repeats=2, random_state=0),
    ShuffleSplit(2, test_size=0.3),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_source_makes_it_again(value):
    imports = set()
    source = to_source(value, imports)
    scope = {}
    exec("\n".join(imports), scope)
    again = eval(source, scope)
    assert repr(again) == repr(value.item() if isinstance(value, np.generic) else value)
    assert type(again) is type(value) or isinstance(value, np.generic)
    assert not any("._" in line for line in imports)


def test_two_pipelines_of_one_name_stay_what_they_are():
    inner = Pipeline([("scale", StandardScaler()), ("ridge", Ridge())])
    value = imblearn.pipeline.Pipeline([("sampler", SmoteR()), ("regressor", inner)])
    for thing in (value, [inner, value], {"a": inner, "b": value}):
        imports, scope = set(), {}
        source = to_source(thing, imports)
        exec("\n".join(imports), scope)
        again = eval(source, scope)
        parts = list(again.values()) if isinstance(again, dict) else again
        both = [again] if thing is value else [parts[1]]
        assert type(both[0]) is imblearn.pipeline.Pipeline
        assert type(both[0].steps[1][1]) is Pipeline
        assert type(parts[0]) is Pipeline or thing is value


def test_names_that_are_imported_already_are_not_taken():
    imports = {"from mine import SmoteR, Ridge as R", "import numpy as np", "from (no", "\0"}
    source = to_source([SmoteR(), Ridge()], imports)
    assert source == "[skdir.resampling.SmoteR(), Ridge()]"
    assert "import skdir.resampling" in imports


def test_numbers_that_are_not_finite():
    for value in (np.inf, -np.inf, np.nan):
        np.testing.assert_equal(eval(to_source(value, set())), value)


def test_numpy_values_become_plain_ones():
    assert to_source(np.array([1.0, 2.5]), set()) == "[1.0, 2.5]"
    assert to_source(Ridge(alpha=np.float32(0.5)), set()) == "Ridge(alpha=0.5)"


def test_only_changed_parameters_are_written():
    assert to_source(Ridge(alpha=1.0), set()) == "Ridge()"
    assert to_source(Ridge(alpha=2.0), set()) == "Ridge(alpha=2.0)"


DEFAULT = object()


class OddDefault(BaseEstimator):
    """An estimator whose default has no source."""

    def __init__(self, value=DEFAULT):
        self.value = value


def test_a_default_without_source_is_not_written():
    imports = set()
    assert to_source(OddDefault(3), imports) == "OddDefault(value=3)"
    with pytest.raises(NotExpressibleError, match="object has no source"):
        to_source(OddDefault(), imports)


class Keepless:
    """A splitter that does not keep its parameter."""

    def __init__(self, seed):
        pass

    def split(self, X, y=None, groups=None):
        yield [0], [1]

    def get_n_splits(self, X=None, y=None, groups=None):
        return 1


@pytest.mark.parametrize(
    "value",
    [
        Ridge(random_state=np.random.RandomState(0)),
        lambda x: x,
        object(),
        np.zeros((2, 2)),
        iter([]),
        Keepless(3),
    ],
)
def test_what_cannot_be_written_says_so(value):
    with pytest.raises(NotExpressibleError):
        to_source(value, set())


def test_names_of_the_running_script_cannot_be_imported(monkeypatch):
    class Mine(Ridge):
        pass

    monkeypatch.setattr(Mine, "__module__", "__main__")
    with pytest.raises(NotExpressibleError, match="running script"):
        to_source(Mine(), set())
