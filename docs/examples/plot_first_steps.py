"""
First steps: a forecast of warm water
=====================================

A target is imbalanced if some of its values are frequent and others, often those that matter, are
rare. This tutorial takes one from the first look to a decision: a plain gradient boosting model,
the same model with weights, what the weights give and what they cost, and eight ways to treat the
imbalance in a single call.
"""

# %%
# The data
# --------
# The temperature of the sea off the coast of Peru, month by month from 1950 to 2010. They come with
# statsmodels and are in the public domain. The target is how much warmer than normal a month is,
# and it is to be told two months ahead. In most months little happens. In a few, those of an El
# Niño, the water is several degrees warmer, the fish leave and it rains in the desert: these are
# the months that a forecast is for.
#
# *Normal* is the mean of the same month over the first thirty years. The features are the
# deviations from it that are known two months before.

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold
from statsmodels.datasets import elnino

from skdir.comparison import compare_strategies
from skdir.inspection import ShotErrorDisplay, TargetDistributionDisplay
from skdir.metrics import ShotReport
from skdir.weighting import LDSWeighter, WeightedRegressor

water = elnino.load_pandas().data.drop(columns="YEAR").to_numpy()  # years times months
months = pd.period_range("1950-01", periods=water.size, freq="M")
anomaly = pd.Series((water - water[:30].mean(axis=0)).ravel(), months, name="anomaly (°C)")

X = pd.DataFrame({f"{lag} months before": anomaly.shift(lag) for lag in (2, 3, 4, 5, 8, 14)})
X["mean of a year"] = anomaly.rolling(12).mean().shift(2)
X["month"] = months.month
X = X.dropna()
y = anomaly[X.index]

# What comes later is the test: 40 years to learn from, 21 to be tested on.
X_train, y_train = X[:"1989-12"], y[:"1989-12"]
X_test, y_test = X["1990-01":], y["1990-01":]
print(f"{len(y_train)} months for training, {len(y_test)} for the test")
print(f"training targets from {y_train.min():.1f} to {y_train.max():.1f} °C")
print(f"two degrees too warm or more: {np.mean(y_train >= 2):.1%} of the training months")

# %%
# Look at the target
# ------------------
# Weights come from a *density* of the target: of how many training targets are near a value. Grey
# is the histogram, the line is the smoothed density, and the dashed line the weight that
# :class:`~skdir.weighting.LDSWeighter` makes of it: the rarer a target, the more it weighs. Weights
# have mean 1 over the training rows.

TargetDistributionDisplay.from_target(y_train, weighter=LDSWeighter())
plt.show()

# %%
# A plain model and a weighted one
# --------------------------------
# :class:`~skdir.weighting.WeightedRegressor` takes a regressor and a weighter. When it is fitted,
# it computes the weights from the training targets and hands them on. Otherwise it is a regressor
# like any other.

boosting = HistGradientBoostingRegressor(
    max_iter=50, max_leaf_nodes=6, min_samples_leaf=10, max_bins=63, random_state=0
)
plain = boosting.fit(X_train, y_train)
weighted = WeightedRegressor(boosting, weighter=LDSWeighter()).fit(X_train, y_train)

# %%
# Rare and frequent errors
# ------------------------
# One number hides the trade. :class:`~skdir.metrics.ShotReport` sorts the test rows by the number
# of **training** rows in their bin of the target, here half a degree wide: many, medium, few.

models = {"plain": plain, "weighted": weighted}
bins = np.arange(-2.5, 5.5, 0.5)
reports = {}
for name, model in models.items():
    reports[name] = ShotReport(
        y_test, model.predict(X_test), y_train=y_train, bins=bins, metrics=("mae",)
    )
    print(f"{name}\n{reports[name]}\n")

# %%
# The same along the target. Bars are the training rows, lines the errors in the test, and white
# markers are bins with so few test rows that the error there is mostly chance.

ShotErrorDisplay.from_estimator(models, X_test, y_test, y_train=y_train, bins=bins)
plt.show()

