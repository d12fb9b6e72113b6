"""Results built by hand, whose numbers a test knows."""

import numpy as np

from skdir.comparison import Results
from skdir.comparison._run.scores import METRICS, TIMES


def results_of(names, values, *, failures=(), n_train=80, n_test=20, **changed):
    """Return results of strategies (rows of `values`) in folds (columns); the rest is simple.

    Metrics that are not given are NaN, and the test rows follow those for training in all folds.
    """
    n_folds = np.shape(next(iter(values.values())))[1]
    missing = np.full((len(names), n_folds), np.nan)
    fields = {
        "estimators": dict.fromkeys(names),
        "kinds": dict.fromkeys(names, "model"),
        "descriptions": {name: f"The strategy {name}." for name in names},
        "values": {key: np.array(values.get(key, missing), float) for key in (*METRICS, *TIMES)},
        "failures": dict(failures),
        "predictions": [np.zeros((len(names), n_test))] * n_folds,
        "folds": [(np.arange(n_train), np.arange(n_train, n_train + n_test))] * n_folds,
        "regions": (),
        "y": np.arange(float(n_train + n_test)),
        "sample_weight": None,
        "bin_edges": np.linspace(0, n_train + n_test, 11),
        "rare_fraction": 0.2,
        "target_name": "target",
        "facts": None,
    }
    return Results(**(fields | changed))
