"""One resampler in a process of its own: a peer's environment, or a fresh one of skdir.

Run ``python resampling_child.py CALL FOLDER REPEATS``. The folder holds X.npy, y.npy and
relevance.npy; the last line printed is JSON: the best time of one call, the rows that came back,
how many of them were added, and the peak of the process's resident memory. It imports nothing but
numpy and what the call needs, and no other file of the benchmarks, which peers could not import.
"""

import json
import random
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def rows_added(X, y, X_new, y_new):
    """Return how many rows came in addition: all those that are not an original's first copy."""
    before, after = _as_bytes(X, y), _as_bytes(X_new, y_new)
    return len(after) - len(set(before) & set(after))


def _as_bytes(X, y):
    """Return each row with its target as a string of bytes."""
    return [row.tobytes() for row in np.column_stack([X, y]).astype(np.float64)]


def frame_of(X, y):
    """Return a DataFrame whose last column is y."""
    import pandas as pd

    names = [f"x{j}" for j in range(X.shape[1])]
    return pd.DataFrame(np.column_stack([X, y]), columns=[*names, "y"])


def of_frame(function, X, y):
    """Return a call of a function of a DataFrame, and how to read its result."""
    frame = frame_of(X, y)

    def prepare():
        return frame.copy()  # the peers rename the columns of what they get

    def read(result):
        values = result.to_numpy()
        return values[:, :-1], values[:, -1]

    return prepare, lambda data: function(data, "y"), read


def of_arrays(function, X, y):
    """Return a call of a function of X and y that returns both."""
    return lambda: None, lambda _: function(X, y), lambda result: result


def call_smogn(X, y, relevance):
    import smogn

    return of_frame(smogn.smoter, X, y)


def call_resreg(X, y, relevance):
    import resreg

    return of_arrays(lambda X, y: resreg.smoter(X, y, relevance, random_state=0), X, y)


def call_regression_package(name):
    """Return the call of one function of ImbalancedLearningRegression."""

    def call(X, y, relevance):
        import ImbalancedLearningRegression as package

        return of_frame(getattr(package, name), X, y)

    return call


def classes_of(y):
    """Return the bump of each target as its class, and SMOTE's plan: rare ones get equal shares."""
    from skdir.relevance import RelevanceFunction

    bumps = RelevanceFunction().fit(y).bumps(y)
    labels = np.searchsorted([bump.low for bump in bumps], y, side="right") - 1
    return labels, {i: round(len(y) / len(bumps)) for i, bump in enumerate(bumps) if bump.rare}


def call_imblearn_smote(X, y, relevance):
    from imblearn.over_sampling import SMOTE

    labels, wanted = classes_of(y)
    sampler = SMOTE(sampling_strategy=wanted, random_state=0)

    def read(result):
        return result[0], np.concatenate([y, np.zeros(len(result[0]) - len(y))])

    return lambda: None, lambda _: sampler.fit_resample(X, labels), read


def call_skdir(name):
    """Return the call of one of skdir's resamplers with its defaults."""

    def call(X, y, relevance):
        import skdir.resampling

        sampler = getattr(skdir.resampling, name)(random_state=0)
        return of_arrays(sampler.fit_resample, X, y)

    return call


# The packages whose versions are reported come with each call.
CALLS = {
    "smogn": (call_smogn, ("smogn", "numpy")),
    "resreg": (call_resreg, ("resreg", "numpy")),
    "ILR smote": (call_regression_package("smote"), ("ImbalancedLearningRegression", "numpy")),
    "ILR gn": (call_regression_package("gn"), ("ImbalancedLearningRegression", "numpy")),
    "ILR ro": (call_regression_package("ro"), ("ImbalancedLearningRegression", "numpy")),
    "imblearn SMOTE": (call_imblearn_smote, ("imbalanced-learn", "numpy")),
    "skdir SmoteR": (call_skdir("SmoteR"), ("scikit-dir", "numpy")),
    "skdir SMOGN": (call_skdir("SMOGN"), ("scikit-dir", "numpy")),
}


def peak_bytes():
    """Return the peak of the resident memory of this process so far.

    Linux carries the peak of a parent over to `ru_maxrss` of its child, but not to VmHWM.
    """
    try:
        with open("/proc/self/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(name, folder, repeats):
    """Run one call some times and print the answer."""
    make, packages = CALLS[name]
    X, y, relevance = (np.load(Path(folder) / f"{what}.npy") for what in ("X", "y", "relevance"))
    prepare, call, read = make(X, y, relevance)
    before, best = peak_bytes(), float("inf")
    for _ in range(int(repeats)):
        np.random.seed(0)  # noqa: NPY002, the peers draw from the global state
        random.seed(0)
        data, result = prepare(), None
        start = time.perf_counter()
        result = call(data)
        best = min(best, time.perf_counter() - start)
    peak = peak_bytes()
    X_new, y_new = read(result)
    answer = {
        "seconds": best,
        "rows_in": len(y),
        "rows_out": len(y_new),
        "rows_added": rows_added(X, y, X_new, y_new),
        "bytes_before": before,
        "bytes_peak": peak,
        "versions": {package: version(package) for package in packages},
    }
    print("\n" + json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
