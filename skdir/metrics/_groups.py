"""Metrics by group of rows."""

import numpy as np

from skdir.metrics._shots.metrics import evaluate_metrics, resolve_metrics
from skdir.metrics._validation import check_pair
from skdir.utils._validation import drop_unweighted, parameter_error, plain_array


def metrics_by_group(
    y_true, y_pred, groups, *, metrics=("mae",), sample_weight=None, caller="metrics_by_group"
):
    """Compute metrics for each group of rows.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Observed targets.

    y_pred : array-like of shape (n_samples,)
        Predicted targets.

    groups : array-like of shape (n_samples,)
        The group of each row: numbers or strings, such as the bin of its target or its shot.

    metrics : sequence of str or dict of str to callable, default=('mae',)
        Names among "gm" (geometric mean absolute error), "mae", "mse", "pearson", "rmse" and
        "spearman", or functions ``metric(y_true, y_pred)`` by name, which are also handed
        ``sample_weight`` where it is given.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice.

    caller : str, default="metrics_by_group"
        Name of the class or function for the message.

    Returns
    -------
    values : dict of dict of str to float
        For each group with rows of positive weight, in ascending order, the value of each metric.

    Raises
    ------
    ValueError
        If an input is empty, not numeric or not finite, if lengths differ, or if a metric is
        unknown or does not return one number.

    See Also
    --------
    ShotReport : Errors by how many training rows there are near a target.

    Notes
    -----
    The cost is O(n log n), and that of the metrics.

    Examples
    --------
    >>> from skdir.metrics import metrics_by_group
    >>> metrics_by_group([1, 2, 3, 4], [1, 4, 3, 3], ["low", "low", "high", "high"])
    {'high': {'mae': 0.5}, 'low': {'mae': 1.0}}
    """
    metrics = resolve_metrics(metrics, caller=caller)
    y_true, y_pred, weight = check_pair(y_true, y_pred, sample_weight, caller=caller)
    accepted = f"a 1-d array of {len(y_true)} numbers or strings, one for each row"
    groups = plain_array(groups, caller=caller, name="groups", accepted=accepted)
    if groups.shape != y_true.shape:
        raise parameter_error("groups", caller, accepted, f"shape {groups.shape}")
    weight, y_true, y_pred, groups = drop_unweighted(weight, y_true, y_pred, groups)
    names, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    # each group as its rows came, since the last digits of sums depend on their order
    rows = np.split(np.argsort(index, kind="stable"), np.cumsum(counts)[:-1])
    return {
        name: evaluate_metrics(
            metrics,
            y_true[part],
            y_pred[part],
            None if weight is None else weight[part],
            caller=caller,
        )
        for name, part in zip(names.tolist(), rows)
    }
