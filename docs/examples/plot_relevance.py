"""
What is rare? One target, four answers
======================================

A relevance says how much each value of a target matters, from 0 to 1, and a target is *rare* where
relevance reaches a threshold. Which targets these are depends on the method. This example draws
the methods over the same target, so that one can choose by looking.
"""

# %%
# A target with a long upper tail
# -------------------------------
# 1,500 log-normal targets, as the daily flow of a river may be: most days are like each other, on
# some there is much more water, and between the two there is no border.
#
# :class:`~skdir.inspection.RelevanceDisplay` shows the relevance over the histogram. Rare bumps are
# shaded and labelled with their number of rows, of which each has a tick at the bottom.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skdir.inspection import RelevanceDisplay
from skdir.relevance import RelevanceFunction
from skdir.weighting import RelevanceWeighter

rng = np.random.default_rng(0)
flow = pd.Series(rng.lognormal(mean=3.0, sigma=0.6, size=1_500), name="flow (m³/s)")
display = RelevanceDisplay.from_target(flow)
plt.show()

# %%
# The default is the box plot: relevance is 0 at the median and 1 from the upper whisker on. The
# lower side has no outliers, so nothing is rare there.
#
# Four methods
# ------------
# The box plot adjusted to skewness calls fewer targets of the long tail outliers, and finds some on
# the short side, too. Quantiles make a given share of the rows rare, whatever their distance. The
# density is low wherever there are few rows.

methods = {
    "box plot": RelevanceFunction(),
    "box plot adjusted to skewness": RelevanceFunction(boxplot="adjusted"),
    "quantiles 0.1 and 0.9": RelevanceFunction(method="quantile"),
    "density": RelevanceFunction(method="density"),
}
figure, axes = plt.subplots(4, 1, figsize=(7.5, 13), layout="constrained", sharex=True)
displays = {}
for ax, (name, relevance) in zip(axes, methods.items()):
    displays[name] = RelevanceDisplay.from_target(flow, relevance=relevance, ax=ax)
    ax.set_title(name, loc="left", fontsize="medium", pad=18)
    ax.label_outer()
plt.show()

# %%
# The same as numbers. The threshold is a second dial: at 0.5 a target is rare from halfway between
# the median and the whisker on, at 1 only from the whisker on.

print(f"{'rare rows of 1,500':32}{'threshold 0.5':>16}{'0.8':>8}{'1':>8}")
for name, relevance in methods.items():
    fitted = relevance.fit(flow)
    counts = [
        sum(bump.n_samples for bump in fitted.bumps(flow, threshold) if bump.rare)
        for threshold in (0.5, 0.8, 1.0)
    ]
    print(f"{name:32}{counts[0]:16}{counts[1]:8}{counts[2]:8}")

# %%
# A limit that people know
# ------------------------
# No statistic knows that a dam is in danger from 90 m³/s on. Control points say so: rows of a
# target and its relevance, joined by a monotone curve.

danger = RelevanceFunction(
    method="control_points", control_points=[[40.0, 0.0], [70.0, 0.3], [90.0, 1.0]]
)
RelevanceDisplay.from_target(flow, relevance=danger)
plt.show()

# %%
# Rare values between frequent ones
# ---------------------------------
# The box plot and the quantiles look at the ends of a target only. Where rare values lie between
# two frequent ones, they have nothing to say, and the density does.

two_modes = np.concatenate(
    [rng.normal(20, 3, 700), rng.normal(60, 4, 500), rng.uniform(30, 48, 40)]
)
figure, axes = plt.subplots(2, 1, figsize=(7.5, 7), layout="constrained", sharex=True)
for ax, relevance in zip(axes, (methods["quantiles 0.1 and 0.9"], methods["density"])):
    RelevanceDisplay.from_target(two_modes, relevance=relevance, bins=40, ax=ax)
    ax.label_outer()
plt.show()

# %%
# A very long tail
# ----------------
# Where targets span more than 50 interquartile ranges, the axis is logarithmic. The box plot now
# calls a fifth of all rows rare: a rule made for bell curves. Quantiles with the upper side alone
# say what one wants more directly.

long = 10.0 * (1.0 + rng.pareto(1.1, size=2_000))
RelevanceDisplay.from_target(long, relevance=RelevanceFunction(extremes="high"))
RelevanceDisplay.from_target(
    long, relevance=RelevanceFunction(method="quantile", extremes="high", quantiles=(0.1, 0.95))
)
plt.show()

# %%
# From relevance to weights
# -------------------------
# :class:`~skdir.weighting.RelevanceWeighter` weighs rows in proportion to their relevance. The
# effective sample size says how many rows of equal weight carry as much information; a small floor
# keeps the others in the fit.

print(f"{'effective rows of 1,500':32}{'floor 0':>10}{'0.1':>8}")
for name, relevance in methods.items():
    sizes = [
        RelevanceWeighter(relevance=relevance, floor=floor).fit(flow).effective_sample_size_
        for floor in (0.0, 0.1)
    ]
    print(f"{name:32}{sizes[0]:10.0f}{sizes[1]:8.0f}")
