"""The plan: how many rows each bump is to have."""

from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

from skdir.utils._estimators.relevance import is_relevance_estimator
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error

STRATEGIES = ("balance", "extreme", "over", "under")
# More rows than this are a mistake, and no number of them fits an index.
MOST_ROWS = 2**40


def is_learned(relevance):
    """Return whether a relevance is learned from targets, as a fitted one's `transform` is.

    Control points are given, not learned.
    """
    owner = getattr(relevance, "__self__", relevance)
    is_given = getattr(owner, "method", None) == "control_points"
    return owner is None or (is_relevance_estimator(owner) and not is_given)


def check_two_bumps(bumps, relevance, threshold, *, learned, caller):
    """Require rare and normal targets; where a relevance was learned from y, warn instead.

    What a user gives as a function or an array is a mistake if it tells no targets apart. What is
    learned may find nothing to tell apart in some targets, such as in two values, equally often.
    """
    if len(bumps) > 1:
        return
    what = "rare" if bumps[0].rare else "normal"
    found = (
        f"all {bumps[0].n_samples} targets are {what} (relevance {relevance.min():.3g} to "
        f"{relevance.max():.3g})"
    )
    if learned:
        warn_user(
            f"{caller} finds nothing to balance: {found} at the threshold {threshold:g}. The rows "
            "stay as they are, unless 'sampling_strategy' gives their number."
        )
        return
    raise parameter_error(
        "threshold",
        caller,
        "between the smallest and the largest relevance, so that some targets are rare and some "
        "are not",
        f"{threshold:g}, where {found}",
    )


def plan_rows(strategy, bumps, *, adds, removes, caller):
    """Return the number of rows wanted per bump.

    Parameters
    ----------
    strategy : str, float, dict or callable
        A name; the ratio of rare to normal rows; rows by the position of the bump; or a function
        of the bumps that returns such a dict.

    bumps : list of Bump
        In ascending order of the target.

    adds, removes : bool
        What the sampler can do.

    caller : str
        For the message.

    Returns
    -------
    plan : dict of int to int
        Rows wanted, by the position of the bump.

    Raises
    ------
    ValueError
        If the strategy asks for what the sampler cannot do, for bumps that do not exist, or for a
        negative number of rows.
    """
    if callable(strategy):
        plan = _explicit(strategy(list(bumps)), bumps, f"{caller} (its result)")
        _warn_of_lost_bumps(plan, bumps, caller)
    elif isinstance(strategy, Mapping):
        plan = _explicit(strategy, bumps, caller)
    else:
        plan = _whole_rows(_wanted(strategy, bumps, adds, removes, caller))
    _check_able(plan, bumps, adds, removes, caller)
    return plan


def _explicit(plan, bumps, caller):
    """Check rows given per bump; bumps that are not named keep theirs."""
    last = len(bumps) - 1
    if not isinstance(plan, Mapping):
        raise parameter_error(
            "sampling_strategy", caller, f"a dict from bumps 0 to {last} to rows", repr(plan)
        )
    rows = {position: bump.n_samples for position, bump in enumerate(bumps)}
    for position, number in plan.items():
        if isinstance(position, bool) or not isinstance(position, Integral) or position not in rows:
            raise parameter_error(
                "sampling_strategy",
                caller,
                f"keyed by positions of bumps, 0 to {last} ({_describe(bumps)})",
                f"the key {position!r}",
            )
        if isinstance(number, bool) or not isinstance(number, Integral) or number < 0:
            raise parameter_error(
                "sampling_strategy",
                caller,
                "made of whole numbers of rows from 0 on",
                f"{number!r} for bump {position}",
            )
        rows[int(position)] = int(number)
    return rows


def _warn_of_lost_bumps(plan, bumps, caller):
    """Warn of bumps that a function leaves without rows, as rounding of small ones does."""
    lost = [position for position, number in plan.items() if number == 0]
    if lost and len(lost) < len(bumps):
        warn_user(
            f"The 'sampling_strategy' of {caller} leaves no row of {len(lost)} of {len(bumps)} "
            f"bumps ({_describe(bumps, lost)})."
        )


def _check_able(plan, bumps, adds, removes, caller):
    """Refuse a plan that leaves nothing, or that adds or removes where the sampler cannot."""
    for position, bump in enumerate(bumps):
        wanted = plan[position]
        if (wanted > bump.n_samples and not adds) or (wanted < bump.n_samples and not removes):
            accepted = "at most" if not adds else "at least"
            raise parameter_error(
                "sampling_strategy",
                caller,
                f"{accepted} the rows that a bump has, since this sampler "
                f"{'removes' if removes else 'adds'} rows only",
                f"{wanted} rows for bump {position}, which has {bump.n_samples}",
            )
    total = sum(plan.values())
    if total > MOST_ROWS:
        got = f"2**{total.bit_length() - 1} rows or more"  # which may have thousands of digits
        raise parameter_error("sampling_strategy", caller, "a plan of at most 2**40 rows", got)
    if not total:
        raise parameter_error(
            "sampling_strategy", caller, "a plan that leaves rows", "0 rows for every bump"
        )


