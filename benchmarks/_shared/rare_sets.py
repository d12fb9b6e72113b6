"""Tabular sets on which the error on rare targets is measured, and what counts as rare there."""

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor

from skdir.density import RareTargets

MIN_ROWS, MIN_TARGETS, MAX_TIES, MAX_ROWS = 500, 20, 0.25, 1000
RARE = 0.1
GOAL = "rare error 10 % lower in the median, lower on 16 of 20 sets, overall cost under 3 %"
REGRESSORS = {
    "hist": HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=8),
    "gb": GradientBoostingRegressor(n_estimators=60, random_state=0),
}


def load(path):
    """Return the features and the target of a set, without repeated and empty rows."""
    frame = pd.read_csv(path).drop_duplicates().dropna(how="all")
    y = frame.pop("class" if "class" in frame else frame.columns[0])
    for name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype("category").cat.codes
    known = y.notna().to_numpy()
    return frame.to_numpy(dtype=float)[known], y.to_numpy(dtype=float)[known]


def find_sets(folder):
    """Return the sets that keep to the rule, by name."""
    sets = {}
    for part in ("branco15", "pedropi"):
        for path in sorted((folder / "data" / part).glob("*.csv.gz")):
            X, y = load(path)
            values, counts = np.unique(y, return_counts=True)
            enough = len(y) >= MIN_ROWS and len(values) >= MIN_TARGETS
            if enough and counts.max() < MAX_TIES * len(y):
                rows = np.random.default_rng(0).permutation(len(y))[:MAX_ROWS]
                sets[path.name.partition(".")[0].removesuffix("_final_neat")] = X[rows], y[rows]
    return sets


def rare_rows(y_train, y_test):
    """Tell which test rows are rare by the training targets."""
    return RareTargets(rare_fraction=RARE).fit(y_train).is_rare(y_test)
