"""Run every strategy over the same folds."""

from datetime import datetime
from numbers import Integral

from sklearn.base import clone
from sklearn.utils import check_random_state

from skdir.comparison._run.inputs import (
    check_fraction,
    check_groups,
    check_params,
    check_regressor,
    check_X,
    check_y,
    features_text,
    route_params,
    target_name,
)
from skdir.comparison._run.progress import progress_of
from skdir.comparison._run.results import Facts, collect
from skdir.comparison._run.scores import comparison_edges, find_regions
from skdir.comparison._run.tasks import Data, check_memory, make_tasks, run_tasks
from skdir.comparison._strategies.registry import resolve_strategies
from skdir.comparison._strategy_comparison import StrategyComparison
from skdir.utils._fitting.folds import make_folds
from skdir.utils._fitting.rows import take_weight
from skdir.utils._fitting.seeds import draw_seed, set_seed
from skdir.utils._text.warnings import warn_once_of_each
from skdir.utils._validation import check_sample_weight, parameter_error

_CALLER = "compare_strategies"


def compare_strategies(
    regressor,
    X,
    y,
    *,
    strategies="default",
    cv=5,
    bins="auto",
    rare_fraction=0.2,
    bandwidth=None,
    sample_weight=None,
    groups=None,
    params=None,
    memory=None,
    n_jobs=None,
    progress="auto",
    random_state=None,
):
    """Compare ways to treat the imbalance of a target, with one regressor over the same folds.

    Each strategy is fitted once in each fold. Everything that depends on the target (weights,
    transformations, what counts as rare) is fitted on the training rows of the fold. A strategy
    that fails is reported in its row of the table and stops nothing.

    Parameters
    ----------
    regressor : estimator object
        Regressor, or a Pipeline that ends in one. It is cloned, never fitted itself.

    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Features, handed to the regressor as they are; for one that takes them so, a list, Series
        or 1-d array of texts or other objects, or arrays of more dimensions.

    y : array-like of shape (n_samples,) or (n_samples, 1)
        Targets. A column reaches the regressor as one, which some nets need. The name of a Series
        or column becomes the name of the target in pictures and reports.

    strategies : "default", list of str or dict, default="default"
        Names of built-in strategies, see :func:`available_strategies`, or a dict from a name of
        your own to one of: a built-in name; a weighter, which weights `regressor`; a sampler,
        which samples the training rows before `regressor`; a regressor, used in the place of
        `regressor`; a callable that takes `regressor` and returns one.

    cv : int, splitter or iterable, default=5
        A number of folds, of shuffled rows; or a scikit-learn splitter, such as
        :class:`~sklearn.model_selection.RepeatedKFold`; or (training rows, test rows) pairs.

    bins : "auto", int or array-like of shape (n_bins + 1,), default="auto"
        Bins of the target for the errors by shot and by region: a number of equal width, edges,
        or "auto", the rule of :func:`numpy.histogram_bin_edges` held to 10 to 50 bins. Whole
        targets get bins of a whole number of values, and fewer than 10 if they have fewer values.

    rare_fraction : float, default=0.2
        Share of the training rows that are rare, those with the lowest effective density; a test
        row is rare if the density at its target is as low. Equal targets are rare or frequent
        together, and frequent if they alone are more than this share, such as very many zeros: see
        :class:`~skdir.density.RareTargets`. Then fewer rows are rare, and the result says so.

    bandwidth : {"search"} or None, default=None
        "search" chooses the bandwidth of every strategy whose weighter has one by a rule (LDS,
        INV+LDS, DENSE, BLEND and such of your own) by an inner cross-validation on the training
        rows of each fold, see :class:`BandwidthSearchRegressor`. None leaves it to the rule.

    sample_weight : array-like of shape (n_samples,), default=None
        Weight of each row in fits, where it multiplies the weights of a strategy, and in metrics.
        A row that a sampler makes has the weight of the row it grew from; samplers themselves see
        no weights, but for rows of weight zero, which they do not get.

    groups : array-like of shape (n_samples,), default=None
        Groups of the rows for a splitter that goes by them, such as
        :class:`~sklearn.model_selection.GroupKFold`, as `cv`.

    params : dict of str to object, default=None
        Further parameters of the regressor's `fit`, such as ``{"groups": groups}`` for a search
        with folds of its own. Those with one entry for each row are split as X is, and follow the
        rows through a sampler. A strategy with a regressor of its own gets them, too. With
        metadata routing they go to who requests them, which may be the splitter `cv`.

    memory : str, path-like, joblib.Memory or None, default=None
        Folder in which predictions are remembered as soon as they are made, so that a comparison
        that was interrupted, or gets more strategies or other bins, fits only what is new. None
        remembers nothing. The folder is read with pickle, which runs what a file says: give one
        that only you and whom you trust can write to.

    n_jobs : int, default=None
        Number of processes over strategies and folds, as in scikit-learn. Results do not depend
        on it, and any backend of joblib does. Each fit has one thread of OpenMP and BLAS, which is
        faster than several fits whose threads wait for each other, unless ``OMP_NUM_THREADS`` or
        joblib's `inner_max_num_threads` says how many. The regressor's own `n_jobs` is kept.

    progress : bool, "auto" or callable, default="auto"
        Whether to show on stderr how far it is: a bar in a terminal or notebook if rich is
        installed, else a line every ten seconds. "auto" shows it if stderr is a terminal and rich
        is installed. A callable is called after each fit as ``progress(done, total, strategy,
        fold)``, with the numbers of fits, a name and the number of a fold.

    random_state : int, RandomState instance or None, default=None
        Seed of the shuffled folds, and source of one seed that every `random_state` parameter of
        the regressor and strategies gets that is None, the same for all strategies and folds.
        None shuffles differently each time and leaves the regressor as it is.

    Returns
    -------
    comparison : StrategyComparison
        Table, pictures, report, predictions and the unfitted estimators.

    Raises
    ------
    ValueError
        If a parameter is not valid, or `y` is constant.

    TypeError
        If `regressor` is not a regressor.

    See Also
    --------
    available_strategies : The built-in strategies.
    skdir.weighting.WeightedRegressor : What a weighter in `strategies` becomes.
    imblearn.pipeline.Pipeline : What a sampler in `strategies` becomes.

    Notes
    -----
    Rare and frequent are told apart by :class:`~skdir.density.RareTargets`, fitted on the training
    targets of the fold, in the same way for all strategies. Shots count the
    training rows in the bin of a test row with the thresholds of
    :func:`skdir.metrics.shot_labels`.

    With the same integer as `random_state`, ``KFold(cv, shuffle=True, random_state=random_state)``
    gives the folds.

    What is remembered in `memory` is told apart by data, weights, rows of the fold, class and
    parameters of the strategy's estimator, parameters of its fits, and versions of the packages.
    The code of classes of your own is not looked at: empty the folder after a change. A file that
    is damaged is fitted again, with a warning. So that something can be found again, give
    `random_state`, without which each call draws other folds.

    Where box plots find no outliers, SERA and the samplers by name take the targets beyond the
    quantiles 0.1 and 0.9 as relevant, see :class:`~skdir.relevance.RelevanceFunction`; of samplers
    of your own one warning says so, not one for each fold.

    CatBoost and LightGBM are told to write neither files nor lines while they are fitted, unless
    their parameters say what to write.

    The cost is one fit per strategy and fold; the rest is O(n log n) per fold. With
    ``bandwidth="search"`` a strategy that has one is fitted 16 times. Models are dropped after
    each fold; the result holds 8 bytes for each prediction, that is per strategy and test row,
    and the rows of the folds.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.comparison import compare_strategies
    >>> X, y = load_diabetes(return_X_y=True)
    >>> comparison = compare_strategies(
    ...     Ridge(alpha=0.01), X, y, strategies=["VANILLA", "LDS"], random_state=0
    ... )
    >>> comparison.best("rare MAE"), comparison.best("MAE")
    ('LDS', 'VANILLA')
    """
    check_regressor(regressor, caller=_CALLER)
    _check_options(rare_fraction, n_jobs)
    name_of_y = target_name(y)
    y, y_fit = check_y(y, caller=_CALLER)
    weight = check_sample_weight(sample_weight, len(y), caller=_CALLER)
    X = check_X(X, y, caller=_CALLER)
    check_groups(groups, len(y), caller=_CALLER)
    params = check_params(params, caller=_CALLER)
    edges = comparison_edges(bins, y, weight, caller=_CALLER)
    _check_bandwidth(bandwidth)
    memory = check_memory(memory, caller=_CALLER)
    resolved = resolve_strategies(
        strategies, regressor, search=None if bandwidth is None else rare_fraction, caller=_CALLER
    )
    fit_params, split_params = route_params(params, groups, resolved, cv)
    folds = make_folds(cv, X, y, random_state, caller=_CALLER, **split_params)
    # of all parameters `random_state` that are None; None leaves them so
    seed = None if random_state is None else draw_seed(check_random_state(random_state))
    estimators = {name: set_seed(one.estimator, seed) for name, one in resolved.items()}
    regions = [
        find_regions(y[train], y[test], edges, rare_fraction, take_weight(weight, train))
        for train, test in folds
    ]
    data = Data(X, y_fit, weight, fit_params)
    tasks = make_tasks(estimators, folds, regions, data, memory)
    with progress_of(progress, list(estimators), len(folds), caller=_CALLER) as advance:
        outcomes = run_tasks(tasks, n_jobs, advance)
    _warn(outcomes, {name for name, one in resolved.items() if one.own})
    facts = Facts(
        regressor=clone(regressor), features=features_text(X), strategies=strategies, cv=cv,
        bins=bins, bandwidth=bandwidth, random_state=random_state, seed=seed,
        has_groups=groups is not None, params=tuple(params), date=datetime.now().astimezone(),
    )  # fmt: skip
    outcome = collect(
        outcomes, estimators={name: clone(made) for name, made in estimators.items()},
        kinds={name: one.kind for name, one in resolved.items()},
        descriptions={name: one.description for name, one in resolved.items()},
        folds=folds, regions=regions, y=y, sample_weight=weight, bin_edges=edges,
        rare_fraction=rare_fraction, facts=facts,
        target_name="target" if name_of_y is None else str(name_of_y),
    )  # fmt: skip
    return StrategyComparison(outcome, data=data)


def _check_options(rare_fraction, n_jobs):
    """Refuse numbers out of their range."""
    check_fraction(rare_fraction, name="rare_fraction", caller=_CALLER)
    if n_jobs is not None and (not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise parameter_error("n_jobs", _CALLER, "an integer other than 0, or None", repr(n_jobs))


def _check_bandwidth(bandwidth):
    """Refuse what is neither None nor "search"."""
    if bandwidth is not None and not (isinstance(bandwidth, str) and bandwidth == "search"):
        raise parameter_error("bandwidth", _CALLER, "'search' or None", repr(bandwidth))


def _warn(outcomes, own):
    """Say once what fits warned of; of defaults only for the user's own estimators."""
    warn_once_of_each(
        [
            (outcome.name, message)
            for outcome in outcomes
            for message, of_default in outcome.warnings
            if outcome.name in own or not of_default
        ]
    )
