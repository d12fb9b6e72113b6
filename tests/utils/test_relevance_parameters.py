"""What is accepted as a relevance, and which of it is evaluated or fitted."""

import numpy as np
import pandas as pd
import pytest

from skdir.relevance import RelevanceFunction
from skdir.utils._estimators.relevance import (
    RELEVANCE,
    THRESHOLD,
    check_threshold,
    is_rare,
    is_relevance_estimator,
    is_relevance_function,
)
from skdir.utils._sklearn_compat import InvalidParameterError, validate_params


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


@pytest.mark.parametrize("threshold", [0, -0.5, 1.5, np.nan, "half", None, True])
def test_thresholds_outside_of_the_unit_interval(threshold):
    with pytest.raises(ValueError, match=r"'threshold' parameter of test .* in \(0, 1\]"):
        check_threshold(threshold, caller="test")
    assert not THRESHOLD[0].is_satisfied_by(threshold)


def test_rare_is_what_reaches_the_threshold():
    relevance = np.array([0.0, np.nextafter(0.8, 0), 0.8, 1.0])
    assert is_rare(relevance, 0.8).tolist() == [False, False, True, True]
    assert check_threshold(1, caller="test") == 1.0
    assert THRESHOLD[0].is_satisfied_by(1)
