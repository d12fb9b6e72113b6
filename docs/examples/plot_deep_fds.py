"""
A deep regressor with weights and smoothed features
===================================================

Two remedies were published together for networks on imbalanced targets: weights by the effective
density (LDS), and feature distribution smoothing (FDS), which evens out what the network's features
are like from one target to the next. The example trains all four combinations, watches the errors
while they train, and looks at what FDS smooths. On these data the weights help, and FDS does not.
"""

# %%
# Turned digits
# -------------
# scikit-learn's 1,797 handwritten digits, enlarged, turned by 0 to 90 degrees and made grainy. For
# training they are thinned until their angles follow an exponential law: most are nearly upright.
# Validation and test rows are balanced, and all three have digits of their own. An image is a row
# of 144 numbers here; :doc:`/gallery/plot_images` has convolutions.

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy import ndimage, stats
from sklearn.datasets import load_digits

from skdir.datasets import make_imbalance
from skdir.inspection import FeatureStatisticsDisplay
from skdir.metrics import ShotReport
from skdir.neural_network import FDS, DeepImbalancedRegressor, ShotErrors, feature_statistics
from skdir.weighting import LDSWeighter

rng = np.random.default_rng(0)
digits = rng.permutation(load_digits().images) / 16
digits = np.pad(ndimage.zoom(digits, (1, 1.25, 1.25)), ((0, 0), (1, 1), (1, 1)))


def turn(images, copies):
    """Return rows of grainy copies of images turned by random angles, and the angles."""
    images = np.repeat(images, copies, axis=0)
    angles = rng.uniform(0, 90, size=len(images))
    turned = [ndimage.rotate(image, a, reshape=False) for image, a in zip(images, angles)]
    grainy = np.array(turned) + 0.3 * rng.normal(size=images.shape)
    return grainy.reshape(len(images), -1), angles


X_train, y_train = make_imbalance(
    *turn(digits[:1200], copies=12), density=stats.expon(scale=18).pdf, bins=18, random_state=0
)
X_valid, y_valid = turn(digits[1200:1400], copies=4)
X_test, y_test = turn(digits[1400:], copies=5)
bins = np.linspace(0, 90, 19)
print("training rows by 5 degrees:", *np.histogram(y_train, bins)[0])

# %%
# Four combinations, and one more
# -------------------------------
# `fds` and `weighter` are two parameters of the regressor. FDS gets bins of one degree; by default
# its kernel reaches two bins to either side. The fifth model has bins of ten degrees, to see what
# happens when the kernel covers half of the range.
#
# :class:`~skdir.neural_network.ShotErrors` adds the errors on the validation rows, by shot, to each
# record of `history_`. All strategies start from the same three seeds.

narrow, wide = FDS(bins=90), FDS(bins=9)
strategies = {
    "plain": {},
    "FDS": {"fds": narrow},
    "LDS": {"weighter": LDSWeighter()},
    "LDS + FDS": {"weighter": LDSWeighter(), "fds": narrow},
    "FDS, wide bins": {"fds": wide},
}
models = {name: [] for name in strategies}
for name, parameters in strategies.items():
    for seed in range(3):
        model = DeepImbalancedRegressor(
            hidden_layer_sizes=(128, 64),
            lr=2e-3,
            batch_size=128,
            max_epochs=20,
            device="cpu",
            callbacks=[ShotErrors(bins=bins)],
            random_state=seed,
            **parameters,
        )
        models[name].append(model.fit(X_train, y_train, X_val=X_valid, y_val=y_valid))

# %%
# Errors by shot
# --------------
# One of them in full:

y_pred = models["LDS + FDS"][0].predict(X_test)
print(ShotReport(y_test, y_pred, y_train=y_train, bins=bins))

# %%
# And the mean absolute error of all, in degrees: means over the seeds, and differences from the
# plain network with the same seed, with their standard errors.

shots = ("many", "medium", "few")
errors = {}
for name, fitted in models.items():
    reports = [
        ShotReport(y_test, m.predict(X_test), y_train=y_train, bins=bins, metrics=("mae",))
        for m in fitted
    ]
    errors[name] = np.array([[r.by_shot[shot]["mae"] for shot in shots] for r in reports])
