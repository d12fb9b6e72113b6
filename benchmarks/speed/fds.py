"""An epoch of training with feature distribution smoothing, side by side with one without.

Run ``python -m benchmarks.speed.fds [--quick] [--output FILE]``.

The limit, from counting operations. A batch of 256 rows through an MLP 32-256-128-1 and back is
some 64 MFLOP of matrix products. On 256 x 128 features the layer reads and writes, elementwise:
minus the shift in float64, sums by row, addition to the bins, squares, addition to the bins; then
two gathered tables, product and sum in float32; then one product in the backward pass. That is 10
passes over 33,000 numbers, 2 MB of traffic, in some 20 operators: 0.15 to 0.2 ms with warm caches,
beside a step of 1.2 ms on one core, so 1.15 at the best. Between matrix products the caches are
cold, and operators cost up to twice as much: 1.3. The goal is 1.35.
"""

import argparse
import os
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import nn

from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import Row, alternate, machine, seconds, table
from skdir.neural_network import FDS
from skdir.utils._text.writing import write_text

SEED, BINS, BATCH, WIDTH = 0, 100, 256, 128
PAGE = RESULTS / "fds_speed.md"
LAYERS = {
    "FDS(bins=100)": FDS(bins=BINS),
    "FDS(bins=100, statistics='epoch')": FDS(bins=BINS, statistics="epoch"),
    "FDS(bins=100, covariance='full')": FDS(bins=BINS, covariance="full"),
}


def training(n, fds):
    """Return a call that trains one epoch, by hand, with a layer of `fds` or without."""
    torch.manual_seed(SEED)
    X = torch.randn(n, 32)
    y = (X[:, 0] / 2 + torch.randn(n) / 4).exp()
    encoder = nn.Sequential(nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, WIDTH), nn.ReLU())
    head = nn.Linear(WIDTH, 1)
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()])
    layer = None if fds is None else fds.make_layer(WIDTH, fds.make_edges(y))

    def epoch():
        for rows in torch.randperm(n).split(BATCH):
            features = encoder(X[rows])
            if layer is not None:
                features = layer(features, y[rows])
            loss = nn.functional.mse_loss(head(features)[:, 0], y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if layer is not None:
            if layer.statistics == "epoch":
                with torch.no_grad():
                    for part, targets in zip(X.split(1024), y.split(1024)):
                        layer.collect(encoder(part), targets)
            layer.step_epoch()

    return epoch, layer


def epochs(n, repeats):
    """Time epochs in turns; the first, without calibration, warms up."""
    plain, _ = training(n, None)
    calls = {name: training(n, fds)[0] for name, fds in LAYERS.items()}
    full = "FDS(bins=100, covariance='full')"
    cheap = {"plain": plain} | {name: call for name, call in calls.items() if name != full}
    best = alternate(cheap, repeats)
    best |= {full: alternate({full: calls[full]}, max(1, repeats // 5))[full]}
    goals = {"FDS(bins=100)": 1.35}
    for name in LAYERS:
        ratio, goal = best[name] / best["plain"], goals.get(name)
        yield Row(
            f"an epoch of {n:,} x 32, MLP 256-{WIDTH}, batch {BATCH}, with {name}",
            seconds(best[name]),
            f"without: {seconds(best['plain'])}",
            f"{ratio:.2f} x the time",
            "" if goal is None else f"at most {goal} x",
            None if goal is None else ratio <= goal,
        )


def parts(repeats):
    """Time the layer alone, forward and backward, and the end of an epoch."""
    torch.manual_seed(SEED)
    z, y = torch.randn(BATCH, WIDTH, requires_grad=True), torch.rand(BATCH)
    for name, fds in LAYERS.items():
        if fds.statistics == "epoch":
            continue
        layer = fds.make_layer(WIDTH, torch.linspace(0, 1, BINS + 1))
        layer(z, y)
        layer.step_epoch()
        batch = best_of(lambda layer=layer: layer(z, y).sum().backward(), 10 * repeats)
        times = []
        for _ in range(max(1, repeats // 5)):
            layer(z, y)
            start = perf_counter()
            layer.step_epoch()
            times.append(perf_counter() - start)
        yield Row(
            f"{name}: a batch of {BATCH} x {WIDTH}, forward and backward", seconds(batch), "", ""
        )
        yield Row(f"{name}: step_epoch, once per epoch", seconds(min(times)), "", "")


def best_of(call, repeats):
    """Return the best time of a call."""
    return alternate({"call": call}, repeats)["call"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, no verdicts")
    parser.add_argument("--output", type=Path, help=f"where to write (default: {PAGE.name})")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    n, repeats = (2_000, 5) if arguments.quick else (20_000, 20)
    text = "\n\n".join(
        [
            "# Speed of feature distribution smoothing",
            f"Made by `python -m benchmarks.speed.fds` ({'quick' if arguments.quick else 'full'} "
            f"run), torch {torch.__version__} on one thread. Times are the best of several "
            "repetitions, the sides taking turns.",
            machine(),
            table([*epochs(n, repeats), *parts(repeats)], judged=not arguments.quick),
        ]
    )
    print(text)
    output = arguments.output or (None if arguments.quick else PAGE)
    if output is not None:
        write_text(output, text + "\n")


if __name__ == "__main__":
    main()
