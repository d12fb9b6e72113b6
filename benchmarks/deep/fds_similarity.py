"""Is there anything to smooth? Statistics of features along the target, without FDS.

Run ``python -m benchmarks.deep.fds_similarity [--seeds 3] [--quick] [--output FILE]``. The data are
read from the folder SKDIR_SHARED, or ``../shared``.

FDS rests on an observation: with rare targets the means and variances of features are alike where
targets are far apart, in bins with few rows. The table shows whether that is so on rotated digits:
the cosine similarity of each bin's statistics to those of the densest bin, on training rows, and
Spearman's correlation of the similarity with the distance on each side (-1: it falls all the way).
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from scipy.stats import spearmanr
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR

from benchmarks._shared.digits import IMAGE_EPOCHS, DigitsEncoder, rotated_digits
from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import machine
from skdir.neural_network import DeepImbalancedRegressor, feature_statistics
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "fds_similarity.md"


def statistics(seed, quick):
    """Return the statistics of training features by bins of 5 degrees, of a plain training."""
    (X, y), _, edges, _ = rotated_digits(seed, quick)
    epochs = 2 if quick else IMAGE_EPOCHS
    model = DeepImbalancedRegressor(
        DigitsEncoder, batch_size=128, max_epochs=epochs, lr=2e-3, device="cpu",
        random_state=seed, callbacks=[LRScheduler(CosineAnnealingLR, T_max=epochs)],
    ).fit(X, y)  # fmt: skip
    encoder = model.net_.module_.encoder
    counts = np.histogram(y, edges)[0]
    densest = int(counts.argmax())
    anchor = float(edges[densest : densest + 2].mean())
    return feature_statistics(X, y, bins=edges, encoder=encoder, anchor=anchor), densest


def falls(similarity, densest):
    """Return Spearman's correlation with the distance from the densest bin, on each side."""
    sides = similarity[densest::-1], similarity[densest:]
    return [spearmanr(np.arange(len(side)), side, nan_policy="omit").statistic for side in sides]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="few rows, two epochs")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    start = machine()
    runs = [statistics(seed, arguments.quick) for seed in range(arguments.seeds)]
    edges, counts = runs[0][0].bin_edges, runs[0][0].counts
    lines = [
        "| degrees | training rows | similarity of means | of variances |",
        "|---|---|---|---|",
    ]
    for i, n in enumerate(counts):
        cells = [
            f"{np.nanmean([getattr(s, name)[i] for s, _ in runs]):.2f}"
            for name in ("mean_similarity", "variance_similarity")
        ]
        lines.append(f"| {edges[i]:.0f} to {edges[i + 1]:.0f} | {n} | {' | '.join(cells)} |")
    silent = [int(np.isnan(s.mean_similarity).sum()) for s, _ in runs]
    verdicts = [
        f"- Bins in which all features are zero, by seed: {', '.join(map(str, silent))}",
    ]
    verdicts += [
        f"- Seed {seed}, {name.replace('_', ' ')}: correlation with the distance "
        + " and ".join(f"{value:.2f}" for value in falls(getattr(s, name), densest))
        + " (below and above)"
        for seed, (s, densest) in enumerate(runs)
        for name in ("mean_similarity", "variance_similarity")
    ]
    text = "\n\n".join(
        [
            "# Statistics of features along the target, without FDS",
            f"Made by `python -m benchmarks.deep.fds_similarity --seeds {arguments.seeds}`. Means "
            "over the seeds; training as in `deep_strategies_digits.md`, VANILLA. A bin in which "
            "all features of a seed are zero (every ReLU at its end is off) has no direction, and "
            "is left out of that seed.",
            start + f"\n- torch {torch.__version__}, {torch.get_num_threads()} threads",
            "\n".join(lines),
            "\n".join(verdicts),
        ]
    )
    print(text)
    if not arguments.quick:
        write_text(arguments.output, text + "\n")


if __name__ == "__main__":
    main()
