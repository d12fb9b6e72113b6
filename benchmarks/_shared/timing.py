"""Time and memory of calls, the machine, and the table that reports them."""

import datetime
import gc
import os
import platform
import tracemalloc
from dataclasses import dataclass
from time import perf_counter

import numpy
import scipy
import sklearn

import skdir


def alternate(calls, repeats, *, warm_up=True, in_a_row=1, clock=perf_counter):
    """Return the best time of each call in seconds, the calls taking turns.

    Turns, because the speed of a shared machine drifts: both sides of a ratio see the same drift.
    Every second round runs in reverse order, so that no side always comes after the same one.
    `in_a_row` calls per turn let each side find its own arrays in the caches. `clock` may be
    `time.process_time`: that of a process is not lengthened by others that take its turn.
    """
    best = dict.fromkeys(calls, float("inf"))
    if warm_up:
        for call in calls.values():
            call()
    gc.collect()
    for turn in range(repeats):
        for name in list(calls)[:: 1 if turn % 2 == 0 else -1]:
            for _ in range(in_a_row):
                start = clock()
                result = calls[name]()
                best[name] = min(best[name], clock() - start)
                del result  # outside of the time: the other side frees nothing either
    return best


def peak_memory(call):
    """Return the peak of the memory allocated during a call in bytes, its result included."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = call()
        peak = tracemalloc.get_traced_memory()[1] - before
        del result
    finally:
        tracemalloc.stop()
    return peak


def seconds(value):
    """Format a time with a unit that suits it."""
    if value < 1e-3:
        return f"{value * 1e6:.3g} us"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"


@dataclass
class Row:
    """One measured pair; `met` is None where there is no goal."""

    what: str
    skdir: str
    other: str
    ratio: str
    goal: str = ""
    met: bool | None = None


def table(rows, *, judged):
    """Return rows as a Markdown table; without `judged` no goal is called met."""
    lines = [
        "| what | skdir | other side | ratio | goal | verdict |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        verdict = "" if row.met is None else "met" if row.met else "**not met**"
        if row.met is not None and not judged:
            verdict = "not judged (quick)"
        cells = [row.what, row.skdir, row.other, row.ratio, row.goal, verdict]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine():
    """Describe the machine and the versions in one line each."""
    return "\n".join(
        [
            f"- Date: {datetime.datetime.now(datetime.UTC).date().isoformat()}",
            f"- Processor: {_processor()}, {os.cpu_count()} cores, load before the run "
            f"{os.getloadavg()[0]:.1f}",
            f"- Python {platform.python_version()}, numpy {numpy.__version__}, "
            f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
            f"skdir {skdir.__version__}",
        ]
    )


def _processor():
    """Return the processor's name, as well as the system tells it."""
    fields = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                fields.setdefault(key.strip(), value.strip())
    except OSError:
        return platform.processor() or platform.machine()
    name = fields.get("model name", platform.machine())
    if "cpu family" in fields and "model" in fields:
        name += f" (family {fields['cpu family']}, model {fields['model']})"
    return name
