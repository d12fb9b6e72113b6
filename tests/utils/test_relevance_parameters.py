"""What is accepted as a relevance, and which of it is evaluated or fitted."""

import numpy as np
import pandas as pd
import pytest

from skdir.relevance import RelevanceFunction
from skdir.utils._estimators.relevance import (
    RELEVANCE,
    is_relevance_estimator,
    is_relevance_function,
)
from skdir.utils._sklearn_compat import InvalidParameterError, validate_params
from skdir.utils._validation import CheckedTargets, check_threshold, check_weighted_target


@pytest.mark.parametrize(
    ("relevance", "estimator", "function"),
    [
        (RelevanceFunction(), True, True),
        (RelevanceFunction().transform, False, True),
        (np.sin, False, True),
        (RelevanceFunction, False, True),  # a class is called, and refused as it is evaluated
        (np.ones(3), False, False),
        (pd.Series([0.0, 1.0]), False, False),  # which has a method `transform`
        (pd.DataFrame({"a": [0.0, 1.0]}), False, False),
        ([0.5], False, False),
        (None, False, False),
    ],
)
def test_kinds_of_relevances(relevance, estimator, function):
    assert is_relevance_estimator(relevance) is estimator
    assert is_relevance_function(relevance) is function


@pytest.mark.parametrize("relevance", [None, "extremes", 0.5])
def test_the_constraint_refuses_what_is_no_relevance(relevance):
    @validate_params({"relevance": RELEVANCE}, prefer_skip_nested_validation=True)
    def measure(relevance):
        """Take a relevance."""

    measure(RelevanceFunction())
    measure(np.sin)
    measure([0.0, 1.0])
    with pytest.raises(InvalidParameterError, match="'relevance'"):
        measure(relevance)


def test_checked_targets_keep_the_name_of_the_first_caller():
    checked = check_weighted_target([1, 2], [0, 3], caller="first")
    assert check_weighted_target(checked, caller="second") is checked
    assert (checked.y.tolist(), checked.sample_weight.tolist()) == ([1.0, 2.0], [0.0, 3.0])
    with pytest.raises(ValueError, match="'y' parameter of first .* constant"):
        RelevanceFunction().fit(CheckedTargets(np.ones(4), None, "first"))


@pytest.mark.parametrize("threshold", [0, -0.5, 1.5, np.nan, "half", None, True])
def test_thresholds_outside_of_the_unit_interval(threshold):
    with pytest.raises(ValueError, match=r"'threshold' parameter of test .* in \(0, 1\]"):
        check_threshold(threshold, caller="test")
