"""How time and memory grow with rows, features and bins, and whether they grow as they should.

Run ``python -m benchmarks.growth [--quick] [--redraw] [--output FOLDER]``. A full run writes
``results/growth.json`` (what was measured), ``results/growth.md`` (tables), ``results/growth.rst``
(what the page "How time grows" of the documentation includes) and the page's picture. ``--redraw``
makes the last three from the first, and from the results of the other speed benchmarks.
"""

import argparse
import json
import os
import resource
from pathlib import Path
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks._shared.places import RESULTS, ROOT
from benchmarks._shared.timing import alternate, machine, peak_memory, seconds
from benchmarks.growth.page import page
from benchmarks.growth.picture import draw
from benchmarks.growth.report import report
from benchmarks.growth.works import PANELS
from skdir.utils._text.writing import write_text

PICTURE = ROOT / "docs" / "images" / "growth.png"
# A quick run stops at these sizes, by the symbol of the size.
QUICK = {"n": 40_000, "p": 60, "b": 1_000}


def measure(panel, largest, budget):
    """Return sizes, seconds and bytes of each work of a panel.

    At each size the works take turns until `budget` seconds are spent, twice at least, each of
    them 30 times at most.
    """
    found = {work.name: {"sizes": [], "seconds": [], "bytes": []} for work in panel.works}
    for size in panel.sizes:
        if size > largest:
            break
        works = [work for work in panel.works if work.cap is None or size <= work.cap]
        calls = {work.name: work.make(size) for work in works}
        if size == panel.sizes[0]:  # imports, and whatever else is done once
            alternate(calls, 1, warm_up=False)
        best = alternate(calls, 1, warm_up=False, clock=process_time)
        turns = max(1, min(29, int(budget / sum(best.values()))))
        again = alternate(calls, turns, warm_up=False, clock=process_time)
        for work in works:
            spent = min(best[work.name], again[work.name])
            one = found[work.name]
            one["sizes"].append(size)
            one["seconds"].append(spent)
            if work.traced and panel.memory:
                one["bytes"].append(peak_memory(calls[work.name]))
            one["system"] = system_share(calls[work.name])
            print(f"{panel.title}, {size:,}: {work.name}: {seconds(spent)}", flush=True)
    return found


def system_share(call):
    """Return the share of the operating system in the time of a call: fresh memory, mostly."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    system = after.ru_stime - before.ru_stime
    return system / max(system + after.ru_utime - before.ru_utime, 1e-9)


def main(arguments=None):
    """Measure, fit, print, write and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, writes nothing")
    parser.add_argument("--redraw", action="store_true", help="measure nothing, read growth.json")
    parser.add_argument("--output", type=Path, help="folder of all files (default: the results)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.redraw:
        found = json.loads((RESULTS / "growth.json").read_text(encoding="utf-8"))
    else:
        largest = QUICK if options.quick else dict.fromkeys(QUICK, float("inf"))
        budget = 0.2 if options.quick else 3.0
        found = {"machine": f"{machine()}, torch {torch.__version__} on one thread"}
        found["panels"] = {
            panel.title: measure(panel, largest[panel.symbol], budget) for panel in PANELS
        }
    text = report(found, options.quick)
    print("\n" + text)
    if options.output is None and options.quick:
        return
    folder = options.output or RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "growth.json", json.dumps(found, indent=1) + "\n")
    write_text(folder / "growth.md", text)
    write_text(folder / "growth.rst", page(found, RESULTS))
    draw(found, PICTURE if options.output is None else folder / "growth.png")


if __name__ == "__main__":
    main()
