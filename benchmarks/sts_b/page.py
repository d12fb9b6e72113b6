"""The page of results on STS-B-DIR, with the rows of the paper."""

import numpy as np

REGIONS = ("all", "many", "medium", "few")
METRICS = ("MSE", "MAE", "Pearson", "Spearman")
GOALS = {"all": 0.88, "medium": 1.0, "few": 0.94}
# Table 3 of Yang et al. (2021): MSE and Pearson correlation in percent
PAPER = {
    "VANILLA": "974 851 1520 984 74.2 72.0 62.7 75.2",
    "SMOTER": "1046 924 1542 1154 72.6 69.3 65.3 70.6",
    "SMOGN": "990 896 1327 1175 73.2 70.4 65.5 69.2",
    "INV": "1005 894 1482 1046 72.8 70.3 62.5 73.2",
    "INV + LDS": "914 819 1319 955 75.6 73.4 63.8 76.2",
    "INV + LDS + FDS": "907 802 1363 942 76.0 74.0 65.2 76.6",
}


def page(results, *, about, minutes, searches, share, squares):
    """Return the whole page in Markdown.

    `results` has an array (metric, region) per seed by strategy, `searches` the errors on the
    validation pairs by candidate, `squares` the squared errors of the pipeline by region.
    """
    n_seeds = len(results["pipeline"])
    parts = [
        "# STS-B-DIR without a neural network",
        f"`python -m benchmarks.sts_b --seeds {n_seeds}`, {minutes:.0f} minutes, one thread.",
        about,
        PROTOCOL,
        "## Goal",
        _verdict(results["pipeline"], squares),
    ]
    for index, metric in enumerate(METRICS):
        name = metric if index < 2 else f"{metric} correlation, percent"
        parts += [f"## {name}", _table(results, index)]
    parts += ["## Chosen on the validation pairs", _searches(searches, share)]
    if n_seeds > 1:
        parts.append(COMPARISON)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _verdict(runs, squares):
    """Return the goal beside the pipeline's squared errors."""
    lines = ["| | all | many | medium | few |", "|---" * 5 + "|"]
    means = dict(zip(REGIONS, np.mean(runs, axis=0)[0], strict=True))
    rows = {
        "pipeline, MSE": [f"{means[r]:.3f}" for r in REGIONS],
        "goal, below": [f"{GOALS[r]:.2f}" if r in GOALS else "" for r in REGIONS],
        "verdict": [
            ("met" if means[r] < GOALS[r] else "**not met**") if r in GOALS else "" for r in REGIONS
        ],
        "standard error from the test pairs": [
            f"{squares[r].std(ddof=1) / np.sqrt(len(squares[r])):.3f}" for r in REGIONS
        ],
    }
    return "\n".join([*lines, *(f"| {name} | {' | '.join(c)} |" for name, c in rows.items())])


