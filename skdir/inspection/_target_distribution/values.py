"""What a picture of a target's distribution shows, computed from targets and a weighter."""

from numbers import Real

import numpy as np
from sklearn.base import clone

from skdir.density import TargetDensity
from skdir.utils._targets.kernels import RULES
from skdir.utils._targets.ranges import check_range
from skdir.utils._validation import drop_unweighted, parameter_error

# Points of the curves along each of the grids that they are drawn on.
_POINTS = 1000


def distribution_values(y, sample_weight, weighter, bandwidths, *, caller):
    """Return the parameters of a TargetDistributionDisplay that depend on the weighter."""
    weighter = _check_weighter(weighter, caller)
    given = _check_bandwidths(bandwidths, weighter, caller)
    sample_weight, y = drop_unweighted(sample_weight, y)
    check_range(y, caller=caller)
    fitted = []
    for bandwidth in given:
        one = clone(weighter)
        if bandwidth is not None:
            one.set_params(bandwidth=bandwidth)
        fitted.append(one.fit(y) if sample_weight is None else one.fit(y, sample_weight))
    densities = [_density_of(one, y, sample_weight) for one in fitted]
    grid = _grid(y, densities)
    rules = [getattr(one, "bandwidth", None) for one in fitted]
    values = {
        "grid": grid,
        "bandwidths": [getattr(one, "bandwidth_", None) for one in fitted],
        "densities": [density.density(grid) for density in densities],
        "rules": [rule if isinstance(rule, str) else None for rule in rules],
    }
    if not isinstance(weighter, TargetDensity):
        values["weights"] = [one.transform(grid) for one in fitted]
        values["effective_sample_sizes"] = [
            _effective_sample_size(one.transform(y), sample_weight) for one in fitted
        ]
    return values


def _check_weighter(weighter, caller):
    """Return an unfitted weighter or density."""
    if weighter is None:
        return TargetDensity()
    is_weighter = hasattr(weighter, "fit") and hasattr(weighter, "transform")
    if isinstance(weighter, type) or not (is_weighter or isinstance(weighter, TargetDensity)):
        raise parameter_error(
            "weighter",
            caller,
            "a weighter, a TargetDensity or None",
            repr(weighter),
            error=TypeError,
        )
    return weighter


def _check_bandwidths(bandwidths, weighter, caller):
    """Return the bandwidths as a list; [None] leaves that of the weighter."""
    if bandwidths is None:
        return [None]
    accepted = "a positive number in units of y, a rule "
    accepted += f"({', '.join(map(repr, sorted(RULES)))}), or a sequence of them"
    if isinstance(bandwidths, (str, Real)):
        bandwidths = [bandwidths]
    elif not np.iterable(bandwidths) or isinstance(bandwidths, (bytes, dict)):
        raise parameter_error("bandwidths", caller, accepted, repr(bandwidths))
    bandwidths = list(bandwidths)
    if not bandwidths:
        raise parameter_error("bandwidths", caller, accepted, "none")
    for bandwidth in bandwidths:
        if isinstance(bandwidth, str):
            valid = bandwidth in RULES
        else:
            is_number = isinstance(bandwidth, Real) and not isinstance(bandwidth, bool)
            valid = is_number and 0 < bandwidth < np.inf
        if not valid:
            raise parameter_error("bandwidths", caller, accepted, repr(bandwidth))
    if "bandwidth" not in weighter.get_params(deep=False):
        name = type(weighter).__name__
        raise parameter_error(
            "bandwidths", caller, f"None for {name}, which has no bandwidth", repr(bandwidths)
        )
    return bandwidths


def _density_of(fitted, y, sample_weight):
    """Return the effective density of a fitted weighter, that of the targets if it has none."""
    if isinstance(fitted, TargetDensity):
        return fitted
    density = getattr(fitted, "density_", None)
    return density if hasattr(density, "density") else TargetDensity().fit(y, sample_weight)


def _grid(y, densities):
    """Return where the curves are evaluated: fine on an axis of any scale, and at steps."""
    low, high = y.min(), y.max()
    parts = [
        np.quantile(y, np.linspace(0, 1, _POINTS)),
        2 * np.linspace(low / 2, high / 2, _POINTS),
    ]
    if low > 0:
        parts.append(np.geomspace(low, high, _POINTS))
    for density in densities:
        if density.bins is not None:  # both sides of each step
            edges = density.bin_edges_
            parts += [edges, np.nextafter(edges, -np.inf)]
    # rounding may leave the range by an ulp
    return np.unique(np.clip(np.concatenate(parts), low, high))


def _effective_sample_size(weight, sample_weight):
    """Return (sum w)^2 / sum w^2 over the training rows."""
    mass = np.ones(len(weight)) if sample_weight is None else sample_weight
    return float((mass @ weight) ** 2 / (mass @ weight**2))
