"""Feature rows as numbers: what the algorithms see, whatever container X came in."""

import numpy as np
from scipy import sparse

from skdir.utils._validation import parameter_error

# Rows per block, so that temporary arrays stay small.
_CHUNK = 4096


class Rows:
    """Rows of features, numeric ones as floats and categorical ones as codes.

    Parameters
    ----------
    numeric : ndarray of shape (n_samples, n_numeric)
        Numeric features, float32 or float64; NaN where a value is missing. Never written to.

    codes : ndarray of shape (n_samples, n_categorical)
        Levels of categorical features as whole numbers from 0 on; a missing value is a level of
        its own.

    whole : ndarray of shape (n_numeric,) of bool
        Which numeric features hold whole numbers, so that new values are rounded.

    largest : float or ndarray of shape (n_numeric,), default=None
        Largest number that the container of each feature can hold; None is that of `numeric`.

    caller : str, default="a sampler"
        For messages.
    """

    def __init__(self, numeric, codes, whole, largest=None, caller="a sampler"):
        self.numeric, self.codes, self.whole, self.caller = numeric, codes, whole, caller
        self.largest = np.finfo(numeric.dtype).max if largest is None else largest

    def __len__(self):
        return self.numeric.shape[0]

    def take(self, rows):
        """Return some of the rows, as a copy."""
        return self._with(self.numeric[rows], self.codes[rows])

    def join(self, *others):
        """Return these rows and then those of other objects with the same features."""
        if not others:
            return self
        parts = (self, *others)
        numeric = self._stack([part.numeric for part in parts])
        return self._with(numeric, np.concatenate([part.codes for part in parts]))

    def interpolate(self, seeds, neighbors, share, from_neighbor):
        """Return rows between seeds and their neighbours.

        Parameters
        ----------
        seeds, neighbors : ndarray of shape (n_new,)
            Positions of the parents.

        share : ndarray of shape (n_new, 1) or (n_new, n_numeric)
            Share of the way from the seed to the neighbour, in [0, 1].

        from_neighbor : ndarray of shape (n_new, n_categorical) of bool
            Which categorical values are the neighbour's; the others are the seed's.

        Returns
        -------
        rows : Rows
            New rows. Where a parent's value is missing, the seed's.
        """
        numeric = self._interpolate_numeric(seeds, neighbors, share)
        codes = np.where(from_neighbor, self.codes[neighbors], self.codes[seeds])
        return self._with(numeric, codes)

    def add_noise(self, seeds, factor, rng, spread=None):
        """Return seeds with normal noise, and levels drawn by their frequency in these rows.

        Parameters
        ----------
        seeds : ndarray of shape (n_new,)
            Positions of the seeds.

        factor : float or ndarray of shape (n_new,)
            Standard deviation of the noise as a share of each feature's.

        rng : RandomState
            Source of the noise.

        spread : ndarray of shape (n_numeric,), default=None
            Standard deviation of each numeric feature; None is that in these rows.

        Returns
        -------
        rows : Rows
            New rows; missing values stay missing, and constant features constant. Where noise
            leaves the numbers that the type of the features holds, the seed's value is taken.
        """
        factor = np.broadcast_to(factor, seeds.shape)
        spread = self.spread() if spread is None else spread
        numeric = self._noisy_numeric(seeds, factor, spread, rng)
        drawn = rng.randint(len(self), size=(len(seeds), self.codes.shape[1]))
        return self._with(numeric, np.take_along_axis(self.codes, drawn, axis=0))

    def has_missing(self):
        """Return whether numeric values are missing."""
        with np.errstate(over="ignore", invalid="ignore"):
            total = self.numeric.sum()
        # huge values of both signs make NaN, too
        return bool(np.isnan(total) and np.isnan(self.numeric).any())

    def scale(self):
        """Return 1 / range of each numeric feature; 0 for constant and for empty ones."""
        low, high = self.extremes()
        limits = np.finfo(self.numeric.dtype)
        if not (high / 2 - low / 2 <= limits.max / 2).all():
            raise parameter_error(
                "X",
                self.caller,
                f"of a range that {limits.dtype} can hold (divide it by a constant first)",
                f"a feature from {low.min():g} to {high.max():g}",
            )
        # of smaller ranges the type has no reciprocal
        width = np.where(high > low, np.maximum(high - low, limits.tiny), 0)
        return np.divide(1.0, width, out=np.zeros_like(width), where=width > 0)

    def spread(self):
        """Return the standard deviation (n - 1) of each numeric feature, exactly 0 if constant."""
        scale = self.scale()
        width = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
        return np.where(scale > 0, self._deviation(scale) * width, 0.0)

    def _with(self, numeric, codes):
        return type(self)(numeric, codes, self.whole, self.largest, self.caller)

    def _stack(self, parts):
        return np.concatenate(parts)

    def _interpolate_numeric(self, seeds, neighbors, share):
        """Interpolate in blocks; clipped, since rounding can leave the parents' box."""
        new = np.empty((len(seeds), self.numeric.shape[1]), dtype=self.numeric.dtype)
        share = share.astype(self.numeric.dtype, copy=False)
        for start in range(0, len(seeds), _CHUNK):
            block = slice(start, start + _CHUNK)
            seed, neighbor = self.numeric[seeds[block]], self.numeric[neighbors[block]]
            out = np.multiply(neighbor, share[block], out=new[block])
            out += seed * (1 - share[block])
            np.clip(out, np.minimum(seed, neighbor), np.maximum(seed, neighbor), out=out)
            np.copyto(out, seed, where=np.isnan(out))
        return self._round(new)

    def _noisy_numeric(self, seeds, factor, spread, rng):
        noise = rng.standard_normal((len(seeds), self.numeric.shape[1]))
        seed = self.numeric[seeds]
        return self._round(_with_noise(seed, noise, spread, factor[:, None], self.largest))

    def _round(self, numeric):
        """Round the features of whole numbers, in place."""
        if self.whole.all():
            return np.rint(numeric, out=numeric)
        if self.whole.any():
            numeric[:, self.whole] = np.rint(numeric[:, self.whole])
        return numeric

    def extremes(self):
        """Return the smallest and largest value of each feature in float64; 0 where there is none.

        Twice as fast as numpy's own functions that skip NaN, which most data do not have.
        """
        low, high = self.numeric.min(axis=0), self.numeric.max(axis=0)
        if np.isnan(low).any():
            valid = ~np.isnan(self.numeric)
            empty = ~valid.any(axis=0)
            low = np.where(empty, 0, self.numeric.min(axis=0, where=valid, initial=np.inf))
            high = np.where(empty, 0, self.numeric.max(axis=0, where=valid, initial=-np.inf))
        return low.astype(np.float64), high.astype(np.float64)

    def _deviation(self, scale):
        """Return the standard deviation of the features times the scale."""
        low = self.extremes()[0]
        scaled = (self.numeric - low) * scale
        count = np.count_nonzero(~np.isnan(scaled), axis=0)
        square = np.nansum((scaled - _mean(scaled, count)) ** 2, axis=0)
        return np.sqrt(square / np.maximum(count - 1, 1))


