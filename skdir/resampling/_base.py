"""What all resamplers share: containers, relevance, bumps, the plan, and what is remembered."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from imblearn.base import BaseSampler
from sklearn.utils import check_consistent_length, check_random_state

from skdir.relevance import Bump, RelevanceFunction, check_relevance, find_bumps
from skdir.resampling._docs import complete_docs
from skdir.resampling._plan import STRATEGIES, check_two_bumps, is_learned, plan_rows
from skdir.utils._containers.foreign import open_foreign
from skdir.utils._containers.protocols import Table, Target
from skdir.utils._containers.rows import Rows
from skdir.utils._containers.tables import as_container, open_table
from skdir.utils._containers.target import deviation, open_target
from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._estimators.components import DefaultComponents
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.relevance import RELEVANCE, THRESHOLD
from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._targets.bins import TargetBins
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error

# The noise around the only row of a bump, in standard deviations of all rows.
_LONE_PERTURBATION = 0.02

CATEGORICAL_CONSTRAINT = [StrOptions({"auto"}), "array-like", None]


class NewRows(NamedTuple):
    """Rows that a sampler adds.

    Parameters
    ----------
    X : Rows
        Their features.

    y : ndarray of shape (n_new,)
        Their targets.

    seeds : ndarray of shape (n_new,)
        The row that each of them grew from, by its position.
    """

    X: Rows
    y: np.ndarray
    seeds: np.ndarray

    @classmethod
    def join(cls, parts):
        """Return several lots of new rows as one, None if there are none."""
        if not parts:
            return None
        X, y, seeds = zip(*parts)
        return cls(X[0].join(*X[1:]), np.concatenate(y), np.concatenate(seeds))


class _Data(NamedTuple):
    """X and y as numbers, and functions that take results back to the containers they came in."""

    table: Table
    target: Target
    back_X: Callable
    back_y: Callable


class RegressionSampler(DefaultComponents, VersionedPickle, BaseSampler):
    """Base of all resamplers: `fit_resample` around two methods, `_learn` and `_fit_resample`.

    It validates parameters, reads X and y out of their containers, hands them to these methods as
    numbers, builds the result in the same containers with the same types, and remembers where each
    row came from. For a sampler by bumps or bins, :class:`BaseResampler` does more. How to write
    one is in :doc:`/how_to_extend`.

    Attributes
    ----------
    sampling_strategy_ : dict
        What is done, as `_learn` of the sampler says; imbalanced-learn's checks ask for it.

    sample_indices_ : ndarray of shape (n_samples_new,)
        Row of X that each row of the result is, or grew from (its seed).

    synthetic_mask_ : ndarray of shape (n_samples_new,) of bool
        Which rows were added. They come last.

    n_features_in_ : int
        Number of features of X.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    BaseResampler : Base of the samplers that bring each bump to a planned number of rows.
    WERCS : A sampler without bumps.

    Notes
    -----
    Of its parameters, two are used here where a sampler has them: `random_state`, and
    `categorical_features`, which say what columns hold levels. The class attribute
    ``_reads_features = False`` is for samplers that copy rows alone: `X` is not looked at then, may
    hold anything, and a Series or DataFrame keeps the labels of its index. Messages name the class;
    one that stands for another object names that in a class attribute ``_caller``.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import RegressionSampler
    >>> class TopAgain(RegressionSampler):
    ...     '''Repeat the rows with the largest targets.'''
    ...
    ...     _reads_features = False
    ...
    ...     def __init__(self, *, n_rows=1):
    ...         self.n_rows = n_rows
    ...
    ...     def _learn(self, y):
    ...         self.sampling_strategy_ = {"top": min(self.n_rows, len(y))}
    ...         return np.argsort(y)[::-1][: self.n_rows]
    ...
    ...     def _fit_resample(self, X, y, learned, rng):
    ...         return np.arange(len(y)), (X.take(learned), y[learned], learned)
    >>> X, y = [["a"], ["b"], ["c"]], [1.0, 9.0, 4.0]
    >>> sampler = TopAgain(n_rows=2)
    >>> sampler.fit_resample(X, y)
    ([['a'], ['b'], ['c'], ['b'], ['c']], [1.0, 9.0, 4.0, 9.0, 4.0])
    >>> sampler.sample_indices_
    array([0, 1, 2, 1, 2])
    """

    _sampling_type = "bypass"
    # Whether the features are looked at; otherwise rows are copied, whatever they hold.
    _reads_features = True
    _parameter_constraints: dict = {"random_state": ["random_state"]}

    def __init__(self):
        pass  # a strategy for classes, which imbalanced-learn's base takes, is none here

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Check the data and learn the plan; `fit_resample` does that and resamples.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Features.

        y : array-like of shape (n_samples,)
            Continuous target.

        Returns
        -------
        self : object
            The sampler.

        Raises
        ------
        ValueError
            If X, y or a parameter is not valid, or a relevance given as a function or an array
            calls all targets rare, or none.
        """
        self._learn(self._open(X, y).target.values)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X, y):
        """Resample the data.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Features: an array, a table of pandas, polars, PyArrow or narwhals, CSR or CSC.

        y : array-like of shape (n_samples,)
            Continuous target, float or integer.

        Returns
        -------
        X_resampled : {ndarray, dataframe, sparse matrix} of shape (n_samples_new, n_features)
            The rows that stay, unchanged and in order, then the new ones; in the container and
            with the types of X.

        y_resampled : array-like of shape (n_samples_new,)
            Their targets, in the container and with the type of y.

        Raises
        ------
        ValueError
            If X, y or a parameter is not valid, or a relevance given as a function or an array
            calls all targets rare, or none.
        """
        data = self._open(X, y)
        values = data.target.values
        learned = self._learn(values)
        rng = check_random_state(getattr(self, "random_state", None))
        kept, added = self._fit_resample(data.table.rows(), values, learned, rng)
        rows = new_values = None
        seeds = np.empty(0, np.intp)
        if added is not None:
            new_rows, new_targets, seeds = added
            if self._reads_features:
                rows, new_values = new_rows, new_targets
        X_new = data.table.build(kept, seeds, rows)
        index = getattr(X_new, "index", None) if data.table.names else None  # a list has a method
        y_new = data.target.build(
            kept, seeds, new_values, index=index, keeps_index=data.table.keeps_index
        )
        self.sample_indices_ = np.concatenate([kept, seeds])
        self.synthetic_mask_ = np.arange(len(self.sample_indices_)) >= len(kept)
        return data.back_X(X_new), data.back_y(y_new)

    @abstractmethod
    def _learn(self, y):
        """Learn what is to be done, and set the fitted attributes, such as `sampling_strategy_`.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Valid targets, float64.

        Returns
        -------
        learned : object
            All that `_fit_resample` needs to know, as a value that it does not change.
        """

    @abstractmethod
    def _fit_resample(self, X, y, learned, rng):
        """Choose the rows that stay, and make new ones.

        Parameters
        ----------
        X : Rows
            Features as numbers, an object with the methods ``take(rows)``, ``join(other)``,
            ``interpolate(seeds, neighbors, share, from_neighbor)`` and ``add_noise(seeds, factor,
            rng)``, each of which returns another one, and the arrays `numeric` and `codes`.

        y : ndarray of shape (n_samples,)
            Targets.

        learned : object
            What `_learn` returned.

        rng : RandomState
            The only source of what is drawn.

        Returns
        -------
        kept : ndarray of shape (n_kept,)
            Positions of the rows that stay, in order.

        added : tuple or None
            New rows, their targets, and the positions of the rows that they grew from.
        """

    def _default_components(self):
        """With bins there is no relevance."""
        has_relevance = hasattr(self, "relevance") and getattr(self, "bins", None) is None
        return {"relevance": RelevanceFunction} if has_relevance else {}

    def _open(self, X, y):
        """Read X and y from their containers."""
        caller = self._caller
        X, back_X = open_foreign(X, caller=caller, name="X")
        y, back_y = open_foreign(y, caller=caller, name="y")
        X = as_container(X, caller)
        table = open_table(
            X,
            getattr(self, "categorical_features", None),
            reads_features=self._reads_features,
            caller=caller,
        )
        target = open_target(y, caller)
        check_consistent_length(X, target.values)
        self.n_features_in_ = table.n_features
        names = table.names
        if names and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return _Data(table, target, back_X, back_y)

    @property
    def _caller(self):
        """The name in messages; subclasses that stand for another object name that."""
        return type(self).__name__

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = not self._reads_features
        tags.input_tags.categorical = True
        tags.sampler_tags.sample_indices = True
        return tags


