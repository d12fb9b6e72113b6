"""Why feature distribution smoothing helps or does not: its settings on rotated digits.

Run ``python -m benchmarks.deep.fds_settings [--seeds 3] [--quick] [--output FILE]``. The data are
read from the folder SKDIR_SHARED, or ``../shared``.

Each setting is trained with LDS weights, as the deep strategies are. Beside the errors the table
says what the layer does at the end of training: the mean distance between features before and after
calibration, over the mean distance of features from their mean, for training rows of many and of
few shots. A layer that moves features by a hundredth cannot change much; one that moves them by a
half erases what the head reads.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR

from benchmarks._shared.digits import IMAGE_EPOCHS, DigitsEncoder, rotated_digits
from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import machine
from skdir.metrics import shot_labels
from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.utils._text.writing import write_text
from skdir.weighting import LDSWeighter

PAGE = RESULTS / "fds_settings.md"
SETTINGS = {
    "no FDS": None,
    "defaults: 100 bins of 1.2 degrees, kernel 5, bandwidth 2": {},
    "24 bins of 5 degrees": {"bins": 24},
    "24 bins, bandwidth 1": {"bins": 24, "bandwidth_bins": 1.0},
    "12 bins of 10 degrees": {"bins": 12},
    "100 bins, kernel 15, bandwidth 6": {"kernel_size": 15, "bandwidth_bins": 6.0},
    "100 bins, kernel 31, bandwidth 12": {"kernel_size": 31, "bandwidth_bins": 12.0},
    "momentum 0": {"momentum": 0.0},
    "momentum 0.99": {"momentum": 0.99},
    "smoothing from epoch 10 on": {"start_smooth": 10},
    "smoothing from epoch 20 on": {"start_smooth": 20},
    "statistics from a pass after the epoch": {"statistics": "epoch"},
    "ratio of deviations clipped to [0.5, 2]": {"clip": (0.5, 2.0)},
}
COLUMNS = ("all MAE", "many MAE", "few MAE", "moved, many", "moved, few")


def train(setting, seed, quick):
    """Return errors and movements of one training."""
    (X, y), (X_test, y_test), edges, _ = rotated_digits(seed, quick)
    epochs = 2 if quick else IMAGE_EPOCHS
    model = DeepImbalancedRegressor(
        DigitsEncoder, weighter=LDSWeighter(), fds=None if setting is None else FDS(**setting),
        batch_size=128, max_epochs=epochs, lr=2e-3, device="cpu", random_state=seed,
        callbacks=[LRScheduler(CosineAnnealingLR, T_max=epochs)],
    ).fit(X, y)  # fmt: skip
    error = np.abs(model.predict(X_test) - y_test)
    shots = shot_labels(y, y_test, bins=edges)
    row = {"all MAE": error.mean()}
    row |= {f"{shot} MAE": error[shots == shot].mean() for shot in ("many", "few")}
    moved = np.zeros(len(y)) if setting is None else movement(model, X, y)
    training_shots = shot_labels(y, y, bins=edges)
    return row | {f"moved, {s}": moved[training_shots == s].mean() for s in ("many", "few")}


def movement(model, X, y):
    """Return how far the layer moves the features of each row, in mean distances."""
    module = model.net_.module_.eval()
    with torch.no_grad():
        features = torch.cat([module.encoder(part) for part in torch.from_numpy(X).split(1000)])
        scaled = torch.as_tensor((y - model.target_mean_) / model.target_scale_)
        module.fds.train()
        moved = (module.fds(features, scaled.float()) - features).norm(dim=1)
        spread = (features - features.mean(dim=0)).norm(dim=1).mean()
    return (moved / spread).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="few rows, two epochs, two seeds")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    seeds = range(2 if arguments.quick else arguments.seeds)
    start = machine()
    lines = [f"| setting | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, setting in SETTINGS.items():
        runs = [train(setting, seed, arguments.quick) for seed in seeds]
        cells = []
        for column in COLUMNS:
            values = np.array([run[column] for run in runs])
            cells.append(f"{values.mean():.3g} ± {values.std(ddof=1) / len(values) ** 0.5:.2g}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    text = "\n\n".join(
        [
            "# Settings of feature distribution smoothing on rotated digits",
            f"Made by `python -m benchmarks.deep.fds_settings --seeds {len(seeds)}`. Means and "
            f"standard errors over {len(seeds)} seeds, each with LDS weights, {IMAGE_EPOCHS} "
            'epochs; else as in `deep_strategies_digits.md`. "moved": distance between features '
            "before and after calibration at the end, over the mean distance of features from "
            "their mean, on training rows.",
            start + f"\n- torch {torch.__version__}, {torch.get_num_threads()} threads",
            "\n".join(lines),
        ]
    )
    print(text)
    if not arguments.quick:
        write_text(arguments.output, text + "\n")


if __name__ == "__main__":
    main()
