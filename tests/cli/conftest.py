"""A small table with all kinds of columns."""

import numpy as np
import pandas as pd
import pytest

N = 120


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    size = rng.normal(80, 20, N)
    town = rng.choice(["Ulm", "Bonn", "Köln"], N, p=[0.6, 0.38, 0.02])
    return pd.DataFrame(
        {
            "size": np.where(rng.uniform(size=N) < 0.1, np.nan, size),
            "town": np.where(rng.uniform(size=N) < 0.05, None, town),
            "balcony": rng.uniform(size=N) < 0.5,
            "built": pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 7000, N), "D"),
            "id": [f"flat {k}" for k in range(N)],
            "rent": np.exp(size / 40 + 0.2 * rng.normal(size=N)) * 100,
        }
    )


@pytest.fixture
def csv(frame, tmp_path):
    path = tmp_path / "flats.csv"
    frame.to_csv(path, index=False)
    return path
