"""Rows to train on: their inputs, targets and weights, and those that are set aside."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split

from skdir.neural_network._training.rows import take_rows
from skdir.neural_network._training.settings import CALLER
from skdir.utils._validation import parameter_error

# Strata of the target from which validation rows are drawn, at most.
_STRATA = 10


@dataclass(frozen=True)
class Samples:
    """Valid inputs, targets and weights of rows.

    Parameters
    ----------
    X : Tensor, dict of str to Tensor, or LazyInputs
        Inputs.

    y : ndarray of shape (n,) or (n, n_outputs)
        Targets.

    weight : ndarray of shape (n,) or None
        Weights.
    """

    X: object
    y: np.ndarray
    weight: np.ndarray | None

    def take(self, rows):
        """Return some of the rows."""
        weight = None if self.weight is None else self.weight[rows]
        return Samples(take_rows(self.X, rows), self.y[rows], weight)

    def drop_unweighted(self):
        """Return the rows that have a weight: the others are as good as absent."""
        if self.weight is None or self.weight.all():
            return self
        return self.take(np.flatnonzero(self.weight))


def split_rows(y, fraction, rng):
    """Return training and validation rows, drawn from strata of the target."""
    n_valid = int(np.ceil(fraction * len(y)))
    if not 0 < n_valid < len(y):
        raise parameter_error(
            "validation_fraction",
            CALLER,
            "such that rows remain for training and validation",
            f"{fraction:g} of {len(y)} rows",
        )
    first = y[:, 0] if y.ndim == 2 else y
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    n_strata = max(1, min(_STRATA, n_valid, (len(y) - n_valid), len(y) // 2))
    strata = rank * n_strata // len(y)
    return train_test_split(np.arange(len(y)), test_size=n_valid, random_state=rng, stratify=strata)
