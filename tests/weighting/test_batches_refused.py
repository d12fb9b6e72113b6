"""A batch makes a new model: what came before stays as it was, whatever happens."""

from copy import copy

import numpy as np
import pytest

from skdir.density import TargetDensity
from skdir.weighting import LDSWeighter


def gamma(n=500, seed=0):
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=n)


PARAMS = ({}, {"kernel": "laplacian"}, {"bins": 10}, {"bins": [0, 5, 10, 99]}, {"bins": "integer"})


def state(model, at):
    """Return all that a user can see of a fitted model."""
    seen = {name: copy(value) for name, value in vars(model).items() if name.endswith("_")}
    seen.pop("density_", None)
    answer = model.transform(at) if hasattr(model, "transform") else model.density(at)
    return {**seen, "answer": answer, "parameters": model.get_params()}


@pytest.mark.parametrize("kind", [TargetDensity, LDSWeighter])
@pytest.mark.parametrize("params", PARAMS)
def test_a_batch_does_not_write_into_a_copy_made_before(kind, params):
    y = gamma()
    model = kind(**params).partial_fit(y)
    before = copy(model)
    expected = state(before, y)
    inside = state(before.density_, y) if kind is LDSWeighter else {}
    model.set_params(bandwidth=3.0).partial_fit(gamma(200, seed=1).clip(y.min(), y.max()))
    np.testing.assert_equal(state(before, y), expected)
    if kind is LDSWeighter:
        np.testing.assert_equal(state(before.density_, y), inside)


@pytest.mark.parametrize("kind", [TargetDensity, LDSWeighter])
@pytest.mark.parametrize("params", PARAMS)
def test_a_refused_batch_changes_nothing(kind, params):
    y = gamma()
    model = kind(**params).fit(y)
    refused = [
        ({"kernel": [1.0, 2.0]}, y),
        ({"bins": [0, 1, 200]}, y),
        ({"bandwidth": -1.0}, y),
        ({"bandwidth": "isj"} if "bins" in params else {"kernel": None}, y),
        ({}, np.append(y, [-1.7e308, 1.7e308])),
        ({"bandwidth": "no such rule"}, y),
    ]
    expected = state(model, y)
    inside = state(model.density_, y) if kind is LDSWeighter else {}
    for changed, batch in refused:
        before = model.get_params()
        model.set_params(**changed)
        with pytest.raises(ValueError, match=f"parameter of {kind.__name__}"):
            model.partial_fit(batch)
        model.set_params(**before)
        np.testing.assert_equal(state(model, y), expected)
        if kind is LDSWeighter:
            np.testing.assert_equal(state(model.density_, y), inside)


@pytest.mark.parametrize("params", [{"bins": 10}, {}])
def test_a_weighter_that_is_refused_after_the_density_changes_nothing(params):
    """The bounds are looked at last, when the density has taken the batch."""
    y = np.array([1.0, 1.0, 2.0, 5.0])
    weighter = LDSWeighter(**params).fit(y)
    expected = state(weighter, y)
    weighter.set_params(clip=(0.5, 0.6))
    with pytest.raises(ValueError, match="'clip' parameter of LDSWeighter"):
        weighter.partial_fit(y)
    weighter.set_params(clip=None)
    np.testing.assert_equal(state(weighter, y), expected)
    assert weighter.density_.n_samples_seen_ == 4


def test_the_users_edges_are_not_shared():
    edges = np.array([0.0, 5.0, 10.0, 99.0])
    density = TargetDensity(bins=edges).fit(gamma())
    expected = density.density(gamma())
    edges += 1000
    np.testing.assert_array_equal(density.density(gamma()), expected)
