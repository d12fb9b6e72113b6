"""Recorded values of relevance, SERA and utility, and relevances for tests."""

import gzip
import json

import numpy as np

from skdir.relevance import RelevanceFunction

VECTORS = (
    "sim_lognormal",
    "sim_left_skew",
    "sim_t2",
    "sim_zero_inflated",
    "sim_integer_counts",
    "sim_small",
)
TRAINING = np.random.default_rng(3).gamma(2.0, 3.0, size=300)
RELEVANCE = RelevanceFunction().fit(TRAINING)


def read_vectors(shared):
    """Return the recorded values by vector."""
    with gzip.open(shared / "reference" / "relevance_sera_utility.json.gz") as file:
        return json.load(file)["vectors"]


def through(points):
    """Return the relevance through control points."""
    points = np.unique(np.array(points, dtype=float), axis=0)
    return RelevanceFunction(method="control_points", control_points=points).fit([0.0, 1.0])
