"""What a picture of errors by target region shows, computed from targets and predictions."""

import numpy as np
from sklearn.base import clone

from skdir.density import TargetDensity
from skdir.metrics import metrics_by_group, shot_labels, shot_thresholds
from skdir.utils._drawing.axes import choose_scale, histogram_edges
from skdir.utils._drawing.inputs import check_name, check_predictions, check_targets
from skdir.utils._targets.bins import MOST_WITH_ERRORS, TargetBins
from skdir.utils._targets.correlation import weighted_pearson
from skdir.utils._targets.ranges import check_range
from skdir.utils._validation import drop_unweighted, parameter_error

ERRORS = {
    "gm": "geometric mean absolute error",
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "rmse": "root mean squared error",
}
# Errors of more than this many times their median are shown on a logarithmic axis.
_LONG = 20


def shot_error_values(
    y_true,
    y_pred,
    y_train,
    *,
    bins,
    metric,
    many,
    few,
    density,
    sample_weight,
    train_weight,
    xscale,
    yscale,
    target_name,
    caller,
    y_name="y_true",
):
    """Return the parameters of a ShotErrorDisplay by name."""
    name = check_name(target_name, y_true, caller=caller)
    y_true, sample_weight = check_targets(y_true, sample_weight, caller=caller, name=y_name)
    y_train, train_weight = check_targets(
        y_train, train_weight, caller=caller, name="y_train", weight_name="train_sample_weight"
    )
    y_pred = check_predictions(y_pred, y_true, caller=caller)
    metric_name, metric = _check_metric(metric, caller)
    density = _check_density(density, caller)

    train_weight, y_train = drop_unweighted(train_weight, y_train)
    sample_weight, y_true, *predicted = drop_unweighted(sample_weight, y_true, *y_pred.values())
    both = np.concatenate([y_train, y_true])
    check_range(y_train, caller=caller, name="y_train")
    check_range(both, caller=caller, name=y_name)
    scale = choose_scale(xscale, both, caller=caller)
    edges = histogram_edges(bins, both, None, scale, caller=caller, max_bins=MOST_WITH_ERRORS)
    target_bins = TargetBins(edges)
    counts = np.histogram(y_train, edges, weights=train_weight)[0]
    how = {"bins": edges, "many": many, "few": few, "sample_weight": train_weight}
    shots = shot_labels(y_train, target_bins.centers, **how)
    effective = density.fit(y_train, sample_weight=train_weight).density(target_bins.centers)

    index = target_bins.index(y_true)
    n_test = target_bins.sums(index)
    errors = {key: np.full(target_bins.n_bins, np.nan) for key in y_pred}
    for values, error in zip(predicted, errors.values()):
        by_bin = metrics_by_group(
            y_true, values, index, metrics=metric, sample_weight=sample_weight, caller=caller
        )
        for bin_, value in by_bin.items():
            error[bin_] = value[metric_name]
    for key, values in errors.items():
        if np.isinf(values).any() or np.isnan(values).all():
            got = "infinite" if np.isinf(values).any() else "NaN in all bins"
            raise parameter_error("metric", caller, "finite", f"{got} for {key!r}")
    densities = {"empirical": counts / np.diff(edges), "effective": effective}
    filled = n_test > 0
    return {
        "bin_edges": edges,
        "counts": counts,
        "n_test": n_test,
        "errors": errors,
        "shots": shots,
        "thresholds": shot_thresholds(y_train, **how),
        "density": effective,
        "correlations": {
            key: {kind: weighted_pearson(d[filled], e[filled]) for kind, d in densities.items()}
            for key, e in errors.items()
        },
        "metric": ERRORS.get(metric_name, metric_name),
        "weighted": train_weight is not None,
        "xscale": scale,
        "yscale": _choose_yscale(yscale, errors, caller),
        "target_name": name,
    }


def _choose_yscale(yscale, errors, caller):
    """Return "linear" or "log"."""
    if not isinstance(yscale, str) or yscale not in ("auto", "linear", "log"):
        raise parameter_error("yscale", caller, "'auto', 'linear' or 'log'", repr(yscale))
    errors = np.concatenate(list(errors.values()))
    errors = errors[np.isfinite(errors)]
    positive = len(errors) > 0 and errors.min() > 0
    if yscale == "auto":
        return "log" if positive and errors.max() > _LONG * np.median(errors) else "linear"
    if yscale == "log" and not positive:
        raise parameter_error("yscale", caller, "'linear' where an error is 0", "'log'")
    return yscale


def _check_metric(metric, caller):
    """Return the name of an error, and it as a parameter `metrics`."""
    if callable(metric) and not isinstance(metric, type):
        name = getattr(metric, "__name__", type(metric).__name__)
        name = "error" if name == "<lambda>" else name.replace("_", " ")
        return name, {name: metric}
    if not isinstance(metric, str) or metric not in ERRORS:
        accepted = f"one of {', '.join(map(repr, ERRORS))}, or a function"
        raise parameter_error("metric", caller, accepted, repr(metric))
    return metric, [metric]


def _check_density(density, caller):
    """Return an unfitted density."""
    if density is None:
        return TargetDensity()
    if not isinstance(density, TargetDensity):
        raise parameter_error(
            "density", caller, "a TargetDensity or None", type(density).__name__, error=TypeError
        )
    return clone(density)
