"""Kernel density curves of a fine histogram, in units of the target's range.

Both kinds of curve are piecewise linear, so evaluating one is an interpolation:

- the Gaussian, smooth, on a uniform grid, by a cosine transform;
- the Laplacian and the triangular kernel, which have corners, exactly at their corners.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import dct
from scipy.linalg import solve_banded

from skdir.utils._estimators.frozen import OwnArrays
from skdir.utils._targets.kernels import REACH, kernel_cdf, kernel_values

# Grid cells per bandwidth. Irrational, so that round numbers do not sit on the edge between two
# grids. Linear binning and interpolation err by (1/8 + 1/8) (cell/bandwidth)^2 ((d/h)^2 - 1),
# 7e-4 at a distance of 4.3 bandwidths, where a lone Gaussian is 1e-4 of its maximum.
CELLS_PER_BANDWIDTH = {
    "gaussian": 25 * np.pi,
    "laplacian": 163 * np.pi,
    "triangular": 163 * np.pi,
}

# Below this share of the maximum a transform yields rounding noise, not density.
_NOISE = 1e-13


@dataclass(frozen=True, eq=False)
class GridCurve(OwnArrays):
    """Values at the nodes of a uniform grid, and their differences; asked for inside only."""

    start: float
    step: float
    values: np.ndarray
    rises: np.ndarray

    @classmethod
    def of(cls, start, step, values):
        """Make the curve through values."""
        # one more node, so that the last one has a right neighbour
        return cls(start, step, values, np.append(np.diff(values), [0.0]))

    def __call__(self, position, out):
        """Write the values at `position` (which is overwritten) to `out`."""
        position -= self.start
        position *= 1.0 / self.step
        # an end's own rounding must not push it off the grid
        np.clip(position, 0.0, len(self.values) - 1, out=position)
        node = position.astype(np.intp)
        position -= node
        np.take(self.rises, node, out=out, mode="clip")
        out *= position
        out += np.take(self.values, node, out=position, mode="clip")

    def beyond(self):
        """Return how far the curve goes on below 0 and above 1."""
        end = self.start + self.step * (len(self.values) - 1)
        return max(0.0, -self.start), max(0.0, end - 1.0)

    def knots(self):
        """Return the points between which the curve is linear, and its values there."""
        return self.start + self.step * np.arange(len(self.values)), self.values


@dataclass(frozen=True, eq=False)
class KnotCurve(OwnArrays):
    """Values at increasing knots, linear in between; asked for between the ends only."""

    position: np.ndarray
    values: np.ndarray

    def __call__(self, position, out):
        """Write the values at `position` to `out`."""
        out[:] = np.interp(position, self.position, self.values)

    def beyond(self):
        """Return how far the curve goes on below 0 and above 1."""
        return max(0.0, -self.position[0]), max(0.0, self.position[-1] - 1.0)

    def knots(self):
        """Return the points between which the curve is linear, and its values there."""
        return self.position, self.values


def grid_level(kernel, bandwidth):
    """Return the level of the histogram that a bandwidth (in units of the range) needs."""
    # no larger than float64 holds: a bandwidth of almost nothing needs more cells than there are
    cells = CELLS_PER_BANDWIDTH[kernel] / max(bandwidth, 1e-300)
    return max(0, int(np.ceil(np.log2(max(cells, 1.0)))))


def density_curve(histogram, kernel, bandwidth, boundary):
    """Smooth a histogram; `bandwidth` and the result are in units of its range.

    The histogram must be as fine as `grid_level` asks.
    """
    level = grid_level(kernel, bandwidth)
    if boundary == "reflect" and bandwidth > 100:
        # what reflections of so wide a kernel add up to, to 1e-4
        curve = GridCurve.of(0.0, 1.0, np.ones(2))
    elif kernel == "gaussian":
        curve = _gaussian(histogram.coarsen(level).nodes(), bandwidth, boundary)
    else:
        corners = _laplacian if kernel == "laplacian" else _triangular
        position, mass = histogram.points()
        curve = corners(position, mass / histogram.total, bandwidth, boundary, level)
    if boundary == "zero":
        return curve
    return _with_unit_integral(curve, kernel, bandwidth, boundary)


def _gaussian(nodes, bandwidth, boundary):
    """Convolve node masses with a Gaussian by a cosine transform.

    The transform's own boundary condition is reflection at both ends. Without reflection the grid
    goes on beyond the data as far as the kernel reaches.
    """
    n_cells = len(nodes) - 1
    pad = 0
    if boundary != "reflect":
        pad = int(np.ceil(REACH["gaussian"] * bandwidth * n_cells))
        nodes = np.pad(nodes, pad)
    masses = nodes / nodes.sum()
    # a mass on a mirror meets its own image
    masses[[0, -1]] *= 2.0
    length = (len(masses) - 1) / n_cells
    frequency = np.arange(len(masses)) * (np.pi / length)
    spectrum = dct(masses, type=1)
    spectrum *= np.exp(-0.5 * (bandwidth * frequency) ** 2)
    values = dct(spectrum, type=1) / (2.0 * length)
    values[values < _NOISE * values.max()] = 0.0
    # a target has at least the density of its own kernel, however little it weighs
    peak = kernel_values("gaussian", 0.0) / bandwidth
    np.maximum(values, (nodes / nodes.sum()) * peak, out=values)
    return GridCurve.of(-pad / n_cells, 1.0 / n_cells, values)


def _images(position, mass, reach, boundary):
    """Return the points with their mirror images within reach, sorted."""
    if boundary != "reflect":
        return position, mass
    periods = int(np.ceil(reach))
    parts = [
        (2 * k + sign * position) for k in range(-periods, periods + 1) for sign in (-1.0, 1.0)
    ]
    images = np.concatenate(parts)
    masses = np.tile(mass, len(parts))
    near = (images >= -reach) & (images <= 1 + reach)
    order = np.argsort(images[near], kind="stable")
    return images[near][order], masses[near][order]


def _window(position, values, reach, boundary):
    """Cut a curve's knots to where it may be asked for."""
    low, high = (0.0, 1.0) if boundary != "zero" else (-reach, 1.0 + reach)
    ends = np.interp([low, high], position, values, left=0.0, right=0.0)
    inside = (position > low) & (position < high)
    return KnotCurve(
        np.concatenate([[low], position[inside], [high]]),
        np.concatenate([ends[:1], values[inside], ends[1:]]),
    )


