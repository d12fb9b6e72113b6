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

from skdir.comparison._run.parallel import Portable, is_one_thread_wanted, one_thread, run_all
from skdir.comparison._run.quiet import quiet
from skdir.comparison._run.results import Failure
from skdir.comparison._run.scores import METRICS, TIMES, Regions, fold_metrics
from skdir.comparison._run.versions import used_versions
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._fitting.rows import take_rows, take_weight
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._text.safe import printable
from skdir.utils._text.warnings import hold_warnings, warn_user
from skdir.utils._validation import parameter_error


@dataclass(frozen=True)
class Data:
    """What the fits get of all rows: features, targets, weights, and parameters by strategy."""

    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None
    params: dict


@dataclass(frozen=True)
class Task:
    """One strategy in one fold, and all that its fit needs.

    `key` tells what is remembered of it in `memory` from other tasks; without a key nothing is.
    `single` is whether native libraries have one thread meanwhile.
    """

    name: str
    fold: int
    estimator: Portable
    train: np.ndarray
    test: np.ndarray
    regions: Regions
    data: Data
    memory: joblib.Memory | None
    key: str | None
    single: bool


@dataclass(frozen=True)
class TaskOutcome:
    """Predictions and metrics of one strategy in one fold, NaN if it failed, and warnings."""

    name: str
    fold: int
    predicted: np.ndarray
    values: dict
    failure: Failure | None = None
    warnings: tuple = ()


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


def make_tasks(estimators, folds, regions, data, memory):
    """Return a task for each strategy and fold.

    Parameters
    ----------
    estimators : dict of str to estimator object
        The strategies, unfitted.

    folds : list of (ndarray, ndarray)
        Training and test rows.

    regions : list of Regions
        What is rare, for each fold.

    data : Data
        Of all rows.

    memory : joblib.Memory or None
        Where predictions are remembered.

    Returns
    -------
    tasks : list of Task
        Strategy by strategy.
    """
    keys = {} if memory is None else _task_keys(estimators, folds, data)
    single = is_one_thread_wanted()
    return [
        Task(
            name=name,
            fold=fold,
            estimator=portable,
            train=train,
            test=test,
            regions=regions[fold],
            data=data,
            memory=memory,
            key=keys.get((name, fold)),
            single=single,
        )
        for name, portable in ((name, Portable(made)) for name, made in estimators.items())
        for fold, (train, test) in enumerate(folds)
    ]


def _task_keys(estimators, folds, data):
    """Return what the predictions of each (strategy, fold) depend on, as a key.

    That is the data, the rows of the fold, the class and parameters of the estimator, and the
    versions of its packages. A strategy that cannot be pickled has no key, with a warning: it is
    fitted each time.
    """
    keys, data_key = {}, joblib.hash((data.X, data.y, data.sample_weight))
    fold_keys = [joblib.hash(fold) for fold in folds]
    for name, estimator in estimators.items():
        try:
            own = joblib.hash((estimator, used_versions(estimator), data.params[name]))
        except Exception as error:
            warn_user(
                f"The strategy {name!r} cannot be remembered, since it cannot be pickled: {error}"
            )
            continue
        for fold, fold_key in enumerate(fold_keys):
            keys[name, fold] = joblib.hash((data_key, own, fold_key))
    return keys


def run_tasks(tasks, n_jobs, advance):
    """Run all tasks, in processes as joblib has them.

    Parameters
    ----------
    tasks : list of Task
        What to do.

    n_jobs : int or None
        As in joblib.

    advance : callable
        Called with the names of strategy and fold as soon as a task is done.

    Returns
    -------
    outcomes : list of TaskOutcome
        In the order of the tasks.
    """
    done = {}
    with one_thread() if tasks[0].single else nullcontext():
        for outcome in run_all(run_task, tasks, n_jobs):
            done[outcome.name, outcome.fold] = outcome
            advance(outcome.name, outcome.fold)
    return [done[task.name, task.fold] for task in tasks]


def run_task(task):
    """Fit, predict and score one strategy in one fold; a failure is part of the outcome.

    Predictions and times are remembered, not failures and not metrics: other bins or another share
    of rare rows need no new fits.

    Parameters
    ----------
    task : Task
        What to do.

    Returns
    -------
    outcome : TaskOutcome
        What came of it.
    """
    test, data, held = task.test, task.data, ()
    try:
        with one_thread() if task.single else nullcontext():
            predicted, seconds, held = _remembered(task)
        y = data.y[test].astype(np.float64).ravel()
        weight = take_weight(data.sample_weight, test)
        values = fold_metrics(y, predicted, task.regions, weight) | dict(zip(TIMES, seconds))
        failure = None
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), "")
        failure = Failure(
            printable(f"{type(error).__name__}: {first_line}"), traceback.format_exc()
        )
        predicted = np.full(len(test), np.nan)
        values = dict.fromkeys((*METRICS, *TIMES), np.nan)
    return TaskOutcome(task.name, task.fold, predicted, values, failure, tuple(held))


def _remembered(task):
    """Return predictions, times and warnings, those of an earlier call where there are some."""
    if task.memory is None or task.key is None:
        return fit_and_predict(task.key, task)
    call = task.memory.cache(fit_and_predict, ignore=["task"])
    arguments = (task.key, task)
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


def fit_and_predict(key, task):
    """Return the predictions of the test rows, the seconds of fit and predict, and warnings.

    Only `key` tells a remembered call from another one; it stands for all the rest.
    """
    X, y, train, test = task.data.X, task.data.y, task.train, task.test
    estimator = quiet(clone(task.estimator.value))
    params = take_rows(task.data.params[task.name], train, len(y))
    weight = take_weight(task.data.sample_weight, train)
    start = time.perf_counter()
    with hold_warnings() as held:  # which every fold would repeat
        fitted = fit_regressor(estimator, _safe_indexing(X, train), y[train], weight, params)
    middle = time.perf_counter()
    predicted = np.asarray(fitted.predict(_safe_indexing(X, test)), dtype=np.float64)
    end = time.perf_counter()
    if predicted.shape != (len(test),) and predicted.shape != (len(test), 1):
        raise ValueError(f"predictions of shape {predicted.shape} for {len(test)} rows")
    predicted = predicted.ravel()
    if not np.isfinite(predicted).all():
        raise ValueError(f"{int((~np.isfinite(predicted)).sum())} predictions are not finite")
    return predicted, (middle - start, end - middle), held
