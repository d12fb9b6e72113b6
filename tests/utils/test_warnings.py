"""Warnings of many fits are said once."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies
from skdir.resampling import RandomUnderSampler, SmoteR
from skdir.utils._text.warnings import hold_warnings, warn_once_of_each, warn_user


def test_warnings_are_held_in_their_block_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with hold_warnings() as held:
            warn_user("one")
            with hold_warnings() as inner:
                warn_user("two")
            warn_user("three", of_default=True)
    assert (held, inner) == ([("one", False), ("three", True)], [("two", False)])
    with pytest.warns(UserWarning, match="four"):
        warn_user("four")


def test_what_is_the_same_up_to_a_number_is_said_once():
    said = [
        ("a", "A got 3 of 4.5e-7"),
        ("b", "B got 10 and not 2"),
        ("a", "A got 1 of 2"),
        ("a", "A is"),
    ]
    with pytest.warns(UserWarning, match="got|is") as caught:
        warn_once_of_each(said)
    assert [str(one.message) for one in caught] == ["a, b: A got 3 of 4.5e-7", "a: A is"]


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_comparison_says_once_what_samplers_take_for_rare(n_jobs, tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 2)), rng.uniform(size=120)  # no outliers
    strategies = {"smote": SmoteR(), "under": RandomUnderSampler()}
    for _ in range(2):  # fitted, and remembered
        with pytest.warns(UserWarning, match="no outliers") as caught:
            compare_strategies(
                Ridge(), X, y, strategies=strategies, random_state=0, n_jobs=n_jobs,
                memory=tmp_path,
            )  # fmt: skip
        messages = [str(one.message) for one in caught]
        assert len(messages) == 1
        assert messages[0].startswith("smote, under: SmoteR got targets from 0.")
        assert caught[0].filename == __file__


def test_strategies_by_name_say_nothing_of_it():
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compare_strategies(
            Ridge(), rng.normal(size=(120, 2)), rng.uniform(size=120), strategies=["RUS", "SERA"]
        )
