"""Runs that are remembered in a file of JSON lines, so that an interrupted benchmark goes on."""

import argparse
import json
import os
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np


class Runs:
    """Results by key, in the folder of temporary files or in another.

    The file knows nothing of the code: remove it after a change of what is run.
    """

    def __init__(self, name, folder=None):
        self.path = Path(folder or tempfile.gettempdir()) / f"skdir-{name}.jsonl"
        self._done, self._asked = {}, set()
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            try:
                record = json.loads(line)
            except json.JSONDecodeError:  # cut off by an interruption
                continue
            self._done[tuple(record["key"])] = record

    def get(self, function, *arguments):
        """Return what a function returns for its arguments, which are text and numbers."""
        key = (function.__name__, *arguments)
        if key not in self._done:
            start, used = perf_counter(), process_time()
            result = function(*arguments)
            record = {
                "key": key, "seconds": round(process_time() - used, 2), "result": result,
            }  # fmt: skip
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
            self._done[key] = json.loads(json.dumps(record))  # the same from both sources
            print(f"{' '.join(map(str, key))}: {perf_counter() - start:.1f} s", flush=True)
        self._asked.add(key)
        return self._done[key]["result"]

    def minutes(self):
        """Return the minutes of the processor in all that was asked for."""
        return sum(self._done[key]["seconds"] for key in self._asked) / 60


def mean_and_error(values, decimals=None):
    """Format the mean of some runs and its standard error, by default four digits of the mean."""
    values = np.asarray(values, dtype=float)
    if decimals is None:
        decimals = max(3 - int(np.floor(np.log10(abs(values.mean()) or 1))), 0)
    if len(values) < 2:
        return f"{values.mean():.{decimals}f}"
    error = values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.{decimals}f} ± {error:.{decimals}f}"


def parse_options(description, results, shared):
    """Return the options of a benchmark with seeds and remembered runs."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed, little data, no file")
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds")
    parser.add_argument("--memory", type=Path, help="folder of the runs (default: temporary)")
    parser.add_argument("--output", type=Path, default=results, help="file for the results")
    options = parser.parse_args()
    if not (shared / "data").is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to their folder")
    return options


def one_thread():
    """Keep to one thread, also in libraries that were imported before."""
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
