"""The page of `peers_quality`: both sides of each pair, and what they differ in."""

import numpy as np
import pandas as pd

from benchmarks._shared.timing import seconds

FOLD = ["table", "seed", "fold"]
RATIOS = ("SERA", "rare MAE", "frequent MAE", "MAE")


def both(frame, pair, first=None):
    """Return the records of two sides, row by row the same fold."""
    sides = [frame[frame["side"] == side].set_index(FOLD) for side in (first, pair.what)]
    return sides[0], sides[1].loc[sides[0].index]


def valid(frame, pair):
    """Return the records of a peer, of skdir and of no resampling where both sides gave rows."""
    theirs, ours = both(frame, pair, pair.call.name)
    good = (theirs["error"] == "") & (ours["error"] == "")
    none = frame[frame["side"] == "none"].set_index(FOLD).loc[theirs.index]
    return theirs[good], ours[good], none[good]


def over_tables(values):
    """Return the mean over tables of the means over folds, and two standard errors of it.

    The first is that of the means of the tables, the second would hold if folds of one table were
    independent.
    """
    values = values.astype(float).replace([np.inf, -np.inf], np.nan).dropna()
    means = values.groupby("table").mean()
    return means.mean(), means.sem(), values.sem()


def verdict(mean, error, better):
    """Say which side is better by more than two standard errors over tables."""
    if not abs(mean) > 2 * error:
        return ""
    return "skdir" if mean * better > 0 else "**peer**"


def quality(frame, pairs, learner):
    """Return the Markdown table of one learner."""
    lines = [
        "| peer | skdir | folds | F1: none | peer | skdir | difference | tables won / lost "
        "| better | SERA | tables won / lost | better | rare MAE | better | frequent MAE | better "
        "| MAE |",
        "|---" * 17 + "|",
    ]
    for pair in pairs:
        theirs, ours, none = valid(frame, pair)
        if not len(ours):
            lines.append(f"| {pair.call.name} | {pair.what} | 0 |" + " |" * 14)
            continue
        f1 = [side[learner, "F1"] for side in (none, theirs, ours)]
        cells = [pair.call.name, pair.what, str(len(ours))]
        cells += [f"{over_tables(side)[0]:.3f}" for side in f1]
        gain = f1[2] - f1[1]
        mean, error, of_folds = over_tables(gain)
        cells += [f"{mean:+.3f} ({error:.3f}; {of_folds:.3f})", tables(gain)]
        cells.append(verdict(mean, error, 1))
        for metric in RATIOS:
            log = np.log((ours[learner, metric] / theirs[learner, metric]).astype(float))
            mean, error, of_folds = over_tables(log)
            cells.append(f"{np.exp(mean):.3f} ({error:.3f}; {of_folds:.3f})")
            if metric == "SERA":
                cells.append(tables(-log))
            if metric != "MAE":
                cells.append(verdict(mean, error, -1))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tables(gain):
    """Return on how many tables skdir is better and worse in the mean over folds."""
    means = gain.groupby("table").mean()
    return f"{(means > 0).sum()} / {(means < 0).sum()}"


def costs(frame, pairs):
    """Return the Markdown table of times, rows and failures."""
    lines = [
        "| peer | skdir | time: peer | skdir | peer / skdir | at 300 rows and more | rows: peer "
        "| skdir | targets out of range: peer | skdir | failed: peer | skdir |",
        "|---" * 12 + "|",
    ]
    for pair in pairs:
        theirs, ours = both(frame, pair, pair.call.name)
        ratio = theirs["seconds"] / ours["seconds"]
        large = ratio[theirs["rows in"] >= 300]
        cells = [pair.call.name, pair.what]
        cells += [seconds(side["seconds"].median()) for side in (theirs, ours)]
        cells += [
            f"{value.median():,.{0 if value.median() >= 10 else 2}f}" for value in (ratio, large)
        ]
        good = [side[side["error"] == ""] for side in (theirs, ours)]
        cells += [f"{(side['rows'] / side['rows in']).mean():.1%}" for side in good]
        cells += [f"{side['outside'].mean():.2%}" for side in good]
        cells += [f"{(side['error'] != '').sum()} of {len(side)}" for side in (theirs, ours)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def failures(frame):
    """Return a list of the reasons why sides failed, and where."""
    bad = frame[frame["error"] != ""]
    lines = []
    for (side, error), group in bad.groupby(["side", "error"], sort=False):
        where = group["table"].value_counts(sort=False)
        folds = ", ".join(f"{table} {number}" for table, number in where.items())
        lines.append(f"- {side}: `{error}` ({folds})")
    return "\n".join(lines) or "- None."


def details(frame, pairs, learner, shapes):
    """Return the Markdown table of F1 (peer / skdir) and the ratio of SERA by table."""
    head = " | ".join(f"{name} ({rows} x {p})" for name, (rows, p) in shapes.items())
    lines = [f"| peer | skdir | {head} |", "|---" * (len(shapes) + 2) + "|"]
    none = frame[frame["side"] == "none"].groupby("table")[[(learner, "F1")]].mean()
    cells = [f"{none.loc[name].iloc[0]:.2f}" for name in shapes]
    lines.append(f"| none | | {' | '.join(cells)} |")
    for pair in pairs:
        theirs, ours, _ = valid(frame, pair)
        cells = []
        for name in shapes:
            if name not in theirs.index.get_level_values("table"):
                cells.append("failed")
                continue
            pieces = [side.loc[name] for side in (theirs, ours)]
            f1 = " / ".join(f"{piece[learner, 'F1'].mean():.2f}" for piece in pieces)
            log = np.log(pieces[1][learner, "SERA"] / pieces[0][learner, "SERA"])
            cells.append(f"{f1}; {np.exp(log.astype(float).mean()):.2f}")
        lines.append(f"| {pair.call.name} | {pair.what} | {' | '.join(cells)} |")
    return "\n".join(lines)


def versions(frame):
    """Return the versions of all peers in a line each."""
    known = [text for text in pd.unique(frame["versions"]) if text]
    return "\n".join(f"- Peer: {text}" for text in known)


def report(frame, pairs, learners, shapes, about, notes):
    """Return the whole page."""
    parts = [
        "# Resamplers and weighters beside those of other packages",
        "Made by `python -m benchmarks.peers.quality`: resamplers and weighters of skdir and those "
        "of smogn, ImbalancedLearningRegression, resreg and denseweight, on the same folds.",
        f"{about}\n{versions(frame)}",
        notes.strip(),
    ]
    for learner in learners:
        parts += [f"## Quality, {learner}", quality(frame, pairs, learner)]
    parts += ["## Time, rows and failures", costs(frame, pairs)]
    parts += ["Why sides failed, with the number of folds of each table:", failures(frame)]
    for learner in learners:
        parts += [f"## By table, {learner}", details(frame, pairs, learner, shapes)]
    parts.append(
        "F1 of peer / skdir, and the ratio of their SERA (skdir to peer, below 1 is better for "
        "skdir), over the folds where both gave rows."
    )
    return "\n\n".join(parts) + "\n"
