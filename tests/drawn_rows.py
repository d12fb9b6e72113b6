"""What the common checks of estimators that draw rows share."""

import numpy as np
from sklearn.base import BaseEstimator

_REASON = "rows are drawn at random, so weights equal repeated rows only in expectation"
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": _REASON,
    "check_sample_weight_equivalence_on_sparse_data": _REASON,
}


class AboveMiddle(BaseEstimator):
    """Calls the upper half of the range relevant, whatever targets the checks bring."""

    def fit(self, y):
        self.middle_ = (np.min(y) + np.max(y)) / 2
        return self

    def transform(self, y):
        return np.where(np.asarray(y) > self.middle_, 0.9, 0.1)
