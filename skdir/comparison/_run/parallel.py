"""Tasks on any backend of joblib, each with one thread of native libraries."""

import os
import threading
from contextlib import contextmanager

from joblib import wrap_non_picklable_objects
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import ThreadpoolController

_BLAS = threading.Lock()


class Portable:
    """An object that reaches other processes although its class is local to a function.

    Parameters
    ----------
    value : object
        What is wrapped; copies in other processes have it under the same name.
    """

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return Portable, (wrap_non_picklable_objects(self.value, keep_wrapper=False),)


def run_all(function, values, n_jobs):
    """Call a function with each of several values.

    Parameters
    ----------
    function : callable
        Function of a module.

    values : list
        The argument of each call.

    n_jobs : int or None
        As in joblib.

    Yields
    ------
    result : object
        What the function returned, each as soon as it is there. Backends that hand back all at
        once, such as "multiprocessing" or Ray's, end all calls first.
    """
    tasks = [delayed(function)(value) for value in values]
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    except ValueError:  # by which joblib says that the backend has no such results
        parallel = Parallel(n_jobs=n_jobs)
    yield from parallel(tasks)


def is_one_thread_wanted():
    """Tell whether fits get one thread: not if the user has set a number for native libraries.

    Workers of joblib would have as many as there are cores for each of them, and this process as
    many as there are cores: sums in another order, and on busy cores threads that wait for each
    other longer than they work.
    """
    backend, _ = get_active_backend()
    number = getattr(backend, "inner_max_num_threads", None)  # not all backends have one
    return "OMP_NUM_THREADS" not in os.environ and number is None


@contextmanager
def one_thread():
    """Limit native libraries to one thread, OpenMP for this thread and BLAS for all of the process.

    Only one thread at a time sets the number of BLAS and takes it back: two would take back what
    the other has set.
    """
    controller = ThreadpoolController()
    is_first = _BLAS.acquire(blocking=False)
    try:
        with (controller if is_first else controller.select(user_api="openmp")).limit(limits=1):
            yield
    finally:
        if is_first:
            _BLAS.release()
