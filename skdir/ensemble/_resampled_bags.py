"""Bags of resampled rows: how they are drawn, and the fit to one of them."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_consistent_length

from skdir.resampling import SmoteR
from skdir.utils._fitting.rows import take_rows, used_rows
from skdir.utils._fitting.sample_weight import probabilities
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import parameter_error

# Shares of rare rows between which the bags of "variation" differ.
VARIED_SHARES = (1 / 3, 2 / 5, 1 / 2, 3 / 5, 2 / 3)


def bag_ratio(sample_method, rng):
    """Return the ratio of rare to normal rows of one bag."""
    share = 0.5 if sample_method == "balance" else VARIED_SHARES[rng.randint(len(VARIED_SHARES))]
    return share / (1 - share)


def strata_of(planner, y):
    """Return the bump of each row, as a fitted sampler tells."""
    bumps = getattr(planner, "bumps_", [])
    if not bumps:
        return np.zeros(len(y), dtype=np.intp)
    stratum = np.searchsorted([bump.low for bump in bumps], y, side="right") - 1
    return np.maximum(stratum, 0)  # rows of zero weight may lie below all bumps


def draw_bag(strata, sample_weight, n_rows, bootstrap, rng):
    """Return rows drawn within each stratum, each stratum having its share of the weights.

    Every stratum with a positive weight has one row at least, so a bag may have a few rows more.
    """
    weight = np.ones(len(strata)) if sample_weight is None else sample_weight
    weight, parts = weight / weight.max(), []  # so that no sum leaves the range of floats
    drawable = weight > 0
    for stratum in np.unique(strata[drawable]):
        rows = np.flatnonzero((strata == stratum) & drawable)
        n_drawn = max(1, round(n_rows * weight[rows].sum() / weight.sum()))
        p = probabilities(weight[rows])
        if not bootstrap:
            n_drawn = min(n_drawn, np.count_nonzero(p))
        parts.append(rng.choice(rows, n_drawn, replace=bootstrap, p=p))
    return np.sort(np.concatenate(parts))


class DefaultPlanner(SmoteR):
    """The default sampler where it plans the bags: its messages name the ensemble."""

    _caller = "ResampledBaggingRegressor"


def plan(planner, X, y, sample_weight, *, with_ratio, caller):
    """Fit a sampler, in place, to all training rows of positive weight; return these rows."""
    used = used_rows(sample_weight, len(y))
    if with_ratio:
        planner.set_params(sampling_strategy="balance")
    relevance = getattr(planner, "relevance", None)
    if isinstance(relevance, (list, tuple, np.ndarray)):
        check_consistent_length(y, relevance)
        planner.set_params(relevance=np.asarray(relevance)[used])
    try:
        planner.fit(_safe_indexing(X, used), y[used])
    except ValueError:
        if (y[used] != y[used][0]).any():
            raise
        rows = "1 sample" if len(used) == 1 else f"{len(used)} samples"
        got = f"only {float(y[used].flat[0]):g} in {rows} of positive weight"
        raise parameter_error("y", caller, "of more than one value", got) from None
    return used


def has_one_bump(planner):
    """Return whether a fitted sampler found all rows rare, or none."""
    return len(getattr(planner, "bumps_", ())) == 1


def bag_sampler(sampler, planner, y, rows, used):
    """Return the sampler of one bag, for which rare is what it is among all training targets."""
    names = sampler.get_params(deep=False)
    params = {}
    if names.get("bins") is not None:  # which follow the range of the targets
        caller = type(sampler).__name__
        params["bins"] = TargetBins.of(sampler.bins, y[used], caller=caller, cover=False).edges
    relevance = getattr(planner, "relevance_", None)
    if relevance is not None and "relevance" in names:
        if isinstance(relevance, np.ndarray):
            relevance = relevance[np.searchsorted(used, rows)]
        params["relevance"] = getattr(relevance, "transform", relevance)
    if has_one_bump(planner) and planner.get_params().get("sampling_strategy") == "balance":
        params["sampling_strategy"] = {0: len(rows)}  # the planner has warned, one bag need not
    return clone(sampler).set_params(**params)


def fit_bag(regressor, sampler, X, y, rows, ratio, fit_params, *, caller):
    """Resample a bag, to a ratio of rare to normal rows if one is given, and fit a regressor to it.

    Return the regressor, the sampler, and the training rows that the new ones come from.
    """
    X_bag, y_bag = _safe_indexing(X, rows), y[rows]
    if ratio is not None:
        sampler.set_params(sampling_strategy=_strategy(sampler, X_bag, y_bag, ratio))
    X_bag, y_bag = sampler.fit_resample(X_bag, y_bag)
    if not hasattr(sampler, "sample_indices_"):
        raise parameter_error(
            "sampler",
            caller,
            "a sampler that says in sample_indices_ where its rows come from",
            type(sampler).__name__,
        )
    origin = rows[sampler.sample_indices_]
    regressor.fit(X_bag, y_bag, **take_rows(fit_params, origin, len(y)))
    return regressor, sampler, np.unique(origin)


def _strategy(sampler, X, y, ratio):
    """Return the ratio, or what it is already where that is more; "balance" where it is none.

    Rare rows may outnumber the others where many bins have few rows each.
    """
    bumps = clone(sampler).set_params(sampling_strategy="balance").fit(X, y).bumps_
    n_rare = sum(bump.n_samples for bump in bumps if bump.rare)
    n_normal = sum(bump.n_samples for bump in bumps if not bump.rare)
    return max(ratio, n_rare / n_normal) if n_rare and n_normal else "balance"
