"""
When not to re-weight
=====================

Weights move the attention of a fit to rare targets. There are targets for which something else is
better on both sides, and models to which weights can do nothing but harm. This page has one of
each, the dial that stops weights from costing more than you allow, and a rule of thumb with the
numbers that it rests on. (For features that say too little, a third case, see
:doc:`/gallery/plot_randhie_limits`.)
"""

# %%
# First case: errors that grow with the target
# --------------------------------------------
# Nuclei of breast cells under the microscope: from the mean size, roundness and so on of all nuclei
# on an image, the area of the largest ones. 569 images; most have small nuclei, the large ones are
# mostly those of cancers.
#
# :class:`~skdir.inspection.TargetReport` looks at the target alone and says what it suspects.

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import KFold, RepeatedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skdir.comparison import compare_strategies
from skdir.compose import LogTargetRegressor
from skdir.density import TargetDensity
from skdir.ensemble import BlendRegressor
from skdir.inspection import TargetReport
from skdir.weighting import LDSWeighter, WeightedRegressor

cells = load_breast_cancer(as_frame=True).frame
X = cells.filter(like="mean ")
y = cells["worst area"].rename("area of the largest nuclei")
report = TargetReport(y)
for finding in report.findings:
    print(textwrap.fill(f"{finding.code}: {finding.what} {finding.advice}", 92), "\n")
print("to try:", ", ".join(suggestion.name for suggestion in report.suggestions))

# %%
# Is the suspicion right? A regression of the logarithm, tested by cross-validation, in five groups
# of equally many images by the predicted area:

ridge = make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), Ridge())
cv = RepeatedKFold(n_splits=5, n_repeats=2, random_state=0)
predicted = cross_val_predict(
    LogTargetRegressor(ridge), X, y, cv=KFold(5, shuffle=True, random_state=0)
)
groups = pd.qcut(predicted, 5).rename_categories(lambda group: f"around {group.mid:.0f}")
error = pd.DataFrame(
    {"mean error": np.abs(y - predicted), "of the area": np.abs(y / predicted - 1)}
)
print(error.groupby(groups, observed=True).mean().round(3).to_string())

# %%
# From the first group to the last the error grows as the area does, and a little more: it is a
# *share* of the area. Such errors are multiplicative. Large targets are hard because everything
# about them is large, not because they are few. Weights do not change that; a logarithm does.

strategies = ["VANILLA", "LOG", "SQINV", "LDS", "INV+LDS", "SMOGN", "BLEND"]
comparison = compare_strategies(
    ridge, X, y, strategies=strategies, cv=cv, random_state=0, progress=False
)
metrics = ["MAE", "RMSE", "rare MAE", "frequent MAE"]


def ratios(comparison):
    """Return errors as shares of those of the plain model."""
    table = comparison.table(sd=False, metrics=metrics)[metrics]
    return (table / table.loc["VANILLA"]).round(2).to_string()


print("ridge regression\n" + ratios(comparison))
figure, ax = plt.subplots(figsize=(6.8, 5.8), layout="constrained")
comparison.plot_pareto(ax=ax)
plt.show()

# %%
# LOG beats the plain model on both sides, and all the others over all rows. Weights raise the
# frequent error by nearly a half, the harder ones double it, and the rare error does not fall at
# all: a straight line through a curve, leaning on a few large targets, fits neither part.
#
# Trees can bend, so they need the logarithm less. Weights still cost, and gain nothing:

boosting = HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=8, max_bins=31, random_state=0)
few = ["VANILLA", "LOG", "LDS", "INV+LDS"]
with_trees = compare_strategies(boosting, X, y, strategies=few, random_state=0, progress=False)
print("gradient boosting\n" + ratios(with_trees))

# %%
# One thing LOG does not do: its prediction is nearer to the median than to the mean. If predictions
# are to be added up, to a total cost for instance, look at the sum of predictions and targets, too.

for name, model in {"plain": ridge, "LOG": LogTargetRegressor(ridge)}.items():
    total = cross_val_predict(model, X, y, cv=KFold(5, shuffle=True, random_state=0)).sum()
    print(f"{name:6} sum of predictions / sum of targets {total / y.sum():.3f}")

# %%
# Little is missing here. With noisier targets it is more.
#
# Second case: a model that is right
# ----------------------------------
# The target is a sum of three skewed features and noise, and the model is linear: nothing is wrong
# with it. The mean is known, so a prediction can be compared with the *truth* and not only with
# noisy targets. 60 times 300 rows are drawn; bias and spread are those of the predictions over the
# draws, where the true mean is among the largest tenth.

rng = np.random.default_rng(0)


def draw(n_samples, noise):
    """Return features, true means and targets."""
    X = rng.exponential(size=(n_samples, 3))
    mean = X @ [2.0, 1.0, 0.5]
    return X, mean, mean + noise * rng.normal(size=n_samples)


models = {
    "plain": LinearRegression(),
    "LDS": WeightedRegressor(LinearRegression(), LDSWeighter()),
    "INV+LDS": WeightedRegressor(LinearRegression(), LDSWeighter(reweight="inverse")),
}
deviations = {}
rows = {}
for noise in (0.3, 2.0):
    X_test, mean_test, y_test = draw(4_000, noise)
    rare_mean = mean_test >= np.quantile(mean_test, 0.9)
    rare_target = y_test >= np.quantile(y_test, 0.9)
    predictions = {name: [] for name in models}
    sizes = {name: [] for name in models}
    for _ in range(60):
        X_train, _, y_train = draw(300, noise)
        for name, model in models.items():
            predictions[name].append(model.fit(X_train, y_train).predict(X_test))
            weighter = getattr(model, "weighter_", None)
            sizes[name].append(weighter.effective_sample_size_ if weighter else len(y_train))
    for name in models:
        predicted = np.array(predictions[name])
        error = np.abs(predicted - y_test)
        off = pd.DataFrame(
            {"bias": (predicted - mean_test).mean(axis=0), "sd": predicted.std(axis=0)}
        )
        deviations[noise, name] = off.assign(mean=mean_test)
        rows[f"noise {noise}", name] = {
            "effective rows": np.mean(sizes[name]).round(),
            "bias": off["bias"][rare_mean].mean(),
            "spread": off["sd"][rare_mean].mean(),
            "MAE": error.mean(),
            "MAE, rare mean": error[:, rare_mean].mean(),
            "MAE, rare target": error[:, rare_target].mean(),
        }
