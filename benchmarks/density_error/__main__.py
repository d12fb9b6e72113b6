"""How closely the error follows the density of the training targets, by the width of the kernel.

    python -m benchmarks.density_error            # five seeds, writes results/density_error.md
    python -m benchmarks.density_error --quick    # one seed, a table and few rows, no file

Yang et al. (2021) report, for ages of faces, a correlation of -0.47 between the number of training
rows of an age and the error, and of -0.83 with the effective density. Here: the same over kernels
from none to wide, on other data. Needs the data sets of `../shared` (or `$SKDIR_SHARED`). Runs are
remembered in a file of the folder for temporary files.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold, cross_val_predict

from benchmarks._shared import turned_digits as digits
from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.runs import Runs, one_thread, parse_options
from benchmarks._shared.sentence_pairs import PairFeatures, boosting
from benchmarks._shared.tables import TABLES, read
from benchmarks._shared.timing import machine
from benchmarks.density_error.page import draw, page
from skdir.datasets import fetch_sts_b_dir
from skdir.density import TargetDensity, reference_window, select_bandwidth
from skdir.metrics import density_error_correlation
from skdir.utils._text.writing import write_text

PAGE = RESULTS / "density_error.md"
# Standard deviations of the Gaussian kernel, as shares of the range of the target; 0 is none.
WIDTHS = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
EPOCHS, DRAWS = 10, 500


def sts_b(seed, quick):
    """Return training targets, test targets, predictions and edges of pairs of sentences."""
    data = fetch_sts_b_dir(SHARED / "data" / "sts_b_dir", download_if_missing=False)
    rows = slice(None, None, 5 if quick else 1)
    pairs, y = data.train.data[rows], data.train.target[rows]
    features = PairFeatures(random_state=seed).fit(pairs)
    model = boosting(seed, quick).fit(features.transform(pairs), y)
    predicted = np.clip(model.predict(features.transform(data.test.data)), 0, 5)
    return y, data.test.target, predicted, data.bins


def rotated_digits(seed, quick):
    """Return the same of digits, with the training part that comes with the data."""
    with np.load(digits.DATA / "images" / "rotmnist_dir.npz") as file:
        X, y, split = file["X"], file["angle"].astype(float), file["split"]
    X, train, test = (X / 255.0).astype(np.float32), np.flatnonzero(split == 0), split > 0
    train = train[: 500 if quick else None]
    model = digits.network(seed, epochs=1 if quick else EPOCHS).fit(X[train], y[train])
    return y[train], y[test], model.predict(X[test]), np.arange(-60, 61, 5.0)


def ragged_digits(seed, quick):
    """Return the same of digits whose angles are frequent and rare in turns, at random."""
    edges = np.linspace(digits.LOW, digits.HIGH, 49)
    thinned = np.random.default_rng(seed).permutation(np.tile([1.0, 0.1], 24))

    def density(y):
        place = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, 47)
        return np.exp(-np.abs(y) / 30) * thinned[place]

    (X, y), (X_test, y_test) = digits.load(seed, density=density, n_samples=500 if quick else 1600)
    model = digits.network(seed, epochs=1 if quick else 2 * EPOCHS).fit(X, y)
    return y, y_test, model.predict(X_test), edges


def table(name):
    """Return a function that gives the same of a table, with predictions out of fold."""

    def load(seed, quick):
        X, y = read(name, every=5 if quick else 1)
        model = HistGradientBoostingRegressor(random_state=seed)
        folds = KFold(5, shuffle=True, random_state=seed)
        edges = np.linspace(y.min(), y.max(), TABLES[name][2] + 1)
        return y, y, cross_val_predict(model, X, y, cv=folds), edges

    return load


DATA = {
    "sts-b": sts_b,
    "rotated-digits": rotated_digits,
    "rotated-digits, ragged": ragged_digits,
    **{name: table(name) for name in TABLES},
}


def densities(y, edges):
    """Return the density of each bin by kernel: none, some widths, Silverman's, the paper's."""
    span, rule = edges[-1] - edges[0], select_bandwidth(y)
    kernels = {f"{share:g}": {"bandwidth": share * span} for share in WIDTHS[1:]}
    kernels = {
        "none": {"kernel": None},
        **kernels,
        "Silverman's": {"bandwidth": rule},
        "the paper's window": {"kernel": reference_window("gaussian", 5, 2), "boundary": "zero"},
    }
    centres = (edges[1:] + edges[:-1]) / 2
    y = np.clip(y, edges[0], edges[-1])  # the last digit of float32
    return {
        name: TargetDensity(bins=edges, **settings).fit(y).density(centres)
        for name, settings in kernels.items()
    }, rule / span


def fit(name, seed, quick):
    """Return the density of bins by kernel, targets of tested rows and their errors."""
    y, y_test, predicted, edges = (np.asarray(part) for part in DATA[name](seed, quick))
    by_kernel, rule = densities(y, edges)
    y_test = np.clip(y_test, edges[0], edges[-1])
    return {
        "edges": edges.tolist(),
        "densities": {kernel: values.tolist() for kernel, values in by_kernel.items()},
        "y": y_test.tolist(),
        "error": np.abs(predicted - y_test).round(8).tolist(),
        "mean": float(y.mean()),
        "silverman": rule,
    }


def correlations(density, errors):
    """Return Pearson's correlation with a density, with its logarithm, and Spearman's."""
    positive = density > 0
    return [
        _pearson(density, errors),
        _pearson(np.log(density[positive]), errors[..., positive]),
        _pearson(rankdata(density), rankdata(errors, axis=-1)),
    ]


def _pearson(x, y):
    """Return the correlation of x with each row of y; none where either is constant."""
    x, y = x - x.mean(), y - y.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (y @ x) / np.sqrt((x @ x) * (y * y).sum(axis=-1))


def analyse(run, rng):
    """Return by kernel an array (3, 1 + draws): correlations on all tested rows, and on draws."""
    edges, y, error = (np.array(run[key]) for key in ("edges", "y", "error"))
    index = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, len(edges) - 2)
    filled = np.unique(index)
    order = np.argsort(index, kind="stable")
    per_bin = np.empty((1 + DRAWS, len(filled)))
    # rows are drawn within their bin, so that none gets empty
    for column, rows in enumerate(np.split(order, np.cumsum(np.bincount(index)[filled])[:-1])):
        draws = rng.integers(len(rows), size=(DRAWS, len(rows)))
        per_bin[0, column] = error[rows].mean()
        per_bin[1:, column] = error[rows][draws].mean(axis=1)
    result = {}
    for kernel, density in run["densities"].items():
        density = np.array(density)
        result[kernel] = np.array(correlations(density[filled], per_bin))
        public = density_error_correlation(density, y, y + error, bins=edges)
        assert np.isclose(public, result[kernel][0, 0], equal_nan=True), (kernel, public)
    return result


def constant(fitted):
    """Return by kernel the correlation for the mean of the training targets as the prediction."""
    return {
        kernel: np.mean(
            [
                density_error_correlation(
                    one["densities"][kernel],
                    one["y"],
                    np.full(len(one["y"]), one["mean"]),
                    bins=one["edges"],
                )
                for one in fitted
            ]
        )
        for kernel in fitted[0]["densities"]
    }


def main():
    options = parse_options(__doc__, PAGE, SHARED)
    one_thread()
    about, quick = machine(), options.quick
    runs = Runs("density-error", options.memory)
    seeds = range(1 if quick else options.seeds)
    results, constants, facts = {}, {}, {}
    for name in list(DATA)[:4] if quick else DATA:
        fitted = [runs.get(fit, name, seed, quick) for seed in seeds]
        # the same draws for all seeds, as most have the same tested rows
        analysed = [analyse(one, np.random.default_rng(0)) for one in fitted]
        # by kernel an array (seed, correlation, draw)
        results[name] = {kernel: np.stack([a[kernel] for a in analysed]) for kernel in analysed[0]}
        constants[name] = constant(fitted)
        facts[name] = {
            "bins": len(fitted[0]["edges"]) - 1,
            "tested": len(fitted[0]["y"]),
            "silverman": float(np.mean([one["silverman"] for one in fitted])),
        }
    text = page(results, constants, facts, about=about, seeds=len(seeds), minutes=runs.minutes())
    if quick:
        print(text)
    else:
        write_text(options.output, text)
        draw(results, WIDTHS, options.output.with_suffix(".png"))


if __name__ == "__main__":
    main()
