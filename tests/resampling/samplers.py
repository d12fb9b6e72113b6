"""What the tests of containers and of bad input share."""

import numpy as np
import pytest

from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

N = 40
Y = np.random.default_rng(0).permutation(N).astype(float)


def high(y):
    """The highest ten of the targets 0 to 39 are rare."""
    return (np.asarray(y) >= N - 10).astype(float)


# Those that look at the features, and those that copy rows whatever they hold.
READERS = {
    "SmoteR": (SmoteR, {}),
    "SmoteR by attribute": (SmoteR, {"interpolation": "attribute"}),
    "SMOGN": (SMOGN, {}),
    "SMOGN neighbors": (SMOGN, {"safe_distance": "neighbors"}),
    "GaussianNoise": (GaussianNoise, {}),
    "WERCS with noise": (WERCS, {"noise": True}),
}
COPIERS = {
    "RandomOverSampler": (RandomOverSampler, {}),
    "RandomUnderSampler": (RandomUnderSampler, {}),
    "WERCS": (WERCS, {}),
}
ALL = {**READERS, **COPIERS}


def make(name, **params):
    """Return a sampler by name."""
    kind, given = ALL[name]
    return kind(**{"relevance": high, "random_state": 0, **given, **params})


def only_adding(name):
    """Return a sampler that removes no row."""
    if name.startswith("WERCS"):
        return make(name, under=0.0)
    return make(name, sampling_strategy="over")


def numbers(n=N, d=3, seed=1):
    """Return features without zeros, to two decimals."""
    return np.random.default_rng(seed).integers(1, 1000, size=(n, d)) / 100


def refused(call, *parts, error=ValueError):
    """Check that a call fails with a message that has all parts."""
    with pytest.raises(error) as found:
        call()
    for part in parts:
        assert part in str(found.value)
