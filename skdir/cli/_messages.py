"""What the command line says of errors and warnings: in the words of its options, and no others."""

import inspect
import os
import re
import sys
import warnings
from contextlib import contextmanager

from skdir.utils._text.safe import printable

_OPTIONS = {
    "bins": "--bins",
    "cv": "--cv",
    "max_overall_cost": "--max-overall-cost",
    "memory": "--memory",
    "n_jobs": "--jobs",
    "prefer": "--recommend",
    "random_state": "--seed",
    "regressor": "--regressor",
    "strategies": "--strategies",
}
_PARAMETER = re.compile(r"the '(\w+)' parameter( of \w+)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,e+-]*")
_ENVIRONMENT = "PYTHONWARNINGS"
_LONGEST = 1000


def in_options(error, target):
    """Return the message of an error with options in the place of parameters."""

    def name(match):
        if match[1] == "y":
            return f"the target {target!r}"
        return _OPTIONS.get(match[1], match[0])

    text = _PARAMETER.sub(name, str(error))
    return text.replace(" or strictly increasing edges", "")


def say(text, file=None):
    """Print one line on stderr, in which control characters are shown."""
    line = printable(" ".join(str(text).split()))
    if len(line) > _LONGEST:
        line = f"{line[:_LONGEST]} ..."
    print(f"skdir: {line}", file=sys.stderr if file is None else file, flush=True)


def of_system(error):
    """Return what an error of the operating system says, without its number."""
    if error.strerror is None:
        return str(error)
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror


@contextmanager
def own_warnings_alone():
    """Print warnings of skdir as notes, each once; those of other packages are for programmers.

    In the processes that are started there are none.
    """
    said = set()

    def show(message, category, filename, lineno, file=None, line=None):
        kind = _NUMBER.sub("#", str(message))  # the same in each fold, but for its numbers
        if _warned_by().partition(".")[0] == "skdir" and kind not in said:
            said.add(kind)
            say(f"note: {message}")

    before = os.environ.get(_ENVIRONMENT)
    os.environ[_ENVIRONMENT] = "ignore"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = show
            yield
    finally:
        if before is None:
            os.environ.pop(_ENVIRONMENT, None)
        else:
            os.environ[_ENVIRONMENT] = before


def _warned_by():
    """Return the name of the module that is warning, which need not be the one that is blamed."""
    frame = inspect.currentframe().f_back.f_back
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name not in ("warnings", "_py_warnings"):
            return name
        frame = frame.f_back
    return ""
