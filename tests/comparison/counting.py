"""A regressor that writes a line for each fit, in any process, and can end its process."""

import os
import signal

import numpy as np
from sklearn.linear_model import LinearRegression


class Counting(LinearRegression):
    """Linear regression; the file `path` gets a line per fit.

    Where there is a file of the same name and ".deadly" with a number in it, that fit kills its
    process, as a crash or a power cut would.
    """

    def __init__(self, path=None, tag=0):
        super().__init__()
        self.path = path
        self.tag = tag

    def fit(self, X, y, sample_weight=None):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{len(y)} {np.sum(y):.6g}\n")
        if os.path.exists(f"{self.path}.deadly"):
            with open(f"{self.path}.deadly", encoding="utf-8") as file:
                if count(self.path) == int(file.read()):
                    os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, sample_weight)


def count(path):
    """Return how many fits were begun."""
    if not os.path.exists(path):
        return 0
    with open(path, encoding="utf-8") as file:
        return len(file.readlines())
