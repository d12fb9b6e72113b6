"""
Your own encoder: convolutions over a series
============================================

The deep regressor takes any torch module that turns rows into features. Here it is a convolution
over the readings of a sensor. The example says what such a module has to do, searches over its
parameters, combines it with weights and with smoothed features, and saves the result.
"""

# %%
# Readings with an event in them
# ------------------------------
# The data are made: 96 readings with noise and a slow drift, and somewhere in them a time in which
# the level is higher. The target is how long, and long events are rare. For the test all lengths
# are equally likely.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy import stats
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import GridSearchCV
from torch import nn

from skdir.inspection import ShotErrorDisplay
from skdir.metrics import ShotReport, make_balanced_scorer
from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter

rng = np.random.default_rng(0)
bins = np.linspace(0, 48, 17)


def read_sensor(lengths):
    """Return readings with an event of each length, at a random time and of a random height."""
    shape, times = (len(lengths), 96), np.arange(96)
    begin = rng.uniform(2, 94 - lengths)[:, None]
    event = (times >= begin) & (times < begin + lengths[:, None])
    height = rng.uniform(0.7, 1.3, size=(len(lengths), 1))
    drift = 0.03 * rng.normal(size=shape).cumsum(axis=1)
    return height * event + drift + 0.3 * rng.normal(size=shape)


y_train = rng.lognormal(2, 0.6, size=1500).clip(1, 48)
y_test = rng.uniform(1, 48, size=1500)
X_train, X_test = read_sensor(y_train), read_sensor(y_test)
print("training series by length:", *np.histogram(y_train, bins)[0])

