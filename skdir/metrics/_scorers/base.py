"""What scorers of skdir share: scikit-learn's protocol, copies, and how they look."""

import copy
import inspect
from abc import ABC, abstractmethod

import numpy as np

from skdir.utils import check_bins, check_target
from skdir.utils._sklearn_compat import _BaseScorer
from skdir.utils._validation import parameter_error


def _takes_weights(y_true, y_pred, sample_weight=None):
    """Show by its signature which metadata may be routed to a scorer."""


class TargetScorer(_BaseScorer, ABC):
    """Base of scorers that know the training targets: ``scorer(estimator, X, y)``.

    A subclass sets `_maker` and `_parameters`, the call that makes it, and implements `_measure`.
    """

    _maker: str
    _parameters: dict

    def __init__(self, *, sign):
        super().__init__(_takes_weights, sign, {}, response_method="predict")

    def _accept_sample_weight(self):
        """Tell scikit-learn that weights may be handed over."""
        return True

    def _score(self, method_caller, estimator, X, y_true, **kwargs):
        """Predict and measure; scikit-learn calls this with a cache of predictions."""
        y_pred = method_caller(estimator, "predict", X)
        return self._sign * float(self._measure(estimator, y_true, y_pred, **kwargs))

    @abstractmethod
    def _measure(self, estimator, y_true, y_pred, sample_weight=None):
        """Return the metric, before its sign is changed."""

    def __sklearn_clone__(self):
        """Keep what is fitted: clones of searches and cross-validation need it."""
        return copy.deepcopy(self)

    def __repr__(self):
        arguments = ", ".join(f"{name}={_short(value)}" for name, value in self._parameters.items())
        return f"{self._maker}({arguments})"


def metric_sign(metric, greater_is_better, known, *, caller, functions=True):
    """Return 1 for a score and -1 for a loss, from a table of names or as told for a function.

    `functions` says whether a callable is accepted.
    """
    if isinstance(metric, str) and metric in known:
        if greater_is_better is not None:
            raise parameter_error(
                "greater_is_better", caller, f"None with metric={metric!r}", repr(greater_is_better)
            )
        return known[metric]
    if not (functions and callable(metric)):
        names = ", ".join(map(repr, sorted(known)))
        accepted = f"{'a function or ' if functions else ''}one of {names}"
        raise parameter_error("metric", caller, accepted, repr(metric))
    if not (greater_is_better is None or isinstance(greater_is_better, (bool, np.bool_))):
        raise parameter_error(
            "greater_is_better", caller, "a bool or None", repr(greater_is_better)
        )
    return -1 if greater_is_better is not None and not greater_is_better else 1


def check_metric_params(params, metric, handed, *, caller):
    """Refuse keywords that a metric does not take, or that the scorer hands over itself."""
    try:
        signature = inspect.signature(metric).parameters.values()
    except ValueError:  # functions written in C may have none to look at
        return
    if any(p.kind is p.VAR_KEYWORD for p in signature):
        accepted = None
    else:
        accepted = sorted({p.name for p in signature} - handed)
    for name in params:
        if name in handed or (accepted is not None and name not in accepted):
            raise TypeError(
                f"{caller} got an unexpected parameter {name!r}. The metric takes "
                f"{', '.join(accepted) if accepted else 'no such parameter'}."
            )


def check_bins_parameter(bins, *, caller):
    """Validate a number of bins, or edges, and return a copy of them."""
    bins = check_bins(bins, caller=caller)
    return bins if isinstance(bins, int) else bins.copy()


def check_y_train(y_train, *, caller):
    """Return a copy of given training targets, or None."""
    if y_train is None:
        return None
    return np.array(check_target(y_train, caller=caller, name="y_train"))


def _short(value):
    """Return a value as text, arrays by their size."""
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"<array of {value.size} numbers>"
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    return getattr(value, "__name__", None) or repr(value)
