"""The result of a comparison as users see it: tables, pictures, report and decisions."""

from dataclasses import replace

from sklearn.base import clone

from skdir.comparison._judgement.changes import CONFIDENCE_LEVEL, best, changes
from skdir.comparison._judgement.finding import finding
from skdir.comparison._judgement.recommendation import GOALS, recommendation
from skdir.comparison._pictures.figures import plot_regions, plot_trade_off
from skdir.comparison._pictures.pareto import plot_pareto
from skdir.comparison._report.report import comparison_report, fragment
from skdir.comparison._report.tables import as_text, differences_frame, means_frame, measured
from skdir.comparison._run.inputs import check_fraction
from skdir.comparison._run.results import records
from skdir.comparison._run.scores import METRICS, TIMES
from skdir.comparison._run.tasks import Data
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._validation import parameter_error


class StrategyComparison:
    """Errors of several strategies over the same folds, as :func:`compare_strategies` returns it.

    Parameters
    ----------
    outcome : Results
        See `outcome_`; this and the data are given by :func:`compare_strategies`.

    data : Data, default=None
        Features, targets, weights and parameters of fits that :meth:`recommend` fits to. None
        takes targets and weights of the outcome.

    Attributes
    ----------
    outcome_ : Results
        All that was measured, as a value that cannot be changed. Everything else here is computed
        from it.

    estimators_ : dict of str to estimator object
        The unfitted estimator of each strategy, so that
        ``comparison.estimators_[comparison.best()].fit(X, y)`` fits the best one to all rows.

    descriptions_ : dict of str to str
        A sentence about each strategy.

    goals : tuple of str
        What :meth:`recommend` can `prefer`.

    results_ : list of dict
        One record per strategy and fold: "strategy", "fold", "n_train", "n_test", "n_rare", the
        metrics, "fit s", "predict s" and "error" (empty if none). ``pandas.DataFrame(results_)``
        is a long table.

    predictions_ : dict of str to list of (ndarray, ndarray)
        For each strategy and fold the test rows and their predictions, in units of y; NaN where
        the strategy failed.

    errors_ : dict of (str, int) to str
        The full traceback of each failure by strategy and fold.

    complete_ : list of str
        The strategies that failed in no fold.

    folds_ : list of (ndarray, ndarray)
        Training and test rows of each fold.

    y_ : ndarray of shape (n_samples,)
        The targets.

    sample_weight_ : ndarray of shape (n_samples,) or None
        The weights of the rows.

    recommendation_ : Recommendation
        Why the last :meth:`recommend` chose as it did.

    bin_edges_ : ndarray of shape (n_bins + 1,)
        Edges of the target bins, in units of y.

    rare_fraction : float
        Share of the training rows that is asked to be rare.

    rare_share_ : float
        Share of the training rows that is rare, the mean over folds. It is not `rare_fraction`
        where many rows have the same target, see :class:`~skdir.density.RareTargets`.

    target_name : str
        Name of the target, with its unit if you like, for pictures and reports; from the Series,
        and free to be set.

    See Also
    --------
    compare_strategies : Makes it.
    comparison_report : One report of several comparisons.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.comparison import compare_strategies
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> comparison = compare_strategies(
    ...     Ridge(alpha=0.01), X, y, strategies=["VANILLA", "INV+LDS"], random_state=0
    ... )
    >>> comparison.table(sd=False, metrics=["rare MAE", "MAE"]).columns.tolist()
    ['rare MAE', 'MAE', 'failed folds', 'error']
    >>> model = comparison.estimators_[comparison.best()].fit(X, y)
    """

    goals = tuple(GOALS)

    def __init__(self, outcome, *, data=None):
        self.outcome_ = outcome
        if data is None:
            params = {name: {} for name in outcome.estimators}
            data = Data(None, outcome.y.copy(), outcome.sample_weight, params)
        self._data = data

    @property
    def estimators_(self):
        """The unfitted estimator of each strategy."""
        return dict(self.outcome_.estimators)

    @property
    def descriptions_(self):
        """A sentence about each strategy."""
        return dict(self.outcome_.descriptions)

    @property
    def results_(self):
        """One record per strategy and fold."""
        return records(self.outcome_)

    @property
    def predictions_(self):
        """Test rows and their predictions in each fold, by strategy."""
        tests = [test for _, test in self.folds_]
        return {
            name: [(test, part[row]) for test, part in zip(tests, self.outcome_.predictions)]
            for row, name in enumerate(self.outcome_.estimators)
        }

    @property
    def errors_(self):
        """The full traceback of each failure."""
        return {task: failure.traceback for task, failure in self.outcome_.failures.items()}

    @property
    def complete_(self):
        """The strategies that failed in no fold."""
        return self.outcome_.complete

    @property
    def folds_(self):
        """Training and test rows of each fold."""
        return list(self.outcome_.folds)

    @property
    def y_(self):
        """The targets."""
        return self.outcome_.y

    @property
    def sample_weight_(self):
        """Weights of the rows."""
        return self.outcome_.sample_weight

    @property
    def bin_edges_(self):
        """Edges of the target bins."""
        return self.outcome_.bin_edges

    @property
    def rare_fraction(self):
        """Share of the training rows that is asked to be rare."""
        return self.outcome_.rare_fraction

    @property
    def rare_share_(self):
        """Share of the training rows that is rare, the mean over folds."""
        return self.outcome_.rare_share

    @property
    def target_name(self):
        """Name of the target, for pictures and reports."""
        return self.outcome_.target_name

    @target_name.setter
    def target_name(self, name):
        self.outcome_ = replace(self.outcome_, target_name=name)

    def table(self, *, sd=True, metrics=None, baseline=None):
        """Return the mean over folds of each metric, a row per strategy.

        Parameters
        ----------
        sd : bool, default=True
            Whether each metric is followed by its standard deviation over folds, "... sd".

        metrics : list of str, default=None
            Which metrics, of "MAE", "rare MAE", "frequent MAE", "RMSE", "GM", "SERA", "many MAE",
            "medium MAE", "few MAE", "zero MAE", "fit s" and "predict s". None is all that a fold
            has rows for. Errors are in units of y, SERA in those of its square, times in seconds.

        baseline : str, default=None
            Name of a strategy, typically "VANILLA": each error is then followed by "... vs
            VANILLA", which is "lower" or "higher", or "~" where the difference is not
            distinguishable, see :meth:`differences`. Empty for the baseline itself.

        Returns
        -------
        table : DataFrame
            Rows in the order of the strategies. The last columns say in how many folds a strategy
            failed and with which error; means are over the other folds.

        Raises
        ------
        ValueError
            If a metric or the baseline is not known.

        ImportError
            If pandas is not installed.
        """
        if baseline is not None:
            self._check_strategy(baseline, "baseline", "table")
        metrics = measured(self.outcome_) if metrics is None else list(metrics)
        for metric in metrics:
            self._check_metric(metric, "table")
        return means_frame(self.outcome_, metrics, sd=sd, baseline=baseline)

    def best(self, metric="rare MAE"):
        """Return the strategy with the lowest mean of a metric over the folds.

        Parameters
        ----------
        metric : str, default="rare MAE"
            A metric of :meth:`table`.

        Returns
        -------
        name : str
            Name of the strategy; the first of equals. Only strategies that failed in no fold
            are considered.

        Raises
        ------
        ValueError
            If the metric is not known, or no strategy has a value for it.
        """
        self._check_metric(metric, "best")
        name = best(self.outcome_, metric)
        if name is None:
            raise parameter_error(
                "metric",
                "StrategyComparison.best",
                "a metric that at least one strategy without failures has a value for",
                repr(metric),
            )
        return name

    def change(self, name, metric="rare MAE", baseline="VANILLA"):
        """Compare a strategy with another one over the same folds.

        Parameters
        ----------
        name : str
            Name of a strategy.

        metric : str, default="rare MAE"
            A metric of :meth:`table`.

        baseline : str, default="VANILLA"
            Name of the strategy to compare it with.

        Returns
        -------
        change : Change
            `before` and `after` (means of baseline and strategy), `difference`, `relative`, `sd`
            (of the differences over folds), `half_width` (of a 95 % interval of the difference
            that allows for the overlap of training folds), `p_value`, `clear` (whether the
            interval excludes zero), `n_lower` and `n_folds`.

        Raises
        ------
        ValueError
            If a strategy or the metric is not known.

        See Also
        --------
        differences : All strategies at once, with p values that allow for their number.

        References
        ----------
        Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
        52. :doi:`10.1023/A:1024068626366`
        """
        self._check_metric(metric, "change")
        self._check_strategy(name, "name", "change")
        self._check_strategy(baseline, "baseline", "change")
        return changes(self.outcome_, metric, baseline, [name])[name]

    def differences(
        self,
        metric="rare MAE",
        *,
        baseline="VANILLA",
        confidence_level=CONFIDENCE_LEVEL,
        correction="holm",
    ):
        r"""Test the differences from a baseline over the folds.

        Parameters
        ----------
        metric : str, default="rare MAE"
            A metric of :meth:`table`.

        baseline : str, default="VANILLA"
            Name of the strategy that the others are compared with.

        confidence_level : float, default=0.95
            Level of each interval; a difference is distinguishable if its adjusted p value is
            below one minus this.

        correction : {"holm"} or None, default="holm"
            How p values allow for the number of strategies: "holm" holds the chance of even one
            false claim in the column at its level; None judges each strategy as if it were the
            only one.

        Returns
        -------
        differences : DataFrame
            A row for each other strategy: the means "baseline" and "mean", their "difference" in
            units of the metric, its interval from "low" to "high" (for this strategy alone),
            "relative" (the difference as a share of the baseline), "p value", "adjusted p value",
            "distinguishable", in how many folds the metric is lower ("lower in"), and "folds".

        Raises
        ------
        ValueError
            If a parameter is not valid.

        ImportError
            If pandas is not installed.

        Notes
        -----
        The corrected resampled t-test: with k differences over folds, of standard deviation s, the
        mean is divided by :math:`s \sqrt{1/k + n_{test}/n_{train}}` and compared with Student's t
        of k - 1 degrees of freedom. It is for repeated folds as well, with k the number of all of
        them. The second term allows for the training rows that folds share: without it, four
        repeats of five folds call a third of the differences between equally good models real,
        with it one in 25. With one fold nothing can be tested: the p value is NaN and the interval
        infinite.

        References
        ----------
        Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
        52. :doi:`10.1023/A:1024068626366`

        Bouckaert, R. R. and Frank, E. (2004). Evaluating the replicability of significance tests
        for comparing learning algorithms. PAKDD. :doi:`10.1007/978-3-540-24775-3_3`

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "SQINV", "LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> frame = comparison.differences()
        >>> frame.loc["LDS", ["difference", "low", "high"]].astype(float).round(1).tolist()
        [-6.9, -9.4, -4.4]
        >>> frame["distinguishable"].tolist()
        [True, True]
        """
        caller = "StrategyComparison.differences"
        self._check_metric(metric, "differences")
        self._check_strategy(baseline, "baseline", "differences")
        check_fraction(confidence_level, name="confidence_level", caller=caller)
        if correction is not None and not (isinstance(correction, str) and correction == "holm"):
            raise parameter_error("correction", caller, "'holm' or None", repr(correction))
        return differences_frame(
            self.outcome_,
            metric,
            baseline=baseline,
            confidence_level=confidence_level,
            correction=correction,
        )

    def recommendation(self, *, prefer="rare", max_overall_cost=0.03):
        """Choose a strategy and say why, without fitting anything.

        Parameters
        ----------
        prefer : {"rare", "frequent", "balanced"}, default="rare"
            What to make small: the mean absolute error on the rare targets, that on the frequent
            ones, or the mean of both.

        max_overall_cost : float, default=0.03
            By how much the mean absolute error over all rows may exceed that of VANILLA, as a
            share of it. Infinity sets no limit.

        Returns
        -------
        recommendation : Recommendation
            With `name`, `sentence` (also ``str(recommendation)``), the changes `rare`, `frequent`
            and `overall` against VANILLA, and `too_costly`, the strategies above the limit.

        Raises
        ------
        ValueError
            If a parameter is not valid, or no strategy was measured.

        See Also
        --------
        recommend : The same choice, fitted.

        Notes
        -----
        The choice is by the means over the folds, among strategies that failed in none of them.
        It is the best guess even where the gain may be chance, which the sentence then says.
        VANILLA, or the first strategy where there is none, always satisfies the limit.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "LDS", "INV+LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> comparison.recommendation(max_overall_cost=0.01).name
        'LDS'
        >>> comparison.recommendation(max_overall_cost=0.05).name
        'INV+LDS'
        """
        return recommendation(self.outcome_, prefer, max_overall_cost)

    def recommend(self, *, prefer="rare", max_overall_cost=0.03, X=None):
        """Choose a strategy and fit it to all rows.

        Parameters
        ----------
        prefer : {"rare", "frequent", "balanced"}, default="rare"
            See :meth:`recommendation`.

        max_overall_cost : float, default=0.03
            See :meth:`recommendation`.

        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features), default=None
            The features of the comparison. None takes those that it was made with, to which it
            keeps a reference that is not pickled.

        Returns
        -------
        estimator : estimator object
            A clone of the strategy's estimator, fitted to all rows with their weights. The reason
            is in `recommendation_` of the comparison.

        Raises
        ------
        ValueError
            If a parameter is not valid, no strategy was measured, or `X` is needed.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "LDS", "INV+LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> model = comparison.recommend(prefer="rare", max_overall_cost=0.01)
        >>> model.predict(X[:2]).round()
        array([216.,  67.])
        >>> reason = comparison.recommendation_  # print(reason) says it in words
        >>> reason.name, round(reason.rare.relative, 3), round(reason.overall.relative, 3)
        ('LDS', -0.115, 0.005)
        """
        chosen = recommendation(self.outcome_, prefer, max_overall_cost)
        data = self._data
        X = data.X if X is None else X
        n_samples = X.shape[0] if hasattr(X, "shape") else None if X is None else len(X)
        if n_samples != len(self.y_):
            raise parameter_error(
                "X",
                "StrategyComparison.recommend",
                f"given to a comparison that was pickled, with its {len(self.y_)} rows",
                "None" if X is None else f"{n_samples} rows",
            )
        estimator, params = clone(self.estimators_[chosen.name]), data.params[chosen.name]
        fitted = fit_regressor(estimator, X, data.y, data.sample_weight, params)
        self.recommendation_ = chosen
        return fitted

    def finding(self):
        """Say in plain language what the numbers show.

        Returns
        -------
        text : str
            What the best strategy gains on rare targets and costs on the others, against VANILLA
            (or else the first strategy), and whether that may be chance.
        """
        return " ".join(finding(self.outcome_))

    def plot(self, ax=None):
        """Plot the error by target region over a histogram of the targets.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to plot; None is a new figure of pyplot, ``ax.figure`` of the result.

        Returns
        -------
        ax : matplotlib Axes
            One line per strategy: the mean absolute error of the test rows in each target bin.
        """
        return plot_regions(self.outcome_, ax)

    def plot_trade_off(self, ax=None):
        """Plot the overall error against the error on rare targets.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to plot; None is a new figure of pyplot, ``ax.figure`` of the result.

        Returns
        -------
        ax : matplotlib Axes
            One labelled point per strategy.
        """
        return plot_trade_off(self.outcome_, ax)

    def plot_pareto(self, ax=None, *, confidence_level=CONFIDENCE_LEVEL):
        """Plot the error on rare targets against that on frequent ones, with intervals.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to plot; None is a new figure of pyplot, ``ax.figure`` of the result.

        confidence_level : float, default=0.95
            Level of the intervals.

        Returns
        -------
        ax : matplotlib Axes
            One labelled point per strategy. A line joins the Pareto front, the strategies that no
            other one beats on both sides. The bars are the intervals of the differences from
            VANILLA (see :meth:`differences`): one that crosses the line of VANILLA may be chance.

        Raises
        ------
        ValueError
            If `confidence_level` is not between 0 and 1.
        """
        return plot_pareto(self.outcome_, ax, confidence_level)

    def to_html(self, path=None, *, title=None):
        """Make a report: one HTML file with pictures, table and how to repeat it.

        Parameters
        ----------
        path : str or path-like, default=None
            Where to write it; None returns it.

        title : str, default=None
            Title of the report.

        Returns
        -------
        html : str or None
            The report, if `path` is None.

        Raises
        ------
        ImportError
            If jinja2, matplotlib or pandas is not installed.
        """
        return comparison_report(self, path, title=title)

    def __repr__(self):
        return as_text(self.outcome_)

    def _repr_html_(self):
        return fragment(self.outcome_)

    def __getstate__(self):
        return self.__dict__ | {"_data": replace(self._data, X=None)}

    def _check_metric(self, metric, method):
        """Refuse a metric that is not known."""
        known = (*METRICS, *TIMES)
        if metric not in known:
            parameter = "metrics" if method == "table" else "metric"
            raise parameter_error(
                parameter,
                f"StrategyComparison.{method}",
                f"made of {', '.join(known)}"
                if method == "table"
                else f"one of {', '.join(known)}",
                repr(metric),
            )

    def _check_strategy(self, value, parameter, method):
        """Refuse the name of a strategy that is not there."""
        if value not in self.estimators_:
            raise parameter_error(
                parameter,
                f"StrategyComparison.{method}",
                f"one of {', '.join(self.estimators_)}",
                repr(value),
            )
