"""
Where new rows come from
========================

Resamplers thin the rows whose targets are common and add rows where targets are rare. This example
shows what each of them does to the same data, and what it does to the errors of a model.
"""

# %%
# Two features and a rare target
# ------------------------------
# 600 rows on a ring; the target grows along the angle and is rare at its end. Between the two arms
# of the ring there is no data: a row in the hole would be one that cannot be.

import matplotlib.pyplot as plt
import numpy as np
from imblearn.pipeline import make_pipeline
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsRegressor

from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, GaussianNoise, RandomUnderSampler, SmoteR

rng = np.random.default_rng(0)
angle = np.minimum(rng.gamma(1.5, 0.8, size=600), 5.5)
radius = 1 + 0.06 * rng.normal(size=600)
X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
y = angle + 0.1 * rng.normal(size=600)
relevance = RelevanceFunction(extremes="high").fit(y)
for bump in relevance.bumps(y):
    kind = "rare" if bump.rare else "normal"
    print(f"{bump.n_samples:4d} {kind} rows, targets from {bump.low:.2f} to {bump.high:.2f}")

# %%
# What the resamplers make of it
# ------------------------------
# Grey: original rows that stay. Orange: rows that were added.

samplers = {
    "RandomUnderSampler": RandomUnderSampler(relevance=relevance, random_state=0),
    "WERCS(noise=True)": WERCS(
        over=0.3, under=0.3, noise=True, relevance=relevance, random_state=0
    ),
    "GaussianNoise": GaussianNoise(relevance=relevance, random_state=0),
    "SmoteR": SmoteR(relevance=relevance, random_state=0),
    "SMOGN": SMOGN(relevance=relevance, random_state=0),
    "SMOGN(perturbation=0.2)": SMOGN(perturbation=0.2, relevance=relevance, random_state=0),
}
fig, grid = plt.subplots(2, 3, figsize=(9, 6.4), sharex=True, sharey=True, layout="constrained")
for ax, (name, sampler) in zip(grid.ravel(), samplers.items()):
    X_new, y_new = sampler.fit_resample(X, y)
    new = sampler.synthetic_mask_
    ax.scatter(*X_new[~new].T, s=9, color="0.6", label="original", linewidths=0)
    ax.scatter(*X_new[new].T, s=12, color="#D55E00", marker="x", linewidths=0.8, label="added")
    ax.set_title(f"{name}\n{len(y_new)} rows, {new.sum()} added", fontsize=10)
    ax.set_aspect("equal")
    ax.spines[["top", "right"]].set_visible(False)
grid[1, 0].legend(frameon=False, loc="center", fontsize=9)
for ax in grid[1]:
    ax.set_xlabel("first feature")
for ax in grid[:, 0]:
    ax.set_ylabel("second feature")
plt.show()

# %%
# Interpolation (SmoteR) stays on the arc where neighbours are close and cuts across where rows are
# few. SMOGN interpolates only between close rows and adds noise to the others; how far the noise
# reaches is its `perturbation`, in standard deviations of each feature in the bump.
#
# What it does to the errors
# --------------------------
# A nearest-neighbour regressor takes no weights, so that resampling is the way to move it.

rare = relevance.transform(y) >= 0.8
print(f"{'model':26}{'rare error':>12}{'normal error':>14}")
for name, sampler in {"none": "passthrough", **samplers}.items():
    model = make_pipeline(sampler, KNeighborsRegressor(15))
    error = np.abs(cross_val_predict(model, X, y, cv=10) - y)
    print(f"{name:26}{error[rare].mean():12.3f}{error[~rare].mean():14.3f}")

# %%
# The rare error falls by about three quarters where rows are added bump by bump, by half with
# WERCS, and the normal error stays: here the features say nearly all about the target, and rows
# are plentiful where they are thinned. Thinning alone gives rows away and gains little. With weak
# features the trade is worse: see :doc:`/gallery/plot_randhie_limits`.
