"""
Weights, balanced losses and FDS in your own training loop
==========================================================

Everything in :class:`~skdir.neural_network.DeepImbalancedRegressor` can be used without it: losses
are torch modules that take weights, weights are an array, and feature distribution smoothing (FDS)
is a layer. This example writes the loop in plain PyTorch, looks at what the layer does to features,
resumes a run from its state, and says what all of it gives and costs.
"""

# %%
# Data
# ----
# A made table: the target is log-normal, so that high values are rare. The many test rows follow
# the same law; those above all training rows are left out. In the loop the target has mean 0 and
# standard deviation 1.

import io
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy import stats
from torch import nn

from skdir.datasets import make_imbalanced_regression
from skdir.metrics import ShotReport, shot_labels
from skdir.neural_network import FDS, BMCLoss, MSELoss
from skdir.weighting import LDSWeighter

X_all, y_all = make_imbalanced_regression(23_000, skew=0.5, noise=0.6, random_state=0)
y_train = y_all[:3000]
tested = np.flatnonzero(y_all[3000:] <= y_train.max()) + 3000
y_test = y_all[tested]
X, X_test = (torch.tensor(X_all[rows], dtype=torch.float32) for rows in (slice(3000), tested))
mean, scale = y_train.mean(), y_train.std()
y = torch.tensor((y_train - mean) / scale, dtype=torch.float32)
print("training rows by bin:", *np.histogram(y_train, bins=20)[0])

# %%
# The loop
# --------
# The weighter makes an array of weights of the training targets, with mean 1, and each batch takes
# its rows of it. The loss takes predictions, targets and weights, and returns the weighted mean
# over rows. The layer stands between encoder and head, gets features and targets, and is told that
# an epoch has ended. All else is the usual loop.

weights = torch.tensor(LDSWeighter().fit_transform(y_train), dtype=torch.float32)


class Run:
    """Encoder, layer, head, loss and optimiser, to be trained epoch by epoch."""

    def __init__(self, loss=None, *, weights=None, fds=None, n_features=32, seed=0):
        torch.manual_seed(seed)
        self.encoder = nn.Sequential(
            nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, n_features), nn.ReLU()
        )
        self.head, self.layer = nn.Linear(n_features, 1), None
        if fds is not None:
            self.layer = fds.make_layer(n_features, bin_edges=fds.make_edges(y))
        self.loss, self.weights = MSELoss() if loss is None else loss, weights
        parts = (self.encoder, self.head, self.loss)  # a loss may learn its noise
        self.optimizer = torch.optim.Adam([p for part in parts for p in part.parameters()], lr=2e-3)

    def train_epoch(self):
        """Go through the training rows once."""
        for rows in torch.randperm(len(y)).split(128):
            features = self.encoder(X[rows])
            if self.layer is not None:
                features = self.layer(features, y[rows])
            weight = None if self.weights is None else self.weights[rows]
            loss = self.loss(self.head(features)[:, 0], y[rows], weight)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        if self.layer is not None:
            self.layer.step_epoch()

    @torch.no_grad()
    def predict(self, X):
        """Return predictions in units of the target; the layer plays no part in them."""
        return self.head(self.encoder(X))[:, 0].numpy() * scale + mean

    def state(self):
        """Return all that is needed to go on, but the order of the rows."""
        parts = ("encoder", "head", "layer", "loss", "optimizer")
        return {part: getattr(self, part).state_dict() for part in parts}

    def load(self, state):
        """Go on from a state."""
        for part, values in state.items():
            getattr(self, part).load_state_dict(values)


run = Run(weights=weights, fds=FDS())
for _ in range(20):
    run.train_epoch()
print(run.layer)

# %%
# What the layer does to features
# -------------------------------
# It is out of place: it returns new features and leaves those of the encoder as they are, which
# autograd and any second head can go on using. In eval mode it returns what it gets.

with torch.no_grad():
    features = run.encoder(X)
    before = features.clone()
    calibrated = run.layer(features, y)
    print("features are as before:", torch.equal(features, before))
    print("returned ones differ:  ", not torch.equal(calibrated, features))
    print("the same in eval mode: ", run.layer.eval()(features) is features)
run.layer.train()

# %%
# How far a row is moved, relative to the distance of features from their mean over all rows:

distance = (calibrated - features).norm(dim=1) / (features - features.mean(dim=0)).norm(
    dim=1
).mean()
shots = shot_labels(y_train, y_train, bins=20)
for shot in ("many", "medium", "few"):
    print(f"{shot:7}{np.sum(shots == shot):6d} rows, moved by {distance[shots == shot].mean():.3f}")

