"""The report of errors by shot: what it measures, and its table as text and as HTML."""

import html

import numpy as np

from skdir.metrics._shots.bootstrap import bootstrap_intervals, check_bootstrap
from skdir.metrics._shots.labels import find_shots
from skdir.metrics._shots.metrics import evaluate_metrics, resolve_metrics
from skdir.metrics._validation import check_pair
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._targets.bins import SHOTS
from skdir.utils._validation import drop_unweighted


class ShotReport:
    """Errors overall and for many, medium, few and no training rows near the target.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Observed targets, such as those of the test rows.

    y_pred : array-like of shape (n_samples,)
        Predicted targets.

    y_train : array-like of shape (n_train,)
        Targets that the model was trained on.

    bins : int, 'integer' or array-like of shape (n_bins + 1,)
        Number of bins of equal width over the range of `y_train`; "integer" for one bin
        [k - 0.5, k + 0.5) per whole number k in that range; or edges in units of y, which must
        cover `y_train`.

    metrics : sequence of str or dict of str to callable, \
            default=('mae', 'mse', 'gm', 'pearson', 'spearman')
        Names among "gm" (geometric mean absolute error), "mae", "mse", "pearson", "rmse" and
        "spearman", or functions ``metric(y_true, y_pred)`` by name, which are also handed
        ``sample_weight`` where it is given.

    many : float or 'auto', default='auto'
        A bin with more training rows than this has many. "auto" is 1.5 times the number of
        training rows per bin. The paper uses 100.

    few : float or 'auto', default='auto'
        A bin with fewer training rows than this, but some, has few. "auto" is half the number of
        training rows per bin. The paper uses 20.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of `y_true`; a weight of 2 is the row twice.

    train_sample_weight : array-like of shape (n_train,), default=None
        Weights of the training rows, which count that often in their bin.

    bootstrap : int, default=0
        How many times the rows are drawn anew, with replacement, for intervals; 1000 is usual. 0
        for none.

    confidence_level : float, default=0.95
        Share of the drawn values that an interval holds, between 0 and 1.

    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Attributes
    ----------
    overall : dict of str to float
        Value of each metric over all rows.

    by_shot : dict of str to dict
        For "many", "medium", "few" and "zero", in this order: the number of rows "n" (the sum of
        their weights where weights are given), their "share" of all rows, and each metric. The
        metrics of a shot without rows are NaN, as is a correlation over fewer than 2 rows or
        with a constant.

    intervals : dict of str to dict, or None
        With `bootstrap`, for "overall" and for each shot the lower and the upper end of the
        interval of each metric. They are NaN where the shot has fewer than 2 rows, and where a
        draw has no value, as the correlation of rows that are all the same.

    shots : ndarray of shape (n_samples,)
        The shot of each row.

    thresholds : dict of str to float
        The numbers that `many` and `few` stand for.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, if a training target
        lies outside the edges, if `few` exceeds `many`, or if a metric is unknown.

    See Also
    --------
    shot_labels : Only the shot of each target.
    density_error_correlation : One number for how the error follows the density.

    Notes
    -----
    The cost is O(n log n_bins), and O(n log n) with "spearman". Correlations within a shot are
    over a part of the target range, where they are mostly lower than overall.

    Intervals are those of the percentile bootstrap: the rows of a line of the table, those of its
    shot or all, are drawn as often as there are, each with the same probability. Shots stay as
    they are: the intervals are about other test rows, not about another training set. Rows keep
    their weights; a weight of 2 does not make two observations, so it does not narrow an interval.
    With few rows intervals are too narrow rather than too wide. They cost `bootstrap` times as
    much as the metrics.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    B. Efron, R. J. Tibshirani (1993). An Introduction to the Bootstrap. Chapman & Hall.
    :doi:`10.1201/9780429246593`

    Examples
    --------
    >>> from skdir.metrics import ShotReport
    >>> ages = [30] * 5 + [31] * 2 + [40]
    >>> ShotReport(
    ...     [30, 30, 31, 40], [31, 30, 33, 35],
    ...     y_train=ages, bins="integer", many=3, few=2, metrics=("mae", "rmse"),
    ... )
    ShotReport: many > 3, few < 2 training rows per bin
             n   share  mae    rmse
    overall  4  100.0%    2   2.739
    many     2   50.0%  0.5  0.7071
    medium   1   25.0%    2       2
    few      1   25.0%    5       5
    zero     0    0.0%  nan     nan
    """

    def __init__(
        self,
        y_true,
        y_pred,
        *,
        y_train,
        bins,
        metrics=("mae", "mse", "gm", "pearson", "spearman"),
        many="auto",
        few="auto",
        sample_weight=None,
        train_sample_weight=None,
        bootstrap=0,
        confidence_level=0.95,
        random_state=None,
    ):
        caller = "ShotReport"
        metrics = resolve_metrics(metrics, caller=caller)
        n_draws, self._level, rng = check_bootstrap(
            bootstrap, confidence_level, random_state, caller=caller
        )
        y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=caller)
        rule = find_shots(
            y_train,
            bins,
            many,
            few,
            train_sample_weight,
            caller=caller,
            weight_name="train_sample_weight",
        )
        self.shots, self.thresholds = rule.labels(y_true), rule.thresholds
        weight, y_true, y_pred, shots = drop_unweighted(weight, y_true, y_pred, self.shots)
        self._n_rows = _count(weight, np.ones(len(y_true), dtype=bool))
        self.by_shot = {}
        self.intervals = {} if n_draws else None
        for line in ("overall", *SHOTS):
            rows = slice(None) if line == "overall" else shots == line
            part = y_true[rows], y_pred[rows], None if weight is None else weight[rows]
            values = evaluate_metrics(metrics, *part, caller=caller)
            if n_draws:
                self.intervals[line] = bootstrap_intervals(
                    metrics,
                    *part,
                    n_draws=n_draws,
                    confidence_level=self._level,
                    rng=rng,
                    caller=caller,
                )
            if line == "overall":
                self.overall = values
            else:
                n = _count(weight, rows)
                self.by_shot[line] = {"n": n, "share": n / self._n_rows, **values}

    def to_frame(self):
        """Return the report as a table.

        Returns
        -------
        frame : pandas.DataFrame
            Rows "overall", "many", "medium", "few", "zero"; columns "n", "share" and the metrics,
            with `bootstrap` each followed by the ends of its interval, as "mae low", "mae high".

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pandas = import_optional_dependency("pandas", caller="ShotReport.to_frame")
        rows = self._rows()
        if self.intervals is not None:
            rows = {line: self._with_ends(line, row) for line, row in rows.items()}
        return pandas.DataFrame.from_dict(rows, orient="index")

    def _with_ends(self, line, row):
        """Return a row of the table with the ends of intervals behind each metric."""
        wide = {}
        for column, value in row.items():
            wide[column] = value
            if column in self.intervals[line]:
                wide[f"{column} low"], wide[f"{column} high"] = self.intervals[line][column]
        return wide

    def _rows(self):
        """Return the rows of the table by name."""
        return {"overall": {"n": self._n_rows, "share": 1.0, **self.overall}, **self.by_shot}

    def _caption(self):
        """Return what the shots and the brackets mean."""
        thresholds = self.thresholds
        return (
            f"ShotReport: many > {thresholds['many']:g}, few < {thresholds['few']:g} "
            "training rows per bin"
        ) + (f"; {100 * self._level:g} % intervals" if self.intervals is not None else "")

    def __repr__(self):
        return _text(self._caption(), _cells(self._rows(), self.intervals))

    def _repr_html_(self):
        """Return the table for notebooks."""
        return _html(self._caption(), _cells(self._rows(), self.intervals))


def _count(weight, rows):
    """Return the number of rows: an int, or the sum of their weights."""
    return int(np.count_nonzero(rows)) if weight is None else float(weight[rows].sum())


def _cells(rows, intervals):
    """Return rows of numbers by name as rows of text, the header first.

    Intervals stand behind the value that they are for.
    """
    columns = list(next(iter(rows.values())))
    body = [
        [name, *(_cell(c, row[c], intervals and intervals[name].get(c)) for c in columns)]
        for name, row in rows.items()
    ]
    return [["", *columns], *body]


def _text(caption, cells):
    """Return aligned lines."""
    widths = [max(len(row[j]) for row in cells) for j in range(len(cells[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells
    ]
    return "\n".join([caption, *lines])


def _html(caption, cells):
    """Return a table for notebooks, without any style sheet of its own."""
    header, *body = [[html.escape(cell) for cell in row] for row in cells]
    head = "".join(f'<th scope="col" style="text-align: right">{c}</th>' for c in header)
    lines = [
        f'<tr><th scope="row" style="text-align: left">{row[0]}</th>'
        + "".join(f'<td style="text-align: right">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in body
    ]
    return (
        f'<table class="skdir-shot-report"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _cell(column, value, interval):
    """Return a cell of the table as text."""
    text = format(value, {"n": ".10g", "share": ".1%"}.get(column, ".4g"))
    return text + (f" [{interval[0]:.3g}, {interval[1]:.3g}]" if interval else "")
