"""What a comparison has measured: one value, from which tables, pictures and words are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from skdir.comparison._run.scores import METRICS, TIMES, mean
from skdir.comparison._strategies.groups import headings
from skdir.utils._estimators.frozen import FrozenArrays, read_only


class Failure(NamedTuple):
    """Why a strategy failed in a fold."""

    message: str
    traceback: str


@dataclass(frozen=True)
class Facts:
    """What was run: regressor and parameters of the call, without the data."""

    regressor: object
    features: str
    strategies: object
    cv: object
    bins: object
    bandwidth: str | None
    random_state: object
    seed: int | None
    has_groups: bool
    params: tuple
    date: datetime


@dataclass(frozen=True, eq=False, repr=False)
class Results(FrozenArrays):
    """Errors, predictions and facts of a comparison, as a value that cannot be changed.

    Tables, pictures, recommendations and reports of a :class:`StrategyComparison` are computed
    from it alone, and so can be those of your own. Arrays cannot be written to. Strategies are the
    rows of arrays, in the order of `estimators`.

    Parameters
    ----------
    estimators : mapping of str to estimator object
        The unfitted estimator of each strategy.

    kinds : mapping of str to str
        What each strategy does about the imbalance: "model", "weights", "resampling" or "mean".

    descriptions : mapping of str to str
        A sentence about each strategy.

    values : mapping of str to ndarray of shape (n_strategies, n_folds)
        Each metric of :meth:`StrategyComparison.table` in each fold, NaN where the strategy failed
        or the fold has no rows for it.

    failures : mapping of (str, int) to Failure
        `message` and `traceback` for each strategy and fold that failed.

    predictions : tuple of ndarray of shape (n_strategies, n_test)
        For each fold the predictions of its test rows, in units of y; NaN where the strategy
        failed.

    folds : tuple of (ndarray, ndarray)
        Training and test rows of each fold.

    regions : tuple of Regions
        For each fold which test rows are `rare`, their `shots` and `relevance`, and the `share` of
        the training rows that is rare.

    y : ndarray of shape (n_samples,)
        The targets.

    sample_weight : ndarray of shape (n_samples,) or None
        The weights of the rows.

    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the target bins, in units of y.

    rare_fraction : float
        Share of the training rows that is asked to be rare.

    target_name : str
        Name of the target.

    facts : Facts
        What was run: `regressor`, `features` (in words), `strategies`, `cv`, `bins`, `bandwidth`,
        `random_state`, `seed`, `has_groups`, `params` (their names) and `date`.

    Attributes
    ----------
    complete : list of str
        The strategies that failed in no fold.

    baseline : str or None
        The strategy that others are compared with: VANILLA, or else the first complete one.

    headings : dict of str to str
        The heading above the first strategy of each kind; none for few strategies.

    rare_share : float
        Share of the training rows that is rare, the mean over folds.

    See Also
    --------
    StrategyComparison : Has it as `outcome_`.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.comparison import compare_strategies
    >>> X, y = load_diabetes(return_X_y=True)
    >>> names = ["VANILLA", "LDS"]
    >>> outcome = compare_strategies(Ridge(0.01), X, y, strategies=names, cv=3).outcome_
    >>> outcome.values["rare MAE"].shape
    (2, 3)
    >>> outcome.over_folds("rare MAE", "LDS").mean() == outcome.mean("rare MAE", "LDS")
    np.True_
    """

    estimators: Mapping
    kinds: Mapping
    descriptions: Mapping
    values: Mapping
    failures: Mapping
    predictions: tuple
    folds: tuple
    regions: tuple
    y: np.ndarray
    sample_weight: np.ndarray | None
    bin_edges: np.ndarray
    rare_fraction: float
    target_name: str
    facts: Facts

    def __repr__(self):
        return f"<Results of {len(self.estimators)} strategies in {len(self.folds)} folds>"

    @property
    def complete(self):
        """The strategies that failed in no fold."""
        failed = {name for name, _ in self.failures}
        return [name for name in self.estimators if name not in failed]

    @property
    def baseline(self):
        """The strategy that others are compared with; None if none was measured."""
        return next(iter(sorted(self.complete, key=lambda name: name != "VANILLA")), None)

    @property
    def headings(self):
        """The heading above the first strategy of each kind; none for few strategies."""
        return headings(self.kinds)

    @property
    def rare_share(self):
        """Share of the training rows that is rare, the mean over folds."""
        shares = [region.share for region in self.regions]
        return float(np.mean(shares)) if shares else np.nan

    def over_folds(self, metric, name):
        """Return a metric of one strategy in each fold.

        Parameters
        ----------
        metric : str
            A key of `values`.

        name : str
            Name of the strategy.

        Returns
        -------
        values : ndarray of shape (n_folds,)
            NaN where there is none.
        """
        return self.values[metric][list(self.estimators).index(name)]

    def mean(self, metric, name):
        """Return the mean of a metric of one strategy over the folds that have it.

        Parameters
        ----------
        metric : str
            A key of `values`.

        name : str
            Name of the strategy.

        Returns
        -------
        mean : float
            NaN if no fold has it.
        """
        return mean(self.over_folds(metric, name))

    def errors_of(self, name):
        """Return the messages of the failures of one strategy.

        Parameters
        ----------
        name : str
            Name of the strategy.

        Returns
        -------
        messages : list of str
            In the order of the folds that failed.
        """
        return [failure.message for (who, _), failure in self.failures.items() if who == name]


def collect(outcomes, *, estimators, folds, **facts):
    """Make the results from the outcomes of all tasks, strategy by strategy.

    `facts` are the other fields of `Results`.
    """
    grid = [outcomes[k : k + len(folds)] for k in range(0, len(outcomes), len(folds))]
    return Results(
        estimators=estimators,
        values={
            metric: np.array([[outcome.values[metric] for outcome in row] for row in grid])
            for metric in (*METRICS, *TIMES)
        },
        failures={
            (outcome.name, outcome.fold): outcome.failure
            for outcome in outcomes
            if outcome.failure is not None
        },
        predictions=[
            read_only(np.stack([row[k].predicted for row in grid])) for k in range(len(folds))
        ],
        folds=folds,
        **facts,
    )


def records(results):
    """Return one dict for each strategy and fold, in the order of strategies."""
    return [
        {
            "strategy": name,
            "fold": k,
            "n_train": len(train),
            "n_test": len(test),
            "n_rare": int(region.rare.sum()),
            "error": failure.message if (failure := results.failures.get((name, k))) else "",
            **{metric: float(values[row, k]) for metric, values in results.values.items()},
        }
        for row, name in enumerate(results.estimators)
        for k, ((train, test), region) in enumerate(
            zip(results.folds, results.regions, strict=True)
        )
    ]
