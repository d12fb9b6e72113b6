"""Exponents of growth, and the tables that `benchmarks.growth` makes of them."""

from dataclasses import dataclass

import numpy as np

from benchmarks._shared.timing import seconds
from benchmarks.growth.works import ORDERS, PANELS

# An exponent that is farther from the expected one than this is pointed out.
TOLERANCE = 0.2

METHOD = (
    "Times are those of the processor, on one thread, and the best of two to thirty calls in "
    "turns, fewer where they take long. The exponent a of time ~ size^a is the slope of a line "
    "through the logarithms of the larger half of the sizes, by least squares, so that a fixed "
    "cost does not hide the growth; behind it is the slope's standard error. In brackets behind "
    "an order stands the slope of a line through the order itself at the same sizes. An exponent "
    f"that is more than {TOLERANCE} above is called **faster**, one that is more than {TOLERANCE} "
    "below *slower*: part of the cost does not grow. Memory is the peak of what Python and numpy "
    "allocate during the call, its result included and its input not; torch's is not traced. "
    "Targets are log-normal, features normal, seeds fixed."
)
CAVEAT = (
    "The system's share is the part of the time at the largest size that the operating system "
    "takes, nearly all of it for memory that it hands out in fresh pages and clears. Up to some "
    "32 MB the allocator reuses memory, above it every array is a fresh one, so that the time of "
    "works on 4,000,000 targets and more rises by a step that is no growth. numpy.multiply and "
    "numpy.argsort show what a larger array alone costs: the first leaves the cache, the second "
    "jumps about in memory."
)


@dataclass
class Growth:
    """An exponent with its standard error, and the range in which it should be."""

    exponent: float
    error: float
    lowest: float
    highest: float

    @property
    def verdict(self):
        """Tell whether the exponent is as it should be."""
        if self.exponent > self.highest + TOLERANCE:
            return "faster"
        return "slower" if self.exponent < self.lowest - TOLERANCE else ""

    def __str__(self):
        return f"{self.exponent:.2f} ± {self.error:.2f}"


def slope(sizes, values):
    """Return the slope of a line through logarithms and its standard error."""
    x, z = np.log(sizes), np.log(values)
    x = x - x.mean()
    slope = (x @ z) / (x @ x)
    rest = z - z.mean() - slope * x
    return slope, np.sqrt(rest @ rest / max(len(x) - 2, 1) / (x @ x))


def growth(sizes, values, lowest, highest):
    """Fit the exponent of values over the larger half of the sizes."""
    half = slice(len(sizes) // 2, None)
    sizes = np.array(sizes)[half]
    ends = [slope(sizes, ORDERS[order](sizes))[0] for order in (lowest, highest or lowest)]
    return Growth(*slope(sizes, np.array(values)[half]), *ends)


@dataclass
class Line:
    """A work in a table."""

    name: str
    order: str
    time: Growth
    at: str
    seconds: str
    system: str
    bytes: str
    memory: Growth | None


def lines(panel, found):
    """Yield the lines of a panel's table."""
    for work in panel.works:
        one = found[work.name]
        time = growth(one["sizes"], one["seconds"], work.lowest, work.highest)
        ends = sorted({f"{time.lowest:.2f}", f"{time.highest:.2f}"}, key=float)
        memory = growth(one["sizes"], one["bytes"], "1", "s") if one["bytes"] else None
        yield Line(
            work.name,
            f"{panel.order(work)} ({' to '.join(ends)})",
            time,
            f"{one['sizes'][-1]:,}",
            seconds(one["seconds"][-1]),
            f"{one['system']:.0%}",
            size(one["bytes"][-1]) if one["bytes"] else "",
            memory,
        )


def size(n_bytes):
    """Format a number of bytes with a unit that suits it."""
    return f"{n_bytes / 1e3:.2g} kB" if n_bytes < 1e5 else f"{n_bytes / 1e6:.3g} MB"


def report(found, quick):
    """Return the whole report in Markdown."""
    kind = "quick run with smaller sizes, not a result" if quick else "full run"
    parts = [
        "# How time and memory grow",
        f"Made by `python -m benchmarks.growth` ({kind}). {METHOD} {CAVEAT}",
        found["machine"],
    ]
    for panel in PANELS:
        head = ["work", "should grow as", "exponent of time", ""]
        head += [f"largest {panel.symbol}", "time there", "system's share"]
        head += ["memory there", "exponent of memory"] if panel.memory else []
        rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
        for line in lines(panel, found["panels"][panel.title]):
            mark = {"faster": "**faster**", "slower": "*slower*"}.get(line.time.verdict, "")
            cells = [line.name, line.order, str(line.time), mark]
            cells += [line.at, line.seconds, line.system]
            if panel.memory:
                faster = line.memory and line.memory.verdict == "faster"
                cells += [line.bytes, f"{line.memory or ''}{' **faster**' if faster else ''}"]
            rows.append("| " + " | ".join(cells) + " |")
        parts += [f"## {panel.title}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"
