"""Data, scorers and a regressor for tests of scorers."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes

from skdir.metrics import make_balanced_scorer, make_relevance_scorer, make_shot_scorer
from skdir.relevance import RelevanceFunction

X, Y = load_diabetes(return_X_y=True)
X, X_TEST, Y, Y_TEST = X[::2], X[1::2], Y[::2], Y[1::2]
WEIGHT = np.random.default_rng(0).integers(0, 4, len(Y_TEST))
FITTED = RelevanceFunction(method="quantile").fit(Y)
EDGES = [0, 100, 200, 350]
SCORERS = {
    "sera": make_relevance_scorer(FITTED),
    "r2": make_relevance_scorer(FITTED, metric="r2"),
    "f": make_relevance_scorer(FITTED, metric="fscore", threshold=0.5),
    "few": make_shot_scorer(("few", "zero"), bins=10, y_train=Y),
    "balanced": make_balanced_scorer(EDGES),
}


class Constant(RegressorMixin, BaseEstimator):
    """Predicts a constant, and counts how often it is asked."""

    def __init__(self, value=150.0):
        self.value = value

    def fit(self, X, y):
        self.calls_ = []
        return self

    def predict(self, X):
        self.calls_.append(len(X))
        return np.full(len(X), self.value)
