"""The benchmarks of deep imbalanced regression: strategies with LDS and FDS, error by shot.

Run ``python -m benchmarks.dir --dataset sts-b [--preset cpu|paper] [--seeds 5] [--strategies INV
INV+LDS ...] [--epochs N] [--output FILE] [--quick]``. sts-b and rotated-digits are read from the
folder SKDIR_SHARED, or ``../shared``, or from --data-home. The others need your own copy:

- agedb, imdb-wiki: ``--images FOLDER``;
- nyud2: ``--data-home FOLDER``, or the images with ``--images FOLDER``;
- shhs: ``--table FILE --target COLUMN``, the columns of a table and not the signals.

--preset paper has the published sizes, rates and schedules, with three differences: training stops
after ten epochs without a better loss on the validation part (but for nyud2), the ResNet of nyud2
begins with random weights instead of ImageNet's, and the vectors of sts-b are learned without
--glove FILE.

Each run is appended to a file of JSON lines beside the output; what is there is not run again, so
that an interrupted table goes on where it stopped.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import machine
from benchmarks.dir import dense, training
from benchmarks.dir.report import report
from benchmarks.dir.tasks import TASKS
from benchmarks.dir.training import STRATEGIES
from skdir.utils._text.writing import write_text


def read_runs(path):
    """Return the records of a file; a line cut off by an interruption is left out."""
    if not path.exists():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            print(f"{path}: a line is not whole and is left out")
    return records


def key_of(record):
    """Return what makes a run another."""
    names = ("dataset", "preset", "strategy", "seed", "max_epochs", "rows", "vectors")
    return tuple(record[name] for name in names)


def default_strategies(dataset):
    """Return those of the paper's table; with LDS, VANILLA is INV or SQINV again."""
    if dataset == "nyud2":
        return [name for name in STRATEGIES if name.startswith("VANILLA")]
    return [name for name in STRATEGIES if not name.startswith("VANILLA+LDS")]


def parse(arguments=None):
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", required=True, choices=TASKS)
    parser.add_argument("--preset", choices=("cpu", "paper"), default="cpu")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--strategies", nargs="+", choices=STRATEGIES, metavar="STRATEGY")
    parser.add_argument("--epochs", type=int, help="at most; without, those of the preset")
    parser.add_argument("--rows", type=int, help="at most, of each part")
    parser.add_argument("--output", type=Path, help="Markdown; the runs are beside it, in .jsonl")
    parser.add_argument(
        "--quick", action="store_true", help="few rows, two epochs, one seed, nothing written"
    )
    parser.add_argument("--data-home", type=Path)
    parser.add_argument("--images", type=Path, help="folder of your own copy")
    parser.add_argument("--glove", type=Path, help="vectors of words in GloVe's form, for sts-b")
    parser.add_argument("--table", type=Path, help="of the subjects, for shhs")
    parser.add_argument("--target", help="column of the score, for shhs")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rows, options.epochs = options.rows or 300, options.epochs or 2
        options.seeds = min(options.seeds, 1)
    if options.strategies is None:
        options.strategies = default_strategies(options.dataset)
    if options.output is None and not options.quick:
        name = options.dataset.replace("-", "_")
        name += "" if options.preset == "cpu" else f"_{options.preset}"
        options.output = RESULTS / f"dir_{name}.md"
    return options


def main(arguments=None):
    """Run what is missing and write the table; return the records."""
    options = parse(arguments)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    start = machine()
    task = TASKS[options.dataset](options.preset, options)
    run = dense.run if task.dense else training.run
    log = options.output and options.output.with_suffix(".jsonl")
    done = {key_of(record): record for record in (read_runs(log) if log else [])}
    records = []
    for seed in range(options.seeds):
        for strategy in options.strategies:
            record = {
                "dataset": options.dataset, "preset": options.preset, "strategy": strategy,
                "seed": seed, "max_epochs": options.epochs or task.net["max_epochs"],
                "rows": options.rows, "vectors": options.glove and options.glove.name,
            }  # fmt: skip
            known = done.get(key_of(record))
            if known is None:
                known = record | run(task, strategy, seed, options.epochs)
                known["device"] = "cuda" if torch.cuda.is_available() else "cpu"
                if log:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(known) + "\n")
                everywhere = known["metrics"]["all"]
                print(f"{strategy} seed {seed}: MSE {everywhere['mse']:.3f}, MAE "
                      f"{everywhere['mae']:.3f}, {known['seconds']:.1f} s", flush=True)  # fmt: skip
            records.append(known)
    # also those of earlier calls, with the same settings
    shown = {key_of(r): r for r in [*done.values(), *records] if _alike(r, records[0])}
    text = "\n\n".join(
        [
            f"# {options.dataset}: strategies of deep imbalanced regression",
            f"Made by `python -m benchmarks.dir --dataset {options.dataset} --preset "
            f"{options.preset}`: {task.about}; at most {records[0]['max_epochs']} epochs, "
            + ("early stopping on the validation part" if not task.dense else "the last one")
            + ". Means and standard errors over the seeds. Windows of LDS and FDS, shots and "
            "metrics as in the paper; a row without any training row in its bin counts as few. "
            "LDS smooths the weights of INV, SQINV and, where a strategy has none of its own, "
            + {"inverse": "INV", "sqrt_inverse": "SQINV"}[task.scheme]
            + "; RRT has those even without LDS. SMOTER and SMOGN resample the features of the "
            "trained encoder, and a new head is trained on them. Pearson's and Spearman's "
            "correlations are in hundredths; seconds are those of the clock, beside whatever else "
            "the machine did.",
            start + f"\n- torch {torch.__version__}, {torch.get_num_threads()} threads",
            report(options.dataset, list(shown.values())),
        ]
    )
    print(text)
    if options.output:
        write_text(options.output, text + "\n")
    return records


def _alike(record, other):
    """Tell whether two runs differ in strategy and seed alone."""
    return all(
        record[name] == other[name]
        for name in ("dataset", "preset", "max_epochs", "rows", "vectors")
    )


if __name__ == "__main__":
    main()
