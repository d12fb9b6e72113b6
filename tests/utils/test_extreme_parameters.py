"""Absurd values of every number among the parameters: refused by name, or a result without NaN."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from skdir import datasets, metrics, model_selection

RNG = np.random.default_rng(0)
Y = RNG.exponential(size=60)
X = RNG.normal(size=(60, 2))
GROUPS = np.repeat(np.arange(20), 3)
MODEL = LinearRegression().fit(X, Y)
# No number that a parameter could mean.
NEVER = [
    np.nan, -np.inf, np.inf, -1, -1e300, -(10**400), 10**400, 1j, Decimal("NaN"), Decimal(1),
    Fraction(1, 2), True, False, np.True_, "nonsense", "1", "", b"1", {}, {1}, len, object(), int,
    np.datetime64("2020"), np.timedelta64(1), np.array(1.0), [[[1]]], np.ma.masked,
]  # fmt: skip
PAIR = {"y_true": Y, "y_pred": Y + 1}


def relevance(y):
    return np.clip(np.asarray(y, dtype=float) / 9, 0, 1)


def split(kind, **params):
    groups = GROUPS if "Group" in kind.__name__ else None
    return [(len(train), len(test)) for train, test in kind(**params).split(X, Y, groups)]


def score(make, **params):
    return make(**params)(MODEL, X, Y)


def report(**params):
    return str(metrics.ShotReport(**params))


def of(function, *numbers, **valid):
    """Return a function that may be called so, and which of its parameters are numbers."""
    return partial(function, **valid), numbers


SPLITS = {
    name: getattr(model_selection, name)
    for name in model_selection.__all__
    if hasattr(getattr(model_selection, name), "split")
}
CALLS = {
    "make_imbalanced_regression": of(
        datasets.make_imbalanced_regression,
        *("n_samples", "n_features", "modes", "noise", "heteroscedastic", "chunk_size"),
        n_samples=20,
        random_state=0,
    ),
    "make_imbalance": of(
        datasets.make_imbalance, "n_samples", "bins", X=X, y=Y, density=[1, 1], bins=[0, 0.5, 9]
    ),
    "geometric_mean_absolute_error": of(metrics.geometric_mean_absolute_error, "eps", **PAIR),
    "balanced_mean_absolute_error": of(
        metrics.balanced_mean_absolute_error, "bins", **PAIR, bins=2
    ),
    "balanced_mean_squared_error": of(metrics.balanced_mean_squared_error, "bins", **PAIR, bins=2),
    "density_error_correlation": of(
        metrics.density_error_correlation, "bins", **PAIR, bins=2, density=abs
    ),
    "relevance_precision_recall_fscore": of(
        metrics.relevance_precision_recall_fscore,
        *("threshold", "beta", "p"),
        **PAIR,
        relevance=relevance,
    ),
    "shot_labels": of(metrics.shot_labels, "bins", "many", "few", y_train=Y, y=Y, bins=2),
    "ShotReport": of(
        report,
        *("bins", "many", "few", "bootstrap", "confidence_level"),
        **PAIR,
        y_train=Y,
        bins=2,
    ),
    "make_shot_scorer": of(
        partial(score, metrics.make_shot_scorer), "bins", "many", "few", bins=2, y_train=Y
    ),
    "make_balanced_scorer": of(
        partial(score, metrics.make_balanced_scorer), "bins", bins=2, y_train=Y
    ),
    "balanced_train_test_split": of(
        model_selection.balanced_train_test_split,
        *("bins", "test_size", "n_per_bin", "max_share"),
        X=X,
        y=Y,
        bins=2,
    ),
    **{
        name: of(
            partial(split, kind),
            *(set(kind._parameter_constraints) & {"n_splits", "bins", "test_size", "train_size"}),
        )
        for name, kind in SPLITS.items()
    },
    "gaps": of(partial(split, model_selection.TargetGapSplit), "gaps", "test_size"),
}
CASES = [(name, number) for name, (_, numbers) in CALLS.items() for number in sorted(numbers)]


def test_every_splitter_is_here():
    assert len(SPLITS) == 5 and ("BinnedStratifiedKFold", "n_splits") in CASES


@pytest.mark.filterwarnings("ignore::UserWarning")  # of strata with too few rows
@pytest.mark.parametrize("name", CALLS)
def test_valid_calls(name):
    CALLS[name][0]()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("name", "number"), CASES)
def test_what_is_never_a_number_of_something(name, number):
    answers = {}
    for value in NEVER:
        try:
            CALLS[name][0](**{number: value})
            answers[repr(value)] = "accepted"
        except (ValueError, TypeError) as error:
            answers[repr(value)] = str(error)
    named = re.compile(f"'{number}' parameter of .*must ")
    wrong = {k: v for k, v in answers.items() if not named.search(v) or len(v) >= 900}
    assert wrong == {}
    assert len(answers) == len(NEVER)


@pytest.mark.parametrize(
    ("name", "number", "value"),
    [
        ("make_imbalanced_regression", "n_samples", 2**62),
        ("make_imbalanced_regression", "n_samples", 2**46),
        ("make_imbalanced_regression", "n_features", 2**40),
        ("ShotReport", "bootstrap", 2**40),
        ("gaps", "gaps", 2**40),
        ("gaps", "gaps", [[10**400, 1]]),
        ("shot_labels", "bins", 2**40),
        ("BinnedStratifiedKFold", "bins", 2**40),
        ("BinnedStratifiedKFold", "n_splits", 2**40),
        ("BinnedStratifiedShuffleSplit", "test_size", 2**40),
        ("BinnedStratifiedShuffleSplit", "train_size", 1.5),
        ("BinnedStratifiedShuffleSplit", "test_size", 60),
        ("balanced_train_test_split", "test_size", 2**40),
    ],
)
def test_what_is_too_large(name, number, value):
    with pytest.raises(ValueError, match=f"'{number}' parameter of .* must be "):
        CALLS[name][0](**{number: value})


def test_many_rows_are_made_in_chunks():
    chunks = datasets.make_imbalanced_regression(2**47, chunk_size=10, random_state=0)
    assert next(chunks)[0].shape == (10, 10)


def test_thresholds_of_shots_blame_what_was_given():
    with pytest.raises(ValueError, match=r"'many' parameter .* at least 15, the value of few \(fr"):
        metrics.shot_labels(Y, Y, bins=2, many=1)
    with pytest.raises(ValueError, match="'few' parameter .* at most 1, the value of many. Got 2"):
        metrics.shot_labels(Y, Y, bins=2, many=1, few=2)


@pytest.mark.parametrize("name", SPLITS)
@pytest.mark.parametrize("short", [3, "text", [1, 2], np.array(1), {1}, b"x", {}])
def test_lengths_are_those_of_y(name, short):
    grouped = "Group" in name
    with pytest.raises(ValueError, match=f"'X' parameter of {name} must be an array of 60 rows"):
        next(SPLITS[name]().split(short, Y, GROUPS if grouped else None))
    if grouped:
        with pytest.raises(ValueError, match=f"'groups' parameter of {name} must be an array of 6"):
            next(SPLITS[name]().split(X, Y, short))


def test_metrics_without_a_signature():
    scorer = metrics.make_relevance_scorer(relevance=relevance, metric=np.hypot)
    assert "hypot" in repr(scorer)
