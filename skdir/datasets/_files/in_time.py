"""Calls that may never return."""

import queue
import threading


def in_time(function, longest, *, late=None):
    """Return the result of a function, or give it up.

    Parameters
    ----------
    function : callable
        Takes nothing. It runs in a thread, which is left alone when it takes too long.

    longest : float
        Seconds to wait.

    late : callable, default=None
        Takes a result that nobody waits for any more.

    Returns
    -------
    result : object
        What the function returns.

    Raises
    ------
    TimeoutError
        If it takes longer. What the function raises is raised, too.
    """
    results, given_up = queue.SimpleQueue(), threading.Event()

    def run():
        try:
            result, error = function(), None
        except BaseException as raised:  # for the thread that waits
            result, error = None, raised
        results.put((result, error))
        if late is not None and error is None and given_up.is_set():
            late(result)

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = results.get(timeout=longest)
    except queue.Empty:
        raise TimeoutError(f"no answer came in {longest} s") from None
    finally:
        given_up.set()
    if error is not None:
        raise error
    return result
