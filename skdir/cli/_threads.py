"""The number of threads of a regressor that has threads of its own."""

import os


def n_threads():
    """Return one, or the number in the environment variable ``OMP_NUM_THREADS``.

    The threads of gradient boosting wait for each other in a loop. On processors that have other
    work, or are fewer than they seem, two of them take several times as long as one. All others get
    their number from `compare_strategies`.
    """
    try:
        return max(int(os.environ["OMP_NUM_THREADS"].partition(",")[0]), 1)
    except (KeyError, ValueError):
        return 1
