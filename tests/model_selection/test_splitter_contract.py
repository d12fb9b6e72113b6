"""What scikit-learn expects of a splitter, and that all of skdir's are one."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    BaseCrossValidator,
    GridSearchCV,
    HalvingGridSearchCV,
    check_cv,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)

from skdir.comparison import compare_strategies
from skdir.model_selection import (
    BinnedStratifiedGroupKFold,
    BinnedStratifiedGroupShuffleSplit,
    BinnedStratifiedKFold,
    BinnedStratifiedShuffleSplit,
    TargetGapSplit,
)

EDGES = [0, 1, 3, 1000]
SPLITTERS = {
    "folds": BinnedStratifiedKFold(4, bins=EDGES),
    "shuffled folds": BinnedStratifiedKFold(4, bins="quantile", shuffle=True, random_state=0),
    "random": BinnedStratifiedShuffleSplit(4, bins=EDGES, test_size=0.3, random_state=0),
    "group folds": BinnedStratifiedGroupKFold(4, bins=EDGES),
    "random groups": BinnedStratifiedGroupShuffleSplit(4, bins=EDGES, random_state=0),
    "gaps": TargetGapSplit(4),
    "inner gaps": TargetGapSplit(4, kind="interpolation", test_size=0.2, random_state=0),
}
PARTITIONS = ["folds", "shuffled folds", "group folds", "gaps"]
GROUPED = ["group folds", "random groups"]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(160, 3))
    y = np.exp(X[:, 0] + 0.3 * rng.normal(size=160))
    return X, y, rng.integers(0, 40, size=160)


def splits_of(name, data):
    X, y, groups = data
    return list(SPLITTERS[name].split(X, y, groups if name in GROUPED else None))


@pytest.mark.parametrize("name", list(SPLITTERS))
class TestEverySplitter:
    def test_parts_are_disjoint_rows(self, name, data):
        splits = splits_of(name, data)
        assert len(splits) == SPLITTERS[name].get_n_splits() == SPLITTERS[name].get_n_splits(*data)
        for train, test in splits:
            assert train.ndim == test.ndim == 1
            assert train.dtype.kind == test.dtype.kind == "i"
            assert len(train) > 0
            assert len(test) > 0
            assert len(np.unique(np.append(train, test))) == len(train) + len(test)
            assert max(train.max(), test.max()) < 160
        if name in PARTITIONS:
            tests = np.concatenate([test for _, test in splits])
            assert_array_equal(np.sort(tests), np.arange(160))

    def test_same_seed_same_splits_and_no_input_is_changed(self, name, data):
        X, y, groups = (array.copy() for array in data)
        for array in (X, y, groups):
            array.setflags(write=False)
        for one, two in zip(splits_of(name, data), splits_of(name, (X, y, groups)), strict=True):
            for a, b in zip(one, two, strict=True):
                assert_array_equal(a, b)

    def test_repr_pickle_and_clone_of_what_holds_it(self, name, data):
        cv = SPLITTERS[name]
        again = eval(repr(cv), vars(__import__("skdir.model_selection", fromlist=["x"])))
        assert repr(again) == repr(cv) == repr(pickle.loads(pickle.dumps(cv)))
        assert vars(again) == vars(cv)
        assert repr(clone(GridSearchCV(Ridge(), {}, cv=cv)).cv) == repr(cv)

    def test_check_cv_passes_it_on(self, name, data):
        assert check_cv(SPLITTERS[name]) is SPLITTERS[name]
        assert isinstance(SPLITTERS[name], BaseCrossValidator)

    def test_containers_of_x_and_y_do_not_matter(self, name, data):
        X, y, groups = data
        index = np.arange(500, 660)
        for container, target in [
            (None, y.tolist()),
            (X.tolist(), y),
            (sparse.csr_array(X), y),
            (pd.DataFrame(X, index=index), pd.Series(y, index=index)),
        ]:
            of_rows = pd.Series(groups, index=index)
            got = SPLITTERS[name].split(container, target, of_rows if name in GROUPED else None)
            for one, two in zip(got, splits_of(name, data), strict=True):
                assert_array_equal(one[1], two[1])

    def test_cross_validation_and_search(self, name, data):
        X, y, groups = data
        cv, passed = SPLITTERS[name], {"groups": groups} if name in GROUPED else {}
        known = cross_val_score(Ridge(), X, y, cv=splits_of(name, data))
        assert_array_equal(cross_val_score(Ridge(), X, y, cv=cv, **passed), known)
        scores = cross_validate(
            Ridge(), X, y, cv=cv, scoring=["r2", "neg_median_absolute_error"], **passed
        )
        assert_array_equal(scores["test_r2"], known)
        search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=cv).fit(X, y, **passed)
        assert search.cv_results_["split0_test_score"][1] == known[0]
        if name in PARTITIONS:
            assert cross_val_predict(Ridge(), X, y, cv=cv, **passed).shape == (160,)
        with sklearn.config_context(enable_metadata_routing=True):
            params = {"params": {"groups": groups}} if name in GROUPED else {}
            assert_array_equal(cross_val_score(Ridge(), X, y, cv=cv, **params), known)

    def test_compare_strategies_takes_it(self, name, data):
        X, y, _ = data
        cv = splits_of(name, data) if name in GROUPED else SPLITTERS[name]
        comparison = compare_strategies(
            Ridge(), X, y, strategies=["VANILLA"], cv=cv, random_state=0, progress=False
        )
        got = [test for test, _ in comparison.predictions_["VANILLA"]]
        for ours, (_, test) in zip(got, splits_of(name, data), strict=True):
            assert_array_equal(ours, test)

    def test_bad_targets_are_refused_at_once(self, name, data):
        # not only when the first split is asked for
        X, y, groups = data
        groups = groups if name in GROUPED else None
        caller = type(SPLITTERS[name]).__name__
        for target, message in [
            (None, f"'y' parameter of {caller} must be a 1-d array"),
            (np.append(y[:-1], np.nan), f"'y' parameter of {caller} must be finite"),
            (y.reshape(-1, 1), "pass y.ravel"),
            (["a"] * 160, "array of real numbers"),
            (y[:-1], "must be an array of [0-9]+ rows, as y"),
        ]:
            with pytest.raises(ValueError, match=message):
                SPLITTERS[name].split(X, target, groups)


@pytest.mark.parametrize("name", [name for name in SPLITTERS if name not in GROUPED])
def test_groups_are_ignored_with_a_warning(name, data):
    with pytest.warns(UserWarning, match="The groups parameter is ignored by") as caught:
        SPLITTERS[name].split(*data)
    assert caught[0].filename == __file__
    assert not hasattr(SPLITTERS[name], "set_split_request")


def test_halving_search_takes_folds(data):
    X, y, _ = data
    search = HalvingGridSearchCV(
        Ridge(), {"alpha": [0.1, 1.0]}, cv=BinnedStratifiedKFold(2), min_resources=80
    ).fit(X, y)
    assert search.best_params_["alpha"] in (0.1, 1.0)


@pytest.mark.parametrize(
    "splitter", [BinnedStratifiedShuffleSplit, BinnedStratifiedGroupShuffleSplit]
)
def test_a_random_state_object_goes_on_from_split_to_split(splitter, data):
    X, y, groups = data
    cv = splitter(2, bins=EDGES, random_state=np.random.RandomState(0))
    groups = groups if splitter is BinnedStratifiedGroupShuffleSplit else None
    first = [test.tolist() for _, test in cv.split(X, y, groups)]
    second = [test.tolist() for _, test in cv.split(X, y, groups)]
    assert first[0] != first[1]
    assert first != second


KFOLDS = [BinnedStratifiedKFold, BinnedStratifiedGroupKFold]
SHUFFLES = [BinnedStratifiedShuffleSplit, BinnedStratifiedGroupShuffleSplit]


@pytest.mark.parametrize(
    ("splitter", "params", "message"),
    [
        *((s, {"bins": "few"}, f"'bins' parameter of {s.__name__}") for s in KFOLDS + SHUFFLES),
        *((s, {"bins": 0}, "'bins' parameter") for s in KFOLDS + SHUFFLES),
        *((s, {"bins": [0, 3]}, "edges that cover all targets") for s in KFOLDS + SHUFFLES),
        *((s, {"bins": [3, 0]}, "unsorted edges") for s in KFOLDS + SHUFFLES),
        *((s, {"random_state": "x"}, "'random_state' parameter") for s in KFOLDS + SHUFFLES),
        *((s, {"n_splits": 1}, "'n_splits' parameter") for s in KFOLDS),
        *((s, {"n_splits": 2.0}, "'n_splits' parameter") for s in KFOLDS),
        *((s, {"n_splits": 9}, r"at most the number of rows \(8\). Got 9") for s in KFOLDS),
        *((s, {"shuffle": "yes"}, "'shuffle' parameter") for s in KFOLDS),
        *(
            (s, {"random_state": 0}, "'random_state' .* None where shuffle=False")
            for s in KFOLDS
        ),
        *((s, {"n_splits": 0}, "'n_splits' parameter") for s in SHUFFLES),
        *((s, {"test_size": 0}, "'test_size' parameter") for s in SHUFFLES),
        *((s, {"train_size": -1}, "'train_size' parameter") for s in SHUFFLES),
        *((s, {"test_size": np.nan}, "'test_size' parameter") for s in SHUFFLES),
        *((s, {"test_size": True}, "'test_size' parameter of .* Got True") for s in SHUFFLES),
        *((s, {"test_size": 8}, "'test_size' .* number of rows below 8. Got 8") for s in SHUFFLES),
        *((s, {"test_size": 5, "train_size": 5}, "'train_size' .* of 8 rows") for s in SHUFFLES),
    ],
)  # fmt: skip
def test_bad_parameters(splitter, params, message):
    y, groups = np.arange(8.0), np.arange(8)
    with pytest.raises(ValueError, match=message):
        splitter(**params).split(None, y, groups if "Group" in splitter.__name__ else None)


@pytest.mark.parametrize("splitter", KFOLDS)
def test_bad_parameters_are_found_by_get_n_splits_too(splitter):
    with pytest.raises(ValueError, match="'n_splits' parameter"):
        splitter(0).get_n_splits()
    assert splitter(np.int64(3)).get_n_splits() == 3
