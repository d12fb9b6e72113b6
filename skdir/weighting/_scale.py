"""Weights of mean one from raw weights: a value that scales and bounds them."""

from dataclasses import dataclass

import numpy as np

from skdir.utils._validation import parameter_error, real_array

# A weight above 0 is at least such a share of the highest where bounds lift it: a factor that lifts
# one that is less may be more than float64 holds.
_LEAST = 1e-290


@dataclass(frozen=True, eq=False)
class RawWeights:
    """Raw weights of training rows of positive weight.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Raw weights, one for each row, or for each bin of rows.

    masses : ndarray of shape (n_values,) or None
        Number of rows that have each value, None for one each.

    index : ndarray of shape (n_samples,) or None
        Which value each row has; None if the values are the rows' own.

    accuracy : float
        Values that differ by no more than this share differ by rounding alone.
    """

    values: np.ndarray
    masses: np.ndarray | None = None
    index: np.ndarray | None = None
    accuracy: float = 1e-12


@dataclass(frozen=True)
class Scale:
    """What turns raw weights into weights: those of the training rows have mean one.

    Parameters
    ----------
    rarest : float
        The highest raw weight of a training row; no target weighs more.

    factor : float
        Weight of that row, before bounds.

    bounds : tuple of (float, float) or None
        Bounds of the weights.

    effective_sample_size : float
        Number of rows of equal weight that carry as much information.
    """

    rarest: float
    factor: float
    bounds: tuple | None
    effective_sample_size: float

    @classmethod
    def of(cls, raw, bounds, caller):
        """Return the scale of the raw weights of training rows, and the weights of its values."""
        values, masses, held = raw.values, raw.masses, slice(None)
        if masses is not None and not masses.all():  # bins without targets
            held = masses > 0
            masses = masses[held]
        rarest = _rarest(values[held])
        if rarest == 0:  # rows that weigh something are next to nothing beside others
            raise _unequal_weights(masses, caller)
        weights = _in_units(values, rarest, bounds)
        relative = weights[held]
        if relative.min() >= 1 - raw.accuracy:
            bounds = (1.0, 1.0)
        if bounds is None:
            with np.errstate(over="ignore"):
                n_rows = len(relative) if masses is None else masses.sum()
                factor = n_rows / _total(relative, masses)
        else:
            factor = _bounded_factor(relative, masses, bounds, caller)
        if not np.isfinite(factor):
            raise _unequal_weights(masses, caller)
        if bounds is not None:
            relative = np.clip(relative * factor, *bounds)
            relative = relative / relative.max()
        squares = relative @ relative if masses is None else (relative * relative) @ masses
        size = float(_total(relative, masses) ** 2 / squares)
        return cls(rarest, factor, bounds, size), _times(weights, factor, bounds)

    def __call__(self, raw):
        """Return the weights of targets from their raw weights."""
        return _times(_in_units(raw, self.rarest, self.bounds), self.factor, self.bounds)


def check_bounds(clip, caller):
    """Return bounds of weights; refuse those between which a mean of one cannot lie."""
    if clip is None:
        return None
    bounds = real_array(clip)
    valid = bounds is not None and bounds.shape == (2,)
    if not (valid and 0 <= bounds[0] <= 1 <= bounds[1]):
        raise parameter_error(
            "clip",
            caller,
            "a pair (low, high) with 0 <= low <= 1 <= high, since weights have mean 1",
            repr(clip),
        )
    low, high = bounds.tolist()
    # Weights of mean 1 of which none is above 1, or none below, are all 1.
    return (1.0, 1.0) if 1.0 in (low, high) else (low, high)


def _rarest(values):
    """Return the highest raw weight, infinite ones aside (rows that no kernel reaches)."""
    highest = values.max()
    if not np.isfinite(highest):
        highest = values.max(where=np.isfinite(values), initial=0.0) or 1.0
    return highest


def _unequal_weights(masses, caller):
    """Build the error for rows that count next to nothing beside others."""
    return parameter_error(
        "sample_weight",
        caller,
        "of sizes whose ratios float64 holds",
        f"numbers of rows from {masses.min():g} to {masses.max():g}",
    )


def _in_units(raw, rarest, bounds):
    """Return raw weights in units of the rarest row's; bounds must be able to lift them."""
    weight = np.minimum(raw, rarest)
    weight /= rarest
    if bounds is not None:
        np.maximum(weight, _LEAST, out=weight, where=raw > 0)
    return weight


def _times(relative, factor, bounds):
    """Return weights times the factor, bounded, in the array of `relative`."""
    relative *= factor
    return relative if bounds is None else np.clip(relative, *bounds, out=relative)


def _total(values, masses):
    """Return the sum over rows."""
    return values.sum() if masses is None else values @ masses


def _bounded_factor(values, masses, bounds, caller):
    """Return the factor at which values, within bounds, have weighted mean one.

    The mean grows with the factor, linearly between the factors at which a value meets a bound:
    the stretch that holds the solution is searched by halves, and on it one division solves.
    """
    low, high = bounds
    if low == high:
        return 1.0
    masses = np.full(len(values), 1 / len(values)) if masses is None else masses / masses.sum()
    starts, ends = np.full((2, len(values)), np.inf)  # zeros never leave the lower bound
    with np.errstate(over="ignore"):
        np.divide(low, values, out=starts, where=values > 0)
        np.divide(high, values, out=ends, where=values > 0)
    if high < np.inf:
        most = masses @ np.where(values > 0, high, low)
        if most < 1 - 1e-12:
            raise parameter_error(
                "clip",
                caller,
                "bounds between which the weights can have mean 1 (some raw weights are 0)",
                f"{bounds}, which leaves a mean of {most:g} at the most",
            )
    corners = np.unique(np.concatenate([starts, ends]))
    corners = corners[np.isfinite(corners)]
    first, last = 0, len(corners)  # the mean is at most 1 at the first, above 1 at the last
    while last - first > 1:
        middle = (first + last) // 2
        mean_is_low = masses @ np.clip(values * corners[middle], low, high) <= 1
        first, last = (middle, last) if mean_is_low else (first, middle)
    begin, end = corners[first], corners[last] if last < len(corners) else np.inf
    below, above = starts >= end, ends <= begin
    inner = ~(below | above)
    if not inner.any():  # the mean is one on the whole stretch
        return float(begin)
    rest = 1 - (low * masses[below].sum() + (high * masses[above].sum() if above.any() else 0))
    highest = values[inner].max()  # divided by it, so that no product falls to 0
    slope = masses[inner] @ (values[inner] / highest)
    with np.errstate(over="ignore"):
        scale = rest / slope / highest if slope > 0 else begin
    return float(np.clip(scale, begin, end))
