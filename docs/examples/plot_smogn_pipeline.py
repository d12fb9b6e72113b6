"""
SMOGN in a pipeline, with a mixed table
=======================================

SMOGN thins the rows whose targets are common and makes new ones where they are rare: between close
neighbours, or with noise where there is no close one. This tutorial applies it to a table with
categories, whole numbers and booleans, puts it into a pipeline of imbalanced-learn, searches its
parameters, and shows what happens to the numbers if one resamples *before* the split.
"""

# %%
# What does the journey cost?
# ---------------------------
# 210 people who travelled between Sydney, Canberra and Melbourne in 1987, and for each what it
# would have cost by air, train, bus and car. The data come with statsmodels and are in the public
# domain. The target is the cost; most journeys are cheap.
#
# The four rows of one person are alike, so they must be in the same fold: the person is the group.
# (The table also has a generalised cost, which is computed from the target. It is left out.)

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from statsmodels.datasets import modechoice

from skdir.inspection import ResamplingDisplay
from skdir.metrics import make_balanced_scorer
from skdir.model_selection import BinnedStratifiedGroupKFold
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN
from skdir.weighting import LDSWeighter, WeightedRegressor

table = modechoice.load_pandas().data.astype({"individual": int, "mode": int, "psize": int})
mode = np.array(["air", "train", "bus", "car"])[table["mode"] - 1]
X = pd.DataFrame(
    {
        "mode": pd.Categorical(mode),
        "taken": table["choice"] == 1,  # whether the person chose it
        "party": table["psize"],  # persons
        "time (min)": table["invt"],
        "waiting (min)": table["ttme"],
        "income (1000 $)": table["hinc"],
    }
).set_index(mode + table["individual"].map(" {}".format).to_numpy())
y = pd.Series(table["invc"].to_numpy(), X.index, name="cost ($)")
people = table["individual"].to_numpy()
print(X.assign(cost=y).head(4).to_string())
print(y.describe().round(0).to_string())

# %%
# One call
# --------
# What is rare is decided by a relevance. Dear journeys alone are of interest, so `extremes` is
# "high"; the box plot finds where they begin. `fit` makes the plan, `fit_resample` carries it out.

