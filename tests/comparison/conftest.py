"""Small comparisons that several tests look at."""

import numpy as np
import pytest
from failing_regressor import FailsSometimes
from sklearn.linear_model import Ridge

from skdir.comparison import compare_strategies


@pytest.fixture(scope="session")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 3))
    y = np.exp(0.8 * X[:, 0] + 0.4 * rng.normal(size=240))
    return X, y


@pytest.fixture(scope="session")
def comparison(data):
    return compare_strategies(Ridge(), *data, random_state=0)


@pytest.fixture(scope="session")
def failing(data):
    """One strategy fails always, one in some folds, one never."""
    X, y = data
    folds = [(np.roll(np.arange(240), -k)[60:], np.roll(np.arange(240), -k)[:60]) for k in (0, 90)]
    limit = (y[folds[0][0][0]] + y[folds[1][0][0]]) / 2
    return compare_strategies(
        Ridge(),
        X,
        y,
        cv=folds,
        strategies={
            "VANILLA": "VANILLA",
            "never": FailsSometimes(),
            "sometimes": FailsSometimes(limit),
            "always": FailsSometimes(-1.0),
        },
    )


@pytest.fixture(scope="session")
def fails():
    """Return a strategy that fails in every fold."""
    return FailsSometimes(-1.0)
