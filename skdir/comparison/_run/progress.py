"""The progress of a comparison: a bar, lines where there is no terminal, or a user's function."""

import sys
import time

import numpy as np

from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.safe import printable
from skdir.utils._validation import parameter_error

# Seconds between two lines.
_PAUSE = 10.0


class progress_of:
    """Context of a function to call after each fit, with the names of its strategy and fold.

    Parameters
    ----------
    progress : bool, "auto" or callable
        As in `compare_strategies`.

    names : list of str
        The strategies.

    n_folds : int
        Number of folds.

    caller : str
        For the message.
    """

    def __init__(self, progress, names, n_folds, *, caller):
        self._total, self._done = len(names) * n_folds, 0
        self._label = f"{len(names)} strategies, {n_folds} folds"
        self._show = self._stop = lambda *_: None
        if callable(progress):
            self._show = progress
        elif not isinstance(progress, (bool, np.bool_)) and progress != "auto":
            raise parameter_error(
                "progress", caller, "True, False, 'auto' or a callable", repr(progress)
            )
        elif progress == "auto":
            if sys.stderr is not None and sys.stderr.isatty() and (bar := _make_bar()):
                self._start_bar(bar)
        elif progress:
            bar = _make_bar()
            self._start_lines() if bar is None else self._start_bar(bar)

    def __enter__(self):
        return self._advance

    def __exit__(self, *exception):
        self._stop()

    def _advance(self, name, fold):
        self._done += 1
        self._show(self._done, self._total, name, fold)

    def _start_bar(self, bar):
        bar.start()
        task = bar.add_task(self._label, total=self._total)
        self._show, self._stop = lambda *_: bar.advance(task), bar.stop

    def _start_lines(self):
        start = last = time.monotonic()

        def show(done, total, name, fold):
            nonlocal last
            now = time.monotonic()
            if now - last >= _PAUSE or done == total:
                last = now
                text = f"{done} of {total} fits, {now - start:.0f} s"
                _write(text if done == total else f"{text}; last: {printable(name)}, fold {fold}")

        _write(f"{self._label}: {self._total} fits")
        self._show = show


def _make_bar():
    """Return a bar of rich, None where it is not installed or there is no screen for it."""
    try:
        module = import_optional_dependency("rich.progress", caller="progress")
        console = import_optional_dependency("rich.console", caller="progress").Console(stderr=True)
    except ImportError:
        return None
    if not (console.is_terminal or console.is_jupyter):
        return None
    return module.Progress(
        *module.Progress.get_default_columns(),
        module.MofNCompleteColumn(),
        console=console,
        transient=True,
    )


def _write(line):
    """Write a line to stderr at once, where a log can be followed."""
    if sys.stderr is not None:  # as under pythonw
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