def _triangular(position, mass, bandwidth, boundary, level):
    """Sum triangles exactly: the slope changes only at a point and a bandwidth either side."""
    reach = bandwidth
    position, mass = _images(position, mass, reach, boundary)
    corner = np.concatenate([position - bandwidth, position, position + bandwidth])
    bend = np.concatenate([mass, -2.0 * mass, mass]) / bandwidth**2
    order = np.argsort(corner, kind="stable")
    corner, bend = corner[order], bend[order]
    slope = np.cumsum(bend)
    values = np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(corner))])
    values[values < _NOISE * values.max()] = 0.0
    # a target has at least the density of its own kernel, however little it weighs
    own = np.concatenate([np.zeros_like(mass), mass, np.zeros_like(mass)])[order]
    np.maximum(values, own / bandwidth, out=values)
    if boundary == "renormalize":
        corner, values = _with_grid(corner, values, level)
    return _window(corner, values, reach, boundary)


def _laplacian(position, mass, bandwidth, boundary, level):
    """Sum two-sided exponentials by one sweep from either side (a bidiagonal solve)."""
    reach = REACH["laplacian"] * bandwidth
    position, mass = _images(position, mass, reach, boundary)
    # between points the curve is smooth: a grid in between makes it linear to 5e-7
    low, high = (0.0, 1.0) if boundary != "zero" else (-reach, 1.0 + reach)
    grid = np.linspace(low, high, int(np.ceil((high - low) * 2**level)) + 1)
    knots = np.concatenate([position, grid])
    masses = np.concatenate([mass, np.zeros(len(grid))])
    order = np.argsort(knots, kind="stable")
    knots, masses = knots[order], masses[order]
    decay = np.exp(-np.diff(knots) / bandwidth)
    from_left = _sweep(decay, masses)
    from_right = _sweep(decay[::-1], masses[::-1])[::-1]
    values = (from_left + (from_right - masses)) / (2.0 * bandwidth)
    return _window(knots, values, reach, boundary)


def _sweep(decay, masses):
    """Solve s[i] = decay[i - 1] s[i - 1] + masses[i]."""
    bands = np.ones((2, len(masses)))
    bands[1, :-1] = -decay
    return solve_banded((1, 0), bands, masses, check_finite=False)


def _with_grid(position, values, level):
    """Add the nodes of a grid to a curve's knots."""
    grid = np.linspace(0.0, 1.0, 2**level + 1)
    knots = np.concatenate([position, grid])
    values = np.concatenate([values, np.interp(grid, position, values, left=0.0, right=0.0)])
    order = np.argsort(knots, kind="stable")
    return knots[order], values[order]


def _with_unit_integral(curve, kernel, bandwidth, boundary):
    """Divide by the kernel's mass inside the range if asked for, then by the integral."""
    position, values = curve.knots()
    if boundary == "renormalize":
        inside = kernel_cdf(kernel, (1.0 - position) / bandwidth) - kernel_cdf(
            kernel, -position / bandwidth
        )
        keep = (position > -1e-12) & (position < 1.0 + 1e-12)
        position, values = position[keep], values[keep] / inside[keep]
    values = values / np.trapezoid(values, position)
    if isinstance(curve, GridCurve):
        return GridCurve.of(position[0], curve.step, values)
    return KnotCurve(position, values)
