"""Fit of the deep regressor, side by side with a loop written by hand and with skorch's defaults.

Run ``python -m benchmarks.speed.regressor [--quick] [--output FILE]``.

The limit. A loop written by hand on tensors of 20,000 x 32 through an MLP 256-128 does nothing but
gather rows, multiply matrices and step Adam: the regressor does the same arithmetic, plus weights,
the notifications of skorch and a copy of the parameters per epoch. In memory, 1e6 x 32 features are
128 MB in float32, targets and weights 8 MB more; an input in float64 must be converted once, one in
float32 need not be copied at all. A memory measurement is the growth of the largest resident set
of a fresh process during `fit`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from skorch import NeuralNetRegressor
from torch import nn

from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import Row, alternate, machine, seconds, table
from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.utils._text.writing import write_text
from skdir.weighting import LDSWeighter

PAGE = RESULTS / "regressor_speed.md"
BATCH, EPOCHS, WIDTHS = 256, 5, (256, 128)


def data(n, dtype=np.float32):
    """Return n x 32 features and a skewed target."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, 32), dtype=np.float32).astype(dtype, copy=False)
    return X, np.exp(X[:, 0] / 2 + rng.standard_normal(n) / 4)


def network():
    """Return the network of all sides."""
    return nn.Sequential(
        nn.Linear(32, WIDTHS[0]), nn.ReLU(), nn.Linear(*WIDTHS), nn.ReLU(), nn.Linear(WIDTHS[1], 1)
    )


def by_hand(X, y):
    """Train on tensors, as one writes it without any library."""
    torch.manual_seed(0)
    X = torch.from_numpy(X)
    y = torch.from_numpy(((y - y.mean()) / y.std()).astype(np.float32))
    net = network()
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(X)).split(BATCH):
            loss = nn.functional.mse_loss(net(X[rows])[:, 0], y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net


def with_skorch(X, y):
    """Train with skorch as it comes."""
    torch.manual_seed(0)
    y = ((y - y.mean()) / y.std()).astype(np.float32)[:, None]
    net = NeuralNetRegressor(
        network(), max_epochs=EPOCHS, batch_size=BATCH, lr=1e-3, optimizer=torch.optim.Adam,
        iterator_train__shuffle=True, train_split=None, verbose=0,
    )  # fmt: skip
    return net.fit(X, y)


def regressor(**params):
    """Return the regressor of the same network and schedule."""
    return DeepImbalancedRegressor(
        hidden_layer_sizes=WIDTHS, batch_size=BATCH, max_epochs=EPOCHS, device="cpu",
        random_state=0, **params,
    )  # fmt: skip


def times(n, repeats):
    """Time fits in turns."""
    X, y = data(n)
    sides = {
        "fit": lambda: regressor().fit(X, y),
        "fit with LDS weights": lambda: regressor(weighter=LDSWeighter()).fit(X, y),
        "fit with FDS and LDS": lambda: regressor(weighter=LDSWeighter(), fds=FDS()).fit(X, y),
        "skorch's defaults": lambda: with_skorch(X, y),
        "by hand": lambda: by_hand(X, y),
    }
    best = alternate(sides, repeats)
    for name in list(sides)[:-1]:
        ratio = best[name] / best["by hand"]
        goal = 1.25 if name == "fit" else None
        yield Row(
            f"{EPOCHS} epochs of {n:,} x 32, MLP 256-128, batch {BATCH}: {name}",
            seconds(best[name]),
            f"loop by hand: {seconds(best['by hand'])}",
            f"{ratio:.2f} x the time",
            "" if goal is None else f"at most {goal} x",
            None if goal is None else ratio <= goal,
        )


def memory(n):
    """Measure the growth of the process during a fit, in processes of their own."""
    size = n * 33 * 4  # features and target in float32
    for dtype in ("float64", "float32"):
        command = [sys.executable, "-m", "benchmarks.speed.regressor", "--child", dtype, str(n)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        grown = json.loads(out)
        yield Row(
            f"memory that fit of {n:,} x 32 in {dtype} adds, one epoch",
            f"{grown / 1e6:.0f} MB",
            f"data in float32: {size / 1e6:.0f} MB",
            f"{grown / size:.2f} x",
            "at most 1.2 x",
            grown <= 1.2 * size,
        )


def child(dtype, n):
    """Fit once, after a small fit that loads everything, and print the growth in bytes."""
    model = regressor().set_params(max_epochs=1)
    model.fit(*data(1_000))
    X, y = data(n, np.dtype(dtype))
    before = _resident()
    model.fit(X, y)
    print(max(0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before))


def _resident():
    """Return the resident set now, in bytes, once the peak so far is forgotten."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # resets the peak
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, no verdicts")
    parser.add_argument("--output", type=Path, help=f"where to write (default: {PAGE.name})")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.child:
        child(arguments.child[0], int(arguments.child[1]))
        return
    n, rows, repeats = (2_000, 100_000, 2) if arguments.quick else (20_000, 1_000_000, 6)
    quick, version = " --quick" if arguments.quick else "", torch.__version__
    text = "\n\n".join(
        [
            "# Speed and memory of the deep regressor",
            f"Made by `python -m benchmarks.speed.regressor{quick}`, torch {version} on one "
            "thread. Times are the best of several repetitions, the sides taking turns.",
            machine(),
            table([*times(n, repeats), *memory(rows)], judged=not arguments.quick),
        ]
    )
    print(text)
    output = arguments.output or (None if arguments.quick else PAGE)
    if output is not None:
        write_text(output, text + "\n")


if __name__ == "__main__":
    main()