fig, grid = plt.subplots(3, 1, figsize=(7.5, 4.5), sharex=True, layout="constrained")
for ax, quantile in zip(grid, (0.3, 0.9, 0.999)):
    row = np.argmin(np.abs(y_train - np.quantile(y_train, quantile)))
    ax.plot(X_train[row], color="#0072B2", lw=1)
    ax.set_title(f"length {y_train[row]:.1f}, longer than {quantile:.1%} of all", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
grid[1].set_ylabel("reading")
grid[-1].set_xlabel("time")
plt.show()

# %%
# What an encoder has to do
# -------------------------
# It is a torch module that takes a batch of shape (n_samples, ...) and returns features of shape
# (n_samples, n_features). The number of features is not declared: the regressor sends two rows
# through the module before training and looks. Head, weights and losses are its own, and so is the
# scale of the target.
#
# This one has three convolutions and pools over time, so that it does not matter when an event
# began: the mean says how long the level was higher, the maximum how high it was.


class Convolutions(nn.Module):
    """Convolutions over a series, and the mean and the maximum of each channel over time."""

    def __init__(self, input_shape, width=16, kernel_size=7):
        super().__init__()
        layers, channels = [nn.Unflatten(1, (1, input_shape[0]))], 1
        for stride in (2, 2, 1):
            layers += [
                nn.Conv1d(channels, width, kernel_size, stride, kernel_size // 2),
                nn.ReLU(),
            ]
            channels = width
        self.layers = nn.Sequential(*layers)

    def forward(self, X):
        """Return features of shape (n_samples, 2 * width)."""
        channels = self.layers(X)
        return torch.cat([channels.mean(dim=2), channels.amax(dim=2)], dim=1)


# %%
# Four things can be given as `encoder`: a name, such as "mlp"; a module, which is copied for each
# fit; a class or function that makes a module of the shape of one row, such as the class above or a
# `functools.partial` of it; and an object that can be called in the same way. If the object is a
# `BaseEstimator` of scikit-learn, its parameters can be searched over.


class MakeConvolutions(BaseEstimator):
    """Make an encoder for the shape of one row."""

    def __init__(self, *, width=16, kernel_size=7):
        self.width = width
        self.kernel_size = kernel_size

    def __call__(self, input_shape):
        """Return the module."""
        return Convolutions(input_shape, width=self.width, kernel_size=self.kernel_size)


network = DeepImbalancedRegressor(
    MakeConvolutions(), lr=5e-3, batch_size=128, max_epochs=15, device="cpu", random_state=0
)
print([name for name in network.get_params() if name.startswith("encoder")])

# %%
# What does not fit is refused before training starts. This module forgets to pool:

unpooled = nn.Sequential(nn.Unflatten(1, (1, 96)), nn.Conv1d(1, 16, 7))
try:
    DeepImbalancedRegressor(unpooled).fit(X_train, y_train)
except ValueError as error:
    print(error)

# %%
# Search over its parameters
# --------------------------
# As for any regressor of scikit-learn. The score is the mean absolute error in which short, middle
# and long events count the same; otherwise the frequent ones would choose.

scorer = make_balanced_scorer([0, 8, 16, 48])
search = GridSearchCV(
    network,
    {"encoder__kernel_size": [3, 9], "encoder__width": [4, 16]},
    scoring=scorer,
    cv=2,
    refit=False,
).fit(X_train, y_train)
for parameters, score in zip(search.cv_results_["params"], search.cv_results_["mean_test_score"]):
    print(f"balanced error {-score:.2f} for {parameters}")
network.set_params(**search.best_params_)

# %%
# Weights and smoothed features work with it as with any
# ------------------------------------------------------
# Beside the network there are the default multilayer perceptron and gradient boosting, which see 96
# columns and do not know that they are neighbours. The networks are trained from three seeds each.

boosting = HistGradientBoostingRegressor(max_iter=50, random_state=0).fit(X_train, y_train)
predictions = {"boosting": [boosting.predict(X_test)]}
strategies = {
    "perceptron": {"encoder": "mlp", "hidden_layer_sizes": (128, 64)},
    "convolutions": {},
    "convolutions, FDS": {"fds": FDS(bins=48)},
    "convolutions, LDS": {"weighter": LDSWeighter()},
}
for name, parameters in strategies.items():
    predictions[name] = []
    for seed in range(3):
        model = clone(network).set_params(random_state=seed, **parameters).fit(X_train, y_train)
        predictions[name].append(model.predict(X_test))

shots = ("many", "medium", "few", "zero")
print(f"{'':18}" + "".join(f"{shot:>14}" for shot in shots))
for name, runs in predictions.items():
    errors = []
    for y_pred in runs:
        report = ShotReport(y_test, y_pred, y_train=y_train, bins=bins, metrics=("mae",))
        errors.append([report.by_shot[shot]["mae"] for shot in shots])
    means = np.mean(errors, axis=0)
    if len(errors) > 1:
        cells = [f"{m:8.2f} ±{e:4.2f}" for m, e in zip(means, stats.sem(errors))]
    else:
        cells = [f"{m:8.2f}      " for m in means]
    print(f"{name:18}" + "".join(cells).rstrip())

# %%
# Mean absolute errors by the number of training rows of about the length, with standard errors over
# the seeds. Convolutions are ahead wherever there are rows to learn from: what the network is built
# of comes first. The weights move error from the lengths with few rows or none to those with many,
# and cost no time. They are the root of the inverse density: the inverse itself was tried first,
# cost the many several times their error, and gave the few no more. FDS does not help here, as so
# often: see :doc:`/gallery/plot_deep_fds`. The picture shows the mean prediction of the three
# networks.

ShotErrorDisplay.from_predictions(
    y_test,
    {name: np.mean(runs, axis=0) for name, runs in predictions.items()},
    y_train=y_train,
    bins=bins,
    target_name="length of the event",
)
plt.show()

# %%
# Save it, and load it elsewhere
# ------------------------------
# The file holds tensors and JSON, and no code: loading it runs nothing. So it does not hold the
# encoder's class, which has to be given again.

path = Path(tempfile.mkdtemp()) / "sensor.safetensors"
model.save(path)
try:
    DeepImbalancedRegressor.load(path)
except ValueError as error:
    print(str(error)[:100] + "...")
loaded = DeepImbalancedRegressor.load(path, encoder=model.encoder, device="cpu")
print("the same predictions:", np.array_equal(loaded.predict(X_test), model.predict(X_test)))
print(f"{path.stat().st_size / 1024:.0f} KiB for {len(model.history_)} epochs of training")

# %%
# On a GPU
# --------
# The page is built on a CPU, hence ``device="cpu"``. The default, "auto", is a GPU where there is
# one, and "cuda:1" is a certain one. The module needs no word about it: make new tensors in
# `forward` on the device of what came in (``X.new_zeros``, ``device=X.device``), and register
# constants as buffers, so that they move along. The file is the same from both, and `load` takes
# the device of the machine that it is loaded on.
#
# See :doc:`/user_guide/deep` for the encoders that there are already, and for schedules, early
# stopping and compilation, which work with your own as with those.
