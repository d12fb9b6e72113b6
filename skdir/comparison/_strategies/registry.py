"""The one table of strategies, and what becomes of the strategies that are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from sklearn.base import BaseEstimator, clone

from skdir.comparison._strategies.built_in import (
    BEHIND_SAMPLER,
    BUILT_IN,
    resample_first,
    weight,
)
from skdir.comparison._strategies.deep import DEEP
from skdir.comparison._strategies.groups import HEADINGS, strategy_kind
from skdir.model_selection import BandwidthSearchRegressor
from skdir.utils._estimators.protocols import (
    looks_like_regressor,
    looks_like_sampler,
    looks_like_weighter,
)
from skdir.utils._text.names import closest
from skdir.utils._validation import parameter_error

# All strategies by name, those of a kind together: the order of tables.
STRATEGIES = MappingProxyType(
    {
        strategy.name: strategy
        for strategy in sorted((*BUILT_IN, *DEEP), key=lambda s: list(HEADINGS).index(s.kind))
    }
)
# The strategy with which all others are compared.
PLAIN = "VANILLA"


@dataclass(frozen=True)
class Resolved:
    """A strategy of one comparison: the unfitted estimator, and what is known of it.

    Parameters
    ----------
    estimator : estimator object
        Not fitted.

    kind : {"model", "weights", "resampling", "mean"}
        What it does about the imbalance.

    description : str
        A sentence for people.

    prefix : str, default=""
        What goes before the names of the regressor's parameters in `fit`.

    own : bool, default=True
        Whether it is made of the user's estimators alone, as the plain regressor is.
    """

    estimator: BaseEstimator
    kind: str
    description: str
    prefix: str = ""
    own: bool = True


def available_strategies(regressor=None, *, costly=False):
    """Describe the built-in strategies.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor to be compared. With a
        :class:`~skdir.neural_network.DeepImbalancedRegressor`, or a pipeline that ends in one,
        there are more strategies, which change its features, its loss or its stages.

    costly : bool, default=False
        Whether to add those that fit the regressor many times, and are therefore compared only
        where `strategies` names them.

    Returns
    -------
    descriptions : dict of str to str
        One sentence for each name that :func:`compare_strategies` knows, in the order of the
        default table.

    Raises
    ------
    ValueError
        If `costly` is not a bool.

    See Also
    --------
    compare_strategies : Runs them over the same folds.

    Examples
    --------
    >>> from skdir.comparison import available_strategies
    >>> print(available_strategies()["BLEND"])
    The mean of two models, the plain one (VANILLA) and the one with LDS weights.
    """
    if not isinstance(costly, (bool, np.bool_)):
        raise parameter_error("costly", "available_strategies", "True or False", repr(costly))
    return {
        name: strategy.description
        for name, strategy in STRATEGIES.items()
        if (costly or not strategy.costly) and _is_for(strategy, regressor)
    }


def _is_for(strategy, regressor):
    """Tell whether a regressor, None if there is none yet, is what a strategy requires."""
    required = strategy.requires
    return required is None or (regressor is not None and required.is_met(regressor))


def resolve_strategies(strategies, regressor, *, search, caller):
    """Return the strategies that a user asks for, by name and in the given order.

    Parameters
    ----------
    strategies : "default", iterable of str or dict
        As in `compare_strategies`.

    regressor : estimator object
        The user's, which is cloned.

    search : float or None
        Share of rare rows for inner cross-validations that choose the bandwidths of weights, except
        in VANILLA, which stays as it is. None leaves bandwidths alone.

    caller : str
        Name of the function for messages.

    Returns
    -------
    resolved : dict of str to Resolved
        Each strategy by its name.

    Raises
    ------
    ValueError
        If a strategy or a name is not valid, or requires another regressor.
    """
    resolved = {}
    for name, value in _by_name(strategies, regressor, caller).items():
        if not isinstance(name, str) or not name:
            raise parameter_error("strategies", caller, "keyed by non-empty names", repr(name))
        one = _resolve(name, value, regressor, caller)
        if search is not None and not (isinstance(value, str) and value == PLAIN):
            one = _searching(one, search)
        # the others are compared with the plain one, whatever it is made of
        resolved[name] = replace(one, kind="model") if name == PLAIN else one
    return resolved


def _by_name(strategies, regressor, caller):
    """Return `strategies` as a mapping of at least one name to a strategy."""
    if isinstance(strategies, str):
        if strategies != "default":
            raise parameter_error(
                "strategies",
                caller,
                "'default', a list of names or a dict of name to strategy",
                f"{strategies!r}{_did_you_mean(strategies, alone=True)}",
            )
        strategies = list(available_strategies(regressor))
    if not isinstance(strategies, Mapping):
        try:
            names = list(strategies)
        except TypeError:
            names = [strategies]
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise parameter_error(
                "strategies",
                caller,
                "'default', a list of different names or a dict of name to strategy",
                repr(strategies),
            )
        strategies = {name: name for name in names}
    if not strategies:
        raise parameter_error("strategies", caller, "at least one strategy", "none")
    return strategies


def _resolve(name, value, regressor, caller):
    """Return one strategy: of the table, or made of what the user gives."""
    if isinstance(value, str):
        strategy = _look_up(value, regressor, caller)
        return Resolved(
            strategy.build(regressor),
            strategy.kind,
            strategy.description,
            strategy.prefix,
            own=value == PLAIN,
        )
    what = type(value).__name__
    if isinstance(value, type):
        what = f"the class {value.__name__}"
    elif looks_like_regressor(value):
        description = f"An estimator of its own: {what}."
        return Resolved(clone(value), strategy_kind(value), description)
    elif looks_like_sampler(value):
        return Resolved(
            resample_first(regressor, clone(value)),
            "resampling",
            f"Rows resampled by {_one_line(value)}.",
            BEHIND_SAMPLER,
        )
    elif looks_like_weighter(value):
        return Resolved(
            weight(regressor, clone(value)), "weights", f"Rows weighted by {_one_line(value)}."
        )
    elif callable(value):
        built = value(clone(regressor))
        if looks_like_regressor(built):
            function = getattr(value, "__name__", what)
            description = f"What the function {function} makes of the regressor."
            return Resolved(clone(built), strategy_kind(built), description)
        what = f"a callable that returned {type(built).__name__}"
    raise parameter_error(
        "strategies",
        caller,
        "made of built-in names, weighter, sampler or regressor instances, or callables that take "
        "a regressor and return one",
        f"{what} for {name!r}",
    )


def _look_up(name, regressor, caller):
    """Return a strategy of the table; explain an unknown name, and a regressor that is not fit."""
    strategy = STRATEGIES.get(name)
    if strategy is None:
        for_any = (s for s in STRATEGIES.values() if s.requires is None)
        known = [s.name for s in sorted(for_any, key=lambda s: s.costly)]
        raise parameter_error(
            "strategies", caller, f"made of {', '.join(known)}", f"{name!r}{_did_you_mean(name)}"
        )
    if not _is_for(strategy, regressor):
        raise parameter_error(
            "strategies",
            caller,
            f"without {name!r} where the regressor is not {strategy.requires.words}",
            f"{name!r} and {type(regressor).__name__}",
        )
    return strategy


def _searching(strategy, rare_fraction):
    """Return a strategy that searches its bandwidth, or itself if it has none."""
    search = BandwidthSearchRegressor(strategy.estimator, rare_fraction=rare_fraction)
    if not search.bandwidth_rules():
        return strategy
    description = f"{strategy.description} The bandwidth is chosen by an inner cross-validation."
    return replace(strategy, estimator=search, description=description)


def _one_line(estimator):
    """Return how an estimator is written, in one line."""
    return " ".join(repr(estimator).split())


def _did_you_mean(name, *, alone=False):
    """Return a hint with the nearest name, or nothing."""
    near = closest(name, STRATEGIES)
    if near is None:
        return ""
    hints = [f"did you mean {near!r}?"] if near != name else []
    if alone:
        hints.append(f"one name is a list, too: {[near]}")
    return f" ({' '.join(hints)})" if hints else ""
