"""Targets on a line on which stretches without targets are shortened."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._estimators.frozen import OwnArrays


@dataclass(frozen=True, eq=False)
class ShortenedLine(OwnArrays):
    """A line along which clusters of targets keep their length and the gaps between them do not.

    A gap is shortened to twice `reach`, which is how far a cluster's density extends. Positions
    are counted from the first target of their own cluster, so that they are as exact far from
    zero as near it.

    Parameters
    ----------
    reach : float
        Half of the length that is left of a gap.

    first, last : ndarray of shape (n_clusters,)
        The lowest and the highest target of each cluster.

    start : ndarray of shape (n_clusters,)
        Where each cluster begins on the line.
    """

    reach: float
    first: np.ndarray
    last: np.ndarray
    start: np.ndarray

    @classmethod
    def through(cls, y, reach):
        """Lay the line through targets."""
        ordered = np.sort(y)
        gap = np.flatnonzero(np.diff(ordered) > 2 * reach)
        first = ordered[np.append(0, gap + 1)]
        last = ordered[np.append(gap, len(ordered) - 1)]
        steps = last[:-1] - first[:-1] + 2 * reach
        return cls(reach, first, last, np.append(0.0, np.cumsum(steps)))

    @property
    def length(self):
        """Length of the line from the first target to the last."""
        return self.start[-1] + (self.last[-1] - self.first[-1])

    def __call__(self, y):
        """Return the positions of targets."""
        cluster = np.maximum(np.searchsorted(self.first, y, side="right") - 1, 0)
        position = self.start[cluster] + (y - self.first[cluster])
        following = np.minimum(cluster + 1, len(self.first) - 1)
        between = (y > self.last[cluster]) & (cluster < following)
        # behind the middle of what is left of a gap, positions are counted from the next cluster
        middle = self.start[following] - self.reach
        before_next = self.start[following] - (self.first[following] - y)
        return np.where(between, np.maximum(np.minimum(position, middle), before_next), position)

    def targets(self, position):
        """Return the targets at positions."""
        cluster = np.searchsorted(self.start[1:] - self.reach, position, side="right")
        return self.first[cluster] + (position - self.start[cluster])
