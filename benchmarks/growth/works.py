"""What `benchmarks.growth` measures: works, the sizes they grow over, and how they should grow."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from sklearn.linear_model import Ridge

from skdir.density import TargetDensity
from skdir.metrics import (
    ShotReport,
    balanced_mean_absolute_error,
    shot_labels,
    squared_error_relevance_area,
)
from skdir.model_selection import BinnedStratifiedKFold
from skdir.neural_network import FDS, DeepImbalancedRegressor, feature_statistics
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, GaussianNoise, RandomOverSampler, SmoteR
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    WeightedRegressor,
)

SEED = 0
COPIES = 10  # columns of the samplers that need no neighbours
TREE, BRUTE = 3, 20  # columns with which neighbours come from a tree, from all distances
ROWS = 10_000  # where features grow
FEW = 1_000  # where bins of targets grow, so that bins are the larger number
BATCH, BINS, WIDTH = 4_096, 100, 32

# Orders of growth by name, and what they say of a size.
ORDERS = {
    "1": lambda size: np.ones_like(size, dtype=float),
    "s": lambda size: size.astype(float),
    "s log s": lambda size: size * np.log(size),
    "s²": lambda size: size.astype(float) ** 2,
    "s³": lambda size: size.astype(float) ** 3,
}


@dataclass(frozen=True)
class Work:
    """A call to time; it should grow by an order from `lowest` to `highest`."""

    name: str
    make: Callable  # size -> the call
    lowest: str = "s"
    highest: str | None = None
    cap: int | None = None  # the largest size
    traced: bool = True  # whether its memory is numpy's


@dataclass(frozen=True)
class Panel:
    """Works that grow over the same size."""

    title: str
    label: str
    symbol: str
    sizes: tuple
    works: tuple
    memory: bool = True  # whether memory is measured

    def order(self, work):
        """Name the order of a work in the symbol of its size."""
        orders = [work.lowest] if work.highest is None else [work.lowest, work.highest]
        return " to ".join(order.replace("s", self.symbol) for order in orders)


@lru_cache(maxsize=1)
def table(n, p):
    """Return n standard normal rows of p features, and a log-normal target."""
    rng = np.random.default_rng(SEED)
    X = rng.normal(size=(n, p))
    return X, np.exp(0.8 * X[:, 0] + 0.4 * rng.normal(size=n))


@lru_cache(maxsize=1)
def pairs(n):
    """Return n targets and predictions of them."""
    X, y = table(n, 1)
    return y, np.exp(0.8 * X[:, 0])


def multiply(n):
    """Read and write one array: what no method can undercut."""
    y = pairs(n)[0]
    w = np.empty_like(y)
    return lambda: np.multiply(y, 2, out=w)


def sort(n):
    """Order an array without moving it, as ranks and splits do."""
    y = pairs(n)[0]
    return lambda: np.argsort(y)


def weigh(weighter, n):
    y = pairs(n)[0]
    return lambda: weighter.fit_transform(y)


def estimate(n):
    y = pairs(n)[0]
    return lambda: TargetDensity().fit(y).density(y)


def relevance(n):
    y = pairs(n)[0]
    return lambda: RelevanceFunction().fit(y).transform(y)


def sera(n):
    y, predicted = pairs(n)
    fitted = RelevanceFunction().fit(y)
    return lambda: squared_error_relevance_area(y, predicted, relevance=fitted)


def balanced_error(n, bins):
    y, predicted = pairs(n)
    return lambda: balanced_mean_absolute_error(y, predicted, bins=bins)


def label(n, bins):
    y = pairs(n)[0]
    return lambda: shot_labels(y, y, bins=bins)


def report(n, metrics):
    y, predicted = pairs(n)
    return lambda: ShotReport(y, predicted, y_train=y, bins=BINS, metrics=metrics)


def split(n):
    y = pairs(n)[0]
    cv = BinnedStratifiedKFold(5, shuffle=True, random_state=SEED)
    return lambda: list(cv.split(None, y))


def resample(cls, n, p):
    X, y = table(n, p)
    return lambda: cls(random_state=SEED).fit_resample(X, y)


def weighted(n):
    X, y = table(n, COPIES)
    return lambda: WeightedRegressor(Ridge(), LDSWeighter()).fit(X, y)


def epoch(n):
    X, y = table(n, COPIES)
    model = DeepImbalancedRegressor(
        weighter=LDSWeighter(), fds=FDS(), max_epochs=1, device="cpu", random_state=SEED
    )
    return lambda: model.fit(X, y)


def _layer(covariance, rows, p, bins):
    """Return a layer that calibrates, and rows for it."""
    torch.manual_seed(SEED)
    z, y = torch.randn(rows, p, requires_grad=True), torch.rand(rows)
    layer = FDS(covariance=covariance).make_layer(p, np.linspace(0, 1, bins + 1))
    layer(z, y)
    layer.step_epoch()
    return layer, z, y


def batch(covariance, rows, p, bins=BINS):
    """Move a batch through the layer, forward and backward."""
    layer, z, y = _layer(covariance, rows, p, bins)
    return lambda: layer(z, y).sum().backward()


def update(covariance, p, bins=BINS):
    """End an epoch of one row: its statistics enter the running ones, which are smoothed."""
    layer, z, y = _layer(covariance, ROWS, p, bins)
    z, y = z[:1].detach(), y[:1]

    def call():
        layer.collect(z, y)
        layer.step_epoch()

    return call


def statistics(n, p, bins=BINS):
    torch.manual_seed(SEED)
    z, y = torch.randn(n, p), np.random.default_rng(SEED).random(n)
    return lambda: feature_statistics(z, y, bins=bins)


def uneven(bins):
    """Smooth over bins whose widths differ."""
    y = np.random.default_rng(SEED).random(FEW)
    edges = np.linspace(0, 1, bins + 1) ** 1.1
    return lambda: TargetDensity(bins=edges).fit(y)


def even(bins):
    y = pairs(FEW)[0]
    return lambda: TargetDensity(bins=bins).fit(y)


def sizes(low, high, count):
    """Return sizes at equal ratios."""
    return tuple(int(size) for size in np.geomspace(low, high, count).round())


PANELS = (
    Panel(
        "Densities and weights over rows",
        "targets n",
        "n",
        sizes(1e3, 1e7, 9),
        (
            Work("numpy.multiply, for comparison", multiply),
            Work("TargetDensity().fit and density", estimate),
            Work("LDSWeighter().fit_transform", partial(weigh, LDSWeighter())),
            Work("LDSWeighter(bins=100).fit_transform", partial(weigh, LDSWeighter(bins=BINS))),
            Work("DenseWeighter().fit_transform", partial(weigh, DenseWeighter())),
            Work(
                "InverseFrequencyWeighter().fit_transform",
                partial(weigh, InverseFrequencyWeighter()),
                "s log s",
            ),
            Work(
                "InverseFrequencyWeighter(bins=100).fit_transform",
                partial(weigh, InverseFrequencyWeighter(bins=BINS)),
            ),
        ),
    ),
    Panel(
        "Relevance, metrics and splits over rows",
        "targets n",
        "n",
        sizes(1e3, 1e7, 9),
        (
            Work("numpy.argsort, for comparison", sort, "s log s"),
            Work("RelevanceFunction().fit and transform", relevance, "s log s"),
            Work("squared_error_relevance_area", sera),
            Work("balanced_mean_absolute_error, 100 bins", partial(balanced_error, bins=BINS)),
            Work("shot_labels, 100 bins", partial(label, bins=BINS)),
            Work("ShotReport of MAE and GM", partial(report, metrics=("mae", "gm"))),
            Work("ShotReport of Spearman", partial(report, metrics=("spearman",)), "s log s"),
            Work("BinnedStratifiedKFold(5).split", split, "s log s"),
        ),
    ),
    Panel(
        "Samplers and fits over rows",
        "rows n",
        "n",
        sizes(1e3, 1e6, 9),
        (
            Work(
                f"RandomOverSampler, {COPIES} features",
                partial(resample, RandomOverSampler, p=COPIES),
                "s log s",
            ),
            Work(
                f"GaussianNoise, {COPIES} features",
                partial(resample, GaussianNoise, p=COPIES),
                "s log s",
            ),
            Work(f"WERCS, {COPIES} features", partial(resample, WERCS, p=COPIES), "s log s"),
            Work(f"SmoteR, {TREE} features (tree)", partial(resample, SmoteR, p=TREE), "s log s"),
            Work(f"SMOGN, {TREE} features (tree)", partial(resample, SMOGN, p=TREE), "s", "s²"),
            Work(
                f"SmoteR, {BRUTE} features (all distances)",
                partial(resample, SmoteR, p=BRUTE),
                "s²",
                cap=200_000,
            ),
            Work(
                f"SMOGN, {BRUTE} features (all distances)",
                partial(resample, SMOGN, p=BRUTE),
                "s",
                "s²",
                cap=200_000,
            ),
            Work(f"WeightedRegressor(Ridge()).fit, {COPIES} features", weighted),
            Work(
                f"DeepImbalancedRegressor, an epoch with LDS and FDS, {COPIES} features",
                epoch,
                traced=False,
            ),
        ),
    ),
    Panel(
        f"Samplers over features, {ROWS:,} rows",
        "features p",
        "p",
        sizes(5, 200, 9),
        (
            Work("RandomOverSampler", partial(resample, RandomOverSampler, ROWS)),
            Work("GaussianNoise", partial(resample, GaussianNoise, ROWS)),
            Work("WERCS", partial(resample, WERCS, ROWS)),
            Work("SmoteR", partial(resample, SmoteR, ROWS)),
            Work("SMOGN", partial(resample, SMOGN, ROWS)),
        ),
    ),
    Panel(
        f"Feature distribution smoothing over features, {BINS} bins",
        "features p",
        "p",
        sizes(5, 200, 9),
        (
            Work(f"FDSLayer, a batch of {BATCH:,}", partial(batch, "diagonal", BATCH)),
            Work("FDSLayer.step_epoch", partial(update, "diagonal")),
            Work("FDSLayer, full covariance, a batch of 256", partial(batch, "full", 256), "s²"),
            Work("FDSLayer.step_epoch, full covariance", partial(update, "full"), "s²", "s³"),
            Work(f"feature_statistics of {ROWS:,} rows", partial(statistics, ROWS)),
        ),
        memory=False,
    ),
    Panel(
        f"Work on bins over bins, {FEW:,} targets; FDS on {WIDTH} features",
        "bins b",
        "b",
        sizes(10, 10_000, 9),
        (
            Work("TargetDensity(bins=b).fit", even, "1", "s log s"),
            Work("TargetDensity, bins of unequal width", uneven, "s²", cap=5_000),
            Work(
                "LDSWeighter(bins=b).fit_transform",
                lambda b: weigh(LDSWeighter(bins=b), FEW),
                "1",
                "s log s",
            ),
            Work(
                "InverseFrequencyWeighter(bins=b).fit_transform",
                lambda b: weigh(InverseFrequencyWeighter(bins=b), FEW),
                "1",
                "s",
            ),
            Work("shot_labels", lambda b: label(FEW, b), "1", "s"),
            Work(
                f"FDSLayer, a batch of {BATCH:,}",
                lambda b: batch("diagonal", BATCH, WIDTH, b),
                "1",
                "s",
            ),
            Work("FDSLayer.step_epoch", lambda b: update("diagonal", WIDTH, b)),
            Work("feature_statistics", lambda b: statistics(ROWS, WIDTH, b), "1", "s"),
        ),
        memory=False,
    ),
)
