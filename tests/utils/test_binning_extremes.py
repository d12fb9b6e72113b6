"""Bins by a rule cover any targets, with increasing edges, and blame no internal function."""

import numpy as np
import pytest

from skdir.utils._targets.bins import auto_edges, bin_index, table_edges, weighted_quantile

NEXT = 2.0**-52
TARGETS = (
    [0.0, 5e-324],
    [0.0, 5e-324, 1e-323, 5e-324],
    [1.0, 1 + NEXT],
    [1.0, 1 + NEXT, 1 + 2 * NEXT],
    [1e300, 1e300 * (1 + NEXT)],
    [2.0**53, 2.0**53 + 2],
    [2.0**52, 2.0**52 + 1, 2.0**52 + 40],
    [-1.7e308, 1.7e308],
    [-1e308, 0.0, 1e308],
    [1.79e308, 1.79e308],
    [3.0, 3.0],
)


@pytest.mark.parametrize("rule", [auto_edges, table_edges])
@pytest.mark.parametrize("y", TARGETS, ids=repr)
@pytest.mark.parametrize("weights", [[1.0], [1e308, 1.7e308], [5e-324, 1e-323]])
def test_edges_of_any_targets(rule, y, weights):
    y = np.array(y)
    edges = rule(y, np.resize(weights, len(y)))
    assert np.isfinite(edges).all()
    assert (edges[1:] > edges[:-1]).all()
    assert edges[0] <= y.min() <= y.max() <= edges[-1]
    index = bin_index(y, edges)
    assert (edges[index] <= y).all() and (y <= edges[index + 1]).all()


def test_quantiles_of_weights_whose_sum_overflows():
    y = np.arange(10.0)
    for weight in (np.full(10, 1.7e308), np.full(10, 5e-324), None):
        np.testing.assert_array_equal(weighted_quantile(y, [0, 0.25, 0.5, 1], weight), [0, 2, 4, 9])
    heavy = np.append(np.full(9, 1e300), 1.7e308)
    assert weighted_quantile(y, [0.5], heavy)[0] == 9
