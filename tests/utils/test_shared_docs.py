"""Docstrings with shared parts read as if they were written out."""

import skdir.datasets
import skdir.resampling
from skdir.utils._text.docstrings import shared_docs


def test_parts_stand_in_the_place_of_their_names():
    @shared_docs({"a": "a : int\n        One.", "b": "b : {'x', 'y'}"})
    def function():
        """{a}

        {b}, not {c}, nor {'a'}.
        """

    assert function.__doc__.startswith("a : int\n        One.\n\n        b : {'x', 'y'}, not {c}")
    assert "nor {'a'}" in function.__doc__


def test_what_has_no_docstring_stays_without():
    def function():
        pass

    assert shared_docs({"a": "b"})(function) is function
    assert function.__doc__ is None


def test_no_name_of_a_part_is_left():
    for room in (skdir.datasets, skdir.resampling):
        for name in room.__all__:
            for line in getattr(room, name).__doc__.splitlines():
                assert not (line.strip().startswith("{") and line.strip().endswith("}")), line
