"""Resamplers and weighters beside those of other packages: quality and time, same folds.

    python -m benchmarks.peers.quality            # writes benchmarks/results/peers_quality.md
    python -m benchmarks.peers.quality --quick    # two tables, one seed, no file

Each training fold goes to a call of a peer, in the peer's own environment, and to its counterpart
with the same settings. The same two regressors are fitted to what comes back, and score the test
rows. What the peers returned and the scores are remembered in a folder (--memory), so that a run
that was interrupted goes on where it stopped; remove the folder to do all anew.
"""

import argparse
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._shared.peers import PeerUnavailable, run
from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.processes import python_of
from benchmarks._shared.timing import machine
from benchmarks.peers.page import report
from benchmarks.peers.pairs import PAIRS
from skdir.metrics import relevance_precision_recall_fscore, squared_error_relevance_area
from skdir.model_selection import BinnedStratifiedKFold
from skdir.relevance import RelevanceFunction
from skdir.utils._text.writing import write_text
from skdir.weighting import BaseWeighter

PAGE = RESULTS / "peers_quality.md"
MEMORY = Path(tempfile.gettempdir()) / "skdir-peers-quality"
CHILD = Path(__file__).with_name("child.py")
TABLES = (
    "branco15/a1", "branco15/a4", "branco15/boston", "branco15/Accel", "branco15/Abalone",
    "branco15/fuelCons", "branco15/heat", "branco15/cpuSm", "pedropi/machineCPU",
    "pedropi/concrete",
)  # fmt: skip
MAX_ROWS, FOLDS, SEEDS, RELEVANT = 500, 5, (0, 1), 0.8
LEARNERS = {
    "random forest": (RandomForestRegressor(100, min_samples_leaf=2), "random_state", None),
    "ridge regression": (make_pipeline(StandardScaler(), Ridge()), None, "ridge"),
}

NOTES = f"""
- Tables: the numeric columns of ten tables of the classic collections (columns of text are left
  out), without repeated rows, {MAX_ROWS} rows drawn of larger ones. Features are given as they are,
  not scaled. {FOLDS} folds, stratified by the target, with {len(SEEDS)} seeds. Tables, settings and
  scores were chosen before any result was seen; the pair "bandwidth of denseweight" was added
  later, to tell apart what the bandwidth and the ends do.
- Same settings: relevance is that of the box plot of the training targets; smogn and
  ImbalancedLearningRegression (ILR) get its control points, resreg its values. Rare is relevance
  0.5 and more, there are 5 neighbours, noise has the factor of the peer's default, and skdir's plan
  asks for the peer's numbers of rows. "SMOGN, balance" is the exception: it keeps the plan that
  smogn documents, and "rows of smogn" the one that it follows.
- Scores: relevance of all targets of the table, F1 at threshold {RELEVANT}, rare MAE over test rows
  of at least that relevance, frequent MAE over the others. F1 is 0 in folds without any relevant
  prediction, and jumps there (a1, concrete). F1 of "none" is that of the training rows as they are.
- Differences and ratios are skdir to peer: F1 higher, all others lower than 1 are better for skdir;
  ratios are geometric means. In brackets are standard errors (of the logarithm, for ratios): over
  the means of the tables, and over all folds as if they were independent. "Better" goes by the
  first, at more than two; of all comparisons about one in twenty is there by chance.
- Seconds are of processor time, medians over folds, on a machine that did other work; imports are
  not in them. skdir's have the fit of the relevance in them, which the peers are given; that and
  its checks take about a millisecond, so resreg's random samplers are faster at these sizes.
  Targets out of range are returned rows whose target is beyond all training targets. smogn and
  ILR.smote read memory that they never wrote, so that no seed repeats their rows.

Why sides differ, as far as was found by reading the peers and looking at what they returned:

- smogn.smoter, ILR.smote: the target of a new row depends on memory that was never written: where
  that holds NaN the call raises, else the target is between its parents', or, if the two distances
  to them come out equal, that of the one plus half that of the other. So some are far beyond all
  training targets, which costs frequent rows, and now and then helps rare ones of a heavy tail.
  The target is a part of the distances, and features are not scaled in them. smogn drops the share
  of normal rows that it is to keep. Negative values of new rows become 0 in features and targets
  that have any positive one.
- ILR.ro and resreg.random_oversample draw copies with replacement; RandomOverSampler takes each
  rare row equally often, and none is left out by chance.
- ILR.gn has noise of variance factor times deviation, which depends on the unit of each feature.
- resreg.smoter gives the target 0 to a new row between two rows with the same features; nor are
  features scaled in its distances.
- resreg.wercs with noise adds it to the kept rows, drawn again with replacement, and not to those
  that it adds.
- denseweight scales the density by its extremes on a grid and looks it up at the grid point below a
  target; DenseWeighter by those at the training targets, as in the paper, so that the densest
  target, which may be many rows (a4, Abalone), weighs next to nothing.
- DenseWeighter's default bandwidth goes by the interquartile range where that is narrower: with
  heavy tails it weighs medium targets more, and rare ones less, than denseweight does.
  Its correction at the ends makes a pile of targets at an end (0 in a1 and a4) the densest, which
  then weighs next to nothing. On a1 both cost F1 with ridge regression, which then calls no test
  row relevant in some folds. LDSWeighter's default, the square root, is gentler than all of them:
  less is won on rare targets, and less lost on frequent ones.
- On Accel and fuelCons some feature is nearly constant but for a few rows far away. There ridge
  regression is off by orders of magnitude at test rows if thinning left all others out, as
  happened to either side in some folds; hence the large standard errors of SERA.
"""


