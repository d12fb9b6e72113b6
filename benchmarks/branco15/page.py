"""The page of results on the fifteen tables, next to the published figures."""

import numpy as np

from benchmarks.branco15.scores import (
    METRICS,
    Record,
    critical_difference,
    friedman,
    over_learners,
    ranks,
    record,
)

# F1 against none, won(clearly)/lost(clearly): Branco et al. 2017; and 2019, the variant that won
# most often.
SMOGN_PAPER = {
    "RUS": ("57(22)/63(51)", "79(56)/41(20)", "135(108)/25(16)", "385(255)/175(99)"),
    "GN": ("76(34)/44(14)", "89(64)/31(11)", "131(107)/29(14)", "406(265)/154(52)"),
    "SMOTER": ("81(37)/39(4)", "91(67)/29(11)", "136(112)/24(15)", "426(286)/134(34)"),
    "SMOGN": ("91(41)/29(10)", "87(63)/33(11)", "134(112)/26(12)", "434(288)/126(42)"),
}
WERCS_PAPER = {
    "RUS": "317(223)/179(112)",
    "ROS": "398(311)/98(27)",
    "GN": "372(279)/124(51)",
    "SMOTER": "374(279)/122(25)",
    "WERCS": "465(329)/31",
}
# Mean ranks of Avelino et al. 2024 among these seven, on 30 tables: RF, SVM, MLP, all six learners.
SEVEN = ("VANILLA", "ROS", "SMOTER", "WERCS", "GN", "RUS", "SMOGN")
AVELINO = {
    "F1": (
        "4.32 2.88 4.75 3.63 3.87 3.57 4.98",
        "6.20 2.30 2.88 4.37 3.42 4.72 4.12",
        "4.60 2.57 3.58 4.07 4.00 5.25 3.93",
        "4.48 2.97 4.24 3.86 3.81 4.10 4.54",
    ),
    "SERA": (
        "4.43 3.67 4.90 3.22 3.47 3.13 5.18",
        "6.35 3.43 3.70 3.77 2.68 4.07 4.00",
        "4.67 2.95 3.65 3.63 4.00 5.43 3.67",
        "4.52 3.57 4.57 3.44 3.42 3.87 4.60",
    ),
    "RMSE": (
        "1.58 2.52 3.60 5.00 5.00 5.47 4.83",
        "2.42 3.75 3.90 3.27 5.32 4.80 4.55",
        "3.03 3.38 3.23 3.58 5.40 5.47 3.90",
        "2.07 2.85 3.67 4.49 5.10 5.32 4.49",
    ),
    "MAE": (
        "1.78 2.52 3.57 5.13 5.32 5.57 4.12",
        "1.70 3.73 4.03 3.80 5.53 5.00 4.20",
        "3.05 3.30 3.67 3.80 5.20 5.07 3.92",
        "2.03 2.92 3.69 4.75 5.20 5.36 4.05",
    ),
}


ALGAE = ("a1", "a2", "a3", "a4", "a6", "a7")
HEAD = (
    "table", "rows", "of them repeated", "rare", "published", "rare side", "rows used",
    "rare of these", "least rare in a test fold",
)  # fmt: skip