print(f"{'':16}" + "".join(f"{shot:>20}" for shot in shots))
for name, values in errors.items():
    change = values - errors["plain"]
    cells = zip(values.mean(axis=0), change.mean(axis=0), stats.sem(change))
    line = "".join(f"{m:7.1f} ({d:+.1f} ±{e:4.1f})" for m, d, e in cells)
    print(f"{name:16}{line}")

# %%
# The weights lower the error where rows are few. FDS with narrow bins lowers none by more than its
# standard error, alone or on top of the weights, and with wide bins it does harm: then the shift of
# a row's features tells its target, the head learns to rely on that, and nothing shifts the
# features when it predicts.
#
# It is one draw of the data, and one amount of grain. On the same images without any, the weights
# gained nothing for the few and cost the many, and FDS made the few worse, by a little.
#
# Learning curves
# ---------------
# Validation errors after each epoch, means over the seeds. With FDS the error of the few comes down
# later, and ends where it ends without. With weights the few are ahead from the first epochs on.
# Without them the error of the many rises again in later epochs. Curves by shot show such things;
# one validation loss over all rows hides them.

styles = dict(
    zip(strategies, [("0.4", "-"), ("#0072B2", "--"), ("#D55E00", "-"), ("#009E73", "--")])
)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for ax, shot in zip(axes, ("many", "few")):
    for name, (color, style) in styles.items():
        curves = [[epoch[f"valid_mae_{shot}"] for epoch in m.history_] for m in models[name]]
        ax.plot(range(1, 21), np.mean(curves, axis=0), style, color=color, label=name)
    ax.set_title(f"{shot} shots", loc="left")
    ax.set(xlabel="epoch", xticks=range(0, 21, 5))
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("validation error (degrees)")
axes[1].legend(frameon=False)
plt.show()

# %%
# What FDS smooths
# ----------------
# The layer keeps the mean (and the variance) of each feature in each bin of the target, as a moving
# average over epochs, and smooths it over bins. In training the features of a row are moved from
# the first to the second. Drawn are the four features whose means vary most.

model = models["FDS"][0]
layer = model.net_.module_.fds
edges = layer.bin_edges.numpy() * model.target_scale_ + model.target_mean_
centres = (edges[1:] + edges[:-1]) / 2
seen = layer.rows_seen.numpy() > 0
features = layer.running_mean[seen].std(dim=0).argsort(descending=True)[:4]

fig, grid = plt.subplots(2, 2, figsize=(9, 5), sharex=True, layout="constrained")
for ax, feature in zip(grid.ravel(), features):
    ax.plot(
        centres[seen], layer.running_mean[seen, feature], ".", color="0.6", label="mean of a bin"
    )
    ax.plot(centres[seen], layer.smoothed_mean[seen, feature], color="#0072B2", label="smoothed")
    ax.set_title(f"feature {feature}", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
grid[0, 0].legend(frameon=False)
for ax in grid[-1]:
    ax.set_xlabel("angle (degrees)")
plt.show()

# %%
# Up to 30 degrees or so the means are smooth already, as there are many rows in each bin. Farther
# out they are ragged, and smoothing takes the raggedness away: FDS does what it is made for.
#
# Why does that not help?
# -----------------------
# FDS is meant for features which are alike where targets are far apart: the published sign is that
# bins with few rows have the statistics of the frequent ones. Here are the cosine similarities of
# each bin to the one with the most rows, on training rows.

statistics = {
    name: feature_statistics(
        torch.as_tensor(X_train), y_train, bins=bins, encoder=models[name][0].net_.module_.encoder
    )
    for name in ("plain", "FDS")
}
FeatureStatisticsDisplay.from_statistics(statistics, target_name="angle (degrees)")
plt.show()

# %%
# The similarity of the means falls all the way with the distance, in the plain network too: its
# features are in the order of the angles already, and there is nothing for FDS to repair. That of
# the variances is unsteady where a bin has a dozen rows, with FDS no less than without.
#
# So look at this picture of your own network first. If a curve of means rises again far from the
# anchor, FDS is worth a try: with narrow bins, beside the same network without it, on validation
# rows with rare targets and from several seeds. Its cost is in :doc:`/gallery/plot_training_loop`,
# what else is known of where it hurts and where it does nothing in :doc:`/user_guide/fds`. It is
# from Yang, Zha, Chen, Wang and Katabi, *Delving into deep imbalanced regression*, 2021
# (:doi:`10.48550/arXiv.2102.09554`), where it did help, with larger networks on larger data.