sampler = SMOGN(relevance=RelevanceFunction(extremes="high"), random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
for number, bump in enumerate(sampler.bumps_):
    wanted = sampler.sampling_strategy_[number]
    kind = "rare" if bump.rare else "normal"
    print(f"{kind:6} {bump.low:3.0f} to {bump.high:3.0f} $: {bump.n_samples} rows -> {wanted}")

# %%
# Categories, whole numbers and booleans come out as they went in. Rows that stay are first, in
# their order, and the index is new, since a made row has no name. `synthetic_mask_` marks the made
# rows and `sample_indices_` gives the row that each grew from.

print(pd.DataFrame({"before": X.dtypes, "after": X_new.dtypes}).to_string())
new = np.flatnonzero(sampler.synthetic_mask_)
print(f"\n{len(new)} of {len(X_new)} rows are made; two of them and what they grew from:")
made = new[[0, -1]]
seeds = sampler.sample_indices_[made]
pairs = pd.concat([X_new.assign(cost=y_new).iloc[made], X.assign(cost=y).iloc[seeds]])
print(pairs.round(1).to_string())

# %%
# The picture
# -----------
# :class:`~skdir.inspection.ResamplingDisplay` draws two features that you name: crosses are rows
# that were thinned out, triangles those that were made. These are where dear journeys are: short
# ones by air, and long ones by train.

ResamplingDisplay.from_sampler(sampler, X, y, features=["time (min)", "income (1000 $)"])
plt.show()

# %%
# In a pipeline
# -------------
# A pipeline of imbalanced-learn resamples in `fit` and leaves the rows to predict alone, so that in
# cross-validation only training rows are resampled. SMOGN comes before the encoder: it measures
# distances on the categories themselves, a different one counts as 1. Two regressors, with and
# without, and for the one that takes weights also those, over three times five folds of people.


def error_over_80(model, X, y):
    """Return the negative mean absolute error of journeys over 80 dollars."""
    return -np.mean(np.abs(model.predict(X) - y)[y > 80])


def error_up_to_80(model, X, y):
    """Return the negative mean absolute error of journeys up to 80 dollars."""
    return -np.mean(np.abs(model.predict(X) - y)[y <= 80])


encoder = make_column_transformer((OneHotEncoder(), ["mode"]), remainder=StandardScaler())
neighbours = KNeighborsRegressor(5)
trees = ExtraTreesRegressor(40, min_samples_leaf=2, random_state=0)
weighted = WeightedRegressor(trees, LDSWeighter())
models = {
    "neighbours": Pipeline([("encode", encoder), ("model", neighbours)]),
    "neighbours, SMOGN": Pipeline([("smogn", sampler), ("encode", encoder), ("model", neighbours)]),
    "trees": Pipeline([("encode", encoder), ("model", trees)]),
    "trees, SMOGN": Pipeline([("smogn", sampler), ("encode", encoder), ("model", trees)]),
    "trees, weights": Pipeline([("encode", encoder), ("model", weighted)]),
}
ranges = [0, 40, 80, 120, 181]
scoring = {
    "all": "neg_mean_absolute_error",
    "over 80 $": error_over_80,
    "up to 80 $": error_up_to_80,
    "balanced": make_balanced_scorer(bins=ranges),
    "R2": "r2",
}
errors = ["all", "over 80 $", "up to 80 $", "balanced"]
folds = []
for seed in range(3):
    cv = BinnedStratifiedGroupKFold(5, bins=ranges, shuffle=True, random_state=seed)
    folds += cv.split(X, y, people)


def mean_scores(model, X, y, cv=folds):
    """Return the mean of each score over the folds, errors without their sign."""
    scores = cross_validate(model, X, y, scoring=scoring, cv=cv)
    return {name: abs(scores[f"test_{name}"].mean()) for name in errors} | {
        "R2": scores["test_R2"].mean()
    }


scores = pd.DataFrame({name: mean_scores(model, X, y) for name, model in models.items()}).T
print(scores[errors].round(2).to_string())

# %%
# SMOGN takes a good part off the error of the dear journeys, and adds to that of the cheap ones and
# to the error over all: the usual trade. Nearest neighbours take no weights, so for them a sampler
# is *the* way. Trees do take weights, and with them they pay less on the cheap journeys for what
# they gain on the dear ones. If your regressor takes weights, compare.
#
# Searching its parameters
# ------------------------
# All parameters are within reach, those of the relevance as well: `coef` is how many interquartile
# ranges above the upper quartile a target has full relevance, so a larger one calls fewer rows
# rare. (Much larger, and nothing is rare in some fold: the outer tenths take the outliers' place
# there, with a warning.) The balanced error chooses, the mean over four ranges of cost.

search = GridSearchCV(
    models["neighbours, SMOGN"],
    {"smogn__k_neighbors": [2, 5, 10], "smogn__relevance__coef": [0.5, 1.0, 1.5]},
    scoring=scoring,
    refit="balanced",
    cv=folds,
).fit(X, y)
results = pd.DataFrame(search.cv_results_)
print(f"best: {search.best_params_}\n")
for score in ("balanced", "over 80 $", "up to 80 $"):
    table = -results.pivot(
        index="param_smogn__k_neighbors",
        columns="param_smogn__relevance__coef",
        values=f"mean_test_{score}",
    )
    print(f"{score}: k_neighbors (rows), coef (columns)")
    print(table.rename_axis(index=None, columns=None).round(2).to_string(), "\n")
spread = results["std_test_balanced"].mean()
print(f"standard deviation of the balanced error over the folds: {spread:.2f}")

# %%
# How many neighbours matters little, and most differences are small beside the spread over the
# folds. The relevance is a dial: rows that are just above the border no longer count as rare with a
# larger `coef`, and the made rows all go to the dearest journeys.
#
# Why not before the split?
# -------------------------
# It is tempting to resample the table once and to cross-validate the result. Then a made row is in
# the test and the row that it grew from in training, or the other way round; a journey between two
# others is easily predicted from both.


def before_the_split(X, y):
    """Return the scores of cross-validation on rows that were resampled before."""
    X, y = clone(sampler).fit_resample(X, y)
    return mean_scores(models["trees"], X, y, cv=KFold(5, shuffle=True, random_state=0))


right, wrong = scores.loc["trees, SMOGN"], before_the_split(X, y)
for name in ("over 80 $", "balanced"):
    print(f"error {name:10} in the folds {right[name]:5.2f}, before the split {wrong[name]:5.2f}")

# %%
# The number on the right is not that of a better model. It is that of the same one, with the
# answers in view. To be sure, take away all that can be learned: shuffle the costs, so that they
# have nothing to do with the features. The best R2 that honest folds can give is then about 0.

noise = pd.Series(np.random.default_rng(0).permutation(y), X.index)
right, wrong = mean_scores(models["trees, SMOGN"], X, noise), before_the_split(X, noise)
print(f"R2 on shuffled costs: in the folds {right['R2']:.2f}, before the split {wrong['R2']:.2f}")

# %%
# Skill out of nothing. Below 0 in the honest folds is right, too: a forest that fits noise, and has
# been moved upwards besides, is worse than the mean.
#
# Where next
# ----------
# - The user guide on :doc:`resampling </user_guide/resampling>`, :doc:`relevance
#   </user_guide/relevance>` and :doc:`splits </user_guide/splits>`; the :doc:`pitfalls
#   </pitfalls>`.
# - :doc:`/gallery/plot_resampling` shows the other resamplers on two features, and
#   :doc:`/gallery/plot_relevance` four ways to say what is rare.
# - :class:`~skdir.ensemble.ResampledBaggingRegressor` averages models of many resamplings.
# - SMOGN: Branco, Torgo and Ribeiro, *SMOGN: a pre-processing approach for imbalanced regression*,
#   2017 (https://proceedings.mlr.press/v74/branco17a.html).
