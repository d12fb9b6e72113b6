"""Regressors that say what their fit was given, importable in other processes."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from threadpoolctl import threadpool_info


class Spreads(RegressorMixin, BaseEstimator):
    """Predict the mean target; `fit` refuses marks that do not belong to its rows.

    The first feature is the number of the row, and its mark is the same number.
    """

    def fit(self, X, y, sample_weight=None, marks=None, scale=1.0):
        if marks is not None:
            rows = np.asarray(X)[:, 0]
            np.testing.assert_array_equal(np.sort(np.asarray(marks)), np.sort(rows))
            np.testing.assert_array_equal(np.asarray(marks), rows)
        self.mean_, self.scale_, self.marked_ = float(np.mean(y)), scale, marks is not None
        return self

    def predict(self, X):
        return np.full(len(X), self.scale_ if self.marked_ else -1.0)


class CountsThreads(RegressorMixin, BaseEstimator):
    """Predict the largest number of threads that a native library had in `fit`."""

    def fit(self, X, y, sample_weight=None):
        self.threads_ = max(library["num_threads"] for library in threadpool_info())
        return self

    def predict(self, X):
        return np.full(len(X), float(self.threads_))
