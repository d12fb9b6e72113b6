"""Shots: how many training rows there were near a target."""

import numbers
from dataclasses import dataclass, replace

import numpy as np

from skdir.utils import check_sample_weight, check_target
from skdir.utils._sklearn_compat import Interval, StrOptions, validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import drop_unweighted, parameter_error

# Automatic thresholds, in training rows per bin.
_MANY, _FEW = 1.5, 0.5

_NUMBER = Interval(numbers.Real, 0, None, closed="left")
_THRESHOLD = [StrOptions({"auto"}), _NUMBER]
_BINS = [
    Interval(numbers.Integral, 1, None, closed="left"),
    StrOptions({"integer"}),
    "array-like",
]


@validate_params(
    {
        "y_train": ["array-like"],
        "y": ["array-like"],
        "bins": _BINS,
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
    shot_thresholds : The numbers that `many` and `few` stand for.

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
    return find_shots(y_train, bins, many, few, sample_weight, caller=caller).labels(y)


@validate_params(
    {
        "y_train": ["array-like"],
        "bins": _BINS,
        "many": _THRESHOLD,
        "few": _THRESHOLD,
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def shot_thresholds(y_train, *, bins, many="auto", few="auto", sample_weight=None):
    """Return from how many training rows on a bin has many, and up to how many it has few.

    Parameters
    ----------
    y_train : array-like of shape (n_train,)
        Targets of the training rows.

    bins : int, 'integer' or array-like of shape (n_bins + 1,)
        Bins of the target, as :func:`shot_labels` takes them.

    many : float or 'auto', default='auto'
        A bin with more training rows than this has many. "auto" is 1.5 times the number of
        training rows per bin.

    few : float or 'auto', default='auto'
        A bin with fewer training rows than this, but some, has few. "auto" is half the number of
        training rows per bin.

    sample_weight : array-like of shape (n_train,), default=None
        Weights of the training rows; a weight of 2 is the row twice.

    Returns
    -------
    thresholds : dict of str to float
        The numbers that "many" and "few" stand for, by these names.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if a length differs, if a training
        target lies outside the edges, or if `few` exceeds `many`.

    See Also
    --------
    shot_labels : The shot of each target by these numbers.

    Examples
    --------
    >>> from skdir.metrics import shot_thresholds
    >>> ages = [30] * 5 + [31] * 2 + [40]
    >>> shot_thresholds(ages, bins=[29.5, 30.5, 31.5, 41.5, 51.5], few=1)
    {'many': 3.0, 'few': 1.0}
    """
    return find_shots(y_train, bins, many, few, sample_weight, caller="shot_thresholds").thresholds


@dataclass(frozen=True, eq=False)
class ShotRule:
    """Training rows in each bin, and of how many of them a bin has many or few."""

    target_bins: TargetBins
    counts: np.ndarray
    thresholds: dict

    def labels(self, y):
        """Return the shot of each valid target."""
        # Targets outside the bins have the number -1, which is the zero at the end.
        count = np.append(self.counts, 0)[self.target_bins.index(y)]
        is_shot = {
            "zero": count == 0,
            "many": count > self.thresholds["many"],
            "few": count < self.thresholds["few"],
        }
        return np.select(list(is_shot.values()), list(is_shot), "medium")


def find_shots(y_train, bins, many, few, train_weight, *, caller, weight_name="sample_weight"):
    """Validate training targets and all that says how rare a target is among them."""
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
    auto = {"many": _MANY * rows_per_bin, "few": _FEW * rows_per_bin}
    thresholds = {
        name: resolve_threshold(name, value, auto[name], caller)
        for name, value in (("many", many), ("few", few))
    }
    if thresholds["few"] > thresholds["many"]:
        words = {name: f"{value:g}" for name, value in thresholds.items()}
        if isinstance(few, str):
            accepted = f"at least {words['few']}, the value of few (from 'auto')"
            raise parameter_error("many", caller, accepted, words["many"])
        raise parameter_error(
            "few", caller, f"at most {words['many']}, the value of many", words["few"]
        )
    return ShotRule(target_bins, counts, thresholds)


def resolve_threshold(name, value, auto, caller):
    """Return a threshold as a float."""
    if isinstance(value, str) and value == "auto":
        return float(auto)
    if not _NUMBER.is_satisfied_by(value):
        raise parameter_error(name, caller, "'auto' or a finite number from 0 on", repr(value))
    return float(value)
