"""Speed and memory of the resamplers, side by side with their peers.

Run ``python -m benchmarks.speed.resampling [--quick] [--no-peers] [--output FILE]``.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, SMOTENC
from scipy.spatial.distance import cdist

from benchmarks._shared.peers import PeerUnavailable, raise_rare
from benchmarks._shared.places import RESULTS
from benchmarks._shared.processes import outcome
from benchmarks._shared.resampling_child import classes_of, rows_added
from benchmarks._shared.timing import Row, alternate, machine, seconds, table
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, GaussianNoise, RandomOverSampler, SmoteR
from skdir.resampling._neighbors.space import SAMPLE_ROWS, FeatureSpace
from skdir.utils._containers.rows import Rows
from skdir.utils._text.writing import write_text

SEED = 0
PAGE = RESULTS / "resampling_speed.md"
CAVEATS = [
    "Times are of the one call, without imports and without making the data.",
    "skdir's are the best of several repetitions, in a process of its own the better of two, and "
    "so are those of SMOTE and ImbalancedLearningRegression; smogn, resreg and SMOTENC run once.",
    "A row is added if it is not the first copy of an original one, so duplicates count.",
    "smogn, resreg and ImbalancedLearningRegression get the same arrays in environments of their "
    "own, the first and the last with numpy < 1.25 and pandas < 2.",
    "smogn drops the share of normal rows that it is to keep, so more rows come back than planned; "
    "it sets negative features of synthetic rows to 0, and measures distances on features as they "
    "are, where skdir divides them by their range.",
    "resreg gets the array of relevances that skdir gets, of the upper tail alone: with two tails "
    "it plans other numbers of rows for each. Its matrix of all distances takes some 6 GB.",
    "ImbalancedLearningRegression's smote and ro keep all normal rows, and skdir does the same "
    "there by a plan that is a function of the bumps; its gn thins them, as GaussianNoise does.",
    "imbalanced-learn thins no class, so it copies more rows where skdir's plan is 'balance'; it "
    "draws seeds with replacement, skdir takes each row equally often.",
    "The peak of the resident memory includes the imports and X.",
]


def table_of_numbers(n, p):
    """Return n x p standard normal features and a target near normal, in float64."""
    rng = np.random.default_rng(SEED)
    X = rng.normal(size=(n, p))
    y = X @ np.linspace(1, 0.1, p) + np.sin(3 * X[:, 0]) + rng.normal(size=n)
    return X, y


def mixed_table(n, n_numeric=49, levels=(5, 8, 10, 12, 15, 18, 20, 24, 27, 30)):
    """Return a DataFrame with one categorical column per number of levels, and a target."""
    rng = np.random.default_rng(SEED)
    X, y = table_of_numbers(n, n_numeric)
    frame = pd.DataFrame(X, columns=[f"number_{j}" for j in range(n_numeric)])
    for number in levels:
        codes = np.minimum(rng.geometric(3 / number, size=n), number) - 1
        names = [f"level {i}" for i in range(number)]
        frame[f"category_{number}"] = pd.Categorical.from_codes(codes, names)
        y = y + codes / number
    return frame, y


def counts(seconds_taken, rows_in, rows_out, added):
    """Describe one side: its time, and the rows that went in, came out and were added."""
    return f"{seconds(seconds_taken)}; {rows_in:,} -> {rows_out:,} rows, {added:,} added"


def timed(sampler, X, y, repeats):
    """Return the best time of `fit_resample`, and this side in words."""
    best = alternate({"skdir": lambda: sampler.fit_resample(X, y)}, repeats)["skdir"]
    X_new, y_new = sampler.fit_resample(X, y)
    if isinstance(X, pd.DataFrame):
        added = np.count_nonzero(sampler.synthetic_mask_)
    else:
        added = rows_added(X, y, X_new, y_new)
    return best, counts(best, len(y), len(y_new), added)


def against_smote(n, p, n_rare, n_new, repeats, goals):
    """As many synthetic rows from as many seeds as SMOTE for classes."""
    X, y = table_of_numbers(n, p)
    rare = np.zeros(n, dtype=int)
    rare[np.argsort(y)[n - n_rare :]] = 1
    wanted = {1: n_rare + n_new}  # class 1, and bump 1: the upper of two
    common = {"sampling_strategy": wanted, "relevance": rare, "random_state": SEED}
    samplers = {"SmoteR": SmoteR(**common), "SMOGN": SMOGN(**common)}
    smote = SMOTE(sampling_strategy=wanted, random_state=SEED)
    calls = {"SMOTE": lambda: resampled_to(n + n_new, smote, X, rare)}
    for name, sampler in samplers.items():
        calls[name] = lambda sampler=sampler: resampled_to(n + n_new, sampler, X, y)
    best = alternate(calls, repeats, warm_up=repeats > 2)
    for name in samplers:
        ratio = best[name] / best["SMOTE"]
        goal = goals.get(name)
        yield Row(
            f"{name}().fit_resample, {n:,} x {p}, {n_new:,} synthetic rows from {n_rare:,} rare "
            "ones, against imbalanced-learn SMOTE().fit_resample with the same rows as a class",
            seconds(best[name]),
            seconds(best["SMOTE"]),
            f"{ratio:.2f} x the time",
            f"at most {goal} x" if goal else "",
            ratio <= goal if goal else None,
        )


def resampled_to(n_rows, sampler, X, y):
    """Return what a sampler makes of the data, which must be so many rows."""
    result = sampler.fit_resample(X, y)
    if len(result[1]) != n_rows:
        raise RuntimeError(f"{sampler} returned {len(result[1])} rows instead of {n_rows}.")
    return result


def large(n, p):
    """Time and peak memory at a size whose full matrix of distances would fill any machine."""
    X, y = table_of_numbers(n, p)
    calls = ["imblearn SMOTE", "skdir SmoteR", "skdir SMOGN"]
    runs = [{call: outcome(call, X, y) for call in order} for order in (calls, calls[::-1])]
    best = {call: min((run[call] for run in runs), key=lambda run: run.seconds) for call in calls}
    smote = best.pop("imblearn SMOTE")
    peak = {call: max(run[call].bytes_peak for run in runs) for call in calls}
    for call, mine in best.items():
        what = f"{call.split()[1]}().fit_resample, {n:,} x {p}, in a process of its own"
        yield Row(
            f"{what}, against imbalanced-learn SMOTE().fit_resample of the same bumps as classes",
            _side(mine),
            _side(smote),
            f"{mine.seconds / smote.seconds:.2f} x the time",
        )
        yield Row(
            f"{what}: peak of the resident memory",
            f"{_gigabytes(peak[call])}; before the call {_gigabytes(mine.bytes_before)}",
            f"SMOTE: {_gigabytes(peak[calls[0]])}; X alone {_gigabytes(X.nbytes)}",
            f"{peak[call] / peak[calls[0]]:.2f} x the memory",
            "less than 4 GB",
            peak[call] < 4e9,
        )


def _gigabytes(number):
    """Format a number of bytes."""
    return f"{number / 1e9:.2f} GB"


def _side(result):
    """Describe the outcome of a process."""
    return counts(result.seconds, result.rows_in, result.rows_out, result.rows_added)


def against_peer(
    call, peer_name, sampler, X, y, relevance=None, *, goal=None, repeats=5, peer_repeats=1
):
    """One row against a call of a peer in its own environment."""
    shape = f"{len(y):,} x {X.shape[1]}"
    what = f"{type(sampler).__name__}().fit_resample, {shape}, against {peer_name}"
    goal_text = f"at least {goal:,} x" if goal else ""
    best, mine = timed(sampler, X, y, repeats)
    try:
        peer = outcome(call, X, y, relevance, repeats=peer_repeats)
    except PeerUnavailable as error:
        return Row(what, mine, f"skipped: {error}", "", goal_text)
    ratio = peer.seconds / best
    return Row(
        f"{what} ({peer.version()})",
        mine,
        _side(peer),
        f"{ratio:,.0f} x faster" if ratio >= 10 else f"{ratio:.2g} x faster",
        goal_text,
        ratio >= goal if goal else None,
    )


def against_smogn(n, goal=None):
    """The package smogn, which finds distances in Python."""
    X, y = table_of_numbers(n, 10)
    sampler = SMOGN(random_state=SEED)
    return against_peer("smogn", "smogn.smoter", sampler, X, y, goal=goal, repeats=20)


def against_resreg(n, goal):
    """The package resreg, whose neighbours come from a full matrix of distances."""
    X, y = table_of_numbers(n, 10)
    relevance = RelevanceFunction(extremes="high").fit(y).transform(y)
    sampler = SmoteR(relevance=relevance, random_state=SEED)
    return against_peer("resreg", "resreg.smoter", sampler, X, y, relevance, goal=goal)


def against_regression_package(n):
    """The package ImbalancedLearningRegression."""
    X, y = table_of_numbers(n, 10)
    pairs = {
        "smote": SmoteR(sampling_strategy=raise_rare, random_state=SEED),
        "gn": GaussianNoise(random_state=SEED),
        "ro": RandomOverSampler(sampling_strategy=raise_rare, random_state=SEED),
    }
    for name, sampler in pairs.items():
        call, what = f"ILR {name}", f"ImbalancedLearningRegression.{name}"
        yield against_peer(call, what, sampler, X, y, repeats=20, peer_repeats=3)


def mixed(n, repeats):
    """A wide table with categorical columns."""
    X, y = mixed_table(n)
    best, mine = timed(SMOGN(random_state=SEED), X, y, repeats)
    labels, wanted = classes_of(y)
    smote = SMOTENC("auto", sampling_strategy=wanted, random_state=SEED)
    calls = {"SMOTENC": lambda: smote.fit_resample(X, labels)}
    other = alternate(calls, 1, warm_up=False)["SMOTENC"]
    added = len(smote.fit_resample(X, labels)[1]) - n
    yield Row(
        f"SMOGN().fit_resample, DataFrame of {n:,} x {X.shape[1]}, ten columns categorical, "
        "against imbalanced-learn SMOTENC().fit_resample of the same bumps as classes",
        mine,
        counts(other, n, n + added, added),
        f"{best / other:.2g} x the time",
        "less than 20 s",
        best < 20,
    )


def sampled_distances(n, p):
    """How far the safe distances from a sample are from those from all rows."""
    normal = table_of_numbers(n, p)[0]
    for name, X in {"normal": normal, "log-normal": np.exp(normal)}.items():
        space = FeatureSpace(Rows(X, np.empty((n, 0), dtype=np.intp), np.zeros(p, dtype=bool)))
        sampled = space.safe_distances(np.arange(n), np.random.RandomState(SEED))
        scaled = X / np.ptp(X, axis=0)
        exact = np.empty(n)
        for start in range(0, n, 500):
            rows = np.arange(start, min(start + 500, n))
            distance = cdist(scaled[rows], scaled)
            distance[np.arange(len(rows)), rows] = np.inf
            exact[rows] = np.median(np.sort(distance, axis=1)[:, :-1], axis=1) / 2
        median, high = np.quantile(np.abs(sampled / exact - 1), [0.5, 0.99])
        yield Row(
            f"SMOGN's safe distance from {SAMPLE_ROWS:,} rows of a bump of {n:,} x {p}, {name} "
            "features: relative error (median; 99th percentile)",
            f"{median:.2%}; {high:.2%}",
            "all rows of the bump (scipy's cdist)",
            "",
        )


def measure(quick, peers):
    """Yield the rows of the table."""
    n, repeats = (10_000, 3) if quick else (200_000, 7)
    yield from large(n if quick else 1_000_000, 20)
    goals = {"SmoteR": 1.3, "SMOGN": 2.5}
    yield from against_smote(n, 20, n // 10, n // 10, repeats, goals)
    yield from against_smote(n, 10, n // 2, n * 2 // 5, 2, {})
    if peers:
        yield against_smogn(300 if quick else 2_000)
        yield against_smogn(500 if quick else 5_000, goal=2_000)
        yield against_resreg(n, goal=20)
        yield from against_regression_package(300 if quick else 2_000)
    yield from mixed(3_000 if quick else 28_000, 3)
    yield from sampled_distances(6_000 if quick else 20_000, 20)


def report(rows, head, quick):
    """Return the whole report in Markdown."""
    kind = "quick run with smaller sizes, not a result" if quick else "full run"
    return "\n".join(
        [
            "# Speed and memory of the resamplers",
            "",
            f"Made by `python -m benchmarks.speed.resampling` ({kind}). Features are standard "
            "normal and float64, targets near normal with both tails rare unless a row says "
            "otherwise.",
            "",
            head,
            "",
            table(rows, judged=not quick),
            "",
            " ".join(CAVEATS),
            "",
        ]
    )


def main(arguments=None):
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.resampling", description=__doc__
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes; judges no goal")
    parser.add_argument("--no-peers", action="store_true", help="install no peers")
    parser.add_argument(
        "--output", type=Path, help=f"file of the table (full run: results/{PAGE.name})"
    )
    options = parser.parse_args(arguments)
    output = options.output or (None if options.quick else PAGE)
    head, rows = machine(), []
    for row in measure(options.quick, not options.no_peers):
        print(f"{row.what}: {row.skdir} | {row.other} | {row.ratio}", flush=True)
        rows.append(row)
    text = report(rows, head, options.quick)
    print("\n" + text)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_text(output, text)


if __name__ == "__main__":
    main()
