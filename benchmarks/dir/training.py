"""Strategies of the DIR benchmarks: what is trained, and what is measured."""

import time

import numpy as np
import torch
from scipy.stats import gmean, pearsonr, spearmanr
from torch import nn

from skdir.density import TargetDensity, reference_window
from skdir.metrics import density_error_correlation
from skdir.neural_network import FDS, DeepImbalancedRegressor, FocalLoss
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, SmoteR
from skdir.weighting import LDSWeighter

BASES = ("VANILLA", "INV", "SQINV", "FOCAL-R", "RRT", "SMOTER", "SMOGN")
STRATEGIES = tuple(
    f"{base}{suffix}" for base in BASES for suffix in ("", "+LDS", "+FDS", "+LDS+FDS")
)
REGIONS = ("all", "many", "medium", "few")
_WEIGHTS = {"INV": "inverse", "SQINV": "sqrt_inverse"}


def make_weighter(task, scheme, *, smooth):
    """Return inverse frequencies, with LDS those of the published window (5, 2)."""
    return LDSWeighter(
        kernel=reference_window("gaussian", 5, 2) if smooth else None,
        bins=task.bins,
        reweight=scheme,
        clip_counts=task.clip_counts if scheme == "inverse" else None,
        boundary="zero",
        root_first=True,
    )


def parse(strategy):
    """Return the base of a strategy, and whether LDS and FDS come with it."""
    base, *more = strategy.split("+")
    return base, "LDS" in more, "FDS" in more


def weighter_of(task, strategy):
    """Return the weighter of a strategy, or None."""
    base, smooth, _ = parse(strategy)
    # re-training without weights would be no re-training
    if base in _WEIGHTS or base == "RRT" or smooth:
        scheme = _WEIGHTS.get(base, task.scheme)
        return make_weighter(task, scheme, smooth=smooth)
    return None


def fds_of(task, strategy):
    """Return FDS with the published window and the task's bounds, or None."""
    if not parse(strategy)[2]:
        return None
    window = reference_window("gaussian", 5, 2, normalize="sum")
    return FDS(bins=task.bins, kernel=window, clip=task.clip)


def run(task, strategy, seed, epochs=None):
    """Train one strategy; return the record of the run."""
    base = parse(strategy)[0]
    (X, y), (X_val, y_val), (X_test, y_test) = task.train, task.val, task.test
    params = {"encoder": task.encoder, **task.net, "fds": fds_of(task, strategy)}
    params |= {"early_stopping": True, "random_state": seed}
    if epochs is not None:
        params["max_epochs"] = epochs
    weighter = weighter_of(task, strategy)
    two_stages = base in ("SMOTER", "SMOGN")
    if not two_stages:
        params["weighter"] = weighter
    if base == "FOCAL-R":
        # the regressor's targets are in standard deviations
        beta = task.focal["beta"] * float(np.std(y))
        params["loss"] = FocalLoss(base=task.focal["base"], beta=beta)
    if base == "RRT":
        params["retrain_head"] = True
    start = time.perf_counter()
    if two_stages or (base == "VANILLA" and weighter is None):
        model, seconds = _plain(task, params, fds=params["fds"] is not None)
    else:
        model = DeepImbalancedRegressor(**params).fit(X, y, X_val=X_val, y_val=y_val)
        seconds = time.perf_counter() - start
    n_epochs = model.n_iter_
    if two_stages:
        start = time.perf_counter()
        encoded = [features(model, part) for part in (X, X_val, X_test)]
        model = _fit_head(task, base, weighter, encoded, params)
        seconds += time.perf_counter() - start
        n_epochs += model.n_iter_
        X_test = encoded[2]
    predicted = model.predict(X_test)
    losses = [record["valid_loss"] for record in model.history_]
    return {
        "seconds": round(seconds, 2),
        "epochs": n_epochs,
        "valid_loss": round(min(losses), 5),  # of scaled targets; to choose settings by
        "metrics": measure(y_test, predicted, task.shots),
        "correlations": correlations(task, y_test, predicted),
    }


def _plain(task, params, *, fds):
    """Return a regressor without weights, and its seconds; strategies share it as their encoder."""
    key = (params["random_state"], params["max_epochs"], fds)
    if key not in task.fitted:
        (X, y), (X_val, y_val) = task.train, task.val
        start = time.perf_counter()
        model = DeepImbalancedRegressor(**params).fit(X, y, X_val=X_val, y_val=y_val)
        task.fitted[key] = model, time.perf_counter() - start
    return task.fitted[key]


def features(model, X):
    """Return what comes into the head of a fitted regressor."""
    caught = []
    head = model.net_.module_.head
    hook = head.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0].cpu()))
    try:
        model.predict(X)
    finally:
        hook.remove()
    return torch.cat(caught).float().numpy()


def _fit_head(task, base, weighter, encoded, params):
    """Train a new head on resampled features, behind the encoder that is there."""
    y = task.train[1]
    sampler = {"SMOTER": SmoteR, "SMOGN": SMOGN}[base](
        # scores have no outliers for a box plot to find
        relevance=RelevanceFunction(method="density"),
        random_state=params["random_state"],
    )
    Z, t = sampler.fit_resample(encoded[0].astype(np.float64), y)
    t = np.clip(t, task.bins[0], task.bins[-1])  # noise may lead beyond
    kept = {k: v for k, v in params.items() if k not in ("encoder", "fds", "hidden_layer_sizes")}
    head = DeepImbalancedRegressor(nn.Identity(), **{**kept, "weighter": weighter})
    return head.fit(Z, t, X_val=encoded[1], y_val=task.val[1])


def measure(y, predicted, shots):
    """Return the metrics by region; zero-shot rows count as few, as in the paper."""
    shots = np.where(np.asarray(shots) == "zero", "few", shots)
    result = {}
    for region in REGIONS:
        rows = np.ones(len(y), bool) if region == "all" else shots == region
        t, p = y[rows], predicted[rows]
        error = np.abs(p - t)
        if not len(t):
            result[region] = {"n": 0}
            continue
        row = {
            "n": len(t),
            "mse": np.mean(error**2),
            "rmse": np.sqrt(np.mean(error**2)),
            "mae": np.mean(error),
            "gm": gmean(np.maximum(error, 1e-10)),
        }
        if len(t) > 1 and np.ptp(t) > 0 and np.ptp(p) > 0:
            row |= {"pearson": pearsonr(t, p).statistic, "spearman": spearmanr(t, p).statistic}
        result[region] = {k: v if k == "n" else round(float(v), 6) for k, v in row.items()}
    return result


def correlations(task, y, predicted):
    """Return the correlation of error and density, empirical and effective."""
    width = np.diff(task.bins)
    window = reference_window("gaussian", 5, 2)
    centres = (task.bins[:-1] + task.bins[1:]) / 2
    effective = TargetDensity(kernel=window, bins=task.bins)
    effective.fit(np.repeat(centres, task.counts))
    densities = {"empirical": task.counts / width, "effective": effective.density(centres)}
    return {
        name: round(density_error_correlation(values, y, predicted, bins=task.bins), 4)
        for name, values in densities.items()
    }
