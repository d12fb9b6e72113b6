"""The medcouple, a robust measure of skewness, in O(n log n) time and O(n) memory."""

import numpy as np

# Pairs drawn per round to guess where the wanted one is.
_SAMPLE = 20_000

# Ratios that differ by less are equal.
_ROUNDING = 4 * np.finfo(np.float64).eps


def medcouple(targets, *, seed=0):
    r"""Return the medcouple of sorted targets.

    It is the median of :math:`h(y_i, y_j) = ((y_i - m) - (m - y_j)) / (y_i - y_j)` over all
    :math:`y_j \le m \le y_i` with the median m. Rows equal to m, t of them, give kernel values of
    1, 0 and -1 among themselves, t (t - 1)/2, t and t (t - 1)/2 times.

    Parameters
    ----------
    targets : SortedTargets
        Targets, not all equal.

    seed : int, default=0
        Seed of the pairs drawn on the way; the result does not depend on it but for rounding.

    Returns
    -------
    medcouple : float
        From -1 (long tail to the left) to 1.

    Notes
    -----
    With the distances to the median :math:`a = y_i - m` and :math:`c = m - y_j`, the kernel is
    :math:`(1 - c/a) / (1 + c/a)`: the search is for the median ratio. How many pairs have a ratio
    of at most q is a sum over sorted positions of :math:`q a` among the c. Two such counts, at
    ratios of randomly drawn pairs, narrow the interval around the median about fifty-fold, until
    no more pairs are left than rows.

    References
    ----------
    Brys, G., Hubert, M. and Struyf, A. (2004). A robust measure of skewness. Journal of
    Computational and Graphical Statistics 13(4), 996-1017. :doi:`10.1198/106186004X12632`
    """
    return float(np.mean(medcouple_middles(targets, seed=seed)))


def medcouple_middles(targets, *, seed=0):
    """Return the lower and upper middle kernel value; their mean is the medcouple."""
    y, mass = targets.distinct()
    median = targets.median()
    above, below = y > median, y < median
    # Below the normal numbers of float64 products lose digits; powers of two change no ratio.
    scale = _power_of_two(max(y[-1] - median, median - y[0]))
    ratios = _Ratios(
        (y[above] - median) * scale,
        mass[above],
        (median - y[below])[::-1] * scale,
        mass[below][::-1],
        mass[y == median].sum(),
        np.random.default_rng(seed),
    )
    n_pairs = ratios.n_pairs
    # The middle of the two middle pairs, or of the one: the same from either end.
    offset = 0.5 if n_pairs % 2 == 0 else 0.0
    middles = [ratios.select(n_pairs / 2 + side) for side in (offset, -offset)]
    return tuple(_kernel(ratio) for ratio in middles)


def _power_of_two(largest):
    """Return a factor that takes distances away from the subnormal numbers."""
    return 1.0 if largest > 1e-200 else np.ldexp(1.0, min(-int(np.frexp(largest)[1]), 1000))


def _between(low, high):
    """Return the middle one of the float64 numbers from low to high, of neighbors the lower."""
    first, last = np.array([low, high]).view(np.int64).tolist()
    return float(np.array((first + last) // 2).view(np.float64))


def _kernel(ratio):
    """Return the kernel value that belongs to a ratio of the distances below and above."""
    return -1.0 if ratio == np.inf else (1 - ratio) / (1 + ratio)


class _Ratios:
    """All ratios c / a of distances below and above the median, counted by their mass."""

    def __init__(self, above, above_mass, below, below_mass, n_equal, rng):
        self.above, self.above_mass = above, above_mass
        self.below, self.below_mass = below, below_mass
        self.below_sum = np.concatenate([[0.0], np.cumsum(below_mass)])
        self.rng = rng
        tied = max(n_equal * (n_equal - 1) / 2, 0.0)
        self.n_zero = tied + above_mass.sum() * n_equal
        self.n_infinite = tied + below_mass.sum() * n_equal
        self.n_one = n_equal**2 - 2 * tied
        self.n_finite = above_mass.sum() * below_mass.sum() + self.n_one
        self.n_pairs = self.n_zero + self.n_finite + self.n_infinite

    def select(self, position):
        """Return the ratio at a position in the mass of all ratios in ascending order."""
        position -= self.n_zero
        if position <= 0:
            return 0.0
        if position > self.n_finite:
            return np.inf
        low, high = 0.0, np.inf
        first, last = self._columns(low), self._columns(high)
        while True:
            n_left = last - first
            if n_left.sum() <= len(self.above) + len(self.below) + 1:
                return self._enumerate(position, low, high, first, n_left)
            # Where all pairs drawn tie with an end of the interval, the last two leave them out.
            pivots = self._pivots(position, low, high, first, n_left)
            # The very last halves the numbers between, where ratios are too large to have products.
            pivots = (*pivots, low * (1 + _ROUNDING), high * (1 - _ROUNDING), _between(low, high))
            for pivot in pivots:
                if not low < pivot < high:
                    continue
                columns = self._columns(pivot)
                if self._mass(pivot, columns) < position:
                    low, first = pivot, columns
                else:
                    high, last = pivot, columns
                    break
            if high <= max(low * (1 + 2 * _ROUNDING), np.nextafter(low, np.inf)):
                return high

    def _columns(self, ratio):
        """Return for each distance above how many distances below make at most this ratio."""
        if ratio == np.inf:
            return np.full(len(self.above), len(self.below))
        with np.errstate(over="ignore"):
            return np.searchsorted(self.below, ratio * self.above, side="right")

    def _mass(self, ratio, columns):
        """Return the mass of finite ratios up to this one, the pairs at the median included."""
        return self.above_mass @ self.below_sum[columns] + self.n_one * (ratio >= 1)

    def _pairs(self, row, column):
        """Return ratio and mass of pairs of a distance above (row) and one below (column)."""
        with np.errstate(over="ignore"):
            ratio = self.below[column] / self.above[row]
        return ratio, self.above_mass[row] * self.below_mass[column]

    def _pivots(self, position, low, high, first, n_left):
        """Return two ratios of drawn pairs, likely just below and above the wanted one."""
        end = np.cumsum(n_left)
        drawn = np.sort(self.rng.integers(end[-1], size=_SAMPLE))
        row = np.searchsorted(end, drawn, side="right")
        column = first[row] + drawn - (end[row] - n_left[row])
        ratio, mass = self._pairs(row, column)
        order = np.argsort(ratio)
        total = np.cumsum(mass[order])
        start = self._mass(low, first) if low > 0 else 0.0
        stop = self._mass(high, first + n_left) if high < np.inf else self.n_finite
        share = (position - start) / (stop - start)
        spread = 3 * np.sqrt(share * (1 - share) / _SAMPLE) + 1 / _SAMPLE
        wanted = np.clip([share - spread, share + spread], 0, 1) * total[-1]
        index = np.minimum(np.searchsorted(total, wanted), _SAMPLE - 1)
        return ratio[order[index]]

    def _enumerate(self, position, low, high, first, n_left):
        """Return the ratio at a position among the few that are left."""
        row = np.repeat(np.arange(len(self.above)), n_left)
        start = np.cumsum(n_left) - n_left
        column = np.arange(len(row)) - start[row] + first[row]
        ratio, mass = self._pairs(row, column)
        if low < 1 <= high:
            ratio, mass = np.append(ratio, 1.0), np.append(mass, self.n_one)
        order = np.argsort(ratio)
        total = np.cumsum(mass[order]) + (self._mass(low, first) if low > 0 else 0.0)
        return ratio[order[min(np.searchsorted(total, position), len(order) - 1)]]