@dataclass(frozen=True)
class BumpPlan:
    """The rows of each bump, and how many it is to have.

    Parameters
    ----------
    rows : tuple of ndarray
        Positions of the rows of each bump, in order.

    wanted : tuple of int
        Number of rows of each bump after resampling.
    """

    rows: tuple
    wanted: tuple


@complete_docs
class BaseResampler(RegressionSampler):
    """Base of the resamplers that bring each bump to a planned number of rows.

    A new algorithm is one method, ``_generate(X, y, n_new, rng)``: it gets the rows and targets of
    one bump, `X` as an object with the methods ``take(rows)``, ``interpolate(seeds, neighbors,
    share, from_neighbor)`` and ``add_noise(seeds, factor, rng)``, and returns (new rows, their
    targets, the positions of their seeds in the bump). This class does the rest: validation,
    containers, relevance and bumps, the plan, thinning, and what is remembered.

    Parameters
    ----------
    {sampling_strategy}

    {relevance}

    {threshold}

    {bins}

    {random_state}

    Attributes
    ----------
    {plan_attributes}

    {row_attributes}

    See Also
    --------
    SmoteR : The classic of this family.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import BaseResampler
    >>> class Jitter(BaseResampler):
    ...     '''Repeat rare rows with a little noise.'''
    ...
    ...     def _generate(self, X, y, n_new, rng):
    ...         seeds = rng.randint(len(y), size=n_new)
    ...         return X.add_noise(seeds, 0.01, rng), y[seeds], seeds
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(100, 3)), rng.gamma(1.0, size=100)
    >>> X_new, y_new = Jitter(sampling_strategy="over", random_state=0).fit_resample(X, y)
    >>> X_new.shape
    (176, 3)
    """

    # What the sampler can do to a bump.
    _adds, _removes = True, True
    # Whether a bump of one row needs the spread of all rows.
    _needs_spread = True

    _parameter_constraints: dict = {
        "sampling_strategy": [
            StrOptions(set(STRATEGIES)),
            Interval(Real, 0, None, closed="neither"),
            dict,
            callable,
        ],
        "relevance": [*RELEVANCE, None],
        "threshold": THRESHOLD,
        "bins": [
            StrOptions({"auto", "integer"}),
            Interval(Integral, 2, None, closed="left"),
            "array-like",
            None,
        ],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        sampling_strategy="balance",
        relevance=None,
        threshold=0.8,
        bins=None,
        random_state=None,
    ):
        self.sampling_strategy = sampling_strategy
        self.relevance = relevance
        self.threshold = threshold
        self.bins = bins
        self.random_state = random_state

    def _generate(self, X, y, n_new, rng):
        """Return new rows of one bump, their targets, and the positions of their seeds."""
        raise NotImplementedError(f"{type(self).__name__} must implement _generate.")

    def _learn(self, y):
        """Find the bumps and plan their rows."""
        caller = self._caller
        if self.bins is None:
            self.relevance_, values = check_relevance(self.relevance, y, caller=caller)
            self.bumps_, index = find_bumps(y, values, self.threshold, caller=caller)
            learned = is_learned(self.relevance)
            if not (learned and _is_explicit(self.sampling_strategy)):
                check_two_bumps(self.bumps_, values, self.threshold, learned=learned, caller=caller)
        else:
            if self.relevance is not None:
                raise parameter_error(
                    "relevance", caller, "None where 'bins' are given", repr(self.relevance)
                )
            self.relevance_ = None
            self.bumps_, index = _bin_bumps(y, self.bins, caller)
        self.sampling_strategy_ = plan_rows(
            self.sampling_strategy,
            self.bumps_,
            adds=self._adds,
            removes=self._removes,
            caller=caller,
        )
        order = np.argsort(index, kind="stable")
        ends = np.cumsum([bump.n_samples for bump in self.bumps_])
        wanted = tuple(self.sampling_strategy_[position] for position in range(len(ends)))
        return BumpPlan(tuple(np.split(order, ends[:-1])), wanted)

    def _fit_resample(self, X, y, learned, rng):
        """Bring each bump to its planned number of rows."""
        kept, added = np.ones(len(y), dtype=bool), []
        self._warn_of_lone_rows(y, learned)
        for rows, wanted in zip(learned.rows, learned.wanted):
            n_new = wanted - len(rows)
            if n_new < 0:
                kept[rng.permutation(rows)[:-n_new]] = False
            elif n_new > 0 and len(rows) == 1 and self._needs_spread:
                added.append(self._surround(X, y, rows, n_new, rng))
            elif n_new > 0:
                new, values, seeds = self._generate(X.take(rows), y[rows], n_new, rng)
                added.append(NewRows(new, values, rows[seeds]))
        return np.flatnonzero(kept), NewRows.join(added)

    def _surround(self, X, y, row, n_new, rng):
        """Return new rows around the only row of a bump, by the spread of all rows."""
        seeds = np.repeat(row, n_new)
        noise = rng.standard_normal(n_new) * (_LONE_PERTURBATION * deviation(y))
        return NewRows(X.add_noise(seeds, _LONE_PERTURBATION, rng), y[seeds] + noise, seeds)

    def _warn_of_lone_rows(self, y, plan):
        """Warn once of all bumps that have one row and get more."""
        lone = [
            f"{position} ({y[rows[0]]:g})"
            for position, (rows, wanted) in enumerate(zip(plan.rows, plan.wanted))
            if len(rows) == 1 < wanted and self._needs_spread
        ]
        if lone:
            warn_user(
                f"{self._caller} adds noise of {_LONE_PERTURBATION:g} standard deviations "
                f"of all rows to bumps that have one row only: {', '.join(lone)}."
            )


def _is_explicit(strategy):
    """Return whether a plan gives rows for each bump, so that one bump is no loss."""
    return isinstance(strategy, Mapping) or callable(strategy)


def spread_seeds(n_rows, n_new, rng):
    """Return seeds: each row equally often, and a random part of the rows once more."""
    times, rest = divmod(n_new, n_rows)
    return np.concatenate([np.repeat(np.arange(n_rows), times), rng.permutation(n_rows)[:rest]])


def _bin_bumps(y, bins, caller):
    """Return the bins that hold targets as bumps, rare if below the mean size, and each row's."""
    labels = TargetBins.of(bins, y, caller=caller).index(y)
    filled, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(filled) < 2:
        raise parameter_error(
            "bins",
            caller,
            "bins of which at least two hold targets",
            f"bins of which one holds all {len(y)}",
        )
    low, high = np.full(len(filled), np.inf), np.full(len(filled), -np.inf)
    np.minimum.at(low, index, y)
    np.maximum.at(high, index, y)
    bumps = [
        Bump(float(a), float(b), bool(n < len(y) / len(filled)), int(n))
        for a, b, n in zip(low, high, counts)
    ]
    return bumps, index
