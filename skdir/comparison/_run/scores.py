"""What is measured in a fold: errors overall, on rare and frequent targets, and by shot."""

from dataclasses import dataclass

import numpy as np

from skdir.density import RareTargets
from skdir.metrics import geometric_mean_absolute_error, shot_labels, squared_error_relevance_area
from skdir.relevance import RelevanceFunction
from skdir.utils._estimators.frozen import FrozenArrays
from skdir.utils._targets.bins import SHOTS, TargetBins, table_edges
from skdir.utils._targets.ranges import bins_of, check_range
from skdir.utils._text.warnings import hold_warnings
from skdir.utils._validation import drop_unweighted, parameter_error

METRICS = (
    "MAE", "rare MAE", "frequent MAE", "RMSE", "GM", "SERA", *(f"{shot} MAE" for shot in SHOTS),
)  # fmt: skip
TIMES = ("fit s", "predict s")


def comparison_edges(bins, y, sample_weight, *, caller):
    """Return the edges of the target bins that all strategies share."""
    if (y == y[0]).all():
        raise parameter_error(
            "y", caller, "an array of at least two different targets", f"{y[0]:g} only"
        )
    sample_weight, y = drop_unweighted(sample_weight, y)
    check_range(y, caller=caller)
    if isinstance(bins, str):
        if bins != "auto":
            raise parameter_error("bins", caller, "'auto', a number or edges", repr(bins))
        with bins_of(y, caller=caller):
            return table_edges(y, sample_weight)
    target_bins = TargetBins.of(bins, y, caller=caller, cover=False)
    edges = target_bins.edges
    if not target_bins.covers(y):
        raise parameter_error(
            "bins",
            caller,
            "edges that cover all targets",
            f"edges from {edges[0]:g} to {edges[-1]:g} for targets from {y.min():g} to {y.max():g}",
        )
    return edges


@dataclass(frozen=True)
class Regions(FrozenArrays):
    """Which test rows of a fold are rare, in which shot and how relevant; for all strategies.

    `share` is that of the training rows which are rare.
    """

    rare: np.ndarray
    shots: np.ndarray
    relevance: np.ndarray | None = None
    share: float = np.nan


def find_regions(y_train, y_test, edges, rare_fraction, weight_train=None):
    """Tell rare from frequent test rows by the training targets alone."""
    weight_train, y_train = drop_unweighted(weight_train, y_train)
    rule = RareTargets(rare_fraction=rare_fraction).fit(y_train, weight_train)
    return Regions(
        rare=rule.is_rare(y_test),
        shots=np.asarray(shot_labels(y_train, y_test, bins=edges, sample_weight=weight_train)),
        relevance=_relevance(y_train, y_test, weight_train),
        share=rule.share_,
    )


def _relevance(y_train, y_test, weight_train):
    """Return the relevance of the test targets by the training ones, None if all are alike."""
    try:
        with hold_warnings():  # the samplers of strategies say the same
            relevance = RelevanceFunction().fit(y_train, weight_train)
    except ValueError:  # such as targets of which nearly all are equal
        return None
    return relevance.transform(y_test)


def fold_metrics(y_true, y_pred, regions, sample_weight=None):
    """Return all metrics of one fold by name; a metric without rows is NaN."""
    weight = np.ones(len(y_true)) if sample_weight is None else sample_weight / _unit(sample_weight)
    error = np.abs(y_true - y_pred)
    scores = {
        "MAE": _mean(error, weight),
        "rare MAE": _mean(error, weight, regions.rare),
        "frequent MAE": _mean(error, weight, ~regions.rare),
        "RMSE": _root_mean_square(error, weight),
        "GM": np.nan,
        "SERA": np.nan,
    }
    if regions.relevance is not None and weight.any():
        scores["SERA"] = _error_area(y_true, y_pred, regions.relevance, sample_weight)
    if weight.any():
        scores["GM"] = float(
            geometric_mean_absolute_error(
                y_true, y_pred, sample_weight=None if sample_weight is None else weight
            )
        )
    for shot in SHOTS:
        scores[f"{shot} MAE"] = _mean(error, weight, regions.shots == shot)
    return scores


def _mean(error, weight, rows=slice(None)):
    """Return the weighted mean over some rows, NaN where there are none."""
    error, weight = error[rows], weight[rows]
    if not weight.any():
        return np.nan
    unit = _unit(error)
    return float(unit * np.average(error / unit, weights=weight))


def _unit(values):
    """Return the largest value where sums and products of such ones may leave floats, else 1."""
    largest = values.max(initial=0.0)
    return 1.0 if largest == 0 or 1e-100 < largest < 1e100 else largest


def _error_area(y_true, y_pred, relevance, sample_weight):
    """Return the squared error-relevance area, NaN where it leaves the range of floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        area = squared_error_relevance_area(
            y_true, y_pred, relevance=relevance, sample_weight=sample_weight
        )
    return float(area) if np.isfinite(area) else np.nan


def _root_mean_square(error, weight):
    """Return the root mean square, scaled by the largest error so that it cannot overflow."""
    largest = error.max(initial=0.0)
    if largest == 0.0:
        return _mean(error, weight)
    return float(largest * np.sqrt(_mean((error / largest) ** 2, weight)))


def mean(values):
    """Return the mean of the values that are there, NaN if none is."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else np.nan


def spread(values):
    """Return the standard deviation of the values that are there, NaN for fewer than two."""
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return np.nan
    largest = np.abs(values).max() or 1.0  # so that the squares of huge errors stay finite
    return float(largest * (values / largest).std(ddof=1))
