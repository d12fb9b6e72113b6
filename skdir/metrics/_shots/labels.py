"""Errors by shot: how many training rows there were near a target."""

import numbers
from dataclasses import replace

import numpy as np

from skdir.metrics._shots.bootstrap import bootstrap_intervals, check_bootstrap
from skdir.metrics._shots.metrics import evaluate_metrics, resolve_metrics
from skdir.metrics._shots.table import html_table, table_cells, text_table
from skdir.metrics._validation import check_pair
from skdir.utils import check_sample_weight, check_target
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._sklearn_compat import Interval, StrOptions, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import drop_unweighted, parameter_error

SHOTS = ("many", "medium", "few", "zero")

_NUMBER = Interval(numbers.Real, 0, None, closed="left")
_THRESHOLD = [StrOptions({"auto"}), _NUMBER]


@validate_params(
    {
        "y_train": ["array-like"],
        "y": ["array-like"],
        "bins": [
            Interval(numbers.Integral, 1, None, closed="left"),
            StrOptions({"integer"}),
            "array-like",
        ],
        "many": _THRESHOLD,
        "few": _THRESHOLD,
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def shot_labels(y_train, y, *, bins, many="auto", few="auto", sample_weight=None):
    """Tell for each target whether its bin has many, some, few or no training rows.

    Parameters
    ----------
    y_train : array-like of shape (n_train,)
        Targets of the training rows.

    y : array-like of shape (n_samples,)
        Targets to label, such as those of the test rows.

    bins : int, 'integer' or array-like of shape (n_bins + 1,)
        Number of bins of equal width over the range of `y_train`; "integer" for one bin
        [k - 0.5, k + 0.5) per whole number k in that range; or edges in units of y, which must
        cover `y_train`. Bins are half-open, and but for "integer" the last is closed.

    many : float or 'auto', default='auto'
        A bin with more training rows than this has many. "auto" is 1.5 times the number of
        training rows per bin. The paper uses 100.

    few : float or 'auto', default='auto'
        A bin with fewer training rows than this, but some, has few. "auto" is half the number of
        training rows per bin. The paper uses 20.

    sample_weight : array-like of shape (n_train,), default=None
        Weights of the training rows; a weight of 2 is the row twice.

    Returns
    -------
    shots : ndarray of shape (n_samples,)
        One of the strings "many", "medium", "few", "zero" for each target of `y`; "zero" also
        outside the bins.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if a length differs, if a training
        target lies outside the edges, or if `few` exceeds `many`.

    See Also
    --------
    ShotReport : Errors for each of these groups.

    Notes
    -----
    "auto" divides the weighted number of training rows by the number of all bins, empty ones
    included, so a few far targets lower both thresholds. The cost is O(n log n_bins).

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from skdir.metrics import shot_labels
    >>> ages = [30] * 5 + [31] * 2 + [40]
    >>> shot_labels(ages, [30, 31, 35, 40, 90], bins="integer", many=3, few=2)
    array(['many', 'medium', 'zero', 'few', 'zero'], dtype='<U6')
    """
    caller = "shot_labels"
    y = check_target(y, caller=caller, name="y")
    return label_shots(
        y_train, y, bins, many, few, sample_weight, caller=caller, weight_name="sample_weight"
    )[0]


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
        self.shots, self.thresholds = label_shots(
            y_train,
            y_true,
            bins,
            many,
            few,
            train_sample_weight,
            caller=caller,
            weight_name="train_sample_weight",
        )
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
        return text_table(self._caption(), table_cells(self._rows(), self.intervals))

    def _repr_html_(self):
        """Return the table for notebooks."""
        return html_table(self._caption(), table_cells(self._rows(), self.intervals))


def label_shots(y_train, y, bins, many, few, train_weight, *, caller, weight_name):
    """Return the shot of each valid target `y` and the two thresholds."""
    if isinstance(bins, str) and bins != "integer":
        raise parameter_error("bins", caller, "a number, 'integer' or edges", repr(bins))
    y_train = check_target(y_train, caller=caller, name="y_train")
    train_weight = check_sample_weight(train_weight, len(y_train), caller=caller, name=weight_name)
    train_weight, y_train = drop_unweighted(train_weight, y_train)
    target_bins = TargetBins.of(bins, y_train, caller=caller)
    if isinstance(bins, str):
        # The integer k + 1 begins where the bin of k ends: that end is not in the range.
        target_bins = replace(target_bins, closed_last=False)
    counts = target_bins.sums(target_bins.index(y_train), train_weight)
    rows_per_bin = counts.sum() / target_bins.n_bins
    many = resolve_threshold("many", many, 1.5 * rows_per_bin, caller)
    few_given, few = few, resolve_threshold("few", few, 0.5 * rows_per_bin, caller)
    if few > many and isinstance(few_given, str):
        accepted = f"at least {few:g}, the value of few (from 'auto')"
        raise parameter_error("many", caller, accepted, f"{many:g}")
    if few > many:
        raise parameter_error("few", caller, f"at most {many:g}, the value of many", f"{few:g}")
    # Targets outside the bins have the number -1, which is the zero at the end.
    count = np.append(counts, 0)[target_bins.index(y)]
    shots = np.select([count == 0, count > many, count < few], ["zero", "many", "few"], "medium")
    return shots, {"many": many, "few": few}


def resolve_threshold(name, value, auto, caller):
    """Return a threshold as a float."""
    if isinstance(value, str) and value == "auto":
        return float(auto)
    if not _NUMBER.is_satisfied_by(value):
        raise parameter_error(name, caller, "'auto' or a finite number from 0 on", repr(value))
    return float(value)


def _count(weight, rows):
    """Return the number of rows: an int, or the sum of their weights."""
    return int(np.count_nonzero(rows)) if weight is None else float(weight[rows].sum())
