"""What the tests of networks share."""

import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Two test processes on two cores."""
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module")
def data():
    """Return the scaled features and the targets of the diabetes data."""
    X, y = load_diabetes(return_X_y=True)
    return StandardScaler().fit_transform(X), y
