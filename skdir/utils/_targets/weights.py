"""Sample weights as numbers of rows, and validation of what weighters return."""

from dataclasses import dataclass

import numpy as np

# Beyond it float64 holds no odd numbers: all numbers are whole, and none is a count.
_MOST_ROWS = 2.0**53


def counting_weights(sample_weight):
    """Return positive weights as numbers of rows, None where each row counts once.

    Whole weights count rows: a weight of 2 is the row twice. Other weights only say how much a row
    counts beside the others, so they are scaled to mean 1: weights that sum to 1 are not one row.
    """
    if sample_weight is None:
        return None
    return Tally.of(sample_weight, len(sample_weight)).in_rows(sample_weight)


@dataclass(frozen=True)
class Tally:
    """How many rows there are, and what their weights mean; batches add up."""

    n_rows: int
    mean_weight: float
    whole: bool

    @classmethod
    def of(cls, sample_weight, n_rows):
        """Look at positive weights (None: each row counts once)."""
        if sample_weight is None:
            return cls(n_rows, 1.0, True)
        highest = sample_weight.max()
        # relative to the highest, since a sum of weights may be more than float64 holds
        mean = float(highest * np.mean(sample_weight / highest))
        whole = bool(
            mean * n_rows < _MOST_ROWS and (sample_weight == np.floor(sample_weight)).all()
        )
        return cls(n_rows, mean, whole)

    @property
    def unit(self):
        """The weight that counts as one row: 1 where weights are whole, else their mean."""
        return 1.0 if self.whole else self.mean_weight

    def in_rows(self, sample_weight):
        """Return weights as numbers of rows, None where each row counts once."""
        if sample_weight is None:
            return None if self.unit == 1 else np.full(self.n_rows, 1 / self.unit)
        if (sample_weight == self.unit).all():
            return None
        return sample_weight if self.unit == 1 else sample_weight / self.unit

    def __add__(self, batch):
        """Return the tally of all rows of both."""
        n_rows = self.n_rows + batch.n_rows
        # relative to the higher, which may be next to nothing or next to infinity
        highest = max(self.mean_weight, batch.mean_weight)
        own, other = self.mean_weight / highest, batch.mean_weight / highest
        mean = highest * (own * (self.n_rows / n_rows) + other * (batch.n_rows / n_rows))
        return Tally(n_rows, mean, self.whole and batch.whole and mean * n_rows < _MOST_ROWS)


def check_weights(weight, n_samples, *, source, raw=False):
    """Validate the weights that a weighter returned.

    Parameters
    ----------
    weight : array-like of shape (n_samples,)
        What the weighter returned.

    n_samples : int
        How many weights there must be.

    source : str
        Name of the weighter for the message.

    raw : bool, default=False
        Whether the weights are raw ones, which may be infinite, and all 0 for some targets.

    Returns
    -------
    weight : ndarray of shape (n_samples,)
        Weights as float64.

    Raises
    ------
    ValueError
        If they are not numbers, too few or too many, NaN, infinite, negative or all zero.
    """
    try:
        values = np.asarray(weight)
        # complex numbers, dates, durations and texts convert, too, but are no weights
        numbers = values.dtype.kind in "biufO"
        values = values.astype(np.float64, copy=False) if numbers else values
    except (TypeError, ValueError, OverflowError, RuntimeError):
        numbers = False
    if not numbers:
        dtype = getattr(weight, "dtype", None)
        got = f"{type(weight).__name__} without numbers" if dtype is None else f"dtype {dtype}"
        raise _weights_error(source, n_samples, got)
    if np.ma.is_masked(weight):
        raise _weights_error(source, n_samples, f"{np.ma.count_masked(weight)} masked")
    if values.shape != (n_samples,):
        raise _weights_error(source, n_samples, f"an array of shape {values.shape}")
    lowest, highest = values.min(initial=np.inf), values.max(initial=-np.inf)
    got = None
    if np.isnan(lowest):
        got = f"{np.isnan(values).sum()} NaN"
    elif lowest < 0:
        got = f"{lowest:g} at the least"
    elif not raw and highest == np.inf:
        got = f"{np.isinf(values).sum()} infinite"
    elif not raw and highest == 0:
        got = "only zeros"
    elif not raw and highest > np.finfo(np.float64).max / n_samples:
        got = f"{highest:g} at the most, so that their sum may be infinite"
    if got is not None:
        raise _weights_error(source, n_samples, got)
    return values


def weights_of(weighter, y, sample_weight=None):
    """Fit any weighter to valid targets and return their weights, validated."""
    # a weighter of the user's own need not know of weights that are not there
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    weight = weighter.fit_transform(y, **weights)
    return check_weights(weight, len(y), source=type(weighter).__name__)


def _weights_error(source, n_samples, got):
    """Build the error for invalid weights."""
    return ValueError(
        f"The weights of {source} must be a 1-d array of {n_samples} finite, non-negative numbers, "
        f"not all 0. Got {got} instead."
    )