@dataclass
class Fold:
    """Training and test rows, the relevance of the training targets, and a folder for the peers."""

    table: str
    seed: int
    number: int
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    relevance: RelevanceFunction
    folder: Path


@dataclass
class Side:
    """What a peer, or skdir, made of the training rows of a fold."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None
    seconds: float = np.nan
    error: str = ""
    versions: dict = field(default_factory=dict)


def load(name):
    """Return the numeric features and the target of a table, without repeated rows."""
    frame = pd.read_csv(SHARED / "data" / f"{name}.csv.gz").dropna(how="all")
    y = frame.pop(frame.columns[0]).astype(float)
    frame = frame.select_dtypes("number").assign(target=y).dropna().drop_duplicates()
    rows = np.sort(np.random.default_rng(0).permutation(len(frame))[:MAX_ROWS])
    values = frame.iloc[rows].to_numpy(dtype=float)
    return values[:, :-1], values[:, -1]


def make_folds(table, X, y, seeds, memory):
    """Yield all folds of a table, written to a folder for the peers."""
    for seed in seeds:
        cv = BinnedStratifiedKFold(FOLDS, bins="quantile", shuffle=True, random_state=seed)
        for number, (train, test) in enumerate(cv.split(X, y)):
            relevance = RelevanceFunction().fit(y[train])
            arrays = {
                "X": X[train], "y": y[train], "relevance": relevance.transform(y[train]),
                "points": relevance.control_points_, "seed": np.array(seed),
            }  # fmt: skip
            folder = memory / "peers" / f"{Path(table).name}-{joblib.hash(arrays)[:12]}"
            folder.mkdir(parents=True, exist_ok=True)
            for name, array in arrays.items():
                np.save(folder / f"{name}.npy", array)
            yield Fold(
                table, seed, number, X[train], y[train], X[test], y[test], relevance, folder
            )  # fmt: skip


def call_peers(folds, memory):
    """Let the peers do what they have not done; return why an environment gave nothing."""
    calls = {pair.call.name: pair.call for pair in PAIRS}.values()
    lost = {}
    for environment in dict.fromkeys(call.environment for call in calls):
        job = {
            "calls": [call.job() for call in calls if call.environment == environment],
            "folds": [str(fold.folder) for fold in folds],
        }
        path = memory / "job.json"
        write_text(path, json.dumps(job))
        try:
            run([python_of(environment), "-W", "ignore", str(CHILD), str(path)], timeout=1800)
        except PeerUnavailable as error:
            lost[environment] = str(error)
    return lost


def peer_side(call, fold, lost):
    """Read what a peer made of a fold; a result with missing values is none."""
    key = call.job()["key"]
    path = fold.folder / f"{key}.json"
    if not path.exists():
        return Side(fold.X, fold.y, error=lost.get(call.environment, "no result"))
    about = json.loads(path.read_text(encoding="utf-8"))
    with np.load(path.with_suffix(".npz")) as arrays:
        side = Side(
            arrays.get("X", fold.X), arrays.get("y", fold.y), arrays.get("weights"), **about
        )
    return checked(side)


def checked(side):
    """Call a side failed if rows or weights are missing, infinite, or not there at all."""
    numbers = [side.X, side.y[:, np.newaxis]]
    if side.weight is not None:
        numbers.append(side.weight[:, np.newaxis])
    finite = [np.isfinite(values).all(axis=1) for values in numbers]
    broken = np.count_nonzero(~np.logical_and.reduce(finite))
    if not side.error and broken:
        side.error = f"NaN or infinity in {broken} of {len(side.y)} rows"
    return side


def our_side(pair, fold):
    """Return what skdir makes of a fold."""
    ours = pair.make(fold.seed, fold.y)
    start = process_time()
    try:
        if isinstance(ours, BaseWeighter):
            weight = ours.fit_transform(fold.y)
            return checked(Side(fold.X, fold.y, weight, process_time() - start))
        X, y = ours.fit_resample(fold.X, fold.y)
        return checked(Side(X, y, None, process_time() - start))
    except ValueError as error:
        return Side(fold.X, fold.y, error=f"ValueError: {error}")


def scores(learner, seed, X, y, weight, X_test, y_test, y_all):
    """Fit a learner to some rows; return its errors on the test rows.

    Relevance is that of all targets of the table; rare are test rows of at least `RELEVANT`.
    """
    model, seeded, last = LEARNERS[learner]
    model = clone(model)
    if seeded:
        model.set_params(**{seeded: seed})
    parameter = f"{last}__sample_weight" if last else "sample_weight"
    model.fit(X, y, **({} if weight is None else {parameter: weight}))
    prediction = model.predict(X_test)
    relevance = RelevanceFunction().fit(y_all)
    rare = relevance.transform(y_test) >= RELEVANT
    error = np.abs(prediction - y_test)
    fscore = relevance_precision_recall_fscore(
        y_test, prediction, relevance=relevance, threshold=RELEVANT
    )[2]
    return {
        "F1": fscore,
        "SERA": squared_error_relevance_area(y_test, prediction, relevance=relevance),
        "rare MAE": error[rare].mean() if rare.any() else np.nan,
        "frequent MAE": error[~rare].mean(),
        "MAE": error.mean(),
    }


def sides_of(fold, lost):
    """Return all sides of a fold by name: no resampling, the peers' calls, and skdir's."""
    sides = {"none": Side(fold.X, fold.y)}
    for pair in PAIRS:
        if pair.call.name not in sides:
            sides[pair.call.name] = peer_side(pair.call, fold, lost)
        sides[pair.what] = our_side(pair, fold)
    return sides


def measure(table, seeds, memory):
    """Return the records of a table: one for each fold and side."""
    X, y = load(table)
    remembered = joblib.Memory(memory / "scores", verbose=0).cache(scores)
    folds = list(make_folds(table, X, y, seeds, memory))
    lost = call_peers(folds, memory)
    records = []
    for fold in folds:
        low, high = fold.y.min(), fold.y.max()
        for name, side in sides_of(fold, lost).items():
            record = {
                "table": Path(table).name, "seed": fold.seed, "fold": fold.number, "side": name,
                "seconds": side.seconds, "rows in": len(fold.y), "rows": len(side.y),
                "outside": np.mean((side.y < low) | (side.y > high)), "error": side.error,
                "versions": ", ".join(f"{k} {v}" for k, v in side.versions.items()),
            }  # fmt: skip
            for learner in LEARNERS if not side.error else ():
                result = remembered(
                    learner, fold.seed, side.X, side.y, side.weight, fold.X_test, fold.y_test, y
                )
                record |= {(learner, metric): value for metric, value in result.items()}
            records.append(record)
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two tables, one seed, no file")
    parser.add_argument("--memory", type=Path, default=MEMORY, help="(default: %(default)s)")
    options = parser.parse_args()
    if not (SHARED / "data").is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to the folder of data/")
    options.memory.mkdir(parents=True, exist_ok=True)
    tables, seeds = (TABLES[:9:8], SEEDS[:1]) if options.quick else (TABLES, SEEDS)
    about, start, records, shapes = machine(), perf_counter(), [], {}
    for table in tables:
        X, _ = load(table)
        shapes[Path(table).name] = X.shape
        records += measure(table, seeds, options.memory)
        print(f"{table}: {perf_counter() - start:.0f} s", flush=True)
    frame = pd.DataFrame(records)
    frame.to_pickle(options.memory / "records.pkl")
    text = report(frame, PAIRS, list(LEARNERS), shapes, about, NOTES)
    if options.quick:
        print(text)
    else:
        write_text(PAGE, text)


if __name__ == "__main__":
    main()
