"""One strategy in one fold: fitted, measured, and remembered on disk when asked."""

import os
import time
import traceback
import warnings
from contextlib import nullcontext
from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.base import clone

from skdir.comparison._run.parallel import Portable, one_thread
from skdir.comparison._run.quiet import quiet
from skdir.comparison._run.scores import METRICS, Regions, fold_metrics
from skdir.comparison._run.versions import used_versions
from skdir.utils._fitting.fit import fit_regressor, take_rows
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._text.safe import printable
from skdir.utils._text.warnings import hold_warnings
from skdir.utils._validation import parameter_error


@dataclass(frozen=True)
class Task:
    """One strategy in one fold.

    `params` are those of `fit`, and `key` tells what is remembered of it from other tasks, None if
    nothing is.
    """

    name: str
    fold: int
    estimator: Portable
    params: dict
    train: np.ndarray
    test: np.ndarray
    regions: Regions
    key: str | None


def check_memory(memory, *, caller):
    """Return a joblib Memory, for a folder or one that is given; None for None."""
    if memory is None or isinstance(memory, joblib.Memory):
        return memory
    got = repr(memory)
    if isinstance(memory, (str, os.PathLike)) and os.fspath(memory):
        try:
            return joblib.Memory(os.fspath(memory), verbose=0)
        except (OSError, ValueError) as error:  # such as a file of this name
            got += f" ({error})"
    raise parameter_error("memory", caller, "None, a folder or a joblib.Memory", got)


def task_keys(estimators, folds, data, fit_params):
    """Return the key of each (strategy, fold): what its predictions depend on.

    Parameters
    ----------
    estimators : dict of str to estimator object
        Unfitted; their classes and parameters enter, and the versions of their packages.

    folds : list of (ndarray, ndarray)
        Training and test rows.

    data : object
        Features, targets and weights.

    fit_params : dict of str to dict
        Parameters of `fit`, for each strategy.

    Returns
    -------
    keys : dict of (str, int) to str
        A strategy that cannot be pickled has none, with a warning: it is fitted each time.
    """
    keys, data_key = {}, joblib.hash(data)
    fold_keys = [joblib.hash(fold) for fold in folds]
    for name, estimator in estimators.items():
        try:
            own = joblib.hash((estimator, used_versions(estimator), fit_params[name]))
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


def run_task(task, data, memory, single):
    """Fit, predict and score one strategy in one fold; a failure is part of the outcome.

    Predictions and times are remembered, not failures and not metrics: other bins or another share
    of rare rows need no new fits.

    Parameters
    ----------
    task : Task
        What to do.

    data : (X, ndarray, ndarray or None)
        Features, targets and weights of all rows.

    memory : joblib.Memory or None
        Where predictions are remembered.

    single : bool
        Whether native libraries have one thread meanwhile.

    Returns
    -------
    name, fold, outcome : str, int, dict
        Metrics, times and predictions by name, the error, and what the fit warned of.
    """
    _, y, weight = data
    test = task.test
    outcome = {"y_pred": np.full(len(test), np.nan), "error": "", "traceback": "", "warnings": []}
    outcome |= dict.fromkeys((*METRICS, "fit s", "predict s"), np.nan)
    try:
        with one_thread() if single else nullcontext():
            predicted, seconds, outcome["warnings"] = _remembered(task, data, memory)
        part = None if weight is None else weight[test]
        outcome |= fold_metrics(y[test].astype(np.float64).ravel(), predicted, task.regions, part)
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), "")
        outcome["error"] = printable(f"{type(error).__name__}: {first_line}")
        outcome["traceback"] = traceback.format_exc()
    else:
        outcome |= {"y_pred": predicted, "fit s": seconds[0], "predict s": seconds[1]}
    return task.name, task.fold, outcome


def _remembered(task, data, memory):
    """Return predictions, times and warnings, those of an earlier call where there are some."""
    if memory is None or task.key is None:
        return fit_and_predict(task.key, task, data)
    call = memory.cache(fit_and_predict, ignore=["task", "data"])
    arguments = (task.key, task, data)
    if call.check_call_in_cache(*arguments):
        shelf = call.call_and_shelve(*arguments)
        try:
            found = shelf.get()
        except Exception:  # whatever a damaged file makes pickle do
            found = None
        if _is_outcome(found, len(task.test)):
            return found
        warnings.warn(
            f"What is remembered of {task.name!r} in fold {task.fold} cannot be read, so it is "
            "fitted again.",
            UserWarning,
            stacklevel=2,
        )
        shelf.clear()
    return call(*arguments)


def _is_outcome(found, n_test):
    """Tell whether something that was read is what `fit_and_predict` returns."""
    try:
        predicted, (fit_seconds, predict_seconds), held = found
        return (
            isinstance(predicted, np.ndarray)
            and (predicted.dtype, predicted.shape) == (np.float64, (n_test,))
            and bool(np.isfinite(predicted).all())
            and isinstance(fit_seconds, float)
            and isinstance(predict_seconds, float)
            and all(isinstance(message, str) for message, _ in held)
        )
    except (TypeError, ValueError):
        return False


def fit_and_predict(key, task, data):
    """Return the predictions of the test rows, the seconds of fit and predict, and warnings.

    Only `key` tells a remembered call from another one; it stands for all the rest.
    """
    (X, y, weight), train, test = data, task.train, task.test
    estimator = quiet(clone(task.estimator.value))
    params = take_rows(task.params, train, len(y))
    start = time.perf_counter()
    part = None if weight is None else weight[train]
    with hold_warnings() as held:  # which every fold would repeat
        fitted = fit_regressor(estimator, _safe_indexing(X, train), y[train], part, params)
    middle = time.perf_counter()
    predicted = np.asarray(fitted.predict(_safe_indexing(X, test)), dtype=np.float64)
    end = time.perf_counter()
    if predicted.shape != (len(test),) and predicted.shape != (len(test), 1):
        raise ValueError(f"predictions of shape {predicted.shape} for {len(test)} rows")
    predicted = predicted.ravel()
    if not np.isfinite(predicted).all():
        raise ValueError(f"{int((~np.isfinite(predicted)).sum())} predictions are not finite")
    return predicted, (middle - start, end - middle), held
