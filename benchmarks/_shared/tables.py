"""Tables of the collections as numbers."""

import pandas as pd
from sklearn.preprocessing import OrdinalEncoder

from benchmarks._shared.places import SHARED

# File, target (None is the first column), number of bins, and columns that give the target away.
TABLES = {
    "abalone": ("branco15/Abalone.csv.gz", None, 20, []),
    "cpu-small": ("branco15/cpuSm.csv.gz", None, 50, []),
    "bike-hour": (
        "large/bike_hour.csv.gz", "cnt", 50, ["instant", "dteday", "casual", "registered"],
    ),
    "california-housing": ("pedropi/californiaHousing.csv.gz", None, 50, []),
    "bank8FM": ("branco15/bank8FM.csv.gz", None, 50, []),
}  # fmt: skip


def read(name, *, every=1):
    """Return features and target of every so manieth row; levels of categories are numbered."""
    path, target, _, dropped = TABLES[name]
    frame = pd.read_csv(SHARED / "data" / path).dropna(how="all").drop_duplicates()
    frame = frame.drop(columns=dropped, errors="ignore")[::every]
    target = target or frame.columns[0]
    if name == "california-housing":
        frame[target] = frame[target] / 1000  # thousands of dollars
    X = frame.drop(columns=target)
    words = list(X.select_dtypes(exclude="number"))
    if words:
        X[words] = OrdinalEncoder().fit_transform(X[words])
    return X.to_numpy(float), frame[target].to_numpy(float)