class SparseRows(Rows):
    """Rows of a sparse X in CSR format, all numeric; a value that is not stored is zero.

    Noise reaches the stored values alone: a zero stays zero, so that X stays sparse.
    """

    def has_missing(self):
        """Return whether stored values are missing (such an X is refused before)."""
        return False

    def _stack(self, parts):
        return sparse.vstack(parts, format="csr")

    def _interpolate_numeric(self, seeds, neighbors, share):
        seed, neighbor = self.numeric[seeds], self.numeric[neighbors]
        share = share.astype(seed.dtype, copy=False)
        if share.shape[1] == 1:
            new = _scaled_rows(neighbor, share[:, 0]) + _scaled_rows(seed, 1 - share[:, 0])
        else:
            new = neighbor.multiply(share) + seed.multiply(1 - share)
        new = new.tocsr()
        return self._round(new.minimum(seed.maximum(neighbor)).maximum(seed.minimum(neighbor)))

    def _noisy_numeric(self, seeds, factor, spread, rng):
        new = self.numeric[seeds]
        noise, factor = rng.standard_normal(new.nnz), np.repeat(factor, np.diff(new.indptr))
        new.data = _with_noise(new.data, noise, spread[new.indices], factor, self.largest)
        return self._round(new)

    def _round(self, numeric):
        numeric = numeric.tocsr()
        if self.whole.any():
            numeric.data = np.where(
                self.whole[numeric.indices], np.rint(numeric.data), numeric.data
            )
        return numeric

    def extremes(self):
        return tuple(
            np.asarray(extreme.todense(), dtype=np.float64).ravel()
            for extreme in (self.numeric.min(axis=0), self.numeric.max(axis=0))
        )

    def _deviation(self, scale):
        """Return the standard deviation of the features times the scale."""
        n = len(self)
        scaled = self.numeric.astype(np.float64)
        scaled.data *= scale[scaled.indices]
        mean = np.asarray(scaled.sum(axis=0)).ravel() / n
        stored = np.bincount(scaled.indices, minlength=len(mean))
        deviation = (scaled.data - mean[scaled.indices]) ** 2
        square = np.bincount(scaled.indices, weights=deviation, minlength=len(mean))
        square = square + (n - stored) * mean**2
        return np.sqrt(square / max(n - 1, 1))


def _with_noise(seed, noise, spread, factor, largest):
    """Return seeds plus noise of a spread; the seeds where that is too large. Writes to `noise`."""
    with np.errstate(over="ignore", invalid="ignore"):
        noise *= spread
        noise *= factor
        noise += seed
        new = noise.astype(seed.dtype, copy=False)
        fits = np.isfinite(new) & (np.abs(new) <= largest)
    np.copyto(new, seed, where=~fits)
    return new


def _mean(values, count):
    """Return the mean of each column over the values that are there."""
    return np.nansum(values, axis=0) / np.maximum(count, 1)


def _scaled_rows(matrix, factor):
    """Return a CSR matrix with each row times its factor."""
    return sparse.diags_array(factor, dtype=matrix.dtype).tocsr() @ matrix