# %%
# In months that are much too warm the weighted model errs less, and in the many ordinary ones it
# errs more. That is what weights do: they move the attention of the fit and add no information.
#
# What it costs
# -------------
# The price in figures: the change of the error in each part, and the *effective sample size*, the
# number of rows of equal weight that would be worth as much as the weighted ones.

table = pd.DataFrame({name: report.to_frame()["mae"] for name, report in reports.items()})
table["change"] = (table["weighted"] / table["plain"] - 1).map("{:+.1%}".format)
print(table.drop(index="zero").round(3).to_string(), "\n")
size = weighted.weighter_.effective_sample_size_
print(f"effective sample size: {size:.0f} of {len(y_train)} rows")

# %%
# The rare part of the test is a few months long, most of them in 1997 and 1998: one event. So do
# not decide by this table alone.
#
# Eight ways in one call
# ----------------------
# :func:`~skdir.comparison.compare_strategies` runs several ways over the same folds and calls a
# test row rare if its target is among the rarest fifth by the density of the training targets. The
# folds here are ten blocks of years; shuffled folds would put the month before and the month after
# on the other side.

comparison = compare_strategies(
    boosting,
    X,
    y,
    strategies=["VANILLA", "LOG", "SQINV", "LDS", "INV+LDS", "SMOTER", "SMOGN", "BLEND"],
    cv=KFold(10),
    random_state=0,
    progress=False,
)
metrics = ["MAE", "rare MAE", "frequent MAE"]
print(comparison.table(sd=False, metrics=metrics)[metrics].round(3))

# %%
# VANILLA is the plain model, LOG learns a logarithm of the target, SQINV and LDS weigh, INV+LDS
# weighs twice as hard, SMOTER and SMOGN add rows to the rare part, and BLEND is the mean of VANILLA
# and LDS. The picture has both errors: to the left is better for frequent targets, below is better
# for rare ones, and what lies on the line is not beaten on both sides by anything else.

figure, ax = plt.subplots(figsize=(6.8, 5.8), layout="constrained")
comparison.plot_pareto(ax=ax)
plt.show()

# %%
# Is it chance?
# -------------
# Folds differ, and so a difference may be chance. For the rare targets, with corrected intervals
# and p values:

columns = ["difference", "low", "high", "adjusted p value", "distinguishable"]
print(comparison.differences("rare MAE")[columns].round(3))

# %%
# Ten blocks hold a handful of strong events, so the intervals are wide, and p values pay for the
# number of strategies that were tried. A gain that a test cannot tell from chance may be there all
# the same; it is a reason to be content with mild weights.
#
# Take one
# --------
# `recommend` takes the least error on rare targets among the strategies whose overall error is at
# most 3 % above the plain one, and fits it to all rows.

model = comparison.recommend(prefer="rare", max_overall_cost=0.03)
print(textwrap.fill(comparison.recommendation_.sentence, 88))

# %%
# What to type
# ------------
# For weights alone, two lines::
#
#     from skdir.weighting import LDSWeighter, WeightedRegressor
#     model = WeightedRegressor(regressor, weighter=LDSWeighter()).fit(X, y)
#
# For a choice with reasons::
#
#     from skdir.comparison import compare_strategies
#     comparison = compare_strategies(regressor, X, y, random_state=0)
#     model = comparison.recommend()
#
# Where next
# ----------
# - :doc:`/gallery/plot_bandwidth_search` turns the two dials of the weights by cross-validation.
# - :doc:`/gallery/plot_smogn_pipeline` adds rows instead of weights.
# - :doc:`/gallery/plot_when_not_to_reweight`: read it before you put weights into a model.
# - The user guide on :doc:`weighting </user_guide/weighting>` and :doc:`comparison
#   </user_guide/comparison>`; weights by the effective density are from Yang et al., *Delving into
#   deep imbalanced regression*, 2021 (:doi:`10.48550/arXiv.2102.09554`).