def _wanted(strategy, bumps, adds, removes, caller):
    """Return the wanted sizes before rounding.

    Rare bumps are never thinned here, normal ones never enlarged.
    """
    sizes = np.array([bump.n_samples for bump in bumps], dtype=np.float64)
    rare = np.array([bump.rare for bump in bumps])
    if not isinstance(strategy, str):
        return _ratio(strategy, sizes, rare, adds, removes, caller)
    if (strategy == "over" and not adds) or (strategy == "under" and not removes):
        kind = "removes" if removes else "adds"
        others = [name for name in STRATEGIES if name != strategy]
        raise parameter_error(
            "sampling_strategy",
            caller,
            f"one of {', '.join(map(repr, others))}, since this sampler {kind} rows only",
            repr(strategy),
        )
    if rare.all() or not rare.any():
        return sizes
    extreme = strategy == "extreme"
    if adds and removes and strategy not in ("over", "under"):
        mean = sizes.mean()
        wanted = np.full(len(sizes), mean)
        if extreme:
            wanted = mean**2 / sizes
            wanted *= sizes.sum() / wanted.sum()
        return np.where(rare, np.maximum(sizes, wanted), np.minimum(sizes, wanted))
    # One side stays; the other gets its mean size, or as far beyond as it was short of it.
    if adds and strategy != "under":
        mean = sizes[~rare].mean()
        wanted = mean**2 / sizes if extreme else np.full(len(sizes), mean)
        return np.where(rare, np.maximum(sizes, wanted), sizes)
    mean = sizes[rare].mean()
    wanted = mean**2 / sizes if extreme else np.full(len(sizes), mean)
    return np.where(rare, sizes, np.minimum(sizes, wanted))


def _ratio(ratio, sizes, rare, adds, removes, caller):
    """Return sizes with the wanted ratio of rare to normal rows, in proportion within each."""
    if isinstance(ratio, bool) or not isinstance(ratio, Real) or not 0 < ratio < np.inf:
        raise parameter_error(
            "sampling_strategy",
            caller,
            f"one of {', '.join(map(repr, STRATEGIES))}, a positive ratio of rare to normal rows, "
            "a dict from bump to rows or a function of the bumps",
            repr(ratio),
        )
    n_rare, n_normal = sizes[rare].sum(), sizes[~rare].sum()
    if not n_rare or not n_normal:
        raise parameter_error(
            "sampling_strategy",
            caller,
            f"'balance' or rows per bump where all rows are {'rare' if n_rare else 'normal'}",
            f"{ratio:g}",
        )
    present = n_rare / n_normal
    if ratio < present:
        raise parameter_error(
            "sampling_strategy",
            caller,
            f"at least the present ratio of rare to normal rows, {n_rare:g}/{n_normal:g} = "
            f"{present:.4g} (a dict from bump to rows can do anything)",
            f"{ratio:g}",
        )
    if adds and removes:
        total = n_rare + n_normal
        new_rare, new_normal = total * ratio / (1 + ratio), total / (1 + ratio)
    elif adds:
        if ratio > MOST_ROWS / n_normal:
            accepted = "a ratio of at most 2**40 rare rows to the normal ones"
            raise parameter_error("sampling_strategy", caller, accepted, f"{ratio:g}")
        new_rare, new_normal = ratio * n_normal, n_normal
    else:
        new_rare, new_normal = n_rare, n_rare / ratio
    return np.where(rare, sizes * (new_rare / n_rare), sizes * (new_normal / n_normal))


def _whole_rows(wanted):
    """Round sizes to whole numbers whose sum is the rounded sum, by largest remainders.

    Each bump keeps a row at least, even where the sum is more then: without its rows a regressor
    would not know that such targets exist.
    """
    rows = np.maximum(np.floor(np.round(wanted, 9)), 1)
    missing = max(int(np.rint(wanted.sum())) - int(rows.sum()), 0)
    rows[np.argsort(rows - wanted, kind="stable")[:missing]] += 1
    return {position: int(number) for position, number in enumerate(rows)}


def _describe(bumps, positions=None):
    """Name the bumps, all or those at some positions, at most ten of them."""
    positions = range(len(bumps)) if positions is None else positions
    names = [
        f"{position}: {'rare' if bumps[position].rare else 'normal'}, {bumps[position].low:g} to "
        f"{bumps[position].high:g}"
        for position in positions[:10]
    ]
    return "; ".join(names) + ("; ..." if len(positions) > 10 else "")
