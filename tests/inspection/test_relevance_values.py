"""What a picture of a relevance shows, computed without matplotlib."""

import sys

import numpy as np
import pytest

from skdir.inspection._relevance.values import curve_values
from skdir.relevance import Bump, RelevanceFunction


@pytest.fixture(autouse=True)
def without_matplotlib(monkeypatch):
    for name in ("matplotlib", "matplotlib.pyplot", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)


def test_bumps_meet_where_relevance_crosses_the_threshold():
    values = curve_values(lambda y: y / 10, [1, 2, 3, 9], None, threshold=0.8, caller="test")
    assert values["bumps"] == [Bump(1.0, 3.0, False, 3), Bump(9.0, 9.0, True, 1)]
    np.testing.assert_allclose(values["bump_edges"], [1, 8, 9], rtol=1e-15)
    np.testing.assert_array_equal(values["relevance"], values["grid"] / 10)
    assert set(values["bump_edges"]) <= set(values["grid"])
    assert values["grid"][0] == 1 and values["grid"][-1] == 9
    assert values["control_points"] is None


def test_a_relevance_to_fit_is_that_of_its_own_fit():
    y = np.random.default_rng(0).lognormal(size=300)
    fitted = RelevanceFunction(extremes="high").fit(y)
    arguments = {"sample_weight": None, "threshold": 0.5, "caller": "test"}
    one = curve_values(RelevanceFunction(extremes="high"), y, fit=True, **arguments)
    other = curve_values(fitted, y, **arguments)
    for name in ("grid", "relevance", "bump_edges", "control_points"):
        np.testing.assert_array_equal(one[name], other[name])
    np.testing.assert_array_equal(one["control_points"], fitted.control_points_)


def test_values_at_the_targets_alone_are_refused():
    with pytest.raises(TypeError, match="'relevance' parameter of test must be a Relevance"):
        curve_values([0.0, 1.0], [1.0, 2.0], None, threshold=0.5, caller="test")