def _table(results, index):
    """Return one metric of all strategies; the paper reports MSE and Pearson's correlation."""
    digits = 3 if index < 2 else 1
    lines = ["| strategy | all | many | medium | few |", "|---" * 5 + "|"]
    for name, runs in results.items():
        values = np.array(runs)[:, index]
        spread = values.std(axis=0, ddof=1) if len(runs) > 1 else np.zeros(len(REGIONS))
        cells = [
            f"{m:.{digits}f} ± {s:.{digits}f}"
            for m, s in zip(values.mean(axis=0), spread, strict=True)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if METRICS[index] in ("MSE", "Pearson"):
        for name, row in PAPER.items():
            numbers = [float(v) for v in row.split()]
            cells = (
                [f"{v / 1000:.3f}" for v in numbers[:4]]
                if index == 0
                else [f"{v:.1f}" for v in numbers[4:]]
            )
            lines.append(f"| *paper: {name}* | {' | '.join(cells)} |")
    return "\n".join(lines)


def _searches(searches, share):
    """Return the errors on the validation pairs of what was tried."""
    names = [name for name in searches if name != "share"]
    candidates = list(searches[names[0]])
    lines = [
        f"| bandwidth | {' | '.join(map(str, candidates))} |",
        "|---" * (len(candidates) + 1) + "|",
    ]
    for name in names:
        least = min(searches[name].values())
        cells = [f"**{v:.3f}**" if v == least else f"{v:.3f}" for v in searches[name].values()]
        lines.append(f"| {name}, MSE | {' | '.join(cells)} |")
    ends = searches["share"]
    lines.append(
        f"\nShare of the trees in the pipeline: {share:g}, MSE {ends[share]:.3f}; the trees alone "
        f"{ends[1]:.3f}, the support vectors alone {ends[0]:.3f}."
    )
    return "\n".join(lines)


PROTOCOL = """
- The published split: 5,249 / 1,000 / 1,000 pairs, 50 bins with float32 edges; 756 / 170 / 74 test
  pairs in many-, medium- and few-shot bins. Vocabulary, vectors and weights are learned from the
  training pairs alone, and the models are fitted to them alone. Predictions are cut to 0 ... 5.
- Mean ± standard deviation over the seeds. Seeds change the decompositions of the text, the
  trees, the samplers and the folds; the split stays. The standard error from the test pairs, below
  the goal, is what a seed does not show.
- The first rows are one regressor with 143 features of a pair:
  `HistGradientBoostingRegressor(learning_rate=0.05, max_iter=300, max_leaf_nodes=15,
  l2_regularization=1, max_features=0.5, max_bins=63)`. SQINV, INV and the window of the paper use
  the bins of the paper; LDS, INV + LDS and DENSE smooth without bins. A box plot finds no outliers
  here, so SERA and the samplers have relevance by quantiles: 1 below the 10 % and above the 90 %
  quantile of the scores; rare for the samplers is relevance 0.8 and more, 37 % of the pairs.
- Wide features are 262: more n-grams, stems, order, style, company of words, what only one
  sentence has, and the prediction out of fold of a ridge regression on shared and unshared n-grams
  of characters. The pipeline is a weighted mean of gradient boosting and a support vector machine,
  both with the weights of INV + LDS.
- The errors by bandwidth are means over three seeds, since those of one seed differ as much as
  those of two bandwidths; the share of the trees is chosen with the first seed, for all.
"""

COMPARISON = """
## Where it differs from the paper, and why

Written on the run of 2026-11-24 with five seeds.

- **Another encoder.** The paper trains a recurrent network on word vectors from outside; here the
  features are counted, and nothing comes from outside. So the tables say what weights do for a
  given model, and that simple features suffice on this split; they neither confirm nor refute the
  paper's figures for its network. FDS needs learned features and is not here.
- **Features gain more than weights.** Wide features lower the MSE of VANILLA from 0.902 to 0.749.
  Weights then lower it to 0.732, the medium shots from 0.870 to 0.800 and the few from 0.939 to
  0.896, at no cost to the many.
- **Medium shots.** The largest difference to the paper is VANILLA's MSE there, 1.175 against 1.520.
  139 of these 170 pairs have scores below 0.9: sentences with little in common, which the overlap
  tells directly. Few-shot pairs are harder here, 1.021 against 0.984.
- **Weights go the same way, less far.** INV + LDS lowers medium and few by 5 and 6 % (with the
  paper's window by 10 and 5 %), in the paper by 13 and 3 %; overall by 1 to 2 %, there by 6 %. The
  bandwidth 0.4, best by the overall error on the validation pairs, leaves the weights almost equal
  (1.06 in medium and 1.12 in few-shot bins on average). Its lead on these pairs is small, and the
  test pairs do not confirm it: the paper's narrower window does better in the medium shots.
- **INV alone is no failure here.** In the paper it is worse than VANILLA overall and in the few
  shots; here it has the lowest error of the recipe in the few, though single rows weigh 100 and
  all together count like 357. Boosted trees may bear that better than a network trained in small
  batches does; that is a guess, not measured.
- **Samplers and SERA** lower the medium shots and raise the few and the overall error, as SMOGN
  does in the paper (SMOTER there raises all). They look for rare targets at the ends of the range;
  the few-shot bins lie between frequent ones all over it, and rows in the middle are removed,
  outnumbered or weigh little.
- **Uncertainty.** The standard deviation over seeds is at most 0.09 in the few shots, the standard
  error from their 74 pairs is 0.149 for the pipeline. This table of the paper gives neither.
  Results of later papers are mostly on a second split of the same pairs and cannot be compared
  with these.
"""
