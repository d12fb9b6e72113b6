"""Which call of which peer is compared with what of skdir, with the same settings."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks._shared.peers import raise_rare
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.weighting import DenseWeighter, LDSWeighter

ILR = "ImbalancedLearningRegression"


@dataclass(frozen=True)
class Call:
    """A call of a peer: what `_peers_child` needs to know."""

    name: str
    environment: str
    module: str
    function: str
    form: str
    options: dict
    packages: tuple

    def job(self):
        """Return the call for the child; the key changes with the settings."""
        job = {"module": self.module, "function": self.function, "form": self.form}
        job |= {"options": self.options, "packages": list(self.packages)}
        digest = hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()[:8]
        return {**job, "key": f"{self.name}-{digest}"}


@dataclass(frozen=True)
class Pair:
    """A call of a peer and its counterpart, a function of the seed and the training targets."""

    call: Call
    what: str
    make: Callable


def of_frame(package, function, **options):
    """Return a call of smogn or of ImbalancedLearningRegression, which share their interface."""
    environment = "ILR" if package == ILR else package
    return Call(
        f"{environment}.{function}", environment, package, function, "frame", options,
        (package, "numpy", "pandas"),
    )  # fmt: skip


def of_resreg(function, **options):
    """Return a call of resreg."""
    noise = ", noise" if options.get("noise") else ""
    return Call(
        f"resreg.{function}{noise}", "resreg", "resreg", function, "relevance", options,
        ("resreg", "numpy"),
    )  # fmt: skip


def share_of(bumps):
    """Return the equal share of the rows that smogn and its relatives want in each bump."""
    return round(sum(bump.n_samples for bump in bumps) / len(bumps))


def thin_normal(bumps):
    """Plan as ImbalancedLearningRegression.random_under does: normal bumps get an equal share."""
    share = share_of(bumps)
    return {i: min(share, bump.n_samples) for i, bump in enumerate(bumps) if not bump.rare}


def drop_share(bumps):
    """Plan the rows that smogn returns: it drops the share of normal rows that it is to keep."""
    share = share_of(bumps)
    plan = {i: max(share, bump.n_samples) for i, bump in enumerate(bumps) if bump.rare}
    normal = {i: bump.n_samples for i, bump in enumerate(bumps) if not bump.rare}
    return plan | {i: max(n - share, 0) if n > share else n for i, n in normal.items()}


def resampler(kind, **options):
    """Return a function that makes a resampler for a seed."""
    return lambda seed, y: kind(random_state=seed, **options)


def as_wide(boundary):
    """Return a function that makes a DenseWeighter with the bandwidth of denseweight."""
    return lambda seed, y: DenseWeighter(
        bandwidth=1.06 * np.std(y) * len(y) ** -0.2, boundary=boundary
    )


_SMOGN = of_frame("smogn", "smoter", k=5, pert=0.02, samp_method="balance", rel_thres=0.5)
_DENSE = Call(
    "denseweight.DenseWeight", "denseweight", "denseweight", "DenseWeight", "weights",
    {"alpha": 1.0}, ("denseweight", "numpy"),
)  # fmt: skip
_ILR = {"samp_method": "balance", "rel_thres": 0.5}
_NOISE = {"over": "balance", "delta": 0.05}

PAIRS = (
    Pair(_SMOGN, "SMOGN, balance", resampler(SMOGN)),
    Pair(_SMOGN, "SMOGN, rows of smogn", resampler(SMOGN, sampling_strategy=drop_share)),
    Pair(
        of_frame(ILR, "smote", k=5, **_ILR),
        "SmoteR",
        resampler(SmoteR, sampling_strategy=raise_rare),
    ),
    Pair(
        of_frame(ILR, "gn", pert=0.02, **_ILR),
        "GaussianNoise",
        resampler(GaussianNoise, perturbation=0.02),
    ),
    Pair(
        of_frame(ILR, "ro", **_ILR),
        "RandomOverSampler",
        resampler(RandomOverSampler, sampling_strategy=raise_rare),
    ),
    Pair(
        of_frame(ILR, "random_under", **_ILR),
        "RandomUnderSampler",
        resampler(RandomUnderSampler, sampling_strategy=thin_normal),
    ),
    Pair(
        of_resreg("smoter", over="balance", k=5),
        "SmoteR, ratio 1",
        resampler(SmoteR, sampling_strategy=1.0),
    ),
    Pair(
        of_resreg("gaussian_noise", **_NOISE),
        "GaussianNoise, ratio 1",
        resampler(GaussianNoise, sampling_strategy=1.0, perturbation=0.05),
    ),
    Pair(
        of_resreg("random_oversample", over="balance"),
        "RandomOverSampler, ratio 1",
        resampler(RandomOverSampler, sampling_strategy=1.0),
    ),
    Pair(
        of_resreg("random_undersample", under="balance"),
        "RandomUnderSampler, ratio 1",
        resampler(RandomUnderSampler, sampling_strategy=1.0),
    ),
    Pair(of_resreg("wercs", over=0.5, under=0.5), "WERCS", resampler(WERCS)),
    Pair(
        of_resreg("wercs", over=0.5, under=0.5, noise=True, delta=0.05),
        "WERCS, noise",
        resampler(WERCS, noise=True, perturbation=0.05),
    ),
    Pair(_DENSE, "DenseWeighter, bandwidth and ends of denseweight", as_wide("zero")),
    Pair(_DENSE, "DenseWeighter, bandwidth of denseweight", as_wide("reflect")),
    Pair(_DENSE, "DenseWeighter", lambda seed, y: DenseWeighter()),
    Pair(_DENSE, "LDSWeighter", lambda seed, y: LDSWeighter()),
)
