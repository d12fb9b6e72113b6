"""Names that were perhaps meant, and names that can be imported."""

import imblearn.pipeline
import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, train_test_split

from skdir.neural_network import FDS
from skdir.resampling import SmoteR
from skdir.utils._text.names import closest, did_you_mean, public_name

STRATEGIES = ["VANILLA", "INV", "INV+LDS", "LDS", "SMOTER", "SMOGN"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("VANILA", "VANILLA"),
        ("vanilla", "VANILLA"),
        ("smoter", "SMOTER"),
        ("Inv", "INV"),
        ("inv_lds", "INV+LDS"),
        ("LDS", "LDS"),
        ("forest", None),
        ("", None),
    ],
)
def test_the_closest_name_is_found_in_any_capitals(name, meant):
    assert closest(name, STRATEGIES) == meant
    assert closest(name, iter(STRATEGIES)) == meant
    hint = did_you_mean(name, STRATEGIES)
    assert hint == ("" if meant is None else f"did you mean '{meant}'?")


def test_capitals_decide_between_names_that_are_otherwise_the_same():
    assert closest("rEnt", ["RENT", "Rent", "rent"]) == "rent"
    assert closest("RENt", ["rent", "Rent", "RENT"]) == "RENT"
    # small letters come first: one letter is wrong in "Tent", none in "rent"
    assert closest("Rent", ["Tent", "rent"]) == "rent"


def test_half_of_the_letters_are_enough():
    # of 4 + 4 letters, 2 + 2 match: a likeness of 1/2; of 4 + 5, 4/9
    assert closest("abcd", ["abxy"]) == "abxy"
    assert closest("abcd", ["abxyz"]) is None
    assert closest("abcd", []) is None


@pytest.mark.parametrize(
    ("thing", "module"),
    [
        (Ridge, "sklearn.linear_model"),
        (KFold, "sklearn.model_selection"),
        (train_test_split, "sklearn.model_selection"),
        (imblearn.pipeline.Pipeline, "imblearn.pipeline"),
        (SmoteR, "skdir.resampling"),
        (FDS, "skdir.neural_network"),  # of skdir.neural_network.fds, too, which is longer
        (np.mean, "numpy"),
    ],
)
def test_public_names_are_the_shortest_path(thing, module):
    assert public_name(thing) == (module, thing.__name__)


def test_what_is_no_attribute_of_its_module_has_no_public_name():
    def inner():
        return None

    assert public_name(inner) is None
    assert public_name(lambda: None) is None
