"""Data of all benchmarks, and ratios of times."""

from time import process_time

import numpy as np


def made(n, p):
    """Return n rows of p features and a skewed target that depends on them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, p))
    return X, np.exp(0.8 * X[:, 0] + 0.4 * rng.normal(size=n))


def ratio(call, other, repeats=5):
    """Return the best time of a call over that of another; they take turns."""
    best = [float("inf")] * 2
    for _ in range(repeats):
        for side, timed in enumerate((call, other)):
            start = process_time()
            timed()
            best[side] = min(best[side], process_time() - start)
    return best[0] / best[1]
