"""Calls of a peer on the training rows of some folds, in the peer's own environment.

Run ``python child.py JOB``. The JSON file JOB has "calls" and "folds". A call has a "key",
the "module", the "function" and its "options", the packages whose versions are reported, and a
"form": how the function is called. The folder of a fold holds X.npy, y.npy, relevance.npy,
points.npy (control points of the relevance) and seed.npy; a call leaves KEY.npz (X and y, or
weights) and then KEY.json there: seconds of processor time and versions, or the error. What is
there is not done again. As `resampling_child` it imports nothing of skdir.
"""

import json
import random
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

# A script in an environment without skdir: what it shares with others it finds by their folder.
sys.path.append(str(Path(__file__).parents[1] / "_shared"))
from resampling_child import frame_of


def call_frame(function, options, fold):
    """Call a function of a DataFrame and the name of its target, with our control points."""
    frame = frame_of(fold["X"], fold["y"])
    points = fold["points"].tolist()
    start = time.process_time()
    result = function(frame, "y", rel_method="manual", rel_ctrl_pts_rg=points, **options)
    seconds = time.process_time() - start
    values = result.to_numpy(dtype=float)
    return seconds, {"X": values[:, :-1], "y": values[:, -1]}


def call_relevance(function, options, fold):
    """Call a function of X, y and the relevance of each target."""
    X, y, relevance = fold["X"], fold["y"], fold["relevance"]
    start = time.process_time()
    X_new, y_new = function(X, y, relevance, random_state=int(fold["seed"]), **options)
    return time.process_time() - start, {"X": X_new, "y": y_new}


def call_weights(maker, options, fold):
    """Fit an object to the targets; `fit` returns their weights."""
    y = fold["y"]
    start = time.process_time()
    weights = maker(**options).fit(y)
    return time.process_time() - start, {"weights": weights}


FORMS = {"frame": call_frame, "relevance": call_relevance, "weights": call_weights}


def outcome(call, fold):
    """Return what is to be reported of a call, and the arrays that it gave (none if it failed)."""
    about = {"versions": {package: version(package) for package in call["packages"]}}
    seed = int(fold["seed"])
    np.random.seed(seed)  # noqa: NPY002, the peers draw from the global state
    random.seed(seed)
    try:
        function = getattr(import_module(call["module"]), call["function"])
        about["seconds"], arrays = FORMS[call["form"]](function, call["options"], fold)
    except Exception as error:
        return {**about, "error": f"{type(error).__name__}: {error}"}, {}
    return about, arrays


def main(job):
    """Do all calls on all folds that have not been done."""
    job = json.loads(Path(job).read_text(encoding="utf-8"))
    for folder in map(Path, job["folds"]):
        names = ("X", "y", "relevance", "points", "seed")
        fold = {name: np.load(folder / f"{name}.npy") for name in names}
        for call in job["calls"]:
            done = folder / f"{call['key']}.json"
            if done.exists():
                continue
            about, arrays = outcome(call, {name: array.copy() for name, array in fold.items()})
            np.savez(folder / f"{call['key']}.npz", **arrays)
            partial = done.with_suffix(".partial")
            partial.write_text(json.dumps(about), encoding="utf-8")
            partial.replace(done)


if __name__ == "__main__":
    main(*sys.argv[1:])
