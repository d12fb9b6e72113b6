"""One strategy in one fold: fitted, measured, and remembered on disk when asked."""

import os
import time
import traceback
import warnings

import joblib
import numpy as np
from sklearn.base import clone

from skdir.comparison._scores import METRICS, fold_metrics
from skdir.comparison._versions import used_versions
from skdir.utils._fitting import fit_regressor
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._validation import parameter_error


def check_memory(memory, *, caller):
    """Return a joblib Memory, for a folder or one that is given; None for None."""
    if memory is None or isinstance(memory, joblib.Memory):
        return memory
    if isinstance(memory, (str, os.PathLike)) and os.fspath(memory):
        return joblib.Memory(os.fspath(memory), verbose=0)
    raise parameter_error("memory", caller, "None, a folder or a joblib.Memory", repr(memory))


def task_keys(estimators, folds, data):
    """Return the key of each (strategy, fold): what its predictions depend on.

    Parameters
    ----------
    estimators : dict of str to estimator object
        Unfitted; their classes and parameters enter, and the versions of their packages.

    folds : list of (ndarray, ndarray)
        Training and test rows.

    data : object
        Features, targets and weights.

    Returns
    -------
    keys : dict of (str, int) to str
        A strategy that cannot be pickled has none, with a warning: it is fitted each time.
    """
    keys, data_key = {}, joblib.hash(data)
    fold_keys = [joblib.hash(fold) for fold in folds]
    for name, estimator in estimators.items():
        try:
            own = joblib.hash((estimator, used_versions(estimator)))
        except Exception as error:
            warnings.warn(
                f"The strategy {name!r} cannot be remembered, since it cannot be pickled: {error}",
                UserWarning,
                stacklevel=3,
            )
            continue
        for fold, fold_key in enumerate(fold_keys):
            keys[name, fold] = joblib.hash((data_key, own, fold_key))
    return keys


def run_task(task, estimator, X, y, weight, train, test, regions, memory, key):
    """Fit, predict and score one strategy in one fold; a failure is part of the outcome.

    Predictions and times are remembered, not failures and not metrics: other bins or another share
    of rare rows need no new fits.
    """
    outcome = {"y_pred": np.full(len(test), np.nan), "error": "", "traceback": ""}
    outcome |= dict.fromkeys((*METRICS, "fit s", "predict s"), np.nan)
    try:
        call = fit_and_predict
        if memory is not None and key is not None:
            call = memory.cache(
                fit_and_predict, ignore=["estimator", "X", "y", "weight", "train", "test"]
            )
        predicted, seconds = call(key, estimator, X, y, weight, train, test)
        part = None if weight is None else weight[test]
        outcome |= fold_metrics(y[test].astype(np.float64).ravel(), predicted, regions, part)
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), "")
        outcome["error"] = f"{type(error).__name__}: {first_line}"
        outcome["traceback"] = traceback.format_exc()
    else:
        outcome |= {"y_pred": predicted, "fit s": seconds[0], "predict s": seconds[1]}
    return task, outcome


def fit_and_predict(key, estimator, X, y, weight, train, test):
    """Return the predictions of the test rows, and the seconds of fit and predict.

    Only `key` tells a remembered call from another one; it stands for all the rest.
    """
    start = time.perf_counter()
    part = None if weight is None else weight[train]
    fitted = fit_regressor(clone(estimator), _safe_indexing(X, train), y[train], part)
    middle = time.perf_counter()
    predicted = np.asarray(fitted.predict(_safe_indexing(X, test)), dtype=np.float64)
    end = time.perf_counter()
    if predicted.shape != (len(test),) and predicted.shape != (len(test), 1):
        raise ValueError(f"predictions of shape {predicted.shape} for {len(test)} rows")
    predicted = predicted.ravel()
    if not np.isfinite(predicted).all():
        raise ValueError(f"{int((~np.isfinite(predicted)).sum())} predictions are not finite")
    return predicted, (middle - start, end - middle)