def page(scores, *, strategies, about, protocol, tables, failures, minutes, verdict):
    """Return the whole page in Markdown.

    `scores` has, by learner and table, an array (strategies, folds, metrics); `tables` a line of
    the table of data sets for each.
    """
    parts = [
        "# Fifteen tables with the protocol of the resampling papers",
        f"`python -m benchmarks.branco15`, {minutes:.0f} minutes of fits, one thread, beside other "
        "load.",
        about,
        protocol,
        failures,
        verdict,
        "## Tables",
        _lines(
            HEAD,
            tables,
        ),
        "## Mean ranks",
        "1 is the best of the strategies by the mean over the folds; means over the tables, and "
        "(all) over tables and learners. F1 up, errors down.",
        _ranks(scores, strategies),
        "## What it costs",
        "Means of F1 over the tables, and over tables and learners as differences; the errors as "
        "ratios to VANILLA on the same table and learner, medians over tables and learners.",
        _trade(scores, strategies),
        "## Against VANILLA",
        *_against(scores, strategies),
        "## Beside the mean ranks of Avelino et al.",
        *_avelino(scores, strategies),
        "## Tests over the tables",
        *_tests(scores, strategies),
    ]
    for metric in METRICS[:2]:
        for learner, by_table in scores.items():
            parts += [f"## {metric}, {learner}", _details(by_table, strategies, metric)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _lines(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _all(scores):
    """Return the arrays of all tables and learners in one list."""
    return [array for by_table in scores.values() for array in by_table.values()]


def _ranks(scores, strategies):
    """Return the mean ranks per metric and learner."""
    columns, head = [], ["strategy"]
    for metric in METRICS:
        for learner, by_table in scores.items():
            if metric in METRICS[:2]:
                head.append(f"{metric}, {learner}")
                columns.append(ranks(list(by_table.values()), metric).mean(axis=0))
        head.append(f"**{metric}, all**")
        columns.append(ranks(_all(scores), metric).mean(axis=0))
    rows = [[name, *(f"{c[k]:.2f}" for c in columns)] for k, name in enumerate(strategies)]
    return _lines(head, rows)


def _trade(scores, strategies):
    """Return the mean of F1 and the median ratios of the errors."""
    means = np.array([array.mean(axis=1) for array in _all(scores)])
    algae = np.array([name in ALGAE for by_table in scores.values() for name in by_table])
    rows = []
    for k, name in enumerate(strategies):
        ratios = means[:, k, 1:] / means[:, 0, 1:]
        medians = [np.median(ratios[~algae, 0]), *np.median(ratios, axis=0)]
        gains = means[:, k, 0] - means[:, 0, 0]
        f1 = [
            f"{np.mean([array[k, :, 0].mean() for array in by_table.values()]):.3f}"
            for by_table in scores.values()
        ]
        f1 += [f"{gains[rows_of].mean():+.3f}" for rows_of in (algae, ~algae)]
        worst = ratios[:, 1].max()
        rows.append([name, *f1, *(f"{r:.2f}" for r in medians), f"{worst:.2f}"])
    head = ["strategy", *(f"F1, {learner}" for learner in scores)]
    head += ["F1 minus VANILLA's, a1 to a7", "the same, other tables", "SERA ratio, other tables"]
    return _lines([*head, *(f"{m} ratio" for m in METRICS[1:]), "largest RMSE ratio"], rows)


def _against(scores, strategies):
    """Return what was won and lost against VANILLA, and the published shares."""
    head = ["strategy", *scores, "all", "won"]
    parts = [
        "Comparisons won(clearly)/lost(clearly): by the mean over the folds, clearly if Wilcoxon's "
        "signed-rank test over the 20 folds rejects at 5 %, as in the papers. Folds share training "
        "rows, so that this test calls too many differences clear; and nothing is corrected for "
        "the number of comparisons. The share of the won is with its standard error, from the "
        "shares of the tables.",
    ]
    for metric in METRICS:
        rows = []
        for k, name in enumerate(strategies[1:], start=1):
            by_learner = [record(list(t.values()), metric, k) for t in scores.values()]
            total = sum(by_learner, Record())
            won = f"{total.share:.0f} ± {_share_error(scores, metric, k):.0f} %"
            rows.append([name, *map(str, by_learner), str(total), won])
        parts += [f"### {metric}", _lines(head, rows)]
    rows = []
    for k, name in enumerate(strategies):
        if name not in SMOGN_PAPER and name not in WERCS_PAPER:
            continue
        by_learner = [record(list(t.values()), "F1", k) for t in scores.values()]
        shares = [r.share for r in [*by_learner, sum(by_learner, Record())]]
        paper = [_share(text) for text in SMOGN_PAPER.get(name, ("",) * 4)]
        cells = [f"{ours:.1f} {theirs}".strip() for ours, theirs in zip(shares, paper)]
        other = WERCS_PAPER.get(name)
        rows.append([name, *cells, f"{_share(other)} {other}" if other else ""])
    parts += [
        "### F1: share of the comparisons won, per cent (in brackets: SMOGN paper)",
        _lines(["strategy", *scores, "all", "WERCS paper, best variant"], rows),
        "The SMOGN paper has 20 tables (14 of them here) and 28 variants of four learners, whose "
        "fourth, MARS, is in its total; the WERCS paper has these 15 tables, five learners and "
        "several variants of each sampler, of which the best is shown.",
    ]
    return parts


def _share_error(scores, metric, strategy):
    """Return the standard error of the share of the won: that of the mean over the tables."""
    names = next(iter(scores.values()))
    shares = [
        np.mean([record([by_table[name]], metric, strategy).share for by_table in scores.values()])
        for name in names
    ]
    return np.std(shares, ddof=1) / np.sqrt(len(shares))


def _share(text):
    """Return the share of the won in brackets, from won(clearly)/lost(clearly)."""
    if not text:
        return ""
    won, lost = (int(part.partition("(")[0]) for part in text.split("/"))
    return f"({100 * won / (won + lost):.1f})"


def _avelino(scores, strategies):
    """Return our ranks among the seven strategies, theirs in brackets."""
    places = [strategies.index(name) for name in SEVEN]
    parts = [
        "Ranks among the same seven strategies (in brackets: Avelino, Cavalcanti and Cruz 2024, 30 "
        "tables, learners with the defaults of scikit-learn, samplers of "
        "ImbalancedLearningRegression with tuned parameters; the last bracket is the mean over "
        "their six learners, the one before over these three). The seven ranks sum to 28, so not "
        "all can be better than there."
    ]
    for metric, published in AVELINO.items():
        theirs = np.array([row.split() for row in published], dtype=float)
        theirs = np.vstack([theirs[:3], theirs[:3].mean(axis=0), theirs[3]])
        ours = [
            ranks([array[places] for array in by_table.values()], metric).mean(axis=0)
            for by_table in scores.values()
        ]
        ours.append(np.mean(ours, axis=0))
        rows = [
            [
                name,
                *(f"{o[k]:.2f} ({t[k]:.2f})" for o, t in zip(ours, theirs)),
                f"({theirs[-1, k]:.2f})",
            ]
            for k, name in enumerate(SEVEN)
        ]
        parts += [f"### {metric}", _lines(["strategy", *scores, "mean", "all six"], rows)]
    return parts


def _tests(scores, strategies):
    """Return Friedman's tests, and which ranks differ from VANILLA's by Nemenyi's test."""
    n_tables = len(next(iter(scores.values())))
    difference = critical_difference(len(strategies), n_tables)
    rows, pictured = [], []
    for metric in METRICS:
        blocks = {name: ranks(list(t.values()), metric) for name, t in scores.items()}
        blocks["all"] = over_learners([list(t.values()) for t in scores.values()], metric)
        for learner, table in blocks.items():
            statistic, p = friedman(table)
            gain = table.mean(axis=0)[0] - table.mean(axis=0)
            better = [n for n, g in zip(strategies, gain) if g >= difference]
            worse = [n for n, g in zip(strategies, gain) if -g >= difference]
            rows.append([metric, learner, f"{statistic:.1f}", f"{p:.1g}"])
            rows[-1] += [", ".join(names) or "none" for names in (better, worse)]
        pictured.append(blocks["all"].mean(axis=0))
    head = ["metric", "learner", "Friedman's chi-squared", "p"]
    return [
        f"Friedman's test of {len(strategies)} strategies on {n_tables} tables, and Nemenyi's "
        f"critical difference of mean ranks at 5 %, {difference:.2f}. For all learners, a table "
        "counts once: strategies are ranked by the mean of their ranks with the three learners; "
        "these ranks are below and in the pictures. Tables a1 to a7 are six targets of the same "
        "198 water samples, so that the tables are not independent, and p is too low.",
        _lines([*head, "better than VANILLA", "worse than VANILLA"], rows),
        _lines(
            ["strategy", *METRICS],
            [[name, *(f"{r[k]:.2f}" for r in pictured)] for k, name in enumerate(strategies)],
        ),
    ]


def _details(by_table, strategies, metric):
    """Return F1 with its standard error, or SERA as a ratio to VANILLA's, by table."""
    rows = []
    for name, array in by_table.items():
        values = array[:, :, METRICS.index(metric)]
        means = values.mean(axis=1)
        if metric == "F1":
            errors = values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
            cells = [f"{m:.3f} ± {e:.3f}" for m, e in zip(means, errors)]
        else:
            cells = [f"{means[0]:.4g}", *(f"{m / means[0]:.2f}" for m in means[1:])]
        rows.append([name, *cells])
    table = _lines(["table", *strategies], rows)
    if metric == "F1":
        return table
    return f"VANILLA in squared units of the target; the others as ratios to it.\n\n{table}"
