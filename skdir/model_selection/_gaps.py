"""Splits whose training rows lack whole ranges of the target."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skdir.model_selection._base import TargetSplitter
from skdir.model_selection._strata import draw_evenly
from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import MAX_BINS, parameter_error

_RANGES = (
    "a number of ranges from 2 on, or ranges (low, high) with low <= high, as an array of shape "
    "(n_gaps, 2)"
)


class TargetGapSplit(TargetSplitter):
    """Splits whose training rows have no target in a range, and whose test rows do.

    They show what a model says about targets that it has never seen: between seen ones
    (interpolation) or beyond all of them (extrapolation).

    Parameters
    ----------
    gaps : int or array-like of shape (n_gaps, 2), default=5
        The ranges of the target, in units of y: pairs (low, high), both ends included, where
        infinite ends are allowed; or a number of ranges with about the same number of rows, which
        cover all targets.

    kind : {'both', 'interpolation', 'extrapolation'}, default='both'
        Which of a number of ranges are left out: all, those with targets on both sides, or the
        lowest and the highest. Ranges of your own are all used.

    together : bool, default=False
        If True, there is one split, without any of the ranges in its training rows. Otherwise
        there is one split for each of them.

    test_size : float, default=0.0
        Share of the rows outside of the ranges that are test rows too, in order to compare errors
        on seen and unseen targets.

    random_state : int, RandomState instance or None, default=None
        Seed of that share; only with `test_size`.

    See Also
    --------
    skdir.metrics.ShotReport : Its shot "zero" is the test rows in a gap.
    BinnedStratifiedKFold : Training and test rows of the same distribution.

    Notes
    -----
    The test rows outside of the ranges are drawn at equal distances along the sorted targets, so
    that they have the distribution of the training targets. If `gaps` is a number, equal targets
    are in one range, so that many of them make its number of rows larger. The cost is O(n log n).

    Yang et al. (2021) leave out several ranges of ages together, at the ends and between two
    peaks, and report errors on ages with data, in and beyond the gaps.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.model_selection import TargetGapSplit
    >>> y = np.arange(10, 100, 10)
    >>> for train, test in TargetGapSplit(3).split(None, y):
    ...     print(y[train], y[test])
    [40 50 60 70 80 90] [10 20 30]
    [10 20 30 70 80 90] [40 50 60]
    [10 20 30 40 50 60] [70 80 90]
    >>> cv = TargetGapSplit([(40, 50), (80, np.inf)], together=True)
    >>> for train, test in cv.split(None, y):
    ...     print(y[train], y[test])
    [10 20 30 60 70] [40 50 80 90]
    """

    _parameter_constraints: dict = {
        "gaps": [Interval(Integral, 2, MAX_BINS, closed="both"), "array-like"],
        "kind": [StrOptions({"both", "interpolation", "extrapolation"})],
        "together": ["boolean"],
        "test_size": [Interval(Real, 0, 1, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, gaps=5, *, kind="both", together=False, test_size=0.0, random_state=None):
        self.gaps = gaps
        self.kind = kind
        self.together = together
        self.test_size = test_size
        self.random_state = random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), default=None
            Ignored, as `y` and `groups` are; there for the sake of scikit-learn's interface.

        y : array-like of shape (n_samples,), default=None
            Ignored.

        groups : array-like of shape (n_samples,), default=None
            Ignored.

        Returns
        -------
        n_splits : int
            One for each range that is left out, or 1 if they are left out together.
        """
        self._check_parameters()
        return 1 if self.together else len(self._wanted())

    def _check_parameters(self):
        super()._check_parameters()
        if isinstance(self.gaps, Integral):
            if not len(self._wanted()):
                raise parameter_error(
                    "gaps",
                    type(self).__name__,
                    "at least 3 for kind='interpolation', since the lowest and the highest range "
                    "are extrapolation",
                    self.gaps,
                )
            return
        self._given_ranges()
        if self.kind != "both":
            raise parameter_error(
                "kind",
                type(self).__name__,
                "'both' where gaps are ranges, which are all left out",
                repr(self.kind),
            )

    def _wanted(self):
        """Return the numbers of the ranges that are left out."""
        if not isinstance(self.gaps, Integral):
            return np.arange(len(self.gaps))
        numbers = np.arange(self.gaps)
        if self.kind == "both":
            return numbers
        return numbers[1:-1] if self.kind == "interpolation" else numbers[[0, -1]]

    def _given_ranges(self):
        """Return the ranges given by the user."""
        try:
            ranges = np.asarray(self.gaps, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            ranges = None
        if ranges is None or ranges.ndim != 2 or ranges.shape[1] != 2 or not len(ranges):
            got = repr(self.gaps) if ranges is None else f"shape {ranges.shape}"
            raise parameter_error("gaps", type(self).__name__, _RANGES, got)
        if not (ranges[:, 0] <= ranges[:, 1]).all():  # NaN as well
            low, high = ranges[~(ranges[:, 0] <= ranges[:, 1])][0]
            raise parameter_error("gaps", type(self).__name__, _RANGES, f"({low:g}, {high:g})")
        return ranges

    def _splits(self, y, groups):
        if isinstance(self.gaps, Integral):
            ranges = equal_ranges(y, self.gaps, caller=type(self).__name__)
        else:
            ranges = self._given_ranges()
        ranges = ranges[self._wanted()]
        masks = [(y >= low) & (y <= high) for low, high in ranges]
        for (low, high), mask in zip(ranges, masks):
            if not mask.any():
                raise parameter_error(
                    "gaps",
                    type(self).__name__,
                    f"ranges with targets in them (y is from {y.min():g} to {y.max():g})",
                    f"({low:g}, {high:g}), which has none",
                )
        if self.together:
            masks = [np.logical_or.reduce(masks)]
        if any(mask.all() for mask in masks):
            raise parameter_error(
                "gaps",
                type(self).__name__,
                "ranges that leave targets to train on",
                f"ranges that hold all {len(y)} rows",
            )
        return self._draw(y, masks)

    def _draw(self, y, masks):
        rng = check_random_state(self.random_state)
        rank = np.argsort(y, kind="stable")
        for mask in masks:
            tested = mask.copy()
            if self.test_size > 0:
                seen = rank[~mask[rank]]
                n_drawn = min(int(np.ceil(self.test_size * len(seen))), len(seen) - 1)
                if n_drawn == 0:
                    warn_user(
                        "Only one row is outside of the range: it is a training row, and no test "
                        "row has a seen target"
                    )
                tested[seen[draw_evenly(len(seen), n_drawn, rng)]] = True
            yield np.flatnonzero(~tested), np.flatnonzero(tested)


def equal_ranges(y, n_ranges, *, caller):
    """Return ranges (lowest target, highest target) with about the same number of rows each."""
    values, counts = np.unique(y, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    number = np.minimum((middle * (n_ranges / len(y))).astype(np.intp), n_ranges - 1)
    filled = np.unique(number)
    if len(filled) < n_ranges:
        ties = "" if len(values) == len(y) else f", {len(values)} of them different"
        raise parameter_error(
            "gaps",
            caller,
            f"a number of ranges that each have targets, or ranges (y has {len(y)} targets{ties})",
            f"{n_ranges}, of which {n_ranges - len(filled)} would be empty",
        )
    first = np.searchsorted(number, filled, side="left")
    last = np.searchsorted(number, filled, side="right") - 1
    return np.column_stack([values[first], values[last]])
