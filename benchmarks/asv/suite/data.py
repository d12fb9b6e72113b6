"""Data of all benchmarks."""

import numpy as np


def made(n, p):
    """Return n rows of p features and a skewed target that depends on them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, p))
    return X, np.exp(0.8 * X[:, 0] + 0.4 * rng.normal(size=n))
