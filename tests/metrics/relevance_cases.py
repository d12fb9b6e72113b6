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

MULTI = [[0, 0, 0], [2, 1, 0], [5, 0.1, 0], [9, 0.9, 0], [20, 0, 0]]
SHAPES = {
    "high": [[0, 0, 0], [4, 0, 0], [10, 1, 0]],
    "low": [[0, 1, 0], [4, 0, 0], [10, 0, 0]],
    "both": [[0, 1, 0], [4, 0, 0], [10, 1, 0]],
    "many": MULTI,
    "peak": [[0, 0, 0], [5, 1, 0], [10, 0, 0]],
    "steep ends": [[0, 1, -0.1], [5, 0.2, 0], [10, 0.8, 0.1]],
    "constant": [[0, 0.5, 0], [10, 0.5, 0]],
    "stairs": [[0, 0, 0], [3, 0.5, 0], [6, 0.5, 0], [9, 1, 0]],
}


def read_vectors(shared):
    """Return the recorded values by vector."""
    with gzip.open(shared / "reference" / "relevance_sera_utility.json.gz") as file:
        return json.load(file)["vectors"]


def through(points):
    """Return the relevance through control points."""
    points = np.unique(np.array(points, dtype=float), axis=0)
    return RelevanceFunction(method="control_points", control_points=points).fit([0.0, 1.0])
