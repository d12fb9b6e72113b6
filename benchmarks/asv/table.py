"""The results of airspeed velocity as a table, with nothing in it that names the machine.

Run ``python -m benchmarks.asv.table [--run] [--output FILE]``. It reads the newest results in
``benchmarks/asv/.asv/results``; with ``--run`` it runs the suite first, on the working tree and in
the environment of this Python.
"""

import argparse
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import machine, seconds
from skdir.utils._text.writing import write_text

FOLDER = Path(__file__).parent
RUNS = FOLDER / ".asv" / "results"
PAGE = RESULTS / "asv.md"

# Instead of the name of the host, under which asv files its results.
MACHINE = "here"
# A call to warm up, and at most five repetitions in half a second.
SHORT = {"rounds": "1", "warmup_time": "0.01", "repeat": "(1, 5, 0.5)"}


def run():
    """Run the suite; its results go into the folder of results."""
    asv = [sys.executable, "-m", "asv"]
    commit = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(commit, cwd=FOLDER, capture_output=True, text=True, check=True).stdout
    options = [f"--attribute={key}={value}" for key, value in SHORT.items()]
    options += ["--environment", f"existing:{sys.executable}", "--set-commit-hash", head.strip()]
    subprocess.run([*asv, "machine", "--yes", "--machine", MACHINE], cwd=FOLDER, check=True)
    command = [*asv, "run", "--show-stderr", "--machine", MACHINE, *options]
    subprocess.run(command, cwd=FOLDER, check=True)


def newest():
    """Return the newest results and the benchmarks that they are of."""
    files = [file for file in RUNS.glob("*/*.json") if file.name not in ("machine.json",)]
    if not files:
        raise SystemExit(f"No results in {RUNS}; run with --run.")
    file = max(files, key=lambda file: file.stat().st_mtime)
    read = [json.loads(f.read_text(encoding="utf-8")) for f in (file, RUNS / "benchmarks.json")]
    return read


def value(number, unit):
    """Format a result."""
    if number is None:
        return "failed"
    if unit == "seconds":
        return seconds(number)
    return f"{number / 1e6:.0f} MB" if unit == "bytes" else f"{number:.3g}"


def classes(results, benchmarks):
    """Return the table of each class: its parameters, and by method one text per combination."""
    found = {}
    for name in sorted(results["results"]):
        row = dict(zip(results["result_columns"], results["results"][name]))
        owner, _, method = name.rpartition(".")
        params = [[plain(text) for text in choices] for choices in row["params"]]
        numbers = row["result"] or [None] * len(list(itertools.product(*params)))
        unit = benchmarks[name]["unit"]
        names = benchmarks[name]["param_names"]
        one = found.setdefault(owner, {"names": names, "params": params, "methods": {}})
        one["methods"][method] = [value(number, unit) for number in numbers]
    return found


def plain(text):
    """Return a parameter without the quotes of its representation."""
    return re.sub(r"^'(.*)'$", r"\1", text)


def report(results, benchmarks, head):
    """Return the whole report in Markdown."""
    parts = [
        "# Each part on its own, by airspeed velocity",
        "Made by `make asv` (`python -m benchmarks.asv.table --run`) of the working tree at commit "
        f"{results['commit_hash'][:8]}. Times are medians of up to five calls after a first, "
        "on one thread. `peakmem` is the peak of the resident memory of the process, with all that "
        "is imported, torch too: that alone is what the lines of small data show. `track_ratio` is "
        "a ratio of processor times, the sides taking turns, or of errors. The benchmarks are in "
        "`benchmarks/asv/suite`.",
        head,
    ]
    for owner, one in classes(results, benchmarks).items():
        columns = [*one["names"], *one["methods"]]
        rows = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
        for i, choice in enumerate(itertools.product(*one["params"])):
            cells = [*choice, *(texts[i] for texts in one["methods"].values())]
            rows.append("| " + " | ".join(cells) + " |")
        parts += [f"## {owner}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def main(arguments=None):
    """Run the suite if asked to, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asv.table", description=__doc__)
    parser.add_argument("--run", action="store_true", help="run the suite first")
    parser.add_argument("--output", type=Path, default=PAGE, help="file of the table")
    options = parser.parse_args(arguments)
    head = machine()
    if options.run:
        run()
    else:  # the load of now is not that of the run
        head = re.sub(r", load before the run [\d.]+", "", head)
    text = report(*newest(), head)
    print(text)
    write_text(options.output, text)


if __name__ == "__main__":
    main()
