"""Bins of the target range, and sums over them."""

from typing import NamedTuple

import numpy as np

from skdir.utils._targets.bins import bin_edges, bin_index, check_covered


class TargetBins(NamedTuple):
    """Edges of target bins, half-open, the last closed unless told otherwise."""

    edges: np.ndarray
    closed_last: bool = True

    @property
    def n_bins(self):
        """Number of bins."""
        return len(self.edges) - 1

    @property
    def centres(self):
        """Middle of each bin; halves are added so that huge edges do not overflow."""
        return self.edges[:-1] / 2 + self.edges[1:] / 2

    def locate(self, y):
        """Return the bin of each target, -1 for those outside."""
        index = bin_index(y, self.edges)
        if not self.closed_last:
            index[y == self.edges[-1]] = -1
        return index

    def sums(self, index, weight=None):
        """Return the sum of weights (the number of rows if None) in each bin."""
        return np.bincount(index, weights=weight, minlength=self.n_bins)


def make_bins(bins, y, *, caller):
    """Resolve `bins`: a number over the range of y, "integer", or edges that cover y.

    `y` holds the rows of positive weight only, since others must not move an edge. Targets
    outside given edges are an error: they are never dropped.
    """
    edges = bin_edges(bins, y, caller=caller)
    check_covered(y, edges, caller=caller)
    # The integer k + 1 begins where the bin of k ends, so that end belongs to neither the bin
    # nor the range.
    return TargetBins(edges, closed_last=not isinstance(bins, str))
