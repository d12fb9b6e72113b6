"""
Seeing imbalance: one picture per question
==========================================

Where are targets rare? What do weights and resampling make of it? Where does a model err, and what
does that cost elsewhere? Each display answers one of these questions. The data are 442 patients and
the progression of their diabetes after one year.
"""

# %%
# Where are targets rare?
# -----------------------
# :class:`~skdir.inspection.TargetDistributionDisplay` draws the histogram (the empirical
# density), the smoothed one (the effective density) and the weights that come from it, here for
# three bandwidths. A small bandwidth takes chance for structure; a large one does not see that
# targets above 300 are rare.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.neural_network import MLPRegressor

from skdir.inspection import (
    BandwidthCurveDisplay,
    FeatureStatisticsDisplay,
    ResamplingDisplay,
    SERCurveDisplay,
    ShotErrorDisplay,
    TargetDistributionDisplay,
)
from skdir.neural_network import feature_statistics
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN
from skdir.weighting import LDSWeighter, WeightedRegressor

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
y = y.rename("progression (points)")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

weighter = LDSWeighter(reweight="inverse")
TargetDistributionDisplay.from_target(
    y_train, weighter=weighter, bandwidths=[5.0, "silverman", 60.0]
)
plt.show()

# %%
# What does a sampler do?
# -----------------------
# :class:`~skdir.inspection.ResamplingDisplay` shows which rows were removed (crosses) and which
# are new (triangles). SMOGN thins the frequent targets and adds rows between and around the rare
# ones.

relevance = RelevanceFunction(method="quantile", extremes="high", quantiles=(0.1, 0.9))
sampler = SMOGN(relevance=relevance, random_state=0)
ResamplingDisplay.from_sampler(sampler, X_train, y_train, features=["bmi", "s5"])
plt.show()

# %%
# Where do models err?
# --------------------
# The error by target region over the training rows. The strip at the bottom says where there are
# many, medium and few of these, and white markers are bins of so few test rows that the error
# there is mostly chance.

models = {
    "plain": Ridge().fit(X_train, y_train),
    "inverse weights": WeightedRegressor(Ridge(), weighter).fit(X_train, y_train),
}
display = ShotErrorDisplay.from_estimator(models, X_test, y_test, y_train=y_train)
plt.show()

# %%
# The weighted model errs less on high targets and more on low ones: a trade. The numbers in the
# legend say the same in one figure, the correlation of the error with the effective density.

for name, correlation in display.correlations.items():
    print(f"{name:16} {correlation['effective']:.2f}")

# %%
# How much of the error is on relevant targets?
# ---------------------------------------------
# The curve is the sum of squared errors over all targets of at least some relevance, and the area
# under it is known as SERA. On the left all rows count, on the right only the most relevant ones:
# the weighted model has more error in all and less of it where it matters.

SERCurveDisplay.from_estimator(models, X_test, y_test, relevance=relevance.fit(y_train))
plt.show()

# %%
# Which bandwidth?
# ----------------
# A search with two scores, and both errors over the bandwidth. The limit of 250 is fixed in
# advance.


def error_above(model, X, y):
    """Return the negative mean absolute error of targets above 250."""
    return -np.mean(np.abs(model.predict(X) - y)[y > 250])


def error_below(model, X, y):
    """Return the negative mean absolute error of targets up to 250."""
    return -np.mean(np.abs(model.predict(X) - y)[y <= 250])


search = GridSearchCV(
    models["inverse weights"],
    {"weighter__bandwidth": [2.0, 5.0, 10.0, 20.0, 40.0, 80.0, "silverman"]},
    scoring={"above 250": error_above, "up to 250": error_below},
    cv=KFold(10, shuffle=True, random_state=0),
    refit=False,
).fit(X_train, y_train)
BandwidthCurveDisplay.from_search(
    search, param_name="bandwidth (points)", error_name="mean absolute error (points)"
)
plt.show()

# %%
# Targets above 250 are predicted best with a bandwidth of about 10, those up to 250 with the
# widest: another trade. The spread over the folds is much wider than the difference between
# bandwidths, as a fold has about five rows above 250: a reason not to choose by the lowest point.
#
# What has a network learned?
# ---------------------------
# Each bin of the target has a mean and a variance of each hidden unit. Drawn is how alike they are
# to those of an anchor, here the bin of 100 points. Similarity should fall with the distance from
# it. That of the variances rises again in the last bin, which has a handful of rows.

network = MLPRegressor(hidden_layer_sizes=(64,), alpha=1.0, max_iter=2000, random_state=0)
mean, scale = X_train.mean(), X_train.std()
network.fit((X_train - mean) / scale, (y_train - y_train.mean()) / y_train.std())
hidden = np.maximum(
    ((X_train - mean) / scale).to_numpy() @ network.coefs_[0] + network.intercepts_[0], 0
)
statistics = feature_statistics(hidden, y_train.to_numpy(), bins=12, anchor=100.0)
FeatureStatisticsDisplay.from_statistics(statistics, target_name=y.name)
plt.show()
