"""The result of a comparison: table, best strategy, pictures and report."""

import numpy as np

from skdir.comparison._decisions import DecisionMixin
from skdir.comparison._judgement.changes import CONFIDENCE_LEVEL
from skdir.comparison._judgement.finding import finding, has_asked_share, number, share_words
from skdir.comparison._pictures import figures as _figures
from skdir.comparison._pictures.pareto import plot_pareto
from skdir.comparison._report.report import comparison_report, table_fragment
from skdir.comparison._run.scores import METRICS, spread
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.safe import printable
from skdir.utils._validation import parameter_error

TIMES = ("fit s", "predict s")


class StrategyComparison(DecisionMixin):
    """Errors of several strategies over the same folds, as :func:`compare_strategies` returns it.

    Parameters
    ----------
    estimators : dict of str to estimator object
        See `estimators_`; this and the others are given by :func:`compare_strategies`.

    records : list of dict
        See `results_`.

    predictions : dict of str to list of (ndarray, ndarray)
        See `predictions_`.

    errors : dict of (str, int) to str
        See `errors_`.

    descriptions : dict of str to str
        See `descriptions_`.

    run : dict
        What was run: regressor, targets, folds and the parameters of the call.

    target_name : str, default="target"
        See below.

    Attributes
    ----------
    estimators_ : dict of str to estimator object
        The unfitted estimator of each strategy, so that
        ``comparison.estimators_[comparison.best()].fit(X, y)`` fits the best one to all rows.

    descriptions_ : dict of str to str
        A sentence about each strategy.

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

    def __init__(
        self, estimators, *, records, predictions, errors, descriptions, run, target_name="target"
    ):
        self.estimators_ = estimators
        self.results_ = records
        self.predictions_ = predictions
        self.errors_ = errors
        self.descriptions_ = descriptions
        self.target_name = target_name
        self._run = run
        failed = {name for name, _ in errors}
        self.complete_ = [name for name in estimators if name not in failed]

    folds_ = property(lambda self: self._run["folds"], doc="Training and test rows of each fold.")
    y_ = property(lambda self: self._run["y"], doc="The targets.")
    sample_weight_ = property(lambda self: self._run["sample_weight"], doc="Weights of the rows.")
    bin_edges_ = property(lambda self: self._run["bin_edges"], doc="Edges of the target bins.")
    rare_fraction = property(lambda self: self._run["rare_fraction"], doc="Share of rare rows.")

    @property
    def rare_share_(self):
        """Share of the training rows that is rare, the mean over folds."""
        shares = [region.share for region in self._run.get("regions", ())]
        return float(np.mean(shares)) if shares else np.nan

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
        pandas = import_optional_dependency("pandas", caller="StrategyComparison.table")
        if baseline is not None:
            self._check_strategy(baseline, "baseline", "table")
        known = (*METRICS, *TIMES)
        if metrics is None:
            metrics = [m for m in known if m in TIMES or not np.isnan(self._values(m)).all()]
        rows = {name: {} for name in self.estimators_}
        for metric in metrics:
            marks = self._check_metric(metric, "table")._marks(metric, baseline)
            for name, row in rows.items():
                values = self._values(metric, name)
                row[metric] = _mean(values)
                if sd:
                    row[f"{metric} sd"] = spread(values)
                if baseline is not None and metric not in TIMES:
                    row[f"{metric} vs {baseline}"] = marks.get(name, "")
        for name, row in rows.items():
            errors = [r["error"] for r in self.results_ if r["strategy"] == name and r["error"]]
            row["failed folds"] = len(errors)
            row["error"] = errors[0] if errors else ""
        return pandas.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")

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
        means = {name: _mean(self._values(metric, name)) for name in self.complete_}
        means = {name: mean for name, mean in means.items() if not np.isnan(mean)}
        if not means:
            raise parameter_error(
                "metric",
                "StrategyComparison.best",
                "a metric that at least one strategy without failures has a value for",
                repr(metric),
            )
        return min(means, key=means.get)

    def finding(self):
        """Say in plain language what the numbers show.

        Returns
        -------
        text : str
            What the best strategy gains on rare targets and costs on the others, against VANILLA
            (or else the first strategy), and whether that may be chance.
        """
        return " ".join(finding(self))

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
        return _figures.plot_regions(self, ax)

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
        return _figures.plot_trade_off(self, ax)

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
        return plot_pareto(self, ax, confidence_level)

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
        columns = ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM", "fit s")
        baseline = self._baseline()
        marks = {column: self._marks(column, baseline) for column in columns}
        rows = [["", *columns]]
        for name in self.estimators_:
            cells = [
                number(_mean(self._values(column, name)))
                + (" ~" if marks[column].get(name) == "~" else "  ")
                for column in columns
            ]
            first = [r["error"] for r in self.results_ if r["strategy"] == name and r["error"]][:1]
            rows.append([printable(name), *cells, *first])
        rows[0][1:] = [f"{column}  " for column in columns]
        if any("~" in row.values() for row in marks.values()):
            rows[0].append(f"(~ not distinguishable from {printable(baseline)})")
        widths = [max(len(row[k]) for row in rows) for k in range(len(columns) + 1)]
        lines = []
        for row in rows:
            cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]
            lines.append(" ".join([*cells, *row[len(widths) :]]).rstrip())
        head = f"StrategyComparison: {len(self.estimators_)} strategies, {len(self.folds_)} folds"
        if not has_asked_share(self):
            head += f"; rare: {share_words(self.rare_share_)} of the rows"
        return "\n".join([head, *lines])

    def __getstate__(self):
        run = {key: value for key, value in self._run.items() if key != "X"}
        return self.__dict__ | {"_run": run}

    def _repr_html_(self):
        return table_fragment(self)

    def _values(self, metric, name=None):
        """Return a metric over the folds, of one strategy or of all."""
        return np.array(
            [r[metric] for r in self.results_ if name is None or r["strategy"] == name], dtype=float
        )

    def _marks(self, metric, baseline):
        """Return "lower", "higher" or "~" (not distinguishable) by strategy, with a baseline."""
        if baseline is None or metric in TIMES:
            return {}
        return {
            name: ("lower" if c.difference < 0 else "higher") if c.clear else "~"
            for name, c in self._judged(metric, baseline).items()
            if c.n_folds
        }

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
        return self


def _mean(values):
    """Return the mean of the values that are there, NaN if none is."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else np.nan
