"""The distribution of a made target: skew, modes and gaps, by its quantiles."""

from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from skdir.utils._validation import check_target, parameter_error

# Modes are this many of their standard deviations apart.
_APART = 4.0
# Scores at which the quantiles of a mixture are computed; between them they are interpolated.
_REACH, _KNOTS = 9.0, 1 << 13
# The least share of the distribution that must lie outside of the gaps.
_LEAST_MASS = 1e-3


def check_gaps(gaps, caller):
    """Return gaps as an array of shape (n_gaps, 2), sorted, or None where there are none."""
    if gaps is None:
        return None
    accepted = "pairs (low, high), low below high, that do not overlap"
    try:
        pairs = np.asarray(gaps, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise parameter_error("gaps", caller, accepted, repr(gaps)) from None
    if pairs.ndim != 2 or pairs.shape[1] != 2 or len(pairs) == 0:
        raise parameter_error("gaps", caller, accepted, f"an array of shape {pairs.shape}")
    check_target(pairs.ravel(), caller=caller, name="gaps")
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    if not (np.diff(pairs.ravel()) > 0).all():
        raise parameter_error("gaps", caller, accepted, pairs.tolist())
    return pairs


class TargetShape:
    """Turns standard normal scores into targets of the wanted distribution, in order."""

    def __init__(self, skew, modes, gaps):
        self.skew, self.modes, self.gaps = skew, modes, gaps

    def targets(self, score):
        """Return the target at each score."""
        if self.gaps is not None:
            score = self._past_gaps(score)
        y = self._skewed(self._quantile(score))
        for low, high in () if self.gaps is None else self.gaps:
            # a rounding error inside is moved to the nearer end
            inside = (y > low) & (y < high)
            y[inside] = np.where(y[inside] - low < high - y[inside], low, high)
        return y

    def probability(self, y):
        """Return the share of the distribution, without gaps, below each target."""
        values = self._unskewed(np.asarray(y, dtype=np.float64))
        if self.modes == 1:
            return ndtr(values)
        location, weight, mean, deviation = self._mixture
        values = values * deviation + mean
        return ndtr(values[..., None] - location) @ weight

    def check_mass(self, caller):
        """Refuse gaps that leave next to nothing."""
        if self.gaps is not None and self._kept[1].sum() < _LEAST_MASS:
            raise parameter_error(
                "gaps",
                caller,
                f"ranges outside of which at least {_LEAST_MASS:g} of the distribution lies",
                f"{self.gaps.tolist()}",
            )

    @cached_property
    def _mixture(self):
        """Return locations and weights of the modes, and mean and deviation of the mixture."""
        weight = 0.5 ** np.arange(self.modes)
        weight /= weight.sum()
        location = _APART * np.arange(self.modes)
        mean = weight @ location
        return location, weight, mean, np.sqrt(1 + weight @ (location - mean) ** 2)

    @cached_property
    def _table(self):
        """Return scores and the standardised quantiles of the mixture there, by bisection."""
        location, weight, mean, deviation = self._mixture
        score = np.linspace(-_REACH, _REACH, _KNOTS)
        low = np.full(_KNOTS, -_REACH)
        high = np.full(_KNOTS, location[-1] + _REACH)
        # of the upper half from above, where shares near 1 would be rounded
        sign = np.where(score > 0, -1.0, 1.0)
        share = ndtr(-np.abs(score))
        for _ in range(52):
            middle = (low + high) / 2
            tail = ndtr(sign[:, None] * (middle[:, None] - location)) @ weight
            right = np.where(sign > 0, tail < share, tail > share)
            low, high = np.where(right, middle, low), np.where(right, high, middle)
        return score, ((low + high) / 2 - mean) / deviation

    @cached_property
    def _kept(self):
        """Return where the parts outside of the gaps begin, and their shares."""
        inner = self.probability(self.gaps.ravel()).reshape(-1, 2)
        start = np.append(0.0, inner[:, 1])
        return start, np.append(inner[:, 0], 1.0) - start

    def _quantile(self, score):
        if self.modes == 1:
            return score
        return np.interp(score, *self._table)

    def _past_gaps(self, score):
        """Return scores of the same quantiles of the distribution without the gaps."""
        start, share = self._kept
        end = np.cumsum(share)
        mass = ndtr(score) * end[-1]
        part = np.minimum(np.searchsorted(end, mass, side="right"), len(end) - 1)
        inside = np.clip(mass - (end - share)[part], 0.0, share[part])
        return ndtri(np.clip(start[part] + inside, 1e-300, 1 - 2.0**-53))

    def _skewed(self, value):
        if self.skew == 0:
            return value
        return np.expm1(self.skew * value) / self.skew

    def _unskewed(self, y):
        if self.skew == 0:
            return y
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log1p(self.skew * y) / self.skew
        return np.where(self.skew * y > -1, value, -np.sign(self.skew) * np.inf)