fig, ax = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
ax.scatter(y_train, distance, s=8, color="#0072B2", alpha=0.4, linewidths=0)
ax.set(xlabel="target", ylabel="distance moved (relative)")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Rows with frequent targets stay nearly where they are, as the statistics of their bins are much
# like those of the bins beside. In the tail a bin has a few rows, and they are moved towards what
# their neighbours are like. A row that is alone with empty bins around it has no neighbours to be
# moved to, and stays.
#
# Stop and go on
# --------------
# The layer's state is part of the run, with the sums of an epoch that has not ended. Here a run of
# ten epochs is saved after five and resumed in new objects, with the same order of rows. The file
# is read without executing anything of it.

whole, resumed = Run(weights=weights, fds=FDS()), Run(weights=weights, fds=FDS(), seed=1)
for epoch in range(10):
    if epoch == 5:
        file = io.BytesIO()
        torch.save(whole.state(), file)
        file.seek(0)
        resumed.load(torch.load(file, weights_only=True))
    torch.manual_seed(epoch)
    whole.train_epoch()
    if epoch >= 5:
        torch.manual_seed(epoch)
        resumed.train_epoch()
print("the same predictions:", np.array_equal(whole.predict(X_test), resumed.predict(X_test)))

# %%
# What it gives
# -------------
# The squared error; the same with weights; and Balanced MSE, which corrects for the law of the
# training targets by itself, the more the larger it takes the noise of the targets to be. It learns
# that noise, from 1 on, or is told: 0.3, in standard deviations of the target. FDS is with the
# first two. Mean absolute errors on the test rows, with standard errors over three seeds.

strategies = {
    "MSE": lambda: {},
    "MSE, FDS": lambda: {"fds": FDS()},
    "MSE, LDS weights": lambda: {"weights": weights},
    "MSE, LDS weights, FDS": lambda: {"weights": weights, "fds": FDS()},
    "Balanced MSE": lambda: {"loss": BMCLoss()},
    "Balanced MSE, noise 0.3": lambda: {"loss": BMCLoss(noise_sigma=0.3, learnable=False)},
}
names = ("all", "many", "medium", "few")
print(f"{'':24}" + "".join(f"{name:>14}" for name in names))
for name, make_parameters in strategies.items():
    errors = []
    for seed in range(3):
        run = Run(seed=seed, **make_parameters())
        for _ in range(20):
            run.train_epoch()
        y_pred = run.predict(X_test)
        report = ShotReport(y_test, y_pred, y_train=y_train, bins=20, metrics=("mae",))
        rows = {"all": report.overall, **report.by_shot}
        errors.append([rows[shot]["mae"] for shot in names])
    cells = zip(np.mean(errors, axis=0), stats.sem(errors))
    print(f"{name:24}" + "".join(f"{m:8.2f} ±{e:4.2f}" for m, e in cells))

# %%
# Every strategy but FDS trades the many for the few, and they differ in how far they go: the column
# of all rows says what it costs on rows like the training rows. Balanced MSE as it comes goes
# farthest, for test targets that are spread evenly; with a small noise it is mild. FDS is, with and
# without weights, within a small change of the same network without it.
#
# The noise of the data decides whether there is something to trade. The table was made noisier for
# this page: with half the noise and more skew, LDS weights raised the error of the many and of all
# and lowered that of no shot.

# %%
# What it costs
# -------------
# The median time of an epoch without the layer and with it, for 32 and for 512 features.

for n_features in (32, 512):
    runs = [Run(weights=weights, n_features=n_features, fds=fds) for fds in (None, FDS())]
    seconds = [[], []]
    for _ in range(10):  # they take turns
        for run, taken in zip(runs, seconds):
            begin = time.perf_counter()
            run.train_epoch()
            taken.append(time.perf_counter() - begin)
    plain, with_layer = np.median(seconds, axis=1)
    print(
        f"{n_features:3d} features: {1000 * plain:5.1f} ms per epoch without, "
        f"{1000 * with_layer:5.1f} ms with the layer ({with_layer / plain - 1:+.0%})"
    )

# %%
# The small network has little to do itself, so that the layer's share is large; beside a larger
# encoder it is smaller. Weights cost nothing. ``FDS(statistics="epoch")`` adds a pass over the
# rows, and ``FDS(covariance="full")`` is many times slower.
#
# See :doc:`/user_guide/fds` for dense targets and several processes, :doc:`/user_guide/deep` for
# the losses, and :doc:`/gallery/plot_deep_fds` for FDS in the regressor. FDS is from Yang, Zha,
# Chen, Wang and Katabi, *Delving into deep imbalanced regression*, 2021
# (:doi:`10.48550/arXiv.2102.09554`); Balanced MSE from Ren, Zhang, Yu and Liu, *Balanced MSE for
# imbalanced visual regression*, 2022 (:doi:`10.1109/CVPR52688.2022.00777`).
