"""What weights, FDS and losses do to a deep regressor, on rotated digits and on tables.

Run ``python -m benchmarks.deep.strategies [--data rotated-digits ...] [--seeds 5] [--quick]
[--output FILE]``. The data are read from the folder SKDIR_SHARED, or ``../shared``.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR

from benchmarks._shared.digits import IMAGE_EPOCHS, DigitsEncoder, rotated_digits
from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.tables import TABLES
from benchmarks._shared.timing import machine
from skdir.metrics import geometric_mean_absolute_error, shot_labels
from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.utils._text.writing import write_text
from skdir.weighting import InverseFrequencyWeighter, LDSWeighter

PAGE = RESULTS / "deep_strategies.md"
NAMES = ("abalone", "cpu-small", "bike-hour")
REGIONS = ("all", "many", "medium", "few")


def strategies(fds):
    """Return parameters of the regressor by name."""
    return {
        "VANILLA": {},
        "SQINV": {"weighter": InverseFrequencyWeighter()},
        "LDS": {"weighter": LDSWeighter()},
        "FDS": {"fds": fds},
        "LDS+FDS": {"weighter": LDSWeighter(), "fds": fds},
        "FOCAL-R": {"loss": "focal_mse"},
        "RRT": {"retrain_head": True, "weighter": LDSWeighter()},
        "BALANCED-MSE": {"loss": "balanced_mse"},
    }


def table(name):
    """Return a function of the seed that splits a table at random, a fifth for the test."""
    path, target, n_bins, dropped = TABLES[name]

    def load(seed, quick):
        frame = pd.read_csv(SHARED / "data" / path)
        y = frame[target or frame.columns[0]].to_numpy(dtype=float)
        X = frame.drop(columns=[target or frame.columns[0], *dropped], errors="ignore")
        # duplicated rows would be on both sides
        kept = ~X.assign(y=y).duplicated().to_numpy()
        X, y = X[kept], y[kept]
        order = np.random.default_rng(seed).permutation(len(y))[: 1000 if quick else None]
        n_test = len(order) // 5
        test, train = order[:n_test], order[n_test:]
        encode = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False),
             make_column_selector(dtype_exclude="number")),
            (StandardScaler(), make_column_selector(dtype_include="number")),
        )  # fmt: skip
        edges = np.linspace(y.min(), y.max(), n_bins + 1)
        return (X.iloc[train], y[train]), (X.iloc[test], y[test]), edges, encode

    return load


DATA = {"rotated-digits": rotated_digits, **{name: table(name) for name in NAMES}}


def evaluate(name, load, seed, quick):
    """Return for each strategy the MAE and GM by region, and the seconds of its fit."""
    (X, y), (X_test, y_test), edges, encode = load(seed, quick)
    shots = shot_labels(y, y_test, bins=edges)
    images = encode is None
    epochs = 2 if quick else IMAGE_EPOCHS if images else 40
    net = DeepImbalancedRegressor(
        DigitsEncoder if images else "mlp",
        hidden_layer_sizes=(128, 64),
        batch_size=128,
        max_epochs=epochs,
        lr=2e-3,
        # the last epoch is what is measured: let it be a calm one
        callbacks=[LRScheduler(CosineAnnealingLR, T_max=epochs)] if images else None,
        random_state=seed,
    )
    results = {}
    # 100 bins over whole targets of few values leave each alone, beyond the kernel's reach
    fds = FDS(bins="integer") if name == "abalone" else FDS()
    for strategy, params in strategies(fds).items():
        model = DeepImbalancedRegressor(**{**net.get_params(deep=False), **params})
        model = model if images else make_pipeline(encode, model)
        start = time.perf_counter()
        predicted = model.fit(X, y).predict(X_test)
        seconds = time.perf_counter() - start
        row = {"fit s": seconds}
        for region in REGIONS:
            rows = np.ones(len(y_test), bool) if region == "all" else shots == region
            error = np.abs(predicted[rows] - y_test[rows])
            row[f"{region} MAE"] = error.mean() if rows.any() else np.nan
            row[f"{region} GM"] = (
                geometric_mean_absolute_error(y_test[rows], predicted[rows])
                if rows.any()
                else np.nan
            )
        results[strategy] = row
        print(f"{name} seed {seed} {strategy}: {row['all MAE']:.3f} all, {row['few MAE']:.3f} few, "
              f"{seconds:.1f} s", flush=True)  # fmt: skip
    return results


def markdown(name, runs):
    """Return a table of means and standard errors over the seeds."""
    columns = [f"{region} {metric}" for metric in ("MAE", "GM") for region in REGIONS] + ["fit s"]
    lines = [
        f"## {name}",
        "",
        f"| strategy | {' | '.join(columns)} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for strategy in runs[0]:
        cells = []
        for column in columns:
            values = np.array([run[strategy][column] for run in runs])
            error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
            cells.append(f"{values.mean():.3g} ± {error:.2g}")
        lines.append(f"| {strategy} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    """Run what was asked for and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few rows, epochs and seeds")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    seeds = range(2 if arguments.quick else arguments.seeds)
    start = machine()
    parts = []
    for name in arguments.data:
        runs = [evaluate(name, DATA[name], seed, arguments.quick) for seed in seeds]
        parts.append(markdown(name, runs))
    text = "\n\n".join(
        [
            "# Strategies of the deep regressor",
            f"Made by `python -m benchmarks.deep.strategies --data {' '.join(arguments.data)} "
            f"--seeds {len(seeds)}`{' --quick' if arguments.quick else ''}. Means and standard "
            f"errors over {len(seeds)} seeds; shots by the number of training rows in the bin, "
            "with thresholds that follow the data. Rotated digits: the split that comes with the "
            "data, uniform test angles, bins of 5 degrees, three strided "
            f"convolutions, {IMAGE_EPOCHS} epochs, a cosine schedule. Tables: "
            "another random fifth for the test per seed, duplicated rows dropped, an MLP 128-64, "
            "40 epochs. FDS has its defaults, 100 bins, but one per whole number in abalone. "
            "Batches of 128, Adam, learning rate 0.002; the same for all strategies.",
            start + f"\n- torch {torch.__version__}, {torch.get_num_threads()} threads",
            *parts,
        ]
    )
    print(text)
    if not arguments.quick:
        write_text(arguments.output, text + "\n")


if __name__ == "__main__":
    main()