print(pd.DataFrame(rows).T.round(2).to_string())

# %%
# The same along the true mean: how far predictions are off it, with one standard deviation over the
# draws to either side.

figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained", sharey=True)
looks = {"plain": ("0.25", "-"), "LDS": ("#0072B2", "--"), "INV+LDS": ("#D55E00", "-.")}
for (noise, name), off in deviations.items():
    ax = axes[0] if noise == 0.3 else axes[1]
    along = off.groupby(pd.qcut(off["mean"], 20), observed=True).mean()
    color, style = looks[name]
    ax.plot(along["mean"], along["bias"], style, color=color, label=name)
    low, high = along["bias"] - along["sd"], along["bias"] + along["sd"]
    ax.fill_between(along["mean"], low, high, color=color, alpha=0.15, lw=0)
    ax.set_title(f"noise {noise}", loc="left")
    ax.set_xlabel("true mean")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("prediction minus true mean")
axes[0].legend(frameon=False, loc="upper left")
plt.show()

# %%
# With little noise weights buy nothing: the errors are those of the plain model or larger, and a
# fit that is worth fewer rows is less steady. With much noise comes a trap. The error on rare
# *targets* is lower with weights, as if they helped, while predictions have become worse wherever
# the true mean is large. Many rows have a rare target because their noise happened to point that
# way. Whoever predicts too much is closer to them, and wrong.
#
# A dial with a cap
# -----------------
# :class:`~skdir.ensemble.BlendRegressor` mixes the plain model with a weighted one, as much as the
# rarest tenth gains from, while the error over all rows may rise by no more than
# `max_overall_cost`. It settles that by cross-validation within the training rows. Here on
# the nuclei, where weights are a mistake, and on the diabetes data, where they are not.

problems = {"nuclei": (ridge, X, y), "diabetes": (Ridge(0.01), *load_diabetes(return_X_y=True))}
rows = {}
for problem, (regressor, features, target) in problems.items():
    features, target = np.asarray(features), np.asarray(target)
    for cap in (0.0, 0.01, 0.03, 0.1):
        errors, shares = [], []
        for train, test in KFold(5, shuffle=True, random_state=0).split(features):
            blend = BlendRegressor(regressor, max_overall_cost=cap, random_state=0)
            blend.fit(features[train], target[train])
            plain = regressor.fit(features[train], target[train])
            density = TargetDensity().fit(target[train])
            border = np.quantile(density.density(target[train]), 0.1)
            rare = density.density(target[test]) <= border
            error = [np.abs(m.predict(features[test]) - target[test]) for m in (blend, plain)]
            errors.append([[e[rare].sum(), e.sum()] for e in error])
            shares.append(blend.share_)
        blended, alone = np.sum(errors, axis=0)
        rows[problem, f"cap {cap:.0%}"] = {
            "share of the weighted model": np.mean(shares),
            "rare error": blended[0] / alone[0] - 1,
            "overall error": blended[1] / alone[1] - 1,
        }
print(pd.DataFrame(rows).T.map("{:+.1%}".format).to_string())

# %%
# On the nuclei there is nothing to be had for free: with a cap of 0 the plain model is left alone,
# and what a larger cap gives on rare targets it takes over all rows. On the diabetes data the dial
# turns all the way, the rare error falls by more than a fifth, and a cap of 3 % is not even
# reached. (Some of that may be the trap of the second case: real data have no true mean to look
# at.) The cap holds in the folds inside the training rows; on test rows it is met about, not
# exactly.
#
# A rule of thumb
# ---------------
# 1. Errors that grow with the target: take the logarithm first (`LogTargetRegressor`, or
#    :class:`~sklearn.compose.TransformedTargetRegressor`), and compare everything else with *that*.
#    Above it was ahead of all weights over all rows, and with the ridge regression on both sides.
# 2. A model that fits, with residuals without any pattern: leave it. Weights then buy variance,
#    and,
#    where there is noise, bias that a rare error mistakes for skill.
# 3. A model that cannot follow the target everywhere, such as a linear one or small trees on little
#    data, and an error on rare targets that matters more: weights can help, see
#    :doc:`/gallery/plot_first_steps`. Begin with a small exponent, look at
#    `effective_sample_size_`, and set a cap on the overall cost.
# 4. Features that say little: weights shift all predictions and do not help, see
#    :doc:`/gallery/plot_randhie_limits`.
#
# `compare_strategies` has LOG and BLEND among its defaults for these reasons.
#
# Where next
# ----------
# - The user guide on :doc:`the target report </user_guide/target_report>`, :doc:`ensembles
#   </user_guide/ensembles>` and :doc:`comparison </user_guide/comparison>`.
# - :doc:`/pitfalls`: what else can go wrong.
# - The asinh that LOG takes for targets of both signs: Burbidge, Magee and Robb, 1988
#   (:doi:`10.1080/01621459.1988.10478575`).
