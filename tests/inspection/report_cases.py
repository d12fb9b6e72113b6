"""Targets with a trap each, and some without."""

import numpy as np

RNG = np.random.default_rng(0)

CASES = {
    "normal": RNG.normal(50.0, 10.0, size=1000),
    "uniform": RNG.uniform(0.0, 1.0, size=2000),
    "zero-inflated": np.where(RNG.uniform(size=800) < 0.6, 0.0, RNG.gamma(2.0, 300.0, size=800)),
    "counts with zeros": np.where(RNG.uniform(size=600) < 0.7, 0, RNG.poisson(2.0, size=600)),
    "lognormal with outliers": np.append(RNG.lognormal(3.0, 0.9, size=600), [900.0, 1500.0]),
    "negative and skewed": RNG.lognormal(size=600) - 1.0,
    "long lower tail": -RNG.lognormal(size=600),
    "capped": np.minimum(RNG.normal(40.0, 10.0, size=1000), 55.0),
    "cut off below": np.maximum(RNG.normal(40.0, 10.0, size=1000), 25.0),
    "default value": np.append(RNG.normal(50.0, 5.0, size=500), [51.5] * 60),
    "ages": RNG.binomial(90, 0.4, size=900).astype(float),
    "narrow counts": RNG.poisson(8.0, size=4000) + RNG.poisson(0.5, size=4000) * 4,
    "grades": RNG.choice([1.0, 2.0, 3.0, 4.0, 5.0], p=[0.5, 0.2, 0.2, 0.08, 0.02], size=400),
    "rounded": np.round(RNG.normal(0.0, 5.0, size=3000), 1),
    "few rows": RNG.normal(size=30),
    "few rare rows": np.append(RNG.normal(size=400), np.linspace(5.5, 6.5, 12)),
    "two values": np.array([0.0, 1.0] * 40),
    "two rows": np.array([1.0, 2.0]),
    "one row": np.array([3.0]),
    "constant": np.full(40, 7.0),
    "near the largest float": np.append(RNG.normal(size=200), 1e300),
}
