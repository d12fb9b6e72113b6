"""Signs of life of a long comparison where stderr is no terminal."""

import sys
import time
from contextlib import nullcontext
from itertools import chain, repeat
from threading import Event, Thread

SECONDS = (15, 15, 30, 60)  # between lines, the last for ever: what takes seconds needs none


class Lines:
    """Context of a callable for `compare_strategies` that counts fits, and prints lines of them.

    They come from a thread, so that one long fit is not taken for a program that hangs.
    """

    def __init__(self):
        self._done, self._over = "the first fit runs", Event()

    def __call__(self, done, total, strategy, fold):
        self._done = f"{done} of {total} fits"

    def __enter__(self):
        self._start = time.monotonic()
        self._thread = Thread(target=self._print, args=(sys.stderr,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._over.set()
        self._thread.join()

    def _print(self, stream):
        for seconds in chain(SECONDS, repeat(SECONDS[-1])):
            if self._over.wait(seconds):
                return
            passed = time.monotonic() - self._start
            print(f"skdir: {self._done}, {passed:.0f} s", file=stream, flush=True)


def progress_of(wanted):
    """Return a context whose value is the `progress` of `compare_strategies`."""
    return Lines() if wanted and not sys.stderr.isatty() else nullcontext(wanted)
